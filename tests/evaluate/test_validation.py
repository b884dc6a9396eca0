"""
Validations of variables: what Terraform refuses is a problem, and what it lets in bounds a variable that is not given.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sglint.evaluate.terraform.inputs import Inputs
from sglint.value import Unknown, Value
from tests.evaluate.test_root import evaluate, one

USE = 'resource "aws_vpc" "v" { it = var.it }\n'


def declared(condition: str, message: str = '"no"', rest: str = "") -> str:
    rule = f"validation {{\n    condition = {condition}\n    error_message = {message}\n  }}"
    return f'variable "it" {{\n  {rest}\n  {rule}\n}}\n'


@pytest.mark.parametrize(
    ("condition", "default"),
    [
        ('contains(["a", "b"], var.it)', '"c"'),
        ("var.it > 5", "1"),
        ('var.it == 1 ? "false" : "true"', "1"),
        ("var.it < var.least", "9"),
    ],
)
def test_a_value_that_is_refused_is_a_problem_where_it_is_given(tmp_path: Path, condition: str, default: str) -> None:
    text = declared(condition, '"not ${var.it}, ${local.why}"', f"default = {default}") + USE
    text += 'variable "least" { default = 5 }\nlocals { why = "says ${var.it}" }\n'
    (problem,) = evaluate(tmp_path, {"main.tf": text}).problems
    plain = default.strip('"')
    assert problem.message == f"the value of var.it is refused by its validation: not {plain}, says {plain}"
    assert problem.span is not None and (problem.span.line, problem.span.column) == (2, 13)
    assert "main.tf:4:" in problem.hint


def test_values_from_files_and_calls_are_checked_where_they_are_written(tmp_path: Path) -> None:
    module = declared("var.it > 5", '"too small"')
    root = evaluate(
        tmp_path,
        {
            "main.tf": declared("var.it > 5", '"too small"') + 'module "m" {\n  source = "./m"\n  it = 4\n}\n',
            "terraform.tfvars": "\nit = 3\n",
            "m/main.tf": module + USE,
        },
    )
    places = [(Path(problem.span.path).name, problem.span.line) for problem in root.problems if problem.span]
    assert places == [("main.tf", 10), ("terraform.tfvars", 2)]
    assert one(root, "module.m.aws_vpc.v")["it"] == 4


def test_every_validation_is_checked_and_one_that_cannot_be_evaluated_is_a_problem(tmp_path: Path) -> None:
    text = declared("length(var.it) > 0", rest='default = null\n  validation {\n    condition = var.it == "x"\n  }') + USE
    problems = evaluate(tmp_path, {"main.tf": text}).problems
    assert [problem.message.partition(":")[0] for problem in problems] == [
        "the value of var.it is refused by its validation",
        "the validation of var.it cannot be evaluated",
    ]
    assert len({problem.span for problem in problems}) == 2


@pytest.mark.parametrize(
    ("condition", "rest"),
    [
        ("var.it == aws_vpc.other.id", 'default = "x"'),
        ("var.it > 5", ""),
        ('can(regex("^vpc-", var.it)) || var.it == null', "default = null"),
    ],
)
def test_what_is_not_known_is_not_refused(tmp_path: Path, condition: str, rest: str) -> None:
    text = declared(condition, rest=rest) + USE + 'resource "aws_vpc" "other" {}\n'
    assert evaluate(tmp_path, {"main.tf": text}).problems == ()


def test_a_sensitive_value_is_judged_and_not_told(tmp_path: Path) -> None:
    text = declared('var.it != "hunter2"', '"not ${var.it}"', 'sensitive = true\n  default = "hunter2"') + USE
    (problem,) = evaluate(tmp_path, {"main.tf": text}).problems
    assert problem.message == "the value of var.it is refused by its validation"


def test_a_module_that_may_not_be_called_refuses_nothing(tmp_path: Path) -> None:
    main = 'variable "on" { type = bool }\nmodule "m" {\n  source = "./m"\n  count = var.on ? 1 : 0\n  it = 1\n}\n'
    root = evaluate(tmp_path, {"main.tf": main, "m/main.tf": declared("var.it > 5") + USE})
    assert root.problems == () and one(root, "module.m[0].aws_vpc.v")["it"] == 1


def test_the_text_of_a_sensitive_value_is_not_in_the_message(tmp_path: Path) -> None:
    text = declared("var.it > 5", '"${var.it} ${var.secret}"', "default = 1") + USE
    text += 'variable "secret" {\n  sensitive = true\n  default = "hunter2"\n}\n'
    (problem,) = evaluate(tmp_path, {"main.tf": text}).problems
    assert problem.message == "the value of var.it is refused by its validation"


@pytest.mark.parametrize(
    ("condition", "type_", "among"),
    [
        ('contains(["a", "b"], var.it)', "string", ("a", "b")),
        ("contains(toset([1, 2]), var.it)", "number", (1, 2)),
        ('var.it == "a" || "b" == var.it', "string", ("a", "b")),
        ('contains(["a", "b", "c"], var.it) && contains(["c", "b", "d"], var.it)', "string", ("b", "c")),
        ('contains(["a", "b"], var.it) && length(var.it) > 0', "string", ("a", "b")),
        ('var.it == null ? true : contains(["a"], var.it)', "string", (None, "a")),
        ('var.it == null || (var.it == "a")', "string", (None, "a")),
        ('can(regex("^(dev|prod-1)$", var.it))', "string", ("dev", "prod-1")),
        ('contains(["a", "b"], lower(var.it))', "string", ()),
        ('contains(["a", var.other], var.it)', "string", ()),
        ('var.it == "a" || length(var.it) > 3', "string", ()),
        ('!contains(["a", "b"], var.it)', "string", ()),
        ('can(regex("^(dev|prod)", var.it))', "string", ()),
        ('can(regex("^(d.v|prod)$", var.it))', "string", ()),
        ('can(regex("^(1|2)$", var.it))', "any", ()),
    ],
)
def test_a_variable_that_is_not_given_is_bounded_by_what_is_allowed(
    tmp_path: Path, condition: str, type_: str, among: tuple[Value, ...]
) -> None:
    text = declared(condition, rest=f"type = {type_}") + 'variable "other" {}\n' + USE
    value = one(evaluate(tmp_path, {"main.tf": text}), "aws_vpc.v")["it"]
    assert isinstance(value, Unknown)
    assert value.among == among and "var.it has no default" in value.why


def test_one_allowed_value_is_the_value(tmp_path: Path) -> None:
    root = evaluate(tmp_path, {"main.tf": declared('var.it == "a"', rest="type = string") + USE})
    assert one(root, "aws_vpc.v")["it"] == "a"


def test_a_sensitive_variable_is_not_bounded(tmp_path: Path) -> None:
    text = declared('contains(["a", "b"], var.it)', rest="type = string\n  sensitive = true") + USE
    value = one(evaluate(tmp_path, {"main.tf": text}), "aws_vpc.v")["it"]
    assert isinstance(value, Unknown) and value.among == ()


def test_null_into_a_variable_that_is_not_nullable_is_its_default(tmp_path: Path) -> None:
    main = 'variable "on" { type = bool }\nmodule "m" {\n  source = "./m"\n  it = var.on ? "a" : null\n}\n'
    root = evaluate(tmp_path, {"main.tf": main, "m/main.tf": 'variable "it" {\n  nullable = false\n  default = "b"\n}\n' + USE})
    value = one(root, "module.m.aws_vpc.v")["it"]
    assert isinstance(value, Unknown) and value.among == ("a", "b")


def test_a_given_value_is_checked_even_where_nothing_uses_it(tmp_path: Path) -> None:
    text = declared("var.it > 5", rest="type = number")
    (problem,) = evaluate(tmp_path, {"main.tf": text}, Inputs((("var", "it=1"),))).problems
    assert problem.span is not None and problem.span.line == 1
