"""
Quoted strings, heredocs and template files: literals with escapes, `${ }`, `%{ }`, strip markers and indentation.

The idea: a template is first cut into tokens as Terraform's own scanner cuts it (a heredoc line by line), because what a
strip marker eats and how much indentation goes is defined on those tokens; only then the directives become a tree.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from sglint.parse.text import DEPTH, Failure, Text, shown
from sglint.source import Span
from sglint.syntax import Expr, Literal, Template, TemplateFor, TemplateIf

NAME = r"[^\W\d][\w-]*"
SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))

_HEREDOC = re.compile(rf"<<(-?)({NAME})\r?\n")
_QUOTED_RUN = re.compile(r'[^"\\$%\n]+')
_BARE_RUN = re.compile(r"[^$%\n]+")
_LINE = re.compile(r"[^\n]*\n")
_KEYWORD = re.compile(rf"\s*({NAME})")
_FOR = re.compile(rf"\s*({NAME})(?:\s*,\s*({NAME}))?\s+in\b")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


@dataclass(frozen=True, slots=True)
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
class _Lit:
    value: str
    start: int
    end: int


@dataclass(slots=True)
class _Code:
    """`${ }` (no keyword) or a directive."""

    keyword: str
    start: int
    end: int
    expr: Expr | None = None
    names: tuple[str, str] = ("", "")


_Token = _Lit | _Code


def heredoc_at(text: Text, at: int) -> bool:
    """
    Return whether a heredoc starts at `at`.
    """
    return _HEREDOC.match(text.content, at) is not None


def read_quoted(text: Text, at: int, depth: int, expression: ReadExpression) -> Read:
    """
    Read the quoted template whose opening quote is at `at`.
    """
    scan = _Scan(text, expression, depth)
    end = scan.quoted(at + 1)
    return _finish(scan, at, end)


def read_heredoc(text: Text, at: int, depth: int, expression: ReadExpression) -> Read:
    """
    Read the heredoc whose `<<` is at `at`.
    """
    intro = _HEREDOC.match(text.content, at)
    if intro is None:
        raise Failure("expected a heredoc", at, at + 2, "write <<NAME and a new line")
    marker = intro[2]
    ends = re.compile(rf"^[ \t]*{re.escape(marker)}[ \t]*\r?\n", re.MULTILINE)
    if marker in text.unclosed or not ends.search(text.content, intro.end()):
        text.unclosed.add(marker)
        raise _unclosed_heredoc(marker, at, intro.end())
    scan = _Scan(text, expression, depth)
    end = scan.bare(intro.end(), marker, at)
    if intro[1]:
        _dedent(scan.tokens)
    return _finish(scan, at, end)


def read_whole(text: Text, depth: int, expression: ReadExpression) -> Read:
    """
    Read all of the text as a template.
    """
    scan = _Scan(text, expression, depth)
    end = scan.bare(0, "", 0)
    return _finish(scan, 0, end)


def literal(text: Text, at: int) -> tuple[str, int]:
    """
    Return the value of a quoted string that may hold no template, and the offset after it: the label of a block.
    """
    read = read_quoted(text, at, 0, _refuse)
    if isinstance(read.expr, Literal) and isinstance(read.expr.value, str):
        return read.expr.value, read.end
    raise _templated(at)


def _refuse(_text: Text, at: int, _depth: int) -> Read:
    raise _templated(at)


def _templated(at: int) -> Failure:
    return Failure("a block label cannot hold a template", at, at + 1, "write the name itself")


def _unclosed_heredoc(marker: str, at: int, end: int) -> Failure:
    return Failure(f"the heredoc <<{marker} does not end", at, end, f"put {marker} alone on a line after it")


class _Scan:
    """
    Cuts one template into tokens.
    """

    __slots__ = ("content", "depth", "eat", "expression", "height", "text", "tokens")

    def __init__(self, text: Text, expression: ReadExpression, depth: int) -> None:
        self.text, self.content, self.expression, self.depth = text, text.content, expression, depth
        self.tokens: list[_Token] = []
        self.height = 0
        self.eat = False

    def quoted(self, at: int) -> int:
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
            value, end = _dollar(content, at)
            if value:
                parts.append(value)
                at = end
            else:
                self.flush(parts, start, at)
                at = self.code(at)
                parts, start = [], at

    def bare(self, at: int, marker: str, opened: int) -> int:
        """
        Cut a heredoc up to its marker, or a whole text when `marker` is empty.
        """
        content, parts, start, fresh = self.content, list[str](), at, True
        while True:
            if fresh and marker:
                line = _LINE.match(content, at)
                if line is None:
                    raise _unclosed_heredoc(marker, opened, at)
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
                    raise _unclosed_heredoc(marker, opened, at)
                self.flush(parts, start, at)
                return at
            if sign == "\n":
                parts.append(sign)
                at, fresh = at + 1, True
                self.flush(parts, start, at)
                parts, start = [], at
                continue
            value, end = _dollar(content, at)
            if value:
                parts.append(value)
                at = end
            else:
                self.flush(parts, start, at)
                at = self.code(at)
                parts, start = [], at

    def flush(self, parts: list[str], start: int, end: int) -> None:
        if start == end:
            return
        value = "".join(parts)
        self.tokens.append(_Lit(value.lstrip(SPACES) if self.eat else value, start, end))
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
            if isinstance(last, _Lit):
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

    def interpolation(self, at: int) -> tuple[_Code, int]:
        read = self.expression(self.text, at, self.depth + 1)
        self.height = max(self.height, read.height + 1)
        return _Code("", at, at, read.expr), read.end

    def directive(self, at: int) -> tuple[_Code, int]:
        word = _KEYWORD.match(self.content, at)
        keyword = word[1] if word else ""
        if word is None or keyword not in ("if", "else", "endif", "for", "endfor"):
            raise Failure("expected if, else, endif, for or endfor after %{", at - 2, word.end() if word else at)
        at, names = word.end(), ("", "")
        if keyword in ("else", "endif", "endfor"):
            while self.content[at : at + 1].isspace():
                at += 1
            return _Code(keyword, at, at), at
        if keyword == "for":
            intro = _FOR.match(self.content, at)
            if intro is None:
                raise Failure("expected %{ for name in collection }", at, at + 1, "name the element and the collection")
            at, names = intro.end(), (intro[1], intro[2]) if intro[2] else ("", intro[1])
        read = self.expression(self.text, at, self.depth + 1)
        self.height = max(self.height, read.height + 1)
        return _Code(keyword, at, at, read.expr, names), read.end


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


def _dedent(tokens: list[_Token]) -> None:
    """
    Take the common indentation off the lines of a `<<-` heredoc.
    """
    least: int | None = None
    adjust: list[_Lit] = []
    fresh = True
    for token in tokens:
        if fresh:
            spaces: int | None = 0
            if isinstance(token, _Lit):
                trimmed = token.value.lstrip(SPACES)
                if not trimmed and token.value.endswith("\n"):
                    spaces = None
                else:
                    spaces = len(token.value) - len(trimmed)
                    adjust.append(token)
            if spaces is not None:
                least = spaces if least is None else min(least, spaces)
        fresh = isinstance(token, _Lit) and token.value.endswith("\n")
    for lit in adjust:
        lit.value = lit.value[least or 0 :]


@dataclass(slots=True)
class _Frame:
    """A directive that is open, and the parts read in it so far."""

    opener: _Code | None
    parts: list[Expr]
    yes: tuple[Expr, ...] | None = None


def _finish(scan: _Scan, start: int, end: int) -> Read:
    tokens, text = scan.tokens, scan.text
    span = text.span(start, end)
    if len(tokens) == 1 and isinstance(tokens[0], _Code) and not tokens[0].keyword and tokens[0].expr is not None:
        return Read(tokens[0].expr, end, scan.height)
    if all(isinstance(token, _Lit) for token in tokens):
        return Read(Literal(_normal("".join(t.value for t in tokens if isinstance(t, _Lit))), span), end, 1)
    parts, levels = _tree(text, tokens, scan.depth)
    return Read(Template(parts, span), end, scan.height + levels + 1)


def _normal(value: str) -> str:
    return value if value.isascii() else unicodedata.normalize("NFC", value)


def _tree(text: Text, tokens: list[_Token], depth: int) -> tuple[tuple[Expr, ...], int]:
    """
    Return the parts of the template with its directives nested, and how deep they nest.
    """
    frames, deepest = [_Frame(None, [])], 0
    index = 0
    while index < len(tokens):
        token = tokens[index]
        index += 1
        if isinstance(token, _Lit):
            index = _literals(text, tokens, index - 1, frames[-1].parts)
        elif not token.keyword and token.expr is not None:
            frames[-1].parts.append(token.expr)
        elif token.keyword in ("if", "for"):
            frames.append(_Frame(token, []))
            deepest = max(deepest, len(frames) - 1)
            if depth + deepest > DEPTH:
                raise Failure(f"nested more than {DEPTH} levels", token.start, token.end, "split it into several locals")
        else:
            _close(text, token, frames)
    opener = frames[-1].opener
    if opener is not None:
        hint = f"write %{{ end{opener.keyword} }} after it"
        raise Failure(f"the %{{ {opener.keyword} }} is not closed", opener.start, opener.end, hint)
    parts = frames[0].parts
    if len(parts) == 1 and not isinstance(parts[0], (TemplateIf, TemplateFor, Literal)):
        parts = [Literal("", parts[0].span), *parts]
    return tuple(parts), deepest


def _literals(text: Text, tokens: list[_Token], index: int, parts: list[Expr]) -> int:
    """
    Append the run of literals at `index` as one, unless it is empty, and return the index after it.
    """
    start, values, end = tokens[index].start, list[str](), 0
    while index < len(tokens) and isinstance(token := tokens[index], _Lit):
        values.append(token.value)
        index, end = index + 1, token.end
    if value := "".join(values):
        parts.append(Literal(_normal(value), text.span(start, end)))
    return index


def _close(text: Text, token: _Code, frames: list[_Frame]) -> None:
    """
    Let an `else`, `endif` or `endfor` do its work on the innermost open directive.
    """
    frame = frames[-1]
    opener = frame.opener
    fits = opener is not None and opener.keyword == ("for" if token.keyword == "endfor" else "if")
    if opener is None or opener.expr is None or not fits or (token.keyword == "else" and frame.yes is not None):
        hint = f"remove it or open the {'for' if token.keyword == 'endfor' else 'if'} before it"
        raise Failure(f"%{{ {token.keyword} }} has nothing to belong to", token.start, token.end, hint)
    if token.keyword == "else":
        frame.yes, frame.parts = tuple(frame.parts), []
        return
    frames.pop()
    span: Span = text.span(opener.start, token.end)
    if token.keyword == "endfor":
        part: Expr = TemplateFor(*opener.names, opener.expr, tuple(frame.parts), span)
    elif frame.yes is None:
        part = TemplateIf(opener.expr, tuple(frame.parts), (), span)
    else:
        part = TemplateIf(opener.expr, frame.yes, tuple(frame.parts), span)
    frames[-1].parts.append(part)
