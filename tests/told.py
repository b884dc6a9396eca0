"""
Random rules and routes, each as the text has it, perhaps with something unknown, and as what it turns out to be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, ip_network

from hypothesis import strategies as st

from sglint.model import (
    Box,
    Direction,
    GroupPeer,
    ListPeer,
    Peer,
    Permission,
    Target,
    TargetKind,
)
from sglint.model import Route as Line
from sglint.space import ALL_PORTS, Bounds, Family, Ports, Protocol
from tests.networks import origin, unknown
from tests.packet import ESP, EVERY, GRE, ICMP, ICMP6, IN, OUT, TCP, UDP, Cidr, Route, Rule

BASES = {
    Family.IPV4: (
        "0.0.0.1",
        "128.0.0.0",
        "10.0.0.0",
        "10.0.1.0",
        "10.8.0.0",
        "10.8.1.128",
        "203.0.113.0",
        "52.94.0.0",
        "255.255.255.255",
    ),
    Family.IPV6: ("::", "8000::", "fd00::", "fd00:0:0:1::", "fd00:8::", "2001:db8::", "ffff:ffff::", "2600:9000::"),
}
LENGTHS = {
    Family.IPV4: (0, 0, 0, 0, 1, 2, 7, 8, 9, 12, 16, 17, 24, 25, 31, 32),
    Family.IPV6: (0, 0, 0, 0, 1, 2, 8, 16, 32, 33, 48, 56, 64, 127, 128),
}
VPC = {Family.IPV4: ip_network("10.0.0.0/16"), Family.IPV6: ip_network("fd00::/56")}
SUBNETS = {
    Family.IPV4: (ip_network("10.0.1.0/24"), ip_network("10.0.2.0/24")),
    Family.IPV6: (ip_network("fd00:0:0:1::/64"), ip_network("fd00:0:0:2::/64")),
}
PORTS = (*4 * ((0, 65535),), (443, 443), (0, 0), (65535, 65535), (0, 32767), (32768, 65535), (1, 65535), (0, 65534), (400, 500))
PROTOCOLS = (EVERY, EVERY, EVERY, TCP, TCP, TCP, UDP, UDP, ICMP, GRE, ESP)
CLASSES = {TCP: Protocol.TCP, UDP: Protocol.UDP, ICMP: Protocol.ICMP, GRE: Protocol.OTHER, ESP: Protocol.OTHER}
INSIDE = (TargetKind.NAT_GATEWAY, TargetKind.INTERFACE, TargetKind.GWLB_ENDPOINT, TargetKind.NETWORK_FIREWALL)
"""What a route inside the VPC may lead to."""
MORE = ip_network("10.8.0.0/16")
"""A range of the VPC that may be hidden."""
KINDS = (
    *3 * (TargetKind.TRANSIT_GATEWAY, TargetKind.GWLB_ENDPOINT, TargetKind.NAT_GATEWAY),
    TargetKind.NETWORK_FIREWALL,
    TargetKind.EGRESS_ONLY,
    TargetKind.INTERNET_GATEWAY,
    TargetKind.VIRTUAL_PRIVATE_GATEWAY,
    TargetKind.PEERING,
    TargetKind.CORE_NETWORK,
    TargetKind.INTERFACE,
    TargetKind.S3_ENDPOINT,
    TargetKind.DYNAMODB_ENDPOINT,
)
LISTS = {
    "pl-office": (ip_network("203.0.113.0/24"), ip_network("10.8.0.0/16")),
    "pl-world": (ip_network("0.0.0.0/0"), ip_network("::/0")),
    "pl-six": (ip_network("fd00:8::/32"),),
}
ATTACHED = ("sg", "sg2")
PEER_GROUPS = ("sg", "sg-clients")
OTHER_GROUP = "sg-elsewhere"
UNSEEN = "not in the text"
"""The name of a route to a range that no text gives: that of a service, or a hidden one of the VPC."""
LISTENERS = ((TCP, 443, 443), (UDP, 0, 1024))

RULE_DOUBTS = ("absent", "block", "adrift", "vague", "long", "ports", "protocol", "either", "named")
ROUTE_DOUBTS = ("absent", "block", "destination", "service", "target", "table", "either")
SERVICES = {Family.IPV4: ip_network("52.94.0.0/22"), Family.IPV6: ip_network("2600:9000::/28")}
"""What the text never says: the addresses of a service that a gateway endpoint leads to."""
SERVICE_KINDS = (TargetKind.S3_ENDPOINT, TargetKind.DYNAMODB_ENDPOINT, TargetKind.DYNAMODB_ENDPOINT)


@dataclass(frozen=True, slots=True)
class Told:
    """
    What the text says of one thing, and what it turns out to be: nothing, or that.
    """

    text: Permission | Line
    truth: tuple[Rule, ...] | tuple[Route, ...]


@st.composite
def cidrs(draw: st.DrawFn, family: Family) -> Cidr:
    """
    Draw a CIDR; many are for everyone, and many lie in one another.
    """
    base, length = draw(st.sampled_from(BASES[family])), draw(st.sampled_from(LENGTHS[family]))
    return ip_network(f"{base}/{length}", strict=False)


@st.composite
def rules(draw: st.DrawFn, families: tuple[Family, ...]) -> Rule:
    """
    Draw a rule of a security group.
    """
    protocol = draw(st.sampled_from(PROTOCOLS))
    first, last = draw(st.sampled_from(PORTS)) if protocol in {TCP, UDP} else (0, 65535)
    peer: Cidr | tuple[Cidr, ...] | str
    match draw(st.sampled_from((*4 * ("cidr",), "list", "group"))):
        case "list":
            peer = LISTS[draw(st.sampled_from(sorted(LISTS)))]
        case "group":
            peer = draw(st.sampled_from(PEER_GROUPS))
        case _:
            peer = draw(cidrs(draw(st.sampled_from(families))))
            protocol = ICMP6 if protocol == ICMP and peer.version == 6 else protocol
    return Rule(draw(st.sampled_from((IN, OUT))), protocol, peer, first, last)


def boxes(rule: Rule) -> tuple[Box, ...]:
    """
    Return the flows that the rule admits, in the words of the model.
    """
    peer: Peer
    if isinstance(rule.peer, str):
        families, peer = tuple(Family), GroupPeer(rule.peer)
    elif isinstance(rule.peer, tuple):
        name = next(name for name, entries in LISTS.items() if entries == rule.peer)
        families, peer = tuple(dict.fromkeys(family(one) for one in rule.peer)), ListPeer(name, rule.peer)
    else:
        families, peer = (family(rule.peer),), rule.peer
    if rule.protocol == EVERY:
        return tuple(Box(one, protocol, peer, ALL_PORTS) for one in families for protocol in Protocol)
    if rule.protocol in {ICMP, ICMP6}:
        own = Family.IPV4 if rule.protocol == ICMP else Family.IPV6
        return tuple(Box(one, Protocol.ICMP, peer, ALL_PORTS) for one in families if one is own)
    ports = Ports(rule.first, rule.last)
    return tuple(Box(one, CLASSES[rule.protocol], peer, ports) for one in families)


def family(prefix: Cidr) -> Family:
    """
    Return the address family of the prefix.
    """
    return Family.IPV4 if isinstance(prefix, IPv4Network) else Family.IPV6


@st.composite
def told_rules(draw: st.DrawFn, families: tuple[Family, ...], doubts: tuple[str, ...]) -> Told:
    """
    Draw a rule of a group, of which something may not be known.
    """
    rule = draw(rules(families))
    group = draw(st.sampled_from((*ATTACHED, *ATTACHED, OTHER_GROUP)))
    text = permission(rule, group)
    holds = (rule,) if group in ATTACHED else ()
    some = holds if draw(st.booleans()) else ()
    plain = not isinstance(rule.peer, (str, tuple))
    most: tuple[Box, ...] = ()
    match draw(st.sampled_from(doubts)):
        case "absent":
            return Told(replace(text, origin=origin(f"{group}.rule", maybe=unknown())), some)
        case "block":
            return Told(replace(text, boxes=Bounds((), text.boxes.most, (unknown(),))), some)
        case "adrift":
            return Told(replace(text, group=unknown()), holds)
        case "vague" if plain:
            everyone = ip_network("0.0.0.0/0" if rule.peer.version == 4 else "::/0")  # type: ignore[union-attr]
            most = boxes(replace(rule, peer=everyone))
        case "long" if plain and rule.peer.prefixlen > 0:  # type: ignore[union-attr]
            everyone = ip_network("0.0.0.0/0" if rule.peer.version == 4 else "::/0")  # type: ignore[union-attr]
            most = tuple(box for half in everyone.subnets() for box in boxes(replace(rule, peer=half)))
        case "named" if not plain:
            named = tuple(replace(box, peer=nameless(box.peer)) for box in boxes(rule))
            if not isinstance(rule.peer, str):
                named = tuple(dict.fromkeys(replace(box, family=one) for box in named for one in Family))
            return Told(replace(text, boxes=Bounds((), named, (unknown(),))), holds)
        case "ports" if rule.protocol in {TCP, UDP}:
            most = boxes(replace(rule, first=0, last=65535))
        case "protocol":
            most = boxes(replace(rule, protocol=EVERY))
        case "either" if plain:
            other = replace(rule, peer=draw(cidrs(family(rule.peer))))  # type: ignore[arg-type]
            return Told(
                replace(text, boxes=alternatives(rule, other)), (draw(st.sampled_from((rule, other))),) if holds else ()
            )
    if most:
        return Told(replace(text, boxes=Bounds((), most, (unknown(),)), vague=True), holds)
    return Told(text, holds)


def nameless(peer: Peer) -> Peer:
    """
    Return the peer as it is when the text does not say what is in the prefix list, or which security group it is.
    """
    return replace(peer, entries=None) if isinstance(peer, ListPeer) else GroupPeer(unknown())


def permission(rule: Rule, group: str) -> Permission:
    """
    Return a rule of the group that is wholly known.
    """
    return Permission(origin(f"{group}.rule"), group, Direction(rule.way), Bounds(boxes(rule), boxes(rule)))


def alternatives(rule: Rule, other: Rule) -> Bounds[tuple[Box, ...]]:
    """
    Return the bounds of a rule that is one of two which differ in the CIDR: what both admit, and what any does.
    """
    one, two = boxes(rule), boxes(other)
    if one == two:
        return Bounds(one, one)
    first, second = rule.peer, other.peer
    inner = [box for box in (one, two) if all(box[0].peer.subnet_of(peer) for peer in (first, second))]  # type: ignore[union-attr, arg-type]
    return Bounds(inner[0] if inner else (), (*one, *two), (unknown(),))


@st.composite
def told_routes(draw: st.DrawFn, table: str, families: tuple[Family, ...], doubts: tuple[str, ...]) -> tuple[Told, ...]:
    """
    Draw the routes of a table, of each of which something may not be known.
    """
    found: list[Told] = []
    taken: set[Cidr] = set()
    for _ in range(draw(st.integers(0, 4))):
        one = draw(told_route(table, draw(st.sampled_from(families)), doubts))
        destinations = {route.destination for route in one.truth if isinstance(route, Route)}
        if not destinations & taken:
            taken |= destinations
            found.append(one)
    return tuple(found)


@st.composite
def told_route(draw: st.DrawFn, table: str, of: Family, doubts: tuple[str, ...]) -> Told:
    """
    Draw a route to one CIDR or to a prefix list.
    """
    wanted = draw(st.sampled_from((*5 * ("cidr",), "own", "list")))
    if wanted == "list":
        where: tuple[Cidr, ...] = LISTS["pl-office"]
    else:
        own = draw(st.sampled_from((VPC[of], *SUBNETS[of])))
        where = (own if wanted == "own" else draw(cidrs(of)),)
        if inside_vpc(where[0]) and where[0] not in (VPC[of], *SUBNETS[of]):
            where = (own,)
    kinds = INSIDE if inside_vpc(where[0]) else KINDS
    kind = draw(st.sampled_from(kinds))
    target = Target(kind, f"{kind.value}.{draw(st.sampled_from('xy'))}")
    line = Line(origin(f"route {where[0]}", 20), table, where, (target,))
    truth = routes(where, target)
    some = truth if draw(st.booleans()) else ()
    match draw(st.sampled_from(doubts)):
        case "absent" | "block" as which:
            doubtful = replace(line, maybe=unknown())
            return Told(
                replace(line, origin=origin(f"route {where[0]}", 20, unknown())) if which == "absent" else doubtful, some
            )
        case "service":
            return draw(told_service(line, of))
        case "destination" if kind in {TargetKind.S3_ENDPOINT, TargetKind.DYNAMODB_ENDPOINT}:
            return Told(replace(line, destinations=(unknown(),)), tuple(replace(one, name=UNSEEN) for one in truth))
        case "destination":
            return Told(replace(line, destinations=(unknown(),), families=tuple({family(one): 0 for one in where})), truth)
        case "target":
            return Told(replace(line, targets=(Target(TargetKind.UNKNOWN, why=unknown()),)), truth)
        case "table":
            return Told(replace(line, table=unknown()), some)
        case "either":
            other = draw(st.sampled_from(kinds))
            targets = (target, Target(other, f"{other.value}.z"))
            return Told(replace(line, targets=targets), routes(where, draw(st.sampled_from(targets))))
    return Told(line, truth)


@st.composite
def told_service(draw: st.DrawFn, line: Line, of: Family) -> Told:
    """
    Draw a route to a service by a gateway endpoint, in the place of a route.
    """
    kind, maybe = draw(st.sampled_from(SERVICE_KINDS)), draw(st.sampled_from((None, unknown())))
    target = Target(kind, f"{kind.value}.x")
    line = replace(line, targets=(target,), destinations=(unknown(),), families=(of,), maybe=maybe)
    there = routes((SERVICES[of],), Target(kind, UNSEEN))
    return Told(line, there if maybe is None or draw(st.booleans()) else ())


def inside_vpc(destination: Cidr) -> bool:
    """
    Return whether the destination lies in the range of the VPC.
    """
    return destination.subnet_of(VPC[family(destination)])  # type: ignore[arg-type]


def routes(where: Sequence[Cidr], target: Target) -> tuple[Route, ...]:
    """
    Return the routes to the destinations.
    """
    return tuple(Route(one, target.kind.value, target.address, listed=len(where) > 1) for one in where)
