"""
From classes of flows to a count wheel: how wide a slice is, and the table of lives of each class.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from sglint.simulator.arrival import random
from sglint.simulator.distribution import Floats
from sglint.simulator.draw import Alias, alias, key
from sglint.simulator.entries import above, longest, presence
from sglint.simulator.holding import Holding
from sglint.simulator.stream import Stream
from sglint.simulator.wheel import LONGEST, NARROW, WIDE, Group, Wheel

FINE, COARSE = 4000, 400
"""Slices in a mean life: with a limit, where a wider slice would bias the loss, and without one, where it would not."""


AGAIN = 32
"""A refused flow tries again no fewer slices later: less than a hundredth of a mean life, and slices are run in such pieces."""


def slice_seconds(streams: Sequence[Stream], *, limited: bool) -> float:
    """
    Return how wide a slice must be, in seconds: a fraction of the mean life, and less where many entries are shorter than it.
    """
    flows = math.fsum(one.mean_rate for one in streams)
    load = math.fsum(one.mean_rate * one.held.seconds for one in streams)
    if load <= 0:
        return 1.0
    width = load / flows / (FINE if limited else COARSE)
    for _ in range(20):
        lost = sum(one.mean_rate * width * float(1.0 - presence(one.held, width, 1)[0]) for one in streams)
        if lost <= 5e-4 * load:
            break
        width /= 2
    return width


def wheel(streams: Sequence[Stream], seconds: float, *, room: int | None = None, seed: int = 0, width: float = 0.0) -> Wheel:
    """
    Return the wheel that runs these streams for so many seconds; `width` is that of a slice where the usual one will not do.
    """
    width = width or slice_seconds(streams, limited=room is not None)
    reach = max(math.ceil(longest(one.held) / width) + 2 for one in streams)
    several = 0 if reach <= LONGEST else 1 << math.ceil(math.log2(max(NARROW // 8, reach / (WIDE - 2))))
    several = min(several, NARROW // 2)
    narrow = NARROW if several else reach
    groups: list[Group] = []
    for number, one in enumerate(streams):
        life = lives(one.held, width, narrow, several)
        batch = batch_size(one, width)
        source = random(one.rate, width, key(seed, number), batch=batch, times=one.held.slots)
        groups.append(Group(key(seed, number, 0), life, source))
        for attempt, wait in enumerate(one.retries, 1):
            slices = min(max(AGAIN, round(wait / width)), LONGEST)
            groups.append(Group(key(seed, number, attempt), life, None, len(groups) - 1, slices))
    return Wheel(tuple(groups), math.ceil(seconds / width - 1e-9), narrow, several, room, seed)


def batch_size(stream: Stream, width: float) -> float:
    """
    Return the mean size of geometric batches whose occupancy has the peakedness of the stream.

    Of a batch of B flows of independent lives, variance over mean is 1 + (E[B^2]/E[B] - 1) k, with k the mean square of the
    presence over its mean.
    """
    if stream.peakedness <= 1.0:
        return 1.0
    steps = max(1, min(1 << 16, math.ceil(longest(stream.held, 1e-6) / width)))
    present = presence(stream.held, longest(stream.held, 1e-6) / steps, steps)
    together = float(np.sum(present**2) / np.sum(present))
    return 1.0 + (stream.peakedness - 1.0) / (2.0 * together)


def lives(held: Holding, width: float, narrow: int, several: int = 0, *, at_once: bool = False) -> Alias:
    """
    Return the table of how many slices an entry stays, at least one unless it may end at once.

    From `narrow` on these are wide slices, of `several` narrow ones; without wide ones, the last outcome stands for all beyond.
    """
    beyond = np.concatenate([[1.0], presence(held, width, narrow)])
    if not at_once:
        beyond[1] = 1.0
    weights = np.maximum(-np.diff(beyond), 0.0)
    if not several:
        weights[-1] += max(float(beyond[-1]), 0.0)
        return alias(weights)
    return alias(np.concatenate([weights, _wide(held, width * several, narrow // several, float(beyond[narrow]))]))


def _wide(held: Holding, width: float, first: int, left: float) -> Floats:
    """
    Return the probability of ending 0, 1, ... wide slices on, of which those before `first` have none; `left` is their sum.
    """
    tail = above(held, (np.arange(WIDE - 1) + 0.5) * width)
    weights = np.concatenate([np.zeros(first), -np.diff(np.concatenate([[left], tail[first:]]))])
    weights[-1] += tail[-1]
    positive: Floats = np.maximum(weights, 0.0)
    return positive
