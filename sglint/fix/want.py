"""
What must become of the network for a finding to go away.

The idea: the rules of the advice and those of the change are one computation (`lack`), so that what is said and what is written
never disagree. A finding has alternatives, the narrowest first; each is a few changes that belong together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_interface, ip_network
from typing import TypeAlias

from sglint.facts import IDLE_TIMEOUTS
from sglint.fix.acl import collapsed
from sglint.fix.change import Admit, ApplianceMode, Blocked, Change, Narrow, Opening, SetTimeout, Wanted
from sglint.model import Attachment, Direction, Interface, Prefix, Timeouts
from sglint.resource import Origin
from sglint.rule import Found, Judged, Judgement, refused, shut
from sglint.rule.advice import exposures, reach, said, shut_out
from sglint.rule.idle import falls_short
from sglint.rule.words import join, lack, missing
from sglint.source import SglintError
from sglint.space import EVERYONE, Family, Ports, family_of, intervals, prefixes
from sglint.track import peers

USUAL = 5400
"""Seconds that an idle TCP connection of an appliance is kept where none is said: the longest that is usual for appliances."""

FEW = 8
"""How many prefixes a rule is narrowed to at most."""

SAY = "say who with sglint fix --from CIDR"
"""What to do where a person has to decide who may come in."""

CLOSED = ("open-without-gain", "open-to-internet")
"""The rules whose findings go away when fewer may come in."""

NAMES = {Family.IPV4: "IPv4", Family.IPV6: "IPv6"}

Maker: TypeAlias = "Callable[[Judged, Found], tuple[Wanted, ...] | Blocked]"


def wanted(net: Judged, slug: str, found: Found, allowed: tuple[Prefix, ...] = ()) -> tuple[Wanted, ...] | Blocked:
    """
    Return the alternatives that make what a rule found go away, the narrowest first, or why there is none.

    `allowed` is who may come in where a person has to decide that.
    """
    if allowed and slug in CLOSED:
        return narrowed_to(net, found, allowed)
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
        for ports in (Ports(*pair) for pair in intervals((one.first, one.last) for one in ranges).ranges)
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
        return Blocked(f"who must come in is not in the text: it could be {reach(net, judgement, flows)}; {SAY}")
    groups = writable(net, judgement.interface)
    if isinstance(groups, Blocked):
        return groups
    note = "those who can reach it by its routes stay admitted; leave out who need not come in"
    return (Wanted((Narrow(judgement.interface.address, groups, Direction.IN, kept),), (note,)),)


def narrowed_to(net: Judged, found: Found, allowed: tuple[Prefix, ...]) -> tuple[Wanted, ...] | Blocked:
    """
    Return that the groups are to admit those who a person says may come in.
    """
    judgement = judgement_of(net, found)
    if judgement is None:
        return Blocked("it is no interface")
    needed = {one.family for one in found.meant}
    silent = next((one for one in Family if one in needed and not any(family_of(each) is one for each in allowed)), None)
    if silent is not None:
        return Blocked(f"everyone of {NAMES[silent]} may come in, too: say who of them with --from")
    groups = writable(net, judgement.interface)
    if isinstance(groups, Blocked):
        return groups
    return (Wanted((Narrow(judgement.interface.address, groups, Direction.IN, allowed),)),)


def ranges(texts: Iterable[str]) -> tuple[Prefix, ...]:
    """
    Return the ranges of addresses that --from names, the fewest that are the same. Raises SglintError for anything else.

    >>> ranges(["192.168.0.0/16", "10.0.0.0/9", "10.128.0.0/9", "fd00::/8"])
    (IPv4Network('10.0.0.0/8'), IPv4Network('192.168.0.0/16'), IPv6Network('fd00::/8'))
    """
    return tuple(collapsed(one_range(text.strip()) for text in texts))


def one_range(text: str) -> Prefix:
    """
    Return the range that a text names.
    """
    try:
        found = ip_network(text, strict=False)
    except ValueError:
        found = None
    if found is None or "%" in text:
        raise SglintError(f"--from {text}: that is no range of addresses, such as 10.0.0.0/8 or 2001:db8::/32")
    if not found.prefixlen:
        raise SglintError(f"--from {text}: that is everyone, and narrows nothing: name those who may come in")
    if ip_interface(text).ip != found.network_address:
        raise SglintError(f"--from {text}: that is an address with a length: name the range, {found}, or the address alone")
    return found


def judgement_of(net: Judged, found: Found) -> Judgement | None:
    """
    Return the judgement of the interface that something was found about.
    """
    return next((one for one in net.judgements if one.interface == found.subject), None)


def by_hand(why: str) -> Maker:
    """
    Return what says for each finding of a rule that a person has to decide.
    """
    return lambda _net, _found: Blocked(why)


MAKERS: Mapping[str, Maker] = {
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
    "open-to-internet": by_hand(f"who may come in from the internet is not in the text: {SAY}"),
    "untracked-cut": by_hand("a plan is deployed in two steps, it is no text to change"),
    "unused-ignore": by_hand("remove the comment by hand, or keep it with a reason"),
}
"""What each rule's findings want; a rule of someone else's has none."""
