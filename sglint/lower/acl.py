"""
Network ACLs: their rules in order, and the subnets that they are in front of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeAlias

from sglint.lower import read
from sglint.lower.index import Index, beside, one_of
from sglint.lower.interface import perhaps
from sglint.lower.link import follow, implicit, is_alias, link, links, part_of, unique
from sglint.lower.permission import peers
from sglint.lower.row import Row, Slot, View
from sglint.lower.service import EVERY_SERVICE, Service, services
from sglint.lower.vpc import vpc_of
from sglint.lower.words import under
from sglint.model import Acl, AclEntry, Box, Direction, Link, Peer, Prefix
from sglint.resource import Origin
from sglint.source import Problem
from sglint.space import ALL_PORTS, EVERYONE, Bounds, Family, Ports, Protocol
from sglint.value import Ref, Unknown

_RULE = {
    "number": "rule_no",
    "action": "action",
    "protocol": "protocol",
    "from": "from_port",
    "to": "to_port",
    "cidr4": "cidr_block",
    "cidr6": "ipv6_cidr_block",
    "type": "icmp_type",
    "code": "icmp_code",
}
_ACL = {"subnets": "subnet_ids", "in": "ingress", "out": "egress", **under("in", _RULE), **under("out", _RULE)}
_ACLS = ("acl", "default acl")
ROWS = (
    Row("acl", {"aws_network_acl": {**_ACL, "vpc": "vpc_id"}, "AWS::EC2::NetworkAcl": {"vpc": "VpcId"}}),
    Row("default acl", {"aws_default_network_acl": {**_ACL, "acl": "default_network_acl_id"}}),
    Row(
        "acl entry",
        {
            "aws_network_acl_rule": {
                **_RULE,
                "acl": "network_acl_id",
                "egress": "egress",
                "number": "rule_number",
                "action": "rule_action",
            },
            "AWS::EC2::NetworkAclEntry": {
                "acl": "NetworkAclId",
                "egress": "Egress",
                "number": "RuleNumber",
                "action": "RuleAction",
                "protocol": "Protocol",
                "from": "PortRange.From",
                "to": "PortRange.To",
                "cidr4": "CidrBlock",
                "cidr6": "Ipv6CidrBlock",
                "type": "Icmp.Type",
                "code": "Icmp.Code",
            },
        },
    ),
    Row(
        "acl association",
        {
            "aws_network_acl_association": {"acl": "network_acl_id", "subnet": "subnet_id"},
            "AWS::EC2::SubnetNetworkAclAssociation": {"acl": "NetworkAclId", "subnet": "SubnetId"},
        },
    ),
)
_ALLOW_NUMBERS = {Family.IPV4: 100, Family.IPV6: 101}
"""The numbers of the rules that a new VPC's ACL is made with."""
_Entries: TypeAlias = dict[str, list[AclEntry]]


def lower(index: Index) -> Iterator[Acl | Problem]:
    """
    Yield the network ACLs of a root, also those that its VPCs have by themselves, each with its rules and subnets.
    """
    found = list(_acls(index))
    yield from (item for item in found if isinstance(item, Problem))
    acls = {item.origin.address: item for item in found if isinstance(item, Acl)}
    subnets = _associated(index, acls)
    entries: _Entries = {address: list(acl.entries) for address, acl in acls.items()}
    yield from _written(index, acls, entries)
    for address, acl in sorted(acls.items()):
        mine = unique((*acl.subnets, *subnets.get(address, ())))
        yield replace(acl, subnets=mine, entries=tuple(sorted(entries[address], key=_order)))


def _order(one: AclEntry) -> tuple[bool, bool, int, str]:
    number = one.number
    return one.direction is Direction.OUT, isinstance(number, Unknown), number if isinstance(number, int) else 0, one.field


def _acls(index: Index) -> Iterator[Acl | Problem]:
    """
    Yield the ACLs with the rules that are written in them.
    """
    for one in (*index.of("acl"), *index.of("default acl")):
        rules = list(_inline(index, one))
        yield from (item for item in rules if isinstance(item, Problem))
        subnets = [item for slot in one.slots("subnets") for item in links(index, slot, one.origin.at(slot.field), ("subnet",))]
        default = one.row.noun == "default acl"
        vpc = _default_vpc(index, one) if default else vpc_of(index, one)
        kept = tuple(item for item in rules if isinstance(item, AclEntry))
        yield Acl(one.origin, vpc, unique(subnets), default, kept)
    for one in index.of("vpc"):
        address = part_of(index, one.address, "default_network_acl_id", one.origin.span)
        if not is_alias(one) and isinstance(address, str) and address not in index.views:
            yield _implicit(one, implicit(one, "default_network_acl_id"))


def _inline(index: Index, one: View) -> Iterator[AclEntry | Problem]:
    for name, direction in (("in", Direction.IN), ("out", Direction.OUT)):
        for block in one.blocks(name):
            if isinstance(block, View):
                yield _entry(index, one, block, one.address, direction)
            else:
                yield _any(one, block, direction)


def _implicit(vpc: View, address: str) -> Acl:
    """
    Return the default ACL of a VPC that no resource adopts: in a new VPC it allows everything.
    """
    origin = replace(vpc.origin, address=address)
    if vpc.found:
        why = Unknown(f"the rules of the default network ACL of {vpc.address} are not in the text", vpc.origin.span)
        return Acl(origin, vpc.address, default=True, hidden=why)
    entries = [_allow(origin, direction, family) for direction in Direction for family in Family]
    return Acl(origin, vpc.address, default=True, entries=tuple(entries))


def _allow(origin: Origin, direction: Direction, family: Family) -> AclEntry:
    everyone = EVERYONE[family]
    boxes = tuple(Box(family, service.protocol, everyone, service.ports) for service in EVERY_SERVICE)
    number = _ALLOW_NUMBERS[family]
    return AclEntry(origin, origin.address, direction, number, allow=True, boxes=Bounds(boxes, boxes), peer=everyone)


def _default_vpc(index: Index, one: View) -> Link:
    """
    Return the VPC whose default ACL an aws_default_network_acl manages.
    """
    value = one.value("acl")
    if isinstance(value, Ref) and value.attribute == "default_network_acl_id":
        return link(index, Ref(value.address, "id"), one.at("acl"), ("vpc",))
    if isinstance(value, str):
        return Unknown(f"the VPC of {value} is not in the text", one.at("acl"))
    return read.unknown(value, one.at("acl"))


def _associated(index: Index, acls: dict[str, Acl]) -> dict[str, list[Link]]:
    """
    Return by ACL the subnets that other resources associate with it; what is in no text gets an ACL without rules.
    """
    found: dict[str, list[Link]] = {}
    for one in index.of("acl association"):
        acl = follow(index, one, "acl", _ACLS)
        subnet = follow(index, one, "subnet", ("subnet",))
        pair = beside(index, one, "subnet", subnet)
        if isinstance(acl, Unknown) and acl.among:
            known = replace(acl, refs=(Ref(subnet, "id"),), among=()) if isinstance(subnet, str) else subnet
            for address in _candidates(acl, acls):
                found.setdefault(address, []).append(known)
            continue
        address = acl if isinstance(acl, str) else f"{one.address} (network ACL)"
        acls.setdefault(address, _elsewhere(one, address, acl))
        found.setdefault(address, []).append(perhaps(subnet, pair))
    return found


def _candidates(acl: Unknown, acls: Iterable[str]) -> list[str]:
    """
    Return the ACLs that may be meant by what is not known.
    """
    named = {*(ref.address for ref in acl.refs), *(item for item in acl.among if isinstance(item, str))} & set(acls)
    return sorted(named or acls)


def _elsewhere(one: View, address: str, acl: Link) -> Acl:
    """
    Return an ACL that is not in the text, of which some resource says something.
    """
    why = acl if isinstance(acl, Unknown) else Unknown(f"the rules of {address} are not in the text", one.at("acl"))
    vpc = Unknown(f"the VPC of {address} is not in the text", one.at("acl"))
    return Acl(replace(one.origin, address=address, maybe=None), vpc, hidden=why)


def _written(index: Index, acls: dict[str, Acl], entries: _Entries) -> Iterator[Problem]:
    """
    Add the rules that are resources of their own to their ACLs; one whose ACL is not known may be in any.
    """
    for written in index.of("acl entry"):
        acl = follow(index, written, "acl", _ACLS)
        one = beside(index, written, "acl", acl)
        answer = read.switch(one, "egress", default=False)
        for direction in Direction if isinstance(answer, Unknown) else (Direction.OUT if answer else Direction.IN,):
            rule = _entry(index, one, one, acl, direction)
            if isinstance(rule, Problem):
                yield rule
                break
            unsure = next(
                (item for item in (one.origin.maybe, one_of(one, acl), acl, answer) if isinstance(item, Unknown)), None
            )
            rule = rule if unsure is None else _perhaps(rule, unsure)
            if isinstance(acl, str) and acl not in acls:
                acls[acl] = _elsewhere(one, acl, acl)
            for address in (acl,) if isinstance(acl, str) else _candidates(acl, acls):
                entries.setdefault(address, []).append(replace(rule, acl=address))


def _perhaps(rule: AclEntry, unsure: Unknown) -> AclEntry:
    """
    Return a rule that need not be there.
    """
    because = tuple(dict.fromkeys((unsure, *rule.boxes.because)))
    return replace(rule, boxes=Bounds((), rule.boxes.most, because), maybe=rule.maybe or unsure)


def _entry(index: Index, one: View, rule: View, acl: Link, direction: Direction) -> AclEntry | Problem:
    """
    Return one rule as it is written in a resource or a block of it.
    """
    about, problems = services(rule)
    named = list(peers(index, rule, acl))
    wrong = next((item for item in (*named, *problems) if isinstance(item, Problem)), None)
    if wrong is not None:
        return wrong
    known = [item for item in named if not isinstance(item, Problem)]
    if not known:
        span = one.origin.at(rule.prefix.rstrip("."))
        return Problem(f"a rule of {one.address} names no CIDR block", span, "give it an IPv4 or an IPv6 CIDR block")
    text, icmp = read.word(rule.value("protocol")), _icmp(rule)
    least = _boxes(known[0].bounds.least, _whole(about.least, text, icmp)) if len(known) == 1 else ()
    most = tuple(dict.fromkeys(box for item in known for box in _boxes(item.bounds.most, about.most)))
    because = tuple(dict.fromkeys((*(why for item in known for why in item.bounds.because), *about.because)))
    if len(known) > 1 and not because:
        because = (Unknown("the rule names more than one CIDR block", one.origin.at(known[0].field)),)
    found = AclEntry(
        one.origin,
        acl,
        direction,
        _number(rule),
        _allows(rule),
        Bounds(least, most, () if least == most else because),
        _peer(known[0].bounds, because),
        text if text is not None else read.unknown(rule.value("protocol"), rule.at("protocol")),
        _ports(about),
        icmp if text in (*read.ICMP_V4, *read.ICMP_V6) else None,
        known[0].field,
    )
    return found if rule.maybe is None else _perhaps(found, rule.maybe)


def _boxes(some: tuple[Peer, ...], about: tuple[Service, ...]) -> tuple[Box, ...]:
    found: list[Box] = []
    for peer in some:
        family = Family.IPV6 if getattr(peer, "version", 4) == 6 else Family.IPV4
        found.extend(Box(family, service.protocol, peer, service.ports) for service in about if family in service.families)
    return tuple(found)


def _whole(about: tuple[Service, ...], text: str | None, icmp: tuple[int, int] | Unknown) -> tuple[Service, ...]:
    """
    Return the services of which the rule is about every flow: not one type of ICMP, not one of the other protocols.
    """
    if text is None or read.protocol(text) is None:
        return about
    return tuple(
        one
        for one in about
        if one.protocol is not Protocol.OTHER and (one.protocol is not Protocol.ICMP or icmp in ((-1, -1), (-1, 0)))
    )


def _number(rule: View) -> int | Unknown:
    value = rule.value("number")
    number = read.number(value)
    return number if number is not None else read.unknown(value, rule.at("number"))


def _allows(rule: View) -> bool | Unknown:
    text = read.word(rule.value("action"))
    return text == "allow" if text in ("allow", "deny") else read.unknown(rule.value("action"), rule.at("action"))


def _icmp(rule: View) -> tuple[int, int] | Unknown:
    """
    Return the type and code of ICMP that a rule is about, -1 for all.
    """
    kind, code = read.number(rule.value("type")), read.number(rule.value("code"))
    if kind is None:
        return Unknown("the type of ICMP is not given", rule.at("type"))
    return kind, -1 if code is None else code


def _peer(bounds: Bounds[tuple[Peer, ...]], because: tuple[Unknown, ...]) -> Prefix | Unknown:
    """
    Return the CIDR of a rule where it is known.
    """
    sure = [item for item in bounds.least if isinstance(item, Prefix)]
    return sure[0] if bounds.certain and len(sure) == 1 else because[0] if because else Unknown("the CIDR block is not known")


def _ports(about: Bounds[tuple[Service, ...]]) -> Ports | Unknown | None:
    """
    Return the ports of a rule for TCP or UDP, None for a rule about neither.
    """
    found = {one.ports for one in about.most if one.protocol in (Protocol.TCP, Protocol.UDP)}
    if not found:
        return None
    if len(found) == 1 and not about.because:
        return found.pop()
    return about.because[0] if about.because else ALL_PORTS


def _any(one: View, slot: Slot, direction: Direction) -> AclEntry:
    """
    Return what stands for rules of which nothing is known: it may match anything.
    """
    why = read.unknown(slot.value, one.origin.at(slot.field))
    boxes = tuple(box for family in Family for box in _boxes((EVERYONE[family],), EVERY_SERVICE))
    return AclEntry(
        one.origin, one.address, direction, why, why, Bounds((), boxes, (why,)), why, why, why, why, slot.field, why
    )
