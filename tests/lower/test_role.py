"""
What tells an appliance from a machine that only serves.
"""

from __future__ import annotations

import pytest

from sglint.model import Role
from sglint.resource import Resource
from tests.lower.build import BASE, WHY, Plain, net, only, ref, res

A = ref("aws_subnet.a.id")
G = ref("aws_security_group.s.id")
OFF: dict[str, Plain] = {"subnet_id": A, "security_groups": [G], "source_dest_check": False}
BOX = res("aws_network_interface.box", **OFF)


def group(*ingress: dict[str, Plain]) -> Resource:
    return res("aws_security_group.s", vpc_id=ref("aws_vpc.v.id"), ingress=list(ingress))


def admits(protocol: str, first: Plain, last: Plain) -> dict[str, Plain]:
    return {"protocol": protocol, "from_port": first, "to_port": last, "cidr_blocks": ["10.0.0.0/8"]}


SSH = admits("tcp", 22, 22)
EVERYTHING = admits("-1", 0, 0)
ROUTE = res(
    "aws_route.r",
    route_table_id="rtb-0123456789abcdef0",
    destination_cidr_block="0.0.0.0/0",
    network_interface_id=ref("aws_network_interface.box.id"),
)


def role(*resources: Resource, address: str = "aws_network_interface.box") -> Role:
    return only(net(*BASE, *resources), address).role


@pytest.mark.parametrize(
    "ingress",
    [
        (),
        (SSH,),
        (admits("tcp", 80, 80), admits("tcp", 443, 443), admits("icmp", -1, -1)),
        (admits("tcp", 8305, 8305), admits("udp", 161, 162)),
        (admits("tcp", 49152, 65535), SSH),
    ],
)
def test_what_lets_in_named_services_alone_is_no_appliance(ingress: tuple[dict[str, Plain], ...]) -> None:
    assert role(BOX, group(*ingress)) is Role.WORKLOAD


@pytest.mark.parametrize(
    "ingress",
    [
        (EVERYTHING,),
        (SSH, admits("tcp", 1024, 65535)),
        (SSH, admits("udp", 6081, 6081)),
        (SSH, admits("udp", 4500, 4500)),
        (SSH, admits("47", 0, 0)),
        (admits("tcp", WHY, WHY),),
    ],
)
def test_what_may_let_in_the_traffic_of_others_is_taken_for_an_appliance(ingress: tuple[dict[str, Plain], ...]) -> None:
    assert role(BOX, group(*ingress)) is Role.FORWARDER


def test_an_interface_whose_groups_are_elsewhere_is_taken_for_an_appliance() -> None:
    elsewhere = res("aws_network_interface.box", **{**OFF, "security_groups": ["sg-0123456789abcdef0"]})
    assert role(elsewhere) is Role.FORWARDER


def test_a_route_makes_an_appliance_of_what_lets_in_named_services() -> None:
    assert role(BOX, group(SSH), ROUTE) is Role.FORWARDER


def test_a_route_to_one_of_several_instances_makes_appliances_of_them() -> None:
    unknown = res(
        "aws_route.r",
        route_table_id="rtb-0123456789abcdef0",
        destination_cidr_block="0.0.0.0/0",
        network_interface_id=WHY.__class__(WHY.why, WHY.span, refs=(ref("aws_network_interface.box.id"),)),
    )
    assert role(BOX, group(SSH), unknown) is Role.FORWARDER


def test_the_check_is_what_allows_to_forward() -> None:
    on = res("aws_network_interface.box", **{**OFF, "source_dest_check": True})
    assert role(on, group(EVERYTHING), ROUTE) is Role.WORKLOAD


INSTANCE = res(
    "aws_instance.i",
    network_interface=[
        {"network_interface_id": ref("aws_network_interface.box.id"), "device_index": 1},
        {"network_interface_id": ref("aws_network_interface.other.id"), "device_index": 0},
    ],
)
OTHER = res("aws_network_interface.other", **OFF)
ELASTIC = res("aws_eip.e", network_interface=ref("aws_network_interface.other.id"))


def test_a_public_interface_beside_the_one_that_routes_lead_to_manages_the_appliance() -> None:
    boxes = (BOX, OTHER, INSTANCE, group(EVERYTHING))
    assert role(*boxes, ELASTIC, ROUTE, address="aws_network_interface.other") is Role.WORKLOAD
    assert role(*boxes, ELASTIC, ROUTE) is Role.FORWARDER


def test_an_interface_that_lets_nothing_in_may_be_where_an_appliance_sends() -> None:
    assert role(BOX, OTHER, INSTANCE, group()) is Role.FORWARDER


def test_other_interfaces_of_an_appliance_may_be_its_second_arm() -> None:
    boxes = (BOX, OTHER, INSTANCE, group(EVERYTHING))
    assert role(*boxes, ROUTE, address="aws_network_interface.other") is Role.FORWARDER
    assert role(*boxes, ELASTIC, address="aws_network_interface.other") is Role.FORWARDER
