"""
Launch templates and what launches instances from them: Auto Scaling groups and fleets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sglint.frozen import frozen
from sglint.lower import read
from sglint.lower.index import Index
from sglint.lower.interface import by_subnet, given_groups, or_default
from sglint.lower.link import link, places, unique
from sglint.lower.made import cluster_groups, remote_groups
from sglint.lower.row import Row, Slot, View
from sglint.lower.trait import DEVICE_TIMEOUTS, NATIVE_DEVICE_TIMEOUTS, timeouts
from sglint.model import Interface, Link, Role
from sglint.source import Problem
from sglint.value import Unknown, Value

_DEVICE = {
    "devices": "network_interfaces",
    "devices.subnet": "subnet_id",
    "devices.groups": "security_groups",
    "devices.public": "associate_public_ip_address",
    "devices.interface": "network_interface_id",
    "attached": "network_interfaces[].network_interface_id",
    "devices.index": "device_index",
}
_SPECIFICATION = "launch_template_specification[]"
_MIXED = f"mixed_instances_policy[].launch_template[].{_SPECIFICATION}"
_OVERRIDES = "mixed_instances_policy[].launch_template[].override[]"
_OVERRIDE = f"{_OVERRIDES}.{_SPECIFICATION}"
_CONFIG = f"launch_template_config[].{_SPECIFICATION}"
_CFN_DEVICES = "LaunchTemplateData.NetworkInterfaces"
_CFN_SPECIFICATION = "LaunchTemplateSpecification"
_CFN_MIXED = "MixedInstancesPolicy.LaunchTemplate"
_SPOT = "SpotFleetRequestConfigData"


def _cfn(block: str) -> str:
    """Return where a block of CloudFormation names a launch template."""
    return f"{block}.LaunchTemplateId|{block}.LaunchTemplateName"


ROWS = (
    Row(
        "launch template",
        {
            "aws_launch_template": {
                **_DEVICE,
                **DEVICE_TIMEOUTS,
                "instance_types": "instance_type",
                "requirements": "instance_requirements",
                "name": "name",
                "groups": "vpc_security_group_ids|security_group_names",
                "subnet": "network_interfaces[].subnet_id",
            },
            "aws_launch_configuration": {
                "instance_types": "instance_type",
                "name": "name",
                "groups": "security_groups",
                "public": "associate_public_ip_address",
            },
            "data.aws_launch_template": {"id": "id", "name": "name"},
            "data.aws_launch_configuration": {"name": "name"},
            "AWS::EC2::LaunchTemplate": {
                "name": "LaunchTemplateName",
                "groups": "LaunchTemplateData.SecurityGroupIds|LaunchTemplateData.SecurityGroups",
                "subnet": f"{_CFN_DEVICES}[].SubnetId",
                "devices": _CFN_DEVICES,
                "devices.subnet": "SubnetId",
                "devices.groups": "Groups",
                "devices.public": "AssociatePublicIpAddress",
                "devices.interface": "NetworkInterfaceId",
                "attached": f"{_CFN_DEVICES}[].NetworkInterfaceId",
                "devices.index": "DeviceIndex",
                **NATIVE_DEVICE_TIMEOUTS,
                "instance_types": "LaunchTemplateData.InstanceType",
                "requirements": "LaunchTemplateData.InstanceRequirements",
            },
            "AWS::AutoScaling::LaunchConfiguration": {
                "instance_types": "InstanceType",
                "name": "LaunchConfigurationName",
                "groups": "SecurityGroups",
                "public": "AssociatePublicIpAddress",
            },
        },
        ("LaunchTemplateId",),
    ),
    Row(
        "launcher",
        {
            "aws_autoscaling_group": {
                "instance_types": f"{_OVERRIDES}.instance_type",
                "requirements": f"{_OVERRIDES}.instance_requirements",
                "name": "name",
                "subnets": "vpc_zone_identifier",
                "template": "launch_template[].id|launch_template[].name|launch_configuration"
                f"|{_MIXED}.launch_template_id|{_MIXED}.launch_template_name",
                "others": f"{_OVERRIDE}.launch_template_id|{_OVERRIDE}.launch_template_name",
                "target_groups": "target_group_arns|traffic_source[].identifier",
            },
            "aws_eks_node_group": {
                "instance_types": "instance_types",
                "subnets": "subnet_ids",
                "template": "launch_template[].id|launch_template[].name",
                "cluster": "cluster_name",
                "remote": "remote_access",
            },
            "aws_gamelift_game_server_group": {
                "instance_types": "instance_definition[].instance_type",
                "subnets": "vpc_subnets",
                "template": "launch_template[].id|launch_template[].name",
            },
            "aws_ec2_fleet": {
                "instance_types": "launch_template_config[].override[].instance_type",
                "requirements": "launch_template_config[].override[].instance_requirements",
                "subnets": "launch_template_config[].override[].subnet_id",
                "template": f"{_CONFIG}.launch_template_id|{_CONFIG}.launch_template_name",
            },
            "aws_spot_fleet_request": {
                "instance_types": "launch_template_config[].overrides[].instance_type|launch_specification[].instance_type",
                "requirements": "launch_template_config[].overrides[].instance_requirements",
                "subnets": "launch_template_config[].overrides[].subnet_id",
                "template": f"{_CONFIG}.id|{_CONFIG}.name",
                "target_groups": "target_group_arns",
                "specifications": "launch_specification",
                "specifications.subnet": "subnet_id",
                "specifications.groups": "vpc_security_group_ids",
                "specifications.public": "associate_public_ip_address",
            },
            "AWS::AutoScaling::AutoScalingGroup": {
                "instance_types": f"{_CFN_MIXED}.Overrides[].InstanceType",
                "requirements": f"{_CFN_MIXED}.Overrides[].InstanceRequirements",
                "name": "AutoScalingGroupName",
                "subnets": "VPCZoneIdentifier",
                "template": "|".join(
                    (_cfn("LaunchTemplate"), "LaunchConfigurationName|InstanceId", _cfn(f"{_CFN_MIXED}.{_CFN_SPECIFICATION}"))
                ),
                "others": _cfn(f"{_CFN_MIXED}.Overrides[].{_CFN_SPECIFICATION}"),
                "target_groups": "TargetGroupARNs|TrafficSources[].Identifier",
            },
            "AWS::EKS::Nodegroup": {
                "instance_types": "InstanceTypes",
                "subnets": "Subnets",
                "template": "LaunchTemplate[].Id|LaunchTemplate[].Name",
                "cluster": "ClusterName",
                "remote": "RemoteAccess",
            },
            "AWS::PCS::ComputeNodeGroup": {"subnets": "SubnetIds", "template": "CustomLaunchTemplate.TemplateId"},
            "AWS::GameLift::GameServerGroup": {
                "subnets": "VpcSubnets",
                "template": _cfn("LaunchTemplate"),
                "instance_types": "InstanceDefinitions[].InstanceType",
            },
            "AWS::EC2::EC2Fleet": {
                "instance_types": "LaunchTemplateConfigs[].Overrides[].InstanceType",
                "requirements": "LaunchTemplateConfigs[].Overrides[].InstanceRequirements",
                "subnets": "LaunchTemplateConfigs[].Overrides[].SubnetId",
                "template": _cfn(f"LaunchTemplateConfigs[].{_CFN_SPECIFICATION}"),
                "specifications": "LaunchTemplateConfigs[].Overrides[].NetworkInterfaces",
                "specifications.subnet": "SubnetId",
                "specifications.groups": "Groups",
                "specifications.public": "AssociatePublicIpAddress",
            },
            "AWS::EC2::SpotFleet": {
                "instance_types": f"{_SPOT}.LaunchTemplateConfigs[].Overrides[].InstanceType"
                f"|{_SPOT}.LaunchSpecifications[].InstanceType",
                "requirements": f"{_SPOT}.LaunchTemplateConfigs[].Overrides[].InstanceRequirements",
                "subnets": f"{_SPOT}.LaunchTemplateConfigs[].Overrides[].SubnetId",
                "template": _cfn(f"{_SPOT}.LaunchTemplateConfigs[].{_CFN_SPECIFICATION}"),
                "target_groups": f"{_SPOT}.LoadBalancersConfig.TargetGroupsConfig.TargetGroups[].Arn",
                "specifications": f"{_SPOT}.LaunchSpecifications",
                "specifications.subnet": "SubnetId|NetworkInterfaces[].SubnetId",
                "specifications.groups": "SecurityGroups[].GroupId|NetworkInterfaces[].Groups",
                "specifications.public": "NetworkInterfaces[].AssociatePublicIpAddress",
            },
        },
    ),
)


@frozen
class Device:
    """
    One network device of the instances that a template describes.
    """

    source: View
    subnets: tuple[Slot, ...]
    groups: tuple[Slot, ...]
    public: Value = None


def lower(index: Index) -> Iterator[Interface | Problem]:
    """
    Yield the interfaces of the instances that fleets and Auto Scaling groups launch, one for each device.
    """
    for one in index.of("launcher"):
        devices = [device for slot in _templates(one) for device in _devices(index, one, slot)]
        devices += [
            Device(block, block.slots("subnet"), block.slots("groups"), block.value("public"))
            for block in one.blocks("specifications")
            if isinstance(block, View)
        ]
        if not devices and one.has("cluster"):
            devices = [Device(one, (), ())]
        if not devices:
            devices = [
                Device(one, (), (Slot("", Unknown(f"the template of {one.address} is not in the text", one.origin.span)),))
            ]
        seen: dict[Interface, None] = {}
        for device in devices:
            seen.setdefault(_interface(index, one, device))
        for position, found in enumerate(seen):
            address = one.address if position == 0 else f"{one.address} (interface {position + 1})"
            yield replace(found, origin=replace(found.origin, address=address))


def _templates(one: View) -> tuple[Slot, ...]:
    return (*one.slots("template"), *one.slots("others"))


def _devices(index: Index, one: View, slot: Slot) -> Iterator[Device]:
    """
    Yield the devices of the template that a launcher names.
    """
    if slot.maybe is not None and one.has("cluster"):
        yield Device(one, (), (Slot(slot.field, Unknown(slot.maybe.why, slot.maybe.span)),))
        return
    found = link(index, slot.value, one.origin.at(slot.field), ("launch template", "instance"))
    template = index.views.get(found) if isinstance(found, str) else None
    if template is None or template.resource.kind.startswith("data."):
        why = f"{found} is not in the text" if isinstance(found, str) else found.why
        yield Device(one, (), (Slot(slot.field, Unknown(why, one.origin.at(slot.field))),))
        return
    blocks = template.blocks("devices")
    for block in blocks:
        if isinstance(block, Slot):
            unknown = read.unknown(block.value, template.origin.at(block.field))
            yield Device(template, (), (Slot(block.field, unknown),))
        elif not block.has("interface"):
            groups = block.slots("groups") or template.slots("groups")
            yield Device(block, block.slots("subnet"), groups, block.value("public"))
    if not blocks:
        yield Device(template, (), template.slots("groups"), template.value("public"))


def _interface(index: Index, one: View, device: Device) -> Interface:
    """
    Return the interfaces that a launcher's instances have for one device; subnets of the launcher count first.
    """
    subnets: tuple[Link, ...] = places(index, one.slots("subnets"), one) or places(index, device.subnets, device.source)
    if not subnets:
        subnets = (
            Unknown(f"{one.address} names no subnet, so its instances are launched in the default VPC", one.origin.span),
        )
    groups = given_groups(index, device.groups, device.source) or cluster_groups(index, one)
    groups = or_default(index, unique((*groups, *remote_groups(one))), subnets, device.source.at("groups"))
    open_ = read.truth(device.public, device.source.at("public"), default=False)
    if device.public is None:
        open_ = by_subnet(index, subnets)
    written = timeouts(device.source) if device.source is not one else None
    return Interface(one.origin, one.resource.kind, Role.WORKLOAD, subnets, groups, public=open_, timeouts=written)
