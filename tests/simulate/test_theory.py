"""
The formulas, against the recursions and numbers that are published or were measured.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sglint.simulator.distribution import limited_mean, reach, survival
from sglint.simulator.entries import occupancy, presence
from sglint.simulator.holding import Case, Holding
from sglint.simulator.law import Deterministic, Distribution, Empirical, Exponential, Hyperexponential, Lognormal, Pareto, mean
from sglint.simulator.theory import (
    endless_entries_per_second,
    endless_entry_seconds,
    entries_per_flow,
    erlang_b,
    hayward,
    kaufman_roberts,
    log_erlang_b,
    tracked_seconds_per_flow,
)
from sglint.source import SglintError

LAWS: tuple[Distribution, ...] = (
    Deterministic(7.0),
    Exponential(5.0),
    Lognormal(5.0, 1.0),
    Pareto(1.5, 2.0),
    Pareto(0.8, 2.0, 100.0),
    Pareto(1.0, 2.0, 100.0),
    Hyperexponential((1.0, 10.0), (0.5, 0.5)),
    Empirical((0.0, 3.0, 9.0), (0.2, 0.5, 0.3)),
)


def recursive_erlang_b(servers: int, load: float) -> float:
    """
    Erlang's formula as it is taught.
    """
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked


@given(st.integers(1, 400), st.floats(0.01, 600.0))
def test_erlang_b_is_what_the_recursion_gives(servers: int, load: float) -> None:
    assert erlang_b(servers, load) == pytest.approx(recursive_erlang_b(servers, load), rel=1e-9, abs=1e-280)


def test_erlang_b_of_large_tables() -> None:
    assert erlang_b(1000, 1000.0) == pytest.approx(0.02481, abs=1e-5)
    assert erlang_b(76_957, 80_000.0) == pytest.approx(0.038348, abs=1e-6)
    assert erlang_b(1.05 * 54_306, 54_306.0) == pytest.approx(1.7e-32, rel=0.02)
    assert log_erlang_b(76_957, 1.0) < -700_000


@given(st.floats(0.1, 300.0), st.floats(0.1, 300.0))
def test_erlang_b_between_whole_numbers_keeps_its_recurrence(servers: float, load: float) -> None:
    before, after = erlang_b(servers, load), erlang_b(servers + 1, load)
    assert after == pytest.approx(load * before / (servers + 1 + load * before), rel=1e-8)


def test_no_load_is_never_lost_and_no_room_loses_all() -> None:
    assert erlang_b(10, 0.0) == 0.0
    assert erlang_b(0, 5.0) == 1.0


@pytest.mark.parametrize(("peakedness", "lost"), [(9, 0.0113), (39, 0.0688), (119, 0.156)])
def test_haywards_approximation(peakedness: float, lost: float) -> None:
    assert hayward(1150, 1000.0, peakedness) == pytest.approx(lost, rel=0.01)


def test_connections_of_two_entries_lose_about_twice_as_many() -> None:
    (alone,) = kaufman_roberts(1000, ((1000.0, 1),))
    assert alone == pytest.approx(erlang_b(1000, 1000.0), rel=1e-9)
    single, double = kaufman_roberts(100, ((30.0, 1), (30.0, 2)))
    assert 1.9 * single < double < 2.1 * single


@pytest.mark.parametrize(
    ("gap", "entries", "seconds"),
    [(Exponential(20.0), 5.2395, 325.21), (Pareto(1.2, 2.0), 1.7370, 147.46)],
)
def test_flows_that_pause_become_several_entries(gap: Distribution, entries: float, seconds: float) -> None:
    assert entries_per_flow(gap, 20, 30.0) == pytest.approx(entries, abs=5e-4)
    assert tracked_seconds_per_flow(gap, 20, 30.0) == pytest.approx(seconds, abs=5e-2)


def test_an_endless_stream_makes_as_many_entries_as_it_is_tracked() -> None:
    tracked = endless_entries_per_second(20.0, 30.0) * endless_entry_seconds(20.0, 30.0)
    assert tracked == pytest.approx(1 - math.exp(-30 / 20))


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_the_limited_mean_is_the_area_under_the_survival_function(law: Distribution) -> None:
    t = np.linspace(-5.0, 400.0, 40_501)
    values = survival(law, t)
    area = np.concatenate([[0.0], np.cumsum((values[1:] + values[:-1]) / 2 * np.diff(t))]) - 5.0
    assert limited_mean(law, t) == pytest.approx(area, abs=0.01)
    assert float(limited_mean(law, np.array([1e9]))[0]) == pytest.approx(mean(law), rel=1e-3)


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_few_values_are_beyond_reach(law: Distribution) -> None:
    end = reach(law, 1e-3)
    assert survival(law, np.array([end]))[0] <= 1e-3
    assert survival(law, np.array([end * 0.999 - 1e-6]))[0] >= 0.9e-3


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Exponential(0.0), "mean is 0, less than 1e-09"),
        (lambda: Exponential(math.nan), "mean is nan, not a finite number"),
        (lambda: Deterministic(-1.0), "value is -1, less than 0"),
        (lambda: Pareto(1.0, 2.0), "shape is 1: a pareto distribution has a mean only above 1; give it a most"),
        (lambda: Pareto(1.5, 2.0, 1.0), "most is 1, not above 2"),
        (lambda: Lognormal(1.0, math.inf), "sigma is inf, not a finite number"),
        (lambda: Hyperexponential((1.0,), (0.5,)), "weights add up to 0.5, not to 1"),
        (lambda: Empirical((1.0, 2.0), (1.0,)), "values has 2 numbers and weights has 1; give one weight for each"),
        (lambda: Empirical((), ()), "values has 0 numbers and weights has 0; give one weight for each"),
        (lambda: Empirical((1.0, 2.0), (-1.0, 2.0)), "weights is -1, less than 0"),
    ],
)
def test_what_is_no_distribution_is_refused(make: object, says: str) -> None:
    assert callable(make)
    with pytest.raises(SglintError, match=f"^{says}$"):
        make()


def test_a_table_fills_as_the_infinite_server_model_says() -> None:
    held = Holding((Case(1.0, 30.0, Exponential(60.0)),))
    step, steps = 0.5, 600
    entries = occupancy(np.full(steps, 500 * step), presence(held, step, steps))
    for seconds, expected in ((10.0, 5_000.0), (60.0, 26_804.0), (240.0, 44_094.0)):
        assert entries[round(seconds / step) - 1] == pytest.approx(expected, rel=2e-5)


def test_a_rate_that_changes_is_convolved() -> None:
    held = Holding((Case(1.0, 30.0, Deterministic(0.0)),))
    new = np.concatenate([np.full(100, 5.0), np.zeros(100)])
    entries = occupancy(new, presence(held, 1.0, 200))
    assert entries[29] == pytest.approx(150.0)
    assert entries[99] == pytest.approx(150.0)
    assert entries[114] == pytest.approx(75.0)
    assert entries[135] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("packets", [1.0, 2.0, 20.0, 7.5])
@pytest.mark.parametrize("gap", [Exponential(20.0), Pareto(1.5, 5.0)], ids=repr)
def test_the_presence_of_a_flow_that_pauses_adds_up(gap: Distribution, packets: float) -> None:
    held = Holding((), 1, gap, packets, 30.0)
    present = presence(held, 0.5, 40_000)
    assert float(present.sum()) * 0.5 == pytest.approx(held.seconds, rel=2e-3)
    assert present[0] == pytest.approx(1.0, abs=0.02)
    assert present[58] == pytest.approx(1.0, abs=0.02) if packets == 1 else present[58] > 0.5
