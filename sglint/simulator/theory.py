"""
What queueing theory says of a table: loss with a limit, and flows that become several entries.

Loss: Erlang's B formula depends on the holding time only through its mean; Hayward's approximation extends it to arrivals in
bursts, and the recursion of Kaufman and Roberts to connections that take several entries. Occupancy without a limit is in
`holding`, which needs the distribution.
"""

from __future__ import annotations

import math

import numpy as np

from sglint.simulator.distribution import limited_mean_at, survival_at
from sglint.simulator.law import Distribution

NEVER = -math.inf
"""The logarithm of a probability of zero."""

_PANELS, _NODES = 64, 32


def log_erlang_b(servers: float, load: float) -> float:
    """
    Return the natural logarithm of the share of arrivals that find all servers busy; the number of servers may be a fraction.

    From 1/B = a * integral over y >= 0 of exp(-a*y) * (1+y)^servers (Jagerman 1974), by Gauss-Legendre panels around the
    peak; relative error of B below 1e-9. The load is in erlangs, 0 or more.
    """
    if load <= 0:
        return NEVER if servers > 0 else 0.0
    if servers <= 0:
        return 0.0
    peak = max(0.0, servers / load - 1.0)
    scale = math.sqrt(servers) / load
    if servers < load:
        scale = min(scale, 1.0 / (load - servers))
    left, right = max(0.0, peak - 45.0 * scale), peak + 45.0 * max(scale, 1.0 / load)
    height = servers * math.log1p(peak) - load * peak
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    edges = np.linspace(left, right, _PANELS + 1)
    half = (edges[1] - edges[0]) / 2
    y = (edges[:-1, None] + half) + half * nodes[None, :]
    inside = float(np.sum(np.exp(servers * np.log1p(y) - load * y - height) * weights[None, :]) * half)
    return min(0.0, -(math.log(load) + height + math.log(inside)))


def erlang_b(servers: float, load: float) -> float:
    """
    Return the share of Poisson arrivals that find all servers busy, whatever the distribution of their holding times.
    """
    return math.exp(log_erlang_b(servers, load))


def hayward(servers: float, load: float, peakedness: float) -> float:
    """
    Return the share lost of arrivals in bursts: Erlang B of both numbers divided by the peakedness.

    The peakedness is the variance of the occupancy without a limit over its mean, 1 for Poisson arrivals. An approximation;
    measured within 8 % of simulation for peakedness from 9 to 119.
    """
    return erlang_b(servers / peakedness, load / peakedness)


def kaufman_roberts(servers: int, classes: tuple[tuple[float, int], ...]) -> tuple[float, ...]:
    """
    Return the share lost of each class, given as (load in erlangs of connections, servers that each takes at once).
    """
    weight = np.zeros(servers + 1)
    weight[0] = 1.0
    for level in range(1, servers + 1):
        weight[level] = sum(load * size * weight[level - size] for load, size in classes if size <= level) / level
        if weight[level] > 1e200:
            weight[: level + 1] /= weight[level]
    total = float(weight.sum())
    return tuple(float(weight[servers - size + 1 :].sum()) / total for _, size in classes)


def entries_per_flow(gap: Distribution, packets: float, timeout: float) -> float:
    """
    Return how many entries a flow of so many packets makes: one more for each gap that is longer than the idle timeout.
    """
    return 1.0 + (packets - 1.0) * survival_at(gap, timeout)


def tracked_seconds_per_flow(gap: Distribution, packets: float, timeout: float) -> float:
    """
    Return for how long in all a flow of so many packets has an entry; times the rate of flows, that is the occupancy.
    """
    return timeout + (packets - 1.0) * limited_mean_at(gap, timeout)


def endless_entry_seconds(gap: float, timeout: float) -> float:
    """
    Return the mean life of an entry of an endless Poisson stream of packets with this mean gap: a busy period of M/D/infinity.
    """
    return gap * math.expm1(timeout / gap)


def endless_entries_per_second(gap: float, timeout: float) -> float:
    """
    Return how many new entries such a stream makes each second.
    """
    return math.exp(-timeout / gap) / gap
