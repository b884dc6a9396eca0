"""
What connects VPCs to the outside, in both vocabularies.
"""

from __future__ import annotations

from sglint.model import Network, TargetKind
from sglint.value import Unknown
from tests.lower.build import BASE, NATIVE, WHY, cfn, get, net, ref, res

VPC = ref("aws_vpc.v.id")


def attached(network: Network) -> set[tuple[object, ...]]:
    """
    Return which gateways are attached to which VPCs.
    """
    return {(one.kind, one.gateway, one.vpc) for one in network.gateways}


def test_gateways_that_are_attached_to_a_vpc() -> None:
    network = net(
        *BASE,
        res("aws_internet_gateway.i", vpc_id=VPC),
        res("aws_internet_gateway.free"),
        res("aws_internet_gateway_attachment.a", internet_gateway_id=ref("aws_internet_gateway.free.id"), vpc_id=WHY),
        res("aws_egress_only_internet_gateway.e", vpc_id=VPC),
        res("aws_vpn_gateway.g", vpc_id=VPC),
        res("aws_vpn_gateway_attachment.a", vpn_gateway_id="vgw-1", vpc_id=VPC),
        res("aws_ec2_carrier_gateway.c", vpc_id=VPC),
    )
    assert attached(network) == {
        (TargetKind.INTERNET_GATEWAY, "aws_internet_gateway.i", "aws_vpc.v"),
        (TargetKind.INTERNET_GATEWAY, "aws_internet_gateway.free", WHY),
        (TargetKind.EGRESS_ONLY, "aws_egress_only_internet_gateway.e", "aws_vpc.v"),
        (TargetKind.VIRTUAL_PRIVATE_GATEWAY, "aws_vpn_gateway.g", "aws_vpc.v"),
        (TargetKind.VIRTUAL_PRIVATE_GATEWAY, "vgw-1", "aws_vpc.v"),
        (TargetKind.CARRIER_GATEWAY, "aws_ec2_carrier_gateway.c", "aws_vpc.v"),
    }


def test_the_same_in_a_template() -> None:
    network = net(
        *NATIVE,
        cfn("InternetGateway", "Igw"),
        cfn("VPCGatewayAttachment", "One", InternetGatewayId=get("Igw"), VpcId=get("Vpc")),
        cfn("VPNGateway", "Vgw", Type="ipsec.1"),
        cfn("VPCGatewayAttachment", "Two", VpnGatewayId=get("Vgw"), VpcId=get("Vpc")),
        cfn("EgressOnlyInternetGateway", "Eigw", VpcId=get("Vpc")),
    )
    assert attached(network) == {
        (TargetKind.INTERNET_GATEWAY, "Igw", "Vpc"),
        (TargetKind.VIRTUAL_PRIVATE_GATEWAY, "Vgw", "Vpc"),
        (TargetKind.EGRESS_ONLY, "Eigw", "Vpc"),
    }


def test_a_peering_joins_two_vpcs() -> None:
    peering = res("aws_vpc_peering_connection.p", vpc_id=VPC, peer_vpc_id="vpc-2", auto_accept=True)
    (found,) = net(*BASE, peering).peerings
    assert (found.requester, found.accepter, found.accepted) == ("aws_vpc.v", "vpc-2", True)
    (native,) = net(*NATIVE, cfn("VPCPeeringConnection", "P", VpcId=get("Vpc"), PeerVpcId="vpc-2")).peerings
    assert (native.requester, native.accepter, native.accepted) == ("Vpc", "vpc-2", True)


def test_a_peering_that_somebody_else_has_to_accept() -> None:
    waiting = res("aws_vpc_peering_connection.p", vpc_id=VPC, peer_vpc_id="vpc-2")
    (found,) = net(*BASE, waiting).peerings
    assert isinstance(found.accepted, Unknown)
    accepter = res("aws_vpc_peering_connection_accepter.a", vpc_peering_connection_id=ref("aws_vpc_peering_connection.p.id"))
    (found,) = net(*BASE, waiting, accepter).peerings
    assert found.accepted is True
    other = cfn("VPCPeeringConnection", "P", VpcId=get("Vpc"), PeerVpcId="vpc-2", PeerOwnerId="123456789012")
    (found,) = net(*NATIVE, other).peerings
    assert isinstance(found.accepted, Unknown)


def test_a_route_through_the_accepter_leads_to_the_peering() -> None:
    network = net(
        *BASE,
        res("aws_vpc_peering_connection.p", vpc_id=VPC, peer_vpc_id="vpc-2"),
        res("aws_vpc_peering_connection_accepter.a", vpc_peering_connection_id=ref("aws_vpc_peering_connection.p.id")),
        res("aws_route_table.r", vpc_id=VPC),
        res(
            "aws_route.d",
            route_table_id=ref("aws_route_table.r.id"),
            destination_cidr_block="10.9.0.0/16",
            vpc_peering_connection_id=ref("aws_vpc_peering_connection_accepter.a.id"),
        ),
    )
    assert [one.targets[0].address for one in network.routes] == ["aws_vpc_peering_connection.p"]


def test_an_accepter_alone_is_a_peering_of_vpcs_that_are_not_known() -> None:
    (found,) = net(res("aws_vpc_peering_connection_accepter.a", vpc_peering_connection_id="pcx-1", auto_accept=True)).peerings
    assert isinstance(found.requester, Unknown)
    assert found.accepted is True


def test_what_is_behind_a_virtual_private_gateway() -> None:
    network = net(
        res("aws_vpn_gateway.g", vpc_id=VPC),
        res("aws_vpn_connection.v", vpn_gateway_id=ref("aws_vpn_gateway.g.id"), customer_gateway_id="cgw-1"),
        res("aws_dx_gateway_association.d", associated_gateway_id=ref("aws_vpn_gateway.g.id"), dx_gateway_id="dx-1"),
    )
    assert [(one.gateway, one.peer, one.direct) for one in network.vpns] == [
        ("aws_vpn_gateway.g", "dx-1", True),
        ("aws_vpn_gateway.g", "cgw-1", False),
    ]
    assert network.remotes == ()
    native = net(cfn("VPNGateway", "G"), cfn("VPNConnection", "V", VpnGatewayId=get("G"), CustomerGatewayId="cgw-1"))
    assert [(one.gateway, one.peer, one.direct) for one in native.vpns] == [("G", "cgw-1", False)]
