"""
Which route table serves a subnet, and which addresses the subnet and its VPC have.
"""

from __future__ import annotations

from sglint.graph.index import OWN_TABLE, Choice, Graph, Hop, Local
from sglint.model import Association, Link, Prefix
from sglint.resource import Origin
from sglint.space import Bounds, Family, family_of, within
from sglint.value import Unknown


def undecided(served: tuple[Choice, ...], subnet: Link) -> Unknown:
    """
    Return why it is not known which of several tables serves the subnet.
    """
    because = next((choice.because for choice in served if choice.because is not None), None)
    why = f"several route tables may serve {subnet}" if because is None else because.why
    return Unknown(why, None if because is None else because.span)


def choices(graph: Graph, subnet: Link) -> tuple[Choice, ...]:
    """
    Return the route tables that may serve the subnet: that of its association, else the main one of its VPC.
    """
    if isinstance(subnet, Unknown):
        return (Choice(subnet, because=subnet),)
    own = graph.associations.get(subnet, ())
    sure = tuple(one for one in own if one.origin.maybe is None)
    if sure:
        return tuple(dict.fromkeys(chosen(one.table, one.origin, None) for one in sure))
    noun = graph.subnets.get(subnet)
    vpc = None if noun is None else noun.vpc
    found = [chosen(one.table, one.origin, one.origin.maybe) for one in own]
    found += [chosen(one.table, one.origin, loose) for one in graph.adrift if (loose := may_serve(graph, one, vpc))]
    return tuple(dict.fromkeys((*found, *main_choices(graph, subnet, vpc))))


def chosen(table: Link, origin: Origin, because: Unknown | None) -> Choice:
    """
    Return the choice of a table that is written at `origin`.
    """
    name = table if isinstance(table, str) else "a route table that is not known"
    why = table if isinstance(table, Unknown) else because
    return Choice(table, (Hop(f"{'may be' if because else 'is'} served by {name}", origin.span, "route table"),), why)


def may_serve(graph: Graph, one: Association, vpc: Link | None) -> Unknown | None:
    """
    Return why an association with something unknown may be with a subnet of this VPC, or None when it cannot be.
    """
    table = graph.tables.get(one.table) if isinstance(one.table, str) else None
    if table is not None and isinstance(table.vpc, str) and isinstance(vpc, str) and table.vpc != vpc:
        return None
    link = one.subnet if isinstance(one.subnet, Unknown) else one.vpc
    return link if isinstance(link, Unknown) else None


def main_choices(graph: Graph, subnet: str, vpc: Link | None) -> tuple[Choice, ...]:
    """
    Return the main tables that a subnet without an association of its own may have.

    A subnet that existed before this text may have an association that is not in it, so its table is not known.
    """
    noun = graph.subnets.get(subnet)
    mains = graph.mains.get(vpc, ()) if isinstance(vpc, str) else ()
    found = tuple(
        chosen(one.table if isinstance(one, Association) else one.origin.address, one.origin, one.origin.maybe) for one in mains
    )
    if noun is not None and noun.hidden is None and isinstance(vpc, str):
        own = graph.vpcs.get(vpc)
        if any(one.origin.maybe is None for one in mains):
            return found
        if own is not None and own.hidden is None:
            return (*found, Choice(OWN_TABLE))
    told = tuple(one for one in found if is_told(graph, one.table))
    why = f"no table is associated with {subnet} in this code"
    why += ", but one may be elsewhere" if told else "; the main route table of its VPC is not in the text"
    hidden = Unknown(why, None if noun is None else noun.origin.span)
    return (*told, Choice(hidden, because=hidden))


def is_told(graph: Graph, table: Link) -> bool:
    """
    Return whether the text says anything about the routes of the table.
    """
    if isinstance(table, Unknown):
        return True
    noun = graph.tables.get(table)
    return noun is None or noun.hidden is None or bool(graph.routes.get(table))


def local_of(graph: Graph, subnet: Link) -> Local:
    """
    Return what the subnet reaches inside its VPC.
    """
    noun = graph.subnets.get(subnet) if isinstance(subnet, str) else None
    if noun is None:
        return Local((), subnet if isinstance(subnet, Unknown) else Unknown(f"{subnet} is not in the text"))
    vpc = graph.vpcs.get(noun.vpc) if isinstance(noun.vpc, str) else None
    ranges: list[Prefix | Unknown] = [Unknown(f"the VPC of {subnet} is not in the text", noun.origin.span)]
    if vpc is not None:
        ranges = [*vpc.cidrs] or [Unknown(f"the ranges of {vpc.origin.address} are not in the text", vpc.origin.span)]
    known = [one for one in ranges if not isinstance(one, Unknown)]
    known += [one for one in noun.cidrs if not isinstance(one, Unknown) and not any(within(one, other) for other in known)]
    hidden = next((one for one in ranges if isinstance(one, Unknown)), None)
    hops = () if vpc is None else (Hop(f"inside {vpc.origin.address} traffic is local", vpc.origin.span, "vpc"),)
    return Local(tuple(known), hidden, hops)


def families(graph: Graph, subnets: tuple[Link, ...]) -> Bounds[frozenset[Family]]:
    """
    Return the address families of the subnets: those that the text names, and those that it does not rule out.
    """
    found = [families_of(graph, subnet) for subnet in subnets] or [Bounds(frozenset(), frozenset(Family))]
    return Bounds(frozenset().union(*(one.least for one in found)), frozenset().union(*(one.most for one in found)))


def families_of(graph: Graph, subnet: Link) -> Bounds[frozenset[Family]]:
    """
    Return the address families of one subnet; one that existed before may have both.
    """
    noun = graph.subnets.get(subnet) if isinstance(subnet, str) else None
    if noun is None:
        return Bounds(frozenset(), frozenset(Family))
    known = {family_of(one) for one in noun.cidrs if not isinstance(one, Unknown)}
    if len(known) == 0 or len(known) < len(noun.cidrs):
        known.add(Family.IPV4)
    if noun.ipv6 is True or (isinstance(noun.ipv6, Unknown) and noun.hidden is None):
        known.add(Family.IPV6)
    named = frozenset(known)
    return Bounds(named, frozenset(Family) if isinstance(noun.ipv6, Unknown) else named)
