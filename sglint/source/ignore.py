"""
What git would ignore, by the .gitignore files of the work tree.
"""

# ruff: noqa: PTH118, PTH120
# Paths are text here: what is displayed is the path as it was written, which pathlib rewrites.

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from sglint.source.disk import NOTHING, Overlay, is_file, is_link, real_path
from sglint.source.text import Problem
from sglint.source.tree import Tree, read_bytes, slashed

Opinion: TypeAlias = Callable[[str], bool | None]
"""Whether one .gitignore file ignores a path below it: yes, no (`!`), or nothing said."""


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
    """

    limit: str
    overlay: Overlay = NOTHING
    specs: dict[str, Opinion | None] = field(default_factory=dict)


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
        if above not in rules.specs:
            rules.specs[above] = _spec(os.path.join(above, ".gitignore"), rules.overlay)
        spec = rules.specs[above]
        opinion = spec(slashed(os.path.relpath(path, above)) + ("/" if directory else "")) if spec else None
        if opinion is not None:
            return opinion
        if above == os.path.dirname(above):
            break
        above = os.path.dirname(above)
    return False


def _spec(path: str, over: Overlay) -> Opinion | None:
    """
    Return the patterns of a .gitignore; a link is none, as for git, and a line that is no pattern is passed over.
    """
    from pathspec import GitIgnoreSpec

    directory = real_path(over, os.path.dirname(path))
    if is_link(over, path) or not is_file(over, path):
        return None
    content = read_bytes(Tree(directory, (directory,), over), path)
    if isinstance(content, Problem):
        return None
    lines: list[str] = []
    for line in content.decode(errors="replace").splitlines():
        try:
            GitIgnoreSpec.from_lines([line])
        except ValueError:
            continue
        lines.append(line)
    spec = GitIgnoreSpec.from_lines(lines)
    return lambda relative: spec.check_file(relative).include
