"""
Load balancers as rules read them: what they listen to, how long, and how their target groups treat flows.
"""

from __future__ import annotations

import pytest

from sglint.model import HealthCheck, TargetGroup
from sglint.resource import Resource
from sglint.value import Unknown
from tests.lower.build import BASE, WHY, Plain, cfn, get, net, ref, res

ELB = "AWS::ElasticLoadBalancingV2"


def group(one: Resource) -> TargetGroup:
    """
    Return the target group that a resource is.
    """
    (found,) = net(one).target_groups
    return found


def test_a_load_balancer_and_what_it_listens_to() -> None:
    network = net(
        *BASE,
        res("aws_lb.g", load_balancer_type="gateway", subnets=[ref("aws_subnet.a.id")], enable_cross_zone_load_balancing=True),
        res("aws_lb.a", internal=True),
        res("aws_lb_target_group.k", protocol="GENEVE", port=6081),
        res(
            "aws_lb_listener.l",
            load_balancer_arn=ref("aws_lb.g.arn"),
            default_action=[{"target_group_arn": ref("aws_lb_target_group.k.arn")}],
            tcp_idle_timeout_seconds=400,
        ),
        res("aws_lb_listener.w", load_balancer_arn=ref("aws_lb.a.arn"), protocol="HTTPS", port="443"),
    )
    assert [(one.kind, one.subnets, one.internal, one.cross_zone) for one in network.balancers] == [
        ("application", (), True, True),
        ("gateway", ("aws_subnet.a",), False, True),
    ]
    gateway, web = network.listeners
    assert (gateway.balancer, gateway.target_groups, gateway.protocol, gateway.port) == (
        "aws_lb.g",
        ("aws_lb_target_group.k",),
        None,
        None,
    )
    assert gateway.idle is not None
    assert gateway.idle.value == 400
    assert (web.protocol, web.port, web.idle) == ("https", 443, None)


@pytest.mark.parametrize(("value", "expected"), [("400", 400), (WHY, WHY)])
def test_the_idle_timeout_in_a_template(value: Plain, expected: int | Unknown) -> None:
    attributes: Plain = [{"Key": "routing.http2.enabled", "Value": "x"}, {"Key": "tcp.idle_timeout.seconds", "Value": value}]
    (found,) = net(cfn(f"{ELB}::Listener", "L", LoadBalancerArn=get("B"), ListenerAttributes=attributes)).listeners
    assert found.idle is not None
    assert found.idle.value == expected


def test_attributes_that_are_not_known_may_be_any() -> None:
    (found,) = net(cfn(f"{ELB}::Listener", "L", LoadBalancerArn="lb", ListenerAttributes=WHY)).listeners
    assert found.idle is not None
    assert found.idle.value == WHY


def test_a_target_group_that_says_nothing() -> None:
    for one in (res("aws_lb_target_group.k", protocol="GENEVE"), cfn(f"{ELB}::TargetGroup", "K", Protocol="GENEVE")):
        found = group(one)
        assert (found.protocol, found.target_type, found.health) == ("geneve", "instance", HealthCheck())
        assert (found.stickiness, found.tuple_size, found.cross_zone) == (None, 5, None)
        assert (found.on_deregistration, found.on_unhealthy) == ("no_rebalance", "no_rebalance")


@pytest.mark.parametrize(
    ("kind", "on", "size"),
    [
        ("source_ip_dest_ip", None, 2),
        ("source_ip_dest_ip_proto", True, 3),
        ("source_ip_dest_ip_proto", False, 5),
        ("source_ip_dest_ip", WHY, WHY),
        (WHY, True, WHY),
    ],
)
def test_by_what_a_gateway_load_balancer_tells_flows_apart(kind: Plain, on: Plain, size: int | Unknown) -> None:
    stickiness: Plain = [{"type": kind} if on is None else {"type": kind, "enabled": on}]
    assert group(res("aws_lb_target_group.k", protocol="GENEVE", stickiness=stickiness)).tuple_size == size
    attributes: Plain = [
        {"Key": "stickiness.type", "Value": kind},
        {"Key": "stickiness.enabled", "Value": True if on is None else on},
    ]
    assert group(cfn(f"{ELB}::TargetGroup", "K", Protocol="GENEVE", TargetGroupAttributes=attributes)).tuple_size == size


def test_stickiness_is_off_in_a_template_that_only_names_its_type() -> None:
    attributes: Plain = [{"Key": "stickiness.type", "Value": "source_ip_dest_ip"}]
    assert group(cfn(f"{ELB}::TargetGroup", "K", TargetGroupAttributes=attributes)).stickiness is None


def test_how_targets_are_asked_and_replaced() -> None:
    written = group(
        res(
            "aws_lb_target_group.k",
            target_type="ip",
            health_check=[{"protocol": "HTTP", "port": "8080", "path": "/ok"}],
            target_failover=[{"on_deregistration": "rebalance", "on_unhealthy": WHY}],
            load_balancing_cross_zone_enabled="use_load_balancer_configuration",
        )
    )
    assert (written.target_type, written.health) == ("ip", HealthCheck("http", 8080, "/ok"))
    assert (written.on_deregistration, written.on_unhealthy) == ("rebalance", WHY)
    assert written.cross_zone == "use_load_balancer_configuration"
    native = group(cfn(f"{ELB}::TargetGroup", "K", HealthCheckPort="traffic-port", HealthCheckEnabled="false"))
    assert native.health == HealthCheck(enabled=False)
