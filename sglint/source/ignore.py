"""
What git would ignore, by the .gitignore files of the work tree.
"""

# ruff: noqa: PTH118, PTH120
# Paths are text here: what is displayed is the path as it was written, which pathlib rewrites.

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sglint.source.disk import NOTHING, Overlay, is_file, is_link, real_path
from sglint.source.pattern import Pattern, bytewise, last_word, opinion_of, read_pattern
from sglint.source.text import Problem
from sglint.source.tree import Tree, read_bytes, slashed, whole

LINES = 10_000
"""How many lines of a .gitignore are read."""


def work_tree(directory: str) -> str | None:
    """
    Return the git work tree that encloses a real directory.
    """
    while True:
        if os.path.lexists(os.path.join(directory, ".git")):
            return directory
        above = os.path.dirname(directory)
        if above == directory:
            return None
        directory = above


@dataclass(slots=True)
class Ignore:
    """
    The .gitignore files that hold below a directory, by their own directory; `limit` is the topmost one.

    `buried` remembers whether one of them ignores a directory; `problems` are what is wrong with them, with absolute paths.
    """

    limit: str
    overlay: Overlay = NOTHING
    patterns: dict[str, tuple[Pattern, ...]] = field(default_factory=dict)
    buried: dict[tuple[str, str], bool] = field(default_factory=dict)
    problems: list[tuple[str, Problem]] = field(default_factory=list)


def ignore(top: str, over: Overlay = NOTHING) -> Ignore:
    """
    Return the .gitignore files that hold below a directory; none from above it when git ignores the directory itself.
    """
    rules = Ignore(work_tree(top) or top, over)
    return Ignore(top, over) if ignored(rules, top, directory=True) else rules


def ignored(rules: Ignore, path: str, *, directory: bool) -> bool:
    """
    Return whether git would ignore the path: the nearest .gitignore that has an opinion decides.
    """
    above = os.path.dirname(path)
    while above.startswith(rules.limit):
        if above not in rules.patterns:
            rules.patterns[above] = tuple(_patterns(rules, os.path.join(above, ".gitignore")))
        if rules.patterns[above]:
            opinion = _buried(rules, above, os.path.dirname(path)) or last_word(
                rules.patterns[above], _parts(path, above), directory=directory
            )
            if opinion is not None:
                return opinion
        if above == os.path.dirname(above):
            break
        above = os.path.dirname(above)
    return False


def _buried(rules: Ignore, above: str, directory: str) -> bool:
    """
    Return whether the .gitignore in a directory ignores one below it, or one between them, for all that lies there.
    """
    if directory == above:
        return False
    if (above, directory) not in rules.buried:
        opinion = opinion_of(rules.patterns[above], _parts(directory, above), directory=True)
        rules.buried[above, directory] = opinion is True
    return rules.buried[above, directory]


def _parts(path: str, above: str) -> list[str]:
    return slashed(bytewise(os.path.relpath(path, above))).split("/")


def _patterns(rules: Ignore, path: str) -> Iterator[Pattern]:
    """
    Yield the patterns of a .gitignore; a link is none, as for git.
    """
    over = rules.overlay
    directory = real_path(over, os.path.dirname(path))
    if is_link(over, path) or not is_file(over, path):
        return
    content = read_bytes(Tree(directory, (directory,), over), path)
    if isinstance(content, Problem):
        rules.problems.append((path, replace(content, hides=False)))
        return
    lines = content.removeprefix(b"\xef\xbb\xbf").decode("latin-1").split("\n")
    if len(lines) > LINES:
        message = f".gitignore has more than {LINES} lines, the rest of them is not read"
        rules.problems.append((path, Problem(message, whole(path), "ignore whole directories", hides=False)))
    for line in lines[:LINES]:
        pattern = read_pattern(line)
        if pattern is not None:
            yield pattern
