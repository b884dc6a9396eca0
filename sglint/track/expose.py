"""
Which flows an interface would newly have if its security groups were opened.

The idea: what is opened, less what the groups admit already, cut down to what the network ACLs let through and the routes lead
to, each once with the least and once with the most that the unknowns leave. What filters need not be guessed then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sglint.frozen import frozen
from sglint.graph import Graph, Path, build, grouped, local_of
from sglint.model import OTHER_WAY, Acl, Direction, Interface, Link, ListPeer, Network, Prefix, Target, TargetKind, acls_of
from sglint.space import (
    EVERYONE,
    Bounds,
    Family,
    FlowSet,
    Intervals,
    Ports,
    Protocol,
    family_of,
    flows,
    intervals,
    union,
)
from sglint.track.admit import Admission, Rules, admissions, index
from sglint.track.door import (
    EVERY_PORT,
    LOCAL,
    Cells,
    cells_of,
    mask,
    masks,
    may_face,
    of_public,
    other_doors,
    span,
    widened,
)
from sglint.track.filter import lets_through, of_box
from sglint.track.verdict import Judgement
from sglint.value import Unknown

NOTHING = FlowSet()

GLOBAL: Mapping[Family, int] = {Family.IPV4: 2**32, Family.IPV6: 2**125}
"""How many addresses the internet has: all of IPv4, and 2000::/3."""


@frozen
class Door:
    """
    What may newly come or go by one target, the own VPC being the target `LOCAL`.

    `destinations` are those of the routes that lead there, `led` is all that is opened and can come or go there. It is `sure`
    when some of its peers surely can, each of them if the text has their addresses, which it need not of the own VPC.
    """

    target: Target
    destinations: tuple[Prefix, ...]
    led: FlowSet
    flows: Bounds[FlowSet]
    sure: bool = True


@frozen
class Exposure:
    """
    The flows of one direction that an interface would newly have if its groups were opened.

    The ports are those of the side that accepts the connection. Peers that rules name by a security group count as new, because
    their addresses are not in the text. `new` is what the groups would newly admit, whoever can come. `filters` are the network
    ACLs that keep some of that out. `stray` may come in although no route leads back, so that nothing answers it; `answered`
    is whether the network ACLs let answers pass at all. `inspected` says that an internet gateway may lead to the interface
    by a firewall, where the routes lead to that. `unserved` says that some of what is opened has no listener.
    """

    direction: Direction
    flows: Bounds[FlowSet]
    doors: tuple[Door, ...]
    new: FlowSet = NOTHING
    stray: FlowSet = NOTHING
    filters: tuple[Acl, ...] = ()
    answered: bool = True
    inspected: bool = False
    unserved: bool = False

    @property
    def internet(self) -> Bounds[bool]:
        """
        Whether the internet at large is among those who can come in: by an internet gateway, and not filtered to a few.
        """
        return self._by_gateways(is_wide)

    @property
    def unfiltered(self) -> Bounds[bool]:
        """
        Whether the internet at large can come in on every port of TCP or UDP.
        """
        return self._by_gateways(is_wide_open)

    def _by_gateways(self, of: Callable[[FlowSet], bool]) -> Bounds[bool]:
        gates = [one.flows for one in self.doors if one.target.kind is TargetKind.INTERNET_GATEWAY]
        coming = gates if self.direction is Direction.IN else []
        least, most = any(of(one.least) for one in coming), any(of(one.most) for one in coming)
        return Bounds(least, most, () if least == most else self.flows.because)


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """
    What exposures of one network have in common; the mappings remember what was worked out.
    """

    graph: Graph
    rules: Rules
    acls: dict[Link, tuple[Acl | Unknown, ...]] = field(default_factory=dict)
    passed: dict[tuple[Link, Direction], Bounds[FlowSet]] = field(default_factory=dict)
    cells: dict[Link, Mapping[Target, Cells]] = field(default_factory=dict)
    parts: dict[object, Exposure] = field(default_factory=dict)


def survey(net: Network) -> Survey:
    """
    Return what exposures of the network have in common.
    """
    graph = build(net)
    return Survey(graph, index(net))


def expose(about: Survey, judgement: Judgement, direction: Direction, opened: FlowSet, *, again: bool = False) -> Exposure:
    """
    Return what the interface would newly have if `opened` were admitted in this direction, in any of its subnets.

    With `again`, what the groups admit already counts as new.
    """
    interface = judgement.interface
    new = Bounds(opened, opened) if again else newly(about, interface, direction, opened)
    by_subnet = grouped((path.subnet, path) for path in judgement.paths)
    parts = [known_of_subnet(about, interface, direction, (opened, new), found) for found in by_subnet.values()]
    least, most = union(part.flows.least for part in parts), union(part.flows.most for part in parts)
    because = (unknown for part in parts for unknown in part.flows.because)
    return Exposure(
        direction,
        Bounds(least, most, () if least == most else tuple(dict.fromkeys(because))),
        tuple(joined(door for part in parts for door in part.doors)),
        new.most,
        union(part.stray for part in parts) - most,
        tuple({one.origin.address: one for part in parts for one in part.filters}.values()),
        any(part.answered for part in parts),
        any(part.inspected for part in parts),
        direction is Direction.IN and bool(opened - served_by(interface, opened)),
    )


def newly(about: Survey, interface: Interface, direction: Direction, opened: FlowSet) -> Bounds[FlowSet]:
    """
    Return what the groups would newly admit, of what the interface has a listener for.

    A rule for a single address that is not known takes nothing from what surely is new: the rest of all addresses is.
    """
    admitted = admissions(about.graph, about.rules, interface)
    listed = [one for (way, _, _), found in admitted.items() for one in found if way is direction]
    if direction is Direction.IN:
        opened = served_by(interface, opened)
    least = opened - union(of_peer(one, sure=False) for one in listed if one.rule is None or not one.rule.single)
    most = opened - union(of_peer(one, sure=True) for one in listed if one.sure)
    because = (unknown for one in listed if not one.sure for unknown in one.because)
    return Bounds(least, most, () if least == most else tuple(dict.fromkeys(because)))


def served_by(interface: Interface, opened: FlowSet) -> FlowSet:
    """
    Return what the interface has a listener for, of what is opened inwards.
    """
    if interface.serves is None:
        return opened
    return opened & union(
        flows(family, protocol, EVERYONE[family], ports) for family in Family for protocol, ports in interface.serves
    )


def of_peer(one: Admission, *, sure: bool) -> FlowSet:
    """
    Return the flows that are admitted, by the addresses that are in the text; a list that is not there may have any.
    """
    box = one.box
    if isinstance(box.peer, ListPeer):
        if box.peer.entries is None:
            return FlowSet() if sure else of_box(box)
        entries = (entry for entry in box.peer.entries if family_of(entry) is box.family)
        return union(flows(box.family, box.protocol, entry, box.ports) for entry in entries)
    return of_box(box) if isinstance(box.peer, Prefix) else FlowSet()


def known_of_subnet(
    about: Survey, interface: Interface, direction: Direction, wanted: tuple[FlowSet, Bounds[FlowSet]], paths: Sequence[Path]
) -> Exposure:
    """
    Return what `of_subnet` does, which says the same of all interfaces that are as public as this one.
    """
    key = (paths[0].subnet, direction, interface.public, wanted)
    if key not in about.parts:
        about.parts[key] = of_subnet(about, interface, direction, wanted, paths)
    return about.parts[key]


def of_subnet(
    about: Survey, interface: Interface, direction: Direction, wanted: tuple[FlowSet, Bounds[FlowSet]], paths: Sequence[Path]
) -> Exposure:
    """
    Return what the interface would newly have in one subnet, of what is opened and what of that is new.
    """
    opened, new = wanted
    subnet = paths[0].subnet
    through = passing(about, subnet, direction)
    coming = Bounds(new.least & through.least, new.most & through.most)
    doors: list[Door] = []
    because: dict[Unknown, None] = {}
    led = FlowSet()
    for target, cells in led_to(about, subnet, paths).items():
        sure, maybe = masks(interface, direction, target, cells)
        found = Bounds(coming.least & sure, coming.most & maybe)
        led |= maybe & new.most
        if found.most:
            there = coming.least & maybe if target == LOCAL and is_hidden(about, subnet) else found.least
            doors.append(Door(target, tuple(cells.destinations), maybe & opened, found, same_peers(there, found.most)))
        if found.least != coming.most & maybe:
            because.update(cells.because)
            because.update(dict.fromkeys(of_public(interface, target)))
    least, most = union(door.flows.least for door in doors), union(door.flows.most for door in doors)
    between = dict.fromkeys((*new.because, *through.because, *because))
    filters = tuple(one for one in about.acls[subnet] if isinstance(one, Acl)) if most != led else ()
    loose = other_doors(about.graph, subnet, interface) if direction is Direction.IN else ()
    back = widened(passing(about, subnet, OTHER_WAY[direction]).most)
    return Exposure(
        direction,
        Bounds(least, most, () if least == most else tuple(between)),
        tuple(doors),
        new.most,
        new.most & through.most & union(mask(family, span((EVERYONE[family],))) for family in loose),
        filters,
        bool(most & back) or not most,
        direction is Direction.IN and may_face(about.graph, subnet, interface),
    )


def led_to(about: Survey, subnet: Link, paths: Sequence[Path]) -> Mapping[Target, Cells]:
    """
    Return the addresses that each target of the subnet's paths takes.
    """
    if subnet not in about.cells:
        about.cells[subnet] = cells_of(about.graph, subnet, paths)
    return about.cells[subnet]


def passing(about: Survey, subnet: Link, direction: Direction) -> Bounds[FlowSet]:
    """
    Return what gets from or to an interface in the subnet; a network ACL is not in front of the subnet's own traffic.
    """
    key = (subnet, direction)
    if key not in about.passed:
        known = acls_of(about.graph.network, subnet) if isinstance(subnet, str) else (subnet,)
        about.acls[subnet] = known
        found = lets_through(known, direction)
        least, most = neighbours(about, subnet)
        about.passed[key] = Bounds(found.least | least, found.most | most, found.because)
    return about.passed[key]


def neighbours(about: Survey, subnet: Link) -> tuple[FlowSet, FlowSet]:
    """
    Return the flows with what is surely in the subnet, and with what may be.
    """
    noun = about.graph.subnets.get(subnet) if isinstance(subnet, str) else None
    own = () if noun is None else tuple(one for one in noun.cidrs if isinstance(one, Prefix))
    vague = noun is None or any(isinstance(one, Unknown) for one in noun.cidrs)
    sure = {family: tuple(one for one in own if family_of(one) is family) for family in Family}
    least = union(mask(family, span(sure[family])) for family in Family)
    local = local_of(about.graph, subnet)
    inside = tuple(one for one in local.prefixes if local.hidden is None)
    most = []
    for family in Family:
        told = bool(sure[family]) and (family is Family.IPV4 or not vague)
        around = tuple(one for one in inside if family_of(one) is family)
        most.append(mask(family, span(sure[family] if told else around or (EVERYONE[family],))))
    return least, union(most)


def joined(doors: Iterable[Door]) -> Iterator[Door]:
    """
    Yield the doors of all subnets, one for each target.
    """
    for target, found in grouped((door.target, door) for door in doors).items():
        least, most = union(one.flows.least for one in found), union(one.flows.most for one in found)
        destinations = dict.fromkeys(prefix for one in found for prefix in one.destinations)
        sure = all(one.sure for one in found)
        yield Door(target, tuple(destinations), union(one.led for one in found), Bounds(least, most), sure)


def is_hidden(about: Survey, subnet: Link) -> bool:
    """
    Return whether the text has a VPC around the subnet, though not all of its addresses.
    """
    noun = about.graph.subnets.get(subnet) if isinstance(subnet, str) else None
    return noun is not None and isinstance(noun.vpc, str) and local_of(about.graph, subnet).hidden is not None


def same_peers(one: FlowSet, other: FlowSet) -> bool:
    """
    Return whether the sets have the same peers, though not on the same ports.
    """
    return all(peers(one, family) == peers(other, family) for family in Family)


def is_wide(found: FlowSet) -> bool:
    """
    Return whether the peers are at least half of the internet.
    """
    return any(2 * count(peers(found, family)) >= GLOBAL[family] for family in Family)


def is_wide_open(found: FlowSet) -> bool:
    """
    Return whether the peers with every port of TCP or UDP are at least half of the internet.
    """
    for family in Family:
        for protocol in (Protocol.TCP, Protocol.UDP):
            spans = (item for item in found.slabs(family, protocol) if item[2] == EVERY_PORT)
            if 2 * sum(last - first + 1 for first, last, _ in spans) >= GLOBAL[family]:
                return True
    return False


def peers(found: FlowSet, family: Family) -> Intervals:
    """
    Return the addresses of the peers of any protocol and port.
    """
    return intervals((first, last) for protocol in Protocol for first, last, _ in found.slabs(family, protocol))


def ports_of(found: FlowSet, protocol: Protocol) -> tuple[Ports, ...]:
    """
    Return the ports of a protocol that the set has for any peer.
    """
    slabs = (slab for family in Family for slab in found.slabs(family, protocol))
    return tuple(Ports(*span) for span in intervals(pair for _, _, ports in slabs for pair in ports.ranges).ranges)


def count(numbers: Intervals) -> int:
    """
    Return how many integers the set has.
    """
    return sum(last - first + 1 for first, last in numbers.ranges)
