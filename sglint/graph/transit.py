"""
Where a transit gateway sends what comes in from one of its attachments.
"""

from __future__ import annotations

from collections.abc import Iterator

from sglint.frozen import frozen
from sglint.graph.index import Graph, Hop
from sglint.model import Attachment, Link, Prefix, TransitAssociation, TransitPropagation, TransitRoute
from sglint.space import within
from sglint.value import Unknown

ANY_LENGTH = 129
"""That of a prefix which is not known: it may be longer than any other."""
ROUTE = "transit gateway route"


@frozen
class Onward:
    """
    The attachment that some traffic leaves a transit gateway by, None where it is dropped there.

    `because` holds what stands in the way of a single answer.
    """

    attachment: Link | None
    hops: tuple[Hop, ...]
    because: tuple[Unknown, ...] = ()


@frozen
class Entry:
    """
    An entry of a transit gateway's route table that may be for the traffic: `maybe` says what decides whether it is there.
    """

    length: int
    static: bool
    attachment: Link | None
    hop: Hop
    maybe: Unknown | None


def onward(graph: Graph, attachment: str, destination: Prefix) -> tuple[Onward, ...]:
    """
    Return where traffic that came in by the attachment leaves: one answer when the text decides it.
    """
    found: dict[Onward, None] = {}
    for one, doubt in associated(graph, attachment):
        if isinstance(one, Unknown):
            found[Onward(one, (), (one,))] = None
            continue
        table = one.table
        because = () if doubt is None else (doubt,)
        if isinstance(table, Unknown):
            found[Onward(table, (), (table, *because))] = None
            continue
        what = "by default" if one.default else "in this code"
        first = Hop(f"{attachment} is associated {what} with {table}", one.origin.span, "transit gateway route table")
        for each in by_table(graph, table, destination):
            found[Onward(each.attachment, (first, *each.hops), (*because, *each.because))] = None
    return tuple(found)


def associated(graph: Graph, attachment: str) -> Iterator[tuple[TransitAssociation | Unknown, Unknown | None]]:
    """
    Yield the associations that the attachment may have, each with what decides that.
    """
    listed = graph.network.transit_associations
    own = [(one, one.maybe or one.origin.maybe) for one in listed if one.attachment == attachment]
    sure = [item for item in own if item[1] is None]
    if sure:
        yield sure[0]
        return
    yield from own
    yield from (
        (one, one.attachment) for one in listed if isinstance(one.attachment, Unknown) and may_mean(one.attachment, attachment)
    )
    noun = graph.attachments.get(attachment)
    why = f"the transit gateway route table of {attachment} is not in this scan"
    yield Unknown(why, None if noun is None else noun.origin.span), None


def may_mean(link: Unknown, address: str) -> bool:
    """
    Return whether the unknown may stand for this address.
    """
    named = {*(ref.address for ref in link.refs), *(one for one in link.among if isinstance(one, str))}
    return not named or address in named


def by_table(graph: Graph, table: str, destination: Prefix) -> Iterator[Onward]:
    """
    Yield where a table sends the destination: by the longest prefix, and of one prefix by the static route.
    """
    listed = sorted(entries(graph, table, destination), key=lambda one: (-one.length, not one.static))
    noun = next((one for one in graph.network.transit_tables if one.origin.address == table), None)
    why = f"{table} is not in the text, so its routes are not known" if noun is None else None
    hidden = Unknown(why) if why is not None else None if noun is None else noun.hidden
    if hidden is not None:
        yield Onward(hidden, (), (hidden,))
    for one in listed:
        because = tuple(item for item in (one.maybe, one.attachment) if isinstance(item, Unknown))
        yield Onward(one.attachment, (one.hop,), because)
        if one.maybe is None:
            return
    if hidden is None:
        place = None if noun is None else noun.origin.span
        hops = () if place is None else (Hop(f"no route of {table} is for {destination}", place, ROUTE),)
        yield Onward(None, hops)


def entries(graph: Graph, table: str, destination: Prefix) -> Iterator[Entry]:
    """
    Yield the entries of a table that have the destination, or may have it.
    """
    for route in graph.network.transit_routes:
        if route.table == table or (isinstance(route.table, Unknown) and may_mean(route.table, table)):
            yield from of_route(route, destination)
    for one in graph.network.transit_propagations:
        if one.table == table or (isinstance(one.table, Unknown) and may_mean(one.table, table)):
            yield from of_propagation(graph, one, destination)


def of_route(route: TransitRoute, destination: Prefix) -> Iterator[Entry]:
    """
    Yield the entries of a static route that have the destination, or may have it.
    """
    maybe = route.maybe or route.origin.maybe or (route.table if isinstance(route.table, Unknown) else None)
    place = route.origin.at(route.field)
    name = route.attachment if isinstance(route.attachment, str) else "an attachment that is not known"
    for one in route.destinations:
        covers = isinstance(one, Unknown) or within(destination, one)
        inside = not isinstance(one, Unknown) and one != destination and within(one, destination)
        if not covers and not inside:
            continue
        part = Unknown(f"only {one}, a part of {destination}, has this route", place) if inside else None
        doubt = maybe or (one if isinstance(one, Unknown) else part)
        length = ANY_LENGTH if isinstance(one, Unknown) else one.prefixlen
        where = "some traffic" if isinstance(one, Unknown) else str(one)
        if route.blackhole is not False:
            why = route.blackhole if isinstance(route.blackhole, Unknown) else doubt
            yield Entry(length, static=True, attachment=None, hop=Hop(f"{where} is dropped", place, ROUTE), maybe=why)
        if route.blackhole is not True:
            missing = Unknown(f"the attachment of the route to {where} is not in the text", place)
            link = missing if route.attachment is None else route.attachment
            hop = Hop(f"{where} leads to {name}", place, ROUTE)
            yield Entry(length, static=True, attachment=link, hop=hop, maybe=doubt)


def of_propagation(graph: Graph, one: TransitPropagation, destination: Prefix) -> Iterator[Entry]:
    """
    Yield the entries that an attachment propagates for the destination, surely or possibly.
    """
    maybe = (
        one.maybe or one.origin.maybe or next((link for link in (one.table, one.attachment) if isinstance(link, Unknown)), None)
    )
    noun = graph.attachments.get(one.attachment) if isinstance(one.attachment, str) else None
    name = one.attachment if isinstance(one.attachment, str) else "an attachment that is not known"
    vpc = graph.vpcs.get(noun.vpc) if isinstance(noun, Attachment) and isinstance(noun.vpc, str) else None
    if vpc is None:
        doubt = maybe or Unknown(f"which ranges {name} propagates is not in the text", one.origin.span)
        yield Entry(
            ANY_LENGTH,
            static=False,
            attachment=one.attachment,
            hop=Hop(f"{name} may propagate it", one.origin.span, ROUTE),
            maybe=doubt,
        )
        return
    for cidr in vpc.cidrs:
        if isinstance(cidr, Unknown):
            hop = Hop(f"{name} propagates a range of {vpc.origin.address} that is not known", one.origin.span, ROUTE)
            yield Entry(ANY_LENGTH, static=False, attachment=one.attachment, hop=hop, maybe=maybe or cidr)
        elif within(destination, cidr):
            hop = Hop(f"{cidr} leads to {name}, which propagates it", one.origin.span, ROUTE)
            yield Entry(cidr.prefixlen, static=False, attachment=one.attachment, hop=hop, maybe=maybe)
