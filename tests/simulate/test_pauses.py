"""
Flows that pause: against the renewal formulas, a heap in continuous time, and the count wheel.
"""

from __future__ import annotations

import heapq

import numpy as np
import pytest

from sglint.simulator import compiled_pauses
from sglint.simulator.build import wheel
from sglint.simulator.draw import Ints
from sglint.simulator.holding import Case, Holding
from sglint.simulator.law import Deterministic, Distribution, Exponential, Pareto
from sglint.simulator.pauses import Events, Seen, Wheel, events
from sglint.simulator.stream import Stream
from sglint.simulator.theory import erlang_b
from sglint.simulator.traffic import Constant
from sglint.simulator.vectorised import step
from sglint.simulator.wheel import run


def pausing(rate: float, gap: Distribution, packets: float, timeout: float, waits: tuple[float, ...] = ()) -> Stream:
    return Stream(Constant(rate), Holding((), 1, gap, packets, timeout), rate, 1.0, waits)


def ran(plan: Events) -> tuple[Ints, Seen]:
    made = Wheel(plan)
    entries = [block for block, _ in made.run()]
    return np.concatenate(entries), made.seen


@pytest.mark.parametrize("gap", [Exponential(20.0), Pareto(1.5, 5.0), Deterministic(29.0), Deterministic(31.0)], ids=repr)
def test_without_a_limit_there_are_as_many_entries_as_the_renewal_formulas_say(gap: Distribution) -> None:
    one = pausing(8.0, gap, 7.5, 30.0)
    entries, seen = ran(events([one], 3_600.0, seed=3, width=0.5))
    assert entries[1000:].mean() == pytest.approx(8.0 * one.held.seconds, rel=0.02)
    assert seen.made / seen.begun == pytest.approx(one.held.entries, rel=0.03)
    assert (seen.lost, seen.refused) == (0, 0)


def heap(
    rate: float, gap: float, packets: int, room: int, waits: tuple[float, ...], seconds: float
) -> tuple[float, float, float]:
    """
    Return the mean entries after a third of the time, and the lost flows and refused packets for each flow.
    """
    rng = np.random.default_rng(9)
    begins = np.cumsum(rng.exponential(1 / rate, int(rate * seconds)))
    coming = [(float(begin), number, packets - 1, 0) for number, begin in enumerate(begins)]
    ends, keys, area, before, lost, refused = dict[int, float](), list[tuple[float, int]](), 0.0, 0.0, 0, 0
    while coming and coming[0][0] < seconds:
        now, number, left, tries = heapq.heappop(coming)
        while keys and keys[0][0] <= now:
            end, gone = heapq.heappop(keys)
            if ends.get(gone) == end:
                area += len(ends) * max(0.0, end - max(before, seconds / 3))
                before = end
                del ends[gone]
        area += len(ends) * max(0.0, now - max(before, seconds / 3))
        before = now
        if number in ends or len(ends) < room:
            ends[number] = now + 30.0
            heapq.heappush(keys, (now + 30.0, number))
            tries = -1
        else:
            refused += 1
            if 0 <= tries < len(waits):
                heapq.heappush(coming, (now + waits[tries], number, left, tries + 1))
                continue
        if left and not (waits and tries >= 0):
            heapq.heappush(coming, (now + float(rng.exponential(gap)), number, left - 1, tries))
        else:
            lost += tries >= 0
    return area / (seconds * 2 / 3), lost / len(begins), refused / len(begins)


@pytest.mark.parametrize("waits", [(), (1.0, 2.0, 4.0)], ids=["no retries", "retries"])
def test_a_heap_in_continuous_time_agrees_at_a_full_table(waits: tuple[float, ...]) -> None:
    seconds, rate, room = 1_800.0, 4.0, 250
    entries, seen = ran(events([pausing(rate, Exponential(20.0), 6, 30.0, waits)], seconds, room=room, seed=2, width=0.25))
    live, lost, refused = heap(rate, 20.0, 6, room, waits, seconds)
    assert entries.max() == room
    assert entries[int(seconds / 3 / 0.25) :].mean() == pytest.approx(live, rel=0.01)
    assert seen.lost / seen.begun == pytest.approx(lost, abs=0.02)
    assert seen.refused / seen.begun == pytest.approx(refused, rel=0.04)


def test_flows_without_pauses_fare_as_in_the_count_wheel() -> None:
    one = Stream(Constant(20.0), Holding((Case(1.0, 30.0, Exponential(10.0)),)), 20.0)
    _, seen = ran(events([one], 2_000.0, room=770, seed=4, width=0.2))
    blocks = list(run(wheel([one], 2_000.0, room=770, seed=4, width=0.1), step))
    tried, admitted = (sum(int(getattr(block, name).sum()) for block in blocks) for name in ("tried", "admitted"))
    assert seen.lost / seen.begun == pytest.approx(1 - admitted / tried, abs=0.004)
    assert seen.lost / seen.begun == pytest.approx(erlang_b(770, 800.0), abs=0.015)


def test_two_kinds_share_the_room_and_runs_are_repeatable() -> None:
    kinds = [
        pausing(2.0, Exponential(20.0), 5, 30.0),
        Stream(Constant(5.0), Holding((Case(1.0, 30.0, Exponential(5.0)),)), 5.0),
    ]
    first, second = (ran(events(kinds, 300.0, room=250, seed=seed, width=0.25)) for seed in (1, 1))
    assert np.array_equal(first[0], second[0]) and first[1] == second[1]
    assert not np.array_equal(first[0], ran(events(kinds, 300.0, room=250, seed=2, width=0.25))[0])
    assert first[0].max() == 250


@pytest.mark.parametrize("room", [None, 120, 250])
def test_the_compiled_engine_gives_the_same_numbers(room: int | None) -> None:
    kinds = [
        pausing(2.0, Exponential(20.0), 5.5, 30.0, (1.0, 2.0)),
        pausing(1.0, Pareto(1.5, 5.0), 7, 30.0),
        Stream(Constant(3.0), Holding((Case(1.0, 30.0, Exponential(5.0)),)), 3.0),
    ]
    plan = events(kinds, 300.0, room=room, seed=5, width=0.5)
    entries, seen = ran(plan)
    made = compiled_pauses.Wheel(plan)
    assert np.array_equal(np.concatenate([block for block, _ in made.run()]), entries)
    assert made.seen == seen
    assert room is None or (seen.refused > 0 and seen.lost > 0)
