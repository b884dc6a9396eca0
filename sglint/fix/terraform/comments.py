"""
Comments at the ends of lines, which `terraform fmt` keeps under each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sglint.finding import Edit
from sglint.fix.text import Texts, edited
from sglint.source import Span


def with_comments(texts: Texts, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """
    Return edits with those that keep comments aligned, where they were and a line among them gets longer or shorter.
    """
    listed = tuple(edits)
    changed = {(one.span.path, one.span.line) for one in listed if one.span.line == one.span.end_line and "\n" not in one.text}
    done: set[tuple[str, int]] = set()
    more: list[Edit] = []
    for path, line in sorted(changed):
        if (path, line) not in done:
            chain = chain_of(texts, path, line)
            done |= {(path, number) for number, _ in chain}
            more += realigned(texts, path, chain, [one for one in listed if one.span.path == path])
    return (*listed, *more)


def chain_of(texts: Texts, path: str, line: int) -> list[tuple[int, int]]:
    """
    Return the lines around one that have a comment at their end, without a gap, each with the column of its comment.
    """
    ends = trailing(texts, path)
    if line not in ends:
        return []
    first, last = line, line
    while first - 1 in ends:
        first -= 1
    while last + 1 in ends:
        last += 1
    return [(number, ends[number]) for number in range(first, last + 1)]


def trailing(texts: Texts, path: str) -> dict[int, int]:
    """
    Return the lines of a file that have something and then a comment, with the columns of the comments.
    """
    found = {}
    for comment in texts.document(path).comments if path.endswith((".tf", ".tfvars")) else ():
        if texts.line(path, comment.span.line)[: comment.span.column - 1].strip():
            found[comment.span.line] = comment.span.column
    return found


def realigned(texts: Texts, path: str, chain: list[tuple[int, int]], edits: list[Edit]) -> Iterator[Edit]:
    """
    Yield edits of the spaces before comments that were aligned, so that they are again.
    """
    widths = {number: len(texts.line(path, number)[: column - 1].rstrip()) for number, column in chain}
    columns = {column for _, column in chain}
    if not chain or columns != {max(widths.values()) + 2}:
        return
    new = {}
    for number, column in chain:
        mine = [one for one in edits if one.span.line == number == one.span.end_line and "\n" not in one.text]
        text = texts.line(path, number)[: column - 1].rstrip()
        moved = (Edit(Span(path, 1, one.span.column, 1, one.span.end_column), one.text) for one in mine)
        new[number] = len(edited(text, moved))
    wanted = max(new.values()) + 2
    for number, column in chain:
        before = texts.line(path, number)[widths[number] : column - 1]
        after = " " * (wanted - 1 - new[number])
        if after != before:
            yield Edit(Span(path, number, widths[number] + 1, number, column), after)
