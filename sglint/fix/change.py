"""
What a network must become for a finding to go away, in the model's words.

The idea: the rules of the advice and those of the change are one computation (`lack`), so that what is said and what is written
never disagree. A finding has alternatives, the narrowest first; each is a few changes that belong together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sglint.facts import IDLE_TIMEOUTS
from sglint.model import Attachment, Direction, Interface, Prefix, Timeouts
from sglint.resource import Origin
from sglint.rule import Found, Judged, Judgement, refused, shut
from sglint.rule.advice import exposures, reach, said, shut_out
from sglint.rule.idle import falls_short
from sglint.rule.words import join, lack, missing
from sglint.space import EVERYONE, Family, Ports, Protocol, family_of, prefixes
from sglint.track import peers

USUAL = 5400
"""Seconds that an idle TCP connection of an appliance is kept where none is said: the longest that is usual for appliances."""

FEW = 8
"""How many prefixes a rule is narrowed to at most."""


@dataclass(frozen=True, slots=True)
class Opening:
    """
    Traffic that one rule is to admit: its direction, protocol and ports, and from or to whom; everyone is a prefix of length 0.
    """

    direction: Direction
    protocol: Protocol
    ports: Ports
    peer: Prefix

    @property
    def family(self) -> Family:
        """
        The address family.
        """
        return family_of(self.peer)


@dataclass(frozen=True, slots=True)
class Admit:
    """
    One of these security groups of the interface, the one with the fewest other users first, is to admit each of these.
    """

    interface: str
    groups: tuple[str, ...]
    openings: tuple[Opening, ...]


@dataclass(frozen=True, slots=True)
class Narrow:
    """
    The rules of these groups that admit everyone in a direction are to admit these prefixes instead.
    """

    interface: str
    groups: tuple[str, ...]
    direction: Direction
    peers: tuple[Prefix, ...]


@dataclass(frozen=True, slots=True)
class SetTimeout:
    """
    An idle timeout is to be so many seconds: `tcp_established`, `udp_stream` or `udp`, in the resource that `owner` is of.
    """

    owner: Origin
    name: str
    seconds: int
    interface: str = ""


@dataclass(frozen=True, slots=True)
class ApplianceMode:
    """
    The attachment is to be in appliance mode.
    """

    attachment: Attachment


@dataclass(frozen=True, slots=True)
class AclRule:
    """
    One rule of a network ACL as it is to be; `ports` are None for a protocol that has none.
    """

    direction: Direction
    number: int
    allow: bool
    protocol: Protocol | None
    peer: Prefix
    ports: Ports | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """
    The network ACL is to have these rules beside those that it has; an empty `acl` is a new one, for these subnets.
    """

    acl: str
    rules: tuple[AclRule, ...]
    subnets: tuple[str, ...] = ()


Change: TypeAlias = Admit | Narrow | SetTimeout | ApplianceMode | Filter


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    Changes that together make a finding go away, and what is to be said about the choice.
    """

    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocked:
    """
    Why nothing is to be written.
    """

    why: str


def wanted(net: Judged, slug: str, found: Found) -> tuple[Wanted, ...] | Blocked:
    """
    Return the alternatives that make what a rule found go away, the narrowest first, or why there is none.
    """
    make = MAKERS.get(slug)
    if make is None:
        return Blocked(f"there is no automatic change for {slug}; see sglint explain {slug}")
    return make(net, found)


def opened(net: Judged, found: Found) -> tuple[Wanted, ...] | Blocked:
    """
    Return the rules that the groups lack for the flows to be untracked.
    """
    judgement = judgement_of(net, found)
    if judgement is None:
        return Blocked("it is no interface")
    if judgement.interface.automatic:
        return Blocked(f"no security group helps here: {judgement.interface.automatic} is tracked automatically in any case")
    exposed = exposures(net, judgement, lack(net, judgement, found.meant, new=True))
    coming, going = exposed.get(Direction.IN), exposed.get(Direction.OUT)
    if coming is not None and coming.internet.most:
        return Blocked("; ".join(shut_out(judgement, coming, "; ".join(missing(net, judgement, found.meant)))))
    lacking = lack(net, judgement, found.meant)
    openings = tuple(
        Opening(direction, protocol, ports, EVERYONE[family])
        for direction in Direction
        for family in Family
        for protocol, ranges in sorted(lacking.get((direction, family), {}).items(), key=lambda item: item[0].value)
        for ports in sorted(ranges)
        if not any(other != ports and other.covers(ports) for other in ranges)
    )
    if not openings:
        return Blocked("no rule of a security group is missing: what is tracked here is tracked automatically")
    notes = (f"{judgement.interface.address}: {said(going)}",) if going is not None and going.flows.most else ()
    return admit(net, judgement.interface, openings, notes)


def admit(
    net: Judged, interface: Interface, openings: tuple[Opening, ...], notes: tuple[str, ...] = ()
) -> tuple[Wanted, ...] | Blocked:
    """
    Return that the groups of the interface are to admit these, or why no group can be written to.
    """
    groups = writable(net, interface)
    if isinstance(groups, Blocked):
        return groups
    return (Wanted((Admit(interface.address, groups, openings),), notes),)


def writable(net: Judged, interface: Interface) -> tuple[str, ...] | Blocked:
    """
    Return the groups of an interface that are made in the text, the one with the fewest other users first.
    """
    users: dict[str, int] = {}
    for judgement in net.judgements:
        for group in judgement.interface.groups:
            if isinstance(group, str):
                users[group] = users.get(group, 0) + 1
    made = [one.origin.address for one in net.groups(interface) if one.hidden is None and has_block(net, one.origin)]
    if made:
        return tuple(sorted(dict.fromkeys(made), key=lambda one: (users.get(one, 0), one)))
    named = [one for one in interface.groups if isinstance(one, str) and one]
    if named:
        return Blocked(f"{join(named)} {'is' if len(named) == 1 else 'are'} not made by this text")
    return Blocked("its security groups are not known from the text")


def has_block(net: Judged, origin: Origin) -> bool:
    """
    Return whether the thing is a resource of its own, and no part of another one, as the default group of a VPC is.
    """
    return not any(one.origin.block == origin.block for one in net.network.vpcs)


def let_in(net: Judged, found: Found) -> tuple[Wanted, ...] | Blocked:
    """
    Return that a target is to let in what its load balancer sends: from there alone, or from everyone where that is tracked.
    """
    one = next((one for one in shut(net) if one.interface == found.subject and one.holds.least), None)
    if one is None:
        return Blocked("what the load balancer sends is not all known from the text")
    ports = [(need, need.ports) for need in one.needs]
    unknown = next((need for need, some in ports if not isinstance(some, tuple)), None)
    if unknown is not None:
        return Blocked(f"the port of {unknown.name} is not known from the text")
    everyone = (EVERYONE[Family.IPV4],)
    alternatives: list[Wanted] = []
    for senders in (one.ranges or everyone, everyone):
        openings = tuple(
            Opening(Direction.IN, need.protocol, some[0], peer)
            for need, some in ports
            if isinstance(some, tuple)
            for peer in senders
        )
        made = admit(net, one.interface, openings)
        if isinstance(made, Blocked):
            return made
        alternatives += (each for each in made if each not in alternatives)
    return tuple(alternatives)


def kept_for_less(_net: Judged, found: Found) -> tuple[Wanted, ...] | Blocked:
    """
    Return that idle connections of an appliance are to be forgotten after what is usual.
    """
    interface = found.subject
    if not isinstance(interface, Interface) or interface.settable is None:
        return Blocked("no timeout can be set for it")
    note = f"{USUAL} s is the longest that is usual for appliances: write the one that yours has"
    return (Wanted((SetTimeout(interface.settable, "tcp_established", USUAL, interface.address),), (note,)),)


def kept_for_longer(net: Judged, found: Found) -> tuple[Wanted, ...] | Blocked:
    """
    Return that a target is to remember idle connections for as long as its load balancer.
    """
    short = [one for one in falls_short(net) if one.interface == found.subject]
    owner = next((one.settable for one in short), None)
    if owner is None:
        return Blocked("no timeout can be set for it; shorten the one of the listener")
    return (Wanted((SetTimeout(owner, "tcp_established", max(one.idle for one in short), short[0].interface.address),)),)


def accepted(net: Judged, found: Found) -> tuple[Wanted, ...] | Blocked:
    """
    Return that a timeout is to be the nearest that EC2 accepts.
    """
    changes: list[Change] = []
    for one in refused(net):
        if one.timeouts == found.subject and isinstance(found.subject, Timeouts):
            if isinstance(one.written.value, int):
                seconds = min(max(one.written.value, one.least), one.most)
                name = next(key for key in IDLE_TIMEOUTS if getattr(found.subject, key) == one.written)
                changes.append(SetTimeout(found.subject.origin, name, seconds))
            else:
                return Blocked(f"the value of the {one.name} is not known")
    return (Wanted(tuple(changes)),) if changes else Blocked("no timeout is refused")


def in_appliance_mode(_net: Judged, found: Found) -> tuple[Wanted, ...] | Blocked:
    """
    Return that the attachment is to be in appliance mode.
    """
    if not isinstance(found.subject, Attachment):
        return Blocked("it is no attachment")
    return (Wanted((ApplianceMode(found.subject),)),)


def narrowed(net: Judged, found: Found) -> tuple[Wanted, ...] | Blocked:
    """
    Return that the groups are to admit only those who can reach the interface anyway.
    """
    judgement = judgement_of(net, found)
    if judgement is None:
        return Blocked("it is no interface")
    flows = found.meant
    coming = net.reached(judgement, flows)
    kept = tuple(prefix for family in Family for prefix in prefixes(family, peers(coming.flows.most, family)))
    if not coming.flows.certain or not kept or len(kept) > FEW or any(one.prefixlen == 0 for one in kept):
        return Blocked(f"who must come in is not in the text: it could be {reach(net, judgement, flows)}")
    groups = writable(net, judgement.interface)
    if isinstance(groups, Blocked):
        return groups
    note = "those who can reach it by its routes stay admitted; leave out who need not come in"
    return (Wanted((Narrow(judgement.interface.address, groups, Direction.IN, kept),), (note,)),)


def judgement_of(net: Judged, found: Found) -> Judgement | None:
    """
    Return the judgement of the interface that something was found about.
    """
    return next((one for one in net.judgements if one.interface == found.subject), None)


def by_hand(why: str) -> Callable[[Judged, Found], Blocked]:
    """
    Return what says for each finding of a rule that a person has to decide.
    """
    return lambda _net, _found: Blocked(why)


def openings_of(alternatives: Iterable[Wanted]) -> Iterator[Opening]:
    """
    Yield what the alternatives open.
    """
    for one in alternatives:
        for change in one.changes:
            if isinstance(change, Admit):
                yield from change.openings


MAKERS: Mapping[str, Callable[[Judged, Found], tuple[Wanted, ...] | Blocked]] = {
    "tracked-forwarder": opened,
    "tracked-resolver": opened,
    "tracked-workload": opened,
    "asymmetric-tracked": opened,
    "reply-ports-narrow": opened,
    "split-cidr": opened,
    "one-family-only": opened,
    "no-egress-rule": opened,
    "geneve-blocked": let_in,
    "idle-timeout-default": kept_for_less,
    "idle-timeout-below-gwlb": kept_for_longer,
    "idle-timeout-range": accepted,
    "appliance-mode-off": in_appliance_mode,
    "open-without-gain": narrowed,
    "open-to-internet": by_hand("who may come in from the internet is not in the text: narrow the ingress to them by hand"),
    "untracked-cut": by_hand("a plan is deployed in two steps, it is no text to change"),
    "unused-ignore": by_hand("remove the comment by hand, or keep it with a reason"),
}
"""What each rule's findings want; a rule of someone else's has none."""
