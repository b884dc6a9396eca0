"""
Services that make security groups themselves, and those with interfaces of several kinds.
"""

from __future__ import annotations

import pytest

from sglint.model import Direction, Role
from sglint.resource import Resource
from sglint.value import Ref, Unknown
from tests.lower.build import BASE, WHY, Plain, element, net, only, ref, res, rules

A = ref("aws_subnet.a.id")
B = ref("aws_subnet.b.id")
G = ref("aws_security_group.g.id")
H = ref("aws_security_group.h.id")
SECOND = res("aws_security_group.h", vpc_id=ref("aws_vpc.v.id"))
CLUSTER = res("aws_eks_cluster.c", name="c", vpc_config=[{"subnet_ids": [A], "security_group_ids": [G]}])
CLUSTER_GROUP = "aws_eks_cluster.c.vpc_config[0].cluster_security_group_id"
TEMPLATE = res("aws_launch_template.t", vpc_security_group_ids=[G])
REMOTE: dict[str, Plain] = {"remote_access": [{"source_security_group_ids": [H]}]}
SOURCE: Plain = [{"self_managed_kafka_parameters": [{"vpc": [{"subnets": [A], "security_groups": [G]}]}]}]
TASK: dict[str, Plain] = {"aws_vpc_configuration": [{"subnets": [B], "security_groups": [H]}]}


def reasons(groups: tuple[object, ...]) -> list[object]:
    return [one.why if isinstance(one, Unknown) else one for one in groups]


def test_cluster_has_the_group_that_eks_makes_and_rules_can_be_added_to_it() -> None:
    rule = res(
        "aws_vpc_security_group_ingress_rule.r",
        security_group_id=Ref("aws_eks_cluster.c", "vpc_config[0].cluster_security_group_id"),
        cidr_ipv4="0.0.0.0/0",
        ip_protocol="-1",
    )
    network = net(*BASE, CLUSTER, rule)
    assert only(network, "aws_eks_cluster.c").groups == ("aws_security_group.g", CLUSTER_GROUP)
    (made,) = (one for one in network.groups if one.origin.address == CLUSTER_GROUP)
    assert made.vpc == "aws_vpc.v"
    assert made.hidden is not None
    assert made.hidden.why == "the cluster security group that EKS makes for aws_eks_cluster.c is not in the text"
    assert len(rules(network, CLUSTER_GROUP, Direction.IN)) == 1


@pytest.mark.parametrize("name", ["c", ref("aws_eks_cluster.c.name"), ref("aws_eks_cluster.c.id")])
def test_nodes_and_pods_get_the_group_of_their_cluster(name: Plain) -> None:
    network = net(
        *BASE,
        CLUSTER,
        res("aws_eks_node_group.n", cluster_name=name, subnet_ids=[B]),
        res("aws_eks_fargate_profile.p", cluster_name=name, subnet_ids=[B]),
    )
    for address in ("aws_eks_node_group.n", "aws_eks_fargate_profile.p"):
        one = only(network, address)
        assert (one.role, one.subnets, one.groups) == (Role.WORKLOAD, ("aws_subnet.b",), (CLUSTER_GROUP,))


def test_group_of_a_cluster_that_a_data_source_looks_up_is_that_of_the_cluster() -> None:
    looked_up = res("data.aws_eks_cluster.d", name=ref("aws_eks_cluster.c.name"))
    own = Ref("data.aws_eks_cluster.d", "vpc_config[0].cluster_security_group_id")
    network = net(*BASE, CLUSTER, looked_up, res("aws_instance.i", subnet_id=A, vpc_security_group_ids=[own]))
    assert only(network, "aws_instance.i").groups == (CLUSTER_GROUP,)


def test_group_of_a_cluster_elsewhere_is_not_known() -> None:
    one = only(net(*BASE, res("aws_eks_node_group.n", cluster_name="x", subnet_ids=[A])), "aws_eks_node_group.n")
    assert reasons(one.groups) == ["the cluster security group that EKS makes is not known: x is not in the text"]


def test_launch_template_of_nodes_gives_their_groups() -> None:
    nodes = res(
        "aws_eks_node_group.n",
        cluster_name="c",
        subnet_ids=[A],
        launch_template=[{"id": ref("aws_launch_template.t.id"), "version": "1"}],
    )
    assert only(net(*BASE, CLUSTER, TEMPLATE, nodes), "aws_eks_node_group.n").groups == ("aws_security_group.g",)


def test_launch_template_without_groups_leaves_the_group_of_the_cluster() -> None:
    nodes = res(
        "aws_eks_node_group.n", cluster_name="c", subnet_ids=[A], launch_template=[{"id": ref("aws_launch_template.t.id")}]
    )
    network = net(*BASE, CLUSTER, res("aws_launch_template.t", image_id="ami-1"), nodes)
    assert only(network, "aws_eks_node_group.n").groups == (CLUSTER_GROUP,)


def test_launch_template_that_may_be_missing_leaves_the_groups_open() -> None:
    block = element({"id": ref("aws_launch_template.t.id")})
    nodes = res("aws_eks_node_group.n", cluster_name="c", subnet_ids=[A], launch_template=[block])
    assert reasons(only(net(*BASE, CLUSTER, TEMPLATE, nodes), "aws_eks_node_group.n").groups) == [WHY.why]


def test_remote_access_to_nodes_adds_a_group() -> None:
    nodes = res("aws_eks_node_group.n", cluster_name="c", subnet_ids=[A], **REMOTE)
    assert reasons(only(net(*BASE, CLUSTER, nodes), "aws_eks_node_group.n").groups) == [
        CLUSTER_GROUP,
        "the security group that EKS makes for remote access to aws_eks_node_group.n is not in the text",
    ]


@pytest.mark.parametrize(
    ("resource", "groups"),
    [
        (res("aws_cloud9_environment_ec2.x", subnet_id=A), ["the security group that Cloud9 makes for {} is not in the text"]),
        (res("aws_directory_service_directory.x", vpc_settings=[{"subnet_ids": [A]}]), ["{}.security_group_id"]),
        (res("aws_directory_service_directory.x", connect_settings=[{"subnet_ids": [A]}]), ["{}.security_group_id"]),
        (
            res("aws_workspaces_directory.x", subnet_ids=[A], workspace_creation_properties=[{"custom_security_group_id": G}]),
            ["aws_security_group.g", "{}.workspace_security_group_id"],
        ),
        (
            res(
                "aws_drs_replication_configuration_template.x",
                staging_area_subnet_id=A,
                replication_servers_security_groups_ids=[G],
                associate_default_security_group=True,
            ),
            ["aws_security_group.g", "the default security group of Elastic Disaster Recovery for {} is not in the text"],
        ),
        (
            res(
                "aws_drs_replication_configuration_template.x",
                staging_area_subnet_id=A,
                replication_servers_security_groups_ids=[G],
                associate_default_security_group=False,
            ),
            ["aws_security_group.g"],
        ),
        (
            res("aws_ecs_express_gateway_service.x", network_configuration=[{"subnets": [A], "security_groups": [G]}]),
            ["aws_security_group.g"],
        ),
        (
            res("aws_ecs_express_gateway_service.x", network_configuration=[{"subnets": [A]}]),
            ["the security group that ECS makes for {} is not in the text"],
        ),
    ],
)
def test_group_that_a_service_makes(resource: Resource, groups: list[str]) -> None:
    one = only(net(*BASE, resource), resource.address)
    assert one.subnets == ("aws_subnet.a",)
    assert reasons(one.groups) == [text.format(resource.address) for text in groups]


def test_client_vpn_has_its_interfaces_where_it_is_associated_and_the_groups_of_its_endpoint() -> None:
    endpoint = res("aws_ec2_client_vpn_endpoint.e", security_group_ids=[G])
    joined: dict[str, Plain] = {"client_vpn_endpoint_id": ref("aws_ec2_client_vpn_endpoint.e.id"), "subnet_id": A}
    network = net(*BASE, endpoint, res("aws_ec2_client_vpn_network_association.x", **joined))
    one = only(network, "aws_ec2_client_vpn_network_association.x")
    assert (one.subnets, one.groups) == (("aws_subnet.a",), ("aws_security_group.g",))


def test_client_vpn_without_groups_gets_the_default_group() -> None:
    endpoint = res("aws_ec2_client_vpn_endpoint.e")
    joined: dict[str, Plain] = {"client_vpn_endpoint_id": ref("aws_ec2_client_vpn_endpoint.e.id"), "subnet_id": A}
    network = net(*BASE, endpoint, res("aws_ec2_client_vpn_network_association.x", **joined))
    one = only(network, "aws_ec2_client_vpn_network_association.x")
    assert one.groups == ("aws_vpc.v.default_security_group_id",)


def test_client_vpn_endpoint_elsewhere_leaves_the_groups_unknown() -> None:
    association = res("aws_ec2_client_vpn_network_association.x", client_vpn_endpoint_id="cvpn-endpoint-1", subnet_id=A)
    one = only(net(*BASE, association), "aws_ec2_client_vpn_network_association.x")
    assert reasons(one.groups) == ["cvpn-endpoint-1 is not in the text"]


def test_cluster_of_emr_has_masters_and_others_with_groups_of_their_own() -> None:
    attributes: Plain = {
        "subnet_id": A,
        "emr_managed_master_security_group": G,
        "emr_managed_slave_security_group": H,
        "additional_slave_security_groups": "sg-1, sg-2",
        "service_access_security_group": "sg-3",
    }
    network = net(*BASE, SECOND, res("aws_emr_cluster.x", ec2_attributes=[attributes]))
    assert {one.address: one.groups for one in network.interfaces} == {
        "aws_emr_cluster.x": ("aws_security_group.g",),
        "aws_emr_cluster.x (interface 2)": ("aws_security_group.h", "sg-1", "sg-2"),
    }


def test_cluster_of_emr_without_groups_has_those_that_emr_makes() -> None:
    network = net(*BASE, res("aws_emr_cluster.x", ec2_attributes=[{"subnet_ids": [A, B]}]))
    one = only(network, "aws_emr_cluster.x")
    assert one.subnets == ("aws_subnet.a", "aws_subnet.b")
    assert reasons(one.groups) == ["the security group that EMR makes for aws_emr_cluster.x is not in the text"]


def test_replicator_has_interfaces_for_each_of_its_clusters() -> None:
    clusters: Plain = [
        {"vpc_config": [{"subnet_ids": [A], "security_groups_ids": [G]}]},
        {"vpc_config": [{"subnet_ids": [B], "security_groups_ids": [H]}]},
    ]
    network = net(*BASE, SECOND, res("aws_msk_replicator.x", kafka_cluster=clusters))
    assert [(one.address, one.subnets, one.groups) for one in network.interfaces] == [
        ("aws_msk_replicator.x", ("aws_subnet.a",), ("aws_security_group.g",)),
        ("aws_msk_replicator.x (interface 2)", ("aws_subnet.b",), ("aws_security_group.h",)),
    ]


def test_pipe_reads_from_one_place_and_runs_tasks_in_another() -> None:
    target: Plain = [{"ecs_task_parameters": [{"network_configuration": [TASK]}]}]
    network = net(*BASE, SECOND, res("aws_pipes_pipe.x", source_parameters=SOURCE, target_parameters=target))
    assert [(one.role, one.subnets, one.groups) for one in network.interfaces] == [
        (Role.MANAGED, ("aws_subnet.a",), ("aws_security_group.g",)),
        (Role.WORKLOAD, ("aws_subnet.b",), ("aws_security_group.h",)),
    ]


def test_block_of_which_nothing_is_known_may_have_interfaces() -> None:
    one = only(net(*BASE, res("aws_msk_replicator.x", kafka_cluster=WHY)), "aws_msk_replicator.x")
    assert one.origin.maybe == WHY
    assert reasons(one.groups) == [WHY.why]


def test_spaces_of_a_domain_lie_in_its_subnets() -> None:
    domain = res(
        "aws_sagemaker_domain.x",
        subnet_ids=[A],
        default_user_settings=[{"security_groups": [G]}],
        default_space_settings=[{"security_groups": [H]}],
    )
    network = net(*BASE, SECOND, domain)
    unwritten = "which security groups SageMaker adds for aws_sagemaker_domain.x is not in the text"
    assert [(one.subnets, reasons(one.groups)) for one in network.interfaces] == [
        (("aws_subnet.a",), ["aws_security_group.g", unwritten]),
        (("aws_subnet.a",), ["aws_security_group.h", unwritten]),
    ]


def test_instances_of_game_servers_have_the_groups_of_their_template() -> None:
    servers = res(
        "aws_gamelift_game_server_group.x", vpc_subnets=[A], launch_template=[{"id": ref("aws_launch_template.t.id")}]
    )
    one = only(net(*BASE, TEMPLATE, servers), "aws_gamelift_game_server_group.x")
    assert (one.role, one.subnets, one.groups) == (Role.WORKLOAD, ("aws_subnet.a",), ("aws_security_group.g",))


@pytest.mark.parametrize(
    ("given", "template", "groups"),
    [
        ({}, {"vpc_security_group_ids": [G]}, ["aws_security_group.g"]),
        ({}, {"network_interfaces": [{"security_groups": [G]}]}, ["aws_security_group.g"]),
        ({"security_group_ids": [H]}, {"vpc_security_group_ids": [G]}, ["aws_security_group.h"]),
        ({}, {}, ["aws_vpc.v.default_security_group_id"]),
    ],
)
def test_batch_takes_the_groups_of_its_template_when_it_names_none(
    given: dict[str, Plain], template: dict[str, Plain], groups: list[str]
) -> None:
    resources: dict[str, Plain] = {"subnets": [A], "launch_template": [{"launch_template_id": ref("aws_launch_template.t.id")}]}
    batch = res("aws_batch_compute_environment.b", compute_resources=[{**resources, **given}])
    network = net(*BASE, SECOND, res("aws_launch_template.t", **template), batch)
    assert list(only(network, "aws_batch_compute_environment.b").groups) == groups


def test_batch_with_a_template_elsewhere_has_groups_that_are_not_known() -> None:
    resources: dict[str, Plain] = {"subnets": [A], "launch_template": [{"launch_template_name": "elsewhere"}]}
    one = only(
        net(*BASE, res("aws_batch_compute_environment.b", compute_resources=[resources])), "aws_batch_compute_environment.b"
    )
    assert reasons(one.groups) == ["elsewhere is not in the text"]


PLACED: dict[str, Plain] = {"subnet_ids": [A], "security_group_ids": [G]}
NETWORK: dict[str, Plain] = {"subnets": [A], "security_group_ids": [G]}
TASKS: dict[str, Plain] = {"subnets": [A], "security_groups": [G]}


@pytest.mark.parametrize(
    "resource",
    [
        res("aws_bedrock_custom_model.x", vpc_config=[PLACED]),
        res("aws_comprehend_document_classifier.x", vpc_config=[NETWORK]),
        res("aws_comprehend_entity_recognizer.x", vpc_config=[NETWORK]),
        res(
            "aws_ecs_capacity_provider.x",
            managed_instances_provider=[{"instance_launch_template": [{"network_configuration": [TASKS]}]}],
        ),
        res("aws_emr_studio.x", subnet_ids=[A], workspace_security_group_id=G, engine_security_group_id="sg-1"),
        res("aws_imagebuilder_infrastructure_configuration.x", subnet_id=A, security_group_ids=[G]),
        res("aws_kinesis_firehose_delivery_stream.x", elasticsearch_configuration=[{"vpc_config": [PLACED]}]),
        res("aws_kinesis_firehose_delivery_stream.x", opensearch_configuration=[{"vpc_config": [PLACED]}]),
        res("aws_kinesis_firehose_delivery_stream.x", opensearchserverless_configuration=[{"vpc_config": [PLACED]}]),
        res("aws_lambda_capacity_provider.x", vpc_config=[PLACED]),
        res("aws_s3outposts_endpoint.x", subnet_id=A, security_group_id=G),
        res("aws_sagemaker_data_quality_job_definition.x", network_config=[{"vpc_config": [NETWORK]}]),
        res("aws_sagemaker_workforce.x", workforce_vpc_config=[NETWORK]),
        res("aws_verifiedaccess_endpoint.x", security_group_ids=[G], load_balancer_options=[{"subnet_ids": [A]}]),
        res("aws_verifiedaccess_endpoint.x", security_group_ids=[G], rds_options=[{"subnet_ids": [A]}]),
    ],
    ids=lambda one: one.kind,
)
def test_services_that_name_subnets_and_groups(resource: Resource) -> None:
    one = only(net(*BASE, resource), resource.address)
    assert (one.role, one.subnets, one.groups) == (Role.MANAGED, ("aws_subnet.a",), ("aws_security_group.g",))
