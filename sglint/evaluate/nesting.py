"""
What modules and stacks have in common that lie in one another: which are roots, what is reached from where, and how deep.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from traceback import walk_stack

MAX_FRAMES = 10_000
"""How many Python frames an evaluation may nest; beyond that an expression is reported as nested too deeply."""


@contextmanager
def deep() -> Iterator[None]:
    """
    Let evaluation nest deeper than Python does by itself, as deep wherever it begins.
    """
    usual = sys.getrecursionlimit()
    if usual < MAX_FRAMES:
        sys.setrecursionlimit(MAX_FRAMES + sum(1 for _ in walk_stack(None)))
    try:
        yield
    finally:
        sys.setrecursionlimit(usual)


def roots_among(paths: Collection[str], nests: Mapping[str, Collection[str]]) -> list[str]:
    """
    Return those that no other one nests, and all that nest each other in a circle which nobody else nests.
    """
    nested = {inner for outer, found in nests.items() for inner in found if inner != outer}
    roots = [path for path in sorted(paths) if path not in nested]
    covered = reached(roots, nests)
    return roots + [path for path in sorted(paths) if path not in covered]


def reached(starts: Collection[str], nests: Mapping[str, Collection[str]]) -> set[str]:
    """
    Return these, what they nest, what those nest, and so on.
    """
    found: set[str] = set()
    todo = list(starts)
    while todo:
        path = todo.pop()
        if path not in found:
            found.add(path)
            todo.extend(nests.get(path, ()))
    return found
