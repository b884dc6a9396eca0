"""
Trips: how packets get from a subnet to an address, over transit gateways and through appliances, as far as the text says.

The idea: at each place the packet is at, the longest prefix decides what comes next. Where the text leaves a choice there is
one trip for each, and each says what it hangs on; a place that is come by twice ends the trip.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice

from sglint.graph.arms import Arms, arms, of_instance
from sglint.graph.gate import delivered, into, leaving
from sglint.graph.index import Graph
from sglint.graph.question import has, host_of, inner, is_to, may_have, meets, no_zone, path_to, targets_of, within_any, zone_of
from sglint.graph.step import Course, End, Step, Trip, step_of
from sglint.graph.table import name
from sglint.graph.transit import Onward, onward
from sglint.model import Attachment, Endpoint, Interface, Link, Prefix, RemoteAttachment, Subnet, Target, TargetKind
from sglint.space import family_of
from sglint.value import Unknown

MOST_TRIPS = 24
"""So many trips are followed from one subnet."""
MOST_STEPS = 60

ENDS: Mapping[TargetKind, End] = {
    TargetKind.INTERNET_GATEWAY: End.INTERNET,
    TargetKind.EGRESS_ONLY: End.INTERNET,
    TargetKind.CARRIER_GATEWAY: End.OUTSIDE,
    TargetKind.LOCAL_GATEWAY: End.OUTSIDE,
    TargetKind.VIRTUAL_PRIVATE_GATEWAY: End.OUTSIDE,
    TargetKind.CORE_NETWORK: End.OUTSIDE,
    TargetKind.DATABASE_NETWORK: End.OUTSIDE,
    TargetKind.S3_ENDPOINT: End.SERVICE,
    TargetKind.DYNAMODB_ENDPOINT: End.SERVICE,
    TargetKind.GATEWAY_ENDPOINT: End.SERVICE,
    TargetKind.NONE: End.DROPPED,
}


def trips(graph: Graph, subnet: Link, destination: Prefix) -> tuple[Trip, ...]:
    """
    Return the trips from a subnet to a destination, one when the text decides the way.
    """
    return limited(leave(graph, subnet, Course(destination)))


def limited(found: Iterator[Trip]) -> tuple[Trip, ...]:
    """
    Return the trips, each once, and no more of them than anybody reads.
    """
    return tuple(dict.fromkeys(islice(found, MOST_TRIPS)))


def leave(graph: Graph, subnet: Link, course: Course) -> Iterator[Trip]:
    """
    Yield the trips that go on from a subnet, by the route table that serves it.
    """
    if isinstance(subnet, Unknown):
        yield course.ends(End.UNKNOWN, "", subnet)
        return
    key = ("subnet", subnet)
    if key in course.been or len(course.steps) > MOST_STEPS:
        yield course.ends(End.LOOP, subnet)
        return
    noun = graph.subnets.get(subnet)
    here = replace(course, been=course.been | {key}, zone=course.zone if noun is None or noun.zone is None else noun.zone)
    here = replace(here, at=here.at if subnet in here.at else (subnet,))
    path = path_to(graph, subnet, here.destination)
    if path is None:
        yield here.by(*started(graph, subnet)).unknown(
            f"{subnet} has no {family_of(here.destination).value} routes in the text"
        )
        return
    divided = inner(graph, subnet, path, here.destination)
    here = here.by(because=() if divided is None else (divided,))
    vpc: Link = Unknown(f"the VPC of {subnet} is not in the text") if noun is None else noun.vpc
    for target in path.targets:
        sure = len(path.targets) == 1 and target.kind is not TargetKind.UNKNOWN
        hops = [
            step_of(hop, subnet if hop.noun == "subnet" else "")
            for hop in path.hops
            if hop.noun != "route" or name(target) in hop.text
        ]
        on = here.by(*hops, because=() if sure else path.because)
        if target.kind is TargetKind.NONE:
            on = on.by(
                Step("route", "", f"no route of {subnet} is for {here.destination}", None if noun is None else noun.origin.span)
            )
        yield from through(graph, vpc, target, on)


def started(graph: Graph, subnet: str) -> tuple[Step, ...]:
    """
    Return the step that names the subnet, where it is in the text.
    """
    noun = graph.subnets.get(subnet)
    return () if noun is None else (Step("subnet", subnet, f"{subnet} is the subnet", noun.origin.span),)


def through(graph: Graph, vpc: Link, target: Target, course: Course) -> Iterator[Trip]:
    """
    Yield the trips that go on through the target of a route in a VPC.
    """
    if target.kind is TargetKind.LOCAL:
        yield from arrive(graph, vpc, course)
    elif target.kind is TargetKind.TRANSIT_GATEWAY:
        yield from to_gateway(graph, vpc, target, course)
    elif target.kind in BY_ENDPOINT:
        yield from to_endpoint(graph, target, course)
    elif target.kind is TargetKind.INTERFACE:
        yield from to_interface(graph, target, course)
    elif target.kind is TargetKind.PEERING:
        yield from to_peering(graph, vpc, target, course)
    elif target.kind in ENDS:
        yield leaving(course).ends(ENDS[target.kind], target.address)
    else:
        yield course.ends(End.UNKNOWN, "", *(() if target.why is None else (target.why,)))


def arrive(graph: Graph, vpc: Link, course: Course) -> Iterator[Trip]:
    """
    Yield the trips that end in the subnets of a VPC that have the destination.
    """
    if isinstance(vpc, Unknown):
        yield course.ends(End.UNKNOWN, "", vpc)
        return
    found = [one for one in graph.within.get(vpc, ()) if may_have(one, course.destination)]
    host = host_of(graph, found, course.destination)
    found = [one for one in found if host is None or one.origin.address in host.subnets]
    sure = [one for one in found if host is not None or any(has(cidr, course.destination) for cidr in one.cidrs)]
    for one in sure or found:
        yield from in_subnet(one, host, course, sure=bool(sure))
    if not found:
        noun = graph.vpcs.get(vpc)
        yield course.unknown(
            f"no subnet of {vpc} in the text has {course.destination}", None if noun is None else noun.origin.span
        )


def in_subnet(one: Subnet, host: Interface | None, course: Course, *, sure: bool) -> Iterator[Trip]:
    """
    Yield the trip that ends in a subnet, at the interface with the address where that is known.
    """
    address, span = one.origin.address, one.origin.span
    cidrs = ", ".join(str(cidr) for cidr in one.cidrs if not isinstance(cidr, Unknown))
    because: tuple[Unknown, ...] = ()
    if not sure or one.origin.maybe is not None:
        because = (one.origin.maybe or Unknown(f"the range of {address} is not known", span),)
    if sure and host is None and not within_any(one, course.destination):
        because = (*because, Unknown(f"only a part of {course.destination} is in {address}", span))
    on = course.by(
        Step("subnet", address, f"{address} has the destination{f' ({cidrs})' if cidrs else ''}", span), because=because
    )
    if host is not None:
        words = f"{host.address} has the address {course.destination.network_address}"
        on = on.by(Step("host", host.address, words, host.origin.span))
    yield delivered(on, address).ends(End.SUBNET, address)


def to_gateway(graph: Graph, vpc: Link, target: Target, course: Course) -> Iterator[Trip]:
    """
    Yield the trips through a transit gateway: in by the attachment of the VPC, and out by what its route table says.
    """
    named = target.address or "the transit gateway"
    listed = [one for one in graph.network.attachments if meets(one.vpc, vpc) and is_to(one, target)]
    for one in listed:
        links = (vpc, one.vpc, one.gateway)
        because = tuple(link for link in links if isinstance(link, Unknown))
        because += () if one.origin.maybe is None else (one.origin.maybe,)
        step = Step("attachment", one.origin.address, f"{one.origin.address} takes it into {named}", one.origin.span)
        on = course.by(step, because=because)
        missing = no_zone(graph, one, course.zone)
        if missing is not None:
            zone = Step("attachment", one.origin.address, missing, one.origin.at("subnet_ids"))
            yield on.by(zone).ends(End.DROPPED, one.origin.address)
            continue
        unlisted = Unknown(f"the subnets of {one.origin.address} are not in the text", one.origin.span)
        on = replace(into(on, same_zone(graph, one.subnets, course.zone) or (unlisted,), judged=True), at=())
        yield from onwards(graph, onward(graph, one.origin.address, course.destination), on)
    if not listed:
        whose = vpc if isinstance(vpc, str) else "the VPC"
        yield course.unknown(f"the attachment of {whose} to {named} is not in this scan")


def same_zone(graph: Graph, subnets: tuple[Link, ...], zone: Link | None) -> tuple[Link, ...]:
    """
    Return those of the subnets that are in the zone, or all where that is not known.
    """
    return tuple(one for one in subnets if zone_of(graph, one) is not None and zone_of(graph, one) == zone) or subnets


def onwards(graph: Graph, found: tuple[Onward, ...], course: Course) -> Iterator[Trip]:
    """
    Yield the trips that leave a transit gateway.
    """
    for one in found:
        unsure = one.because or (tuple(item for each in found for item in each.because) if len(found) > 1 else ())
        on = course.by(*map(step_of, one.hops), because=unsure)
        noun = graph.attachments.get(one.attachment) if isinstance(one.attachment, str) else None
        if one.attachment is None:
            yield on.ends(End.DROPPED)
        elif isinstance(one.attachment, Unknown):
            yield on.ends(End.UNKNOWN, "", one.attachment)
        elif isinstance(noun, Attachment):
            yield from out_of(graph, noun, on)
        elif isinstance(noun, RemoteAttachment):
            step = Step("attachment", one.attachment, f"{one.attachment} takes it out ({noun.kind.value})", noun.origin.span)
            yield on.by(step).ends(End.OUTSIDE, one.attachment)
        else:
            yield on.unknown(f"{one.attachment} is not in this scan")


def out_of(graph: Graph, attachment: Attachment, course: Course) -> Iterator[Trip]:
    """
    Yield the trips that come out of a transit gateway by the attachment of a VPC, in one of the attachment's subnets.

    Traffic stays in its zone where the attachment has a subnet there; in appliance mode a hash of the flow picks the subnet.
    """
    address = attachment.origin.address
    listed = attachment.subnets
    same = [one for one in listed if zone_of(graph, one) is not None and zone_of(graph, one) == course.zone]
    text, because = f"{address} takes it out", tuple[Unknown, ...]()
    kept = dict(course.kept)
    if attachment.appliance_mode is True:
        text = f"{address} takes it out; appliance mode keeps both directions of a flow in one zone"
        listed = (kept[address],) if address in kept else listed
    elif attachment.appliance_mode is False and len(same) == 1:
        text, listed = f"{address} takes it out in {course.zone}, where it came in", tuple(same)
    on = course.by(Step("attachment", address, text, attachment.origin.span))
    if not listed:
        yield on.unknown(f"the subnets of {address} are not in the text", attachment.origin.span)
        return
    alike = dict.fromkeys(targets_of(graph, one, course.destination) for one in listed)
    if len(alike) > 1:
        because = (Unknown(f"{address} is in several zones, and the flow decides which", attachment.origin.span),)
    firsts = [next(one for one in listed if targets_of(graph, one, course.destination) == targets) for targets in alike]
    for subnet in firsts:
        zone = zone_of(graph, subnet)
        keep = {address: subnet} if attachment.appliance_mode is True and isinstance(subnet, str) else {}
        stuck = tuple(sorted({**kept, **keep}.items()))
        asked = targets_of(graph, subnet, course.destination)
        at = tuple(one for one in listed if targets_of(graph, one, course.destination) == asked)
        yield from leave(graph, subnet, replace(on.by(because=because), zone=zone, kept=stuck, at=at, started=True))


def to_endpoint(graph: Graph, target: Target, course: Course) -> Iterator[Trip]:
    """
    Yield the trips through an endpoint or NAT gateway, and on from its subnet.
    """
    noun = graph.endpoints.get(target.address)
    if noun is None:
        yield course.unknown(f"what is behind {name(target)} is not in this scan")
        return
    here = [one for one in noun.subnets if zone_of(graph, one) is not None and zone_of(graph, one) == course.zone]
    subnets = tuple(here) if len(here) == 1 else noun.subnets
    span = noun.origin.span
    because = () if len(subnets) == 1 else (Unknown(f"{target.address} has endpoints in several subnets", span),)
    on = course.by(
        Step(target.kind.value, target.address, BY_ENDPOINT[target.kind].format(target.address), span), because=because
    )
    if noun.kind is TargetKind.GWLB_ENDPOINT:
        yield from inspected(graph, noun, subnets, into(on, subnets, judged=True) if subnets else on)
        return
    for subnet in subnets:
        yield from leave(graph, subnet, translated(noun, subnet, into(on, (subnet,))))
    if not subnets:
        yield on.unknown(f"the subnet of {target.address} is not in the text", span)


def translated(noun: Endpoint, subnet: Link, course: Course) -> Course:
    """
    Return the course out of an endpoint or NAT gateway; the latter gives it an address that is not in the text.
    """
    if noun.kind is not TargetKind.NAT_GATEWAY:
        return course
    address = noun.origin.address
    other = Unknown(f"which address {address} gives it is not in the text", noun.origin.span)
    return replace(course, other=other, translators=(*course.translators, (address, subnet)))


BY_ENDPOINT: Mapping[TargetKind, str] = {
    TargetKind.GWLB_ENDPOINT: "{} takes it to its Gateway Load Balancer",
    TargetKind.NETWORK_FIREWALL: "the firewall behind {} inspects it",
    TargetKind.NAT_GATEWAY: "{} gives it another source address",
}


def inspected(graph: Graph, noun: Endpoint, subnets: tuple[Link, ...], course: Course) -> Iterator[Trip]:
    """
    Yield the trips through the appliances behind a Gateway Load Balancer endpoint: back to it, or on from the appliances.
    """
    listed = [one for one in graph.network.appliances if one.balancer in noun.balancers and isinstance(one.balancer, str)]
    names = tuple(sorted({one.interface for one in listed}))
    balancers = ", ".join(one for one in noun.balancers if isinstance(one, str))
    places = {one.interface: one.origin.span for one in listed}
    if not names:
        hidden = next((one for one in noun.balancers if isinstance(one, Unknown)), None)
        what = f"the appliances behind {balancers or noun.origin.address} are not in this scan"
        on = course.by(because=(hidden or Unknown(what, noun.origin.span),))
    else:
        text = f"{balancers} sends it, in GENEVE, to {' or '.join(names)}"
        on = course.by(Step("appliance", names[0] if len(names) == 1 else "", text, places[names[0]], names))
    found = [arms(graph, one) for one in names]
    if not found or any(not one.native.least for one in found):
        doubt = tuple(item for one in found if one.native.most for item in one.native.because)
        back = Step("endpoint", noun.origin.address, f"it comes back out of {noun.origin.address}", noun.origin.span)
        for subnet in subnets:
            yield from leave(graph, subnet, replace(on.by(back, because=doubt), at=(subnet,)))
    yield from native(graph, found, on)


def native(graph: Graph, found: list[Arms], course: Course) -> Iterator[Trip]:
    """
    Yield the trips that go on from the interfaces by which appliances forward natively.
    """
    for one in found:
        verb = "forwards" if one.native.least else "may forward"
        for sender in one.senders if one.native.most else ():
            step = Step("sender", sender.address, f"{sender.address} {verb} it natively", sender.origin.span)
            for subnet in sender.subnets:
                on = replace(course.by(step, because=one.native.because), at=(subnet,))
                yield from leave(graph, subnet, on)


def to_interface(graph: Graph, target: Target, course: Course) -> Iterator[Trip]:
    """
    Yield the trips through an interface that routes lead to, and on from an interface of the same instance.
    """
    noun = graph.interfaces.get(target.address)
    if noun is None:
        yield course.unknown(f"{name(target)} is not in this scan")
        return
    appliance = tuple(one.address for one in of_instance(graph, noun))
    on = course.by(Step("interface", noun.address, f"{noun.address} takes it", noun.origin.span, appliance))
    if noun.source_dest_check is True:
        why = f"{noun.address} takes nothing that is not for itself: its source/destination check is on"
        yield on.by(Step("check", noun.address, why, noun.origin.span)).ends(End.APPLIANCE, noun.address)
        return
    others = siblings(graph, noun)
    because: tuple[Unknown, ...] = ()
    if isinstance(noun.source_dest_check, Unknown):
        because = (noun.source_dest_check,)
    if len(others) > 1:
        because = (
            *because,
            Unknown(
                f"by which of its interfaces the appliance of {noun.address} forwards is not in the text", noun.origin.span
            ),
        )
    on = into(on, noun.subnets) if noun.subnets else on
    for one in others:
        for subnet in one.subnets:
            yield from leave(graph, subnet, replace(on.by(because=because), at=(subnet,)))


def siblings(graph: Graph, interface: Interface) -> tuple[Interface, ...]:
    """
    Return the interfaces of the same instance that may forward, this one among them.
    """
    return tuple(one for one in of_instance(graph, interface) if one.source_dest_check is not True) or (interface,)


def to_peering(graph: Graph, vpc: Link, target: Target, course: Course) -> Iterator[Trip]:
    """
    Yield the trips over a peering connection, into the other VPC.
    """
    noun = next((one for one in graph.network.peerings if one.origin.address == target.address), None)
    if noun is None:
        yield course.unknown(f"{name(target)} is not in this scan")
        return
    other = noun.accepter if noun.requester == vpc else noun.requester
    on = leaving(course).by(
        Step(
            "peering",
            target.address,
            f"{target.address} takes it to {other if isinstance(other, str) else 'the other VPC'}",
            noun.origin.span,
        )
    )
    if isinstance(other, str) and other not in graph.vpcs:
        yield on.ends(End.OUTSIDE, other)
        return
    yield from arrive(graph, other, on)
