"""
One syntax tree for what people write, meaning nothing yet.

Every node knows its place. Terraform's native and JSON syntax both become these types; what a block type or a function
name means is known to `evaluate` alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from sglint.frozen import frozen
from sglint.source import Problem, Span
from sglint.value import Number


@frozen
class Literal:
    """
    A number, bool, null, or a string without interpolation (also a bare object key).
    """

    value: str | Number | bool | None
    span: Span


@frozen
class TemplateIf:
    """
    `%{ if test }yes%{ else }no%{ endif }` inside a template; each branch is a list of template parts.
    """

    test: Expr
    yes: tuple[Expr, ...]
    no: tuple[Expr, ...]
    span: Span


@frozen
class TemplateFor:
    """
    `%{ for key, value in collection }body%{ endfor }` inside a template; `key` is empty when not written.
    """

    key: str
    value: str
    collection: Expr
    body: tuple[Expr, ...]
    span: Span


@frozen
class Template:
    """
    A quoted string or heredoc with interpolations; escapes, strip markers and heredoc indentation are already applied.

    A template of one single interpolation (`"${x}"`) is never here: it is that expression itself, as in Terraform.
    """

    parts: tuple[Expr, ...]
    span: Span


@frozen
class TupleExpr:
    """
    `[a, b]`
    """

    items: tuple[Expr, ...]
    span: Span


@frozen
class ObjectExpr:
    """
    `{ key = value }`; a bare key is a `Literal` string, `(expr)` and `"${expr}"` are that expression.
    """

    items: tuple[tuple[Expr, Expr], ...]
    span: Span


@frozen
class Variable:
    """
    The root name of a traversal: `var`, `local`, `aws_vpc`, `each`, or a name bound by `for`.
    """

    name: str
    span: Span


@frozen
class GetAttr:
    """
    `object.name`
    """

    object: Expr
    name: str
    span: Span


@frozen
class Index:
    """
    `object[key]`; the legacy form `object.0` is the same.
    """

    object: Expr
    key: Expr
    span: Span


@frozen
class SplatItem:
    """
    Inside the body of a `Splat`: the current element.
    """

    span: Span


@frozen
class Splat:
    """
    `object[*].rest` and `object.*.rest`: `body` is evaluated with `SplatItem` bound to each element.
    """

    object: Expr
    body: Expr
    span: Span


@frozen
class Call:
    """
    `name(arguments)`; `expand` is true for `f(list...)`.
    """

    name: str
    arguments: tuple[Expr, ...]
    expand: bool
    span: Span


@frozen
class Unary:
    """
    `-a` or `!a`
    """

    operator: str
    operand: Expr
    span: Span


@frozen
class Binary:
    """
    `a op b` with op one of `* / % + - < <= > >= == != && ||`
    """

    operator: str
    left: Expr
    right: Expr
    span: Span


@frozen
class Conditional:
    """
    `test ? yes : no`
    """

    test: Expr
    yes: Expr
    no: Expr
    span: Span


@frozen
class ForTuple:
    """
    `[for key, value in collection : result if test]`; `key` is empty and `test` None when not written.
    """

    key: str
    value: str
    collection: Expr
    result: Expr
    test: Expr | None
    span: Span


@frozen
class ForObject:
    """
    `{for key, value in collection : key_result => result... if test}`; `grouped` is true for `...`.
    """

    key: str
    value: str
    collection: Expr
    key_result: Expr
    result: Expr
    grouped: bool
    test: Expr | None
    span: Span


@frozen
class Broken:
    """
    Text that is not an expression; a `Problem` says so, and it evaluates to unknown.
    """

    why: str
    span: Span


Expr: TypeAlias = (
    Literal
    | Template
    | TemplateIf
    | TemplateFor
    | TupleExpr
    | ObjectExpr
    | Variable
    | GetAttr
    | Index
    | SplatItem
    | Splat
    | Call
    | Unary
    | Binary
    | Conditional
    | ForTuple
    | ForObject
    | Broken
)


@frozen
class Attribute:
    """
    `name = expr`; `span` covers all of it.
    """

    name: str
    expr: Expr
    span: Span


@frozen
class Block:
    """
    `type "label" ... { body }`; `span` covers all of it, `header` the type and labels.
    """

    type: str
    labels: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    blocks: tuple[Block, ...]
    span: Span
    header: Span

    def attribute(self, name: str) -> Attribute | None:
        """
        Return the attribute of that name, or None.
        """
        return next((attribute for attribute in self.attributes if attribute.name == name), None)


def all_blocks(blocks: Iterable[Block]) -> Iterator[Block]:
    """
    Yield the blocks and all blocks inside of them.
    """
    waiting = list(blocks)
    while waiting:
        block = waiting.pop()
        waiting += block.blocks
        yield block


@frozen
class Comment:
    """
    One comment, with its markers (`#`, `//`, `/* */`) as written.
    """

    text: str
    span: Span


@frozen
class Document:
    """
    One parsed file: its top-level blocks, its comments in order, and what could not be read.

    `attributes` holds top-level attributes, which only a tfvars file has.
    """

    path: str
    blocks: tuple[Block, ...]
    attributes: tuple[Attribute, ...]
    comments: tuple[Comment, ...]
    problems: tuple[Problem, ...]
