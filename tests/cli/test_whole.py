"""
A file that is written is whole or what it was.
"""

from __future__ import annotations

import resource
import signal
import sys
from pathlib import Path

import pytest

from tests.command import STACKS, sglint


def full() -> None:
    """
    Let no file of the next program grow beyond a few bytes, as on a full disk.
    """
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))


@pytest.mark.skipif(sys.platform != "linux", reason="the size of files cannot be bounded here")
def test_what_was_there_stays_when_the_disk_is_full(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    out.write_text("before")
    run = sglint("check", "--format", "json", "-o", out, STACKS / "clean", before=full)
    assert run.code == 2
    assert f"cannot write {out}" in run.err
    assert out.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_the_mode_of_a_file_stays_and_a_link_is_followed(tmp_path: Path) -> None:
    out, link = tmp_path / "out.json", tmp_path / "link.json"
    out.write_text("before")
    out.chmod(0o640)
    link.symlink_to(out)
    assert sglint("check", "--format", "json", "-o", link, STACKS / "clean").code == 0
    assert link.is_symlink()
    assert out.read_text().startswith("{")
    assert out.stat().st_mode & 0o777 == 0o640


def test_a_device_is_written_to(tmp_path: Path) -> None:
    assert sglint("check", "--format", "json", "-o", "/dev/null", STACKS / "clean").code == 0
    assert Path("/dev/null").is_char_device()
