"""
One format that sglint reads: what to begin with, and what to do with a text of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random

REPOSITORY = Path(__file__).resolve().parent.parent
FIXTURES = REPOSITORY / "fixtures"


@dataclass(frozen=True, slots=True)
class Target:
    """
    A format: its seeds, and the function that reads a text of it and returns all that comes out of it, as text.

    `make` makes a text from a grammar; `words` are worth putting anywhere.
    """

    name: str
    seeds: Callable[[], Iterable[bytes]]
    run: Callable[[bytes], str]
    words: tuple[str, ...] = ()
    make: Callable[[Random], bytes] | None = None
