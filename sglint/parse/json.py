"""
JSON with the place of every key and value, which the standard library does not keep.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from sglint.frozen import frozen
from sglint.parse.text import DEPTH, Failure, Text, shown
from sglint.value import Number

_BLANK = re.compile(r"[ \t\r\n]*")
_RUN = re.compile(r'[^"\\\x00-\x1f]*')
_PLAIN = re.compile(r'"([^"\\\x00-\x1f]*)"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_HEX = re.compile(r"\\u([0-9A-Fa-f]{4})")


@frozen
class Scalar:
    """
    A string, number, bool or null; `plain` says that a string's characters are those of the file.
    """

    value: str | Number | bool | None
    start: int
    end: int
    plain: bool = True


@frozen
class Array:
    """
    The items between `[` and `]`.
    """

    items: tuple[Json, ...]
    start: int
    end: int


@frozen
class Object:
    """
    The members between `{` and `}`, duplicates included; every key is a string.
    """

    members: tuple[tuple[Scalar, Json], ...]
    start: int
    end: int


Json: TypeAlias = Scalar | Array | Object


def read(text: Text, limit: int | None = None) -> Json | None:
    """
    Return the value that the text is; after an error or too many values, what stands before, with a problem that says so.
    """
    reader = _Reader(text, 1 if text.content.startswith("\ufeff") else 0, limit)
    value = reader.value(0)
    reader.blank()
    if not reader.failed and reader.at < len(text.content):
        text.problem(f"unexpected {shown(text, reader.at)} after the value", reader.at, reader.at + 1, "remove it")
    return value


class _Reader:
    """
    Reads forward from `at`; after the first error every open value ends where it is.
    """

    __slots__ = ("at", "content", "failed", "left", "limit", "text")

    def __init__(self, text: Text, at: int, limit: int | None) -> None:
        self.text, self.content, self.at, self.failed = text, text.content, at, False
        self.limit, self.left = limit, -1 if limit is None else limit

    def blank(self) -> str:
        """
        Pass blanks and return the sign that follows.
        """
        sign = self.content[self.at : self.at + 1]
        if sign > " ":
            return sign
        found = _BLANK.match(self.content, self.at)
        self.at = found.end() if found else self.at
        return self.content[self.at : self.at + 1]

    def fail(self, expected: str) -> None:
        if not self.failed:
            at = min(self.at, len(self.content))
            self.text.problem(f"expected {expected} before {shown(self.text, at)}", at, at + 1, "correct the JSON")
        self.failed = True

    def value(self, depth: int) -> Json | None:
        sign = self.blank()
        if depth > DEPTH:
            self.text.problem(f"nested more than {DEPTH} levels", self.at, self.at + 1, "split the file")
            self.failed = True
            return None
        if not self.left:
            self.text.problem(f"more than {self.limit} values", self.at, self.at + 1, "split the file")
            self.failed = True
            return None
        self.left -= 1
        if sign == "{":
            return self.object(depth)
        if sign == "[":
            return self.array(depth)
        if sign == '"':
            return self.string()
        start = self.at
        number = _NUMBER.match(self.content, start)
        if number:
            return self.number(number[0])
        for word, value in _WORDS.items():
            if self.content.startswith(word, start):
                self.at += len(word)
                return Scalar(value, start, self.at)
        self.fail("a value")
        return None

    def number(self, written: str) -> Scalar:
        start = self.at
        self.at += len(written)
        try:
            return Scalar(exact(written), start, self.at)
        except InvalidOperation:
            self.text.problem(f"{written[:20]}... is too large a number", start, self.at, "write a smaller one")
            return Scalar(written, start, self.at)

    def array(self, depth: int) -> Array:
        start, items = self.at, list[Json]()
        self.at += 1
        if self.blank() == "]":
            self.at += 1
            return Array((), start, self.at)
        while True:
            item = self.value(depth + 1)
            if item is not None:
                items.append(item)
            if self.failed or not self.more("]"):
                return Array(tuple(items), start, self.at)

    def object(self, depth: int) -> Object:
        start, members = self.at, list[tuple[Scalar, Json]]()
        self.at += 1
        if self.blank() == "}":
            self.at += 1
            return Object((), start, self.at)
        while True:
            if self.blank() != '"':
                self.fail("a key in quotes")
                return Object(tuple(members), start, self.at)
            key = self.string()
            if key is not None and self.blank() == ":":
                self.at += 1
                value = self.value(depth + 1)
                if value is not None:
                    members.append((key, value))
            else:
                self.fail(":")
            if self.failed or not self.more("}"):
                return Object(tuple(members), start, self.at)

    def more(self, closer: str) -> bool:
        """
        Pass a comma, or the closer, and return whether another item follows.
        """
        sign = self.blank()
        if sign not in (",", closer) or not sign:
            self.fail(f"a comma or {closer}")
            return False
        self.at += 1
        return sign == ","

    def string(self) -> Scalar | None:
        start, parts = self.at, list[str]()
        found = _PLAIN.match(self.content, start)
        if found:
            self.at = found.end()
            return Scalar(found[1], start, self.at)
        self.at += 1
        while True:
            run = _RUN.match(self.content, self.at)
            if run:
                parts.append(run[0])
                self.at = run.end()
            sign = self.content[self.at : self.at + 1]
            if sign == '"':
                self.at += 1
                return Scalar("".join(parts), start, self.at, len(parts) == 1)
            if sign != "\\":
                self.fail('"')
                return None
            try:
                parts.append(self.escape())
            except Failure as failure:
                self.text.problem(failure.message, failure.start, failure.end, failure.hint)
                self.failed = True
                return None

    def escape(self) -> str:
        at = self.at
        kind = self.content[at + 1 : at + 2]
        if kind and kind in _ESCAPES:
            self.at += 2
            return _ESCAPES[kind]
        found = _HEX.match(self.content, at)
        if found is None:
            raise Failure(f"\\{kind} is not an escape sequence", at, at + 2, "write \\\\ for a backslash")
        code = int(found[1], 16)
        self.at = found.end()
        low = _HEX.match(self.content, self.at)
        if 0xD800 <= code < 0xDC00 and low and 0xDC00 <= int(low[1], 16) < 0xE000:
            self.at = low.end()
            return chr(0x10000 + ((code - 0xD800) << 10) + int(low[1], 16) - 0xDC00)
        return "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)


def exact(written: str) -> Number:
    """
    Return the exact number; an integral one is an int, unless it is absurdly large.
    """
    if len(written) < 4000 and written.lstrip("-").isdigit():
        return int(written)
    value = Decimal(written)
    if abs(value.adjusted()) < 400 and value == value.to_integral_value():
        return int(value)
    return value
