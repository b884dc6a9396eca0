"""
Sets of flows obey the laws of sets, have one spelling, and agree with sets that list every member.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sglint.space import (
    ALL_PORTS,
    EVERYONE,
    Bounds,
    Family,
    FlowSet,
    Intervals,
    Ports,
    Prefix,
    Protocol,
    addresses,
    covered,
    flows,
    intersect,
    intervals,
    prefixes,
    union,
    within,
)

Part: TypeAlias = tuple[Protocol, IPv4Network, tuple[int, int]]

TINY = IPv4Network("10.0.0.0/28")
BASE = int(TINY.network_address)

ranges = st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)).map(lambda pair: (min(pair), max(pair))), max_size=4)
sets = ranges.map(intervals)
tiny = st.builds(
    lambda start, bits: IPv4Network((BASE + (start >> bits << bits), 32 - bits)), st.integers(0, 15), st.integers(0, 4)
)
boxes = st.tuples(st.sampled_from(Protocol), tiny, st.tuples(st.integers(0, 7), st.integers(0, 7)))


def made(found: list[Part]) -> FlowSet:
    """
    Return the union of the boxes.
    """
    return union(flows(Family.IPV4, protocol, prefix, Ports(min(ports), max(ports))) for protocol, prefix, ports in found)


flow_sets = st.lists(boxes, max_size=5).map(made)


def members(numbers: Intervals) -> set[int]:
    """
    Return the set member by member.
    """
    return {number for first, last in numbers.ranges for number in range(first, last + 1)}


def every(found: FlowSet) -> set[tuple[Protocol, int, int]]:
    """
    Return the set flow by flow.
    """
    return {
        (protocol, address, port)
        for _, protocol, prefix, ports in found.boxes()
        for address in range(int(prefix.network_address), int(prefix.broadcast_address) + 1)
        for port in range(ports.first, ports.last + 1)
    }


@given(sets, sets)
def test_intervals_agree_with_sets_that_list_every_number(left: Intervals, right: Intervals) -> None:
    assert members(left | right) == members(left) | members(right)
    assert members(left & right) == members(left) & members(right)
    assert members(left - right) == members(left) - members(right)
    assert (left <= right) == (members(left) <= members(right))
    assert all((number in left) == (number in members(left)) for number in range(16))


@given(sets, sets)
def test_equal_sets_of_numbers_are_equal_objects(left: Intervals, right: Intervals) -> None:
    assert (left == right) == (members(left) == members(right))
    for found in (left | right, left & right, left - right):
        assert found == intervals((number, number) for number in members(found))


@given(flow_sets, flow_sets)
def test_flow_sets_agree_with_sets_that_list_every_flow(left: FlowSet, right: FlowSet) -> None:
    assert every(left | right) == every(left) | every(right)
    assert every(left & right) == every(left) & every(right)
    assert every(left - right) == every(left) - every(right)
    assert (left <= right) == (every(left) <= every(right))
    assert bool(left) == bool(every(left))


@given(flow_sets, flow_sets, flow_sets)
def test_flow_sets_obey_the_laws_of_sets(one: FlowSet, two: FlowSet, three: FlowSet) -> None:
    assert one | two == two | one
    assert one & two == two & one
    assert (one | two) | three == one | (two | three)
    assert one & (two | three) == (one & two) | (one & three)
    assert one - (two | three) == (one - two) & (one - three)
    assert (one - two) | (one & two) == one
    assert one | one == one == one & one


@given(st.lists(boxes, max_size=5).flatmap(lambda parts: st.tuples(st.just(parts), st.permutations(parts))))
def test_the_order_of_the_parts_does_not_show(either: tuple[list[Part], list[Part]]) -> None:
    parts, shuffled = either
    assert made(parts) == made(shuffled)
    assert hash(made(parts)) == hash(made(shuffled))


@given(tiny, st.lists(tiny, max_size=4))
def test_a_prefix_is_covered_when_the_others_have_every_address(prefix: IPv4Network, others: list[IPv4Network]) -> None:
    taken = {address for other in others for address in members(addresses(other))}
    assert covered(prefix, others) == (members(addresses(prefix)) <= taken)


def test_two_halves_of_the_internet_are_one_set_with_the_whole() -> None:
    halves = union(flows(Family.IPV4, Protocol.TCP, IPv4Network(half)) for half in ("0.0.0.0/1", "128.0.0.0/1"))
    assert halves == flows(Family.IPV4, Protocol.TCP, EVERYONE[Family.IPV4])
    assert halves.everywhere(Family.IPV4, Protocol.TCP) == Intervals(((0, 65535),))


@pytest.mark.parametrize("part", ["0.0.0.0/1", "128.0.0.0/1"])
def test_half_of_the_internet_is_nowhere_everywhere(part: str) -> None:
    assert not flows(Family.IPV4, Protocol.TCP, IPv4Network(part)).everywhere(Family.IPV4, Protocol.TCP)


def test_ports_are_everywhere_only_where_every_address_has_them() -> None:
    low = flows(Family.IPV6, Protocol.UDP, IPv6Network("::/1"), Ports(0, 100))
    high = flows(Family.IPV6, Protocol.UDP, IPv6Network("8000::/1"), Ports(50, 200))
    assert (low | high).everywhere(Family.IPV6, Protocol.UDP) == Intervals(((50, 100),))
    assert not (low | high).everywhere(Family.IPV6, Protocol.TCP)


@pytest.mark.parametrize(
    ("left", "right", "both"),
    [
        ("10.0.0.0/8", "10.1.0.0/16", "10.1.0.0/16"),
        ("10.1.0.0/16", "10.0.0.0/8", "10.1.0.0/16"),
        ("10.0.0.0/8", "11.0.0.0/8", None),
        ("0.0.0.0/0", "::/0", None),
    ],
)
def test_two_prefixes_share_the_longer_one_or_nothing(left: str, right: str, both: str | None) -> None:
    one, other = ip_network(left), ip_network(right)
    assert intersect(one, other) == (None if both is None else ip_network(both))
    assert within(one, other) == (both == left)


def test_prefixes_of_a_range_are_the_fewest() -> None:
    found: tuple[Prefix, ...] = prefixes(Family.IPV6, addresses(IPv6Network("fd00::/64")))
    assert found == (IPv6Network("fd00::/64"),)


def test_two_halves_cover_what_neither_does() -> None:
    whole = IPv4Network("172.16.0.0/12")
    assert covered(whole, whole.subnets())
    assert not covered(whole, list(whole.subnets())[:1])
    assert not covered(whole, [])


@given(st.tuples(st.integers(0, 9), st.integers(0, 9)), st.tuples(st.integers(0, 9), st.integers(0, 9)))
def test_ranges_of_ports_cover_and_overlap_as_lists_of_ports_do(left: tuple[int, int], right: tuple[int, int]) -> None:
    one, other = Ports(min(left), max(left)), Ports(min(right), max(right))
    some, others = set(range(one.first, one.last + 1)), set(range(other.first, other.last + 1))
    assert one.covers(other) == (others <= some)
    assert one.overlaps(other) == bool(some & others)
    assert (one < other) == ((one.first, one.last) < (other.first, other.last))


def test_bounds_are_certain_when_they_are_the_same() -> None:
    assert [Bounds(*pair).certain for pair in ((1, 1), (1, 2))] == [True, False]


def test_a_single_port_reads_as_itself() -> None:
    assert [str(Ports(443, 443)), str(ALL_PORTS)] == ["443", "0-65535"]
