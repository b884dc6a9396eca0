"""
How far a long run is, for a person who waits at a terminal.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

from sglint.request import Progress, silent

PATIENCE = 1.0
"""Seconds that nobody minds waiting."""


def shown(out: TextIO, clock: Callable[[], float] = time.monotonic) -> Progress:
    """
    Return what shows how many root modules and templates are done, there if it is a terminal.

    The line is taken away with the last one, before anything else is printed.
    """
    if not out.isatty():
        return silent
    started, wide = clock(), [0]

    def progress(done: int, total: int) -> None:
        if done < total and clock() - started > PATIENCE:
            text = f"{done} of {total} root modules and templates"
            out.write(f"\r{text.ljust(wide[0])}")
            wide[0] = max(wide[0], len(text))
        elif done >= total and wide[0]:
            out.write(f"\r{' ' * wide[0]}\r")
            wide[0] = 0
        out.flush()

    return progress
