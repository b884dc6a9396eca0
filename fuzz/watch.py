"""
What must hold of every input: it ends in time, with an error that says how we were called and no other, and alike each time.
"""

from __future__ import annotations

import hashlib
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from fuzz.target import Target
from sglint.source import SglintError

SECONDS = 10.0
"""How many seconds of processor time one input may take; those of a person take a hundredth of it."""
AGAIN = 8
"""Every so many inputs one is read twice, and has to come out alike."""


class BrokenError(Exception):
    """
    Something that must hold does not.
    """


class TooLongError(BaseException):
    """
    An input takes longer than it may; nothing that catches errors catches it.
    """


@dataclass(frozen=True, slots=True)
class Failure:
    """
    What went wrong with an input: one line that is the same for every input on which the same thing goes wrong, and all of it.
    """

    line: str
    whole: str


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """
    Raise TooLongError in what is done here when it takes more processor time.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooLongError(f"takes longer than {seconds} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def said(target: Target, data: bytes) -> str:
    """
    Return all that the target says about the input, in time.
    """
    with limited(SECONDS):
        try:
            found = target.run(data)
        except SglintError as error:
            return f"error: {error}"
    place = found.find("internal error")
    if place >= 0:
        raise BrokenError(found[place : place + 6000])
    return found


def failure(target: Target, data: bytes, *, again: bool | None = None) -> Failure | None:
    """
    Return what goes wrong with the input, None when all is well; `again` says whether to read it twice, else chance does.
    """
    try:
        first = said(target, data)
        twice = hashlib.sha256(data).digest()[0] % AGAIN == 0 if again is None else again
        if twice and said(target, data) != first:
            raise BrokenError("comes out differently the second time")  # noqa: TRY301 -- it is reported as all others are
    except TooLongError as error:
        return Failure("TooLongError " + inner(error), "".join(traceback.format_exception(error)))
    except Exception as error:  # noqa: BLE001 -- every error is what is looked for
        message = str(error).partition("\n")[0] if isinstance(error, BrokenError) else ""
        return Failure(f"{type(error).__name__} {message} {inner(error)}", "".join(traceback.format_exception(error)))
    return None


def inner(error: BaseException) -> str:
    """
    Return the places of ours in the traceback that tell one bug from another.
    """
    frames = [
        one for one in traceback.extract_tb(error.__traceback__) if "sglint" in one.filename and "/fuzz/" not in one.filename
    ]
    if isinstance(error, TooLongError):
        frames = frames[:8]
    return " < ".join(f"{Path(one.filename).name}:{one.name}" for one in frames[-1:-4:-1])


def keep(found: Failure, data: bytes, folder: Path, name: str) -> Path | None:
    """
    Write the input and what went wrong with it into the folder; None when the same thing went wrong there before.
    """
    path = folder / f"{name}-{hashlib.sha256(found.line.encode()).hexdigest()[:12]}"
    if path.exists():
        return None
    folder.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".txt").write_text(f"{found.line}\n\n{found.whole}", encoding="utf-8", errors="backslashreplace")
    path.write_bytes(data)
    return path
