"""
Transit gateways: what is attached to them, and how they route.
"""

from __future__ import annotations

from enum import Enum

from sglint.frozen import frozen
from sglint.model.vpc import Link, Prefix
from sglint.resource import Origin
from sglint.value import Unknown


@frozen
class Attachment:
    """
    The attachment of a VPC to a transit gateway.

    `association` and `propagation` say whether it wants the default route table of the gateway; what comes of that, with what
    else is written, is in the network's `TransitAssociation` and `TransitPropagation`.
    """

    origin: Origin
    gateway: Link
    vpc: Link
    subnets: tuple[Link, ...]
    appliance_mode: bool | Unknown = False
    association: bool | Unknown = True
    propagation: bool | Unknown = True


class RemoteKind(Enum):
    """
    What is behind an attachment that is no VPC of this text; `VPC` is one of another text.
    """

    VPC = "vpc"
    PEERING = "peering"
    VPN = "vpn"
    CONNECT = "connect"
    DIRECT_CONNECT = "direct-connect-gateway"
    UNKNOWN = "unknown"


@frozen
class RemoteAttachment:
    """
    What else than a VPC is attached to a transit gateway.

    `peer` is the other transit gateway of a peering, the customer gateway of a VPN, the Direct Connect gateway, or what a
    Connect attachment runs over; None where it is not written. A peering is attached to both gateways, and each of them
    has its own routes to it. `association` and `propagation` are those of an `Attachment`.
    """

    origin: Origin
    kind: RemoteKind
    gateway: Link
    peer: Link | None = None
    association: bool | Unknown = True
    propagation: bool | Unknown = True


@frozen
class TransitTable:
    """
    A route table of a transit gateway.

    `association` and `propagation` say whether it is the gateway's default one for either; the table that a gateway is made
    with is `implicit`. `hidden` is set when some of its routes or propagations are not in the text.
    """

    origin: Origin
    gateway: Link
    association: bool | Unknown = False
    propagation: bool | Unknown = False
    implicit: bool = False
    hidden: Unknown | None = None


@frozen
class TransitAssociation:
    """
    Traffic that comes in from an attachment is routed by this table; an attachment has one table, or none and drops it.

    It is `default` where nobody wrote it: the attachment gets the default table of its gateway, which is an `Unknown` when that
    is not in the text. `maybe` says what decides whether there is such an association at all, None when there surely is.
    """

    origin: Origin
    table: Link
    attachment: Link
    default: bool = False
    maybe: Unknown | None = None


@frozen
class TransitPropagation:
    """
    The ranges behind an attachment are routes of this table: those of the VPC, or what the other side announces.

    `default` and `maybe` are those of a `TransitAssociation`.
    """

    origin: Origin
    table: Link
    attachment: Link
    default: bool = False
    maybe: Unknown | None = None


@frozen
class TransitRoute:
    """
    A static route of a transit gateway: the destinations that it may have (several for a prefix list), and where it leads.

    `attachment` is None where no attachment is written. With `blackhole` the traffic is dropped.
    """

    origin: Origin
    table: Link
    destinations: tuple[Prefix | Unknown, ...]
    attachment: Link | None
    blackhole: bool | Unknown = False
    field: str = ""
    maybe: Unknown | None = None
