"""
One written rule to permissions: what it surely admits, and what it may admit.

The idea: a rule is a product of peers and services (protocol and ports). Each of the two is bounded on its own: alternatives
give their meet as the least and their union as the most, an unknown without alternatives gives nothing and everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import TypeVar

from sglint.lower import read
from sglint.lower.index import Index
from sglint.lower.link import link, pointing
from sglint.lower.row import Slot, View
from sglint.model import Box, Direction, GroupPeer, Link, ListPeer, Peer, Permission, Prefix
from sglint.source import Problem, Span
from sglint.space import ALL_PORTS, Bounds, Family, Ports, Protocol
from sglint.value import Ref, Seq, Unknown, Value

T = TypeVar("T")
_LIMIT = 256
_FAMILIES = (Family.IPV4, Family.IPV6)


@dataclass(frozen=True, slots=True)
class Service:
    """
    A protocol, its ports, and the families in which it means something.
    """

    protocol: Protocol
    ports: Ports
    families: tuple[Family, ...] = _FAMILIES


EVERY_SERVICE = tuple(Service(one, ALL_PORTS) for one in Protocol)


def _meet_service(one: Service, other: Service) -> Service | None:
    first, last = max(one.ports.first, other.ports.first), min(one.ports.last, other.ports.last)
    families = tuple(item for item in one.families if item in other.families)
    if one.protocol is not other.protocol or first > last or not families:
        return None
    return Service(one.protocol, Ports(first, last), families)


def _meet_peer(one: Peer, other: Peer) -> Peer | None:
    if isinstance(one, (GroupPeer, ListPeer)) or isinstance(other, (GroupPeer, ListPeer)):
        return one if one == other else None
    if one.version != other.version or not one.overlaps(other):
        return None
    return one if one.prefixlen >= other.prefixlen else other


def _bounds(
    sides: list[tuple[T, ...]], meet: Callable[[T, T], T | None], because: tuple[Unknown, ...]
) -> Bounds[tuple[T, ...]]:
    """
    Return the meet and the union of alternatives, of which exactly one holds.
    """
    least = sides[0]
    for side in sides[1:]:
        met = (meet(one, other) for one in least for other in side)
        least = tuple(dict.fromkeys(item for item in met if item is not None))
    most = tuple(dict.fromkeys(item for side in sides for item in side))
    return Bounds(least, most, () if least == most else because)


def _choices(value: Value) -> tuple[Value, ...]:
    """
    Return the only values that a scalar can have; empty when there is no limit.
    """
    if isinstance(value, Unknown):
        return value.among if all(not isinstance(item, (Unknown, Ref)) for item in value.among) else ()
    return () if isinstance(value, Ref) else (value,)


def services(rule: View) -> tuple[Bounds[tuple[Service, ...]], tuple[Problem, ...]]:
    """
    Return the services that a rule may be about.
    """
    values = [rule.value(name) for name in ("protocol", "from", "to")]
    spans = [rule.at(name) for name in ("protocol", "from", "to")]
    because = tuple(read.unknown(value, span) for value, span in zip(values, spans, strict=True) if _open(value))
    protocols = _choices(values[0]) if values[0] is not None else ()
    texts = [read.word(item) for item in protocols]
    if not texts or None in texts:
        given = because or (Unknown("the rule gives no protocol", rule.at("protocol")),)
        return Bounds((), EVERY_SERVICE, given), ()
    problems: list[Problem] = []
    if all(read.protocol(text or "") not in (Protocol.TCP, Protocol.UDP) for text in texts):
        sides = [_service(text or "", ALL_PORTS) for text in texts]
        return _bounds(sides, _meet_service, because), ()
    firsts, lasts = _choices(values[1]), _choices(values[2])
    if not firsts or not lasts or len(texts) * len(firsts) * len(lasts) > _LIMIT:
        most = tuple(dict.fromkeys(item for text in texts for item in _service(text or "", ALL_PORTS)))
        least = tuple(
            item
            for item in _bounds([_service(t or "", ALL_PORTS) for t in texts], _meet_service, ()).least
            if item.protocol in (Protocol.ICMP, Protocol.OTHER)
        )
        return Bounds(least, most, because), ()
    sides = []
    for text, first, last in product(texts, firsts, lasts):
        ports = _ports(first, last, rule.at("from"))
        if isinstance(ports, Problem):
            problems.append(ports)
        elif isinstance(ports, Unknown):
            return Bounds((), _service(text or "", ALL_PORTS), (ports,)), ()
        else:
            sides.append(_service(text or "", ports))
    known = [problem for problem in problems if len(texts) * len(firsts) * len(lasts) == 1]
    return (_bounds(sides, _meet_service, because) if sides else Bounds((), ())), tuple(known)


def _open(value: Value) -> bool:
    return isinstance(value, (Unknown, Ref))


def _service(text: str, ports: Ports) -> tuple[Service, ...]:
    """
    Return what a protocol as written and a port range admit; ports mean nothing to all but TCP and UDP.
    """
    one = read.protocol(text)
    if one is None:
        return EVERY_SERVICE
    if one in (Protocol.TCP, Protocol.UDP):
        return (Service(one, ports),)
    families = (Family.IPV4,) if text in read.ICMP_V4 else (Family.IPV6,) if text in read.ICMP_V6 else _FAMILIES
    return (Service(one, ALL_PORTS, families),)


def _ports(first: Value, last: Value, span: Span) -> Ports | Unknown | Problem:
    """
    Return the port range of a rule for TCP or UDP.
    """
    if first is None and last is None:
        return Unknown("the rule gives no ports", span)
    low = read.number(first if first is not None else last)
    high = read.number(last if last is not None else first)
    if low is None or high is None:
        return Problem("a port of the rule is not a number", span, "write ports from 0 to 65535")
    if (low, high) == (-1, -1):
        return ALL_PORTS
    if not 0 <= low <= high <= 65535:
        return Problem(f"{low} to {high} is not a range of ports", span, "write ports from 0 to 65535, the lower one first")
    return Ports(low, high)


@dataclass(frozen=True, slots=True)
class Peers:
    """
    The peers that one entry of a rule may name, and the path of what names them.
    """

    field: str
    bounds: Bounds[tuple[Peer, ...]]


def peers(index: Index, rule: View, group: Link) -> Iterator[Peers | Problem]:
    """
    Yield what each entry of a rule says about its peers.
    """
    for name, family in (("cidr4", Family.IPV4), ("cidr6", Family.IPV6)):
        for slot in rule.slots(name):
            yield from _prefix_peers(slot, family, rule)
    for slot in rule.slots("lists"):
        yield from _link_peers(index, slot, rule, _list_peer)
    for slot in rule.slots("groups"):
        yield from _link_peers(index, slot, rule, _group_peer)
    own = rule.slot("self")
    if own is not None:
        mine: tuple[Peer, ...] = (GroupPeer(group),)
        answer = read.truth(own.value, rule.origin.at(own.field), default=False)
        if isinstance(answer, Unknown):
            yield Peers(own.field, Bounds((), mine, (answer,)))
        elif answer:
            yield _maybe(own, Bounds(mine, mine))


def _maybe(slot: Slot, bounds: Bounds[tuple[Peer, ...]]) -> Peers:
    """
    Return peers that are possibly not there at all, if the slot says so.
    """
    if slot.maybe is None:
        return Peers(slot.field, bounds)
    return Peers(slot.field, Bounds((), bounds.most, (slot.maybe, *bounds.because)))


def _flat(slot: Slot) -> Iterator[Slot]:
    """
    Yield the entries of a list; alternatives that are lists stay together, because one of them holds as a whole.
    """
    value = slot.value
    if isinstance(value, Seq):
        for item in value.items:
            yield from _flat(Slot(slot.field, item, slot.maybe))
    elif isinstance(value, Unknown) and value.element is not None:
        yield from _flat(Slot(slot.field, value.element, slot.maybe or value))
    elif value not in (None, ""):
        yield slot


def _prefix_peers(slot: Slot, family: Family, rule: View) -> Iterator[Peers | Problem]:
    span = rule.origin.at(slot.field)
    everyone: tuple[Peer, ...] = (read.EVERYONE[family],)
    for item in _flat(slot):
        if isinstance(item.value, str):
            found = read.cidr(item.value)
            yield _maybe(item, Bounds((found,), (found,))) if found else read.bad_cidr(item.value, span)
            continue
        because = read.unknown(item.value, span)
        sides = [_side(side) for side in because.among]
        known = [side for side in sides if side is not None]
        if sides and len(known) == len(sides):
            yield _maybe(item, _bounds(known, _meet_peer, (because,)))
        else:
            yield _maybe(item, Bounds((), everyone, (because,)))


def _side(value: Value) -> tuple[Peer, ...] | None:
    """
    Return the prefixes of one alternative, None when some of it is not known.
    """
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        found = read.cidr(value)
        return () if found is None else (found,)
    if isinstance(value, Seq):
        sides = [_side(item) for item in value.items]
        return None if None in sides else tuple(peer for side in sides if side is not None for peer in side)
    return None


def _link_peers(
    index: Index, slot: Slot, rule: View, make: Callable[[Index, Value, Span], tuple[Peer, ...]]
) -> Iterator[Peers]:
    span = rule.origin.at(slot.field)
    for item in _flat(slot):
        value = item.value
        if isinstance(value, Unknown) and value.among:
            sides = [
                tuple(peer for one in _flat(Slot(slot.field, side)) for peer in make(index, one.value, span))
                for side in value.among
            ]
            yield _maybe(item, _bounds(sides, _meet_peer, (value,)))
            continue
        found = make(index, value, span)
        vague = isinstance(value, Unknown) and not value.refs
        yield _maybe(item, Bounds((), found, (read.unknown(value, span),)) if vague else Bounds(found, found))


def _group_peer(index: Index, value: Value, span: Span) -> tuple[Peer, ...]:
    if isinstance(value, str) and "/" in value and not value.startswith("arn:"):
        value = value.rsplit("/", 1)[1]
    return (GroupPeer(link(index, value, span, ("group", "default group"))),)


def _list_peer(index: Index, value: Value, span: Span) -> tuple[Peer, ...]:
    target = link(index, value, span, ("prefix list", "vpc endpoint"))
    return (ListPeer(target, list_entries(index, target)),)


def list_entries(index: Index, target: Link) -> tuple[Prefix, ...] | None:
    """
    Return the entries of a prefix list, None when some are not in the text.
    """
    one = index.views.get(target) if isinstance(target, str) else None
    if one is None or one.row.noun != "prefix list" or one.resource.kind.startswith("data."):
        return None
    found = list(read.prefixes(one, "cidrs"))
    for entry in pointing(index, "prefix list entry", "list").get(one.address, ()):
        if entry.origin.maybe is not None:
            return None
        found.extend(read.prefixes(entry, "cidr"))
    if any(isinstance(item, Unknown) for item in found) or not found:
        return None
    known = [item for item in found if not isinstance(item, (Unknown, Problem))]
    return tuple(sorted(set(known), key=lambda item: (item.version, item)))


def boxes(peer: Peer, service: Service) -> Iterator[Box]:
    """
    Yield the flows of one service with one peer, of each family in which they can meet.
    """
    families: Iterable[Family] = _FAMILIES
    if isinstance(peer, ListPeer):
        families = sorted({read.family(item) for item in peer.entries or ()}, key=_FAMILIES.index) or _FAMILIES
    elif not isinstance(peer, GroupPeer):
        families = (read.family(peer),)
    for family in families:
        if family in service.families or not isinstance(peer, (GroupPeer, ListPeer)):
            yield Box(family, service.protocol, peer, service.ports)


def permissions(index: Index, rule: View, group: Link, direction: Direction) -> Iterator[Permission | Problem]:
    """
    Yield a permission for each peer of a rule.
    """
    about, problems = services(rule)
    yield from problems
    for entry in peers(index, rule, group):
        if isinstance(entry, Problem):
            yield entry
            continue
        least = _product(entry.bounds.least, about.least)
        most = _product(entry.bounds.most, about.most)
        if not most:
            continue
        maybe = () if rule.maybe is None else (rule.maybe,)
        because = tuple(dict.fromkeys((*maybe, *entry.bounds.because, *about.because)))
        if rule.maybe is not None:
            least = ()
        bounds = Bounds(least, most, () if least == most else because)
        yield Permission(rule.origin, group, direction, bounds, entry.field)


def _product(some: tuple[Peer, ...], about: tuple[Service, ...]) -> tuple[Box, ...]:
    return tuple(dict.fromkeys(box for peer in some for service in about for box in boxes(peer, service)))


def anything(rule: View, slot: Slot, group: Link, direction: Direction) -> Permission:
    """
    Return the permission of rules of which nothing is known: at least nothing, at most everything.
    """
    peers_ = tuple(read.EVERYONE[family] for family in _FAMILIES)
    because = read.unknown(slot.value, rule.origin.at(slot.field))
    return Permission(rule.origin, group, direction, Bounds((), _product(peers_, EVERY_SERVICE), (because,)), slot.field)
