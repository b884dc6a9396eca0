"""
What is different where CloudFormation makes the network: default rules, identities, devices, tables nobody can see.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from sglint.model import Direction, Role, Target, TargetKind
from sglint.resource import Resource
from sglint.value import Ref, Unknown
from tests.lower.build import NATIVE, WHY, Plain, among, cfn, get, net, only, problems, res, rules, shown

OPEN = ["ipv4 tcp 0.0.0.0/0 0-65535", "ipv6 tcp ::/0 0-65535"]


def tcp(*peers: str) -> list[str]:
    return [f"{'ipv6' if ':' in peer else 'ipv4'} tcp {peer} 0-65535" for peer in peers]


def test_group_without_egress_lets_everything_out_in_both_families() -> None:
    network = net(*NATIVE, cfn("SecurityGroup", "G", VpcId=get("Vpc")))
    found = rules(network, "G", Direction.OUT)
    assert [box for one in found for box in shown(one.boxes.least) if "tcp" in box] == OPEN
    assert all(one.boxes.certain for one in found)
    assert rules(network, "G") == ()


def test_written_egress_replaces_the_default_one() -> None:
    rule: Plain = [{"IpProtocol": "tcp", "FromPort": "443", "ToPort": 443, "CidrIp": "10.0.0.0/8"}]
    network = net(*NATIVE, cfn("SecurityGroup", "G", VpcId=get("Vpc"), SecurityGroupEgress=rule))
    (found,) = rules(network, "G", Direction.OUT)
    assert shown(found.boxes.least) == ["ipv4 tcp 10.0.0.0/8 443"]


def test_standalone_egress_leaves_the_default_one_in_place() -> None:
    more = cfn(
        "SecurityGroupEgress", "E", GroupId=get("G.GroupId"), IpProtocol="udp", FromPort=53, ToPort=53, CidrIp="10.0.0.0/8"
    )
    found = rules(net(*NATIVE, cfn("SecurityGroup", "G", VpcId=get("Vpc")), more), "G", Direction.OUT)
    boxes = [box for one in found for box in shown(one.boxes.least) if "icmp" not in box and "other" not in box]
    assert set(boxes) == {*OPEN, "ipv4 udp 0.0.0.0/0 0-65535", "ipv6 udp ::/0 0-65535", "ipv4 udp 10.0.0.0/8 53"}


@pytest.mark.parametrize("egress", [[], WHY, among(None, [{"IpProtocol": "tcp", "CidrIp": "10.0.0.0/8"}])])
def test_egress_that_may_be_the_default_is_bounded(egress: Plain) -> None:
    found = rules(net(*NATIVE, cfn("SecurityGroup", "G", SecurityGroupEgress=egress)), "G", Direction.OUT)
    assert all(one.boxes.least == () and one.boxes.because for one in found)
    assert {*OPEN} <= {box for one in found for box in shown(one.boxes.most)}


def test_egress_that_is_one_of_two_lists_is_never_the_default() -> None:
    one: Plain = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "CidrIp": "10.0.0.0/8"}]
    other: Plain = [{"IpProtocol": "tcp", "FromPort": 3, "ToPort": 4, "CidrIp": "10.0.0.0/8"}]
    found = rules(net(*NATIVE, cfn("SecurityGroup", "G", SecurityGroupEgress=among(one, other))), "G", Direction.OUT)
    assert {box for each in found for box in shown(each.boxes.most)} == {"ipv4 tcp 10.0.0.0/8 1-2", "ipv4 tcp 10.0.0.0/8 3-4"}


@pytest.mark.parametrize(
    ("rule", "boxes"),
    [
        ({"IpProtocol": "tcp", "FromPort": -1, "ToPort": -1, "CidrIp": "0.0.0.0/0"}, tcp("0.0.0.0/0")),
        ({"IpProtocol": "6", "FromPort": "0", "ToPort": "65535", "CidrIpv6": "::/0"}, tcp("::/0")),
        ({"IpProtocol": 50, "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}, ["ipv4 other 0.0.0.0/0 0-65535"]),
        ({"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "CidrIp": "0.0.0.0/0"}, ["ipv4 icmp 0.0.0.0/0 0-65535"]),
        ({"IpProtocol": "-1", "FromPort": 22, "ToPort": 22, "CidrIp": "10.0.0.0/8"}, tcp("10.0.0.0/8")),
    ],
)
def test_ports_and_protocols_of_a_rule(rule: Plain, boxes: list[str]) -> None:
    (found,) = rules(net(*NATIVE, cfn("SecurityGroup", "G", SecurityGroupIngress=[rule])), "G")
    assert set(boxes) <= set(shown(found.boxes.least))
    assert found.origin.address == "G"


@pytest.mark.parametrize(
    ("peer", "name"),
    [
        ({"SourceSecurityGroupId": get("Group.GroupId")}, "Group"),
        ({"SourceSecurityGroupId": get("Group")}, "Group"),
        ({"SourceSecurityGroupName": "named"}, "Named"),
        ({"SourceSecurityGroupId": get("Vpc.DefaultSecurityGroup")}, "Vpc.DefaultSecurityGroup"),
        ({"SourceSecurityGroupId": "sg-1"}, "sg-1"),
    ],
)
def test_peers_that_are_groups(peer: dict[str, Plain], name: str) -> None:
    rule = cfn("SecurityGroupIngress", "I", GroupId=get("G"), IpProtocol="tcp", FromPort=1, ToPort=2, **peer)
    network = net(*NATIVE, cfn("SecurityGroup", "G"), cfn("SecurityGroup", "Named", GroupName="named"), rule)
    assert [str(box.peer) for box in rules(network, "G")[0].boxes.least] == [f"GroupPeer(group='{name}')"] * 2


def test_rule_by_the_name_of_its_group() -> None:
    rule = cfn("SecurityGroupIngress", "I", GroupName="named", IpProtocol="tcp", FromPort=1, ToPort=2, CidrIp="10.0.0.0/8")
    network = net(*NATIVE, cfn("SecurityGroup", "Named", GroupName="named"), rule)
    assert len(rules(network, "Named")) == 1


def test_prefix_lists_are_read_in_rules_and_routes() -> None:
    entries: Plain = [{"Cidr": "0.0.0.0/1"}, {"Cidr": "128.0.0.0/1", "Description": "the rest"}]
    rule: Plain = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "SourcePrefixListId": get("List.PrefixListId")}]
    network = net(
        *NATIVE,
        cfn("PrefixList", "List", PrefixListName="all", Entries=entries),
        cfn("SecurityGroup", "G", SecurityGroupIngress=rule),
        cfn("RouteTable", "T", VpcId=get("Vpc")),
        cfn("Route", "R", RouteTableId=get("T"), DestinationPrefixListId=get("List"), TransitGatewayId=get("Tgw")),
    )
    assert len(rules(network, "G")[0].boxes.least) == 1
    assert [str(item) for item in network.routes[0].destinations] == ["0.0.0.0/1", "128.0.0.0/1"]


def test_main_table_is_never_in_a_template() -> None:
    (table,) = net(*NATIVE).tables
    assert (table.origin.address, table.main) == ("Vpc (main route table)", True)
    assert table.hidden is not None
    assert table.hidden.why == "no resource of a template is the main route table of Vpc, so its routes are not in the text"


def test_default_group_of_a_vpc_in_its_own_words() -> None:
    network = net(*NATIVE, cfn("NetworkInterface", "Eni", SubnetId=get("A")))
    assert only(network, "Eni").groups == ("Vpc.DefaultSecurityGroup",)
    outward = rules(network, "Vpc.DefaultSecurityGroup", Direction.OUT)
    assert tcp("0.0.0.0/0") == [box for one in outward for box in shown(one.boxes.least) if "tcp" in box]


def test_ranges_that_other_resources_add() -> None:
    network = net(
        *NATIVE,
        cfn("VPCCidrBlock", "Six", VpcId=get("Vpc"), AmazonProvidedIpv6CidrBlock=True),
        cfn("VPCCidrBlock", "More", VpcId=get("Vpc.VpcId"), CidrBlock="10.1.0.0/16"),
        cfn("SubnetCidrBlock", "SubnetSix", SubnetId=get("A"), Ipv6CidrBlock=Unknown("it is chosen", refs=(get("Vpc"),))),
        cfn("SubnetCidrBlock", "Perhaps", WHY, SubnetId=get("B"), Ipv6CidrBlock="2600::/64"),
    )
    (vpc,) = network.vpcs
    assert [str(item) for item in vpc.cidrs[:1]] == ["10.0.0.0/16"]
    assert vpc.ipv6 is True
    assert [(one.origin.address, one.ipv6) for one in network.subnets] == [("A", True), ("B", WHY)]


@pytest.mark.parametrize(
    ("attribute", "kind", "target"),
    [
        ("TransitGatewayId", "TransitGateway", TargetKind.TRANSIT_GATEWAY),
        ("GatewayId", "InternetGateway", TargetKind.INTERNET_GATEWAY),
        ("GatewayId", "VPNGateway", TargetKind.VIRTUAL_PRIVATE_GATEWAY),
        ("NatGatewayId", "NatGateway", TargetKind.NAT_GATEWAY),
        ("EgressOnlyInternetGatewayId", "EgressOnlyInternetGateway", TargetKind.EGRESS_ONLY),
        ("VpcPeeringConnectionId", "VPCPeeringConnection", TargetKind.PEERING),
        ("CarrierGatewayId", "CarrierGateway", TargetKind.CARRIER_GATEWAY),
        ("NetworkInterfaceId", "NetworkInterface", TargetKind.INTERFACE),
        ("InstanceId", "Instance", TargetKind.INTERFACE),
        ("CoreNetworkArn", "AWS::NetworkManager::CoreNetwork", TargetKind.CORE_NETWORK),
        ("OdbNetworkArn", "AWS::ODB::OdbNetwork", TargetKind.DATABASE_NETWORK),
        ("VpcEndpointId", "AWS::NetworkFirewall::Firewall", TargetKind.NETWORK_FIREWALL),
        ("VpcEndpointId", "AWS::NetworkFirewall::VpcEndpointAssociation", TargetKind.NETWORK_FIREWALL),
    ],
)
def test_targets_of_routes(attribute: str, kind: str, target: TargetKind) -> None:
    network = net(*NATIVE, cfn(kind, "Thing"), route(**{attribute: get("Thing")}))
    assert network.routes[0].targets == (Target(target, "Thing"),)


def route(**target: Plain) -> Resource:
    return cfn("Route", "R", RouteTableId=get("T"), DestinationCidrBlock="0.0.0.0/0", **target)


def test_gateway_through_its_attachment() -> None:
    attachment = cfn("VPCGatewayAttachment", "At", VpcId=get("Vpc"), InternetGatewayId=get("Igw"))
    network = net(*NATIVE, cfn("InternetGateway", "Igw"), attachment, route(GatewayId=get("At.InternetGatewayId")))
    assert network.routes[0].targets == (Target(TargetKind.INTERNET_GATEWAY, "Igw"),)


def test_gateway_of_another_stack_is_known_by_the_property() -> None:
    (target,) = net(*NATIVE, route(TransitGatewayId=get("Lookup.TgwId"))).routes[0].targets
    assert target.kind is TargetKind.TRANSIT_GATEWAY
    assert target.why is not None
    assert target.why.why == "Lookup.TgwId is known only after deployment"


@pytest.mark.parametrize("value", [get("Lookup.EndpointId"), WHY, "vpce-0123456789abcdef0"])
def test_endpoint_that_leads_nowhere_is_an_unknown_target(value: Plain) -> None:
    (target,) = net(*NATIVE, route(VpcEndpointId=value)).routes[0].targets
    assert target.kind is TargetKind.UNKNOWN
    assert target.why is not None


def test_endpoint_of_a_firewall_picked_out_of_its_list() -> None:
    picked = Unknown("Firewall.EndpointIds is known only after deployment", refs=(Ref("Firewall", "EndpointIds"),))
    network = net(*NATIVE, cfn("AWS::NetworkFirewall::Firewall", "Firewall"), route(VpcEndpointId=picked))
    (target,) = network.routes[0].targets
    assert (target.kind, target.address) == (TargetKind.NETWORK_FIREWALL, "Firewall")


def test_endpoints_of_each_type() -> None:
    network = net(
        *NATIVE,
        cfn("RouteTable", "T", VpcId=get("Vpc")),
        cfn("VPCEndpoint", "S3", VpcId=get("Vpc"), ServiceName=Unknown("x", ends=".s3"), RouteTableIds=[get("T")]),
        cfn("VPCEndpoint", "Gwlb", VpcEndpointType="GatewayLoadBalancer", SubnetIds=[get("A")], ServiceName=WHY),
        cfn("VPCEndpoint", "Ssm", VpcEndpointType="Interface", VpcId=get("Vpc"), SubnetIds=[get("A"), get("B.SubnetId")]),
        route(VpcEndpointId=get("Gwlb")),
    )
    assert [one.address for one in network.interfaces] == ["Ssm"]
    assert only(network, "Ssm").subnets == ("A", "B")
    assert only(network, "Ssm").groups == ("Vpc.DefaultSecurityGroup",)
    found = {(one.origin.address, one.targets[0].kind) for one in network.routes}
    assert found == {("R", TargetKind.GWLB_ENDPOINT), ("S3", TargetKind.S3_ENDPOINT)}


def test_gateways_propagate_into_each_of_their_tables() -> None:
    network = net(
        *NATIVE,
        cfn("RouteTable", "T", VpcId=get("Vpc")),
        cfn("RouteTable", "U", VpcId=get("Vpc")),
        cfn("VPNGateway", "Vgw"),
        cfn("VPNGatewayRoutePropagation", "P", RouteTableIds=[get("T"), get("U")], VpnGatewayId=get("Vgw")),
    )
    assert {one.table for one in network.routes} == {"T", "U"}
    assert {one.targets for one in network.routes} == {(Target(TargetKind.VIRTUAL_PRIVATE_GATEWAY, "Vgw"),)}


def test_tables_of_subnets_and_of_gateways() -> None:
    network = net(
        *NATIVE,
        cfn("RouteTable", "T", VpcId=get("Vpc")),
        cfn("SubnetRouteTableAssociation", "S", SubnetId=get("A"), RouteTableId=get("T.RouteTableId")),
        cfn("GatewayRouteTableAssociation", "E", GatewayId=get("Igw"), RouteTableId=get("T")),
        cfn("InternetGateway", "Igw"),
    )
    found = {(one.origin.address, one.table, one.subnet, one.gateway) for one in network.associations}
    assert found == {("S", "T", "A", None), ("E", "T", None, "Igw")}


def test_attachments_say_whether_they_are_in_appliance_mode() -> None:
    on: Plain = {"ApplianceModeSupport": "enable"}
    network = net(
        *NATIVE,
        cfn("TransitGateway", "Tgw"),
        cfn(
            "TransitGatewayAttachment",
            "One",
            TransitGatewayId=get("Tgw.Id"),
            VpcId=get("Vpc"),
            SubnetIds=[get("A")],
            Options=on,
        ),
        cfn(
            "TransitGatewayVpcAttachment", "Two", TransitGatewayId=get("Tgw"), VpcId=get("Vpc"), SubnetIds=[get("A"), get("B")]
        ),
    )
    found = [(one.gateway, one.vpc, one.subnets, one.appliance_mode) for one in network.attachments]
    assert found == [("Tgw", "Vpc", ("A",), True), ("Tgw", "Vpc", ("A", "B"), False)]


def test_instance_with_devices_has_an_interface_for_each_new_one() -> None:
    devices: Plain = [
        {"DeviceIndex": "1", "SubnetId": get("B"), "GroupSet": [get("Group")]},
        {"DeviceIndex": "0", "SubnetId": get("A"), "GroupSet": [get("Group.GroupId")], "AssociatePublicIpAddress": True},
    ]
    network = net(*NATIVE, cfn("Instance", "I", NetworkInterfaces=devices, SourceDestCheck=False))
    found = {(one.address, one.subnets, one.groups, one.public, one.role) for one in network.interfaces}
    assert found == {
        ("I", ("A",), ("Group",), True, Role.FORWARDER),
        ("I (interface 2)", ("B",), ("Group",), False, Role.FORWARDER),
    }


def test_instance_with_an_existing_first_device_has_only_the_others() -> None:
    devices: Plain = [
        {"DeviceIndex": 0, "NetworkInterfaceId": get("Eni")},
        {"DeviceIndex": 1, "SubnetId": get("B")},
    ]
    eni = cfn("NetworkInterface", "Eni", SubnetId=get("A"), GroupSet=[get("Group")], SourceDestCheck="false")
    network = net(*NATIVE, eni, cfn("Instance", "I", NetworkInterfaces=devices))
    assert [one.address for one in network.interfaces] == ["Eni", "I (interface 2)"]
    assert only(network, "Eni").attached_to == "I"
    assert only(network, "Eni").role is Role.FORWARDER
    assert only(network, "I (interface 2)").groups == ("Vpc.DefaultSecurityGroup",)


def test_device_that_may_be_an_existing_interface_is_one_that_may_be_made() -> None:
    device: Plain = {"DeviceIndex": 0, "NetworkInterfaceId": among(None, get("Eni")), "SubnetId": get("A")}
    eni = cfn("NetworkInterface", "Eni", SubnetId=get("A"))
    network = net(*NATIVE, eni, cfn("Instance", "I", NetworkInterfaces=[device]))
    assert [one.address for one in network.interfaces if one.origin.maybe is not None] == ["I (interface 2)"]


def test_instance_takes_subnet_and_groups_from_its_launch_template() -> None:
    data: Plain = {"NetworkInterfaces": [{"DeviceIndex": 0, "SubnetId": get("A"), "Groups": [get("Group")]}]}
    template = cfn("LaunchTemplate", "Template", LaunchTemplateData=data)
    use: Plain = {"LaunchTemplateId": get("Template"), "Version": get("Template.LatestVersionNumber")}
    network = net(*NATIVE, template, cfn("Instance", "I", LaunchTemplate=use))
    assert (only(network, "I").subnets, only(network, "I").groups) == (("A",), ("Group",))


@pytest.mark.parametrize(
    "use",
    [
        {"LaunchTemplate": {"LaunchTemplateId": get("Template"), "Version": "1"}},
        {"LaunchTemplate": {"LaunchTemplateName": "named", "Version": "1"}},
        {"MixedInstancesPolicy": {"LaunchTemplate": {"LaunchTemplateSpecification": {"LaunchTemplateId": get("Template")}}}},
        {"LaunchConfigurationName": get("Configuration")},
        {"InstanceId": get("I")},
    ],
)
def test_groups_of_an_auto_scaling_group(use: dict[str, Plain]) -> None:
    network = net(
        *NATIVE,
        cfn(
            "LaunchTemplate",
            "Template",
            LaunchTemplateName="named",
            LaunchTemplateData={"SecurityGroupIds": [get("Group.GroupId")]},
        ),
        cfn("AWS::AutoScaling::LaunchConfiguration", "Configuration", SecurityGroups=[get("Group")]),
        cfn("Instance", "I", SubnetId=get("A"), SecurityGroupIds=[get("Group")]),
        cfn("AWS::AutoScaling::AutoScalingGroup", "Fleet", VPCZoneIdentifier=[get("A"), get("B")], **use),
    )
    assert (only(network, "Fleet").subnets, only(network, "Fleet").groups) == (("A", "B"), ("Group",))


def test_fleets_launch_into_their_overrides() -> None:
    template = cfn("LaunchTemplate", "Template", LaunchTemplateData={"SecurityGroupIds": [get("Group")]})
    configs: Plain = [
        {"LaunchTemplateSpecification": {"LaunchTemplateId": get("Template")}, "Overrides": [{"SubnetId": get("A")}]}
    ]
    spot: Plain = {
        "LaunchTemplateConfigs": configs,
        "LaunchSpecifications": [{"SubnetId": get("B"), "SecurityGroups": [{"GroupId": get("Group")}]}],
    }
    network = net(
        *NATIVE,
        template,
        cfn("EC2Fleet", "Fleet", LaunchTemplateConfigs=configs),
        cfn("SpotFleet", "Spot", SpotFleetRequestConfigData=spot),
    )
    assert (only(network, "Fleet").subnets, only(network, "Fleet").groups) == (("A",), ("Group",))
    assert (only(network, "Spot").subnets, only(network, "Spot").groups) == (("A",), ("Group",))


def test_target_groups_register_their_own_targets() -> None:
    network = net(
        *NATIVE,
        cfn("NetworkInterface", "Eni", SubnetId=get("A"), GroupSet=[get("Group")]),
        cfn("Instance", "I", SubnetId=get("A"), SecurityGroupIds=[get("Group")]),
        *gateway(Targets=[{"Id": get("Eni.PrimaryPrivateIpAddress")}, {"Id": get("I")}], HealthCheckPort="80"),
    )
    found = {(one.interface, one.balancer, one.target_group, one.health_port) for one in network.appliances}
    assert found == {("Eni", "Balancer", "Targets", 80), ("I", "Balancer", "Targets", 80)}
    assert only(network, "I").role is Role.FORWARDER
    assert [one.address for one in network.interfaces] == ["Eni", "I"]


def test_target_that_is_not_in_the_text_is_a_problem() -> None:
    (problem,) = problems(*NATIVE, *gateway(Targets=[{"Id": "10.0.1.77"}]))
    assert problem.message == "the appliance that Targets registers is not known: nothing in the text has the address 10.0.1.77"


def test_auto_scaling_group_behind_a_gateway_load_balancer() -> None:
    fleet = cfn(
        "AWS::AutoScaling::AutoScalingGroup",
        "Fleet",
        VPCZoneIdentifier=[get("A")],
        LaunchTemplate={"LaunchTemplateId": get("Template")},
        TargetGroupARNs=[get("Targets.TargetGroupArn")],
    )
    template = cfn("LaunchTemplate", "Template", LaunchTemplateData={"SecurityGroupIds": [get("Group")]})
    (found,) = net(*NATIVE, template, fleet, *gateway()).appliances
    assert (found.interface, found.balancer) == ("Fleet", "Balancer")


def gateway(**values: Plain) -> tuple[Resource, ...]:
    elb = "AWS::ElasticLoadBalancingV2::"
    action: Plain = {"Type": "forward", "TargetGroupArn": get("Targets")}
    return (
        cfn(f"{elb}LoadBalancer", "Balancer", Type="gateway", Subnets=[get("A")]),
        cfn(f"{elb}TargetGroup", "Targets", Protocol="GENEVE", Port=6081, **values),
        cfn(f"{elb}Listener", "Listener", LoadBalancerArn=get("Balancer.LoadBalancerArn"), DefaultActions=[action]),
    )


@pytest.mark.parametrize(
    ("scheme", "public"), [({}, True), ({"Scheme": "internal"}, False), ({"Scheme": "internet-facing"}, True)]
)
def test_scheme_of_a_load_balancer(scheme: dict[str, Plain], public: bool) -> None:
    elb = "AWS::ElasticLoadBalancingV2::LoadBalancer"
    network = net(*NATIVE, cfn(elb, "L", Type="network", SubnetMappings=[{"SubnetId": get("A")}], **scheme))
    assert only(network, "L").public is public
    assert only(network, "L").grouped is False


def test_services_join_their_subnets_and_groups() -> None:
    rds = "AWS::RDS::"
    network = net(
        *NATIVE,
        cfn(f"{rds}DBSubnetGroup", "Subnets", SubnetIds=[get("A"), get("B")], DBSubnetGroupName="named"),
        cfn(f"{rds}DBCluster", "Cluster", DBSubnetGroupName=get("Subnets"), VpcSecurityGroupIds=[get("Group")]),
        cfn(f"{rds}DBInstance", "Writer", DBClusterIdentifier=get("Cluster")),
        cfn(f"{rds}DBInstance", "Alone", DBSubnetGroupName="named", VPCSecurityGroups=[get("Group.GroupId")]),
    )
    found = [(one.address, one.subnets, one.groups) for one in network.interfaces]
    assert found == [("Alone", ("A", "B"), ("Group",)), ("Cluster", ("A", "B"), ("Group",))]


def test_functions_in_a_vpc_are_tracked_in_any_case() -> None:
    config: Plain = {"SubnetIds": [get("A")], "SecurityGroupIds": [get("Group")]}
    network = net(
        *NATIVE,
        cfn("AWS::Lambda::Function", "F", VpcConfig=config),
        cfn("AWS::Serverless::Function", "S", VpcConfig=config),
        cfn("AWS::Lambda::Function", "Outside"),
    )
    assert [(one.address, one.groups, bool(one.automatic)) for one in network.interfaces] == [
        ("F", ("Group",), True),
        ("S", ("Group",), True),
    ]


def test_group_that_eks_makes_is_named_as_the_template_names_it() -> None:
    network = net(
        *NATIVE,
        cfn("AWS::EKS::Cluster", "Cluster", ResourcesVpcConfig={"SubnetIds": [get("A")]}),
        cfn("AWS::EKS::Nodegroup", "Nodes", ClusterName=get("Cluster"), Subnets=[get("B")]),
        cfn("SecurityGroupIngress", "I", GroupId=get("Cluster.ClusterSecurityGroupId"), IpProtocol="tcp", CidrIp="10.0.0.0/8"),
    )
    assert {one.groups for one in network.interfaces} == {("Cluster.ClusterSecurityGroupId",)}
    assert len(rules(network, "Cluster.ClusterSecurityGroupId")) == 1


def test_things_in_nested_stacks_point_at_each_other() -> None:
    network = net(
        cfn("VPC", "Net.Vpc", CidrBlock="10.0.0.0/16"),
        cfn("Subnet", "Net.A", VpcId=Ref("Net.Vpc"), CidrBlock="10.0.1.0/24"),
        cfn("NetworkInterface", "App.Inner.Eni", SubnetId=Ref("Net.A", "SubnetId")),
    )
    assert only(network, "App.Inner.Eni").groups == ("Net.Vpc.DefaultSecurityGroup",)
    assert network.subnets[0].vpc == "Net.Vpc"


def test_same_name_in_two_stacks_means_the_one_of_its_own() -> None:
    data: Plain = {"SecurityGroupIds": [get("Group")]}
    network = net(
        *NATIVE,
        cfn("LaunchTemplate", "One.Template", LaunchTemplateName="named", LaunchTemplateData=data),
        cfn("LaunchTemplate", "Two.Template", LaunchTemplateName="named", LaunchTemplateData={}),
        cfn("Instance", "One.I", SubnetId=get("A"), LaunchTemplate={"LaunchTemplateName": "named", "Version": "1"}),
    )
    assert only(network, "One.I").groups == ("Group",)


@pytest.mark.parametrize("name", ["module", "data"])
def test_logical_ids_that_mean_something_in_terraform_mean_nothing(name: str) -> None:
    network = net(*NATIVE, cfn("Subnet", name, VpcId=get("Vpc")), cfn("NetworkInterface", "Eni", SubnetId=get(name)))
    assert only(network, "Eni").subnets == (name,)


def test_resource_that_may_not_exist_is_passed_on() -> None:
    network = net(*NATIVE, cfn("NetworkInterface", "Eni", WHY, SubnetId=get("A"), GroupSet=[get("Group")]))
    assert only(network, "Eni").origin.maybe == WHY


def test_subnet_of_a_stack_that_cannot_be_read_may_lead_to_the_gateway_that_the_stack_is_given() -> None:
    stack = cfn("module", "Stack", TgwId=get("Tgw"))
    inside = Ref("Stack", "Outputs.Subnet")
    network = net(cfn("TransitGateway", "Tgw"), stack, cfn("NetworkInterface", "Eni", SubnetId=inside, GroupSet=["sg-1"]))
    assert only(network, "Eni").subnets == ("Stack.Outputs.Subnet",)
    assert [one.targets for one in network.routes] == [(Target(TargetKind.TRANSIT_GATEWAY, "Tgw"),)]


def test_rule_under_the_condition_of_its_group_is_there_with_it() -> None:
    def under(one: Resource, condition: str) -> Resource:
        return replace(one, origin=replace(one.origin, maybe=WHY, number=condition))

    group = cfn("SecurityGroup", "G", VpcId=get("Vpc"))
    rule = cfn("SecurityGroupIngress", "I", GroupId=get("G"), IpProtocol="tcp", FromPort=1, ToPort=2, CidrIp="10.0.0.0/8")
    (same,) = rules(net(*NATIVE, under(group, "Create"), under(rule, "Create")), "G")
    (other,) = rules(net(*NATIVE, under(group, "Create"), under(rule, "Else")), "G")
    assert (same.origin.maybe, other.origin.maybe) == (None, WHY)


def test_what_is_written_in_a_group_that_may_not_exist_is_there_with_it() -> None:
    rule: Plain = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "CidrIp": "10.0.0.0/8"}]
    network = net(*NATIVE, cfn("SecurityGroup", "G", WHY, VpcId=get("Vpc"), SecurityGroupIngress=rule))
    assert {one.origin.maybe for one in network.permissions if one.group == "G"} == {None}
    assert next(one for one in network.groups if one.origin.address == "G").origin.maybe == WHY


def test_group_of_the_cloud_control_provider_keeps_the_default_egress() -> None:
    network = net(*NATIVE, res("awscc_ec2_security_group.g", group_description="x"))
    found = rules(network, "awscc_ec2_security_group.g", Direction.OUT)
    assert {*OPEN} <= {box for one in found for box in shown(one.boxes.least)}


def test_ranges_under_the_condition_of_their_vpc_are_there_with_it() -> None:
    six = cfn("VPCCidrBlock", "Six", WHY, VpcId=get("Vpc"), AmazonProvidedIpv6CidrBlock=True)
    vpc = cfn("VPC", "Vpc", WHY, CidrBlock="10.0.0.0/16")
    numbered = [replace(one, origin=replace(one.origin, number="condition C")) for one in (vpc, six)]
    assert (net(*numbered).vpcs[0].ipv6, net(vpc, six).vpcs[0].ipv6) == (True, WHY)


DATA: dict[str, Plain] = {"DeviceIndex": 0, "NetworkInterfaceId": get("Eni")}
TEMPLATED: Plain = {"LaunchTemplateId": get("Template"), "Version": get("Template.LatestVersionNumber")}


def test_instance_whose_launch_template_attaches_interfaces_has_none_of_its_own() -> None:
    template = cfn("LaunchTemplate", "Template", LaunchTemplateData={"NetworkInterfaces": [DATA]})
    eni = cfn("NetworkInterface", "Eni", SubnetId=get("A"), GroupSet=[get("Group")])
    network = net(*NATIVE, eni, template, cfn("Instance", "I", LaunchTemplate=TEMPLATED))
    assert [(one.address, one.attached_to) for one in network.interfaces] == [("Eni", "I")]


def test_devices_of_a_launch_template_are_interfaces_of_the_instance() -> None:
    devices: Plain = [
        DATA,
        {"DeviceIndex": 1, "SubnetId": get("A"), "Groups": [get("Group")]},
        {"DeviceIndex": 2, "SubnetId": get("B"), "Groups": ["sg-2"], "ConnectionTrackingSpecification": {"UdpTimeout": 60}},
    ]
    template = cfn("LaunchTemplate", "Template", LaunchTemplateData={"NetworkInterfaces": devices})
    eni = cfn("NetworkInterface", "Eni", SubnetId=get("A"))
    network = net(*NATIVE, eni, template, cfn("Instance", "I", LaunchTemplate=TEMPLATED))
    assert [(one.address, one.subnets, one.groups) for one in network.interfaces if one.address != "Eni"] == [
        ("I (interface 2)", ("A",), ("Group",)),
        ("I (interface 3)", ("B",), ("sg-2",)),
    ]
    assert [one.address for one in network.interfaces if one.timeouts is not None] == ["I (interface 3)"]


def test_private_addresses_that_are_written() -> None:
    more: Plain = [{"PrivateIpAddress": "10.0.1.31", "Primary": False}]
    network = net(
        *NATIVE,
        cfn("Instance", "I", SubnetId=get("A"), PrivateIpAddress="10.0.1.30"),
        cfn("NetworkInterface", "N", SubnetId=get("A"), PrivateIpAddress="10.0.1.32", PrivateIpAddresses=more),
    )
    assert [str(item) for item in only(network, "I").addresses] == ["10.0.1.30"]
    assert [str(item) for item in only(network, "N").addresses] == ["10.0.1.32", "10.0.1.31"]
