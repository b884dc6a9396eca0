"""
The data of the page as JSON: what its tables and filters are made from, and what programs may take out of it.

The idea: many interfaces have the same flows for the same reasons. Each text, reason, class of flows and list of these is
written once, and named by its place in a list.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, fields

from sglint.finding import Report
from sglint.model import Direction, TargetKind
from sglint.output.html.finding import View, kind_name
from sglint.output.html.name import node_id
from sglint.output.html.record import Shape, Tables, number, record
from sglint.output.inspect import known, scope, unknowns
from sglint.output.plain import clean
from sglint.rule import Judged
from sglint.space import ALL_PORTS, Protocol
from sglint.track import Judgement, Reason, State, Verdict

SCHEMA = 1

MOST_PORTS = 3
"""So many ranges of ports are named in a cell of the matrix."""

LETTERS = {State.UNTRACKED: "U", State.TRACKED: "T", State.DENIED: "D"}

CELLS = tuple((direction, protocol) for direction in Direction for protocol in Protocol)
"""The columns of the matrix."""


def data(report: Report, networks: Iterable[Judged], views: Iterable[View], *, version: str) -> dict[str, object]:
    """
    Return all that the page knows, as JSON types.
    """
    tables = Tables()
    findings = [record(one, tables) for one in views]
    interfaces = [interface(net.network.root, one, tables) for net in networks for one in net.judgements]
    return {
        "schema": SCHEMA,
        "version": version,
        "seen": asdict(report.seen),
        "roots": list(report.roots),
        "findings": findings,
        "problems": [problem(text, at, hint, hides=hides) for text, at, hint, hides in _problems(report)],
        "interfaces": interfaces,
        **{one.name: list(getattr(tables, one.name)) for one in fields(tables)},
    }


def shape_of(judgement: Judgement, tables: Tables) -> Shape:
    """
    Return the rows of the matrix for one interface, and the places of its classes of flows.
    """
    numbers = tuple(number(tables.flows, flow(one, tables)) for one in judgement.verdicts)
    everywhere = [one for one in judgement.verdicts if one.via.kind is TargetKind.ANY]
    vias = dict.fromkeys((one.family, one.via.kind, one.via.address) for one in judgement.verdicts)
    meant = [via for via in vias if via[1] is not TargetKind.ANY]
    told = {family for family, _, _ in meant}
    rows = []
    for family, kind, address in (*meant, *(via for via in vias if via[0] not in told)):
        here = [one for one in judgement.verdicts if (one.family, one.via.kind, one.via.address) == (family, kind, address)]
        here += [one for one in everywhere if one.family is family and kind is not TargetKind.ANY]
        rows.append((family.value, number(tables.targets, (kind_name(kind), clean(address))), cells(here)))
    return (tuple(rows), numbers)


def cells(verdicts: Sequence[Verdict]) -> str:
    """
    Return the letters of each column, `-` where there is nothing to say, and after a colon the ports where not all are meant.
    """
    found = []
    for direction, protocol in CELLS:
        here = [one for one in verdicts if (one.direction, one.protocol) == (direction, protocol)]
        letters = {letter(one) for one in here}
        found.append(("".join(each for each in "?TAUD" if each in letters) or "-") + few_ports(here))
    return " ".join(found)


def few_ports(verdicts: Iterable[Verdict]) -> str:
    """
    Return the ports of what is not denied, nothing where some of it is on all ports.
    """
    ports = {one.ports for one in verdicts if one.state.most is not State.DENIED}
    if not ports or any(one == ALL_PORTS for one in ports):
        return ""
    listed = [str(one) for one in sorted(ports, key=lambda one: (one.first, one.last))]
    return f":{','.join(listed)}" if len(listed) <= MOST_PORTS else f":{','.join(listed[: MOST_PORTS - 1])},…"


def letter(one: Verdict) -> str:
    """
    Return the letter of a state: U untracked, T tracked, A tracked automatically, D denied, ? not known.
    """
    if not one.state.certain:
        return "?"
    return "A" if one.automatic and one.state.least is State.TRACKED else LETTERS[one.state.least]


def flow(one: Verdict, tables: Tables) -> tuple[Hashable, ...]:
    """
    Return one class of flows: what it is, ports, peer, target, letter, reasons, what it may be, what it is tracked for.
    """
    may = "" if one.state.certain else f"{one.state.least.name.lower()} to {one.state.most.name.lower()}"
    found = (
        number(tables.texts, f"{one.direction.value} {one.family.value} {one.protocol.value}"),
        "" if one.ports == ALL_PORTS else str(one.ports),
        clean(one.peer),
        number(tables.targets, (kind_name(one.via.kind), clean(one.via.address))),
        letter(one),
        tuple(number(tables.reasons, reason(each, tables)) for each in one.reasons),
    )
    more = (may, tuple(clean(name) for name in one.automatic))
    return (*found, *more) if any(more) else found


def reason(one: Reason, tables: Tables) -> tuple[int, ...]:
    """
    Return the text of a reason, and the file and line that it comes from, if it comes from one.
    """
    text = number(tables.texts, clean(one.text))
    return (text,) if one.span is None else (text, number(tables.files, clean(one.span.path)), one.span.line)


def interface(root: str, judgement: Judgement, tables: Tables) -> list[object]:
    """
    Return one interface: root, address, kind, role, file, line, scope, groups, shape, node, what is not known.
    """
    one = judgement.interface
    span = one.origin.span
    return [
        number(tables.texts, clean(root)),
        clean(one.address),
        number(tables.texts, clean(one.kind)),
        one.role.value,
        number(tables.files, clean(span.path)),
        span.line,
        {True: "yes", False: "no", "maybe": "maybe"}[scope(judgement.in_scope)],
        [number(tables.texts, clean(name)) for name in known(one.groups)],
        number(tables.shapes, shape_of(judgement, tables)),
        node_id(root, "interface", one.address),
        [number(tables.texts, clean(f"{label.text} ({label.span})")) for label in unknowns(judgement)],
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
