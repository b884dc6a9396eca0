"""
One function over many items, in several processes where that is asked for.

Nobody can tell from what comes back how many processes there were: the results are in the order of the items, and of several
items that cannot be the first one ends the run. A process is a copy of this one, so that what was read is there already; it
tells what it found and nothing else.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkContext, ForkProcess
from typing import TypeVar

from sglint.source import SglintError

T = TypeVar("T")

BLOCKS = 8
"""In how many pieces each process gets its share, so that none waits long for the others."""


ITEMS, FILES = 8, 60
"""How many items, and how many files of them, one process more is for: it takes as long to start as a few files to read."""

MOST = 4
"""How many processes are started that nobody asks for: each reads by itself what the roots of several have in common."""


def processors() -> int:
    """
    Return how many processors this process may use.
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def several(jobs: int | None, items: int, files: int) -> int:
    """
    Return how many processes are for so many items, which have so many files: what is asked for, else as many as pay.
    """
    return max(1, min(MOST, processors(), items // ITEMS, files // FILES)) if jobs is None else jobs


def spread(work: Callable[[int], T], count: int, processes: int, told: Callable[[int], None]) -> tuple[T, ...]:
    """
    Return what `work` makes of each number below `count`; `told` hears how many are done.

    What a process that ends too early leaves undone is done here.
    """
    found: dict[int, T | SglintError] = {}
    if processes > 1 and count > 1 and _may_fork():
        with suppress(OSError), _children(work, min(processes, count)) as children:
            _share(children, count, found, told)
    return tuple(_all(work, count, found, told))


def _all(work: Callable[[int], T], count: int, found: dict[int, T | SglintError], told: Callable[[int], None]) -> Iterator[T]:
    for number in range(count):
        if number not in found:
            found[number] = _attempt(work, number)
            told(len(found))
        one = found[number]
        if isinstance(one, SglintError):
            raise one
        yield one


def _may_fork() -> bool:
    """Return whether a copy of this process surely works: on Linux, when nothing else goes on in it."""
    return sys.platform.startswith("linux") and threading.active_count() == 1


@contextmanager
def _children(work: Callable[[int], T], processes: int) -> Iterator[list[Connection]]:
    """Start processes that wait for numbers, and end them whatever happens."""
    context = multiprocessing.get_context("fork")
    started: list[tuple[ForkProcess, Connection]] = []
    try:
        with suppress(OSError):
            for _ in range(processes):
                started.append(_start(context, work, [connection for _, connection in started]))
        yield [connection for _, connection in started]
    finally:
        for process, connection in started:
            connection.close()
            process.terminate()
        for process, _ in started:
            process.join()


def _start(context: ForkContext, work: Callable[[int], T], others: list[Connection]) -> tuple[ForkProcess, Connection]:
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(work, theirs, [*others, ours]), daemon=True)
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
        theirs.close()
    return process, ours


def _serve(work: Callable[[int], T], connection: Connection, copies: list[Connection]) -> None:
    """
    Do what is asked for until nobody asks any more; ctrl-c ends this process without a word.

    The `copies` of what the asking process holds are closed: with one open, nobody would notice that it is gone.
    """
    for copy in copies:
        copy.close()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    with suppress(EOFError, OSError):
        while True:
            for number in connection.recv():
                connection.send((number, _attempt(work, number)))


def _attempt(work: Callable[[int], T], number: int) -> T | SglintError:
    try:
        return work(number)
    except SglintError as error:
        return error


def _share(children: list[Connection], count: int, found: dict[int, T | SglintError], told: Callable[[int], None]) -> None:
    """Hand out the numbers, neighbours together, and take in what comes back."""
    size = max(1, count // (max(1, len(children)) * BLOCKS))
    blocks = [range(first, min(first + size, count)) for first in range(0, count, size)][::-1]
    asked: dict[Connection, range] = {}

    def ask(child: Connection) -> None:
        asked.pop(child, None)
        if blocks:
            child.send(blocks[-1])
            asked[child] = blocks.pop()

    for child in children:
        ask(child)
    while asked:
        ready = wait(list(asked))
        for child in [one for one in asked if one in ready]:
            try:
                number, one = child.recv()
                found[number] = one
                told(len(found))
                if number == asked[child][-1]:
                    ask(child)
            except (EOFError, OSError):
                asked.pop(child, None)
