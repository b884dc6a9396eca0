"""
An end to a run that takes too long: what was asked for at a certain time, and not after.

The time is up in the middle of what is being done, whatever that is; nothing that catches errors of its own catches that.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from sglint.frozen import frozen

_AGAIN = 1.0
"""After so many seconds it is said again that the time is up, should it have been lost in a place that raises nothing."""


class TimeUpError(BaseException):
    """
    The time is up; `place` is what was being read, once that is known.
    """

    def __init__(self, place: str = "") -> None:
        super().__init__("the time is up")
        self.place = place

    def within(self, place: str) -> TimeUpError:
        """
        Return the same with the place, unless a nearer one is known.
        """
        return self if self.place else TimeUpError(place)


@frozen
class Deadline:
    """
    How many seconds there are from the start, and when they are over on the clock that never goes back.
    """

    seconds: float
    until: float

    def later(self) -> Deadline:
        """
        Return the deadline that comes after as many seconds again.
        """
        return Deadline(self.seconds, self.until + self.seconds)


def ending(error: Exception) -> BaseException | None:
    """
    Return what was to end the run, where Python made an error of it, as it does of what is raised while a class is made.
    """
    cause = error.__cause__
    return cause if isinstance(error, RuntimeError) and not isinstance(cause, Exception) else None


def deadline(seconds: float) -> Deadline:
    """
    Return the deadline so many seconds from now.
    """
    return Deadline(seconds, time.monotonic() + seconds)


@contextmanager
def limited(end: Deadline | None) -> Iterator[None]:
    """
    Raise TimeUpError in what is done here once the deadline is there, and at once when it is over.

    Only the main thread of a program can be stopped so, and not on Windows; elsewhere what has begun is finished.
    """
    if end is None:
        yield
        return
    left = end.until - time.monotonic()
    if left <= 0:
        raise TimeUpError
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 -- the signature of a handler
        raise TimeUpError

    outer, since = signal.getitimer(signal.ITIMER_REAL)[0], time.monotonic()
    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, min(left, outer) if outer else left, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if outer:
            signal.setitimer(signal.ITIMER_REAL, max(outer - (time.monotonic() - since), 0.001), _AGAIN)
