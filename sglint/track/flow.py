"""
One flow of an interface: the ways it takes, what filters it, and whether it is tracked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_network

from sglint.graph import End, Graph, Journey, journeys
from sglint.model import OTHER_WAY, Direction, ListPeer
from sglint.space import ALL_PORTS, Bounds, Family, Ports, Prefix, Protocol, family_of, intersect, within
from sglint.track.crossing import CLIENT_PORTS, Filter, Packets, crossing
from sglint.track.verdict import Judgement, Reason, State, Verdict
from sglint.value import Unknown

TRACKABLE = (Protocol.TCP, Protocol.UDP)


@dataclass(frozen=True, slots=True)
class Flow:
    """
    A class of flows: who starts it, the protocol, the ports of the side that accepts it, and the peer.
    """

    direction: Direction
    protocol: Protocol
    ports: Ports
    peer: Prefix

    @property
    def family(self) -> Family:
        """
        The address family.
        """
        return family_of(self.peer)


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What becomes of a flow: its ways there and back, what the network ACLs at its ends let through, and the verdicts on it.

    `state` is what the interface makes of it; `others` are verdicts that hold if the peer has a security group. `delivered` is
    whether routes and network ACLs bring it there, and its replies back.
    """

    judgement: Judgement
    flow: Flow
    journeys: tuple[Journey, ...]
    filters: tuple[Filter, ...]
    verdicts: tuple[Verdict, ...]
    others: tuple[Verdict, ...]
    state: Bounds[State]
    reasons: tuple[Reason, ...]
    delivered: Bounds[bool]


def answer(graph: Graph, judgement: Judgement, flow: Flow) -> Answer:
    """
    Return what becomes of a flow of the interface.
    """
    ways = journeys(graph, judgement.interface, flow.peer)
    passed = tuple(dict.fromkeys(item for way in ways for item in crossed(graph, flow, way)))
    found, others = meant(graph, judgement, flow)
    state, reasons = judged(judgement, flow, found, others)
    return Answer(judgement, flow, ways, passed, found, others, state, reasons, delivered(ways, passed))


def meant(graph: Graph, judgement: Judgement, flow: Flow) -> tuple[tuple[Verdict, ...], tuple[Verdict, ...]]:
    """
    Return the verdicts on the flow, of those by CIDR or prefix list the nearest, and those that name a group.
    """
    key = (flow.direction, flow.family, flow.protocol)
    listed = [one for one in judgement.verdicts if (one.direction, one.family, one.protocol) == key]
    listed = [one for one in listed if one.ports.overlaps(flow.ports)]
    lists = {
        box.peer.prefix_list: box.peer.entries or ()
        for one in graph.network.permissions
        for box in one.boxes.most
        if isinstance(box.peer, ListPeer)
    }
    lengths = {}
    for one in listed:
        prefixes = lists.get(one.peer) or as_prefix(one.peer)
        around = [each.prefixlen for each in prefixes if within(flow.peer, each)]
        inside = [each for each in prefixes if each != flow.peer and intersect(each, flow.peer) == each]
        if around or inside:
            lengths[one] = max(around, default=200)
    found = []
    for one, length in lengths.items():
        nearer = (other for other, far in lengths.items() if far < 200 and far > length and other.ports.overlaps(one.ports))
        if not any(nearer):
            found.append(one)
    named = (one for one in listed if not one.service and one.peer not in lists)
    return tuple(found), tuple(one for one in named if not as_prefix(one.peer))


def as_prefix(text: str) -> tuple[Prefix, ...]:
    """
    Return the peer of a verdict as a prefix, nothing for the name of a group or list.
    """
    try:
        return (ip_network(text),)
    except ValueError:
        return ()


def judged(
    judgement: Judgement, flow: Flow, found: tuple[Verdict, ...], others: tuple[Verdict, ...]
) -> tuple[Bounds[State], tuple[Reason, ...]]:
    """
    Return the state of the flow, and why; without a verdict nothing admits it, unless the peer has a group that a rule names.
    """
    by_group = max((one.state.most for one in others), default=State.DENIED)
    told = tuple(Reason(f"only if {one.peer} is a group of the peer, it is {one.state.most.name.lower()}") for one in others)
    if found:
        least, most = min(one.state.least for one in found), max(one.state.most for one in found)
        because = tuple(dict.fromkeys(item for one in found for item in one.state.because))
        reasons = tuple(dict.fromkeys(reason for one in found for reason in one.reasons))
        if most is State.DENIED and others:
            return Bounds(least, max(most, by_group), because), (*reasons, *told)
        return Bounds(least, most, because), reasons
    words = "inbound rule admits {} from" if flow.direction is Direction.IN else "outbound rule admits {} to"
    ports = f"{flow.protocol.value} {flow.ports}" if flow.protocol in TRACKABLE else flow.protocol.value
    place = judgement.interface.origin.span
    return Bounds(State.DENIED, by_group), (Reason(f"no {words.format(ports)} {flow.peer} by address", place), *told)


def crossed(graph: Graph, flow: Flow, way: Journey) -> Iterator[Filter]:
    """
    Yield what the network ACLs at both ends make of the flow and its replies; inside a subnet there are none.
    """
    end = way.out.address if way.out.end is End.SUBNET else None
    if not isinstance(way.subnet, str) or end == way.subnet:
        return
    reply = CLIENT_PORTS if flow.protocol in TRACKABLE else ALL_PORTS
    asks = flow.ports if flow.protocol in TRACKABLE else ALL_PORTS
    there, here = (way.subnet, flow.peer), (end, way.source)
    for subnet, peer in (there, here):
        starts = (flow.direction is Direction.OUT) == (subnet == way.subnet)
        if isinstance(subnet, str) and peer is not None:
            first = Direction.OUT if starts else Direction.IN
            yield crossing(graph.network, subnet, Packets(first, flow.protocol, peer, asks))
            yield crossing(graph.network, subnet, Packets(OTHER_WAY[first], flow.protocol, peer, reply))


def delivered(ways: tuple[Journey, ...], passed: tuple[Filter, ...]) -> Bounds[bool]:
    """
    Return whether routes and network ACLs bring the flow there, and its replies back, from every subnet of the interface.
    """
    trips = [trip for way in ways for trip in (way.out, *way.back)]
    lost = [trip.end in {End.DROPPED, End.LOOP} for trip in trips]
    arrives = [trip.end in {End.SUBNET, End.INTERNET, End.OUTSIDE, End.SERVICE} and not trip.because for trip in trips]
    shut = any(not one.open.most for one in passed)
    wide = all(one.all_open for one in passed)
    because: dict[Unknown, None] = {item: None for trip in trips for item in trip.because}
    because.update((item, None) for one in passed for item in one.open.because)
    narrow = (one for one in passed if one.open.certain and not one.all_open)
    because.update(
        (Unknown(f"{' or '.join(one.acls)} lets through only some ports of {one.packets.ports}"), None) for one in narrow
    )
    least = bool(trips) and all(arrives) and wide and not shut
    most = not shut and any(way.out.end not in {End.DROPPED, End.LOOP} for way in ways) and not (lost and all(lost))
    return Bounds(least=least and most, most=most, because=() if least or not most else tuple(because))
