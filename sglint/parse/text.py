"""
The text under the parser's hands: places in it, its comments, and what could not be read.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from sglint.source import Problem, Span
from sglint.syntax import Comment

DEPTH = 100
"""How many levels of blocks, brackets, operators and templates may lie in one another."""

PARTS = 100_000
"""How many brackets and commas one expression may have: beyond, it is data and not configuration."""

PROBLEMS = 100
"""After so many problems the rest of a file is not read: it is something else than what its name says."""


class Failure(Exception):  # noqa: N818 - the name says what it is
    """
    A part of the text is not an expression; `resume` is where its text ends, or None when that cannot be told.
    """

    def __init__(self, message: str, start: int, end: int, hint: str = "", resume: int | None = None) -> None:
        super().__init__(message)
        self.message, self.start, self.end, self.hint, self.resume = message, start, end, hint, resume


@dataclass(slots=True)
class Text:
    """
    One text being read; `line` and `column` are where it starts in its file.

    `fixed` is the one place of all the text when its characters are not those of the file (a JSON string with escapes).
    """

    path: str
    content: str
    line: int = 1
    column: int = 1
    fixed: Span | None = None
    problems: list[Problem] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    unclosed: set[str] = field(default_factory=set)
    stopped: bool = False
    _lines: list[int] = field(default_factory=list)

    def place(self, offset: int) -> tuple[int, int]:
        """
        Return the line and column of the character at `offset`.
        """
        if not self._lines:
            self._lines.append(0)
            find = self.content.find
            at = find("\n")
            while at >= 0:
                self._lines.append(at + 1)
                at = find("\n", at + 1)
        row = bisect_right(self._lines, offset)
        column = offset - self._lines[row - 1]
        return self.line + row - 1, column + (self.column if row == 1 else 1)

    def span(self, start: int, end: int) -> Span:
        """
        Return the place of the characters from `start` up to `end`.
        """
        if self.fixed is not None:
            return self.fixed
        line, column = self.place(start)
        end_line, end_column = self.place(end)
        return Span(self.path, line, column, end_line, end_column)

    def word(self, start: int, end: int) -> Span:
        """
        Return the place of characters that stand on one line, which is found faster.
        """
        if self.fixed is not None:
            return self.fixed
        line, column = self.place(start)
        return Span(self.path, line, column, line, column + end - start)

    def problem(self, message: str, start: int, end: int, hint: str = "", *, hides: bool = True) -> None:
        """
        Note what could not be read of the characters from `start` up to `end`.
        """
        self.note(Problem(message, self.span(start, end), hint, hides))

    def note(self, problem: Problem) -> None:
        """
        Note what could not be read; after too many, say so once and stop.
        """
        if self.stopped:
            return
        self.problems.append(problem)
        if len(self.problems) >= PROBLEMS:
            self.stopped = True
            hint = "see whether the file is what its name says"
            self.problems.append(Problem(f"more than {PROBLEMS} problems, the rest is not read", problem.span, hint))

    def comment(self, start: int, end: int) -> None:
        """
        Keep the comment that stands from `start` up to `end`.
        """
        self.comments.append(Comment(self.content[start:end], self.span(start, end)))


def shown(text: Text, at: int) -> str:
    """
    Return the word or sign at `at`, as a message shows it.
    """
    content = text.content
    if at >= len(content):
        return "the end of the file"
    if content[at] in "\r\n":
        return "the end of the line"
    end = at + 1
    if content[at].isalnum() or content[at] == "_":
        while end < len(content) and end - at < 40 and (content[end].isalnum() or content[end] in "_-"):
            end += 1
    return content[at:end] if content[at:end].isprintable() else f"the character U+{ord(content[at]):04X}"
