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
            {"network_interfaces": [{"device_index": 0, "security_groups": [to("aws_security_group.g")]}]},
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
        ("aws_lb_target_group.k", {"protocol": "GENEVE", "port": 6081, "health_check": [{"port": "80"}]}),
        (
            "aws_lb_listener.j",
            {
                "load_balancer_arn": to("aws_lb.w"),
                "default_action": [{"target_group_arn": Ref("aws_lb_target_group.k", "arn")}],
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
    if choice.apart:
        one: dict[str, Plain] = {"type": "ingress", "security_group_id": to("aws_security_group.g"), **rule}
        found.append(("aws_security_group_rule.z", {**one, "cidr_blocks": [choice.peer]}))
    return [
        made(address.partition(".")[0], address, values, choice.maybe if address[-2:] in (".e", ".d") else None)
        for address, values in found
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
    found: list[tuple[str, str, dict[str, Plain]]] = [
        ("V", "", {"CidrBlock": "10.0.0.0/16"}),
        ("A", "", {"VpcId": get("V"), "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "eu-west-1a"}),
        ("B", "", {"VpcId": get("V"), "CidrBlock": "10.0.2.0/24", "MapPublicIpOnLaunch": "true"}),
        ("G", "", group),
        ("R", "", {"VpcId": get("V")}),
        ("S", f"{ec2}SubnetRouteTableAssociation", {"SubnetId": get("A"), "RouteTableId": get("R")}),
        ("D", f"{ec2}Route", route),
        ("T", "", {}),
        ("N", "", {}),
        ("I", "", {}),
        ("Fw", "", {}),
        ("X", f"{ec2}TransitGatewayAttachment", attachment),
        ("Ge", "", {"VpcEndpointType": "GatewayLoadBalancer", "SubnetIds": [get("A")], "VpcId": get("V")}),
        ("P", f"{ec2}VPCEndpoint", {"VpcEndpointType": "Interface", "SubnetIds": [get("A")], "VpcId": get("V")}),
        ("E", "", {"SubnetId": get("A"), "GroupSet": [get("G")], "SourceDestCheck": choice.check}),
        ("J", f"{ec2}Instance", {"SubnetId": get("B"), "SourceDestCheck": choice.check}),
        ("Q", "AWS::Route53Resolver::ResolverEndpoint", resolver),
        ("L", "", {"LaunchTemplateData": {"NetworkInterfaces": [{"DeviceIndex": 0, "Groups": [get("G")]}]}}),
        ("F", "AWS::AutoScaling::AutoScalingGroup", fleet),
        ("W", "", {"Type": "gateway", "Subnets": [get("A")]}),
        ("K", "", {"Protocol": "GENEVE", "Port": 6081, "HealthCheckPort": "80"}),
        ("Li", f"{elb}Listener", {"LoadBalancerArn": get("W"), "DefaultActions": [{"TargetGroupArn": get("K")}]}),
        (
            "Nl",
            f"{elb}LoadBalancer",
            {"Type": "network", "SubnetMappings": [{"SubnetId": get("B")}], "Scheme": choice.scheme},
        ),
        ("M", "AWS::Lambda::Function", {"VpcConfig": config}),
        ("U", "", {"SubnetIds": [get("A"), get("B")]}),
        ("C", "AWS::RDS::DBCluster", {"DBSubnetGroupName": get("U")}),
    ]
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
        found = {
            one.name: facts(getattr(thing, one.name), names) for one in fields(thing) if one.name not in {"field", "hidden"}
        }
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
    )
    return {noun: sorted(repr(facts(item, names)) for item in getattr(net, noun)) for noun in nouns}


@given(CHOICES)
def test_one_network_in_three_vocabularies(choice: Choice) -> None:
    own = {"aws_vpc.v.default_security_group_id": "default", "aws_vpc.v.main_route_table_id": "main"}
    expected = network(terraform(choice), {**NAMES, **own})

    def native(name: str, kind: str, values: Mapping[str, Plain]) -> Resource:
        return made(kind, name, values, choice.maybe if name in "ED" else None)

    template = cloudformation(choice, native, lambda name, _: Ref(name))
    assert network(template, {"V.DefaultSecurityGroup": "default", "V (main route table)": "main"}) == expected

    def control(name: str, kind: str, values: Mapping[str, Plain]) -> Resource:
        spelled = cloud_control_kind(kind)
        return made(spelled, f"{spelled}.{name}", snaked(values), choice.maybe if name in "ED" else None)

    found = cloudformation(choice, control, lambda name, kind: Ref(f"{cloud_control_kind(kind)}.{name}", "id"))
    names = {one.address: one.address.partition(".")[2] for one in found}
    implied = {"awscc_ec2_vpc.V.default_security_group": "default", "awscc_ec2_vpc.V (main route table)": "main"}
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
