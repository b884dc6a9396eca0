"""
Managed services with interfaces in the user's subnets: nothing but data.

One row per service: where its subnets and groups are written, joined through a subnet group where it has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sglint.lower.row import Row, Words

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


def _under(block: str, words: Words) -> Words:
    """
    Return the words of a block that has interfaces of its own.
    """
    return {f"{block}.{name}": path for name, path in words.items()}


_VPC_CONFIG = _at("subnet_ids", "security_group_ids", "vpc_config")
_VPC_CONFIG_SUBNETS = _at("subnets", "security_group_ids", "vpc_config")
_VPC_CONFIGURATION = _at("subnet_ids", "security_group_ids", "vpc_configuration")
_VPC_OPTIONS = _at("subnet_ids", "security_group_ids", "vpc_options")
_NETWORK = _at("subnets", "security_groups", "network_configuration")
_NETWORK_IDS = _at("subnet_ids", "security_group_ids", "network_configuration")
_PLAIN = _at("subnet_ids", "security_group_ids")
_RDS = _joined("db_subnet_group_name", "vpc_security_group_ids")
_VPC_SUBNETS = _at("vpc_subnet_ids", "vpc_security_group_ids")
_BATCH_TEMPLATE = "compute_resources[].launch_template[]"
_EMR_MASTER = "ec2_attributes[].emr_managed_master_security_group"
_EMR_SLAVE = "emr_managed_slave_security_group"

_SERVICES: Mapping[str, Words] = {
    "aws_apigatewayv2_vpc_link": _PLAIN,
    "aws_apprunner_vpc_connector": _at("subnets", "security_groups"),
    "aws_appstream_fleet": _VPC_CONFIG,
    "aws_appstream_image_builder": _VPC_CONFIG,
    "aws_batch_compute_environment": {
        **_at("subnets", "security_group_ids", "compute_resources"),
        "owner": f"{_BATCH_TEMPLATE}.launch_template_id|{_BATCH_TEMPLATE}.launch_template_name",
    },
    "aws_bedrock_custom_model": _VPC_CONFIG,
    "aws_bedrockagentcore_agent_runtime": _at("subnets", "security_groups", "network_configuration[].network_mode_config"),
    "aws_bedrockagentcore_browser": _at("subnets", "security_groups", "network_configuration[].vpc_config"),
    "aws_bedrockagentcore_code_interpreter": _at("subnets", "security_groups", "network_configuration[].vpc_config"),
    "aws_cloud9_environment_ec2": {"subnets": "subnet_id"},
    "aws_codebuild_fleet": _VPC_CONFIG_SUBNETS,
    "aws_codebuild_project": _VPC_CONFIG_SUBNETS,
    "aws_codeconnections_host": _VPC_CONFIGURATION,
    "aws_codestarconnections_host": _VPC_CONFIGURATION,
    "aws_comprehend_document_classifier": _VPC_CONFIG_SUBNETS,
    "aws_comprehend_entity_recognizer": _VPC_CONFIG_SUBNETS,
    "aws_datasync_agent": _at("subnet_arns", "security_group_arns"),
    "aws_datasync_location_efs": _at("subnet_arn", "security_group_arns", "ec2_config"),
    "aws_dax_cluster": _joined("subnet_group_name"),
    "aws_db_instance": _RDS,
    "aws_db_proxy": _VPC_SUBNETS,
    "aws_db_proxy_endpoint": _VPC_SUBNETS,
    "aws_devicefarm_test_grid_project": _VPC_CONFIG,
    "aws_directory_service_directory": {
        "subnets": "vpc_settings[].subnet_ids|connect_settings[].subnet_ids",
        "made": "security_group_id",
    },
    "aws_directory_service_region": {"subnets": "vpc_settings[].subnet_ids"},
    "aws_dms_replication_config": {
        "subnet_group": "compute_config[].replication_subnet_group_id",
        "groups": "compute_config[].vpc_security_group_ids",
    },
    "aws_dms_replication_instance": _joined("replication_subnet_group_id", "vpc_security_group_ids"),
    "aws_docdb_cluster": _RDS,
    "aws_docdbelastic_cluster": _at("subnet_ids", "vpc_security_group_ids"),
    "aws_drs_replication_configuration_template": {
        **_at("staging_area_subnet_id", "replication_servers_security_groups_ids"),
        "own": "associate_default_security_group",
    },
    "aws_ec2_client_vpn_network_association": {**_at("subnet_id", "security_groups"), "owner": "client_vpn_endpoint_id"},
    "aws_ec2_instance_connect_endpoint": _at("subnet_id", "security_group_ids"),
    "aws_ecs_capacity_provider": _at(
        "subnets", "security_groups", "managed_instances_provider[].instance_launch_template[].network_configuration"
    ),
    "aws_efs_mount_target": _at("subnet_id", "security_groups"),
    "aws_elasticache_cluster": _joined("subnet_group_name"),
    "aws_elasticache_replication_group": _joined("subnet_group_name"),
    "aws_elasticache_serverless_cache": _PLAIN,
    "aws_elasticsearch_domain": _VPC_OPTIONS,
    "aws_elasticsearch_vpc_endpoint": _VPC_OPTIONS,
    "aws_emr_cluster": {
        "subnets": "ec2_attributes[].subnet_id|ec2_attributes[].subnet_ids",
        "groups": f"{_EMR_MASTER}|ec2_attributes[].additional_master_security_groups",
        "managed": _EMR_MASTER,
        "more": "ec2_attributes",
        "more.groups": f"{_EMR_SLAVE}|additional_slave_security_groups",
        "more.managed": _EMR_SLAVE,
    },
    "aws_emr_studio": _at("subnet_ids", "workspace_security_group_id"),
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
    "aws_imagebuilder_infrastructure_configuration": _at("subnet_id", "security_group_ids"),
    "aws_iot_topic_rule_destination": _at("subnet_ids", "security_groups", "vpc_configuration"),
    "aws_kinesis_firehose_delivery_stream": {
        "more": "|".join(
            f"{name}_configuration[].vpc_config" for name in ("elasticsearch", "opensearch", "opensearchserverless")
        ),
        **_under("more", _PLAIN),
    },
    "aws_kinesisanalyticsv2_application": _at(
        "subnet_ids", "security_group_ids", "application_configuration[].vpc_configuration"
    ),
    "aws_lambda_capacity_provider": _VPC_CONFIG,
    "aws_m2_environment": _PLAIN,
    "aws_medialive_channel": _at("subnet_ids", "security_group_ids", "vpc"),
    "aws_medialive_input": _at("subnet_ids", "security_group_ids", "vpc"),
    "aws_memorydb_cluster": _joined("subnet_group_name"),
    "aws_mq_broker": _at("subnet_ids", "security_groups"),
    "aws_msk_cluster": _at("client_subnets", "security_groups", "broker_node_group_info"),
    "aws_msk_replicator": {"more": "kafka_cluster", **_under("more", _at("subnet_ids", "security_groups_ids", "vpc_config"))},
    "aws_msk_serverless_cluster": _VPC_CONFIG,
    "aws_msk_vpc_connection": _at("client_subnets", "security_groups"),
    "aws_mskconnect_connector": _at("subnets", "security_groups", "kafka_cluster[].apache_kafka_cluster[].vpc"),
    "aws_mwaa_environment": _NETWORK_IDS,
    "aws_neptune_cluster": _joined("neptune_subnet_group_name", "vpc_security_group_ids"),
    "aws_opensearch_domain": _VPC_OPTIONS,
    "aws_opensearch_vpc_endpoint": _VPC_OPTIONS,
    "aws_opensearchserverless_vpc_endpoint": _PLAIN,
    "aws_osis_pipeline": _VPC_OPTIONS,
    "aws_pipes_pipe": {
        "more": "source_parameters[].self_managed_kafka_parameters[].vpc",
        **_under("more", _at("subnets", "security_groups")),
        "tasks": "target_parameters[].ecs_task_parameters[].network_configuration[].aws_vpc_configuration",
        **_under("tasks", _at("subnets", "security_groups")),
    },
    "aws_prometheus_scraper": _at("subnet_ids", "security_group_ids", "source[].eks"),
    "aws_quicksight_vpc_connection": _PLAIN,
    "aws_rds_cluster": _RDS,
    "aws_redshift_cluster": _joined("cluster_subnet_group_name", "vpc_security_group_ids"),
    "aws_redshift_endpoint_access": _joined("subnet_group_name", "vpc_security_group_ids"),
    "aws_redshiftserverless_endpoint_access": _at("subnet_ids", "vpc_security_group_ids"),
    "aws_redshiftserverless_workgroup": _PLAIN,
    "aws_s3outposts_endpoint": _at("subnet_id", "security_group_id"),
    "aws_sagemaker_data_quality_job_definition": _at("subnets", "security_group_ids", "network_config[].vpc_config"),
    "aws_sagemaker_domain": {
        **_at("subnet_ids", "default_user_settings[].security_groups|domain_settings[].security_group_ids"),
        "more": "default_space_settings",
        "more.groups": "security_groups",
    },
    "aws_sagemaker_model": _VPC_CONFIG_SUBNETS,
    "aws_sagemaker_notebook_instance": _at("subnet_id", "security_groups"),
    "aws_sagemaker_workforce": _at("subnets", "security_group_ids", "workforce_vpc_config"),
    "aws_synthetics_canary": _VPC_CONFIG,
    "aws_timestreaminfluxdb_db_cluster": _VPC_SUBNETS,
    "aws_timestreaminfluxdb_db_instance": _VPC_SUBNETS,
    "aws_transfer_server": _at("subnet_ids", "security_group_ids", "endpoint_details"),
    "aws_verifiedaccess_endpoint": _at(
        "load_balancer_options[].subnet_ids|rds_options[].subnet_ids|cidr_options[].subnet_ids", "security_group_ids"
    ),
    "aws_vpclattice_resource_gateway": _PLAIN,
    "aws_workspaces_directory": {
        **_at("subnet_ids", "workspace_creation_properties[].custom_security_group_id"),
        "made": "workspace_security_group_id",
    },
    "aws_workspacesweb_network_settings": _PLAIN,
}
_TASKS: Mapping[str, Words] = {
    "aws_ecs_express_gateway_service": _NETWORK,
    "aws_ecs_service": _NETWORK,
    "aws_ecs_task_set": _NETWORK,
    "aws_eks_fargate_profile": {"subnets": "subnet_ids", "cluster": "cluster_name"},
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
_EKS_GROUP = "vpc_config[].cluster_security_group_id"
ROWS = (
    Row("managed", _SERVICES),
    Row(
        "cluster",
        {
            "aws_eks_cluster": {**_VPC_CONFIG, "name": "name", "made": _EKS_GROUP},
            "data.aws_eks_cluster": {"id": "name", "made": _EKS_GROUP},
        },
    ),
    Row("vpn endpoint", {"aws_ec2_client_vpn_endpoint": {"groups": "security_group_ids"}}),
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


@dataclass(frozen=True, slots=True)
class Made:
    """
    A group that a service makes and puts on its interfaces; what it permits is in no text.

    It is there only where nothing is written for `unless`, and only where the switch `when` is on.
    """

    what: str
    unless: str = ""
    when: str = ""


_DIRECTORY = Made("the security group that Directory Service makes")
MADE: Mapping[str, Made] = {
    "aws_cloud9_environment_ec2": Made("the security group that Cloud9 makes"),
    "aws_directory_service_directory": _DIRECTORY,
    "aws_directory_service_region": _DIRECTORY,
    "aws_drs_replication_configuration_template": Made("the default security group of Elastic Disaster Recovery", when="own"),
    "aws_ecs_express_gateway_service": Made("the security group that ECS makes", unless="groups"),
    "aws_eks_cluster": Made("the cluster security group that EKS makes"),
    "aws_emr_cluster": Made("the security group that EMR makes", unless="managed"),
    "aws_sagemaker_domain": Made("which security groups SageMaker adds"),
    "aws_workspaces_directory": Made("the security group that WorkSpaces makes"),
}


@dataclass(frozen=True, slots=True)
class Left:
    """
    Why the interfaces of a kind are left out, and the attributes that say that it has some.
    """

    names: tuple[str, ...]
    why: str


NOT_MODELLED: Mapping[str, Left] = {
    "aws_vpc_route_server_endpoint": Left(("subnet_id",), "no security group can be written for it"),
}
