"""
One flow of an interface: the ways it takes, what filters it, and whether it is tracked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import ip_network

from sglint.frozen import frozen
from sglint.graph import End, Graph, Journey, Trip, journeys
from sglint.model import Direction, ListPeer
from sglint.space import ALL_PORTS, Bounds, Family, Ports, Prefix, Protocol, family_of, intersect, within
from sglint.track.crossing import CLIENT_PORTS, Filter, Packets, crossing, of_one, soft
from sglint.track.verdict import Judgement, Reason, State, Verdict
from sglint.value import Unknown

TRACKABLE = (Protocol.TCP, Protocol.UDP)


@frozen
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


@frozen
class Answer:
    """
    What becomes of a flow: its ways there and back, what the network ACLs on them let through, and the verdicts on it.

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
    ways = journeys(graph, judgement.interface, flow.peer, flow.direction)
    legs = tuple(leg for way in ways for leg in legs_of(graph, flow, way))
    passed = tuple(
        dict.fromkeys((*(item for one in legs for item in one.ends), *(item for one in legs for item in one.between)))
    )
    found, others = meant(graph, judgement, flow)
    state, reasons = judged(judgement, flow, found, others)
    return Answer(judgement, flow, ways, passed, found, others, state, reasons, delivered(legs))


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


@frozen
class Leg:
    """
    One direction of a journey: the trip, whether it is the way back, and what the network ACLs make of its packets.

    `ends` are those of the two ends, which a way back that is not known passes as well, and `between` those of other subnets.
    """

    trip: Trip
    back: bool
    ends: tuple[Filter, ...]
    between: tuple[Filter, ...]


def legs_of(graph: Graph, flow: Flow, way: Journey) -> Iterator[Leg]:
    """
    Yield the directions of a journey: the way out, and each of the ways back.
    """
    for back, trip in ((False, way.out), *((True, trip) for trip in way.back)):
        ends = tuple(at_ends(graph, flow, way, trip, back=back))
        yield Leg(trip, back, ends, tuple(between(graph, flow, way, trip, back=back)))


def ports_of(flow: Flow, *, back: bool) -> Ports:
    """
    Return the ports that packets of one direction are for: those that are asked for, or those of clients.
    """
    if flow.protocol not in TRACKABLE:
        return ALL_PORTS
    return flow.ports if back == (flow.direction is Direction.IN) else CLIENT_PORTS


def at_ends(graph: Graph, flow: Flow, way: Journey, trip: Trip, *, back: bool) -> Iterator[Filter]:
    """
    Yield what the network ACLs at both ends make of the packets of one direction; inside a subnet there are none.
    """
    end = way.out.address if way.out.end is End.SUBNET else None
    if not isinstance(way.subnet, str) or end == way.subnet:
        return
    ports = ports_of(flow, back=back)
    for subnet, peer, arrives in ((way.subnet, flow.peer, back), (end, way.source, not back)):
        if not isinstance(subnet, str) or peer is None:
            continue
        found = crossing(graph.network, subnet, Packets(Direction.IN if arrives else Direction.OUT, flow.protocol, peer, ports))
        inside = trip.inside if arrives and trip.end is End.SUBNET and trip.address == subnet else False
        if inside is not True:
            yield found if inside is False else soft(found, Unknown(f"whether it comes out in {subnet} is not known"))


def between(graph: Graph, flow: Flow, way: Journey, trip: Trip, *, back: bool) -> Iterator[Filter]:
    """
    Yield what the network ACLs of other subnets make of the packets of one direction.
    """
    ports = ports_of(flow, back=back)
    start, goal = (flow.peer, way.source) if back else (way.source, flow.peer)
    for gate in trip.gates:
        peer = start if gate.direction is Direction.IN else goal
        if peer is not None:
            yield soft(of_one(graph.network, gate.subnets, Packets(gate.direction, flow.protocol, peer, ports)), gate.maybe)


LOST = (End.DROPPED, End.LOOP)


def is_lost(leg: Leg) -> bool:
    """
    Return whether the packets surely do not get there.
    """
    return leg.trip.end in LOST or any(not one.open.most for one in leg.between)


def arrives(leg: Leg) -> bool:
    """
    Return whether the packets surely get there.
    """
    gets = leg.trip.end in {End.SUBNET, End.INTERNET, End.OUTSIDE, End.SERVICE} and not leg.trip.because
    return gets and all(one.all_open for one in (*leg.ends, *leg.between))


def delivered(legs: Sequence[Leg]) -> Bounds[bool]:
    """
    Return whether routes and network ACLs bring the flow there, and its replies back, from every subnet of the interface.
    """
    passed = tuple(dict.fromkeys(one for leg in legs for one in (*leg.ends, *leg.between)))
    because: dict[Unknown, None] = {item: None for leg in legs for item in leg.trip.because}
    because.update((item, None) for one in passed for item in one.open.because)
    narrow = (one for one in passed if one.open.certain and not one.all_open)
    because.update(
        (Unknown(f"{' or '.join(one.acls)} lets through only some ports of {one.packets.ports}"), None) for one in narrow
    )
    shut = any(not one.open.most for leg in legs for one in leg.ends)
    both = [[is_lost(leg) for leg in legs if leg.back is back] for back in (False, True)]
    most = not shut and bool(both[0]) and not any(found and all(found) for found in both)
    least = most and all(arrives(leg) for leg in legs)
    return Bounds(least=least, most=most, because=() if least or not most else tuple(because))
