"""
What is written of interfaces beside their network: idle timeouts, instance types, tags.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sglint import inspect
from sglint.model import Seconds, Timeouts
from sglint.value import Unknown
from tests.lower.build import BASE, NATIVE, PLACE, WHY, Plain, among, cfn, element, get, net, only, ref, res

PAIR: dict[str, Plain] = {"tcp_established_timeout": 60, "udp_stream_timeout": WHY}
SUBNETS: dict[str, Plain] = {"vpc_zone_identifier": [ref("aws_subnet.a.id")]}


def given(one: Timeouts | None) -> list[int | Unknown | None]:
    """
    Return the timeouts for TCP, for streams of UDP, and for other UDP.
    """
    assert one is not None
    return [None if part is None else part.value for part in (one.tcp_established, one.udp_stream, one.udp)]


def test_the_timeouts_of_an_interface() -> None:
    eni = cfn("NetworkInterface", "Eni", SubnetId=get("A"), ConnectionTrackingSpecification={"TcpEstablishedTimeout": "60"})
    found = only(net(*NATIVE, eni), "Eni").timeouts
    assert found == Timeouts(eni.origin, Seconds(60, PLACE))
    control = res("awscc_ec2_network_interface.e", subnet_id="subnet-1", connection_tracking_specification={"udp_timeout": 30})
    assert given(only(net(control), "awscc_ec2_network_interface.e").timeouts) == [None, None, 30]
    assert only(net(*NATIVE, cfn("NetworkInterface", "Eni", SubnetId=get("A"))), "Eni").timeouts is None


def test_the_timeouts_of_a_launch_template() -> None:
    template = res(
        "aws_launch_template.l",
        network_interfaces=[{"device_index": 0, "connection_tracking_specification": [PAIR]}],
    )
    fleet = res("aws_autoscaling_group.f", **SUBNETS, launch_template=[{"id": ref("aws_launch_template.l.id")}])
    instance = res(
        "aws_instance.i", subnet_id=ref("aws_subnet.a.id"), launch_template=[{"id": ref("aws_launch_template.l.id")}]
    )
    network = net(*BASE, template, fleet, instance)
    for address in ("aws_autoscaling_group.f", "aws_instance.i"):
        found = only(network, address).timeouts
        assert given(found) == [60, WHY, None]
        assert found is not None
        assert found.origin.address == "aws_launch_template.l"


@pytest.mark.parametrize("block", [WHY, element(PAIR)])
def test_timeouts_that_need_not_be_there_are_not_known(block: Unknown) -> None:
    template = res("aws_launch_template.l", network_interfaces=[{"connection_tracking_specification": block}])
    fleet = res("aws_autoscaling_group.f", **SUBNETS, launch_template=[{"id": ref("aws_launch_template.l.id")}])
    found = given(only(net(*BASE, template, fleet), "aws_autoscaling_group.f").timeouts)
    assert isinstance(found[0], Unknown)


def test_the_type_of_an_instance() -> None:
    instance = res("aws_instance.i", subnet_id=ref("aws_subnet.a.id"), instance_type="m8i.large")
    attached = res(
        "aws_network_interface.e",
        subnet_id=ref("aws_subnet.a.id"),
        attachment=[{"instance": ref("aws_instance.i.id"), "device_index": 1}],
    )
    network = net(*BASE, instance, attached, res("aws_network_interface.free", subnet_id=ref("aws_subnet.a.id")))
    assert only(network, "aws_instance.i").instance_types == ("m8i.large",)
    assert only(network, "aws_network_interface.e").instance_types == ("m8i.large",)
    assert only(network, "aws_network_interface.free").instance_types == ()


@pytest.mark.parametrize("kind", [WHY, among("m8i.large", "m7i.large")])
def test_a_type_that_is_not_known_keeps_what_it_can_be(kind: Unknown) -> None:
    instance = res("aws_instance.i", subnet_id=ref("aws_subnet.a.id"), instance_type=kind)
    assert only(net(*BASE, instance), "aws_instance.i").instance_types == (kind,)


def test_what_a_launcher_says_of_types_counts_more_than_its_template() -> None:
    template = res("aws_launch_template.l", instance_type="c6i.large")
    named: dict[str, Plain] = {"launch_template_specification": [{"launch_template_id": ref("aws_launch_template.l.id")}]}
    mixed = {**named, "override": [{"instance_type": "c8i.large"}, {"instance_type": "c7i.large"}]}
    plain = res("aws_autoscaling_group.p", **SUBNETS, launch_template=[{"id": ref("aws_launch_template.l.id")}])
    both = res("aws_autoscaling_group.f", **SUBNETS, mixed_instances_policy=[{"launch_template": [mixed]}])
    chosen = res(
        "aws_autoscaling_group.r",
        **SUBNETS,
        mixed_instances_policy=[{"launch_template": [{**named, "override": [{"instance_requirements": [{"vcpu": 2}]}]}]}],
    )
    network = net(*BASE, template, plain, both, chosen)
    assert only(network, "aws_autoscaling_group.p").instance_types == ("c6i.large",)
    assert only(network, "aws_autoscaling_group.f").instance_types == ("c8i.large", "c7i.large")
    (found,) = only(network, "aws_autoscaling_group.r").instance_types
    assert isinstance(found, Unknown)


def test_the_types_of_a_template() -> None:
    template = cfn("LaunchTemplate", "L", LaunchTemplateData={"InstanceType": "c8i.large"})
    nodes = cfn("AWS::EKS::Nodegroup", "N", Subnets=[get("A")], InstanceTypes=["m8g.large", "m7g.large"], ClusterName="c")
    fleet = cfn(
        "AWS::AutoScaling::AutoScalingGroup", "F", VPCZoneIdentifier=[get("A")], LaunchTemplate={"LaunchTemplateId": get("L")}
    )
    network = net(*NATIVE, template, nodes, fleet)
    assert only(network, "F").instance_types == ("c8i.large",)
    assert only(network, "N").instance_types == ("m8g.large", "m7g.large")


def test_tags_that_are_known() -> None:
    eni = res("aws_network_interface.e", subnet_id=ref("aws_subnet.a.id"), tags={"role": "firewall", "stage": WHY})
    found = only(net(*BASE, eni), "aws_network_interface.e")
    assert found.tags == (("role", "firewall"),)
    assert (found.tag("role"), found.tag("stage")) == ("firewall", None)
    listed: Plain = [{"Key": "role", "Value": "firewall"}, {"Key": "stage", "Value": WHY}, WHY]
    native = only(net(*NATIVE, cfn("NetworkInterface", "Eni", SubnetId=get("A"), Tags=listed)), "Eni")
    assert native.tags == (("role", "firewall"),)
    fleet = res("aws_autoscaling_group.f", **SUBNETS, tag=[{"key": "role", "value": "x", "propagate_at_launch": True}])
    assert only(net(*BASE, fleet), "aws_autoscaling_group.f").tag("role") == "x"


def test_tags_are_read_from_a_file(tmp_path: Path) -> None:
    text = 'resource "aws_network_interface" "e" {\n  subnet_id = "subnet-1"\n  tags = merge({ role = "firewall" }, {})\n}\n'
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    (network,) = inspect([str(tmp_path)])
    (found,) = network.interfaces
    assert found.tag("role") == "firewall"
    assert network.resolved.total == 1


def test_where_timeouts_can_be_set() -> None:
    template = res("aws_launch_template.l", network_interfaces=[{"device_index": 0}])
    bare = res("aws_launch_configuration.c", instance_type="m5.large")
    named: Plain = [{"id": ref("aws_launch_template.l.id")}]
    network = net(
        *BASE,
        template,
        bare,
        res("aws_network_interface.e", subnet_id=ref("aws_subnet.a.id")),
        res("awscc_ec2_network_interface.e", subnet_id="subnet-1"),
        res("aws_instance.plain", subnet_id=ref("aws_subnet.a.id")),
        res("aws_instance.launched", subnet_id=ref("aws_subnet.a.id"), launch_template=named),
        res("aws_autoscaling_group.new", **SUBNETS, launch_template=named),
        res("aws_autoscaling_group.old", **SUBNETS, launch_configuration=ref("aws_launch_configuration.c.name")),
        res("aws_autoscaling_group.far", **SUBNETS, launch_template=[{"id": "lt-1"}]),
    )
    found = {one.address: one.settable and one.settable.address for one in network.interfaces}
    assert found == {
        "aws_network_interface.e": None,
        "awscc_ec2_network_interface.e": "awscc_ec2_network_interface.e",
        "aws_instance.plain": None,
        "aws_instance.launched": "aws_launch_template.l",
        "aws_autoscaling_group.new": "aws_launch_template.l",
        "aws_autoscaling_group.old": None,
        "aws_autoscaling_group.far": None,
    }
    native = net(*NATIVE, cfn("NetworkInterface", "Eni", SubnetId=get("A")), cfn("Instance", "I", SubnetId=get("A")))
    assert [one.settable and one.settable.address for one in native.interfaces] == ["Eni", None]


def test_all_timeouts_are_told_those_of_templates_that_launch_nothing_too() -> None:
    devices: Plain = [
        {"device_index": 0, "connection_tracking_specification": [{"udp_timeout": 20}]},
        {"device_index": 1},
        {"device_index": 2, "connection_tracking_specification": [{"udp_timeout": 90}]},
    ]
    eni = cfn("NetworkInterface", "Eni", SubnetId=get("A"), ConnectionTrackingSpecification={"UdpTimeout": 30})
    found = net(*BASE, *NATIVE, eni, res("aws_launch_template.l", network_interfaces=devices)).timeouts
    assert [(one.origin.address, given(one)[2]) for one in found] == [
        ("Eni", 30),
        ("aws_launch_template.l", 20),
        ("aws_launch_template.l", 90),
    ]
