"""
The data of the page as JSON: what its tables and filters are made from, and what programs may take out of it.

The idea: many interfaces have the same flows for the same reasons. Each text, reason, class of flows and list of these is
written once, and named by its place in a list.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TypeAlias

from sglint.finding import Report
from sglint.model import Direction, TargetKind
from sglint.output.html.finding import View, kind_name
from sglint.output.html.name import node_id
from sglint.output.html.record import Tables, number, record
from sglint.output.inspect import known, scope, unknowns
from sglint.output.plain import clean
from sglint.rule import Judged
from sglint.space import Protocol
from sglint.track import Judgement, Reason, State, Verdict

SCHEMA = 1

LETTERS = {State.UNTRACKED: "U", State.TRACKED: "T", State.DENIED: "D"}

Shape: TypeAlias = tuple[tuple[tuple[str, int, str], ...], tuple[int, ...]]
"""The rows of the matrix for one interface: family, target and letters; and its classes of flows."""

CELLS = tuple((direction, protocol) for direction in Direction for protocol in Protocol)
"""The columns of the matrix."""


def data(report: Report, networks: Iterable[Judged], views: Iterable[View], *, version: str) -> dict[str, object]:
    """
    Return all that the page knows, as JSON types.
    """
    reasons: dict[Hashable, int] = {}
    flows: dict[Hashable, int] = {}
    targets: dict[Hashable, int] = {}
    groups: dict[Hashable, int] = {}
    shapes: dict[Shape, int] = {}
    interfaces = []
    tables = Tables()
    findings = [record(one, tables) for one in views]
    for net in networks:
        for judgement in net.judgements:
            shape = shape_of(judgement, reasons, flows, targets)
            interfaces.append(interface(net.network.root, judgement, number(shapes, shape), groups))
    return {
        "schema": SCHEMA,
        "version": version,
        "seen": asdict(report.seen),
        "roots": list(report.roots),
        "findings": findings,
        "texts": list(tables.texts),
        "lines": list(tables.lines),
        "stops": list(tables.stops),
        "problems": [problem(text, at, hint, hides=hides) for text, at, hint, hides in _problems(report)],
        "reasons": list(reasons),
        "flows": list(flows),
        "targets": list(targets),
        "groups": list(groups),
        "shapes": [{"rows": rows, "flows": numbers} for rows, numbers in shapes],
        "interfaces": interfaces,
    }


def shape_of(
    judgement: Judgement, reasons: dict[Hashable, int], flows: dict[Hashable, int], targets: dict[Hashable, int]
) -> Shape:
    """
    Return the rows of the matrix for one interface, and the places of its classes of flows.
    """
    numbers = tuple(number(flows, flow(one, reasons, targets)) for one in judgement.verdicts)
    everywhere = [one for one in judgement.verdicts if one.via.kind is TargetKind.ANY]
    vias = dict.fromkeys((one.family, one.via.kind, one.via.address) for one in judgement.verdicts)
    meant = [via for via in vias if via[1] is not TargetKind.ANY]
    told = {family for family, _, _ in meant}
    rows = []
    for family, kind, address in (*meant, *(via for via in vias if via[0] not in told)):
        here = [one for one in judgement.verdicts if (one.family, one.via.kind, one.via.address) == (family, kind, address)]
        here += [one for one in everywhere if one.family is family and kind is not TargetKind.ANY]
        rows.append((family.value, number(targets, (kind_name(kind), clean(address))), cells(here)))
    return (tuple(rows), numbers)


def cells(verdicts: Sequence[Verdict]) -> str:
    """
    Return the letters of each column, `-` where there is nothing to say, separated by blanks.
    """
    found = []
    for direction, protocol in CELLS:
        letters = {letter(one) for one in verdicts if (one.direction, one.protocol) == (direction, protocol)}
        found.append("".join(each for each in "?TAUD" if each in letters) or "-")
    return " ".join(found)


def letter(one: Verdict) -> str:
    """
    Return the letter of a state: U untracked, T tracked, A tracked automatically, D denied, ? not known.
    """
    if not one.state.certain:
        return "?"
    return "A" if one.automatic and one.state.least is State.TRACKED else LETTERS[one.state.least]


def flow(one: Verdict, reasons: dict[Hashable, int], targets: dict[Hashable, int]) -> tuple[Hashable, ...]:
    """
    Return one class of flows: direction, family, protocol, ports, peer, target, letter, what it may be, automatic, reasons.
    """
    may = "" if one.state.certain else f"{one.state.least.name.lower()} to {one.state.most.name.lower()}"
    return (
        one.direction.value,
        one.family.value,
        one.protocol.value,
        "all" if str(one.ports) == "0-65535" else str(one.ports),
        clean(one.peer),
        number(targets, (kind_name(one.via.kind), clean(one.via.address))),
        letter(one),
        may,
        tuple(clean(name) for name in one.automatic),
        tuple(number(reasons, reason(each)) for each in one.reasons),
    )


def reason(one: Reason) -> tuple[str, str]:
    """
    Return a reason, and the place that it comes from.
    """
    return (clean(one.text), "" if one.span is None else clean(f"{one.span.path}:{one.span.line}"))


def interface(root: str, judgement: Judgement, shape: int, groups: dict[Hashable, int]) -> list[object]:
    """
    Return one interface: root, address, kind, role, place, scope, groups, shape, node, what is not known.
    """
    one = judgement.interface
    span = one.origin.span
    return [
        clean(root),
        clean(one.address),
        clean(one.kind),
        one.role.value,
        clean(f"{span.path}:{span.line}"),
        {True: "yes", False: "no", "maybe": "maybe"}[scope(judgement.in_scope)],
        [number(groups, clean(name)) for name in known(one.groups)],
        shape,
        node_id(root, "interface", one.address),
        [clean(f"{label.text} ({label.span})") for label in unknowns(judgement)],
    ]


def _problems(report: Report) -> Iterable[tuple[str, str, str, bool]]:
    for one in report.problems:
        yield clean(one.message), clean(str(one.span or "")), clean(one.hint), one.hides


def problem(message: str, place: str, hint: str, *, hides: bool) -> dict[str, object]:
    """
    Return one problem as JSON types.
    """
    return {"message": message, "place": place, "hint": hint, "hides": hides}


def embed(document: Mapping[str, object] | Sequence[str]) -> str:
    r"""
    Return the document as JSON that may stand inside a script element of HTML.

    >>> embed(["</script>"])
    '["\\u003c/script>"]'
    """
    return json.dumps(document, separators=(",", ":")).replace("\x7f", "\\u007f").replace("<", "\\u003c")
