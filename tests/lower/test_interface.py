"""
Interfaces of instances, and those written as such.
"""

from __future__ import annotations

import pytest

from sglint.model import Role
from sglint.resource import Resource
from sglint.value import Ref, Unknown
from tests.lower.build import BASE, GROUP, SUBNET, VPC, WHY, Plain, among, element, net, only, ref, res

IN_A: dict[str, Plain] = {"subnet_id": ref("aws_subnet.a.id")}
ENI = res("aws_network_interface.e", **IN_A, security_groups=[ref("aws_security_group.g.id")], private_ips=["10.0.1.10"])
DEFAULT = "aws_vpc.v.default_security_group_id"


def test_instance_has_an_interface_of_its_own() -> None:
    network = net(*BASE, res("aws_instance.i", **IN_A, vpc_security_group_ids=[ref("aws_security_group.g.id"), "sg-2"]))
    one = only(network, "aws_instance.i")
    assert (one.kind, one.role, one.subnets, one.groups) == (
        "aws_instance",
        Role.WORKLOAD,
        ("aws_subnet.a",),
        ("aws_security_group.g", "sg-2"),
    )
    assert (one.source_dest_check, one.public, one.automatic, one.grouped) == (True, False, "", True)


@pytest.mark.parametrize("groups", [None, []])
def test_no_group_means_the_default_group(groups: Plain) -> None:
    assert only(net(*BASE, res("aws_instance.i", **IN_A, vpc_security_group_ids=groups)), "aws_instance.i").groups == (DEFAULT,)


def test_default_group_may_be_adopted() -> None:
    adopted = res("aws_default_security_group.d", vpc_id=ref("aws_vpc.v.id"))
    network = net(*BASE, adopted, res("aws_instance.i", **IN_A))
    assert only(network, "aws_instance.i").groups == ("aws_default_security_group.d",)


def test_default_group_of_an_unknown_vpc_is_unknown() -> None:
    (group,) = only(net(res("aws_instance.i", subnet_id="subnet-1")), "aws_instance.i").groups
    assert isinstance(group, Unknown)
    assert group.why == "no security group is given, and the VPC whose default group applies is not in the text"


def test_instance_without_subnet_is_in_the_default_vpc() -> None:
    (subnet,) = only(net(res("aws_instance.i")), "aws_instance.i").subnets
    assert isinstance(subnet, Unknown)
    assert subnet.why == "aws_instance.i names no subnet, so it is launched in the default VPC"


@pytest.mark.parametrize(
    "block",
    [
        {"network_interface": [{"network_interface_id": ref("aws_network_interface.e.id"), "device_index": 0}]},
        {"primary_network_interface": [{"network_interface_id": ref("aws_network_interface.e.id")}]},
    ],
)
def test_instance_with_an_existing_interface_is_not_counted_twice(block: dict[str, Plain]) -> None:
    network = net(*BASE, ENI, res("aws_instance.i", **block))
    assert [one.address for one in network.interfaces] == ["aws_network_interface.e"]
    assert network.interfaces[0].attached_to == "aws_instance.i"


def test_instance_that_may_attach_an_existing_interface_may_have_its_own() -> None:
    block = element({"network_interface_id": ref("aws_network_interface.e.id"), "device_index": 0})
    network = net(*BASE, ENI, res("aws_instance.i", **IN_A, network_interface=block))
    assert only(network, "aws_instance.i").origin.maybe is not None


def test_interface_attached_by_another_resource() -> None:
    attachment = res(
        "aws_network_interface_attachment.x",
        instance_id=ref("aws_instance.i.id"),
        network_interface_id=ref("aws_network_interface.e.id"),
        device_index=1,
    )
    network = net(*BASE, ENI, res("aws_instance.i", **IN_A), attachment)
    assert only(network, "aws_network_interface.e").attached_to == "aws_instance.i"
    assert only(network, "aws_instance.i").subnets == ("aws_subnet.a",)


def test_interface_attached_by_its_own_block() -> None:
    one = res("aws_network_interface.f", **IN_A, attachment=[{"instance": ref("aws_instance.i.id"), "device_index": 1}])
    assert only(net(*BASE, one, res("aws_instance.i", **IN_A)), "aws_network_interface.f").attached_to == "aws_instance.i"


@pytest.mark.parametrize("target", ["aws_network_interface.e.id", "aws_instance.i.primary_network_interface_id"])
def test_groups_attached_by_another_resource_are_added(target: str) -> None:
    more = res("aws_network_interface_sg_attachment.x", network_interface_id=ref(target), security_group_id="sg-2")
    network = net(*BASE, ENI, res("aws_instance.i", **IN_A, vpc_security_group_ids=[ref("aws_security_group.g.id")]), more)
    assert only(network, target.rpartition(".")[0]).groups == ("aws_security_group.g", "sg-2")


def test_group_attachment_that_may_not_exist_adds_an_unknown_group() -> None:
    more = res(
        "aws_network_interface_sg_attachment.x",
        WHY,
        network_interface_id=ref("aws_network_interface.e.id"),
        security_group_id=ref("aws_security_group.g.id"),
    )
    one = only(net(*BASE, res("aws_network_interface.e", **IN_A), more), "aws_network_interface.e")
    assert one.groups == (DEFAULT, Unknown(WHY.why, WHY.span, refs=(Ref("aws_security_group.g", "id"),)))


@pytest.mark.parametrize("check", [False, "false"])
def test_no_source_destination_check_makes_a_forwarder(check: Plain) -> None:
    network = net(*BASE, res("aws_network_interface.f", **IN_A, source_dest_check=check))
    assert only(network, "aws_network_interface.f").role is Role.FORWARDER


def test_unknown_source_destination_check_stays_unknown() -> None:
    one = only(net(*BASE, res("aws_network_interface.f", **IN_A, source_dest_check=WHY)), "aws_network_interface.f")
    assert (one.role, one.source_dest_check) == (Role.WORKLOAD, WHY)


@pytest.mark.parametrize(
    "elastic",
    [
        res("aws_eip.x", network_interface=ref("aws_network_interface.e.id")),
        res("aws_eip.x", instance=ref("aws_instance.i.id")),
        res("aws_eip_association.x", network_interface_id=ref("aws_network_interface.e.id"), allocation_id="eipalloc-1"),
        res("aws_eip_association.x", instance_id=ref("aws_instance.i.id"), allocation_id="eipalloc-1"),
    ],
)
def test_elastic_ip_makes_an_interface_public(elastic: Resource) -> None:
    attached: Plain = [{"network_interface_id": ref("aws_network_interface.e.id"), "device_index": 0}]
    network = net(*BASE, ENI, res("aws_instance.i", network_interface=attached), elastic)
    assert only(network, "aws_network_interface.e").public is True


def test_public_by_the_subnet_or_the_instance() -> None:
    public = res("aws_subnet.p", vpc_id=ref("aws_vpc.v.id"), map_public_ip_on_launch=True)
    inside = {"subnet_id": ref("aws_subnet.p.id")}
    network = net(
        *BASE,
        public,
        res("aws_instance.by_subnet", **inside),
        res("aws_instance.not", **inside, associate_public_ip_address=False),
        res("aws_instance.self", **IN_A, associate_public_ip_address="true"),
        res("aws_instance.hidden", subnet_id=ref("data.aws_subnet.d.id")),
        res("data.aws_subnet.d", id="subnet-1"),
    )
    assert only(network, "aws_instance.by_subnet").public is True
    assert only(network, "aws_instance.not").public is False
    assert only(network, "aws_instance.self").public is True
    assert isinstance(only(network, "aws_instance.hidden").public, Unknown)


def test_conditional_subnet_keeps_its_alternatives() -> None:
    either = among(ref("aws_subnet.a.id"), ref("aws_subnet.b.id"))
    (subnet,) = only(net(*BASE, res("aws_instance.i", subnet_id=either)), "aws_instance.i").subnets
    assert isinstance(subnet, Unknown)
    assert subnet.among == ("aws_subnet.a", "aws_subnet.b")


def test_conditional_groups_keep_what_all_branches_share() -> None:
    group = ref("aws_security_group.g.id")
    one = only(
        net(*BASE, res("aws_instance.i", **IN_A, vpc_security_group_ids=among([group, "sg-2"], [group]))), "aws_instance.i"
    )
    assert one.groups == ("aws_security_group.g", Unknown(WHY.why, WHY.span, refs=(Ref("sg-2", "id"),)))


def test_instances_of_unknown_number_are_where_their_subnets_are() -> None:
    many = res("aws_subnet.many[*]", WHY, vpc_id=ref("aws_vpc.v.id"))
    network = net(
        VPC,
        GROUP,
        many,
        res("aws_instance.one", subnet_id=Ref("aws_subnet.many[0]", "id")),
        res("aws_instance.all[*]", WHY, subnet_id=Ref("aws_subnet.many[*]", "id")),
    )
    assert [one.subnets for one in network.interfaces] == [("aws_subnet.many[*]",), ("aws_subnet.many[*]",)]


def test_data_sources_stand_for_what_they_look_up() -> None:
    network = net(
        *BASE,
        res("data.aws_subnet.same", id=ref("aws_subnet.a.id")),
        res("data.aws_subnet.other", id="subnet-1"),
        res("aws_instance.i", subnet_id=ref("data.aws_subnet.same.id")),
        res("aws_instance.j", subnet_id=ref("data.aws_subnet.other.id")),
        res("aws_instance.k", subnet_id="subnet-1"),
    )
    assert [one.subnets for one in network.interfaces] == [
        ("aws_subnet.a",),
        ("data.aws_subnet.other",),
        ("data.aws_subnet.other",),
    ]
    hidden = {one.origin.address: one.hidden is not None for one in network.subnets}
    assert hidden == {"aws_subnet.a": False, "aws_subnet.b": False, "data.aws_subnet.other": True}


def test_subnets_of_a_filter_are_hidden_but_in_their_vpc() -> None:
    looked_up = res("data.aws_subnets.d", filter=[{"name": "vpc-id", "values": [ref("aws_vpc.v.id")]}])
    network = net(
        VPC, SUBNET, looked_up, res("aws_lambda_function.f", vpc_config=[{"subnet_ids": ref("data.aws_subnets.d.ids")}])
    )
    assert only(network, "aws_lambda_function.f").subnets == ("data.aws_subnets.d",)
    assert only(network, "aws_lambda_function.f").groups == (DEFAULT,)


def launched(*others: Resource, **values: Plain) -> list[tuple[str, tuple[object, ...], tuple[object, ...]]]:
    network = net(
        *BASE,
        *others,
        res("aws_autoscaling_group.s", vpc_zone_identifier=[ref("aws_subnet.a.id"), ref("aws_subnet.b.id")], **values),
    )
    return [(one.address, one.subnets, one.groups) for one in network.interfaces]


BOTH = ("aws_subnet.a", "aws_subnet.b")
TEMPLATE = res("aws_launch_template.t", name="web", vpc_security_group_ids=[ref("aws_security_group.g.id")])


@pytest.mark.parametrize(
    "said",
    [
        {"launch_template": [{"id": ref("aws_launch_template.t.id"), "version": "$Latest"}]},
        {"launch_template": [{"name": ref("aws_launch_template.t.name")}]},
        {"launch_template": [{"name": "web"}]},
        {
            "mixed_instances_policy": [
                {
                    "launch_template": [
                        {"launch_template_specification": [{"launch_template_id": ref("aws_launch_template.t.id")}]}
                    ]
                }
            ]
        },
    ],
)
def test_auto_scaling_group_takes_its_groups_from_the_template(said: dict[str, Plain]) -> None:
    assert launched(TEMPLATE, **said) == [("aws_autoscaling_group.s", BOTH, ("aws_security_group.g",))]


def test_auto_scaling_group_with_a_launch_configuration() -> None:
    config = res("aws_launch_configuration.c", security_groups=["sg-1"], associate_public_ip_address=True)
    assert launched(config, launch_configuration=ref("aws_launch_configuration.c.name")) == [
        ("aws_autoscaling_group.s", BOTH, ("sg-1",))
    ]


def test_every_device_of_a_template_is_an_interface() -> None:
    devices: Plain = [{"device_index": 0, "security_groups": ["sg-1"]}, {"device_index": 1, "security_groups": ["sg-2"]}]
    template = res("aws_launch_template.t", network_interfaces=devices)
    assert launched(template, launch_template=[{"id": ref("aws_launch_template.t.id")}]) == [
        ("aws_autoscaling_group.s", BOTH, ("sg-1",)),
        ("aws_autoscaling_group.s (interface 2)", BOTH, ("sg-2",)),
    ]


def test_unknown_template_leaves_the_groups_unknown() -> None:
    ((_, subnets, (group,)),) = launched(launch_template=[{"id": WHY}])
    assert subnets == BOTH
    assert isinstance(group, Unknown)
    assert group.why == WHY.why


def test_fleets() -> None:
    spot = res("aws_spot_fleet_request.f", launch_specification=[{**IN_A, "vpc_security_group_ids": ["sg-1"]}])
    override = [{**IN_A}]
    specification = [{"launch_template_id": ref("aws_launch_template.t.id")}]
    fleet = res(
        "aws_ec2_fleet.e", launch_template_config=[{"launch_template_specification": specification, "override": override}]
    )
    network = net(*BASE, TEMPLATE, spot, fleet, res("aws_spot_instance_request.i", **IN_A, vpc_security_group_ids=["sg-3"]))
    assert [(one.address, one.subnets, one.groups) for one in network.interfaces] == [
        ("aws_ec2_fleet.e", ("aws_subnet.a",), ("aws_security_group.g",)),
        ("aws_spot_fleet_request.f", ("aws_subnet.a",), ("sg-1",)),
        ("aws_spot_instance_request.i", ("aws_subnet.a",), ("sg-3",)),
    ]


def test_devices_of_a_launch_template_are_told_apart() -> None:
    devices: Plain = [
        {"device_index": 0, "subnet_id": ref("aws_subnet.a.id"), "security_groups": ["sg-1"]},
        {"device_index": 1, "subnet_id": ref("aws_subnet.a.id"), "security_groups": ["sg-2"]},
    ]
    template = res("aws_launch_template.t", network_interfaces=devices)
    network = net(*BASE, template, res("aws_instance.i", launch_template=[{"id": ref("aws_launch_template.t.id")}]))
    assert [(one.address, one.groups) for one in network.interfaces] == [
        ("aws_instance.i", ("sg-1",)),
        ("aws_instance.i (interface 2)", ("sg-2",)),
    ]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"private_ips": ["10.0.1.10", "10.0.1.11"]}, ["10.0.1.10", "10.0.1.11"]),
        ({"private_ip_list": ["10.0.1.12"]}, ["10.0.1.12"]),
        ({"private_ips": ["10.0.1.10", WHY]}, ["10.0.1.10"]),
        ({"private_ips": ["nonsense"]}, []),
        ({"private_ips": WHY}, []),
        ({}, []),
    ],
)
def test_an_interface_has_the_private_addresses_that_are_written(values: dict[str, Plain], expected: list[str]) -> None:
    one = only(net(*BASE, res("aws_network_interface.f", **IN_A, **values)), "aws_network_interface.f")
    assert [str(item) for item in one.addresses] == expected


def test_an_instance_has_its_private_addresses() -> None:
    written = res("aws_instance.i", **IN_A, private_ip="10.0.1.20", secondary_private_ips=["10.0.1.21"])
    assert [str(item) for item in only(net(*BASE, written), "aws_instance.i").addresses] == ["10.0.1.20", "10.0.1.21"]
