"""
How long an entry lives, and so how many there are: what a class of flows and the timeouts of a table come to.

A flow of a class is one of a few cases (closed, abandoned, not answered), each with a time that the entry outlives the flow.
`presence` is the probability that a flow of a given age has an entry; the mean occupancy is the rate of new flows convolved
with it, for any rate and any distribution (Eick, Massey and Whitt, The Physics of the M_t/G/infinity Queue, 1993).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sglint.facts import DYNAMODB_ENTRIES
from sglint.model import TargetKind
from sglint.simulator.bounds import World
from sglint.simulator.distribution import (
    SLOWEST,
    Deterministic,
    Distribution,
    Floats,
    limited_mean,
    mean,
    reach,
    sum_of,
    survival,
)
from sglint.simulator.table import TableSettings
from sglint.simulator.theory import entries_per_flow, tracked_seconds_per_flow
from sglint.simulator.traffic import Exchange, FlowClass
from sglint.space import Protocol

PAUSE = 1e-9
"""Flows that pause for longer than the timeout with no larger probability than this do not pause."""


@dataclass(frozen=True, slots=True)
class Case:
    """
    A share of the flows whose entries stay for the life of the flow and `more` seconds.
    """

    share: float
    more: float
    life: Distribution


@dataclass(frozen=True, slots=True)
class Holding:
    """
    How the entries of a class of flows live: by its cases, or, when `gap` is set, by pauses and the idle timeout.

    `slots` is the number of entries that one flow takes at once. With a gap the flow has `packets` packets, an entry stays
    for `timeout` seconds after each, and the cases are empty.
    """

    cases: tuple[Case, ...]
    slots: int = 1
    gap: Distribution | None = None
    packets: float = 1.0
    timeout: float = 0.0

    @property
    def seconds(self) -> float:
        """
        For how long, in all, a flow has an entry; infinite never.
        """
        if self.gap is not None:
            return tracked_seconds_per_flow(self.gap, self.packets, self.timeout)
        return math.fsum(case.share * (case.more + mean(case.life)) for case in self.cases)

    @property
    def entries(self) -> float:
        """
        How many entries a flow makes one after the other.
        """
        return 1.0 if self.gap is None else entries_per_flow(self.gap, self.packets, self.timeout)


def holding(flows: FlowClass, table: TableSettings, world: World) -> Holding:
    """
    Return how the entries of these flows live in that table.
    """
    slots = DYNAMODB_ENTRIES if flows.destination == TargetKind.DYNAMODB_ENDPOINT.value else 1
    lag, idle = table.reap_lag.range.at(world), idle_timeout(flows, table, world)
    if flows.gap is not None and float(survival(flows.gap, np.array([idle + lag]))[0]) > PAUSE:
        return Holding((), slots, flows.gap, flows.packets, idle + lag)
    if flows.gap is not None:
        whole = Deterministic(min((flows.packets - 1) * mean(flows.gap), SLOWEST))
        return Holding((Case(1.0, idle + lag, whole),), slots)
    closed = flows.closed.most if world is World.LEAST else flows.closed.least
    cases = [(1.0 - closed - flows.unanswered, idle, flows.life)]
    if flows.protocol is Protocol.TCP:
        cases.append((closed, table.closing.range.at(world), flows.life))
        cases.append((flows.unanswered, table.half_open.range.at(world), flows.life))
    return Holding(tuple(Case(share, more + lag, life) for share, more, life in cases if share > 0), slots)


def idle_timeout(flows: FlowClass, table: TableSettings, world: World) -> float:
    """
    Return the idle timeout in seconds that holds for these flows.
    """
    timeouts = table.timeouts
    if flows.protocol is Protocol.TCP:
        return timeouts.tcp_established.at(world)
    if flows.protocol is not Protocol.UDP:
        return timeouts.other.at(world)
    least = table.stream_after.range.least if world is World.MOST else table.stream_after.range.most
    stream = flows.exchange is Exchange.STREAM or (flows.exchange is Exchange.REQUEST_RESPONSE and least < 2)
    return timeouts.udp_stream.at(world) if stream else timeouts.udp.at(world)


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
