"""
VPCs and subnets: their ranges, and what existed before.
"""

from __future__ import annotations

from sglint.value import Unknown
from tests.lower.build import BASE, SUBNET, VPC, WHY, net, problems, ref, res


def test_ranges_of_a_vpc_are_its_own_and_those_added_to_it() -> None:
    more = res("aws_vpc_ipv4_cidr_block_association.m", vpc_id=ref("aws_vpc.v.id"), cidr_block="10.1.0.0/16")
    (vpc,) = net(VPC, more).vpcs
    assert [str(item) for item in vpc.cidrs] == ["10.0.0.0/16", "10.1.0.0/16"]
    assert (vpc.ipv6, vpc.hidden) == (False, None)


def test_range_that_aws_chooses_is_unknown_but_there() -> None:
    given, pool = (
        res("aws_vpc.g", cidr_block="10.0.0.0/16", assign_generated_ipv6_cidr_block=True),
        res("aws_vpc.p", ipv4_ipam_pool_id="ipam-1"),
    )
    first, second = net(given, pool).vpcs
    assert [str(first.cidrs[0]), first.ipv6] == ["10.0.0.0/16", True]
    whys = [item.why for vpc in (first, second) for item in vpc.cidrs if isinstance(item, Unknown)]
    assert whys == ["AWS chooses the IPv6 range of aws_vpc.g", "AWS chooses the IPv4 range of aws_vpc.p"]


def test_ipv6_by_another_resource_that_may_not_exist() -> None:
    more = res("aws_vpc_ipv6_cidr_block_association.m", WHY, vpc_id=ref("aws_vpc.v.id"), assign_generated_ipv6_cidr_block=True)
    (vpc,) = net(VPC, more).vpcs
    assert vpc.ipv6 == WHY


def test_what_existed_before_is_hidden() -> None:
    network = net(
        res("data.aws_vpc.d", id="vpc-1"), res("aws_default_vpc.d"), res("aws_default_subnet.s", availability_zone="a")
    )
    hidden = [[one.hidden for one in nouns] for nouns in (network.vpcs, network.subnets, network.groups, network.tables)]
    assert None not in [one for nouns in hidden for one in nouns]
    assert len(network.vpcs) == len(network.groups) == len(network.tables) == 2
    assert network.permissions == ()


def test_vpc_looked_up_by_the_identity_of_another_is_that_one() -> None:
    network = net(VPC, res("data.aws_vpc.d", id=ref("aws_vpc.v.id")), res("aws_subnet.s", vpc_id=ref("data.aws_vpc.d.id")))
    assert [one.origin.address for one in network.vpcs] == ["aws_vpc.v"]
    assert network.subnets[0].vpc == "aws_vpc.v"


def test_literal_identity_and_its_data_source_are_one_thing() -> None:
    network = net(res("data.aws_vpc.d", id="vpc-1"), res("aws_subnet.s", vpc_id="vpc-1"), res("aws_subnet.t", vpc_id="vpc-2"))
    assert [one.vpc for one in network.subnets] == ["data.aws_vpc.d", "vpc-2"]


def test_zone_and_family_of_a_subnet() -> None:
    six = res("aws_subnet.b", vpc_id=ref("aws_vpc.v.id"), ipv6_cidr_block="2600::/64", availability_zone=WHY)
    first, second = net(VPC, SUBNET, six).subnets
    assert (first.zone, first.ipv6, first.vpc) == ("eu-west-1a", False, "aws_vpc.v")
    assert (second.zone, second.ipv6) == (WHY, True)


def test_range_that_is_none_is_a_problem_at_its_place() -> None:
    (problem,) = problems(res("aws_vpc.v", cidr_block="10.0.0.0"))
    assert problem.message == '"10.0.0.0" is not a CIDR block'


def test_network_counts_what_it_was_made_from() -> None:
    assert net(*BASE).seen == (("resources", 4),)


def test_vpc_of_the_cloud_control_provider() -> None:
    network = net(
        res("awscc_ec2_vpc.v", cidr_block="10.0.0.0/16"),
        res("awscc_ec2_vpc_cidr_block.four", vpc_id=ref("awscc_ec2_vpc.v.vpc_id"), ipv_4_ipam_pool_id="ipam-1"),
        res("awscc_ec2_vpc_cidr_block.six", vpc_id=ref("awscc_ec2_vpc.v.id"), ipv_6_pool="ipv6pool-1"),
        res("awscc_ec2_subnet.s", vpc_id=ref("awscc_ec2_vpc.v.id"), cidr_block="10.0.1.0/24"),
        res("aws_instance.i", subnet_id=ref("awscc_ec2_subnet.s.id")),
        res(
            "awscc_ec2_network_interface.e",
            subnet_id=ref("awscc_ec2_subnet.s.subnet_id"),
            group_set=[ref("awscc_ec2_vpc.v.default_security_group")],
        ),
    )
    (vpc,) = network.vpcs
    assert [isinstance(item, Unknown) for item in vpc.cidrs] == [False, True, True]
    assert vpc.ipv6 is True
    assert {one.groups for one in network.interfaces} == {("awscc_ec2_vpc.v.default_security_group",)}


def test_vpc_that_the_cloud_control_provider_looks_up_was_there_before() -> None:
    network = net(
        res("data.awscc_ec2_vpc.v", id="vpc-1"),
        res("awscc_ec2_route_table.t", vpc_id=ref("data.awscc_ec2_vpc.v.vpc_id")),
    )
    (vpc,) = network.vpcs
    assert vpc.hidden is not None
    assert network.tables[0].vpc == "data.awscc_ec2_vpc.v"
