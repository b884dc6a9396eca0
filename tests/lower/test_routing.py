"""
Route tables, what they serve, and where their routes lead.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from sglint import graph
from sglint.model import Network, Route, Target, TargetKind
from sglint.resource import Resource
from sglint.space import Family
from sglint.value import Ref, Unknown
from tests.lower.build import BASE, SUBNET, VPC, WHY, Plain, among, element, net, problems, ref, res

TABLE = res("aws_route_table.t", vpc_id=ref("aws_vpc.v.id"))


def route(*others: Resource, **target: Plain) -> Route:
    """
    Return the route to this target.
    """
    one = res("aws_route.r", route_table_id=ref("aws_route_table.t.id"), destination_cidr_block="0.0.0.0/0", **target)
    network = net(VPC, TABLE, one, *others)
    (found,) = (item for item in network.routes if item.origin.address == "aws_route.r")
    return found


def leads(*others: Resource, **target: Plain) -> list[tuple[TargetKind, str]]:
    return [(one.kind, one.address) for one in route(*others, **target).targets]


def mains(network: Network) -> list[str]:
    return [one.origin.address for one in network.tables if one.main]


@pytest.mark.parametrize(
    ("attribute", "address", "kind"),
    [
        ("transit_gateway_id", "aws_ec2_transit_gateway.x", TargetKind.TRANSIT_GATEWAY),
        ("nat_gateway_id", "aws_nat_gateway.x[0]", TargetKind.NAT_GATEWAY),
        ("egress_only_gateway_id", "aws_egress_only_internet_gateway.x", TargetKind.EGRESS_ONLY),
        ("vpc_peering_connection_id", "aws_vpc_peering_connection.x", TargetKind.PEERING),
        ("core_network_arn", "aws_networkmanager_core_network.x", TargetKind.CORE_NETWORK),
        ("carrier_gateway_id", "aws_ec2_carrier_gateway.x", TargetKind.CARRIER_GATEWAY),
        ("local_gateway_id", "data.aws_ec2_local_gateway.x", TargetKind.LOCAL_GATEWAY),
        ("gateway_id", "aws_internet_gateway.x", TargetKind.INTERNET_GATEWAY),
        ("gateway_id", 'module.n["a"].aws_vpn_gateway.x', TargetKind.VIRTUAL_PRIVATE_GATEWAY),
        ("gateway_id", "data.aws_internet_gateway.x", TargetKind.INTERNET_GATEWAY),
        ("vpc_endpoint_id", "aws_networkfirewall_vpc_endpoint_association.x", TargetKind.NETWORK_FIREWALL),
    ],
)
def test_target_by_reference(attribute: str, address: str, kind: TargetKind) -> None:
    assert leads(**{attribute: Ref(address, "id")}) == [(kind, address)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("igw-1", TargetKind.INTERNET_GATEWAY),
        ("vgw-1", TargetKind.VIRTUAL_PRIVATE_GATEWAY),
        ("tgw-1", TargetKind.TRANSIT_GATEWAY),
        ("nat-1", TargetKind.NAT_GATEWAY),
        ("eigw-1", TargetKind.EGRESS_ONLY),
        ("pcx-1", TargetKind.PEERING),
        ("eni-1", TargetKind.INTERFACE),
        ("lgw-1", TargetKind.LOCAL_GATEWAY),
        ("cagw-1", TargetKind.CARRIER_GATEWAY),
        ("local", TargetKind.LOCAL),
        ("vpce-1", TargetKind.UNKNOWN),
    ],
)
def test_target_by_literal(text: str, kind: TargetKind) -> None:
    assert leads(gateway_id=text) == [(kind, text)]


FIREWALL = "firewall_status[0].sync_states[*].attachment[0].endpoint_id"
SERVICE = res("aws_vpc_endpoint_service.s", gateway_load_balancer_arns=[ref("aws_lb.g.arn")])


@pytest.mark.parametrize(
    "endpoint",
    [
        res("aws_vpc_endpoint.e", vpc_endpoint_type="GatewayLoadBalancer", service_name="x"),
        res("aws_vpc_endpoint.e", vpc_endpoint_type=ref("aws_vpc_endpoint_service.s.service_type"), service_name="x"),
        res("aws_vpc_endpoint.e", vpc_endpoint_type=WHY, service_name=ref("aws_vpc_endpoint_service.s.service_name")),
    ],
)
def test_endpoint_of_a_gateway_load_balancer(endpoint: Resource) -> None:
    assert leads(endpoint, SERVICE, vpc_endpoint_id=ref("aws_vpc_endpoint.e.id")) == [
        (TargetKind.GWLB_ENDPOINT, "aws_vpc_endpoint.e")
    ]


@pytest.mark.parametrize(
    "value",
    [
        Ref("aws_networkfirewall_firewall.f", FIREWALL),
        element(Ref("aws_networkfirewall_firewall.f", FIREWALL)),
        Unknown("the zones are not known", refs=(Ref("aws_networkfirewall_firewall.f", FIREWALL),)),
    ],
)
def test_endpoint_of_a_network_firewall_is_not_one_of_a_gateway_load_balancer(value: Plain) -> None:
    assert leads(vpc_endpoint_id=value) == [(TargetKind.NETWORK_FIREWALL, "aws_networkfirewall_firewall.f")]


def test_endpoint_of_unknown_type_says_why() -> None:
    endpoint = res("aws_vpc_endpoint.e", vpc_endpoint_type=WHY, service_name="x", subnet_ids=[])
    (target,) = route(endpoint, vpc_endpoint_id=ref("aws_vpc_endpoint.e.id")).targets
    assert target.kind is TargetKind.UNKNOWN
    assert target.why is not None
    assert target.why.why == "the type of aws_vpc_endpoint.e is not known: var.x has no default"


def test_conditional_target_is_either() -> None:
    gateways = {"gateway_id": among(ref("aws_internet_gateway.i.id"), None), "transit_gateway_id": among(None, "tgw-1")}
    assert leads(**gateways) == [(TargetKind.TRANSIT_GATEWAY, "tgw-1"), (TargetKind.INTERNET_GATEWAY, "aws_internet_gateway.i")]


def test_unknown_transit_gateway_is_still_one() -> None:
    (target,) = route(transit_gateway_id=WHY).targets
    assert (target.kind, target.address, target.why) == (TargetKind.TRANSIT_GATEWAY, "", WHY)


def test_target_in_a_hidden_module() -> None:
    (target,) = route(res("module.vpc"), gateway_id=ref("module.vpc.igw_id")).targets
    assert target.kind is TargetKind.UNKNOWN
    assert target.why is not None
    assert target.why.why == "module.vpc could not be read"


def test_attribute_syntax_leaves_out_with_empty_strings() -> None:
    one = {
        "cidr_block": "10.0.0.0/8",
        "ipv6_cidr_block": "",
        "gateway_id": "",
        "transit_gateway_id": "tgw-1",
        "nat_gateway_id": "",
    }
    (found,) = net(VPC, res("aws_route_table.t", vpc_id=ref("aws_vpc.v.id"), route=[one])).routes
    assert [str(item) for item in found.destinations] == ["10.0.0.0/8"]
    assert found.targets == (Target(TargetKind.TRANSIT_GATEWAY, "tgw-1"),)
    assert found.table == "aws_route_table.t"


def test_unknown_routes_are_one_route_that_may_be() -> None:
    (found,) = net(VPC, res("aws_route_table.t", vpc_id=ref("aws_vpc.v.id"), route=WHY)).routes
    assert found.maybe == WHY
    assert found.destinations == (WHY,)


def test_route_without_destination_is_a_problem() -> None:
    (problem,) = problems(VPC, TABLE, res("aws_route.r", route_table_id=ref("aws_route_table.t.id"), gateway_id="igw-1"))
    assert problem.message == "a route of aws_route.r has no destination"


def test_prefix_list_gives_all_its_destinations() -> None:
    listed = res("aws_ec2_managed_prefix_list.p", entry=[{"cidr": "10.0.0.0/8"}, {"cidr": "192.168.0.0/16"}])
    one = res(
        "aws_route.r",
        route_table_id="rtb-1",
        destination_prefix_list_id=ref("aws_ec2_managed_prefix_list.p.id"),
        transit_gateway_id="tgw-1",
    )
    (found,) = net(listed, one).routes
    assert [str(item) for item in found.destinations] == ["10.0.0.0/8", "192.168.0.0/16"]
    assert found.table == "rtb-1"


def test_implicit_main_table_is_only_local() -> None:
    (table,) = net(VPC).tables
    assert (table.origin.address, table.vpc, table.main, table.hidden) == (
        "aws_vpc.v.main_route_table_id",
        "aws_vpc.v",
        True,
        None,
    )


@pytest.mark.parametrize("attribute", ["default_route_table_id", "main_route_table_id"])
def test_adopted_main_table(attribute: str) -> None:
    one = res(
        "aws_default_route_table.m",
        default_route_table_id=Ref("aws_vpc.v", attribute),
        route=[{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"}],
    )
    other = res(
        "aws_route_table_association.a", subnet_id=ref("aws_subnet.a.id"), route_table_id=ref("aws_vpc.v.main_route_table_id")
    )
    network = net(VPC, SUBNET, one, other)
    assert mains(network) == ["aws_default_route_table.m"]
    assert [one.vpc for one in network.tables] == ["aws_vpc.v"]
    assert [(one.table, one.subnet) for one in network.associations] == [("aws_default_route_table.m", "aws_subnet.a")]


def test_main_table_that_replaces_the_first_one() -> None:
    network = net(
        VPC,
        TABLE,
        res("aws_main_route_table_association.m", vpc_id=ref("aws_vpc.v.id"), route_table_id=ref("aws_route_table.t.id")),
    )
    assert mains(network) == ["aws_route_table.t"]
    assert [(one.table, one.vpc) for one in network.associations] == [("aws_route_table.t", "aws_vpc.v")]


def test_edge_association_serves_no_subnet() -> None:
    one = res(
        "aws_route_table_association.a", gateway_id=ref("aws_internet_gateway.i.id"), route_table_id=ref("aws_route_table.t.id")
    )
    (found,) = net(*BASE, TABLE, one).associations
    assert (found.subnet, found.vpc, found.gateway) == (None, None, "aws_internet_gateway.i")


def test_what_is_about_one_of_things_of_unknown_number_need_not_be_about_each() -> None:
    subnets, tables = res("aws_subnet.s[*]", WHY, vpc_id=ref("aws_vpc.v.id")), res("aws_route_table.t[*]", WHY)
    one: dict[str, Plain] = {"route_table_id": ref("aws_route_table.t[*].id"), "subnet_id": ref("aws_subnet.s[*].id")}
    routed: dict[str, Plain] = {
        "route_table_id": ref("aws_route_table.t[*].id"),
        "destination_cidr_block": "0.0.0.0/0",
        "gateway_id": "igw-1",
    }
    network = net(
        VPC,
        subnets,
        tables,
        res("aws_route_table_association.first", **one),
        res("aws_route_table_association.each[*]", **one),
        res("aws_route.first", **routed),
        res("aws_route.each[*]", **routed),
    )
    assert [(item.origin.address, item.origin.maybe is not None) for item in network.associations] == [
        ("aws_route_table_association.each[*]", False),
        ("aws_route_table_association.first", True),
    ]
    assert [(item.origin.address, item.maybe is not None) for item in network.routes] == [
        ("aws_route.each[*]", False),
        ("aws_route.first", True),
    ]
    assert network.routes[1].maybe is not None
    expected = "aws_route.first is about one of aws_route_table.t[*], whose number is not known"
    assert network.routes[1].maybe.why == expected


PROPAGATING = res("aws_route_table.t", vpc_id=ref("aws_vpc.v.id"), propagating_vgws=["vgw-1"])
PROPAGATION: dict[str, Plain] = {"route_table_id": ref("aws_route_table.t.id"), "vpn_gateway_id": "vgw-1"}


@pytest.mark.parametrize("resources", [(PROPAGATING,), (TABLE, res("aws_vpn_gateway_route_propagation.p", **PROPAGATION))])
def test_propagated_routes_lead_to_the_gateway_that_propagates_them(resources: tuple[Resource, ...]) -> None:
    network = net(VPC, *resources)
    assert [one.hidden for one in network.tables] == [None, None]
    (route,) = network.routes
    assert (route.table, route.targets) == ("aws_route_table.t", (Target(TargetKind.VIRTUAL_PRIVATE_GATEWAY, "vgw-1"),))
    (destination,) = route.destinations
    assert isinstance(destination, Unknown)
    assert destination.why == "what vgw-1 propagates is not in the text"


def test_gateways_that_propagate_are_not_known() -> None:
    (route,) = net(VPC, res("aws_route_table.t", vpc_id=ref("aws_vpc.v.id"), propagating_vgws=WHY)).routes
    assert route.targets == (Target(TargetKind.VIRTUAL_PRIVATE_GATEWAY),)
    assert route.maybe is not None
    assert route.maybe.why == WHY.why


def test_propagated_routes_take_some_traffic_and_none_of_the_local_one() -> None:
    out = res(
        "aws_route.out",
        route_table_id=ref("aws_route_table.t.id"),
        destination_cidr_block="0.0.0.0/0",
        transit_gateway_id="tgw-1",
    )
    serving = res("aws_route_table_association.a", route_table_id=ref("aws_route_table.t.id"), subnet_id=ref("aws_subnet.a.id"))
    network = net(*BASE, PROPAGATING, out, serving, res("aws_instance.i", subnet_id=ref("aws_subnet.a.id")))
    connected = graph.build(network)
    (interface,) = network.interfaces
    assert {str(path.destination): {one.kind for one in path.targets} for path in graph.paths(connected, interface)} == {
        "0.0.0.0/0": {TargetKind.TRANSIT_GATEWAY, TargetKind.VIRTUAL_PRIVATE_GATEWAY},
        "10.0.0.0/16": {TargetKind.LOCAL},
    }
    assert graph.reaches(connected, interface).least


def test_routes_that_a_route_server_propagates_hide_a_table() -> None:
    server = res("aws_vpc_route_server_propagation.p", route_table_id=ref("aws_route_table.t.id"), route_server_id="rs-1")
    (table,) = (one for one in net(VPC, TABLE, server).tables if not one.main)
    assert table.hidden is not None
    assert table.hidden.why == "routes are propagated into aws_route_table.t"


def test_gateway_endpoints_are_routes_to_their_service() -> None:
    unknown_region = Unknown("var.region has no default", ends=".s3")
    network = net(
        VPC,
        TABLE,
        res("aws_vpc_endpoint.s3", service_name=unknown_region, route_table_ids=[ref("aws_route_table.t.id")]),
        res("aws_vpc_endpoint.dynamo", service_name="com.amazonaws.eu-west-1.dynamodb", vpc_endpoint_type="Gateway"),
        res(
            "aws_vpc_endpoint_route_table_association.x",
            route_table_id="rtb-1",
            vpc_endpoint_id=ref("aws_vpc_endpoint.dynamo.id"),
        ),
    )
    assert [(one.table, one.targets[0].kind) for one in network.routes] == [
        ("aws_route_table.t", TargetKind.S3_ENDPOINT),
        ("rtb-1", TargetKind.DYNAMODB_ENDPOINT),
    ]
    assert all(isinstance(item, Unknown) for one in network.routes for item in one.destinations)
    assert network.interfaces == ()


@pytest.mark.parametrize(
    ("written", "families", "sure"),
    [
        ({}, (Family.IPV4,), True),
        ({"ip_address_type": "ipv4"}, (Family.IPV4,), True),
        ({"ip_address_type": "dualstack"}, tuple(Family), True),
        ({"ip_address_type": "ipv6"}, (Family.IPV6,), True),
        ({"ip_address_type": Unknown("var.type has no default")}, tuple(Family), False),
    ],
)
def test_a_gateway_endpoint_has_routes_of_its_type_of_addresses(
    written: dict[str, Plain], families: tuple[Family, ...], sure: bool
) -> None:
    tables: Plain = [ref("aws_route_table.t.id")]
    endpoint = res("aws_vpc_endpoint.s3", service_name="com.amazonaws.eu-west-1.s3", route_table_ids=tables, **written)
    listed: Plain = [ref("aws_vpc_endpoint.s3.prefix_list_id")]
    out: Plain = [{"protocol": "tcp", "from_port": 443, "to_port": 443, "prefix_list_ids": listed}]
    network = net(VPC, TABLE, endpoint, res("aws_security_group.g", vpc_id=ref("aws_vpc.v.id"), egress=out))
    (route,) = network.routes
    assert (route.families, route.maybe is None) == (families, sure)
    boxes = [box for one in network.permissions if one.group == "aws_security_group.g" for box in one.boxes.least]
    assert {box.family for box in boxes} == (set(families) if sure else set())


def test_a_route_to_a_service_need_not_be_there_where_the_endpoint_need_not() -> None:
    maybe = Unknown("var.wanted has no default")
    endpoint = res("aws_vpc_endpoint.s3", service_name="com.amazonaws.eu-west-1.s3")
    endpoint = replace(endpoint, origin=replace(endpoint.origin, maybe=maybe))
    ends: dict[str, Plain] = {"route_table_id": ref("aws_route_table.t.id"), "vpc_endpoint_id": ref("aws_vpc_endpoint.s3.id")}
    (route,) = net(VPC, TABLE, endpoint, res("aws_vpc_endpoint_route_table_association.x", **ends)).routes
    assert route.origin.maybe == maybe


def test_cloud_control_names_are_the_same_rows() -> None:
    network = net(
        VPC,
        SUBNET,
        res("awscc_ec2_route_table.t", vpc_id=ref("aws_vpc.v.id")),
        res(
            "awscc_ec2_subnet_route_table_association.a",
            subnet_id=ref("aws_subnet.a.id"),
            route_table_id=ref("awscc_ec2_route_table.t.route_table_id"),
        ),
        res(
            "awscc_ec2_route.r",
            route_table_id=ref("awscc_ec2_route_table.t.id"),
            destination_cidr_block="0.0.0.0/0",
            transit_gateway_id="tgw-1",
        ),
    )
    assert [(one.table, one.subnet) for one in network.associations] == [("awscc_ec2_route_table.t", "aws_subnet.a")]
    assert [(one.table, one.targets[0].kind) for one in network.routes] == [
        ("awscc_ec2_route_table.t", TargetKind.TRANSIT_GATEWAY)
    ]


HIDDEN = 'module.spokes["a"].private_subnets[0].id'


def test_subnet_in_a_hidden_module_that_is_given_a_transit_gateway_may_be_routed_there() -> None:
    call = res(
        'module.spokes["a"]',
        transit_gateway_id=ref("aws_ec2_transit_gateway.t.id"),
        transit_gateway_routes={"private": "10.0.0.0/8"},
    )
    one = res("aws_instance.i", subnet_id=Ref('module.spokes["a"]', "private_subnets[0].id"))
    network = net(call, one, res("aws_ec2_transit_gateway.t"))
    assert [found.subnets for found in network.interfaces] == [(HIDDEN,)]
    (route,) = network.routes
    assert [str(destination) for destination in route.destinations] == ["10.0.0.0/8"]
    assert [(target.kind, target.address) for target in route.targets] == [
        (TargetKind.TRANSIT_GATEWAY, "aws_ec2_transit_gateway.t")
    ]
    assert route.maybe is not None and route.maybe.why == (
        'module.spokes["a"] could not be read (module.spokes is given a transit gateway)'
    )
    (table,) = network.tables
    assert table.hidden is not None and route.table == table.origin.address


def test_subnet_in_a_hidden_module_has_the_table_that_the_text_gives_it() -> None:
    subnet = Ref('module.spokes["a"]', "private_subnets[0].id")
    call = res('module.spokes["a"]', transit_gateway_id=ref("aws_ec2_transit_gateway.t.id"))
    one = res("aws_route_table_association.a", subnet_id=subnet, route_table_id=ref("aws_route_table.t.id"))
    network = net(VPC, TABLE, call, one, res("aws_instance.i", subnet_id=subnet))
    assert [(found.table, found.subnet) for found in network.associations] == [("aws_route_table.t", HIDDEN)]
    assert network.routes == ()


def test_reference_that_leads_nowhere_stays_with_its_reason() -> None:
    one = res("aws_route_table_association.a", subnet_id=ref("aws_subnet.gone.id"), route_table_id=ref("aws_route_table.t.id"))
    (found,) = net(VPC, TABLE, one).associations
    assert isinstance(found.subnet, Unknown)
    assert found.subnet.why == "aws_subnet.gone.id leads to nothing known"
    assert found.subnet.span is not None


def test_conditional_table_keeps_its_alternatives() -> None:
    other = res("aws_route_table.u", vpc_id=ref("aws_vpc.v.id"))
    table = among(ref("aws_route_table.t.id"), ref("aws_route_table.u.id"))
    (found,) = net(
        *BASE, TABLE, other, res("aws_route_table_association.a", subnet_id=ref("aws_subnet.a.id"), route_table_id=table)
    ).associations
    assert isinstance(found.table, Unknown)
    assert found.table.among == ("aws_route_table.t", "aws_route_table.u")


def test_required_reference_is_never_its_null_alternative() -> None:
    table = among(ref("aws_route_table.t.id"), None)
    (found,) = net(*BASE, TABLE, res("aws_route_table_association.a", subnet_id="subnet-1", route_table_id=table)).associations
    assert found.table == "aws_route_table.t"


def test_route_to_an_instance_leads_to_its_primary_interface() -> None:
    attached = {"primary_network_interface": [{"network_interface_id": ref("aws_network_interface.e.id")}]}
    others = (res("aws_network_interface.e", subnet_id="subnet-1", security_groups=["sg-1"]), res("aws_instance.i", **attached))
    assert leads(*others, instance_id=ref("aws_instance.i.id")) == [(TargetKind.INTERFACE, "aws_network_interface.e")]


def test_tables_that_are_looked_up_are_hidden() -> None:
    looked_up = res("data.aws_route_table.d", subnet_id=ref("aws_subnet.a.id"))
    one = res(
        "aws_route.r",
        route_table_id=ref("data.aws_route_table.d.id"),
        destination_cidr_block="10.0.0.0/8",
        transit_gateway_id="tgw-1",
    )
    network = net(*BASE, looked_up, one)
    assert [found.table for found in network.routes] == ["data.aws_route_table.d"]
    assert [(found.table, found.subnet) for found in network.associations] == [("data.aws_route_table.d", "aws_subnet.a")]
    assert {table.origin.address: table.hidden is not None for table in network.tables} == {
        "aws_vpc.v.main_route_table_id": False,
        "data.aws_route_table.d": True,
    }


def test_route_to_the_wrong_kind_of_thing_is_unknown() -> None:
    one = res("aws_route_table_association.a", subnet_id=ref("aws_vpc.v.id"), route_table_id=ref("aws_route_table.t.id"))
    (found,) = net(*BASE, TABLE, one).associations
    assert isinstance(found.subnet, Unknown)
    assert found.subnet.why == "aws_vpc.v is not a subnet"


def test_looked_up_tables_are_those_that_they_find() -> None:
    network = net(
        *BASE,
        TABLE,
        res("aws_route_table_association.a", subnet_id=ref("aws_subnet.a.id"), route_table_id=ref("aws_route_table.t.id")),
        res("data.aws_route_table.served", subnet_id=ref("aws_subnet.a.id")),
        res("data.aws_route_table.main", vpc_id=ref("aws_vpc.v.id"), filter=[{"name": "association.main", "values": ["true"]}]),
        res(
            "aws_route.a",
            route_table_id=ref("data.aws_route_table.served.id"),
            destination_cidr_block="10.0.0.0/8",
            gateway_id="igw-1",
        ),
        res(
            "aws_route.b",
            route_table_id=ref("data.aws_route_table.main.id"),
            destination_cidr_block="10.0.0.0/8",
            gateway_id="igw-1",
        ),
    )
    assert [one.table for one in network.routes] == ["aws_route_table.t", "aws_vpc.v.main_route_table_id"]
    assert [one.origin.address for one in network.tables] == ["aws_route_table.t", "aws_vpc.v.main_route_table_id"]
