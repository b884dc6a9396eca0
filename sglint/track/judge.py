"""
The verdicts on the flows of every interface.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sglint.facts import AUTOMATIC
from sglint.graph import Graph, Path, paths, reaches
from sglint.model import Direction, GroupPeer, Interface, Link, ListPeer, Network, Peer, Target, TargetKind
from sglint.space import ALL_PORTS, EVERYONE, Bounds, Family, Ports, Prefix, Protocol, covered, intersect
from sglint.track.admit import OTHER_WAY, Admission, Admissions, Rules, admissions, index
from sglint.track.divide import Division, Peers, divide, has, pieces
from sglint.track.explain import Case, automatic, by_groups, denied, doubts, overlap, peer_name, place_of
from sglint.track.pair import TRACKABLE, pairs
from sglint.track.verdict import Judgement, Pair, Reason, State, Verdict
from sglint.value import Unknown

ANYWHERE = Target(TargetKind.ANY)


def judge(net: Network, graph: Graph) -> tuple[Judgement, ...]:
    """
    Return what is known about each interface of the network, in the order of the interfaces.

    Instances of one block that have the same subnets and groups are judged once.
    """
    rules = index(graph)
    done: dict[object, tuple[tuple[Verdict, ...], tuple[Pair, ...]]] = {}
    found = []
    for interface in net.interfaces:
        origin = interface.origin
        same = (origin.span, interface.subnets, interface.groups, interface.automatic, interface.grouped, interface.serves)
        if same not in done:
            admitted = admissions(graph, rules, interface)
            done[same] = (tuple(merged(verdicts(graph, rules, interface, admitted))), pairs(admitted))
        found.append(conclude(graph, interface, *done[same]))
    return tuple(found)


def conclude(graph: Graph, interface: Interface, found: tuple[Verdict, ...], known: tuple[Pair, ...]) -> Judgement:
    """
    Return the judgement of an interface from the verdicts on its flows.
    """
    scope = in_scope(graph, interface)
    because = [unknown for verdict in found for unknown in (*verdict.state.because, *verdict.by_groups.because)]
    between = tuple(dict.fromkeys((*scope.because, *because)))
    return Judgement(interface, paths(graph, interface), found, scope, between, known)


def in_scope(graph: Graph, interface: Interface) -> Bounds[bool]:
    """
    Return whether the groups of the interface decide now what was tracked automatically once.
    """
    routed = reaches(graph, interface)
    targets = graph.appliances.get(interface.address, ())
    if routed.least or any(one.origin.maybe is None for one in targets):
        return Bounds(least=True, most=True)
    maybe = [one.origin.maybe for one in targets if one.origin.maybe is not None]
    return Bounds(least=False, most=routed.most or bool(maybe), because=tuple(dict.fromkeys((*routed.because, *maybe))))


def verdicts(graph: Graph, rules: Rules, interface: Interface, admitted: Admissions) -> Iterator[Verdict]:
    """
    Yield a verdict for each class of flows of the interface.
    """
    routing: dict[tuple[Link, Family], list[Path]] = {}
    for path in paths(graph, interface):
        routing.setdefault((path.subnet, path.family), []).append(path)
    for direction in Direction if interface.grouped else (Direction.IN,):
        for family in Family:
            for protocol in Protocol:
                key = (direction, family, protocol)
                if key not in admitted:
                    continue
                replies = admitted[OTHER_WAY[direction], family, protocol]
                case = Case(key, interface, admitted[key], replies, place_of(rules, interface))
                if admitted[key]:
                    yield from of_case(case, [cells for (_, named), cells in routing.items() if named is family])
                elif interface.grouped:
                    yield refusal(case)


def refusal(case: Case) -> Verdict:
    """
    Return the verdict that nothing of a direction, family and protocol is admitted.
    """
    direction, family, protocol = case.key
    state = Bounds(State.DENIED, State.DENIED)
    everyone = str(EVERYONE[family])
    return Verdict(direction, family, protocol, ALL_PORTS, everyone, ANYWHERE, state, state, (), denied(case))


def of_case(case: Case, routing: Sequence[Sequence[Path]]) -> Iterator[Verdict]:
    """
    Yield the verdicts on the flows of one direction, family and protocol: by CIDR and prefix list, then by group.
    """
    peers = divide(case.admitted, case.replies, trackable=case.key[2] in TRACKABLE)
    for cells in routing:
        for path in cells:
            if any(target.kind is not TargetKind.NONE for target in path.targets):
                yield from of_cell(case, peers, path, [other.destination for other in cells])
    for peer, division in peers.own.items():
        if isinstance(peer, GroupPeer) or (isinstance(peer, ListPeer) and peer.entries is None):
            yield from of_peer(case, peer, peer_name(peer), division, None)


def of_cell(case: Case, peers: Peers, path: Path, destinations: Sequence[Prefix]) -> Iterator[Verdict]:
    """
    Yield the verdicts on the flows that one routing cell takes.
    """
    whole = path.destination
    longer = [one for one in destinations if one != whole and intersect(one, whole) == one]
    for prefix, peer, division in pieces(peers, whole, longer):
        yield from of_peer(case, peer, str(prefix), division, path)
    for peer, division in peers.own.items():
        if isinstance(peer, ListPeer) and peer.entries is not None:
            inside = (intersect(entry, whole) for entry in peer.entries)
            if any(one is not None and not covered(one, longer) for one in inside):
                yield from of_peer(case, peer, peer_name(peer), division, path)


def of_peer(case: Case, peer: Peer, name: str, division: Division, path: Path | None) -> Iterator[Verdict]:
    """
    Yield the verdicts on the flows with one peer, one for each range of ports.
    """
    for (low, high), numbers in sorted(division.items(), key=lambda item: item[1].ranges):
        for first, last in numbers.ranges:
            ports = Ports(first, last)
            because = () if low is high else lacking(case, peer, ports)
            yield verdict(case, peer, name, ports, Bounds(low, high, because), path)


def lacking(case: Case, peer: Peer, ports: Ports) -> tuple[Unknown, ...]:
    """
    Return what keeps the groups from deciding: doubtful rules that admit the flows, and doubtful rules for their replies.
    """
    admitting = [one for one in case.admitted if has(one.box.peer, peer) and overlap(one.box.ports, ports)]
    unsure: list[Admission] = []
    if not any(one.everyone and one.sure for one in admitting):
        unsure += (one for one in admitting if not one.sure)
    if case.key[2] in TRACKABLE and not any(one.opens and one.sure for one in case.replies):
        unsure += (one for one in case.replies if one.opens)
    return tuple(dict.fromkeys(unknown for one in unsure for unknown in one.because))


def verdict(case: Case, peer: Peer, name: str, ports: Ports, groups: Bounds[State], path: Path | None) -> Verdict:
    """
    Return the verdict on one class of flows: what the groups give, less what the path takes away.
    """
    direction, family, protocol = case.key
    candidates = () if path is None else tuple(one for one in path.targets if one.kind is not TargetKind.NONE)
    named = [AUTOMATIC.get(one.kind.value, "") for one in candidates]
    own = case.interface.automatic
    surely = bool(own) or (bool(named) and all(named))
    maybe = surely or any(named) or any(one.kind is TargetKind.UNKNOWN for one in candidates)
    least = min(groups.least, State.TRACKED) if maybe else groups.least
    most = min(groups.most, State.TRACKED) if surely else groups.most
    routed = path.because if path is not None and maybe and not surely and groups.most is State.UNTRACKED else ()
    because = () if least is most else tuple(dict.fromkeys((*groups.because, *routed)))
    names = tuple(dict.fromkeys(filter(None, (own, *(named if all(named) else ())))))
    reasons: Iterable[Reason] = by_groups(case, peer, ports, groups)
    if names:
        reasons = (*automatic(path, names, case.interface), *reasons)
    reasons = tuple(dict.fromkeys((*reasons, *doubts(because or groups.because))))
    via = ANYWHERE if path is None else through(candidates, path)
    state = Bounds(least, most, because)
    return Verdict(direction, family, protocol, ports, name, via, state, groups, names, reasons, candidates)


def through(candidates: Sequence[Target], path: Path) -> Target:
    """
    Return what the path goes through: the one candidate, or that one kind, or that it is not known.
    """
    if len(set(candidates)) == 1:
        return candidates[0]
    if len({target.kind for target in candidates}) == 1:
        return Target(candidates[0].kind)
    return Target(TargetKind.UNKNOWN, why=path.because[0] if path.because else None)


def merged(found: Iterable[Verdict]) -> Iterator[Verdict]:
    """
    Yield the verdicts, those that differ only in the subnet, and so in which target of a kind they go through, as one.
    """
    same: dict[object, Verdict] = {}
    for one in found:
        bounds = (one.state.least, one.state.most, one.by_groups.least, one.by_groups.most)
        key = (one.direction, one.family, one.protocol, one.ports, one.peer, one.via.kind, bounds, one.automatic)
        other = same.get(key)
        same[key] = one if other is None else join(other, one)
    yield from same.values()


def join(left: Verdict, right: Verdict) -> Verdict:
    """
    Return one verdict for the same flows in two subnets.
    """
    return replace(
        left,
        via=left.via if left.via == right.via else Target(left.via.kind, why=left.via.why),
        state=both(left.state, right.state),
        by_groups=both(left.by_groups, right.by_groups),
        reasons=tuple(dict.fromkeys((*left.reasons, *right.reasons))),
        candidates=tuple(dict.fromkeys((*left.candidates, *right.candidates))),
    )


def both(left: Bounds[State], right: Bounds[State]) -> Bounds[State]:
    """
    Return the same bounds with what stands between them in either.
    """
    return Bounds(left.least, left.most, tuple(dict.fromkeys((*left.because, *right.because))))
