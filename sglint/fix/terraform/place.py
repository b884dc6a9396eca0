"""
Where new text goes in a file of Terraform, and what has to go with text that is taken out.
"""

from __future__ import annotations

from collections.abc import Sequence

from sglint.finding import Edit
from sglint.fix.terraform import hcl
from sglint.fix.text import Texts, at
from sglint.source import Span
from sglint.syntax import Attribute, Block, Call, Expr, GetAttr, Variable

STEP = "  "
"""What `terraform fmt` indents by."""


def after_last(texts: Texts, block: Block, name: str, blocks: Sequence[str], *, attribute: bool = False) -> Edit:
    """
    Return the edit that adds blocks to a block: after the last one of a type, or of what there is.

    An `attribute` stands apart from those before it, so that they keep their alignment.
    """
    children: list[Block | Attribute] = [*block.attributes, *block.blocks]
    same = [one for one in block.blocks if one.type == name or (one.type == "dynamic" and one.labels == (name,))]
    last: Block | Attribute | None = max(same or children, key=lambda one: one.span, default=None)
    if attribute and block.attributes:
        last = max(block.attributes, key=lambda one: one.span)
    indent = body_indent(texts, block)
    if last is None or last.span.end_line == block.span.line:
        return into_empty(texts, block, blocks, indent)
    return inserted(texts, last.span, blocks, indent)


def into_empty(texts: Texts, block: Block, blocks: Sequence[str], indent: str) -> Edit:
    """
    Return the edit that adds blocks to a block that holds nothing but comments, or that is written on one line.
    """
    path, newline = block.span.path, texts.newline(block.span.path)
    text = newline.join(hcl.laid(one, indent, newline) for one in blocks)
    written = texts.written(block.span)
    if block.span.end_line > block.span.line:
        apart = (
            newline if texts.line(path, block.span.end_line - 1).strip() and block.span.end_line - 1 > block.span.line else ""
        )
        return Edit(at(path, block.span.end_line, 1), apart + text)
    brace = written.index("{", len(texts.written(block.header)))
    held = written[brace + 1 : -1].strip()
    start = f"{newline}{indent}{held}{newline}" if held else ""
    body = f"{{{start}{newline}{text}{indent.removesuffix(STEP)}}}"
    return Edit(Span(path, block.span.line, block.span.column + brace, block.span.end_line, block.span.end_column), body)


def inserted(texts: Texts, after: Span, blocks: Sequence[str], indent: str) -> Edit:
    """
    Return the edit that adds blocks below the last line of what stands at a place, with an empty line before each.
    """
    path, newline = after.path, texts.newline(after.path)
    line = texts.line(path, after.end_line)
    text = "".join(f"{newline}{newline}{hcl.laid(one, indent, newline).removesuffix(newline)}" for one in blocks)
    return Edit(at(path, after.end_line, len(line) + 1), text)


def body_indent(texts: Texts, block: Block) -> str:
    """
    Return what the lines in a block are indented by.
    """
    children: list[Block | Attribute] = [*block.attributes, *block.blocks]
    for child in children:
        place = child.span
        if place.line > block.span.line:
            return texts.line(place.path, place.line)[: place.column - 1]
    line = texts.line(block.span.path, block.span.line)
    return line[: len(line) - len(line.lstrip())] + STEP


def without(texts: Texts, span: Span) -> Edit:
    """
    Return the edit that takes out the lines of a block, with the empty lines before it.
    """
    path, first = span.path, span.line
    while first > 1 and not texts.line(path, first - 1).strip():
        first -= 1
    return Edit(Span(path, first, 1, span.end_line + 1, 1), "")


def common_tags(texts: Texts, block: Block) -> dict[str, hcl.Plain]:
    """
    Return the tags that a resource has in common with others, as it names them: `local.tags`, alone or merged with its own.
    """
    held = block.attribute("tags")
    expr = None if held is None else held.expr
    parts = expr.arguments if isinstance(expr, Call) and expr.name == "merge" else () if expr is None else (expr,)
    named = [texts.written(one.span) for one in parts if is_shared(one)]
    return {} if not named else {"tags": hcl.Raw(named[0] if len(named) == 1 else f"merge({', '.join(named)})")}


def is_shared(expr: Expr) -> bool:
    """
    Return whether an expression is a variable or local value, or a part of one.
    """
    while isinstance(expr, GetAttr):
        if isinstance(expr.object, Variable):
            return expr.object.name in {"var", "local"}
        expr = expr.object
    return False
