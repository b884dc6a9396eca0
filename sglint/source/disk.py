"""
What there is on the disk, with changes laid over it that are not made there.

So that another version of the files can be judged, one that git remembers or that somebody proposes, without touching any.
"""

# ruff: noqa: PTH110, PTH112, PTH113, PTH114, PTH115, PTH118, PTH206
# Paths are text here: what is displayed is the path as it was written, which pathlib rewrites.

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sglint.frozen import frozen
from sglint.source.journal import Journal

_LINKS = 40
"""How many links are followed on the way to one file, as the system does."""


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """
    The text that a file has instead of what is on the disk, by absolute real path; None where the file is not there.

    `folders` are the directories that hold such a text at any depth, with the names on the way to it. `covers` is whether a
    path is that of a link or directory on the disk, which then leads nowhere. What is not UTF-8 in a text is a surrogate.
    What is looked at is noted in the `journal`.
    """

    texts: Mapping[str, str | None]
    folders: Mapping[str, frozenset[str]]
    covers: bool
    journal: Journal | None = None


def overlay(changes: Iterable[tuple[str, str | None]]) -> Overlay:
    """
    Return the overlay of these texts, by absolute path without links.
    """
    texts = dict(changes)
    folders: dict[str, set[str]] = {}
    for path in sorted(path for path, text in texts.items() if text is not None):
        below, above = path, os.path.split(path)
        while above[0] != below and above[1] not in folders.setdefault(above[0], set()):
            folders[above[0]].add(above[1])
            below, above = above[0], os.path.split(above[0])
    return Overlay(texts, {path: frozenset(names) for path, names in folders.items()}, any(map(_leads, texts)))


def _leads(path: str) -> bool:
    return os.path.islink(path) or os.path.isdir(path)


NOTHING = Overlay(MappingProxyType({}), MappingProxyType({}), covers=False)
"""The disk as it is."""


@frozen
class Entry:
    """
    What a directory holds: whether it is a directory, or a link to one, whether it is a link, and whether it is a regular
    file, or a link to one.
    """

    name: str
    directory: bool
    link: bool
    file: bool


def real_path(over: Overlay, path: str) -> str:
    """
    Return the absolute path without links, and note it.
    """
    found = resolved(over, path)
    if over.journal is not None:
        over.journal.note(("real", path, 0), found)
    return found


def resolved(over: Overlay, path: str) -> str:
    """
    Return the absolute path without links; what no file can be called leads nowhere, as it is written.
    """
    absolute = os.path.abspath(path)  # noqa: PTH100 -- as above
    if over.covers:
        return _followed(over, absolute)
    try:
        return os.path.realpath(path)
    except ValueError:
        return absolute


def _followed(over: Overlay, path: str) -> str:
    drive, rest = os.path.splitdrive(path)
    todo, found, links = rest.split(os.sep)[::-1], drive + os.sep, 0
    while todo:
        name = todo.pop()
        if name in {"", os.curdir}:
            continue
        below = os.path.dirname(found) if name == os.pardir else os.path.join(found, name)  # noqa: PTH120 -- as above
        if below not in over.texts and os.path.islink(below) and links < _LINKS:
            links += 1
            target = os.readlink(below)
            found = drive + os.sep if os.path.isabs(target) else found  # noqa: PTH117 -- as above
            todo += target.split(os.sep)[::-1]
        else:
            found = below
    return found


def content(over: Overlay, real: str) -> bytes | None:
    """
    Return what is laid over a real path, None when nothing is; raise OSError when no file is there.
    """
    text = over.texts.get(real)
    if text is not None:
        return text.encode("utf-8", "surrogateescape")
    if real in over.folders:
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not _on_disk(over, real):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    return None


def _on_disk(over: Overlay, real: str) -> bool:
    """Return whether nothing lies over the path, nor over what leads to it."""
    if real in over.texts:
        return False
    above = os.path.dirname(real)  # noqa: PTH120 -- as above
    return not over.covers or above == real or _on_disk(over, above)


def exists(over: Overlay, path: str) -> bool:
    """
    Return whether there is something at the path.
    """
    real = resolved(over, path)
    if real in over.texts:
        return over.texts[real] is not None or real in over.folders
    return real in over.folders or (_on_disk(over, real) and os.path.exists(real))


def is_directory(over: Overlay, path: str) -> bool:
    """
    Return whether there is a directory at the path.
    """
    real = resolved(over, path)
    if real in over.texts:
        return over.texts[real] is None and real in over.folders
    return real in over.folders or (_on_disk(over, real) and os.path.isdir(real))


def is_file(over: Overlay, path: str) -> bool:
    """
    Return whether there is a regular file at the path, and note it.
    """
    found = is_regular(over, path)
    if over.journal is not None:
        over.journal.note(("file", path, 0), found)
    return found


def is_regular(over: Overlay, path: str) -> bool:
    """
    Return whether there is a regular file at the path.
    """
    real = resolved(over, path)
    if real in over.texts:
        return over.texts[real] is not None
    return real not in over.folders and _on_disk(over, real) and os.path.isfile(real)


def is_link(over: Overlay, path: str) -> bool:
    """
    Return whether the path itself is a link.
    """
    above, name = os.path.split(path)
    return os.path.islink(path) and not (over.covers and os.path.join(resolved(over, above), name) in over.texts)


def entries(over: Overlay, directory: str) -> list[Entry]:
    """
    Return what a directory holds, by name; raise OSError when it cannot be listed.
    """
    real = resolved(over, directory) if over.texts else directory
    if over.texts.get(real) is not None:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if real not in over.folders and not _on_disk(over, real):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    added = over.folders.get(real, frozenset())
    found: dict[str, Entry] = {}
    if not added or (_on_disk(over, real) and os.path.isdir(real)):
        with os.scandir(real) as listed:
            for one in listed:
                path = os.path.join(real, one.name)
                if path not in over.texts:
                    link = one.is_symlink()
                    if link and over.texts:
                        holds, regular = is_directory(over, path), is_regular(over, path)
                    else:
                        holds, regular = path in over.folders or _is(one.is_dir), _is(one.is_file)
                    found[one.name] = Entry(one.name, holds, link, regular)
    for name in added:
        path = os.path.join(real, name)
        if name not in found:
            text = over.texts.get(path)
            found[name] = Entry(name, text is None, link=False, file=text is not None)
    return [found[name] for name in sorted(found)]


def _is(asked: Callable[[], bool]) -> bool:
    try:
        return asked()
    except OSError:
        return False
