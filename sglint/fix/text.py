"""
Texts and their edits: places to offsets, edits to a new text, everything else byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from sglint.finding import Edit
from sglint.frozen import frozen
from sglint.parse import parse, parse_cloudformation
from sglint.source import Source, Span, Tree, read
from sglint.syntax import Document
from sglint.template import TemplateDocument


class ClashError(Exception):
    """
    Two edits change the same place in different ways.
    """


@frozen
class Texts:
    """
    The files of the scanned tree as they are now, each read and parsed once; paths are those that spans carry.
    """

    tree: Tree
    _sources: dict[str, str | None] = field(default_factory=dict, compare=False, repr=False)
    _documents: dict[str, Document] = field(default_factory=dict, compare=False, repr=False)
    _templates: dict[str, TemplateDocument] = field(default_factory=dict, compare=False, repr=False)

    def text(self, path: str) -> str | None:
        """
        Return the text of a file, None where it cannot be read.
        """
        if path not in self._sources:
            source = read(self.tree, path)
            self._sources[path] = source.text if isinstance(source, Source) else None
        return self._sources[path]

    def document(self, path: str) -> Document:
        """
        Return a file of Terraform, an empty one where it cannot be read.
        """
        if path not in self._documents:
            self._documents[path] = parse(Source(path, self.text(path) or ""))
        return self._documents[path]

    def template(self, path: str) -> TemplateDocument:
        """
        Return a template of CloudFormation.
        """
        if path not in self._templates:
            self._templates[path] = parse_cloudformation(Source(path, self.text(path) or ""))
        return self._templates[path]

    def written(self, span: Span) -> str:
        """
        Return what stands at a place.
        """
        text = self.text(span.path) or ""
        start, end = offsets(text, span)
        return text[start:end]

    def line(self, path: str, number: int) -> str:
        """
        Return a line, counted from 1, without its end.
        """
        lines = (self.text(path) or "").split("\n")
        return lines[number - 1].removesuffix("\r") if 0 < number <= len(lines) else ""

    def newline(self, path: str) -> str:
        """
        Return how the lines of the file end, most of them where they differ.
        """
        text = self.text(path) or ""
        return "\r\n" if 2 * text.count("\r\n") > text.count("\n") else "\n"


def offsets(text: str, span: Span) -> tuple[int, int]:
    """
    Return where a span begins and ends in its text, counted in characters.
    """
    return offset(text, span.line, span.column), offset(text, span.end_line, span.end_column)


def offset(text: str, line: int, column: int) -> int:
    """
    Return where a place is in its text.

    >>> offset("ab\\ncd", 2, 2)
    4
    """
    start = 0
    for _ in range(line - 1):
        following = text.find("\n", start)
        if following < 0:
            return len(text)
        start = following + 1
    return min(start + column - 1, len(text))


def edited(text: str, edits: Iterable[Edit]) -> str:
    """
    Return the text after all edits, those that say the same once. Raises ClashError when two change the same place differently.

    What is inserted at one place comes in the order of the edits.
    """
    places = [(*offsets(text, one.span), number, one.text) for number, one in enumerate(dict.fromkeys(edits))]
    parts, reached = [], 0
    for start, end, _, new in sorted(places):
        if start < reached:
            raise ClashError(f"{text[start:end]!r} would be changed twice")
        parts += [text[reached:start], new]
        reached = end
    return "".join((*parts, text[reached:]))


def by_file(edits: Iterable[Edit]) -> Mapping[str, tuple[Edit, ...]]:
    """
    Return the edits of each file, in the order of the paths.
    """
    found: dict[str, list[Edit]] = {}
    for one in edits:
        found.setdefault(one.span.path, []).append(one)
    return {path: tuple(found[path]) for path in sorted(found)}


def at(path: str, line: int, column: int) -> Span:
    """
    Return the empty span at a place, where something is inserted.
    """
    return Span(path, line, column, line, column)
