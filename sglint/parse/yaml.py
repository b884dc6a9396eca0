"""
YAML with the place of every key and value, as the tree of a template.

libyaml reads the text and reports events; no object is ever constructed from a tag. An alias stands for the node itself, so
a small text may stand for a huge tree: nodes are counted as if they were written out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import yaml
from yaml import AliasEvent, MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent

from sglint.frozen import frozen
from sglint.parse.broken import unreadable
from sglint.parse.intrinsic import NODES, meaning, shorten, unique
from sglint.parse.scalar import NULLS, resolve
from sglint.parse.tag import tagged
from sglint.parse.text import DEPTH, Failure, Text
from sglint.source import Problem, Span
from sglint.template import Entry, List, Mapping, Node, Scalar

COMMENTS = 50_000
"""How many comments are kept; a template of 1 MB that has more says nothing else."""

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ODD_BREAKS = re.compile("[\x85\u2028\u2029]|\r(?!\n)")
_BREAK = re.compile("[\n\r\x85\u2028\u2029]")
_PROPERTY = re.compile(r"[&!]\S*+(?:\s++|#[^\n]*+)*+")
_BLOCK = frozenset(("|", ">"))
_Event: TypeAlias = Any
"""An event of PyYAML: its stubs know neither the marks, which are always there, nor what the kinds have in common."""


@dataclass(slots=True)
class _Place:
    """
    A place in the text, as PyYAML counts: everything from 0.
    """

    index: int
    line: int
    column: int


@frozen
class _Anchor:
    """
    A node that has a name: what it is, what it is before it counts as a function, and how large and deep it is.
    """

    node: Node
    raw: Node
    nodes: int
    height: int


def read(text: Text) -> Mapping | None:
    """
    Return the mapping that the text is; after an error, the sections and their entries that are complete.
    """
    try:
        return _Reader(text).document()
    except UnicodeEncodeError as error:
        text.problem("a character that no text may have", error.start, error.end, "remove it")
    except (Failure, yaml.YAMLError) as error:
        text.note(unreadable(text, error))
    return None


class _OverError(Exception):
    """
    Nothing follows, because of an error that has been noted.
    """


class _Reader:
    """
    Takes one event after the other; the first error ends every open collection.
    """

    def __init__(self, text: Text) -> None:
        self.text = text
        self.take: Callable[[], _Event] = _Loader(text.content).get_event
        self.exact = _ODD_BREAKS.search(text.content) is None
        self.anchors: dict[str, _Anchor | None] = {}
        self.opaque: list[tuple[int, int]] = []
        self.nodes = self.reached = 0
        self.end: _Event | _Place = _Place(0, 0, 0)
        self.failed = self.between = False

    def document(self) -> Mapping | None:
        """
        Return the only document's mapping.
        """
        self.take()
        if isinstance(self.take(), yaml.StreamEndEvent):
            raise Failure("the file is empty", 0, 0, "write a template into it, or remove it")
        event = self.take()
        try:
            body = self.raw(event, 0)
        except _OverError:
            return None
        if not isinstance(body, Mapping):
            start = event.start_mark.index
            self.fail(Failure("a template is a mapping", start, start + 1, "begin with AWSTemplateFormatVersion: 2010-09-09"))
            return None
        if not self.failed:
            self.close()
        self.comments()
        return body

    def close(self) -> None:
        """
        See that nothing follows the document.
        """
        try:
            self.take()
            more = self.take()
        except yaml.YAMLError as error:
            self.fail(error)
            return
        if not isinstance(more, yaml.StreamEndEvent):
            start = more.start_mark.index
            self.fail(Failure("a second document", start, start + 3, "a template is one YAML document, split the file"))

    def fail(self, error: Failure | yaml.YAMLError) -> None:
        self.failed = True
        self.text.note(unreadable(self.text, error))

    def place(self, index: int) -> _Place:
        line, column = self.text.place(index)
        return _Place(index, line - 1, column - 1)

    def span(self, start: _Event | _Place, end: _Event | _Place) -> Span:
        """
        Return the range between two places; PyYAML's lines are those of the file unless it has exotic line breaks.
        """
        if self.exact:
            return Span(self.text.path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
        return self.text.span(start.index, end.index)

    def node(self, event: _Event, depth: int) -> Node:
        """
        Return the node that begins with this event, a function in its long form included.
        """
        if type(event) is ScalarEvent and event.tag is None and event.anchor is None and event.style not in _BLOCK:
            value = event.value
            return Scalar(resolve(value) if event.implicit[0] else value, value, self.simple(event))
        node = self.raw(event, depth)
        return meaning(node) if type(node) is Mapping else node

    def simple(self, event: _Event) -> Span:
        """
        Pass a scalar without tag and anchor that stands in one piece, and return its place.
        """
        self.nodes += 1
        if self.nodes > NODES:
            self.count(0, event)
        start, end = event.start_mark, event.end_mark
        self.end = end
        if "#" in event.value:
            self.opaque.append((start.index, end.index))
        if self.exact:
            return Span(self.text.path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
        return self.text.span(start.index, end.index)

    def count(self, nodes: int, event: _Event) -> None:
        self.nodes += nodes
        if self.nodes > NODES:
            start, end = event.start_mark.index, event.end_mark.index
            raise Failure(f"more than {NODES} values, aliases written out", start, end, "split the template")

    def raw(self, event: _Event, depth: int) -> Node:
        """
        Return the node that begins with this event, a mapping as it is written.
        """
        if type(event) is AliasEvent:
            return self.alias(event, depth)
        if self.failed:
            raise _OverError
        if depth > DEPTH:
            start = event.start_mark.index
            raise Failure(f"nested more than {DEPTH} levels", start, start + 1, "split the template")
        self.reached = max(self.reached, depth)
        if event.tag is None and event.anchor is None:
            return self.value(event, event.start_mark, depth)
        return self.named(event, depth)

    def value(self, event: _Event, start: _Event | _Place, depth: int) -> Node:
        """
        Return the node whose tag and anchor, if it has any, are passed.
        """
        if type(event) is ScalarEvent:
            return self.scalar(event, start)
        self.count(1, event)
        return self.collection(event, start, depth)

    def named(self, event: _Event, depth: int) -> Node:
        """
        Return the node that begins with this event, which has a tag or an anchor.
        """
        tag, anchor, start = event.tag, event.anchor, event.start_mark
        if anchor is None:
            return tagged(self.text, tag, self.value(event, self.written(start), depth), self.span(start, self.end))
        before, nodes = self.reached, self.nodes
        self.reached, self.anchors[anchor] = depth, None
        node = self.value(event, self.written(start), depth)
        if tag is not None:
            node = tagged(self.text, tag, node, self.span(start, self.end))
        means = meaning(node) if isinstance(node, Mapping) else node
        self.anchors[anchor] = _Anchor(means, node, self.nodes - nodes, self.reached - depth)
        self.reached = max(self.reached, before)
        return node

    def written(self, start: _Event) -> _Place:
        """
        Return where the value itself starts, after its tag and anchor.
        """
        content, first = self.text.content, start.index
        at = first
        while at < len(content) and content[at] in "&!":
            found = _PROPERTY.match(content, at)
            at = found.end() if found else len(content)
        if self.exact and content.find("\n", first, at) < 0:
            return _Place(at, start.line, start.column + at - first)
        return self.place(at)

    def alias(self, event: _Event, depth: int, *, raw: bool = False) -> Node:
        """
        Return the node that an alias stands for, in the alias's place.
        """
        start, end = event.start_mark.index, event.end_mark.index
        self.end = event.end_mark
        if event.anchor not in self.anchors:
            raise Failure(f"no anchor &{shorten(event.anchor)} stands before this", start, end, "correct the name")
        anchor = self.anchors[event.anchor]
        if anchor is None:
            raise Failure(f"&{shorten(event.anchor)} contains itself", start, end, "write out what is meant")
        if depth + anchor.height > DEPTH:
            raise Failure(f"nested more than {DEPTH} levels", start, end, "split the template")
        self.count(anchor.nodes, event)
        self.reached = max(self.reached, depth + anchor.height)
        return replace(anchor.raw if raw else anchor.node, span=self.span(event.start_mark, event.end_mark))

    def scalar(self, event: _Event, start: _Event | _Place) -> Scalar:
        """
        Return a scalar of any style; one with a tag is a string, whatever it looks like.
        """
        self.count(1, event)
        content, value, end = self.text.content, event.value, event.end_mark
        start = start if start.index < end.index else end
        body = start.index
        if event.style in _BLOCK:
            line = _BREAK.search(content, body, end.index)
            body = end.index if line is None else line.start()
            end = self.place(start.index + max(1, len(content[start.index : end.index].rstrip())))
        self.end = end
        if "#" in value:
            self.opaque.append((body, end.index))
        plain = event.implicit[0] and event.tag in {None, "!"}
        return Scalar(resolve(value) if plain else value, value, self.span(start, end))

    def collection(self, event: _Event, written: _Event | _Place, depth: int) -> List | Mapping:
        """
        Return a list or a mapping, which ends where its last item does.
        """
        if type(event) is MappingStartEvent:
            entries = self.mapping(event, depth)
            return Mapping(entries, self.span(written, self.end))
        items: list[Node] = []
        while type(inner := self.take()) is not SequenceEndEvent:
            items.append(self.node(inner, depth + 1))
        self.ended(event, inner)
        return List(tuple(items), self.span(written, self.end))

    def mapping(self, start: _Event, depth: int) -> tuple[Entry, ...]:
        """
        Return the entries of a mapping, own ones before merged ones; the template and its sections survive an error.
        """
        own, merged, between, take = list[Entry](), list[Entry](), True, self.take
        try:
            while type(event := take()) is not MappingEndEvent:
                between = False
                if type(event) is ScalarEvent and event.tag is None and event.implicit[0] and event.value == "<<":
                    self.count(1, event)
                    merged.extend(self.merge(depth + 1))
                elif key := self.key(event, depth + 1):
                    own.append(Entry(key[0], self.node(take(), depth + 1), key[1]))
                else:
                    self.node(take(), depth + 1)
                if self.failed:
                    break
                between = True
            else:
                self.ended(start, event)
        except (Failure, _OverError, yaml.YAMLError) as error:
            if depth > 1:
                raise
            if not isinstance(error, _OverError):
                self.fail(error)
            if between and own:
                _cut(own, depth)
        entries = unique(self.text, own)
        return tuple({entry.key: entry for entry in (*merged, *entries)}.values()) if merged else entries

    def ended(self, start: _Event, last: _Event) -> None:
        """
        Note where a collection ends: after its bracket, or where its last item does.
        """
        if start.flow_style:
            self.end = last.end_mark

    def key(self, event: _Event, depth: int) -> tuple[str, Span] | None:
        """
        Return the key that begins with this event and its place, or None when it is no text.
        """
        if type(event) is ScalarEvent and event.tag is None and event.anchor is None and event.style not in _BLOCK:
            written = event.value
            if written not in NULLS or not event.implicit[0]:
                return written, self.simple(event)
        node = self.node(event, depth)
        if isinstance(node, Scalar) and node.value is not None:
            return node.text, node.span
        self.text.note(Problem("a key has to be a text", node.span, "write the key in quotes"))
        return None

    def merge(self, depth: int) -> list[Entry]:
        """
        Return the entries that `<<` brings in, those that count last.
        """
        event = self.take()
        nodes: list[Node] = []
        if type(event) is SequenceStartEvent and event.tag is None and event.anchor is None:
            self.count(1, event)
            while type(inner := self.take()) is not SequenceEndEvent:
                nodes.append(self.source(inner, depth + 1))
            self.ended(event, inner)
        else:
            node = self.source(event, depth)
            nodes.extend(node.items if isinstance(node, List) else (node,))
        entries: list[Entry] = []
        for node in reversed(nodes):
            if isinstance(node, Mapping):
                entries.extend(node.entries)
            else:
                self.text.note(Problem("<< takes a mapping or a list of mappings", node.span, "give the mapping an anchor"))
        return entries

    def source(self, event: _Event, depth: int) -> Node:
        return self.alias(event, depth, raw=True) if type(event) is AliasEvent else self.raw(event, depth)

    def comments(self) -> None:
        """
        Keep the comments: what begins with `#` outside of every scalar, as far as the text was read.
        """
        content, opaque = self.text.content, iter(self.opaque)
        last = self.end.index if self.failed else len(content)
        start, end = next(opaque, (last, last))
        at = content.find("#")
        while 0 <= at < last:
            while end <= at < last and end < last:
                start, end = next(opaque, (last, last))
            if start <= at < end:
                at = content.find("#", end)
                continue
            if len(self.text.comments) >= COMMENTS:
                message = f"more than {COMMENTS} comments, what the rest ignores is not ignored"
                self.text.problem(message, at, at + 1, "split the template", hides=False)
                return
            stop = _BREAK.search(content, at)
            after = stop.start() if stop else len(content)
            self.text.comment(at, after)
            at = content.find("#", after)


def _cut(entries: list[Entry], depth: int) -> None:
    """
    Take away the last entry of a section: when the reading stops right after it, more of it may follow.
    """
    last = entries.pop()
    if depth == 0 and isinstance(last.value, Mapping):
        entries.append(replace(last, value=replace(last.value, entries=last.value.entries[:-1])))
