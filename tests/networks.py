"""
Small networks for the tests of everything past the model.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_network

from sglint.model import (
    Appliance,
    Association,
    Box,
    Direction,
    Group,
    GroupPeer,
    Interface,
    Link,
    ListPeer,
    Network,
    Peer,
    Permission,
    Prefix,
    Role,
    Route,
    Subnet,
    Table,
    Target,
    TargetKind,
    Vpc,
)
from sglint.resource import Origin
from sglint.source import Span
from sglint.space import ALL_PORTS, Bounds, Family, Ports, Protocol, family_of
from sglint.value import Unknown

NAMED = {
    "tcp": (Protocol.TCP,),
    "udp": (Protocol.UDP,),
    "icmp": (Protocol.ICMP,),
    "other": (Protocol.OTHER,),
    "all": tuple(Protocol),
}


def origin(address: str, line: int = 1, maybe: Unknown | None = None) -> Origin:
    """
    Return the origin of a thing on a line of main.tf.
    """
    span = Span("main.tf", line, 1, line, 40)
    return Origin(address, span, span, maybe=maybe)


def unknown(why: str = "var.x has no default", line: int = 99) -> Unknown:
    """
    Return an unknown that line 99 of main.tf is to blame for.
    """
    return Unknown(why, Span("main.tf", line, 1, line, 9))


def peer_of(text: str | Peer) -> Peer:
    """
    Return a CIDR, `sg:name` or `pl:name` as a peer.
    """
    if not isinstance(text, str):
        return text
    if text.startswith("sg:"):
        return GroupPeer(text[3:])
    return ListPeer(text[3:]) if text.startswith("pl:") else ip_network(text)


def boxes(protocol: str, peer: str | Peer, ports: str = "0-65535", family: Family | None = None) -> tuple[Box, ...]:
    """
    Return the boxes of a rule: `boxes("tcp", "0.0.0.0/0", "443")`.
    """
    who = peer_of(peer)
    found = family or (Family.IPV4 if isinstance(who, (GroupPeer, ListPeer)) else family_of(who))
    first, _, last = ports.partition("-")
    trackable = {Protocol.TCP: Ports(int(first), int(last or first)), Protocol.UDP: Ports(int(first), int(last or first))}
    return tuple(Box(found, one, who, trackable.get(one, ALL_PORTS)) for one in NAMED[protocol])


def rule(
    way: str,
    protocol: str,
    peer: str | Peer,
    ports: str = "0-65535",
    *,
    group: Link = "sg",
    line: int = 10,
    maybe: Unknown | None = None,
) -> Permission:
    """
    Return a rule: `rule("in", "tcp", "0.0.0.0/0", "443")`.
    """
    found = boxes(protocol, peer, ports)
    name = group if isinstance(group, str) else "unknown"
    return Permission(origin(f"{name}.rule{line}", line, maybe), group, Direction(way), Bounds(found, found))


def blurred(way: str, protocol: str, peer: str | Peer, ports: str = "0-65535", *, group: Link = "sg") -> Permission:
    """
    Return a rule whose CIDR is not known: it may admit nobody, and at most what `rule` would.
    """
    known = rule(way, protocol, peer, ports, group=group, line=11)
    between = Bounds((), known.boxes.most, (unknown("var.cidr has no default"),))
    return Permission(known.origin, group, known.direction, between)


def leads(
    table: Link, destination: str | Prefix | Unknown, *targets: Target | TargetKind, maybe: Unknown | None = None
) -> Route:
    """
    Return a route: `leads("rt", "0.0.0.0/0", TargetKind.NAT_GATEWAY)`.
    """
    found = tuple(one if isinstance(one, Target) else Target(one, f"{one.value}.x") for one in targets)
    where = ip_network(destination) if isinstance(destination, str) else destination
    return Route(origin(f"route {where}", 20, maybe), table, (where,), found)


def serves(table: Link, subnet: Link = "subnet", maybe: Unknown | None = None) -> Association:
    """
    Return an association of a subnet with a table.
    """
    return Association(origin(f"association {table}", 21, maybe), table, subnet)


def network(
    permissions: Iterable[Permission] = (),
    routes: Iterable[Route] = (),
    *,
    interfaces: Iterable[Interface] = (),
    groups: Iterable[Group] = (),
    cidrs: Iterable[str | Unknown] = ("10.0.0.0/16",),
    subnet_cidrs: Iterable[str | Unknown] = ("10.0.1.0/24",),
    associations: Iterable[Association] | None = None,
    tables: Iterable[Table] | None = None,
    appliances: Iterable[Appliance] = (),
) -> Network:
    """
    Return a network of one VPC, one subnet, one table that serves it, and by default one interface with group `sg`.
    """
    ranges = tuple(ip_network(one) if isinstance(one, str) else one for one in cidrs)
    own = tuple(ip_network(one) if isinstance(one, str) else one for one in subnet_cidrs)
    return Network(
        root=".",
        vpcs=(Vpc(origin("vpc"), ranges),),
        subnets=(Subnet(origin("subnet", 2), "vpc", own),),
        groups=tuple(groups) or (Group(origin("sg", 3), "vpc"), Group(origin("sg2", 4), "vpc")),
        permissions=tuple(permissions),
        tables=(Table(origin("rt", 5), "vpc"),) if tables is None else tuple(tables),
        associations=(serves("rt"),) if associations is None else tuple(associations),
        routes=tuple(routes),
        interfaces=tuple(interfaces) or (interface(),),
        appliances=tuple(appliances),
    )


def interface(
    address: str = "eni",
    groups: tuple[Link, ...] = ("sg",),
    subnets: tuple[Link, ...] = ("subnet",),
    *,
    automatic: str = "",
    grouped: bool = True,
    served: tuple[tuple[Protocol, Ports], ...] | None = None,
) -> Interface:
    """
    Return an interface in the one subnet.
    """
    return Interface(origin(address, 6), "aws_network_interface", Role.WORKLOAD, subnets, groups, automatic, grouped, served)
