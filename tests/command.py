"""
Runs sglint as its users do: as a command, in a process of its own.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from sglint.cli import main

REPOSITORY = Path(__file__).resolve().parent.parent
STACKS = REPOSITORY / "fixtures" / "stacks"


@dataclass(frozen=True, slots=True)
class Run:
    """
    How a run ended: its exit code, and what it wrote.
    """

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """
        Everything that it wrote.
        """
        return self.out + self.err


MEMORY = 4 << 30


def bounded(before: Callable[[], None] | None) -> Callable[[], None]:
    """
    Return what to do in a new process: `before`, and a limit on its memory where the system has one.
    """

    def prepare() -> None:
        if sys.platform == "linux":
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        if before is not None:
            before()

    return prepare


def sglint(
    *arguments: str | Path, cwd: Path = REPOSITORY, timeout: float = 150, before: Callable[[], None] | None = None
) -> Run:
    """
    Run `sglint` with these arguments in `cwd`, and fail when it shows a traceback or takes longer than `timeout` seconds.

    `before` is called in the new process, to take something away from it.
    """
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "NO_COLOR": "1", "COLUMNS": "120"}
    done = subprocess.run(
        [sys.executable, "-m", "sglint", *map(str, arguments)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="backslashreplace",
        timeout=timeout,
        check=False,
        preexec_fn=bounded(before),
    )
    run = Run(done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in run.said, run.said[-3000:]
    assert run.code in {0, 1, 2}, f"sglint {arguments} ended with {run.code}: {run.said[-3000:]}"
    return run


def in_process(*arguments: str | Path, cwd: Path = REPOSITORY) -> Run:
    """
    Run `sglint` as `sglint` does, but in this process, where a process of its own is not what the test is about.
    """
    with chdir(cwd):
        done = CliRunner(env={"NO_COLOR": "1", "COLUMNS": "120"}).invoke(main, [*map(str, arguments)], prog_name="sglint")
    run = Run(done.exit_code, done.stdout, done.stderr)
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    assert run.code in {0, 1, 2}, f"sglint {arguments} ended with {run.code}: {run.said[-3000:]}"
    return run
