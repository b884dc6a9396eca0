"""
Writing changed files: all of them or none, each with the mode, the owner and the first sign that it had.
"""

# ruff: noqa: PTH105, PTH123
# Paths are text here.

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from sglint.fix.look import real
from sglint.fix.run import Fixed
from sglint.frozen import frozen
from sglint.source import SglintError
from sglint.source.replace import discarded, prepared, replaced

BOM = b"\xef\xbb\xbf"
_LATER = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGALRM") if hasattr(signal, name))


@frozen
class Made:
    """
    A file that is to change: its real path, the new one beside it, and what it holds until then.
    """

    path: str
    temporary: str
    content: bytes


def written(fixed: Fixed) -> str:
    """
    Write the changed files, and return what went wrong, "" for nothing.

    No file is touched if one of them is not what was read any more, or if there is no room for all of them.
    """
    made: list[Made] = []
    shown = ""
    try:
        for shown, text in sorted(fixed.overlay.items()):
            made.append(ready(shown, fixed.before[shown], text))
        with undisturbed():
            put(made)
    except SglintError as error:
        return str(error)
    except OSError as error:
        return f"cannot write {error.filename2 or shown}: {error.strerror}; nothing is written"
    finally:
        for one in made:
            discarded(one.temporary)
    return ""


def ready(path: str, before: str, text: str) -> Made:
    """
    Return a file with the new text that only has to take its place. Raises SglintError if the text there has changed.
    """
    with open(path, "rb") as file:
        content = file.read()
    start = BOM if content.startswith(BOM) else b""
    if content.removeprefix(BOM) != before.encode():
        raise SglintError(f"{path} has changed meanwhile; nothing is written, run it again")
    return Made(real(path), prepared(real(path), start + text.encode()), content)


def put(made: Iterable[Made]) -> None:
    """
    Put the new files in their places. Raises OSError when one of them cannot be, with those before it as they were.
    """
    done: list[Made] = []
    try:
        for one in made:
            os.replace(one.temporary, one.path)
            done.append(one)
    except OSError:
        for one in done:
            with suppress(OSError):
                replaced(one.path, one.content)
        raise


@contextmanager
def undisturbed() -> Iterator[None]:
    """
    Let nobody end the run in the middle of this; whoever wants to does so right after it.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _LATER)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
