"""
The command that writes the page, as its users run it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sglint.output.html.verdict import count
from sglint.pipeline import judge
from sglint.request import Request
from sglint.rule import load, run
from tests.command import REPOSITORY, STACKS, sglint


def test_the_sensitive_values_of_a_module_are_not_on_its_page(tmp_path: Path) -> None:
    text = (STACKS / "inspection-hub" / "main.tf").read_text(encoding="utf-8")
    hidden = 'variable "password" {\n  sensitive = true\n  default   = "hunter2"\n}\n'
    (tmp_path / "main.tf").write_text(
        f'{hidden}{text}\nlocals {{\n  key = sensitive("hunter2")\n}}\n{hidden}', encoding="utf-8"
    )
    written = sglint("report", tmp_path, "-o", "-").out
    assert "to_port" in written and "hunter2" not in written


def test_the_bytes_do_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    pages = []
    for seed in ("0", "1", "4711"):
        target = tmp_path / f"{seed}.html"
        subprocess.run(
            [sys.executable, "-m", "sglint", "report", STACKS / "east-west", "-o", target],
            env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONHASHSEED": seed},
            cwd=REPOSITORY,
            check=True,
            capture_output=True,
        )
        pages.append(target.read_bytes())
    assert len(set(pages)) == 1


def test_the_command_writes_the_page_where_it_says(tmp_path: Path) -> None:
    run = sglint("report", STACKS / "inspection-hub" / "main.tf", cwd=tmp_path)
    assert (run.code, run.out, run.err) == (0, "", "wrote report.html\n")
    written = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Both interfaces behind a transit gateway" in written
    assert sglint("report", STACKS / "inspection-hub" / "main.tf", "-o", "-", cwd=tmp_path).out == written
    assert sglint("report", STACKS / "inspection-hub" / "main.tf", "--fail-on", "warning", cwd=tmp_path).code == 1
    assert sglint("report", STACKS / "inspection-hub" / "main.tf", "-o", "a", "-o", "b", cwd=tmp_path).code == 2


def test_the_command_projects_with_the_profile_that_is_given(tmp_path: Path) -> None:
    spoke = REPOSITORY / "fixtures" / "real" / "egress-nat" / "main.tf"
    usual, other = (sglint("report", spoke, "-o", "-", *more).out for more in ((), ("--traffic", "dns-resolver")))
    assert "profile web-front-end" in usual and "profile dns-resolver" not in usual
    assert "profile web-front-end" not in other
    assert sglint("report", spoke, "-o", "-", "--traffic", "no-such-profile").code == 2


@pytest.mark.parametrize("stack", sorted(path.name for path in (REPOSITORY / "fixtures" / "real").iterdir()))
def test_the_verdict_counts_every_interface_with_a_certain_finding_about_tracked_flows(stack: str) -> None:
    networks = judge(Request((str(REPOSITORY / "fixtures" / "real" / stack),)))
    found, _ = run(load(), networks.judged)
    told = {
        (root, name)
        for one in found
        if one.certain and one.rule.startswith("tracked-")
        for root in one.roots
        for name in one.subjects
    }
    counted = {(net.network.root, one.interface.address) for net in networks.judged for one in count([net]).tracked}
    assert told <= counted
