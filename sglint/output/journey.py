"""
One flow, followed hop by hop there and back, and why it is tracked, untracked or denied: for people and for programs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import ip_network

from sglint.graph import End, Journey, Trip, build, one_sided
from sglint.model import AclEntry, Direction
from sglint.output.inspect import flow_json, known, reason_json, scope, state
from sglint.output.json import SCHEMA, dump, problem_json
from sglint.output.plain import clean, paint
from sglint.output.text import problems_text
from sglint.rule import Judged
from sglint.source import Problem, SglintError, Span
from sglint.space import ALL_PORTS, Bounds, Intervals, Ports, Prefix, Protocol
from sglint.track import Answer, Filter, Flow, answer
from sglint.value import Unknown

ENDS = {
    End.SUBNET: "it is delivered in {}",
    End.APPLIANCE: "it ends at {}",
    End.INTERNET: "it leaves for the internet by {}",
    End.OUTSIDE: "it leaves what this scan knows by {}",
    End.SERVICE: "{} takes it",
    End.DROPPED: "it is dropped",
    End.LOOP: "it comes back to {}, a loop",
    End.UNKNOWN: "what comes next is not known",
}


def flow_of(to: str | None, sender: str | None, protocol: str | None, port: str | None) -> Flow | None:
    """
    Return the flow that is asked for, None where none is.
    """
    peer = to if to is not None else sender
    if peer is None:
        if protocol is not None or port is not None:
            raise SglintError("--protocol and --port say more about --to or --from; give one of these")
        return None
    if to is not None and sender is not None:
        raise SglintError("--to and --from are two flows; ask for one at a time")
    kind = Protocol(protocol or "tcp")
    if port is not None and kind not in {Protocol.TCP, Protocol.UDP}:
        raise SglintError(f"{kind.value} has no ports; leave --port out")
    return Flow(Direction.OUT if to is not None else Direction.IN, kind, ports_of(port), prefix_of(peer))


def prefix_of(text: str) -> Prefix:
    """
    Return an address or CIDR.
    """
    try:
        return ip_network(text)
    except ValueError:
        raise SglintError(f"{text} is neither an address nor a CIDR, such as 10.1.2.3 or 10.1.0.0/16") from None


def ports_of(text: str | None) -> Ports:
    """
    Return a port or a range of ports, all of them where none is given.
    """
    if text is None:
        return ALL_PORTS
    first, dash, last = text.partition("-")
    numbers = [one for one in (first, last if dash else first) if one.isascii() and one.isdigit() and len(one) < 6]
    if len(numbers) != 2 or not 0 <= int(numbers[0]) <= int(numbers[1]) <= ALL_PORTS.last:
        raise SglintError(f"{text} is no port or range of ports, such as 443 or 1024-2048")
    return Ports(int(numbers[0]), int(numbers[1]))


def ask(networks: tuple[Judged, ...], flow: Flow) -> tuple[str, Answer]:
    """
    Return what becomes of the flow at the one interface that is left, with its root.
    """
    count = sum(len(one.judgements) for one in networks)
    if count != 1:
        raise SglintError(f"--to and --from follow a flow of one interface, and there are {count}; name one with --interface")
    (found,) = (one for one in networks if one.judgements)
    return found.network.root, answer(build(found.network), found.judgements[0], flow)


def render_json(answered: tuple[str, Answer], problems: Iterable[Problem]) -> str:
    """
    Return what becomes of a flow as JSON.
    """
    root, found = answered
    flow = found.flow
    return dump(
        {
            "schema": SCHEMA,
            "interface": found.judgement.interface.address,
            "root": root,
            "direction": flow.direction.value,
            "family": flow.family.value,
            "protocol": flow.protocol.value,
            "ports": str(flow.ports),
            "peer": str(flow.peer),
            "state": state(found.state),
            "least": found.state.least.name.lower(),
            "most": found.state.most.name.lower(),
            "delivered": scope(found.delivered),
            "reasons": [reason_json(one) for one in found.reasons],
            "flows": [flow_json(one) for one in found.verdicts],
            "if_grouped": [flow_json(one) for one in found.others],
            "journeys": [journey_json(one) for one in found.journeys],
            "network_acls": [filter_json(one) for one in found.filters],
            "problems": [problem_json(problem) for problem in problems],
        }
    )


def journey_json(one: Journey) -> dict[str, object]:
    """
    Return a way there with its ways back as JSON types.
    """
    return {
        "subnet": next(iter(known((one.subnet,))), None),
        "source": None if one.source is None else str(one.source),
        "one_sided": scope(one_sided(one)),
        "out": trip_json(one.out),
        "back": [trip_json(trip) for trip in one.back],
    }


def trip_json(trip: Trip) -> dict[str, object]:
    """
    Return a trip as JSON types.
    """
    return {
        "end": trip.end.value,
        "address": next(iter(known((trip.address,))), None),
        "steps": [
            {"noun": step.noun, "address": step.address or None, "text": step.text, "among": list(step.among)} | at(step.span)
            for step in trip.steps
        ],
        "unknown": [unknown_json(one) for one in trip.because],
    }


def at(span: Span | None) -> dict[str, object]:
    """
    Return a place as JSON types.
    """
    return {"file": span.path if span else None, "line": span.line if span else None}


def unknown_json(one: Unknown) -> dict[str, object]:
    """
    Return what is not known as JSON types.
    """
    return {"text": one.why} | at(one.span)


def filter_json(one: Filter) -> dict[str, object]:
    """
    Return what a network ACL lets through as JSON types.
    """
    return {
        "subnet": one.subnet,
        "acls": list(one.acls),
        "direction": one.packets.direction.value,
        "ports": str(one.packets.ports),
        "peer": str(one.packets.peer),
        "open": spans(one.open.least),
        "may_be_open": spans(one.open.most),
        "rules": [rule_json(rule) for rule in one.rules],
        "unknown": [unknown_json(item) for item in one.open.because],
    }


def rule_json(rule: AclEntry) -> dict[str, object]:
    """
    Return a rule of a network ACL as JSON types, null for what is not known.
    """
    number = None if isinstance(rule.number, Unknown) else rule.number
    allow = None if isinstance(rule.allow, Unknown) else rule.allow
    return {"number": number, "allow": allow} | at(rule.origin.at(rule.field))


def spans(ports: Intervals) -> list[str]:
    """
    Return ranges of ports as texts.
    """
    return [str(first) if first == last else f"{first}-{last}" for first, last in ports.ranges]


def render_text(answered: tuple[str, Answer], problems: Iterable[Problem], *, color: bool = False) -> str:
    """
    Return what becomes of a flow as text.
    """
    found = answered[1]
    parts = ["\n".join(verdict_text(found, color=color))]
    parts += ("\n".join(journey_text(way, found.flow, color=color)) for way in found.journeys)
    if found.filters:
        parts.append("\n".join(("network ACLs, which keep no state:", *map(filter_text, found.filters))))
    parts += problems_text(tuple(problems), color=color)
    return "\n\n".join(parts) + "\n"


def verdict_text(found: Answer, *, color: bool) -> Iterator[str]:
    """
    Yield what becomes of the flow at the interface, and why.
    """
    flow = found.flow
    verb = "opens {} to" if flow.direction is Direction.OUT else "gets {} from"
    ports = "" if flow.protocol not in {Protocol.TCP, Protocol.UDP} else f" {flow.ports}"
    word = state(found.state)
    if not found.state.certain:
        word = f"{found.state.least.name.lower()} to {found.state.most.name.lower()}"
    title = f"{found.judgement.interface.address} {verb.format(flow.protocol.value + ports)} {flow.peer}"
    yield f"{paint(clean(title), 'bold', color=color)}: {paint(word, word, color=color)}"
    for reason in found.reasons:
        yield paint(clean(f"  {reason.text}{f' ({reason.span})' if reason.span else ''}"), "dim", color=color)
    reached = {
        (True, True): "routes and network ACLs bring it there and its replies back",
        (False, False): "it does not get there",
    }
    yield f"  {reached.get((found.delivered.least, found.delivered.most), 'whether it gets there and back is not known:')}"
    for filtered in found.filters if not found.delivered.most else ():
        if not filtered.open.most:
            yield filter_text(filtered).replace("  ", "    ", 1)
    for one in found.delivered.because:
        yield clean(f"    {one.why}{f' ({one.span})' if one.span else ''}")


def journey_text(way: Journey, flow: Flow, *, color: bool) -> Iterator[str]:
    """
    Yield a way there and its ways back, step by step.
    """
    words = ("there", "back") if flow.direction is Direction.OUT else ("its replies", "there")
    trips = [(words[0], way.out), *((words[1], trip) for trip in way.back)]
    for word, trip in reversed(trips) if flow.direction is Direction.IN else trips:
        yield paint(f"{word}:", "bold", color=color)
        for number, step in enumerate(trip.steps, 1):
            yield clean(f"  {number:2} {step.text}{f' ({step.span})' if step.span else ''}")
        where = trip.address if isinstance(trip.address, str) else ""
        yield clean(f"     {ENDS[trip.end].format(where or 'a gateway that is not known')}")
        for one in trip.because:
            yield clean(f"     not known: {one.why}{f' ({one.span})' if one.span else ''}")
    sided = one_sided(way)
    if sided.least or (sided.most and any(trip.inspectors for trip in (way.out, *way.back))):
        surely = "meet different appliances" if sided.least else "may meet different appliances"
        yield f"the two directions {surely}, so that one of these may see half of the flow"


def filter_text(one: Filter) -> str:
    """
    Return what a network ACL lets through in words.
    """
    way, preposition = ("into", "from") if one.packets.direction is Direction.IN else ("out of", "to")
    what = f"{one.packets.protocol.value} {one.packets.ports} {preposition} {one.packets.peer}, {way} {one.subnet}"
    places = ", ".join(dict.fromkeys(str(rule.origin.at(rule.field)) for rule in one.rules))
    why = "; ".join(dict.fromkeys(item.why for item in one.open.because))
    by = f" by {' or '.join(one.acls)}" if one.acls else ""
    says = f"{let_through(one.open, all_open=one.all_open)}{by}"
    return clean(f"  {what}: {says}{f' ({places})' if places else ''}{f', because {why}' if why else ''}")


def let_through(ports: Bounds[Intervals], *, all_open: bool) -> str:
    """
    Return in words which ports are let through.
    """
    if all_open:
        return "let through"
    if not ports.most:
        return "stopped"
    return f"only {', '.join(spans(ports.least))} let through" if ports.certain else "not known"
