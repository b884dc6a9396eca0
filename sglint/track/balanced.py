"""
What becomes of flows that arrive through a Network Load Balancer or Global Accelerator.

The idea: who the clients are is in no text, so that what is said of them is the best that the security groups give any flow on
the port that the load balancer sends to, less what is tracked automatically.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sglint.facts import GLOBAL_ACCELERATOR, TRACKING_PAGE
from sglint.graph import Graph
from sglint.model import Balanced, Direction, Interface
from sglint.space import ALL_PORTS, Bounds, Intervals, Ports
from sglint.track.admit import Admission, Rules, admissions
from sglint.track.divide import Division, divide
from sglint.track.explain import WAYS, Case, at, case_of, doubts, place_of, spelled
from sglint.track.verdict import NO_ACCELERATOR, NO_BALANCER, Reason, State, Verdict
from sglint.track.way import ANYWHERE
from sglint.value import Unknown


def arriving(graph: Graph, rules: Rules, interface: Interface, sent: Iterable[Balanced]) -> Iterator[Verdict]:
    """
    Yield a verdict for each class of flows that load balancers send to the interface.
    """
    admitted = admissions(graph, rules, interface)
    place = place_of(rules, interface)
    same: dict[object, list[tuple[Case, Balanced]]] = {}
    for one in sent:
        for family in one.families:
            for protocol in one.protocols:
                key = (Direction.IN, family, protocol)
                if key in admitted:
                    pair = (case_of(key, interface, admitted, place), one)
                    same.setdefault((key, one.balancer, one.port, one.network), []).append(pair)
    for pairs in same.values():
        yield verdict(pairs[0][0], [one for _, one in pairs])


def verdict(case: Case, sent: Sequence[Balanced]) -> Verdict:
    """
    Return the verdict on what one load balancer sends to one port, as one or several attachments say.
    """
    first = sent[0]
    port = first.port
    ports = ALL_PORTS if isinstance(port, Unknown) else Ports(port, port) if isinstance(port, int) else port
    groups = by_groups(case, ports, port if isinstance(port, Unknown) else None)
    least = min(groups.least, State.TRACKED)
    most = groups.most if first.network is not None else min(groups.most, State.TRACKED)
    between = (*groups.because, *(() if first.network is None else (first.network,)))
    state = Bounds(least, most, () if least is most else tuple(dict.fromkeys(between)))
    unnamed = NO_ACCELERATOR if first.through == GLOBAL_ACCELERATOR else NO_BALANCER
    name = first.balancer if isinstance(first.balancer, str) else unnamed
    reasons = tuple(dict.fromkeys((*through(name, sent), *admitting(case, ports), *doubts(state.because or groups.because))))
    automatic = (first.through,) if first.network is None else ()
    return Verdict(*case.key, ports, name, ANYWHERE, state, groups, automatic, reasons, balanced=True)


def by_groups(case: Case, ports: Ports, unknown: Unknown | None) -> Bounds[State]:
    """
    Return the best state that the groups give any flow to the port, or surely give on whichever port of several it is.
    """
    found = divide(case.admitted, case.replies, trackable=True).whole.values()
    bounds = [best(division, ports) for division in found]
    least, most = (max((pair[side] for pair in bounds), default=State.DENIED) for side in (0, 1))
    if least is most:
        return Bounds(least, most)
    unsure = [one for one in on(case, ports) if not one.sure]
    unsure += (one for one in case.replies if one.opens and not one.sure)
    because = (item for one in unsure for item in one.because)
    return Bounds(least, most, tuple(dict.fromkeys((*because, *(() if unknown is None else (unknown,))))))


def best(division: Division, ports: Ports) -> tuple[State, State]:
    """
    Return the state that all the ports surely have, and the best that any of them may have.
    """
    left = Intervals(((ports.first, ports.last),))
    least, most = State.UNTRACKED, State.DENIED
    for (low, high), numbers in division.items():
        if left & numbers:
            least, most = min(least, low), max(most, high)
            left = left - numbers
    return (State.DENIED if left else least), most


def on(case: Case, ports: Ports) -> list[Admission]:
    """
    Return what is admitted on any of the ports.
    """
    return [one for one in case.admitted if one.box.ports.overlaps(ports)]


def through(name: str, sent: Sequence[Balanced]) -> Iterator[Reason]:
    """
    Yield why the security groups have no say: the attachments, and the listeners that forward to them.
    """
    for one in sent:
        doubt = "through" if one.network is None else f"if {name} is a network one, through"
        what = one.through if one.through == GLOBAL_ACCELERATOR else f"a {one.through}"
        words = f"{one.origin.address} makes it a target: {doubt} {what} every flow is tracked automatically"
        yield Reason(words, one.place, TRACKING_PAGE)
        if one.origin.maybe is not None:
            yield Reason(f"whether it is a target is not decided, because {one.origin.maybe.why}", one.origin.maybe.span)
        for listener in one.listeners:
            yield Reason(f"{listener.address} forwards to {one.target_group.address}", listener.span)
        if isinstance(one.balancer, Unknown):
            who = "accelerator" if one.through == GLOBAL_ACCELERATOR else "load balancer"
            yield Reason(f"which {who} sends it is not known, because {one.balancer.why}", one.balancer.span)


def admitting(case: Case, ports: Ports) -> Iterator[Reason]:
    """
    Yield the rules that admit flows on the ports, or that none does.
    """
    direction, _, protocol = case.key
    found = on(case, ports)
    for one in found:
        if one.rule is not None:
            yield Reason(f"{spelled(one, direction)} {'is' if one.sure else 'may be'} admitted here", at(one))
    if not found:
        which = protocol.value if ports == ALL_PORTS else f"{protocol.value} {ports}"
        yield Reason(f"no {WAYS[direction][0]} rule admits {which}", case.place)
