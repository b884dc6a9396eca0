"""
Resources written by hand, short enough to read in a test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from sglint.lower import lower
from sglint.lower.index import kind_of
from sglint.model import Box, Direction, Interface, Network, Permission
from sglint.resource import Origin, Resource
from sglint.source import Problem, Span
from sglint.value import Map, Ref, Seq, Unknown, Value

Plain: TypeAlias = "Value | Mapping[str, Plain] | Sequence[Plain]"

PLACE = Span("main.tf", 1, 1, 1, 10)
WHY = Unknown("var.x has no default", Span("variables.tf", 3, 1, 3, 9))


def value(plain: Plain) -> Value:
    """
    Return Python's lists and dicts as values.
    """
    if isinstance(plain, (Map, Seq, str, Ref, Unknown)) or plain is None:
        return plain
    if isinstance(plain, Mapping):
        return Map.of({key: value(item) for key, item in plain.items()})
    if isinstance(plain, Sequence):
        return Seq(tuple(value(item) for item in plain))
    return plain


def res(address: str, maybe: Unknown | None = None, fields: Mapping[str, Span] | None = None, /, **values: Plain) -> Resource:
    """
    Return a resource of the kind that its address says.
    """
    origin = Origin(address, PLACE, PLACE, fields=tuple((fields or {}).items()), maybe=maybe)
    return Resource(kind_of(address), Map.of({key: value(item) for key, item in values.items()}), origin)


def cfn(kind: str, address: str, maybe: Unknown | None = None, /, **values: Plain) -> Resource:
    """
    Return a resource of a template, of the kind `AWS::EC2::` and what is given, or of the whole kind.
    """
    origin = Origin(address, PLACE, PLACE, maybe=maybe)
    whole = kind if "::" in kind or kind == "module" else f"AWS::EC2::{kind}"
    return Resource(whole, Map.of({key: value(item) for key, item in values.items()}), origin)


def get(text: str) -> Ref:
    """
    Return what `Ref` of a logical id or `GetAtt` of an attribute gives.
    """
    address, _, attribute = text.partition(".")
    return Ref(address, attribute)


def ref(text: str) -> Ref:
    """
    Return the reference that the last dot of a text splits into address and attribute.
    """
    address, _, attribute = text.rpartition(".")
    return Ref(address, attribute)


def among(*items: Plain) -> Unknown:
    """
    Return an unknown that is one of these.
    """
    return Unknown(WHY.why, WHY.span, among=tuple(value(item) for item in items))


def element(item: Plain) -> Unknown:
    """
    Return a collection of unknown size with such elements.
    """
    return Unknown(WHY.why, WHY.span, element=value(item))


def net(*resources: Resource) -> Network:
    """
    Return the network of resources that can all be read.
    """
    network, problems = lower("root", resources)
    assert problems == ()
    return network


def problems(*resources: Resource) -> tuple[Problem, ...]:
    """
    Return what cannot be read of these resources.
    """
    return lower("root", resources)[1]


def only(network: Network, address: str) -> Interface:
    """
    Return the one interface of that address.
    """
    (found,) = (one for one in network.interfaces if one.address == address)
    return found


def rules(network: Network, group: str, direction: Direction = Direction.IN) -> tuple[Permission, ...]:
    """
    Return the permissions of a group in one direction.
    """
    return tuple(one for one in network.permissions if one.group == group and one.direction is direction)


def shown(boxes: tuple[Box, ...]) -> list[str]:
    """
    Return boxes as short texts: family, protocol, peer, ports.
    """
    return [f"{box.family.value} {box.protocol.value} {box.peer} {box.ports}" for box in boxes]


VPC = res("aws_vpc.v", cidr_block="10.0.0.0/16")
SUBNET = res("aws_subnet.a", vpc_id=ref("aws_vpc.v.id"), cidr_block="10.0.1.0/24", availability_zone="eu-west-1a")
OTHER = res("aws_subnet.b", vpc_id=ref("aws_vpc.v.id"), cidr_block="10.0.2.0/24")
GROUP = res("aws_security_group.g", vpc_id=ref("aws_vpc.v.id"))
BASE = (VPC, SUBNET, OTHER, GROUP)
NATIVE = (
    cfn("VPC", "Vpc", CidrBlock="10.0.0.0/16"),
    cfn("Subnet", "A", VpcId=get("Vpc"), CidrBlock="10.0.1.0/24", AvailabilityZone="eu-west-1a"),
    cfn("Subnet", "B", VpcId=get("Vpc"), CidrBlock="10.0.2.0/24"),
    cfn("SecurityGroup", "Group", VpcId=get("Vpc"), SecurityGroupEgress=[{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]),
)
