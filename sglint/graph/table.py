"""
What a route table says, sorted by what is known of its destinations.
"""

from __future__ import annotations

from dataclasses import replace

from sglint.graph.index import OWN_TABLE, Board, Floating, Graph, Hop, grouped, place
from sglint.model import Link, Route, Target, TargetKind
from sglint.value import Unknown

SERVICE_ENDPOINTS = (TargetKind.S3_ENDPOINT, TargetKind.DYNAMODB_ENDPOINT, TargetKind.GATEWAY_ENDPOINT)
"""Their routes are for the addresses of one AWS service, which are longer prefixes than anything a text routes elsewhere."""


def board(graph: Graph, table: Link) -> Board:
    """
    Return what the route table says.
    """
    if table not in graph.boards:
        graph.boards[table] = read_board(graph, table)
    return graph.boards[table]


def read_board(graph: Graph, table: Link) -> Board:
    """
    Sort the routes of the table by what is known of their destinations; one of an unknown table may be of this one.
    """
    if table == OWN_TABLE:
        return Board({}, ())
    hidden = table if isinstance(table, Unknown) else hiding(graph, table)
    own = () if isinstance(table, Unknown) else graph.routes.get(table, ())
    routes = (*own, *(replace(one, maybe=one.table) for one in graph.strays if isinstance(one.table, Unknown)))
    floating = [] if hidden is None else [Floating((Target(TargetKind.UNKNOWN, why=hidden),), (), hidden)]
    for route in routes:
        unknown = next((one for one in route.destinations if isinstance(one, Unknown)), None)
        if unknown is not None:
            targets = tuple(target for target in route.targets if target.kind not in SERVICE_ENDPOINTS)
            hops = tuple(Hop(f"some traffic leads to {name(target)}", place(route)) for target in targets)
            floating += [Floating(targets, hops, unknown, route.families)] if targets else []
    pairs = ((one, route) for route in routes for one in route.destinations if not isinstance(one, Unknown))
    return Board(grouped(pairs), tuple(floating))


def hiding(graph: Graph, table: str) -> Unknown | None:
    """
    Return why some routes of the table are not in the text, or None when all are.
    """
    noun = graph.tables.get(table)
    return Unknown(f"{table} is not in the text, so its routes are not known") if noun is None else noun.hidden


def name(target: Target) -> str:
    """
    Return the target in words, with its address where it has one.
    """
    kind = target.kind.value.replace("-", " ")
    return f"{kind} {target.address}" if target.address else f"a {kind} target" if kind == "unknown" else kind


def undecided_target(route: Route) -> Unknown:
    """
    Return why it is not known where a route with several targets leads.
    """
    return Unknown(f"this route leads to {' or '.join(name(target) for target in route.targets)}", place(route))
