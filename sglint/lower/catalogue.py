"""
Managed services with interfaces in the user's subnets: nothing but data.

One row per service: where its subnets and groups are written, joined through a subnet group where it has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sglint.frozen import frozen
from sglint.lower import catalogue_cfn
from sglint.lower.row import Row, Words, same
from sglint.lower.words import at, cloud_control_kinds, joined, snake, under

LAMBDA = "AWS Lambda (Hyperplane elastic network interface)"

_ANSWERING = (
    "AWS::DAX::Cluster",
    "AWS::DocDB::DBCluster",
    "AWS::DocDBElastic::Cluster",
    "AWS::EFS::MountTarget",
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::ServerlessCache",
    "AWS::Elasticsearch::Domain",
    "AWS::MSK::Cluster",
    "AWS::MSK::ServerlessCluster",
    "AWS::MemoryDB::Cluster",
    "AWS::Neptune::DBCluster",
    "AWS::NeptuneGraph::PrivateGraphEndpoint",
    "AWS::OpenSearchServerless::VpcEndpoint",
    "AWS::OpenSearchService::Domain",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::Redshift::EndpointAccess",
    "AWS::Timestream::InfluxDBCluster",
    "AWS::Timestream::InfluxDBInstance",
)
ANSWERING = frozenset(
    (
        *_ANSWERING,
        *cloud_control_kinds(dict.fromkeys(_ANSWERING)),
        "aws_dax_cluster",
        "aws_db_instance",
        "aws_docdb_cluster",
        "aws_docdbelastic_cluster",
        "aws_efs_mount_target",
        "aws_elasticache_cluster",
        "aws_elasticache_replication_group",
        "aws_elasticache_serverless_cache",
        "aws_elasticsearch_domain",
        "aws_elasticsearch_vpc_endpoint",
        "aws_memorydb_cluster",
        "aws_msk_cluster",
        "aws_msk_serverless_cluster",
        "aws_neptune_cluster",
        "aws_opensearch_domain",
        "aws_opensearch_vpc_endpoint",
        "aws_opensearchserverless_vpc_endpoint",
        "aws_rds_cluster",
        "aws_redshift_endpoint_access",
        "aws_redshiftserverless_endpoint_access",
        "aws_timestreaminfluxdb_db_cluster",
        "aws_timestreaminfluxdb_db_instance",
    )
)
"""What clients mount, query or cache in; what it may open by itself, as a database link does, is not what it is for."""

_BY_VPC = "depends on its subnet group and on the internet gateway of its VPC"
_UNSAID: Mapping[str, bool | str] = {
    "AWS::DMS::ReplicationInstance": True,
    **dict.fromkeys(("AWS::RDS::DBCluster", "AWS::RDS::DBInstance"), _BY_VPC),
}
UNSAID: Mapping[str, bool | str] = {
    **_UNSAID,
    **cloud_control_kinds(_UNSAID),
    "aws_rds_cluster": _BY_VPC,
    "aws_redshift_cluster": "depends on the provider: it has one before version 6, and none since",
}
"""
Whether a service has a public address that does not say so, where it is not just none, or what that depends on.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html,
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dms-replicationinstance.html and
https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/guides/version-6-upgrade.html.markdown, read on
2026-11-23. Terraform's aws_db_instance and aws_dms_replication_instance set it to false by themselves.
"""


_VPC_CONFIG = at("subnet_ids", "security_group_ids", "vpc_config")
_VPC_CONFIG_SUBNETS = at("subnets", "security_group_ids", "vpc_config")
_VPC_CONFIGURATION = at("subnet_ids", "security_group_ids", "vpc_configuration")
_VPC_OPTIONS = at("subnet_ids", "security_group_ids", "vpc_options")
_NETWORK = at("subnets", "security_groups", "network_configuration")
_NETWORK_IDS = at("subnet_ids", "security_group_ids", "network_configuration")
_PLAIN = at("subnet_ids", "security_group_ids")
_RDS = joined("db_subnet_group_name", "vpc_security_group_ids")
_PUBLIC: Words = {"public": "publicly_accessible"}
_VPC_SUBNETS = at("vpc_subnet_ids", "vpc_security_group_ids")
_BATCH_TEMPLATE = "compute_resources[].launch_template[]"
_EMR_MASTER = "ec2_attributes[].emr_managed_master_security_group"
_EMR_SLAVE = "emr_managed_slave_security_group"

_SERVICES: Mapping[str, Words] = {
    "aws_apigatewayv2_vpc_link": _PLAIN,
    "aws_apprunner_vpc_connector": at("subnets", "security_groups"),
    "aws_appstream_fleet": _VPC_CONFIG,
    "aws_appstream_image_builder": _VPC_CONFIG,
    "aws_batch_compute_environment": {
        **at("subnets", "security_group_ids", "compute_resources"),
        "owner": f"{_BATCH_TEMPLATE}.launch_template_id|{_BATCH_TEMPLATE}.launch_template_name",
    },
    "aws_bedrock_custom_model": _VPC_CONFIG,
    "aws_bedrockagentcore_agent_runtime": at("subnets", "security_groups", "network_configuration[].network_mode_config"),
    "aws_bedrockagentcore_browser": at("subnets", "security_groups", "network_configuration[].vpc_config"),
    "aws_bedrockagentcore_code_interpreter": at("subnets", "security_groups", "network_configuration[].vpc_config"),
    "aws_cloud9_environment_ec2": {"subnets": "subnet_id"},
    "aws_codebuild_fleet": _VPC_CONFIG_SUBNETS,
    "aws_codebuild_project": _VPC_CONFIG_SUBNETS,
    "aws_codeconnections_host": _VPC_CONFIGURATION,
    "aws_codestarconnections_host": _VPC_CONFIGURATION,
    "aws_comprehend_document_classifier": _VPC_CONFIG_SUBNETS,
    "aws_comprehend_entity_recognizer": _VPC_CONFIG_SUBNETS,
    "aws_datasync_agent": at("subnet_arns", "security_group_arns"),
    "aws_datasync_location_efs": at("subnet_arn", "security_group_arns", "ec2_config"),
    "aws_dax_cluster": joined("subnet_group_name", "security_group_ids"),
    "aws_db_instance": {**_RDS, **_PUBLIC},
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
    "aws_dms_replication_instance": {**joined("replication_subnet_group_id", "vpc_security_group_ids"), **_PUBLIC},
    "aws_docdb_cluster": _RDS,
    "aws_docdbelastic_cluster": at("subnet_ids", "vpc_security_group_ids"),
    "aws_drs_replication_configuration_template": {
        **at("staging_area_subnet_id", "replication_servers_security_groups_ids"),
        "own": "associate_default_security_group",
    },
    "aws_ec2_client_vpn_network_association": {**at("subnet_id", "security_groups"), "owner": "client_vpn_endpoint_id"},
    "aws_ec2_instance_connect_endpoint": at("subnet_id", "security_group_ids"),
    "aws_ecs_capacity_provider": at(
        "subnets", "security_groups", "managed_instances_provider[].instance_launch_template[].network_configuration"
    ),
    "aws_efs_mount_target": at("subnet_id", "security_groups"),
    "aws_elasticache_cluster": joined("subnet_group_name", "security_group_ids"),
    "aws_elasticache_replication_group": joined("subnet_group_name", "security_group_ids"),
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
    "aws_emr_studio": at("subnet_ids", "workspace_security_group_id"),
    "aws_emrserverless_application": _NETWORK_IDS,
    "aws_finspace_kx_cluster": _VPC_CONFIGURATION,
    "aws_fsx_file_cache": _PLAIN,
    "aws_fsx_lustre_file_system": _PLAIN,
    "aws_fsx_ontap_file_system": _PLAIN,
    "aws_fsx_openzfs_file_system": _PLAIN,
    "aws_fsx_windows_file_system": _PLAIN,
    "aws_glue_connection": at("subnet_id", "security_group_id_list", "physical_connection_requirements"),
    "aws_glue_dev_endpoint": at("subnet_id", "security_group_ids"),
    "aws_grafana_workspace": _VPC_CONFIGURATION,
    "aws_imagebuilder_infrastructure_configuration": at("subnet_id", "security_group_ids"),
    "aws_iot_topic_rule_destination": at("subnet_ids", "security_groups", "vpc_configuration"),
    "aws_kinesis_firehose_delivery_stream": {
        "more": "|".join(
            f"{name}_configuration[].vpc_config" for name in ("elasticsearch", "opensearch", "opensearchserverless")
        ),
        **under("more", _PLAIN),
    },
    "aws_kinesisanalyticsv2_application": at(
        "subnet_ids", "security_group_ids", "application_configuration[].vpc_configuration"
    ),
    "aws_lambda_capacity_provider": _VPC_CONFIG,
    "aws_m2_environment": {**_PLAIN, **_PUBLIC},
    "aws_medialive_channel": at("subnet_ids", "security_group_ids", "vpc"),
    "aws_medialive_input": at("subnet_ids", "security_group_ids", "vpc"),
    "aws_memorydb_cluster": joined("subnet_group_name", "security_group_ids"),
    "aws_mq_broker": {**at("subnet_ids", "security_groups"), **_PUBLIC},
    "aws_msk_cluster": at("client_subnets", "security_groups", "broker_node_group_info"),
    "aws_msk_replicator": {"more": "kafka_cluster", **under("more", at("subnet_ids", "security_groups_ids", "vpc_config"))},
    "aws_msk_serverless_cluster": _VPC_CONFIG,
    "aws_msk_vpc_connection": at("client_subnets", "security_groups"),
    "aws_mskconnect_connector": at("subnets", "security_groups", "kafka_cluster[].apache_kafka_cluster[].vpc"),
    "aws_mwaa_environment": _NETWORK_IDS,
    "aws_neptune_cluster": joined("neptune_subnet_group_name", "vpc_security_group_ids"),
    "aws_opensearch_domain": _VPC_OPTIONS,
    "aws_opensearch_vpc_endpoint": _VPC_OPTIONS,
    "aws_opensearchserverless_vpc_endpoint": _PLAIN,
    "aws_osis_pipeline": _VPC_OPTIONS,
    "aws_pipes_pipe": {
        "more": "source_parameters[].self_managed_kafka_parameters[].vpc",
        **under("more", at("subnets", "security_groups")),
        "tasks": "target_parameters[].ecs_task_parameters[].network_configuration[].aws_vpc_configuration",
        **under("tasks", at("subnets", "security_groups")),
    },
    "aws_prometheus_scraper": at("subnet_ids", "security_group_ids", "source[].eks"),
    "aws_quicksight_vpc_connection": _PLAIN,
    "aws_rds_cluster": _RDS,
    "aws_redshift_cluster": {**joined("cluster_subnet_group_name", "vpc_security_group_ids"), **_PUBLIC},
    "aws_redshift_endpoint_access": joined("subnet_group_name", "vpc_security_group_ids"),
    "aws_redshiftserverless_endpoint_access": at("subnet_ids", "vpc_security_group_ids"),
    "aws_redshiftserverless_workgroup": {**_PLAIN, **_PUBLIC},
    "aws_s3outposts_endpoint": at("subnet_id", "security_group_id"),
    "aws_sagemaker_data_quality_job_definition": at("subnets", "security_group_ids", "network_config[].vpc_config"),
    "aws_sagemaker_domain": {
        **at("subnet_ids", "default_user_settings[].security_groups|domain_settings[].security_group_ids"),
        "more": "default_space_settings",
        "more.groups": "security_groups",
    },
    "aws_sagemaker_model": _VPC_CONFIG_SUBNETS,
    "aws_sagemaker_notebook_instance": at("subnet_id", "security_groups"),
    "aws_sagemaker_workforce": at("subnets", "security_group_ids", "workforce_vpc_config"),
    "aws_synthetics_canary": _VPC_CONFIG,
    "aws_timestreaminfluxdb_db_cluster": {**_VPC_SUBNETS, **_PUBLIC},
    "aws_timestreaminfluxdb_db_instance": {**_VPC_SUBNETS, **_PUBLIC},
    "aws_transfer_server": at("subnet_ids", "security_group_ids", "endpoint_details"),
    "aws_verifiedaccess_endpoint": at(
        "load_balancer_options[].subnet_ids|rds_options[].subnet_ids|cidr_options[].subnet_ids", "security_group_ids"
    ),
    "aws_vpclattice_resource_gateway": _PLAIN,
    "aws_workspaces_directory": {
        **at("subnet_ids", "workspace_creation_properties[].custom_security_group_id"),
        "made": "workspace_security_group_id",
    },
    "aws_workspacesweb_network_settings": _PLAIN,
}
_SERVED: Words = {
    "target_groups": "load_balancer[].target_group_arn",
    "served": "load_balancer",
    "served.group": "target_group_arn",
    "served.port": "container_port",
}
_TASKS: Mapping[str, Words] = {
    "aws_ecs_express_gateway_service": _NETWORK,
    "aws_ecs_service": {
        **_NETWORK,
        "public": "network_configuration[].assign_public_ip",
        **_SERVED,
    },
    "aws_ecs_task_set": {**_NETWORK, "public": "network_configuration[].assign_public_ip", **_SERVED},
    "aws_eks_fargate_profile": {"subnets": "subnet_ids", "cluster": "cluster_name"},
    "aws_cloudwatch_event_target": {
        **at("subnets", "security_groups", "ecs_target[].network_configuration"),
        "public": "ecs_target[].network_configuration[].assign_public_ip",
    },
    "aws_scheduler_schedule": {
        **at("subnets", "security_groups", "target[].ecs_parameters[].network_configuration"),
        "public": "target[].ecs_parameters[].network_configuration[].assign_public_ip",
    },
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
    Row("managed", {**_SERVICES, **catalogue_cfn.SERVICES}, ("cluster_identifier",)),
    Row(
        "cluster",
        {
            "aws_eks_cluster": {**_VPC_CONFIG, "name": "name", "made": _EKS_GROUP},
            "data.aws_eks_cluster": {"id": "name", "made": _EKS_GROUP},
            "AWS::EKS::Cluster": {
                **at("SubnetIds", "SecurityGroupIds", "ResourcesVpcConfig"),
                "name": "Name",
                "made": "ClusterSecurityGroupId",
            },
        },
    ),
    Row(
        "cluster member",
        same({"of": "cluster_identifier", **_PUBLIC}, "aws_rds_cluster_instance", "aws_neptune_cluster_instance"),
    ),
    Row(
        "vpn endpoint",
        {
            "aws_ec2_client_vpn_endpoint": {"groups": "security_group_ids"},
            "AWS::EC2::ClientVpnEndpoint": {"groups": "SecurityGroupIds"},
        },
    ),
    Row("lambda", {"aws_lambda_function": _VPC_CONFIG, **catalogue_cfn.FUNCTIONS}),
    Row("task", {**_TASKS, **catalogue_cfn.TASKS}),
    Row(
        "subnet group",
        {
            **dict.fromkeys(_SUBNET_GROUPS, _SUBNET_GROUP),
            "aws_dms_replication_subnet_group": {"name": "replication_subnet_group_id", "subnets": "subnet_ids"},
            "data.aws_db_subnet_group": {"name": "name"},
            **catalogue_cfn.SUBNET_GROUPS,
        },
        ("replication_subnet_group_id", "replication_subnet_group_arn"),
    ),
)


@frozen
class Made:
    """
    A group that a service makes and puts on its interfaces; what it permits is in no text.

    It is there only where nothing is written for `unless`, and only where the switch `when` is on.
    """

    what: str
    unless: str = ""
    when: str = ""


_CLOUD9 = Made("the security group that Cloud9 makes")
_CLUSTER = Made("the cluster security group that EKS makes")
_DIRECTORY = Made("the security group that Directory Service makes")
_EMR = Made("the security group that EMR makes", unless="managed")
_EXPRESS = Made("the security group that ECS makes", unless="groups")
_RECOVERY = Made("the default security group of Elastic Disaster Recovery", when="own")
_SAGEMAKER = Made("which security groups SageMaker adds")
_WORKSPACES = Made("the security group that WorkSpaces makes")
_MADE: Mapping[str, Made] = {
    "aws_cloud9_environment_ec2": _CLOUD9,
    "aws_directory_service_directory": _DIRECTORY,
    "aws_directory_service_region": _DIRECTORY,
    "aws_drs_replication_configuration_template": _RECOVERY,
    "aws_ecs_express_gateway_service": _EXPRESS,
    "aws_eks_cluster": _CLUSTER,
    "aws_emr_cluster": _EMR,
    "aws_sagemaker_domain": _SAGEMAKER,
    "aws_workspaces_directory": _WORKSPACES,
    "AWS::Cloud9::EnvironmentEC2": _CLOUD9,
    "AWS::CloudHSM::Cluster": Made("the security group that CloudHSM makes"),
    "AWS::DirectoryService::MicrosoftAD": _DIRECTORY,
    "AWS::DirectoryService::SimpleAD": _DIRECTORY,
    "AWS::DRS::ReplicationConfigurationTemplate": _RECOVERY,
    "AWS::ECS::ExpressGatewayService": _EXPRESS,
    "AWS::EKS::Cluster": _CLUSTER,
    "AWS::EMR::Cluster": _EMR,
    "AWS::SageMaker::Domain": _SAGEMAKER,
    "AWS::WorkSpaces::Directory": _WORKSPACES,
}
MADE: Mapping[str, Made] = {**_MADE, **cloud_control_kinds(_MADE)}


@frozen
class Left:
    """
    Why the interfaces of a kind are left out, and the attributes that say that it has some.
    """

    names: tuple[str, ...]
    why: str


_MADE_ELSEWHERE = "its interfaces come with the migrations that use it"
_OTHERS = "it looks at the interfaces of others"
_COPY = "a copy has no interfaces, only what is restored from it has"
_LEFT: Mapping[str, Left] = {
    "aws_vpc_route_server_endpoint": Left(("subnet_id",), "no security group can be written for it"),
    "AWS::EC2::RouteServerEndpoint": Left(("SubnetId",), "no security group can be written for it"),
    "AWS::DMS::InstanceProfile": Left(("SubnetGroupIdentifier",), _MADE_ELSEWHERE),
    "AWS::DocDBElastic::ClusterSnapshot": Left((), _COPY),
    "AWS::Timestream::InfluxDBBackup": Left((), _COPY),
    "AWS::EC2::ApplicationStatusCheck": Left((), _OTHERS),
    "AWS::EC2::NetworkInsightsAnalysis": Left((), _OTHERS),
}
NOT_MODELLED: Mapping[str, Left] = {
    **_LEFT,
    **{kind: replace(left, names=tuple(map(snake, left.names))) for kind, left in cloud_control_kinds(_LEFT).items()},
}
