"""
The path of a file from the top of its work tree, which is what `git apply` wants.
"""

# ruff: noqa: PTH118, PTH120
# Paths are text here.

from __future__ import annotations

import os

from sglint.source import Tree
from sglint.source.ignore import work_tree


def from_top(tree: Tree, path: str) -> str:
    """
    Return the path of a file from the top of the git work tree around it; without git, from where the tool was started.
    """
    absolute = os.path.realpath(os.path.join(tree.base, path))
    top = work_tree(os.path.dirname(absolute)) or os.path.realpath(tree.base)
    return os.path.relpath(absolute, top).replace(os.sep, "/")
