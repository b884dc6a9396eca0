"""
What is sensitive or ephemeral: followed as Terraform follows it, and told to nobody.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.expand import by_count
from sglint.evaluate.terraform.expressions import evaluate_expression
from sglint.evaluate.terraform.files import nothing
from sglint.evaluate.terraform.mark import veiled
from sglint.evaluate.terraform.scope import Nowhere, Scope
from sglint.output.excerpt import private
from sglint.value import Map, Mark, Marked, Ref, Seq, Unknown, Value
from tests.command import sglint
from tests.evaluate.grammar import Maker
from tests.evaluate.oracle import cases, named, parse
from tests.evaluate.record_marks import Case, agrees, outcome_marks
from tests.evaluate.test_root import evaluate, one

RECORDED = named(cases("marks"), "expression")
SECRET = "hunter2zebra-hunter2lion"  # noqa: S105 -- it is no password
NAMES = (
    ("var.secret", "s"),
    ('split("-", var.secret)', "l"),
    ('["open", var.secret]', "l"),
    ('{a = var.secret, b = "x"}', "o"),
    ('toset([var.secret, "x"])', "S"),
    ("tomap({a = var.secret})", "m"),
    ("{(var.secret) = 1}", "o"),
    ("length(var.secret)", "n"),
    ('(var.absent ? var.secret : "b")', "s"),
    ("var.absent", "a"),
    ("aws_vpc.v.tags", "m"),
    ("aws_vpc.v.id", "s"),
)
WRONG = (
    "tonumber(var.secret)",
    "var.secret + 1",
    "!var.secret",
    "var.secret ? 1 : 2",
    "var.secret.a",
    "var.secret[0]",
    "{ a = 1 }[var.secret]",
    "tomap({ a = 1 })[var.secret]",
    "[1][var.secret]",
    "lookup({}, var.secret)",
    "file(var.secret)",
    "templatefile(var.secret, {})",
    "cidrsubnet(var.secret, 8, 1)",
    'cidrhost("10.0.0.0/8", var.secret)',
    "jsondecode(var.secret)",
    "yamldecode(var.secret)",
    "regex(var.secret, 1)",
    'regex("[0-9]{9}", var.secret)',
    'format("%d", var.secret)',
    'format("%z${var.secret}")',
    "formatdate(var.secret, timestamp())",
    'timeadd(var.secret, "1h")',
    "base64decode(var.secret)",
    "parseint(var.secret, 10)",
    "tobool([var.secret])",
    "tolist([1, [var.secret]])",
    "toset([var.secret])[0]",
    "[for x in [var.secret] : tonumber(x)]",
    "[for x in sensitive([var.secret, 1]) : tonumber(x)]",
    "{ for x in sensitive([1, 2]) : var.secret => x }",
    "{ for x in [1, 2] : var.secret => x }",
    'nonsensitive({ for x in split(",", "${var.secret},${var.secret}") : x => 1 })',
    'can([for x in split("-", var.secret) : var.absent ? tonumber(x) : 1])',
    'length([for x in split("-", var.secret) : var.absent ? tonumber(x) : 1])',
    "try(tonumber(var.secret))",
    'var.absent ? tonumber(var.secret) : "x"',
    "var.absent == var.secret",
    'var.absent ? var.secret : "10.0.0.0/8"',
    '"${var.absent}${var.secret}"',
    '"%{ for x in [var.secret] }${tonumber(x)}%{ endfor }"',
    '"%{ if var.secret }a%{ endif }"',
    "provider::some::thing(var.secret)",
    "merge({ a = var.secret }, var.secret)",
    "concat(var.secret, [])",
    'max(split("-", var.secret)...)',
    "aws_vpc.v[var.secret]",
    "aws_vpc.v.tags[var.secret]",
    "aws_vpc.v.tags[var.secret].x",
    "aws_security_group.w0[var.secret].id",
    "module.m[var.secret]",
    "data.aws_vpc.d.tags[var.secret]",
    "can(data.aws_vpc.d.tags[var.secret])",
    "setproduct([var.secret], var.secret)",
    "zipmap([var.secret], [])",
    "chunklist([var.secret], var.secret)",
    "range(var.secret)",
    'element(["a"], var.secret)',
    "sensitive(var.secret).a.b",
    "substr(var.secret, 0, -5)",
    "templatestring(var.secret, {})",
    "ephemeralasnull(var.secret) + 1",
    "local.${var.secret}",
)


@pytest.mark.parametrize("case", [case for _, case in RECORDED], ids=[name for name, _ in RECORDED])
def test_marks_as_terraform(case: Case) -> None:
    result, marks = outcome_marks(case["expression"])
    assert agrees(case, result, marks), (result, marks)


def generated(seed: int, count: int) -> list[str]:
    """
    Return expressions over a secret, none of which takes the mark off.
    """
    random, found = Random(seed), list[str]()  # noqa: S311
    while len(found) < count:
        text = Maker(random, random.choice([1, 2, 2, 3]), NAMES).make("a")
        if "var.secret" in text and "nonsensitive(" not in text:
            found.append(text)
    return found


def told(text: str) -> str:
    """
    Return all that leaves the evaluator when the expression is the value of an attribute, an error or what counts instances.
    """
    values: dict[str, Value] = {
        "secret": Marked(SECRET, (Mark("sensitive", "var.secret"),)),
        "absent": Unknown("it is not given"),
    }
    scope = Scope(Nowhere(nothing(), "a case")).bind({"var": Map.of(values), "aws_vpc": Map.of({"v": Ref("aws_vpc.v")})})
    found: list[object] = []
    try:
        value = evaluate_expression(parse(text), scope)
        found.append(veiled(value))
        found.append(by_count(value))
    except EvaluationError as error:
        found.append(error.message)
    return repr(found).lower()


def test_no_expression_tells_a_secret() -> None:
    for text in [*WRONG, *generated(7, 1500)]:
        assert "hunter2" not in told(text), text


def used(number: int, text: str) -> str:
    """
    Return blocks of a network that have this expression wherever the value counts.
    """
    name = f"w{number}"
    return f"""
locals {{
  {name} = {text}
}}
resource "aws_security_group" "{name}" {{
  name        = local.{name}
  description = {text}
  vpc_id      = aws_vpc.v.id
  ingress {{
    from_port   = {text}
    to_port     = 65535
    protocol    = "tcp"
    cidr_blocks = [{text}]
  }}
  dynamic "egress" {{
    for_each = {text}
    content {{
      protocol    = egress.key
      from_port   = 0
      to_port     = egress.value
      cidr_blocks = ["10.0.0.0/8", egress.value]
    }}
  }}
}}
resource "aws_subnet" "{name}" {{
  count      = {text}
  vpc_id     = aws_vpc.v.id
  cidr_block = local.{name}
}}
resource "aws_instance" "{name}" {{
  for_each               = {text}
  subnet_id              = aws_subnet.{name}[0].id
  vpc_security_group_ids = [aws_security_group.{name}.id, each.value]
}}
module "{name}" {{
  source = "./m"
  given  = {text}
}}
"""


BASE = """
variable "absent" {}
variable "secret" {
  type      = string
  sensitive = true
  validation {
    condition     = tonumber(var.secret) > 5
    error_message = "not ${var.secret}"
  }
  %s
}
variable "mistyped" {
  type      = object({ port = number, list = list(bool) })
  sensitive = true
  %s
}
data "aws_vpc" "d" {}
resource "aws_vpc" "v" { cidr_block = var.secret }
resource "aws_ec2_transit_gateway" "t" {}
resource "aws_route_table" "r" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block         = "0.0.0.0/0"
    transit_gateway_id = aws_ec2_transit_gateway.t.id
  }
  route {
    cidr_block = var.secret
    gateway_id = var.mistyped.port
  }
}
resource "aws_subnet" "s" { vpc_id = aws_vpc.v.id }
resource "aws_route_table_association" "a" {
  subnet_id      = aws_subnet.s.id
  route_table_id = aws_route_table.r.id
}
resource "aws_security_group" "g" {
  vpc_id = aws_vpc.v.id
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0", var.secret]
  }
  ingress {
    protocol    = var.secret
    from_port   = 443
    to_port     = 443
    cidr_blocks = [sensitive("SECRET")]
  }
}
resource "aws_instance" "i" {
  subnet_id              = aws_subnet.s.id
  vpc_security_group_ids = [aws_security_group.g.id]
  source_dest_check      = false
}
"""
GIVEN = f'default = "{SECRET}"', f'default = {{ port = "{SECRET}", list = ["{SECRET}"] }}'
MODULE = """
variable "given" { type = map(list(number)) }
resource "aws_vpc" "inner" { cidr_block = keys(var.given)[0] }
output "given" { value = var.given }
"""
FORMATS = (
    ("check", "--maybe"),
    ("check", "--maybe", "--format", "json"),
    ("check", "--maybe", "--format", "sarif"),
    ("inspect",),
    ("inspect", "--format", "json"),
    *(("graph", "--format", name) for name in ("json", "dot", "mermaid", "graphml")),
)


@pytest.mark.parametrize("way", ["default", "file", "argument"])
def test_a_secret_is_in_no_output(way: str, tmp_path: Path) -> None:
    texts = [*WRONG, *generated(len(way), 25)]
    given, mistyped = GIVEN if way == "default" else ("", "")
    if way == "file":
        (tmp_path / "terraform.tfvars").write_text(f'secret = "{SECRET}"\nmistyped = "{SECRET}"\n')
    (tmp_path / "main.tf").write_text(BASE.replace("SECRET", SECRET) % (given, mistyped))
    (tmp_path / "used.tf").write_text("".join(used(number, text) for number, text in enumerate(texts)))
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.tf").write_text(MODULE)
    arguments = ["--var", f"secret={SECRET}", "--var", f'mistyped={{port="{SECRET}"}}'] if way == "argument" else []
    for command, *rest in FORMATS if way == "default" else FORMATS[:1] + FORMATS[4:5]:
        said = sglint(command, *rest, *(arguments if command != "graph" else ()), ".", cwd=tmp_path).said
        assert len(said) > 1000
        assert [line for line in said.lower().splitlines() if "hunter2" in line] == [], (command, rest)


def test_the_output_of_a_module_that_is_declared_sensitive_is_not_shown(tmp_path: Path) -> None:
    files = {
        "main.tf": 'module "m" {\n  source = "./m"\n}\nresource "aws_vpc" "v" {\n  it = module.m.it\n}\n',
        "m/main.tf": 'output "it" {\n  value     = "10.0.0.0/8"\n  sensitive = true\n}\n',
    }
    value = one(evaluate(tmp_path, files), "aws_vpc.v")["it"]
    assert isinstance(value, Unknown) and value.why == "module.m.it is sensitive, and its value is not shown"


def test_what_is_unknown_and_sensitive_bounds_what_exists(tmp_path: Path) -> None:
    text = 'variable "on" {\n  type = bool\n  sensitive = true\n}\nresource "aws_vpc" "v" {\n  count = var.on ? 1 : 0\n}\n'
    (resource,) = evaluate(tmp_path, {"main.tf": text}).resources
    assert resource.address == "aws_vpc.v[0]" and resource.origin.maybe is not None
    assert resource.origin.maybe.why == "var.on is sensitive, and its value is not shown"


def test_a_dynamic_block_over_something_sensitive_hides_what_comes_from_it(tmp_path: Path) -> None:
    text = (
        'variable "ports" {\n  default = [22, 443]\n  sensitive = true\n}\nresource "aws_vpc" "v" {\n  dynamic "it" {\n'
        '    for_each = var.ports\n    content {\n      port = it.value\n      side = "in"\n    }\n  }\n}\n'
    )
    root = evaluate(tmp_path, {"main.tf": text})
    blocks = one(root, "aws_vpc.v")["it"]
    assert root.problems == () and isinstance(blocks, Seq) and len(blocks) == 2
    for block in blocks:
        assert isinstance(block, Map) and isinstance(block["port"], Unknown) and block["side"] == "in"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('a = [sensitive("x"), "y"]', "a = [sensitive(**********"),
        ('a = nonsensitive("x")', 'a = nonsensitive("x")'),
        ('"s": {"default": "x", "sensitive": true}', '"s": {"default":************************'),
        ('"s": {"ephemeral": true, "default": "x"}', '"s": {"ephemeral": true, "default":*****'),
        ('"s": {"default": "x"}', '"s": {"default": "x"}'),
    ],
)
def test_a_line_of_the_source_is_shown_without_what_is_sensitive_in_it(line: str, shown: str) -> None:
    assert private(line) == shown


@pytest.mark.parametrize(
    ("flag", "argument", "message"),
    [
        ("sensitive", "for_each = toset([var.it])", "for_each must not be sensitive, and var.it is"),
        ("sensitive", "for_each = sensitive({ a = 1 })", "for_each must not be sensitive, and the result of sensitive(…) is"),
        ("ephemeral", "for_each = toset([var.it])", "for_each must not be ephemeral, and var.it is"),
        ("ephemeral", "count = var.it", "count must not be ephemeral, and var.it is"),
        ("sensitive", 'count = "${var.it}x"', "this is refused, and why is not shown because var.it is sensitive"),
    ],
)
def test_what_is_marked_makes_no_keys(flag: str, argument: str, message: str, tmp_path: Path) -> None:
    text = f'variable "it" {{\n  default = "1"\n  {flag} = true\n}}\nresource "aws_vpc" "v" {{\n  {argument}\n}}\n'
    root = evaluate(tmp_path, {"main.tf": text})
    assert [problem.message.partition(";")[0] for problem in root.problems] == [message]
    assert [resource.address for resource in root.resources] == ["aws_vpc.v[*]"]
