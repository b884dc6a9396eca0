"""
What Network Load Balancers send to which interface.
"""

from __future__ import annotations

import pytest

from sglint.lower import lower
from sglint.model import Balanced
from sglint.resource import Resource
from sglint.space import Family, Protocol
from sglint.value import Unknown
from tests.lower.build import WHY, Plain, cfn, get, net, problems, ref, res

SUBNET = res("aws_subnet.a", vpc_id="vpc-1", cidr_block="10.0.1.0/24")
INSTANCE = res("aws_instance.i", subnet_id=ref("aws_subnet.a.id"))
ENI = res("aws_network_interface.e", subnet_id=ref("aws_subnet.a.id"), private_ips=["10.0.1.10"])
BALANCER = res("aws_lb.n", load_balancer_type="network", subnets=[ref("aws_subnet.a.id")])
ATTACHMENT: dict[str, Plain] = {"target_group_arn": ref("aws_lb_target_group.t.arn"), "target_id": ref("aws_instance.i.id")}
TARGET = res("aws_lb_target_group_attachment.x", **ATTACHMENT)


def group(**values: Plain) -> Resource:
    return res("aws_lb_target_group.t", **{"protocol": "TCP", "port": 8443, **values})


def listener(name: str = "l", balancer: str = "n") -> Resource:
    forward: list[Plain] = [{"type": "forward", "target_group_arn": ref("aws_lb_target_group.t.arn")}]
    return res(f"aws_lb_listener.{name}", load_balancer_arn=ref(f"aws_lb.{balancer}.arn"), port=443, default_action=forward)


def sent(*resources: Resource) -> tuple[Balanced, ...]:
    return net(SUBNET, INSTANCE, ENI, BALANCER, *resources).balanced


def test_an_attached_instance_gets_what_the_listener_forwards_at_the_port_of_the_target_group() -> None:
    (found,) = sent(group(), listener(), TARGET)
    assert (found.interface, found.balancer, found.port, found.network) == ("aws_instance.i", "aws_lb.n", 8443, None)
    assert (found.protocols, found.families) == ((Protocol.TCP,), (Family.IPV4,))
    assert (found.origin.address, [one.address for one in found.listeners]) == (TARGET.address, ["aws_lb_listener.l"])


def test_the_port_of_the_attachment_goes_before_that_of_the_target_group() -> None:
    (found,) = sent(group(), listener(), res("aws_lb_target_group_attachment.x", port=9000, **ATTACHMENT))
    assert found.port == 9000


@pytest.mark.parametrize("port", [None, WHY, 70000])
def test_a_port_that_is_not_known_stays_unknown(port: Plain) -> None:
    (found,) = sent(group(port=port), listener(), TARGET)
    assert isinstance(found.port, Unknown) and found.port.span is not None


def test_an_interface_is_found_by_its_address() -> None:
    by_address = res("aws_lb_target_group_attachment.x", **{**ATTACHMENT, "target_id": "10.0.1.10"})
    (found,) = sent(group(target_type="ip", protocol="TCP_UDP"), listener(), by_address)
    assert (found.interface, found.protocols) == ("aws_network_interface.e", (Protocol.TCP, Protocol.UDP))


def test_two_listeners_of_one_load_balancer_are_told_together_and_two_load_balancers_apart() -> None:
    other = res("aws_lb.m", load_balancer_type="network", subnets=[ref("aws_subnet.a.id")])
    found = sent(group(), listener(), listener("k"), listener("j", "m"), other, TARGET)
    assert {one.balancer: len(one.listeners) for one in found} == {"aws_lb.n": 2, "aws_lb.m": 1}


def test_a_target_group_of_tcp_is_one_of_a_network_load_balancer_wherever_that_is() -> None:
    (found,) = sent(group(), TARGET)
    assert found.network is None and isinstance(found.balancer, Unknown)


@pytest.mark.parametrize("protocol", ["HTTP", "HTTPS", "GENEVE"])
def test_other_load_balancers_send_nothing_that_is_tracked_automatically(protocol: str) -> None:
    assert sent(group(protocol=protocol), listener(), TARGET) == ()


@pytest.mark.parametrize(("kind", "count"), [("network", 1), ("application", 0), (WHY, 1)])
def test_where_the_protocol_is_not_known_the_type_of_the_load_balancer_decides(kind: Plain, count: int) -> None:
    balancer = res("aws_lb.o", load_balancer_type=kind, subnets=[ref("aws_subnet.a.id")])
    resources = (SUBNET, INSTANCE, balancer, group(protocol=Unknown("var.p has no default")), listener("l", "o"), TARGET)
    network, _ = lower("root", resources)
    assert [one.network is None for one in network.balanced] == [kind == "network"] * count


def test_a_target_that_is_not_in_the_text_is_no_problem_here() -> None:
    elsewhere = res("aws_lb_target_group_attachment.x", **{**ATTACHMENT, "target_id": WHY})
    assert sent(group(), listener(), elsewhere) == ()
    assert problems(SUBNET, BALANCER, group(), listener(), elsewhere) == ()


@pytest.mark.parametrize("own", [True, False])
def test_an_auto_scaling_group_behind_a_target_group(own: bool) -> None:
    arn = ref("aws_lb_target_group.t.arn")
    launcher = res("aws_autoscaling_group.g", vpc_zone_identifier=[ref("aws_subnet.a.id")])
    beside = [
        res("aws_autoscaling_attachment.x", autoscaling_group_name=ref(f"{launcher.address}.name"), lb_target_group_arn=arn)
    ]
    if own:
        launcher = res(launcher.address, vpc_zone_identifier=[ref("aws_subnet.a.id")], target_group_arns=[arn])
        beside = []
    (found,) = sent(group(), listener(), launcher, *beside)
    assert (found.interface, found.port) == (launcher.address, 8443)


def test_the_targets_of_a_template() -> None:
    targets: list[Plain] = [{"Id": get("Web"), "Port": 8080}, {"Id": get("Other")}]
    found = net(
        cfn("Instance", "Web", SubnetId="subnet-1"),
        cfn("Instance", "Other", SubnetId="subnet-1"),
        cfn("AWS::ElasticLoadBalancingV2::TargetGroup", "Group", Protocol="TLS", Port=80, Targets=targets),
    ).balanced
    assert {one.interface: one.port for one in found} == {"Web": 8080, "Other": 80}


def test_an_attachment_that_may_not_exist_says_so() -> None:
    (found,) = sent(group(), listener(), res("aws_lb_target_group_attachment.x", WHY, **ATTACHMENT))
    assert found.origin.maybe == WHY
