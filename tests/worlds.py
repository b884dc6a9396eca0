"""
Random networks, each as the text has it, perhaps with unknowns, and as what it turns out to be.

The text is a `Network`, as lowering would write it; the truth is an interface of tests/packet.py for each subnet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, ip_network

from hypothesis import strategies as st

from sglint.model import (
    Association,
    Box,
    Direction,
    Group,
    GroupPeer,
    ListPeer,
    Network,
    Peer,
    Permission,
    Subnet,
    Table,
    Target,
    TargetKind,
    Vpc,
)
from sglint.model import Route as Line
from sglint.space import ALL_PORTS, Bounds, Family, Ports, Protocol
from tests.networks import interface, origin, unknown
from tests.packet import ESP, EVERY, GRE, ICMP, ICMP6, IN, OUT, TCP, UDP, Cidr, Interface, Route, Rule

BASES = {
    Family.IPV4: ("0.0.0.1", "128.0.0.0", "10.0.0.0", "10.0.1.0", "10.8.0.0", "10.8.1.128", "203.0.113.0", "255.255.255.255"),
    Family.IPV6: ("::", "8000::", "fd00::", "fd00:0:0:1::", "fd00:8::", "2001:db8::", "ffff:ffff::"),
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
LISTENERS = ((TCP, 443, 443), (UDP, 0, 1024))

RULE_DOUBTS = ("absent", "block", "adrift", "vague", "long", "ports", "protocol", "either")
ROUTE_DOUBTS = ("absent", "block", "destination", "target", "table", "either")


@dataclass(frozen=True, slots=True)
class World:
    """
    A network as the text has it, and what its one interface is in each of its subnets.
    """

    net: Network
    truths: tuple[Interface, ...]
    families: tuple[Family, ...]


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
        case "absent":
            return Told(replace(line, origin=origin(f"route {where[0]}", 20, unknown())), some)
        case "block":
            return Told(replace(line, maybe=unknown()), some)
        case "destination" if kind not in {TargetKind.S3_ENDPOINT, TargetKind.DYNAMODB_ENDPOINT}:
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


@st.composite
def worlds(draw: st.DrawFn, *, sure: bool) -> World:
    """
    Draw a network, its interface in one subnet or two, wholly known or not.
    """
    families = draw(st.sampled_from(((Family.IPV4,), (Family.IPV4, Family.IPV6))))
    known = ("known",)
    written = draw(st.lists(told_rules(families, known if sure else (*3 * known, *RULE_DOUBTS)), max_size=8))
    if draw(st.booleans()):
        pair = [Rule(way, EVERY, ip_network("0.0.0.0/0")) for way in (IN, OUT)]
        written += [Told(permission(rule, "sg2"), (rule,)) for rule in pair]
    tables = [draw(told_routes(name, families, known if sure else (*3 * known, *ROUTE_DOUBTS))) for name in ("rt", "rt2")]
    count = draw(st.sampled_from((1, 1, 2)))
    local = tuple(Route(VPC[one], TargetKind.LOCAL.value) for one in families)
    serves = draw(st.sampled_from((None, None, None, LISTENERS)))
    automatic = draw(st.sampled_from((False, False, False, True)))
    held = [rule for one in written for rule in one.truth if isinstance(rule, Rule)]
    truths = [
        Interface(
            held, [*local, *(route for one in table for route in one.truth if isinstance(route, Route))], automatic, serves
        )
        for table in tables[:count]
    ]
    net = text(written, tables[:count], families)
    eni = replace(
        interface(groups=ATTACHED, subnets=("subnet", "subnet2")[:count], automatic="AWS Lambda" if automatic else ""),
        serves=None if serves is None else tuple((CLASSES[one], Ports(first, last)) for one, first, last in serves),
    )
    world = World(replace(net, interfaces=(eni,)), tuple(truths), families)
    return world if sure else draw(hidden(world))


def text(written: Sequence[Told], tables: Sequence[Sequence[Told]], families: tuple[Family, ...]) -> Network:
    """
    Return the network of these rules and routes, without its interface.
    """
    names = [("subnet", "rt"), ("subnet2", "rt2")][: len(tables)]
    return Network(
        root=".",
        vpcs=(Vpc(origin("vpc"), tuple(VPC[one] for one in families), ipv6=Family.IPV6 in families),),
        subnets=tuple(
            Subnet(origin(name, 2), "vpc", tuple(SUBNETS[one][n] for one in families), ipv6=Family.IPV6 in families)
            for n, (name, _) in enumerate(names)
        ),
        groups=tuple(Group(origin(name, 3), "vpc") for name in (*ATTACHED, OTHER_GROUP)),
        permissions=tuple(one.text for one in written if isinstance(one.text, Permission)),
        tables=tuple(Table(origin(name, 5), "vpc") for _, name in names),
        associations=tuple(Association(origin(f"association {name}", 21), table, name) for name, table in names),
        routes=tuple(one.text for table in tables for one in table if isinstance(one.text, Line)),
    )


@st.composite
def hidden(draw: st.DrawFn, world: World) -> World:
    """
    Draw what else is not in the text: rules of a group, routes of a table, which groups the interface has, its subnet.
    """
    net, truths = world.net, [replace(one, rules=[*one.rules], routes=[*one.routes]) for one in world.truths]
    eni = net.interfaces[0]
    match draw(st.sampled_from((*4 * ("nothing",), "rules", "group", "routes", "association", "subnet"))):
        case "rules" | "group" as which:
            more = draw(st.lists(rules(world.families), max_size=4))
            truths = [replace(one, rules=[*one.rules, *more]) for one in truths]
            if which == "group":
                eni = replace(eni, groups=(*eni.groups, unknown()))
            else:
                net = replace(net, groups=(replace(net.groups[0], hidden=unknown()), *net.groups[1:]))
        case "routes":
            net = replace(net, tables=(replace(net.tables[0], hidden=unknown()), *net.tables[1:]))
            truths[0] = replace(truths[0], routes=[*truths[0].routes, *draw(more_routes(truths[0], world.families))])
        case "association":
            net = replace(net, associations=(replace(net.associations[0], origin=origin("association rt", 21, unknown())),))
            truths = truths[:1]
            eni = replace(eni, subnets=eni.subnets[:1])
            if draw(st.booleans()):
                truths[0] = replace(truths[0], routes=[one for one in truths[0].routes if one.kind == "local"])
        case "subnet":
            eni = replace(eni, subnets=(*eni.subnets[:-1], unknown()))
    return World(replace(net, interfaces=(eni,)), tuple(truths), world.families)


@st.composite
def more_routes(draw: st.DrawFn, truth: Interface, families: tuple[Family, ...]) -> list[Route]:
    """
    Draw routes to what the table has no route to.
    """
    taken = {route.destination for route in truth.routes}
    more = draw(told_routes("rt", families, ("known",)))
    return [route for one in more for route in one.truth if isinstance(route, Route) and route.destination not in taken]
