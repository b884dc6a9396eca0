"""
The native syntax: what is accepted, exactly where things are, and what survives a mistake.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sglint.parse import parse, parse_expression, parse_template
from sglint.source import Source, Span
from sglint.syntax import (
    Broken,
    Document,
    Expr,
    GetAttr,
    Index,
    Literal,
    ObjectExpr,
    Splat,
    SplatItem,
    Template,
    TemplateIf,
    Variable,
)

FIXTURES = Path(__file__).parents[2] / "fixtures"
SNIPPETS = json.loads((FIXTURES / "parse" / "syntax.json").read_text(encoding="utf-8"))
SAMPLE = """locals {
  größe = "ü ${var.x} %{ if a ~} b %{ endif }"
  tags  = { a = 1, (b) = [for k, v in c : v if k], "d" = e[*].f }
  text  = <<-EOT
    x ${y}
  EOT
}

resource "aws_vpc" "main" { # note
  cidr_block = f("10.0.0.0/16", [1e3, -2.5]...)
}
"""


def document(text: str) -> Document:
    return parse(Source("main.tf", text))


def value(text: str) -> Expr:
    read = document(f"a = {text}\n")
    assert read.problems == ()
    return read.attributes[0].expr


def spans(node: object) -> Iterator[Span]:
    if isinstance(node, Span):
        yield node
    elif isinstance(node, tuple):
        for item in node:
            yield from spans(item)
    elif is_dataclass(node) and not isinstance(node, type):
        for each in fields(node):
            yield from spans(getattr(node, each.name))


def cut(text: str, span: Span) -> str:
    lines = text.split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=[snippet["name"] for snippet in SNIPPETS])
def test_accepts_what_terraform_accepts(snippet: dict[str, object]) -> None:
    """
    A snippet has problems exactly when the real terraform refused it; its answers are recorded.
    """
    problems = document(str(snippet["text"])).problems
    assert bool(problems) != snippet["accepted"], problems
    assert all(problem.span is not None and problem.message for problem in problems)


def test_places_count_characters() -> None:
    local, vpc = document(SAMPLE).blocks
    assert cut(SAMPLE, local.attributes[0].span) == SAMPLE.split("\n")[1].strip()
    template = local.attributes[0].expr
    assert isinstance(template, Template)
    assert cut(SAMPLE, template.parts[1].span) == "var.x"
    assert template.span.column == 11
    tags = local.attributes[1].expr
    assert isinstance(tags, ObjectExpr)
    assert [cut(SAMPLE, item.span) for _, item in tags.items] == ["1", "[for k, v in c : v if k]", "e[*].f"]
    assert cut(SAMPLE, vpc.header) == 'resource "aws_vpc" "main"'
    assert cut(SAMPLE, vpc.span).endswith("\n}")
    assert cut(SAMPLE, vpc.attributes[0].span) == 'cidr_block = f("10.0.0.0/16", [1e3, -2.5]...)'
    assert [comment.text for comment in document(SAMPLE).comments] == ["# note"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1e3", 1000),
        ("2.0", 2),
        ("12345678901234567890123", 12345678901234567890123),
        ("0.1", Decimal("0.1")),
        ('"a\\tb\\u00e9$${c} %%{d}"', "a\tb\u00e9${c} %{d}"),
        ('"e\u0301"', "\u00e9"),
        ("<<X\na\n  b\nX", "a\n  b\n"),
        ("<<-X\n    a\n\n      b\n  X", "a\n\n  b\n"),
        ("<<X\r\na\r\nX", "a\r\n"),
        ("true", True),
        ("null", None),
    ],
)
def test_literals(written: str, meant: object) -> None:
    expr = value(written)
    assert isinstance(expr, Literal)
    assert expr.value == meant
    assert type(expr.value) is type(meant)


def test_a_single_interpolation_is_its_expression() -> None:
    assert isinstance(value('"${b}"'), Variable)
    assert isinstance(value('" ${~ b ~} "'), Template)


def test_strip_markers_eat_one_line_of_a_heredoc() -> None:
    """
    As `terraform console` shows: what follows `~}` on its line goes, the indentation of the next line stays.
    """
    expr = value("<<X\n%{ if b ~}\n  c\n%{ endif ~}\nX")
    assert isinstance(expr, Template)
    (inner,) = expr.parts
    assert isinstance(inner, TemplateIf)
    assert [part.value for part in inner.yes if isinstance(part, Literal)] == ["  c\n"]


def test_the_two_splats_differ_in_what_they_take() -> None:
    full, attributes = value("b[*].c[0]"), value("b.*.c[0]")
    assert isinstance(full, Splat)
    assert isinstance(full.body, Index)
    assert isinstance(attributes, Index)
    splat = attributes.object
    assert isinstance(splat, Splat)
    assert isinstance(splat.body, GetAttr)
    assert isinstance(splat.body.object, SplatItem)


def test_a_broken_argument_costs_only_itself() -> None:
    read = document('b "c" {\n  d = [1 2]\n  e = 3\n  f {\n    g = (\n  }\n  h = 4\n}\nlast {}\n')
    block = read.blocks[0]
    assert [attribute.name for attribute in block.attributes] == ["d", "e", "h"]
    assert isinstance(block.attributes[0].expr, Broken)
    assert [inner.type for inner in block.blocks] == ["f"]
    assert read.blocks[1].type == "last"
    assert all(problem.hides for problem in read.problems)


def test_a_missing_brace_does_not_swallow_the_next_resource() -> None:
    read = document('resource "a" "b" {\n  c = 1\n\nresource "d" "e" {\n}\n')
    assert [block.labels for block in read.blocks] == [("a", "b"), ("d", "e")]
    assert [str(problem.span) for problem in read.problems] == ["main.tf:1:18"]


@pytest.mark.parametrize("text", ["a = 1 b = 2\n", "b\n{\n}\n", "a = 1\na = 2\n", "a = { b = 1 c = 2 }\n", "b {\n a = 1 }\n"])
def test_a_slip_with_an_obvious_meaning_hides_nothing(text: str) -> None:
    assert [problem.hides for problem in document(text).problems] == [False]


@pytest.mark.parametrize("unit", ["[", "(", "{", "!", "-", '"${', "1+", "a?b:", "f(", "[for x in ", "x.a["])
def test_endless_nesting_ends_in_a_problem(unit: str) -> None:
    problems = document("a = " + unit * 50_000).problems
    assert any("nested more than" in problem.message for problem in problems)
    assert document("b {\n" * 5_000).problems


def test_expressions_and_templates_of_their_own() -> None:
    expr, problems = parse_expression(Source("<option>", "[1,\n2]"))
    assert problems == ()
    assert cut("[1,\n2]", expr.span) == "[1,\n2]"
    expr, problems = parse_template("a ${b}\n", Span("t.tpl", 1, 1, 2, 1))
    assert problems == ()
    assert isinstance(expr, Template)
    assert expr.parts[1].span == Span("t.tpl", 1, 5, 1, 6)
    broken, problems = parse_template("a ${", Span("t.tpl", 1, 1, 1, 5))
    assert isinstance(broken, Broken)
    assert len(problems) == 1


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(SAMPLE)), st.integers(0, 12), st.text('"{}[]()\n=,${~}%<-X#/*\\ é\r.:?!1e', max_size=6))
def test_no_text_breaks_the_reader(at: int, gone: int, put: str) -> None:
    """
    Whatever is cut out or put in: no exception, and every place lies inside the file.
    """
    text = SAMPLE[:at] + put + SAMPLE[at + gone :]
    lines = text.split("\n")
    for span in spans(document(text)):
        assert (span.line, span.column) <= (span.end_line, span.end_column)
        assert 1 <= span.line <= span.end_line <= len(lines)
        assert span.column <= len(lines[span.line - 1]) + 2
        assert span.end_column <= len(lines[span.end_line - 1]) + 2
