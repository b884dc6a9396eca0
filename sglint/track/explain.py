"""
Why a class of flows has its state, in sentences that point at what is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field

from sglint.facts import AUTOMATIC, ENTRIES, OTHER_PROTOCOL_SECONDS, TRACKING_PAGE
from sglint.frozen import frozen
from sglint.graph import Path, Service
from sglint.model import OTHER_WAY, Box, Direction, GroupPeer, Interface, ListPeer, Peer, Prefix
from sglint.source import Span
from sglint.space import ALL_PORTS, EVERYONE, Bounds, Family, Intervals, Ports, Protocol, flows, union
from sglint.track.admit import Admission, Admissions, Key, Rules, served
from sglint.track.divide import has
from sglint.track.verdict import Reason, State
from sglint.value import Unknown

WAYS = {Direction.IN: ("inbound", "from"), Direction.OUT: ("outbound", "to")}
STARTS = {Direction.IN: "what comes in is tracked", Direction.OUT: "what the interface opens is tracked"}
NAMES = {Protocol.OTHER: "other protocols"}


@frozen
class Case:
    """
    What is admitted at an interface for one direction, family and protocol, and in the other direction.
    """

    key: Key
    interface: Interface
    admitted: Sequence[Admission]
    replies: Sequence[Admission]
    place: Span
    """Where a rule that is missing would have to be written."""
    everywhere: Intervals
    """The ports on which all rules together surely admit everyone."""
    said: dict[tuple[Peer, Ports, tuple[State, State]], tuple[Bounds[State], tuple[Reason, ...]]] = field(default_factory=dict)
    """What was said of some flows, which holds on every path."""


def case_of(key: Key, interface: Interface, admitted: Admissions, place: Span) -> Case:
    """
    Return what is admitted for the key and for its replies; listeners limit which flows may come in, not which replies.
    """
    direction, family, protocol = key
    replies = admitted[OTHER_WAY[direction], family, protocol]
    starts = tuple(served(admitted[key], interface)) if direction is Direction.IN else admitted[key]
    sure = (one.box for one in starts if one.sure)
    return Case(key, interface, starts, replies, place, everyone_on(family, protocol, sure))


def place_of(rules: Rules, interface: Interface) -> Span:
    """
    Return the place of the first group of the interface, or of the interface when no group is in the text.
    """
    known = (rules.groups[group] for group in interface.groups if isinstance(group, str) and group in rules.groups)
    return next((group.origin.span for group in known), interface.origin.span)


def peer_name(peer: Peer) -> str:
    """
    Return the peer as it is written: a CIDR, or the address of a security group or prefix list.
    """
    if isinstance(peer, GroupPeer):
        return peer.group if isinstance(peer.group, str) else "a security group that is not known"
    if isinstance(peer, ListPeer):
        return peer.prefix_list if isinstance(peer.prefix_list, str) else "a prefix list that is not known"
    return str(peer)


def spelled(one: Admission, direction: Direction) -> str:
    """
    Return a box in words: `tcp 443 from 0.0.0.0/0`.
    """
    protocol = one.box.protocol
    ports = f" {one.box.ports}" if protocol in {Protocol.TCP, Protocol.UDP} else ""
    vague = one.rule is not None and one.rule.vague and not one.sure
    peer = "a CIDR that is not known" if vague else peer_name(one.box.peer)
    return f"{NAMES.get(protocol, protocol.value)}{ports} {WAYS[direction][1]} {peer}"


def at(one: Admission) -> Span | None:
    """
    Return where the peer of the rule is written.
    """
    return None if one.rule is None else one.rule.origin.at(one.rule.field)


def denied(case: Case) -> tuple[Reason, ...]:
    """
    Return why nothing of this direction, family and protocol is admitted.
    """
    direction, _, protocol = case.key
    name = NAMES.get(protocol, protocol.value)
    if direction is Direction.IN and case.interface.serves is not None:
        return (Reason(f"no {name} from anyone both reaches a listener and is admitted by a rule", case.place),)
    return (Reason(f"no {WAYS[direction][0]} rule admits {name}", case.place),)


def by_groups(case: Case, peer: Peer, ports: Ports, state: Bounds[State]) -> Iterator[Reason]:
    """
    Yield why the groups give these flows their state: the rule that admits them, then what makes them tracked or untracked.
    """
    direction, _, protocol = case.key
    admitting = [one for one in case.admitted if one.box.ports.overlaps(ports) and has(one.box.peer, peer)]
    everyone = [one for one in admitting if one.everyone]
    sure = any(one.sure for one in everyone)
    for one in everyone if sure else [*everyone, *(one for one in admitting if not one.everyone)]:
        if one.rule is not None:
            yield Reason(f"{spelled(one, direction)} {'is' if one.sure else 'may be'} admitted here", at(one))
    if protocol is Protocol.ICMP:
        yield Reason("icmp is always tracked", None, TRACKING_PAGE)
    elif protocol is Protocol.OTHER:
        words = f"protocols other than tcp, udp and icmp are tracked by address and protocol for {OTHER_PROTOCOL_SECONDS} s"
        yield Reason(words, None, TRACKING_PAGE)
    elif case.interface.grouped:
        if not sure and state.least is not State.UNTRACKED:
            yield narrow(case, peer, ports, sure=state.certain)
        yield from replies(case, only_open=not everyone)


def narrow(case: Case, peer: Peer, ports: Ports, *, sure: bool) -> Reason:
    """
    Return why no single rule admits these flows of everyone, or, unless that is sure, why none surely does.
    """
    direction, family, protocol = case.key
    everyone = f"{protocol.value} {ports} {WAYS[direction][1]} {EVERYONE[family]}"
    documented = "AWS documents untracked flows only for a single rule with"
    if isinstance(peer, GroupPeer):
        words = f"{documented} {EVERYONE[family]}, so flows by a security group reference are taken as tracked"
        return Reason(words, None, TRACKING_PAGE)
    if isinstance(peer, ListPeer):
        return Reason(f"{documented} {EVERYONE[family]}, so flows by a prefix list are taken as tracked", None, TRACKING_PAGE)
    if Intervals(((ports.first, ports.last),)) <= case.everywhere:
        return Reason(f"several rules together admit {everyone}; {documented} it, so tracked is assumed", None, TRACKING_PAGE)
    admits = "admits" if sure else "surely admits"
    return Reason(f"no single rule {admits} {everyone}, so these flows are tracked", None, TRACKING_PAGE)


def everyone_on(family: Family, protocol: Protocol, boxes: Iterable[Box]) -> Intervals:
    """
    Return the ports on which the boxes together admit everyone, by CIDRs or by prefix lists that are in the text.
    """
    pairs = [(prefix, box.ports) for box in boxes for prefix in peer_prefixes(box.peer)]
    if sum(prefix.num_addresses for prefix, _ in pairs) < EVERYONE[family].num_addresses:
        return Intervals()
    return union(flows(family, protocol, prefix, ports) for prefix, ports in pairs).everywhere(family, protocol)


def peer_prefixes(peer: Peer) -> tuple[Prefix, ...]:
    """
    Return the addresses of the peer as far as they are in the text.
    """
    if isinstance(peer, ListPeer):
        return peer.entries or ()
    return () if isinstance(peer, GroupPeer) else (peer,)


def replies(case: Case, *, only_open: bool) -> Iterator[Reason]:
    """
    Yield the rule that admits the replies without tracking, or the nearest to one.
    """
    direction, family, protocol = case.key
    other, preposition = WAYS[OTHER_WAY[direction]]
    wanted = f"{protocol.value} {ALL_PORTS} {preposition} {EVERYONE[family]}"
    opening = [one for one in case.replies if one.opens]
    if any(one.sure for one in opening):
        if not only_open:
            sure = (one for one in opening if one.sure and one.rule is not None)
            yield from (Reason(f"its replies are admitted without tracking: {wanted}", at(one), TRACKING_PAGE) for one in sure)
        return
    if opening:
        unsure = (one for one in opening if one.rule is not None)
        yield from (Reason(f"its replies may be admitted without tracking: {wanted}", at(one), TRACKING_PAGE) for one in unsure)
        return
    nearest = min((one for one in case.replies if one.rule is not None), key=nearness, default=None)
    if nearest is not None and nearest.everyone:
        several = sum(one.everyone for one in case.replies) > 1
        found = (
            f"{'the widest reply rule' if several else 'the reply rule'} covers only {spelled(nearest, OTHER_WAY[direction])}"
        )
        words = f"{found}, not {ALL_PORTS}, so {STARTS[direction]}"
        yield Reason(words, at(nearest), TRACKING_PAGE)
        return
    yield Reason(f"no {other} rule admits {wanted}, so {STARTS[direction]}", case.place, TRACKING_PAGE)
    if nearest is not None:
        yield Reason(f"the nearest reply rule admits only {spelled(nearest, OTHER_WAY[direction])}", at(nearest))


def nearness(one: Admission) -> tuple[int, int]:
    """
    Return how far the rule is from admitting every reply: the fewer addresses it has, and then ports, the farther.
    """
    peer = one.box.peer
    length = 128 if isinstance(peer, (GroupPeer, ListPeer)) else peer.prefixlen
    return (length, one.box.ports.first - one.box.ports.last)


def automatic(
    path: Path | None, names: tuple[str, ...], interface: Interface, service: Service | None = None
) -> Iterator[Reason]:
    """
    Yield why the security groups have no say.
    """
    for name in names:
        if service is not None and name != interface.automatic:
            yield from by_endpoint(service)
        elif path is None or name == interface.automatic:
            words = f"{name}: every flow is tracked automatically, whatever the security groups say"
            yield Reason(words, interface.origin.span, TRACKING_PAGE)
        else:
            article = "an" if name[0] in "aeiou" else "a"
            words = f"{path.destination} leads to {article} {name}, through which every flow is tracked automatically"
            yield Reason(words, path.hops[-1].span if path.hops else None, TRACKING_PAGE)


def by_endpoint(service: Service) -> Iterator[Reason]:
    """
    Yield why the security groups have no say in what goes through a gateway endpoint, nothing where they have.
    """
    kind = service.target.kind.value
    if kind in AUTOMATIC:
        takes = f", {ENTRIES[kind]} entries for each connection" if kind in ENTRIES else ""
        words = f"through a {AUTOMATIC[kind]} every flow is tracked automatically{takes}"
        yield Reason(words, service.hops[-1].span if service.hops else None, TRACKING_PAGE)


def doubts(because: Sequence[Unknown]) -> Iterator[Reason]:
    """
    Yield what stands between the bounds of a verdict.
    """
    return (Reason(f"not decided, because {unknown.why}", unknown.span) for unknown in because)
