"""
VPCs and what is in them: subnets, security groups and their rules, route tables and their routes.
"""

from __future__ import annotations

from enum import Enum
from ipaddress import IPv4Network, IPv6Network
from types import MappingProxyType
from typing import TypeAlias

from sglint.frozen import frozen
from sglint.resource import Origin
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

    __hash__ = object.__hash__


OTHER_WAY = MappingProxyType({Direction.IN: Direction.OUT, Direction.OUT: Direction.IN})
"""The direction of the replies."""


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

    __hash__ = object.__hash__


@frozen
class Target:
    """
    What a route leads to: its kind, and its address or literal id where known.

    `NONE` is the target of a destination that no route covers; `UNKNOWN` carries in `why` what stands in the way.
    """

    kind: TargetKind
    address: str = ""
    why: Unknown | None = None


@frozen
class GroupPeer:
    """
    The peers of a rule that names a security group (or `self`).
    """

    group: Link


@frozen
class ListPeer:
    """
    The peers of a rule that names a prefix list; `entries` is None where its content is not in the text.

    `families` are those of a list without entries, nothing where they are not known either.
    """

    prefix_list: Link
    entries: tuple[Prefix, ...] | None = None
    families: tuple[Family, ...] = ()


Peer: TypeAlias = Prefix | GroupPeer | ListPeer


@frozen
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


@frozen
class Permission:
    """
    One written rule and one of its peers: what it surely admits, what it may admit, and what lies between.

    `group` is the security group that it belongs to. A rule for all protocols has one box for each protocol (and family).
    `field` is the path in the origin's values that names the peer, for the label under it; `vague` says that this is a CIDR
    that is not known, so that its boxes are only the most that it can be, and `single` that it is one of a single address.
    """

    origin: Origin
    group: Link
    direction: Direction
    boxes: Bounds[tuple[Box, ...]]
    field: str = ""
    vague: bool = False
    single: bool = False


@frozen
class Group:
    """
    A security group. `hidden` is set when some of its rules are not in the text (a data source, a literal id).
    """

    origin: Origin
    vpc: Link
    default: bool = False
    hidden: Unknown | None = None


@frozen
class Vpc:
    """
    A VPC and its address ranges, IPv4 and IPv6; an Unknown stands for a range that it surely has but whose value is not known.

    `ipv6` says whether one of them is IPv6. `hidden` is set when it existed before this text (a data source, a default VPC).
    """

    origin: Origin
    cidrs: tuple[Prefix | Unknown, ...]
    ipv6: bool | Unknown = False
    hidden: Unknown | None = None


@frozen
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


@frozen
class Table:
    """
    A route table. `hidden` is set when some of its routes are not in the text (a data source, propagated routes).
    """

    origin: Origin
    vpc: Link
    main: bool = False
    hidden: Unknown | None = None


@frozen
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


@frozen
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
