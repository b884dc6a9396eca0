"""
What a Gateway Load Balancer sends to its targets, and whether their security groups let it in.

The idea: the nodes of the load balancer have addresses in its subnets and no security group of their own. So rules that name a
group never let them in, and whether others do follows from the ranges of these subnets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network

from sglint.facts import GENEVE_HEALTH_PORT, GENEVE_PORT
from sglint.finding import Label
from sglint.frozen import frozen
from sglint.model import Appliance, Balancer, Direction, GroupPeer, Interface, ListPeer, Network, Permission, Prefix
from sglint.rule.judged import Judged
from sglint.space import ALL_PORTS, EVERYONE, Bounds, Family, Ports, Protocol, family_of, intersect, within
from sglint.track.admit import Admission, Rules, index, of_groups
from sglint.value import Unknown


@frozen
class Sender:
    """
    The nodes of a load balancer in one subnet, and the ranges of their addresses; `vague` says why these are too wide.

    `inside` are the addresses of the subnet and its VPC, where they are in the text.
    """

    ranges: tuple[Prefix, ...]
    zone: str | None = None
    vague: Unknown | None = None
    inside: tuple[str, ...] = ()


@frozen
class Need:
    """
    What a target must let in: its name, its protocol, and the ports of which one is meant, an Unknown for any.
    """

    name: str
    protocol: Protocol
    ports: tuple[Ports, ...] | Unknown


@frozen
class Shut:
    """
    What the security groups of a target do not let in from its load balancer, and the rules that come near.

    `ranges` are the addresses of all nodes of the load balancer, None where the text does not tell them.
    """

    interface: Interface
    appliance: Appliance
    needs: tuple[Need, ...]
    ranges: tuple[Prefix, ...] | None
    near: tuple[Label, ...]
    holds: Bounds[bool]


def shut(net: Judged) -> Iterator[Shut]:
    """
    Yield the targets of Gateway Load Balancers that may not be let have what they are sent: what is sure of them, or all else.
    """
    interfaces = {one.interface.address: one.interface for one in net.judgements}
    rules = index(net.network) if net.network.appliances else None
    for appliance in net.network.appliances:
        interface = interfaces.get(appliance.interface)
        if rules is None or interface is None or not interface.grouped or not interface.groups:
            continue
        admitted = tuple(one for way, one in of_groups(rules, interface) if way is Direction.IN)
        balancer = next((one for one in net.network.balancers if one.origin.address == appliance.balancer), None)
        senders = senders_of(net.network, balancer, appliance)
        parts = parts_of(net.network, balancer, senders, interface)
        found = [(need, blocked(need, parts, admitted)) for need in needs(net.network, appliance)]
        kept = [item for item in found if item[1].least] or [item for item in found if item[1].most]
        if kept:
            yield told(rules, appliance, interface, senders, kept)


def told(
    rules: Rules,
    appliance: Appliance,
    interface: Interface,
    senders: Iterable[Sender],
    kept: Sequence[tuple[Need, Bounds[bool]]],
) -> Shut:
    """
    Return what there is to say about a target that is not let have these.
    """
    maybe = appliance.origin.maybe
    because = (*(() if maybe is None else (maybe,)), *(unknown for _, one in kept for unknown in one.because))
    plain = tuple(dict.fromkeys(one for sender in senders for one in sender.ranges))
    return Shut(
        interface,
        appliance,
        tuple(need for need, _ in kept),
        None if EVERYONE[Family.IPV4] in plain else plain,
        tuple(near(rules, interface, [need for need, _ in kept])),
        Bounds(least=maybe is None and all(one.least for _, one in kept), most=True, because=tuple(dict.fromkeys(because))),
    )


def near(rules: Rules, interface: Interface, wanted: Iterable[Need]) -> Iterator[Label]:
    """
    Yield the rules that let such packets in, from others or maybe from others.
    """
    listed = tuple(wanted)
    for group in interface.groups:
        for rule in rules.by_group.get(group, ()) if isinstance(group, str) else ():
            boxes = [box for box in rule.boxes.most if box.family is Family.IPV4] if rule.direction is Direction.IN else []
            meant = [box for box in boxes for need in listed if box.protocol is need.protocol and is_open(box.ports, need)]
            if meant and all(isinstance(box.peer, GroupPeer) for box in meant):
                yield Label(rule.origin.at(rule.field), "lets this in from a security group, and the load balancer has none")
            elif meant:
                sure = rule.boxes.least == rule.boxes.most
                yield Label(rule.origin.at(rule.field), f"lets this in, {'but' if sure else 'maybe'} not from there")


def needs(network: Network, appliance: Appliance) -> Iterator[Need]:
    """
    Yield what the load balancer sends to a target: the encapsulated packets, and the health check.
    """
    yield Need(f"UDP {GENEVE_PORT} (GENEVE)", Protocol.UDP, (Ports(GENEVE_PORT, GENEVE_PORT),))
    group = next((one for one in network.target_groups if one.origin.address == appliance.target_group), None)
    if group is None:
        return
    port = group.health.port
    if isinstance(port, Unknown):
        yield Need("the health check", Protocol.TCP, port)
        return
    usual = (GENEVE_HEALTH_PORT, GENEVE_PORT)
    meant = usual if port is None else (port,)
    name = f"TCP {' or '.join(map(str, meant))} (the health check)"
    yield Need(name, Protocol.TCP, tuple(Ports(one, one) for one in meant))


def senders_of(network: Network, balancer: Balancer | None, appliance: Appliance) -> tuple[Sender, ...]:
    """
    Return the nodes of the load balancer of a target, one anywhere where the text does not tell of them.
    """
    named = appliance.balancer
    if balancer is None:
        why = named if isinstance(named, Unknown) else Unknown(f"{named} is not in the text", appliance.origin.span)
    else:
        why = Unknown(f"the subnets of {balancer.origin.address} are not in the text", balancer.origin.span)
    found = () if balancer is None else tuple(dict.fromkeys(sender(network, one) for one in balancer.subnets))
    return found or (Sender((EVERYONE[Family.IPV4],), None, why),)


def parts_of(
    network: Network, balancer: Balancer | None, senders: tuple[Sender, ...], interface: Interface
) -> tuple[tuple[Sender, ...], ...]:
    """
    Return the nodes that send to a target, in parts: one node at least of each part must be let in.

    Without cross-zone balancing a node sends to the targets of its own zone, as far as the zones are known.
    """
    if balancer is not None and balancer.cross_zone is True:
        return tuple((one,) for one in senders)
    zones = {sender(network, one).zone for one in interface.subnets}
    if None in zones or any(one.zone is None for one in senders):
        return (senders,)
    parts = (tuple(one for one in senders if one.zone == zone) for zone in sorted(zone for zone in zones if zone))
    return tuple(part for part in parts if part) or (senders,)


def sender(network: Network, link: str | Unknown) -> Sender:
    """
    Return what the nodes in a subnet have for addresses: those of the subnet, or somewhere in those of its VPC.
    """
    anywhere = (EVERYONE[Family.IPV4],)
    noun = next((one for one in network.subnets if one.origin.address == link), None)
    if noun is None:
        return Sender(anywhere, None, link if isinstance(link, Unknown) else Unknown(f"{link} is not in the text"))
    zone = noun.zone if isinstance(noun.zone, str) else None
    inside = (noun.origin.address, *((noun.vpc,) if isinstance(noun.vpc, str) else ()))
    own = known(noun.cidrs)
    if own:
        return Sender(own, zone, inside=inside)
    vpc = next((one for one in network.vpcs if one.origin.address == noun.vpc), None)
    around = () if vpc is None or any(isinstance(one, Unknown) for one in vpc.cidrs) else known(vpc.cidrs)
    why = next((one for one in noun.cidrs if isinstance(one, Unknown)), None)
    vague = why or Unknown(f"the range of {noun.origin.address} is not in the text", noun.origin.span)
    return Sender(around or anywhere, zone, vague, inside)


def known(cidrs: Iterable[Prefix | Unknown]) -> tuple[Prefix, ...]:
    """
    Return the IPv4 ranges that are known.
    """
    return tuple(one for one in cidrs if not isinstance(one, Unknown) and family_of(one) is Family.IPV4)


def blocked(need: Need, parts: Sequence[Sequence[Sender]], admitted: Sequence[Admission]) -> Bounds[bool]:
    """
    Return whether no node of some part is let in.
    """
    found = [[let_in(need, one, admitted) for one in part] for part in parts]
    least = any(all(not one.most for one in part) for part in found)
    most = any(all(not one.least for one in part) for part in found)
    because = dict.fromkeys(unknown for part in found for one in part for unknown in one.because) if most and not least else ()
    return Bounds(least, most, tuple(because))


def let_in(need: Need, one: Sender, admitted: Sequence[Admission]) -> Bounds[bool]:
    """
    Return whether the rules let in what a node sends.
    """
    matching = [
        item
        for item in admitted
        if item.box.family is Family.IPV4
        and item.box.protocol is need.protocol
        and is_open(item.box.ports, need)
        and meets(item, one)
    ]
    doubts: dict[Unknown, None] = {}
    for item in matching:
        why = doubts_of(need, one, item)
        if not why:
            return Bounds(least=True, most=True)
        doubts.update(dict.fromkeys(why))
    return Bounds(least=False, most=bool(matching), because=tuple(doubts))


def doubts_of(need: Need, one: Sender, item: Admission) -> tuple[Unknown, ...]:
    """
    Return why a rule that may let a node in need not do so.
    """
    if item.rule is not None and names_their_range(item.rule, one):
        return ()
    doubts = list(item.because) if not item.sure else []
    peer = item.box.peer
    if isinstance(peer, ListPeer) and peer.entries is None:
        named = peer.prefix_list
        doubts.append(named if isinstance(named, Unknown) else Unknown(f"the entries of {named} are not in the text"))
    if one.vague is not None and not all(any(within(own, other) for other in entries(item)) for own in one.ranges):
        doubts.append(one.vague)
    if isinstance(need.ports, Unknown) and item.box.ports != ALL_PORTS:
        doubts.append(need.ports)
    return tuple(doubts)


def names_their_range(rule: Permission, one: Sender) -> bool:
    """
    Return whether a rule whose CIDR is not known surely is there, and names the range of the nodes' own subnet or VPC.
    """
    if not rule.vague or rule.origin.maybe is not None or isinstance(rule.group, Unknown):
        return False
    refs = [ref for unknown in rule.boxes.because for ref in unknown.refs]
    return len(refs) == 1 and refs[0].address in one.inside and refs[0].attribute in RANGE


RANGE = ("cidr_block", "CidrBlock")
"""What the range of a VPC or subnet is called, in either format."""


def is_open(ports: Ports, need: Need) -> bool:
    """
    Return whether a rule for these ports may let in what is needed.
    """
    return isinstance(need.ports, Unknown) or any(ports.covers(one) for one in need.ports)


def meets(item: Admission, one: Sender) -> bool:
    """
    Return whether the peers of a rule may be among the nodes; no security group has them.
    """
    if isinstance(item.box.peer, GroupPeer):
        return False
    if isinstance(item.box.peer, ListPeer) and item.box.peer.entries is None:
        return True
    return any(intersect(own, other) is not None for own in one.ranges for other in entries(item))


def entries(item: Admission) -> tuple[Prefix, ...]:
    """
    Return the IPv4 ranges that a rule names.
    """
    peer = item.box.peer
    named = (
        (peer.entries or ()) if isinstance(peer, ListPeer) else (peer,) if isinstance(peer, (IPv4Network, IPv6Network)) else ()
    )
    return known(named)
