"""
Findings as data: what the script of the page makes the same articles from that the template does.

The idea: many findings say the same of the same lines. So each text, line and stop is written once, and named by its place.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import field
from typing import TypeAlias, TypeVar

from sglint.frozen import frozen
from sglint.output.html.finding import CERTAIN, Excerpt, View, Way
from sglint.output.plain import clean

K = TypeVar("K", bound=Hashable)

Shape: TypeAlias = tuple[tuple[tuple[str, int, str], ...], tuple[int, ...]]
"""The rows of the matrix for one interface: family, target and letters; and its classes of flows."""


def number(table: dict[K, int], one: K) -> int:
    """
    Return the place of the value in the table, where it is put when it is new.
    """
    return table.setdefault(one, len(table))


@frozen
class Tables:
    """
    What is named by its place.
    """

    texts: dict[str, int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    lines: dict[Hashable, int] = field(default_factory=dict)
    stops: dict[Hashable, int] = field(default_factory=dict)
    reasons: dict[Hashable, int] = field(default_factory=dict)
    targets: dict[Hashable, int] = field(default_factory=dict)
    flows: dict[Hashable, int] = field(default_factory=dict)
    shapes: dict[Shape, int] = field(default_factory=dict)


def record(one: View, tables: Tables) -> dict[str, object]:
    """
    Return the finding as JSON types; what has nothing to say is left out, and that it is certain and counts.
    """
    finding = one.finding
    found: dict[str, object] = {
        "rule": clean(finding.rule),
        "severity": finding.severity.value,
        "state": "" if one.state == CERTAIN else one.state,
        "message": clean(finding.message),
        "subjects": [clean(name) for name in finding.subjects],
        "roots": texts(finding.roots, tables),
        "place": clean(one.place),
        "reason": clean(finding.status_reason),
        "change": texts(one.change, tables),
        "saves": texts(one.saves, tables),
        "exposes": texts(one.exposes, tables),
        "unless": [[number(tables.texts, clean(label.text)), clean(str(label.span))] for label in finding.unless],
        "fix": fix(one, tables),
        "way": None if one.way is None else way(one.way, tables),
        "excerpts": [excerpt(each, tables) for each in one.excerpts],
    }
    return {name: value for name, value in found.items() if value}


def texts(lines: Iterable[str], tables: Tables) -> list[int]:
    """
    Return the places of the texts.
    """
    return [number(tables.texts, clean(line)) for line in lines]


def fix(one: View, tables: Tables) -> dict[str, object] | None:
    """
    Return the change that would fix the finding, or why there is none; None where none was looked for.
    """
    if one.fix is None:
        return None
    if one.fix.blocked:
        return {"blocked": clean(one.fix.blocked)}
    return {
        "safe": one.fix.safe,
        "admits": texts(one.fix.admits, tables),
        "steps": texts(one.fix.steps, tables),
        "diff": texts((text for _, text in one.diff), tables),
    }


def way(one: Way, tables: Tables) -> list[object]:
    """
    Return the stops of the way, the names of its nodes, and how many more there are.
    """
    stops = [number(tables.stops, (clean(stop.noun), clean(stop.name))) for stop in one.stops]
    return [stops, " ".join(one.nodes), one.more]


def excerpt(one: Excerpt, tables: Tables) -> list[object]:
    """
    Return the place of an excerpt, and its lines: number, pieces with their marks, what is said of it.
    """
    lines = [
        number(
            tables.lines,
            (
                line.number,
                tuple((clean(piece.text), piece.mark) for piece in line.pieces),
                tuple(texts(line.says, tables)),
            ),
        )
        for line in one.lines
    ]
    return [clean(one.place), lines]
