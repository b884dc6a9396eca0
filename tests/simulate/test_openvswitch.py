"""
The count wheel beside a real connection table: the same flows at the same times, and no entry of difference.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sglint.simulator import arrival, vectorised
from sglint.simulator.draw import Alias, Ints, alias, of_slices, outcomes, steps_of
from sglint.simulator.wheel import Group, Wheel, run
from tests.simulate.openvswitch import Switch, handshakes, missing, udp

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "present")


@pytest.fixture(scope="module")
def switch() -> Iterator[Switch]:
    """
    A switch whose time stands still.
    """
    with tempfile.TemporaryDirectory(prefix="ovs", dir="/tmp") as home:
        made = Switch(Path(home))
        try:
            made.start()
            yield made
        finally:
            made.stop()


def after(slices: int) -> Alias:
    return alias(np.bincount([slices]).astype(float))


def simulated(counts: Ints, life: Alias, room: int | None = None) -> tuple[Ints, Ints]:
    """
    Return the entries at the end of each slice, and whether the flow of each slice was admitted.
    """
    made = Wheel((Group(9, life, arrival.given(counts)),), len(counts), 4096, room=room)
    blocks = list(run(made, vectorised.step))
    return np.concatenate([one.entries for one in blocks]), np.concatenate([one.admitted[0] for one in blocks])


def poisson(rate: float, tick: float, ticks: int) -> Ints:
    return np.random.default_rng(3).poisson(rate * tick, ticks).astype(np.int64)


def test_udp_in_one_direction_stays_for_30_seconds(switch: Switch) -> None:
    tick, counts = 0.5, poisson(20.0, 0.5, 240)
    switch.empty()
    switch.timeouts(350)
    expected, _ = simulated(counts, after(59))
    seen, flow = [], 0
    for number, count in enumerate(counts):
        switch.send("p1", [udp(flow + one) for one in range(count)])
        flow += int(count)
        switch.warp(int(tick * 1000))
        if number % 4 == 3:
            seen.append(switch.live("udp,"))
    assert seen == expected[3::4].tolist()
    assert max(seen) > 550


@pytest.mark.parametrize(("timeout", "tick", "ticks", "rate"), [(350, 5, 160, 1.0), (432_000, 6_000, 110, 0.001)])
def test_tcp_that_never_closes_stays_for_the_idle_timeout(
    switch: Switch, timeout: int, tick: int, ticks: int, rate: float
) -> None:
    counts = poisson(rate, tick, ticks)
    switch.empty()
    switch.timeouts(timeout)
    expected, _ = simulated(counts, after(timeout // tick - 1))
    seen, flow = [], 10**6
    for number, count in enumerate(counts):
        handshakes(switch, range(flow, flow + count))
        flow += int(count)
        switch.warp(tick * 1000)
        if number % 5 == 4:
            seen.append(switch.live("state=ESTABLISHED"))
    assert seen == expected[4::5].tolist()
    assert seen[-1] == pytest.approx(rate * timeout, rel=0.25)


LIVES = {
    "deterministic": after(240),
    "exponential": alias(np.diff(1 - np.exp(-np.arange(4000) / 240), prepend=0.0)),
    "pareto": alias(np.diff(1 - (80 / np.maximum(np.arange(4000), 80)) ** 1.5, prepend=0.0)),
}


@pytest.mark.parametrize("name", LIVES)
def test_a_full_table_refuses_the_same_number(switch: Switch, name: str) -> None:
    """
    Time stands still, and entries are removed when their time is up, so that only admission is compared: 120 erlangs on 100.
    """
    counts = (np.random.default_rng(5).random(3_000) < 0.5).astype(np.int64)
    stays = outcomes(LIVES[name], of_slices(9, 0, len(counts)), counts, steps_of(int(counts.sum())))
    expected, admitted = simulated(counts, LIVES[name], room=100)
    switch.empty(100)
    base, before, due = 10**7 * (1 + list(LIVES).index(name)), switch.refused(), dict[int, list[int]]()
    for number, flow in enumerate(np.flatnonzero(counts)):
        for earlier in [one for one in due if one <= flow]:
            for ended in due.pop(earlier):
                switch.forget(base + ended)
        switch.send("p1", [udp(base + int(flow))])
        if admitted[flow]:
            due.setdefault(int(flow + stays[number]), []).append(int(flow))
        if number % 100 == 0:
            assert int(switch.ask("dpctl/ct-get-nconns")) == expected[flow]
    assert switch.refused() - before == int((counts - admitted).sum()) > 50
