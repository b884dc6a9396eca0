"""
What network ACLs let through agrees with the packet interpreter, one packet at a time.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

from hypothesis import given
from hypothesis import strategies as st

from sglint.model import Acl, AclEntry, Direction
from sglint.space import Bounds, Ports, Protocol
from sglint.track import Packets, crossing
from tests import packet
from tests.networks import boxes, network, origin, unknown

ENTRIES = st.lists(
    st.tuples(
        st.integers(1, 99),
        st.booleans(),
        st.sampled_from(["tcp", "udp", "all"]),
        st.sampled_from(["0.0.0.0/0", "10.8.0.0/16", "10.8.3.0/24"]),
        st.integers(0, 9),
        st.integers(0, 9),
    ),
    max_size=6,
    unique_by=lambda entry: entry[0],
)


def entry(number: int, allow: bool, protocol: str, peer: str, first: int, last: int) -> AclEntry:
    """
    Return an inbound rule of an ACL.
    """
    found = boxes(protocol, peer, f"{first}-{last}")
    if protocol == "all":
        found = boxes(protocol, peer)
    return AclEntry(origin(f"acl.{number}", number), "acl", Direction.IN, number, allow, Bounds(found, found), ip_network(peer))


@given(ENTRIES, st.sampled_from(["tcp", "udp"]), st.sampled_from(["10.8.3.1", "10.8.4.1", "10.9.0.1"]), st.integers(0, 9))
def test_the_first_rule_that_matches_decides(
    entries: list[tuple[int, bool, str, str, int, int]], protocol: str, peer: str, port: int
) -> None:
    entries = [(*one[:4], min(one[4:]), max(one[4:])) for one in entries]
    acl = Acl(origin("acl"), "vpc", ("subnet",), entries=tuple(entry(*one) for one in entries))
    asked = Packets(Direction.IN, Protocol(protocol), ip_network(f"{peer}/32"), Ports(port, port))
    found = crossing(replace(network(), acls=(acl,)), "subnet", asked)
    number = {"tcp": packet.TCP, "udp": packet.UDP, "all": packet.EVERY}
    rules = [packet.AclRule(one[0], packet.IN, one[1], number[one[2]], ip_network(one[3]), one[4], one[5]) for one in entries]
    sent = packet.Packet(packet.IN, number[protocol], ip_address(peer), ip_address("10.0.1.5"), 40000, port)
    allowed = packet.acl_allows(packet.Interface(acl=rules), sent)
    assert (port in found.open.least, port in found.open.most) == (allowed, allowed)


def test_what_is_not_known_of_a_rule_lies_between_the_bounds() -> None:
    asked = Packets(Direction.IN, Protocol.TCP, ip_network("10.8.3.1/32"), Ports(5, 5))
    allow, deny = entry(10, True, "tcp", "0.0.0.0/0", 0, 9), entry(20, False, "tcp", "0.0.0.0/0", 0, 9)
    for doubtful in (replace(deny, number=unknown()), replace(deny, number=5, allow=unknown())):
        acl = Acl(origin("acl"), "vpc", ("subnet",), entries=(allow, doubtful))
        found = crossing(replace(network(), acls=(acl,)), "subnet", asked)
        assert (bool(found.open.least), bool(found.open.most)) == (False, True)
        assert unknown() in found.open.because


def test_an_acl_that_is_not_in_the_text_may_let_through_anything() -> None:
    asked = Packets(Direction.IN, Protocol.TCP, ip_network("10.8.3.1/32"), Ports(5, 5))
    found = crossing(network(), "subnet", asked)
    assert (bool(found.open.least), bool(found.open.most)) == (False, True)
    assert found.open.because[0].why == "the default network ACL of vpc is not in the text"
