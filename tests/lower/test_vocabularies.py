"""
A law: one network in three vocabularies, Terraform's, CloudFormation's and the Cloud Control provider's, is one network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum

from hypothesis import given
from hypothesis import strategies as st

from sglint.lower import lower
from sglint.lower.words import cloud_control_kind, snake
from sglint.resource import Origin, Resource
from sglint.value import Map, Ref, Seq, Unknown, Value
from tests.lower.build import PLACE, WHY, Plain, value

CIDRS = ["0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16"]


@dataclass(frozen=True)
class Choice:
    """
    What may differ from one network to the next.
    """

    protocol: str
    first: int
    last: int
    peer: Value
    inline: bool
    apart: bool
    target: str
    destination: Value
    check: bool
    appliance: str
    scheme: str
    idle: Value
    action: str
    routing: str
    maybe: Unknown | None


CHOICES = st.builds(
    Choice,
    st.sampled_from(["tcp", "udp", "6", "icmp", "50"]),
    st.integers(0, 100),
    st.integers(100, 65535),
    st.sampled_from([*CIDRS, WHY, Unknown(WHY.why, WHY.span, among=("0.0.0.0/0", "10.0.0.0/8"))]),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["transit", "nat", "internet", "endpoint", "interface", "firewall"]),
    st.sampled_from([*CIDRS, WHY]),
    st.booleans(),
    st.sampled_from(["enable", "disable"]),
    st.sampled_from(["internal", "internet-facing"]),
    st.sampled_from([60, 400, WHY]),
    st.sampled_from(["allow", "deny"]),
    st.sampled_from(["enable", "disable"]),
    st.none() | st.just(WHY),
)
Write = Callable[[str, str, Mapping[str, Plain]], Resource]


def made(kind: str, address: str, values: Mapping[str, Plain], maybe: Unknown | None) -> Resource:
    given_ = {key: value(item) for key, item in values.items()}
    return Resource(kind, Map.of(given_), Origin(address, PLACE, PLACE, maybe=maybe))


def terraform(choice: Choice) -> list[Resource]:
    """
    Return the network as Terraform's resources.
    """

    def to(address: str) -> Ref:
        return Ref(address, "id")

    rule: dict[str, Plain] = {"protocol": choice.protocol, "from_port": choice.first, "to_port": choice.last}
    out: Plain = [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]
    targets: dict[str, dict[str, Plain]] = {
        "transit": {"transit_gateway_id": to("aws_ec2_transit_gateway.t")},
        "nat": {"nat_gateway_id": to("aws_nat_gateway.n")},
        "internet": {"gateway_id": to("aws_internet_gateway.i")},
        "endpoint": {"vpc_endpoint_id": to("aws_vpc_endpoint.g")},
        "interface": {"network_interface_id": to("aws_network_interface.e")},
        "firewall": {
            "vpc_endpoint_id": Unknown("it is a list", refs=(Ref("aws_networkfirewall_firewall.f", "firewall_status"),))
        },
    }
    group: dict[str, Plain] = {"vpc_id": to("aws_vpc.v"), "egress": out}
    if choice.inline:
        group["ingress"] = [{**rule, "cidr_blocks": [choice.peer]}]
    found: list[tuple[str, dict[str, Plain]]] = [
        ("aws_vpc.v", {"cidr_block": "10.0.0.0/16"}),
        ("aws_subnet.a", {"vpc_id": to("aws_vpc.v"), "cidr_block": "10.0.1.0/24", "availability_zone": "eu-west-1a"}),
        ("aws_subnet.b", {"vpc_id": to("aws_vpc.v"), "cidr_block": "10.0.2.0/24", "map_public_ip_on_launch": True}),
        ("aws_security_group.g", group),
        ("aws_route_table.r", {"vpc_id": to("aws_vpc.v")}),
        ("aws_route_table_association.s", {"subnet_id": to("aws_subnet.a"), "route_table_id": to("aws_route_table.r")}),
        (
            "aws_route.d",
            {
                "route_table_id": to("aws_route_table.r"),
                "destination_cidr_block": choice.destination,
                **targets[choice.target],
            },
        ),
        (
            "aws_ec2_transit_gateway_vpc_attachment.x",
            {
                "transit_gateway_id": to("aws_ec2_transit_gateway.t"),
                "vpc_id": to("aws_vpc.v"),
                "subnet_ids": [to("aws_subnet.a")],
                "appliance_mode_support": choice.appliance,
            },
        ),
        (
            "aws_vpc_endpoint.g",
            {"vpc_endpoint_type": "GatewayLoadBalancer", "subnet_ids": [to("aws_subnet.a")], "vpc_id": to("aws_vpc.v")},
        ),
        (
            "aws_vpc_endpoint.p",
            {"vpc_endpoint_type": "Interface", "subnet_ids": [to("aws_subnet.a")], "vpc_id": to("aws_vpc.v")},
        ),
        (
            "aws_network_interface.e",
            {
                "subnet_id": to("aws_subnet.a"),
                "security_groups": [to("aws_security_group.g")],
                "source_dest_check": choice.check,
                "tags": {"role": "firewall"},
            },
        ),
        ("aws_instance.i", {"subnet_id": to("aws_subnet.b"), "source_dest_check": choice.check}),
        (
            "aws_route53_resolver_endpoint.q",
            {
                "direction": "INBOUND",
                "ip_address": [{"subnet_id": to("aws_subnet.a")}, {"subnet_id": to("aws_subnet.b")}],
                "security_group_ids": [to("aws_security_group.g")],
            },
        ),
        (
            "aws_launch_template.l",
            {
                "instance_type": "c8i.large",
                "network_interfaces": [
                    {
                        "device_index": 0,
                        "security_groups": [to("aws_security_group.g")],
                        "connection_tracking_specification": [{"tcp_established_timeout": choice.idle, "udp_timeout": 30}],
                    }
                ],
            },
        ),
        (
            "aws_autoscaling_group.f",
            {
                "vpc_zone_identifier": [to("aws_subnet.a"), to("aws_subnet.b")],
                "launch_template": [{"id": to("aws_launch_template.l")}],
                "target_group_arns": [Ref("aws_lb_target_group.k", "arn")],
            },
        ),
        ("aws_lb.w", {"load_balancer_type": "gateway", "subnets": [to("aws_subnet.a")]}),
        (
            "aws_lb_target_group.k",
            {
                "protocol": "GENEVE",
                "port": 6081,
                "health_check": [{"port": "80", "protocol": "HTTP", "path": "/ok"}],
                "stickiness": [{"type": "source_ip_dest_ip", "enabled": choice.check}],
                "target_failover": [{"on_deregistration": "rebalance", "on_unhealthy": "rebalance"}],
            },
        ),
        (
            "aws_lb_listener.j",
            {
                "load_balancer_arn": to("aws_lb.w"),
                "default_action": [{"target_group_arn": Ref("aws_lb_target_group.k", "arn")}],
                "tcp_idle_timeout_seconds": choice.idle,
            },
        ),
        (
            "aws_lb.n",
            {
                "load_balancer_type": "network",
                "subnet_mapping": [{"subnet_id": to("aws_subnet.b")}],
                "internal": choice.scheme == "internal",
            },
        ),
        (
            "aws_lambda_function.m",
            {"vpc_config": [{"subnet_ids": [to("aws_subnet.b")], "security_group_ids": [to("aws_security_group.g")]}]},
        ),
        ("aws_db_subnet_group.u", {"subnet_ids": [to("aws_subnet.a"), to("aws_subnet.b")]}),
        ("aws_rds_cluster.c", {"db_subnet_group_name": Ref("aws_db_subnet_group.u", "name")}),
    ]
    found += terraform_around(choice, to)
    if choice.apart:
        one: dict[str, Plain] = {"type": "ingress", "security_group_id": to("aws_security_group.g"), **rule}
        found.append(("aws_security_group_rule.z", {**one, "cidr_blocks": [choice.peer]}))
    return [
        made(address.partition(".")[0], address, values, choice.maybe if address[-2:] in (".e", ".d") else None)
        for address, values in found
    ]


def terraform_around(choice: Choice, to: Callable[[str], Ref]) -> list[tuple[str, dict[str, Plain]]]:
    """
    Return what is around the VPC: its network ACL, its gateways, and how the transit gateway routes.
    """
    vpc, gateway, acl = to("aws_vpc.v"), to("aws_ec2_transit_gateway.t"), to("aws_network_acl.h")
    table, attachment = to("aws_ec2_transit_gateway_route_table.o"), to("aws_ec2_transit_gateway_vpc_attachment.x")
    both: dict[str, Plain] = {"transit_gateway_route_table_id": table, "transit_gateway_attachment_id": attachment}
    rule: dict[str, Plain] = {
        "network_acl_id": acl,
        "rule_number": 100,
        "egress": choice.check,
        "protocol": "tcp",
        "rule_action": choice.action,
        "from_port": choice.first,
        "to_port": choice.last,
        "cidr_block": choice.destination,
    }
    associated: dict[str, Plain] = both if choice.inline else {**both, "transit_gateway_attachment_id": WHY}
    return [
        ("aws_network_acl.h", {"vpc_id": vpc}),
        ("aws_network_acl_rule.aa", rule),
        ("aws_network_acl_association.ab", {"network_acl_id": acl, "subnet_id": to("aws_subnet.a")}),
        ("aws_internet_gateway.i", {}),
        ("aws_internet_gateway_attachment.ac", {"internet_gateway_id": to("aws_internet_gateway.i"), "vpc_id": vpc}),
        ("aws_egress_only_internet_gateway.ad", {"vpc_id": vpc}),
        ("aws_vpc_peering_connection.af", {"vpc_id": vpc, "peer_vpc_id": "vpc-2", "auto_accept": True}),
        ("aws_ec2_transit_gateway.t", {"default_route_table_association": choice.routing}),
        ("aws_ec2_transit_gateway_route_table.o", {"transit_gateway_id": gateway}),
        ("aws_ec2_transit_gateway_route_table_association.ag", associated),
        ("aws_ec2_transit_gateway_route_table_propagation.ah", both),
        ("aws_ec2_transit_gateway_route.ai", {**both, "destination_cidr_block": choice.destination}),
        ("aws_vpn_connection.aj", {"transit_gateway_id": gateway, "customer_gateway_id": "cgw-1", "type": "ipsec.1"}),
        ("aws_ec2_transit_gateway_peering_attachment.ak", {"transit_gateway_id": gateway, "peer_transit_gateway_id": "tgw-2"}),
    ]


def template_around(choice: Choice, get: Callable[[str], Ref]) -> list[tuple[str, str, dict[str, Plain]]]:
    """
    Return the same as resources of a template.
    """
    ec2 = "AWS::EC2::"
    both: dict[str, Plain] = {"TransitGatewayRouteTableId": get("O"), "TransitGatewayAttachmentId": get("X")}
    rule: dict[str, Plain] = {
        "NetworkAclId": get("H"),
        "RuleNumber": 100,
        "Egress": choice.check,
        "Protocol": "tcp",
        "RuleAction": choice.action,
        "PortRange": {"From": choice.first, "To": str(choice.last)},
        "CidrBlock": choice.destination,
    }
    associated: dict[str, Plain] = both if choice.inline else {**both, "TransitGatewayAttachmentId": WHY}
    return [
        ("H", "", {"VpcId": get("V")}),
        ("Aa", f"{ec2}NetworkAclEntry", rule),
        ("Ab", f"{ec2}SubnetNetworkAclAssociation", {"NetworkAclId": get("H"), "SubnetId": get("A")}),
        ("Ac", f"{ec2}VPCGatewayAttachment", {"InternetGatewayId": get("I"), "VpcId": get("V")}),
        ("Ad", f"{ec2}EgressOnlyInternetGateway", {"VpcId": get("V")}),
        ("Af", f"{ec2}VPCPeeringConnection", {"VpcId": get("V"), "PeerVpcId": "vpc-2"}),
        ("O", "", {"TransitGatewayId": get("T")}),
        ("Ag", f"{ec2}TransitGatewayRouteTableAssociation", associated),
        ("Ah", f"{ec2}TransitGatewayRouteTablePropagation", both),
        ("Ai", f"{ec2}TransitGatewayRoute", {**both, "DestinationCidrBlock": choice.destination}),
        ("Aj", f"{ec2}VPNConnection", {"TransitGatewayId": get("T"), "CustomerGatewayId": "cgw-1", "Type": "ipsec.1"}),
        ("Ak", f"{ec2}TransitGatewayPeeringAttachment", {"TransitGatewayId": get("T"), "PeerTransitGatewayId": "tgw-2"}),
    ]


def cloudformation(choice: Choice, write: Write, to: Callable[[str, str], Ref]) -> list[Resource]:
    """
    Return the network as CloudFormation's resources, each by how it is written and referred to.
    """
    elb, ec2 = "AWS::ElasticLoadBalancingV2::", "AWS::EC2::"
    kinds = {
        "V": f"{ec2}VPC",
        "A": f"{ec2}Subnet",
        "B": f"{ec2}Subnet",
        "G": f"{ec2}SecurityGroup",
        "R": f"{ec2}RouteTable",
        "T": f"{ec2}TransitGateway",
        "N": f"{ec2}NatGateway",
        "I": f"{ec2}InternetGateway",
        "E": f"{ec2}NetworkInterface",
        "Ge": f"{ec2}VPCEndpoint",
        "Fw": "AWS::NetworkFirewall::Firewall",
        "L": f"{ec2}LaunchTemplate",
        "W": f"{elb}LoadBalancer",
        "K": f"{elb}TargetGroup",
        "U": "AWS::RDS::DBSubnetGroup",
        "H": f"{ec2}NetworkAcl",
        "O": f"{ec2}TransitGatewayRouteTable",
        "X": f"{ec2}TransitGatewayAttachment",
    }

    def get(name: str) -> Ref:
        return to(name, kinds[name])

    rule: dict[str, Plain] = {"IpProtocol": choice.protocol, "FromPort": choice.first, "ToPort": str(choice.last)}
    group: dict[str, Plain] = {"VpcId": get("V"), "SecurityGroupEgress": [{"IpProtocol": -1, "CidrIp": "0.0.0.0/0"}]}
    if choice.inline:
        group["SecurityGroupIngress"] = [{**rule, "CidrIp": choice.peer}]
    targets: dict[str, dict[str, Plain]] = {
        "transit": {"TransitGatewayId": get("T")},
        "nat": {"NatGatewayId": get("N")},
        "internet": {"GatewayId": get("I")},
        "endpoint": {"VpcEndpointId": get("Ge")},
        "interface": {"NetworkInterfaceId": get("E")},
        "firewall": {"VpcEndpointId": Unknown("it is a list", refs=(get("Fw"),))},
    }
    route: dict[str, Plain] = {"RouteTableId": get("R"), "DestinationCidrBlock": choice.destination, **targets[choice.target]}
    attachment: dict[str, Plain] = {
        "TransitGatewayId": get("T"),
        "VpcId": get("V"),
        "SubnetIds": [get("A")],
        "Options": {"ApplianceModeSupport": choice.appliance},
    }
    fleet: dict[str, Plain] = {
        "VPCZoneIdentifier": [get("A"), get("B")],
        "LaunchTemplate": {"LaunchTemplateId": get("L")},
        "TargetGroupARNs": [get("K")],
    }
    resolver: dict[str, Plain] = {
        "Direction": "INBOUND",
        "IpAddresses": [{"SubnetId": get("A")}, {"SubnetId": get("B")}],
        "SecurityGroupIds": [get("G")],
    }
    config: Plain = {"SubnetIds": [get("B")], "SecurityGroupIds": [get("G")]}
    tags: Plain = [{"Key": "role", "Value": "firewall"}]
    tracking: Plain = {"TcpEstablishedTimeout": choice.idle, "UdpTimeout": "30"}
    device: Plain = {"DeviceIndex": 0, "Groups": [get("G")], "ConnectionTrackingSpecification": tracking}
    attributes: Plain = [
        {"Key": "stickiness.enabled", "Value": "true" if choice.check else "false"},
        {"Key": "stickiness.type", "Value": "source_ip_dest_ip"},
        {"Key": "target_failover.on_deregistration", "Value": "rebalance"},
        {"Key": "target_failover.on_unhealthy", "Value": "rebalance"},
    ]
    health: dict[str, Plain] = {"HealthCheckPort": "80", "HealthCheckProtocol": "HTTP", "HealthCheckPath": "/ok"}
    listener: dict[str, Plain] = {
        "LoadBalancerArn": get("W"),
        "DefaultActions": [{"TargetGroupArn": get("K")}],
        "ListenerAttributes": [{"Key": "tcp.idle_timeout.seconds", "Value": choice.idle}],
    }
    found: list[tuple[str, str, dict[str, Plain]]] = [
        ("V", "", {"CidrBlock": "10.0.0.0/16"}),
        ("A", "", {"VpcId": get("V"), "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "eu-west-1a"}),
        ("B", "", {"VpcId": get("V"), "CidrBlock": "10.0.2.0/24", "MapPublicIpOnLaunch": "true"}),
        ("G", "", group),
        ("R", "", {"VpcId": get("V")}),
        ("S", f"{ec2}SubnetRouteTableAssociation", {"SubnetId": get("A"), "RouteTableId": get("R")}),
        ("D", f"{ec2}Route", route),
        ("T", "", {"DefaultRouteTableAssociation": choice.routing}),
        ("N", "", {}),
        ("I", "", {}),
        ("Fw", "", {}),
        ("X", f"{ec2}TransitGatewayAttachment", attachment),
        ("Ge", "", {"VpcEndpointType": "GatewayLoadBalancer", "SubnetIds": [get("A")], "VpcId": get("V")}),
        ("P", f"{ec2}VPCEndpoint", {"VpcEndpointType": "Interface", "SubnetIds": [get("A")], "VpcId": get("V")}),
        ("E", "", {"SubnetId": get("A"), "GroupSet": [get("G")], "SourceDestCheck": choice.check, "Tags": tags}),
        ("J", f"{ec2}Instance", {"SubnetId": get("B"), "SourceDestCheck": choice.check}),
        ("Q", "AWS::Route53Resolver::ResolverEndpoint", resolver),
        ("L", "", {"LaunchTemplateData": {"InstanceType": "c8i.large", "NetworkInterfaces": [device]}}),
        ("F", "AWS::AutoScaling::AutoScalingGroup", fleet),
        ("W", "", {"Type": "gateway", "Subnets": [get("A")]}),
        ("K", "", {"Protocol": "GENEVE", "Port": 6081, **health, "TargetGroupAttributes": attributes}),
        ("Li", f"{elb}Listener", listener),
        (
            "Nl",
            f"{elb}LoadBalancer",
            {"Type": "network", "SubnetMappings": [{"SubnetId": get("B")}], "Scheme": choice.scheme},
        ),
        ("M", "AWS::Lambda::Function", {"VpcConfig": config}),
        ("U", "", {"SubnetIds": [get("A"), get("B")]}),
        ("C", "AWS::RDS::DBCluster", {"DBSubnetGroupName": get("U")}),
    ]
    found += template_around(choice, get)
    if choice.apart:
        found.append(("Z", f"{ec2}SecurityGroupIngress", {"GroupId": get("G"), **rule, "CidrIp": choice.peer}))
    return [write(name, kind or kinds[name], values) for name, kind, values in found]


NAMES = {
    "aws_vpc.v": "V",
    "aws_subnet.a": "A",
    "aws_subnet.b": "B",
    "aws_security_group.g": "G",
    "aws_route_table.r": "R",
    "aws_route_table_association.s": "S",
    "aws_route.d": "D",
    "aws_ec2_transit_gateway.t": "T",
    "aws_nat_gateway.n": "N",
    "aws_internet_gateway.i": "I",
    "aws_networkfirewall_firewall.f": "Fw",
    "aws_ec2_transit_gateway_vpc_attachment.x": "X",
    "aws_vpc_endpoint.g": "Ge",
    "aws_vpc_endpoint.p": "P",
    "aws_network_interface.e": "E",
    "aws_instance.i": "J",
    "aws_route53_resolver_endpoint.q": "Q",
    "aws_launch_template.l": "L",
    "aws_autoscaling_group.f": "F",
    "aws_lb.w": "W",
    "aws_lb_target_group.k": "K",
    "aws_lb_listener.j": "Li",
    "aws_lb.n": "Nl",
    "aws_lambda_function.m": "M",
    "aws_db_subnet_group.u": "U",
    "aws_rds_cluster.c": "C",
    "aws_security_group_rule.z": "Z",
    "aws_network_acl.h": "H",
    "aws_network_acl_rule.aa": "Aa",
    "aws_network_acl_association.ab": "Ab",
    "aws_internet_gateway_attachment.ac": "Ac",
    "aws_egress_only_internet_gateway.ad": "Ad",
    "aws_vpc_peering_connection.af": "Af",
    "aws_ec2_transit_gateway_route_table.o": "O",
    "aws_ec2_transit_gateway_route_table_association.ag": "Ag",
    "aws_ec2_transit_gateway_route_table_propagation.ah": "Ah",
    "aws_ec2_transit_gateway_route.ai": "Ai",
    "aws_vpn_connection.aj": "Aj",
    "aws_ec2_transit_gateway_peering_attachment.ak": "Ak",
}


def facts(thing: object, names: Mapping[str, str]) -> object:
    """
    Return what a noun says, without where it is written and in what words.
    """
    if isinstance(thing, Origin):
        return (names.get(thing.address, thing.address), thing.maybe is None)
    if isinstance(thing, Unknown):
        return ("unknown", tuple(names.get(item.address, item.address) for item in thing.refs))
    if isinstance(thing, Enum):
        return thing
    if isinstance(thing, str):
        return names.get(thing, thing)
    if isinstance(thing, tuple):
        return tuple(facts(item, names) for item in thing)
    if is_dataclass(thing):
        told = [one.name for one in fields(thing) if one.name not in {"field", "hidden", "settable"}]
        found = {name: facts(getattr(thing, name), names) for name in told}
        return {name: item for name, item in found.items() if name != "kind" or isinstance(item, Enum)}
    return thing


def network(resources: list[Resource], names: Mapping[str, str]) -> dict[str, list[str]]:
    """
    Return what a network says, noun by noun, in an order that does not depend on its words.
    """
    net, problems = lower("root", resources)
    assert problems == ()
    nouns = (
        "vpcs",
        "subnets",
        "groups",
        "permissions",
        "tables",
        "associations",
        "routes",
        "attachments",
        "interfaces",
        "appliances",
        "acls",
        "remotes",
        "transit_tables",
        "transit_associations",
        "transit_propagations",
        "transit_routes",
        "gateways",
        "peerings",
        "balancers",
        "listeners",
        "target_groups",
    )
    return {noun: sorted(repr(facts(item, names)) for item in getattr(net, noun)) for noun in nouns}


@given(CHOICES)
def test_one_network_in_three_vocabularies(choice: Choice) -> None:
    own = {
        "aws_vpc.v.default_security_group_id": "default",
        "aws_vpc.v.main_route_table_id": "main",
        "aws_vpc.v.default_network_acl_id": "default ACL",
        "aws_ec2_transit_gateway.t.association_default_route_table_id": "default table",
    }
    expected = network(terraform(choice), {**NAMES, **own})

    def native(name: str, kind: str, values: Mapping[str, Plain]) -> Resource:
        return made(kind, name, values, choice.maybe if name in "ED" else None)

    template = cloudformation(choice, native, lambda name, _: Ref(name))
    implied = {
        "V.DefaultSecurityGroup": "default",
        "V (main route table)": "main",
        "V.DefaultNetworkAcl": "default ACL",
        "T (default route table)": "default table",
    }
    assert network(template, implied) == expected

    def control(name: str, kind: str, values: Mapping[str, Plain]) -> Resource:
        spelled = cloud_control_kind(kind)
        return made(spelled, f"{spelled}.{name}", snaked(values), choice.maybe if name in "ED" else None)

    found = cloudformation(choice, control, lambda name, kind: Ref(f"{cloud_control_kind(kind)}.{name}", "id"))
    names = {one.address: one.address.partition(".")[2] for one in found}
    implied = {
        "awscc_ec2_vpc.V.default_security_group": "default",
        "awscc_ec2_vpc.V (main route table)": "main",
        "awscc_ec2_vpc.V.default_network_acl": "default ACL",
        "awscc_ec2_transit_gateway.T (default route table)": "default table",
    }
    assert network(found, {**names, **implied}) == expected


def snaked(values: Mapping[str, Plain]) -> dict[str, Plain]:
    """
    Return properties as the Cloud Control provider spells them.
    """
    return {snake(name): inside(value(item)) for name, item in values.items()}


def inside(item: Value) -> Value:
    """
    Return a value with the properties in it spelled so.
    """
    if isinstance(item, Map):
        return Map.of({snake(name): inside(inner) for name, inner in item.items()})
    return Seq(tuple(inside(inner) for inner in item.items)) if isinstance(item, Seq) else item
