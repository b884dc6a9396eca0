"""
What rules ask about idle timeouts: which flows must be tracked whatever the groups say, and which values EC2 refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sglint.facts import IDLE_TIMEOUTS
from sglint.finding import Label
from sglint.frozen import frozen
from sglint.model import Appliance, Interface, Role, Seconds, TargetKind, Timeouts, accepts_timeouts, effective, gateway_idle
from sglint.resource import Origin
from sglint.rule.judged import Judged, gains, is_geneve, present, surely_tracks
from sglint.space import Bounds, Protocol
from sglint.track import Judgement, State, Verdict
from sglint.value import Unknown

NAMES = {"tcp_established": "TCP established timeout", "udp_stream": "UDP stream timeout", "udp": "UDP timeout"}


@frozen
class Refused:
    """
    A timeout that EC2 does not accept: its name, where it is written, its values, the least and the most that can be set.

    `swapped` says that it would do for the other of the two timeouts of UDP.
    """

    timeouts: Timeouts
    name: str
    written: Seconds
    values: tuple[int, ...]
    least: int
    most: int
    swapped: bool
    holds: Bounds[bool]


def must_track(net: Judged, judgement: Judgement) -> tuple[Verdict, ...]:
    """
    Return the classes of TCP flows of an appliance that are surely tracked, where no security group is a remedy.

    They go through something that is tracked automatically, or the internet could come in were the groups open. What a Gateway
    Load Balancer's target sends by other ways than a gain is its own, and few.
    """
    if net.appliance(judgement.interface) is not None and not gains(judgement):
        return ()
    tcp = (one for one in judgement.verdicts if one.protocol is Protocol.TCP and not one.service and one.via.kind not in OPEN)
    return tuple(one for one in tcp if stuck(one) or (surely_tracks(one) and faces_internet(judgement.interface, one)))


OPEN = (TargetKind.NONE, TargetKind.UNKNOWN, TargetKind.ANY)
"""Where flows go of which the text does not tell the path."""


def stuck(verdict: Verdict) -> bool:
    """
    Return whether the path of flows that are let through surely makes them tracked.
    """
    return bool(verdict.automatic) and verdict.state.least is verdict.state.most is State.TRACKED


def faces_internet(interface: Interface, verdict: Verdict) -> bool:
    """
    Return whether the peers of flows are surely on the internet, and can reach the interface there.
    """
    return verdict.via.kind is TargetKind.INTERNET_GATEWAY and interface.public is True


def keeps_for_days(judgement: Judgement) -> Bounds[bool]:
    """
    Return whether an interface is there, in scope, and left to a default of five days for TCP though another could be set.
    """
    interface = judgement.interface
    written = interface.timeouts
    no = Bounds(least=False, most=False)
    if interface.settable is None or not accepts_timeouts(interface):
        return no
    if written is not None and written.tcp_established is not None:
        return no
    tcp, longest, there = effective(interface).tcp_established, IDLE_TIMEOUTS["tcp_established"][2], present(judgement)
    least = tcp.least == longest and there.least
    return Bounds(least, tcp.most == longest, () if least else (*tcp.because, *there.because))


def refused(net: Judged) -> Iterator[Refused]:
    """
    Yield the written timeouts that are, or may be, outside what EC2 accepts.
    """
    for one in dict.fromkeys(net.network.timeouts):
        parts = {"tcp_established": one.tcp_established, "udp_stream": one.udp_stream, "udp": one.udp}
        for name, written in parts.items():
            if written is None:
                continue
            least, most, _ = IDLE_TIMEOUTS[name]
            values = [written.value] if isinstance(written.value, int) else list(written.value.among)
            wrong = [value for value in values if isinstance(value, int) and not least <= value <= most]
            if wrong:
                because: tuple[Unknown, ...] = (written.value,) if isinstance(written.value, Unknown) else ()
                holds = Bounds(len(wrong) == len(values), most=True, because=because)
                yield Refused(one, NAMES[name], written, tuple(sorted(set(wrong))), least, most, is_swapped(name, wrong), holds)


def is_swapped(name: str, wrong: list[int]) -> bool:
    """
    Return whether a refused timeout of UDP would do for the other.
    """
    other = {"udp": "udp_stream", "udp_stream": "udp"}.get(name)
    return other is not None and all(IDLE_TIMEOUTS[other][0] <= value <= IDLE_TIMEOUTS[other][1] for value in wrong)


def duration(seconds: int) -> str:
    """
    Return a duration in words.

    >>> duration(350), duration(5400), duration(432000)
    ('350 s', '5400 s (90 minutes)', '432000 s (5 days)')
    """
    for name, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds % length == 0 and seconds >= 2 * length:
            return f"{seconds} s ({seconds // length} {name})"
    return f"{seconds} s"


@frozen
class Short:
    """
    A target that forgets idle TCP flows before its load balancer does: after so many `seconds`, and the load balancer's `idle`.

    `flows` are those that it sends to the target, in its packets.
    """

    interface: Interface
    appliance: Appliance
    seconds: int
    idle: int
    labels: tuple[Label, ...]
    holds: Bounds[bool]
    flows: tuple[Verdict, ...] = ()

    @property
    def settable(self) -> Origin | None:
        """
        The resource that the timeout of the target could be written in.
        """
        return self.interface.settable


def falls_short(net: Judged) -> Iterator[Short]:
    """
    Yield the targets of Gateway Load Balancers whose flows may be tracked, and forgotten before the load balancer forgets them.
    """
    judgements = {one.interface.address: one for one in net.interfaces(Role.FORWARDER)}
    for appliance in net.network.appliances:
        judgement = judgements.get(appliance.interface)
        wrapped = [] if judgement is None else [one for one in net.concerned(judgement) if is_geneve(one)]
        if judgement is None or not wrapped:
            continue
        interface = judgement.interface
        own = effective(interface).tcp_established
        theirs, written = gateway_idle(net.network, appliance)
        if own.least >= theirs.most:
            continue
        tracked, maybe = tracks(judgement, wrapped), appliance.origin.maybe
        sure = own.most < theirs.least and tracked.least and maybe is None
        because = (*own.because, *theirs.because, *tracked.because, *(() if maybe is None else (maybe,)))
        labels = tuple(label_of(interface, appliance, written))
        found = Bounds(sure, most=True, because=() if sure else tuple(dict.fromkeys(because)))
        yield Short(interface, appliance, own.least, theirs.most, labels, found, tuple(wrapped))


def tracks(judgement: Judgement, wrapped: Iterable[Verdict]) -> Bounds[bool]:
    """
    Return whether the groups of a target make what the load balancer sends to it tracked, on whatever path.
    """
    there, listed = present(judgement), tuple(wrapped)
    if any(one.by_groups.least is one.by_groups.most is State.TRACKED for one in listed):
        return there
    between = (unknown for one in listed for unknown in one.by_groups.because)
    return Bounds(least=False, most=True, because=tuple(dict.fromkeys((*there.because, *between))))


def label_of(interface: Interface, appliance: Appliance, idle: Seconds | None) -> Iterator[Label]:
    """
    Yield the places where the two timeouts are written, and where the target is registered.
    """
    own = None if interface.timeouts is None else interface.timeouts.tcp_established
    if own is not None:
        yield Label(own.span, "the timeout of the interface")
    if idle is not None:
        yield Label(idle.span, "the idle timeout of the load balancer")
    yield Label(appliance.origin.span, f"is a target by {appliance.target_group}")
