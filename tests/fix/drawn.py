"""
Random networks of one VPC, and their text in each language: what a person might have, and a fix has to cope with.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from hypothesis import strategies as st

VPC, SUBNETS = "10.0.0.0/16", ("10.0.1.0/24", "10.0.2.0/24")
VPC6, SUBNETS6 = "fd00::/56", ("fd00:0:0:1::/64", "fd00:0:0:2::/64")
EVERYONE = ("0.0.0.0/0", "::/0")
PEERS = (
    *4 * ("0.0.0.0/0",),
    *3 * ("10.0.0.0/8",),
    "10.0.0.0/16",
    "10.0.2.0/24",
    "10.1.0.0/16",
    "10.1.2.3/32",
    "0.0.0.0/1",
    "192.168.0.0/16",
)
PEERS6 = (*3 * ("::/0",), "fd00::/8", "fd00:0:0:2::/64", "fd01::/32")
PORTS = ((0, 65535), (0, 65535), (1024, 65535), (1, 65535), (443, 443), (6081, 6081), (0, 0), (65535, 65535), (32768, 60999))
DESTINATIONS = (*2 * ("0.0.0.0/0",), *3 * ("10.0.0.0/8",), "10.1.0.0/16", "192.168.0.0/16", "10.1.2.0/24")
DESTINATIONS6 = ("::/0", "fd00::/8", "fd01::/32")
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
INLINE, ALONE, ONE_PEER = "inline", "alone", "one peer"


@dataclass(frozen=True, slots=True)
class Rule:
    """
    A rule of a security group; `peers` are CIDRs of one family, or the number of a group.
    """

    group: int
    way: str
    protocol: str
    peers: tuple[str, ...] | int
    ports: tuple[int, int]
    style: str


@dataclass(frozen=True, slots=True)
class Entry:
    """
    A rule of a network ACL.
    """

    number: int
    way: str
    allow: bool
    protocol: str
    peer: str
    ports: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Acl:
    """
    A network ACL of some subnets.
    """

    subnets: tuple[int, ...]
    entries: tuple[Entry, ...]
    inline: bool


@dataclass(frozen=True, slots=True)
class Port:
    """
    An interface: its subnet, its groups, and whether it forwards.
    """

    subnet: int
    groups: tuple[int, ...]
    forwards: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """
    A network: `routes` are those of each subnet, a destination and what it leads to.
    """

    six: bool
    routes: tuple[tuple[tuple[str, str], ...], ...]
    groups: int
    rules: tuple[Rule, ...]
    acls: tuple[Acl, ...]
    interfaces: tuple[Port, ...]
    attached: bool


@st.composite
def rules(draw: st.DrawFn, groups: int, *, six: bool) -> Rule:
    """
    Draw a rule.
    """
    group, way = draw(st.integers(0, groups - 1)), draw(st.sampled_from(("ingress", "ingress", "egress")))
    protocol = draw(st.sampled_from(("-1", "-1", "tcp", "tcp", "udp", "udp", "icmp")))
    ports = draw(st.sampled_from(PORTS)) if protocol in {"tcp", "udp"} else (-1, -1) if protocol == "icmp" else (0, 0)
    style = draw(st.sampled_from((INLINE, INLINE, ALONE, ONE_PEER)))
    kind = draw(st.sampled_from(("one", "one", "one", "one", "two", "six", "group")))
    peers: tuple[str, ...] | int = (draw(st.sampled_from(PEERS)),)
    if kind == "two" and style != ONE_PEER:
        peers = draw(st.sampled_from((("0.0.0.0/1", "128.0.0.0/1"), ("10.0.0.0/8", "192.168.0.0/16"))))
    elif kind == "six" and six and protocol != "icmp":
        peers = (draw(st.sampled_from(PEERS6)),)
    elif kind == "group":
        peers = draw(st.integers(0, groups - 1))
    return Rule(group, way, protocol, peers, ports, style)


@st.composite
def acls(draw: st.DrawFn, subnets: tuple[int, ...], *, six: bool) -> Acl:
    """
    Draw a network ACL; many let everything out.
    """
    entries = []
    for way in ("ingress", "egress"):
        numbers = draw(st.lists(st.sampled_from(range(10, 200, 10)), max_size=4, unique=True))
        for number in sorted(numbers):
            protocol = draw(st.sampled_from(("-1", "tcp", "udp", "icmp")))
            ports = draw(st.sampled_from(PORTS)) if protocol in {"tcp", "udp"} else (0, 0)
            peer = draw(st.sampled_from(PEERS6 if six and protocol != "icmp" and draw(st.integers(0, 3)) == 0 else PEERS))
            allow = draw(st.sampled_from((True, True, False)))
            entries.append(Entry(number, way, allow, protocol, peer, ports))
        if draw(st.booleans()):
            entries.append(Entry(200, way, allow=True, protocol="-1", peer="0.0.0.0/0", ports=(0, 0)))
    return Acl(subnets, tuple(entries), draw(st.booleans()))


@st.composite
def networks(draw: st.DrawFn) -> Drawn:
    """
    Draw a network with a route to a transit gateway or Gateway Load Balancer endpoint.
    """
    six = draw(st.integers(0, 3)) == 0
    routes = []
    for number in range(2):
        found: dict[str, str] = {}
        for _ in range(draw(st.integers(0 if number else 1, 3))):
            if six and draw(st.integers(0, 2)) == 0:
                found[draw(st.sampled_from(DESTINATIONS6))] = draw(st.sampled_from(("tgw", "tgw", "eigw", "gwlbe")))
            else:
                found[draw(st.sampled_from(DESTINATIONS))] = draw(st.sampled_from(("tgw", "tgw", "tgw", "gwlbe", "nat", "igw")))
        routes.append(tuple(found.items()))
    groups = draw(st.integers(1, 3))
    made = draw(st.lists(rules(groups, six=six), min_size=1, max_size=6))
    for group in range(groups):
        if draw(st.integers(0, 3)):
            made.append(Rule(group, "egress", "-1", ("0.0.0.0/0",), (0, 0), INLINE))
    listed: list[Acl] = []
    for subnets in draw(st.sampled_from(((), (), ((0,),), ((0, 1),), ((0,), (1,))))):
        listed.append(draw(acls(subnets, six=six)))
    ports = draw(
        st.lists(
            st.builds(
                Port,
                st.sampled_from((0, 0, 1)),
                st.lists(st.integers(0, groups - 1), min_size=1, max_size=2, unique=True).map(tuple),
                st.sampled_from((True, True, False)),
            ),
            min_size=1,
            max_size=3,
        )
    )
    kept = tuple(dict.fromkeys(made))
    return Drawn(six, tuple(routes), groups, one_style(kept), tuple(listed), tuple(ports), draw(st.booleans()))


def one_style(made: Sequence[Rule]) -> tuple[Rule, ...]:
    """
    Return the rules, all of a group either in it or beside it, as the provider wants them.
    """
    inside = {rule.group for rule in made if rule.style == INLINE}
    return tuple(Rule(one.group, one.way, one.protocol, one.peers, one.ports, INLINE if one.group in inside else one.style) for one in made)


def quoted(value: object) -> str:
    """
    Return a value as HCL has it.
    """
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(quoted, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) or str(value).startswith("aws_") else f'"{value}"'


def block(head: str, values: dict[str, object], inner: Sequence[str] = ()) -> str:
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
    vpc: dict[str, object] = {"vpc_id": "aws_vpc.hub.id"}
    yield block('resource "aws_vpc" "hub"', {"cidr_block": VPC} | ({"ipv6_cidr_block": VPC6} if net.six else {}))
    yield block('resource "aws_vpc_endpoint" "inspect"', vpc | {"vpc_endpoint_type": "GatewayLoadBalancer", "service_name": "x"})
    if net.attached:
        subnets = {"subnet_ids": ["aws_subnet.s0.id"], "transit_gateway_id": TARGETS["tgw"][1]}
        yield block('resource "aws_ec2_transit_gateway_vpc_attachment" "hub"', vpc | subnets)
    for number, routes in enumerate(net.routes):
        own: dict[str, object] = {"cidr_block": SUBNETS[number]} | ({"ipv6_cidr_block": SUBNETS6[number]} if net.six else {})
        yield block(f'resource "aws_subnet" "s{number}"', vpc | own)
        yield block(f'resource "aws_route_table" "t{number}"', vpc)
        names: dict[str, object] = {"subnet_id": f"aws_subnet.s{number}.id", "route_table_id": f"aws_route_table.t{number}.id"}
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
        flag: dict[str, object] = {"source_dest_check": False} if port.forwards else {}
        values = {"subnet_id": f"aws_subnet.s{port.subnet}.id", "security_groups": groups}
        yield block(f'resource "aws_network_interface" "e{number}"', values | flag)


def groups_of(net: Drawn, vpc: dict[str, object]) -> Iterator[str]:
    """
    Yield the groups and the rules beside them.
    """
    for number in range(net.groups):
        mine = [rule for rule in net.rules if rule.group == number]
        inner = [block(rule.way, plain(rule) | many(rule)) for rule in mine if rule.style == INLINE]
        yield block(f'resource "aws_security_group" "g{number}"', vpc, inner)
        owner: dict[str, object] = {"security_group_id": f"aws_security_group.g{number}.id"}
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
                    peer: dict[str, object] = {"referenced_security_group_id": f"aws_security_group.g{rule.peers}.id"}
                else:
                    peer = {cidr_key(rule.peers[0], "cidr_ipv4", "cidr_ipv6"): rule.peers[0]}
                yield block(f'resource "aws_vpc_security_group_{rule.way}_rule" "g{number}_{n}"', owner | head | ports | peer)


def plain(rule: Rule) -> dict[str, object]:
    """
    Return the protocol and ports of a rule.
    """
    return {"protocol": rule.protocol, "from_port": rule.ports[0], "to_port": rule.ports[1]}


def many(rule: Rule) -> dict[str, object]:
    """
    Return the peers of a rule as lists.
    """
    if isinstance(rule.peers, int):
        return {"security_groups": [f"aws_security_group.g{rule.peers}.id"]}
    return {cidr_key(rule.peers[0], "cidr_blocks", "ipv6_cidr_blocks"): list(rule.peers)}


def acl_blocks(acl: Acl, number: int, vpc: dict[str, object]) -> Iterator[str]:
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
    made: dict[str, Any] = {}

    def add(name: str, kind: str, **properties: object) -> dict[str, Any]:
        made[name] = {"Type": f"AWS::EC2::{kind}", "Properties": properties}
        return made[name]["Properties"]  # type: ignore[no-any-return] # it was just put there

    hub = {"Ref": "Hub"}
    add("Hub", "VPC", CidrBlock=VPC)
    add("Inspect", "VPCEndpoint", VpcId=hub, VpcEndpointType="GatewayLoadBalancer", ServiceName="x")
    if net.attached:
        add("Attachment", "TransitGatewayAttachment", VpcId=hub, SubnetIds=[{"Ref": "S0"}], TransitGatewayId=TARGETS["tgw"][1])
    for number, routes in enumerate(net.routes):
        own = {"CidrBlock": SUBNETS[number]} | ({"Ipv6CidrBlock": SUBNETS6[number]} if net.six else {})
        add(f"S{number}", "Subnet", VpcId=hub, **own)
        add(f"T{number}", "RouteTable", VpcId=hub)
        names = {"SubnetId": {"Ref": f"S{number}"}, "RouteTableId": {"Ref": f"T{number}"}}
        add(f"TS{number}", "SubnetRouteTableAssociation", **names)
        for n, (destination, target) in enumerate(routes):
            to = {"Ref": "Inspect"} if target == "gwlbe" else TARGETS[target][1]
            key = cidr_key(destination, "DestinationCidrBlock", "DestinationIpv6CidrBlock")
            add(f"R{number}{n}", "Route", RouteTableId=names["RouteTableId"], **{key: destination, PROPERTIES[target]: to})
    for number in range(net.groups):
        mine = [rule for rule in net.rules if rule.group == number]
        held = add(f"G{number}", "SecurityGroup", GroupDescription="g", VpcId=hub)
        for way in ("ingress", "egress"):
            inside = [each for rule in mine if rule.way == way and rule.style == INLINE for each in items(rule)]
            if inside:
                held[f"SecurityGroup{way.capitalize()}"] = inside
        if "SecurityGroupEgress" not in held:
            held["SecurityGroupEgress"] = [{"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "CidrIp": "127.0.0.1/32"}]
        for n, rule in enumerate(one for one in mine if one.style != INLINE):
            for m, each in enumerate(items(rule)):
                add(f"G{number}r{n}{m}", f"SecurityGroup{rule.way.capitalize()}", GroupId={"Fn::GetAtt": [f"G{number}", "GroupId"]}, **each)
    for number, acl in enumerate(net.acls):
        add(f"A{number}", "NetworkAcl", VpcId=hub)
        for one in acl.subnets:
            ids = {"SubnetId": {"Ref": f"S{one}"}, "NetworkAclId": {"Ref": f"A{number}"}}
            add(f"AS{number}{one}", "SubnetNetworkAclAssociation", **ids)
        for n, entry in enumerate(acl.entries):
            add(f"A{number}e{n}", "NetworkAclEntry", NetworkAclId={"Ref": f"A{number}"}, **entry_of(entry))
    for number, port in enumerate(net.interfaces):
        groups = [{"Fn::GetAtt": [f"G{one}", "GroupId"]} for one in port.groups]
        flag = {"SourceDestCheck": False} if port.forwards else {}
        add(f"E{number}", "NetworkInterface", SubnetId={"Ref": f"S{port.subnet}"}, GroupSet=groups, **flag)
    return {"Resources": made}


def items(rule: Rule) -> Iterator[dict[str, object]]:
    """
    Yield a rule as templates have it, once for each peer.
    """
    head: dict[str, object] = {"IpProtocol": rule.protocol}
    head |= {} if rule.protocol == "-1" else {"FromPort": rule.ports[0], "ToPort": rule.ports[1]}
    if isinstance(rule.peers, int):
        key = "SourceSecurityGroupId" if rule.way == "ingress" else "DestinationSecurityGroupId"
        yield head | {key: {"Fn::GetAtt": [f"G{rule.peers}", "GroupId"]}}
        return
    for peer in rule.peers:
        yield head | {cidr_key(peer, "CidrIp", "CidrIpv6"): peer}


def entry_of(one: Entry) -> dict[str, object]:
    """
    Return a rule of a network ACL as templates have it.
    """
    found: dict[str, object] = {
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
