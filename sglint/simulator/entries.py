"""
How many entries there are, at each age and each time.

`presence` is the probability that a flow of a given age has an entry; the mean occupancy is the rate of new flows convolved
with it, for any rate and any distribution (Eick, Massey and Whitt, The Physics of the M_t/G/infinity Queue, 1993).
"""

from __future__ import annotations

import math

import numpy as np

from sglint.simulator.distribution import Floats, limited_mean, reach, sum_of, survival
from sglint.simulator.holding import Holding
from sglint.simulator.law import Distribution, mean


def longest(held: Holding, share: float = 1e-9) -> float:
    """
    Return an age in seconds beyond which at most this share of the flows has an entry.
    """
    if held.gap is not None:
        pause = mean(held.gap)
        return held.timeout + held.packets * pause * 2 + 20 * math.sqrt(held.packets) * pause + reach(held.gap, 1e-4)
    return max(case.more + reach(case.life, share) for case in held.cases)


def above(held: Holding, t: Floats) -> Floats:
    """
    Return the probability that an entry lives for longer than each of the times; the holding has cases.
    """
    return sum_of([case.share * survival(case.life, t - case.more) for case in held.cases])


def until(held: Holding, t: Floats) -> Floats:
    """
    Return the mean of the smaller of the life of an entry and each of the times, in seconds; the holding has cases.
    """
    terms = []
    for case in held.cases:
        late = limited_mean(case.life, np.maximum(t - case.more, 0.0))
        terms.append(case.share * (np.minimum(t, case.more) + late))
    return sum_of(terms)


def presence(held: Holding, step: float, steps: int) -> Floats:
    """
    Return the probability that a flow has an entry, averaged over each of so many steps of its age.
    """
    if held.gap is None:
        area = until(held, np.arange(steps + 1) * step)
        return np.diff(area) / step
    return _renewal(held, held.gap, step, steps)


def _renewal(held: Holding, gap: Distribution, step: float, steps: int) -> Floats:
    """
    The flow has an entry when its last packet is younger than the timeout: a sum over its packets of convolved gaps.
    """
    edges = np.arange(steps + 1) * step
    size = 2 * steps
    arrives = np.diff(1.0 - survival(gap, edges - step / 2), prepend=0.0)[:steps]
    until_next = np.diff(np.minimum(limited_mean(gap, edges), limited_mean(gap, np.array([held.timeout])))) / step
    at_last = np.clip((held.timeout - edges[:-1]) / step, 0.0, 1.0)
    ratio, pauses = np.fft.rfft(arrives, size), held.packets - 1.0
    whole, part = int(pauses), pauses - int(pauses)
    power = ratio**whole
    before = np.where(np.abs(1 - ratio) > 1e-12, (1 - power) / np.where(ratio == 1, 1.0, 1 - ratio), whole)
    last = (1 - part) * power + part * power * ratio
    result = np.fft.irfft((before + part * power) * np.fft.rfft(until_next, size) + last * np.fft.rfft(at_last, size), size)
    return np.clip(result[:steps], 0.0, 1.0)


def occupancy(new: Floats, present: Floats) -> Floats:
    """
    Return the mean number of entries over each step, of `new` flows in each step that have one with probability `present`.
    """
    size = 1 << (len(new) + len(present) - 1).bit_length()
    result = np.fft.irfft(np.fft.rfft(new, size) * np.fft.rfft(present, size), size)[: len(new)]
    return np.maximum(result, 0.0)
