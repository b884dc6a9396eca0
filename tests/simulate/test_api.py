"""
`sglint.simulate`, as a program calls it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sglint
from sglint.output.simulation import render_json
from sglint.source import SglintError
from tests.command import sglint as command


def test_it_gives_what_the_command_gives() -> None:
    options = ("--allowance", "50000", "--tcp-established", "350", "--share", "tcp=0.5", "--price", "0.2", "--flows", "0")
    found = sglint.simulate(
        "internet-egress-firewall", allowance=50_000, tcp_established=350, shares={"tcp": [0.5]}, price=0.2, flows=0
    )
    run = command("simulate", "--traffic", "internet-egress-firewall", *options, "--format", "json")
    assert json.loads(render_json(found)) == json.loads(run.out)


def test_it_can_be_called_again_and_takes_paths_and_a_progress(tmp_path: Path) -> None:
    counters = tmp_path / "eth0.txt"
    counters.write_text("conntrack_allowance_available: 40000\n", encoding="utf-8")
    told = list[float]()

    def stop(done: float) -> bool:
        told.append(done)
        return False

    for _ in range(2):
        found = sglint.simulate("dns-resolver", ethtool=[counters], progress=stop)
        assert found.today.runs and not any(run.complete for run in found.today.runs)
        assert found.table_binds
    assert len(told) > 1


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (sglint.simulate, "give either a profile"),
        (lambda: sglint.simulate("dns-resolver", flow_logs=["a.log"]), "give either a profile"),
        (lambda: sglint.simulate("dns-resolver", allowance=5, ethtool=["x"]), "both say what the allowance is"),
        (lambda: sglint.simulate("dns-resolver", shares={"queries": []}), "the shares of queries are 0 numbers"),
        (lambda: sglint.simulate("dns-resolver", shares={"queries": [2.0]}), "shares of queries: tracked is 2, more than 1"),
        (lambda: sglint.simulate(flow_logs=["a.log"], engine="athena"), "there is no engine athena"),
    ],
)
def test_what_cannot_be_is_an_error_of_its_own(call: object, says: str) -> None:
    assert callable(call)
    with pytest.raises(SglintError, match=says):
        call()
