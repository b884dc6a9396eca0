"""
VPCs and subnets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sglint.lower import read
from sglint.lower.index import Index, beside
from sglint.lower.link import follow, is_alias, pointing
from sglint.lower.row import DEFAULT_ACL, DEFAULT_GROUP, Row, View
from sglint.model import Link, Prefix, Subnet, Vpc
from sglint.source import Problem
from sglint.space import Family
from sglint.value import Unknown

FILTERS = {"filters": "filter", "filters.name": "name", "filters.values": "values"}
"""The words of the filters of a data source."""
_VPC = {
    "cidr4": "cidr_block",
    "pool4": "ipv4_ipam_pool_id",
    "cidr6": "ipv6_cidr_block",
    "given6": "assign_generated_ipv6_cidr_block",
    "pool6": "ipv6_ipam_pool_id",
}
_SUBNET = {
    "vpc": "vpc_id",
    "cidr4": "cidr_block",
    "cidr6": "ipv6_cidr_block",
    "native6": "ipv6_native",
    "zone": "availability_zone",
    "public": "map_public_ip_on_launch",
}
ROWS = (
    Row(
        "vpc",
        {
            "aws_vpc": _VPC,
            "aws_default_vpc": {"given6": "assign_generated_ipv6_cidr_block", "cidr6": "ipv6_cidr_block"},
            "data.aws_vpc": {"id": "id", "cidr4": "cidr_block", **FILTERS},
            "AWS::EC2::VPC": {
                "cidr4": "CidrBlock",
                "pool4": "Ipv4IpamPoolId",
                DEFAULT_GROUP: "DefaultSecurityGroup",
                DEFAULT_ACL: "DefaultNetworkAcl",
            },
        },
        ("vpc_id", "VpcId"),
        ("aws_default_vpc",),
    ),
    Row(
        "vpc range",
        {
            "aws_vpc_ipv4_cidr_block_association": {"vpc": "vpc_id", "cidr4": "cidr_block", "pool4": "ipv4_ipam_pool_id"},
            "aws_vpc_ipv6_cidr_block_association": {
                "vpc": "vpc_id",
                "cidr6": "ipv6_cidr_block",
                "given6": "assign_generated_ipv6_cidr_block",
                "pool6": "ipv6_ipam_pool_id|ipv6_pool",
            },
            "AWS::EC2::VPCCidrBlock": {
                "vpc": "VpcId",
                "cidr4": "CidrBlock",
                "cidr6": "Ipv6CidrBlock",
                "given6": "AmazonProvidedIpv6CidrBlock",
                "pool4": "Ipv4IpamPoolId",
                "pool6": "Ipv6IpamPoolId|Ipv6Pool",
            },
        },
    ),
    Row(
        "subnet range",
        {"AWS::EC2::SubnetCidrBlock": {"subnet": "SubnetId", "cidr6": "Ipv6CidrBlock", "pool6": "Ipv6IpamPoolId"}},
    ),
    Row(
        "subnet",
        {
            "aws_subnet": _SUBNET,
            "aws_default_subnet": {"zone": "availability_zone", "public": "map_public_ip_on_launch"},
            "data.aws_subnet": {"id": "id", "vpc": "vpc_id", "cidr4": "cidr_block", "zone": "availability_zone", **FILTERS},
            "data.aws_subnets": FILTERS,
            "data.aws_subnet_ids": {"vpc": "vpc_id"},
            "AWS::EC2::Subnet": {
                "vpc": "VpcId",
                "cidr4": "CidrBlock",
                "cidr6": "Ipv6CidrBlock",
                "pool4": "Ipv4IpamPoolId",
                "pool6": "Ipv6IpamPoolId",
                "native6": "Ipv6Native",
                "zone": "AvailabilityZone|AvailabilityZoneId",
                "public": "MapPublicIpOnLaunch",
            },
        },
        ("subnet_id", "ids", "SubnetId"),
        ("aws_default_subnet",),
    ),
)


def lower(index: Index) -> Iterator[Vpc | Subnet | Problem]:
    """
    Yield the VPCs and subnets of a root.
    """
    for one in index.of("vpc"):
        if not is_alias(one):
            found = list(_vpc_ranges(index, one))
            yield from (item for item in found if isinstance(item, Problem))
            cidrs = tuple(item for item in found if not isinstance(item, Problem))
            yield Vpc(one.origin, cidrs, has_ipv6(index, one), _hidden(one))
    for one in index.of("subnet"):
        if not is_alias(one):
            yield from _subnet(index, one)


def _hidden(one: View) -> Unknown | None:
    """
    Return why parts of a thing that existed before may not be in the text.
    """
    return Unknown(f"{one.address} is not made by this text", one.origin.span) if one.found else None


def _ranges(one: View) -> Iterator[Prefix | Unknown | Problem]:
    """
    Yield the ranges that a resource gives, with an unknown for one that AWS chooses.
    """
    for given, names in (("cidr4", ("pool4",)), ("cidr6", ("pool6", "given6"))):
        yield from read.prefixes(one, given)
        if not one.has(given):
            for name in names:
                if one.has(name) and read.switch(one, name, default=True) is not False:
                    version = "IPv4" if given == "cidr4" else "IPv6"
                    yield Unknown(f"AWS chooses the {version} range of {one.address}", one.at(name))
                    break


def _vpc_ranges(index: Index, one: View) -> Iterator[Prefix | Unknown | Problem]:
    """
    Yield the ranges of a VPC, also those that other resources add.
    """
    yield from _ranges(one)
    if one.found and not one.has("cidr4"):
        yield Unknown(f"the range of {one.address} is not in the text", one.origin.span)
    for other in pointing(index, "vpc range", "vpc").get(one.address, ()):
        more = beside(index, other, "vpc", one.address)
        for item in _ranges(more):
            if more.origin.maybe is None or isinstance(item, Problem):
                yield item
            else:
                yield more.origin.maybe


def has_ipv6(index: Index, one: View) -> bool | Unknown:
    """
    Return whether a VPC or subnet has an IPv6 range.
    """
    answer: bool | Unknown = False
    more = pointing(index, "vpc range", "vpc").get(one.address, ()) if one.row.noun == "vpc" else ()
    for each in (one, *(beside(index, item, "vpc", one.address) for item in more)):
        cidr = each.value("cidr6")
        given = read.switch(each, "given6", default=False)
        here: bool | Unknown = True if isinstance(cidr, str) or each.has("pool6") else given
        if isinstance(cidr, Unknown) and here is not True:
            here = read.unknown(cidr, each.at("cidr6")) if None in cidr.among or not cidr.refs else True
        if here is True and each.origin.maybe is not None and each is not one:
            here = each.origin.maybe
        if here is True:
            return True
        answer = here if isinstance(here, Unknown) else answer
    if one.found and answer is False:
        return Unknown(f"whether {one.address} has an IPv6 range is not in the text", one.origin.span)
    return answer


def _subnet(index: Index, one: View) -> Iterator[Subnet | Problem]:
    found = list(_ranges(one))
    yield from (item for item in found if isinstance(item, Problem))
    cidrs = tuple(item for item in found if not isinstance(item, Problem))
    if one.found and not cidrs:
        cidrs = (Unknown(f"the range of {one.address} is not in the text", one.origin.span),)
    added = pointing(index, "subnet range", "subnet").get(one.address, ())
    more = tuple(beside(index, item, "subnet", one.address) for item in added)
    cidrs += tuple(item for each in more for item in _added(each))
    zone = one.value("zone")
    known = zone if isinstance(zone, str) or zone is None else read.unknown(zone, one.at("zone"))
    six = any_of((_subnet_ipv6(one, cidrs), *(each.origin.maybe or _subnet_ipv6(each, cidrs) for each in more)))
    yield Subnet(one.origin, vpc_of(index, one), cidrs, known, six, _hidden(one))


def _added(one: View) -> Iterator[Prefix | Unknown]:
    """
    Yield the ranges that another resource adds to a subnet; unknown when that resource may not exist.
    """
    for item in _ranges(one):
        if not isinstance(item, Problem):
            yield one.origin.maybe or item


def any_of(answers: Iterable[bool | Unknown]) -> bool | Unknown:
    """
    Return whether one of the answers is yes, unknown when one of them may be.
    """
    listed = tuple(answers)
    return True in listed or next((item for item in listed if isinstance(item, Unknown)), False)


def _subnet_ipv6(one: View, cidrs: tuple[Prefix | Unknown, ...]) -> bool | Unknown:
    if any(not isinstance(item, Unknown) and read.family(item) is Family.IPV6 for item in cidrs):
        return True
    if one.has("pool6"):
        return True
    value = one.value("cidr6")
    if value is not None:
        because = read.unknown(value, one.at("cidr6"))
        return True if not isinstance(value, Unknown) or (value.refs and None not in value.among) else because
    if one.found:
        return Unknown(f"whether {one.address} has an IPv6 range is not in the text", one.origin.span)
    return False


def vpc_of(index: Index, one: View) -> Link:
    """
    Return the VPC that a resource names; for a data source of subnets also the one that its filter names.
    """
    if one.has("vpc"):
        return follow(index, one, "vpc", ("vpc",))
    for block in one.blocks("filters"):
        if isinstance(block, View) and block.value("name") == "vpc-id":
            return follow(index, block, "values", ("vpc",))
    return Unknown(f"the VPC of {one.address} is not in the text", one.origin.span)
