"""
Template trees as plain values, for the tests to compare.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TypeAlias

from sglint.parse import parse_cloudformation
from sglint.source import Source, Span
from sglint.template import Entry, List, Mapping, Node, Scalar, TemplateDocument

Plain: TypeAlias = "str | int | float | Decimal | bool | None | list[Plain] | dict[str, Plain]"


def read(text: str) -> TemplateDocument:
    return parse_cloudformation(Source("t.yaml", text))


def body(text: str) -> Mapping:
    """
    Return what a text says that has nothing wrong in it.
    """
    found = read(text)
    assert found.problems == ()
    assert found.body is not None
    return found.body


def plain(node: Node) -> Plain:
    """
    Return the values of a tree without places; a function is a mapping with one key.
    """
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, List):
        return [plain(item) for item in node.items]
    if isinstance(node, Mapping):
        return {entry.key: plain(entry.value) for entry in node}
    return {node.name: plain(node.argument)}


def typed(value: object) -> object:
    """
    Return a value in which 1, 1.0 and true differ as they do in a template, and long numbers are exact.
    """
    if isinstance(value, dict):
        return {str(key): typed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [typed(inner) for inner in value]
    if isinstance(value, bool) or value is None:
        return ("word", value)
    if isinstance(value, int | float | Decimal):
        return ("number", float(value))
    return str(value)


def inside(node: Node) -> Iterator[Scalar | Entry]:
    """
    Yield every scalar and every entry of a tree.
    """
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, List):
        for item in node.items:
            yield from inside(item)
    elif isinstance(node, Mapping):
        for entry in node:
            yield entry
            yield from inside(entry.value)
    else:
        yield from inside(node.argument)


def at(text: str, span: Span) -> str:
    """
    Return the characters of the text at a place.
    """
    lines = text.split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)
