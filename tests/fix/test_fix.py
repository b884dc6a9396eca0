"""
`sglint fix`: the diff that is printed is one that git applies, and then nothing is found.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.command import REPOSITORY, sglint

REAL = REPOSITORY / "fixtures" / "real"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """
    Return the top of a git work tree.
    """
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


def test_the_diff_is_one_that_git_applies_and_nothing_is_found_then(place: Path) -> None:
    shutil.copy(REAL / "one-arm-hub" / "main.tf", place)
    run = sglint("fix", "--unsafe", cwd=place)
    assert run.code == 0, run.said
    subprocess.run(["git", "apply"], cwd=place, input=run.out, text=True, check=True)
    assert sglint("check", "--fail-on", "note", cwd=place).code == 0
    assert sglint("fix", "--unsafe", cwd=place).out == ""


def test_write_makes_the_same_change_and_keeps_the_mode(place: Path) -> None:
    shutil.copy(REAL / "one-arm-hub" / "main.tf", place)
    file = place / "main.tf"
    file.chmod(0o640)
    before = file.read_text(encoding="utf-8")
    run = sglint("fix", "--unsafe", "--write", cwd=place)
    assert (run.code, run.out) == (0, "")
    old = 'to_port     = 6081\n    cidr_blocks = ["10.10.0.0/16"]'
    assert file.read_text(encoding="utf-8") == before.replace(old, old.replace("10.10.0.0/16", "0.0.0.0/0"))
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(one.name for one in place.iterdir()) == [".git", "main.tf"]
