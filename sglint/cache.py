"""
What was found in earlier runs, to be told again as long as everything that it was found from is as it was.

One file for each root module and template holds what the rules say of it and what was looked at for that; one more what each
directory calls and each template nests. Its name is a digest of all else that the result depends on. A file that cannot be
read, or holds anything but that, is as good as none, and one that cannot be written is not missed: nothing depends on them but
time. They are written as a whole, each under another name first, so that any number of runs may go on at once.
"""

# ruff: noqa: PTH100, PTH103, PTH105, PTH108, PTH111, PTH112, PTH113, PTH114, PTH116, PTH117, PTH118, PTH120, PTH123, PTH208
# Paths are text here, as in what is stored.

from __future__ import annotations

import io
import os
import pickle
import re
import stat
import sys
import time
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from hashlib import blake2b
from pathlib import Path
from typing import TypeGuard

from sglint.config import Configuration, Named
from sglint.deadline import Deadline, TimeUpError, limited
from sglint.finding import Edit, Finding, Fix, Identity, Label, Projection, Seen, Severity, Status, Tracked
from sglint.frozen import frozen
from sglint.model import Role
from sglint.request import Request
from sglint.roots import Unread
from sglint.rule import Rule
from sglint.source import SIZE, Journal, Noted, Problem, Span, Tree, digest, holds
from sglint.space import Protocol
from sglint.told import Told
from sglint.triage import Remark, Remarks

MOST_BYTES = 64_000_000
"""How much is kept of all there is; then what was used longest ago goes, until there is a quarter less."""
MOST_SECONDS = 30 * 86_400
"""How long is kept what nobody uses."""
LARGEST = 16_000_000
"""How large one file may be."""
MOST_LEADS = 20_000
"""How many directories and templates are remembered that a run has not seen."""
MOST_NOTED = 3_000
"""How many looks one result may depend on."""
MOST_FILES = 500
"""How many files may lie in a folder of rules."""

_NAME = re.compile(r"\.?[0-9a-f]{40}")
_MARK = b"sglint 1\n"
_SECRET = re.compile(rb"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]{0,40}PRIVATE KEY")
_OFTEN_MISSING = ("/.terraform/modules/modules.json", "/manifest.json")
_EITHER_WAY = frozenset({"paths", "plan", "overlay", "progress", "baseline", "selected", "deadline", "jobs", "cache"})
"""What a request says that makes no difference to what is found in one root module or template."""

_KINDS = (Edit, Finding, Fix, Identity, Label, Named, Problem, Projection, Protocol, Remark, Remarks, Role, Seen, Severity)
_VALUES = {(kind.__module__, kind.__qualname__): kind for kind in (*_KINDS, Span, Status, Told, Tracked)}
"""All that a result is made of: values, of which none does anything when it is made."""


@frozen
class Cache:
    """
    The folder, a digest of what all results of a run depend on, and the tree and journal of the run.
    """

    folder: str
    scope: bytes
    tree: Tree
    journal: Journal


def user_folder() -> str:
    """
    Return the folder for what is remembered of the user's runs, "" where there is none.
    """
    named = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME", "")
    if os.path.isabs(named):
        return os.path.join(named, "sglint")
    home = os.path.expanduser("~")
    if sys.platform == "win32" or not os.path.isabs(home) or not os.path.isdir(home):
        return ""
    return os.path.join(home, "Library/Caches" if sys.platform == "darwin" else ".cache", "sglint")


def opened(wanted: Request, said: Configuration, tree: Tree) -> Cache | None:
    """
    Return the cache of a run, with what earlier runs know of what leads where in its journal; None where none is used.
    """
    journal = tree.overlay.journal
    code = _content(os.path.dirname(os.path.abspath(__file__)), sys.maxsize)
    if journal is None or code is None or not _ours(wanted.cache):
        return None
    given = [(one.name, getattr(wanted, one.name)) for one in fields(wanted) if one.name not in _EITHER_WAY]
    cache = Cache(wanted.cache, digest((code, _python(), given, said, tree.base, tree.boundaries)), tree, journal)
    journal.before = _leads(_read(cache, _name(cache, "leads")))
    return cache


def recalled(cache: Cache | None, roots: Sequence[Unread], rules: Iterable[Rule], end: Deadline | None) -> dict[int, Told]:
    """
    Return what the rules say of those root modules and templates, by their number, of which everything is as it was.
    """
    found: dict[int, Told] = {}
    running = None if cache is None else _running(rules)
    with suppress(TimeUpError), limited(end):
        for number, one in enumerate(roots if running is not None else ()):
            told = None if cache is None else _told(cache, _name(cache, one.name, one.given, running))
            if told is not None:
                found[number] = told
    return found


def _told(cache: Cache, name: str) -> Told | None:
    try:
        match _read(cache, name):
            case (noted, Told() as told) if _is_noted(noted) and holds(cache.journal, cache.tree, noted):
                return told
    except Exception:  # noqa: BLE001 -- what goes wrong in a root module is told where that is judged
        return None
    return None


def keep(cache: Cache | None, roots: Sequence[Unread], rules: Iterable[Rule], found: Mapping[int, tuple[Told, Noted]]) -> None:
    """
    Remember what the rules say of root modules and templates, by their number, and what was looked at for each of them.
    """
    if cache is None:
        return
    running, written = _running(rules), 0
    for number, (told, noted) in found.items():
        if running is not None and _is_sure(noted):
            name = _name(cache, roots[number].name, roots[number].given, running)
            written += _write(cache, name, (dict(noted), told))
    now, before = cache.journal.after, cache.journal.before
    if any(before.get(key) != one for key, one in now.items()):
        unseen = {key: one for key, one in before.items() if key not in now} if len(before) < MOST_LEADS else {}
        sure = {key: one for key, one in now.items() if _is_sure(one[1])}
        written += _write(cache, _name(cache, "leads"), {**unseen, **sure})
    if written:
        _prune(cache.folder)


def _is_sure(noted: Noted) -> bool:
    """
    Return whether what was noted tells whether a result still holds, and nothing that is not on the disk.

    The path of a file that is not there may be made of any value, also of one that is sensitive.
    """
    there = (path for _, path, _ in noted)
    return 0 < len(noted) <= MOST_NOTED and all(noted.values()) and all(map(_is_there, there))


def _is_there(path: str) -> bool:
    ends = (path.removesuffix(end) for end in _OFTEN_MISSING if path.endswith(end))
    return os.path.lexists(path) or any(map(os.path.lexists, ends))


def _running(rules: Iterable[Rule]) -> bytes | None:
    """Return a digest of the rules and of what lies beside them, None where that cannot be told."""
    listed = [(one.slug, one.file) for one in rules]
    folders = {os.path.dirname(file) if file else "" for _, file in listed}
    contents = [_content(one, MOST_FILES) if one else None for one in sorted(folders)]
    return None if None in contents else digest((listed, contents))


def _content(folder: str, most: int) -> bytes | None:
    """Return a digest of all files below a folder, None when there are more or it cannot be told."""
    told = blake2b(digest_size=SIZE)
    left = most
    try:
        for here, below, names in os.walk(folder, onerror=_raised):
            below[:] = sorted(name for name in below if name != "__pycache__")
            left -= len(names)
            if left < 0 or any(os.path.islink(os.path.join(here, name)) for name in below):
                return None
            for path in (os.path.join(here, name) for name in sorted(names)):
                content = Path(path).read_bytes() if os.path.isfile(path) else b""
                told.update(digest((path, len(content))) + content)
    except OSError:
        return None
    return None if left == most else told.digest()


def _raised(error: OSError) -> None:
    raise error


def _python() -> tuple[str, ...]:
    """Return what tells the Python that runs this from others: its version, and what is installed."""
    found = [sys.platform, sys.version]
    for folder in sys.path:
        with suppress(OSError):
            found += sorted(name for name in os.listdir(folder) if name.endswith((".dist-info", ".egg-info")))
    return tuple(found)


def _name(cache: Cache, *parts: object) -> str:
    return digest((cache.scope, parts)).hex()


def _ours(folder: str) -> bool:
    """Return whether there is a folder, made if it has to be, into which nobody else may write."""
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        return _is_mine(os.stat(folder), stat.S_IFDIR)
    except OSError:
        return False


def _is_mine(status: os.stat_result, kind: int) -> bool:
    alone = not hasattr(os, "getuid") or (status.st_uid == os.getuid() and not status.st_mode & 0o022)
    return alone and stat.S_IFMT(status.st_mode) == kind


class _Reader(pickle.Unpickler):
    """
    Makes values again, and nothing else, whatever a file asks for.
    """

    def find_class(self, module_name: str, global_name: str) -> type:
        """
        Return one of the kinds of values; raise an error for all else.
        """
        found = _VALUES.get((module_name, global_name))
        if found is None:
            raise pickle.UnpicklingError(f"{module_name}.{global_name} is no value")
        return found


def _read(cache: Cache, name: str) -> object:
    """Return what a file holds, None when it holds nothing that was written here."""
    path = os.path.join(cache.folder, name)
    flags = getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        with open(os.open(path, os.O_RDONLY | flags), "rb") as file:
            status = os.fstat(file.fileno())
            data = file.read(LARGEST) if _is_mine(status, stat.S_IFREG) and status.st_size < LARGEST else b""
        head, content = data[: len(_MARK) + SIZE], data[len(_MARK) + SIZE :]
        if head != _MARK + digest(content):
            return None
        if time.time() - status.st_mtime > 86_400:
            os.utime(path)
        return _Reader(io.BytesIO(zlib.decompressobj().decompress(content, LARGEST))).load()
    except Exception:  # noqa: BLE001 -- whatever is wrong with a file, it is as good as none
        return None


def _write(cache: Cache, name: str, value: object) -> bool:
    """Write a file whole or not at all, and return whether it is written."""
    from secrets import token_hex

    content = pickle.dumps(value, 5)
    if len(content) >= LARGEST or _SECRET.search(content):
        return False
    packed = zlib.compress(content, 1)
    data = _MARK + digest(packed) + packed
    temporary = os.path.join(cache.folder, f".{token_hex(SIZE)}")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with open(os.open(temporary, flags, 0o600), "wb") as file:
            file.write(data)
        os.replace(temporary, os.path.join(cache.folder, name))
    except OSError:
        return False
    finally:
        with suppress(OSError):
            os.unlink(temporary)
    return True


def _prune(folder: str) -> None:
    """Take away what was used longest ago when there is too much, and what nobody has used for long."""
    with suppress(OSError):
        found = sorted((one.stat().st_mtime, one.stat().st_size, one.path) for one in os.scandir(folder) if _is_file(one))
        total = sum(size for _, size, _ in found)
        most = MOST_BYTES if total <= MOST_BYTES else MOST_BYTES * 3 // 4
        for used, size, path in found:
            if total > most or time.time() - used > MOST_SECONDS:
                os.unlink(path)
                total -= size


def _is_file(one: os.DirEntry[str]) -> bool:
    return _NAME.fullmatch(one.name) is not None and one.is_file(follow_symlinks=False)


def _is_noted(value: object) -> TypeGuard[Noted]:
    """Return whether a value that was read is what was noted."""
    return isinstance(value, dict) and all(
        isinstance(told, bytes) and isinstance(key, tuple) and [type(part) for part in key] == [str, str, int]
        for key, told in value.items()
    )


def _is_paths(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(one, str) for one in value)


def _leads(value: object) -> Mapping[tuple[str, ...], tuple[tuple[str, ...], Noted]]:
    """Return what was read of what leads where, nothing where it is something else."""
    listed = value.items() if isinstance(value, dict) else ()
    pairs = all(_is_paths(key) and isinstance(one, tuple) and len(one) == 2 for key, one in listed)
    return dict(listed) if pairs and all(_is_paths(one[0]) and _is_noted(one[1]) for _, one in listed) else {}
