"""
Security groups and their rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sglint.lower import read
from sglint.lower.index import Index, beside, existing, one_of
from sglint.lower.link import follow, implicit, is_alias, pointing
from sglint.lower.permission import anything, boxes, permissions
from sglint.lower.row import Row, Slot, View, is_native, same
from sglint.lower.service import EVERY_SERVICE
from sglint.lower.vpc import FILTERS, has_ipv6
from sglint.lower.words import under
from sglint.model import Box, Direction, Group, GroupPeer, Permission
from sglint.source import Problem
from sglint.space import EVERYONE, Bounds, Family
from sglint.value import Seq, Unknown

_RULE = {
    "protocol": "protocol",
    "from": "from_port",
    "to": "to_port",
    "cidr4": "cidr_blocks",
    "cidr6": "ipv6_cidr_blocks",
    "lists": "prefix_list_ids",
    "groups": "security_groups",
    "self": "self",
}


def _inline(block: str, name: str) -> dict[str, str]:
    return {name: block, **{f"{name}.{key}": path for key, path in _RULE.items()}}


_GROUP = {"vpc": "vpc_id", "name": "name", **_inline("ingress", "in"), **_inline("egress", "out")}
_CFN_RULE = {"protocol": "IpProtocol", "from": "FromPort", "to": "ToPort", "cidr4": "CidrIp", "cidr6": "CidrIpv6"}
_CFN_IN = {**_CFN_RULE, "lists": "SourcePrefixListId", "groups": "SourceSecurityGroupId|SourceSecurityGroupName"}
_CFN_OUT = {**_CFN_RULE, "lists": "DestinationPrefixListId", "groups": "DestinationSecurityGroupId"}
_ONE_PEER = {
    "group": "security_group_id",
    "protocol": "ip_protocol",
    "from": "from_port",
    "to": "to_port",
    "cidr4": "cidr_ipv4",
    "cidr6": "cidr_ipv6",
    "lists": "prefix_list_id",
    "groups": "referenced_security_group_id",
}
ROWS = (
    Row(
        "group",
        {
            "aws_security_group": _GROUP,
            **same({"id": "id", "vpc": "vpc_id", "name": "name", **FILTERS}, "data.aws_security_group"),
            "AWS::EC2::SecurityGroup": {
                "vpc": "VpcId",
                "name": "GroupName",
                "in": "SecurityGroupIngress",
                **under("in", _CFN_IN),
                "out": "SecurityGroupEgress",
                **under("out", _CFN_OUT),
            },
        },
        ("GroupId", "GroupName"),
    ),
    Row("groups", {"data.aws_security_groups": {}}, ("ids",)),
    Row("default group", {"aws_default_security_group": {key: path for key, path in _GROUP.items() if key != "name"}}),
    Row("emptied group", {"Custom::VpcRestrictDefaultSG": {"group": "DefaultSecurityGroupId"}}),
    Row(
        "rule",
        {
            "aws_security_group_rule": {
                **_RULE,
                "group": "security_group_id",
                "direction": "type",
                "groups": "source_security_group_id",
            }
        },
    ),
    Row(
        "ingress rule",
        {
            "aws_vpc_security_group_ingress_rule": _ONE_PEER,
            "AWS::EC2::SecurityGroupIngress": {"group": "GroupId|GroupName", **_CFN_IN},
        },
    ),
    Row(
        "egress rule",
        {
            "aws_vpc_security_group_egress_rule": _ONE_PEER,
            "AWS::EC2::SecurityGroupEgress": {"group": "GroupId", **_CFN_OUT},
        },
    ),
    Row(
        "prefix list",
        {
            "aws_ec2_managed_prefix_list": {"cidrs": "entry[].cidr", "name": "name"},
            "data.aws_ec2_managed_prefix_list": {"id": "id", "name": "name"},
            "data.aws_prefix_list": {"id": "prefix_list_id", "name": "name"},
            "AWS::EC2::PrefixList": {"cidrs": "Entries[].Cidr", "name": "PrefixListName"},
        },
        ("PrefixListId",),
    ),
    Row("prefix list entry", {"aws_ec2_managed_prefix_list_entry": {"list": "prefix_list_id", "cidr": "cidr"}}),
)
_NAMES = {Direction.IN: "in", Direction.OUT: "out"}
_GROUPS = ("group", "default group", "groups")


def lower(index: Index) -> Iterator[Group | Permission | Problem]:
    """
    Yield the groups of a root and what their rules permit.
    """
    for one in (*index.of("group"), *index.of("default group")):
        if not is_alias(one):
            yield _group(index, one)
            there = one if "[*]" in one.address else existing(one)
            for direction in Direction:
                yield from _inline_rules(index, there, direction)
            yield from _default_egress(there)
    for one in index.of("groups"):
        why = Unknown(f"the rules of {one.address} are not in the text", one.origin.span)
        yield Group(one.origin, Unknown(f"the VPC of {one.address} is not in the text", one.origin.span), hidden=why)
    for one in index.of("vpc"):
        yield from _implicit(index, one)
    for one in index.of("rule"):
        yield from _either_way(index, one)
    for noun, direction in (("ingress rule", Direction.IN), ("egress rule", Direction.OUT)):
        for one in index.of(noun):
            group = follow(index, one, "group", _GROUPS)
            rule = beside(index, one, "group", group)
            yield from permissions(index, replace(rule, maybe=one_of(rule, group)), group, direction)


def _group(index: Index, one: View) -> Group:
    hidden = None
    if one.resource.kind.startswith("data."):
        hidden = Unknown(f"the rules of {one.address} are not in the text", one.origin.span)
    vpc = Unknown(f"{one.address} names no VPC, so it belongs to the default VPC", one.origin.span)
    found = follow(index, one, "vpc", ("vpc",), required=False) if one.has("vpc") else vpc
    return Group(one.origin, found, one.row.noun == "default group", hidden)


def _inline_rules(index: Index, one: View, direction: Direction) -> Iterator[Permission | Problem]:
    for block in one.blocks(_NAMES[direction]):
        if isinstance(block, Slot):
            yield anything(one, block, one.address, direction)
        else:
            yield from permissions(index, block, one.address, direction)


def _default_egress(one: View) -> Iterator[Permission]:
    """
    Yield the rules to everyone that a group is made with, which CloudFormation leaves in place unless egress rules are written.
    """
    if not is_native(one) or one.found:
        return
    slot = one.slot("out")
    if slot is None:
        because = None
    elif isinstance(slot.value, Seq) and not slot.value.items:
        because = Unknown("whether an empty list of egress rules removes the default one is not documented", one.at("out"))
    elif isinstance(slot.value, Unknown) and (not slot.value.among or None in slot.value.among):
        because = read.unknown(slot.value, one.at("out"))
    else:
        return
    for family in Family:
        out = tuple(box for service in EVERY_SERVICE for box in boxes(EVERYONE[family], service))
        bounds = Bounds(out, out) if because is None else Bounds((), out, (because,))
        yield Permission(one.origin, one.address, Direction.OUT, bounds, "" if slot is None else slot.field)


def _either_way(index: Index, one: View) -> Iterator[Permission | Problem]:
    """
    Yield the permissions of a rule that says its own direction.
    """
    group = follow(index, one, "group", _GROUPS)
    said = read.word(one.value("direction"))
    if said in ("ingress", "egress"):
        one = beside(index, one, "group", group)
        one = replace(one, maybe=one_of(one, group))
        yield from permissions(index, one, group, Direction.IN if said == "ingress" else Direction.OUT)
        return
    because = read.unknown(one.value("direction"), one.at("direction"))
    for direction in Direction:
        yield from permissions(index, replace(one, maybe=because), group, direction)


def _implicit(index: Index, vpc: View) -> Iterator[Group | Permission]:
    """
    Yield the default group of a VPC that no resource adopts: in, everything from itself; out, everything to everyone.

    CDK's custom resource takes both away, but what goes out over IPv6 stays.
    """
    address = implicit(vpc, "default_security_group_id")
    if is_alias(vpc) or f"{vpc.address}.default_security_group_id" in index.adopted:
        return
    origin = replace(vpc.origin, address=address)
    if vpc.found:
        why = Unknown(f"the rules of the default security group of {vpc.address} are not in the text", vpc.origin.span)
        yield Group(origin, vpc.address, default=True, hidden=why)
        return
    yield Group(origin, vpc.address, default=True)
    emptied = [one.origin.maybe for one in pointing(index, "emptied group", "group").get(address, ())]
    if None in emptied:
        rest = [Family.IPV6]
    else:
        rest = list(Family)
        mine = tuple(box for service in EVERY_SERVICE for box in boxes(GroupPeer(address), service))
        yield Permission(origin, address, Direction.IN, _less(mine, emptied))
    for family in rest:
        out = tuple(box for service in EVERY_SERVICE for box in boxes(EVERYONE[family], service))
        six = has_ipv6(index, vpc) if family is Family.IPV6 else True
        if isinstance(six, Unknown):
            yield Permission(origin, address, Direction.OUT, Bounds((), out, (six,)))
        elif six:
            yield Permission(origin, address, Direction.OUT, _less(out, emptied if family is Family.IPV4 else ()))


def _less(permitted: tuple[Box, ...], emptied: Iterable[Unknown | None]) -> Bounds[tuple[Box, ...]]:
    """
    Return the bounds of a permission that what may exist takes away.
    """
    because = tuple(one for one in emptied if one is not None)
    return Bounds(() if because else permitted, permitted, because)
