"""
The count wheel: against a heap on the same draws, against itself in other pieces, and against the formulas.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sglint.simulator import arrival, compiled, vectorised
from sglint.simulator.build import wheel
from sglint.simulator.draw import Alias, Ints, alias, of_slices, outcomes, steps_of
from sglint.simulator.holding import Case, Holding
from sglint.simulator.law import Deterministic, Distribution, Exponential, Hyperexponential, Lognormal, Pareto
from sglint.simulator.stream import Stream
from sglint.simulator.theory import erlang_b, hayward
from sglint.simulator.traffic import Constant, Measured
from sglint.simulator.wheel import Block, Group, Step, Wheel, run
from tests.simulate.oracle import serve, serve_in_time

ENGINES = pytest.mark.parametrize("step", [vectorised.step, compiled.step], ids=["numpy", "numba"])


def held(more: float, life: Distribution, slots: int = 1) -> Holding:
    return Holding((Case(1.0, more, life),), slots)


def stream(rate: float, holding: Holding, peakedness: float = 1.0, retries: tuple[float, ...] = ()) -> Stream:
    return Stream(Constant(rate), holding, rate, peakedness, retries)


def ran(made: Wheel, step: Step = vectorised.step, block: int = 4096) -> Block:
    """
    Return all blocks of a run as one.
    """
    blocks = list(run(made, step, block=block))
    return Block(
        0,
        np.concatenate([one.entries for one in blocks]),
        np.concatenate([one.tried for one in blocks], axis=1),
        np.concatenate([one.admitted for one in blocks], axis=1),
    )


def lost(result: Block, after: int) -> float:
    return 1.0 - float(result.admitted[:, after:].sum()) / float(result.tried[:, after:].sum())


def test_an_alias_table_gives_each_outcome_its_share() -> None:
    weights = np.array([0.0, 0.1, 0.0, 0.6, 0.3, 0.0])
    count = 200_000
    drawn = outcomes(alias(weights), of_slices(5, 0, 1), np.array([count]), steps_of(count))
    shares = np.bincount(drawn, minlength=6) / count
    assert shares == pytest.approx(weights, abs=0.004)
    assert shares[0] == shares[2] == shares[5] == 0


LIVES = [alias(np.array([0.0, 0.3, 0.2, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05])), alias(np.bincount([9, 20, 20, 21]).astype(float))]


def drawn_stays(group: Group, counts: Ints) -> Ints:
    return outcomes(group.life, of_slices(group.key, 0, len(counts)), counts, steps_of(int(counts.sum())))


@ENGINES
@settings(max_examples=60)
@given(
    counts=st.lists(st.integers(0, 1), min_size=1, max_size=200),
    room=st.one_of(st.none(), st.integers(1, 8)),
    life=st.sampled_from(LIVES),
    block=st.integers(1, 64),
)
def test_a_heap_on_the_same_draws_agrees(step: Step, counts: list[int], room: int | None, life: Alias, block: int) -> None:
    numbers = np.array(counts, dtype=np.int64)
    group = Group(77, life, arrival.given(numbers))
    result = ran(Wheel((group,), len(counts), 32, room=room), step, block)
    slices = np.repeat(np.arange(len(counts)), numbers)
    entries, admitted = serve(
        [(int(k), int(n)) for k, n in zip(slices, drawn_stays(group, numbers), strict=True)], room, len(counts)
    )
    assert result.entries.tolist() == entries
    assert result.admitted[0][slices].tolist() == [int(one) for one in admitted]


@settings(max_examples=60)
@given(
    counts=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), min_size=1, max_size=120),
    room=st.one_of(st.none(), st.integers(1, 60)),
    wait=st.integers(1, 30),
    block=st.integers(1, 50),
)
def test_both_engines_give_the_same_numbers_in_whatever_pieces(
    counts: list[tuple[int, int]], room: int | None, wait: int, block: int
) -> None:
    first, second = (np.array(row, dtype=np.int64) for row in zip(*counts, strict=True))
    groups = (
        Group(1, LIVES[0], arrival.given(first)),
        Group(2, LIVES[1], arrival.given(second)),
        Group(3, LIVES[1], again=1, wait=wait),
    )
    made = Wheel(groups, len(counts), 32, room=room, seed=4)
    results = [ran(made), ran(made, compiled.step), ran(made, block=block), ran(made, compiled.step, block)]
    for other in results[1:]:
        assert np.array_equal(results[0].entries, other.entries)
        assert np.array_equal(results[0].admitted, other.admitted)
    result = results[0]
    assert (result.admitted <= result.tried).all() and (result.admitted >= 0).all()
    assert room is None or result.entries.max() <= room
    refused = (result.tried - result.admitted)[1]
    assert result.tried[2][wait:].tolist() == refused[: max(0, len(refused) - wait)].tolist()


def test_wide_slices_keep_the_mean_and_the_engines_agree() -> None:
    """
    Half the entries live for 30 s and half for five days: too long for slices that are right for the short ones.
    """
    streams = [stream(50.0, held(30.0, Exponential(0.1))), stream(0.1, held(432_000.0, Exponential(60.0)))]
    made = wheel(streams, 600_000.0, seed=2, width=0.75)
    assert made.width
    result = ran(made)
    assert np.array_equal(result.entries, ran(made, compiled.step).entries)
    end = result.entries[-1000:].mean()
    assert end == pytest.approx(50 * 30.1 + 0.1 * 432_060, rel=0.015)
    assert result.entries[: int(400_000 / 0.75)][-1] == pytest.approx(50 * 30.1 + 0.1 * 400_000, rel=0.02)


def test_without_a_limit_the_counts_follow_the_infinite_server_model() -> None:
    result = ran(wheel([stream(500.0, held(30.0, Exponential(60.0)))], 240.0, seed=8, width=0.1))
    for seconds, expected in ((60, 26_804), (240, 44_094)):
        assert result.entries[seconds * 10 - 1] == pytest.approx(expected, abs=4 * expected**0.5)
    steady = ran(wheel([stream(500.0, held(30.0, Exponential(10.0)))], 20_000.0, seed=8)).entries[2000:]
    assert steady.mean() == pytest.approx(20_000, rel=0.002)
    assert steady.var() / steady.mean() == pytest.approx(1.0, abs=0.2)


HOLDINGS = {
    "deterministic": held(40.0, Deterministic(0.0)),
    "exponential": held(0.0, Exponential(40.0)),
    "30 + exponential": held(30.0, Exponential(10.0)),
    "lognormal": held(0.0, Lognormal(40.0, 1.0)),
    "hyperexponential": held(0.0, Hyperexponential((10.0, 130.0), (0.75, 0.25))),
    "pareto, cut off": held(0.0, Pareto(1.5, 15.0, 1_500.0)),
}


@pytest.mark.parametrize("name", HOLDINGS)
def test_erlang_b_does_not_depend_on_the_distribution(name: str) -> None:
    """
    The load is the one that came, which in a run of this length differs from the expected one by a few parts in a thousand.
    """
    load, seconds, width = 1000.0, 60_000.0, 0.04
    holding = HOLDINGS[name]
    result = ran(wheel([stream(load / holding.seconds, holding)], seconds, room=1000, seed=6, width=width), compiled.step)
    warm = int(4_000 / width)
    came = result.tried[:, warm:].sum() / (seconds - 4_000) * holding.seconds
    assert lost(result, warm) == pytest.approx(erlang_b(1000, came), abs=0.0022)


def test_a_full_table_of_the_size_of_an_instance() -> None:
    made = wheel([stream(2000.0, held(30.0, Exponential(10.0)))], 3_000.0, room=76_957, seed=1)
    result = ran(made)
    warm = result.tried.shape[1] // 6
    came = result.tried[:, warm:].sum() / (3_000 * 5 / 6) * 40
    assert lost(result, warm) == pytest.approx(erlang_b(76_957, came), abs=0.0015)


@pytest.mark.parametrize("peakedness", [9.0, 39.0, 119.0])
def test_bursts_have_the_peakedness_that_was_asked_for_and_lose_what_hayward_says(peakedness: float) -> None:
    streams = [stream(25.0, held(40.0, Deterministic(0.0)), peakedness)]
    free = ran(wheel(streams, 200_000.0, seed=3, width=0.4)).entries[1000:]
    assert free.var() / free.mean() == pytest.approx(peakedness, rel=0.1)
    result = ran(wheel(streams, 100_000.0, room=1150, seed=3, width=0.04), compiled.step)
    assert lost(result, 5_000) == pytest.approx(hayward(1150, 1000.0, peakedness), rel=0.12)


def test_retries_make_attempts_and_no_room() -> None:
    """
    The heap, with other draws and in continuous time, loses as many flows and makes as many attempts.
    """
    waits, rate, seconds = (1.0, 2.0, 4.0), 20.0, 4_000.0
    made = wheel([stream(rate, held(30.0, Exponential(10.0)), retries=waits)], seconds, room=770, seed=5, width=0.02)
    result = ran(made)
    tried, refused = result.tried.sum(axis=1), (result.tried - result.admitted).sum(axis=1)
    rng = np.random.default_rng(1)
    begins = np.cumsum(rng.exponential(1 / rate, int(rate * seconds)))
    given_up, attempts = serve_in_time(begins.tolist(), (30 + rng.exponential(10.0, len(begins))).tolist(), 770, waits)
    assert tried.sum() / tried[0] == pytest.approx(attempts / len(begins), rel=0.05)
    assert refused[-1] / tried[0] == pytest.approx(given_up / len(begins), abs=0.01)
    assert refused[-1] / tried[0] == pytest.approx(1 - 770 / 800, abs=0.02)


def test_a_measured_series_is_followed_and_ends() -> None:
    streams = [Stream(Measured(100.0, (0.0, 50.0, 0.0)), held(30.0, Deterministic(0.0)), 50 / 3)]
    result = ran(wheel(streams, 400.0, seed=2, width=0.1))
    assert result.entries[:999].max() == 0
    assert result.entries[1500] == pytest.approx(1500, rel=0.1)
    assert result.entries[-1] == 0
    assert int(result.tried.sum()) == pytest.approx(5000, rel=0.05)


def test_a_connection_of_two_entries_takes_two() -> None:
    result = ran(wheel([stream(10.0, held(30.0, Deterministic(0.0), slots=2))], 300.0, seed=2, width=0.1))
    assert result.entries[-1000:].mean() == pytest.approx(600, rel=0.1)
    assert not (result.tried % 2).any()


def test_runs_differ_by_seed_and_only_by_seed() -> None:
    def entries(seed: int) -> list[int]:
        listed: list[int] = ran(
            wheel([stream(50.0, held(30.0, Exponential(1.0)))], 100.0, seed=seed, width=0.1)
        ).entries.tolist()
        return listed

    assert entries(1) == entries(1) != entries(2)
