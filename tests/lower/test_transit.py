"""
Transit gateways in both vocabularies: which table serves which attachment, and the routes in it.
"""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from sglint.model import Network, RemoteKind
from sglint.resource import Resource
from sglint.value import Ref, Unknown
from tests.lower.build import BASE, NATIVE, WHY, Plain, cfn, get, net, problems, ref, res

GATEWAY = res("aws_ec2_transit_gateway.t")
MANUAL = res("aws_ec2_transit_gateway.t", default_route_table_association="disable", default_route_table_propagation="disable")
TABLE = res("aws_ec2_transit_gateway_route_table.r", transit_gateway_id=ref("aws_ec2_transit_gateway.t.id"))
OWN = "aws_ec2_transit_gateway.t.association_default_route_table_id"
CARRIER: dict[str, Plain] = {"transit_gateway_id": ref("aws_ec2_transit_gateway.t.id")}


def attachment(**values: Plain) -> Resource:
    """
    Return the attachment of the VPC to the gateway.
    """
    return res(
        "aws_ec2_transit_gateway_vpc_attachment.x",
        **{**CARRIER, "vpc_id": ref("aws_vpc.v.id"), "subnet_ids": [ref("aws_subnet.a.id")], **values},
    )


def bound(kind: str, name: str = "p", maybe: Unknown | None = None, table: Plain = None, to: Plain = None) -> Resource:
    """
    Return an association or propagation of the attachment with the table.
    """
    return res(
        f"aws_ec2_transit_gateway_route_table_{kind}.{name}",
        maybe,
        transit_gateway_route_table_id=table or ref("aws_ec2_transit_gateway_route_table.r.id"),
        transit_gateway_attachment_id=to or ref("aws_ec2_transit_gateway_vpc_attachment.x.id"),
    )


def associated(network: Network) -> list[tuple[object, ...]]:
    """
    Return the associations, by table and attachment, whether they are written and whether they are sure.
    """
    return [(one.table, one.attachment, one.default, one.maybe) for one in network.transit_associations]


def propagated(network: Network) -> list[tuple[object, ...]]:
    """
    Return the propagations in the same way.
    """
    return [(one.table, one.attachment, one.default, one.maybe) for one in network.transit_propagations]


X = "aws_ec2_transit_gateway_vpc_attachment.x"
R = "aws_ec2_transit_gateway_route_table.r"


def test_an_attachment_has_the_default_table_of_its_gateway() -> None:
    network = net(*BASE, GATEWAY, attachment())
    (table,) = network.transit_tables
    assert (table.origin.address, table.gateway, table.implicit) == (OWN, "aws_ec2_transit_gateway.t", True)
    assert (table.association, table.propagation, table.hidden) == (True, True, None)
    assert associated(network) == propagated(network) == [(OWN, X, True, None)]


def test_a_gateway_can_have_no_default_table() -> None:
    network = net(*BASE, MANUAL, attachment())
    assert (network.transit_tables, associated(network), propagated(network)) == ((), [], [])


def test_an_attachment_can_refuse_the_default_table() -> None:
    network = net(*BASE, GATEWAY, attachment(transit_gateway_default_route_table_association=False))
    (found,) = network.attachments
    assert (found.association, found.propagation) == (False, True)
    assert (associated(network), propagated(network)) == ([], [(OWN, X, True, None)])


def test_a_written_association_is_instead_of_the_default_one() -> None:
    network = net(*BASE, GATEWAY, TABLE, attachment(), bound("association"), bound("propagation"))
    assert associated(network) == [(R, X, False, None)]
    assert sorted(propagated(network), key=str) == [(OWN, X, True, None), (R, X, False, None)]


def test_an_association_that_need_not_exist_leaves_the_default_possible() -> None:
    network = net(*BASE, GATEWAY, TABLE, attachment(), bound("association", "p", WHY))
    assert set(associated(network)) == {(R, X, False, WHY), (OWN, X, True, WHY)}


def test_an_association_of_it_is_not_known_what_leaves_the_default_possible() -> None:
    network = net(*BASE, GATEWAY, TABLE, attachment(), bound("association", to=WHY))
    assert set(associated(network)) == {(R, WHY, False, None), (OWN, X, True, WHY)}


def test_whether_there_is_a_default_table_may_not_be_known() -> None:
    gateway = res("aws_ec2_transit_gateway.t", default_route_table_association=WHY, default_route_table_propagation="enable")
    network = net(*BASE, gateway, attachment())
    assert associated(network) == [(OWN, X, True, WHY)]
    assert propagated(network) == [(OWN, X, True, None)]


@pytest.mark.parametrize("gateway", ["tgw-1", Ref("data.aws_ec2_transit_gateway.t", "id")])
def test_the_default_table_of_a_gateway_that_is_not_in_the_text(gateway: Plain) -> None:
    network = net(*BASE, res("data.aws_ec2_transit_gateway.t"), attachment(transit_gateway_id=gateway))
    ((table, to, default, maybe),) = associated(network)
    assert isinstance(table, Unknown)
    assert table.why.startswith("the default route tables of ")
    assert (to, default, maybe) == (X, True, table)


def test_another_table_can_be_made_the_default_one() -> None:
    other = res(
        "aws_ec2_transit_gateway_default_route_table_association.d",
        transit_gateway_id=ref("aws_ec2_transit_gateway.t.id"),
        transit_gateway_route_table_id=ref("aws_ec2_transit_gateway_route_table.r.id"),
    )
    network = net(*BASE, GATEWAY, TABLE, attachment(), other)
    assert associated(network) == [(R, X, True, None)]
    assert propagated(network) == [(OWN, X, True, None)]
    assert {one.origin.address: (one.association, one.propagation) for one in network.transit_tables} == {
        R: (True, False),
        OWN: (False, True),
    }


def test_the_default_table_can_be_named() -> None:
    table = ref("aws_ec2_transit_gateway.t.propagation_default_route_table_id")
    network = net(*BASE, GATEWAY, attachment(), bound("association", table=table))
    assert associated(network) == [(OWN, X, False, None)]


def test_a_table_that_is_looked_up_has_routes_that_are_not_known() -> None:
    (table,) = net(res("data.aws_ec2_transit_gateway_route_table.r", id="tgw-rtb-1")).transit_tables
    assert table.hidden is not None


def test_static_routes() -> None:
    def route(name: str, **values: Plain) -> Resource:
        kind = "prefix_list_reference" if "prefix_list_id" in values else "route"
        table = ref("aws_ec2_transit_gateway_route_table.r.id")
        return res(f"aws_ec2_transit_gateway_{kind}.{name}", transit_gateway_route_table_id=table, **values)

    to: Plain = ref(f"{X}.id")
    listed = res("aws_ec2_managed_prefix_list.l", entry=[{"cidr": "10.2.0.0/16"}, {"cidr": "10.3.0.0/16"}])
    network = net(
        *BASE,
        MANUAL,
        TABLE,
        attachment(),
        listed,
        route("a", destination_cidr_block="0.0.0.0/0", transit_gateway_attachment_id=to),
        route("b", destination_cidr_block="::/0", blackhole=True),
        route("c", destination_cidr_block=WHY, transit_gateway_attachment_id=WHY),
        route("d", prefix_list_id=ref("aws_ec2_managed_prefix_list.l.id"), transit_gateway_attachment_id=to),
    )
    assert [(one.destinations, one.attachment, one.blackhole) for one in network.transit_routes] == [
        ((ip_network("10.2.0.0/16"), ip_network("10.3.0.0/16")), X, False),
        ((ip_network("0.0.0.0/0"),), X, False),
        ((ip_network("::/0"),), None, True),
        ((WHY,), WHY, False),
    ]
    assert {one.table for one in network.transit_routes} == {R}


def test_a_route_without_destination_cannot_be_read() -> None:
    (found,) = problems(TABLE, res("aws_ec2_transit_gateway_route.a", transit_gateway_route_table_id=ref(f"{R}.id")))
    assert found.message == "aws_ec2_transit_gateway_route.a has no destination"
    (other,) = problems(TABLE, res("aws_ec2_transit_gateway_route.a", destination_cidr_block="10/8"))
    assert other.message == '"10/8" is not a CIDR block'


def test_attachments_that_are_no_vpc() -> None:
    network = net(
        GATEWAY,
        attachment(),
        res("aws_ec2_transit_gateway_peering_attachment.p", **CARRIER, peer_transit_gateway_id="tgw-2"),
        res("aws_ec2_transit_gateway_connect.c", **CARRIER, transport_attachment_id=ref(f"{X}.id")),
        res("aws_vpn_connection.v", **CARRIER, customer_gateway_id=ref("aws_customer_gateway.g.id")),
        res("aws_dx_gateway_association.d", associated_gateway_id=CARRIER["transit_gateway_id"], dx_gateway_id="dx-1"),
    )
    assert {(one.origin.address, one.kind, one.gateway, one.peer) for one in network.remotes} == {
        ("aws_ec2_transit_gateway_peering_attachment.p", RemoteKind.PEERING, "aws_ec2_transit_gateway.t", "tgw-2"),
        ("aws_ec2_transit_gateway_connect.c", RemoteKind.CONNECT, "aws_ec2_transit_gateway.t", X),
        ("aws_vpn_connection.v", RemoteKind.VPN, "aws_ec2_transit_gateway.t", "aws_customer_gateway.g"),
        ("aws_dx_gateway_association.d", RemoteKind.DIRECT_CONNECT, "aws_ec2_transit_gateway.t", "dx-1"),
    }
    assert {one.attachment for one in network.transit_propagations} == {
        X,
        "aws_ec2_transit_gateway_connect.c",
        "aws_vpn_connection.v",
        "aws_dx_gateway_association.d",
    }


def test_how_others_name_an_attachment() -> None:
    table: Plain = ref(f"{R}.id")
    looked_up = ref("data.aws_ec2_transit_gateway_dx_gateway_attachment.d.id")
    network = net(
        MANUAL,
        TABLE,
        res("aws_vpn_connection.v", **CARRIER),
        res("aws_dx_gateway_association.a", associated_gateway_id=CARRIER["transit_gateway_id"], dx_gateway_id="dx-1"),
        res("data.aws_ec2_transit_gateway_dx_gateway_attachment.d", **CARRIER, dx_gateway_id="dx-1"),
        res("aws_ec2_transit_gateway_peering_attachment.p", **CARRIER),
        res(
            "aws_ec2_transit_gateway_peering_attachment_accepter.y",
            transit_gateway_attachment_id=ref("aws_ec2_transit_gateway_peering_attachment.p.id"),
        ),
        bound("association", "a", None, table, ref("aws_vpn_connection.v.transit_gateway_attachment_id")),
        bound("association", "b", None, table, looked_up),
        bound("association", "c", None, table, ref("aws_ec2_transit_gateway_peering_attachment_accepter.y.id")),
    )
    assert [one.attachment for one in network.transit_associations] == [
        "aws_vpn_connection.v",
        "aws_dx_gateway_association.a",
        "aws_ec2_transit_gateway_peering_attachment.p",
    ]
    assert len(network.remotes) == 3


def test_an_attachment_of_another_text() -> None:
    network = net(
        res("aws_ec2_transit_gateway_vpc_attachment_accepter.y", transit_gateway_attachment_id="tgw-attach-1"),
        res("data.aws_ec2_transit_gateway_vpn_attachment.v", **CARRIER),
    )
    assert [(one.origin.address, one.kind) for one in network.remotes] == [
        ("aws_ec2_transit_gateway_vpc_attachment_accepter.y", RemoteKind.VPC),
        ("data.aws_ec2_transit_gateway_vpn_attachment.v", RemoteKind.VPN),
    ]


def test_the_same_in_a_template() -> None:
    both: dict[str, Plain] = {"TransitGatewayRouteTableId": get("R"), "TransitGatewayAttachmentId": get("X")}
    network = net(
        *NATIVE,
        cfn("TransitGateway", "T", DefaultRouteTablePropagation="disable"),
        cfn("TransitGatewayAttachment", "X", TransitGatewayId=get("T"), VpcId=get("Vpc"), SubnetIds=[get("A")]),
        cfn("TransitGatewayVpcAttachment", "Y", TransitGatewayId=get("T"), VpcId=get("Vpc"), SubnetIds=[get("B")]),
        cfn("TransitGatewayRouteTable", "R", TransitGatewayId=get("T")),
        cfn("TransitGatewayRouteTableAssociation", "As", **both),
        cfn("TransitGatewayRouteTablePropagation", "Pr", **both),
        cfn("TransitGatewayRoute", "Ro", **both, DestinationCidrBlock="0.0.0.0/0"),
        cfn(
            "TransitGatewayRoute",
            "Bl",
            TransitGatewayRouteTableId=get("R"),
            DestinationCidrBlock="10.0.0.0/8",
            Blackhole="true",
        ),
        cfn("TransitGatewayConnect", "C", TransportTransitGatewayAttachmentId=get("X"), Options={"Protocol": "gre"}),
        cfn("VPNConnection", "Vpn", TransitGatewayId=get("T"), CustomerGatewayId="cgw-1", Type="ipsec.1"),
    )
    own = "T (default route table)"
    assert set(associated(network)) == {("R", "X", False, None), *((own, one, True, None) for one in ("C", "Vpn", "Y"))}
    assert propagated(network) == [("R", "X", False, None)]
    assert {(one.origin.address, one.blackhole) for one in network.transit_routes} == {("Bl", True), ("Ro", False)}
    assert {(one.origin.address, one.kind, one.gateway) for one in network.remotes} == {
        ("C", RemoteKind.CONNECT, "T"),
        ("Vpn", RemoteKind.VPN, "T"),
    }


def test_a_template_can_say_which_table_is_the_default_one() -> None:
    gateway = cfn("TransitGateway", "T", AssociationDefaultRouteTableId="tgw-rtb-1")
    network = net(*NATIVE, gateway, cfn("TransitGatewayAttachment", "X", TransitGatewayId=get("T"), VpcId=get("Vpc")))
    assert associated(network) == [("tgw-rtb-1", "X", True, None)]
    assert propagated(network) == [("T (default route table)", "X", True, None)]
