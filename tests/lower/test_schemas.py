"""
The table against the schemas of CloudFormation: no type that has interfaces is left out, and no property is misspelled.
"""

from __future__ import annotations

import re

import pytest

from sglint.lower.catalogue import NOT_MODELLED
from sglint.lower.network import TABLE
from sglint.lower.row import paths
from tests.lower.schemas import attributes, properties, read_only, types

SUBNET = re.compile(r"[Ss]ubnet[^.]*$")
GROUP = re.compile(r"(?:[Ss]ecurityGroup[^.]*|(?:^|\.)(?:GroupSet|Groups))$")
NATIVE = sorted(kind for kind in TABLE if kind.startswith("AWS::"))


def test_types_with_a_subnet_and_a_group_are_in_the_table_or_left_out_for_a_reason() -> None:
    both = {
        kind
        for kind in types()
        if any(SUBNET.search(path) for path in properties(kind)) and any(GROUP.search(path) for path in properties(kind))
    }
    assert len(both) > 130
    assert sorted(both - TABLE.keys() - NOT_MODELLED.keys()) == []


@pytest.mark.parametrize("kind", NATIVE)
def test_properties_that_are_read_are_in_the_schema(kind: str) -> None:
    assert sorted(paths(TABLE[kind].kinds[kind]) - attributes(kind)) == []


@pytest.mark.parametrize("kind", sorted(kind for kind in NOT_MODELLED if kind.startswith("AWS::")))
def test_properties_that_say_what_is_left_out_are_in_the_schema(kind: str) -> None:
    assert set(NOT_MODELLED[kind].names) <= properties(kind)


def test_identities_are_attributes_of_some_type_of_their_row() -> None:
    rows = {id(row): row for row in TABLE.values()}.values()
    for row in rows:
        kinds = [kind for kind in row.kinds if kind.startswith("AWS::")]
        returned = {path for kind in kinds for path in attributes(kind)}
        unknown = {name for name in row.identity if name[:1].isupper()} - returned
        assert not unknown, row.noun


@pytest.mark.parametrize(
    ("kind", "attribute"),
    [
        ("AWS::EC2::VPC", "VpcId"),
        ("AWS::EC2::VPC", "DefaultSecurityGroup"),
        ("AWS::EC2::Subnet", "SubnetId"),
        ("AWS::EC2::SecurityGroup", "GroupId"),
        ("AWS::EC2::RouteTable", "RouteTableId"),
        ("AWS::EC2::Instance", "InstanceId"),
        ("AWS::EC2::LaunchTemplate", "LaunchTemplateId"),
        ("AWS::EC2::VPCEndpointService", "ServiceId"),
        ("AWS::NetworkFirewall::Firewall", "EndpointIds"),
        ("AWS::EKS::Cluster", "ClusterSecurityGroupId"),
    ],
)
def test_attributes_that_lead_to_things_are_what_aws_returns(kind: str, attribute: str) -> None:
    assert attribute in read_only(kind)
