"""
The rules of a security group as they are written, one for each block or resource, and which of them are near to what is wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network

from sglint.fix.change import Narrow, Opening
from sglint.frozen import frozen
from sglint.model import Direction, Network, Permission, Prefix
from sglint.resource import Origin
from sglint.rule import Judged, State
from sglint.space import ALL_PORTS, EVERYONE, Family, Ports, Protocol, addresses, family_of, intervals


@frozen
class Written:
    """
    One written rule: its resource, the path of its block in there ("" for a rule that is a resource of its own), its direction,
    and what it admits. `peers` are the CIDRs of each attribute, by its path.
    """

    origin: Origin
    prefix: str
    direction: Direction
    services: tuple[tuple[Protocol, Ports], ...]
    peers: tuple[tuple[str, tuple[Prefix, ...]], ...]
    plain: bool

    @property
    def inline(self) -> bool:
        """
        Whether it is written in its security group.
        """
        return bool(self.prefix)

    def of(self, family: Family) -> tuple[tuple[str, tuple[Prefix, ...]], ...]:
        """
        Return the attributes that name CIDRs of a family.
        """
        return tuple((path, found) for path, found in self.peers if found and family_of(found[0]) is family)

    def at(self, name: str) -> str:
        """
        Return the path of an attribute of the rule.
        """
        return f"{self.prefix}.{name}" if self.prefix else name


def written(net: Network, group: str) -> tuple[Written, ...]:
    """
    Return the rules of a group that are surely there and wholly known, in the order in which they are written.
    """
    found: dict[tuple[str, str, Direction], list[Permission]] = {}
    for one in net.permissions:
        if one.group == group and one.field:
            found.setdefault((one.origin.address, one.field.rpartition(".")[0], one.direction), []).append(one)
    made = (as_rule(prefix, direction, some) for (_, prefix, direction), some in found.items())
    return tuple(sorted(made, key=lambda one: (one.origin.span, one.origin.at(one.prefix), one.origin.address, one.prefix)))


def as_rule(prefix: str, direction: Direction, some: Sequence[Permission]) -> Written:
    """
    Return the permissions of one block as the rule that it is.
    """
    peers: dict[str, list[Prefix]] = {}
    plain = True
    services: dict[tuple[Protocol, Ports], None] = {}
    for one in some:
        plain = plain and one.boxes.certain and one.origin.maybe is None
        for box in one.boxes.most:
            services[box.protocol, box.ports] = None
            if isinstance(box.peer, (IPv4Network, IPv6Network)):
                listed = peers.setdefault(one.field, [])
                listed += [] if box.peer in listed else [box.peer]
            else:
                plain = False
    told = tuple((path, tuple(listed)) for path, listed in peers.items())
    return Written(some[0].origin, prefix, direction, tuple(services), told, plain)


def carries(net: Judged, group: str, rule: Written) -> bool:
    """
    Return whether untracked flows may be alive that depend on a rule, so that they would be cut at once if it was changed.
    """
    open_to = {family_of(one) for _, found in rule.peers for one in found if one.prefixlen == 0}
    flows = (
        one
        for judgement in net.judgements
        if group in judgement.interface.groups
        for one in judgement.verdicts
        if one.state.most is State.UNTRACKED and one.family in open_to
    )
    return any(
        protocol is one.protocol and (ports.overlaps(one.ports) if rule.direction is one.direction else ports == ALL_PORTS)
        for one in flows
        for protocol, ports in rule.services
    )


def exact(rules: Iterable[Written], openings: Sequence[Opening], one: Opening) -> Written | None:
    """
    Return the rule that admits just the ports and protocols that are wanted, though not from or to all who are meant.
    """
    meant = {(each.protocol, each.ports) for each in openings if (each.direction, each.peer) == (one.direction, one.peer)}
    for rule in rules:
        same = rule.direction is one.direction and (one.protocol, one.ports) in rule.services and set(rule.services) <= meant
        if same and rule.of(one.family) and one.peer == EVERYONE[one.family]:
            return rule
    return None


def narrow(rules: Iterable[Written], one: Opening) -> tuple[Written, ...]:
    """
    Return the rules that admit just who is meant, by the protocol that is meant alone, though only on some of the ports.
    """
    if one.protocol not in (Protocol.TCP, Protocol.UDP):
        return ()
    return tuple(
        rule
        for rule in rules
        if rule.direction is one.direction
        and len(rule.services) == 1
        and rule.services[0][0] is one.protocol
        and one.ports.covers(rule.services[0][1])
        and any(one.peer in found for _, found in rule.of(one.family))
        and all(prefix.prefixlen == 0 for _, found in rule.peers for prefix in found)
        and 2 * (rule.services[0][1].last - rule.services[0][1].first) > one.ports.last - one.ports.first
    )


def halves(rules: Sequence[Written], one: Opening) -> tuple[Written, ...]:
    """
    Return the rules for the same traffic that admit everyone together, though none of them does alone.
    """
    by_service: dict[frozenset[tuple[Protocol, Ports]], list[Written]] = {}
    for rule in rules:
        covers = any(protocol is one.protocol and ports.covers(one.ports) for protocol, ports in rule.services)
        if rule.direction is one.direction and covers and rule.of(one.family):
            by_service.setdefault(frozenset(rule.services), []).append(rule)
    for some in by_service.values():
        spans = [span for rule in some for _, found in rule.of(one.family) for each in found for span in addresses(each).ranges]
        if intervals(spans) == addresses(EVERYONE[one.family]):
            return tuple(some)
    return ()


def beside(rules: Iterable[Written], one: Written) -> frozenset[Prefix]:
    """
    Return the prefixes that other rules of the group name for the same traffic.
    """
    same = (rule for rule in rules if rule != one and rule.plain and rule.direction is one.direction)
    return frozenset(
        prefix for rule in same if set(rule.services) == set(one.services) for _, found in rule.peers for prefix in found
    )


def too_wide(net: Network, change: Narrow) -> Iterator[tuple[tuple[Written, str, tuple[Prefix, ...], tuple[Prefix, ...]], ...]]:
    """
    Yield the rules that are to admit fewer than everyone: the path of an attribute, who it names, and who it is to name.

    Those for every port come first: a service that is for all stays one where that will do.
    """
    mine = (rule for group in change.groups for rule in written(net, group) if rule.direction is change.direction)
    found = [
        (rule, path, named, tuple(one for one in change.peers if family_of(one) is family_of(named[0])))
        for rule in mine
        for path, named in rule.peers
        if any(one.prefixlen == 0 for one in named)
    ]
    listed = tuple(one for one in found if one[3])
    yield tuple(one for one in listed if all(ports == ALL_PORTS for _, ports in one[0].services))
    yield listed
