"""
What is attached to transit gateways: VPCs, and what is behind other attachments, which may be on a virtual private gateway.
"""

from __future__ import annotations

from collections.abc import Iterator

from sglint.lower import read
from sglint.lower.index import Index, type_of
from sglint.lower.link import follow, is_alias, places, pointing
from sglint.lower.row import Row, View, same
from sglint.lower.users import given
from sglint.model import Attachment, Link, RemoteAttachment, RemoteKind, Vpn
from sglint.resource import Resource
from sglint.value import Unknown

_FLAGS = {
    "association": "transit_gateway_default_route_table_association",
    "propagation": "transit_gateway_default_route_table_propagation",
}
_CFN_ATTACHMENT = {
    "gateway": "TransitGatewayId",
    "vpc": "VpcId",
    "subnets": "SubnetIds",
    "appliance": "Options[].ApplianceModeSupport",
}
_OWN_ID = ("transit_gateway_attachment_id",)
_ATTACHMENT_ID = (*_OWN_ID, "TransitGatewayAttachmentId")
ROWS = (
    Row(
        "attachment",
        {
            "aws_ec2_transit_gateway_vpc_attachment": {
                "gateway": "transit_gateway_id",
                "vpc": "vpc_id",
                "subnets": "subnet_ids",
                "appliance": "appliance_mode_support",
                **_FLAGS,
            },
            **same(_CFN_ATTACHMENT, "AWS::EC2::TransitGatewayAttachment", "AWS::EC2::TransitGatewayVpcAttachment"),
        },
    ),
    Row(
        "attachment accepter",
        {
            "aws_ec2_transit_gateway_vpc_attachment_accepter": {"attachment": "transit_gateway_attachment_id", **_FLAGS},
            "aws_ec2_transit_gateway_peering_attachment_accepter": {"attachment": "transit_gateway_attachment_id"},
        },
        _OWN_ID,
    ),
    Row(
        "peering attachment",
        {
            "aws_ec2_transit_gateway_peering_attachment": {"gateway": "transit_gateway_id", "peer": "peer_transit_gateway_id"},
            "AWS::EC2::TransitGatewayPeeringAttachment": {"gateway": "TransitGatewayId", "peer": "PeerTransitGatewayId"},
        },
        _ATTACHMENT_ID,
    ),
    Row(
        "connect attachment",
        {
            "aws_ec2_transit_gateway_connect": {"gateway": "transit_gateway_id", "peer": "transport_attachment_id", **_FLAGS},
            "AWS::EC2::TransitGatewayConnect": {"peer": "TransportTransitGatewayAttachmentId"},
        },
        _ATTACHMENT_ID,
    ),
    Row(
        "vpn",
        {
            "aws_vpn_connection": {
                "gateway": "transit_gateway_id",
                "virtual": "vpn_gateway_id",
                "peer": "customer_gateway_id",
            },
            "AWS::EC2::VPNConnection": {"gateway": "TransitGatewayId", "virtual": "VpnGatewayId", "peer": "CustomerGatewayId"},
        },
        (*_OWN_ID, "VpnConnectionId"),
    ),
    Row(
        "direct connect",
        {
            "aws_dx_gateway_association": {
                "gateway": "associated_gateway_id",
                "virtual": "vpn_gateway_id",
                "peer": "dx_gateway_id",
            },
            "AWS::DirectConnect::DirectConnectGatewayAssociation": {
                "gateway": "AssociatedGatewayId",
                "peer": "DirectConnectGatewayId",
            },
        },
    ),
    Row(
        "found attachment",
        {
            **same(
                {"id": "id"},
                "data.aws_ec2_transit_gateway_vpc_attachment",
                "data.aws_ec2_transit_gateway_peering_attachment",
            ),
            "data.aws_ec2_transit_gateway_attachment": {"id": "transit_gateway_attachment_id"},
            "data.aws_ec2_transit_gateway_connect": {"id": "transit_gateway_connect_id"},
            "data.aws_ec2_transit_gateway_vpn_attachment": {"gateway": "transit_gateway_id", "peer": "vpn_connection_id"},
            "data.aws_ec2_transit_gateway_dx_gateway_attachment": {"gateway": "transit_gateway_id", "peer": "dx_gateway_id"},
        },
        _OWN_ID,
    ),
)
_KINDS = {
    "peering attachment": RemoteKind.PEERING,
    "connect attachment": RemoteKind.CONNECT,
    "vpn": RemoteKind.VPN,
    "direct connect": RemoteKind.DIRECT_CONNECT,
}
_BY_NAME = {
    "_vpc_attachment": RemoteKind.VPC,
    "_peering_attachment": RemoteKind.PEERING,
    "_connect": RemoteKind.CONNECT,
    "_vpn_attachment": RemoteKind.VPN,
    "_dx_gateway_attachment": RemoteKind.DIRECT_CONNECT,
}


def identify(index: Index) -> None:
    """
    Remember which attachment an accepter accepts, and which VPN or Direct Connect gateway a data source looks up.
    """
    for one in index.of("attachment accepter"):
        found = follow(index, one, "attachment")
        if isinstance(found, str) and found in index.views and found != one.address:
            index.adopted[one.address] = found
    for one in index.of("found attachment"):
        if not one.has("peer"):
            continue
        peer, gateway = follow(index, one, "peer"), follow(index, one, "gateway")
        same_ = [each.address for each in index.of("vpn") if each.address == peer]
        same_ += [
            each.address
            for each in index.of("direct connect")
            if (follow(index, each, "peer"), follow(index, each, "gateway")) == (peer, gateway)
        ]
        if len(same_) == 1:
            index.adopted[one.address] = same_[0]


def lower(index: Index) -> Iterator[Attachment | RemoteAttachment | Vpn]:
    """
    Yield what is attached to transit gateways, and what is on the other side of virtual private gateways.
    """
    functions = given(index)
    for one in index.of("attachment"):
        yield _attachment(index, one, functions.get(one.address))
    for noun, kind in _KINDS.items():
        for one in index.of(noun):
            yield from _remote(index, one, kind)
    for one in (*index.of("attachment accepter"), *index.of("found attachment")):
        if one.address not in index.adopted and not is_alias(one):
            yield _elsewhere(index, one)


def _attachment(index: Index, one: View, by: Resource | None) -> Attachment:
    """
    Return the attachment of a VPC; who accepts it in the same text says what it wants, too.

    A function that the attachment is given to may switch on appliance mode, which templates could not always say.
    """
    accepting = pointing(index, "attachment accepter", "attachment").get(one.address, ())
    asked = next((each for each in accepting if each.origin.maybe is None), one)
    appliance = read.switch(one, "appliance", default=False)
    if appliance is False and by is not None:
        appliance = Unknown(f"the function of {by.address} may switch on appliance mode", by.origin.span)
    return Attachment(
        one.origin,
        follow(index, one, "gateway"),
        follow(index, one, "vpc", ("vpc",)),
        places(index, one.slots("subnets"), one),
        appliance,
        read.switch(asked, "association", default=True),
        read.switch(asked, "propagation", default=True),
    )


def _remote(index: Index, one: View, kind: RemoteKind) -> Iterator[RemoteAttachment | Vpn]:
    """
    Yield what a connection is attached to: a transit gateway, or a virtual private gateway.
    """
    peer: Link = follow(index, one, "peer")
    direct = kind is RemoteKind.DIRECT_CONNECT
    gateway = follow(index, one, "gateway") if one.has("gateway") else None
    if gateway is None and kind is RemoteKind.CONNECT:
        gateway = _below(index, one, peer)
    if one.has("virtual"):
        yield Vpn(one.origin, follow(index, one, "virtual"), peer, direct)
    elif direct and isinstance(gateway, str) and _is_virtual(index, gateway):
        yield Vpn(one.origin, gateway, peer, direct)
        return
    if gateway is not None:
        association, propagation = (read.switch(one, name, default=True) for name in ("association", "propagation"))
        spread = False if kind is RemoteKind.PEERING else propagation
        yield RemoteAttachment(one.origin, kind, gateway, peer, association, spread)


def _below(index: Index, one: View, transport: Link) -> Link:
    """
    Return the transit gateway of the attachment that a Connect attachment runs over.
    """
    carrier = index.views.get(transport) if isinstance(transport, str) else None
    if carrier is not None and carrier.has("gateway"):
        return follow(index, carrier, "gateway")
    return Unknown(f"the transit gateway of {one.address} is not in the text", one.at("peer"))


def _is_virtual(index: Index, gateway: str) -> bool:
    kind = type_of(index, gateway)
    return gateway.startswith("vgw-") or kind.endswith(("vpn_gateway", "::VPNGateway"))


def _elsewhere(index: Index, one: View) -> RemoteAttachment:
    """
    Return an attachment that another text makes, of which this one knows the identity.
    """
    name = one.resource.kind.removesuffix("_accepter")
    kind = next((kind for end, kind in _BY_NAME.items() if name.endswith(end)), RemoteKind.UNKNOWN)
    hidden = Unknown(f"the transit gateway of {one.address} is not in the text", one.origin.span)
    gateway = follow(index, one, "gateway") if one.has("gateway") else hidden
    accepted = one.row.noun == "attachment accepter"
    unsure = Unknown(f"whether {one.address} has the default route table is not in the text", one.origin.span)
    association = read.switch(one, "association", default=True) if accepted else unsure
    propagation = read.switch(one, "propagation", default=True) if accepted else unsure
    spread = False if kind is RemoteKind.PEERING else propagation
    peer = follow(index, one, "peer") if one.has("peer") else None
    return RemoteAttachment(one.origin, kind, gateway, peer, association, spread)
