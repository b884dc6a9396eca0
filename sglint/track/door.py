"""
By which targets an interface's flows can come and go, and with whom.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field

from sglint.frozen import frozen
from sglint.graph import Graph, Path, behind, local_of
from sglint.model import Direction, Interface, Link, Prefix, Target, TargetKind
from sglint.space import (
    ALL_PORTS,
    EVERYONE,
    Bounds,
    Family,
    FlowSet,
    Intervals,
    Protocol,
    addresses,
    family_of,
    intersect,
    intervals,
    union,
)
from sglint.value import Unknown

OUTWARD = (
    TargetKind.NAT_GATEWAY,
    TargetKind.EGRESS_ONLY,
    TargetKind.S3_ENDPOINT,
    TargetKind.DYNAMODB_ENDPOINT,
    TargetKind.GATEWAY_ENDPOINT,
    TargetKind.NONE,
)
"""What nobody opens a connection through from the other side."""

OUTSIDE = (
    TargetKind.TRANSIT_GATEWAY,
    TargetKind.VIRTUAL_PRIVATE_GATEWAY,
    TargetKind.PEERING,
    TargetKind.CORE_NETWORK,
    TargetKind.CARRIER_GATEWAY,
    TargetKind.LOCAL_GATEWAY,
    TargetKind.DATABASE_NETWORK,
)
"""What joins the VPC to others, and hands over whatever these send."""

OPEN_ENDED = (TargetKind.UNKNOWN, TargetKind.ANY)

EVERY_PORT = Intervals(((ALL_PORTS.first, ALL_PORTS.last),))

LOCAL = Target(TargetKind.LOCAL)


@frozen
class Cells:
    """
    The addresses that lead to one target in one subnet: surely, and possibly.
    """

    destinations: dict[Prefix, None] = field(default_factory=dict)
    sure: list[tuple[Family, Intervals]] = field(default_factory=list)
    maybe: list[tuple[Family, Intervals]] = field(default_factory=list)
    because: dict[Unknown, None] = field(default_factory=dict)


def cells_of(graph: Graph, subnet: Link, paths: Sequence[Path]) -> Mapping[Target, Cells]:
    """
    Return the addresses that each target of a subnet's paths takes.
    """
    found: dict[Target, Cells] = {}
    taken = {family: Intervals() for family in Family}
    for path in sorted(paths, key=lambda one: -one.destination.prefixlen):
        own = addresses(path.destination) - taken[path.family]
        taken[path.family] = taken[path.family] | own
        sure = len(path.targets) == 1 and path.targets[0].kind not in OPEN_ENDED
        for target in path.targets:
            cells = found.setdefault(target, Cells())
            cells.destinations[path.destination] = None
            cells.maybe.append((path.family, own))
            cells.because.update({} if sure else dict.fromkeys(path.because))
            if sure:
                cells.sure.append((path.family, own))
    for target, cells in tuple(found.items()):
        if target.kind is TargetKind.TRANSIT_GATEWAY:
            found[target] = narrowed(graph, subnet, target, cells)
    hidden = local_of(graph, subnet).hidden
    if hidden is not None:
        cells = found.setdefault(LOCAL, Cells())
        has = {path.family for path in paths}
        cells.maybe.extend((family, span((EVERYONE[family],))) for family in Family if family in has)
        cells.because[hidden] = None
    return found


def narrowed(graph: Graph, subnet: Link, target: Target, cells: Cells) -> Cells:
    """
    Return the addresses that a transit gateway takes on, of those that lead to it, or all where these are not all known.
    """
    noun = graph.subnets.get(subnet) if isinstance(subnet, str) else None
    known = None if noun is None else behind(graph, noun.vpc, target.address)
    if known is None:
        return cells
    led = {family: span(one for one in known if family_of(one) is family) for family in Family}
    both = [intersect(one, other) for one in cells.destinations for other in known]
    return Cells(
        dict.fromkeys(one for one in both if one is not None),
        [(family, numbers & led[family]) for family, numbers in cells.sure],
        [(family, numbers & led[family]) for family, numbers in cells.maybe],
        cells.because,
    )


def masks(interface: Interface, direction: Direction, target: Target, cells: Cells) -> tuple[FlowSet, FlowSet]:
    """
    Return all flows by the target that can surely be in this direction, and those that may be.
    """
    sure = [item for item in cells.sure if opens(interface, direction, target, item[0]).least]
    maybe = [item for item in cells.maybe if opens(interface, direction, target, item[0]).most]
    return union(mask(*item) for item in sure), union(mask(*item) for item in maybe)


def opens(interface: Interface, direction: Direction, target: Target, family: Family) -> Bounds[bool]:
    """
    Return whether a connection in this direction can come about by the target.

    Through an internet gateway only an interface with a public address takes part, and any address of IPv6 is one: whether
    the interface has such is not told.
    """
    if target.kind is TargetKind.NONE or (direction is Direction.IN and target.kind in OUTWARD):
        return Bounds(least=False, most=False)
    if target.kind is not TargetKind.INTERNET_GATEWAY:
        return Bounds(least=True, most=True)
    if family is Family.IPV6:
        return Bounds(least=False, most=True)
    public = interface.public
    return Bounds(least=public is True, most=public is not False)


def of_public(interface: Interface, target: Target) -> Iterator[Unknown]:
    """
    Yield why it is not known whether the interface takes part in what goes through an internet gateway.
    """
    if target.kind is TargetKind.INTERNET_GATEWAY and isinstance(interface.public, Unknown):
        yield interface.public


def other_doors(graph: Graph, subnet: Link, interface: Interface) -> tuple[Family, ...]:
    """
    Return by which families something outside of the VPC may send packets to the interface, though no route need lead back.
    """
    net = graph.network
    noun = graph.subnets.get(subnet) if isinstance(subnet, str) else None
    vpc = graph.vpcs.get(noun.vpc) if noun is not None and isinstance(noun.vpc, str) else None
    if noun is None or vpc is None or noun.hidden is not None or vpc.hidden is not None:
        return tuple(Family)
    every = (Family.IPV4,) if noun.ipv6 is False else tuple(Family)
    joined = [one.vpc for one in net.attachments]
    joined += (end for one in net.peerings for end in (one.requester, one.accepter))
    joined += (one.vpc for one in net.gateways if one.kind in OUTSIDE)
    internet = [one.vpc for one in net.gateways if one.kind is TargetKind.INTERNET_GATEWAY]
    own = [one.origin.address for one in net.tables if isinstance(one.vpc, Unknown) or one.vpc == noun.vpc]
    kinds = {one.kind for table in own for route in graph.routes.get(table, ()) for one in route.targets}
    if kinds & set(OUTSIDE) or any(isinstance(one, Unknown) or one == noun.vpc for one in joined):
        return every
    if TargetKind.INTERNET_GATEWAY in kinds or any(isinstance(one, Unknown) or one == noun.vpc for one in internet):
        return tuple(one for one in every if one is Family.IPV6 or interface.public is not False)
    return ()


def may_face(graph: Graph, subnet: Link, interface: Interface) -> bool:
    """
    Return whether an internet gateway that is in the text may lead to the interface, whatever stands between them.
    """
    noun = graph.subnets.get(subnet) if isinstance(subnet, str) else None
    vpcs = {one.vpc for one in graph.network.gateways if one.kind is TargetKind.INTERNET_GATEWAY}
    return interface.public is not False and noun is not None and noun.vpc in vpcs


def span(prefixes: Iterable[Prefix]) -> Intervals:
    """
    Return the addresses of prefixes of one family.
    """
    return intervals(pair for prefix in prefixes for pair in addresses(prefix).ranges)


def mask(family: Family, numbers: Intervals) -> FlowSet:
    """
    Return all flows with these peers.
    """
    slabs = tuple((first, last, EVERY_PORT) for first, last in numbers.ranges)
    return FlowSet(tuple((family, protocol, slabs) for protocol in Protocol) if slabs else ())


def widened(found: FlowSet) -> FlowSet:
    """
    Return the flows with the same peers and protocols on every port.
    """
    planes = []
    for family, protocol, slabs in found.planes:
        numbers = intervals((first, last) for first, last, _ in slabs)
        planes.append((family, protocol, tuple((first, last, EVERY_PORT) for first, last in numbers.ranges)))
    return FlowSet(tuple(planes))
