"""
The difference of texts as `git apply` takes it.
"""

# ruff: noqa: PTH118, PTH120
# Paths are text here.

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator

from sglint.source import Tree
from sglint.source.ignore import work_tree

NO_END = "\\ No newline at end of file\n"


def from_top(tree: Tree, path: str) -> str:
    """
    Return the path of a file from the top of the git work tree around it; without git, from where the tool was started.
    """
    absolute = os.path.realpath(os.path.join(tree.base, path))
    top = work_tree(os.path.dirname(absolute)) or os.path.realpath(tree.base)
    return os.path.relpath(absolute, top).replace(os.sep, "/")


def unified(name: str, old: str, new: str) -> str:
    """
    Return the unified diff of a file, nothing where nothing differs; `name` is its path from the top of the work tree.

    >>> print(unified("a.tf", "x\\n", "y\\n"), end="")
    diff --git a/a.tf b/a.tf
    --- a/a.tf
    +++ b/a.tf
    @@ -1 +1 @@
    -x
    +y
    """
    if old == new:
        return ""
    head = f"diff --git {quoted('a/' + name)} {quoted('b/' + name)}\n"
    return head + "".join(hunks(quoted("a/" + name), quoted("b/" + name), lines(old), lines(new)))


def hunks(before: str, after: str, old: list[str], new: list[str]) -> Iterator[str]:
    """
    Yield the lines of a unified diff; a last line without an end is told, and only `\\n` ends a line.
    """
    for number, line in enumerate(difflib.unified_diff(old, new, before, after)):
        if number < 2:
            tab = "\t" if " " in line[4:].strip() and not line[4:].startswith('"') else ""
            yield f"{line.rstrip()}{tab}\n"
        elif line.endswith("\n"):
            yield line
        else:
            yield f"{line}\n{NO_END}"


def lines(text: str) -> list[str]:
    """
    Return the lines of a text with their ends; a carriage return is part of its line.
    """
    found = text.split("\n")
    return [*(f"{line}\n" for line in found[:-1]), *([found[-1]] if found[-1] else [])]


def quoted(path: str) -> str:
    r"""
    Return a path as git writes it: in quotes, with escapes, where it has signs that would be taken for something else.

    >>> quoted("a/b c.tf"), quoted('a/"x\n')
    ('a/b c.tf', '"a/\\"x\\n"')
    """
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    if not any(sign in escapes or sign < " " or sign == "\x7f" for sign in path):
        return path
    octal = (escapes.get(one) or (f"\\{ord(one):03o}" if one < " " or one == "\x7f" else one) for one in path)
    return f'"{"".join(octal)}"'
