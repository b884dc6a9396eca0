"""
Terraform's JSON syntax means what the native one means, with places.
"""

from __future__ import annotations

import pytest

from sglint.parse import parse
from sglint.source import Source
from sglint.syntax import Block, Call, Document, GetAttr, Literal, Template, TupleExpr


def document(text: str, path: str = "main.tf.json") -> Document:
    return parse(Source(path, text))


def only(text: str) -> Block:
    read = document(text)
    assert read.problems == ()
    (block,) = read.blocks
    return block


def test_labels_are_keys_and_lists_repeat_a_block() -> None:
    text = '{"//": "x", "resource": {"a": {"b": [{"c": 1}, {"c": 2}]}}, "locals": [{"d": 1}]}'
    read = document(text)
    assert [(block.type, block.labels) for block in read.blocks] == [
        ("resource", ("a", "b")),
        ("resource", ("a", "b")),
        ("locals", ()),
    ]
    assert [block.span.column for block in read.blocks[:2]] == [text.index('{"c": 1') + 1, text.index('{"c": 2') + 1]


def test_strings_are_templates_with_places() -> None:
    block = only('{"resource": {"a": {"b": {\n  "c": "x${var.d}", "e": "\\n${f}"}}}}')
    plain, escaped = (attribute.expr for attribute in block.attributes)
    assert isinstance(plain, Template)
    assert str(plain.parts[1].span) == "main.tf.json:2:12"
    assert isinstance(escaped, Template)
    assert {part.span for part in escaped.parts} == {escaped.span}


def test_some_strings_are_literal_and_some_are_references() -> None:
    variable = only('{"variable": {"a": {"type": "list(string)", "default": "${b}"}}}')
    kind, default = (attribute.expr for attribute in variable.attributes)
    assert isinstance(kind, Call)
    assert isinstance(default, Literal)
    assert default.value == "${b}"
    needs = only('{"module": {"a": {"source": "./${b}", "depends_on": ["c.d"]}}}')
    assert isinstance(needs.attributes[0].expr, Literal)
    listed = needs.attributes[1].expr
    assert isinstance(listed, TupleExpr)
    assert isinstance(listed.items[0], GetAttr)


def test_a_variable_file_holds_literals() -> None:
    read = document('{"a": "${b}", "c": 1.0}', "x.tfvars.json")
    literals = [(each.name, each.expr.value) for each in read.attributes if isinstance(each.expr, Literal)]
    assert literals == [("a", "${b}"), ("c", 1)]


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ('{"locals": {"a": 1,}}', "a key in quotes", "1:20"),
        ('{"locals": {"a": 1}', "expected a comma or }", "1:20"),
        ('{"locals": {"a": "b', 'expected "', "1:20"),
        ('{"locals": {"a": 1}} x', "unexpected x", "1:22"),
        ('{"local": {}}', "local is not a block type", "1:2"),
        ('{"locals": {"a": 1, "a": 2}}', "set twice", "1:21"),
        ('{"locals": {"a": "${"}}', "expected an expression", "1:"),
        ('{"locals": {"a": 1e99999999999999999999}}', "is too large a number", "1:18"),
        ("[" * 50_000, "nested more than", "1:102"),
    ],
)
def test_mistakes_have_a_place(text: str, message: str, place: str) -> None:
    problems = document(text).problems
    assert any(message in each.message and f":{place}" in str(each.span) for each in problems), problems


def test_what_stands_before_a_mistake_is_read() -> None:
    read = document('{"resource": {"a": {"b": {"c": 1}, "d": {"e": [1, ')
    assert [block.labels for block in read.blocks] == [("a", "b"), ("a", "d")]
