"""
Data sources that find what the same root makes, where that is certain.
"""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from sglint.evaluate.root import Root
from sglint.evaluate.terraform import Inputs, Library, evaluate_root
from sglint.lower import WORDS
from sglint.source import discover
from sglint.value import Value, to_json

NETWORK = """
variable "x" {}
resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
  tags       = { Name = "main", Team = "net" }
}
resource "aws_subnet" "a" {
  count             = 2
  vpc_id            = aws_vpc.v.id
  cidr_block        = cidrsubnet(aws_vpc.v.cidr_block, 8, count.index)
  availability_zone = "eu-west-1a"
  tags              = { Name = "private-${count.index}", Tier = "private" }
}
resource "aws_subnet" "b" {
  vpc_id = aws_vpc.v.id
  tags   = { Name = "public", Tier = "public" }
}
resource "aws_security_group" "g" {
  name   = "web"
  vpc_id = aws_vpc.v.id
  tags   = { Name = "web" }
}
resource "aws_route_table" "t" {
  vpc_id = aws_vpc.v.id
  tags   = { Name = "rt" }
}
resource "aws_ec2_transit_gateway" "h" { tags = { Name = "hub" } }
resource "aws_ec2_managed_prefix_list" "p" { name = "pl" }
resource "aws_vpc_endpoint" "e" {
  vpc_id       = aws_vpc.v.id
  service_name = "com.amazonaws.eu-west-1.s3"
}
resource "aws_network_interface" "n" {
  subnet_id = aws_subnet.b.id
  tags      = { Name = "eni" }
}
"""
HERE = """
filter {
  name   = "vpc-id"
  values = [aws_vpc.v.id]
}
"""


def evaluate(directory: Path, text: str) -> Root:
    (directory / "main.tf").write_text(dedent(text))
    discovery = discover([str(directory)], base=str(directory))
    return evaluate_root(Library(discovery.tree), str(directory), Inputs(), WORDS, {})


def value(directory: Path, text: str, expression: str) -> object:
    """
    Return what an expression is beside the network.
    """
    probe = f'resource "aws_eip" "probe" {{ instance = {expression} }}'
    root = evaluate(directory, NETWORK + text + probe)
    assert [problem.message for problem in root.problems] == []
    (found,) = (one.values for one in root.resources if one.address == "aws_eip.probe")
    shown: Value = found["instance"]
    return to_json(shown)


@pytest.fixture(autouse=True)
def _wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WORDS, "aws_eip", frozenset({"instance"}))


@pytest.mark.parametrize(
    ("kind", "asked", "address"),
    [
        ("aws_vpc", 'tags = { Name = "main" }', "aws_vpc.v"),
        ("aws_vpc", 'tags = { Name = "ma*", Team = "net" }', "aws_vpc.v"),
        ("aws_vpc", 'cidr_block = "10.0.0.0/16"', "aws_vpc.v"),
        ("aws_vpc", "id = aws_vpc.v.id", "aws_vpc.v"),
        ("aws_vpc", 'filter {\nname = "tag:Name"\nvalues = ["other", "main"]\n}', "aws_vpc.v"),
        (
            "aws_vpc",
            'filter {\nname = "cidr"\nvalues = ["10.0.0.0/16"]\n}\nfilter {\nname = "state"\nvalues = ["available"]\n}',
            "aws_vpc.v",
        ),
        ("aws_subnet", 'tags = { Name = "private-1" }', "aws_subnet.a[1]"),
        ("aws_subnet", 'vpc_id = aws_vpc.v.id\ncidr_block = "10.0.1.0/24"', "aws_subnet.a[1]"),
        ("aws_subnet", 'availability_zone = "eu-west-1a"\ncidr_block = "10.0.0.0/24"', "aws_subnet.a[0]"),
        ("aws_subnet", "id = aws_subnet.b.id", "aws_subnet.b"),
        ("aws_security_group", 'name = "web"', "aws_security_group.g"),
        ("aws_security_group", 'filter {\nname = "group-name"\nvalues = ["web"]\n}', "aws_security_group.g"),
        ("aws_ec2_transit_gateway", 'filter {\nname = "tag:Name"\nvalues = ["hub"]\n}', "aws_ec2_transit_gateway.h"),
        ("aws_ec2_managed_prefix_list", 'name = "pl"', "aws_ec2_managed_prefix_list.p"),
        ("aws_vpc_endpoint", 'vpc_id = aws_vpc.v.id\nservice_name = "com.amazonaws.eu-west-1.s3"', "aws_vpc_endpoint.e"),
        ("aws_network_interface", 'filter {\nname = "tag:Name"\nvalues = ["eni"]\n}', "aws_network_interface.n"),
    ],
)
def test_one_thing_that_has_all_that_is_asked_for_is_found(tmp_path: Path, kind: str, asked: str, address: str) -> None:
    assert value(tmp_path, f'data "{kind}" "d" {{\n{asked}\n}}\n', f"data.{kind}.d.id") == f"${{{address}.id}}"


def test_a_table_is_found_under_its_own_name(tmp_path: Path) -> None:
    text = 'data "aws_route_table" "d" { tags = { Name = "rt" } }\n'
    assert value(tmp_path, text, "data.aws_route_table.d.route_table_id") == "${aws_route_table.t.id}"


def test_what_is_found_has_the_attributes_of_the_resource(tmp_path: Path) -> None:
    text = 'data "aws_vpc" "d" { tags = { Name = "main" } }\n'
    assert value(tmp_path, text, "cidrsubnet(data.aws_vpc.d.cidr_block, 8, 7)") == "10.0.7.0/24"
    assert value(tmp_path, text, "data.aws_vpc.d.main_route_table_id") == "${aws_vpc.v.main_route_table_id}"
    assert value(tmp_path, text, "data.aws_vpc.d.tags") == {"Name": "main"}


def test_what_is_found_in_a_module_that_is_read_later_has_its_attributes(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    inner = 'resource "aws_vpc" "w" {\n  cidr_block = "10.9.0.0/16"\n  tags = { Name = "later" }\n}\n'
    (tmp_path / "m" / "main.tf").write_text(inner)
    text = 'module "z" {\n source = "./m"\n}\ndata "aws_vpc" "d" { tags = { Name = "later" } }\n'
    assert value(tmp_path, text, "data.aws_vpc.d.cidr_block") == "10.9.0.0/16"


@pytest.mark.parametrize(
    "text",
    [
        'data "aws_vpc" "d" { tags = { Name = "other" } }',
        'data "aws_vpc" "d" { tags = { Name = "MAIN" } }',
        'data "aws_vpc" "d" { tags = { Name = var.x } }',
        'data "aws_vpc" "d" { tags = { Name = "mai?" } }',
        'data "aws_vpc" "d" { default = true }',
        'data "aws_vpc" "d" {}',
        'data "aws_vpc" "d" {\n tags = { Name = "main" }\n dhcp_options_id = "dopt-1"\n}',
        'data "aws_vpc" "d" {\n tags = { Name = "main" }\n provider = aws.east\n}',
        'data "aws_vpc" "d" {\n tags = { Name = "main" }\n region = "us-east-1"\n}',
        'data "aws_vpc" "d" {\n dynamic "filter" {\n for_each = var.x\n content {}\n }\n tags = { Name = "main" }\n}',
        'data "aws_vpc" "d" { tags = { Name = "main" } }\nresource "aws_vpc" "w" { tags = { Name = "main" } }',
        'data "aws_vpc" "d" { tags = { Name = "w" } }\nresource "aws_vpc" "w" {\n count = var.x\n tags = { Name = "w" }\n}',
        'data "aws_vpc" "d" { tags = { Name = "w" } }\nresource "aws_vpc" "w" {\n tags = { Name = "w" }\n provider = aws.b\n}',
        'data "aws_vpc" "d" { tags = { Name = "w" } }\nresource "aws_vpc" "w" {\n tags = { Name = "w" }\n region = "x"\n}',
    ],
)
def test_what_may_be_another_thing_is_not_found(tmp_path: Path, text: str) -> None:
    assert value(tmp_path, text + "\n", "data.aws_vpc.d.id") == "${data.aws_vpc.d.id}"


def test_a_provider_passed_to_a_module_is_the_one_it_is(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    inner = 'data "aws_vpc" "d" { tags = { Name = "main" } }\noutput "id" { value = data.aws_vpc.d.id }\n'
    (tmp_path / "m" / "main.tf").write_text(inner)
    same = 'module "m" {\n source = "./m"\n}\n'
    assert value(tmp_path, same, "module.m.id") == "${aws_vpc.v.id}"
    other = 'module "m" {\n source = "./m"\n providers = { aws = aws.east }\n}\n'
    assert value(tmp_path, other, "module.m.id") == "${module.m.data.aws_vpc.d.id}"


def test_a_list_in_a_new_vpc_is_all_that_is_there_in_any_order(tmp_path: Path) -> None:
    text = f'data "aws_subnets" "d" {{\n{HERE}\ntags = {{ Tier = "private" }}\n}}\n'
    assert value(tmp_path, text, "length(data.aws_subnets.d.ids)") == 2
    assert "the order" in str(value(tmp_path, text, "data.aws_subnets.d.ids[0]"))
    alone = f'data "aws_subnets" "d" {{\n{HERE}\ntags = {{ Tier = "public" }}\n}}\n'
    assert value(tmp_path, alone, "data.aws_subnets.d.ids") == ["${aws_subnet.b.id}"]


def test_each_of_a_list_is_found_in_turn(tmp_path: Path) -> None:
    text = f"""
    data "aws_subnets" "d" {{
      {HERE}
      tags = {{ Tier = "private" }}
    }}
    data "aws_subnet" "e" {{
      for_each = toset(data.aws_subnets.d.ids)
      id       = each.value
    }}
    """
    assert value(tmp_path, text, "sort([for s in data.aws_subnet.e : s.cidr_block])") == ["10.0.0.0/24", "10.0.1.0/24"]


def test_lists_of_groups_and_tables_are_told_by_tags(tmp_path: Path) -> None:
    text = f'data "aws_security_groups" "d" {{\n{HERE}\ntags = {{ Name = "web" }}\n}}\n'
    assert value(tmp_path, text, "data.aws_security_groups.d.ids") == ["${aws_security_group.g.id}"]
    text = 'data "aws_route_tables" "d" {\nvpc_id = aws_vpc.v.id\ntags = { Name = "rt" }\n}\n'
    assert value(tmp_path, text, "data.aws_route_tables.d.ids") == ["${aws_route_table.t.id}"]
    text = 'data "aws_subnet_ids" "d" {\nvpc_id = aws_vpc.v.id\ntags = { Tier = "public" }\n}\n'
    assert value(tmp_path, text, "data.aws_subnet_ids.d.ids") == ["${aws_subnet.b.id}"]


@pytest.mark.parametrize(
    "text",
    [
        'data "aws_subnets" "d" { tags = { Tier = "private" } }',
        f'data "aws_subnets" "d" {{\n{HERE}\ntags = {{ Tier = var.x }}\n}}',
        f'data "aws_subnets" "d" {{\n{HERE}\ntags = {{ Tier = "none" }}\n}}',
        f'data "aws_subnets" "d" {{\n{HERE}\n}}\nresource "aws_subnet" "c" {{\n vpc_id = var.x\n}}',
        f'data "aws_subnets" "d" {{\n{HERE}\n}}\nmodule "hidden" {{\n source = "x/y/z"\n}}',
        f'data "aws_subnets" "d" {{\n{HERE}\ntags = {{ Tier = "public" }}\n}}\nresource "aws_ec2_tag" "t" {{}}',
        f"""data "aws_subnets" "d" {{
          {HERE}
          tags = {{ Tier = "public" }}
        }}
        provider "aws" {{
          default_tags {{
            tags = {{ Tier = "public" }}
          }}
        }}
        resource "aws_subnet" "c" {{ vpc_id = aws_vpc.v.id }}""",
    ],
)
def test_a_list_that_may_hold_more_or_less_is_not_known(tmp_path: Path, text: str) -> None:
    (tmp_path / "a").mkdir()
    root = evaluate(tmp_path / "a", NETWORK + text + '\nresource "aws_eip" "probe" { instance = data.aws_subnets.d.ids }')
    (found,) = (one.values for one in root.resources if one.address == "aws_eip.probe")
    assert to_json(found["instance"]) == "${data.aws_subnets.d.ids}"


def test_data_sources_that_need_each_other_are_a_problem(tmp_path: Path) -> None:
    text = """
    data "aws_vpc" "d" { tags = { Name = data.aws_subnet.e.tags.Name } }
    data "aws_subnet" "e" { tags = { Name = data.aws_vpc.d.tags.Name } }
    """
    assert [problem.message for problem in evaluate(tmp_path, text).problems] == ["data.aws_subnet.e.tags refers to itself"]


def test_a_block_whose_number_depends_on_what_finds_it_is_no_problem(tmp_path: Path) -> None:
    text = f"""
    data "aws_subnets" "d" {{
      {HERE}
    }}
    resource "aws_route_table_association" "a" {{
      count          = length(data.aws_subnets.d.ids)
      subnet_id      = data.aws_subnets.d.ids[count.index]
      route_table_id = aws_route_table.t.id
    }}
    """
    root = evaluate(tmp_path, NETWORK + text)
    assert [problem.message for problem in root.problems] == []
    found = [one for one in root.resources if one.kind == "aws_route_table_association"]
    assert len(found) == 3
