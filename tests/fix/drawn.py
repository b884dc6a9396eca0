"""
Random networks of one VPC: what a person might have, and a fix has to cope with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

PEERS = (
    *4 * ("0.0.0.0/0",),
    *3 * ("10.0.0.0/8",),
    "10.0.0.0/16",
    "10.0.2.0/24",
    "10.1.0.0/16",
    "10.1.2.3/32",
    "0.0.0.0/1",
    "192.168.0.0/16",
)
PEERS6 = (*3 * ("::/0",), "fd00::/8", "fd00:0:0:2::/64", "fd01::/32")
PORTS = ((0, 65535), (0, 65535), (1024, 65535), (1, 65535), (443, 443), (6081, 6081), (0, 0), (65535, 65535), (32768, 60999))
DESTINATIONS = (*2 * ("0.0.0.0/0",), *3 * ("10.0.0.0/8",), "10.1.0.0/16", "192.168.0.0/16", "10.1.2.0/24")
DESTINATIONS6 = ("::/0", "fd00::/8", "fd01::/32")
SHARED: tuple[tuple[tuple[int, ...], ...], ...] = ((), (), ((0,),), ((0, 1),), ((0,), (1,)))
"""Which subnets have a network ACL of their own, and which share one."""
INLINE, ALONE, ONE_PEER = "inline", "alone", "one peer"


@dataclass(frozen=True, slots=True)
class Rule:
    """
    A rule of a security group; `peers` are CIDRs of one family, or the number of a group.
    """

    group: int
    way: str
    protocol: str
    peers: tuple[str, ...] | int
    ports: tuple[int, int]
    style: str


@dataclass(frozen=True, slots=True)
class Entry:
    """
    A rule of a network ACL.
    """

    number: int
    way: str
    allow: bool
    protocol: str
    peer: str
    ports: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Acl:
    """
    A network ACL of some subnets.
    """

    subnets: tuple[int, ...]
    entries: tuple[Entry, ...]
    inline: bool


@dataclass(frozen=True, slots=True)
class Port:
    """
    An interface: its subnet, its groups, and whether it forwards.
    """

    subnet: int
    groups: tuple[int, ...]
    forwards: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """
    A network: `routes` are those of each subnet, a destination and what it leads to.
    """

    six: bool
    routes: tuple[tuple[tuple[str, str], ...], ...]
    groups: int
    rules: tuple[Rule, ...]
    acls: tuple[Acl, ...]
    interfaces: tuple[Port, ...]
    attached: bool


@st.composite
def rules(draw: st.DrawFn, groups: int, *, six: bool) -> Rule:
    """
    Draw a rule.
    """
    group, way = draw(st.integers(0, groups - 1)), draw(st.sampled_from(("ingress", "ingress", "egress")))
    protocol = draw(st.sampled_from(("-1", "-1", "tcp", "tcp", "udp", "udp", "icmp")))
    ports = draw(st.sampled_from(PORTS)) if protocol in {"tcp", "udp"} else (-1, -1) if protocol == "icmp" else (0, 0)
    style = draw(st.sampled_from((INLINE, INLINE, ALONE, ONE_PEER)))
    kind = draw(st.sampled_from(("one", "one", "one", "one", "two", "six", "group")))
    peers: tuple[str, ...] | int = (draw(st.sampled_from(PEERS)),)
    if kind == "two" and style != ONE_PEER:
        peers = draw(st.sampled_from((("0.0.0.0/1", "128.0.0.0/1"), ("10.0.0.0/8", "192.168.0.0/16"))))
    elif kind == "six" and six and protocol != "icmp":
        peers = (draw(st.sampled_from(PEERS6)),)
    elif kind == "group":
        peers = draw(st.integers(0, groups - 1))
    return Rule(group, way, protocol, peers, ports, style)


@st.composite
def acls(draw: st.DrawFn, subnets: tuple[int, ...], *, six: bool) -> Acl:
    """
    Draw a network ACL; many let everything out.
    """
    entries = []
    for way in ("ingress", "egress"):
        numbers = draw(st.lists(st.sampled_from(range(10, 200, 10)), max_size=4, unique=True))
        for number in sorted(numbers):
            protocol = draw(st.sampled_from(("-1", "tcp", "udp", "icmp")))
            ports = draw(st.sampled_from(PORTS)) if protocol in {"tcp", "udp"} else (0, 0)
            peer = draw(st.sampled_from(PEERS6 if six and protocol != "icmp" and draw(st.integers(0, 3)) == 0 else PEERS))
            allow = draw(st.sampled_from((True, True, False)))
            entries.append(Entry(number, way, allow, protocol, peer, ports))
        if draw(st.booleans()):
            entries.append(Entry(200, way, allow=True, protocol="-1", peer="0.0.0.0/0", ports=(0, 0)))
    return Acl(subnets, tuple(entries), draw(st.booleans()))


@st.composite
def networks(draw: st.DrawFn) -> Drawn:
    """
    Draw a network with a route to a transit gateway or Gateway Load Balancer endpoint.
    """
    six = draw(st.integers(0, 3)) == 0
    routes = []
    for number in range(2):
        found: dict[str, str] = {}
        for _ in range(draw(st.integers(0 if number else 1, 3))):
            if six and draw(st.integers(0, 2)) == 0:
                found[draw(st.sampled_from(DESTINATIONS6))] = draw(st.sampled_from(("tgw", "tgw", "eigw", "gwlbe")))
            else:
                found[draw(st.sampled_from(DESTINATIONS))] = draw(st.sampled_from(("tgw", "tgw", "tgw", "gwlbe", "nat", "igw")))
        routes.append(tuple(found.items()))
    groups = draw(st.integers(1, 3))
    made = draw(st.lists(rules(groups, six=six), min_size=1, max_size=6))
    for group in range(groups):
        if draw(st.integers(0, 3)):
            made.append(Rule(group, "egress", "-1", ("0.0.0.0/0",), (0, 0), INLINE))
    listed = [draw(acls(subnets, six=six)) for subnets in draw(st.sampled_from(SHARED))]
    ports = draw(
        st.lists(
            st.builds(
                Port,
                st.sampled_from((0, 0, 1)),
                st.lists(st.integers(0, groups - 1), min_size=1, max_size=2, unique=True).map(tuple),
                st.sampled_from((True, True, False)),
            ),
            min_size=1,
            max_size=3,
        )
    )
    kept = tuple(dict.fromkeys(made))
    return Drawn(six, tuple(routes), groups, one_style(kept), tuple(listed), tuple(ports), draw(st.booleans()))


def one_style(made: Sequence[Rule]) -> tuple[Rule, ...]:
    """
    Return the rules, all of a group either in it or beside it, as the provider wants them.
    """
    inside = {rule.group for rule in made if rule.style == INLINE}
    return tuple(
        Rule(one.group, one.way, one.protocol, one.peers, one.ports, INLINE if one.group in inside else one.style)
        for one in made
    )
