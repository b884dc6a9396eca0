"""
Laws of the verdicts, held against an interpreter that looks at one packet and a list of rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network
from itertools import product, starmap

from hypothesis import given, settings
from hypothesis import strategies as st

from sglint.graph import build
from sglint.model import Direction, Group, Network, Permission, Prefix, Route, Target, TargetKind
from sglint.space import Bounds, Family, Protocol
from sglint.track import State, Verdict, judge
from tests.networks import boxes, interface, leads, network, origin, rule, unknown

CIDRS = (
    *4 * ("0.0.0.0/0",),
    "0.0.0.0/1",
    "128.0.0.0/1",
    "10.0.0.0/8",
    "10.0.0.0/16",
    "10.8.0.0/16",
    "10.8.1.0/24",
    "192.0.2.7/32",
)
ADDRESSES = ("10.0.1.9", "10.8.0.1", "10.8.1.1", "10.200.0.1", "192.0.2.7", "8.8.8.8", "200.0.0.1")
PORT_RANGES = (*4 * ("0-65535",), "443", "22", "0-1023", "1024-65535", "1-65535", "400-500")
PORTS = (0, 22, 443, 1024, 65535)
DESTINATIONS = ("0.0.0.0/0", "10.0.0.0/8", "10.8.0.0/16", "10.8.1.0/24", "192.0.2.0/24", "10.0.0.0/16")
KINDS = (TargetKind.TRANSIT_GATEWAY, TargetKind.NAT_GATEWAY, TargetKind.GWLB_ENDPOINT, TargetKind.NETWORK_FIREWALL)
AUTOMATIC = {TargetKind.NAT_GATEWAY, TargetKind.NETWORK_FIREWALL}


@dataclass(frozen=True)
class Written:
    """
    A rule or route as the text has it, and what it turns out to be: nothing or something.
    """

    text: Permission | Route
    truth: tuple[Permission | Route, ...]


@dataclass(frozen=True)
class Packet:
    """
    The first packet of a flow.
    """

    direction: Direction
    protocol: Protocol
    address: str
    port: int


PACKETS = tuple(starmap(Packet, product(Direction, Protocol, ADDRESSES, PORTS)))


@st.composite
def permissions(draw: st.DrawFn, families: tuple[str, ...] = CIDRS) -> Permission:
    """
    Draw a rule of one of the two groups.
    """
    found = boxes(
        draw(st.sampled_from(("all", "all", "tcp", "tcp", "udp", "icmp"))),
        draw(st.sampled_from(families)),
        draw(st.sampled_from(PORT_RANGES)),
    )
    group = draw(st.sampled_from(("sg", "sg2")))
    return Permission(origin(f"{group}.rule"), group, draw(st.sampled_from(Direction)), Bounds(found, found))


@st.composite
def written_rules(draw: st.DrawFn) -> Written:
    """
    Draw a rule of which something may not be known: its CIDR, its group, or whether it exists.
    """
    truth = draw(permissions())
    exists: tuple[Permission, ...] = (truth,) if draw(st.booleans()) else ()
    match draw(st.sampled_from(("known", "maybe", "blurred", "adrift"))):
        case "maybe":
            return Written(replace(truth, origin=origin("rule", maybe=unknown())), exists)
        case "adrift":
            return Written(replace(truth, group=unknown()), exists)
        case "blurred":
            everyone = tuple(replace(box, peer=ip_network("0.0.0.0/0")) for box in truth.boxes.most)
            return Written(replace(truth, boxes=Bounds((), everyone, (unknown(),))), exists)
    return Written(truth, (truth,))


@st.composite
def written_routes(draw: st.DrawFn) -> tuple[Written, ...]:
    """
    Draw the routes of the table, one for each destination; a part of each may not be known.
    """
    found = []
    for destination in draw(st.lists(st.sampled_from(DESTINATIONS), unique=True, max_size=4)):
        truth = leads("rt", destination, draw(st.sampled_from(KINDS)))
        match draw(st.sampled_from(("known", "maybe", "destination", "target", "table", "either"))):
            case "maybe":
                exists = (truth,) if draw(st.booleans()) else ()
                found.append(Written(leads("rt", destination, *truth.targets, maybe=unknown()), exists))
            case "destination":
                found.append(Written(leads("rt", unknown(), *truth.targets), (truth,)))
            case "target":
                found.append(Written(leads("rt", destination, Target(TargetKind.UNKNOWN, why=unknown())), (truth,)))
            case "table":
                exists = (truth,) if draw(st.booleans()) else ()
                found.append(Written(leads(unknown(), destination, *truth.targets), exists))
            case "either":
                found.append(Written(leads("rt", destination, *truth.targets, draw(st.sampled_from(KINDS))), (truth,)))
            case _:
                found.append(Written(truth, (truth,)))
    return tuple(found)


open_pairs = st.sampled_from(((), tuple(rule(way, "all", "0.0.0.0/0") for way in ("in", "out"))))
"""Nothing, or the two rules that leave every flow untracked, so that the routes come to matter."""


def made(rules: Sequence[Permission], routes: Sequence[Route], groups: tuple[str, ...] = ("sg", "sg2")) -> Network:
    """
    Return a network of these rules and routes with one interface.
    """
    return network(rules, routes, interfaces=[interface(groups=groups)])


def verdicts(net: Network) -> tuple[Verdict, ...]:
    """
    Return the verdicts on the one interface.
    """
    return judge(net, build(net))[0].verdicts


def looked_up(found: Sequence[Verdict], packet: Packet) -> tuple[State, State]:
    """
    Return the bounds of the verdict with the longest CIDR that has the packet; nothing listed is denied.
    """
    matching = [
        one
        for one in found
        if (one.direction, one.protocol, one.family) == (packet.direction, packet.protocol, Family.IPV4)
        and one.ports.first <= packet.port <= one.ports.last
        and has(cidr(one.peer), packet.address)
    ]
    if not matching:
        return (State.DENIED, State.DENIED)
    best = max(matching, key=lambda one: cidr(one.peer).prefixlen)
    return (best.state.least, best.state.most)


@cache
def cidr(text: str) -> Prefix:
    """
    Return the CIDR that is written.
    """
    return ip_network(text)


@cache
def has(prefix: object, address: str) -> bool:
    """
    Return whether the prefix is an IPv4 one with the address.
    """
    return isinstance(prefix, IPv4Network) and IPv4Address(address) in prefix


def interpreted(net: Network, packet: Packet) -> State | None:
    """
    Return what happens to the packet in a network without unknowns, None when no route takes it.
    """
    routes: list[tuple[Prefix, TargetKind]] = [(ip_network("10.0.0.0/16"), TargetKind.LOCAL)]
    routes += [(route.destinations[0], route.targets[0].kind) for route in net.routes]  # type: ignore[misc]
    ways = [(prefix.prefixlen, n, kind) for n, (prefix, kind) in enumerate(routes) if has(prefix, packet.address)]
    if not ways:
        return None
    _, _, kind = max(ways, key=lambda way: way[:2])
    rules = [(one.direction, box) for one in net.permissions for box in one.boxes.least if box.protocol is packet.protocol]
    admitting = [
        box
        for direction, box in rules
        if direction is packet.direction and has(box.peer, packet.address) and box.ports.first <= packet.port <= box.ports.last
    ]
    if not admitting:
        return State.DENIED
    if packet.protocol in {Protocol.ICMP, Protocol.OTHER} or kind in AUTOMATIC:
        return State.TRACKED
    replies = [box for direction, box in rules if direction is not packet.direction]
    to_all = any(str(box.peer) == "0.0.0.0/0" for box in admitting)
    from_all = any(str(box.peer) == "0.0.0.0/0" and str(box.ports) == "0-65535" for box in replies)
    return State.UNTRACKED if to_all and from_all else State.TRACKED


def settled(written: Sequence[Written]) -> tuple[list[Permission], list[Route]]:
    """
    Return what the rules and routes turn out to be.
    """
    truth = [one for each in written for one in each.truth]
    rules = [one for one in truth if isinstance(one, Permission)]
    return rules, [one for one in truth if isinstance(one, Route)]


@st.composite
def known_routes(draw: st.DrawFn) -> tuple[Route, ...]:
    """
    Draw the routes of the table without unknowns.
    """
    found = draw(st.lists(st.sampled_from(DESTINATIONS), unique=True, max_size=4))
    return tuple(leads("rt", destination, draw(st.sampled_from(KINDS))) for destination in found)


@given(st.lists(permissions(), max_size=7), known_routes())
def test_verdicts_agree_with_an_interpreter_of_packets(rules: list[Permission], routes: tuple[Route, ...]) -> None:
    net = made(rules, routes)
    found = verdicts(net)
    for packet in PACKETS:
        state = interpreted(net, packet)
        if state is not None:
            assert looked_up(found, packet) == (state, state)


@settings(max_examples=250, deadline=None)
@given(
    st.lists(written_rules(), max_size=6),
    written_routes(),
    st.lists(permissions(), max_size=3),
    st.booleans(),
    open_pairs,
)
def test_every_completion_lies_between_the_bounds(
    rules: list[Written],
    routes: tuple[Written, ...],
    more: list[Permission],
    hidden: bool,
    opened: tuple[Permission, ...],
) -> None:
    written = [*rules, *routes, *(Written(one, (one,)) for one in opened)]
    text = [one.text for one in written]
    unsure = made([one for one in text if isinstance(one, Permission)], [one for one in text if isinstance(one, Route)])
    if hidden:
        groups = (Group(origin("sg"), "vpc", hidden=unknown()), Group(origin("sg2"), "vpc"))
        unsure = replace(unsure, groups=groups)
    true_rules, true_routes = settled(written)
    truth = made([*true_rules, *(more if hidden else ())], true_routes)
    between, exact = verdicts(unsure), verdicts(truth)
    for packet in PACKETS:
        if interpreted(truth, packet) is None:
            continue
        least, most = looked_up(between, packet)
        state, same = looked_up(exact, packet)
        assert least <= state == same <= most


@given(st.lists(written_rules(), max_size=6), written_routes())
def test_bounds_that_differ_say_why_and_others_have_nothing_to_say(rules: list[Written], routes: tuple[Written, ...]) -> None:
    text = [one.text for one in (*rules, *routes)]
    net = made([one for one in text if isinstance(one, Permission)], [one for one in text if isinstance(one, Route)])
    for one in verdicts(net):
        for bounds in (one.state, one.by_groups):
            assert bounds.least <= bounds.most
            assert bool(bounds.because) == (bounds.least != bounds.most)
        assert one.state.least <= one.by_groups.least
        assert one.state.most <= one.by_groups.most
        assert one.reasons


@given(st.lists(permissions(), max_size=6), permissions(), known_routes())
def test_one_more_rule_never_lowers_a_flow(rules: list[Permission], more: Permission, routes: tuple[Route, ...]) -> None:
    before, after = verdicts(made(rules, routes)), verdicts(made([*rules, more], routes))
    for packet in PACKETS:
        old, new = looked_up(before, packet), looked_up(after, packet)
        assert old[0] <= new[0]
        assert old[1] <= new[1]


def bare(found: Sequence[Verdict]) -> list[Verdict]:
    """
    Return the verdicts without the reasons, which follow the order of the text.
    """
    return sorted((replace(one, reasons=()) for one in found), key=repr)


@given(st.lists(permissions(), max_size=6), known_routes())
def test_the_order_of_the_groups_and_rules_does_not_matter(rules: list[Permission], routes: tuple[Route, ...]) -> None:
    one = made(rules, routes)
    other = made(rules[::-1], routes[::-1], groups=("sg2", "sg"))
    assert bare(verdicts(one)) == bare(verdicts(other))


@given(st.lists(permissions(), max_size=5), st.lists(permissions(families=("::/0", "fd00::/8")), max_size=4), known_routes())
def test_the_families_do_not_touch_each_other(four: list[Permission], six: list[Permission], routes: tuple[Route, ...]) -> None:
    def dual(rules: list[Permission]) -> Network:
        net = made(rules, routes)
        own = replace(net.subnets[0], cidrs=(*net.subnets[0].cidrs, IPv6Network("fd00::/64")), ipv6=True)
        return replace(net, subnets=(own,), vpcs=(replace(net.vpcs[0], cidrs=(*net.vpcs[0].cidrs, IPv6Network("fd00::/56"))),))

    def of(family: Family, rules: list[Permission]) -> list[Verdict]:
        return [one for one in verdicts(dual(rules)) if one.family is family]

    assert of(Family.IPV4, [*four, *six]) == of(Family.IPV4, four)
    assert of(Family.IPV6, [*four, *six]) == of(Family.IPV6, six)
