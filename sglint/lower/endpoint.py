"""
VPC endpoints with interfaces, and Route 53 Resolver endpoints.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sglint.lower import read
from sglint.lower.index import Index
from sglint.lower.interface import given_groups, or_default, perhaps
from sglint.lower.link import follow, part_of, places, pointing, unique
from sglint.lower.row import Row, View
from sglint.lower.target import endpoint_type
from sglint.model import Direction, Interface, Link, Role
from sglint.source import Problem
from sglint.value import Unknown

_DIRECTIONS = {"inbound": Direction.IN, "inbound_delegation": Direction.IN, "outbound": Direction.OUT}
PRIVATELINK = "AWS PrivateLink (interface VPC endpoint)"
ROWS = (
    Row(
        "vpc endpoint",
        {
            "aws_vpc_endpoint": {
                "type": "vpc_endpoint_type",
                "service": "service_name",
                "subnets": "subnet_ids|subnet_configuration[].subnet_id",
                "groups": "security_group_ids",
                "tables": "route_table_ids",
                "vpc": "vpc_id",
                "family": "ip_address_type",
            },
            "data.aws_vpc_endpoint": {"id": "id", "service": "service_name", "vpc": "vpc_id"},
            "AWS::EC2::VPCEndpoint": {
                "type": "VpcEndpointType",
                "service": "ServiceName",
                "subnets": "SubnetIds",
                "groups": "SecurityGroupIds",
                "tables": "RouteTableIds",
                "vpc": "VpcId",
                "family": "IpAddressType",
            },
        },
        ("prefix_list_id",),
    ),
    Row(
        "endpoint service",
        {
            "aws_vpc_endpoint_service": {
                "gateway_balancers": "gateway_load_balancer_arns",
                "network_balancers": "network_load_balancer_arns",
            },
            "data.aws_vpc_endpoint_service": {"service": "service|service_name", "type": "service_type"},
            "AWS::EC2::VPCEndpointService": {
                "gateway_balancers": "GatewayLoadBalancerArns",
                "network_balancers": "NetworkLoadBalancerArns",
            },
        },
        ("service_name", "ServiceId"),
    ),
    Row(
        "endpoint group",
        {
            "aws_vpc_endpoint_security_group_association": {
                "endpoint": "vpc_endpoint_id",
                "groups": "security_group_id",
                "replace": "replace_default_association",
            }
        },
    ),
    Row(
        "endpoint subnet",
        {"aws_vpc_endpoint_subnet_association": {"endpoint": "vpc_endpoint_id", "subnet": "subnet_id"}},
    ),
    Row(
        "resolver endpoint",
        {
            "aws_route53_resolver_endpoint": {
                "subnets": "ip_address[].subnet_id",
                "groups": "security_group_ids",
                "direction": "direction",
            },
            "AWS::Route53Resolver::ResolverEndpoint": {
                "subnets": "IpAddresses[].SubnetId",
                "groups": "SecurityGroupIds",
                "direction": "Direction",
            },
        },
    ),
)


def lower(index: Index) -> Iterator[Interface | Problem]:
    """
    Yield the interfaces of VPC endpoints and Resolver endpoints.
    """
    for one in index.of("vpc endpoint"):
        if not one.resource.kind.startswith("data."):
            yield from _endpoint(index, one)
    for one in index.of("resolver endpoint"):
        subnets = places(index, one.slots("subnets"), one) or (_nowhere(one),)
        groups = or_default(index, given_groups(index, one.slots("groups"), one), subnets, one.at("groups"))
        purpose = _DIRECTIONS.get(read.word(one.value("direction")) or "")
        yield Interface(one.origin, one.resource.kind, Role.RESOLVER, subnets, groups, purpose=purpose)


def _nowhere(one: View) -> Unknown:
    return Unknown(f"{one.address} names no subnet", one.origin.span)


def _endpoint(index: Index, one: View) -> Iterator[Interface]:
    """
    Yield the interfaces of an endpoint that has some with a security group; one of unknown type may have them.
    """
    kind = endpoint_type(index, one)
    if kind in ("gateway", "gatewayloadbalancer"):
        return
    subnets = places(index, one.slots("subnets"), one)
    for more in pointing(index, "endpoint subnet", "endpoint").get(one.address, ()):
        subnets += tuple(perhaps(item, more) for item in places(index, more.slots("subnet"), more))
    if isinstance(kind, Unknown) and not subnets and not one.has("groups"):
        return
    origin = one.origin
    if isinstance(kind, Unknown) and origin.maybe is None:
        origin = replace(origin, maybe=kind)
    subnets = unique(subnets) or (_nowhere(one),)
    automatic = PRIVATELINK if isinstance(kind, Unknown) or kind == "interface" else ""
    purpose = Direction.IN if kind == "interface" else None
    groups = _groups(index, one, subnets)
    yield Interface(origin, one.resource.kind, Role.MANAGED, subnets, groups, automatic, purpose=purpose)


def _groups(index: Index, one: View, subnets: tuple[Link, ...]) -> tuple[Link, ...]:
    """
    Return the groups of an endpoint: its own or the default one, and those that other resources associate.
    """
    own = given_groups(index, one.slots("groups"), one)
    more = pointing(index, "endpoint group", "endpoint").get(one.address, ())
    replaced = any(read.switch(each, "replace", default=False) is True for each in more)
    added = tuple(perhaps(item, each) for each in more for item in given_groups(index, each.slots("groups"), each))
    if not own and not replaced:
        vpc = follow(index, one, "vpc", ("vpc",))
        if isinstance(vpc, str) and vpc in index.views:
            own = (part_of(index, vpc, "default_security_group_id", one.origin.span),)
        own = or_default(index, own, subnets, one.at("groups"))
    return unique((*own, *added))
