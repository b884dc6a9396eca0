"""
The directives of a template: from the tokens that it was cut into to a tree.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from sglint.parse.scan import Code, Lit, Token
from sglint.parse.text import DEPTH, Failure, Text
from sglint.syntax import Expr, Literal, TemplateFor, TemplateIf


@dataclass(slots=True)
class Frame:
    """
    A directive that is open, and the parts read in it so far.
    """

    opener: Code | None
    parts: list[Expr]
    yes: tuple[Expr, ...] | None = None


def tree(text: Text, tokens: list[Token], depth: int) -> tuple[tuple[Expr, ...], int]:
    """
    Return the parts of the template with its directives nested, and how deep they nest.
    """
    frames, deepest = [Frame(None, [])], 0
    index = 0
    while index < len(tokens):
        token = tokens[index]
        index += 1
        if isinstance(token, Lit):
            index = _literals(text, tokens, index - 1, frames[-1].parts)
        elif not token.keyword and token.expr is not None:
            frames[-1].parts.append(token.expr)
        elif token.keyword in ("if", "for"):
            frames.append(Frame(token, []))
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


def _literals(text: Text, tokens: list[Token], index: int, parts: list[Expr]) -> int:
    """
    Append the run of literals at `index` as one, unless it is empty, and return the index after it.
    """
    start, values, end = tokens[index].start, list[str](), 0
    while index < len(tokens) and isinstance(token := tokens[index], Lit):
        values.append(token.value)
        index, end = index + 1, token.end
    if value := "".join(values):
        parts.append(Literal(normal(value), text.span(start, end)))
    return index


def _close(text: Text, token: Code, frames: list[Frame]) -> None:
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
    span = text.span(opener.start, token.end)
    if token.keyword == "endfor":
        part: Expr = TemplateFor(*opener.names, opener.expr, tuple(frame.parts), span)
    elif frame.yes is None:
        part = TemplateIf(opener.expr, tuple(frame.parts), (), span)
    else:
        part = TemplateIf(opener.expr, frame.yes, tuple(frame.parts), span)
    frames[-1].parts.append(part)


def normal(value: str) -> str:
    """
    Return the text in Unicode's composed form, in which Terraform keeps it.
    """
    return value if value.isascii() else unicodedata.normalize("NFC", value)
