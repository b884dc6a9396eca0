"""
The verdicts agree with an interpreter that looks at one packet: tests/packet.py.

Each run draws some hundred networks and asks of each about the corners of every rule and route. To draw more of them:

    python -m pytest tests/test_agreement.py --hypothesis-profile=thorough
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_network
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from sglint.graph import build
from sglint.model import Balanced, Direction, Network, TargetKind
from sglint.space import Bounds, Family, Protocol
from sglint.track import Judgement, State, Verdict, judge
from tests.lower.build import PLACE, net
from tests.packet import (
    ESP,
    EVERY,
    GRE,
    ICMP,
    ICMP6,
    IN,
    OUT,
    TCP,
    UDP,
    Address,
    Answer,
    Cidr,
    Interface,
    Packet,
    Route,
    answer,
    by_rules,
    change,
    passes,
    route_to,
)
from tests.terraform import spelled
from tests.told import LISTS, SERVICES, SUBNETS, UNSEEN
from tests.worlds import World, worlds

STATES = {
    Answer.DENIED: State.DENIED,
    Answer.TRACKED: State.TRACKED,
    Answer.AUTOMATIC: State.TRACKED,
    Answer.UNTRACKED: State.UNTRACKED,
}
CLASSES = {
    TCP: Protocol.TCP,
    UDP: Protocol.UDP,
    ICMP: Protocol.ICMP,
    ICMP6: Protocol.ICMP,
    GRE: Protocol.OTHER,
    ESP: Protocol.OTHER,
}
FAMILIES = {4: Family.IPV4, 6: Family.IPV6}
NAMELESS = "a security group that is not known"
IN_SCOPE = ("transit-gateway", "gwlb-endpoint")
many = settings(max_examples=2 * settings().max_examples)


def corners(truth: Interface, families: Sequence[Family]) -> Iterator[Packet]:
    """
    Yield packets at and just beyond the edges of every rule and route, each protocol in both directions.
    """
    routed = [route.destination for route in truth.routes]
    for rule in truth.rules:
        groups: tuple[str, ...] = ()
        if isinstance(rule.peer, str):
            named, groups = [SUBNETS[family][0] for family in families], (rule.peer,)
        else:
            named = [*rule.peer] if isinstance(rule.peer, tuple) else [rule.peer]
        protocols = (TCP, UDP, ICMP, GRE) if rule.protocol == EVERY else (rule.protocol,)
        ports = dict.fromkeys(port for port in (rule.first - 1, rule.first, rule.last, rule.last + 1) if 0 <= port <= 65535)
        for peer in edges(named):
            for protocol in protocols:
                for port in ports if protocol in {TCP, UDP} else (0,):
                    yield packet(rule.way, protocol, peer, port, groups)
    for peer in edges(routed):
        for way in (IN, OUT):
            yield from (packet(way, protocol, peer, port) for protocol in (TCP, UDP) for port in (443, 50000))
            yield packet(way, ESP, peer, 0)


def edges(prefixes: Iterable[Cidr]) -> Iterator[Address]:
    """
    Yield the first and last address of each prefix, and those beside it.
    """
    numbers: dict[Address, None] = {}
    for prefix in prefixes:
        first, last = prefix[0], prefix[-1]
        numbers |= dict.fromkeys((first, last))
        numbers |= {first - 1: None} if int(first) > 0 else {}
        numbers |= {last + 1: None} if int(last) < 2**prefix.max_prefixlen - 1 else {}
    yield from numbers


def packet(way: str, protocol: int, peer: Address, port: int, groups: tuple[str, ...] = ()) -> Packet:
    """
    Return the first packet of a flow between the interface and this peer.
    """
    own = SUBNETS[FAMILIES[peer.version]][0][9]
    number = ICMP6 if protocol == ICMP and peer.version == 6 else protocol
    ends = (peer, own) if way == IN else (own, peer)
    return Packet(way, number, *ends, 50000 if number in {TCP, UDP} else 0, port, groups)


@dataclass(frozen=True, slots=True)
class Said:
    """
    A verdict, and the CIDR that its peer is, None for a security group or prefix list.
    """

    verdict: Verdict
    cidr: Cidr | None


Table: TypeAlias = dict[tuple[Direction, Family, Protocol], list[Said]]
"""The verdicts by direction, family and protocol."""


def table_of(found: Judgement) -> Table:
    """
    Sort the verdicts for looking them up.
    """
    said: Table = {}
    for one in found.verdicts:
        cidr = ip_network(one.peer) if "/" in one.peer else None
        said.setdefault((one.direction, one.family, one.protocol), []).append(Said(one, cidr))
    return said


def listed(table: Table, first: Packet) -> list[Said]:
    """
    Return the verdicts on the direction, family, protocol and port of the flow.
    """
    key = (Direction(first.way), FAMILIES[first.peer.version], CLASSES[first.protocol])
    return [one for one in table.get(key, ()) if one.verdict.ports.first <= first.destination_port <= one.verdict.ports.last]


def longest(said: Sequence[Said], first: Packet) -> list[Verdict]:
    """
    Return the verdicts with the longest CIDR that has the peer.
    """
    around = [(one.cidr.prefixlen, one.verdict) for one in said if one.cidr is not None and first.peer in one.cidr]
    length = max((length for length, _ in around), default=0)
    return [verdict for each, verdict in around if each == length]


def about(table: Table, first: Packet, route: Route) -> list[list[Verdict]]:
    """
    Return the verdicts that the flow is in: those of the longest CIDR, then those of each prefix list and security group.
    """
    said = [one for one in listed(table, first) if not one.verdict.service and leads(one.verdict, route)]
    names = [name for name, entries in LISTS.items() if any(first.peer in entry for entry in entries)]
    names += [f"aws_ec2_managed_prefix_list.{name}" for name in names]
    names += [*first.groups, *([NAMELESS] if first.groups else [])]
    sets = [longest(said, first), *([one.verdict for one in said if one.verdict.peer == name] for name in names)]
    return [one for one in sets if one]


def leads(verdict: Verdict, route: Route) -> bool:
    """
    Return whether the verdict may be about flows that take the route.
    """
    if not verdict.candidates:
        return True
    here = (route.kind, route.name)
    return any((one.kind.value, one.address) == here or one.kind is TargetKind.UNKNOWN for one in verdict.candidates)


def bounds(sets: list[list[Verdict]], *, groups: bool = False) -> tuple[State, State]:
    """
    Return the lowest and the highest state of a flow that is in these verdicts; a flow that is in none is denied.
    """
    least = most = State.DENIED
    for one in sets:
        states = [verdict.by_groups if groups else verdict.state for verdict in one]
        least = max(least, *(state.least for state in states))
        most = max(most, min(state.most for state in states))
    return least, most


def within(found: int, between: tuple[int, int]) -> bool:
    """
    Return whether what was found lies between the bounds.
    """
    return between[0] <= found <= between[1]


def by_class(truth: Interface, first: Packet, of: Callable[[Interface, Packet], Answer]) -> Answer:
    """
    Return the best answer to a packet of the class that verdicts tell apart: GRE, ESP and the like are one class.
    """
    if CLASSES[first.protocol] is not Protocol.OTHER:
        return of(truth, first)
    found = [of(truth, replace(first, protocol=number)) for number in (GRE, ESP)]
    return next((one for one in found if one is not Answer.DENIED), Answer.DENIED)


def flows(world: World) -> Iterator[tuple[Interface, Packet, Route]]:
    """
    Yield the flows to ask about, each with the interface as it truly is and the route that it truly takes.

    What goes to a range that no text gives is left out: a verdict is about its CIDR less what longer prefixes take.
    """
    for truth in world.truths:
        for first in corners(truth, world.families):
            route = route_to(truth.routes, first.peer)
            if route is not None and route.name != UNSEEN:
                yield truth, first, route


def agree(world: World, net: Network) -> None:
    """
    Check that the verdicts on a network that is wholly known are what its packets meet.
    """
    (found,) = [one for one in judge(net, build(net)) if one.interface.address.endswith("eni")]
    table = table_of(found)
    for truth, first, route in flows(world):
        said = about(table, first, route)
        judged, groups = by_class(truth, first, answer), STATES[by_class(truth, first, by_rules)]
        state = STATES[judged]
        assert bounds(said) == (state, state), first
        assert bounds(said, groups=True) == (groups, groups), first
        automatic = {bool(verdict.automatic) for one in said for verdict in one if verdict.candidates}
        assert automatic <= {judged is Answer.AUTOMATIC}, first


@many
@given(worlds(sure=True))
def test_a_known_network_is_judged_as_its_packets_are(world: World) -> None:
    agree(world, world.net)


@given(worlds(sure=True))
def test_a_network_in_terraform_is_judged_as_its_packets_are(world: World) -> None:
    resources, renamed = spelled(world)
    agree(renamed, net(*resources))


@many
@given(worlds(sure=False))
def test_whatever_the_unknowns_turn_out_to_be_lies_between_the_bounds(world: World) -> None:
    (found,) = judge(world.net, build(world.net))
    table = table_of(found)
    for truth, first, route in flows(world):
        said = about(table, first, route)
        state, groups = (STATES[by_class(truth, first, of)] for of in (answer, by_rules))
        assert within(state, bounds(said)), first
        assert within(groups, bounds(said, groups=True)), first
    for verdict in found.verdicts:
        for between in (verdict.state, verdict.by_groups):
            assert bool(between.because) == (between.least != between.most), verdict
            assert set(between.because) <= set(found.because), verdict
        assert verdict.state.least <= verdict.by_groups.least and verdict.state.most <= verdict.by_groups.most, verdict
        assert verdict.reasons, verdict
    scope = any(one.kind in IN_SCOPE for truth in world.truths for one in truth.routes)
    assert within(scope, (found.in_scope.least, found.in_scope.most))


@given(worlds(sure=True))
def test_what_a_verdict_says_is_what_happens_to_the_packets(world: World) -> None:
    (found,) = judge(world.net, build(world.net))
    table = table_of(found)
    for truth, first, route in flows(world):
        if CLASSES[first.protocol] is Protocol.OTHER:
            continue
        state, _ = bounds(about(table, first, route))
        live = replace(truth, tracked=set(), untracked={}, cut=set())
        assert passes(live, first) == (state is not State.DENIED), first
        if state is State.DENIED:
            continue
        assert passes(live, first.reply), first
        change(live, ())
        assert passes(live, first) == passes(live, first.reply) == (state is State.TRACKED), first


@given(st.booleans().flatmap(lambda sure: worlds(sure=sure)))
def test_a_flow_is_in_the_verdict_with_the_longest_cidr_that_has_its_peer(world: World) -> None:
    if len(world.truths) > 1:
        world = replace(world, truths=world.truths[:1], net=in_one_subnet(world.net))
    (found,) = judge(world.net, build(world.net))
    table = table_of(found)
    for truth in world.truths:
        for first in corners(truth, world.families):
            route = route_to(truth.routes, first.peer)
            nearest = longest(listed(table, first), first)
            assert len(nearest) <= 1, first
            for one in nearest:
                assert not one.candidates or route is None or route.name == UNSEEN or leads(one, route), first


@many
@given(worlds(sure=False))
def test_flows_to_a_service_whose_addresses_no_text_has_lie_between_the_bounds(world: World) -> None:
    (found,) = judge(world.net, build(world.net))
    table = table_of(found)
    for truth in world.truths:
        for first in corners(truth, world.families):
            route = route_to(truth.routes, first.peer)
            if route is not None and route.destination in SERVICES.values() and (first.way, first.protocol) == (OUT, TCP):
                said = [one.verdict for one in listed(table, first) if goes_to(one.verdict, route.kind)]
                sets = [said] if said else about(table, first, route)
                state, groups = (STATES[of(truth, first)] for of in (answer, by_rules))
                assert within(state, bounds(sets)), first
                assert within(groups, bounds(sets, groups=True)), first


@given(worlds(sure=True))
def test_what_a_load_balancer_sends_to_a_port_is_the_best_that_its_packets_meet(world: World) -> None:
    for one, groups in sent(world):
        assert (one.by_groups, one.state) == (Bounds(groups, groups), Bounds(*2 * (min(groups, State.TRACKED),))), one


@given(worlds(sure=False))
def test_what_a_load_balancer_sends_to_a_port_lies_between_the_bounds(world: World) -> None:
    for one, groups in sent(world):
        assert within(groups, (one.by_groups.least, one.by_groups.most)), one
        assert within(min(groups, State.TRACKED), (one.state.least, one.state.most)), one
        assert all(bool(each.because) == (each.least != each.most) for each in (one.state, one.by_groups)), one


def sent(world: World) -> Iterator[tuple[Verdict, State]]:
    """
    Yield the verdicts on what a load balancer sends to some ports, and the best that the groups give its packets.

    What is said of all else is as without it, and none of its flows is as the groups have it.
    """
    (eni,) = world.net.interfaces
    coming = {first for truth in world.truths for first in corners(truth, world.families) if first.way == IN}
    ports = sorted({first.destination_port for first in coming})[:4]
    sends = (Balanced(eni.origin, PLACE, eni.address, "lb", eni.origin, (), (Protocol.TCP,), port) for port in ports)
    balanced = replace(world.net, balanced=tuple(replace(one, families=world.families) for one in sends))
    (found,), (without,) = judge(balanced, build(balanced)), judge(world.net, build(world.net))
    assert replace(found, balanced=()) == without
    for one in found.balanced:
        asked = [replace(first, protocol=TCP, destination_port=one.ports.first, balanced=True) for first in coming]
        asked = [first for first in asked if FAMILIES[first.peer.version] is one.family]
        for truth in world.truths:
            assert not {answer(truth, first) for first in asked} & {Answer.TRACKED, Answer.UNTRACKED}, one
            yield one, max((STATES[by_rules(truth, first)] for first in asked), default=State.DENIED)


def goes_to(verdict: Verdict, kind: str) -> bool:
    """
    Return whether the verdict is on flows to a service by a gateway endpoint of this kind.
    """
    return verdict.service and verdict.candidates[0].kind.value == kind


def in_one_subnet(net: Network) -> Network:
    """
    Return the network with its interface in the first of its subnets only.
    """
    (eni,) = net.interfaces
    return replace(net, interfaces=(replace(eni, subnets=eni.subnets[:1]),))
