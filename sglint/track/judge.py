"""
The verdicts on the flows of every interface.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sglint.graph import Graph, Service, paths, reaches, services
from sglint.model import Direction, GroupPeer, Interface, ListPeer, Network, Peer, Target
from sglint.space import ALL_PORTS, EVERYONE, Bounds, Family, Ports, Prefix, Protocol, covered, intersect
from sglint.track.admit import Admission, Admissions, Rules, admissions, index
from sglint.track.balanced import arriving
from sglint.track.divide import Division, Peers, divide, has, pieces
from sglint.track.explain import Case, automatic, by_groups, case_of, denied, doubts, peer_name, place_of
from sglint.track.service import toward
from sglint.track.verdict import Judgement, Reason, State, Verdict
from sglint.track.way import ANYWHERE, NO_WAY, Way, ways_of
from sglint.value import Unknown

TRACKABLE = (Protocol.TCP, Protocol.UDP)
"""The protocols whose flows can be untracked."""


def judge(net: Network, graph: Graph) -> tuple[Judgement, ...]:
    """
    Return what is known about each interface of the network, in the order of the interfaces.

    Interfaces that have the same subnets and groups, and whose verdicts point at the same places, are judged once.
    """
    rules = index(net)
    done: dict[object, tuple[Verdict, ...]] = {}
    known: dict[object, tuple[Way, ...]] = {}
    found = []
    for interface in net.interfaces:
        where = interface.subnets or interface.address
        if where not in known:
            known[where] = ways_of(paths(graph, interface))
        place = interface.origin.span if interface.automatic else place_of(rules, interface)
        same = (place, where, interface.groups, interface.automatic, interface.grouped, interface.serves)
        if same not in done:
            admitted = admissions(graph, rules, interface)
            there = tuple(to_services(rules, interface, admitted, services(graph, interface)))
            told = {(one.direction, one.family, one.protocol, one.peer) for one in there}
            rest = verdicts(rules, interface, admitted, known[where])
            rest = (one for one in rest if (one.direction, one.family, one.protocol, one.peer) not in told)
            done[same] = tuple(merged((*rest, *there)))
        one = conclude(graph, interface, done[same])
        sent = graph.balanced.get(interface.address, ())
        found.append(replace(one, balanced=tuple(arriving(graph, rules, interface, sent))) if sent else one)
    return tuple(found)


def conclude(graph: Graph, interface: Interface, found: tuple[Verdict, ...]) -> Judgement:
    """
    Return the judgement of an interface from the verdicts on its flows.
    """
    scope = in_scope(graph, interface)
    because = [unknown for verdict in found for unknown in (*verdict.state.because, *verdict.by_groups.because)]
    between = tuple(dict.fromkeys((*scope.because, *because)))
    return Judgement(interface, paths(graph, interface), found, scope, between, services(graph, interface))


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


def verdicts(rules: Rules, interface: Interface, admitted: Admissions, ways: Sequence[Way]) -> Iterator[Verdict]:
    """
    Yield a verdict for each class of flows of the interface.
    """
    place = place_of(rules, interface)
    for direction in Direction if interface.grouped else (Direction.IN,):
        for family in Family:
            for protocol in Protocol:
                key = (direction, family, protocol)
                if key not in admitted:
                    continue
                case = case_of(key, interface, admitted, place)
                if case.admitted:
                    yield from of_case(case, ways)
                elif interface.grouped:
                    yield refusal(case)


def to_services(rules: Rules, interface: Interface, admitted: Admissions, found: Sequence[Service]) -> Iterator[Verdict]:
    """
    Yield a verdict for each class of TCP flows that the interface can open through a gateway endpoint; services know no other.
    """
    place = place_of(rules, interface)
    names = frozenset(service.target.address for service in found)
    for service in found if interface.grouped else ():
        key = (Direction.OUT, service.family, Protocol.TCP)
        if key in admitted:
            case, peer, division, way = toward(case_of(key, interface, admitted, place), service, names)
            yield from of_peer(case, peer, service.target.address, division, way)


def refusal(case: Case) -> Verdict:
    """
    Return the verdict that nothing of a direction, family and protocol is admitted.
    """
    direction, family, protocol = case.key
    state = Bounds(State.DENIED, State.DENIED)
    everyone = str(EVERYONE[family])
    return Verdict(direction, family, protocol, ALL_PORTS, everyone, ANYWHERE, state, state, (), denied(case))


def of_case(case: Case, ways: Sequence[Way]) -> Iterator[Verdict]:
    """
    Yield the verdicts on the flows of one direction, family and protocol: by CIDR and prefix list, then by group.
    """
    peers = divide(case.admitted, case.replies, trackable=case.key[2] in TRACKABLE)
    for way in ways:
        if way.path is not None and way.path.family is case.key[1]:
            yield from of_way(case, peers, way, way.path.destination)
    for peer, division in peers.own.items():
        if isinstance(peer, GroupPeer) or (isinstance(peer, ListPeer) and peer.entries is None):
            yield from of_peer(case, peer, peer_name(peer), division, NO_WAY)


def of_way(case: Case, peers: Peers, way: Way, destination: Prefix) -> Iterator[Verdict]:
    """
    Yield the verdicts on the flows that one path takes.
    """
    for prefix, peer, division in pieces(peers, destination, way.longer):
        yield from of_peer(case, peer, str(prefix), division, way)
    for peer, division in peers.own.items():
        if isinstance(peer, ListPeer) and peer.entries is not None:
            inside = (intersect(entry, destination) for entry in peer.entries)
            if any(one is not None and not covered(one, way.longer) for one in inside):
                yield from of_peer(case, peer, peer_name(peer), division, way)


def of_peer(case: Case, peer: Peer, name: str, division: Division, way: Way) -> Iterator[Verdict]:
    """
    Yield the verdicts on the flows with one peer, one for each range of ports.
    """
    for states, numbers in sorted(division.items(), key=lambda item: item[1].ranges):
        for first, last in numbers.ranges:
            ports = Ports(first, last)
            about = (peer, ports, states)
            if about not in case.said:
                groups = Bounds(*states, () if states[0] is states[1] else lacking(case, peer, ports))
                case.said[about] = (groups, tuple(by_groups(case, peer, ports, groups)))
            yield verdict(case, name, ports, way, *case.said[about])


def lacking(case: Case, peer: Peer, ports: Ports) -> tuple[Unknown, ...]:
    """
    Return what keeps the groups from deciding: doubtful rules that admit the flows, and doubtful rules for their replies.
    """
    admitting = [one for one in case.admitted if one.box.ports.overlaps(ports) and has(one.box.peer, peer)]
    unsure: list[Admission] = []
    if not any(one.everyone and one.sure for one in admitting):
        unsure += (one for one in admitting if not one.sure)
    if case.key[2] in TRACKABLE and not any(one.opens and one.sure for one in case.replies):
        unsure += (one for one in case.replies if one.opens)
    return tuple(dict.fromkeys(unknown for one in unsure for unknown in one.because))


def verdict(case: Case, name: str, ports: Ports, way: Way, groups: Bounds[State], because: tuple[Reason, ...]) -> Verdict:
    """
    Return the verdict on one class of flows: what the groups give, less what the path takes away.
    """
    own = case.interface.automatic
    names = tuple(dict.fromkeys((own, *way.names))) if own else way.names
    least = min(groups.least, State.TRACKED) if names or way.maybe else groups.least
    most = min(groups.most, State.TRACKED) if names else groups.most
    unsure = way.maybe and not names and groups.most is State.UNTRACKED
    between = (*groups.because, *(way.because if unsure else ()))
    state = Bounds(least, most, () if least is most else tuple(dict.fromkeys(between)))
    reasons = because
    if names or not groups.certain or not state.certain:
        no_say = automatic(way.path, names, case.interface, way.service)
        reasons = tuple(dict.fromkeys((*no_say, *because, *doubts(state.because or groups.because))))
    return Verdict(*case.key, ports, name, way.via, state, groups, names, reasons, way.candidates, way.service is not None)


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
