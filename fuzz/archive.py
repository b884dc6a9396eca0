"""
Several files in one text: each begins with a line like `-- modules/a/main.tf --`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_HEAD = re.compile(rb"^-- ([A-Za-z0-9_.][A-Za-z0-9_./-]{0,80}) --\r?\n", re.MULTILINE)
MOST = 40
"""How many files are written at most."""


def packed(folder: Path, *patterns: str) -> bytes:
    """
    Return the files of a folder in one text.
    """
    found = sorted({path for pattern in patterns for path in folder.rglob(pattern) if path.is_file()})
    return b"".join(head(path.relative_to(folder).as_posix()) + path.read_bytes() for path in found)


def head(name: str) -> bytes:
    """
    Return the line that a file begins with.
    """
    return f"-- {name} --\n".encode()


def unpacked(data: bytes, name: str) -> dict[str, bytes]:
    """
    Return the files in a text by their names; `name` is that of what has none. None lies outside of the folder they go to.
    """
    parts = _HEAD.split(data)
    files = {name: parts[0]} if parts[0].strip() or len(parts) == 1 else {}
    for one, content in zip(parts[1::2], parts[2::2], strict=True):
        path = one.decode()
        if ".." not in path.split("/"):
            files[os.path.normpath(path)] = content
        if len(files) >= MOST:
            break
    return files


@contextmanager
def laid(files: Mapping[str, bytes]) -> Iterator[Path]:
    """
    Give a folder with these files, which is the current one meanwhile; of two files that cannot both be, the first one.
    """
    before = Path.cwd()
    memory = Path("/dev/shm")  # noqa: S108 -- nothing but a faster place for a folder of its own
    with TemporaryDirectory(prefix="sglint-fuzz-", dir=memory if memory.is_dir() else None) as name:
        folder = Path(name).resolve()
        for path, content in files.items():
            try:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(content)
            except OSError:
                continue
        os.chdir(folder)
        try:
            yield folder
        finally:
            os.chdir(before)
