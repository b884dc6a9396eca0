"""
What an opening exposes agrees with an interpreter that looks at one packet, before and after: tests/packet.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sglint.graph import build
from sglint.model import (
    Acl,
    AclEntry,
    Attachment,
    Box,
    Direction,
    GatewayAttachment,
    Network,
    Peering,
    RemoteAttachment,
    RemoteKind,
    Target,
    TargetKind,
    TransitAssociation,
    TransitPropagation,
    TransitRoute,
    TransitTable,
    Vpc,
)
from sglint.space import EVERYONE, Bounds, Family, FlowSet, Ports, Protocol, flows, union
from sglint.track import Exposure, expose, is_wide, judge, survey
from sglint.track.expose import is_wide_open
from sglint.track.filter import lets_through
from sglint.value import Unknown
from tests.networks import blurred, boxes, leads, network, origin, unknown
from tests.packet import EVERY, IN, OUT, TCP, UDP, AclRule, Answer, Interface, Packet, Rule, acl_allows, answer, route_to
from tests.packet import Route as RealRoute
from tests.test_agreement import CLASSES, FAMILIES, corners, edges
from tests.told import PORTS, PROTOCOLS, SUBNETS, cidrs, family, permission
from tests.told import boxes as told_boxes
from tests.worlds import World, worlds

SHUT = ("nat-gateway", "egress-only-internet-gateway", "s3-gateway-endpoint", "dynamodb-gateway-endpoint", "none")
"""Through these nobody opens a connection from the other side."""
DOUBTS = ("absent", "number", "action", "peer")


@dataclass(frozen=True, slots=True)
class Asked:
    """
    A network with a network ACL in front, what it turns out to be in each subnet, and the rules that somebody may add.
    """

    world: World
    public: bool
    opened: tuple[Rule, ...]


@st.composite
def acl_rules(draw: st.DrawFn, families: tuple[Family, ...], number: int) -> AclRule:
    """
    Draw a rule of a network ACL; most allow.
    """
    of = draw(st.sampled_from(families))
    protocol = draw(st.sampled_from((*PROTOCOLS, EVERY)))
    first, last = draw(st.sampled_from(PORTS)) if protocol in {TCP, UDP} else (0, 65535)
    peer = draw(cidrs(of))
    return AclRule(
        number, draw(st.sampled_from((IN, IN, OUT))), draw(st.sampled_from((True, True, False))), protocol, peer, first, last
    )


def entry(rule: AclRule) -> AclEntry:
    """
    Return the rule as the text has it.
    """
    found = told_boxes(Rule(rule.way, rule.protocol, rule.peer, rule.first, rule.last))
    sure = tuple(box for box in found if rule.protocol == EVERY or box.protocol is not Protocol.OTHER)
    way = Direction(rule.way)
    return AclEntry(origin("acl"), "acl", way, rule.number, rule.allow, Bounds(sure, found), rule.peer)


@st.composite
def told_acl_rules(draw: st.DrawFn, rule: AclRule, doubts: tuple[str, ...]) -> tuple[AclEntry, AclRule | None]:
    """
    Draw a rule as the text has it, perhaps with something unknown, and what it turns out to be.
    """
    text = entry(rule)
    match draw(st.sampled_from(doubts)):
        case "absent":
            gone = draw(st.booleans())
            return replace(text, boxes=Bounds((), text.boxes.most, (unknown(),)), maybe=unknown()), None if gone else rule
        case "number":
            return replace(text, number=unknown()), replace(rule, number=draw(st.integers(1, 99)) * 7 + rule.number % 7)
        case "action":
            return replace(text, allow=unknown()), replace(rule, allow=draw(st.booleans()))
        case "peer":
            everyone = EVERYONE[family(rule.peer)]
            most = tuple(Box(box.family, box.protocol, everyone, box.ports) for box in text.boxes.most)
            return replace(text, boxes=Bounds((), most, (unknown(),)), peer=unknown()), rule
    return text, rule


@st.composite
def asked(draw: st.DrawFn, *, sure: bool) -> Asked:
    """
    Draw a network with a network ACL, and the rules that somebody may add.
    """
    world = draw(worlds(sure=sure))
    numbers = draw(st.lists(st.integers(100, 900).map(lambda n: n * 7), max_size=6, unique=True))
    drawn = [draw(acl_rules(world.families, number)) for number in numbers]
    told = [draw(told_acl_rules(one, ("known",) if sure else (*3 * ("known",), *DOUBTS))) for one in drawn]
    truth = [one for _, one in told if one is not None]
    acl = Acl(
        origin("acl", 8), "vpc", tuple(one.origin.address for one in world.net.subnets), entries=tuple(one for one, _ in told)
    )
    acls: tuple[Acl, ...] = (acl,)
    match draw(st.sampled_from(("known", "known", "hidden", "maybe", "elsewhere", "unknown"))) if not sure else "known":
        case "hidden":
            acls = (replace(acl, hidden=unknown(), entries=acl.entries[:1]),)
        case "maybe":
            acls = (replace(acl, origin=origin("acl", 8, unknown())),)
        case "elsewhere":
            acls = ()
        case "unknown":
            acls = (replace(acl, subnets=(unknown(),)),)
    public = draw(st.booleans())
    hazy = not sure and draw(st.booleans())
    (eni,) = world.net.interfaces
    net = replace(world.net, acls=acls, interfaces=(replace(eni, public=unknown() if hazy else public),))
    truths = tuple(replace(one, acl=truth) for one in world.truths)
    opened = draw(
        st.lists(
            st.builds(opening, st.sampled_from((IN, OUT)), st.sampled_from((TCP, UDP)), st.sampled_from(PORTS)),
            min_size=1,
            max_size=3,
        )
    )
    return Asked(World(net, truths, world.families), public, tuple(one for many in opened for one in many))


def opening(way: str, protocol: int, ports: tuple[int, int]) -> tuple[Rule, ...]:
    """
    Return a rule for everyone, in both families.
    """
    return tuple(Rule(way, protocol, ip_network(EVERYONE[one]), *ports) for one in Family)


def as_flows(asked: Asked, way: str) -> FlowSet:
    """
    Return what the added rules open in one direction.
    """
    rules = [one for one in asked.opened if one.way == way]
    return union(flows(family(one.peer), CLASSES[one.protocol], one.peer, Ports(one.first, one.last)) for one in rules)  # type: ignore[arg-type]


def exposures(asked: Asked) -> dict[str, Exposure]:
    """
    Return what the added rules expose in each direction.
    """
    (found,) = judge(asked.world.net, build(asked.world.net))
    about = survey(asked.world.net)
    return {way: expose(about, found, Direction(way), as_flows(asked, way)) for way in (IN, OUT)}


def packets(asked: Asked) -> Iterator[tuple[Interface, Packet]]:
    """
    Yield packets at and beside the edges of every rule, route and rule of the network ACL, of TCP and UDP, in each subnet.
    """
    found: dict[Packet, None] = {}
    for truth in asked.world.truths:
        edges = [Rule(one.way, one.protocol, one.peer, one.first, one.last) for one in truth.acl or ()]
        met = corners(replace(truth, rules=[*truth.rules, *asked.opened, *edges]), asked.world.families)
        found |= dict.fromkeys(one for one in met if one.protocol in {TCP, UDP} and not one.groups)
    for n, truth in enumerate(asked.world.truths):
        yield from ((replace(truth, neighbours=SUBNETS[FAMILIES[one.peer.version]][n]), one) for one in found)


def is_new(asked: Asked, truth: Interface, packet: Packet) -> bool:
    """
    Return whether the packet gets through once the rules are added, and did not before.
    """
    after = replace(truth, rules=[*truth.rules, *asked.opened])
    if answer(truth, packet) is not Answer.DENIED or answer(after, packet) in {Answer.DENIED, Answer.NOWHERE}:
        return False
    route = route_to(truth.routes, packet.peer)
    assert route is not None
    if route.kind == "internet-gateway" and packet.peer.version == 4:
        return asked.public
    return packet.way == OUT or route.kind not in SHUT


def has(found: FlowSet, packet: Packet) -> bool:
    """
    Return whether the flow that starts with the packet is in the set.
    """
    of, peer = FAMILIES[packet.peer.version], ip_network(packet.peer)
    return flows(of, CLASSES[packet.protocol], peer, Ports(packet.destination_port, packet.destination_port)) <= found


def check(asked: Asked) -> None:
    """
    Check that what is new lies between the bounds.
    """
    found = exposures(asked)
    least: dict[Packet, bool] = {}
    for truth, packet in packets(asked):
        new = is_new(asked, truth, packet)
        one = found[packet.way]
        assert has(one.flows.most, packet) or not new, (packet, truth)
        if has(one.flows.least, packet):
            least[packet] = least.get(packet, False) or new
    assert all(least.values()), [packet for packet, new in least.items() if not new]
    for one in found.values():
        assert one.flows.least <= one.flows.most <= one.new
        assert bool(one.flows.because) <= (not one.flows.certain)
        assert union(door.flows.most for door in one.doors) == one.flows.most
        assert not one.flows.most & one.stray


@given(asked(sure=True))
def test_exactly_what_is_newly_admitted_is_exposed(asked: Asked) -> None:
    check(asked)
    if asked.world.families == (Family.IPV4,):
        assert all(one.flows.certain for one in exposures(asked).values())


@given(asked(sure=False))
def test_what_may_be_newly_admitted_is_exposed_and_no_less_than_what_surely_is(asked: Asked) -> None:
    check(asked)


@given(st.booleans().flatmap(lambda sure: asked(sure=sure)))
def test_what_the_groups_admit_already_is_not_exposed_again(asked: Asked) -> None:
    net = asked.world.net
    more = tuple(permission(rule, "sg") for rule in asked.opened)
    world = replace(asked.world, net=replace(net, permissions=(*net.permissions, *more)))
    assert not any(one.flows.most or one.stray for one in exposures(replace(asked, world=world)).values())


def test_a_rule_for_a_single_address_that_is_not_known_leaves_it_sure_that_the_rest_is_new() -> None:
    one = blurred("in", "tcp", "203.0.113.7/32", "443")
    routes = [leads("rt", "0.0.0.0/0", TargetKind.TRANSIT_GATEWAY)]
    opened = flows(Family.IPV4, Protocol.TCP, ip_network("0.0.0.0/0"), Ports(443, 443))
    for single in (True, False):
        halves = tuple(box for half in ("0.0.0.0/1", "128.0.0.0/1") for box in boxes("tcp", half, "443"))
        doubtful = replace(one, boxes=replace(one.boxes, most=halves), vague=True, single=single)
        net = network([doubtful], routes)
        (judged,) = judge(net, build(net))
        found = expose(survey(net), judged, Direction.IN, opened)
        assert bool(found.flows.least) == single
        assert found.flows.most


@st.composite
def acls(draw: st.DrawFn, *, sure: bool) -> tuple[Acl, Interface]:
    """
    Draw a network ACL whose rules overlap, and what it turns out to be.
    """
    numbers = draw(st.lists(st.integers(100, 900).map(lambda n: n * 7), min_size=2, max_size=6, unique=True))
    near = st.sampled_from([ip_network(one) for one in ("0.0.0.0/0", "10.0.0.0/8", "10.8.0.0/16", "::/0")])
    drawn = [replace(draw(acl_rules(tuple(Family), number)), way=IN, peer=draw(near)) for number in numbers]
    told = [draw(told_acl_rules(one, ("known",) if sure else ("known", "known", *DOUBTS))) for one in drawn]
    truth = Interface(acl=[one for _, one in told if one is not None])
    return Acl(origin("acl", 8), "vpc", entries=tuple(one for one, _ in told)), truth


@settings(max_examples=3 * settings().max_examples)
@given(st.booleans().flatmap(lambda sure: st.tuples(st.just(sure), acls(sure=sure))))
def test_a_network_acl_lets_through_what_its_first_rule_that_matches_allows(drawn: tuple[bool, tuple[Acl, Interface]]) -> None:
    sure, (acl, truth) = drawn
    found = lets_through((acl,), Direction.IN)
    edges = [Rule(IN, TCP, one.peer, one.first, one.last) for one in truth.acl or ()]
    for packet in corners(replace(truth, rules=edges), tuple(Family)):
        if packet.protocol in {TCP, UDP} and packet.way == IN:
            allowed = acl_allows(truth, packet)
            assert has(found.least, packet) <= allowed <= has(found.most, packet), packet
            assert not sure or has(found.least, packet) == has(found.most, packet), packet


TGW_PREFIXES = [
    ip_network(one) for one in ("0.0.0.0/0", "10.0.0.0/8", "10.7.0.0/16", "10.7.1.0/24", "10.8.0.0/16", "172.16.0.0/12")
]


def behind_gateway(routes: Sequence[TransitRoute] = (), **table: object) -> Network:
    """
    Return a subnet whose VPC leads to a transit gateway, and to another VPC that propagates 10.7.0.0/16 there.
    """
    base = network(routes=[leads("rt", "0.0.0.0/0", Target(TargetKind.TRANSIT_GATEWAY, "tgw"))])
    return replace(
        base,
        vpcs=(*base.vpcs, Vpc(origin("vpc2", 7), (ip_network("10.7.0.0/16"),))),
        acls=(
            Acl(
                origin("acl"),
                "vpc",
                ("subnet",),
                entries=tuple(entry(AclRule(1, way, True, EVERY, ip_network("0.0.0.0/0"))) for way in (IN, OUT)),
            ),
        ),
        attachments=(
            Attachment(origin("att", 30), "tgw", "vpc", ("subnet",)),
            Attachment(origin("att2", 31), "tgw", "vpc2", ("subnet2",)),
        ),
        remotes=(RemoteAttachment(origin("vpn", 32), RemoteKind.VPN, "tgw"),),
        transit_tables=(replace(TransitTable(origin("trt", 33), "tgw"), **table),),  # type: ignore[arg-type]
        transit_associations=(TransitAssociation(origin("assoc", 34), "trt", "att"),),
        transit_propagations=(TransitPropagation(origin("prop", 35), "trt", "att2"),),
        transit_routes=tuple(routes),
    )


def coming(net: Network) -> tuple[FlowSet, tuple[str, ...]]:
    """
    Return who can newly come in when everything is opened, and the destinations that are named for it.
    """
    (judged,) = judge(net, build(net))
    every = flows(Family.IPV4, Protocol.TCP, ip_network("0.0.0.0/0"))
    found = expose(survey(net), judged, Direction.IN, every)
    gates = [door for door in found.doors if door.target.kind is TargetKind.TRANSIT_GATEWAY]
    return union(door.flows.most for door in gates), tuple(str(one) for door in gates for one in door.destinations)


@given(st.lists(st.tuples(st.sampled_from(TGW_PREFIXES), st.booleans()), max_size=4, unique_by=lambda one: one[0]))
def test_through_a_transit_gateway_comes_who_its_route_table_leads_to(drawn: list[tuple[IPv4Network, bool]]) -> None:
    routes = [
        TransitRoute(origin(f"static {where}", 36), "trt", (where,), None if hole else "vpn", hole) for where, hole in drawn
    ]
    led, _ = coming(behind_gateway(routes))
    real = [RealRoute(where, "blackhole" if hole else "vpn") for where, hole in drawn]
    real += [RealRoute(ip_network("10.7.0.0/16"), "att2", listed=True)]
    for where in TGW_PREFIXES:
        for address in edges([where]):
            if address in ip_network("10.0.0.0/16"):
                continue
            taken = route_to(real, address)
            reached = taken is not None and taken.kind != "blackhole"
            assert bool(led & flows(Family.IPV4, Protocol.TCP, ip_network(address))) == reached, address


def test_only_networks_of_the_gateway_are_named() -> None:
    assert coming(behind_gateway())[1] == ("10.7.0.0/16",)


@pytest.mark.parametrize(
    "net",
    [
        behind_gateway(hidden=unknown()),
        behind_gateway(propagation=True),
        behind_gateway([TransitRoute(origin("static", 36), "trt", (unknown(),), "vpn")]),
        behind_gateway([TransitRoute(origin("static", 36), unknown(), (ip_network("10.8.0.0/16"),), "vpn")]),
        behind_gateway([TransitRoute(origin("static", 36, unknown()), "trt", (ip_network("10.8.0.0/16"),), "vpn")]),
        replace(behind_gateway(), transit_tables=()),
        replace(behind_gateway(), transit_associations=()),
        replace(behind_gateway(), transit_propagations=(TransitPropagation(origin("prop", 35), "trt", "vpn"),)),
        replace(behind_gateway(), transit_propagations=(TransitPropagation(origin("prop", 35), "trt", unknown()),)),
        replace(behind_gateway(), transit_propagations=(TransitPropagation(origin("prop", 35, unknown()), "trt", "att2"),)),
        replace(behind_gateway(), attachments=(Attachment(origin("att", 30), "tgw", unknown(), ("subnet",)),)),
        replace(behind_gateway(), attachments=()),
    ],
)
def test_where_something_of_the_gateway_is_not_known_nobody_is_left_out(net: Network) -> None:
    assert coming(net)[1] == ("0.0.0.0/0",)


@pytest.mark.parametrize(
    ("cidr", "wide"),
    [("0.0.0.0/0", True), ("0.0.0.0/1", True), ("0.0.0.0/2", False), ("2000::/4", True), ("2000::/5", False), ("::/0", True)],
)
def test_half_of_the_internet_is_the_internet_at_large(cidr: str, wide: bool) -> None:
    where = ip_network(cidr)
    every = flows(family(where), Protocol.TCP, where)
    some = flows(family(where), Protocol.UDP, where, Ports(1, 65535))
    assert (is_wide(every), is_wide(some), is_wide_open(every), is_wide_open(some)) == (wide, wide, wide, False)


def stray(net: Network, public: bool | Unknown = False, peer: str = "8.0.0.0/8") -> bool:
    """
    Return whether packets may come in that no route leads back to.
    """
    net = replace(net, interfaces=(replace(net.interfaces[0], public=public),))
    (judged,) = judge(net, build(net))
    there = ip_network(peer)
    return bool(expose(survey(net), judged, Direction.IN, flows(family(there), Protocol.TCP, there)).stray)


def gateway(kind: TargetKind, vpc: str | Unknown = "vpc") -> GatewayAttachment:
    """
    Return a gateway that is attached to the VPC.
    """
    return GatewayAttachment(origin("gw", 9), kind, "gw", vpc)


def test_packets_that_cannot_be_answered_come_by_whatever_is_joined_to_the_vpc() -> None:
    alone = replace(network(), acls=behind_gateway().acls)
    assert not stray(alone)
    igw, vgw, out = (
        gateway(kind) for kind in (TargetKind.INTERNET_GATEWAY, TargetKind.VIRTUAL_PRIVATE_GATEWAY, TargetKind.EGRESS_ONLY)
    )
    assert not stray(replace(alone, gateways=(igw,)))
    assert stray(replace(alone, gateways=(igw,)), public=True)
    assert stray(replace(alone, gateways=(igw,)), public=unknown())
    dual = (replace(alone.subnets[0], ipv6=True),)
    assert not stray(replace(alone, gateways=(igw,), subnets=dual))
    assert stray(replace(alone, gateways=(igw,), subnets=dual), peer="2600::/12")
    away = replace(alone, gateways=(), routes=(leads("rt", "10.9.0.0/16", TargetKind.TRANSIT_GATEWAY),))
    assert stray(away)
    assert not stray(replace(away, routes=(leads("other", "10.9.0.0/16", TargetKind.TRANSIT_GATEWAY),)))
    assert stray(replace(alone, gateways=(vgw,)))
    assert not stray(replace(alone, gateways=(out,)))
    assert not stray(replace(alone, gateways=(replace(vgw, vpc="other"),)))
    assert stray(replace(alone, gateways=(replace(vgw, vpc=unknown()),)))
    assert stray(replace(alone, attachments=(Attachment(origin("att", 30), "tgw", "vpc", ("subnet",)),)))
    assert not stray(replace(alone, attachments=(Attachment(origin("att", 30), "tgw", "other", ("subnet",)),)))
    assert stray(replace(alone, peerings=(Peering(origin("pcx", 31), "other", "vpc"),)))
    assert not stray(replace(alone, peerings=(Peering(origin("pcx", 31), "other", "another"),)))
    assert stray(replace(alone, vpcs=(replace(alone.vpcs[0], hidden=unknown()),)))
    assert stray(replace(alone, subnets=(replace(alone.subnets[0], hidden=unknown()),)))
