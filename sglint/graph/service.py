"""
The routes to services of AWS by gateway endpoints, whose addresses no text has.

The idea: the prefixes of a service are longer than anything that a text routes elsewhere, so its route takes what it has from
the other cells, and is a cell of its own whose destination has a name and no addresses.
"""

from __future__ import annotations

from collections.abc import Iterator

from sglint.graph.index import Choice, Graph, Hop, Service, doubt, place
from sglint.graph.serve import choices, families, undecided
from sglint.graph.table import SERVICE_ENDPOINTS, name
from sglint.model import Interface, Link, Route, Target
from sglint.space import Family
from sglint.value import Unknown


def services(graph: Graph, interface: Interface) -> tuple[Service, ...]:
    """
    Return the services that the interface reaches by gateway endpoints.
    """
    for subnet in interface.subnets:
        if subnet not in graph.services:
            graph.services[subnet] = tuple(of_subnet(graph, subnet))
    return tuple(dict.fromkeys(one for subnet in interface.subnets for one in graph.services[subnet]))


def of_subnet(graph: Graph, subnet: Link) -> Iterator[Service]:
    """
    Yield the services that the tables of a subnet have routes to, each endpoint once for each family.
    """
    served = choices(graph, subnet)
    has = families(graph, (subnet,)).most
    found: dict[tuple[Family, Target], list[tuple[Choice, Route]]] = {}
    for choice in served:
        for route in listed(graph, choice.table):
            for family in route.families:
                if family in has:
                    found.setdefault((family, route.targets[0]), []).append((choice, route))
    for (family, target), pairs in found.items():
        sure = {choice.table for choice, route in pairs if not isinstance(route.table, Unknown) and doubt(route) is None}
        because = [why for _, route in pairs for why in (doubt(route), route.table) if isinstance(why, Unknown)]
        because += [choice.because for choice in served if choice.because is not None]
        because += [undecided(served, subnet)] if len(served) > 1 else []
        hops = [Hop(f"the addresses of its service lead to {name(target)}", place(route)) for _, route in pairs]
        always = all(choice.table in sure for choice in served)
        yield Service(family, target, subnet, tuple(dict.fromkeys(hops)), () if always else tuple(dict.fromkeys(because)))


def listed(graph: Graph, table: Link) -> Iterator[Route]:
    """
    Yield the routes to services that a table has, or may have.
    """
    own = () if isinstance(table, Unknown) else graph.routes.get(table, ())
    for route in (*own, *(() if table == "" else graph.strays)):
        to_service = len(route.targets) == 1 and route.targets[0].kind in SERVICE_ENDPOINTS
        if to_service and any(isinstance(one, Unknown) for one in route.destinations):
            yield route
