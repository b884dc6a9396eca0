"""
Attachments of VPCs whose appliances inspect what a transit gateway sends, and whether both directions of it meet.

The idea: what matters is traffic both of whose ends come over the transit gateway. Without appliance mode each direction comes
out in the zone of its own sender, so that where the zones have appliances of their own, the two directions meet different ones.
Traffic that leaves the VPC otherwise, through a NAT gateway in each zone, comes back by the zone that it left in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sglint.frozen import frozen
from sglint.graph.arms import AT_HOME, of_instance
from sglint.graph.index import Graph, Hop, Path
from sglint.graph.question import zone_of
from sglint.graph.transit import onward
from sglint.graph.walk import paths, ways
from sglint.model import Attachment, Link, Prefix, Target, TargetKind
from sglint.space import Bounds, Family, family_of
from sglint.value import Unknown

INSPECTORS = (TargetKind.GWLB_ENDPOINT, TargetKind.NETWORK_FIREWALL, TargetKind.INTERFACE)
MOST_PAIRS = 400
"""So many pairs of attachments are asked whether their traffic is inspected."""


@frozen
class Inspection:
    """
    An attachment whose zones lead to appliances of their own: `ways` are the routes that say so, one for each zone.

    `split` is whether the two directions of some traffic surely, or possibly, meet different appliances.
    """

    attachment: Attachment
    ways: tuple[tuple[Link, Target, Hop], ...]
    split: Bounds[bool]


def inspections(graph: Graph) -> Iterator[Inspection]:
    """
    Yield the inspecting attachments in several zones that may be without appliance mode.
    """
    for one in graph.network.attachments:
        found = by_zone(graph, one)
        if one.appliance_mode is True or len({inspector(graph, subnet, target) for subnet, target, _ in found}) < 2:
            continue
        returns = returning(graph, one, found)
        split = together(graph, one, found, returns)
        if split.most:
            yield Inspection(one, found, split)


def by_zone(graph: Graph, attachment: Attachment) -> tuple[tuple[Link, Target, Hop], ...]:
    """
    Return for each subnet of the attachment the appliance that some traffic between networks goes to.
    """
    found = []
    for subnet in attachment.subnets:
        for path in ways(graph, subnet):
            one = next((target for target in path.targets if target.kind in INSPECTORS), None)
            if one is not None and path.hops:
                found.append((subnet, one, path.hops[-1]))
                break
    return tuple(found)


def inspector(graph: Graph, subnet: Link, target: Target) -> tuple[str, str]:
    """
    Return what tells one appliance from another: a firewall with endpoints in several zones is one for each.
    """
    noun = graph.endpoints.get(target.address)
    if target.kind is TargetKind.NETWORK_FIREWALL and noun is not None and len(noun.subnets) > 1:
        return (target.address, str(subnet))
    if target.kind is TargetKind.INTERFACE and target.address in graph.interfaces:
        instance = graph.interfaces[target.address].attached_to
        return (instance if isinstance(instance, str) else target.address, "")
    return (target.address, "" if target.address else str(subnet))


def returning(graph: Graph, attachment: Attachment, found: Iterable[tuple[Link, Target, Hop]]) -> Bounds[bool]:
    """
    Return whether what was inspected goes back to the transit gateway: possibly, and surely with no other way out of the VPC.
    """
    onwards = [after(graph, subnet, target) for subnet, target, _ in found]
    kinds = [{target.kind for path in one for target in path.targets} - {*AT_HOME} for one in onwards]
    most = any(TargetKind.TRANSIT_GATEWAY in one for one in kinds)
    doubts = [item for one in onwards for path in one for item in path.because]
    least = most and not doubts and all(one == {TargetKind.TRANSIT_GATEWAY} for one in kinds)
    exits = sorted({kind.value.replace("-", " ") for one in kinds for kind in one - {TargetKind.TRANSIT_GATEWAY, *INSPECTORS}})
    what = f"whether the networks behind {attachment.origin.address} reach each other through it is not in this scan"
    what += f", and what leaves by {' or '.join(exits)} needs no appliance mode" if exits else ""
    because = () if least else (*dict.fromkeys(doubts), Unknown(what, attachment.origin.span))
    return Bounds(least=least, most=most, because=because if most else ())


def after(graph: Graph, subnet: Link, target: Target) -> tuple[Path, ...]:
    """
    Return the paths of what comes out of an appliance.
    """
    noun = graph.endpoints.get(target.address)
    if noun is not None:
        return tuple(path for each in same_zone(graph, subnet, noun.subnets) for path in ways(graph, each))
    interface = graph.interfaces.get(target.address)
    listed = () if interface is None else of_instance(graph, interface)
    return tuple(path for one in listed if one.source_dest_check is not True for path in paths(graph, one))


def same_zone(graph: Graph, subnet: Link, others: tuple[Link, ...]) -> tuple[Link, ...]:
    """
    Return those of the subnets that are in the zone of this one, or all where that is not known.
    """
    zone = zone_of(graph, subnet)
    return tuple(one for one in others if zone is not None and zone_of(graph, one) == zone) or others


def together(
    graph: Graph, attachment: Attachment, found: tuple[tuple[Link, Target, Hop], ...], returns: Bounds[bool]
) -> Bounds[bool]:
    """
    Return whether the directions of some traffic between networks behind the gateway meet different appliances.
    """
    meets = returns if returns.least or not returns.most else crossing(graph, attachment, returns)
    because = list(meets.because)
    doubts = (attachment.appliance_mode, attachment.origin.maybe, attachment.gateway, *(subnet for subnet, _, _ in found))
    because += (item for item in doubts if isinstance(item, Unknown))
    for subnet, target, _ in found:
        because += (item for path in ways(graph, subnet) if target in path.targets for item in path.because)
        because += shared(graph, target)
    if not meets.most:
        return meets
    return Bounds(least=meets.least and not because, most=True, because=tuple(dict.fromkeys(because)))


def shared(graph: Graph, target: Target) -> Iterator[Unknown]:
    """
    Yield that a load balancer which sends across zones may bring both directions to one appliance.
    """
    noun = graph.endpoints.get(target.address)
    for one in graph.network.balancers:
        if noun is not None and one.origin.address in noun.balancers and one.cross_zone is not False:
            name = one.origin.address
            why = f"{name} sends across zones, and whether both directions meet one appliance then is not documented"
            yield one.cross_zone if isinstance(one.cross_zone, Unknown) else Unknown(why, one.origin.span)


def crossing(graph: Graph, attachment: Attachment, returns: Bounds[bool]) -> Bounds[bool]:
    """
    Return whether the route tables of the transit gateway send traffic between two other attachments through this one.
    """
    listed = graph.network.attachments
    others = [one for one in listed if one.gateway == attachment.gateway and one is not attachment]
    remotes = [one for one in graph.network.remotes if one.gateway == attachment.gateway]
    pairs = [(one, other) for one in others for other in others if one.origin.address < other.origin.address][:MOST_PAIRS]
    silent = len(others) > 1 and not remotes
    for one, other in pairs:
        there, here = sends(graph, one, other, attachment), sends(graph, other, one, attachment)
        if there.least and here.least:
            return Bounds(least=True, most=True)
        silent = silent and not (there.most and here.most)
    if silent and len(pairs) < MOST_PAIRS:
        return Bounds(least=False, most=False)
    return returns


def sends(graph: Graph, one: Attachment, other: Attachment, attachment: Attachment) -> Bounds[bool]:
    """
    Return whether the transit gateway sends what comes in by one attachment, for the VPC of the other, to a third.
    """
    vpc = graph.vpcs.get(other.vpc) if isinstance(other.vpc, str) else None
    known = [item for item in (() if vpc is None else vpc.cidrs) if not isinstance(item, Unknown)]
    if not known or one.origin.maybe is not None or other.origin.maybe is not None:
        return Bounds(least=False, most=True)
    to = attachment.origin.address
    found = [each for cidr in first_of_each(known) for each in onward(graph, one.origin.address, cidr)]
    sure = all(each.attachment == to and not each.because for each in found)
    never = all(isinstance(each.attachment, str | None) and each.attachment != to and not each.because for each in found)
    return Bounds(least=bool(found) and sure, most=not never)


def first_of_each(cidrs: Iterable[Prefix]) -> tuple[Prefix, ...]:
    """
    Return the first of the ranges of each family.
    """
    found: dict[Family, Prefix] = {}
    for cidr in cidrs:
        found.setdefault(family_of(cidr), cidr)
    return tuple(found.values())
