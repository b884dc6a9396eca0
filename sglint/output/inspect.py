"""
What every interface's flows are, and why: the network itself, for people and for programs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches

from sglint.facts import GLOBAL_ACCELERATOR, NETWORK_BALANCER
from sglint.finding import Label
from sglint.model import Direction, Link, Resolved, TargetKind, Unresolved
from sglint.output.json import SCHEMA, dump, problem_json
from sglint.output.plain import clean, counted, paint, root_name
from sglint.output.text import problems_text, resolved_text
from sglint.rule import Judged
from sglint.source import Problem, SglintError
from sglint.space import Bounds
from sglint.track import NO_ACCELERATOR, NO_BALANCER, Judgement, Reason, State, Verdict
from sglint.value import Unknown

MOST_REASONS = 20
"""For so many reasons it is said in text what is not known because of them."""
MOST_NAMES = 3
"""So many attributes are named for each."""


def only(networks: Iterable[Judged], address: str | None) -> tuple[Judged, ...]:
    """
    Return the networks with the interface of this address alone, or as they are when there is no address.
    """
    listed = tuple(networks)
    if address is None:
        return listed
    kept = [
        replace(one, judgements=tuple(each for each in one.judgements if each.interface.address == address)) for one in listed
    ]
    if not any(one.judgements for one in kept):
        addresses = sorted({each.interface.address for one in listed for each in one.judgements})
        close = get_close_matches(address, addresses, 1)
        hint = f"; did you mean {close[0]}" if close else "; sglint inspect lists them"
        raise SglintError(f"there is no interface {address}{hint}")
    return tuple(one for one in kept if one.judgements)


def render_json(networks: Iterable[Judged], problems: Iterable[Problem]) -> str:
    """
    Return the networks as JSON.
    """
    listed = tuple(networks)
    return dump(
        {
            "schema": SCHEMA,
            "roots": [judged.network.root for judged in listed],
            "resolved": [resolved_json(judged.network.root, judged.network.resolved) for judged in listed],
            "interfaces": [
                interface_json(judged.network.root, judgement) for judged in listed for judgement in judged.judgements
            ],
            "problems": [problem_json(problem) for problem in problems],
        }
    )


def resolved_json(root: str, resolved: Resolved) -> dict[str, object]:
    """
    Return how many of the attributes of a root are known, and which are not, as JSON types.
    """
    return {
        "root": root,
        "attributes": resolved.total,
        "known": resolved.known,
        "identities": resolved.identities,
        "bounded": resolved.bounded,
        "unknown": resolved.unknown,
        "unresolved": [
            {
                "address": one.address,
                "attribute": one.path or None,
                "bounded": one.bounded,
                "why": one.unknown.why,
                "file": one.span.path,
                "line": one.span.line,
            }
            for one in resolved.unresolved
        ],
    }


def interface_json(root: str, judgement: Judgement) -> dict[str, object]:
    """
    Return one interface as JSON types.
    """
    interface = judgement.interface
    span = interface.origin.span
    return {
        "root": root,
        "address": interface.address,
        "kind": interface.kind,
        "role": interface.role.value,
        "file": span.path,
        "line": span.line,
        "exists": "yes" if interface.origin.maybe is None else "maybe",
        "subnets": known(interface.subnets),
        "security_groups": known(interface.groups),
        "targets": targets_json(judgement),
        "in_scope": scope(judgement.in_scope),
        "flows": [flow_json(verdict) for verdict in (*judgement.verdicts, *judgement.balanced)],
        "unknown": [{"text": label.text, "file": label.span.path, "line": label.span.line} for label in unknowns(judgement)],
    }


def known(links: Iterable[Link]) -> list[str]:
    """
    Return the addresses that the text gives.
    """
    return [link for link in links if isinstance(link, str)]


def scope(bounds: Bounds[bool]) -> bool | str:
    """
    Return whether the interface is in scope: true, false or `maybe`.
    """
    return bounds.least if bounds.certain else "maybe"


def targets_json(judgement: Judgement) -> list[dict[str, object]]:
    """
    Return where the routes of the interface lead, each destination and target once.
    """
    found = {
        (str(path.destination), target.kind.value, target.address): None
        for path in judgement.paths
        for target in path.targets
        if target.kind is not TargetKind.NONE
    }
    found |= {(one.target.address, one.target.kind.value, one.target.address): None for one in judgement.services}
    return [{"destination": destination, "kind": kind, "address": address} for destination, kind, address in found]


def sender(verdict: Verdict) -> str:
    """
    Return what sends flows of this class.
    """
    return GLOBAL_ACCELERATOR if GLOBAL_ACCELERATOR in verdict.automatic else NETWORK_BALANCER


def flow_json(verdict: Verdict) -> dict[str, object]:
    """
    Return one class of flows as JSON types; `least` and `most` are there when the state is not known.
    """
    flow: dict[str, object] = {
        "direction": verdict.direction.value,
        "family": verdict.family.value,
        "protocol": verdict.protocol.value,
        "ports": str(verdict.ports),
        "peer": verdict.peer,
        "via": sender(verdict).lower().replace(" ", "-") if verdict.balanced else verdict.via.kind.value,
        "state": state(verdict.state),
        "by_groups": state(verdict.by_groups),
        "automatic": list(verdict.automatic),
        "reasons": [reason_json(reason) for reason in verdict.reasons],
    }
    if not verdict.state.certain:
        flow |= {"least": verdict.state.least.name.lower(), "most": verdict.state.most.name.lower()}
    return flow


def state(bounds: Bounds[State]) -> str:
    """
    Return the state in words, `unknown` where the bounds differ.
    """
    return bounds.least.name.lower() if bounds.certain else "unknown"


def reason_json(reason: Reason) -> dict[str, object]:
    """
    Return a reason as JSON types.
    """
    span = reason.span
    return {
        "text": reason.text,
        "file": span.path if span else None,
        "line": span.line if span else None,
        "source": reason.source or None,
    }


def unknowns(judgement: Judgement) -> tuple[Label, ...]:
    """
    Return what is not known about the interface, and where that is written.
    """
    interface = judgement.interface
    origin = interface.origin
    linked = (link for link in (*interface.subnets, *interface.groups) if isinstance(link, Unknown))
    sent = (item for one in judgement.balanced for item in (*one.state.because, *one.by_groups.because))
    found = (
        *(() if origin.maybe is None else (origin.maybe,)),
        *linked,
        *judgement.in_scope.because,
        *judgement.because,
        *sent,
    )
    return tuple(dict.fromkeys(Label(unknown.span or origin.span, unknown.why) for unknown in found))


def render_text(networks: Iterable[Judged], problems: Iterable[Problem], *, color: bool = False) -> str:
    """
    Return the networks as text, interface by interface.
    """
    parts: list[str] = []
    number = 0
    for judged in networks:
        parts.append(
            "\n".join(
                [
                    f"{root_name(clean(judged.network.root))}: {counted(len(judged.judgements), 'interface')}",
                    *resolved_rows(judged.network.resolved),
                ]
            )
        )
        for judgement in judged.judgements:
            number += 1
            parts.append("\n".join(interface_text(judgement, color=color)))
    parts += problems_text(tuple(problems), color=color)
    if not number:
        parts.append("no network interface was found")
    return "\n\n".join(parts) + "\n"


def resolved_rows(resolved: Resolved) -> Iterator[str]:
    """
    Yield how many attributes are known, and each reason why others are not, with those that it is the reason for.
    """
    if not resolved.total:
        return
    yield resolved_text(resolved.total, resolved.bounded, resolved.unknown)
    reasons: dict[tuple[str, str], list[Unresolved]] = {}
    for one in resolved.unresolved:
        if not one.bounded:
            reasons.setdefault((one.unknown.why, str(one.span)), []).append(one)
    for (why, place), ones in list(reasons.items())[:MOST_REASONS]:
        names = list(map(attribute_name, ones))
        rest = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        yield clean(f"  not known: {', '.join(names[:MOST_NAMES])}{rest}, because {why} ({place})")
    if len(reasons) > MOST_REASONS:
        yield f"  {counted(len(reasons) - MOST_REASONS, 'more reason')} not shown: --format json has all of them"


def attribute_name(one: Unresolved) -> str:
    """
    Return the attribute in words, where it has no path what is not known about the resource itself.
    """
    if one.path:
        return f"{one.address}.{one.path}"
    return f"how many {one.address}" if "[*]" in one.address else f"whether {one.address} exists"


def interface_text(judgement: Judgement, *, color: bool) -> Iterator[str]:
    """
    Yield the lines about one interface: what it is, where its routes lead, what its flows are, and why.
    """
    interface = judgement.interface
    exists = "" if interface.origin.maybe is None else ", may not exist"
    where = {True: "in scope", False: "out of scope"}[judgement.in_scope.least]
    if not judgement.in_scope.certain:
        where = "maybe in scope"
    yield f"{paint(clean(interface.address), 'bold', color=color)}  {interface.role.value}, {where}{exists}"
    yield f"  at {clean(str(interface.origin.span))}"
    groups = known(interface.groups)
    yield f"  security groups: {clean(', '.join(groups)) or ('not known' if interface.grouped else 'none, it cannot have any')}"
    for target in targets_json(judgement):
        yield clean(f"  route: {target['destination']} -> {target['kind']} {target['address']}").rstrip()
    yield from flows_text(judgement, color=color)
    for label in unknowns(judgement):
        yield f"  not known: {clean(f'{label.text} ({label.span})')}"


def flows_text(judgement: Judgement, *, color: bool) -> Iterator[str]:
    """
    Yield a line for each class of flows, and below those of one reason the reason once.
    """
    verdicts = (*judgement.verdicts, *judgement.balanced)
    for index, verdict in enumerate(verdicts):
        word = state(verdict.state)
        if word == "unknown":
            word = f"{verdict.state.least.name.lower()} to {verdict.state.most.name.lower()}"
        said = f"{word} automatically" if verdict.balanced and word == "tracked" and verdict.automatic else word
        way = "from" if verdict.direction is Direction.IN else "to"
        if verdict.balanced:
            way = "via" if verdict.peer in (NO_BALANCER, NO_ACCELERATOR) else f"via {sender(verdict).lower()}"
        ports = "all ports" if str(verdict.ports) == "0-65535" else str(verdict.ports)
        via = "" if verdict.via.kind is TargetKind.ANY else f" via {verdict.via.kind.value}"
        line = (
            f"  {verdict.direction.value:3} {verdict.family.value} {verdict.protocol.value:5} {ports:11} {way} {verdict.peer}"
        )
        yield f"{clean(line)}{via}: {paint(said, word, color=color)}"
        following = verdicts[index + 1] if index + 1 < len(verdicts) else None
        if following is not None and following.reasons == verdict.reasons:
            continue
        for reason in verdict.reasons:
            place = f" ({reason.span})" if reason.span else ""
            yield paint(clean(f"      {reason.text}{place}"), "dim", color=color)
