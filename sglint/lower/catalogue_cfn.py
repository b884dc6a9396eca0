"""
Managed services with interfaces in the user's subnets, in CloudFormation's words: nothing but data.
"""

from __future__ import annotations

from collections.abc import Mapping

from sglint.lower.row import Words
from sglint.lower.words import at, joined, under

_IDS = ("SubnetIds", "SecurityGroupIds")
_NAMES = ("Subnets", "SecurityGroups")
_PUBLIC: Words = {"public": "PubliclyAccessible"}
_TASK_NAMES: Words = {**at(*_NAMES), "public": "AssignPublicIp"}
_MIXED = ("Subnets", "SecurityGroupIds")
_PLAIN = at(*_IDS)
_ONE = at("SubnetId", "SecurityGroupIds")
_VPC_CONFIG = at(*_IDS, "VpcConfig")
_VPC_CONFIG_SUBNETS = at(*_MIXED, "VpcConfig")
_VPC_CONFIGURATION = at(*_IDS, "VpcConfiguration")
_VPC_OPTIONS = at(*_IDS, "VPCOptions")
_NETWORK_IDS = at(*_IDS, "NetworkConfiguration")
_VPC_SUBNETS = at("VpcSubnetIds", "VpcSecurityGroupIds")
_JOB = at(*_MIXED, "NetworkConfig.VpcConfig")
_RDS = joined("DBSubnetGroupName", "VpcSecurityGroupIds")
_AGENT = at(*_NAMES, "NetworkConfiguration.VpcConfig")
_GLUE = "PhysicalConnectionRequirements"
_MANAGED = "ManagedInstancesProvider.InstanceLaunchTemplate.NetworkConfiguration"
_AUTHORIZER = "AuthorizerConfiguration.CustomJWTAuthorizer"
_ENDPOINT = "PrivateEndpoint.ManagedVpcResource"
_OVERRIDE = f"PrivateEndpointOverrides[].{_ENDPOINT}"
_PROVIDER = "Oauth2ProviderConfigInput.CustomOauth2ProviderConfig"
_EMR_MASTER = "Instances.EmrManagedMasterSecurityGroup"
_EMR_SLAVE = "EmrManagedSlaveSecurityGroup"


def _blocks(places: tuple[str, ...], words: Words) -> Words:
    """
    Return the words of a service with several blocks, each with interfaces of its own.
    """
    return {"more": "|".join(places), **under("more", words)}


SERVICES: Mapping[str, Words] = {
    "AWS::APS::Scraper": _blocks(("Source.EksConfiguration", "Source.VpcConfiguration"), _PLAIN),
    "AWS::AmazonMQ::Broker": {**at("SubnetIds", "SecurityGroups"), **_PUBLIC},
    "AWS::ApiGatewayV2::VpcLink": _PLAIN,
    "AWS::AppRunner::VpcConnector": at(*_NAMES),
    "AWS::AppStream::AppBlockBuilder": _VPC_CONFIG,
    "AWS::AppStream::Fleet": _VPC_CONFIG,
    "AWS::AppStream::ImageBuilder": _VPC_CONFIG,
    "AWS::Batch::ComputeEnvironment": {
        **at(*_MIXED, "ComputeResources"),
        "owner": "ComputeResources.LaunchTemplate.LaunchTemplateId|ComputeResources.LaunchTemplate.LaunchTemplateName",
        **_blocks((f"ComputeResources.{_MANAGED}",), at(*_NAMES)),
    },
    "AWS::BedrockAgentCore::BrowserCustom": _AGENT,
    "AWS::BedrockAgentCore::CapacityProvider": at(*_NAMES, "ComputeConfiguration.Ec2Configuration.VpcConfiguration"),
    "AWS::BedrockAgentCore::CodeInterpreterCustom": _AGENT,
    "AWS::BedrockAgentCore::Gateway": at(*_IDS, f"{_AUTHORIZER}.{_ENDPOINT}"),
    "AWS::BedrockAgentCore::GatewayTarget": at(*_IDS, _ENDPOINT),
    "AWS::BedrockAgentCore::Harness": {
        **at(*_NAMES, "Environment.AgentCoreRuntimeEnvironment.NetworkConfiguration.NetworkModeConfig"),
        **_blocks((f"{_AUTHORIZER}.{_ENDPOINT}", f"{_AUTHORIZER}.{_OVERRIDE}"), _PLAIN),
    },
    "AWS::BedrockAgentCore::OAuth2CredentialProvider": _blocks(
        (f"{_PROVIDER}.{_ENDPOINT}", f"{_PROVIDER}.{_OVERRIDE}"), _PLAIN
    ),
    "AWS::BedrockAgentCore::Runtime": {
        **at(*_NAMES, "NetworkConfiguration.NetworkModeConfig"),
        **_blocks((f"{_AUTHORIZER}.{_ENDPOINT}", f"{_AUTHORIZER}.{_OVERRIDE}"), _PLAIN),
    },
    "AWS::Cloud9::EnvironmentEC2": {"subnets": "SubnetId"},
    "AWS::CloudHSM::Cluster": {"subnets": "SubnetIds", "made": "SecurityGroup"},
    "AWS::CodeBuild::Fleet": at(*_MIXED, "FleetVpcConfig"),
    "AWS::CodeBuild::Project": _VPC_CONFIG_SUBNETS,
    "AWS::CodeConnections::Host": _VPC_CONFIGURATION,
    "AWS::Comprehend::DocumentClassifier": _VPC_CONFIG_SUBNETS,
    "AWS::Comprehend::EntityRecognizer": _VPC_CONFIG_SUBNETS,
    "AWS::Comprehend::Flywheel": at(*_MIXED, "DataSecurityConfig.VpcConfig"),
    "AWS::DAX::Cluster": joined("SubnetGroupName", "SecurityGroupIds"),
    "AWS::DMS::ReplicationConfig": joined("ComputeConfig.ReplicationSubnetGroupId", "ComputeConfig.VpcSecurityGroupIds"),
    "AWS::DMS::ReplicationInstance": {**joined("ReplicationSubnetGroupIdentifier", "VpcSecurityGroupIds"), **_PUBLIC},
    "AWS::DRS::ReplicationConfigurationTemplate": {
        **at("StagingAreaSubnetId", "ReplicationServersSecurityGroupsIDs"),
        "own": "AssociateDefaultSecurityGroup",
    },
    "AWS::DataSync::Agent": at("SubnetArns", "SecurityGroupArns"),
    "AWS::DataSync::LocationEFS": at("SubnetArn", "SecurityGroupArns", "Ec2Config"),
    "AWS::DataZone::Connection": at(
        "SubnetId|SubnetIdList", "SecurityGroupIdList", f"Props.GlueProperties.GlueConnectionInput.{_GLUE}"
    ),
    "AWS::Deadline::LicenseEndpoint": _PLAIN,
    "AWS::DevOpsAgent::PrivateConnection": at(*_IDS, "ConnectionConfiguration.ServiceManaged"),
    "AWS::DirectoryService::MicrosoftAD": {"subnets": "VpcSettings.SubnetIds"},
    "AWS::DirectoryService::SimpleAD": {"subnets": "VpcSettings.SubnetIds"},
    "AWS::DocDB::DBCluster": _RDS,
    "AWS::DocDBElastic::Cluster": at("SubnetIds", "VpcSecurityGroupIds"),
    "AWS::EC2::ClientVpnTargetNetworkAssociation": {"subnets": "SubnetId", "owner": "ClientVpnEndpointId"},
    "AWS::EC2::InstanceConnectEndpoint": _ONE,
    "AWS::EC2::VerifiedAccessEndpoint": at(
        "LoadBalancerOptions[].SubnetIds|RdsOptions[].SubnetIds|CidrOptions[].SubnetIds", "SecurityGroupIds"
    ),
    "AWS::ECS::CapacityProvider": at(*_NAMES, _MANAGED),
    "AWS::ECS::Gateway": at("Subnets", "InboundSecurityGroup", "Configuration.HostSharedAlb.NetworkConfiguration"),
    "AWS::EFS::MountTarget": at("SubnetId", "SecurityGroups"),
    "AWS::EMR::Cluster": {
        "subnets": "Instances.Ec2SubnetId|Instances.Ec2SubnetIds",
        "groups": f"{_EMR_MASTER}|Instances.AdditionalMasterSecurityGroups",
        "managed": _EMR_MASTER,
        "more": "Instances",
        "more.groups": f"{_EMR_SLAVE}|AdditionalSlaveSecurityGroups",
        "more.managed": _EMR_SLAVE,
    },
    "AWS::EMR::Studio": at("SubnetIds", "WorkspaceSecurityGroupId"),
    "AWS::EMRServerless::Application": _NETWORK_IDS,
    "AWS::EVS::Environment": at("ServiceAccessSubnetId", "ServiceAccessSecurityGroups.SecurityGroups"),
    "AWS::ElastiCache::CacheCluster": joined("CacheSubnetGroupName", "VpcSecurityGroupIds"),
    "AWS::ElastiCache::ReplicationGroup": joined("CacheSubnetGroupName", "SecurityGroupIds"),
    "AWS::ElastiCache::ServerlessCache": _PLAIN,
    "AWS::Elasticsearch::Domain": _VPC_OPTIONS,
    "AWS::FSx::FileCache": _PLAIN,
    "AWS::FSx::FileSystem": _PLAIN,
    "AWS::Glue::Connection": at("SubnetId", "SecurityGroupIdList", f"ConnectionInput.{_GLUE}"),
    "AWS::Glue::DevEndpoint": _ONE,
    "AWS::Grafana::Workspace": _VPC_CONFIGURATION,
    "AWS::GroundStation::DataflowEndpointGroup": _blocks(("EndpointDetails[].SecurityDetails",), _PLAIN),
    "AWS::ImageBuilder::InfrastructureConfiguration": _ONE,
    "AWS::IoT::TopicRuleDestination": at("SubnetIds", "SecurityGroups", "VpcProperties"),
    "AWS::KafkaConnect::Connector": at(*_NAMES, "KafkaCluster.ApacheKafkaCluster.Vpc"),
    "AWS::Kendra::DataSource": _blocks(
        tuple(
            f"DataSourceConfiguration.{name}Configuration.VpcConfiguration" for name in ("Confluence", "Database", "SharePoint")
        ),
        _PLAIN,
    ),
    "AWS::KinesisAnalyticsV2::Application": _blocks(("ApplicationConfiguration.VpcConfigurations",), _PLAIN),
    "AWS::KinesisFirehose::DeliveryStream": _blocks(
        tuple(
            f"{name}DestinationConfiguration.VpcConfiguration"
            for name in ("AmazonOpenSearchServerless", "Amazonopensearchservice", "Elasticsearch")
        ),
        _PLAIN,
    ),
    "AWS::Lambda::CapacityProvider": _VPC_CONFIG,
    "AWS::Lambda::NetworkConnector": at(*_IDS, "Configuration.VpcEgressConfiguration"),
    "AWS::M2::Environment": {**_PLAIN, **_PUBLIC},
    "AWS::MSK::Cluster": at("ClientSubnets", "SecurityGroups", "BrokerNodeGroupInfo"),
    "AWS::MSK::Replicator": _blocks(("KafkaClusters[].VpcConfig",), _PLAIN),
    "AWS::MSK::ServerlessCluster": _blocks(("VpcConfigs",), at("SubnetIds", "SecurityGroups")),
    "AWS::MSK::VpcConnection": at("ClientSubnets", "SecurityGroups"),
    "AWS::MWAA::Environment": _NETWORK_IDS,
    "AWS::MWAAServerless::Workflow": _NETWORK_IDS,
    "AWS::MediaConnect::Flow": _blocks(("VpcInterfaces",), _ONE),
    "AWS::MediaConnect::FlowVpcInterface": _ONE,
    "AWS::MediaConnect::RouterNetworkInterface": at("SubnetId", "SecurityGroupIds", "Configuration.Vpc"),
    "AWS::MediaLive::Channel": at(*_IDS, "Vpc"),
    "AWS::MediaLive::Input": at(*_IDS, "Vpc"),
    "AWS::MemoryDB::Cluster": joined("SubnetGroupName", "SecurityGroupIds"),
    "AWS::Neptune::DBCluster": _RDS,
    "AWS::NeptuneGraph::PrivateGraphEndpoint": _PLAIN,
    "AWS::OSIS::Pipeline": at(*_IDS, "VpcOptions"),
    "AWS::Omics::Configuration": at(*_IDS, "RunConfigurations.VpcConfig"),
    "AWS::OpenSearchServerless::VpcEndpoint": _PLAIN,
    "AWS::OpenSearchService::Domain": _VPC_OPTIONS,
    "AWS::PCS::Cluster": at(*_IDS, "Networking"),
    "AWS::Pipes::Pipe": {
        **_blocks(("SourceParameters.SelfManagedKafkaParameters.Vpc",), at("Subnets", "SecurityGroup")),
        "tasks": "TargetParameters.EcsTaskParameters.NetworkConfiguration.AwsvpcConfiguration",
        **under("tasks", _TASK_NAMES),
    },
    "AWS::QBusiness::DataSource": _VPC_CONFIGURATION,
    "AWS::QuickSight::VPCConnection": _PLAIN,
    "AWS::RDS::DBCluster": {**_RDS, **_PUBLIC},
    "AWS::RDS::DBInstance": {
        **joined("DBSubnetGroupName", "VPCSecurityGroups"),
        **_PUBLIC,
        "inside": "DBClusterIdentifier",
    },
    "AWS::RDS::DBProxy": _VPC_SUBNETS,
    "AWS::RDS::DBProxyEndpoint": _VPC_SUBNETS,
    "AWS::RTBFabric::RequesterGateway": _PLAIN,
    "AWS::RTBFabric::ResponderGateway": _PLAIN,
    "AWS::Redshift::Cluster": {**joined("ClusterSubnetGroupName", "VpcSecurityGroupIds"), **_PUBLIC},
    "AWS::Redshift::EndpointAccess": joined("SubnetGroupName", "VpcSecurityGroupIds"),
    "AWS::RedshiftServerless::Workgroup": {**_PLAIN, **_PUBLIC},
    "AWS::S3Files::MountTarget": at("SubnetId", "SecurityGroups"),
    "AWS::S3Outposts::Endpoint": at("SubnetId", "SecurityGroupId"),
    "AWS::SageMaker::Cluster": {
        **_VPC_CONFIG_SUBNETS,
        **_blocks(("InstanceGroups[].OverrideVpcConfig", "RestrictedInstanceGroups[].OverrideVpcConfig"), at(*_MIXED)),
    },
    "AWS::SageMaker::DataQualityJobDefinition": _JOB,
    "AWS::SageMaker::Domain": {
        **at("SubnetIds", "DefaultUserSettings.SecurityGroups|DomainSettings.SecurityGroupIds"),
        "more": "DefaultSpaceSettings",
        "more.groups": "SecurityGroups",
    },
    "AWS::SageMaker::EndpointConfig": _VPC_CONFIG_SUBNETS,
    "AWS::SageMaker::Model": _VPC_CONFIG_SUBNETS,
    "AWS::SageMaker::ModelBiasJobDefinition": _JOB,
    "AWS::SageMaker::ModelExplainabilityJobDefinition": _JOB,
    "AWS::SageMaker::ModelQualityJobDefinition": _JOB,
    "AWS::SageMaker::MonitoringSchedule": at(
        *_MIXED, "MonitoringScheduleConfig.MonitoringJobDefinition.NetworkConfig.VpcConfig"
    ),
    "AWS::SageMaker::NotebookInstance": _ONE,
    "AWS::SageMaker::ProcessingJob": _JOB,
    "AWS::SageMaker::Workforce": at(*_MIXED, "WorkforceVpcConfig"),
    "AWS::SecretsManager::RotationSchedule": at("VpcSubnetIds", "VpcSecurityGroupIds", "HostedRotationLambda"),
    "AWS::SecurityAgent::AgentSpace": _blocks(("AwsResources.Vpcs",), at("SubnetArns", "SecurityGroupArns")),
    "AWS::SecurityAgent::Pentest": at("SubnetArns", "SecurityGroupArns", "VpcConfig"),
    "AWS::Serverless::CapacityProvider": _VPC_CONFIG,
    "AWS::Serverless::NetworkConnector": _VPC_CONFIG,
    "AWS::Synthetics::Canary": at(*_IDS, "VPCConfig"),
    "AWS::Timestream::InfluxDBCluster": {**_VPC_SUBNETS, **_PUBLIC},
    "AWS::Timestream::InfluxDBInstance": {**_VPC_SUBNETS, **_PUBLIC},
    "AWS::Transfer::Server": at(*_IDS, "EndpointDetails"),
    "AWS::Transfer::WebApp": at(*_IDS, "EndpointDetails.Vpc"),
    "AWS::VpcLattice::ResourceGateway": _PLAIN,
    "AWS::WorkSpaces::Directory": {
        **at("SubnetIds", "WorkspaceCreationProperties.CustomSecurityGroupId"),
        "made": "WorkspaceSecurityGroupId",
    },
    "AWS::WorkSpacesWeb::NetworkSettings": _PLAIN,
    "AWS::WorkspacesInstances::WorkspaceInstance": {
        "subnets": "ManagedInstance.SubnetId",
        **_blocks(("ManagedInstance.NetworkInterfaces",), at("SubnetId", "Groups")),
    },
}
_SERVED: Words = {
    "target_groups": "LoadBalancers[].TargetGroupArn",
    "served": "LoadBalancers",
    "served.group": "TargetGroupArn",
    "served.port": "ContainerPort",
}
_TASK = "EcsParameters.NetworkConfiguration"
TASKS: Mapping[str, Words] = {
    "AWS::ECS::ExpressGatewayService": at(*_NAMES, "NetworkConfiguration"),
    "AWS::ECS::Service": {
        **at(*_NAMES, "NetworkConfiguration.AwsvpcConfiguration"),
        "public": "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp",
        **_SERVED,
    },
    "AWS::ECS::TaskSet": {
        **at(*_NAMES, "NetworkConfiguration.AwsVpcConfiguration"),
        "public": "NetworkConfiguration.AwsVpcConfiguration.AssignPublicIp",
        **_SERVED,
    },
    "AWS::EKS::FargateProfile": {"subnets": "Subnets", "cluster": "ClusterName"},
    "AWS::Events::Rule": {"tasks": f"Targets[].{_TASK}.AwsVpcConfiguration", **under("tasks", _TASK_NAMES)},
    "AWS::Scheduler::Schedule": {
        **at(*_NAMES, f"Target.{_TASK}.AwsvpcConfiguration"),
        "public": f"Target.{_TASK}.AwsvpcConfiguration.AssignPublicIp",
    },
}
FUNCTIONS: Mapping[str, Words] = {"AWS::Lambda::Function": _VPC_CONFIG, "AWS::Serverless::Function": _VPC_CONFIG}
SUBNET_GROUPS: Mapping[str, Words] = {
    "AWS::DAX::SubnetGroup": {"name": "SubnetGroupName", "subnets": "SubnetIds"},
    "AWS::DMS::ReplicationSubnetGroup": {"name": "ReplicationSubnetGroupIdentifier", "subnets": "SubnetIds"},
    "AWS::DocDB::DBSubnetGroup": {"name": "DBSubnetGroupName", "subnets": "SubnetIds"},
    "AWS::ElastiCache::SubnetGroup": {"name": "CacheSubnetGroupName", "subnets": "SubnetIds"},
    "AWS::MemoryDB::SubnetGroup": {"name": "SubnetGroupName", "subnets": "SubnetIds"},
    "AWS::Neptune::DBSubnetGroup": {"name": "DBSubnetGroupName", "subnets": "SubnetIds"},
    "AWS::RDS::DBSubnetGroup": {"name": "DBSubnetGroupName", "subnets": "SubnetIds"},
    "AWS::Redshift::ClusterSubnetGroup": {"subnets": "SubnetIds"},
}
