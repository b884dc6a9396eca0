"""
A short run of the fuzzers, the same each time, and all that longer runs found before.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fuzz.targets import ALL, BY_NAME
from fuzz.watch import failure
from tests.command import REPOSITORY

COUNTS = {
    "hcl": 250,
    "template": 250,
    "expression": 250,
    "flow-log": 12,
    "profile": 50,
    "counters": 60,
    "config": 60,
    "plan": 40,
}
BEFORE = sorted((REPOSITORY / "fixtures" / "hostile").glob("*/*"))


def fuzz(*arguments: str, hashes: str = "0") -> str:
    """
    Run the fuzzers in a process of their own, with this seed of its hashes, and return what they say.
    """
    done = subprocess.run(
        [sys.executable, "-m", "fuzz", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONHASHSEED": hashes},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize("target", [one.name for one in ALL])
def test_nothing_goes_wrong_in_a_short_run(target: str, tmp_path: Path) -> None:
    said = fuzz(target, "--seed", "1", "--count", str(COUNTS.get(target, 120)), "--found", str(tmp_path))
    assert "0 new failures" in said


def test_the_order_of_sets_does_not_reach_an_output() -> None:
    arguments = ("module", "stack", "expression", "--seed", "2", "--count", "50", "--digest")
    assert fuzz(*arguments, hashes="1") == fuzz(*arguments, hashes="2")


@pytest.mark.parametrize("path", BEFORE, ids=[f"{path.parent.name}/{path.name}" for path in BEFORE])
def test_what_went_wrong_before(path: Path) -> None:
    found = failure(BY_NAME[path.parent.name], path.read_bytes(), again=True)
    assert found is None, found.whole
