"""
How the admitted flows divide into classes of one state.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
    open_least = trackable and any(one.opens and one.sure for one in replies)
    open_most = trackable and any(one.opens for one in replies)
    free = (
        ports_of(one for one in admitted if one.everyone and one.sure) if open_least else Intervals(),
        ports_of(one for one in admitted if one.everyone) if open_most else Intervals(),
    )
    rules: dict[Peer, list[Admission]] = {}
    for one in admitted:
        rules.setdefault(one.box.peer, []).append(one)
    lengths = sorted({one.prefixlen for one in rules if isinstance(one, (IPv4Network, IPv6Network))})
    wider = {peer: around(peer, rules, lengths) for peer in rules}
    whole = {peer: states([one for other in wider[peer] for one in rules[other]], free) for peer in rules}
    own = {peer: without_wider(whole[peer], [whole[other] for other in wider[peer] if other != peer]) for peer in rules}
    return Peers(whole, own)


def around(peer: Peer, peers: Collection[Peer], lengths: Sequence[int]) -> list[Peer]:
    """
    Return those of the peers that have every address of one; `lengths` are those of the prefixes among them.

    A prefix is looked up in each of the prefixes around it, as a group may have a thousand of them.
    """
    if not isinstance(peer, (IPv4Network, IPv6Network)):
        return [one for one in peers if has(one, peer)]
    found = (peer.supernet(new_prefix=length) for length in lengths if length <= peer.prefixlen)
    return [one for one in found if one in peers]


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


def states(concerned: Sequence[Admission], free: tuple[Intervals, Intervals]) -> Division:
    """
    Return the states of the flows with a peer, of which these admit some; on the `free` ports those of everyone are untracked.
    """
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


def without_wider(division: Division, wider: Sequence[Division]) -> Division:
    """
    Return the states of the flows with a peer, less what a wider peer says in the same words.
    """
    found = {}
    for span, ports in division.items():
        left = ports
        for other in wider:
            left = left - other.get(span, Intervals())
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
