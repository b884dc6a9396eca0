"""
What the security groups make of flows to a service behind a gateway endpoint, whose addresses no text has.

The idea: a rule for everyone has the service, and one that names its prefix list has just it. Any other rule for public
addresses may have some of it; one for private addresses or for a group has none, because services have public addresses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sglint.graph import Service
from sglint.model import GroupPeer, ListPeer, Peer
from sglint.space import EVERYONE
from sglint.track.admit import Admission
from sglint.track.divide import Division, divide
from sglint.track.explain import Case
from sglint.track.way import Way, to_service
from sglint.value import Unknown


def toward(case: Case, service: Service, others: frozenset[str]) -> tuple[Case, Peer, Division, Way]:
    """
    Return what is admitted to the service, how that divides by state, and the way there.

    The lists of the `others`, the gateway endpoints of the interface, have none of its addresses.
    """
    listed = ListPeer(service.target.address)
    admitted = tuple(seen(case.admitted, listed, service, others))
    peers = divide(admitted, case.replies, trackable=True)
    peer: Peer = listed if listed in peers.whole else EVERYONE[service.family]
    return replace(case, admitted=admitted, said={}), peer, peers.whole.get(peer, {}), to_service(service)


def seen(admitted: Sequence[Admission], listed: ListPeer, service: Service, others: frozenset[str]) -> Iterator[Admission]:
    """
    Yield what is admitted of flows to a service, as rules for everyone or for its prefix list.
    """
    place = service.hops[-1].span if service.hops else None
    why = Unknown(f"the addresses of the service of {service.target.address} are not in the text", place)
    for one in admitted:
        peer = one.box.peer
        if one.everyone or (isinstance(peer, ListPeer) and peer.prefix_list == listed.prefix_list):
            yield one if one.everyone else replace(one, box=replace(one.box, peer=listed))
        elif may_have(peer) and not (isinstance(peer, ListPeer) and peer.prefix_list in others):
            because = tuple(dict.fromkeys((*one.because, why)))
            yield replace(one, box=replace(one.box, peer=listed), sure=False, because=because)


def may_have(peer: Peer) -> bool:
    """
    Return whether addresses of a service may be among the peers of a rule.
    """
    if isinstance(peer, GroupPeer):
        return False
    if isinstance(peer, ListPeer):
        return peer.entries is None or any(not one.is_private for one in peer.entries)
    return not peer.is_private
