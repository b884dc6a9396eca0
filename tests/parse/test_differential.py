"""
The same structure as another parser sees: every Terraform file of the fixtures goes through python-hcl2 as well.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import hcl2
import pytest

from sglint.parse import parse
from sglint.source import Source
from sglint.syntax import Block, Document, Expr, Literal, ObjectExpr, TupleExpr, Unary

FIXTURES = Path(__file__).parents[2] / "fixtures"
FILES = sorted(path.relative_to(FIXTURES).as_posix() for path in FIXTURES.rglob("*.tf"))
REFUSED_THERE = {
    "eval/modules/function-namespace/main.tf": "python-hcl2 wants two namespaces before the name of a function",
    "eval/modules/unicode/main.tf": "python-hcl2 has names in ASCII only",
}
NUMBER = re.compile(r"\$\{(-?[0-9.]+(?:[eE][+-]?[0-9]+)?)\}")
"""What python-hcl2 leaves as it is written: a number with an exponent."""
Shape = object


def shape(expr: Expr) -> Shape:
    """
    Return what both parsers tell alike: numbers, bools, lists and the keys of objects; all else is an expression.
    """
    if isinstance(expr, Literal) and isinstance(expr.value, (bool, int, Decimal)):
        return ("literal", str(expr.value) if isinstance(expr.value, bool) else str(float(expr.value)))
    if isinstance(expr, Unary) and isinstance(expr.operand, Literal) and isinstance(expr.operand.value, (int, Decimal)):
        return ("literal", str(-float(expr.operand.value)))
    if isinstance(expr, TupleExpr):
        return tuple(map(shape, expr.items))
    if isinstance(expr, ObjectExpr):
        keys = {key.value if isinstance(key, Literal) else None: shape(value) for key, value in expr.items}
        return {str(key): item for key, item in keys.items()} if None not in keys else "object"
    return "expression"


def block_shape(block: Block) -> Shape:
    nested = [(inner.type, inner.labels, block_shape(inner)) for inner in block.blocks]
    return ({attribute.name: shape(attribute.expr) for attribute in block.attributes}, sorted(nested, key=repr))


def document_shape(document: Document) -> Shape:
    return sorted(((block.type, block.labels, block_shape(block)) for block in document.blocks), key=repr)


def peer_shape(value: object) -> Shape:
    if isinstance(value, (bool, int, float)):
        return ("literal", str(value) if isinstance(value, bool) else str(float(value)))
    number = NUMBER.fullmatch(value) if isinstance(value, str) else None
    if number is not None:
        return ("literal", str(float(number[1])))
    if isinstance(value, list):
        return tuple(map(peer_shape, value))
    if isinstance(value, dict):
        keys = {str(key).strip('"'): peer_shape(item) for key, item in value.items() if not str(key).startswith("__")}
        return "object" if any("${" in key or "(" in key for key in keys) else keys
    return "expression"


def peer_blocks(kind: str, entry: dict[str, object]) -> tuple[str, tuple[str, ...], Shape]:
    labels: list[str] = []
    while "__is_block__" not in entry:
        ((label, inner),) = entry.items()
        labels.append(label.strip('"'))
        assert isinstance(inner, dict)
        entry = inner
    attributes: dict[str, Shape] = {}
    nested: list[tuple[str, tuple[str, ...], Shape]] = []
    for name, value in entry.items():
        if isinstance(value, list) and value and all(map(_is_block, value)):
            nested.extend(peer_blocks(name, each) for each in value)
        elif not name.startswith("__"):
            attributes[name] = peer_shape(value)
    return (kind, tuple(labels), (attributes, sorted(nested, key=repr)))


def _is_block(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    return "__is_block__" in value or (len(value) == 1 and _is_block(next(iter(value.values()))))


@pytest.mark.parametrize("name", [name for name in FILES if name not in REFUSED_THERE])
def test_another_parser_sees_the_same_structure(name: str) -> None:
    text = (FIXTURES / name).read_text(encoding="utf-8")
    document = parse(Source(name, text))
    assert document.problems == ()
    peer = [peer_blocks(kind, entry) for kind, entries in hcl2.loads(text).items() if kind[0] != "_" for entry in entries]
    assert document_shape(document) == sorted(peer, key=repr)


@pytest.mark.parametrize("name", sorted(REFUSED_THERE))
def test_what_the_other_parser_refuses_is_read_all_the_same(name: str) -> None:
    text = (FIXTURES / name).read_text(encoding="utf-8")
    with pytest.raises(Exception, match="Unexpected token"):
        hcl2.loads(text)
    assert parse(Source(name, text)).problems == ()
    assert len(FILES) > 100
