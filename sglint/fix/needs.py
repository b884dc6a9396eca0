"""
What the interfaces of subnets need of a network ACL: what their groups admit, and the answers to it.

The idea: a network ACL is in front of everything in its subnets and keeps no state, so all that is there has to be known before
one is written, and nothing there may pass on what is not its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from sglint.fix.change import Blocked
from sglint.graph import Graph
from sglint.model import OTHER_WAY, Box, Direction, GroupPeer, Interface, Link, ListPeer, Network, Prefix, Role
from sglint.resource import split_key
from sglint.space import ALL_PORTS, Family, Ports, Protocol, family_of
from sglint.track.admit import Admission, Rules, admissions, index
from sglint.track.crossing import CLIENT_PORTS
from sglint.value import Unknown

Need: TypeAlias = tuple[Direction, Family, Protocol, Prefix, Ports]
"""Packets to be let through: where to, with whom, and the ports that they are for."""

PORTED = (Protocol.TCP, Protocol.UDP)

PLAIN = (
    "aws_network_acl",
    "aws_network_acl_association",
    "aws_default_network_acl",
    "aws_route_table_association",
    "AWS::EC2::SubnetNetworkAclAssociation",
    "AWS::EC2::SubnetRouteTableAssociation",
)
"""The types of resources that name a subnet and put nothing into it."""


def needs(graph: Graph, net: Network, subnets: tuple[str, ...]) -> tuple[Need, ...] | Blocked:
    """
    Return what everything in these subnets needs, or what of it cannot be said.
    """
    why = next(strangers(net, subnets), "")
    if why:
        return Blocked(why)
    rules = index(net)
    found: list[Need] = []
    for interface in inside(net, subnets):
        mine = of_interface(graph, net, rules, interface)
        if isinstance(mine, Blocked):
            return mine
        found += mine
    return tuple(dict.fromkeys(found))


def inside(net: Network, subnets: Iterable[str]) -> tuple[Interface, ...]:
    """
    Return the interfaces that are, or may be, in one of the subnets.
    """
    listed = tuple(subnets)
    return tuple(one for one in net.interfaces if any(may_be(link, subnet) for link in one.subnets for subnet in listed))


def may_be(link: Link, subnet: str) -> bool:
    """
    Return whether the subnet may be the one that is meant.
    """
    if isinstance(link, str):
        return link == subnet
    named = {*(ref.address for ref in link.refs), *(one for one in link.among if isinstance(one, str))}
    return not named or subnet in named or split_key(subnet)[0] in named


def strangers(net: Network, subnets: tuple[str, ...]) -> Iterator[str]:
    """
    Yield what is in the subnets, or may be, of which it cannot be said what it needs.
    """
    passing = [("the attachment", one.origin.address, one.subnets) for one in net.attachments]
    passing += [("", one.origin.address, one.subnets) for one in net.endpoints]
    passing += [("the load balancer", one.origin.address, one.subnets) for one in net.balancers]
    for what, address, links in passing:
        for subnet in subnets:
            if any(may_be(link, subnet) for link in links):
                yield f"{what} {address} in {subnet} passes on what is not its own".strip()
    targets = {one.interface for one in net.appliances}
    led = {target.address for route in net.routes for target in route.targets}
    known = set()
    for one in inside(net, subnets):
        known.add(one.address.partition(" (")[0])
        where = next((link for link in one.subnets if isinstance(link, Unknown)), None)
        if one.role is Role.FORWARDER or one.source_dest_check is not True or {one.address} & (targets | led):
            yield f"{one.address} passes on what is not its own"
        elif where is not None:
            yield f"{one.address} may be in the subnet: {where.why}"
        elif one.role is Role.MANAGED or not one.grouped:
            yield f"{one.address} is of a service whose needs are not in the text"
    for subnet, address, kind in net.users:
        if subnet in subnets and kind not in PLAIN and address not in known:
            yield f"what {address} puts into {subnet} is not known"


def of_interface(graph: Graph, net: Network, rules: Rules, interface: Interface) -> tuple[Need, ...] | Blocked:
    """
    Return what an interface needs: what its groups admit, and the way back of it.
    """
    found: list[Need] = []
    for (direction, family, protocol), listed in admissions(graph, rules, interface).items():
        for one in listed:
            if not one.sure:
                why = next((item.why for item in one.because), "a rule is not known")
                return Blocked(f"what {interface.address} needs is not known: {why}")
            peers = peers_of(net, interface, one)
            if isinstance(peers, Blocked):
                return peers
            back = CLIENT_PORTS if protocol in PORTED else ALL_PORTS
            for peer in peers:
                found.append((direction, family, protocol, peer, one.box.ports))
                found.append((OTHER_WAY[direction], family, protocol, peer, back))
    return tuple(found)


def peers_of(net: Network, interface: Interface, one: Admission) -> tuple[Prefix, ...] | Blocked:
    """
    Return who is admitted, as far as a network ACL is between: it is not in front of what is in the same subnet.
    """
    box: Box = one.box
    if isinstance(box.peer, ListPeer):
        if box.peer.entries is None:
            return Blocked(f"the entries of {box.peer.prefix_list} for {interface.address} are not in the text")
        return tuple(entry for entry in box.peer.entries if family_of(entry) is box.family)
    if not isinstance(box.peer, GroupPeer):
        return (box.peer,)
    group = box.peer.group
    members = [
        each for each in net.interfaces if group in each.groups or any(isinstance(item, Unknown) for item in each.groups)
    ]
    if len(set(interface.subnets)) == 1 and members and all(each.subnets == interface.subnets for each in members):
        return ()
    name = group if isinstance(group, str) else "a security group that is not known"
    return Blocked(f"a rule for {interface.address} names {name}, and not the addresses of what has it")
