"""
Reading inside the scanned tree and nowhere else.

The tree comes from a stranger. Nothing is read outside of its boundaries, wherever a link leads, and nothing but regular
files of a sane size.
"""

# ruff: noqa: PTH116, PTH118, PTH123, PTH206
# Paths are text here: what is displayed is the path as it was written, which pathlib rewrites.

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, TypeAlias, TypeVar

from sglint.frozen import frozen
from sglint.source.disk import NOTHING, Entry, Overlay, content, entries, exists, resolved
from sglint.source.journal import Kind
from sglint.source.text import Problem, Source, Span

T = TypeVar("T")
Sort: TypeAlias = Literal["file", "directory", "other", "outside", "gone"]
"""What a name in a directory stands for once links are followed; `gone` is a link that leads nowhere."""

LIMIT = 5_000_000
"""How many bytes a file may have; the largest hand-written ones have a tenth of it."""


@frozen
class Tree:
    """
    The files that may be read: those inside `boundaries`, which are absolute real directories.

    Displayed paths are relative to `base`, the absolute directory in which the tool was started. What is laid over the disk is
    read, listed and missing as if the disk were so.
    """

    base: str
    boundaries: tuple[str, ...]
    overlay: Overlay = NOTHING


def read(tree: Tree, path: str, limit: int = LIMIT) -> Source | Problem:
    """
    Return the text of a file, or what keeps us from reading it; `path` is displayed, absolute, or relative to the base.
    """
    found = read_bytes(tree, path, limit)
    if isinstance(found, Problem):
        return found
    shown = displayed(tree, path)
    if b"\0" in found:
        return Problem(f"{shown} is not text", whole(shown), "save it as UTF-8")
    try:
        text = found.decode()
    except UnicodeDecodeError as error:
        line = found.count(b"\n", 0, error.start) + 1
        return Problem(f"{shown} is not UTF-8", Span(shown, line, 1, line, 1), "save it as UTF-8")
    return Source(shown, text.removeprefix("\ufeff"))


def read_all(tree: Tree, paths: Iterable[str]) -> tuple[Source, ...]:
    """
    Return the texts of those of the files that can be read, in the order of their paths.
    """
    found = (read(tree, path) for path in sorted(paths))
    return tuple(source for source in found if isinstance(source, Source))


def read_bytes(tree: Tree, path: str, limit: int = LIMIT) -> bytes | Problem:
    """
    Return the content of a file, or what keeps us from reading it.
    """
    found = read_head(tree, path, limit + 1)
    if not isinstance(found, Problem) and len(found) > limit:
        shown = displayed(tree, path)
        return Problem(f"{shown} is larger than {limit} bytes", whole(shown), "split it, or leave it out with .gitignore")
    return found


def read_head(tree: Tree, path: str, limit: int = LIMIT) -> bytes | Problem:
    """
    Return the first bytes of a file, or what keeps us from reading it.
    """
    return _noted(tree, "head", os.path.join(tree.base, path), _head(tree, path, limit), limit)


def _noted(tree: Tree, kind: Kind, path: str, found: T, limit: int = 0) -> T:
    if tree.overlay.journal is not None:
        tree.overlay.journal.note((kind, path, limit), found)
    return found


def _head(tree: Tree, path: str, limit: int) -> bytes | Problem:
    shown = displayed(tree, path)
    try:
        real = resolved(tree.overlay, os.path.join(tree.base, path))
        if not inside(tree, real):
            return _outside(tree, path)
        laid = content(tree.overlay, real)
        if laid is not None:
            return laid[:limit]
        if not stat.S_ISREG(os.stat(real).st_mode):
            return Problem(f"{shown} is not a regular file", whole(shown), "only regular files are read")
        handle = os.open(real, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
        with open(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return Problem(f"{shown} is not a regular file", whole(shown), "only regular files are read")
            return file.read(limit)
    except IsADirectoryError:
        return Problem(f"{shown} is not a regular file", whole(shown), "only regular files are read")
    except (OSError, ValueError) as error:
        return Problem(f"cannot read {shown}: {reason(error)}", whole(shown), "see whether it exists and may be read")


def list_files(tree: Tree, directory: str) -> tuple[str, ...]:
    """
    Return the displayed paths of the files in a directory, in order and without those that Terraform ignores too.

    A directory that lies outside of the tree or cannot be listed has none.
    """
    absolute = os.path.normpath(os.path.join(tree.base, directory))
    return _noted(tree, "files", absolute, _files(tree, absolute))


def _files(tree: Tree, absolute: str) -> tuple[str, ...]:
    try:
        if not inside(tree, resolved(tree.overlay, absolute)):
            return ()
        names = [one.name for one in entries(tree.overlay, absolute) if not one.directory]
    except (OSError, ValueError):
        return ()
    return tuple(displayed(tree, os.path.join(absolute, name)) for name in names if not ignored_by_terraform(name))


def list_names(tree: Tree, directory: str) -> tuple[tuple[str, Sort], ...] | Problem:
    """
    Return all names in a directory in order, hidden ones too, or what keeps us from listing it; none where there is none.
    """
    absolute = os.path.normpath(os.path.join(tree.base, directory))
    return _noted(tree, "names", absolute, _names(tree, absolute))


def _names(tree: Tree, absolute: str) -> tuple[tuple[str, Sort], ...] | Problem:
    shown = displayed(tree, absolute)
    try:
        if not inside(tree, resolved(tree.overlay, absolute)):
            return _outside(tree, absolute)
        return tuple((one.name, _sort(tree, os.path.join(absolute, one.name), one)) for one in entries(tree.overlay, absolute))
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except (OSError, ValueError) as error:
        return Problem(f"cannot list {shown}: {reason(error)}", whole(shown), "see whether it may be read")


def _sort(tree: Tree, path: str, one: Entry) -> Sort:
    if one.link and not inside(tree, resolved(tree.overlay, path)):
        return "outside"
    if one.directory or one.file:
        return "directory" if one.directory else "file"
    return "other" if exists(tree.overlay, path) else "gone"


def _outside(tree: Tree, path: str) -> Problem:
    shown = displayed(tree, path)
    how = "links to" if inside(tree, os.path.normpath(os.path.join(tree.base, path))) else "lies"
    return Problem(f"{shown} {how} outside of what is scanned", whole(shown), "name a directory above both with --root")


def displayed(tree: Tree, path: str) -> str:
    """
    Return the path as a person would type it from where the tool was started.
    """
    return _displayed(tree.base, path)


@lru_cache(maxsize=16_384)
def _displayed(base: str, path: str) -> str:
    absolute = os.path.normpath(os.path.join(base, path))
    try:
        relative = os.path.relpath(absolute, base)
    except ValueError:
        return slashed(absolute)
    up = relative.split(os.sep).count(os.pardir)
    near = up <= 2 and up < len([part for part in base.split(os.sep) if part])
    return slashed(relative if near else absolute)


def whole(path: str) -> Span:
    """
    Return the place that stands for all of a file.
    """
    return Span(path, 1, 1, 1, 1)


def slashed(path: str) -> str:
    """
    Return the path with forward slashes.
    """
    return path.replace(os.sep, "/")


def reason(error: OSError | ValueError) -> str:
    """
    Return in words why the system does not give us a file.
    """
    number = error.errno if isinstance(error, OSError) else None
    words = {errno.EACCES: "permission denied", errno.ENOENT: "no such file", errno.ENOTDIR: "no such file"}
    return {**words, errno.ELOOP: "its links form a circle"}.get(number or 0, "the system refuses it")


def inside(tree: Tree, real: str) -> bool:
    """
    Return whether a real path lies inside the boundaries.
    """
    return any(real == limit or real.startswith(limit.rstrip(os.sep) + os.sep) for limit in tree.boundaries)


def ignored_by_terraform(name: str) -> bool:
    """
    Return whether Terraform passes over files of this name: hidden ones and what editors leave.
    """
    return name.startswith(".") or name.endswith("~") or (name.startswith("#") and name.endswith("#"))
