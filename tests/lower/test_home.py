"""
Where load balancers open connections to.
"""

from __future__ import annotations

import pytest

from sglint.resource import Resource
from tests.lower.build import BASE, WHY, Plain, net, only, ref, res

A = ref("aws_subnet.a.id")
BALANCER = res("aws_lb.l", subnets=[A])
INSTANCE = res("aws_instance.i", subnet_id=A)
AWAY = (
    res("aws_vpc.w", cidr_block="10.8.0.0/16"),
    res("aws_subnet.w", vpc_id=ref("aws_vpc.w.id"), cidr_block="10.8.1.0/24"),
    res("aws_instance.w", subnet_id=ref("aws_subnet.w.id")),
)


def group(name: str = "t", **values: Plain) -> Resource:
    return res(f"aws_lb_target_group.{name}", protocol="HTTP", port=80, **values)


def listener(name: str = "t") -> Resource:
    forward: Plain = [{"type": "forward", "target_group_arn": ref(f"aws_lb_target_group.{name}.arn")}]
    return res("aws_lb_listener.x", load_balancer_arn=ref("aws_lb.l.arn"), port=80, protocol="HTTP", default_action=forward)


def rule(name: str) -> Resource:
    forward: Plain = [{"type": "forward", "target_group_arn": ref(f"aws_lb_target_group.{name}.arn")}]
    return res("aws_lb_listener_rule.x", listener_arn=ref("aws_lb_listener.x.arn"), action=forward)


def attach(target: Plain, name: str = "t") -> Resource:
    group_arn = ref(f"aws_lb_target_group.{name}.arn")
    return res(f"aws_lb_target_group_attachment.{name}", target_group_arn=group_arn, target_id=target)


def home(*resources: Resource, address: str = "aws_lb.l") -> bool:
    return only(net(*BASE, *resources), address).home


HERE = ref("aws_instance.i.private_ip")
THERE = ref("aws_instance.w.private_ip")


@pytest.mark.parametrize(
    "resources",
    [
        (group(), listener()),
        (group(target_type="instance"), listener()),
        (group(target_type="lambda"), listener()),
        (group(target_type="ip"), listener(), INSTANCE, attach(HERE)),
        (
            group(target_type="ip"),
            listener(),
            res(
                "aws_ecs_service.s",
                network_configuration=[{"subnets": [A]}],
                load_balancer=[{"target_group_arn": ref("aws_lb_target_group.t.arn")}],
            ),
        ),
    ],
)
def test_what_a_balancer_opens_to_targets_of_its_vpc_takes_no_route(resources: tuple[Resource, ...]) -> None:
    assert home(BALANCER, *resources)


@pytest.mark.parametrize(
    "resources",
    [
        (),
        (group(target_type="ip"), listener()),
        (group(target_type=WHY), listener()),
        (group(target_type="ip"), listener(), attach("10.8.1.5")),
        (group(target_type="ip"), listener(), *AWAY, attach(THERE)),
        (group(), listener(), group("u", target_type="ip"), rule("u"), *AWAY, attach(THERE, "u")),
    ],
)
def test_a_balancer_whose_targets_may_be_elsewhere_opens_connections_by_any_route(resources: tuple[Resource, ...]) -> None:
    assert not home(BALANCER, *resources)


def test_a_classic_balancer_has_instances_of_its_vpc() -> None:
    assert home(res("aws_elb.l", subnets=[A]), address="aws_elb.l")
