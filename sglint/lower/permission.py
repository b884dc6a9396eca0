"""
One written rule to permissions: what it surely admits, and what it may admit.

The idea: a rule is a product of peers and services (protocol and ports). Each of the two is bounded on its own: alternatives
give their meet as the least and their union as the most, an unknown without alternatives gives nothing and everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from sglint.frozen import frozen
from sglint.lower import read
from sglint.lower.index import Index
from sglint.lower.link import link, looked_up, pointing
from sglint.lower.row import Slot, View
from sglint.lower.service import EVERY_SERVICE, FAMILIES, Service, bounded, services
from sglint.lower.target import endpoint_type, service_families
from sglint.model import Box, Direction, GroupPeer, Link, ListPeer, Peer, Permission, Prefix
from sglint.source import Problem, Span
from sglint.space import EVERYONE, Bounds, Family
from sglint.value import Seq, Unknown, Value

_LENGTH = re.compile(r"/([0-9]{1,3})$")


def _meet_peer(one: Peer, other: Peer) -> Peer | None:
    if isinstance(one, (GroupPeer, ListPeer)) or isinstance(other, (GroupPeer, ListPeer)):
        return one if one == other else None
    if one.version != other.version or not one.overlaps(other):
        return None
    return one if one.prefixlen >= other.prefixlen else other


@frozen
class Peers:
    """
    The peers that one entry of a rule may name, the path of what names them, and whether it names no CIDR that is known.

    `single` says that it is the CIDR of a single address.
    """

    field: str
    bounds: Bounds[tuple[Peer, ...]]
    vague: bool = False
    single: bool = False


def peers(index: Index, rule: View, group: Link) -> Iterator[Peers | Problem]:
    """
    Yield what each entry of a rule says about its peers.
    """
    for name, family in (("cidr4", Family.IPV4), ("cidr6", Family.IPV6)):
        for slot in rule.slots(name):
            yield from _prefix_peers(index, slot, family, rule)
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


def _prefix_peers(index: Index, slot: Slot, family: Family, rule: View) -> Iterator[Peers | Problem]:
    span = rule.origin.at(slot.field)
    for item in _flat(slot):
        value = looked_up(index, item.value)
        if isinstance(value, str):
            found = read.cidr(value)
            yield _maybe(item, Bounds((found,), (found,))) if found else read.bad_cidr(value, span)
            continue
        because = read.unknown(value, span)
        sides = [_side(side) for side in because.among]
        known = [side for side in sides if side is not None]
        if sides and len(known) == len(sides):
            yield _maybe(item, bounded(known, _meet_peer, (because,)))
        else:
            found_ = _maybe(item, Bounds((), anyone(because, family), (because,)))
            yield replace(found_, vague=True, single=is_single(because, family))


def anyone(because: Unknown, family: Family) -> tuple[Peer, ...]:
    """
    Return the most that a CIDR can admit that is not known: everyone, or every half of them when its length is not zero.
    """
    length = _LENGTH.search(because.ends)
    everyone = EVERYONE[family]
    return tuple(everyone.subnets()) if length and int(length[1]) > 0 else (everyone,)


def is_single(because: Unknown, family: Family) -> bool:
    """
    Return whether a CIDR that is not known is one of a single address, as its length says.
    """
    length = _LENGTH.search(because.ends)
    return length is not None and int(length[1]) == EVERYONE[family].max_prefixlen


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
            yield _maybe(item, bounded(sides, _meet_peer, (value,)))
            continue
        found = make(index, value, span)
        because = _unsure(value, found, span)
        yield _maybe(item, Bounds(found, found) if because is None else Bounds((), found, (because,)))


def _unsure(value: Value, found: tuple[Peer, ...], span: Span) -> Unknown | None:
    """
    Return why a rule need not admit the peers that were found, None when it surely does.

    The family of a prefix list is that of its entries, so of one whose entries are not known neither family is sure.
    """
    if isinstance(value, Unknown):
        return read.unknown(value, span)
    lists = (peer for peer in found if isinstance(peer, ListPeer))
    unread = next((one for one in lists if one.entries is None and not one.families), None)
    if unread is None or isinstance(unread.prefix_list, Unknown):
        return None if unread is None else read.unknown(unread.prefix_list, span)
    return Unknown(f"the entries of {unread.prefix_list} are not in the text", span)


def _group_peer(index: Index, value: Value, span: Span) -> tuple[Peer, ...]:
    if isinstance(value, str) and "/" in value and not value.startswith("arn:"):
        value = value.rsplit("/", 1)[1]
    return (GroupPeer(link(index, value, span, ("group", "default group"))),)


def _list_peer(index: Index, value: Value, span: Span) -> tuple[Peer, ...]:
    target = link(index, value, span, ("prefix list", "vpc endpoint"))
    endpoint = index.views.get(target) if isinstance(target, str) else None
    of_service = endpoint is not None and endpoint.row.noun == "vpc endpoint" and endpoint_type(index, endpoint) == "gateway"
    families = service_families(endpoint) if endpoint is not None and of_service else ()
    return (ListPeer(target, list_entries(index, target), families),)


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
    families: Iterable[Family] = FAMILIES
    if isinstance(peer, ListPeer):
        families = [family for family in FAMILIES if any(read.family(item) is family for item in peer.entries or ())]
        families = peer.families or families or FAMILIES
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
        yield Permission(rule.origin, group, direction, bounds, entry.field, entry.vague, entry.single)


def _product(some: tuple[Peer, ...], about: tuple[Service, ...]) -> tuple[Box, ...]:
    return tuple(dict.fromkeys(box for peer in some for service in about for box in boxes(peer, service)))


def anything(rule: View, slot: Slot, group: Link, direction: Direction) -> Permission:
    """
    Return the permission of rules of which nothing is known: at least nothing, at most everything.
    """
    peers_ = tuple(EVERYONE[family] for family in FAMILIES)
    because = read.unknown(slot.value, rule.origin.at(slot.field))
    return Permission(rule.origin, group, direction, Bounds((), _product(peers_, EVERY_SERVICE), (because,)), slot.field)
