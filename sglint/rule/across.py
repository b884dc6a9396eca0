"""
What rules ask of whole paths: which attachments split the two directions of a flow, and what two-arm appliances see of one.
"""

from __future__ import annotations

from sglint.frozen import frozen
from sglint.graph import Arms, Inspection, arms, build, inspections
from sglint.model import Direction, Interface, Role, TargetKind
from sglint.rule.judged import Judged, holds, is_geneve
from sglint.rule.words import lack
from sglint.space import Bounds
from sglint.track import Judgement, Verdict

BOTH_WAYS = (TargetKind.LOCAL, TargetKind.INTERNET_GATEWAY, TargetKind.NONE)
"""Where what an appliance opens itself goes, or what is answered to its own public address."""


@frozen
class OneWay:
    """
    Flows of which an interface sees one direction alone, and whether that is surely so and they are surely tracked.
    """

    judgement: Judgement
    flows: tuple[Verdict, ...]
    holds: Bounds[bool]


def splits(net: Judged) -> tuple[Inspection, ...]:
    """
    Return the attachments by which the two directions of a flow may meet different appliances, for want of appliance mode.
    """
    return tuple(inspections(build(net.network)))


def one_way(net: Judged) -> tuple[OneWay, ...]:
    """
    Return what the security groups track of the flows that appliances with two arms see one direction of.

    A Gateway Load Balancer sends packets in GENEVE, and nothing goes back to it; nothing answers what is forwarded natively.
    Where one interface does it all and the routes are those of one arm, the appliance is taken to have one.
    """
    if not net.network.appliances:
        return ()
    graph = build(net.network)
    by_address = {one.interface.address: one for one in net.judgements}
    found: dict[str, OneWay] = {}
    for target in dict.fromkeys(one.interface for one in net.network.appliances):
        known = arms(graph, target)
        senders = tuple(one.address for one in known.senders if not only_serves(one))
        if not known.native.least and known.returns and [one.address for one in known.senders] == [target]:
            continue
        for address in dict.fromkeys((target, *senders)) if known.native.most and known.senders else ():
            one = by_address.get(address)
            seen = None if one is None else one_sided(net, one, known, target=address == target, sends=address in senders)
            if seen is not None and (address not in found or seen.holds.least):
                found[address] = seen
    return tuple(found[address] for address in sorted(found))


def only_serves(interface: Interface) -> bool:
    """
    Return whether an interface that may forward is not taken for one that does.
    """
    return interface.source_dest_check is False and interface.role is Role.WORKLOAD


def one_sided(net: Judged, judgement: Judgement, known: Arms, *, target: bool, sends: bool) -> OneWay | None:
    """
    Return what the groups track of an interface's one-sided flows, None where they track nothing of them.
    """
    flows = tuple(
        one
        for one in net.concerned(judgement)
        if (target and is_geneve(one)) or (sends and one.direction is Direction.OUT and one.via.kind not in BOTH_WAYS)
    )
    if not flows:
        return None
    tracked = holds(judgement, flows)
    least = known.native.least and tracked.least
    because = () if least else tuple(dict.fromkeys((*known.native.because, *tracked.because)))
    return OneWay(judgement, flows, Bounds(least=least, most=tracked.most, because=because))


def beside(net: Judged, judgement: Judgement, flows: tuple[Verdict, ...], told: OneWay | None) -> tuple[Verdict, ...]:
    """
    Return what is left to be told of these flows beside those that an appliance sees one direction of.

    That is nothing where the rules that those lack are all that these lack; and all of them where it is not sure that it
    sees one direction alone, but sure that these are tracked.
    """
    if told is None or (holds(judgement, flows).least and not told.holds.least):
        return flows
    left = tuple(one for one in flows if one not in told.flows)
    theirs, known = lack(net, judgement, left), lack(net, judgement, told.flows)
    also = all(
        any(wide.covers(ports) for wide in known.get(key, {}).get(protocol, ()))
        for key, by_protocol in theirs.items()
        for protocol, ranges in by_protocol.items()
        for ports in ranges
    )
    return () if also else left


def said_already(net: Judged, one: OneWay) -> bool:
    """
    Return whether the rule of the role surely tells the same flows, while it is not sure that these are one-sided.
    """
    flows = net.tracked(one.judgement)
    is_told = one.judgement.interface.role is Role.FORWARDER and set(one.flows) <= set(flows)
    return is_told and not one.holds.least and holds(one.judgement, flows).least
