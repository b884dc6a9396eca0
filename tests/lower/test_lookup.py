"""
Data sources that look up what the same root makes.
"""

from __future__ import annotations

import pytest

from sglint.lower import lower
from sglint.resource import Resource
from sglint.value import Unknown
from tests.lower.build import BASE, SUBNET, VPC, WHY, Plain, net, only, ref, res

NAMED = res("aws_security_group.n", name="web", vpc_id=ref("aws_vpc.v.id"))
HERE: dict[str, Plain] = {"vpc_id": ref("aws_vpc.v.id")}
FILTERED: Plain = {"name": "vpc-id", "values": [ref("aws_vpc.v.id")]}


def groups_of_an_instance(*resources: Resource) -> tuple[object, ...]:
    instance = res(
        "aws_instance.i", subnet_id=ref("aws_subnet.a.id"), vpc_security_group_ids=[ref("data.aws_security_group.d.id")]
    )
    return only(net(*BASE, *resources, instance), "aws_instance.i").groups


@pytest.mark.parametrize(
    "asked",
    [
        {"name": "default", **HERE},
        {"name": "default", "filter": [FILTERED]},
        {"filter": [FILTERED, {"name": "group-name", "values": ["default"]}]},
    ],
)
def test_default_group_of_a_vpc_that_is_looked_up_is_that_of_the_vpc(asked: dict[str, Plain]) -> None:
    found = groups_of_an_instance(res("data.aws_security_group.d", **asked))
    assert found == ("aws_vpc.v.default_security_group_id",)


def test_default_group_that_is_looked_up_and_managed_is_the_managed_one() -> None:
    managed = res("aws_default_security_group.m", **HERE)
    assert groups_of_an_instance(managed, res("data.aws_security_group.d", name="default", **HERE)) == (managed.address,)


def test_group_that_is_looked_up_by_name_in_a_vpc_of_the_root_is_the_one_of_that_name() -> None:
    assert groups_of_an_instance(NAMED, res("data.aws_security_group.d", name="web", **HERE)) == ("aws_security_group.n",)


def test_group_that_is_looked_up_by_a_filter_is_the_one_of_that_identity() -> None:
    asked: Plain = [{"name": "group-id", "values": [ref("aws_security_group.n.id")]}]
    assert groups_of_an_instance(NAMED, res("data.aws_security_group.d", filter=asked)) == ("aws_security_group.n",)


@pytest.mark.parametrize(
    "resources",
    [
        (NAMED, res("data.aws_security_group.d", name="web")),
        (NAMED, res("data.aws_security_group.d", name="other", **HERE)),
        (NAMED, res("data.aws_security_group.d", name=WHY, **HERE)),
        (
            NAMED,
            res("data.aws_vpc.d", default=True),
            res("data.aws_security_group.d", name="web", vpc_id=ref("data.aws_vpc.d.id")),
        ),
        (
            res("aws_security_group.n", WHY, name="web", vpc_id=ref("aws_vpc.v.id")),
            res("data.aws_security_group.d", name="web", **HERE),
        ),
        (
            NAMED,
            res("aws_security_group.m", name="web", vpc_id=ref("aws_vpc.v.id")),
            res("data.aws_security_group.d", name="web", **HERE),
        ),
    ],
    ids=["without a VPC", "another name", "a name not known", "an old VPC", "a group that may be missing", "two groups"],
)
def test_group_that_may_be_another_stays_what_it_is(resources: tuple[Resource, ...]) -> None:
    assert groups_of_an_instance(*resources) == ("data.aws_security_group.d",)


@pytest.mark.parametrize(
    "asked",
    [
        {"cidr_block": "10.0.1.0/24", **HERE},
        {"filter": [FILTERED, {"name": "cidr-block", "values": ["10.0.1.0/24"]}]},
        {"filter": [{"name": "subnet-id", "values": [ref("aws_subnet.a.id")]}]},
    ],
)
def test_subnet_that_is_looked_up_is_the_one_of_that_range(asked: dict[str, Plain]) -> None:
    instance = res("aws_instance.i", subnet_id=ref("data.aws_subnet.d.id"))
    network = net(*BASE, res("data.aws_subnet.d", **asked), instance)
    assert only(network, "aws_instance.i").subnets == ("aws_subnet.a",)
    assert [one.origin.address for one in network.subnets] == ["aws_subnet.a", "aws_subnet.b"]


def test_subnet_that_is_looked_up_by_tags_stays_what_it_is() -> None:
    tagged = res("aws_subnet.t", tags={"Name": "x"}, **HERE)
    instance = res("aws_instance.i", subnet_id=ref("data.aws_subnet.d.id"))
    asked = res("data.aws_subnet.d", filter=[{"name": "tag:Name", "values": ["x"]}], **HERE)
    assert only(net(*BASE, tagged, asked, instance), "aws_instance.i").subnets == ("data.aws_subnet.d",)


def test_vpc_that_is_looked_up_by_a_filter_is_the_one_of_that_identity() -> None:
    looked_up = res("data.aws_vpc.d", filter=[FILTERED])
    subnet = res("aws_subnet.c", vpc_id=ref("data.aws_vpc.d.id"), cidr_block="10.0.3.0/24")
    network = net(*BASE, looked_up, subnet)
    assert [one.origin.address for one in network.vpcs] == ["aws_vpc.v"]
    assert {one.vpc for one in network.subnets} == {"aws_vpc.v"}


def test_transit_gateway_that_is_looked_up_by_identity_is_that_one() -> None:
    looked_up = res("data.aws_ec2_transit_gateway.d", id=ref("aws_ec2_transit_gateway.t.id"))
    attachment = res(
        "aws_ec2_transit_gateway_vpc_attachment.a",
        transit_gateway_id=ref("data.aws_ec2_transit_gateway.d.id"),
        vpc_id=ref("aws_vpc.v.id"),
        subnet_ids=[ref("aws_subnet.a.id")],
    )
    (found,) = net(*BASE, looked_up, attachment).attachments
    assert found.gateway == "aws_ec2_transit_gateway.t"


def test_transit_gateway_that_is_looked_up_otherwise_stays_what_it_is() -> None:
    looked_up = res("data.aws_ec2_transit_gateway.d", filter=[{"name": "options.amazon-side-asn", "values": ["64512"]}])
    attachment = res(
        "aws_ec2_transit_gateway_vpc_attachment.a",
        transit_gateway_id=ref("data.aws_ec2_transit_gateway.d.id"),
        vpc_id=ref("aws_vpc.v.id"),
        subnet_ids=[ref("aws_subnet.a.id")],
    )
    (found,) = net(*BASE, looked_up, attachment).attachments
    assert found.gateway == "data.aws_ec2_transit_gateway.d"


def test_looking_up_what_looks_up_itself_ends() -> None:
    loop = (
        res("data.aws_subnet.x", id=ref("data.aws_subnet.y.id")),
        res("data.aws_subnet.y", id=ref("data.aws_subnet.x.id")),
        res("data.aws_vpc.x", filter=[{"name": "vpc-id", "values": [ref("data.aws_vpc.x.id")]}]),
        res("aws_instance.i", subnet_id=ref("data.aws_subnet.x.id")),
    )
    network, _ = lower("root", (VPC, SUBNET, *loop))
    (subnet,) = only(network, "aws_instance.i").subnets
    assert isinstance(subnet, Unknown)
