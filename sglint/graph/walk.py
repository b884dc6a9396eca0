"""
Where the traffic of an interface goes.

The idea: what a subnet's traffic meets is worked out once for each subnet. Where the text leaves a choice, a path carries all
its candidates.
"""

from __future__ import annotations

from collections.abc import Iterator

from sglint.facts import LOCAL_OVERRIDES
from sglint.graph.index import Board, Cell, Floating, Graph, Hop, Local, Path, doubt, place
from sglint.graph.serve import choices, families, local_of, undecided
from sglint.graph.table import board, name, undecided_target
from sglint.model import Interface, Link, Prefix, Route, Target, TargetKind
from sglint.space import EVERYONE, Family, family_of
from sglint.value import Unknown


def paths(graph: Graph, interface: Interface) -> tuple[Path, ...]:
    """
    Return where the traffic of the interface goes, one path for each subnet and destination, longest prefix first to match.
    """
    unknown = Unknown(f"the subnet of {interface.address} is not in the text", interface.origin.span)
    return tuple(dict.fromkeys(path for subnet in interface.subnets or (unknown,) for path in ways(graph, subnet)))


def ways(graph: Graph, subnet: Link) -> tuple[Path, ...]:
    """
    Return where the traffic of the subnet goes, shortest prefix first, IPv4 before IPv6.
    """
    if subnet not in graph.ways:
        graph.ways[subnet] = tuple(find_ways(graph, subnet))
    return graph.ways[subnet]


def find_ways(graph: Graph, subnet: Link) -> Iterator[Path]:
    """
    Yield a path for each destination that a table of the subnet names, for the VPC's ranges, and for all the rest.
    """
    served = choices(graph, subnet)
    local = local_of(graph, subnet)
    boards = [board(graph, choice.table) for choice in served]
    has = families(graph, (subnet,))
    rest = [EVERYONE[family] for family in Family if family in has.most]
    destinations = {*rest, *local.prefixes, *(prefix for one in boards for prefix in one.exact)}
    table: Link = served[0].table if len(served) == 1 else undecided(served, subnet)
    noun = graph.subnets.get(subnet) if isinstance(subnet, str) else None
    start = () if noun is None else (Hop(f"{subnet} is the subnet", noun.origin.span, "subnet"),)
    several = len(served) > 1 and all(choice.because is None for choice in served)
    for destination in sorted(destinations, key=order):
        cell = Cell(hops=dict.fromkeys(start), because={undecided(served, subnet): None} if several else {})
        for choice, one in zip(served, boards, strict=True):
            cell.hops.update(dict.fromkeys(choice.hops))
            cell.because.update({} if choice.because is None else {choice.because: None})
            resolve(cell, one, local, destination)
        targets = tuple(cell.targets)
        because = tuple(cell.because) if len(targets) > 1 or targets[0].kind is TargetKind.UNKNOWN else ()
        yield Path(family_of(destination), destination, targets, subnet, table, tuple(cell.hops), because)


def order(prefix: Prefix) -> tuple[str, int, int]:
    """
    Return the key that sorts prefixes: by family, length, address.
    """
    return (family_of(prefix).value, prefix.prefixlen, int(prefix.network_address))


def resolve(cell: Cell, board: Board, local: Local, destination: Prefix) -> None:
    """
    Add to the cell where the table sends the destination: its own routes, and what lies behind those that may not exist.
    """
    around = destination
    while True:
        routes = board.exact.get(around, ())
        lone = tuple(route for route in routes if len(route.destinations) == 1)
        sure = any(doubt(route) is None for route in routes)
        taken = lone if any(doubt(route) is None for route in lone) else routes
        for route in taken:
            take(cell, route, around)
        equals = [route for route in taken if doubt(route) is None]
        if len(equals) > 1:
            cell.because[Unknown(f"several routes lead to {around}, of which AWS takes one", place(equals[-1]))] = None
        if sure:
            break
        if around in local.prefixes:
            cell.targets[Target(TargetKind.LOCAL)] = None
            cell.hops.update(dict.fromkeys(local.hops))
            break
        outer = next((one for one in supernets(around) if one in board.exact or one in local.prefixes), None)
        if outer is None:
            if local.hidden is not None and destination == EVERYONE[family_of(destination)]:
                cell.targets[Target(TargetKind.LOCAL)] = None
                cell.because[local.hidden] = None
            cell.targets[Target(TargetKind.NONE)] = None
            break
        around = outer
    for one in board.floating:
        float_into(cell, one, is_local=destination in local.prefixes, family=family_of(destination))


def take(cell: Cell, route: Route, destination: Prefix) -> None:
    """
    Add the targets of a route to the cell.
    """
    missing = Unknown(f"the target of the route to {destination} is not in the text", place(route))
    for target in route.targets or (Target(TargetKind.UNKNOWN, why=missing),):
        cell.targets[target] = None
        if target.why is not None:
            cell.because[target.why] = None
        verb = "leads" if doubt(route) is None and len(route.targets) == 1 else "may lead"
        cell.hops[Hop(f"{destination} {verb} to {name(target)}", place(route))] = None
    if len(route.targets) > 1 and all(target.why is None for target in route.targets):
        cell.because[undecided_target(route)] = None
    why = doubt(route)
    if why is not None:
        cell.because[why] = None


def float_into(cell: Cell, one: Floating, *, is_local: bool, family: Family) -> None:
    """
    Add to the cell the targets of a route that may be for it.
    """
    for target in one.targets:
        overrides = target.kind.value in LOCAL_OVERRIDES or target.kind is TargetKind.UNKNOWN
        if (overrides or not is_local) and family in one.families and target not in cell.targets:
            cell.targets[target] = None
            cell.because[one.because] = None
            cell.hops.update(dict.fromkeys(one.hops))


def supernets(prefix: Prefix) -> Iterator[Prefix]:
    """
    Yield the prefixes around this one, the nearest first.
    """
    return (prefix.supernet(new_prefix=length) for length in range(prefix.prefixlen - 1, -1, -1))
