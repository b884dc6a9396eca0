"""
What connects VPCs to the outside: internet gateways, virtual private gateways and peerings.
"""

from __future__ import annotations

from collections.abc import Iterator

from sglint.lower import read
from sglint.lower.index import Index
from sglint.lower.link import follow, is_alias, pointing
from sglint.lower.row import Row, View, is_native, same
from sglint.model import GatewayAttachment, Peering, TargetKind
from sglint.value import Unknown

ROWS = (
    Row(
        "vpc gateway",
        {
            **same(
                {"vpc": "vpc_id"},
                "aws_internet_gateway",
                "aws_egress_only_internet_gateway",
                "aws_vpn_gateway",
                "aws_ec2_carrier_gateway",
            ),
            **same({"vpc": "VpcId"}, "AWS::EC2::EgressOnlyInternetGateway", "AWS::EC2::CarrierGateway"),
        },
        ("CarrierGatewayId",),
    ),
    Row(
        "gateway attachment",
        {
            "aws_internet_gateway_attachment": {"internet": "internet_gateway_id", "vpc": "vpc_id"},
            "aws_vpn_gateway_attachment": {"virtual": "vpn_gateway_id", "vpc": "vpc_id"},
            "AWS::EC2::VPCGatewayAttachment": {"internet": "InternetGatewayId", "virtual": "VpnGatewayId", "vpc": "VpcId"},
        },
    ),
    Row(
        "peering",
        {
            "aws_vpc_peering_connection": {"requester": "vpc_id", "accepter": "peer_vpc_id", "accept": "auto_accept"},
            "data.aws_vpc_peering_connection": {"id": "id", "requester": "vpc_id", "accepter": "peer_vpc_id"},
            "AWS::EC2::VPCPeeringConnection": {
                "requester": "VpcId",
                "accepter": "PeerVpcId",
                "owner": "PeerOwnerId",
                "role": "PeerRoleArn",
            },
        },
    ),
    Row(
        "peering accepter",
        {"aws_vpc_peering_connection_accepter": {"peering": "vpc_peering_connection_id", "accept": "auto_accept"}},
        ("vpc_peering_connection_id",),
    ),
)
_KINDS = {
    "egress_only_internet_gateway": TargetKind.EGRESS_ONLY,
    "EgressOnlyInternetGateway": TargetKind.EGRESS_ONLY,
    "carrier_gateway": TargetKind.CARRIER_GATEWAY,
    "CarrierGateway": TargetKind.CARRIER_GATEWAY,
    "vpn_gateway": TargetKind.VIRTUAL_PRIVATE_GATEWAY,
    "internet_gateway": TargetKind.INTERNET_GATEWAY,
}
_ATTACHED = {"internet": TargetKind.INTERNET_GATEWAY, "virtual": TargetKind.VIRTUAL_PRIVATE_GATEWAY}


def identify(index: Index) -> None:
    """
    Remember which peering connection an accepter accepts.
    """
    for one in index.of("peering accepter"):
        found = follow(index, one, "peering", ("peering",))
        if isinstance(found, str) and found in index.views and found != one.address:
            index.adopted[one.address] = found


def lower(index: Index) -> Iterator[GatewayAttachment | Peering]:
    """
    Yield the gateways that are attached to VPCs, and the peerings between VPCs.
    """
    for one in index.of("vpc gateway"):
        if one.has("vpc"):
            kind = next(kind for end, kind in _KINDS.items() if one.resource.kind.endswith(end))
            yield GatewayAttachment(one.origin, kind, one.address, follow(index, one, "vpc", ("vpc",)))
    for one in index.of("gateway attachment"):
        for name, kind in _ATTACHED.items():
            if one.has(name):
                yield GatewayAttachment(one.origin, kind, follow(index, one, name), follow(index, one, "vpc", ("vpc",)))
    for one in index.of("peering"):
        if not is_alias(one):
            sides = (_side(index, one, "requester"), _side(index, one, "accepter"))
            yield Peering(one.origin, *sides, _accepted(index, one))
    for one in index.of("peering accepter"):
        if one.address not in index.adopted:
            why = Unknown(f"the VPCs of {one.address} are not in the text", one.origin.span)
            yield Peering(one.origin, why, why, read.switch(one, "accept", default=False) or _waits(one))


def _side(index: Index, one: View, name: str) -> str | Unknown:
    if one.has(name):
        return follow(index, one, name, ("vpc",))
    return Unknown(f"the VPCs of {one.address} are not in the text", one.origin.span)


def _accepted(index: Index, one: View) -> bool | Unknown:
    """
    Return whether a peering is accepted, which a template does by itself in one account or through a role.
    """
    if is_native(one):
        return not one.has("owner") or one.has("role") or _waits(one)
    if one.found or read.switch(one, "accept", default=False) is True:
        return True
    accepting = pointing(index, "peering accepter", "peering").get(one.address, ())
    return any(each.origin.maybe is None for each in accepting) or _waits(one)


def _waits(one: View) -> Unknown:
    return Unknown(f"who accepts {one.address} is not in the text", one.origin.span)
