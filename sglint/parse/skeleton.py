"""
The skeleton of an expression, which the grammar reads instead of its text, and how the offsets of both belong together.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from operator import itemgetter

from sglint.parse.scan import Read
from sglint.parse.text import DEPTH, Text

PREFIX = b"x="
"""What makes an attribute of an expression, which is what the grammar reads."""

_BLANKS = re.compile(r"\s{100,}")


@dataclass(slots=True)
class Skeleton:
    """
    The skeleton of the text from `start` on, and the strings in it by the offset of their quote.

    `cuts` are the places behind which characters are left out of what the grammar reads, and how many so far.
    """

    text: Text
    plain: str
    start: int
    strings: dict[int, Read]
    deepest: int = 0
    budget: int = DEPTH
    cuts: list[tuple[int, int]] = field(default_factory=list)


def squeezed(skeleton: Skeleton) -> str:
    """
    Return the skeleton with one blank for many, on which the grammar spends the square of their number.
    """
    pieces, at, gone = list[str](), 0, 0
    for run in _BLANKS.finditer(skeleton.plain):
        pieces.append(skeleton.plain[at : run.start() + 1])
        at = run.end()
        gone += at - run.start() - 1
        skeleton.cuts.append((at - gone, gone))
    return "".join([*pieces, skeleton.plain[at:]]) if pieces else skeleton.plain


def offset(skeleton: Skeleton, byte: int) -> int:
    """
    Return where in the text the byte of the skeleton is that the grammar counts.
    """
    at = byte - len(PREFIX)
    if skeleton.cuts:
        before = bisect_right(skeleton.cuts, at, key=itemgetter(0))
        at += skeleton.cuts[before - 1][1] if before else 0
    return at + skeleton.start


def end_of(skeleton: Skeleton) -> int:
    """
    Return where in the text the skeleton ends.
    """
    return skeleton.start + len(skeleton.plain)
