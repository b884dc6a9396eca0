"""
One syntax tree for CloudFormation templates, meaning nothing yet.

YAML and JSON, short and long intrinsic functions all become these types, and every node knows its place. What a section or a
function means is known to `evaluate` alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from sglint.frozen import frozen
from sglint.source import Problem, Span
from sglint.syntax import Comment
from sglint.value import Number


@frozen
class Scalar:
    """
    A string, number, bool or null; `text` is what is written, without quotes: `0022`, `yes`, `-1`.
    """

    value: str | Number | bool | None
    text: str
    span: Span


@frozen
class List:
    """
    A sequence.
    """

    items: tuple[Node, ...]
    span: Span


@frozen
class Entry:
    """
    One key of a mapping and what it holds; `span` is the place of the key.
    """

    key: str
    value: Node
    span: Span


@frozen
class Mapping:
    """
    A mapping, in the order in which it is written; of a key that is written twice only the last entry is here.
    """

    entries: tuple[Entry, ...]
    span: Span

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def entry(self, key: str) -> Entry | None:
        """
        Return the entry of that key, or None.
        """
        return next((entry for entry in self.entries if entry.key == key), None)

    def get(self, key: str) -> Node | None:
        """
        Return what the key holds, or None.
        """
        entry = self.entry(key)
        return None if entry is None else entry.value


@frozen
class Intrinsic:
    """
    `!Name argument` and `{"Fn::Name": argument}`; `name` is the long one: `Ref`, `Condition`, `Fn::GetAtt`, `Fn::Transform`.

    The argument of `Fn::GetAtt` is a `List` of two items also when it is written as `!GetAtt Resource.Attribute`.
    """

    name: str
    argument: Node
    span: Span


Node: TypeAlias = Scalar | List | Mapping | Intrinsic


@frozen
class TemplateDocument:
    """
    One parsed template: its body (None when nothing can be read), its comments in order, and what could not be read.
    """

    path: str
    body: Mapping | None
    comments: tuple[Comment, ...]
    problems: tuple[Problem, ...]


def heads(document: TemplateDocument) -> Iterator[tuple[Span, Span]]:
    """
    Yield the place of each section's and each section entry's key, and of all of it.
    """
    for section in document.body or ():
        yield section.span, section.span.until(section.value.span)
        if isinstance(section.value, Mapping):
            for entry in section.value:
                yield entry.span, entry.span.until(entry.value.span)


def ignores(document: TemplateDocument) -> Iterator[tuple[str, Span, Span]]:
    """
    Yield what `Metadata: sglint: ignore:` of the template and of its resources says, as a comment, with its place and the place
    that it speaks for: the key of the resource, or all of the template.
    """
    if document.body is not None:
        yield from _ignores(document.body, document.body.span)
        resources = document.body.get("Resources")
        for entry in resources if isinstance(resources, Mapping) else ():
            yield from _ignores(entry.value, entry.span)


def _ignores(owner: Node, place: Span) -> Iterator[tuple[str, Span, Span]]:
    metadata = owner.get("Metadata") if isinstance(owner, Mapping) else None
    ours = metadata.get("sglint") if isinstance(metadata, Mapping) else None
    stated = ours.entry("ignore") if isinstance(ours, Mapping) else None
    if stated is None:
        return
    if not isinstance(stated.value, Mapping):
        yield "sglint: ignore", stated.span, place
        return
    for one in stated.value:
        reason = one.value.text if isinstance(one.value, Scalar) and isinstance(one.value.value, str) else ""
        yield f"sglint: ignore[{one.key}] {reason}", one.span, place
