"""
When flows begin: how many in each slice of time, drawn page by page so that any page can be drawn without those before it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from sglint.simulator.distribution import Floats
from sglint.simulator.draw import Ints
from sglint.simulator.traffic import DAY, Constant, Daily, Measured, Rate

PAGE = 4096
"""How many slices are drawn at once."""

Source: TypeAlias = Callable[[int], Ints]
"""Returns how many flows begin in each of the `PAGE` slices of the page with that number."""


def random(rate: Rate, step: float, key: int, *, batch: float = 1.0, times: int = 1) -> Source:
    """
    Return a source of Poisson arrivals, in slices of `step` seconds, each of them `times` over.

    With `batch` above 1 they come in batches whose sizes are geometric with that mean.
    """

    def page(number: int) -> Ints:
        edges = (np.arange(PAGE + 1) + number * PAGE) * step
        expected = np.maximum(np.diff(flows_until(rate, edges)), 0.0)
        generator = np.random.Generator(np.random.Philox(key=np.array([key, number], dtype=np.uint64)))
        counts = generator.poisson(expected / batch)
        if batch > 1.0:
            some = counts > 0
            counts[some] += generator.negative_binomial(counts[some], 1.0 / batch)
        return counts.astype(np.int64) * times

    return page


def given(counts: Ints) -> Source:
    """
    Return a source of exactly these arrivals, and none after them.
    """

    def page(number: int) -> Ints:
        part = counts[number * PAGE : (number + 1) * PAGE]
        return np.pad(part, (0, PAGE - len(part))).astype(np.int64)

    return page


def flows_until(rate: Rate, t: Floats) -> Floats:
    """
    Return how many flows begin, on average, from 0 to each of the times in seconds.
    """
    match rate:
        case Constant(value):
            total: Floats = t * value
            return total
        case Daily(values):
            step = DAY / len(values)
            steps = np.concatenate([[0.0], np.cumsum(np.asarray(values) * step)])
            days = np.floor(t / DAY)
            inside: Floats = np.interp(t - days * DAY, np.arange(len(steps)) * step, steps)
            inside += days * float(steps[-1])
            return inside
        case Measured(every, values):
            steps = np.concatenate([[0.0], np.cumsum(np.asarray(values) * every)])
            measured: Floats = np.interp(t, np.arange(len(steps)) * every, steps)
            return measured
