"""
Sets of flows, and bounds on what is not known.

The idea: a set has one spelling. Ranges are merged and sorted when a set is made, so equal sets are equal objects, and
`==`, `hash` and `<=` need no thought.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, summarize_address_range
from itertools import pairwise
from typing import Generic, TypeAlias, TypeVar

from sglint.frozen import frozen, ordered
from sglint.value import Unknown

T = TypeVar("T")

Prefix: TypeAlias = IPv4Network | IPv6Network


class Family(Enum):
    """
    The address family.
    """

    IPV4 = "ipv4"
    IPV6 = "ipv6"

    __hash__ = object.__hash__


class Protocol(Enum):
    """
    What connection tracking tells apart; `OTHER` is every IP protocol but TCP, UDP, ICMP and ICMPv6.
    """

    TCP = "tcp"
    UDP = "udp"
    ICMP = "icmp"
    OTHER = "other"

    __hash__ = object.__hash__


@ordered
class Ports:
    """
    A closed range of ports, 0 to 65535.
    """

    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    def covers(self, other: Ports) -> bool:
        """
        Return whether every port of `other` is in this range.
        """
        return self.first <= other.first and other.last <= self.last

    def overlaps(self, other: Ports) -> bool:
        """
        Return whether the ranges have a port in common.
        """
        return self.first <= other.last and other.first <= self.last


ALL_PORTS = Ports(0, 65535)

EVERYONE: dict[Family, Prefix] = {Family.IPV4: IPv4Network("0.0.0.0/0"), Family.IPV6: IPv6Network("::/0")}


@frozen
class Bounds(Generic[T]):
    """
    What surely holds, what may hold, and which unknowns lie between (none when both are equal).
    """

    least: T
    most: T
    because: tuple[Unknown, ...] = ()

    @property
    def certain(self) -> bool:
        """
        Whether both bounds are the same.
        """
        return self.least == self.most


@frozen
class Intervals:
    """
    A set of integers as closed ranges that are sorted and neither overlap nor touch; made by `intervals`.
    """

    ranges: tuple[tuple[int, int], ...] = ()

    def __or__(self, other: Intervals) -> Intervals:
        if not self.ranges or not other.ranges or self.ranges == other.ranges:
            return self if self.ranges else other
        return intervals((*self.ranges, *other.ranges))

    def __and__(self, other: Intervals) -> Intervals:
        if self.ranges == other.ranges or not self.ranges:
            return self
        found, left, right = [], 0, 0
        while left < len(self.ranges) and right < len(other.ranges):
            (first, last), (start, end) = self.ranges[left], other.ranges[right]
            if max(first, start) <= min(last, end):
                found.append((max(first, start), min(last, end)))
            left, right = (left + 1, right) if last < end else (left, right + 1)
        return Intervals(tuple(found))

    def __sub__(self, other: Intervals) -> Intervals:
        if not self.ranges or not other.ranges:
            return self
        if self.ranges == other.ranges:
            return NO_INTEGERS
        found: list[tuple[int, int]] = []
        for first, last in self.ranges:
            start = first
            for low, high in other.ranges:
                if high < start or low > last:
                    continue
                if low > start:
                    found.append((start, low - 1))
                start = high + 1
            if start <= last:
                found.append((start, last))
        return Intervals(tuple(found))

    def __le__(self, other: Intervals) -> bool:
        return not self - other

    def __bool__(self) -> bool:
        return bool(self.ranges)

    def __contains__(self, number: int) -> bool:
        return any(first <= number <= last for first, last in self.ranges)


NO_INTEGERS = Intervals()


def intervals(ranges: Iterable[tuple[int, int]]) -> Intervals:
    """
    Return the set of the integers in these closed ranges.

    >>> intervals([(5, 9), (0, 4), (20, 20)]).ranges
    ((0, 9), (20, 20))
    """
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return Intervals(tuple(merged))


def family_of(prefix: Prefix) -> Family:
    """
    Return the address family of the prefix.
    """
    return Family.IPV4 if isinstance(prefix, IPv4Network) else Family.IPV6


def within(inner: Prefix, outer: Prefix) -> bool:
    """
    Return whether every address of `inner` is in `outer`.
    """
    if inner.prefixlen < outer.prefixlen or inner.version != outer.version:
        return False
    shift = outer.max_prefixlen - outer.prefixlen
    return int(inner.network_address) >> shift == int(outer.network_address) >> shift


def intersect(left: Prefix, right: Prefix) -> Prefix | None:
    """
    Return the addresses that both have, which is one of the two, or None when there are none.
    """
    return left if within(left, right) else right if within(right, left) else None


def addresses(prefix: Prefix) -> Intervals:
    """
    Return the addresses of the prefix as integers.
    """
    return Intervals(((int(prefix.network_address), int(prefix.broadcast_address)),))


def covered(prefix: Prefix, others: Iterable[Prefix]) -> bool:
    """
    Return whether every address of the prefix is in one of the others.
    """
    inside = [one for other in others if (one := intersect(prefix, other)) is not None]
    return prefix in inside or addresses(prefix) <= intervals(span for one in inside for span in addresses(one).ranges)


def prefixes(family: Family, numbers: Intervals) -> tuple[Prefix, ...]:
    """
    Return the fewest prefixes that have exactly these addresses, in order.
    """
    found: list[Prefix] = []
    for first, last in numbers.ranges:
        if family is Family.IPV4:
            found += summarize_address_range(IPv4Address(first), IPv4Address(last))
        else:
            found += summarize_address_range(IPv6Address(first), IPv6Address(last))
    return tuple(found)


Slabs: TypeAlias = tuple[tuple[int, int, Intervals], ...]
"""Closed address ranges, sorted and apart, each with its ports; neighbours that touch have different ports."""


@frozen
class FlowSet:
    """
    A set of flows by family, protocol, peer address and port, in the order of `PLANES`; made by `flows` and the operators.
    """

    planes: tuple[tuple[Family, Protocol, Slabs], ...] = ()

    def __or__(self, other: FlowSet) -> FlowSet:
        if not self.planes or not other.planes:
            return self if self.planes else other
        return combine(self, other, Intervals.__or__)

    def __and__(self, other: FlowSet) -> FlowSet:
        if not self.planes or not other.planes:
            return NO_FLOWS
        return combine(self, other, Intervals.__and__)

    def __sub__(self, other: FlowSet) -> FlowSet:
        if not self.planes or not other.planes:
            return self
        return combine(self, other, Intervals.__sub__)

    def __le__(self, other: FlowSet) -> bool:
        return not self - other

    def __bool__(self) -> bool:
        return bool(self.planes)

    def slabs(self, family: Family, protocol: Protocol) -> Slabs:
        """
        Return what the set has of one family and protocol.
        """
        for one, other, slabs in self.planes:
            if one is family and other is protocol:
                return slabs
        return ()

    def boxes(self) -> Iterator[tuple[Family, Protocol, Prefix, Ports]]:
        """
        Yield the set as prefixes and port ranges, in order.
        """
        for family, protocol, slabs in self.planes:
            for first, last, numbers in slabs:
                for prefix in prefixes(family, Intervals(((first, last),))):
                    yield from ((family, protocol, prefix, Ports(*ports)) for ports in numbers.ranges)

    def everywhere(self, family: Family, protocol: Protocol) -> Intervals:
        """
        Return the ports that the set has for every address of the family.
        """
        ((first, last),) = addresses(EVERYONE[family]).ranges
        ports = intervals([(ALL_PORTS.first, ALL_PORTS.last)])
        reached = first
        for start, end, numbers in self.slabs(family, protocol):
            if start != reached:
                return Intervals()
            ports, reached = ports & numbers, end + 1
        return ports if reached == last + 1 else Intervals()


NO_FLOWS = FlowSet()

PLANES = tuple((family, protocol) for family in Family for protocol in Protocol)

Operation: TypeAlias = Callable[[Intervals, Intervals], Intervals]
"""`Intervals.__or__`, `Intervals.__and__` or `Intervals.__sub__`."""


def flows(family: Family, protocol: Protocol, prefix: Prefix, ports: Ports = ALL_PORTS) -> FlowSet:
    """
    Return the flows with the peers in one prefix on one range of ports.
    """
    ((first, last),) = addresses(prefix).ranges
    return FlowSet(((family, protocol, ((first, last, Intervals(((ports.first, ports.last),))),)),))


def union(sets: Iterable[FlowSet]) -> FlowSet:
    """
    Return the flows that are in any of the sets.
    """
    found = list(sets)
    while len(found) > 1:
        pairs = zip(found[::2], [*found[1::2], NO_FLOWS], strict=False)
        found = [left | right for left, right in pairs]
    return found[0] if found else NO_FLOWS


def combine(left: FlowSet, right: FlowSet, operate: Operation) -> FlowSet:
    """
    Return the set that has at every address the ports that `operate` makes of both.
    """
    found = []
    ones, others = iter(left.planes), iter(right.planes)
    one, other = next(ones, None), next(others, None)
    for family, protocol in PLANES:
        first: Slabs = ()
        second: Slabs = ()
        if one is not None and one[0] is family and one[1] is protocol:
            first, one = one[2], next(ones, None)
        if other is not None and other[0] is family and other[1] is protocol:
            second, other = other[2], next(others, None)
        slabs = sweep(first, second, operate) if first or second else ()
        if slabs:
            found.append((family, protocol, slabs))
    return FlowSet(tuple(found))


def sweep(left: Slabs, right: Slabs, operate: Operation) -> Slabs:
    """
    Return the slabs of `operate` over both, cut where either changes and merged where the result does not.
    """
    if not left or not right:  # what all three operations make of nothing
        kept = left if operate is not Intervals.__and__ else ()
        return kept or (right if operate is Intervals.__or__ else ())
    if left == right:
        return left if operate is not Intervals.__sub__ else ()
    if len(left) == len(right) == 1 and left[0][:2] == right[0][:2]:
        here = operate(left[0][2], right[0][2])
        return ((left[0][0], left[0][1], here),) if here else ()
    cuts = sorted({cut for first, last, _ in (*left, *right) for cut in (first, last + 1)})
    found: list[tuple[int, int, Intervals]] = []
    lefts, rights = iter(left), iter(right)
    one, other = next(lefts, None), next(rights, None)
    for first, after in pairwise(cuts):
        while one is not None and one[1] < first:
            one = next(lefts, None)
        while other is not None and other[1] < first:
            other = next(rights, None)
        here = operate(
            one[2] if one is not None and one[0] <= first else NO_INTEGERS,
            other[2] if other is not None and other[0] <= first else NO_INTEGERS,
        )
        if not here:
            continue
        if found and found[-1][1] + 1 == first and found[-1][2] == here:
            found[-1] = (found[-1][0], after - 1, here)
        else:
            found.append((first, after - 1, here))
    return tuple(found)
