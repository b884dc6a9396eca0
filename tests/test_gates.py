"""
Network ACLs on the whole of a way agree with the packet interpreter: those of the ends, and those of the subnets between.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sglint.graph import build
from sglint.model import (
    Acl,
    AclEntry,
    Attachment,
    Direction,
    Endpoint,
    Network,
    Subnet,
    Table,
    Target,
    TargetKind,
    TransitAssociation,
    TransitPropagation,
    TransitTable,
    Vpc,
)
from sglint.space import Bounds, Ports, Protocol
from sglint.track import Flow, answer, judge
from tests import packet
from tests.networks import boxes, interface, leads, network, origin, rule, serves, unknown

HERE, THERE = ip_address("10.1.1.5"), ip_address("10.2.1.5")
RANGES = {
    "a": "10.1.1.0/24",
    "a-gate": "10.1.2.0/24",
    "a-wall": "10.1.3.0/24",
    "b": "10.2.1.0/24",
    "b-gate": "10.2.2.0/24",
}
"""The subnets: of the two hosts, of the attachments, and of a firewall between."""
Rules: TypeAlias = Mapping[str, list[packet.AclRule]]

PEERS = ("0.0.0.0/0", "0.0.0.0/0", "10.1.0.0/16", "10.2.0.0/16", "10.1.1.5/32", "192.0.2.0/24")
PORTS = ((0, 65535), (0, 65535), (443, 443), (1024, 65535), (0, 442))


@st.composite
def rules(draw: st.DrawFn, *, plain: bool) -> list[packet.AclRule]:
    """
    Draw the rules of a network ACL: most let through most. Plain ones are for all ports, and for whole subnets.
    """
    count = draw(st.sampled_from((0, 0, 1, 2)))
    ways, allows = st.sampled_from((packet.IN, packet.OUT)), st.booleans()
    found = []
    for number in range(1, count + 1):
        first, last = draw(st.sampled_from(PORTS[:1] if plain else PORTS))
        peer = ip_network(draw(st.sampled_from(PEERS[:4] if plain else PEERS)))
        found.append(packet.AclRule(number, draw(ways), draw(allows), packet.TCP, peer, first, last))
    every = ip_network("0.0.0.0/0")
    return [*found, *(packet.AclRule(99, way, True, packet.EVERY, every) for way in (packet.IN, packet.OUT))]


def entry(name: str, one: packet.AclRule) -> AclEntry:
    """
    Return a rule in the words of the model.
    """
    words = {packet.TCP: "tcp", packet.EVERY: "all"}
    found = boxes(words[one.protocol], one.peer, f"{one.first}-{one.last}")
    place = origin(f"acl-{name}.{one.way}{one.number}", 40 + one.number)
    return AclEntry(place, f"acl-{name}", Direction(one.way), one.number, one.allow, Bounds(found, found), one.peer)


def acls(listed: Rules) -> tuple[Acl, ...]:
    """
    Return a network ACL for each subnet.
    """
    return tuple(
        Acl(origin(f"acl-{name}"), name[0], (name,), entries=tuple(entry(name, one) for one in found))
        for name, found in listed.items()
    )


def between(gates: tuple[str, str], *, wall: bool) -> Network:
    """
    Return two VPCs behind a transit gateway, whose attachments are in these subnets, perhaps with a firewall on the way there.
    """
    tgw, firewall = Target(TargetKind.TRANSIT_GATEWAY, "tgw"), Target(TargetKind.NETWORK_FIREWALL, "wall")
    routes = [leads(name, "0.0.0.0/0", tgw) for name in RANGES]
    if wall:
        routes[0] = leads("a", "0.0.0.0/0", firewall)
        routes += [leads("a-gate", "10.1.1.0/24", firewall)]
    base = network(
        [rule(way, "all", "0.0.0.0/0") for way in ("in", "out")],
        routes,
        interfaces=[interface(subnets=("a",))],
        associations=[serves(name, name) for name in RANGES],
        tables=[Table(origin(name, 9), name[0]) for name in RANGES],
    )
    names = ("att-a", "att-b")
    return replace(
        base,
        vpcs=tuple(Vpc(origin(name, 1), (ip_network(f"10.{number}.0.0/16"),)) for number, name in enumerate("ab", 1)),
        subnets=tuple(Subnet(origin(name, 2), name[0], (ip_network(cidr),)) for name, cidr in RANGES.items()),
        endpoints=(Endpoint(origin("wall", 8), TargetKind.NETWORK_FIREWALL, ("a-wall",)),),
        attachments=tuple(
            Attachment(origin(name, 30), "tgw", name[-1], (gate,)) for name, gate in zip(names, gates, strict=True)
        ),
        transit_tables=(TransitTable(origin("trt", 33), "tgw"),),
        transit_associations=tuple(TransitAssociation(origin(f"assoc {one}", 34), "trt", one) for one in names),
        transit_propagations=tuple(TransitPropagation(origin(f"prop {one}", 35), "trt", one) for one in names),
    )


def stops(listed: Rules, gates: tuple[str, str], *, wall: bool) -> list[packet.Stop]:
    """
    Return what packets come by on the way there.
    """
    kinds = [("host", "a"), *([("endpoint", "a-wall")] if wall else [])]
    kinds += [("attachment", gates[0]), ("attachment", gates[1]), ("host", "b")]
    return [packet.Stop(kind, name, listed[name]) for kind, name in kinds]


def get_there(listed: Rules, gates: tuple[str, str], *, wall: bool, there: bool, port: int) -> bool:
    """
    Return whether a request and its reply are carried, each to a single port.
    """
    way = stops(listed, gates, wall=wall)
    ends = (HERE, THERE) if there else (THERE, HERE)
    ask = packet.Packet(packet.OUT, packet.TCP, *ends, 50000, port)
    go, back = (way, way[::-1]) if there else (way[::-1], way)
    return packet.carried(go, ask) and packet.carried(back, ask.reply)


GATES = st.tuples(st.sampled_from(("a", "a-gate")), st.sampled_from(("b", "b-gate")))


@given(st.data(), GATES, st.booleans(), st.booleans(), st.booleans())
def test_network_acls_on_the_way_agree_with_the_packets(
    data: st.DataObject, gates: tuple[str, str], wall: bool, there: bool, plain: bool
) -> None:
    listed = {name: data.draw(rules(plain=plain)) for name in RANGES}
    gates = ("a-gate" if wall else gates[0], gates[1])
    net = replace(between(gates, wall=wall), acls=acls(listed))
    (judged,) = judge(net, build(net))
    way = Direction.OUT if there else Direction.IN
    peer = ip_network("10.2.1.0/24")
    found = answer(build(net), judged, Flow(way, Protocol.TCP, Ports(443, 443), peer))
    assert [trip.end.value for one in found.journeys for trip in (one.out, *one.back)] == ["subnet", "subnet"]
    real = get_there(listed, gates, wall=wall, there=there, port=443)
    assert found.delivered.least <= real <= found.delivered.most
    if plain:
        assert found.delivered.least == real == found.delivered.most


def told(net: Network, *, there: bool = True) -> tuple[Bounds[bool], list[tuple[str, str, str]]]:
    """
    Return whether a flow gets there, and which ACLs stop which of its packets, each with the place of the rules.
    """
    (judged,) = judge(net, build(net))
    way = Direction.OUT if there else Direction.IN
    found = answer(build(net), judged, Flow(way, Protocol.TCP, Ports(443, 443), ip_network("10.2.1.5/32")))
    stopped = [one for one in found.filters if not one.open.most]
    return found.delivered, [
        (one.subnet, one.packets.direction.value, ", ".join(str(each.number) for each in one.rules)) for one in stopped
    ]


OPEN = [packet.AclRule(99, way, True, packet.EVERY, ip_network("0.0.0.0/0")) for way in (packet.IN, packet.OUT)]


def shut(way: str, peer: str) -> list[packet.AclRule]:
    """
    Return rules that stop one way with one peer.
    """
    return [packet.AclRule(7, way, False, packet.EVERY, ip_network(peer)), *OPEN]


@pytest.mark.parametrize(
    ("name", "way", "peer", "stops"),
    [
        ("a-gate", "in", "10.1.0.0/16", True),
        ("a-gate", "out", "10.2.0.0/16", False),
        ("a-gate", "out", "10.1.0.0/16", True),
        ("b-gate", "out", "10.2.0.0/16", True),
        ("b-gate", "in", "10.1.0.0/16", False),
        ("b-gate", "in", "10.2.0.0/16", True),
        ("a-wall", "in", "0.0.0.0/0", False),
    ],
)
def test_the_subnet_of_an_attachment_judges_what_goes_in_inwards_and_what_comes_out_outwards(
    name: str, way: str, peer: str, stops: bool
) -> None:
    listed = dict.fromkeys(RANGES, OPEN) | {name: shut(way, peer)}
    found, by = told(replace(between(("a-gate", "b-gate"), wall=False), acls=acls(listed)))
    assert (found.least, found.most) == (not stops, not stops)
    assert by == ([(name, way, "7")] if stops else [])


def test_the_subnet_of_a_firewall_on_the_way_judges_too() -> None:
    listed = dict.fromkeys(RANGES, OPEN) | {"a-wall": shut("out", "10.2.0.0/16")}
    assert told(replace(between(("a-gate", "b-gate"), wall=True), acls=acls(listed)))[1] == [("a-wall", "out", "7")]


def test_what_a_host_gets_from_an_attachment_in_its_own_subnet_no_network_acl_judges() -> None:
    listed = dict.fromkeys(RANGES, OPEN) | {"a": shut("in", "10.2.0.0/16")}
    found, _ = told(replace(between(("a", "b-gate"), wall=False), acls=acls(listed)))
    assert found.least
    found, by = told(replace(between(("a-gate", "b-gate"), wall=False), acls=acls(listed)))
    assert (found.most, by) == (False, [("a", "in", "7")])


def test_of_an_attachment_in_several_subnets_either_may_judge() -> None:
    listed = dict.fromkeys(RANGES, OPEN) | {"a-wall": shut("in", "10.1.0.0/16")}
    net = replace(between(("a-gate", "b-gate"), wall=False), acls=acls(listed))
    net = replace(net, attachments=(replace(net.attachments[0], subnets=("a-gate", "a-wall")), *net.attachments[1:]))
    found, by = told(net)
    assert (found.least, found.most, by) == (False, True, [])
    assert "which of a-gate or a-wall it passes is not known" in [item.why for item in found.because]


def test_an_attachment_whose_subnets_are_not_in_the_text_may_stop_anything() -> None:
    listed = dict.fromkeys(RANGES, OPEN)
    net = replace(between(("a-gate", "b-gate"), wall=False), acls=acls(listed))
    assert told(net)[0].least
    net = replace(net, attachments=(replace(net.attachments[0], subnets=(unknown(),)), *net.attachments[1:]))
    assert (told(net)[0].least, told(net)[0].most) == (False, True)
