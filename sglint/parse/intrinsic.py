"""
What the formats of a template have in common once they are read: duplicate keys and intrinsic functions.
"""

from __future__ import annotations

from collections.abc import Sequence

from sglint.parse.text import Text
from sglint.source import Problem, Span
from sglint.template import Entry, Intrinsic, List, Mapping, Node, Scalar

NODES = 250_000
"""
How many nodes a template may have, those that aliases repeat included.

CloudFormation takes templates of 1 MB, in which there is hardly room for more.
"""


def unique(text: Text, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """
    Return the entries without those whose key is written again later, and say where that is.
    """
    found = {entry.key: entry for entry in entries}
    if len(found) == len(entries):
        return tuple(entries)
    seen = set[str]()
    for entry in entries:
        if entry.key in seen:
            message = f"the key {shorten(entry.key)} is set twice, the last one counts"
            text.note(Problem(message, entry.span, "keep one of them", hides=False))
        seen.add(entry.key)
    return tuple(found.values())


def meaning(mapping: Mapping) -> Node:
    """
    Return the intrinsic function that a mapping is in its long form, or else the mapping.
    """
    if len(mapping.entries) != 1:
        return mapping
    entry = mapping.entries[0]
    name = entry.key
    if name != "Ref" and not (name.startswith("Fn::") and not name.startswith("Fn::ForEach::")):
        return mapping
    return function(name, entry.value, mapping.span)


def function(name: str, argument: Node, span: Span) -> Intrinsic:
    """
    Return the call of an intrinsic function; `Resource.Attribute` becomes the list of two that it is short for.
    """
    if name == "Fn::GetAtt" and isinstance(argument, Scalar) and isinstance(argument.value, str):
        argument = List(_halves(argument, argument.value), argument.span)
    return Intrinsic(name, argument, span)


def _halves(scalar: Scalar, written: str) -> tuple[Scalar, ...]:
    """
    Return what stands before and after the first point, each with its own place where the characters are those of the file.
    """
    first, point, rest = written.partition(".")
    if not point:
        return (scalar,)
    span = scalar.span
    around = span.end_column - span.column - len(written)
    if span.line != span.end_line or around not in {0, 2}:
        return Scalar(first, first, span), Scalar(rest, rest, span)
    start = span.column + around // 2
    middle = start + len(first)
    left = Span(span.path, span.line, start, span.line, middle)
    right = Span(span.path, span.line, middle + 1, span.line, middle + 1 + len(rest))
    return Scalar(first, first, left), Scalar(rest, rest, right)


def shorten(written: str) -> str:
    """
    Return the text as a message shows it.
    """
    printed = written if written.isprintable() else ascii(written)[1:-1]
    return printed if len(printed) <= 60 else f"{printed[:57]}..."
