"""
The steps of a trip through the network, and how it ends.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

from sglint.frozen import frozen
from sglint.graph.index import Hop
from sglint.model import Direction, Link, Prefix
from sglint.source import Span
from sglint.value import Unknown


class End(Enum):
    """
    How a trip ends.

    `SUBNET`: it is delivered in a subnet. `APPLIANCE`: an interface takes it that is not seen to pass it on. `INTERNET`: it
    leaves for the internet. `OUTSIDE`: it leaves for a network that is not in the text (a VPN, another transit gateway).
    `SERVICE`: a service of AWS takes it. `DROPPED`: no route has it, or one says so. `LOOP`: it comes by a place for the second
    time. `UNKNOWN`: the text does not say.
    """

    SUBNET = "subnet"
    APPLIANCE = "appliance"
    INTERNET = "internet"
    OUTSIDE = "outside"
    SERVICE = "service"
    DROPPED = "dropped"
    LOOP = "loop"
    UNKNOWN = "unknown"


INSPECT = ("gwlb-endpoint", "network-firewall-endpoint", "interface")
"""The nouns of the steps at which something inspects the traffic."""


@frozen
class Step:
    """
    One step: the noun and address of what it is about, in words, and its place where it is written.

    `among` are the interfaces of which one takes the traffic, or all those of the appliance that does.
    """

    noun: str
    address: str
    text: str
    span: Span | None = None
    among: tuple[str, ...] = ()


@frozen
class Gate:
    """
    The border of a subnet on the way, into it or out of it, where its network ACL judges the packets.

    It is one of the subnets, and that is not known where there are several. `maybe` says what keeps the network ACL from surely
    judging them, or from judging them by the addresses that they have at the ends.
    """

    subnets: tuple[Link, ...]
    direction: Direction
    maybe: Unknown | None = None


@frozen
class Trip:
    """
    One way that traffic may take: its steps, how and where it ends, and what stands in the way of saying that it does.

    `address` is the subnet, interface, attachment or gateway that it ends at. `kept` are the subnets that attachments in
    appliance mode sent it to, and so send the other direction to as well. `gates` are the borders that it crosses between its
    two ends. `inside` says that it comes to its end from within the subnet there, None that it may. `translators` are the NAT
    gateways that gave it another source address, in order, each with its subnet.
    """

    steps: tuple[Step, ...]
    end: End
    address: Link = ""
    because: tuple[Unknown, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    gates: tuple[Gate, ...] = ()
    inside: bool | None = False
    translators: tuple[tuple[str, Link], ...] = ()

    @property
    def inspectors(self) -> tuple[str, ...]:
        """
        The endpoints and appliances that inspect it on the way, in order; an appliance is all of its interfaces.
        """
        return tuple(", ".join(sorted(step.among)) or step.address for step in self.steps if step.noun in INSPECT)


@frozen
class Course:
    """
    A trip under way: what it came by so far, and the Availability Zone that it is in; `kept` and `gates` are those of a trip.

    `at` are the subnets that it may be in, none outside of all; `started` is false while it is where it begins. `other` says
    why its source is no longer the one that it began with, and `translators` are the NAT gateways that changed it.
    """

    destination: Prefix
    steps: tuple[Step, ...] = ()
    because: tuple[Unknown, ...] = ()
    been: frozenset[tuple[str, str]] = frozenset()
    zone: Link | None = None
    kept: tuple[tuple[str, str], ...] = ()
    gates: tuple[Gate, ...] = ()
    at: tuple[Link, ...] = ()
    started: bool = False
    other: Unknown | None = None
    translators: tuple[tuple[str, Link], ...] = ()

    def by(self, *steps: Step, because: tuple[Unknown, ...] = ()) -> Course:
        """
        Return the course with more steps, and with what makes them doubtful.
        """
        return replace(self, steps=(*self.steps, *steps), because=tuple(dict.fromkeys((*self.because, *because))))

    def ends(self, end: End, address: Link = "", *because: Unknown) -> Trip:
        """
        Return the trip that ends here.
        """
        inside = end is End.SUBNET and self.started and address in self.at
        within: bool | None = None if inside and len(self.at) > 1 else inside
        why = tuple(dict.fromkeys((*self.because, *because)))
        return Trip(self.steps, end, address, why, self.kept, self.gates, within, self.translators)

    def unknown(self, why: str, span: Span | None = None) -> Trip:
        """
        Return the trip that ends because the text does.
        """
        return self.ends(End.UNKNOWN, "", Unknown(why, span))


def step_of(hop: Hop, address: str = "") -> Step:
    """
    Return a hop as a step.
    """
    return Step(hop.noun, address, hop.text, hop.span)
