"""
Load balancers, endpoints, appliances and managed services.
"""

from __future__ import annotations

import pytest

from sglint.lower import KINDS
from sglint.model import Appliance, Role
from sglint.resource import Resource
from sglint.space import Ports, Protocol
from sglint.value import Ref, Unknown
from tests.lower.build import BASE, WHY, Plain, among, cfn, element, net, only, problems, ref, res

A = ref("aws_subnet.a.id")
G = ref("aws_security_group.g.id")
PLACED: dict[str, Plain] = {"subnet_ids": [A], "security_group_ids": [G]}


def test_network_load_balancer_is_automatic_and_serves_its_listeners() -> None:
    listeners = (
        res("aws_lb_listener.a", load_balancer_arn=ref("aws_lb.n.arn"), port="53", protocol="TCP_UDP"),
        res("aws_alb_listener.b", load_balancer_arn=ref("aws_lb.n.arn"), port=443, protocol="TLS"),
    )
    one = only(
        net(*BASE, res("aws_lb.n", load_balancer_type="network", subnet_mapping=[{"subnet_id": A}], internal=True), *listeners),
        "aws_lb.n",
    )
    assert (one.automatic, one.grouped, one.groups, one.public) == ("Network Load Balancer", False, (), False)
    assert one.serves == (
        (Protocol.TCP, Ports(53, 53)),
        (Protocol.TCP, Ports(443, 443)),
        (Protocol.UDP, Ports(53, 53)),
    )


def test_listener_of_unknown_port_limits_nothing() -> None:
    listener = res("aws_lb_listener.a", load_balancer_arn=ref("aws_lb.n.arn"), port=WHY, protocol="TCP")
    assert only(net(*BASE, res("aws_lb.n", load_balancer_type="network", subnets=[A]), listener), "aws_lb.n").serves is None


@pytest.mark.parametrize("address", ["aws_lb.x", "aws_alb.x", "aws_elb.x"])
def test_other_load_balancers_are_not_automatic(address: str) -> None:
    one = only(net(*BASE, res(address, subnets=[A], security_groups=[G])), address)
    assert (one.role, one.automatic, one.grouped, one.groups) == (Role.MANAGED, "", True, ("aws_security_group.g",))


def test_load_balancer_of_unknown_type_is_a_problem() -> None:
    (problem,) = problems(*BASE, res("aws_lb.x", load_balancer_type=WHY, subnets=[A]))
    assert problem.message == "the type of aws_lb.x is not known, so its interfaces are left out: var.x has no default"
    assert problem.hides


GENEVE = (
    res("aws_lb.g", load_balancer_type="gateway", subnets=[A]),
    res("aws_lb_target_group.t", protocol="GENEVE", port=6081, health_check=[{"port": "80", "protocol": "TCP"}]),
    res(
        "aws_lb_listener.l",
        load_balancer_arn=ref("aws_lb.g.id"),
        default_action=[{"type": "forward", "target_group_arn": ref("aws_lb_target_group.t.id")}],
    ),
)
ENI = res("aws_network_interface.e", subnet_id=A, private_ips=["10.0.1.10"])
INSTANCE = res("aws_instance.i", subnet_id=A)
ATTACHED = res(
    "aws_instance.j", network_interface=[{"network_interface_id": ref("aws_network_interface.e.id"), "device_index": 0}]
)


def attach(target: Plain) -> Resource:
    return res("aws_lb_target_group_attachment.x", target_group_arn=ref("aws_lb_target_group.t.arn"), target_id=target)


@pytest.mark.parametrize(
    ("target", "interface"),
    [
        (ref("aws_instance.i.id"), "aws_instance.i"),
        (ref("aws_instance.i.private_ip"), "aws_instance.i"),
        (ref("aws_instance.j.id"), "aws_network_interface.e"),
        (ref("aws_network_interface.e.private_ip"), "aws_network_interface.e"),
        (Ref("aws_network_interface.e", "private_ips[0]"), "aws_network_interface.e"),
        (
            Unknown("the function is applied later", refs=(Ref("aws_network_interface.e", "private_ips"),)),
            "aws_network_interface.e",
        ),
        ("10.0.1.10", "aws_network_interface.e"),
        (ref("data.aws_network_interface.e.private_ip"), "aws_network_interface.e"),
        (Ref("data.aws_network_interface.i", "private_ips[0]"), "aws_instance.i"),
    ],
)
def test_targets_of_a_gateway_load_balancer_are_forwarders(target: Plain, interface: str) -> None:
    looked_up = (
        res("data.aws_network_interface.e", id=ref("aws_network_interface.e.id")),
        res("data.aws_network_interface.i", id=ref("aws_instance.i.primary_network_interface_id")),
    )
    network = net(*BASE, *GENEVE, ENI, INSTANCE, ATTACHED, *looked_up, attach(target))
    (found,) = network.appliances
    assert (found.interface, found.balancer, found.target_group, found.health_port) == (
        interface,
        "aws_lb.g",
        "aws_lb_target_group.t",
        80,
    )
    assert [one.address for one in network.interfaces if one.role is Role.FORWARDER] == [interface]


def test_gateway_load_balancer_has_no_interface_to_judge() -> None:
    assert net(*BASE, *GENEVE).interfaces == ()


def test_target_that_is_not_known_is_a_problem() -> None:
    (problem,) = problems(*BASE, *GENEVE, attach(WHY))
    expected = "the appliance that aws_lb_target_group_attachment.x registers is not known: var.x has no default"
    assert problem.message == expected


def test_target_that_is_looked_up_by_what_is_not_in_the_text_is_a_problem() -> None:
    looked_up = res("data.aws_network_interface.e", id=WHY)
    (problem,) = problems(*BASE, *GENEVE, looked_up, attach(ref("data.aws_network_interface.e.private_ip")))
    expected = "the appliance that aws_lb_target_group_attachment.x registers is not known: var.x has no default"
    assert problem.message == expected


def test_target_whose_address_nothing_has_is_a_problem() -> None:
    (problem,) = problems(*BASE, *GENEVE, ENI, attach("10.9.9.9"))
    assert problem.message.endswith(".x registers is not known: nothing in the text has the address 10.9.9.9")


def test_targets_of_other_load_balancers_are_no_appliances() -> None:
    group = res("aws_lb_target_group.t", protocol="TCP", port=80)
    assert net(*BASE, group, INSTANCE, attach(ref("aws_instance.i.id"))).appliances == ()


@pytest.mark.parametrize(
    ("own", "other"),
    [
        ({"target_group_arns": [ref("aws_lb_target_group.t.arn")]}, ()),
        ({"traffic_source": [{"identifier": ref("aws_lb_target_group.t.arn"), "type": "elbv2"}]}, ()),
        (
            {},
            (
                res(
                    "aws_autoscaling_attachment.x",
                    autoscaling_group_name=ref("aws_autoscaling_group.s.name"),
                    lb_target_group_arn=ref("aws_lb_target_group.t.arn"),
                ),
            ),
        ),
    ],
)
def test_auto_scaling_group_behind_a_gateway_load_balancer(own: dict[str, Plain], other: tuple[Resource, ...]) -> None:
    template = res("aws_launch_template.t", vpc_security_group_ids=[G])
    scaling = res(
        "aws_autoscaling_group.s", vpc_zone_identifier=[A], launch_template=[{"id": ref("aws_launch_template.t.id")}], **own
    )
    network = net(*BASE, *GENEVE, template, scaling, *other)
    assert [one.interface for one in network.appliances] == ["aws_autoscaling_group.s"]
    assert only(network, "aws_autoscaling_group.s").role is Role.FORWARDER


def test_appliance_without_a_listener_still_is_one() -> None:
    (found,) = net(*BASE, GENEVE[1], INSTANCE, attach(ref("aws_instance.i.id"))).appliances
    assert isinstance(found, Appliance)
    assert isinstance(found.balancer, Unknown)


def test_resolver_endpoint() -> None:
    addresses = [{"subnet_id": A}, {"subnet_id": ref("aws_subnet.b.id")}]
    network = net(
        *BASE, res("aws_route53_resolver_endpoint.r", direction="INBOUND", ip_address=addresses, security_group_ids=[G])
    )
    one = only(network, "aws_route53_resolver_endpoint.r")
    assert (one.role, one.subnets, one.groups) == (Role.RESOLVER, ("aws_subnet.a", "aws_subnet.b"), ("aws_security_group.g",))


def test_interface_endpoint_is_automatic_and_gets_the_default_group() -> None:
    endpoint = res(
        "aws_vpc_endpoint.e", vpc_endpoint_type="Interface", service_name="com.amazonaws.eu-west-1.ssm", subnet_ids=[A]
    )
    one = only(net(*BASE, endpoint), "aws_vpc_endpoint.e")
    assert (one.automatic, one.role) == ("AWS PrivateLink (interface VPC endpoint)", Role.MANAGED)
    assert one.groups == ("aws_vpc.v.default_security_group_id",)


def test_what_other_resources_add_to_an_interface_endpoint() -> None:
    network = net(
        *BASE,
        res("aws_vpc_endpoint.e", vpc_endpoint_type="Interface", service_name="x", subnet_configuration=[{"subnet_id": A}]),
        res(
            "aws_vpc_endpoint_subnet_association.s",
            vpc_endpoint_id=ref("aws_vpc_endpoint.e.id"),
            subnet_id=ref("aws_subnet.b.id"),
        ),
        res(
            "aws_vpc_endpoint_security_group_association.g",
            vpc_endpoint_id=ref("aws_vpc_endpoint.e.id"),
            security_group_id=G,
            replace_default_association=True,
        ),
    )
    one = only(network, "aws_vpc_endpoint.e")
    assert (one.subnets, one.groups) == (("aws_subnet.a", "aws_subnet.b"), ("aws_security_group.g",))


def test_endpoint_of_unknown_type_may_have_interfaces() -> None:
    one = only(net(*BASE, res("aws_vpc_endpoint.e", vpc_endpoint_type=WHY, service_name="x", **PLACED)), "aws_vpc_endpoint.e")
    assert one.origin.maybe == WHY


@pytest.mark.parametrize(
    ("address", "values"),
    [
        ("aws_ecs_service.x", {"network_configuration": [{"subnets": [A], "security_groups": [G]}]}),
        ("aws_efs_mount_target.x", {"subnet_id": A, "security_groups": [G]}),
        ("aws_fsx_windows_file_system.x", PLACED),
        ("aws_msk_cluster.x", {"broker_node_group_info": [{"client_subnets": [A], "security_groups": [G]}]}),
        ("aws_mq_broker.x", {"subnet_ids": [A], "security_groups": [G]}),
        ("aws_opensearch_domain.x", {"vpc_options": [PLACED]}),
        ("aws_ec2_instance_connect_endpoint.x", {"subnet_id": A, "security_group_ids": [G]}),
        ("aws_db_proxy.x", {"vpc_subnet_ids": [A], "vpc_security_group_ids": [G]}),
        ("aws_db_instance.x", {"db_subnet_group_name": ref("aws_db_subnet_group.s.name"), "vpc_security_group_ids": [G]}),
        ("aws_rds_cluster.x", {"db_subnet_group_name": "main", "vpc_security_group_ids": [G]}),
        (
            "aws_dms_replication_config.x",
            {"compute_config": [{"replication_subnet_group_id": "main", "vpc_security_group_ids": [G]}]},
        ),
    ],
)
def test_services_by_their_rows(address: str, values: dict[str, Plain]) -> None:
    group = res("aws_db_subnet_group.s", name="main", subnet_ids=[A])
    one = only(net(*BASE, group, res(address, **values)), address)
    assert (one.subnets, one.groups, one.automatic) == (("aws_subnet.a",), ("aws_security_group.g",), "")


def test_lambda_is_automatic_in_a_vpc_and_nothing_outside() -> None:
    network = net(*BASE, res("aws_lambda_function.f", vpc_config=[PLACED]), res("aws_lambda_function.g"))
    (one,) = network.interfaces
    assert (one.address, one.automatic) == ("aws_lambda_function.f", "AWS Lambda (Hyperplane elastic network interface)")


def test_subnet_group_that_is_not_in_the_text() -> None:
    one = only(
        net(*BASE, res("aws_db_instance.x", db_subnet_group_name="elsewhere", vpc_security_group_ids=[G])), "aws_db_instance.x"
    )
    (subnet,) = one.subnets
    assert isinstance(subnet, Unknown)
    assert subnet.why == "the subnets of elsewhere are not in the text"


def test_kinds_without_a_row_are_problems_only_where_they_are_in_a_subnet() -> None:
    found = problems(
        res("aws_vpc_route_server_endpoint.x", route_server_id="rs-1", subnet_id=A),
        res("aws_vpc_route_server_endpoint.y", route_server_id="rs-1"),
    )
    message = (
        "aws_vpc_route_server_endpoint.x (aws_vpc_route_server_endpoint) can have interfaces in subnets but is not modelled: "
        "no security group can be written for it"
    )
    assert [(one.message, one.hides) for one in found] == [(message, True)]


def test_attachments_and_their_appliance_mode() -> None:
    common: dict[str, Plain] = {"transit_gateway_id": "tgw-1", "vpc_id": ref("aws_vpc.v.id"), "subnet_ids": [A]}
    network = net(
        *BASE,
        res("aws_ec2_transit_gateway_vpc_attachment.a", **common, appliance_mode_support="enable"),
        res("aws_ec2_transit_gateway_vpc_attachment.b", **common),
        res("aws_ec2_transit_gateway_vpc_attachment.c", **common, appliance_mode_support=among("enable", "disable")),
    )
    modes = [one.appliance_mode for one in network.attachments]
    assert modes[:2] == [True, False]
    assert isinstance(modes[2], Unknown)
    assert {(one.gateway, one.vpc, one.subnets) for one in network.attachments} == {("tgw-1", "aws_vpc.v", ("aws_subnet.a",))}


def test_kinds_name_everything_that_is_read() -> None:
    assert {"aws_vpc", "data.aws_vpc", "aws_alb_target_group", "aws_emr_cluster", "awscc_ec2_route", "module"} <= KINDS


def test_block_that_may_be_missing_makes_the_interface_uncertain_not_its_groups() -> None:
    one = only(net(*BASE, res("aws_lambda_function.f", vpc_config=[element(PLACED)])), "aws_lambda_function.f")
    assert one.origin.maybe is not None
    assert (one.subnets, one.groups) == (("aws_subnet.a",), ("aws_security_group.g",))


def test_database_finds_its_subnet_group_by_a_name_that_is_not_known() -> None:
    name = Unknown("terraform.workspace is not given", ends="-db")
    group = res("aws_db_subnet_group.s", name=name, subnet_ids=[A])
    one = only(net(*BASE, group, res("aws_db_instance.x", db_subnet_group_name=name)), "aws_db_instance.x")
    assert one.subnets == ("aws_subnet.a",)


def test_subnet_group_of_a_name_used_twice_is_the_one_in_the_same_module() -> None:
    network = net(
        *BASE,
        res("module.a.aws_db_subnet_group.s", name="main", subnet_ids=[A]),
        res("module.b.aws_db_subnet_group.s", name="main", subnet_ids=[ref("aws_subnet.b.id")]),
        res("module.b.aws_db_instance.x", db_subnet_group_name="main"),
        res("aws_db_instance.y", db_subnet_group_name="main"),
    )
    assert only(network, "module.b.aws_db_instance.x").subnets == ("aws_subnet.b",)
    (subnet,) = only(network, "aws_db_instance.y").subnets
    assert isinstance(subnet, Unknown)
    assert subnet.why == "several resources are named main"


def test_endpoint_gets_the_default_group_of_the_vpc_that_it_names() -> None:
    endpoint = res(
        "aws_vpc_endpoint.e", vpc_id=ref("aws_vpc.v.id"), vpc_endpoint_type="Interface", service_name="x", subnet_ids=WHY
    )
    one = only(net(*BASE, endpoint), "aws_vpc_endpoint.e")
    assert one.groups == ("aws_vpc.v.default_security_group_id",)


def test_database_without_a_subnet_group_is_somewhere_unknown() -> None:
    (subnet,) = only(net(res("aws_db_instance.x")), "aws_db_instance.x").subnets
    assert isinstance(subnet, Unknown)
    assert subnet.why == "aws_db_instance.x names no subnet group"


@pytest.mark.parametrize(
    "service",
    [
        res("aws_ecs_service.s", network_configuration=[{"subnets": [A], "security_groups": [G], "assign_public_ip": True}]),
        res(
            "aws_cloudwatch_event_target.s",
            ecs_target=[{"network_configuration": [{"subnets": [A], "security_groups": [G], "assign_public_ip": True}]}],
        ),
        res("aws_mq_broker.s", subnet_ids=[A], security_groups=[G], publicly_accessible=True),
    ],
    ids=lambda one: one.kind,
)
def test_a_service_has_a_public_address_where_it_says_so(service: Resource) -> None:
    assert only(net(*BASE, service), service.address).public is True


def test_a_service_has_no_public_address_unless_it_says_so() -> None:
    service = res("aws_ecs_service.s", network_configuration=[{"subnets": [A], "security_groups": [G]}])
    assert only(net(*BASE, service), "aws_ecs_service.s").public is False


@pytest.mark.parametrize(
    ("kind", "written", "public"),
    [
        ("AWS::RDS::DBInstance", {}, None),
        ("AWS::RDS::DBInstance", {"PubliclyAccessible": False}, False),
        ("AWS::RDS::DBInstance", {"PubliclyAccessible": among(None, False)}, None),
        ("AWS::DMS::ReplicationInstance", {}, True),
        ("AWS::DMS::ReplicationInstance", {"PubliclyAccessible": "false"}, False),
        ("AWS::RDS::DBCluster", {"PubliclyAccessible": True}, True),
        ("AWS::RDS::DBCluster", {}, None),
        ("AWS::Redshift::Cluster", {}, False),
        ("AWS::RedshiftServerless::Workgroup", {"SubnetIds": ["subnet-1"], "PubliclyAccessible": True}, True),
        ("aws_m2_environment", {**PLACED, "publicly_accessible": True}, True),
        ("awscc_rds_db_instance", {}, None),
        ("aws_rds_cluster", {}, None),
        ("aws_redshift_cluster", {}, None),
        ("aws_redshift_cluster", {"publicly_accessible": None}, None),
        ("aws_db_instance", {}, False),
        ("aws_dms_replication_instance", {}, False),
    ],
)
def test_what_says_nothing_of_a_public_address_has_what_its_service_gives_it(
    kind: str, written: dict[str, Plain], public: bool | None
) -> None:
    service = cfn(kind, "s", **written) if "::" in kind else res(f"{kind}.s", **written)
    found = only(net(*BASE, service), service.address).public
    assert (found is public) if public is not None else isinstance(found, Unknown) and "is not written" in found.why


@pytest.mark.parametrize(("written", "public"), [({}, False), ({"publicly_accessible": True}, True)])
def test_a_cluster_is_as_public_as_its_members(written: dict[str, Plain], public: bool) -> None:
    cluster = res("aws_rds_cluster.c", vpc_security_group_ids=[G])
    members = (
        res("aws_rds_cluster_instance.one", cluster_identifier=ref("aws_rds_cluster.c.id")),
        res("aws_rds_cluster_instance.two", cluster_identifier=ref("aws_rds_cluster.c.cluster_identifier"), **written),
    )
    assert only(net(*BASE, cluster, *members), "aws_rds_cluster.c").public is public
