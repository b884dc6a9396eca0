"""
Which network ACLs take over the filter when a change opens security groups, and whether one cuts off what was delivered before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sglint.fix.acl import filters
from sglint.fix.change import Blocked, Filter
from sglint.fix.look import Look, identity
from sglint.graph import build
from sglint.model import OTHER_WAY, Acl, Direction, Interface, Network, Prefix, acls_of
from sglint.rule import Judged
from sglint.rule.words import join
from sglint.space import ALL_PORTS, FlowSet, Intervals, Protocol, family_of, flows, prefixes, union
from sglint.track import Survey, survey
from sglint.track.admit import admissions
from sglint.track.crossing import CLIENT_PORTS
from sglint.track.expose import of_peer, passing
from sglint.value import Unknown


def walls(now: Look, after: Look, most: int) -> tuple[tuple[Judged, Filter], ...] | Blocked:
    """
    Return the network ACLs that keep out who a change would let in, each with its network, and with so many rules at most.
    """
    then = {net.network.root: net for net in after.networks.judged}
    found: list[tuple[Judged, Filter]] = []
    for net in now.networks.judged:
        there = then.get(net.network.root)
        if there is None or there.network == net.network:
            continue
        made = filters(net, there, most)
        if isinstance(made, Blocked):
            return made
        found += ((net, one) for one in made)
    return tuple(found) or Blocked("no security group is opened")


def torn(found: Iterable[tuple[Judged, Filter]]) -> Iterator[str]:
    """
    Yield that one block makes subnets of several root modules, which need different network ACLs.
    """
    seen: dict[object, tuple[Judged, Filter]] = {}
    for net, one in found:
        spans = frozenset(each.origin.span for each in net.network.subnets if each.origin.address in one.subnets)
        other, same = seen.setdefault(spans, (net, one))
        if spans and same.rules != one.rules:
            roots = join(sorted({other.network.root, net.network.root}))
            yield f"one block makes {join(one.subnets)} of {roots}, which need different rules"


def moves(now: Look, after: Look, planned: Iterable[tuple[Judged, Filter]], *, safe: bool) -> Iterator[str]:
    """
    Yield which network ACLs filter then, and what is to be known of them.
    """
    before = {(net.network.root, one.origin.address) for net in now.networks.judged for one in net.network.acls}
    made = [
        (net.network.root, one)
        for net in after.networks.judged
        for one in net.network.acls
        if (net.network.root, one.origin.address) not in before and one.origin.root in {"", net.network.root}
    ]
    names = [one.acl for _, one in planned if one.acl] + [one.origin.address for _, one in made]
    yield f"the filter moves to {join(sorted(dict.fromkeys(names)))}: it lets in what the groups let in until now, and answers"
    if not safe:
        yield "it cannot keep out all of them: answers, and what others in its subnets need, come in by the same rules"
    yield "it is for everything in its subnets: what is put there from elsewhere, and clients with ports below 1024, need more"


def cut(before: Look, after: Look) -> Iterator[str]:
    """
    Yield which interfaces would have packets denied by a network ACL that are delivered now, or the answers to them.
    """
    then = {net.network.root: net.network for net in after.networks.judged}
    for net in before.networks.judged:
        other = then.get(net.network.root)
        if other is None or net.network.acls == other.acls:
            continue
        was, now = survey(net.network), survey(other)
        names = [one.address for one in net.network.interfaces if is_cut(net.network, was, now, one)]
        if names:
            yield f"the network ACL would cut off {join(sorted(names)[:3])}"


def strayed(before: Look, after: Look, planned: Iterable[tuple[Judged, Filter]]) -> Iterator[str]:
    """
    Yield which subnets would get a network ACL that was made for others: those that the same block makes, by calls of its
    module.
    """
    meant = {(net.network.root, subnet) for net, one in planned for subnet in one.subnets}
    then = {net.network.root: net.network for net in after.networks.judged}
    for net in before.networks.judged:
        other = then.get(net.network.root, net.network)
        for subnet in net.network.subnets if other.acls != net.network.acls else ():
            name = subnet.origin.address
            was, now = ({acl_name(one) for one in acls_of(each, name)} for each in (net.network, other))
            if was != now and identity(net.network.root, subnet.origin) not in meant:
                named = f"{name} of {net.network.root}" if any(root != net.network.root for root, _ in meant) else name
                yield f"what is written for other subnets of the module would be the network ACL of {named} too"


def acl_name(one: Acl | Unknown) -> str:
    """
    Return what tells a network ACL of a subnet from another.
    """
    return "?" if isinstance(one, Unknown) else one.origin.address


def is_cut(net: Network, was: Survey, now: Survey, interface: Interface) -> bool:
    """
    Return whether the network ACL denies something of an interface that its groups admit, and that is answered now.
    """
    admitted = admissions(build(net), was.rules, interface)
    for subnet in interface.subnets:
        for direction in Direction:
            listed = (one for (way, _, _), some in admitted.items() if way is direction for one in some)
            going = union(of_peer(one, sure=False) for one in listed) & passing(was, subnet, direction).most
            back = answers(going) & passing(was, subnet, OTHER_WAY[direction]).most
            same = passing(was, subnet, direction) == passing(now, subnet, direction)
            if not same and going - passing(now, subnet, direction).least:
                return True
            same = passing(was, subnet, OTHER_WAY[direction]) == passing(now, subnet, OTHER_WAY[direction])
            if not same and back - passing(now, subnet, OTHER_WAY[direction]).least:
                return True
    return False


def answers(going: FlowSet) -> FlowSet:
    """
    Return the packets that answer flows, by the ports that clients choose.
    """
    return union(
        back(peer, protocol)
        for family, protocol, slabs in going.planes
        for first, last, _ in slabs
        for peer in prefixes(family, Intervals(((first, last),)))
    )


def back(peer: Prefix, protocol: Protocol) -> FlowSet:
    """
    Return the packets to the ports of clients at the peer; of protocols without ports all packets.
    """
    return flows(family_of(peer), protocol, peer, CLIENT_PORTS if protocol in (Protocol.TCP, Protocol.UDP) else ALL_PORTS)
