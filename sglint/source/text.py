"""
A text, places in it, and what could not be read of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from sglint.frozen import frozen, ordered


@ordered
class Span:
    """
    A half-open range of a file; lines and columns are 1-based and count characters.

    `path` is written as a person would type it from where the tool was started, with forward slashes.
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"

    def until(self, other: Span) -> Span:
        """
        Return the span from the start of this one to the end of `other`, which lies in the same file.
        """
        return Span(self.path, self.line, self.column, other.end_line, other.end_column)


@frozen
class Problem:
    """
    Something that could not be read.

    `hides` is true when a part of the network is missing from the result because of it. `hint` says what to do next.
    """

    message: str
    span: Span | None = None
    hint: str = ""
    hides: bool = True

    @property
    def order(self) -> tuple[str, int, int, str]:
        """
        The key that sorts problems: by place, then by text.
        """
        if self.span is None:
            return ("", 0, 0, self.message)
        return (self.span.path, self.span.line, self.span.column, self.message)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """
    Return the problems sorted, each once.
    """
    return tuple(sorted(dict.fromkeys(problems), key=lambda problem: (problem.order, problem.hint, problem.hides)))


@frozen
class Source:
    """
    The text of one file, and the path that its spans carry.
    """

    path: str
    text: str


class SglintError(Exception):
    """
    How we were called is wrong: a path that does not exist, an option that makes no sense. Ends the run with exit code 2.
    """
