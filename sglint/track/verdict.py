"""
What is said about the flows of an interface.
"""

from __future__ import annotations

from enum import IntEnum

from sglint.frozen import frozen
from sglint.graph import Path, Service
from sglint.model import Direction, Interface, Target
from sglint.source import Span
from sglint.space import Bounds, Family, Ports, Protocol
from sglint.value import Unknown

NO_BALANCER = "a load balancer that is not known"
NO_ACCELERATOR = "an accelerator that is not known"
"""The peer of what a Network Load Balancer sends that no listener in the text names."""


class State(IntEnum):
    """
    What happens to a flow; more permission never lowers it.
    """

    DENIED = 0
    TRACKED = 1
    UNTRACKED = 2


@frozen
class Reason:
    """
    A sentence, where it comes from, and the documentation page that it rests on (may be empty).
    """

    text: str
    span: Span | None = None
    source: str = ""


@frozen
class Verdict:
    """
    What happens to one class of flows of an interface.

    `ports` are the ports of the side that accepts the connection. `peer` is a CIDR, or the address of a security group or
    prefix list that a rule names. `via` is what the path to the peer goes through: UNKNOWN when `candidates`, which lists all
    that it may be, has several kinds, ANY when no path is meant. A flow is in the verdict with the longest CIDR that has its
    peer. `state` is the whole judgement; `by_groups` is what the security groups alone would give, so that a finding can tell
    "change the group" from "no group helps". `automatic` names what on the path is surely tracked automatically. Of a service,
    `peer` is the gateway endpoint that leads to it, because its addresses are in no text; then `service` is true.
    Of what a Network Load Balancer sends `peer` is the load balancer; then `balanced` is true, and `state` is the best of any.
    """

    direction: Direction
    family: Family
    protocol: Protocol
    ports: Ports
    peer: str
    via: Target
    state: Bounds[State]
    by_groups: Bounds[State]
    automatic: tuple[str, ...]
    reasons: tuple[Reason, ...]
    candidates: tuple[Target, ...] = ()
    service: bool = False
    balanced: bool = False


@frozen
class Judgement:
    """
    All that is known about one interface: its paths, the verdict of every class of its flows, and whether it is in scope.

    `in_scope` is a pair of bounds: a route of its subnets leads to a transit gateway or Gateway Load Balancer endpoint, or
    it is a Gateway Load Balancer's target. `because` holds every unknown that stands between the bounds of anything here.
    `services` are what it reaches by gateway endpoints. `balanced` are the verdicts on what Network Load
    Balancers send it; the `verdicts` speak of how flows are that come without one.
    """

    interface: Interface
    paths: tuple[Path, ...]
    verdicts: tuple[Verdict, ...]
    in_scope: Bounds[bool]
    because: tuple[Unknown, ...] = ()
    services: tuple[Service, ...] = ()
    balanced: tuple[Verdict, ...] = ()


def summary(
    judgement: Judgement, direction: Direction, protocol: Protocol, family: Family = Family.IPV4
) -> Bounds[State] | None:
    """
    Return the best state that any flow of this direction, protocol and family has; None when the interface has none.
    """
    found = [
        verdict.state
        for verdict in judgement.verdicts
        if (verdict.direction, verdict.protocol, verdict.family) == (direction, protocol, family)
    ]
    if not found:
        return None
    least, most = max(state.least for state in found), max(state.most for state in found)
    because = () if least is most else tuple(dict.fromkeys(unknown for state in found for unknown in state.because))
    return Bounds(least, most, because)
