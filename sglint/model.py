"""
The network, in nobody's spelling.

Small nouns, each with its `Origin`. One thing points at another by its address (a `str`), or by an `Unknown` when the text
does not say which one it is. What is uncertain about a noun is in its fields as bounds or candidates; whether it exists at
all is `origin.maybe`. Tuples are in the order of their addresses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from ipaddress import IPv4Network, IPv6Network
from types import MappingProxyType
from typing import TypeAlias

from sglint.resource import Origin
from sglint.source import Span
from sglint.space import Bounds, Family, Ports, Protocol
from sglint.value import Unknown

Prefix: TypeAlias = IPv4Network | IPv6Network
Link: TypeAlias = str | Unknown


class Direction(Enum):
    """
    Who starts the flow: `IN` the peer, `OUT` the interface.
    """

    IN = "in"
    OUT = "out"


OTHER_WAY = MappingProxyType({Direction.IN: Direction.OUT, Direction.OUT: Direction.IN})
"""The direction of the replies."""


class Role(Enum):
    """
    What an interface is for.

    `FORWARDER` passes on traffic that is not its own (source/destination check off, or a Gateway Load Balancer target),
    `RESOLVER` is a Route 53 Resolver endpoint, `MANAGED` belongs to a service no user can tune, `WORKLOAD` is all else.
    """

    FORWARDER = "forwarder"
    RESOLVER = "resolver"
    WORKLOAD = "workload"
    MANAGED = "managed"


class TargetKind(Enum):
    """
    What a route leads to; the values are those of the JSON output.
    """

    TRANSIT_GATEWAY = "transit-gateway"
    GWLB_ENDPOINT = "gwlb-endpoint"
    NETWORK_FIREWALL = "network-firewall-endpoint"
    NAT_GATEWAY = "nat-gateway"
    EGRESS_ONLY = "egress-only-internet-gateway"
    INTERNET_GATEWAY = "internet-gateway"
    VIRTUAL_PRIVATE_GATEWAY = "virtual-private-gateway"
    PEERING = "vpc-peering"
    CORE_NETWORK = "cloud-wan"
    CARRIER_GATEWAY = "carrier-gateway"
    LOCAL_GATEWAY = "local-gateway"
    DATABASE_NETWORK = "odb-network"
    INTERFACE = "network-interface"
    S3_ENDPOINT = "s3-gateway-endpoint"
    DYNAMODB_ENDPOINT = "dynamodb-gateway-endpoint"
    GATEWAY_ENDPOINT = "gateway-endpoint"
    LOCAL = "local"
    NONE = "none"
    ANY = "any"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Target:
    """
    What a route leads to: its kind, and its address or literal id where known.

    `NONE` is the target of a destination that no route covers; `UNKNOWN` carries in `why` what stands in the way.
    """

    kind: TargetKind
    address: str = ""
    why: Unknown | None = None


@dataclass(frozen=True, slots=True)
class GroupPeer:
    """
    The peers of a rule that names a security group (or `self`).
    """

    group: Link


@dataclass(frozen=True, slots=True)
class ListPeer:
    """
    The peers of a rule that names a prefix list; `entries` is None where its content is not in the text.
    """

    prefix_list: Link
    entries: tuple[Prefix, ...] | None = None


Peer: TypeAlias = Prefix | GroupPeer | ListPeer


@dataclass(frozen=True, slots=True)
class Box:
    """
    The flows that one rule admits, of one family and protocol, with one kind of peer.

    For `Protocol.ICMP` and `Protocol.OTHER` the ports are all of them.
    """

    family: Family
    protocol: Protocol
    peer: Peer
    ports: Ports

    @property
    def everyone(self) -> bool:
        """
        Whether the peer is every address of the family.
        """
        return isinstance(self.peer, (IPv4Network, IPv6Network)) and self.peer.prefixlen == 0


@dataclass(frozen=True, slots=True)
class Permission:
    """
    One written rule and one of its peers: what it surely admits, what it may admit, and what lies between.

    `group` is the security group that it belongs to. A rule for all protocols has one box for each protocol (and family).
    `field` is the path in the origin's values that names the peer, for the label under it; `vague` says that this is a CIDR
    that is not known, so that its boxes are only the most that it can be.
    """

    origin: Origin
    group: Link
    direction: Direction
    boxes: Bounds[tuple[Box, ...]]
    field: str = ""
    vague: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """
    A security group. `hidden` is set when some of its rules are not in the text (a data source, a literal id).
    """

    origin: Origin
    vpc: Link
    default: bool = False
    hidden: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Vpc:
    """
    A VPC and its address ranges, IPv4 and IPv6; an Unknown stands for a range that it surely has but whose value is not known.

    `ipv6` says whether one of them is IPv6. `hidden` is set when it existed before this text (a data source, a default VPC).
    """

    origin: Origin
    cidrs: tuple[Prefix | Unknown, ...]
    ipv6: bool | Unknown = False
    hidden: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Subnet:
    """
    A subnet; `zone` is its Availability Zone where the text says it.

    `ipv6` says whether it has an IPv6 range. `hidden` is set when it existed before this text (a data source, a default
    subnet): then its route table need not be in the text, and without an association here it is not known.
    """

    origin: Origin
    vpc: Link
    cidrs: tuple[Prefix | Unknown, ...]
    zone: str | Unknown | None = None
    ipv6: bool | Unknown = False
    hidden: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """
    A route table. `hidden` is set when some of its routes are not in the text (a data source, propagated routes).
    """

    origin: Origin
    vpc: Link
    main: bool = False
    hidden: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Association:
    """
    A table serves a subnet, or the whole VPC as its main table (`subnet` is None, `vpc` set).

    Associations with a gateway (edge tables) say nothing about traffic that leaves an interface; they carry `gateway`.
    """

    origin: Origin
    table: Link
    subnet: Link | None = None
    vpc: Link | None = None
    gateway: Link | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """
    One route: the destinations it may have (several for a prefix list, an Unknown when not known), and the targets it may have.

    `families` are those that an Unknown destination may be of. `maybe` is set for a route block that need not be there
    although its resource is.
    """

    origin: Origin
    table: Link
    destinations: tuple[Prefix | Unknown, ...]
    targets: tuple[Target, ...]
    field: str = ""
    families: tuple[Family, ...] = (Family.IPV4, Family.IPV6)
    maybe: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """
    The attachment of a VPC to a transit gateway.
    """

    origin: Origin
    gateway: Link
    vpc: Link
    subnets: tuple[Link, ...]
    appliance_mode: bool | Unknown = False


@dataclass(frozen=True, slots=True)
class Interface:
    """
    One network interface, or the like-configured interfaces of one resource (a load balancer's, a group's instances).

    `kind` is the resource type that creates it. `subnets` and `groups` are what it surely has; an Unknown among them is one
    that is there but not known. `groups` holds the default group of the VPC where none is given. `automatic` names the
    kind of §1.3 of which every flow is tracked ("AWS PrivateLink (interface VPC endpoint)"), empty for none. `grouped` is
    False for a thing that has no security group. `serves` limits what it accepts to its listeners, None for no limit.
    `source_dest_check` is False for an interface that may forward. `attached_to` is the instance an ENI is attached to.
    `purpose` is the one direction of flows that it is for (a Resolver endpoint answers, or asks), None for both or unknown.
    """

    origin: Origin
    kind: str
    role: Role
    subnets: tuple[Link, ...]
    groups: tuple[Link, ...]
    automatic: str = ""
    grouped: bool = True
    serves: tuple[tuple[Protocol, Ports], ...] | None = None
    source_dest_check: bool | Unknown = True
    public: bool | Unknown = False
    attached_to: Link | None = None
    purpose: Direction | None = None

    @property
    def address(self) -> str:
        """
        The address of the resource.
        """
        return self.origin.address


@dataclass(frozen=True, slots=True)
class Appliance:
    """
    A Gateway Load Balancer sends its traffic (GENEVE, UDP 6081) to this interface.

    `balancer` and `target_group` are addresses; `origin` is the attachment that says so; `health_port` is the TCP port that
    the health check uses, None when it is the traffic port or not TCP.
    """

    origin: Origin
    interface: str
    balancer: Link
    target_group: Link
    health_port: int | Unknown | None = None


@dataclass(frozen=True, slots=True)
class Unresolved:
    """
    An attribute that is not known: at `path` in the resource at `address`, empty for whether that exists at all.

    `span` is the place that says why, or that of the attribute.
    """

    address: str
    path: str
    unknown: Unknown
    span: Span

    @property
    def bounded(self) -> bool:
        """
        Whether the values that it can have are known, or what each of its elements is.
        """
        return bool(self.unknown.among) or self.unknown.element is not None


@dataclass(frozen=True, slots=True)
class Resolved:
    """
    How many of the attributes that the network is made from are known, are identities of other things, or neither.
    """

    known: int = 0
    identities: int = 0
    unresolved: tuple[Unresolved, ...] = ()

    @property
    def total(self) -> int:
        """
        The number of all attributes.
        """
        return self.known + self.identities + len(self.unresolved)

    @property
    def bounded(self) -> int:
        """
        The number of those of which it is known what they can be.
        """
        return sum(one.bounded for one in self.unresolved)

    @property
    def unknown(self) -> int:
        """
        The number of those of which nothing is known.
        """
        return len(self.unresolved) - self.bounded


@dataclass(frozen=True, slots=True)
class Network:
    """
    Everything that one root module or template says about a network.

    `root` is the path of the root module. Tuples are sorted by address.
    """

    root: str
    vpcs: tuple[Vpc, ...] = ()
    subnets: tuple[Subnet, ...] = ()
    groups: tuple[Group, ...] = ()
    permissions: tuple[Permission, ...] = ()
    tables: tuple[Table, ...] = ()
    associations: tuple[Association, ...] = ()
    routes: tuple[Route, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    interfaces: tuple[Interface, ...] = ()
    appliances: tuple[Appliance, ...] = ()
    seen: tuple[tuple[str, int], ...] = field(default=())
    resolved: Resolved = field(default_factory=Resolved)
