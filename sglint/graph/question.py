"""
What is asked at each step of a trip: which path a subnet has, which subnet has an address, which zone something is in.
"""

from __future__ import annotations

from collections.abc import Iterable

from sglint.graph.index import Graph, Path
from sglint.graph.walk import ways
from sglint.model import Attachment, Interface, Link, Prefix, Subnet, Target
from sglint.space import Family, family_of, intersect, within
from sglint.value import Unknown


def path_to(graph: Graph, subnet: Link, destination: Prefix) -> Path | None:
    """
    Return the path of the subnet with the longest prefix that has all of the destination.
    """
    found = [one for one in ways(graph, subnet) if within(destination, one.destination)]
    return max(found, key=lambda one: one.destination.prefixlen, default=None)


def inner(graph: Graph, subnet: str, path: Path, destination: Prefix) -> Unknown | None:
    """
    Return that a part of the destination goes elsewhere by a longer prefix, None where all of it goes one way.
    """
    for one in ways(graph, subnet):
        if one.destination != destination and within(one.destination, destination) and set(one.targets) != set(path.targets):
            return Unknown(
                f"{one.destination}, a part of {destination}, goes another way", one.hops[-1].span if one.hops else None
            )
    return None


def has(cidr: Prefix | Unknown, destination: Prefix) -> bool:
    """
    Return whether the range has some of the destination.
    """
    return not isinstance(cidr, Unknown) and intersect(cidr, destination) is not None


def within_any(subnet: Subnet, destination: Prefix) -> bool:
    """
    Return whether the subnet has all of the destination.
    """
    return any(not isinstance(cidr, Unknown) and within(destination, cidr) for cidr in subnet.cidrs)


def may_have(subnet: Subnet, destination: Prefix) -> bool:
    """
    Return whether the subnet has some of the destination, or may have it.
    """
    if family_of(destination) is Family.IPV6 and subnet.ipv6 is False:
        return False
    return not subnet.cidrs or any(isinstance(cidr, Unknown) or has(cidr, destination) for cidr in subnet.cidrs)


def host_of(graph: Graph, subnets: Iterable[Subnet], destination: Prefix) -> Interface | None:
    """
    Return the one interface in one of the subnets that has the address, None for a range and where no text says which it is.
    """
    if destination.num_addresses > 1:
        return None
    names = {one.origin.address for one in subnets}
    listed = (one for one in graph.network.interfaces if destination.network_address in one.addresses)
    found = [one for one in listed if len(one.subnets) == 1 and one.subnets[0] in names]
    return found[0] if len(found) == 1 else None


def meets(link: Link, other: Link) -> bool:
    """
    Return whether two links may be to the same thing.
    """
    return link == other or isinstance(link, Unknown) or isinstance(other, Unknown)


def is_to(attachment: Attachment, target: Target) -> bool:
    """
    Return whether an attachment may be to the gateway that a route leads to; a route can name it by the attachment.
    """
    return not target.address or target.address == attachment.origin.address or meets(attachment.gateway, target.address)


def no_zone(graph: Graph, attachment: Attachment, zone: Link | None) -> str | None:
    """
    Return that the attachment surely has no subnet in the zone that the traffic comes from, None where it has or may have.
    """
    zones = [zone_of(graph, one) for one in attachment.subnets]
    if not isinstance(zone, str) or not zones or any(one is None for one in zones) or zone in zones:
        return None
    return f"{attachment.origin.address} has no subnet in {zone}, so nothing from there gets through"


def zone_of(graph: Graph, subnet: Link) -> str | None:
    """
    Return the Availability Zone of a subnet, None where it is not known.
    """
    noun = graph.subnets.get(subnet) if isinstance(subnet, str) else None
    return noun.zone if noun is not None and isinstance(noun.zone, str) else None


def targets_of(graph: Graph, subnet: Link, destination: Prefix) -> object:
    """
    Return what the routes of a subnet make of the destination, the same for subnets that need not be told apart.
    """
    path = path_to(graph, subnet, destination)
    return subnet if path is None else (path.destination, path.targets, path.because)
