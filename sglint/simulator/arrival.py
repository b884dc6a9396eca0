"""
When flows begin: how many in each slice of time, drawn page by page so that any page can be drawn without those before it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from sglint.simulator.draw import Ints
from sglint.simulator.traffic import Rate, flows_until

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
