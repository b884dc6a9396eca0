"""
One expression: find where it ends, then let tree-sitter say how its operators, brackets and `for`s lie in one another.

The idea: tree-sitter sees a skeleton of the same length as the text, so that its offsets are the text's. In the skeleton
every string is a plain placeholder (its templates are read by `strings`), comments are blanks, and the line ends that
separate the items of an object are commas, so that what Terraform says about line ends holds exactly.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sglint.parse.directive import normal
from sglint.parse.scan import NAME, Read
from sglint.parse.skeleton import Skeleton
from sglint.parse.strings import heredoc_at, read_heredoc, read_quoted
from sglint.parse.text import DEPTH, PARTS, Failure, Text, shown
from sglint.parse.tree import named, translate
from sglint.syntax import Literal

_NAMES = 10
"""Of how many levels what is read at one look has less."""
_NAME = rf"[^\W\d][\w-]*+(?:\.[^\W\d][\w-]*+){{0,{_NAMES - 2}}}+"
_PLAIN_LINE = re.compile(rf'(?:({_NAME})|"([^"\\$%\n]*+)")[ \t]*+(?=\r?\n|\Z)', re.ASCII)
_PLAIN_INSIDE = re.compile(rf'[ \t]*+(?:({_NAME})|"([^"\\$%\n]*+)")[ \t]*+(?=~?\}})', re.ASCII)
"""What is read at one look: a name with some attributes, or a string without a template, and nothing after it."""
_STOP = re.compile(r'["#\n{}()\[\]]|//|/\*|<<-?[^\W\d]|(?<!\d)\d++(?:\.\d++)?[eE][+-]?\d++|[^\x00-\x7f]+|\*')
_FOR = re.compile(r"(?:\s|#[^\n]*+\n|//[^\n]*+\n|/\*.*?\*/)*+for(?![\w-])", re.DOTALL)
_WORD_BEFORE = re.compile(r"[\w-]*\Z")
_CLOSERS = {"(": ")", "[": "]", "{": "}", "for": "}"}
_SPACED_SPLAT = re.compile(r"\[\s*+\*\s*+\]")
_SPACED_NAME = re.compile(r"(?<! ) *+:: *+")
_OPERATORS = re.compile(r"[-!?+*/%<>&|.:=]")
_PIECES = re.compile(r"[,\[\](){}]")


@dataclass(slots=True)
class _State:
    """
    What the scan of one expression has come to.
    """

    text: Text
    start: int
    depth: int
    inside: bool
    parts: list[str] = field(default_factory=list)
    open: list[tuple[str, int]] = field(default_factory=list)
    strings: dict[int, Read] = field(default_factory=dict)
    height: int = 0
    last: str = ""

    def put(self, piece: str) -> None:
        self.parts.append(piece)
        if solid := piece.rstrip():
            self.last = solid[-1]


def read_line(text: Text, at: int, depth: int) -> Read:
    """
    Read the expression of an attribute: it ends with its line, outside of brackets.
    """
    return _plain(text, _PLAIN_LINE.match(text.content, at), depth) or _read(_State(text, at, depth, inside=False))


def read_inside(text: Text, at: int, depth: int) -> Read:
    """
    Read the expression of a `${ }`, which ends before its `}` or `~}`.
    """
    return _plain(text, _PLAIN_INSIDE.match(text.content, at), depth) or _read(_State(text, at, depth, inside=True))


def read_all(text: Text) -> Read:
    """
    Read all of the text as one expression, as if it stood in parentheses.
    """
    state = _State(text, 0, 0, inside=True)
    read = _read(state)
    if read.end < len(text.content):
        raise Failure(f"unexpected {shown(text, read.end)}", read.end, read.end + 1)
    return read


def _plain(text: Text, found: re.Match[str] | None, depth: int) -> Read | None:
    """
    Return what most expressions are, a string without a template or a name with attributes, which is read at one look.
    """
    if found is None or depth > DEPTH - _NAMES:
        return None
    if found[1] is None:
        return Read(Literal(normal(found[2]), text.word(found.start(2) - 1, found.end(2) + 1)), found.end(), 2)
    expr = named(text, found[1], found.start(1))
    return None if expr is None else Read(expr, found.end(), found[1].count(".") + 1)


def _read(state: _State) -> Read:
    end = _scan(state)
    if state.inside and state.text.content.startswith("~}", end - 1) and end > state.start:
        end -= 1
    skeleton = "".join(state.parts)[: end - state.start]
    skeleton = _SPACED_SPLAT.sub(lambda found: f"{'[*]':>{len(found[0])}}", skeleton)
    skeleton = _SPACED_NAME.sub(lambda found: found[0].replace(" ", "x"), skeleton)
    if not skeleton.strip():
        raise Failure(f"expected an expression before {shown(state.text, end)}", state.start, end, "write a value", end)
    _refuse_chains(state, skeleton, end)
    whole = Skeleton(state.text, skeleton, state.start, state.strings)
    expr, height, stop = translate(whole, state.depth, alone=state.inside)
    height += state.height
    if height + state.depth > DEPTH:
        raise too_deep(state.start, end, end)
    return Read(expr, end if stop is None else stop, height)


def too_deep(start: int, end: int, resume: int | None = None) -> Failure:
    """
    Return the failure of an expression or block that nests deeper than we follow.
    """
    return Failure(f"nested more than {DEPTH} levels", start, end, "split it into several locals", resume)


def _refuse_chains(state: _State, skeleton: str, end: int) -> None:
    """
    Refuse endless lists and chains of operators before they cost memory.
    """
    if len(skeleton) > 4 * DEPTH:
        pieces = _PIECES.split(skeleton)
        if len(pieces) > PARTS:
            hint = "split it, or read it from a file"
            raise Failure(f"the expression has more than {PARTS} parts", state.start, state.start + 1, hint, end)
        for piece in pieces:
            if len(piece) > 4 * DEPTH and len(_OPERATORS.findall(piece)) > 4 * DEPTH:
                raise too_deep(state.start, end, end)


def _scan(state: _State) -> int:
    """
    Walk over the expression, build its skeleton, and return the offset of its end.
    """
    content, at = state.text.content, state.start
    search = _STOP.search
    while True:
        found = search(content, at)
        if found is None:
            state.put(content[at:])
            return _ended(state, len(content))
        stop, sign = found.start(), found[0]
        if stop > at:
            state.put(content[at:stop])
        if sign == "\n":
            if not state.open and not state.inside:
                return stop - 1 if content.startswith("\r", stop - 1) else stop
            at = _newline(state, stop)
        elif sign in "([{":
            at = _open(state, sign, stop)
        elif sign in ")]}":
            if not state.open:
                if sign == "}":
                    return stop
                raise Failure(f"unexpected {sign}", stop, stop + 1, "nothing opens it on this line")
            at = _closed(state, sign, stop)
        elif sign == '"' or (sign[0] == "<" and heredoc_at(state.text, stop)):
            at = _string(state, stop)
        elif sign[0] in "#/":
            at = _comment(state, stop, sign)
        else:
            at = _other(state, stop, sign)


def _ended(state: _State, end: int) -> int:
    if state.open:
        sign, at = state.open[-1]
        sign = "{" if sign == "for" else sign
        raise Failure(f"expected {_CLOSERS[sign]} before the end of the file", at, at + 1, f"it closes this {sign}")
    return end


def _newline(state: _State, at: int) -> int:
    """
    Pass a line end: between the items of an object it is a comma.
    """
    separates = bool(state.open) and state.open[-1][0] == "{" and state.last not in ("{", ",")
    state.put("," if separates else " ")  # a line end, on which the grammar spends more the more there are
    return at + 1


def _open(state: _State, sign: str, at: int) -> int:
    kind = "for" if sign == "{" and _FOR.match(state.text.content, at + 1) else sign
    state.open.append((kind, at))
    if len(state.open) + state.depth > DEPTH:
        raise too_deep(at, at + 1)
    state.put(sign)
    return at + 1


def _closed(state: _State, sign: str, at: int) -> int:
    kind, opened = state.open.pop()
    if _CLOSERS[kind] != sign:
        opener = "{" if kind == "for" else kind
        line = state.text.place(opened)[0]
        raise Failure(f"expected {_CLOSERS[kind]} before {sign}", at, at + 1, f"it closes the {opener} of line {line}")
    state.put(sign)
    return at + 1


def _string(state: _State, at: int) -> int:
    """
    Read a string with its templates and leave a plain one of its length.
    """
    reader = read_quoted if state.text.content[at] == '"' else read_heredoc
    read = reader(state.text, at, state.depth + len(state.open), read_inside)
    state.strings[at] = read
    state.height = max(state.height, read.height)
    state.put(f'"{"_" * (read.end - at - 2)}"')
    return read.end


def _comment(state: _State, at: int, sign: str) -> int:
    content = state.text.content
    if sign == "/*":
        end = content.find("*/", at + 2) + 2
        if end < 2:
            raise Failure("the comment /* does not end", at, at + 2, "close it with */")
    else:
        end = content.find("\n", at)
        end = len(content) if end < 0 else end
        if content.startswith("\r\n", end - 1):
            end -= 1
    state.text.comment(at, end)
    state.parts.append(" " * (end - at))
    return end


def _other(state: _State, at: int, sign: str) -> int:
    """
    Pass what tree-sitter reads differently: an exponent, letters outside ASCII, a spaced `[ * ]`.
    """
    end = at + len(sign)
    if sign == "*":
        state.put(sign)
    elif sign[0].isdigit() and sign.isascii():
        before = _WORD_BEFORE.search(state.text.content, max(state.start, at - 200), at)
        word = before[0] if before else ""
        state.put(sign if re.match(NAME, word) else "1" * len(sign))
    elif all(f"x{char}".isidentifier() for char in sign):
        state.put("x" * len(sign))
    else:
        bad = next(at + index for index, char in enumerate(sign) if not f"x{char}".isidentifier())
        raise Failure(f"unexpected {shown(state.text, bad)}", bad, bad + 1, "write it inside a string")
    return end
