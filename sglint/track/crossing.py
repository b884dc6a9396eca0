"""
What the network ACLs of a subnet let through of some packets, and the rules that these meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network

from sglint.frozen import frozen
from sglint.model import Acl, AclEntry, Direction, Link, Network, Prefix, acls_of
from sglint.space import Bounds, Family, FlowSet, Intervals, Ports, Protocol, addresses, family_of, flows, intersect, intervals
from sglint.track.filter import lets_through
from sglint.value import Unknown

CLIENT_PORTS = Ports(1024, 65535)
"""The ports that replies go to: every choice of client ports is among them."""


@frozen
class Packets:
    """
    Packets that cross the border of a subnet: the other end, and the ports that they are for.
    """

    direction: Direction
    protocol: Protocol
    peer: Prefix
    ports: Ports

    @property
    def family(self) -> Family:
        """
        The address family.
        """
        return family_of(self.peer)


@frozen
class Filter:
    """
    What the network ACL of a subnet lets through of some packets: the ports surely, and at most.

    `acls` are those that it may be, and `rules` are what the packets meet in them.
    """

    subnet: str
    acls: tuple[str, ...]
    packets: Packets
    open: Bounds[Intervals]
    rules: tuple[AclEntry, ...] = ()

    @property
    def all_open(self) -> bool:
        """
        Whether all of the packets surely get through.
        """
        return Intervals(((self.packets.ports.first, self.packets.ports.last),)) <= self.open.least


def crossing(network: Network, subnet: str, packets: Packets) -> Filter:
    """
    Return what the network ACL of the subnet lets through.
    """
    acls = acls_of(network, subnet)
    through = lets_through(acls, packets.direction)
    asked = flows(packets.family, packets.protocol, packets.peer, packets.ports)
    least, most = for_all(through.least & asked, packets), for_any(through.most & asked, packets)
    because = () if least == most else through.because or (partly(packets),)
    known = tuple(one for one in acls if isinstance(one, Acl))
    rules = tuple(rule for one in known for rule in met(one, packets))
    return Filter(subnet, tuple(one.origin.address for one in known), packets, Bounds(least, most, because), rules)


def soft(one: Filter, maybe: Unknown | None) -> Filter:
    """
    Return the filter as it is when it is not sure that it judges the packets.
    """
    if maybe is None:
        return one
    every = Intervals(((one.packets.ports.first, one.packets.ports.last),))
    return replace(one, open=Bounds(one.open.least, every, () if one.all_open else (*one.open.because, maybe)))


def of_one(network: Network, subnets: Sequence[Link], packets: Packets) -> Filter:
    """
    Return what the network ACL of one of the subnets lets through, of which it is not known which it is.
    """
    found = [crossing(network, one, packets) if isinstance(one, str) else unread(one, packets) for one in subnets]
    if len(found) == 1:
        return found[0]
    least, most = found[0].open.least, found[0].open.most
    for one in found[1:]:
        least, most = least & one.open.least, most | one.open.most
    names = " or ".join(one.subnet for one in found)
    which = Unknown(f"which of {names} it passes is not known")
    because = () if least == most else tuple(dict.fromkeys((which, *(item for one in found for item in one.open.because))))
    acls = tuple(dict.fromkeys(acl for one in found for acl in one.acls))
    rules = tuple(dict.fromkeys(rule for one in found for rule in one.rules))
    return Filter(names, acls, packets, Bounds(least, most, because), rules)


def unread(subnet: Unknown, packets: Packets) -> Filter:
    """
    Return that the network ACL of a subnet that is not known may let through anything.
    """
    every = Intervals(((packets.ports.first, packets.ports.last),))
    return Filter("a subnet that is not known", (), packets, Bounds(Intervals(), every, (subnet,)))


def partly(packets: Packets) -> Unknown:
    """
    Return that the rules do not treat all of the other end alike.
    """
    return Unknown(f"the network ACL lets through only a part of {packets.peer}")


def for_any(found: FlowSet, packets: Packets) -> Intervals:
    """
    Return the ports that the set has for some address of the other end.
    """
    slabs = found.slabs(packets.family, packets.protocol)
    return intervals(span for _, _, ports in slabs for span in ports.ranges)


def for_all(found: FlowSet, packets: Packets) -> Intervals:
    """
    Return the ports that the set has for every address of the other end.
    """
    ((first, last),) = addresses(packets.peer).ranges
    ports, reached = Intervals(((packets.ports.first, packets.ports.last),)), first
    for start, end, numbers in found.slabs(packets.family, packets.protocol):
        if start != reached:
            return Intervals()
        ports, reached = ports & numbers, end + 1
    return ports if reached == last + 1 else Intervals()


def met(acl: Acl, packets: Packets) -> Iterator[AclEntry]:
    """
    Yield the rules that may decide about some of the packets, up to the one behind which none is asked.
    """
    wanted = Intervals(((packets.ports.first, packets.ports.last),))
    for one in acl.rules(packets.direction):
        may = union_of(one, packets, certain=False)
        if may & wanted:
            yield one
        if not any(isinstance(part, Unknown) for part in (one.number, one.allow, one.maybe, one.origin.maybe)):
            wanted = wanted - union_of(one, packets, certain=True)


def union_of(one: AclEntry, packets: Packets, *, certain: bool) -> Intervals:
    """
    Return the ports on which a rule matches all of the packets surely, or some of them possibly.
    """
    key = (packets.family, packets.protocol)
    boxes = [box for box in (one.boxes.least if certain else one.boxes.most) if (box.family, box.protocol) == key]
    pairs = [
        (intersect(box.peer, packets.peer), box.ports) for box in boxes if isinstance(box.peer, (IPv4Network, IPv6Network))
    ]
    return intervals((ports.first, ports.last) for both, ports in pairs if both == packets.peer or (both and not certain))
