"""
Terraform's JSON syntax (`.tf.json`, `.tfvars.json`), as the same blocks and arguments as the native one.

Whether a property inside a block's body is an argument or a nested block is not written in JSON: everything there is an
`Attribute`, and who knows the resource type decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sglint.parse import json
from sglint.parse.expression import read_all, read_inside
from sglint.parse.json import Array, Json, Object, Scalar
from sglint.parse.strings import read_whole
from sglint.parse.text import Failure, Text
from sglint.source import Source, Span
from sglint.syntax import Attribute, Block, Broken, Document, Expr, Literal, ObjectExpr, TupleExpr

_LABELS = {
    "resource": 2,
    "data": 2,
    "ephemeral": 2,
    "variable": 1,
    "output": 1,
    "module": 1,
    "provider": 1,
    "check": 1,
    "locals": 0,
    "terraform": 0,
    "moved": 0,
    "import": 0,
    "removed": 0,
}
_LITERAL = {"variable": None, "terraform": None, "module": frozenset(("source", "version"))}
"""Block types whose strings are no templates: all of them, or those of the named arguments."""

_REFERENCES = {
    "variable": frozenset(("type",)),
    "moved": frozenset(("from", "to")),
    "removed": frozenset(("from",)),
    "import": frozenset(("to", "provider")),
    "resource": frozenset(("provider", "depends_on")),
    "data": frozenset(("provider", "depends_on")),
    "ephemeral": frozenset(("provider", "depends_on")),
    "module": frozenset(("providers", "depends_on")),
    "output": frozenset(("depends_on",)),
}
"""Arguments whose strings are expressions, as if they stood in a native file without quotes."""


@dataclass(slots=True)
class _File:
    """
    What was read of one file so far.
    """

    text: Text
    blocks: list[Block] = field(default_factory=list)
    attributes: list[Attribute] = field(default_factory=list)


def parse(source: Source) -> Document:
    """
    Return what the file says; whatever is wrong in it is among the document's problems, and the rest is read.
    """
    file = _File(Text(source.path, source.text))
    root = json.read(file.text)
    variables = source.path.endswith(".tfvars.json")
    if root is not None and not variables and isinstance(root, Array):
        for item in root.items:
            _root(file, item)
    elif isinstance(root, Object) and variables:
        file.attributes.extend(_attributes(file.text, root, "", plain=True))
    elif root is not None:
        _root(file, root)
    problems = sorted(file.text.problems, key=lambda problem: problem.order)
    return Document(source.path, tuple(file.blocks), tuple(file.attributes), (), tuple(problems))


def _root(file: _File, node: Json) -> None:
    if not isinstance(node, Object):
        file.text.problem("expected an object", node.start, node.end, "a Terraform file in JSON is one object")
        return
    for key, value in node.members:
        name = str(key.value)
        if name == "//":
            continue
        if name not in _LABELS:
            hint = "the names at the top of a file are those of Terraform's blocks"
            file.text.problem(f"{name} is not a block type", key.start, key.end, hint)
            continue
        _blocks(file, name, (), (key, key.start), value, _LABELS[name])


def _blocks(file: _File, name: str, labels: tuple[str, ...], at: tuple[Scalar, int], node: Json, missing: int) -> None:
    """
    Add the blocks of one type that are below `node`, which lacks `missing` more labels.

    `at` is the innermost key above, and where the text of the block starts: at that key, or at its item of a list.
    """
    if isinstance(node, Array):
        for item in node.items:
            _blocks(file, name, labels, (at[0], item.start), item, missing)
    elif isinstance(node, Scalar) and node.value is None and not missing:
        return
    elif not isinstance(node, Object):
        what = ".".join((name, *labels))
        file.text.problem(f"expected an object for {what}", node.start, node.end, "write it in { }")
    elif missing:
        for label, value in node.members:
            if label.value != "//" or missing < _LABELS[name]:
                _blocks(file, name, (*labels, str(label.value)), (label, label.start), value, missing - 1)
    else:
        attributes = _attributes(file.text, node, name, plain=False)
        header = file.text.span(at[0].start, at[0].end)
        file.blocks.append(Block(name, labels, attributes, (), file.text.span(at[1], node.end), header))


def _attributes(text: Text, node: Object, block: str, *, plain: bool) -> tuple[Attribute, ...]:
    found: dict[str, Attribute] = {}
    literal = _LITERAL.get(block, frozenset())
    for key, value in node.members:
        name = str(key.value)
        if name == "//":
            continue
        if name in found:
            text.problem(f"the argument {name} is set twice", key.start, key.end, "keep one of them", hides=False)
            continue
        if name in _REFERENCES.get(block, frozenset()):
            expr = _expr(text, value, 1, "reference")
        else:
            fixed = plain or literal is None or name in literal
            expr = _expr(text, value, 1, "literal" if fixed else "template")
        found[name] = Attribute(name, expr, text.span(key.start, value.end))
    return tuple(found.values())


def _expr(text: Text, node: Json, depth: int, strings: str) -> Expr:
    """
    Return the expression of a JSON value; `strings` says what a string is: a literal, a template or a reference.
    """
    span = text.span(node.start, node.end)
    if isinstance(node, Array):
        return TupleExpr(tuple(_expr(text, item, depth + 1, strings) for item in node.items), span)
    if isinstance(node, Object):
        keys = "template" if strings == "template" else "literal"
        items: list[tuple[Expr, Expr]] = []
        seen: set[str] = set()
        for key, value in node.members:
            if str(key.value) in seen:
                text.problem(f"the key {key.value} is set twice", key.start, key.end, "keep one of them", hides=False)
                continue
            seen.add(str(key.value))
            items.append((_expr(text, key, depth + 1, keys), _expr(text, value, depth + 1, strings)))
        return ObjectExpr(tuple(items), span)
    if not isinstance(node.value, str) or strings == "literal":
        return Literal(node.value, span)
    if strings == "template" and "${" not in node.value and "%{" not in node.value:
        return Literal(node.value, span)
    return _string(text, node, node.value, span, depth, reference=strings == "reference")


def _string(text: Text, node: Scalar, value: str, span: Span, depth: int, *, reference: bool) -> Expr:
    """
    Read the template or expression in a string; its places are exact where the string has no escapes.
    """
    line, column = text.place(node.start + 1)
    here = Text(text.path, value, line, column, None if node.plain else span)
    try:
        expr: Expr = read_all(here).expr if reference else read_whole(here, depth, read_inside).expr
    except Failure as failure:
        here.problem(failure.message, failure.start, failure.end, failure.hint)
        expr = Broken(failure.message, span)
    text.problems.extend(here.problems)
    return expr
