"""
A change of the files, made fit to show: its lines, without what may be a secret in the lines around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sglint.output.excerpt import private

OMITTED = " …"

_DEFAULT = re.compile(r"""^(\s*["']?default["']?\s*[:=]\s*)(?=\S)""", re.IGNORECASE)
"""The value of a variable or parameter, which may be a sensitive one."""

_HEREDOC = re.compile(r"<<-?(\w+)")

_HEADS = ("@@", "diff ", "--- ", "+++ ")


def shown(diff: str) -> list[str]:
    """
    Return the lines of the diff, with stars for what may be sensitive, and without the lines of other blocks.

    What a hunk shows of the block before the changed one or after it is left out: its head, which would say whether it is
    sensitive, may not be there.
    """
    found: list[str] = []
    hunk: list[str] = []
    for line in diff.splitlines():
        if line.startswith(_HEADS):
            found += [*_own(hunk), line]
            hunk = []
        else:
            hunk.append(line)
    return [*found, *_own(hunk)]


def _own(hunk: list[str]) -> Iterator[str]:
    """Yield the lines of a hunk, those outside of the blocks that it changes as dots."""
    changed = [number for number, line in enumerate(hunk) if line[:1] in {"+", "-"}]
    if not changed:
        yield from hunk
        return
    ends = [number for number, line in enumerate(hunk) if line.startswith(" }")]
    first = max((number for number in ends if number < changed[0]), default=-1)
    last = min((number for number in ends if number > changed[-1]), default=len(hunk))
    for number, line in enumerate(masked(hunk)):
        yield line if first <= number <= last else OMITTED


def masked(lines: Iterable[str]) -> Iterator[str]:
    """
    Yield the lines with stars for what is sensitive, or is a default that may be, over several lines where it is that long.

    >>> list(masked([' default = "x1"', " default = {", '   a = "x2"', " }", " b = 1"]))
    [' default = ****', ' default = *', ' …', ' }', ' b = 1']
    """
    deep, until = -1, ""
    for line in lines:
        text = private(line[1:])
        if until or (deep >= 0 and _deep(text) > deep):
            until = "" if text.strip() == until else until
            yield OMITTED
            continue
        deep = -1
        found = _DEFAULT.match(text)
        if found is not None:
            value = text[found.end() :]
            here = _HEREDOC.match(value)
            deep, until = _deep(text), "" if here is None else here[1]
            text = found[1] + "*" * len(value)
        yield line[:1] + text


def _deep(text: str) -> int:
    """Return by how much a line is indented; an empty one is no end of anything."""
    return len(text) - len(text.lstrip()) if text.strip() else len(text) + 1_000
