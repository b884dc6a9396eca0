"""
Both directions of a flow: the trips from an interface to a peer, and those of what comes from the peer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sglint.frozen import frozen
from sglint.graph.index import Graph
from sglint.graph.step import Course, End, Gate, Step, Trip
from sglint.graph.table import board, name
from sglint.graph.trace import arrive, leave, limited, onwards, through, trips
from sglint.graph.transit import onward
from sglint.model import Direction, GatewayAttachment, Interface, Link, Prefix
from sglint.space import Bounds, Family, family_of, within
from sglint.value import Unknown


@frozen
class Journey:
    """
    A trip from an interface to a peer, and the trips that what comes from there may take.

    `source` is the range of the subnet that the trip starts in, None where it is not known.
    """

    subnet: Link
    source: Prefix | None
    out: Trip
    back: tuple[Trip, ...]


NATIVELY = ("sender", "interface")
"""The nouns of the steps at which an appliance sends packets on, which may change their addresses."""


def journeys(graph: Graph, interface: Interface, peer: Prefix, direction: Direction = Direction.OUT) -> tuple[Journey, ...]:
    """
    Return the ways to the peer from each subnet of the interface, each with the ways back.

    Where the peer starts the flow, the ways back are its own, and those to the peer are for the replies.
    """
    unknown = Unknown(f"the subnet of {interface.address} is not in the text", interface.origin.span)
    found: dict[Journey, None] = {}
    for subnet in interface.subnets or (unknown,):
        source = range_of(graph, subnet, peer)
        for trip in trips(graph, subnet, peer):
            out = leaving_with(graph, interface, subnet, family_of(peer), trip)
            found[Journey(subnet, source, out, back(graph, subnet, source, out, direction))] = None
    return tuple(found)


def leaving_with(graph: Graph, interface: Interface, subnet: Link, family: Family, trip: Trip) -> Trip:
    """
    Return the trip, dropped at an internet gateway that knows no public address for the interface.

    Only what has a public address in the VPC of the gateway gets through it, unless something on the way gave it another.
    """
    if trip.end is not End.INTERNET or family is Family.IPV6 or trip.translators:
        return trip
    if any(step.noun in NATIVELY for step in trip.steps):
        return trip
    gateway = next((one for one in graph.network.gateways if one.gateway == trip.address), None)
    own = graph.subnets.get(subnet) if isinstance(subnet, str) else None
    away = gateway is not None and own is not None and isinstance(gateway.vpc, str) and isinstance(own.vpc, str)
    elsewhere = away and gateway is not None and own is not None and gateway.vpc != own.vpc
    if isinstance(interface.public, Unknown) and not elsewhere:
        return replace(trip, because=tuple(dict.fromkeys((*trip.because, interface.public))))
    if interface.public is True and not elsewhere:
        return trip
    where = f" in {gateway.vpc}" if elsewhere and gateway is not None else ""
    text = f"{interface.address} has no public address{where}, so {trip.address} lets nothing of it through"
    step = Step("address", interface.address, text, interface.origin.span)
    return replace(trip, steps=(*trip.steps, step), end=End.DROPPED)


def range_of(graph: Graph, subnet: Link, peer: Prefix) -> Prefix | None:
    """
    Return the range of the subnet of the peer's family, None where it is not known.
    """
    noun = graph.subnets.get(subnet) if isinstance(subnet, str) else None
    cidrs = () if noun is None else noun.cidrs
    return next((one for one in cidrs if not isinstance(one, Unknown) and family_of(one) is family_of(peer)), None)


def back(graph: Graph, subnet: Link, source: Prefix | None, out: Trip, direction: Direction) -> tuple[Trip, ...]:
    """
    Return the trips from where a trip ended to where it started, by the NAT gateways that it came through.
    """
    if source is None:
        what = subnet if isinstance(subnet, str) else "the subnet"
        return (
            Trip((), End.UNKNOWN, "", (Unknown(f"the range of {what} for it is not in the text, so the way back is not"),)),
        )
    if not out.translators:
        return limited(returning(graph, subnet, Course(source, kept=out.kept), out))
    if direction is Direction.IN:
        text = f"{out.translators[-1][0]} lets nothing in that it did not let out"
        return (Trip((Step("nat-gateway", out.translators[-1][0], text),), End.DROPPED),)
    return limited(by_translators(graph, source, out))


def by_translators(graph: Graph, source: Prefix, out: Trip) -> Iterator[Trip]:
    """
    Yield the trips back through NAT gateways: to the subnet of the last, from there to that of the one before, and home.
    """
    (gateway, place), *earlier = reversed(out.translators)
    goals = [range_of(graph, one, source) for _, one in out.translators]
    if any(goal is None for goal in goals) or not isinstance(place, str):
        yield Course(source).unknown(f"the range of the subnet of {gateway} is not known, so the way back is not")
        return
    last = goals.pop()
    under = list(returning(graph, place, Course(last or source, kept=out.kept), out))
    for following in (*earlier, None):
        goal = goals.pop() if goals else source
        on = [one for trip in under for one in translated_back(graph, gateway, place, trip, goal or source)]
        under = on
        if following is not None and isinstance(following[1], str):
            gateway, place = following[0], following[1]
    yield from under


def translated_back(graph: Graph, gateway: str, place: str, trip: Trip, goal: Prefix) -> Iterator[Trip]:
    """
    Yield the trips on from a NAT gateway that gives packets back the address they are for; one that ends elsewhere is as it is.
    """
    if trip.end is not End.SUBNET or trip.address != place:
        yield trip
        return
    noun = graph.endpoints.get(gateway)
    span = None if noun is None else noun.origin.span
    other = Unknown(f"which address {gateway} gave it is not in the text", span)
    gates = tuple(one if one.direction is Direction.IN else replace(one, maybe=one.maybe or other) for one in trip.gates)
    if trip.inside is not True:
        maybe = None if trip.inside is False else Unknown(f"whether it comes out in {place} is not known")
        gates = (*gates, Gate((place,), Direction.IN, maybe))
    steps = (*trip.steps, Step("nat-gateway", gateway, f"{gateway} gives it back the address that it is for", span))
    yield from leave(graph, place, Course(goal, steps, trip.because, kept=trip.kept, gates=gates, at=(place,), started=True))


def returning(graph: Graph, subnet: Link, course: Course, out: Trip) -> Iterator[Trip]:
    """
    Yield the trips back: from the subnet, gateway or attachment that the trip ended at.
    """
    place = out.address
    if out.end is End.SUBNET and isinstance(place, str):
        yield from leave(graph, place, course)
    elif out.end is End.INTERNET and isinstance(place, str):
        yield from entering(graph, subnet, place, course)
    elif out.end is End.OUTSIDE and isinstance(place, str) and place in graph.attachments:
        noun = graph.attachments[place]
        on = course.by(Step("attachment", place, f"{place} brings it in", noun.origin.span))
        yield from onwards(graph, onward(graph, place, course.destination), on)
    elif out.end in {End.DROPPED, End.LOOP}:
        return
    else:
        yield course.unknown("the way out is not known to its end, so the way back is not")


def entering(graph: Graph, subnet: Link, gateway: str, course: Course) -> Iterator[Trip]:
    """
    Yield the trips from an internet gateway: by the route table that is associated with the gateway, else within its VPC.
    """
    noun = next((one for one in graph.network.gateways if one.gateway == gateway), None)
    own = graph.subnets.get(subnet) if isinstance(subnet, str) else None
    vpc = vpc_of(noun, None if own is None else own.vpc)
    on = course.by(Step("gateway", gateway, f"{gateway} brings it in", None if noun is None else noun.origin.span))
    edge = next((one for one in graph.network.associations if one.gateway == gateway), None)
    if edge is None:
        yield from arrive(graph, vpc, on)
        return
    if isinstance(edge.table, Unknown):
        yield on.ends(End.UNKNOWN, "", edge.table)
        return
    on = on.by(Step("route table", edge.table, f"{gateway} is served by {edge.table}", edge.origin.span))
    exact = board(graph, edge.table).exact
    nearest = max((one for one in exact if within(course.destination, one)), key=lambda one: one.prefixlen, default=None)
    if nearest is None:
        yield from arrive(graph, vpc, on)
        return
    for route in exact[nearest]:
        for target in route.targets:
            step = Step("route", "", f"{nearest} leads to {name(target)}", route.origin.at(route.field))
            yield from through(graph, vpc, target, on.by(step))


def vpc_of(noun: GatewayAttachment | None, vpc: Link | None) -> Link:
    """
    Return the VPC that a gateway is attached to, else the one that the traffic came from.
    """
    return noun.vpc if noun is not None else vpc or Unknown("the VPC of the gateway is not in the text")


def one_sided(journey: Journey) -> Bounds[bool]:
    """
    Return whether the two directions pass different appliances, so that none of them sees both.
    """
    there = set(journey.out.inspectors)
    differ = [there != set(trip.inspectors) for trip in journey.back]
    because = (*journey.out.because, *(item for trip in journey.back for item in trip.because))
    ended = all(trip.end is End.SUBNET for trip in journey.back)
    least = bool(differ) and all(differ) and ended and not because
    most = any(differ) or bool(because)
    return Bounds(least=least, most=most, because=() if least is most else tuple(dict.fromkeys(because)))
