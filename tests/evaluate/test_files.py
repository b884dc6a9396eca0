"""
What `fileset` and `fileexists` say of a directory: what Terraform says, and nothing where that cannot be told.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.files import context
from sglint.evaluate.terraform.functions import Context
from sglint.source import Tree

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")


@pytest.fixture
def files(tmp_path: Path) -> Context:
    """
    The files of a directory in which there is everything that a directory may hold.
    """
    top, outside = tmp_path / "top", tmp_path / "outside"
    for name in ("a.txt", ".hidden.txt", "b.txt~", "#c.txt#", "sub/y.txt", ".hid/x.txt"):
        (top / "d" / name).parent.mkdir(parents=True, exist_ok=True)
        (top / "d" / name).write_text("x")
    os.mkfifo(top / "d" / "p.txt")
    for name, target in {"fl.txt": "a.txt", "sl": "sub", "dang.md": "nowhere"}.items():
        (top / "d" / name).symlink_to(target)
    outside.mkdir()
    (outside / "s.txt").write_text("x")
    (top / "round").mkdir()
    for name in ("one", "two"):
        (top / "round" / name).symlink_to(".")
    (top / "out").mkdir()
    (top / "out" / "dir").symlink_to(outside)
    (top / "out" / "s.txt").symlink_to(outside / "s.txt")
    return context(Tree(str(top), (str(top.resolve()),)), str(top))


@pytest.mark.parametrize(
    ("path", "pattern", "found"),
    [
        ("d", "*.txt", [".hidden.txt", "a.txt", "fl.txt"]),
        ("d", "**", ["#c.txt#", ".hid/x.txt", ".hidden.txt", "a.txt", "b.txt~", "fl.txt", "sl/y.txt", "sub/y.txt"]),
        ("d", "**/y.txt", ["sl/y.txt", "sub/y.txt"]),
        ("d", "sl/*", ["sl/y.txt"]),
        ("d", "dan*/x", []),
        ("d", "p.*", []),
        ("d", "a.txt", ["a.txt"]),
        ("d/a.txt", "*", []),
        ("nope", "*", []),
        ("out", "*.md", []),
    ],
)
def test_a_fileset_has_what_terraform_has(files: Context, path: str, pattern: str, found: list[str]) -> None:
    assert files.fileset(path, pattern) == found


@pytest.mark.parametrize(
    ("path", "pattern", "why"),
    [
        ("d", "*.md", "d/dang.md links to nothing"),
        ("d", "dang.md", "d/dang.md links to nothing"),
        ("../outside", "*.txt", "outside lies outside of what is scanned"),
        ("/etc", "*", "/etc lies outside of what is scanned"),
        ("out", "*.txt", "out/s.txt links to outside of what is scanned"),
        ("out", "**", "out/dir links to outside of what is scanned"),
        ("out", "d*/*", "out/dir links to outside of what is scanned"),
        ("~", "*", "the home directory differs between machines"),
        ("round", "**/x", "deep"),
        ("round", "{one,two}/**", "a pattern for file names leads"),
    ],
)
def test_a_fileset_that_cannot_be_told_is_not_empty(files: Context, path: str, pattern: str, why: str) -> None:
    with pytest.raises(EvaluationError, match=why):
        files.fileset(path, pattern)


@pytest.mark.parametrize(
    ("path", "found"), [("d/.hidden.txt", True), ("d/b.txt~", True), ("d/dang.md", False), ("no/x", False)]
)
def test_a_file_that_is_there_exists(files: Context, path: str, *, found: bool) -> None:
    assert files.exists(path) is found


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("d/sub", "is a directory"),
        ("d/p.txt", "is not a regular file"),
        ("../outside/s.txt", "outside"),
        ("out/s.txt", "outside"),
        (".", "dir"),
        ("~/x", "home"),
    ],
)
def test_whether_a_file_exists_that_cannot_be_told(files: Context, path: str, why: str) -> None:
    with pytest.raises(EvaluationError, match=why):
        files.exists(path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may list everything")
def test_a_directory_that_may_not_be_listed_is_not_empty(files: Context, tmp_path: Path) -> None:
    (tmp_path / "top" / "d").chmod(0)
    try:
        with pytest.raises(EvaluationError, match="cannot list d: permission denied"):
            files.fileset("d", "*")
    finally:
        (tmp_path / "top" / "d").chmod(0o755)
