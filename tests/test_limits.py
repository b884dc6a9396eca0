"""
What is too much is said, with the limit that it reached, and ends the reading of nothing else.
"""

from __future__ import annotations

import resource
import shutil
import sys
import time
from pathlib import Path

import pytest

from sglint import config
from sglint.deadline import Deadline, TimeUpError, deadline, limited
from sglint.evaluate import nesting
from sglint.evaluate.cloudformation import nested, scenario, stack
from sglint.evaluate.plan import document, read
from sglint.evaluate.terraform import calls, expand, functions, glob, locate, run, states, unknown
from sglint.evaluate.terraform.functions import pattern, string
from sglint.evaluate.terraform.scope import MAX_STEPS
from sglint.parse import intrinsic, text
from sglint.simulator import calibrate, flow_log, profile
from sglint.source import ignore, tree, walk
from tests.command import REPOSITORY, STACKS, sglint

SLOW = 'locals {\n  a = [for i in range(1000) : [for j in range(1000) : sha512("${i}-${j}")]]\n}\n\n'
SLOW += 'resource "aws_vpc" "v" {\n  cidr_block = local.a[0][0]\n}\n'


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """
    A directory to scan, with `slow`, which takes long, behind `good`, in which there is something to find.
    """
    (tmp_path / "slow").mkdir()
    (tmp_path / "slow" / "main.tf").write_text(SLOW)
    shutil.copytree(STACKS / "inspection-hub", tmp_path / "good")
    return tmp_path


def busy(end: Deadline | None, seconds: float) -> None:
    """
    Do nothing for so long, or until the deadline.
    """
    with limited(end):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            pass


def small(megabytes: int) -> None:
    """
    Give the next program so much memory beside what Python and its libraries take.
    """
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


@pytest.mark.skipif(sys.platform == "win32", reason="nothing can be stopped in the middle here")
def test_what_is_not_read_in_time_is_said_and_the_rest_is_shown(scan: Path) -> None:
    done = sglint("check", "--timeout", "6", ".", cwd=scan)
    assert done.code == 1
    assert "tracked-forwarder" in done.out and "good/main.tf" in done.out
    assert "the root module slow is not read: the 6 seconds of --timeout are over" in done.out
    assert "give fewer paths, or more time" in done.out


@pytest.mark.skipif(sys.platform == "win32", reason="nothing can be stopped in the middle here")
@pytest.mark.parametrize("command", ["check", "inspect", "graph", "fix", "report"])
def test_a_run_without_time_ends_with_an_error(scan: Path, command: str) -> None:
    done = sglint(command, "--timeout", "0.001", ".", cwd=scan)
    assert done.code == 2
    assert "--timeout" in done.err
    assert not (scan / "report.html").exists()


def test_a_timeout_is_a_positive_number(scan: Path) -> None:
    for wrong in ("0", "-1", "x"):
        done = sglint("check", "--timeout", wrong, ".", cwd=scan)
        assert done.code == 2 and "--timeout" in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="nothing can be stopped in the middle here")
def test_the_time_is_up_in_the_middle_and_then_no_more() -> None:
    with pytest.raises(TimeUpError):
        busy(deadline(0.05), 60)
    with limited(deadline(60)):
        with pytest.raises(TimeUpError):
            busy(deadline(0.05), 60)
        busy(None, 0.2)


def test_the_nearest_place_is_what_is_told() -> None:
    assert TimeUpError().within("a.tf").within("b").place == "a.tf"


@pytest.mark.skipif(sys.platform != "linux", reason="memory cannot be bounded here")
def test_too_little_memory_is_said(tmp_path: Path) -> None:
    doubling = "\n".join(f"  x{n + 1} = concat(local.x{n}, local.x{n})" for n in range(16))
    (tmp_path / "main.tf").write_text(
        'locals {\n  x0 = ["a"]\n' + doubling + '\n  y = [for n in range(60) : [for v in local.x16 : "${n}${v}"]]\n}\n\n'
        'resource "aws_vpc" "v" {\n  cidr_block = jsonencode(local.y)\n}\n'
    )
    done = sglint("check", ".", cwd=tmp_path, before=lambda: small(700))
    assert done.code == 2
    assert "memory" in done.said or "more than" in done.said
    assert "internal error" not in done.said


def test_modules_that_go_too_deep(tmp_path: Path) -> None:
    for level in range(60):
        (tmp_path / f"m{level}").mkdir()
        (tmp_path / f"m{level}" / "main.tf").write_text(f'module "x" {{\n  source = "../m{level + 1}"\n}}\n')
    done = sglint("check", ".", cwd=tmp_path)
    assert done.code == 2
    assert "module.x is called through more than 50 others" in done.out


@pytest.mark.parametrize(
    "expression", ['sha512("${i}${j}${local.m}")', 'regex("^(a+)+${i}x${j}$", "aaaaaaaaaaaaaaaaaaaaaaaaaaab")', "file(local.m)"]
)
def test_expressions_that_take_many_steps_end(tmp_path: Path, expression: str) -> None:
    (tmp_path / "main.tf").write_text(
        'locals {\n  k = join("", [for a in range(1000) : "xxxxxxxxxx"])\n  m = join("", [for a in range(90) : local.k])\n'
        f"  a = [for i in range(600) : [for j in range(600) : can({expression})]]\n}}\n\n"
        'resource "aws_vpc" "v" {\n  cidr_block = local.a[0][0]\n}\n'
    )
    done = sglint("check", ".", cwd=tmp_path, timeout=600)
    assert done.code == 2
    assert f"evaluating this takes more than {MAX_STEPS} steps" in done.out


@pytest.mark.parametrize(
    "limit",
    [
        *(tree.LIMIT, read.LIMIT, config.LIMIT, profile.LONGEST, calibrate.LONGEST, flow_log.LONGEST_LINE, walk.DIRECTORIES),
        *(ignore.LINES, text.PROBLEMS, text.DEPTH, document.DEPTH, text.PARTS, intrinsic.NODES, expand.MAX_INSTANCES),
        *(run.MAX_THINGS, locate.MAX_DEPTH, stack.MAX_STACKS, nested.MAX_NESTED, stack.MAX_ROUNDS, scenario.MOST_SCENARIOS),
        *(MAX_STEPS, stack.MAX_STEPS, unknown.MOST_PARTS, functions.MOST_ITEMS, functions.MOST_CHARACTERS, string.LONGEST),
        *(pattern.LONGEST_PATTERN, pattern.LONGEST_TEXT, pattern.SECONDS, glob.DEEPEST, calls.MOST_SLOW, calls.PATTERN_STEPS),
        *(nesting.MAX_FRAMES, glob.MOST, config.PARTS, states.MOST_HANDED),
    ],
)
def test_the_page_of_limits_has_every_limit(limit: float) -> None:
    page = (REPOSITORY / "docs" / "limits.md").read_text(encoding="utf-8")
    assert f" {limit:,} " in page or f" {limit:,};" in page


def test_what_depends_on_what_may_be_as_deep_wherever_it_is_evaluated() -> None:
    def levels() -> int:
        try:
            return 1 + levels()
        except RecursionError:
            return 0

    def reached(depth: int) -> int:
        if depth:
            return reached(depth - 1)
        with nesting.deep():
            return levels()

    assert reached(0) == reached(500)
