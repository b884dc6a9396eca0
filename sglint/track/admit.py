"""
What the security groups of an interface admit, in the least and in the most permissive completion of the unknowns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from sglint.frozen import frozen
from sglint.graph import Graph, families, grouped
from sglint.model import Box, Direction, Group, Interface, Network, Permission
from sglint.space import ALL_PORTS, EVERYONE, Family, Ports, Protocol
from sglint.value import Unknown

Key: TypeAlias = tuple[Direction, Family, Protocol]


@frozen
class Admission:
    """
    One box of one rule: whether it holds in every completion, and otherwise what decides that.

    `rule` is None where no written rule admits it: a group whose rules are not in the text, or a thing without groups.
    """

    box: Box
    rule: Permission | None
    sure: bool
    because: tuple[Unknown, ...] = ()

    @property
    def everyone(self) -> bool:
        """
        Whether it is one rule for every address of the family.
        """
        return self.box.everyone

    @property
    def opens(self) -> bool:
        """
        Whether it is a rule for every address and every port, as untracked flows need it for their replies.
        """
        return self.everyone and self.box.ports == ALL_PORTS


@frozen
class Rules:
    """
    The rules of a network by their group, and those whose group is not known.
    """

    groups: Mapping[str, Group]
    by_group: Mapping[str, tuple[Permission, ...]]
    adrift: tuple[Permission, ...]


Admissions: TypeAlias = Mapping[Key, tuple[Admission, ...]]


def index(net: Network) -> Rules:
    """
    Return the rules of the network by their group.
    """
    return Rules(
        groups={group.origin.address: group for group in net.groups},
        by_group=grouped((one.group, one) for one in net.permissions if isinstance(one.group, str)),
        adrift=tuple(one for one in net.permissions if isinstance(one.group, Unknown)),
    )


def admissions(graph: Graph, rules: Rules, interface: Interface) -> Admissions:
    """
    Return all that is admitted at the interface, by direction, family and protocol.
    """
    found = tuple(of_groups(rules, interface) if interface.grouped else of_listeners())
    named = {admission.box.family for _, admission in found if admission.rule is not None}
    has = families(graph, interface.subnets)
    wanted = has.least | (has.most & (named if has.least else named | {Family.IPV4}))
    pairs = ((direction, admission) for direction, admission in found if admission.box.family in wanted)
    keyed = (((direction, one.box.family, one.box.protocol), one) for direction, one in pairs)
    admitted = grouped(keyed)
    every = [(way, family, protocol) for way in Direction for family in Family if family in wanted for protocol in Protocol]
    empty: Admissions = dict.fromkeys(every, ())
    return {**empty, **admitted}


def served(admitted: Iterable[Admission], interface: Interface) -> Iterator[Admission]:
    """
    Yield what is admitted of arriving flows, cut down to the listeners that the interface has.
    """
    for one in admitted:
        if interface.serves is None:
            yield one
            continue
        for protocol, ports in interface.serves:
            first, last = max(ports.first, one.box.ports.first), min(ports.last, one.box.ports.last)
            if protocol is one.box.protocol and first <= last:
                box = Box(one.box.family, protocol, one.box.peer, Ports(first, last))
                yield Admission(box, one.rule, one.sure, one.because)


def of_groups(rules: Rules, interface: Interface) -> Iterator[tuple[Direction, Admission]]:
    """
    Yield what the groups of the interface admit.
    """
    for group in dict.fromkeys(interface.groups):
        if isinstance(group, Unknown):
            yield from anything(group)
            continue
        noun = rules.groups.get(group)
        hidden = Unknown(f"{group} is not in the text, so its rules are not known") if noun is None else noun.hidden
        if hidden is not None:
            yield from anything(hidden)
        for rule in rules.by_group.get(group, ()):
            yield from of_rule(rule)
    for rule in rules.adrift if interface.groups else ():
        yield from of_rule(rule)


def of_rule(rule: Permission) -> Iterator[tuple[Direction, Admission]]:
    """
    Yield what one rule admits.
    """
    links = (rule.group, rule.origin.maybe)
    doubts = tuple(link for link in links if isinstance(link, Unknown))
    for box in rule.boxes.least:
        yield rule.direction, Admission(box, rule, not doubts, doubts)
    for box in rule.boxes.most:
        if box not in rule.boxes.least:
            yield rule.direction, Admission(box, rule, sure=False, because=(*doubts, *rule.boxes.because))


def anything(why: Unknown) -> Iterator[tuple[Direction, Admission]]:
    """
    Yield that everything may be admitted.
    """
    for direction in Direction:
        for family in Family:
            for protocol in Protocol:
                box = Box(family, protocol, EVERYONE[family], ALL_PORTS)
                yield direction, Admission(box, None, sure=False, because=(why,))


def of_listeners() -> Iterator[tuple[Direction, Admission]]:
    """
    Yield what a thing without security groups admits: everything, of which `served` leaves what its listeners serve.
    """
    for direction in Direction:
        for family in Family:
            for protocol in Protocol:
                yield direction, Admission(Box(family, protocol, EVERYONE[family], ALL_PORTS), None, sure=True)
