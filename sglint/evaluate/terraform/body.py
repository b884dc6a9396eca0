"""
From the body of a block to values: attributes, nested blocks, dynamic blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from sglint import syntax
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.expand import Instance, by_for_each
from sglint.evaluate.terraform.mark import Marks, hushed, inside, marked
from sglint.evaluate.terraform.scope import Scope
from sglint.frozen import frozen
from sglint.source import Span
from sglint.syntax import Block
from sglint.value import Map, Marked, Seq, Unknown, Value

Safely = Callable[[syntax.Expr, Scope], Value]
"""Evaluates an expression; an error becomes a Problem and an unknown value."""


@frozen
class Body:
    """
    What a block sets: its values, and the place of each by its path (`ingress[0].cidr_blocks`).
    """

    values: Map
    fields: tuple[tuple[str, Span], ...]


def evaluate_body(
    block: Block, scope: Scope, safely: Safely, leave_out: Collection[str] = (), only: Collection[str] = ()
) -> Body:
    """
    Return the attributes and nested blocks that are set. A null attribute is one that is not set.

    `only` are the paths of what is wanted (`subnet_id`, `route.cidr_block`), with all that is below them; none for everything.
    Nested blocks are a `Seq` of `Map` under their type. An `Unknown` in that `Seq` stands for an unknown number of further
    blocks, each like its `element`. A dynamic block without elements is one that was not written.
    """
    values: dict[str, Value] = {}
    fields: list[tuple[str, Span]] = []
    for attribute in block.attributes:
        if attribute.name in leave_out or _below(only, attribute.name) is None:
            continue
        value = safely(attribute.expr, scope)
        if value is not None:
            values[attribute.name] = value
            fields.extend(_places(attribute.name, attribute.expr))
    for name in dict.fromkeys(_type(child) for child in block.blocks):
        inner = _below(only, name)
        if name in leave_out or inner is None:
            continue
        items: list[Value] = []
        for value, body_fields, span in _nested(block, name, scope, safely, inner):
            path = f"{name}[{len(items)}]"
            fields.append((path, span))
            fields.extend((f"{path}.{inner}", place) for inner, place in body_fields)
            items.append(value)
        if items:
            values[name] = Seq(tuple(items), "list")
    return Body(Map.of(values), tuple(fields))


def _below(only: Collection[str], name: str) -> Collection[str] | None:
    """
    Return what is wanted below a name: nothing for everything, None when the name itself is not wanted.
    """
    if not only or name in only:
        return ()
    return frozenset(path[len(name) + 1 :] for path in only if path.startswith(f"{name}.")) or None


def evaluate_nested(block: Block, name: str, scope: Scope, safely: Safely) -> Value:
    """
    Return the nested blocks of one type as a `Seq`, or None when there are none.
    """
    if not any(_type(child) == name for child in block.blocks):
        return None
    return Seq(tuple(value for value, _, _ in _nested(block, name, scope, safely)), "list")


def _type(block: Block) -> str:
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


def _places(path: str, expr: syntax.Expr) -> Iterator[tuple[str, Span]]:
    yield path, expr.span
    if isinstance(expr, syntax.TupleExpr):
        for number, item in enumerate(expr.items):
            yield from _places(f"{path}[{number}]", item)
    if isinstance(expr, syntax.ObjectExpr):
        for key, item in expr.items:
            if isinstance(key, syntax.Literal) and isinstance(key.value, str):
                yield from _places(f"{path}.{key.value}", item)


Row = tuple[Value, tuple[tuple[str, Span], ...], Span]


def _nested(block: Block, name: str, scope: Scope, safely: Safely, only: Collection[str] = ()) -> Iterator[Row]:
    for child in block.blocks:
        if child.type == name and child.type != "dynamic":
            body = evaluate_body(child, scope, safely, only=only)
            yield body.values, body.fields, child.header
        elif child.type == "dynamic" and child.labels == (name,):
            yield from _dynamic(child, scope, safely, only)


def _dynamic(block: Block, scope: Scope, safely: Safely, only: Collection[str]) -> Iterator[Row]:
    source = block.attribute("for_each")
    content = next((child for child in block.blocks if child.type == "content"), None)
    if source is None or content is None:
        return
    iterator = block.attribute("iterator")
    name = iterator.expr.name if iterator and isinstance(iterator.expr, syntax.Variable) else block.labels[0]
    for row in _rows(safely(source.expr, scope), source.expr.span):
        each = dict(row.names)["each"]
        body = evaluate_body(content, scope.bind({name: each}), safely, only=only)
        if row.maybe is None:
            yield body.values, body.fields, content.header
        else:
            unknown = replace(row.maybe, among=(), element=body.values, type=None)
            yield unknown, body.fields, content.header


def _rows(value: Value, span: Span) -> tuple[Instance, ...]:
    """
    Return the elements of a dynamic block's for_each, which takes lists too.
    """
    if isinstance(value, Marked):
        rows = _rows(hushed(value), span)
        return tuple(replace(row, names=tuple((name, _under(each, value.marks)) for name, each in row.names)) for row in rows)
    if isinstance(value, Seq) and value.kind != "set":
        return tuple(_element(number, item, None) for number, item in enumerate(value.items))
    if isinstance(value, Seq):
        return tuple(_element(item, item, None) for item in value.items)
    if isinstance(value, Unknown) and value.among and all(isinstance(choice, Seq) for choice in value.among):
        return _alternatives(value)
    if value is None:
        return ()
    try:
        return by_for_each(value)
    except EvaluationError as error:
        return by_for_each(Unknown(error.message, span))


def _under(each: Value, marks: Marks) -> Value:
    """
    Return the `each` of an element of something marked: its key and value are marked as well.
    """
    return inside(each, lambda part: marked(part, marks))


def _alternatives(value: Unknown) -> tuple[Instance, ...]:
    """
    Return the elements of each list that is possible; those that all have in common surely exist.
    """
    choices = [choice.items for choice in value.among if isinstance(choice, Seq)]
    seen: list[Value] = []
    for items in choices:
        seen.extend(item for item in items if item not in seen)
    return tuple(_element(item, item, None if all(item in items for items in choices) else value) for item in seen)


def _element(key: Value, value: Value, maybe: Unknown | None) -> Instance:
    return Instance(None, (("each", Map.of({"key": key, "value": value})),), maybe)
