"""
A random network that is wholly known, as the resources of Terraform that would make it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sglint.resource import Resource
from sglint.value import Ref
from tests.lower.build import Plain, ref, res
from tests.packet import EVERY, ICMP, ICMP6, IN, TCP, UDP, Interface, Route, Rule
from tests.told import LISTS, SUBNETS, VPC
from tests.worlds import World

TARGETS = {
    "transit-gateway": ("transit_gateway_id", "tgw-{}"),
    "nat-gateway": ("nat_gateway_id", "aws_nat_gateway.{}"),
    "egress-only-internet-gateway": ("egress_only_gateway_id", "eigw-{}"),
    "internet-gateway": ("gateway_id", "igw-{}"),
    "virtual-private-gateway": ("gateway_id", "vgw-{}"),
    "vpc-peering": ("vpc_peering_connection_id", "pcx-{}"),
    "network-interface": ("network_interface_id", "eni-{}"),
    "gwlb-endpoint": ("vpc_endpoint_id", "aws_vpc_endpoint.{}"),
    "network-firewall-endpoint": ("vpc_endpoint_id", "aws_networkfirewall_vpc_endpoint_association.{}"),
}
"""How a route names its target: the argument, and the id or the resource."""
PROTOCOLS = {EVERY: "-1", TCP: "tcp", UDP: "17", ICMP: "icmp", ICMP6: "icmpv6"}
GROUPS = {"sg": "aws_security_group.sg", "sg-clients": "sg-0c11e475"}
LIST_NAMES = {entries: f"aws_ec2_managed_prefix_list.{name}" for name, entries in LISTS.items()}


def spelled(world: World) -> tuple[tuple[Resource, ...], World]:
    """
    Return the resources, and the network with the names that they give to targets and security groups.

    What Terraform cannot say in one resource is left out: listeners, the routes of gateway endpoints, a second subnet.
    """
    truth = world.truths[0]
    kept = [one for one in truth.routes if one.kind in TARGETS or one.kind == "local"]
    routes = [replace(one, name=TARGETS[one.kind][1].format(one.name[-1])) if one.kind in TARGETS else one for one in kept]
    rules = [replace(one, peer=GROUPS[one.peer]) if isinstance(one.peer, str) else one for one in truth.rules]
    truth = replace(truth, routes=routes, rules=rules, serves=None)
    return tuple(resources(truth, world)), World(world.net, (truth,), world.families)


def resources(truth: Interface, world: World) -> Iterator[Resource]:
    """
    Yield the VPC, its subnet and table, what routes lead to, the prefix lists, the groups, and the interface.
    """
    keys = ("cidr_block", "ipv6_cidr_block")[: len(world.families)]
    vpc: Plain = ref("aws_vpc.vpc.id")
    yield res("aws_vpc.vpc", **{key: str(VPC[one]) for key, one in zip(keys, world.families, strict=True)})
    ranges = {key: str(SUBNETS[one][0]) for key, one in zip(keys, world.families, strict=True)}
    yield res("aws_subnet.subnet", vpc_id=vpc, **ranges)
    yield res("aws_route_table.rt", vpc_id=vpc)
    joined = {"subnet_id": ref("aws_subnet.subnet.id"), "route_table_id": ref("aws_route_table.rt.id")}
    yield res("aws_route_table_association.rt", **joined)
    for name in "xy":
        yield res(f"aws_vpc_endpoint.{name}", vpc_id=vpc, vpc_endpoint_type="GatewayLoadBalancer")
    for name, entries in LISTS.items():
        listed = [{"cidr": str(one)} for one in entries]
        yield res(f"aws_ec2_managed_prefix_list.{name}", entry=listed)
    written = dict.fromkeys(route_values(one) for one in truth.routes if one.kind != "local")
    for n, values in enumerate(written):
        yield res(f"aws_route.r{n}", route_table_id=ref("aws_route_table.rt.id"), **dict(values))
    yield from groups(truth.rules)
    both: Plain = [ref("aws_security_group.sg.id"), ref("aws_security_group.sg2.id")]
    if truth.automatic:
        config: Plain = [{"subnet_ids": [ref("aws_subnet.subnet.id")], "security_group_ids": both}]
        yield res("aws_lambda_function.eni", vpc_config=config)
    else:
        yield res("aws_network_interface.eni", subnet_id=ref("aws_subnet.subnet.id"), security_groups=both)


def route_values(route: Route) -> tuple[tuple[str, str | Ref], ...]:
    """
    Return the arguments of a route; the entries of one prefix list give the same.
    """
    argument, name = TARGETS[route.kind][0], route.name
    target: str | Ref = ref(f"{name}.id") if name.startswith("aws_") else name
    if route.listed:
        where: tuple[str, str | Ref] = ("destination_prefix_list_id", ref("aws_ec2_managed_prefix_list.pl-office.id"))
    else:
        key = "destination_cidr_block" if route.destination.version == 4 else "destination_ipv6_cidr_block"
        where = (key, str(route.destination))
    return where, (argument, target)


def groups(rules: Sequence[Rule]) -> Iterator[Resource]:
    """
    Yield two groups: one with its rules inside, one with rules of both kinds of resources beside it.
    """
    inline: dict[str, list[dict[str, Plain]]] = {"ingress": [], "egress": []}
    for n, rule in enumerate(rules):
        protocol = PROTOCOLS.get(rule.protocol, str(rule.protocol))
        every = rule.protocol == EVERY
        ports: dict[str, Plain] = {"from_port": 0 if every else rule.first, "to_port": 0 if every else rule.last}
        word = "ingress" if rule.way == IN else "egress"
        if n % 3 == 0:
            inline[word].append({"protocol": protocol, **ports, **peer_of(rule)})
        elif n % 3 == 1:
            owner: dict[str, Plain] = {"security_group_id": ref("aws_security_group.sg2.id"), "type": word}
            source = {"security_groups": "source_security_group_id"}
            peer: dict[str, Plain] = {
                source.get(key, key): one[0] if key in source else one for key, one in peer_of(rule).items()
            }
            yield res(f"aws_security_group_rule.r{n}", protocol=protocol, **owner, **ports, **peer)
        else:
            owner = {"security_group_id": ref("aws_security_group.sg2.id"), "ip_protocol": protocol}
            names = ("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id")
            keys = ("cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "security_groups")
            one: dict[str, Plain] = {
                name: peer_of(rule)[key][0] for name, key in zip(names, keys, strict=True) if key in peer_of(rule)
            }
            yield res(f"aws_vpc_security_group_{word}_rule.r{n}", **owner, **({} if every else ports), **one)
    yield res("aws_security_group.sg", vpc_id=ref("aws_vpc.vpc.id"), **{key: value for key, value in inline.items() if value})
    yield res("aws_security_group.sg2", vpc_id=ref("aws_vpc.vpc.id"))


def peer_of(rule: Rule) -> dict[str, list[str | Ref]]:
    """
    Return the argument that names the peers of a rule, and their one name.
    """
    if isinstance(rule.peer, str):
        return {"security_groups": [ref(f"{rule.peer}.id") if rule.peer.startswith("aws_") else rule.peer]}
    if isinstance(rule.peer, tuple):
        return {"prefix_list_ids": [ref(f"{LIST_NAMES[rule.peer]}.id")]}
    return {"cidr_blocks" if rule.peer.version == 4 else "ipv6_cidr_blocks": [str(rule.peer)]}
