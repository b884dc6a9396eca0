"""
Laws of the verdicts: more rules never lower a flow, order does not matter, families do not touch each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network
from itertools import product, starmap

from hypothesis import given
from hypothesis import strategies as st

from sglint.graph import build
from sglint.model import Direction, GroupPeer, Network, Peer, Permission, Prefix, Route, TargetKind
from sglint.space import Bounds, Family, Protocol
from sglint.track import State, Verdict, judge
from sglint.track.divide import around
from sglint.track.divide import has as has_peer
from tests.networks import boxes, interface, leads, network, origin

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


@st.composite
def known_routes(draw: st.DrawFn) -> tuple[Route, ...]:
    """
    Draw the routes of the table without unknowns.
    """
    found = draw(st.lists(st.sampled_from(DESTINATIONS), unique=True, max_size=4))
    return tuple(leads("rt", destination, draw(st.sampled_from(KINDS))) for destination in found)


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


def test_the_peers_around_one_are_those_that_have_it() -> None:
    v4 = [ip_network(f"10.{number}.0.0/{length}", strict=False) for number in (0, 1, 128) for length in (0, 8, 9, 16, 24, 32)]
    v6 = [ip_network(f"2001:db8::/{length}") for length in (32, 48, 128)] + [ip_network("::/0")]
    peers: list[Peer] = list(dict.fromkeys((*v4, *v6, GroupPeer("sg1"), GroupPeer("sg2"))))
    lengths = sorted({one.prefixlen for one in (*v4, *v6)})
    for peer in peers:
        assert set(around(peer, set(peers), lengths)) == {one for one in peers if has_peer(one, peer)}
