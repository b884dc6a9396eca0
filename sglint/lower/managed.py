"""
Managed services with interfaces in the user's subnets: nothing but data.

One row per service: where its subnets and groups are written, joined through a subnet group where it has one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sglint.lower.index import Index
from sglint.lower.interface import given_groups, or_default
from sglint.lower.link import follow, places
from sglint.lower.row import Row, Slot, View, Words, settle
from sglint.model import Interface, Link, Role
from sglint.source import Problem
from sglint.value import Map, Seq, Unknown, Value

LAMBDA = "AWS Lambda (Hyperplane elastic network interface)"


def _at(subnets: str, groups: str, block: str = "") -> Words:
    """
    Return the words of a service that names its subnets and groups itself, both in one block or at the top.
    """
    inside = f"{block}[]." if block else ""
    return {
        "subnets": "|".join(inside + path for path in subnets.split("|")),
        "groups": "|".join(inside + path for path in groups.split("|") if path),
    }


def _joined(subnet_group: str, groups: str = "security_group_ids") -> Words:
    """
    Return the words of a service that lies in a subnet group.
    """
    return {"subnet_group": subnet_group, "groups": groups}


_VPC_CONFIG = _at("subnet_ids", "security_group_ids", "vpc_config")
_VPC_CONFIG_SUBNETS = _at("subnets", "security_group_ids", "vpc_config")
_VPC_CONFIGURATION = _at("subnet_ids", "security_group_ids", "vpc_configuration")
_VPC_OPTIONS = _at("subnet_ids", "security_group_ids", "vpc_options")
_NETWORK = _at("subnets", "security_groups", "network_configuration")
_NETWORK_IDS = _at("subnet_ids", "security_group_ids", "network_configuration")
_PLAIN = _at("subnet_ids", "security_group_ids")
_RDS = _joined("db_subnet_group_name", "vpc_security_group_ids")
_VPC_SUBNETS = _at("vpc_subnet_ids", "vpc_security_group_ids")

_SERVICES: Mapping[str, Words] = {
    "aws_apigatewayv2_vpc_link": _PLAIN,
    "aws_apprunner_vpc_connector": _at("subnets", "security_groups"),
    "aws_appstream_fleet": _VPC_CONFIG,
    "aws_appstream_image_builder": _VPC_CONFIG,
    "aws_batch_compute_environment": _at("subnets", "security_group_ids", "compute_resources"),
    "aws_bedrockagentcore_agent_runtime": _at("subnets", "security_groups", "network_configuration[].network_mode_config"),
    "aws_bedrockagentcore_browser": _at("subnets", "security_groups", "network_configuration[].vpc_config"),
    "aws_bedrockagentcore_code_interpreter": _at("subnets", "security_groups", "network_configuration[].vpc_config"),
    "aws_codebuild_fleet": _VPC_CONFIG_SUBNETS,
    "aws_codebuild_project": _VPC_CONFIG_SUBNETS,
    "aws_codeconnections_host": _VPC_CONFIGURATION,
    "aws_codestarconnections_host": _VPC_CONFIGURATION,
    "aws_datasync_agent": _at("subnet_arns", "security_group_arns"),
    "aws_datasync_location_efs": _at("subnet_arn", "security_group_arns", "ec2_config"),
    "aws_dax_cluster": _joined("subnet_group_name"),
    "aws_db_instance": _RDS,
    "aws_db_proxy": _VPC_SUBNETS,
    "aws_db_proxy_endpoint": _VPC_SUBNETS,
    "aws_devicefarm_test_grid_project": _VPC_CONFIG,
    "aws_dms_replication_config": {
        "subnet_group": "compute_config[].replication_subnet_group_id",
        "groups": "compute_config[].vpc_security_group_ids",
    },
    "aws_dms_replication_instance": _joined("replication_subnet_group_id", "vpc_security_group_ids"),
    "aws_docdb_cluster": _RDS,
    "aws_docdbelastic_cluster": _at("subnet_ids", "vpc_security_group_ids"),
    "aws_ec2_instance_connect_endpoint": _at("subnet_id", "security_group_ids"),
    "aws_efs_mount_target": _at("subnet_id", "security_groups"),
    "aws_elasticache_cluster": _joined("subnet_group_name"),
    "aws_elasticache_replication_group": _joined("subnet_group_name"),
    "aws_elasticache_serverless_cache": _PLAIN,
    "aws_elasticsearch_domain": _VPC_OPTIONS,
    "aws_elasticsearch_vpc_endpoint": _VPC_OPTIONS,
    "aws_emrserverless_application": _NETWORK_IDS,
    "aws_finspace_kx_cluster": _VPC_CONFIGURATION,
    "aws_fsx_file_cache": _PLAIN,
    "aws_fsx_lustre_file_system": _PLAIN,
    "aws_fsx_ontap_file_system": _PLAIN,
    "aws_fsx_openzfs_file_system": _PLAIN,
    "aws_fsx_windows_file_system": _PLAIN,
    "aws_glue_connection": _at("subnet_id", "security_group_id_list", "physical_connection_requirements"),
    "aws_glue_dev_endpoint": _at("subnet_id", "security_group_ids"),
    "aws_grafana_workspace": _VPC_CONFIGURATION,
    "aws_iot_topic_rule_destination": _at("subnet_ids", "security_groups", "vpc_configuration"),
    "aws_kinesisanalyticsv2_application": _at(
        "subnet_ids", "security_group_ids", "application_configuration[].vpc_configuration"
    ),
    "aws_m2_environment": _PLAIN,
    "aws_medialive_channel": _at("subnet_ids", "security_group_ids", "vpc"),
    "aws_medialive_input": _at("subnet_ids", "security_group_ids", "vpc"),
    "aws_memorydb_cluster": _joined("subnet_group_name"),
    "aws_mq_broker": _at("subnet_ids", "security_groups"),
    "aws_msk_cluster": _at("client_subnets", "security_groups", "broker_node_group_info"),
    "aws_msk_serverless_cluster": _VPC_CONFIG,
    "aws_msk_vpc_connection": _at("client_subnets", "security_groups"),
    "aws_mskconnect_connector": _at("subnets", "security_groups", "kafka_cluster[].apache_kafka_cluster[].vpc"),
    "aws_mwaa_environment": _NETWORK_IDS,
    "aws_neptune_cluster": _joined("neptune_subnet_group_name", "vpc_security_group_ids"),
    "aws_opensearch_domain": _VPC_OPTIONS,
    "aws_opensearch_vpc_endpoint": _VPC_OPTIONS,
    "aws_opensearchserverless_vpc_endpoint": _PLAIN,
    "aws_osis_pipeline": _VPC_OPTIONS,
    "aws_prometheus_scraper": _at("subnet_ids", "security_group_ids", "source[].eks"),
    "aws_quicksight_vpc_connection": _PLAIN,
    "aws_rds_cluster": _RDS,
    "aws_redshift_cluster": _joined("cluster_subnet_group_name", "vpc_security_group_ids"),
    "aws_redshift_endpoint_access": _joined("subnet_group_name", "vpc_security_group_ids"),
    "aws_redshiftserverless_endpoint_access": _at("subnet_ids", "vpc_security_group_ids"),
    "aws_redshiftserverless_workgroup": _PLAIN,
    "aws_sagemaker_model": _VPC_CONFIG_SUBNETS,
    "aws_sagemaker_notebook_instance": _at("subnet_id", "security_groups"),
    "aws_synthetics_canary": _VPC_CONFIG,
    "aws_timestreaminfluxdb_db_cluster": _VPC_SUBNETS,
    "aws_timestreaminfluxdb_db_instance": _VPC_SUBNETS,
    "aws_transfer_server": _at("subnet_ids", "security_group_ids", "endpoint_details"),
    "aws_vpclattice_resource_gateway": _PLAIN,
    "aws_workspacesweb_network_settings": _PLAIN,
    "aws_eks_cluster": _VPC_CONFIG,
}
_TASKS: Mapping[str, Words] = {
    "aws_ecs_service": _NETWORK,
    "aws_ecs_task_set": _NETWORK,
    "aws_cloudwatch_event_target": _at("subnets", "security_groups", "ecs_target[].network_configuration"),
    "aws_scheduler_schedule": _at("subnets", "security_groups", "target[].ecs_parameters[].network_configuration"),
}
_SUBNET_GROUP: Words = {"name": "name", "subnets": "subnet_ids"}
_SUBNET_GROUPS = (
    "aws_dax_subnet_group",
    "aws_db_subnet_group",
    "aws_docdb_subnet_group",
    "aws_elasticache_subnet_group",
    "aws_memorydb_subnet_group",
    "aws_neptune_subnet_group",
    "aws_redshift_subnet_group",
)
ROWS = (
    Row("managed", _SERVICES),
    Row("lambda", {"aws_lambda_function": _VPC_CONFIG}),
    Row("task", _TASKS),
    Row(
        "subnet group",
        {
            **dict.fromkeys(_SUBNET_GROUPS, _SUBNET_GROUP),
            "aws_dms_replication_subnet_group": {"name": "replication_subnet_group_id", "subnets": "subnet_ids"},
            "data.aws_db_subnet_group": {"name": "name"},
        },
        ("replication_subnet_group_id", "replication_subnet_group_arn"),
    ),
)
_ROLES = {"managed": (Role.MANAGED, ""), "lambda": (Role.MANAGED, LAMBDA), "task": (Role.WORKLOAD, "")}

NOT_MODELLED: Mapping[str, tuple[str, ...]] = {
    "aws_bedrock_custom_model": ("subnet_ids",),
    "aws_cloud9_environment_ec2": ("subnet_id",),
    "aws_comprehend_document_classifier": ("subnets",),
    "aws_comprehend_entity_recognizer": ("subnets",),
    "aws_directory_service_directory": ("subnet_ids",),
    "aws_directory_service_region": ("subnet_ids",),
    "aws_drs_replication_configuration_template": ("staging_area_subnet_id",),
    "aws_ec2_client_vpn_network_association": ("subnet_id",),
    "aws_ecs_capacity_provider": ("subnets",),
    "aws_ecs_express_gateway_service": ("subnets",),
    "aws_eks_fargate_profile": ("subnet_ids",),
    "aws_eks_node_group": ("subnet_ids",),
    "aws_emr_cluster": ("subnet_id", "subnet_ids"),
    "aws_emr_studio": ("subnet_ids",),
    "aws_gamelift_game_server_group": ("vpc_subnets",),
    "aws_imagebuilder_infrastructure_configuration": ("subnet_id",),
    "aws_kinesis_firehose_delivery_stream": ("subnet_ids",),
    "aws_lambda_capacity_provider": ("subnet_ids",),
    "aws_msk_replicator": ("subnet_ids",),
    "aws_pipes_pipe": ("subnets",),
    "aws_s3outposts_endpoint": ("subnet_id",),
    "aws_sagemaker_data_quality_job_definition": ("subnets",),
    "aws_sagemaker_domain": ("subnet_ids",),
    "aws_sagemaker_workforce": ("subnets",),
    "aws_verifiedaccess_endpoint": ("subnet_ids",),
    "aws_vpc_route_server_endpoint": ("subnet_id",),
    "aws_workspaces_directory": ("subnet_ids",),
}


def lower(index: Index) -> Iterator[Interface | Problem]:
    """
    Yield the interfaces of managed services that lie in a subnet.
    """
    for noun, (role, automatic) in _ROLES.items():
        for one in index.of(noun):
            maybe, places_, named = settle(one.slots("subnets"), one.slots("groups"))
            subnets = _subnets(index, one, places_)
            if subnets:
                groups = or_default(index, given_groups(index, named, one), subnets, one.at("groups"))
                origin = one.origin if maybe is None or one.origin.maybe else replace(one.origin, maybe=maybe)
                yield Interface(origin, one.resource.kind, role, subnets, groups, automatic)


def _subnets(index: Index, one: View, slots: tuple[Slot, ...]) -> tuple[Link, ...]:
    """
    Return the subnets of a service, directly or through its subnet group; none when it lies in no VPC.
    """
    direct = places(index, slots, one)
    slot = one.slot("subnet_group")
    if direct or slot is None:
        if direct or "subnet_group" not in one.row.kinds[one.resource.kind]:
            return direct
        return (Unknown(f"{one.address} names no subnet group", one.origin.span),)
    span = one.origin.at(slot.field)
    found = follow(index, one, "subnet_group", ("subnet group",))
    group = index.views.get(found) if isinstance(found, str) else None
    inside = places(index, group.slots("subnets"), group) if group is not None else ()
    if inside:
        return inside
    return (found if isinstance(found, Unknown) else Unknown(f"the subnets of {found} are not in the text", span),)


def not_modelled(index: Index) -> Iterator[Problem]:
    """
    Yield a problem for every resource that has interfaces in subnets and whose kind no row covers.
    """
    for address, resource in index.resources.items():
        names = NOT_MODELLED.get(resource.kind)
        if names and _names_subnet(resource.values, names):
            message = f"{address} ({resource.kind}) can have interfaces in subnets but is not modelled"
            yield Problem(message, resource.origin.span, "judge its security groups by hand")


def _names_subnet(value: Value, names: tuple[str, ...]) -> bool:
    """
    Return whether one of the attributes is given somewhere in a value.
    """
    if isinstance(value, Map):
        return any(
            (key in names and item not in (None, "", Seq())) or _names_subnet(item, names) for key, item in value.items()
        )
    return isinstance(value, Seq) and any(_names_subnet(item, names) for item in value.items)
