"""
What a class of flows lacks, so that each is told by one rule: the one that knows the cause, or else that of the role.

The idea: the causes are tried in one order, from the one that leaves least to be said, and the first that holds is it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from ipaddress import IPv4Network, IPv6Network
from typing import TypeAlias

from sglint.facts import IN_SCOPE
from sglint.frozen import frozen
from sglint.model import OTHER_WAY, Box, Direction, Permission, TargetKind
from sglint.space import ALL_PORTS, Family, Intervals, Ports, Protocol, intervals
from sglint.track import Judgement, Verdict, everyone_on

CLIENTS = Intervals(((49152, 60999),))
"""The ports that every common choice of client ports has: a rule that opens them to everyone is meant for replies."""

GAINS = tuple(TargetKind(kind) for kind in IN_SCOPE)
"""What stopped being tracked automatically, so that the security groups decide."""

BROADCAST = IPv4Network("255.255.255.255/32")
"""An address of no host: a rule that names it alone stands for no rule, in a template whose default would be to open all."""

Key: TypeAlias = tuple[Direction, Family, Protocol]


class Cause(Enum):
    """
    Why security groups that nearly leave flows untracked make EC2 track them; the values are the rules that tell of it.
    """

    NO_EGRESS = "no-egress-rule"
    SPLIT = "split-cidr"
    REPLY_PORTS = "reply-ports-narrow"
    ONE_FAMILY = "one-family-only"


@frozen
class Opened:
    """
    What rules open to everyone, of one direction, family and protocol.

    `ranges` holds the ports of each single rule that may do so, `sure` those of the rules that surely do. On the ports of
    `together` all rules taken together surely do, though it be by halves.
    """

    ranges: tuple[Ports, ...]
    sure: tuple[Ports, ...]
    together: Intervals

    def single(self, ports: Ports) -> bool:
        """
        Return whether a single rule surely opens these ports to everyone.
        """
        return any(found.covers(ports) for found in self.sure)

    def has(self, ports: Ports) -> bool:
        """
        Return whether the rules, taken together, surely open these ports to everyone.
        """
        return Intervals(((ports.first, ports.last),)) <= self.together


def opened(permissions: Iterable[Permission]) -> Mapping[Key, Opened]:
    """
    Return what the rules open to everyone.
    """
    most: dict[Key, list[Box]] = {
        (way, family, protocol): [] for way in Direction for family in Family for protocol in Protocol
    }
    least: dict[Key, list[Box]] = {key: [] for key in most}
    for permission in permissions:
        for box in permission.boxes.most:
            most[permission.direction, box.family, box.protocol].append(box)
        for box in permission.boxes.least if permission.origin.maybe is None and isinstance(permission.group, str) else ():
            least[permission.direction, box.family, box.protocol].append(box)
    return {
        key: Opened(to_everyone(most[key]), to_everyone(least[key]), everyone_on(key[1], key[2], least[key])) for key in most
    }


def to_everyone(boxes: Iterable[Box]) -> tuple[Ports, ...]:
    """
    Return the ports of the boxes that are open to everyone.
    """
    return tuple(sorted({box.ports for box in boxes if box.everyone}))


def cause_of(judgement: Judgement, verdict: Verdict, rules: Mapping[Key, Opened], *, shut: bool) -> Cause | None:
    """
    Return what alone these flows lack; None where they lack more, or nothing that a security group has.

    `shut` says that the rules let nothing out.
    """
    if judgement.interface.automatic:
        return None
    tests: tuple[tuple[Cause, Callable[[], bool]], ...] = (
        (Cause.NO_EGRESS, lambda: shut),
        (Cause.SPLIT, lambda: is_split(verdict, rules)),
        (Cause.REPLY_PORTS, lambda: bool(reply_ranges(verdict, rules))),
        (Cause.ONE_FAMILY, lambda: is_one_family(judgement, verdict, rules)),
    )
    return next((cause for cause, holds in tests if holds()), None)


def is_split(verdict: Verdict, rules: Mapping[Key, Opened]) -> bool:
    """
    Return whether everyone is surely let in and out as untracked flows need it, but not by single rules.
    """
    start, reply = both(verdict, verdict.family, rules)
    admitted = start.has(verdict.ports) and reply.has(ALL_PORTS)
    return admitted and not (start.single(verdict.ports) and reply.single(ALL_PORTS))


def reply_ranges(verdict: Verdict, rules: Mapping[Key, Opened]) -> tuple[Ports, ...]:
    """
    Return the port ranges open to everyone for the replies, when they are all that is missing for untracked flows.

    That is so when a rule surely opens the direction of the flow to everyone, and rules of the other direction surely open
    the ports that clients use, but none of them may open every port.
    """
    start, reply = both(verdict, verdict.family, rules)
    near = intervals((ports.first, ports.last) for ports in reply.sure) >= CLIENTS
    return reply.sure if near and ALL_PORTS not in reply.ranges and start.single(verdict.ports) else ()


def is_one_family(judgement: Judgement, verdict: Verdict, rules: Mapping[Key, Opened]) -> bool:
    """
    Return whether the same flows of the other family are untracked by the groups, and both families surely lead to a gain.
    """
    led = {path.family for path in judgement.paths if path.targets and all(one.kind in GAINS for one in path.targets)}
    other = Family.IPV6 if verdict.family is Family.IPV4 else Family.IPV4
    start, reply = both(verdict, other, rules)
    return led == set(Family) and start.single(verdict.ports) and reply.single(ALL_PORTS)


def both(verdict: Verdict, family: Family, rules: Mapping[Key, Opened]) -> tuple[Opened, Opened]:
    """
    Return what is open in the direction of the flows, and for their replies.
    """
    back = OTHER_WAY[verdict.direction]
    return rules[verdict.direction, family, verdict.protocol], rules[back, family, verdict.protocol]


def lets_out(permission: Permission) -> bool:
    """
    Return whether the rule may let anything out: not if it only names addresses that no host has.
    """
    return permission.direction is Direction.OUT and any(
        not (isinstance(box.peer, (IPv4Network, IPv6Network)) and (box.peer == BROADCAST or box.peer.is_loopback))
        for box in permission.boxes.most
    )
