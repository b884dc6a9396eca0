"""
How the admitted flows divide into classes of one state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import TypeAlias

from sglint.frozen import frozen
from sglint.model import Peer, Prefix
from sglint.space import ALL_PORTS, Intervals, covered, intervals, within
from sglint.track.admit import Admission
from sglint.track.verdict import State

Range: TypeAlias = tuple[State, State]
"""The lowest and the highest state that the security groups give."""

Division: TypeAlias = Mapping[Range, Intervals]
"""The ports by the states of the flows on them."""

EVERY_PORT = Intervals(((ALL_PORTS.first, ALL_PORTS.last),))


@frozen
class Peers:
    """
    The division of the ports for each peer that some rule names; `own` leaves out what a wider peer has in the same states.
    """

    whole: Mapping[Peer, Division]
    own: Mapping[Peer, Division]


def divide(admitted: Sequence[Admission], replies: Sequence[Admission], *, trackable: bool) -> Peers:
    """
    Return the states of the flows that are admitted, given what is admitted in the other direction.

    With `trackable` false all of them are tracked, as ICMP is.
    """
    peers = dict.fromkeys(one.box.peer for one in admitted)
    open_least = trackable and any(one.opens and one.sure for one in replies)
    open_most = trackable and any(one.opens for one in replies)
    free = (
        ports_of(one for one in admitted if one.everyone and one.sure) if open_least else Intervals(),
        ports_of(one for one in admitted if one.everyone) if open_most else Intervals(),
    )
    whole = {peer: states(peer, admitted, free) for peer in peers}
    own = {peer: without_wider(peer, whole) for peer in peers}
    return Peers(whole, own)


def ports_of(admitted: Iterable[Admission]) -> Intervals:
    """
    Return the ports of the boxes.
    """
    return intervals((one.box.ports.first, one.box.ports.last) for one in admitted)


def has(peer: Peer, inner: Peer) -> bool:
    """
    Return whether the peer has every address of the other; a group or a list is only in itself and in everyone.
    """
    if isinstance(peer, (IPv4Network, IPv6Network)):
        return within(inner, peer) if isinstance(inner, (IPv4Network, IPv6Network)) else peer.prefixlen == 0
    return peer == inner


def states(peer: Peer, admitted: Sequence[Admission], free: tuple[Intervals, Intervals]) -> Division:
    """
    Return the states of the flows with this peer; `free` are the ports on which the flows of everyone are untracked.
    """
    concerned = [one for one in admitted if has(one.box.peer, peer)]
    let_in = (ports_of(one for one in concerned if one.sure), ports_of(concerned))
    found: dict[Range, Intervals] = {}
    for least, low in layers(let_in[0], free[0]):
        for most, high in layers(let_in[1], free[1]):
            both = low & high
            if both and most is not State.DENIED:
                found[least, most] = both
    return found


def layers(let_in: Intervals, free: Intervals) -> tuple[tuple[State, Intervals], ...]:
    """
    Return the ports by state in one world.
    """
    return ((State.DENIED, EVERY_PORT - let_in), (State.TRACKED, let_in - free), (State.UNTRACKED, free))


def without_wider(peer: Peer, whole: Mapping[Peer, Division]) -> Division:
    """
    Return the states of the flows with this peer, less what a wider peer says in the same words.
    """
    wider = [division for other, division in whole.items() if other != peer and has(other, peer)]
    found = {}
    for span, ports in whole[peer].items():
        left = ports
        for division in wider:
            left = left - division.get(span, Intervals())
        if left:
            found[span] = left
    return found


def pieces(peers: Peers, destination: Prefix, longer: Sequence[Prefix]) -> Iterator[tuple[Prefix, Peer, Division]]:
    """
    Yield the flows of one routing cell as prefixes of peers, each with the rule's peer that decides and the states.

    Rules around the whole cell speak with the narrowest of them; what longer cells take wholly is left to them.
    """
    around = [peer for peer in peers.whole if isinstance(peer, (IPv4Network, IPv6Network)) and within(destination, peer)]
    inside = [peer for peer in peers.own if isinstance(peer, (IPv4Network, IPv6Network)) and peer not in around]
    if around:
        nearest = max(around, key=lambda peer: peer.prefixlen)
        yield destination, nearest, peers.whole[nearest]
    for peer in inside:
        if within(peer, destination) and not covered(peer, longer):
            yield peer, peer, peers.own[peer]
