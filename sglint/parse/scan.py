"""
Cutting a template into literals, `${ }` and `%{ }`, as Terraform's own scanner cuts it: a heredoc line by line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from sglint.frozen import frozen
from sglint.parse.text import DEPTH, Failure, Text, shown
from sglint.syntax import Expr

NAME = r"[^\W\d][\w-]*"
SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))

_QUOTED_RUN = re.compile(r'[^"\\$%\n]+')
_BARE_RUN = re.compile(r"[^$%\n]+")
_LINE = re.compile(r"[^\n]*\n")
_KEYWORD = re.compile(rf"\s*({NAME})")
_FOR = re.compile(rf"\s*({NAME})(?:\s*,\s*({NAME}))?\s+in\b")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


@frozen
class Read:
    """
    An expression, the offset after it, and a bound of how many levels lie in it.
    """

    expr: Expr
    end: int
    height: int


ReadExpression = Callable[[Text, int, int], Read]
"""Reads the expression of a `${ }` or `%{ }` from an offset up to its `}`; the last argument is the depth it lies at."""


@dataclass(slots=True)
class Lit:
    """
    A run of text, escapes resolved.
    """

    value: str
    start: int
    end: int


@dataclass(slots=True)
class Code:
    """
    `${ }` (no keyword) or a directive.
    """

    keyword: str
    start: int
    end: int
    expr: Expr | None = None
    names: tuple[str, str] = ("", "")


Token = Lit | Code


class Scan:
    """
    Cuts one template into tokens.
    """

    __slots__ = ("content", "depth", "eat", "expression", "height", "text", "tokens")

    def __init__(self, text: Text, expression: ReadExpression, depth: int) -> None:
        self.text, self.content, self.expression, self.depth = text, text.content, expression, depth
        self.tokens: list[Token] = []
        self.height = 0
        self.eat = False

    def quoted(self, at: int) -> int:
        """
        Cut a quoted string up to its closing quote, and return the offset after it.
        """
        content, opened, parts, start = self.content, at - 1, list[str](), at
        while True:
            run = _QUOTED_RUN.match(content, at)
            if run:
                parts.append(run[0])
                at = run.end()
            sign = content[at : at + 1]
            if sign == '"':
                self.flush(parts, start, at)
                return at + 1
            if sign in ("", "\n"):
                raise Failure("the string does not end on its line", opened, at, 'close it with " or use a heredoc')
            if sign == "\\":
                value, end = _escape(self.text, at)
                parts.append(value)
                at = end
                continue
            start, at = self.dollar(parts, start, at)

    def bare(self, at: int, marker: str, opened: int) -> int:
        """
        Cut a heredoc up to its marker, or a whole text when `marker` is empty.
        """
        content, parts, start, fresh = self.content, list[str](), at, True
        while True:
            if fresh and marker:
                line = _LINE.match(content, at)
                if line is None:
                    raise unclosed_heredoc(marker, opened, at)
                if line[0].strip(SPACES) == marker:
                    return at + line[0].index(marker) + len(marker)
            fresh = False
            run = _BARE_RUN.match(content, at)
            if run:
                parts.append(run[0])
                at = run.end()
            sign = content[at : at + 1]
            if sign == "":
                if marker:
                    raise unclosed_heredoc(marker, opened, at)
                self.flush(parts, start, at)
                return at
            if sign == "\n":
                parts.append(sign)
                at, fresh = at + 1, True
                self.flush(parts, start, at)
                start = at
                continue
            start, at = self.dollar(parts, start, at)

    def dollar(self, parts: list[str], start: int, at: int) -> tuple[int, int]:
        """
        Read the `$` or `%` at `at`; return where the literal starts that is being read, and the offset after what was read.
        """
        value, end = _dollar(self.content, at)
        if value:
            parts.append(value)
            return start, end
        self.flush(parts, start, at)
        at = self.code(at)
        return at, at

    def flush(self, parts: list[str], start: int, end: int) -> None:
        """
        End the literal that is being read, unless it is empty, and begin another.
        """
        if start == end:
            return
        value = "".join(parts)
        parts.clear()
        self.tokens.append(Lit(value.lstrip(SPACES) if self.eat else value, start, end))
        self.eat = False

    def code(self, at: int) -> int:
        """
        Read the `${ }` or `%{ }` at `at` and return the offset after it.
        """
        content, start = self.content, at
        if self.depth >= DEPTH:
            raise Failure(f"nested more than {DEPTH} levels", at, at + 2, "split it into several locals")
        at += 2
        if content.startswith("~", at):
            at += 1
            last = self.tokens[-1] if self.tokens else None
            if isinstance(last, Lit):
                last.value = last.value.rstrip(SPACES)
        token, at = self.interpolation(at) if content[start] == "$" else self.directive(at)
        self.eat = content.startswith("~", at)
        if self.eat:
            at += 1
        if not content.startswith("}", at):
            raise Failure(
                f"expected }} before {shown(self.text, at)}", start, at, f"it closes the {content[start : start + 2]}"
            )
        token.start, token.end = start, at + 1
        self.tokens.append(token)
        return at + 1

    def interpolation(self, at: int) -> tuple[Code, int]:
        """
        Read what stands in a `${ }`.
        """
        read = self.expression(self.text, at, self.depth + 1)
        self.height = max(self.height, read.height + 1)
        return Code("", at, at, read.expr), read.end

    def directive(self, at: int) -> tuple[Code, int]:
        """
        Read what stands in a `%{ }`.
        """
        word = _KEYWORD.match(self.content, at)
        keyword = word[1] if word else ""
        if word is None or keyword not in ("if", "else", "endif", "for", "endfor"):
            raise Failure("expected if, else, endif, for or endfor after %{", at - 2, word.end() if word else at)
        at, names = word.end(), ("", "")
        if keyword in ("else", "endif", "endfor"):
            while self.content[at : at + 1].isspace():
                at += 1
            return Code(keyword, at, at), at
        if keyword == "for":
            intro = _FOR.match(self.content, at)
            if intro is None:
                raise Failure("expected %{ for name in collection }", at, at + 1, "name the element and the collection")
            at, names = intro.end(), (intro[1], intro[2]) if intro[2] else ("", intro[1])
        read = self.expression(self.text, at, self.depth + 1)
        self.height = max(self.height, read.height + 1)
        return Code(keyword, at, at, read.expr, names), read.end


def _dollar(content: str, at: int) -> tuple[str, int]:
    """
    Return the text that the `$` or `%` at `at` stands for and the offset after it; no text when a sequence starts there.
    """
    sign = content[at]
    if content.startswith(sign + "{", at + 1):
        return sign + "{", at + 3
    if content.startswith("{", at + 1):
        return "", at
    return sign, at + 1


def _escape(text: Text, at: int) -> tuple[str, int]:
    kind = text.content[at + 1 : at + 2]
    if kind in _ESCAPES and kind:
        return _ESCAPES[kind], at + 2
    digits = {"u": 4, "U": 8}.get(kind, 0)
    code = text.content[at + 2 : at + 2 + digits]
    if digits and len(code) == digits and re.fullmatch("[0-9A-Fa-f]+", code):
        value = int(code, 16)
        if value <= 0x10FFFF and not 0xD800 <= value <= 0xDFFF:
            return chr(value), at + 2 + digits
    hint = 'write \\\\ for a backslash; the escapes are \\n \\r \\t \\" \\\\ \\uXXXX \\UXXXXXXXX'
    raise Failure(f"\\{kind} is not an escape sequence", at, at + 2, hint)


def unclosed_heredoc(marker: str, at: int, end: int) -> Failure:
    """
    Return the failure of a heredoc whose end is not there.
    """
    return Failure(f"the heredoc <<{marker} does not end", at, end, f"put {marker} alone on a line after it")
