"""
What to do about flows that are tracked, and what that exposes, so that no rule advises an opening without saying who comes in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network

from sglint.model import Direction, Prefix, Target, TargetKind
from sglint.rule.judged import Judged, on_path
from sglint.rule.load import Advice, Exposes
from sglint.rule.words import Lacking, join, lack, missing, protocols_name, targets_names, where
from sglint.space import EVERYONE, Family, FlowSet, Protocol, flows, prefixes, union, within
from sglint.track import Door, Exposure, Judgement, Verdict, is_wide, peers, ports_of, same_peers

FEW = 3
"""How many ranges of addresses are named one by one."""

OWN = "its own VPC"

FIREWALLS = (TargetKind.GWLB_ENDPOINT, TargetKind.NETWORK_FIREWALL)
"""What traffic of an internet gateway may be led through."""


def remedy(net: Judged, judgement: Judgement, verdicts: Iterable[Verdict]) -> Advice:
    """
    Return what it would take to get these flows untracked, what that exposes, and what no security group can change.
    """
    interface = judgement.interface
    if interface.automatic:
        return (f"no security group helps here: {interface.automatic} is tracked automatically in any case",)
    listed = tuple(verdicts)
    advice = list(opening(net, judgement, listed)) if lack(net, judgement, listed) else []
    names = targets_names(verdict.via for verdict in judgement.verdicts if on_path(interface, verdict))
    stuck = sorted(set(names.values()))
    if stuck:
        advice.append(f"flows through {join(stuck)} are tracked automatically, no security group helps there")
    return tuple(advice)


def opening(net: Judged, judgement: Judgement, verdicts: tuple[Verdict, ...]) -> Advice:
    """
    Return which rules to add and what that exposes, or why not to add them and what to do instead.
    """
    new = lack(net, judgement, verdicts, new=True)
    rules = "; ".join(missing(net, judgement, verdicts))
    found = exposures(net, judgement, new)
    coming = found.get(Direction.IN)
    if coming is not None and coming.internet.most:
        return shut_out(judgement, coming, rules)
    does = "add to {}" if new else "join the rules of {} into one"
    return (f"to leave them untracked, {does.format(where(judgement.interface))}: {rules}", *map(Exposes, exposed(found)))


def exposures(net: Judged, judgement: Judgement, new: Lacking) -> Mapping[Direction, Exposure]:
    """
    Return what the rules expose, for each direction in which they open something.
    """
    found = {}
    for direction in Direction:
        opened = union(
            flows(family, protocol, EVERYONE[family], ports)
            for (way, family), by_protocol in new.items()
            for protocol, ranges in by_protocol.items()
            for ports in ranges
            if way is direction
        )
        if opened:
            found[direction] = net.exposure(judgement, direction, opened)
    return found


def shut_out(judgement: Judgement, coming: Exposure, rules: str) -> tuple[str, ...]:
    """
    Return that the opening is not for an interface that the internet reaches, and what is to be done before.
    """
    gates = [door for door in coming.doors if door.target.kind is TargetKind.INTERNET_GATEWAY]
    through = join(sorted(set(targets_names(door.target for door in gates).values())))
    on = union(door.flows.most for door in gates)
    can = "can" if coming.internet.least else "may"
    because = "" if coming.internet.least else reason(coming)
    named = ports_named(on, coming)
    why = f"do not open {where(judgement.interface)}: with {rules} the whole internet {can} newly reach it"
    instead = "first give these flows an interface without a public address in a subnet without that route"
    return (f"{why} through {through}{named}{because}", f"{instead}, or let a network ACL narrow who comes in")


def exposed(found: Mapping[Direction, Exposure]) -> tuple[str, ...]:
    """
    Return in one line each who can newly reach the interface, and what it can newly reach.
    """
    coming, going = found.get(Direction.IN), found.get(Direction.OUT)
    if coming is None and going is None:
        return ("nothing new can reach it, and it can reach nothing new: the rules admit all of that already",)
    lines = ["nothing new can reach it: that lets nothing in" if coming is None else said(coming)]
    lines += [] if going is None else [said(going)]
    return tuple(lines)


def said(one: Exposure) -> str:
    """
    Return who can newly reach the interface, or what it can newly reach.
    """
    incoming = one.direction is Direction.IN
    if not one.flows.most:
        return nothing(one)
    sure, maybe = listed(one)
    can = "can" if sure else "may"
    whom = "; ".join(sure or maybe) + (f"; and maybe {'; '.join(maybe)}" if sure and maybe else "")
    text = f"only these {can} newly reach it: {whom}" if incoming else f"it {can} newly reach only {whom}"
    filters = join(sorted(acl.origin.address for acl in one.filters))
    after = f"; {filters} keeps out the rest" if filters and incoming else f"; {filters} stops the rest" if filters else ""
    unanswered = "" if one.answered else ", but no network ACL lets answers pass"
    alone = "" if filters or maybe or not incoming else "; filter them with a network ACL"
    return f"{text}{after}{unanswered}{alone}{reason(one) if maybe and incoming else ''}"


def listed(one: Exposure) -> tuple[list[str], list[str]]:
    """
    Return those who surely can reach the interface or be reached, and those who may, in words.
    """
    names = targets_names(door.target for door in one.doors)
    sure = rows([door for door in one.doors if door.sure], names, one)
    return sure, rows([door for door in one.doors if not door.sure], names, one)


def reach(net: Judged, judgement: Judgement, verdicts: Iterable[Verdict]) -> str:
    """
    Return who can reach the interface where its groups admit everyone on the ports of these flows.
    """
    sure, maybe = listed(net.reached(judgement, verdicts))
    return "; ".join((*sure, *(f"maybe {one}" for one in maybe))) or "nobody"


def nothing(one: Exposure) -> str:
    """
    Return why nothing new comes of what is opened in one direction.
    """
    incoming = one.direction is Direction.IN
    text = "nothing new can reach it" if incoming else "it can reach nothing new"
    filters = join(sorted(acl.origin.address for acl in one.filters))
    if not one.new:
        more = " that it listens to" if one.unserved else " of that"
        return f"{text}: the rules admit all{more} already"
    if one.stray:
        return "nothing new can connect to it; packets that it cannot answer may reach it, as no route leads back"
    if filters:
        return f"{text}: {filters} stops all that the rules do not admit already"
    return f"{text}: no route leads to anybody else"


def rows(doors: Iterable[Door], names: Mapping[Target, str], one: Exposure) -> list[str]:
    """
    Return the doors in words, those of the same name together, the own VPC first.
    """
    by_name: dict[str, list[Door]] = {}
    for door in doors:
        by_name.setdefault("" if door.target.kind is TargetKind.LOCAL else names[door.target], []).append(door)
    return [row(name, found, one) for name, found in sorted(by_name.items())]


def row(name: str, doors: list[Door], one: Exposure) -> str:
    """
    Return who is behind doors of one name: the destinations of their routes, or fewer addresses where some are kept out.
    """
    found, led = union(door.flows.most for door in doors), union(door.led for door in doors)
    whole = same_peers(found, led)
    ports = ports_named(found, one)
    if not name:
        return f"{OWN if whole else some(one, found, led, OWN)}{ports}"
    if any(door.target.kind is TargetKind.INTERNET_GATEWAY for door in doors) and is_wide(found):
        return f"the whole internet through {name}{ports}"
    routes = join(str(prefix) for prefix in sorted(met(doors, found), key=order))
    also = ", the internet with it" if one.inspected and is_inspected(doors, found) else ""
    return f"{routes if whole else some(one, found, led, routes)} through {name}{also}{ports}"


def is_inspected(doors: Iterable[Door], found: FlowSet) -> bool:
    """
    Return whether the doors lead the internet through a firewall.
    """
    return is_wide(found) and any(door.target.kind in FIREWALLS for door in doors)


def met(doors: Iterable[Door], found: FlowSet) -> set[Prefix]:
    """
    Return the destinations of the doors that some of the flows are with, less those inside another.
    """
    named = {prefix for door in doors for prefix in door.destinations if is_met(prefix, found)}
    return {prefix for prefix in named if not any(within(prefix, other) for other in named - {prefix})}


def some(one: Exposure, found: FlowSet, led: FlowSet, routes: str) -> str:
    """
    Return the addresses of some of the peers that routes lead to, in as few words as there are.
    """
    kept = [str(prefix) for family in Family for prefix in prefixes(family, peers(found, family))]
    if len(kept) <= FEW:
        return join(kept) + (f" of {OWN}" if routes == OWN else "")
    left = [str(prefix) for family in Family for prefix in prefixes(family, peers(led, family) - peers(found, family))]
    if len(left) <= FEW:
        return f"{routes} but {join(left)}"
    return f"some of {routes}" if one.filters else f"the rest of {routes}"


def is_met(prefix: Prefix, found: FlowSet) -> bool:
    """
    Return whether some flow is with an address of the prefix.
    """
    family = Family.IPV4 if isinstance(prefix, IPv4Network) else Family.IPV6
    return any(found & flows(family, protocol, prefix) for protocol in Protocol)


def order(prefix: Prefix) -> tuple[int, int, int]:
    """
    Return the key that sorts prefixes by version and address, the widest first.
    """
    return (prefix.version, int(prefix.network_address), prefix.prefixlen)


def ports_named(found: FlowSet, one: Exposure) -> str:
    """
    Return on which protocols and ports the flows are, where a network ACL may have cut them down.
    """
    if not one.filters or all(ports_of(found, protocol) == ports_of(one.new, protocol) for protocol in Protocol):
        return ""
    by_protocol = {protocol: set(ports_of(found, protocol)) for protocol in Protocol if ports_of(found, protocol)}
    return f" ({protocols_name(by_protocol)})"


def reason(one: Exposure) -> str:
    """
    Return the first thing that stands in the way of knowing.
    """
    return f" (not decided: {one.flows.because[0].why})" if one.flows.because else ""
