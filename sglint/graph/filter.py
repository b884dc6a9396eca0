"""
What the network ACL of a subnet lets through: the first rule that matches decides, and no state is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

from sglint.model import Acl, AclEntry, Direction, Network, Prefix, acls_of
from sglint.space import Bounds, Family, Intervals, Ports, Protocol, family_of, intersect, intervals, within
from sglint.value import Unknown

CLIENT_PORTS = Ports(1024, 65535)
"""The ports that replies go to: every choice of client ports is among them."""


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Filter:
    """
    What a network ACL lets through of some packets: the ports surely, and at most. `rules` are those that they meet.
    """

    subnet: str
    acl: str
    packets: Packets
    open: Bounds[Intervals]
    rules: tuple[AclEntry, ...] = ()

    @property
    def all_open(self) -> bool:
        """
        Whether all of the packets surely get through.
        """
        return Intervals(((self.packets.ports.first, self.packets.ports.last),)) <= self.open.least


def filters(network: Network, subnet: str, packets: Packets) -> tuple[Filter, ...]:
    """
    Return what each network ACL that the subnet may have lets through.
    """
    wanted = intervals([(packets.ports.first, packets.ports.last)])
    found = []
    for one in acls_of(network, subnet):
        if isinstance(one, Unknown):
            found.append(Filter(subnet, "", packets, Bounds(Intervals(), wanted, (one,))))
        else:
            found.append(by_acl(one, subnet, packets, wanted))
    return tuple(found)


def by_acl(acl: Acl, subnet: str, packets: Packets, wanted: Intervals) -> Filter:
    """
    Return what one ACL lets through.
    """
    settled, refused, least, most = Intervals(), Intervals(), Intervals(), Intervals()
    rules: list[AclEntry] = []
    because: dict[Unknown, None] = {} if acl.hidden is None else {acl.hidden: None}
    ordered = sorted(acl.rules(packets.direction), key=lambda one: not isinstance(one.number, Unknown))
    for one in ordered:
        sure = matched(one, packets, certain=True) & wanted
        may = matched(one, packets, certain=False) & (wanted - settled)
        if not may:
            continue
        rules.append(one)
        doubts = (one.number, one.allow, one.maybe, one.origin.maybe, one.acl, one.peer)
        because.update((doubt, None) for doubt in doubts if isinstance(doubt, Unknown))
        if one.allow is not False:
            most = most | may
        if one.allow is not True:
            refused = refused | (may - least)
        if not isinstance(one.number, Unknown) and not isinstance(one.allow, Unknown):
            if one.allow:
                least = least | (sure - settled - refused)
            settled = settled | sure
    if acl.hidden is not None:
        least, most = Intervals(), wanted
    why = (
        ()
        if least == most
        else tuple(because) or (Unknown(f"only a part of {packets.peer} is meant by a rule", acl.origin.span),)
    )
    return Filter(subnet, acl.origin.address, packets, Bounds(least, most, why), tuple(rules))


def matched(one: AclEntry, packets: Packets, *, certain: bool) -> Intervals:
    """
    Return the ports on which a rule matches the packets: all of them surely, or some of them possibly.
    """
    boxes = one.boxes.least if certain else one.boxes.most
    return intervals(
        (box.ports.first, box.ports.last)
        for box in boxes
        if box.family is packets.family and box.protocol is packets.protocol and meets(box.peer, packets.peer, certain=certain)
    )


def meets(rule: object, peer: Prefix, *, certain: bool) -> bool:
    """
    Return whether a rule's peer has all of the other end, or some of it.
    """
    if not isinstance(rule, (IPv4Network, IPv6Network)):
        return not certain
    return within(peer, rule) if certain else intersect(peer, rule) is not None
