"""
Random networks as text: Terraform, and templates of CloudFormation in YAML and JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from tests.fix.drawn import ALONE, INLINE, ONE_PEER, Acl, Drawn, Entry, Rule

VPC, SUBNETS = "10.0.0.0/16", ("10.0.1.0/24", "10.0.2.0/24")
VPC6, SUBNETS6 = "fd00::/56", ("fd00:0:0:1::/64", "fd00:0:0:2::/64")
TARGETS = {
    "tgw": ("transit_gateway_id", "tgw-0123456789abcdef0"),
    "nat": ("nat_gateway_id", "nat-0123456789abcdef0"),
    "igw": ("gateway_id", "igw-0123456789abcdef0"),
    "gwlbe": ("vpc_endpoint_id", "aws_vpc_endpoint.inspect.id"),
    "eigw": ("egress_only_gateway_id", "eigw-0123456789abcdef0"),
}
PROPERTIES = {
    "tgw": "TransitGatewayId",
    "nat": "NatGatewayId",
    "igw": "GatewayId",
    "gwlbe": "VpcEndpointId",
    "eigw": "EgressOnlyInternetGatewayId",
}


def quoted(value: object) -> str:
    """
    Return a value as HCL has it.
    """
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(quoted, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) or str(value).startswith("aws_") else f'"{value}"'


def block(head: str, values: dict[str, Any], inner: Sequence[str] = ()) -> str:
    """
    Return a block as `terraform fmt` lays it out.
    """
    width = max(map(len, values), default=0)
    lines = [f"  {key:{width}} = {quoted(value)}" for key, value in values.items()]
    for each in inner:
        lines += ["", *(f"  {line}" if line else "" for line in each.rstrip("\n").split("\n"))]
    return "\n".join([f"{head} {{", *lines, "}"]) + "\n"


def cidr_key(peer: str, four: str, six: str) -> str:
    """
    Return the name for a CIDR of its family.
    """
    return six if ":" in peer else four


def terraform(net: Drawn) -> str:
    """
    Return the network as a Terraform file.
    """
    return "\n".join(blocks(net))


def blocks(net: Drawn) -> Iterator[str]:
    """
    Yield the blocks of the network.
    """
    vpc: dict[str, Any] = {"vpc_id": "aws_vpc.hub.id"}
    yield block('resource "aws_vpc" "hub"', {"cidr_block": VPC} | ({"ipv6_cidr_block": VPC6} if net.six else {}))
    yield block(
        'resource "aws_vpc_endpoint" "inspect"', vpc | {"vpc_endpoint_type": "GatewayLoadBalancer", "service_name": "x"}
    )
    if net.attached:
        subnets = {"subnet_ids": ["aws_subnet.s0.id"], "transit_gateway_id": TARGETS["tgw"][1]}
        yield block('resource "aws_ec2_transit_gateway_vpc_attachment" "hub"', vpc | subnets)
    for number, routes in enumerate(net.routes):
        own: dict[str, Any] = {"cidr_block": SUBNETS[number]} | ({"ipv6_cidr_block": SUBNETS6[number]} if net.six else {})
        yield block(f'resource "aws_subnet" "s{number}"', vpc | own)
        yield block(f'resource "aws_route_table" "t{number}"', vpc)
        names: dict[str, Any] = {
            "subnet_id": f"aws_subnet.s{number}.id",
            "route_table_id": f"aws_route_table.t{number}.id",
        }
        yield block(f'resource "aws_route_table_association" "s{number}"', names)
        for n, (destination, target) in enumerate(routes):
            key = cidr_key(destination, "destination_cidr_block", "destination_ipv6_cidr_block")
            values = {"route_table_id": names["route_table_id"], key: destination, TARGETS[target][0]: TARGETS[target][1]}
            yield block(f'resource "aws_route" "t{number}_{n}"', values)
    yield from groups_of(net, vpc)
    for number, acl in enumerate(net.acls):
        yield from acl_blocks(acl, number, vpc)
    for number, port in enumerate(net.interfaces):
        groups = [f"aws_security_group.g{one}.id" for one in port.groups]
        flag: dict[str, Any] = {"source_dest_check": False} if port.forwards else {}
        values = {"subnet_id": f"aws_subnet.s{port.subnet}.id", "security_groups": groups}
        yield block(f'resource "aws_network_interface" "e{number}"', values | flag)


def groups_of(net: Drawn, vpc: dict[str, Any]) -> Iterator[str]:
    """
    Yield the groups and the rules beside them.
    """
    for number in range(net.groups):
        mine = [rule for rule in net.rules if rule.group == number]
        inner = [block(rule.way, plain(rule) | many(rule)) for rule in mine if rule.style == INLINE]
        yield block(f'resource "aws_security_group" "g{number}"', vpc, inner)
        owner: dict[str, Any] = {"security_group_id": f"aws_security_group.g{number}.id"}
        for n, rule in enumerate(mine):
            if rule.style == ALONE:
                peers = many(rule)
                if "security_groups" in peers:
                    peers = {"source_security_group_id": f"aws_security_group.g{rule.peers}.id"}
                yield block(
                    f'resource "aws_security_group_rule" "g{number}_{n}"', owner | {"type": rule.way} | plain(rule) | peers
                )
            elif rule.style == ONE_PEER:
                head = {"ip_protocol": rule.protocol}
                ports = {} if rule.protocol == "-1" else {"from_port": rule.ports[0], "to_port": rule.ports[1]}
                if isinstance(rule.peers, int):
                    peer: dict[str, Any] = {"referenced_security_group_id": f"aws_security_group.g{rule.peers}.id"}
                else:
                    peer = {cidr_key(rule.peers[0], "cidr_ipv4", "cidr_ipv6"): rule.peers[0]}
                yield block(f'resource "aws_vpc_security_group_{rule.way}_rule" "g{number}_{n}"', owner | head | ports | peer)


def plain(rule: Rule) -> dict[str, Any]:
    """
    Return the protocol and ports of a rule.
    """
    return {"protocol": rule.protocol, "from_port": rule.ports[0], "to_port": rule.ports[1]}


def many(rule: Rule) -> dict[str, Any]:
    """
    Return the peers of a rule as lists.
    """
    if isinstance(rule.peers, int):
        return {"security_groups": [f"aws_security_group.g{rule.peers}.id"]}
    return {cidr_key(rule.peers[0], "cidr_blocks", "ipv6_cidr_blocks"): list(rule.peers)}


def acl_blocks(acl: Acl, number: int, vpc: dict[str, Any]) -> Iterator[str]:
    """
    Yield a network ACL, its rules in it or beside it.
    """
    subnets = {"subnet_ids": [f"aws_subnet.s{one}.id" for one in acl.subnets]}
    texts, beside = [], []
    for n, one in enumerate(acl.entries):
        key = cidr_key(one.peer, "cidr_block", "ipv6_cidr_block")
        ends = {key: one.peer, "from_port": one.ports[0], "to_port": one.ports[1]}
        ends |= {"icmp_type": -1, "icmp_code": -1} if one.protocol == "icmp" else {}
        action = "allow" if one.allow else "deny"
        texts.append(block(one.way, {"rule_no": one.number, "action": action, "protocol": one.protocol} | ends))
        values = {"network_acl_id": f"aws_network_acl.a{number}.id", "rule_number": one.number, "rule_action": action}
        egress = {"egress": one.way == "egress", "protocol": one.protocol}
        beside.append(block(f'resource "aws_network_acl_rule" "a{number}_{n}"', values | egress | ends))
    yield block(f'resource "aws_network_acl" "a{number}"', vpc | subnets, texts if acl.inline else ())
    yield from () if acl.inline else beside


def template(net: Drawn) -> dict[str, Any]:
    """
    Return the network as the data of a template of CloudFormation.
    """
    made = Resources()
    hub = {"Ref": "Hub"}
    made.add("Hub", "VPC", CidrBlock=VPC)
    if net.six:
        made.add("Hub6", "VPCCidrBlock", VpcId=hub, Ipv6CidrBlock=VPC6, Ipv6Pool="ipv6pool-ec2-0123456789abcdef0")
    made.add("Inspect", "VPCEndpoint", VpcId=hub, VpcEndpointType="GatewayLoadBalancer", ServiceName="x")
    if net.attached:
        subnets = [{"Ref": "S0"}]
        made.add("Attachment", "TransitGatewayAttachment", VpcId=hub, SubnetIds=subnets, TransitGatewayId=TARGETS["tgw"][1])
    for number, routes in enumerate(net.routes):
        routed(made, net, number, routes)
    for number in range(net.groups):
        grouped(made, number, [rule for rule in net.rules if rule.group == number])
    for number, acl in enumerate(net.acls):
        filtered(made, number, acl)
    for number, port in enumerate(net.interfaces):
        groups = [{"Fn::GetAtt": [f"G{one}", "GroupId"]} for one in port.groups]
        flag = {"SourceDestCheck": False} if port.forwards else {}
        made.add(f"E{number}", "NetworkInterface", SubnetId={"Ref": f"S{port.subnet}"}, GroupSet=groups, **flag)
    return {"Resources": made.found}


@dataclass(frozen=True, slots=True)
class Resources:
    """
    The resources of a template.
    """

    found: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, kind: str, **properties: object) -> dict[str, Any]:
        """
        Add a resource, and return its properties.
        """
        self.found[name] = {"Type": f"AWS::EC2::{kind}", "Properties": properties}
        return properties


def routed(made: Resources, net: Drawn, number: int, routes: Sequence[tuple[str, str]]) -> None:
    """
    Add a subnet and its routes.
    """
    own = {"CidrBlock": SUBNETS[number]} | ({"Ipv6CidrBlock": SUBNETS6[number]} if net.six else {})
    made.add(f"S{number}", "Subnet", VpcId={"Ref": "Hub"}, **own)
    made.add(f"T{number}", "RouteTable", VpcId={"Ref": "Hub"})
    names = {"SubnetId": {"Ref": f"S{number}"}, "RouteTableId": {"Ref": f"T{number}"}}
    made.add(f"TS{number}", "SubnetRouteTableAssociation", **names)
    for n, (destination, target) in enumerate(routes):
        to = {"Ref": "Inspect"} if target == "gwlbe" else TARGETS[target][1]
        key = cidr_key(destination, "DestinationCidrBlock", "DestinationIpv6CidrBlock")
        values = {key: destination, PROPERTIES[target]: to}
        made.add(f"R{number}{n}", "Route", RouteTableId=names["RouteTableId"], **values)


def grouped(made: Resources, number: int, mine: Sequence[Rule]) -> None:
    """
    Add a group and its rules; without any for what goes out AWS would add one for everyone.
    """
    held = made.add(f"G{number}", "SecurityGroup", GroupDescription="g", VpcId={"Ref": "Hub"})
    for way in ("ingress", "egress"):
        inside = [each for rule in mine if rule.way == way and rule.style == INLINE for each in items(rule)]
        if inside:
            held[f"SecurityGroup{way.capitalize()}"] = inside
    nobody = {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "CidrIp": "127.0.0.1/32"}
    held.setdefault("SecurityGroupEgress", [nobody])
    owner = {"Fn::GetAtt": [f"G{number}", "GroupId"]}
    for n, rule in enumerate(one for one in mine if one.style != INLINE):
        for m, each in enumerate(items(rule)):
            made.add(f"G{number}r{n}{m}", f"SecurityGroup{rule.way.capitalize()}", GroupId=owner, **each)


def filtered(made: Resources, number: int, acl: Acl) -> None:
    """
    Add a network ACL with its rules.
    """
    made.add(f"A{number}", "NetworkAcl", VpcId={"Ref": "Hub"})
    own = {"Ref": f"A{number}"}
    for one in acl.subnets:
        made.add(f"AS{number}{one}", "SubnetNetworkAclAssociation", SubnetId={"Ref": f"S{one}"}, NetworkAclId=own)
    for n, entry in enumerate(acl.entries):
        made.add(f"A{number}e{n}", "NetworkAclEntry", NetworkAclId=own, **entry_of(entry))


def items(rule: Rule) -> Iterator[dict[str, Any]]:
    """
    Yield a rule as templates have it, once for each peer.
    """
    head: dict[str, Any] = {"IpProtocol": rule.protocol}
    head |= {} if rule.protocol == "-1" else {"FromPort": rule.ports[0], "ToPort": rule.ports[1]}
    if isinstance(rule.peers, int):
        key = "SourceSecurityGroupId" if rule.way == "ingress" else "DestinationSecurityGroupId"
        yield head | {key: {"Fn::GetAtt": [f"G{rule.peers}", "GroupId"]}}
        return
    for peer in rule.peers:
        yield head | {cidr_key(peer, "CidrIp", "CidrIpv6"): peer}


def entry_of(one: Entry) -> dict[str, Any]:
    """
    Return a rule of a network ACL as templates have it.
    """
    found: dict[str, Any] = {
        "RuleNumber": one.number,
        "Protocol": {"-1": -1, "tcp": 6, "udp": 17, "icmp": 1}[one.protocol],
        "RuleAction": "allow" if one.allow else "deny",
        "Egress": one.way == "egress",
        cidr_key(one.peer, "CidrBlock", "Ipv6CidrBlock"): one.peer,
    }
    found |= {"PortRange": {"From": one.ports[0], "To": one.ports[1]}} if one.protocol in {"tcp", "udp"} else {}
    return found | ({"Icmp": {"Type": -1, "Code": -1}} if one.protocol == "icmp" else {})


def as_yaml(net: Drawn) -> str:
    """
    Return the network as a template in YAML.
    """
    return yaml.safe_dump(json.loads(json.dumps(template(net))), sort_keys=False)


def as_json(net: Drawn) -> str:
    """
    Return the network as a template in JSON.
    """
    return json.dumps(template(net), indent=2) + "\n"
