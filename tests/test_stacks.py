"""
Whole runs over small networks: what `sglint check` prints is what is recorded beside each.

Record anew, after reading the difference, with `python fixtures/accept.py`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import STACKS, sglint


@pytest.mark.parametrize("stack", sorted(STACKS.iterdir()), ids=lambda path: path.name)
def test_check_prints_what_is_recorded(stack: Path) -> None:
    run = sglint("check", "--maybe", f"fixtures/stacks/{stack.name}")
    assert f"{run.out}exit code {run.code}\n" == (stack / "expected.txt").read_text(encoding="utf-8")
