"""
Flows run through a table that can get full, and what became of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import TypeAlias

import numpy as np

from sglint.simulator import pauses, vectorised
from sglint.simulator.build import slice_seconds, wheel
from sglint.simulator.draw import Ints
from sglint.simulator.law import mean
from sglint.simulator.pauses import Events, Seen, event_slice, events
from sglint.simulator.projection import Run
from sglint.simulator.stream import Stream
from sglint.simulator.wheel import Step, Wheel, run

Progress: TypeAlias = Callable[[float], bool]
"""Is told which share is done; returns False to end early."""

FINE = "formulas, as the flows are so short beside the time they would have to be run for that this takes too long"
FEWEST = 1024
"""A run has no fewer slices."""
SLICES, BLOCKS = 30_000_000, 60_000
"""More slices than this take too long, and so do more of the pieces in which they are run."""
EVENT = 10
"""A packet at the event wheel takes about as long as so many flows at the count wheel."""
EVENT_SLICES, DENSE = 100_000, 4
"""More slices of the event wheel take too long, and so do more packets of one flow in one slice."""
WORTH, EVENT_WORTH = 10_000_000, 60_000
"""From this number of flows, and of slices of the event wheel, on compiling takes less time than it saves."""


def engine(flows: float) -> tuple[str, Step]:
    """
    Return the faster engine for so many flows, and its name: numba's where it is installed and worth it.

    The numbers are the same.
    """
    if flows >= WORTH and find_spec("numba") is not None:
        from sglint.simulator import compiled

        return "numba", compiled.step
    return "numpy", vectorised.step


def event_engine(slices: int) -> tuple[str, Callable[[Events], Iterator[tuple[Ints, Seen]]]]:
    """
    Return the faster engine for so many slices of flows that pause, and its name. The numbers are the same.
    """
    if slices >= EVENT_WORTH and find_spec("numba") is not None:
        from sglint.simulator import compiled_pauses

        return "numba", lambda plan: compiled_pauses.Wheel(plan).run()
    return "numpy", lambda plan: pauses.Wheel(plan).run()


def rehearse(
    streams: tuple[Stream, ...],
    window: tuple[float, float],
    room: int,
    most: int,
    *,
    seed: int = 1,
    progress: Progress | None = None,
) -> Run | str:
    """
    Return what became of the flows between two times in seconds, in a table with that room which was empty at 0.

    Or why that would take too long: more than `most` flows begin until the end, or time is cut into too many slices.
    """
    expected = math.fsum(one.mean_rate for one in streams) * window[1]
    if expected > most:
        return f"formulas, as {expected:.2g} flows would have to be run, and at most {most:,} are to be"
    if any(one.held.gap is not None for one in streams):
        width = min(event_slice(streams), window[1] / FEWEST)
        packets = math.fsum(one.mean_rate * one.held.packets for one in streams) * window[1]
        dense = any(one.held.gap is not None and mean(one.held.gap) < width / DENSE for one in streams)
        if packets > most / EVENT:
            return (
                f"formulas, as {packets:.2g} packets would have to be run one by one, and at most {most // EVENT:,} are to be"
            )
        if window[1] / width > EVENT_SLICES or dense:
            return FINE
        return _with_pauses(streams, window, room, seed=seed, width=width, progress=progress)
    width = min(slice_seconds(streams, limited=True), window[1] / FEWEST)
    if window[1] / width > SLICES:
        return FINE
    made = wheel(streams, window[1], room=room, seed=seed, width=width)
    if made.slices > BLOCKS * min((group.wait for group in made.groups if group.again is not None), default=made.slices):
        return FINE
    name, step = engine(expected)
    tried, refused, full, slices, complete = _count(made, step, int(window[0] / width), progress)
    flows, lost = 0.0, 0.0
    for stream, (first, last) in zip(streams, _attempts(streams), strict=True):
        begun = float(tried[first]) / stream.held.slots
        share = float(refused[last]) / float(max(tried[first], 1))
        flows += begun
        lost += begun * (1 - (1 - share) ** stream.held.slots)
    whole = max(flows, 1.0)
    return Run(round(flows), lost / whole, float(refused.sum()) / whole, full / max(slices, 1), name, complete)


def _with_pauses(
    streams: tuple[Stream, ...],
    window: tuple[float, float],
    room: int,
    *,
    seed: int,
    width: float,
    progress: Progress | None,
) -> Run:
    """
    Return what became of the flows when some of them pause.
    """
    made = events(streams, window[1], room=room, seed=seed, width=width)
    begin, full, slices, complete = int(window[0] / window[1] * made.slices), 0, 0, True
    before, seen, done = Seen(), Seen(), 0
    name, runner = event_engine(made.slices)
    for entries, seen in runner(made):
        done += len(entries)
        if done <= begin:
            before = seen
            continue
        slices += len(entries)
        full += int((entries == room).sum())
        if progress is not None and not progress(done / made.slices):
            complete = False
            break
    flows = seen.begun - before.begun
    lost, refused = (
        (last - first) / max(flows, 1) for last, first in ((seen.lost, before.lost), (seen.refused, before.refused))
    )
    return Run(flows, min(1.0, lost), refused, full / max(slices, 1), f"{name}, flow by flow", complete)


def _attempts(streams: tuple[Stream, ...]) -> list[tuple[int, int]]:
    """
    Return the numbers of the groups of the first and the last attempts of each stream.
    """
    found, at = [], 0
    for one in streams:
        found.append((at, at + len(one.retries)))
        at += 1 + len(one.retries)
    return found


def _count(made: Wheel, step: Step, begin: int, progress: Progress | None) -> tuple[Ints, Ints, int, int, bool]:
    """
    Return what happened from slice `begin` on, and whether the run came to its end.

    That is the attempts of each group, how many were refused, and the numbers of slices that ended full and of all slices.
    """
    tried, refused = np.zeros(len(made.groups), dtype=np.int64), np.zeros(len(made.groups), dtype=np.int64)
    full = slices = 0
    for block in run(made, step):
        skip = max(0, begin - block.first)
        if skip < len(block.entries):
            tried += block.tried[:, skip:].sum(axis=1)
            refused += (block.tried - block.admitted)[:, skip:].sum(axis=1)
            full += int((block.entries[skip:] == made.room).sum())
            slices += len(block.entries) - skip
        if progress is not None and not progress((block.first + len(block.entries)) / made.slices):
            return tried, refused, full, slices, False
    return tried, refused, full, slices, True
