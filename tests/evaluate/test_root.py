"""
Whole root modules: which instances there are, under which addresses, with which values.
"""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from sglint.evaluate.root import Root
from sglint.evaluate.terraform.inputs import Inputs
from sglint.evaluate.terraform.module import Library
from sglint.evaluate.terraform.root import evaluate_root, find_roots
from sglint.source import discover
from sglint.value import Map, Ref, Seq, Unknown, Value, to_json

KINDS = frozenset(
    {"aws_vpc", "aws_subnet", "aws_instance", "aws_security_group", "aws_route", "data.aws_vpc", "aws_route_table"}
)


def evaluate(directory: Path, files: dict[str, str], inputs: Inputs | None = None, root: str = "") -> Root:
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text))
    discovery = discover([str(directory)], base=str(directory))
    return evaluate_root(Library(discovery.tree), str(directory / root).rstrip("/"), inputs or Inputs(), KINDS, {})


def one(root: Root, address: str) -> Map:
    return next(resource.values for resource in root.resources if resource.address == address)


def items(value: Value) -> tuple[Value, ...]:
    assert isinstance(value, Seq)
    return value.items


def addresses(root: Root) -> list[str]:
    return [resource.address for resource in root.resources]


def test_count_and_for_each_give_terraforms_addresses(tmp_path: Path) -> None:
    root = evaluate(
        tmp_path,
        {
            "main.tf": """
            variable "zones" { default = ["a", "b"] }
            resource "aws_subnet" "c" {
              count      = length(var.zones)
              cidr_block = cidrsubnet("10.0.0.0/16", 8, count.index)
            }
            resource "aws_subnet" "e" {
              for_each   = { "x.y" = 1, "q\\"t" = 2 }
              cidr_block = cidrsubnet("10.0.0.0/16", 8, each.value)
            }
            resource "aws_subnet" "none" { count = 0 }
            """
        },
    )
    assert addresses(root) == ["aws_subnet.c[0]", "aws_subnet.c[1]", 'aws_subnet.e["q\\"t"]', 'aws_subnet.e["x.y"]']
    assert one(root, "aws_subnet.c[1]")["cidr_block"] == "10.0.1.0/24"
    assert one(root, 'aws_subnet.e["x.y"]')["cidr_block"] == "10.0.1.0/24"
    assert root.problems == ()


def test_modules_nest_with_outputs_that_feed_each_other(tmp_path: Path) -> None:
    root = evaluate(
        tmp_path,
        {
            "main.tf": """
            module "net" {
              source   = "./modules/net"
              for_each = toset(["a", "b"])
              name     = each.key
            }
            module "app" {
              source  = "./modules/app"
              count   = 1
              subnets = { for k, m in module.net : k => m.subnet }
              net     = module.net["a"]
            }
            """,
            "modules/net/main.tf": """
            variable "name" {}
            resource "aws_subnet" "s" { names = { Name = var.name } }
            output "subnet" { value = aws_subnet.s }
            output "id" { value = aws_subnet.s.id }
            """,
            "modules/app/main.tf": """
            variable "subnets" {}
            variable "net" {}
            resource "aws_instance" "i" {
              for_each  = var.subnets
              subnet_id = each.value.id
              names     = each.value.names
              ami       = var.net.id
            }
            """,
        },
    )
    assert addresses(root) == [
        'module.app[0].aws_instance.i["a"]',
        'module.app[0].aws_instance.i["b"]',
        'module.net["a"].aws_subnet.s',
        'module.net["b"].aws_subnet.s',
    ]
    values = one(root, 'module.app[0].aws_instance.i["b"]')
    assert values["subnet_id"] == Ref('module.net["b"].aws_subnet.s', "id")
    assert values["names"] == Map.of({"Name": "b"})
    assert values["ami"] == Ref('module.net["a"].aws_subnet.s', "id")
    assert root.problems == ()


def test_a_configured_attribute_is_followed_and_any_other_is_an_identity(tmp_path: Path) -> None:
    root = evaluate(
        tmp_path,
        {
            "main.tf": """
            resource "aws_vpc" "v" { cidr_block = "10.0.0.0/16" }
            resource "aws_subnet" "s" {
              vpc_id     = aws_vpc.v.id
              cidr_block = cidrsubnet(aws_vpc.v.cidr_block, 4, 1)
              ipv6       = aws_vpc.v.ipv6_cidr_block
              text       = "x-${aws_vpc.v.id}"
            }
            """
        },
    )
    values = one(root, "aws_subnet.s")
    assert values["vpc_id"] == Ref("aws_vpc.v", "id")
    assert values["cidr_block"] == "10.0.16.0/20"
    assert values["ipv6"] == Ref("aws_vpc.v", "ipv6_cidr_block")
    text = values["text"]
    assert isinstance(text, Unknown) and text.refs == (Ref("aws_vpc.v", "id"),) and text.span is not None


def test_nested_and_dynamic_blocks_keep_their_places(tmp_path: Path) -> None:
    root = evaluate(
        tmp_path,
        {
            "main.tf": """\
            variable "ports" { default = [80, 443] }
            resource "aws_security_group" "g" {
              ingress {
                from_port = 22
              }
              dynamic "ingress" {
                for_each = var.ports
                iterator = p
                content {
                  from_port = p.value
                  to_port   = p.key
                }
              }
            }
            """
        },
    )
    ingress = one(root, "aws_security_group.g")["ingress"]
    assert to_json(ingress) == [{"from_port": 22}, {"from_port": 80, "to_port": 0}, {"from_port": 443, "to_port": 1}]
    origin = root.resources[0].origin
    assert (origin.at("ingress[0].from_port").line, origin.at("ingress[2].from_port").line) == (4, 10)
    assert origin.at("ingress[1].nothing").line == 9


def test_an_unknown_count_is_bounded_by_the_branches_of_its_test(tmp_path: Path) -> None:
    root = evaluate(
        tmp_path,
        {
            "main.tf": """
            variable "env" {}
            resource "aws_route" "r" { count = var.env == "dev" ? 1 : 0 }
            resource "aws_vpc" "many" { count = tonumber(var.env) }
            resource "aws_subnet" "s" { cidr_block = one(aws_route.r[*].id) }
            """
        },
    )
    maybe = {resource.address: resource.origin.maybe for resource in root.resources}
    assert set(maybe) == {"aws_route.r[0]", "aws_vpc.many[*]", "aws_subnet.s"}
    assert maybe["aws_subnet.s"] is None
    why = maybe["aws_route.r[0]"]
    assert why is not None and "var.env has no default" in why.why
    assert maybe["aws_vpc.many[*]"] is not None


def test_an_unknown_dynamic_block_is_a_block_that_may_not_be_there(tmp_path: Path) -> None:
    root = evaluate(
        tmp_path,
        {
            "main.tf": """
            variable "open" { type = bool }
            variable "cidrs" { type = list(string) }
            resource "aws_security_group" "g" {
              dynamic "ingress" {
                for_each = var.open ? ["0.0.0.0/0"] : []
                content { cidr_blocks = [ingress.value] }
              }
              dynamic "egress" {
                for_each = var.cidrs
                content { cidr_blocks = [egress.value] }
              }
            }
            """
        },
    )
    values = one(root, "aws_security_group.g")
    (item,) = items(values["ingress"])
    assert isinstance(item, Unknown) and to_json(item.element) == {"cidr_blocks": ["0.0.0.0/0"]}
    (item,) = items(values["egress"])
    assert isinstance(item, Unknown) and isinstance(item.element, Map)


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ({}, "default"),
        ({"terraform.tfvars": 'x = "tfvars"'}, "tfvars"),
        ({"terraform.tfvars": 'x = "tfvars"', "terraform.tfvars.json": '{"x": "json"}'}, "json"),
        ({"terraform.tfvars": 'x = "tfvars"', "b.auto.tfvars": 'x = "b"', "a.auto.tfvars.json": '{"x": "a"}'}, "b"),
        ({"other.tfvars": 'x = "other"'}, "default"),
    ],
)
def test_variable_files_win_in_terraforms_order(tmp_path: Path, extra: dict[str, str], expected: str) -> None:
    files = {"main.tf": 'variable "x" { default = "default" }\nresource "aws_vpc" "v" { cidr_block = var.x }', **extra}
    assert one(evaluate(tmp_path, files), "aws_vpc.v")["cidr_block"] == expected


def test_values_given_on_the_command_line_win_and_have_the_variables_type(tmp_path: Path) -> None:
    files = {
        "main.tf": """
        variable "x" { type = list(string) }
        variable "y" {}
        resource "aws_vpc" "v" {
          cidr_block = var.x[0]
          name       = var.y
        }
        """,
        "terraform.tfvars": 'x = ["a"]\ny = "z"',
    }
    root = evaluate(tmp_path, files, Inputs((("var", 'x=["b", 1]'), ("var", "y=[1]"))))
    assert to_json(one(root, "aws_vpc.v")) == {"cidr_block": "b", "name": "[1]"}


def test_cycles_are_problems_and_the_rest_is_read(tmp_path: Path) -> None:
    root = evaluate(
        tmp_path,
        {
            "main.tf": """
            locals {
              a = local.b
              b = local.a
            }
            module "m" { source = "./m" }
            resource "aws_vpc" "v" { cidr_block = local.a }
            resource "aws_vpc" "w" { cidr_block = "10.0.0.0/16" }
            """,
            "m/main.tf": 'module "n" { source = "../m" }',
        },
    )
    assert isinstance(one(root, "aws_vpc.v")["cidr_block"], Unknown)
    assert one(root, "aws_vpc.w")["cidr_block"] == "10.0.0.0/16"
    messages = [problem.message for problem in root.problems]
    assert any("refers to itself" in message for message in messages)
    assert any("module.n calls itself" in message for message in messages)


def test_a_module_that_cannot_be_read_is_a_problem_and_a_resource_of_its_arguments(tmp_path: Path) -> None:
    root = evaluate(
        tmp_path,
        {
            "main.tf": """
            module "vpc" {
              source     = "someone/vpc/aws"
              for_each   = toset(["a"])
              cidr_block = "10.0.0.0/16"
            }
            resource "aws_instance" "i" { subnet_id = module.vpc["a"].private_subnets[0] }
            """
        },
    )
    assert one(root, 'module.vpc["a"]') == Map.of({"cidr_block": "10.0.0.0/16"})
    assert one(root, "aws_instance.i")["subnet_id"] == Ref('module.vpc["a"]', "private_subnets[0]")
    (problem,) = root.problems
    assert "someone/vpc/aws" in problem.message and "terraform init" in problem.hint and problem.hides


def test_an_installed_module_is_read_from_the_manifest(tmp_path: Path) -> None:
    root = evaluate(
        tmp_path,
        {
            "main.tf": 'module "vpc" {\n  source = "someone/vpc/aws"\n}',
            ".terraform/modules/modules.json": '{"Modules":[{"Key":"vpc","Dir":".terraform/modules/vpc"}]}',
            ".terraform/modules/vpc/main.tf": 'resource "aws_vpc" "v" {}',
        },
    )
    assert addresses(root) == ["module.vpc.aws_vpc.v"] and root.problems == ()


def test_override_files_replace_attributes_and_blocks(tmp_path: Path) -> None:
    root = evaluate(
        tmp_path,
        {
            "main.tf": """
            resource "aws_security_group" "g" {
              name = "a"
              vpc_id = "v"
              ingress { from_port = 1 }
            }
            """,
            "x_override.tf": """
            resource "aws_security_group" "g" {
              name = "b"
              ingress { from_port = 2 }
            }
            """,
        },
    )
    assert to_json(one(root, "aws_security_group.g")) == {"name": "b", "vpc_id": "v", "ingress": [{"from_port": 2}]}


def test_workspace_and_path_and_files(tmp_path: Path) -> None:
    files = {
        "main.tf": """
        locals { data = jsondecode(file("${path.module}/data.json")) }
        module "m" { source = "./m" }
        resource "aws_vpc" "v" {
          cidr_block = local.data[terraform.workspace]
          name       = templatefile("${path.module}/t.tftpl", { who = "x" })
          none       = fileexists("nothing.json")
          both       = path.root
        }
        """,
        "data.json": '{"dev": "10.1.0.0/16"}',
        "t.tftpl": "hello ${who}\n",
        "m/main.tf": 'resource "aws_vpc" "v" { cidr_block = file("${path.module}/c.txt") }',
        "m/c.txt": "10.2.0.0/16",
    }
    root = evaluate(tmp_path, files, Inputs(workspace="dev"))
    assert to_json(one(root, "aws_vpc.v")) == {"cidr_block": "10.1.0.0/16", "name": "hello x\n", "none": False, "both": "."}
    assert one(root, "module.m.aws_vpc.v")["cidr_block"] == "10.2.0.0/16"


def test_reading_outside_the_tree_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("top")
    root = evaluate(tmp_path / "tree", {"main.tf": 'resource "aws_vpc" "v" { cidr_block = file("../secret") }'})
    assert isinstance(one(root, "aws_vpc.v")["cidr_block"], Unknown)
    assert len(root.problems) == 1 and "top" not in str(to_json(one(root, "aws_vpc.v")["cidr_block"]))


def test_elements_of_a_hidden_collection_are_known_by_what_they_are(tmp_path: Path) -> None:
    root = evaluate(
        tmp_path,
        {
            "main.tf": """
            locals {
              states    = aws_networkfirewall_firewall.f.firewall_status[0].sync_states
              endpoints = { for s in local.states : s.availability_zone => s.attachment[0].endpoint_id }
            }
            resource "aws_networkfirewall_firewall" "f" { name = "f" }
            resource "aws_route" "r" { vpc_endpoint_id = local.endpoints["eu-west-2a"] }
            """
        },
    )
    assert one(root, "aws_route.r")["vpc_endpoint_id"] == Ref(
        "aws_networkfirewall_firewall.f", "firewall_status[0].sync_states[*].attachment[0].endpoint_id"
    )


def test_roots_are_the_directories_that_nobody_calls(tmp_path: Path) -> None:
    for name, text in {
        "a/main.tf": 'module "m" { source = "../common" }',
        "b/main.tf": 'module "m" { source = "../common" }',
        "c/main.tf": "",
        "common/main.tf": 'module "d" { source = "./deep" }',
        "common/deep/variables.tf": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / ".git").mkdir()
    base = str(tmp_path)

    def roots(*paths: str) -> list[str]:
        discovery = discover([str(tmp_path / path) for path in paths], base=base)
        return [str(Path(root).relative_to(tmp_path)) for root in find_roots(Library(discovery.tree), discovery)]

    assert roots(".") == ["a", "b", "c"]
    assert roots("common/deep/variables.tf") == ["a", "b"]
    assert roots("c/main.tf") == ["c"]
    assert roots("common/deep") == ["common/deep"]


def test_zones_whose_names_are_not_known_are_told_apart(tmp_path: Path) -> None:
    root = evaluate(
        tmp_path,
        {
            "main.tf": """
            data "aws_availability_zones" "z" {}
            locals {
              zones   = slice(data.aws_availability_zones.z.names, 0, 2)
              subnets = flatten([for kind in ["app", "db"] : [for zone in local.zones : "${kind}/${zone}"]])
              tables  = { for zone in local.zones : zone => aws_route_table.t[zone].id }
            }
            resource "aws_subnet" "s" {
              for_each          = toset(local.subnets)
              availability_zone = split("/", each.key)[1]
              table             = local.tables[split("/", each.key)[1]]
              is_app            = split("/", each.key)[0] == "app"
              letter            = substr(split("/", each.key)[1], -1, 1)
            }
            resource "aws_route_table" "t" { for_each = toset(local.zones) }
            resource "aws_vpc" "v" {
              apps  = [for key, s in aws_subnet.s : s.id if split("/", key)[0] == "app"]
              there = contains(local.zones, "eu-west-1a")
              same  = local.zones[0] == local.zones[1]
            }
            """
        },
    )
    zone = "${data.aws_availability_zones.z.names[%d]}"
    assert addresses(root) == [
        *(f'aws_route_table.t["{zone % n}"]' for n in (0, 1)),
        *(f'aws_subnet.s["{kind}/{zone % n}"]' for kind in ("app", "db") for n in (0, 1)),
        "aws_vpc.v",
    ]
    values = one(root, f'aws_subnet.s["db/{zone % 1}"]')
    assert values["availability_zone"] == zone % 1
    assert values["table"] == Ref(f'aws_route_table.t["{zone % 1}"]', "id")
    assert values["is_app"] is False and isinstance(values["letter"], Unknown)
    vpc = one(root, "aws_vpc.v")
    assert vpc["apps"] == Seq(tuple(Ref(f'aws_subnet.s["app/{zone % n}"]', "id") for n in (0, 1)))
    assert isinstance(vpc["there"], Unknown) and vpc["same"] is False
    assert root.problems == ()


def test_what_the_elements_of_a_bounded_list_are_is_known(tmp_path: Path) -> None:
    root = evaluate(
        tmp_path,
        {
            "main.tf": """
            data "aws_ec2_instance_type" "t" {}
            locals {
              number     = data.aws_ec2_instance_type.t.maximum_network_cards
              cards      = [for i in range(local.number) : { groups = ["g"], timeouts = null }]
              interfaces = length(local.cards) > 0 ? local.cards : []
            }
            resource "aws_instance" "i" {
              dynamic "network_interface" {
                for_each = local.interfaces
                content {
                  groups = concat(network_interface.value.groups, ["h"])
                  dynamic "timeouts" {
                    for_each = network_interface.value.timeouts != null ? [network_interface.value.timeouts] : []
                    content { tcp = timeouts.value.tcp }
                  }
                }
              }
            }
            """
        },
    )
    (block,) = items(one(root, "aws_instance.i")["network_interface"])
    assert isinstance(block, Unknown) and to_json(block.element) == {"groups": ["g", "h"]}
    assert root.problems == ()


def test_a_dynamic_block_without_elements_is_not_there(tmp_path: Path) -> None:
    text = 'resource "aws_security_group" "g" {\n  dynamic "ingress" {\n    for_each = []\n    content {}\n  }\n}\n'
    assert one(evaluate(tmp_path, {"main.tf": text}), "aws_security_group.g") == Map()


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("", "[1]", "[1]"),
        ("type = string", "5", "5"),
        ("type = number", "5", 5),
        ("type = any", "5", 5),
        ("type = any", "[5]", Seq((5,))),
        ("type = list(string)", "[5]", Seq(("5",), "list")),
        ("type = number", "1+1", None),
    ],
)
def test_a_value_by_name_is_text_or_an_expression_by_the_type(tmp_path: Path, type_: str, text: str, value: Value) -> None:
    main = f'variable "it" {{ {type_} }}\nresource "aws_vpc" "v" {{ it = var.it }}\n'
    for way in ("var", "env"):
        root = evaluate(tmp_path, {"main.tf": main}, Inputs(((way, f"it={text}"),)))
        if value is None:
            assert "does not fit its type" in root.problems[0].message and (text in root.problems[0].message) == (way == "var")
        else:
            assert one(root, "aws_vpc.v")["it"] == value and root.problems == ()


def test_nothing_is_evaluated_but_the_paths_that_are_wanted(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        dedent("""
        resource "aws_instance" "i" {
          subnet_id = "subnet-1"
          user_data = file("missing")
          tags      = { a = local.nothing }
          network_interface {
            device_index = 0
            name         = local.nothing
          }
          dynamic "network_interface" {
            for_each = [1]
            content {
              device_index = network_interface.value
              name         = local.nothing
            }
          }
          root_block_device { size = local.nothing }
          provisioner "local-exec" { command = self.id }
        }
        resource "aws_emr_cluster" "c" {
          subnet_ids = ["subnet-1"]
          name       = local.nothing
        }
        """)
    )
    library = Library(discover([str(tmp_path)], base=str(tmp_path)).tree)
    wanted = {"aws_instance": {"subnet_id", "network_interface.device_index"}, "aws_emr_cluster": frozenset[str]()}
    root = evaluate_root(library, str(tmp_path), Inputs(), wanted, {})
    assert to_json(one(root, "aws_instance.i")) == {
        "subnet_id": "subnet-1",
        "network_interface": [{"device_index": 0}, {"device_index": 1}],
    }
    assert set(one(root, "aws_emr_cluster.c")) == {"subnet_ids", "name"}
    assert root.problems == ()
    everything = evaluate_root(library, str(tmp_path), Inputs(), {"aws_instance"}, {})
    assert {"user_data", "tags", "root_block_device"} <= set(one(everything, "aws_instance.i"))
    assert len(everything.problems) == 5


@pytest.mark.parametrize("name", ["bad.auto.tfvars.json", "bad.auto.tfvars"])
def test_a_variable_file_that_cannot_be_read_leaves_no_default_standing(tmp_path: Path, name: str) -> None:
    text = 'variable "c" { default = "0.0.0.0/0" }\nresource "aws_vpc" "v" { cidr_block = var.c }\n'
    root = evaluate(tmp_path, {"main.tf": text, name: '{"b": "10.0.0.0/8"' if name.endswith("json") else "c = "})
    assert isinstance(one(root, "aws_vpc.v")["cidr_block"], Unknown)
    assert root.problems


def test_what_the_left_side_decides_stands_whatever_is_wrong_on_the_right(tmp_path: Path) -> None:
    root = evaluate(
        tmp_path,
        {
            "main.tf": """
            variable "none" { default = null }
            resource "aws_vpc" "v" {
              a = var.none != null && var.none.x == 1
              b = var.none == null || trimspace(var.none) != ""
            }
            """
        },
    )
    assert to_json(one(root, "aws_vpc.v")) == {"a": False, "b": True} and root.problems == ()


def test_a_resource_may_have_a_version_and_a_source(tmp_path: Path) -> None:
    root = evaluate(
        tmp_path,
        {
            "main.tf": """
            resource "aws_vpc" "v" {
              version = "1.33"
              source  = "./file"
            }
            resource "aws_instance" "i" { ami = aws_vpc.v.version }
            module "hidden" {
              source  = "a/b/c"
              version = "1.0"
            }
            """
        },
    )
    assert one(root, "aws_vpc.v") == Map.of({"version": "1.33", "source": "./file"})
    assert one(root, "aws_instance.i")["ami"] == "1.33"
    assert one(root, "module.hidden") == Map()


def test_zones_stay_the_keys_that_they_are_through_zipmap(tmp_path: Path) -> None:
    text = """
    data "aws_availability_zones" "a" {}
    resource "aws_subnet" "a" {
      for_each   = zipmap([for i in [0, 1] : data.aws_availability_zones.a.names[i]], ["10.0.1.0/24", "10.0.2.0/24"])
      cidr_block = each.value
    }
    """
    names = [f'aws_subnet.a["${{data.aws_availability_zones.a.names[{number}]}}"]' for number in (0, 1)]
    assert addresses(evaluate(tmp_path, {"main.tf": text})) == names


def test_which_element_of_a_set_of_identities_is_the_first_is_not_known(tmp_path: Path) -> None:
    text = """
    resource "aws_subnet" "a" {}
    resource "aws_subnet" "b" {}
    resource "aws_instance" "i" {
      subnet_id = tolist(toset([aws_subnet.a.id, aws_subnet.b.id]))[0]
      ami       = tolist(toset([aws_subnet.a.id]))[0]
      tags      = { number = length(tolist(toset([aws_subnet.a.id, aws_subnet.b.id]))) }
    }
    """
    values = one(evaluate(tmp_path, {"main.tf": text}), "aws_instance.i")
    subnet = values["subnet_id"]
    assert isinstance(subnet, Unknown)
    assert subnet.among == (Ref("aws_subnet.a", "id"), Ref("aws_subnet.b", "id"))
    assert values["ami"] == Ref("aws_subnet.a", "id")
    assert values["tags"] == Map.of({"number": 2})
