"""
What network ACLs let through.

The idea: the rules are tried in order, so a flow is surely let through by an allowing rule that surely matches it if no rule
before may have denied it, and perhaps if no rule before has surely done so.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network

from sglint.model import Acl, AclEntry, Box, Direction
from sglint.space import EVERYONE, Bounds, Family, FlowSet, Protocol, flows, union
from sglint.value import Unknown

EVERYTHING = union(flows(family, protocol, EVERYONE[family]) for family in Family for protocol in Protocol)


def lets_through(acls: Iterable[Acl | Unknown], direction: Direction) -> Bounds[FlowSet]:
    """
    Return what surely gets through the one of these network ACLs that it is, and what may.

    The ports are those that a packet is for.
    """
    least, most = EVERYTHING, FlowSet()
    because: dict[Unknown, None] = {}
    for one in acls:
        found = Bounds(FlowSet(), EVERYTHING, (one,)) if isinstance(one, Unknown) else of_acl(one, direction)
        least, most = least & found.least, most | found.most
        because.update(dict.fromkeys(found.because))
    return Bounds(least, most, () if least == most else tuple(because))


def of_acl(acl: Acl, direction: Direction) -> Bounds[FlowSet]:
    """
    Return what one network ACL lets through; one that need not exist may be any other.
    """
    doubt = acl.hidden or acl.origin.maybe
    if doubt is not None:
        return Bounds(FlowSet(), EVERYTHING, (doubt,))
    rules = acl.rules(direction)
    unplaced = union(may_match(one) for one in rules if isinstance(one.number, Unknown) and one.allow is not True)
    least, most, may_deny, denied = FlowSet(), FlowSet(), unplaced, FlowSet()
    for one in rules:
        placed = not isinstance(one.number, Unknown)
        sure = matches(one) if one.maybe is None else FlowSet()
        if one.allow is True:
            least |= sure - may_deny
        elif one.allow is False and placed:
            denied |= sure - most
        if one.allow is not False:
            most |= may_match(one) - denied if placed else may_match(one)
        if one.allow is not True:
            may_deny |= may_match(one)
    return Bounds(least, most, () if least == most else tuple(dict.fromkeys(doubts(rules))))


def doubts(rules: Iterable[AclEntry]) -> Iterable[Unknown]:
    """
    Yield what is not known of the rules.
    """
    for one in rules:
        yield from (item for item in (one.maybe, one.number, one.allow, *one.boxes.because) if isinstance(item, Unknown))


def matches(one: AclEntry) -> FlowSet:
    """
    Return the flows that the rule surely matches.
    """
    return union(of_box(box) for box in one.boxes.least)


def may_match(one: AclEntry) -> FlowSet:
    """
    Return the flows that the rule may match.
    """
    return union(of_box(box) for box in one.boxes.most)


def of_box(box: Box) -> FlowSet:
    """
    Return the flows of a box, whose peer is anybody if it is not a CIDR.
    """
    peer = box.peer if isinstance(box.peer, (IPv4Network, IPv6Network)) else EVERYONE[box.family]
    return flows(box.family, box.protocol, peer, box.ports)
