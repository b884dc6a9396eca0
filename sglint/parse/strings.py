"""
Quoted strings, heredocs and template files: literals with escapes, `${ }`, `%{ }`, strip markers and indentation.

The idea: a template is first cut into tokens as Terraform's own scanner cuts it, because what a strip marker eats and how much
indentation goes is defined on those tokens; only then the directives become a tree.
"""

from __future__ import annotations

import re

from sglint.parse.directive import normal, tree
from sglint.parse.scan import NAME, SPACES, Code, Lit, Read, ReadExpression, Scan, Token, unclosed_heredoc
from sglint.parse.text import Failure, Text
from sglint.syntax import Literal, Template

_HEREDOC = re.compile(rf"<<(-?)({NAME})\r?\n")


def heredoc_at(text: Text, at: int) -> bool:
    """
    Return whether a heredoc starts at `at`.
    """
    return _HEREDOC.match(text.content, at) is not None


def read_quoted(text: Text, at: int, depth: int, expression: ReadExpression) -> Read:
    """
    Read the quoted template whose opening quote is at `at`.
    """
    scan = Scan(text, expression, depth)
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
        raise unclosed_heredoc(marker, at, intro.end())
    scan = Scan(text, expression, depth)
    end = scan.bare(intro.end(), marker, at)
    if intro[1]:
        _dedent(scan.tokens)
    return _finish(scan, at, end)


def read_whole(text: Text, depth: int, expression: ReadExpression) -> Read:
    """
    Read all of the text as a template.
    """
    scan = Scan(text, expression, depth)
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


def _finish(scan: Scan, start: int, end: int) -> Read:
    tokens, text = scan.tokens, scan.text
    span = text.span(start, end)
    if len(tokens) == 1 and isinstance(tokens[0], Code) and not tokens[0].keyword and tokens[0].expr is not None:
        return Read(tokens[0].expr, end, scan.height)
    if all(isinstance(token, Lit) for token in tokens):
        return Read(Literal(normal("".join(t.value for t in tokens if isinstance(t, Lit))), span), end, 1)
    parts, levels = tree(text, tokens, scan.depth)
    return Read(Template(parts, span), end, scan.height + levels + 1)


def _dedent(tokens: list[Token]) -> None:
    """
    Take the common indentation off the lines of a `<<-` heredoc.
    """
    least: int | None = None
    adjust: list[Lit] = []
    fresh = True
    for token in tokens:
        if fresh:
            spaces: int | None = 0
            if isinstance(token, Lit):
                trimmed = token.value.lstrip(SPACES)
                if not trimmed and token.value.endswith("\n"):
                    spaces = None
                else:
                    spaces = len(token.value) - len(trimmed)
                    adjust.append(token)
            if spaces is not None:
                least = spaces if least is None else min(least, spaces)
        fresh = isinstance(token, Lit) and token.value.endswith("\n")
    for lit in adjust:
        lit.value = lit.value[least or 0 :]
