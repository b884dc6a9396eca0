"""
`sglint`, and `python -m sglint`: the command line, with an end that says what it is, whatever ends it.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import NoReturn, TextIO

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class InterruptedRunError(BaseException):
    """
    Somebody wants the run to end; what has begun is undone on the way out, and nothing that catches errors catches this.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def run() -> NoReturn:
    """
    Run the command line, and end with its exit code, or by the signal that ended it.
    """
    _opened()
    ours = os.getpid()

    def interrupted(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 -- the signature of a handler
        if os.getpid() != ours:
            os._exit(128 + number)
        raise InterruptedRunError(number)

    try:
        for number in _SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, interrupted)
        code = _command()
    except (InterruptedRunError, KeyboardInterrupt) as error:
        number = error.number if isinstance(error, InterruptedRunError) else signal.SIGINT
        for other in _SIGNALS:
            signal.signal(other, signal.SIG_IGN)
        _say("Error: interrupted")
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
        code = 128 + number
    if "_duckdb" not in sys.modules:  # which complains of all that still lives at the end
        gc.freeze()  # at its end Python looks through all objects once more, a tenth of a run
    sys.exit(code)


def _command() -> int:
    """Return the exit code of the command; a reader that goes away is no error."""
    import click

    from sglint.cli import main

    before = sys.stdout
    try:
        code = main(prog_name="sglint", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        with suppress(OSError):
            error.show()
        code = error.exit_code
    except click.Abort:
        code = 2
    except SystemExit:
        if sys.stdout is before:
            raise
        code = 0  # what click makes of a reader that goes away
    except OSError as error:
        _say(f"Error: cannot write to standard output: {error.strerror}")
        code = 2
    else:
        return code if isinstance(code, int) else 0
    _closed(sys.stdout, sys.stderr)
    return code


def _opened() -> None:
    """Open what was closed before the start, so that no file comes to stand where output goes, and let all text be printed."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 -- open to the end
    if sys.stdout is None:
        sys.stdout = open(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")  # noqa: PTH123, SIM115 -- writing fails
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 -- open to the end
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _closed(*streams: TextIO) -> None:
    """Flush what can be, and let what is left go nowhere instead of failing once more at the very end."""
    for stream in streams:
        try:
            stream.flush()
        except OSError:
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _say(text: str) -> None:
    with suppress(OSError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


if __name__ == "__main__":
    run()
