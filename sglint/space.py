"""
Sets of flows, and bounds on what is not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from sglint.value import Unknown

T = TypeVar("T")


class Family(Enum):
    """The address family."""

    IPV4 = "ipv4"
    IPV6 = "ipv6"


class Protocol(Enum):
    """What connection tracking tells apart; `OTHER` is every IP protocol but TCP, UDP, ICMP and ICMPv6."""

    TCP = "tcp"
    UDP = "udp"
    ICMP = "icmp"
    OTHER = "other"


@dataclass(frozen=True, slots=True, order=True)
class Ports:
    """A closed range of ports, 0 to 65535."""

    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


ALL_PORTS = Ports(0, 65535)


@dataclass(frozen=True, slots=True)
class Bounds(Generic[T]):
    """
    What surely holds, what may hold, and which unknowns lie between (none when both are equal).
    """

    least: T
    most: T
    because: tuple[Unknown, ...] = ()

    @property
    def certain(self) -> bool:
        """Whether both bounds are the same."""
        return self.least == self.most


class World(Enum):
    """The completion of all unknowns to judge in: the least that is permitted, or the most."""

    LEAST = "least"
    MOST = "most"
