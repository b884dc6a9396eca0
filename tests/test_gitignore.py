"""
A .gitignore ignores what git ignores, and no line of one takes long.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from pathlib import Path
from random import Random

import pytest

from sglint.source import discover
from sglint.source.ignore import LINES, Ignore, ignored
from sglint.source.pattern import read_pattern

SIGNS = (
    "a",
    "b",
    "*",
    "**",
    "?",
    "/",
    "/",
    "[ab]",
    "[!a]",
    "[a-c]",
    "[[:alpha:]]",
    "[",
    "]",
    "\\",
    "\\*",
    "!",
    "#",
    " ",
    "a*",
    ".x",
    "**/",
    "/**",
)
PATHS = (
    *("a", "b", "c", "ab", "ba", "a b", "*", "a*", "[", "]", "#a", "!a", "\\", ".x", "a.x", "aab", "x]", "é"),
    *("a/", "b/", "c/", "ab/", "x/", "a b/", ".x/"),
)


def tree(folder: Path, random: Random) -> list[str]:
    """
    Make directories and files that are called like patterns, three deep, and return their paths, directories with / last.
    """
    found: list[str] = []
    for _ in range(60):
        names = [random.choice(PATHS).rstrip("/") for _ in range(random.randint(1, 3))]
        path = folder.joinpath(*names)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if random.random() < 0.4:
                path.mkdir(exist_ok=True)
            else:
                path.touch()
        except OSError:
            continue
        found.append("/".join(names))
    return sorted({f"{one}/" if (folder / one).is_dir() else one for one in found})


def by_git(folder: Path, paths: list[str]) -> set[str]:
    done = subprocess.run(
        ["git", "-c", "core.excludesFile=/dev/null", "check-ignore", "--no-index", "-z", "--stdin"],
        cwd=folder,
        input="\0".join(one.rstrip("/") for one in paths).encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return {one.decode() for one in done.stdout.split(b"\0") if one}


def by_us(folder: Path, paths: list[str]) -> set[str]:
    rules = Ignore(str(folder))

    def is_ignored(path: str) -> bool:
        bare = path.rstrip("/")
        above = [bare[:end] + "/" for end in range(len(bare)) if bare[end] == "/"]
        return any(ignored(rules, str(folder / one), directory=one.endswith("/")) for one in (*above, path))

    return {path.rstrip("/") for path in paths if is_ignored(path)}


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git to compare with")
@pytest.mark.parametrize("seed", range(40))
def test_ignores_what_git_ignores(tmp_path: Path, seed: int) -> None:
    random = Random(seed)  # noqa: S311
    folder = tmp_path.resolve()
    subprocess.run(["git", "init", "-q", "."], cwd=folder, check=True)
    paths = tree(folder, random)
    for _ in range(4):
        lines = ["".join(random.choices(SIGNS, k=random.randint(1, 5))) for _ in range(random.randint(1, 4))]
        lines = [
            one for one in lines if not re.search(r"[^/*!]\*\*|\*\*[^/*]|\[[^]]*/", one)
        ]  # where git differs from what it says
        (folder / ".gitignore").write_text("\n".join(lines) + "\n", encoding="utf-8")
        assert by_us(folder, paths) == by_git(folder, paths), lines


@pytest.mark.parametrize(
    "line", ["*a" * 60 + "b", "**/" * 100 + "x", "a*" * 30_000 + "b", "?" * 100_000, "[" * 10_000, "[[:alpha:]]*" * 50 + "1"]
)
def test_no_line_takes_long(line: str) -> None:
    pattern = read_pattern(line)
    start = time.process_time()
    assert pattern is None or not pattern.matches(["a" * 255] * 200, directory=False)
    assert time.process_time() - start < 5


def test_a_gitignore_of_too_many_lines_is_said(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("x\n" * LINES + "main.tf\n")
    (tmp_path / "main.tf").write_text("locals {}\n")
    found = discover(["."], base=str(tmp_path))
    assert [problem.message for problem in found.problems] == [
        f".gitignore has more than {LINES} lines, the rest of them is not read"
    ]
    assert [file.path for file in found.files] == ["main.tf"]
