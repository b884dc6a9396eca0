"""
What AWS documents of security groups, connection tracking, routes and network ACLs, for one packet at a time.

This is what the verdicts mean. It is slow and obvious on purpose: it looks at one packet, one list of rules, one list of routes
and one table of connections, knows no sets, no bounds and no unknowns, and shares nothing with the code that it is held
against. Each rule names the page that it restates:

- TRACKING https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
- GROUPS   https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
- ROUTES   https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
- ACLS     https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
- TGW-ACLS https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html

Where the pages are silent (halves of the internet, several ranges of ports, prefix lists, references to groups) a flow is taken
as tracked. Types of ICMP are left out, because no verdict speaks of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from itertools import pairwise
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Cidr: TypeAlias = IPv4Network | IPv6Network

EVERY, ICMP, TCP, UDP, GRE, ESP, ICMP6 = -1, 1, 6, 17, 47, 50, 58
IN, OUT = "in", "out"

AUTOMATIC = ("nat-gateway", "egress-only-internet-gateway", "network-firewall-endpoint", "dynamodb-gateway-endpoint")
"""TRACKING, "Automatically tracked connections": the entries of the list that a route can lead to."""


class Answer(Enum):
    """
    What becomes of the first packet of a flow, and so of the flow.
    """

    NOWHERE = "no route"
    DENIED = "denied"
    TRACKED = "tracked"
    AUTOMATIC = "automatically tracked"
    UNTRACKED = "untracked"
    UNFILTERED = "not filtered"


@dataclass(frozen=True, slots=True)
class Packet:
    """
    A packet that comes in at the interface or goes out of it; `groups` are those of the interface at the other end.

    `balanced` says that the flow comes through a Network Load Balancer.
    """

    way: str
    protocol: int
    source: Address
    destination: Address
    source_port: int = 0
    destination_port: int = 0
    groups: tuple[str, ...] = ()
    balanced: bool = False

    @property
    def peer(self) -> Address:
        """
        The address at the other end.
        """
        return self.source if self.way == IN else self.destination

    @property
    def reply(self) -> Packet:
        """
        The answer to the packet.
        """
        way = OUT if self.way == IN else IN
        ends = (self.destination, self.source, self.destination_port, self.source_port)
        return Packet(way, self.protocol, *ends, self.groups, self.balanced)


@dataclass(frozen=True, slots=True)
class Rule:
    """
    A rule of a security group: the peer is a CIDR, the entries of a prefix list, or the name of a security group.
    """

    way: str
    protocol: int
    peer: Cidr | tuple[Cidr, ...] | str
    first: int = 0
    last: int = 65535


@dataclass(frozen=True, slots=True)
class Route:
    """
    A route; `listed` says that its destination is an entry of a prefix list.
    """

    destination: Cidr
    kind: str
    name: str = ""
    listed: bool = False


@dataclass(frozen=True, slots=True)
class AclRule:
    """
    A numbered rule of a network ACL.
    """

    number: int
    way: str
    allow: bool
    protocol: int
    peer: Cidr
    first: int = 0
    last: int = 65535


Flow: TypeAlias = frozenset[tuple[Address, int]]


@dataclass(slots=True)
class Interface:
    """
    An interface: the rules of all its groups, the routes and the ACL of its subnet, and its table of connections.

    `automatic` says that AWS tracks all its flows whatever the rules say. `serves` lists the protocols and ports of its
    listeners, None for no limit. `acl` is None for the default one, which allows everything. `neighbours` is its subnet.
    `resolvers` are the addresses of the VPC's own DNS.
    """

    rules: Sequence[Rule] = ()
    routes: Sequence[Route] = ()
    automatic: bool = False
    serves: Sequence[tuple[int, int, int]] | None = None
    acl: Sequence[AclRule] | None = None
    neighbours: Cidr | None = None
    resolvers: Sequence[Address] = ()
    tracked: set[tuple[int, Flow]] = field(default_factory=set)
    untracked: dict[tuple[int, Flow], Packet] = field(default_factory=dict)
    cut: set[tuple[int, Flow]] = field(default_factory=set)


def has_peer(rule: Rule, packet: Packet) -> bool:
    """
    Return whether the rule names the other end.

    GROUPS: a peer is a range of addresses, a prefix list, or a security group, which stands for the interfaces that have it.
    """
    if isinstance(rule.peer, str):
        return rule.peer in packet.groups
    if isinstance(rule.peer, tuple):
        return any(packet.peer in entry for entry in rule.peer)
    return packet.peer in rule.peer


def has_port(first: int, last: int, packet: Packet) -> bool:
    """
    Return whether the range has the port on which the packet asks to be accepted; other protocols have no ports.
    """
    return packet.protocol not in {TCP, UDP} or first <= packet.destination_port <= last


def admits(rule: Rule, packet: Packet) -> bool:
    """
    Return whether the rule lets the packet through.
    """
    if rule.way != packet.way or rule.protocol not in {EVERY, packet.protocol}:
        return False
    return has_peer(rule, packet) and (rule.protocol == EVERY or has_port(rule.first, rule.last, packet))


def for_everyone(rule: Rule, packet: Packet) -> bool:
    """
    Return whether the rule's peer is every address of the packet's family: 0.0.0.0/0 or ::/0, written as such.
    """
    return not isinstance(rule.peer, (str, tuple)) and rule.peer.prefixlen == 0 and packet.peer in rule.peer


def for_every_reply(rule: Rule, packet: Packet) -> bool:
    """
    Return whether the rule admits every reply to a flow like this one: to every address, on any port of its protocol.
    """
    if rule.way == packet.way or not for_everyone(rule, packet):
        return False
    return rule.protocol == EVERY or (rule.protocol == packet.protocol and (rule.first, rule.last) == (0, 65535))


def by_rules(interface: Interface, packet: Packet) -> Answer:
    """
    Return what the security groups make of a flow that starts with this packet.

    GROUPS: the rules of all groups of an interface are one set, and there are only rules that allow. TRACKING, "Untracked
    connections": a TCP or UDP flow is not tracked if a rule permits it from or to 0.0.0.0/0 or ::/0 and a rule in the other
    direction permits the replies to or from 0.0.0.0/0 or ::/0 on any port (0-65535). The same page's example: ICMP is always
    tracked, and the families are judged apart; of other protocols the address and the protocol are tracked.
    """
    admitting = [rule for rule in interface.rules if admits(rule, packet)]
    if not admitting or not served(interface, packet):
        return Answer.DENIED
    if packet.protocol not in {TCP, UDP}:
        return Answer.TRACKED
    opened = any(for_everyone(rule, packet) for rule in admitting)
    answered = any(for_every_reply(rule, packet) for rule in interface.rules)
    return Answer.UNTRACKED if opened and answered else Answer.TRACKED


def served(interface: Interface, packet: Packet) -> bool:
    """
    Return whether something listens for the packet; what has no listeners listens for everything.
    """
    if packet.way == OUT or interface.serves is None:
        return True
    return any(protocol == packet.protocol and has_port(first, last, packet) for protocol, first, last in interface.serves)


def route_to(routes: Sequence[Route], address: Address) -> Route | None:
    """
    Return the route that traffic to the address takes.

    ROUTES: the longest prefix wins; of the same prefix a static route before `local` and both before an entry of a prefix list;
    of two prefix lists AWS picks one, here the first.
    """
    best = None
    for route in routes:
        if address not in route.destination:
            continue
        if best is None or rank(route) > rank(best):
            best = route
    return best


def rank(route: Route) -> tuple[int, bool, bool]:
    """
    Return what decides between two routes for one address.
    """
    return (route.destination.prefixlen, not route.listed, route.kind != "local")


def acl_allows(interface: Interface, packet: Packet) -> bool:
    """
    Return whether the network ACL lets the packet through.

    ACLS: the rules are taken in the order of their numbers, the first that matches decides, and what none matches is denied;
    they are stateless, so replies are judged like all else; traffic inside a subnet does not meet them.
    """
    if interface.acl is None or (interface.neighbours is not None and packet.peer in interface.neighbours):
        return True
    for rule in sorted(interface.acl, key=lambda one: one.number):
        if rule.way != packet.way or rule.protocol not in {EVERY, packet.protocol} or packet.peer not in rule.peer:
            continue
        if rule.protocol == EVERY or has_port(rule.first, rule.last, packet):
            return rule.allow
    return False


@dataclass(frozen=True, slots=True)
class Stop:
    """
    What a packet comes by: a `host`, an `endpoint` or the `attachment` of a transit gateway, in a subnet with a network ACL.
    """

    kind: str
    subnet: str
    acl: Sequence[AclRule] | None = None


def carried(stops: Sequence[Stop], packet: Packet) -> bool:
    """
    Return whether the packet gets from the first stop to the last, as far as network ACLs go.

    ACLS: what leaves a subnet meets its outbound rules, what enters one its inbound rules. TGW-ACLS: in the subnet of an
    attachment inbound rules judge what goes into the gateway, and outbound rules what comes out of it; if the instance is in
    the same subnet, both judge what it sends into the gateway, and none what it gets from there.
    """
    for here, there in pairwise(stops):
        if here.kind == there.kind == "attachment":
            continue
        if here.subnet == there.subnet and not (here.kind == "host" and there.kind == "attachment"):
            continue
        if not acl_allows(Interface(acl=here.acl), replace(packet, way=OUT)):
            return False
        if not acl_allows(Interface(acl=there.acl), replace(packet, way=IN)):
            return False
    return True


def to_resolver(interface: Interface, packet: Packet) -> bool:
    """
    Return whether the packet is a question to the VPC's own DNS, or an answer from it.
    """
    port = packet.destination_port if packet.way == OUT else packet.source_port
    return packet.protocol in {TCP, UDP} and port == 53 and packet.peer in interface.resolvers


def answer(interface: Interface, packet: Packet) -> Answer:
    """
    Return what becomes of a flow that starts with this packet.

    GROUPS: security groups do not filter DNS to and from the VPC's resolver. TRACKING, "Automatically tracked connections":
    through some things every flow is tracked even if the rules do not require it.
    """
    if not acl_allows(interface, packet):
        return Answer.DENIED
    if to_resolver(interface, packet):
        return Answer.UNFILTERED
    route = route_to(interface.routes, packet.peer)
    if route is None:
        return Answer.NOWHERE
    found = by_rules(interface, packet)
    if found is not Answer.DENIED and (interface.automatic or packet.balanced or route.kind in AUTOMATIC):
        return Answer.AUTOMATIC
    return found


def name_of(packet: Packet) -> tuple[int, Flow]:
    """
    Return what the table knows a connection by, the same for both directions.

    TRACKING: of protocols other than TCP, UDP and ICMP only the address and the protocol are tracked.
    """
    ends = ((packet.source, packet.source_port), (packet.destination, packet.destination_port))
    return packet.protocol, frozenset(ends if packet.protocol in {TCP, UDP} else ((address, 0) for address, _ in ends))


def passes(interface: Interface, packet: Packet) -> bool:
    """
    Return whether the packet is let through, and note in the table of connections what it starts.

    TRACKING: what belongs to a tracked connection is let through whatever the rules say; the packets of an untracked flow, and
    the replies to it, are each let through by a rule. A packet of no known connection starts one or is dropped.
    """
    name = name_of(packet)
    if not acl_allows(interface, packet) or name in interface.cut:
        return False
    if name in interface.tracked:
        return True
    if name in interface.untracked:
        return any(admits(rule, packet) for rule in interface.rules)
    found = answer(interface, packet)
    if found in {Answer.TRACKED, Answer.AUTOMATIC}:
        interface.tracked.add(name)
    elif found is Answer.UNTRACKED:
        interface.untracked[name] = packet
    return found not in {Answer.DENIED, Answer.NOWHERE}


def change(interface: Interface, rules: Sequence[Rule]) -> None:
    """
    Give the interface other rules.

    TRACKING: an untracked flow is interrupted at once when the rule that enables it is removed or changed, a tracked one
    goes on until it times out. That a flow goes on if another rule enables it just as well is our reading.
    """
    interface.rules = rules
    for name, first in tuple(interface.untracked.items()):
        if by_rules(interface, first) is not Answer.UNTRACKED:
            del interface.untracked[name]
            interface.cut.add(name)


def entries(interface: Interface) -> int:
    """
    Return how many entries the tracked connections take.

    TRACKING: a connection through a gateway endpoint to DynamoDB takes two entries, any other one.
    """
    count = 0
    for _, ends in interface.tracked:
        routes = [route_to(interface.routes, address) for address, _ in ends]
        count += 2 if any(one is not None and one.kind == "dynamodb-gateway-endpoint" for one in routes) else 1
    return count


def time_out(interface: Interface, packet: Packet) -> None:
    """
    Let the tracked connection of the packet time out.
    """
    interface.tracked.discard(name_of(packet))
