"""
A text that is one expression, and a text that is one template: option values, template files, strings in JSON.
"""

from __future__ import annotations

from sglint.parse.expression import read_all, read_inside
from sglint.parse.strings import read_whole
from sglint.parse.text import Failure, Text
from sglint.source import Problem, Source, Span
from sglint.syntax import Broken, Expr


def parse_expression(source: Source) -> tuple[Expr, tuple[Problem, ...]]:
    """
    Return the expression that the whole text is; line ends do not matter in it.
    """
    text = Text(source.path, source.text)
    try:
        expr: Expr = read_all(text).expr
    except Failure as failure:
        expr = broken(text, failure, 0, len(source.text))
    return expr, tuple(text.problems)


def parse_template(text: str, span: Span) -> tuple[Expr, tuple[Problem, ...]]:
    """
    Return the expression that a template file or a JSON string stands for.

    Places are exact when `text` lies in the file as it is from the start of `span` to its end; else every place is `span`.
    """
    here = Text(span.path, text, span.line, span.column)
    if here.place(len(text)) != (span.end_line, span.end_column):
        here.fixed = span
    try:
        expr: Expr = read_whole(here, 0, read_inside).expr
    except Failure as failure:
        expr = broken(here, failure, 0, len(text))
    return expr, tuple(here.problems)


def broken(text: Text, failure: Failure, start: int, end: int) -> Broken:
    """
    Note the failure as a problem, and return what stands in the place of the expression.
    """
    text.problem(failure.message, failure.start, failure.end, failure.hint)
    return Broken(failure.message, text.span(start, end))
