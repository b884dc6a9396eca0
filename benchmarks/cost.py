"""
What a command costs, and the programs that sglint is measured against, each in an environment of its own.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import venv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKOV = "checkov==3.3.30"
CFN_LINT = "cfn-lint==1.58.0"
TFPARSE = "tfparse==0.6.22"
LONG = 10.0
"""What takes more CPU seconds than this is measured once."""


class BrokenOffError(Exception):
    """
    A command ended as it must not, after so many CPU seconds.
    """

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Cost:
    """
    The CPU seconds, user and system, of a process and all it starts, and the megabytes of the largest of them at its peak.
    """

    seconds: float
    megabytes: float


def measured(
    command: Sequence[str | Path], ends: Sequence[int] = (0, 1, 2), into: Path | None = None, **more: str | Path
) -> Cost:
    """
    Return what a command costs, which must end with one of these codes; `into` gets what it prints, `more` is environment.

    Python may keep what it compiled, as it does for whoever installs a program: the first run of all pays for that.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment.update((name, str(value)) for name, value in more.items())
    with tempfile.TemporaryFile() as said, (into or Path(os.devnull)).open("wb") as out:
        process = subprocess.Popen(list(map(str, command)), stdout=out, stderr=said, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read().decode(errors="replace")
    if process.returncode not in ends:
        said_last = f"{' '.join(map(str, command[:9]))} ended with {process.returncode}:\n{text[-2000:]}"
        raise BrokenOffError(said_last, usage.ru_utime + usage.ru_stime)
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def median(work: Callable[[], Cost], rounds: int) -> Cost:
    """
    Return the median of so many rounds, of one when that takes long.
    """
    costs = [work()]
    while len(costs) < rounds and costs[0].seconds < LONG:
        costs.append(work())
    return Cost(statistics.median(one.seconds for one in costs), statistics.median(one.megabytes for one in costs))


def in_turn(commands: Mapping[str, Sequence[str | Path]], rounds: int) -> dict[str, float]:
    """
    Return the median CPU seconds of each command; the rounds interleave them, so that all see the same load.
    """
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            times[name].append(measured(command).seconds)
    return {name: statistics.median(values) for name, values in times.items()}


def peer(requirement: str) -> Path:
    """
    Return the folder of the programs of an environment with this requirement, made below the temporary directory when needed.
    """
    place = Path(tempfile.gettempdir()) / f"sglint-benchmark-{requirement.replace('==', '-')}"
    if not (place / "made").exists():
        venv.create(place, with_pip=True, clear=True)
        subprocess.run([str(place / "bin" / "pip"), "install", "-q", requirement], check=True)
        (place / "made").touch()
    return place / "bin"
