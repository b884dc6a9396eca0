"""
`sglint simulate`, as its users run it.
"""

from __future__ import annotations

import csv
import io
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from sglint.cli.simulate import _watched
from tests.command import sglint
from tests.conftest import Accept

FIREWALL = ("--traffic", "internet-egress-firewall", "--instance-type", "m7i.xlarge", "--flows", "0")


def test_the_text_says_first_what_limits_it(expect: Accept) -> None:
    run = sglint("simulate", *FIREWALL, "--bandwidth", "12.5", "--minimum", "2", "--price", "0.2")
    assert (run.code, run.err) == (0, "")
    assert "the connection table is what limits it" in run.out.splitlines()[0]
    expect("simulate-firewall.txt", run.out)


def test_a_resolver_behind_a_table_that_was_measured(expect: Accept) -> None:
    run = sglint("simulate", "--traffic", "dns-resolver", "--allowance", "76957", "--tcp-established", "350", "--flows", "0")
    assert (run.code, run.err) == (0, "")
    expect("simulate-resolver.txt", run.out)


def test_three_formats_from_one_run(tmp_path: Path) -> None:
    files = {name: tmp_path / f"out.{name}" for name in ("json", "csv")}
    options = [word for name, file in files.items() for word in ("--format", name, "--output", str(file))]
    run = sglint("simulate", *FIREWALL, "--format", "text", *options)
    assert run.code == 0 and "instances" in run.out
    document = json.loads(files["json"].read_text(encoding="utf-8"))
    assert document["schema"] == 1 and not document["calibrated"] and document["table_binds"]
    assert document["opened"]["peak_entries"] == {"least": 0.0, "most": 0.0}
    assert document["opened"]["exhausted_after_seconds"] == {"least": "never", "most": "never"}
    assert document["today"]["instances"]["least"] > 1
    rows = list(csv.DictReader(io.StringIO(files["csv"].read_text(encoding="utf-8"))))
    assert {row["groups"] for row in rows} == {"today", "opened"}
    today = [row for row in rows if row["groups"] == "today"]
    assert all(int(row["low"]) <= int(row["least"]) <= int(row["most"]) <= int(row["high"]) for row in today)
    assert [float(row["seconds"]) for row in today] == sorted(float(row["seconds"]) for row in today)


def test_shares_of_classes_that_are_tracked_anyway() -> None:
    one = ("simulate", "--traffic", "dns-resolver", "--allowance", "1e6", "--flows", "0", "--format", "json")
    run = sglint(*one, "--share", "queries=0.5,0.25,0.1")
    document = json.loads(run.out)
    assert document["today"]["tracked_flows_per_second"] == 1100
    assert document["opened"]["tracked_flows_per_second"] == 380


def test_measurements_take_the_place_of_estimates(tmp_path: Path) -> None:
    counters, knees = tmp_path / "eth0.txt", tmp_path / "knees.csv"
    counters.write_text("conntrack_allowance_available: 60000\n" * 3, encoding="utf-8")
    lines = [f"{t},{a},{n},{1e6 / (1 + 0.2 * t + a + 3 * n):.0f}" for t, a, n in ((0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 0, 1))]
    knees.write_text("\n".join(["tracked,asymmetric,new,packets_per_second", *lines * 2]), encoding="utf-8")
    options = (
        "--traffic",
        "dns-resolver",
        "--ethtool",
        str(counters),
        "--knees",
        str(knees),
        "--flows",
        "0",
        "--format",
        "json",
    )
    document = json.loads(sglint("simulate", *options).out)
    known = {one["name"]: one for one in document["parameters"]}
    assert known["allowance"]["least"] == known["allowance"]["most"] == 60_000
    assert known["cost of a new tracked flow"]["least"] == pytest.approx(3.0, rel=0.01)
    assert known["packet rate"]["provenance"] == "measured"
    assert document["today"]["instances_interval"]["median"] in {1, 2}
    both = sglint("simulate", *options, "--allowance", "5")
    assert both.code == 2 and "--allowance and --ethtool both say what the allowance is" in both.err


def test_the_idle_timeouts_are_named_that_it_rests_on() -> None:
    one = ("simulate", "--traffic", "web-front-end", "--flows", "0")
    known = "idle timeout of TCP: 350 s (documented: the default)\n  idle timeout of UDP: 45 s (measured: given)"
    assert known in sglint(*one, "--instance-type", "m8i.large", "--udp", "45").out
    unknown = sglint(*one, "--instance-type", "zz9.huge").out
    assert "give --allowance, or an --instance-type of which it is estimated" in unknown
    assert "idle timeout of TCP: 350 to 432,000 s (documented: the default is one or the other" in unknown


def test_what_aws_does_not_publish_can_be_given() -> None:
    one = ("simulate", "--traffic", "web-front-end", "--allowance", "76957", "--tcp-established", "350", "--flows", "0")

    def peak(*options: str) -> tuple[float, float]:
        found = json.loads(sglint(*one, *options, "--format", "json").out)["today"]["peak_entries"]
        return found["least"], found["most"]

    unknown, known = peak(), peak("--reap-lag", "5", "--closing", "30", "--half-open", "60")
    assert unknown[0] < known[0] <= known[1] < unknown[1]
    assert peak("--reap-lag", "0,20", "--closing", "0,120", "--half-open", "20,120") == unknown
    run = sglint("simulate", "--help").out
    assert all(said in " ".join(run.split()) for said in ("Default: 0,20, our judgement", "Default: 0,120, our judgement"))


def test_from_the_second_or_the_first_response_on_a_flow_is_a_stream() -> None:
    one = (
        "simulate",
        "--traffic",
        "dns-resolver",
        "--allowance",
        "76957",
        "--reap-lag",
        "0",
        "--flows",
        "0",
        "--format",
        "json",
    )
    peaks = [
        json.loads(sglint(*one, "--stream-after", after).out)["today"]["peak_entries"]["least"] for after in ("2", "1", "1,2")
    ]
    assert peaks == [45_000, 270_000, 45_000]


def test_counters_of_a_loaded_instance_say_how_long_entries_linger(tmp_path: Path) -> None:
    """
    1,500 queries per second of 0.152 s and a timeout of 30 s are 45,228 entries; at 49,728 each stays for 3 s more.
    """
    idle, loaded = tmp_path / "idle.txt", tmp_path / "loaded.txt"
    idle.write_text("conntrack_allowance_available: 76957\n", encoding="utf-8")
    loaded.write_text(f"conntrack_allowance_available: {76_957 - 49_728}\n" * 6, encoding="utf-8")
    one = ("simulate", "--traffic", "dns-resolver", "--ethtool", str(idle), "--flows", "0", "--format", "json")
    run = sglint(*one, "--loaded", str(loaded))
    (lag,) = (row for row in json.loads(run.out)["parameters"] if row["name"] == "reap lag")
    assert lag["least"] == lag["most"] == pytest.approx(3.0, abs=0.01)
    assert lag["provenance"] == "measured" and "49728 entries in use while" in lag["says"]
    run = sglint(*one, "--loaded", str(loaded), "--reap-lag", "0")
    assert "the counters say nothing of the closing: no entry of dns-resolver stays for it" in run.err
    loaded.write_text("conntrack_allowance_available: 0\n", encoding="utf-8")
    assert "conntrack_allowance_available is 0: the table was full then" in sglint(*one, "--loaded", str(loaded)).err
    loaded.write_text("conntrack_allowance_available: 76000\n", encoding="utf-8")
    run = sglint(*one, "--loaded", str(loaded))
    assert run.code == 2 and "at most 957 entries were in use, and dns-resolver takes 45228 at least" in run.err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--traffic", "no-such"), "cannot read the profile no-such: No such file or directory; bundled are dns-resolver,"),
        (("--traffic", "dns-resolver", "--share", "queries"), "--share queries is not CLASS=TRACKED,AUTOMATIC,ASYMMETRIC"),
        (("--traffic", "dns-resolver", "--share", "x=1"), "dns-resolver has no class x; it has queries"),
        (("--traffic", "dns-resolver", "--share", "queries=nan"), "tracked is nan, not a finite number"),
        (("--traffic", "dns-resolver", "--udp", "10"), "udp is 10, less than 30"),
        (("--traffic", "dns-resolver", "--instance-type", "m7i"), "m7i is no instance type"),
        (("--traffic", "dns-resolver", "--bandwidth", "-1"), "bandwidth is -1, not above 0"),
        (("--traffic", "dns-resolver", "--allowance", "inf"), "allowance is inf, not a finite number"),
        (("--traffic", "dns-resolver", "--allowance", "nan"), "allowance is nan, not a finite number"),
        (("--traffic", "dns-resolver", "--allowance", "0"), "allowance is 0, less than 1"),
        (("--traffic", "dns-resolver", "--allowance", "1e30"), "allowance is 1e+30, more than 1e+11"),
        (("--traffic", "dns-resolver", "--tcp-established", "nan"), "tcp_established is nan, not a finite number"),
        (("--traffic", "dns-resolver", "--headroom", "nan"), "headroom is nan; it can be from 0 to 10"),
        (("--traffic", "dns-resolver", "--price", "inf"), "price is inf; it can be from 0 to 1e+06"),
        (("--traffic", "dns-resolver", "--packet-rate", "0"), "packet rate is 0, not above 0"),
        (("--traffic", "dns-resolver", "--bandwidth", "1e308"), "bandwidth is 1e+308, more than 100000"),
        (("--traffic", "dns-resolver", "--reap-lag", "soon"), "--reap-lag soon is neither a number nor two, like 0,20"),
        (("--traffic", "dns-resolver", "--reap-lag", "20,0"), "reap lag is from 20 to 0; write the least first"),
        (("--traffic", "dns-resolver", "--closing", "-1"), "closing is -1, less than 0"),
        (("--traffic", "dns-resolver", "--half-open", "nan"), "half-open is nan, not a finite number"),
        (("--traffic", "dns-resolver", "--stream-after", "3"), "stream after is 3, more than 2"),
        (("--traffic", "dns-resolver", "--loaded", "eth0.txt"), "give allowance or ethtool as well"),
    ],
)
def test_what_cannot_be_is_said(options: tuple[str, ...], says: str) -> None:
    run = sglint("simulate", *options)
    assert run.code == 2
    assert says in run.err and "Traceback" not in run.err


PAUSING = """
name: sensors
classes:
  - {name: reports, protocol: tcp, rate: 60, gap: {deterministic: {value: 90}}, packets: 100}
"""


def test_where_groups_cannot_be_opened_it_says_which_timeouts_would_do(tmp_path: Path) -> None:
    """
    60 new connections per second with a packet each 90 s for 8,910 s: with any timeout from 90 s on 540,000 entries and
    more, and below it 6,000 for each second of the timeout.
    """
    profile = tmp_path / "sensors.yaml"
    profile.write_text(PAUSING, encoding="utf-8")
    one = (
        "simulate",
        "--traffic",
        str(profile),
        "--allowance",
        "400000",
        "--reap-lag",
        "0",
        "--closing",
        "0",
        "--half-open",
        "0",
    )
    more = ("--tcp-established", "350", "--flows", "0")
    (row,) = json.loads(sglint(*one, *more, "--format", "json").out)["timeouts"]
    assert row == {
        "timer": "tcp_established",
        "shortest_possible": 60,
        "longest_that_suffices": {"surely": 66, "at_best": 66},
        "shortest_that_keeps_pauses": 90,
    }
    said = sglint(*one, *more).out
    assert "tcp_established: 66 s; 90 s or more keep all but one in a thousand pauses of these flows" in said
    fits = json.loads(sglint(*one, *more, "--tcp-established", "66", "--format", "json").out)
    assert fits["timeouts"] == [] and fits["all_timeouts_at_their_shortest_suffice"] is None
    few = json.loads(sglint(*one, *more, "--allowance", "5000", "--format", "json").out)
    assert few["timeouts"][0]["longest_that_suffices"] == {"surely": None, "at_best": None}
    assert few["all_timeouts_at_their_shortest_suffice"] == {"surely": False, "at_best": False}


def test_uncalibrated_numbers_are_labelled_and_have_two_digits(tmp_path: Path) -> None:
    table = tmp_path / "series.csv"
    one = ("simulate", *FIREWALL, "--bandwidth", "1", "--price", "0.17", "--minimum", "123")
    run = sglint(
        *one, "--format", "text", "--format", "json", "--output", str(tmp_path / "o"), "--format", "csv", "-o", str(table)
    )
    assert run.out.splitlines()[1].startswith("Estimates, not measurements")
    document = json.loads((tmp_path / "o").read_text(encoding="utf-8"))
    results = [document["today"], document["opened"], document["saved_instances"], document["break_even_cost"]]
    found = list(numbers(results))
    assert len(found) > 30
    assert [value for value in found if value != float(f"{value:.1e}")] == []
    assert document["today"]["monthly_cost"]["least"] < document["today"]["monthly_cost"]["most"]
    rows = list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8"))))
    assert all(
        float(row[name]) == float(f"{float(row[name]):.1e}") for row in rows for name in ("least", "most", "low", "high")
    )


def numbers(found: object) -> Iterator[float]:
    """
    Yield every number in a document.
    """
    if isinstance(found, dict):
        found = list(found.values())
    if isinstance(found, list):
        for one in found:
            yield from numbers(one)
    elif isinstance(found, int | float) and not isinstance(found, bool):
        yield float(found)


def test_it_says_what_the_numbers_were_worked_out_with() -> None:
    one = ("simulate", "--traffic", "dns-resolver", "--allowance", "40000", "--reap-lag", "0")
    assert "today: formulas, as no flows are to be run\n" in sglint(*one, "--flows", "0").out
    said = sglint(*one, "--flows", "1000000").out
    assert " flows run through the table (numpy)" in said and "groups opened: formulas, as nothing is tracked" in said
    said = sglint(*one, "--flows", "1000").out
    assert "flows would have to be run, and at most 1,000 are to be" in said
    roomy = sglint("simulate", "--traffic", "dns-resolver", "--allowance", "400000").out
    assert "today: formulas, as the table is full once in a million flows at most" in roomy
    unknown = sglint("simulate", "--traffic", "dns-resolver").out
    assert "today: formulas, as the allowance is not known" in unknown


def test_ctrl_c_asks_the_simulation_to_end() -> None:
    before = signal.getsignal(signal.SIGINT)
    with _watched() as progress:
        assert progress(0.1)
        os.kill(os.getpid(), signal.SIGINT)
        assert not progress(0.2)
    assert signal.getsignal(signal.SIGINT) is before


def test_the_command_line_starts_without_numpy() -> None:
    run = sglint("--help")
    assert "simulate" in run.out
    import subprocess
    import sys

    script = "import sys, sglint.cli; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
