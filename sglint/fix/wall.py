"""
Which network ACLs take over the filter when a change opens security groups.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sglint.fix.acl import filters
from sglint.fix.change import Blocked, Filter
from sglint.fix.look import Look
from sglint.rule import Judged
from sglint.rule.words import join


def walls(now: Look, after: Look) -> tuple[tuple[Judged, Filter], ...] | Blocked:
    """
    Return the network ACLs that keep out who a change would let in, each with its network.
    """
    then = {net.network.root: net for net in after.networks.judged}
    found: list[tuple[Judged, Filter]] = []
    for net in now.networks.judged:
        there = then.get(net.network.root)
        if there is None or there.network == net.network:
            continue
        made = filters(net, there)
        if isinstance(made, Blocked):
            return made
        found += ((net, one) for one in made)
    return tuple(found)


def moves(now: Look, after: Look, planned: Iterable[tuple[Judged, Filter]], *, safe: bool) -> Iterator[str]:
    """
    Yield which network ACLs filter then, and what is to be known of them.
    """
    before = {(net.network.root, one.origin.address) for net in now.networks.judged for one in net.network.acls}
    made = [
        (net.network.root, one)
        for net in after.networks.judged
        for one in net.network.acls
        if (net.network.root, one.origin.address) not in before
    ]
    names = [one.acl for _, one in planned if one.acl] + [one.origin.address for _, one in made]
    yield f"the filter moves to {join(sorted(dict.fromkeys(names)))}: it lets in what the groups let in until now, and answers"
    if not safe:
        yield "it cannot keep out all of them: answers, and what others in its subnets need, come in by the same rules"
    yield "it is for everything in its subnets: what is put there from elsewhere, and clients with ports below 1024, need more"
