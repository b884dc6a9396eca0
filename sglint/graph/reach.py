"""
Whether an interface has a route to some kind of target.
"""

from __future__ import annotations

from collections.abc import Iterator

from sglint.facts import IN_SCOPE
from sglint.graph.index import OWN_TABLE, Graph, doubt
from sglint.graph.serve import choices
from sglint.graph.table import hiding, undecided_target
from sglint.model import Interface, Link, Route, TargetKind
from sglint.space import Bounds
from sglint.value import Unknown


def reaches(graph: Graph, interface: Interface, kinds: tuple[str, ...] = IN_SCOPE) -> Bounds[bool]:
    """
    Return whether some route of the interface's subnets leads to a target of these kinds, given by their values.
    """
    because: dict[Unknown, None] = {}
    most = not interface.subnets
    for subnet in interface.subnets:
        served = choices(graph, subnet)
        if all(any(leads_surely(route, kinds) for route in listed(graph, choice.table)) for choice in served):
            return Bounds(least=True, most=True)
        for choice in served:
            doubts = tuple(may_lead(graph, choice.table, kinds))
            most = most or bool(doubts)
            because.update((doubt, None) for doubt in (*doubts, choice.because if doubts else None) if doubt is not None)
    if not interface.subnets:
        because[Unknown(f"the subnet of {interface.address} is not in the text", interface.origin.span)] = None
    return Bounds(least=False, most=most, because=tuple(because) if most else ())


def listed(graph: Graph, table: Link) -> tuple[Route, ...]:
    """
    Return the routes of the table that are in the text.
    """
    return graph.routes.get(table, ()) if isinstance(table, str) else ()


def leads_surely(route: Route, kinds: tuple[str, ...]) -> bool:
    """
    Return whether the route surely exists and surely leads to one of these kinds.
    """
    return doubt(route) is None and bool(route.targets) and all(target.kind.value in kinds for target in route.targets)


def may_lead(graph: Graph, table: Link, kinds: tuple[str, ...]) -> Iterator[Unknown | None]:
    """
    Yield for each route of the table that may lead to one of these kinds what decides that, None when it surely does.
    """
    if isinstance(table, Unknown):
        yield table
        return
    hidden = None if table == OWN_TABLE else hiding(graph, table)
    if hidden is not None:
        yield hidden
    for route in (*graph.routes.get(table, ()), *(() if table == OWN_TABLE else graph.strays)):
        for target in route.targets:
            if target.kind.value in kinds or target.kind is TargetKind.UNKNOWN:
                doubts = [link for link in (target.why, doubt(route), route.table) if isinstance(link, Unknown)]
                yield from doubts
                if not doubts:
                    yield undecided_target(route) if len(route.targets) > 1 else None
