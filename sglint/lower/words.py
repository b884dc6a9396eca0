"""
Vocabularies: how services write their subnets and groups, and how one vocabulary is made from another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from sglint.lower.row import Row, Words

T = TypeVar("T")
CLOUDFORMATION = "AWS::"
_CASE = re.compile(r"(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Za-z])")


def at(subnets: str, groups: str, block: str = "") -> Words:
    """
    Return the words of a service that names its subnets and groups itself, both in one block or at the top.
    """
    inside = f"{block}[]." if block else ""
    return {
        "subnets": "|".join(inside + path for path in subnets.split("|")),
        "groups": "|".join(inside + path for path in groups.split("|") if path),
    }


def joined(subnet_group: str, groups: str) -> Words:
    """
    Return the words of a service that lies in a subnet group.
    """
    return {"subnet_group": subnet_group, "groups": groups}


def under(block: str, words: Words) -> Words:
    """
    Return the words of a block that has interfaces of its own.
    """
    return {f"{block}.{name}": path for name, path in words.items()}


def snake(name: str) -> str:
    """
    Return a property name of CloudFormation as Terraform's Cloud Control provider spells it.

    >>> [snake(name) for name in ("Ipv6CidrBlock", "VPCZoneIdentifier", "TargetGroupARNs", "Ec2SubnetId", "EC2Fleet")]
    ['ipv_6_cidr_block', 'vpc_zone_identifier', 'target_group_ar_ns', 'ec_2_subnet_id', 'ec2_fleet']
    """
    return _CASE.sub("_", name).lower()


def cloud_control_kind(kind: str) -> str:
    """
    Return the type of Terraform's Cloud Control provider that is this type of CloudFormation.

    >>> cloud_control_kind("AWS::EC2::VPCCidrBlock"), cloud_control_kind("AWS::ElasticLoadBalancingV2::LoadBalancer")
    ('awscc_ec2_vpc_cidr_block', 'awscc_elasticloadbalancingv2_load_balancer')
    """
    _, service, resource = kind.split("::")
    return f"awscc_{service.lower()}_{snake(resource)}"


def cloud_control(row: Row) -> Row:
    """
    Return the row with the kinds of Terraform's Cloud Control provider, which are CloudFormation's in other letters.

    Where a data source can look a thing up by its identity, the provider's data source can, too.
    """
    native = {kind: words for kind, words in row.kinds.items() if kind.startswith(CLOUDFORMATION)}
    made = {cloud_control_kind(kind): {part: snake(path) for part, path in words.items()} for kind, words in native.items()}
    if any(kind.startswith("data.") and "id" in words for kind, words in row.kinds.items()):
        made |= {f"data.{kind}": {**words, "id": "id"} for kind, words in made.items()}
    own = (f"{kind.removeprefix('awscc_').partition('_')[2]}_id" for kind in map(cloud_control_kind, native))
    identity = dict.fromkeys((*row.identity, *map(snake, row.identity), *own))
    return replace(row, kinds={**row.kinds, **made}, identity=tuple(identity))


def cloud_control_kinds(table: Mapping[str, T]) -> dict[str, T]:
    """
    Return the entries of a table by kind as they hold for Terraform's Cloud Control provider.
    """
    return {cloud_control_kind(kind): item for kind, item in table.items() if kind.startswith(CLOUDFORMATION)}
