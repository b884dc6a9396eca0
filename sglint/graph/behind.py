"""
Which addresses a transit gateway leads to from a VPC, where the text has all of them.

The idea: a closed world is claimed only where nobody else can add to it unwritten. A table that attachments propagate into by
default, one with something hidden, or any entry that is not sure means that it is not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from sglint.graph.index import Graph
from sglint.graph.transit import associated
from sglint.model import Attachment, Link, Prefix, TransitAssociation
from sglint.space import Family, Intervals, addresses, family_of, prefixes
from sglint.value import Unknown


def behind(graph: Graph, vpc: Link, gateway: str) -> tuple[Prefix, ...] | None:
    """
    Return the addresses that the gateway takes packets from the VPC to, None when not all of them are known.
    """
    table = table_of(graph, vpc, gateway)
    if table is None:
        return None
    listed = dict.fromkeys(entries(graph, table))
    if None in listed:
        return None
    taken = {family: Intervals() for family in Family}
    led = {family: Intervals() for family in Family}
    known = sorted((one for one in listed if one is not None), key=lambda one: (-one[0].prefixlen, not one[1], one[2]))
    for prefix, _, leads in known:
        family = family_of(prefix)
        own = addresses(prefix) - taken[family]
        taken[family] = taken[family] | own
        led[family] = led[family] | own if leads else led[family]
    return tuple(prefix for family in Family for prefix in prefixes(family, led[family]))


def table_of(graph: Graph, vpc: Link, gateway: str) -> str | None:
    """
    Return the table that surely routes what comes from the VPC, None where it is not known or others may add to it.
    """
    listed = graph.network.attachments
    if any(isinstance(link, Unknown) for one in listed for link in (one.vpc, one.gateway)):
        return None
    own = [one for one in listed if (one.vpc, one.gateway) == (vpc, gateway)]
    if len(own) != 1 or own[0].origin.maybe is not None:
        return None
    found = list(associated(graph, own[0].origin.address))
    first = found[0][0] if len(found) == 1 and found[0][1] is None else None
    name = first.table if isinstance(first, TransitAssociation) else None
    noun = next((one for one in graph.network.transit_tables if one.origin.address == name), None)
    closed = noun is not None and noun.hidden is None and noun.propagation is False and noun.origin.maybe is None
    return name if closed and isinstance(name, str) else None


def entries(graph: Graph, table: str) -> Iterator[tuple[Prefix, bool, bool] | None]:
    """
    Yield the entries of a table: the prefix, whether it is static, whether it leads anywhere; None for one that is not sure.
    """
    for route in graph.network.transit_routes:
        if route.table != table and not isinstance(route.table, Unknown):
            continue
        doubts = (route.table, route.maybe, route.origin.maybe, route.blackhole, route.attachment)
        for one in route.destinations:
            if isinstance(one, Unknown) or any(isinstance(item, Unknown) for item in doubts):
                yield None
            else:
                yield one, True, route.blackhole is False
    for each in graph.network.transit_propagations:
        if each.table != table and not isinstance(each.table, Unknown):
            continue
        noun = graph.attachments.get(each.attachment) if isinstance(each.attachment, str) else None
        vpc = graph.vpcs.get(noun.vpc) if isinstance(noun, Attachment) and isinstance(noun.vpc, str) else None
        sure = isinstance(each.table, str) and each.maybe is None and each.origin.maybe is None
        if vpc is None or not sure or vpc.hidden is not None or not vpc.cidrs:
            yield None
            continue
        for cidr in vpc.cidrs:
            yield None if isinstance(cidr, Unknown) else (cidr, False, True)
