"""
Counters and packet rates that a user measured.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sglint.simulator.bounds import exactly
from sglint.simulator.calibrate import (
    AVAILABLE,
    Interface,
    Knee,
    allowance,
    costs,
    limited,
    parse_ethtool,
    read_ethtool,
    read_knees,
)
from sglint.simulator.exports import Provenance
from sglint.source import SglintError

OUTPUT = """\
Mon Nov 23 02:41:28 UTC 2026
NIC statistics:
     tx_timeout: 0
     bw_in_allowance_exceeded: 0
     pps_allowance_exceeded: {pps}
     conntrack_allowance_exceeded: {exceeded}
     conntrack_allowance_available: {available}
     queue_0_tx_cnt: 17
"""


def shown(*values: tuple[int, int, int], path: str = "eth0.txt") -> Interface:
    return parse_ethtool("".join(OUTPUT.format(available=a, exceeded=e, pps=p) for a, e, p in values), path)


def test_the_allowance_is_the_most_that_was_ever_available() -> None:
    interface = shown((76_957, 0, 0), (50_000, 0, 0), (0, 17_907, 0), (76_900, 17_907, 0))
    assert interface.series(AVAILABLE) == (76_957, 50_000, 0, 76_900)
    found = allowance([interface])
    assert (found.range, found.provenance) == (exactly(76_957), Provenance.MEASURED)
    assert found.says == "the largest of 4 readings, right if nothing was tracked then"


def test_interfaces_show_one_table_and_a_stale_one_is_left_out() -> None:
    moving, stale = shown((70_000, 0, 0), (60_000, 0, 0), (65_000, 0, 0)), shown(*[(90_000, 0, 0)] * 3, path="eth1.txt")
    assert allowance([moving, stale]).range == exactly(70_000)
    assert allowance([moving, stale]).says.endswith("1 stale interface left out")
    assert allowance([stale, stale]).range == exactly(90_000)


def test_a_counter_that_an_instance_lacks_is_said_to_lack() -> None:
    without = parse_ethtool("  conntrack_allowance_exceeded: 5\n", "eth0.txt")
    assert without.readings[0].value(AVAILABLE) is None
    with pytest.raises(
        SglintError, match=r"^eth0\.txt: there is no conntrack_allowance_available; it needs ENA driver 2\.8\.1"
    ):
        allowance([without])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "none of the allowance counters of ENA is in it"),
        ("\x00\x01", "none of the allowance counters"),
        ("conntrack_allowance_available: many", "e.txt:1: conntrack_allowance_available is many, not a count"),
        ("a: 1\nconntrack_allowance_available: -1", "e.txt:2: conntrack_allowance_available is -1, not a count"),
        ("conntrack_allowance_available:", "is empty, not a count"),
        (
            "pps_allowance_exceeded: 9\npps_allowance_exceeded: 3",
            "e.txt:2: pps_allowance_exceeded goes back from 9 to 3; give one boot of one interface",
        ),
    ],
)
def test_what_is_wrong_with_counters_is_said_with_the_line(text: str, says: str) -> None:
    with pytest.raises(SglintError) as caught:
        parse_ethtool(text, "e.txt")
    assert says in str(caught.value)


def test_a_burst_is_no_limit() -> None:
    assert not limited(shown(*((1, 0, n // 3) for n in range(30))), "pps_allowance_exceeded")
    assert limited(shown(*((1, 0, max(0, n - 10)) for n in range(30))), "pps_allowance_exceeded")


def knees(asymmetric: float, repeated: int, noise: float = 0.0) -> list[Knee]:
    rng = np.random.default_rng(3)
    mixes = [(0.0, 0.0, 1.0), (1.0, 0.0, 1.2), (0.0, 1.0, asymmetric)] * repeated
    return [Knee(t, a, 0.0, 1e6 / cost * float(np.exp(noise * rng.standard_normal()))) for t, a, cost in mixes]


@pytest.mark.parametrize(("repeated", "low", "high"), [(1, 1.59, 2.53)])
def test_the_interval_of_a_cost_is_as_wide_as_its_measurements_allow(repeated: int, low: float, high: float) -> None:
    found, rate = costs(knees(2.0, repeated))
    assert found.asymmetric.range.least == pytest.approx(low, abs=0.06)
    assert found.asymmetric.range.most == pytest.approx(high, abs=0.08)
    assert rate.range.least < 1e6 < rate.range.most
    assert found.tracked.provenance is Provenance.MEASURED and not found.measured


def test_more_measurements_narrow_it_and_tell_their_noise() -> None:
    found, _ = costs(knees(2.0, 10, 0.1))
    assert 1.7 < found.asymmetric.range.least < 2.0 < found.asymmetric.range.most < 2.4
    exact, rate = costs(knees(2.0, 3))
    assert exact.asymmetric.range.least == pytest.approx(2.0)
    assert rate.range.most == pytest.approx(1e6)


def test_mixes_that_are_alike_tell_nothing(tmp_path: Path) -> None:
    with pytest.raises(SglintError, match="the mixes do not tell the costs apart"):
        costs([Knee(1.0, 0.0, 0.0, 1e6)] * 5)
    with pytest.raises(SglintError, match="the mixes do not tell the costs apart"):
        costs([])


def test_packet_rates_are_read_from_a_table(tmp_path: Path) -> None:
    file = tmp_path / "knees.csv"
    file.write_text("tracked,asymmetric,packets_per_second\n0,0,1e6\n1,0,9e5\n", encoding="utf-8")
    assert read_knees(str(file)) == (Knee(0, 0, 0, 1e6), Knee(1, 0, 0, 9e5))
    for text, says in (
        ("tracked,packets_per_second\n0,1\n", "knees.csv:1: the column asymmetric is missing"),
        ("tracked,asymmetric,packets_per_second\n0,0,1\n0.7,0.7,5\n", "knees.csv:3: tracked and asymmetric add up to 1.4"),
        ("tracked,asymmetric,packets_per_second\n0,0,fast\n", "knees.csv:2: there is a value that is not a number"),
        ("tracked,asymmetric,packets_per_second\n0,0,nan\n", "knees.csv:2: packets_per_second is nan, not a finite number"),
        ("tracked,asymmetric,packets_per_second\n0,0\n", "knees.csv:2: there is a value that is not a number"),
    ):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(SglintError) as caught:
            read_knees(str(file))
        assert says in str(caught.value)


def test_a_file_of_counters_is_read(tmp_path: Path) -> None:
    file = tmp_path / "eth0.txt"
    file.write_text(OUTPUT.format(available=5, exceeded=0, pps=0), encoding="utf-8")
    assert read_ethtool(str(file)).series(AVAILABLE) == (5,)
    with pytest.raises(SglintError, match=r"^cannot read .*no\.txt: No such file or directory$"):
        read_ethtool(str(tmp_path / "no.txt"))
