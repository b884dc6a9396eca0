"""
What a change would write into, or repeat, and is not for everyone to see: that is for a person to change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sglint.finding import Edit
from sglint.fix.look import Look
from sglint.fix.terraform.origin import holds
from sglint.fix.text import Texts
from sglint.output.excerpt import private
from sglint.source import Span
from sglint.syntax import Block, Document, Literal
from sglint.template import Mapping, TemplateDocument

BY_HAND = ": what it has to be is to be written by hand"
TERRAFORM = (".tf", ".tf.json", ".tfvars", ".tfvars.json")


def secret(now: Look, edits: Iterable[Edit]) -> str:
    """
    Return why edits are not for a tool to make, as they touch or repeat what is marked as sensitive, "" where they do not.
    """
    return next((why for one in edits for why in (*touched(now, one), *repeated(now, one))), "")


def touched(now: Look, one: Edit) -> Iterator[str]:
    """
    Yield which sensitive variable or parameter an edit gives another value.
    """
    documents, path = now.networks.documents, one.span.path
    document = next((each for each in documents if each.path == path), None)
    if isinstance(document, TemplateDocument):
        yield from (f"parameter {name} has NoEcho{BY_HAND}" for name in without_echo(document, one.span))
    elif path.endswith(TERRAFORM):
        hidden = {block.labels[0] for each in documents if isinstance(each, Document) for block in sensitive(each)}
        names = named(document or Texts(now.networks.tree).document(path), one.span) if hidden else ()
        yield from (f"var.{name} is marked sensitive{BY_HAND}" for name in names if name in hidden)


def sensitive(document: Document) -> Iterator[Block]:
    """
    Yield the variables that are marked as sensitive or ephemeral, or may be.
    """
    for block in document.blocks:
        marks = (block.attribute(name) for name in ("sensitive", "ephemeral"))
        if block.type == "variable" and block.labels:
            yield from [block] if any(one and not is_false(one.expr) for one in marks) else []


def is_false(expr: object) -> bool:
    """
    Return whether an expression is written as false.
    """
    return isinstance(expr, Literal) and expr.value is False


def named(document: Document, place: Span) -> Iterator[str]:
    """
    Yield the variables that what stands at a place gives a value: a default, a line of a file of variables, an argument.
    """
    yield from (one.name for one in document.attributes if holds(one.span, place))
    for block in document.blocks:
        if holds(block.span, place) and block.labels:
            inner = [one.name for one in block.attributes if holds(one.span, place)]
            yield from [block.labels[0]] if block.type == "variable" else inner if block.type == "module" else []


def without_echo(document: TemplateDocument, place: Span) -> Iterator[str]:
    """
    Yield the parameter without echo that a place is in.
    """
    declared = None if document.body is None else document.body.get("Parameters")
    for entry in declared if isinstance(declared, Mapping) else ():
        if isinstance(entry.value, Mapping) and entry.value.get("NoEcho") is not None and holds(entry.value.span, place):
            yield entry.key


def repeated(now: Look, one: Edit) -> Iterator[str]:
    """
    Yield that an edit writes something again that may be a secret.
    """
    text = now.text(one.span.path)
    lines = (line.strip() for line in one.text.splitlines())
    if any(line and private(line) != line and line in text for line in lines):
        yield f"a copy of what is in {one.span.path} would repeat what may be a secret"
