"""
Lines of a file with marks under them, and what is to be said there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sglint.finding import Label
from sglint.output.plain import clean, paint, width, written
from sglint.source import Span

LONGEST = 110
TAB = 4

_PRIVATE = re.compile(
    r"((?<![a-z])sensitive\("
    r'|"default"\s*:(?=.*"(?:sensitive|ephemeral)"\s*:\s*true)'
    r'|"(?:sensitive|ephemeral)"\s*:\s*true.*"default"\s*:'
    r"""|["']?\bDefault["']?\s*:(?=.*\bNoEcho\b)"""
    r"""|\bNoEcho\b.*["']?\bDefault["']?\s*:"""
    r"|-----BEGIN [A-Z ]{0,40}PRIVATE KEY"
    r"""|\b\w{0,40}(?:password|passwd|secret|token|api_?key|private_?key)["']?\s*+[:=]\s*+["'])(.*)""",
    re.IGNORECASE,
)
"""
Where the rest of a line is sensitive: in a call, in a variable or parameter that is written on one line, in a private key, and
what is written out for something with such a name.
"""
_KEY = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|(?<![\w+/=-])(?=[\w+/=-]*[0-9])(?=[\w+/=-]*[a-z])(?=[\w+/=-]*[A-Z])[\w+/=-]{40,}+"
)
"""What looks like a key, or like much that is encoded."""
_SUSPECT = re.compile(r"sensitive|ephemeral|NoEcho|PRIVATE KEY", re.IGNORECASE)
_FAR = 10_000
"""A line longer than this is hidden as a whole when something in it may be sensitive."""


def excerpt(main: Span, labels: tuple[Label, ...], files: Mapping[str, list[str]], *, style: str, color: bool) -> list[str]:
    """
    Return the excerpts that show the place of a finding, marked `^`, and its labels, marked `-`, file by file.

    `files` holds the lines of each file.
    """
    places = list(dict.fromkeys(labels))
    if not any(label.span == main for label in places):
        places.insert(0, Label(main, ""))
    places.sort(key=lambda label: label.span.path != main.path)
    gutter = len(str(max(label.span.line for label in places)))
    rows: list[str] = []
    for path in dict.fromkeys(label.span.path for label in places):
        here = [label for label in places if label.span.path == path]
        rows.append(head(here[0].span, gutter, first=not rows, color=color))
        rows += body(here, files.get(path), main, gutter, style=style, color=color)
    return rows


def head(span: Span, gutter: int, *, first: bool, color: bool) -> str:
    """
    Return the line that names the file.
    """
    arrow = paint("-->" if first else ":::", "line", color=color)
    return f"{' ' * gutter}{arrow} {clean(str(span))}"


def body(here: list[Label], lines: list[str] | None, main: Span, gutter: int, *, style: str, color: bool) -> list[str]:
    """
    Return the marked lines of one file, in order, with a gap where lines are left out.
    """
    bar = f"{' ' * gutter} {paint('|', 'line', color=color)}"
    rows = [bar]
    previous = 0
    for number in sorted({label.span.line for label in here}):
        line = private(lines[number - 1].rstrip("\r")) if lines is not None and number <= len(lines) else ""
        if previous and number > previous + 1:
            rows.append(paint(f"{'.' * max(gutter, 3)}", "line", color=color))
        previous = number
        at = [label for label in here if label.span.line == number]
        shown, start = window(line, min(label.span.column for label in at))
        rows.append(f"{paint(f'{number:>{gutter}} |', 'line', color=color)} {shown}".rstrip())
        for label in at:
            mark, tint = ("^", style) if label.span == main else ("-", "line")
            under = underline(line, start, label.span, mark)
            text = f" {clean(label.text)}" if label.text else ""
            rows.append(f"{bar} {under[0]}{paint(under[1] + text, tint, color=color)}")
    return [*rows, bar]


def private(line: str) -> str:
    """
    Return the line with stars for what is sensitive in it, as long as it was.

    >>> private('password = sensitive("x1") # y')
    'password = sensitive(*********'
    >>> private("Key: {Type: String, NoEcho: true, Default: x1}")
    'Key: {Type: String, NoEcho: true, Default:****'
    >>> private('user_data = "AKIAQ7ZJ4M2X9W3K8P5T"')
    'user_data = "********************"'
    """
    if len(line) > _FAR and _SUSPECT.search(line):
        return "*" * len(line)
    line = _KEY.sub(lambda found: "*" * len(found[0]), line)
    return _PRIVATE.sub(lambda found: found[1] + "*" * len(found[2]), line)


def window(line: str, column: int) -> tuple[str, int]:
    """
    Return the part of the line to show, and the index where it begins; a long line is cut around the column.
    """
    start = 0
    if width(spread(line[:column])) > LONGEST * 2 // 3:
        start = max(0, min(column - 1 - LONGEST // 3, len(line) - LONGEST))
    shown = spread(line[start:])
    dots = "..." if start else ""
    end = "..." if len(shown) > LONGEST else ""
    return f"{dots}{shown[:LONGEST]}{end}", start


def underline(line: str, start: int, span: Span, mark: str) -> tuple[str, str]:
    """
    Return the blanks and the marks that go under the span; of a span of several lines the first is marked.

    What is beyond the part that is shown is marked under the dots at its end.
    """
    end = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
    before = width(spread(line[start : span.column - 1])) + (3 if start else 0)
    under = width(spread(line[max(start, span.column - 1) : end]))
    longest = LONGEST + (3 if start else 0)
    before = min(before, longest)
    room = longest - before
    return " " * before, mark * max(1, min(under, room))


def spread(text: str) -> str:
    """
    Return the text as it is printed: tabs as blanks, nothing that steers a terminal.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " * TAB if character == "\t" else written(character) for character in text)
