"""
What some traffic lays on a table: entries over time, their peak, and what is lost, in closed form.

This is the first tier, which is always computed; what it cannot say is simulated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sglint.simulator.arrival import flows_until
from sglint.simulator.distribution import Floats
from sglint.simulator.entries import longest, occupancy, presence, until
from sglint.simulator.stream import BAND, Stream
from sglint.simulator.theory import hayward
from sglint.simulator.traffic import DAY, Daily, FlowClass, Measured, Traffic, lasts, mean_rate
from sglint.simulator.verdict import Verdicts

STEPS = 2048
"""How many points a series over time has."""
FINER = 8
"""How many steps of the computation make one of them."""
FEWEST, LIVES = 6, 60
"""For how many mean lives of an entry to count what is lost."""
DAYS = 6
"""How long a table is looked at that takes days to fill: longer than the longest timeout of EC2."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """
    Entries over time, from an empty table: the ends of the steps in seconds, the mean, and the variance over the mean.
    """

    at: Floats
    mean: Floats
    peakedness: float

    @property
    def peak(self) -> float:
        """
        The largest mean.
        """
        return float(self.mean.max())

    def high(self) -> Floats:
        """
        Return what 95 % of the values are below, at each time.
        """
        high: Floats = self.mean + BAND * np.sqrt(self.peakedness * self.mean)
        return high

    def low(self) -> Floats:
        """
        Return what 95 % of the values are above, at each time.
        """
        low: Floats = np.maximum(self.mean - BAND * np.sqrt(self.peakedness * self.mean), 0.0)
        return low


def horizon(traffic: Traffic, streams_: tuple[Stream, ...]) -> tuple[float, float]:
    """
    Return for how many seconds to look at a table, and from when on it is as it stays.

    That is a day of a profile, or all of a measurement.
    """
    settled = max(min(max((steady_after(one) for one in streams_), default=60.0), DAYS * DAY), 60.0)
    rates = [flows.rate for flows in traffic.classes]
    if any(isinstance(rate, Measured) for rate in rates):
        return max(lasts(rate) or 0.0 for rate in rates), 0.0
    if any(isinstance(rate, Daily) for rate in rates):
        days = math.ceil(settled / DAY)
        return DAY * (days + 1), DAY * days
    return 1.5 * settled, settled


def steady_after(stream: Stream) -> float:
    """
    Return the age in seconds that one in a thousand entries reaches, and a tenth more; or more where the few that live longer
    are more than one in a thousand of those that are there at a time.
    """
    age, held = 1.1 * longest(stream.held, 1e-3), stream.held
    if held.gap is None:
        while age < DAYS * DAY and float(until(held, np.array([age]))[0]) < (1 - 1e-3) * held.seconds:
            age *= 1.2
    return age


def curve(streams_: tuple[Stream, ...], seconds: float) -> Curve:
    """
    Return the entries over so many seconds.
    """
    step = seconds / (STEPS * FINER)
    edges = np.arange(STEPS * FINER + 1) * step
    total, variance = np.zeros(STEPS * FINER), 0.0
    for one in streams_:
        present = presence(one.held, step, STEPS * FINER)
        part = one.held.slots * occupancy(np.diff(flows_until(one.rate, edges)), present)
        total += part
        variance += (one.peakedness + one.held.slots - 1) * float(part.max())
    mean = total.reshape(STEPS, FINER).max(axis=1)
    peak = float(mean.max())
    return Curve(edges[FINER::FINER], mean, variance / peak if peak > 0 else 1.0)


def lost_share(curve_: Curve, streams_: tuple[Stream, ...], room: float, begin: float) -> float:
    """
    Return the share of the tracked flows, from a time in seconds on, that are refused if every moment is a steady state.

    Hayward's approximation of each moment.
    """
    if not streams_ or curve_.peak <= 0:
        return 0.0
    edges = np.concatenate([[0.0], curve_.at])
    new = sum((np.diff(flows_until(one.rate, edges)) for one in streams_), np.zeros(len(curve_.at)))
    new = np.where(curve_.at > begin, new, 0.0)
    likely = (curve_.mean > 0.5 * room) & (curve_.at > begin)
    if not likely.any():
        return 0.0
    levels = np.linspace(float(curve_.mean[likely].min()), curve_.peak, 64)
    losses = np.array([hayward(room, float(level), curve_.peakedness) for level in levels])
    lost = np.where(likely, np.interp(curve_.mean, levels, losses), 0.0)
    return float((lost * new).sum() / new.sum())


def window(traffic: Traffic, streams_: tuple[Stream, ...], span: tuple[float, float], budget: int) -> tuple[float, float]:
    """
    Return from when until when to count what is lost, of a span from where it is settled to its end.

    Under a constant rate that is for whole mean lives, as many as there is a budget of flows for: with equal lives the refusals
    come back once in each, for ever, and with bursts it takes long to see a few. Flows that pause are slow, and get the fewest.
    """
    settled, end = span
    flows = math.fsum(one.mean_rate for one in streams_)
    if flows <= 0 or any(lasts(one.rate) is not None for one in traffic.classes):
        return settled, end
    life = math.fsum(one.mean_rate * one.held.seconds for one in streams_) / flows
    pausing = any(one.held.gap is not None for one in streams_)
    lives = FEWEST if pausing else min(LIVES, max(FEWEST, int((budget / flows - settled) / life)))
    return settled, settled + lives * life


def exhausted_after(curve_: Curve, room: float) -> float:
    """
    Return the seconds until an empty table is full on average, infinity when it never is.
    """
    full = np.flatnonzero(curve_.mean >= room)
    if not len(full):
        return math.inf
    at, mean = np.concatenate([[0.0], curve_.at]), np.concatenate([[0.0], curve_.mean])
    first = int(full[0])
    return float(np.interp(room, mean[first : first + 2], at[first : first + 2]))


def tracked_rate(traffic: Traffic, verdicts: Verdicts) -> float:
    """
    Return the mean number of new tracked flows per second.
    """
    return math.fsum(verdicts.of(one.name).entered * mean_rate(one.rate) for one in traffic.classes)


def classes_of(traffic: Traffic, verdicts: Verdicts) -> tuple[FlowClass, ...]:
    """
    Return the classes that take entries.
    """
    return tuple(one for one in traffic.classes if verdicts.of(one.name).entered > 0 and mean_rate(one.rate) > 0)
