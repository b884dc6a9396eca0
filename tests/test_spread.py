"""
Several processes: the same results in the same order as of one, whatever happens to the others.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sglint.source import SglintError
from sglint.spread import several, spread

REPOSITORY = Path(__file__).parent.parent
ONLY_FORKS = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="several processes are for Linux")

STUCK = '''"""
Ends the process that reads the rules.

The others wait for their own end where it is one that they should hear of.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress

from sglint.rule import Found, Judged, Severity, rule

FIRST = os.getpid()


@rule(severity=Severity.NOTE, since="0")
def check(net: Judged) -> Iterator[Found]:
    with suppress(ProcessLookupError):
        os.kill(FIRST, signal.{signal})
    if signal.{signal} is signal.SIGINT:
        signal.pause()
    return iter(())
'''


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 40), st.integers(1, 4))
def test_results_come_in_the_order_of_the_items(count: int, processes: int) -> None:
    heard: list[int] = []
    assert spread(lambda number: number * number, count, processes, heard.append) == tuple(n * n for n in range(count))
    assert heard == list(range(1, count + 1))


@ONLY_FORKS
def test_several_processes_do_the_work() -> None:
    found = spread(lambda _: os.getpid(), 8, 2, lambda _: None)
    assert os.getpid() not in found


@pytest.mark.parametrize("processes", [1, 3])
def test_the_first_item_that_cannot_be_ends_the_run(processes: int) -> None:
    def work(number: int) -> int:
        if number in {3, 9, 17}:
            raise SglintError(f"number {number}")
        return number

    with pytest.raises(SglintError, match=r"number 3\Z"):
        spread(work, 20, processes, lambda _: None)


@ONLY_FORKS
def test_what_a_process_leaves_undone_is_done_here() -> None:
    here = os.getpid()

    def work(number: int) -> int:
        if number % 5 == 2 and os.getpid() != here:
            os._exit(1)
        return number

    assert spread(work, 20, 3, lambda _: None) == tuple(range(20))


def test_few_items_get_one_process() -> None:
    assert several(None, 3, 10_000) == several(None, 10_000, 20) == 1
    assert several(5, 1, 1) == 5


def run(*options: str, seed: str) -> subprocess.CompletedProcess[bytes]:
    stacks = str(REPOSITORY / "fixtures" / "stacks")
    command = [sys.executable, "-m", "sglint", "check", stacks, "--maybe", "--format", "json", *options]
    return subprocess.run(command, cwd=REPOSITORY, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=False)


def test_any_number_of_processes_prints_the_same_bytes() -> None:
    one, three = run("--jobs", "1", seed="1"), run("--jobs", "3", seed="2")
    assert (one.returncode, one.stdout, one.stderr) == (three.returncode, three.stdout, three.stderr)
    assert one.stdout


@pytest.fixture
def stuck(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "stuck.py").write_text(STUCK.replace("{signal}", request.param))
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text('resource "aws_vpc" "v" {\n  cidr_block = "10.0.0.0/16"\n}\n')
    command = [sys.executable, "-m", "sglint", "check", str(tmp_path), "--rules", str(rules), "--jobs", "2"]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        yield process
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


@ONLY_FORKS
@pytest.mark.parametrize("stuck", ["SIGINT"], indirect=True)
def test_ctrl_c_ends_all_processes_without_a_word(stuck: subprocess.Popen[str]) -> None:
    out, error = stuck.communicate(timeout=60)
    assert stuck.returncode not in {0, 2}
    assert out == ""
    assert "Traceback" not in error
    with pytest.raises(ProcessLookupError):
        os.killpg(stuck.pid, signal.SIGTERM)


@ONLY_FORKS
@pytest.mark.parametrize("stuck", ["SIGKILL"], indirect=True)
def test_no_process_outlives_the_one_that_asks(stuck: subprocess.Popen[str]) -> None:
    stuck.communicate(timeout=60)
    assert stuck.returncode == -signal.SIGKILL
