"""
Writing a file whole or not at all: whoever reads it sees what it was or all of what it becomes, whatever goes wrong.
"""

# ruff: noqa: PTH101, PTH105, PTH108, PTH116, PTH118, PTH120, PTH123
# Paths are text here, as everywhere in this package.

from __future__ import annotations

import errno
import os
import re
import stat
from contextlib import suppress

_OPEN = re.compile(r"/(?:dev|proc/self)/fd/(\d+)|/dev/std(out|err)")
"""What is open already, where to write after what is there."""

_KEPT = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.EXDEV})
"""What a folder answers that lets no file be put in the place of another, as one that is mounted by itself."""


def replaced(path: str, data: bytes) -> None:
    """
    Let a file hold these bytes; to what is no regular file they are written. Raises OSError, and the file is as it was.
    """
    old = status(path)
    if path.endswith(os.sep) or (old is not None and stat.S_ISDIR(old.st_mode)):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    opened = _OPEN.fullmatch(os.path.normpath(path))
    if opened is not None or (old is not None and not stat.S_ISREG(old.st_mode)):
        number = None if opened is None else int(opened[1] or {"out": 1, "err": 2}[opened[2]])
        with open(os.open(path, os.O_WRONLY) if number is None else os.dup(number), "wb") as file:
            file.write(data)
        return
    real = os.path.realpath(path)
    try:
        if old is not None and not os.access(real, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        temporary = prepared(real, data)
        try:
            os.replace(temporary, real)
        finally:
            discarded(temporary)
    except OSError as error:
        if old is None or error.errno not in _KEPT:
            raise
        _over(real, data)


def prepared(path: str, data: bytes) -> str:
    """
    Return the path of a new file beside this one that holds these bytes, with the mode and owner of this one if it is there.

    Raises OSError, and leaves nothing behind then.
    """
    old = status(path)
    temporary = os.path.join(os.path.dirname(path), f".sglint-{os.urandom(8).hex()}")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if old is not None:
            if hasattr(os, "chown"):
                with suppress(OSError):
                    os.chown(temporary, old.st_uid, old.st_gid)
            os.chmod(temporary, stat.S_IMODE(old.st_mode))
    except BaseException:
        discarded(temporary)
        raise
    return temporary


def discarded(temporary: str) -> None:
    """
    Take a file away that nobody has seen, if it is still there.
    """
    with suppress(OSError):
        os.unlink(temporary)


def status(path: str) -> os.stat_result | None:
    """
    Return what the system says of a file, None when it is not there. Raises OSError when it may not be asked.
    """
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None


def _over(path: str, data: bytes) -> None:
    """Write over a file in its place, once there is room for all of it."""
    with open(path, "r+b", buffering=0) as file:
        before = os.fstat(file.fileno()).st_size
        if data and hasattr(os, "posix_fallocate"):
            try:
                os.posix_fallocate(file.fileno(), 0, len(data))
            except OSError:
                file.truncate(before)
                raise
        rest = memoryview(data)
        while rest:
            rest = rest[file.write(rest) or 0 :]
        file.truncate(len(data))
