"""
Network ACLs that keep out who was kept out, once a security group is open.

The idea: a group that is open to everyone no longer filters, so the network ACL of its subnets takes over. It lets through what
the groups of everything in these subnets let through before, and what answers it. A subnet that has the default ACL gets one of
its own; in one that there is already, rules are put before those that would let in more, and take nothing else away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network, collapse_addresses
from itertools import pairwise
from typing import TypeAlias

from sglint.fix.change import AclRule, Blocked, Filter
from sglint.fix.needs import PORTED, Need, inside, needs
from sglint.graph import Graph, build
from sglint.model import Acl, AclEntry, Box, Direction, Interface, Network, Prefix, acls_of
from sglint.rule import Judged
from sglint.rule.words import join
from sglint.space import ALL_PORTS, EVERYONE, Bounds, Family, FlowSet, Ports, Protocol, flows, intervals, union, within
from sglint.track.admit import Rules, admissions, index
from sglint.track.expose import of_peer
from sglint.track.filter import EVERYTHING, of_acl
from sglint.value import Unknown

QUOTA = 20
"""
The rules that a network ACL can have in one direction, with the one that denies the rest, unless the quota is raised.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
"""

RAISED = 40
"""
The rules that a network ACL can have in one direction where the quota is raised.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
"""

LAST = 32766
"""The highest number of a rule."""

Rect: TypeAlias = tuple[Family, Protocol, Prefix, Ports]


def filters(before: Judged, after: Judged, most: int) -> tuple[Filter, ...] | Blocked:
    """
    Return the network ACLs that admit to the subnets of what was opened just what was admitted before, with so many rules in
    one direction at most. A network with more of them now has the quota raised.
    """
    newly = deltas(before, after)
    net, graph = before.network, build(before.network)
    quota = RAISED if any(len(one.rules(way)) + denials(one.entries) > QUOTA for one in net.acls for way in Direction) else most
    places = dict.fromkeys(link for one in net.interfaces if one.address in newly for link in one.subnets)
    unknown = next((link for link in places if isinstance(link, Unknown)), None)
    if unknown is not None:
        return Blocked(f"the subnet is not known: {unknown.why}")
    foreign = next((one for one in net.subnets if one.origin.address in places and one.origin.root not in {"", net.root}), None)
    if foreign is not None:
        return Blocked(f"the network ACL of {foreign.origin.address} is for {foreign.origin.root} to have")
    fresh: dict[tuple[str, ...], list[str]] = {}
    found: list[Filter] = []
    done: set[str] = set()
    for subnet in sorted(link for link in places if isinstance(link, str)):
        acl = acl_of(net, subnet)
        if isinstance(acl, Blocked):
            return acl
        if is_untouched(acl, subnet):
            fresh.setdefault(tuple(one.address for one in inside(net, (subnet,))), []).append(subnet)
        elif acl.origin.address not in done:
            done.add(acl.origin.address)
            made = added(graph, net, acl, newly, quota)
            if isinstance(made, Blocked):
                return made
            found.append(made)
    for subnets in fresh.values():
        made = new(graph, net, tuple(subnets), newly, quota)
        if isinstance(made, Blocked):
            return made
        found.append(made)
    if found and not any(one.rules for one in found):
        names = join(sorted(one.acl for one in found))
        return Blocked(f"what {names} lets in is what is needed in its subnets: answers, and what others there are for")
    why = "" if found else next(unsure(before, after), "")
    return Blocked(why) if why else tuple(one for one in found if one.rules)


def deltas(before: Judged, after: Judged) -> dict[str, dict[Direction, FlowSet]]:
    """
    Return what the groups of each interface newly admit, of those that newly let something in.
    """
    old_graph, new_graph = build(before.network), build(after.network)
    old_rules, new_rules = index(before.network), index(after.network)
    there = {one.address: one for one in after.network.interfaces}
    found: dict[str, dict[Direction, FlowSet]] = {}
    for one in before.network.interfaces:
        if one.address not in there:
            continue
        was, now = admitted(old_graph, old_rules, one), admitted(new_graph, new_rules, there[one.address])
        newly = {direction: now[direction] - was[direction] for direction in Direction}
        if newly[Direction.IN]:
            found[one.address] = newly
    return found


def unsure(before: Judged, after: Judged) -> Iterator[str]:
    """
    Yield of which interfaces it is not known who is let in now: so many, as far as the text says, that nobody is newly let in.
    """
    there = {one.address: one for one in after.network.interfaces}
    old, new = ((build(one.network), index(one.network)) for one in (before, after))
    for one in before.network.interfaces:
        listed = [each for some in admissions(*old, one).values() for each in some]
        doubt = next((why for each in listed if not each.sure for why in each.because), None)
        if doubt is not None and one.address in there and admissions(*new, there[one.address]) != admissions(*old, one):
            yield f"whom {one.address} lets in now is not all known: {doubt.why}"


def admitted(graph: Graph, rules: Rules, interface: Interface) -> dict[Direction, FlowSet]:
    """
    Return what the groups of an interface may admit in each direction, by the addresses that are in the text.
    """
    listed = [(way, one) for (way, _, _), some in admissions(graph, rules, interface).items() for one in some]
    return {direction: union(of_peer(one, sure=False) for way, one in listed if way is direction) for direction in Direction}


def acl_of(net: Network, subnet: str) -> Acl | Blocked:
    """
    Return the network ACL of a subnet, where all of it is in the text.
    """
    found = acls_of(net, subnet)
    if len(found) != 1 or isinstance(found[0], Unknown):
        return Blocked(
            next((one.why for one in found if isinstance(one, Unknown)), f"which network ACL {subnet} has is not known")
        )
    acl = found[0]
    doubts = (acl.hidden, acl.origin.maybe, *(item for one in acl.entries for item in (one.number, one.allow, one.maybe)))
    doubt = next((one for one in doubts if isinstance(one, Unknown)), None)
    return acl if doubt is None else Blocked(f"the rules of {acl.origin.address} are not all known: {doubt.why}")


def is_untouched(acl: Acl, subnet: str) -> bool:
    """
    Return whether the subnet has the default network ACL by default, and that lets everything through.
    """
    open_ = all(of_acl(acl, direction).least == EVERYTHING for direction in Direction)
    return acl.default and subnet not in acl.subnets and open_


def new(
    graph: Graph, net: Network, subnets: tuple[str, ...], newly: dict[str, dict[Direction, FlowSet]], quota: int
) -> Filter | Blocked:
    """
    Return a network ACL for subnets that admits what is needed there, and nothing else.

    Types of ICMP and other protocols stay with the groups, where these were not opened for them.
    """
    wanted = needs(graph, net, subnets)
    if isinstance(wanted, Blocked):
        return wanted
    rules: list[AclRule] = []
    for direction in Direction:
        some = tuple(deny_by_default(wanted, direction, union(one[direction] for one in newly.values())))
        if len(some) + denials(some) > quota:
            return Blocked(too_many(len(some) + denials(some), "a new network ACL", subnets, quota))
        rules += (replace(one, number=100 + 10 * position) for position, one in enumerate(some))
    return Filter("", tuple(rules), subnets)


def deny_by_default(wanted: Sequence[Need], direction: Direction, newly: FlowSet) -> Iterator[AclRule]:
    """
    Yield the rules of one direction, not yet numbered, behind which everything is denied.
    """
    rects = fewest(one[1:] for one in wanted if one[0] is direction)
    families = [family for family in Family if any(one[1] is family for one in wanted)]
    whole = [one for one in rects if is_whole(one, rects)]
    kept = [
        one for one in rects if one[1] in PORTED and not any(within(one[2], all_[2]) for all_ in whole if all_[0] is one[0])
    ]
    for _, _, peer, _ in whole:
        yield rule(direction, peer)
    for _, protocol, peer, ports in kept:
        yield rule(direction, peer, protocol, ports)
    for family in families:
        opened = any(newly.slabs(family, one) for one in Protocol if one not in PORTED)
        others = [one[2] for one in rects if one[0] is family and one[1] not in PORTED] if opened else [EVERYONE[family]]
        left = [one for one in collapsed(others) if not any(within(one, all_[2]) for all_ in whole if all_[0] is family)]
        everything = [(family, each, EVERYONE[family], ALL_PORTS) for each in PORTED]
        for _, protocol, _, _ in [one for one in everything if left and one not in rects]:
            yield rule(direction, EVERYONE[family], protocol, ALL_PORTS, allow=False)
        yield from (rule(direction, one) for one in left)


def is_whole(one: Rect, rects: Sequence[Rect]) -> bool:
    """
    Return whether everything of every protocol is let through with this peer; told of one of its rectangles.
    """
    family, protocol, peer, ports = one
    if protocol is not Protocol.TCP or ports != ALL_PORTS:
        return False
    return all(
        any(other[0] is family and other[1] is each and other[3] == ALL_PORTS and within(peer, other[2]) for other in rects)
        for each in Protocol
    )


def added(graph: Graph, net: Network, acl: Acl, newly: dict[str, dict[Direction, FlowSet]], quota: int) -> Filter | Blocked:
    """
    Return the rules that a network ACL needs beside its own, for the packets that the groups newly admit.
    """
    subnets = tuple(one.origin.address for one in net.subnets if acl in acls_of(net, one.origin.address))
    unknown = next((one for one in acl.subnets if isinstance(one, Unknown)), None)
    if unknown is not None:
        return Blocked(f"which subnets {acl.origin.address} has is not known: {unknown.why}")
    wanted = needs(graph, net, subnets)
    if isinstance(wanted, Blocked):
        return wanted
    rules: list[AclRule] = []
    for direction in Direction:
        opened = shadow(union(one[direction] for one in newly.values()))
        some = numbered(acl, direction, wanted, opened) if opened else ()
        if isinstance(some, Blocked):
            return some
        there = acl.rules(direction)
        count = len(there) + len(some) + denials((*there, *some))
        if some and count > quota:
            return Blocked(too_many(count, acl.origin.address, subnets, quota))
        rules += some
    return Filter(acl.origin.address, tuple(rules))


def shadow(opened: FlowSet) -> FlowSet:
    """
    Return the flows of everyone on the ports that are opened for someone; all of a family that is opened for other protocols.
    """
    found = FlowSet()
    for family, protocol, slabs in opened.planes:
        ports = intervals(pair for _, _, numbers in slabs for pair in numbers.ranges)
        if protocol not in PORTED:
            found |= union(flows(family, each, EVERYONE[family]) for each in Protocol)
        found |= union(flows(family, protocol, EVERYONE[family], Ports(*pair)) for pair in ports.ranges)
    return found


def numbered(acl: Acl, direction: Direction, wanted: Sequence[Need], opened: FlowSet) -> tuple[AclRule, ...] | Blocked:
    """
    Return rules for what is opened, with numbers that fit between those that there are.
    """
    name = acl.origin.address
    through = of_acl(acl, direction)
    if (through.most - through.least) & opened:
        return Blocked(f"what {name} lets through is not all known")
    asked = [one[1:] for one in wanted if one[0] is direction]
    keep = union(flows(*one) for one in asked) & opened & through.least
    if keep == through.least & opened:
        return ()
    rects = fewest(part for one in asked for part in within_of(one, opened, through.least))
    rules = tuple(in_front(direction, rects, opened))
    there = acl.rules(direction)
    for some in fitting(there, rules):
        found = of_acl(replace(acl, entries=(*there, *(entry(acl, one) for one in some))), direction)
        if found.least & opened == keep and found.least - opened == through.least - opened and not (found.most & opened) - keep:
            return some
    return Blocked(f"the numbers of {name} leave no room for {len(rules)} rules before those that would let in more")


def in_front(direction: Direction, rects: Sequence[Rect], opened: FlowSet) -> Iterator[AclRule]:
    """
    Yield the rules, not yet numbered, that admit these of what is opened, and nothing else of it.
    """
    yield from (rule(direction, peer, protocol, ports) for _, protocol, peer, ports in rects if protocol in PORTED)
    for family, protocol, slabs in opened.planes:
        ports = intervals(pair for _, _, numbers in slabs for pair in numbers.ranges)
        for pair in ports.ranges if protocol in PORTED else ():
            yield rule(direction, EVERYONE[family], protocol, Ports(*pair), allow=False)
    for family in Family:
        if opened.slabs(family, Protocol.OTHER):
            others = [peer for one, protocol, peer, _ in rects if one is family and protocol not in PORTED]
            yield from (rule(direction, peer) for peer in collapsed(others))
            yield rule(direction, EVERYONE[family], allow=False)


def rule(
    direction: Direction, peer: Prefix, protocol: Protocol | None = None, ports: Ports | None = None, *, allow: bool = True
) -> AclRule:
    """
    Return a rule that has no number yet.
    """
    return AclRule(direction, 0, allow, protocol, peer, ports)


def within_of(one: Rect, opened: FlowSet, through: FlowSet) -> Iterator[Rect]:
    """
    Yield what of a rectangle is opened and let through, as it is where that is all of it.
    """
    family, protocol, peer, ports = one
    wide = intervals(pair for _, _, numbers in opened.slabs(family, protocol) for pair in numbers.ranges)
    for pair in (wide & intervals([(ports.first, ports.last)])).ranges:
        part = (family, protocol, peer, Ports(*pair))
        yield from [part] if flows(*part) <= through else (flows(*part) & through).boxes()


def fitting(there: Sequence[AclEntry], rules: Sequence[AclRule]) -> Iterator[tuple[AclRule, ...]]:
    """
    Yield the rules with numbers that fit together between two that there are, the earliest first.
    """
    taken = [0, *(one.number for one in there if isinstance(one.number, int)), LAST + 1]
    for below, above in pairwise(taken):
        step = (above - below) // (len(rules) + 1)
        step = min(step, 10) if below else step
        if step:
            yield tuple(replace(one, number=below + step * (position + 1)) for position, one in enumerate(rules))


def entry(acl: Acl, one: AclRule) -> AclEntry:
    """
    Return a rule as the network will have it.
    """
    family = Family.IPV4 if isinstance(one.peer, IPv4Network) else Family.IPV6
    protocols = tuple(Protocol) if one.protocol is None else (one.protocol,)
    boxes = tuple(Box(family, each, one.peer, one.ports or ALL_PORTS) for each in protocols)
    return AclEntry(acl.origin, acl.origin.address, one.direction, one.number, one.allow, Bounds(boxes, boxes), one.peer)


def fewest(some: Iterable[Rect]) -> list[Rect]:
    """
    Return rectangles that have the same flows together, in order: none in another, those that touch as one.
    """
    rects = set(some)
    while True:
        found = joined_prefixes(joined_ports(rects))
        found = {one for one in found if not any(holds(other, one) for other in found if other != one)}
        if found == rects:
            return sorted(
                rects, key=lambda one: (one[0].value, int(one[2].network_address), one[2].prefixlen, one[1].value, one[3])
            )
        rects = found


def joined_ports(rects: Iterable[Rect]) -> set[Rect]:
    """
    Return rectangles of the same peer as one where their ports touch.
    """
    same: dict[tuple[Family, Protocol, Prefix], list[tuple[int, int]]] = {}
    for family, protocol, peer, ports in rects:
        same.setdefault((family, protocol, peer), []).append((ports.first, ports.last))
    return {(*key, Ports(*pair)) for key, pairs in same.items() for pair in intervals(pairs).ranges}


def joined_prefixes(rects: Iterable[Rect]) -> set[Rect]:
    """
    Return rectangles of the same ports as one where their peers are the halves of a prefix.
    """
    same: dict[tuple[Family, Protocol, Ports], list[Prefix]] = {}
    for family, protocol, peer, ports in rects:
        same.setdefault((family, protocol, ports), []).append(peer)
    return {(family, protocol, peer, ports) for (family, protocol, ports), some in same.items() for peer in collapsed(some)}


def collapsed(some: Iterable[Prefix]) -> list[Prefix]:
    """
    Return the fewest prefixes for these, which are of one family.
    """
    listed = list(some)
    fours = [one for one in listed if isinstance(one, IPv4Network)]
    sixes = [one for one in listed if isinstance(one, IPv6Network)]
    return [*collapse_addresses(fours), *collapse_addresses(sixes)]


def holds(one: Rect, other: Rect) -> bool:
    """
    Return whether a rectangle has all of another.
    """
    return one[:2] == other[:2] and within(other[2], one[2]) and one[3].covers(other[3])


def denials(rules: Iterable[AclRule | AclEntry]) -> int:
    """
    Return how many rules deny the rest: one of each family that there are rules for, and that of IPv4 always.
    """
    return 2 if any(isinstance(one.peer, IPv6Network) for one in rules) else 1


def too_many(count: int, name: str, subnets: tuple[str, ...], quota: int) -> str:
    """
    Return that there would be more rules than the quota has.
    """
    raised = f"; say --acl-rules {RAISED} where it is raised" if quota < count <= RAISED else ""
    counted = f"{name} for {join(subnets)} would have {count} rules, with those that deny the rest"
    return f"{counted}; the quota is {quota}{raised}"
