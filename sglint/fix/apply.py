"""
Writing changed files: each whole or not at all, with the mode and the first sign that it had.
"""

# ruff: noqa: PTH101, PTH105, PTH108, PTH120, PTH123
# Paths are text here.

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress

from sglint.fix.look import real
from sglint.fix.run import Fixed
from sglint.source import SglintError

BOM = b"\xef\xbb\xbf"


def written(fixed: Fixed) -> str:
    """
    Write the changed files, and return what went wrong, "" for nothing.

    No file is touched if one of them is not what was read any more.
    """
    made: list[tuple[str, str]] = []
    try:
        for path, text in sorted(fixed.overlay.items()):
            made.append((real(path), prepared(real(path), fixed.before[path], text)))
        for path, temporary in made:
            os.replace(temporary, path)
    except (OSError, SglintError) as error:
        for _, temporary in made:
            with suppress(OSError):
                os.unlink(temporary)
        return str(error) if isinstance(error, SglintError) else f"cannot write {error.filename}: {error.strerror}"
    return ""


def prepared(path: str, before: str, text: str) -> str:
    """
    Return the path of a new file beside this one, with the new text and the old mode. Raises SglintError if it has changed.
    """
    with open(path, "rb") as file:
        content = file.read()
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
    start = BOM if content.startswith(BOM) else b""
    if content.removeprefix(BOM) != before.encode():
        raise SglintError(f"{path} has changed meanwhile; nothing is written, run it again")
    handle, temporary = tempfile.mkstemp(prefix=".sglint-", dir=os.path.dirname(path))
    with open(handle, "wb") as file:
        file.write(start + text.encode())
        file.flush()
        os.fsync(file.fileno())
    os.chmod(temporary, mode)
    return temporary
