"""
How rules name flows, targets and remedies, so that the same thing reads the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from sglint.facts import RESOLVER_QUERIES
from sglint.finding import Label
from sglint.model import OTHER_WAY, Direction, Interface, Role, Target, TargetKind
from sglint.resource import block_name
from sglint.rule.judged import OPEN_ENDED, Judged, families, gains
from sglint.source import Span
from sglint.space import ALL_PORTS, EVERYONE, Family, Ports, Protocol, intervals
from sglint.track import Judgement, State, Verdict

NAMES = {Protocol.TCP: "TCP", Protocol.UDP: "UDP", Protocol.ICMP: "ICMP", Protocol.OTHER: "other protocols"}

OUTWARD = (TargetKind.NAT_GATEWAY, TargetKind.EGRESS_ONLY)
"""Through which flows only leave."""


def join(items: Iterable[str]) -> str:
    """
    Return the items as a person lists them.

    >>> join(["a", "b", "c"])
    'a, b and c'
    """
    listed = list(items)
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}" if listed else ""


def target_name(target: Target) -> str:
    """
    Return the target as a person calls it, with its address where it has one.
    """
    if target.kind in OPEN_ENDED:
        return "a target that is not known"
    kind = target.kind.value.replace("gwlb", "Gateway Load Balancer").replace("-", " ").replace("nat ", "NAT ")
    return f"{kind} {target.address}" if target.address else f"{'an' if kind[0] in 'aeio' else 'a'} {kind}"


def targets_names(targets: Iterable[Target]) -> dict[Target, str]:
    """
    Return the targets with their names, which several instances of one block share.
    """
    listed = set(targets)
    blocks: dict[Target, set[str]] = {}
    for target in listed:
        blocks.setdefault(block_of(target), set()).add(target.address)
    return {
        target: f"{target_name(block)} ({len(same)} instances)" if len(same) > 1 else target_name(target)
        for target in listed
        for block, same in [(block_of(target), blocks[block_of(target)])]
    }


def block_of(target: Target) -> Target:
    """
    Return the target without the keys of its instance.
    """
    return Target(target.kind, block_name(target.address))


def behind(net: Judged, judgement: Judgement) -> str:
    """
    Return what the interface is behind, which is why the groups decide.
    """
    targets = targets_names(target for _, target in gains(judgement))
    if targets:
        return f"behind {join(sorted(set(targets.values())))}"
    return "behind a Gateway Load Balancer" if net.appliance(judgement.interface) else "maybe behind a transit gateway"


def tracks(net: Judged, judgement: Judgement, verdicts: Iterable[Verdict]) -> str:
    """
    Return that these flows are tracked, behind what, and what that costs where AWS says it.
    """
    tracked, most = RESOLVER_QUERIES
    costs = f": {tracked:,} instead of {most:,} queries/s per address" if judgement.interface.role is Role.RESOLVER else ""
    return f"EC2 tracks {flows_name(judgement, verdicts)}, {behind(net, judgement)}{costs}"


def ports_name(ports: Iterable[Ports]) -> str:
    """
    Return the ports, those next to each other as one range; nothing for all ports.
    """
    kept = [Ports(*span) for span in intervals((one.first, one.last) for one in ports).ranges]
    return "" if kept == [ALL_PORTS] else " " + join(str(one) for one in kept)


def protocols_name(by_protocol: dict[Protocol, set[Ports]]) -> str:
    """
    Return protocols with their ports, those with the same ports together.
    """
    same: dict[str, list[str]] = {}
    for protocol in Protocol:
        if protocol in by_protocol:
            same.setdefault(ports_name(by_protocol[protocol]), []).append(NAMES[protocol])
    return join(f"{join(names)}{ports}" for ports, names in same.items())


def flows_name(judgement: Judgement, verdicts: Iterable[Verdict]) -> str:
    """
    Return these classes of flows in words: `TCP 22 from peers, TCP and UDP that it opens`.

    Those that may be untracked come last, when others cannot be. The address family is named when the interface has both
    and only one is meant.
    """
    listed = tuple(verdicts)
    sure = tuple(verdict for verdict in listed if verdict.by_groups.most is State.TRACKED)
    rest = tuple(verdict for verdict in listed if not any(_takes_in(one, verdict) for one in sure))
    if not sure or not rest:
        return _flows_name(judgement, sure or rest)
    return f"{_flows_name(judgement, sure)}, and maybe {_flows_name(judgement, rest)}"


def _takes_in(one: Verdict, other: Verdict) -> bool:
    same = (one.direction, one.family, one.protocol) == (other.direction, other.family, other.protocol)
    return same and one.ports.covers(other.ports)


def _flows_name(judgement: Judgement, listed: tuple[Verdict, ...]) -> str:
    """
    Return classes of flows in words, sure or not.
    """
    has = families(judgement)
    names: dict[Direction, str] = {}
    for direction in Direction:
        by_protocol: dict[Protocol, set[Ports]] = {}
        of = set()
        for verdict in listed:
            if verdict.direction is direction:
                by_protocol.setdefault(verdict.protocol, set()).add(verdict.ports)
                of.add(verdict.family)
        if by_protocol:
            family = {Family.IPV4: "IPv4 ", Family.IPV6: "IPv6 "}[of.pop()] if len(of) == 1 < len(has) else ""
            names[direction] = f"{family}{protocols_name(by_protocol)}"
    if len(names) == 2 and len(set(names.values())) == 1:
        return f"{names[Direction.IN]} both from peers and that it opens"
    words = {Direction.IN: "from peers", Direction.OUT: "that it opens"}
    return ", ".join(f"{name} {words[direction]}" for direction, name in names.items())


Lacking: TypeAlias = dict[tuple[Direction, Family], dict[Protocol, set[Ports]]]
"""Rules that the security groups lack."""


def lack(net: Judged, judgement: Judgement, verdicts: Iterable[Verdict], *, new: bool = False) -> Lacking:
    """
    Return the single rules that the security groups lack for these flows to be untracked.

    A flow is untracked when one rule admits it from or to everyone, and one rule in the other direction admits every port.
    With `new`, return only those that admit something that the rules do not, taken together.
    """
    lacking: Lacking = {}
    rules = net.opened(judgement.interface)
    for verdict in verdicts:
        for direction, ports in ((verdict.direction, verdict.ports), (OTHER_WAY[verdict.direction], ALL_PORTS)):
            if net.open_to_everyone(judgement.interface, verdict, direction, ports):
                continue
            if not (new and rules[direction, verdict.family, verdict.protocol].has(ports)):
                lacking.setdefault((direction, verdict.family), {}).setdefault(verdict.protocol, set()).add(ports)
    return lacking


def missing(net: Judged, judgement: Judgement, verdicts: Iterable[Verdict]) -> tuple[str, ...]:
    """
    Return the rules that `lack` finds, as a person writes them down.
    """
    lacking = lack(net, judgement, verdicts)
    words = {Direction.IN: "ingress {} from {}", Direction.OUT: "egress {} to {}"}
    return tuple(
        words[direction].format(spelled(lacking[direction, family]), EVERYONE[family])
        for direction in Direction
        for family in Family
        if (direction, family) in lacking
    )


def spelled(by_protocol: dict[Protocol, set[Ports]]) -> str:
    """
    Return protocols with their ports as rules name them, `TCP and UDP 0-65535`; every port takes in the others.
    """
    same: dict[str, list[str]] = {}
    for protocol, ports in by_protocol.items():
        same.setdefault(ports_name(ports) or f" {ALL_PORTS}", []).append(NAMES[protocol])
    return join(f"{join(names)}{ports}" for ports, names in same.items())


def where(interface: Interface) -> str:
    """
    Return the security groups that a rule could be added to, in words.
    """
    names = sorted({group for group in interface.groups if isinstance(group, str) and group})
    return names[0] if len(names) == 1 else f"one of {', '.join(names)}" if names else "one of its security groups"


def labels(judgement: Judgement, verdicts: Iterable[Verdict]) -> tuple[Label, ...]:
    """
    Return the places that explain a finding: the route that brings the interface into scope, then why its flows are tracked.

    A place is named once, with the first of what there is to say about it.
    """
    found: dict[Span, str] = {}
    for path, target in gains(judgement)[:1]:
        hops = [hop for hop in path.hops if target.address and target.address in hop.text] or path.hops[-1:]
        found.update((hop.span, hop.text) for hop in hops[:1])
    for verdict in verdicts:
        for reason in verdict.reasons:
            if reason.span is not None:
                found.setdefault(reason.span, reason.text)
    return tuple(Label(span, text) for span, text in found.items())
