"""
Paths that are the same wherever sglint is started.
"""

# ruff: noqa: PTH118, PTH120
# Paths are text here: what is displayed is the path as it was written, which pathlib rewrites.

from __future__ import annotations

import os
from collections.abc import Iterable

from sglint.source.disk import is_directory, real_path
from sglint.source.ignore import work_tree
from sglint.source.tree import Tree, slashed


def located(tree: Tree, paths: Iterable[str], otherwise: str) -> dict[str, str]:
    """
    Return the displayed paths as seen from the top of the git work tree around each, without one from `otherwise`.
    """
    tops: dict[str, str | None] = {}
    found: dict[str, str] = {}
    for path in paths:
        if path not in found:
            real = real_path(tree.overlay, os.path.join(tree.base, path))
            directory = real if is_directory(tree.overlay, real) else os.path.dirname(real)
            if directory not in tops:
                tops[directory] = work_tree(directory)
            try:
                found[path] = slashed(os.path.relpath(real, tops[directory] or otherwise))
            except ValueError:
                found[path] = slashed(real)
    return found
