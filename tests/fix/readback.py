"""
The text of a network as the packet interpreter takes it, read by other means than those of the tool.

It reads what tests/fix/drawn.py writes and what is added to it: plain values and references, in one file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from typing import Any

import yaml

from tests.packet import EVERY, ICMP, IN, OUT, TCP, UDP, AclRule, Address, Cidr, Interface, Route, Rule

PROTOCOLS = {"-1": EVERY, "tcp": TCP, "udp": UDP, "icmp": ICMP, "6": TCP, "17": UDP, "1": ICMP}
WAYS = {"ingress": IN, "egress": OUT}
HEAD = re.compile(r'(?:resource "(\w+)" "(\w+)"|(\w+)) \{')
REFERENCE = re.compile(r"\w+\.(\w+)(?:\.\w+)?")
KINDS = {
    "transit_gateway_id": "transit-gateway",
    "nat_gateway_id": "nat-gateway",
    "gateway_id": "internet-gateway",
    "vpc_endpoint_id": "gwlb-endpoint",
    "egress_only_gateway_id": "egress-only-internet-gateway",
}


@dataclass(slots=True)
class Body:
    """
    What stands in a block: values by their names, and blocks by theirs.
    """

    values: dict[str, Any] = field(default_factory=dict)
    blocks: list[tuple[str, Body]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Port:
    """
    An interface: the addresses that it has, its groups, and what packets meet.
    """

    addresses: tuple[Address, ...]
    groups: tuple[str, ...]
    neighbours: tuple[Cidr, ...]
    interface: Interface

    def of(self, peer: Address) -> Interface:
        """
        Return the interface as a peer of this family meets it.
        """
        own = next((one for one in self.neighbours if one.version == peer.version), None)
        return replace(self.interface, neighbours=own)


@dataclass(slots=True)
class Parts:
    """
    What a text is made of, by names.
    """

    subnets: dict[str, list[Cidr]] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    routes: dict[str, list[Route]] = field(default_factory=dict)
    rules: dict[str, list[Rule]] = field(default_factory=dict)
    acls: dict[str, str] = field(default_factory=dict)
    entries: dict[str, list[AclRule]] = field(default_factory=dict)
    interfaces: dict[str, tuple[str, list[str]]] = field(default_factory=dict)

    def ports(self) -> dict[str, Port]:
        """
        Return the interfaces by their names, each with an address of its own.
        """
        return {name: self.port(number, *found) for number, (name, found) in enumerate(self.interfaces.items())}

    def port(self, number: int, subnet: str, groups: list[str]) -> Port:
        """
        Return an interface.
        """
        own = self.subnets[subnet]
        local = [Route(ip_network("10.0.0.0/16"), "local"), Route(ip_network("fd00::/56"), "local")]
        acl = self.entries.get(self.acls[subnet], []) if subnet in self.acls else None
        found = Interface(
            [rule for group in groups for rule in self.rules.get(group, ())],
            local + self.routes.get(self.tables[subnet], []),
            acl=acl,
        )
        return Port(tuple(each[16 + number] for each in own), tuple(groups), tuple(own), found)


def lines_of(text: str) -> Body:
    """
    Return the blocks of a Terraform file.
    """
    top = Body()
    stack = [top]
    for line in map(str.strip, text.split("\n")):
        if head := HEAD.fullmatch(line):
            made = Body()
            stack[-1].blocks.append((f"{head[1]} {head[2]}" if head[1] else head[3], made))
            stack.append(made)
        elif line == "}":
            stack.pop()
        elif line:
            name, _, value = line.partition("=")
            stack[-1].values[name.strip()] = plain(value.strip())
    assert len(stack) == 1
    return top


def plain(text: str) -> Any:
    """
    Return a value, references as the name of what they lead to.
    """
    if text.startswith("["):
        return [plain(one.strip()) for one in text[1:-1].split(",") if one.strip()]
    if text.startswith('"'):
        return text[1:-1]
    if text in {"true", "false"}:
        return text == "true"
    found = REFERENCE.fullmatch(text)
    return found[1] if found else int(text)


def from_terraform(text: str) -> dict[str, Port]:
    """
    Return the interfaces of a Terraform file by their addresses.
    """
    parts = Parts()
    for head, body in lines_of(text).blocks:
        kind, name = head.split()
        values = body.values
        if kind == "aws_subnet":
            parts.subnets[name] = [ip_network(values[key]) for key in ("cidr_block", "ipv6_cidr_block") if key in values]
        elif kind == "aws_route_table_association":
            parts.tables[values["subnet_id"]] = values["route_table_id"]
        elif kind == "aws_route":
            where = values.get("destination_cidr_block") or values["destination_ipv6_cidr_block"]
            to = next(key for key in KINDS if key in values)
            parts.routes.setdefault(values["route_table_id"], []).append(Route(ip_network(where), KINDS[to]))
        elif kind in {"aws_network_acl", "aws_network_acl_rule"}:
            acl_of(parts, name, body)
        elif kind == "aws_network_interface":
            parts.interfaces[f"{kind}.{name}"] = (values["subnet_id"], values["security_groups"])
        else:
            rules_of(parts, kind, name, body)
    return parts.ports()


def rules_of(parts: Parts, kind: str, name: str, body: Body) -> None:
    """
    Take in the rules of a group.
    """
    if kind == "aws_security_group":
        for way, inner in body.blocks:
            parts.rules.setdefault(name, []).extend(rules_in(way, inner.values))
    elif kind == "aws_security_group_rule":
        parts.rules.setdefault(body.values["security_group_id"], []).extend(rules_in(body.values["type"], body.values))
    elif kind.startswith("aws_vpc_security_group_"):
        way = kind.split("_")[4]
        parts.rules.setdefault(body.values["security_group_id"], []).extend(rules_in(way, body.values))


def rules_in(way: str, values: Mapping[str, Any]) -> Iterator[Rule]:
    """
    Yield what one written rule says, once for each peer.
    """
    protocol = PROTOCOLS[str(values.get("protocol", values.get("ip_protocol")))]
    first, last = (values["from_port"], values["to_port"]) if protocol in {TCP, UDP} else (0, 65535)
    for key in ("cidr_blocks", "ipv6_cidr_blocks"):
        for one in values.get(key, ()):
            yield Rule(WAYS[way], protocol, ip_network(one), first, last)
    for key in ("cidr_ipv4", "cidr_ipv6"):
        if key in values:
            yield Rule(WAYS[way], protocol, ip_network(values[key]), first, last)
    groups = [values[key] for key in ("source_security_group_id", "referenced_security_group_id") if key in values]
    for one in (*values.get("security_groups", ()), *groups):
        yield Rule(WAYS[way], protocol, one, first, last)


def acl_of(parts: Parts, name: str, body: Body) -> None:
    """
    Take in a network ACL, or a rule of one.
    """
    for subnet in body.values.get("subnet_ids", ()):
        parts.acls[subnet] = name
    parts.entries.setdefault(body.values.get("network_acl_id", name), [])
    found = [(way, inner.values) for way, inner in body.blocks]
    if "network_acl_id" in body.values:
        found = [("egress" if body.values["egress"] else "ingress", body.values)]
    for way, values in found:
        protocol = PROTOCOLS[str(values["protocol"])]
        first, last = (values["from_port"], values["to_port"]) if protocol in {TCP, UDP} else (0, 65535)
        number = values["rule_no" if "rule_no" in values else "rule_number"]
        action = values["action" if "action" in values else "rule_action"]
        peer = ip_network(values.get("cidr_block") or values["ipv6_cidr_block"])
        made = AclRule(number, WAYS[way], action == "allow", protocol, peer, first, last)
        parts.entries[body.values.get("network_acl_id", name)].append(made)


class Loader(yaml.SafeLoader):
    """
    Reads references as the name of what they lead to.
    """


def function(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> Any:
    """
    Return what a short function leads to.
    """
    assert name in {"Ref", "GetAtt"}
    assert isinstance(node, yaml.ScalarNode)
    return {"Ref": loader.construct_scalar(node).split(".")[0]}


Loader.add_multi_constructor("!", function)


def named(value: Any) -> Any:
    """
    Return data with each reference as the name of what it leads to.
    """
    if isinstance(value, dict):
        if set(value) == {"Ref"}:
            return value["Ref"]
        if set(value) == {"Fn::GetAtt"}:
            return value["Fn::GetAtt"][0] if isinstance(value["Fn::GetAtt"], list) else value["Fn::GetAtt"].split(".")[0]
        return {key: named(one) for key, one in value.items()}
    return [named(one) for one in value] if isinstance(value, list) else value


def from_template(text: str) -> dict[str, Port]:
    """
    Return the interfaces of a template by their names.
    """
    parts = Parts()
    resources = named(yaml.load(text, Loader))["Resources"]  # noqa: S506 -- a loader that constructs plain data
    for name, one in resources.items():
        kind, values = one["Type"].removeprefix("AWS::EC2::"), one["Properties"]
        if kind == "Subnet":
            parts.subnets[name] = [ip_network(values[key]) for key in ("CidrBlock", "Ipv6CidrBlock") if key in values]
        elif kind == "SubnetRouteTableAssociation":
            parts.tables[values["SubnetId"]] = values["RouteTableId"]
        elif kind == "Route":
            where = values.get("DestinationCidrBlock") or values["DestinationIpv6CidrBlock"]
            words = {key.replace("_", "").replace("egressonly", "egressonlyinternet"): found for key, found in KINDS.items()}
            to = next(words[key.lower()] for key in values if key.lower() in words)
            parts.routes.setdefault(values["RouteTableId"], []).append(Route(ip_network(where), to))
        elif kind in {"SubnetNetworkAclAssociation", "NetworkAcl", "NetworkAclEntry"}:
            entry_of(parts, name, kind, values)
        elif kind == "NetworkInterface":
            parts.interfaces[name] = (values["SubnetId"], values["GroupSet"])
        elif kind.startswith("SecurityGroup"):
            for way in ("Ingress", "Egress"):
                owner = name if kind == "SecurityGroup" else values["GroupId"]
                held = (
                    values.get(f"SecurityGroup{way}", ())
                    if kind == "SecurityGroup"
                    else (values,)
                    if kind.endswith(way)
                    else ()
                )
                parts.rules.setdefault(owner, []).extend(item_of(way.lower(), each) for each in held)
    return parts.ports()


def item_of(way: str, values: Mapping[str, Any]) -> Rule:
    """
    Return a rule of a group.
    """
    protocol = PROTOCOLS[str(values["IpProtocol"])]
    first, last = (int(values["FromPort"]), int(values["ToPort"])) if protocol in {TCP, UDP} else (0, 65535)
    cidr = values.get("CidrIp") or values.get("CidrIpv6")
    group = values.get("SourceSecurityGroupId") or values.get("DestinationSecurityGroupId")
    return Rule(WAYS[way], protocol, ip_network(cidr) if cidr else str(group), first, last)


def entry_of(parts: Parts, name: str, kind: str, values: Mapping[str, Any]) -> None:
    """
    Take in a network ACL, an entry of one, or which subnet has which.
    """
    if kind == "SubnetNetworkAclAssociation":
        parts.acls[values["SubnetId"]] = values["NetworkAclId"]
    elif kind == "NetworkAcl":
        parts.entries.setdefault(name, [])
    else:
        ports = values.get("PortRange", {"From": 0, "To": 65535})
        peer = ip_network(values.get("CidrBlock") or values["Ipv6CidrBlock"])
        way = OUT if values["Egress"] else IN
        protocol = PROTOCOLS[str(values["Protocol"])]
        made = AclRule(values["RuleNumber"], way, values["RuleAction"] == "allow", protocol, peer, ports["From"], ports["To"])
        parts.entries.setdefault(values["NetworkAclId"], []).append(made)
