"""
Terraform's native syntax: blocks and arguments, line by line.

The idea: the structure of a file is line-based and simple, and is read here, so that one broken argument costs that
argument and not its neighbours; what stands to the right of an `=` is an expression and goes to `expression`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sglint.parse import strings
from sglint.parse.expression import read_line, too_deep
from sglint.parse.scan import NAME
from sglint.parse.template import broken
from sglint.parse.text import DEPTH, Failure, Text, shown
from sglint.source import Source
from sglint.syntax import Attribute, Block, Document

_NAME = re.compile(NAME)
_BLANK = re.compile(r"(?:[ \t\n]|\r\n)+")
_INLINE = re.compile(r"[ \t]+")
_LINE_END = re.compile(r"\r?\n|\Z")
_ITEM = re.compile(
    r"^([ \t]*)(?:(\})|[^\W\d][\w-]*(?:[ \t]*=(?![=>])|(?:[ \t]+(?:\"[^\"\n]*\"|[^\W\d][\w-]*))*[ \t]*\{))",
    re.MULTILINE,
)
_TOP = frozenset(
    ["resource", "data", "variable", "output", "locals", "module", "provider", "terraform", "moved", "import", "removed"]
)
"""Blocks that stand only at the top of a file, and tell where a block above was not closed."""


@dataclass(slots=True)
class _Body:
    """
    The items of one body while it is read.
    """

    depth: int
    single: bool = False
    attributes: list[Attribute] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


def parse(source: Source) -> Document:
    """
    Return what the file says; whatever is wrong in it is among the document's problems, and the rest is read.
    """
    content = source.text
    text = Text(source.path, content)
    body = _Body(0)
    _body(text, body, 1 if content.startswith("\ufeff") else 0)
    comments = sorted(text.comments, key=lambda comment: comment.span)
    problems = sorted(text.problems, key=lambda problem: problem.order)
    return Document(source.path, tuple(body.blocks), tuple(body.attributes), tuple(comments), tuple(problems))


def _skip(text: Text, at: int) -> tuple[int, bool]:
    """
    Pass blanks, line ends and comments; say whether a line ended between them.
    """
    content, fresh = text.content, False
    while True:
        blank = _BLANK.match(content, at)
        if blank:
            fresh = fresh or "\n" in blank[0]
            at = blank.end()
        if not content.startswith(("#", "//", "/*"), at):
            return at, fresh
        at = _comment(text, at)


def _skip_inline(text: Text, at: int) -> int:
    """
    Pass blanks and comments up to the end of the line.
    """
    content = text.content
    while True:
        blank = _INLINE.match(content, at)
        if blank:
            at = blank.end()
        if not content.startswith("/*", at):
            return at
        at = _comment(text, at)


def _comment(text: Text, at: int) -> int:
    content = text.content
    if content.startswith("/*", at):
        end = content.find("*/", at + 2) + 2
        if end < 2:
            text.problem("the comment /* does not end", at, at + 2, "close it with */")
            return len(content)
    else:
        found = _LINE_END.search(content, at)
        end = found.start() if found else len(content)
    text.comment(at, end)
    return end


def _body(text: Text, body: _Body, at: int) -> int:
    """
    Read items up to the `}` of the body, or to the end of the file at the top, and return the offset after it.
    """
    content, fresh, first = text.content, True, True
    while True:
        at, new = _skip(text, at)
        fresh = fresh or new
        if at >= len(content) or text.stopped:
            return len(content)
        if content[at] == "}":
            if body.depth:
                if not fresh and not first and not body.single:
                    text.problem("expected a new line before }", at, at + 1, "put the } on its own line", hides=False)
                return at
            text.problem("unexpected }", at, at + 1, "it closes nothing, remove it")
            at, fresh = at + 1, True
            continue
        if not fresh and not first and not body.single:
            message = f"expected a new line before {shown(text, at)}"
            text.problem(message, at, at + 1, "put each argument and block on its own line", hides=False)
        if body.depth and _starts_top(text, at):
            return at
        at = _item(text, body, at)
        fresh, first = content.startswith("\n", at - 1), False


def _starts_top(text: Text, at: int) -> bool:
    """
    Return whether a top-level block starts at the left margin here: a sign that a `}` is missing above.
    """
    if at and text.content[at - 1] != "\n":
        return False
    found = _ITEM.match(text.content, at)
    return found is not None and found[0].endswith("{") and found[0].split("{")[0].split('"')[0].split()[0] in _TOP


def _item(text: Text, body: _Body, at: int) -> int:
    """
    Read one argument or block and return the offset after it; when it cannot be read, the offset where reading goes on.
    """
    content = text.content
    try:
        name = _NAME.match(content, at)
        if name is None:
            text.problem(f"unexpected {shown(text, at)}", at, at + 1, "expected an argument or a block")
            return _recover(text, at, None)
        after = _skip_inline(text, name.end())
        if content.startswith("=", after) and not content.startswith("==", after):
            return _attribute(text, body, name, after + 1)
        return _block(text, body, name, after)
    except Failure as failure:
        text.problem(failure.message, failure.start, failure.end, failure.hint)
        return _recover(text, at, failure.resume)


def _attribute(text: Text, body: _Body, name: re.Match[str], at: int) -> int:
    start = name.start()
    value = _skip_inline(text, at)
    try:
        read = read_line(text, value, body.depth)
        expr, end = read.expr, read.end
        while text.content[end - 1] in " \t\r":
            end -= 1
        end = max(end, value)
        resume = read.end
    except Failure as failure:
        resume = _recover(text, start, failure.resume)
        end = max(_line_end(text, value) if failure.resume is None else failure.resume, value)
        expr = broken(text, failure, value, end)
    if name[0] in body.names:
        hint = "keep one of them"
        text.problem(f"the argument {name[0]} is set twice", start, name.end(), hint, hides=False)
    else:
        body.names.add(name[0])
        last = max(_solid(text, value, end), value)
        body.attributes.append(Attribute(name[0], expr, text.span(start, last)))
    return resume


def _solid(text: Text, start: int, end: int) -> int:
    """
    Return where the value ends without a comment after it.
    """
    tail = [comment for comment in text.comments[-3:] if comment.span.line >= text.place(start)[0]]
    content = text.content
    for comment in reversed(tail):
        if content.endswith(comment.text, start, end):
            end -= len(comment.text)
            while end > start and content[end - 1] in " \t\r":
                end -= 1
    return end


def _block(text: Text, body: _Body, name: re.Match[str], at: int) -> int:
    content, labels, last = text.content, list[str](), name.end()
    while not content.startswith("{", at):
        label = _NAME.match(content, at)
        if label:
            labels.append(label[0])
            last = label.end()
        elif content.startswith('"', at):
            value, last = strings.literal(text, at)
            labels.append(value)
        else:
            at = _brace_below(text, name[0], at)
            break
        at = _skip_inline(text, last)
        if len(labels) > DEPTH:
            raise Failure(f"the block {name[0]} has more than {DEPTH} labels", name.start(), name.end(), "open it with {")
    header = text.span(name.start(), last)
    if body.depth >= DEPTH:
        raise too_deep(at, at + 1)
    inner = _Body(body.depth + 1)
    end = _inner(text, inner, at)
    block = Block(name[0], tuple(labels), tuple(inner.attributes), tuple(inner.blocks), text.span(name.start(), end), header)
    body.blocks.append(block)
    return end


def _brace_below(text: Text, name: str, at: int) -> int:
    """
    Return the offset of a `{` that stands on a line of its own, where Terraform does not want it.
    """
    below, _ = _skip(text, at)
    if not text.content.startswith("{", below):
        hint = "write name = value, or open a block with {"
        raise Failure(f"expected = or {{ after {name}, not {shown(text, at)}", at, at + 1, hint)
    text.problem("the { is on another line than its block", below, below + 1, f"put it on the line of {name}", hides=False)
    return below


def _inner(text: Text, inner: _Body, at: int) -> int:
    """
    Read the body that the `{` at `at` opens and return the offset after its `}`.
    """
    content = text.content
    start = _skip_inline(text, at + 1)
    single = not content.startswith(("\n", "\r\n", "}", "#", "//"), start) and start < len(content)
    inner.single = single
    end = _body(text, inner, start)
    if not content.startswith("}", end):
        if not text.stopped:
            text.problem("the block is not closed", at, at + 1, "close it with }")
        return _trimmed(content, end)
    lone = len(inner.attributes) == 1 and not inner.blocks and text.place(start)[0] == text.place(end)[0]
    if single and not lone:
        hint = "put each of its arguments and blocks on its own line"
        text.problem("a block on one line holds a single argument", start, start + 1, hint, hides=False)
    return end + 1


def _trimmed(content: str, end: int) -> int:
    while end and content[end - 1] in " \t\r\n":
        end -= 1
    return end


def _line_end(text: Text, at: int) -> int:
    found = _LINE_END.search(text.content, at)
    return found.start() if found else len(text.content)


def _recover(text: Text, start: int, resume: int | None) -> int:
    """
    Return where reading goes on after the item at `start`, whose end is not known: the next item that is not deeper.
    """
    if resume is not None:
        return resume
    content = text.content
    margin = start - (content.rfind("\n", 0, start) + 1)
    at = _line_end(text, start)
    for found in _ITEM.finditer(content, at):
        indent = len(found[1])
        if indent < margin or (indent == margin and not found[2]):
            return found.start()
    return len(content)
