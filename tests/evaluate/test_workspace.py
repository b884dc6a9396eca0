"""
A workspace that is not given is bounded by what the text makes of it; and the blocks that make no resource make none.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sglint.evaluate.terraform.inputs import Inputs
from sglint.value import Unknown, Value
from tests.evaluate.test_root import addresses, evaluate, one

LOCALS = """
locals {
  env   = terraform.workspace
  cidrs = { dev = "10.1.0.0/16", prod = "10.2.0.0/16" }
  sets  = { dev = { size = 1 }, prod = { size = 2 } }
}
"""


@pytest.mark.parametrize(
    ("expression", "among", "staging"),
    [
        ("local.cidrs[terraform.workspace]", ("10.1.0.0/16", "10.2.0.0/16"), None),
        ("local.cidrs[local.env]", ("10.1.0.0/16", "10.2.0.0/16"), None),
        ("local.sets[local.env].size", (1, 2), None),
        ('"10.${local.sets[local.env].size}.0.0/16"', ("10.1.0.0/16", "10.2.0.0/16"), None),
        ('lookup(local.cidrs, local.env, "10.3.0.0/16")', ("10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"), "10.3.0.0/16"),
        ('try(local.cidrs[local.env], "10.3.0.0/16")', ("10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"), "10.3.0.0/16"),
        ('local.env == "prod" ? "a" : local.env == "dev" ? "b" : "c"', ("a", "b", "c"), "c"),
        ('contains(keys(local.cidrs), local.env) ? local.cidrs[local.env] : "x"', ("10.1.0.0/16", "10.2.0.0/16", "x"), "x"),
        ("terraform.workspace", (), "staging"),
        ('"${terraform.workspace}-vpc"', (), "staging-vpc"),
    ],
)
def test_what_is_chosen_by_the_workspace_is_one_of_what_there_is(
    tmp_path: Path, expression: str, among: tuple[Value, ...], staging: Value
) -> None:
    files = {"main.tf": f'{LOCALS}resource "aws_vpc" "v" {{ it = {expression} }}\n'}
    value = one(evaluate(tmp_path, files), "aws_vpc.v")["it"]
    assert isinstance(value, Unknown) and value.among == among
    assert value.why == "terraform.workspace is not given (--workspace)"
    given = evaluate(tmp_path, files, Inputs(workspace="staging"))
    if staging is None:
        assert given.problems
    else:
        assert one(given, "aws_vpc.v")["it"] == staging


def test_instances_that_hang_on_the_workspace_may_exist(tmp_path: Path) -> None:
    text = LOCALS + 'resource "aws_vpc" "p" { count = terraform.workspace == "prod" ? 1 : 0 }\n'
    text += 'resource "aws_vpc" "e" {\n  for_each = { a = local.cidrs[local.env] }\n  cidr_block = each.value\n}\n'
    text += 'resource "aws_vpc" "s" { count = local.sets[local.env].size }\n'
    root = evaluate(tmp_path, {"main.tf": text})
    assert addresses(root) == ['aws_vpc.e["a"]', "aws_vpc.p[0]", "aws_vpc.s[0]", "aws_vpc.s[1]"]
    assert [resource.origin.maybe is not None for resource in root.resources] == [False, True, False, True]


def test_blocks_that_make_no_resource_do_no_harm(tmp_path: Path) -> None:
    root = evaluate(
        tmp_path,
        {
            "main.tf": """
            provider "aws" {
              for_each = toset(["eu-west-1"])
              alias    = "by"
              region   = each.value
            }
            removed {
              from = aws_vpc.old
              lifecycle { destroy = false }
            }
            import {
              for_each = { a = "vpc-1" }
              to       = aws_vpc.x[each.key]
              id       = each.value
            }
            moved {
              from = aws_vpc.y
              to   = aws_vpc.x
            }
            check "c" {
              data "aws_vpc" "nested" { id = "vpc-1" }
              assert {
                condition     = data.aws_vpc.nested.id != ""
                error_message = "x"
              }
            }
            ephemeral "random_password" "p" { length = 16 }
            action "aws_lambda_invoke" "a" {
              config { function_name = "x" }
            }
            resource "aws_vpc" "x" {
              for_each   = toset(["a"])
              provider   = aws.by["eu-west-1"]
              cidr_block = provider::x::cidr("10.0.0.0/16")
              secret     = ephemeral.random_password.p.result
              lifecycle {
                postcondition {
                  condition     = self.cidr_block != ""
                  error_message = "x"
                }
                action_trigger {
                  events  = [after_create]
                  actions = [action.aws_lambda_invoke.a]
                }
              }
              provisioner "local-exec" { command = self.id }
            }
            """
        },
    )
    assert addresses(root) == ['aws_vpc.x["a"]'] and root.problems == ()
    value = one(root, 'aws_vpc.x["a"]')["cidr_block"]
    assert isinstance(value, Unknown) and "belongs to a provider" in value.why
