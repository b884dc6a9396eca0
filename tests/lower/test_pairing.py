"""
Blocks of the same unknown number: their instances come in pairs, and only where that is certain.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sglint.model import Network
from sglint.pipeline import Networks, judge
from sglint.request import Request

BASE = """
variable "names" { type = list(string) }
variable "on" { type = bool }
variable "ranges" { default = ["10.0.0.0/24", "10.0.1.0/24"] }
data "aws_availability_zones" "z" {}
locals { zones = data.aws_availability_zones.z.names }
resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
resource "aws_ec2_transit_gateway" "t" {}
"""
REST = """
resource "aws_route" "r" {
  route_table_id         = aws_route_table.t.id
  destination_cidr_block = "0.0.0.0/0"
  transit_gateway_id     = aws_ec2_transit_gateway.t.id
}
resource "aws_route_table" "t" { vpc_id = aws_vpc.v.id }
"""


def judged(directory: Path, text: str) -> Networks:
    (directory / "main.tf").write_text(BASE + text)
    found = judge(Request((str(directory),)))
    assert [problem.message for problem in found.problems] == []
    return found


def network(directory: Path, text: str) -> Network:
    return judged(directory, text).judged[0].network


def association_is_sure(directory: Path, subnets: str, association: str) -> bool:
    """
    Return whether the subnets surely have the table, of two blocks with these arguments.
    """
    text = f"""
    resource "aws_subnet" "s" {{
      {subnets}
      vpc_id = aws_vpc.v.id
    }}
    resource "aws_route_table_association" "s" {{
      {association}
      route_table_id = aws_route_table.t.id
    }}
    """
    found = network(directory, text + REST).associations
    assert {one.subnet for one in found} <= {"aws_subnet.s[*]", "aws_subnet.s[0]"}
    return all(one.origin.maybe is None for one in found)


@pytest.mark.parametrize(
    ("subnets", "association"),
    [
        ("count = length(var.names)", "count = length(var.names)\nsubnet_id = aws_subnet.s[count.index].id"),
        ("count = length(var.names)", "count = length(var.names)\nsubnet_id = aws_subnet.s.*.id[count.index]"),
        ("count = length(var.names)", "count = length(var.names)\nsubnet_id = element(aws_subnet.s.*.id, count.index)"),
        (
            "count = length(local.zones)",
            "count = length(data.aws_availability_zones.z.names)\nsubnet_id = aws_subnet.s[count.index].id",
        ),
        ("count = length(var.names)", "count = length(aws_subnet.s)\nsubnet_id = aws_subnet.s[count.index].id"),
        ("count = length(var.names)", "count = length(aws_subnet.s[*].id)\nsubnet_id = aws_subnet.s[count.index].id"),
        ("for_each = toset(var.names)", "for_each = toset(var.names)\nsubnet_id = aws_subnet.s[each.key].id"),
        ("for_each = toset(var.names)", "for_each = aws_subnet.s\nsubnet_id = each.value.id"),
        ("for_each = toset(var.names)", "for_each = aws_subnet.s\nsubnet_id = aws_subnet.s[each.key].id"),
        ("count = var.on ? 1 : 0", "count = var.on ? 1 : 0\nsubnet_id = aws_subnet.s[0].id"),
        ("count = var.on ? 1 : 0", "count = var.on ? 1 : 0\nsubnet_id = aws_subnet.s[count.index].id"),
    ],
)
def test_instances_of_blocks_with_the_same_number_come_in_pairs(tmp_path: Path, subnets: str, association: str) -> None:
    assert association_is_sure(tmp_path, subnets, association)


@pytest.mark.parametrize(
    ("subnets", "association"),
    [
        ("count = length(var.names)", "count = length(local.zones)\nsubnet_id = aws_subnet.s[count.index].id"),
        ("count = length(var.names)", "count = length(var.names) - 1\nsubnet_id = aws_subnet.s[count.index].id"),
        ("count = length(var.names)", "count = length(var.names)\nsubnet_id = aws_subnet.s[count.index + 1].id"),
        ("count = length(var.names)", "count = length(var.names)\nsubnet_id = reverse(aws_subnet.s[*].id)[count.index]"),
        ("count = length(var.names)", "count = length(var.names)\nsubnet_id = aws_subnet.s[0].id"),
        ("count = length(var.names)", "subnet_id = aws_subnet.s[0].id"),
        ("for_each = toset(var.names)", "count = length(var.names)\nsubnet_id = values(aws_subnet.s)[count.index].id"),
        ("for_each = toset(var.names)", "for_each = toset(local.zones)\nsubnet_id = aws_subnet.s[each.key].id"),
        ("count = var.on ? 1 : 0", "count = var.on ? 0 : 1\nsubnet_id = aws_subnet.s[0].id"),
        ("count = length(uuid())", "count = length(uuid())\nsubnet_id = aws_subnet.s[count.index].id"),
    ],
)
def test_instances_whose_numbers_or_keys_may_differ_are_no_pairs(tmp_path: Path, subnets: str, association: str) -> None:
    assert not association_is_sure(tmp_path, subnets, association)


def test_the_key_of_ones_own_instance_is_not_handed_on(tmp_path: Path) -> None:
    text = """
    resource "aws_subnet" "s" {
      count  = length(var.names)
      vpc_id = aws_vpc.v.id
    }
    resource "aws_network_interface" "n" {
      count     = length(var.names)
      subnet_id = aws_subnet.s[count.index].id
    }
    resource "aws_route_table_association" "s" {
      count          = length(var.names)
      subnet_id      = aws_network_interface.n[count.index + 1].subnet_id
      route_table_id = aws_route_table.t.id
    }
    resource "aws_route_table_association" "p" {
      count          = length(var.names)
      subnet_id      = aws_network_interface.n[count.index].subnet_id
      route_table_id = aws_route_table.t.id
    }
    """
    paired, other = network(tmp_path, text + REST).associations
    assert (paired.origin.maybe, paired.subnet) == (None, "aws_subnet.s[*]")
    assert other.origin.maybe is not None


def test_modules_of_the_same_words_are_no_pairs(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    inner = """
    variable "names" {}
    variable "subnet" {}
    variable "table" {}
    resource "aws_route_table_association" "s" {
      count          = length(var.names)
      subnet_id      = var.subnet
      route_table_id = var.table
    }
    """
    (tmp_path / "m" / "main.tf").write_text(inner)
    text = """
    variable "others" {}
    resource "aws_subnet" "s" {
      count  = length(var.names)
      vpc_id = aws_vpc.v.id
    }
    module "m" {
      source = "./m"
      count  = length(var.names)
      names  = var.others
      subnet = aws_subnet.s[count.index].id
      table  = aws_route_table.t.id
    }
    """
    (association,) = network(tmp_path, text + REST).associations
    assert association.origin.maybe is not None


def test_an_interface_in_paired_subnets_is_surely_in_scope(tmp_path: Path) -> None:
    text = """
    resource "aws_subnet" "s" {
      count  = length(var.names)
      vpc_id = aws_vpc.v.id
    }
    resource "aws_route_table" "s" {
      for_each = toset(var.names)
      vpc_id   = aws_vpc.v.id
    }
    resource "aws_route_table" "c" {
      count  = length(var.names)
      vpc_id = aws_vpc.v.id
    }
    resource "aws_route" "c" {
      count                  = length(var.names)
      route_table_id         = aws_route_table.c[count.index].id
      destination_cidr_block = "0.0.0.0/0"
      transit_gateway_id     = aws_ec2_transit_gateway.t.id
    }
    resource "aws_route_table_association" "s" {
      count          = length(var.names)
      subnet_id      = aws_subnet.s[count.index].id
      route_table_id = aws_route_table.c[count.index].id
    }
    resource "aws_instance" "i" { subnet_id = aws_subnet.s[0].id }
    """
    (judgement,) = judged(tmp_path, text).judged[0].judgements
    assert judgement.in_scope.least


def test_rules_of_paired_groups_are_sure(tmp_path: Path) -> None:
    text = """
    resource "aws_security_group" "g" {
      count  = var.on ? 1 : 0
      vpc_id = aws_vpc.v.id
    }
    resource "aws_vpc_security_group_ingress_rule" "r" {
      count             = var.on ? 1 : 0
      security_group_id = aws_security_group.g[0].id
      cidr_ipv4         = "0.0.0.0/0"
      ip_protocol       = "-1"
    }
    resource "aws_security_group_rule" "e" {
      count             = var.on ? 1 : 0
      security_group_id = aws_security_group.g[0].id
      type              = "egress"
      cidr_blocks       = ["0.0.0.0/0"]
      protocol          = "-1"
      from_port         = 0
      to_port           = 0
    }
    """
    found = [one for one in network(tmp_path, text).permissions if one.group == "aws_security_group.g[0]"]
    assert len(found) == 2
    assert all(one.boxes.least == one.boxes.most for one in found)


def test_an_element_of_an_unknown_number_keeps_its_index(tmp_path: Path) -> None:
    text = """
    resource "aws_subnet" "s" {
      count      = length(var.names)
      vpc_id     = aws_vpc.v.id
      cidr_block = var.ranges[count.index]
    }
    resource "aws_subnet" "e" {
      for_each   = toset(var.names)
      vpc_id     = aws_vpc.v.id
      cidr_block = { a = "10.0.5.0/24", b = "10.0.6.0/24" }[each.key]
    }
    resource "aws_security_group" "g" {
      vpc_id = aws_vpc.v.id
      ingress {
        from_port   = 443
        to_port     = 443
        protocol    = "tcp"
        cidr_blocks = [aws_subnet.s[1].cidr_block, aws_subnet.s.*.cidr_block[0], aws_subnet.e["b"].cidr_block]
      }
    }
    """
    peers = {
        str(box.peer)
        for one in network(tmp_path, text).permissions
        if one.group == "aws_security_group.g" and one.direction.value == "in"
        for box in one.boxes.least
    }
    assert peers == {"10.0.0.0/24", "10.0.1.0/24", "10.0.6.0/24"}
