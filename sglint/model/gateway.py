"""
What connects a VPC to the outside: gateways and peerings.
"""

from __future__ import annotations

from sglint.frozen import frozen
from sglint.model.vpc import Link, TargetKind
from sglint.resource import Origin
from sglint.value import Unknown


@frozen
class GatewayAttachment:
    """
    A gateway is attached to a VPC: an internet gateway, an egress-only one, a virtual private gateway or a carrier gateway.

    `gateway` is what routes lead to. One that is made in the text and attached to nothing there has no such noun.
    """

    origin: Origin
    kind: TargetKind
    gateway: Link
    vpc: Link


@frozen
class Peering:
    """
    A peering connection between two VPCs, either of which may be in another text.

    `accepted` is an Unknown for one that somebody else has to accept.
    """

    origin: Origin
    requester: Link
    accepter: Link
    accepted: bool | Unknown = True


@frozen
class Vpn:
    """
    What is on the other side of a virtual private gateway: a VPN connection, or a Direct Connect gateway.

    `peer` is the customer gateway or the Direct Connect gateway; `direct` tells the latter.
    """

    origin: Origin
    gateway: Link
    peer: Link
    direct: bool = False
