"""
How many instances some traffic takes, because of what, and for how much money.
"""

from __future__ import annotations

import math

import numpy as np

from sglint.simulator.bounds import Parameter, Provenance, Range
from sglint.simulator.distribution import Floats
from sglint.simulator.packets import Budget, Costs, Packets
from sglint.simulator.projection import Fleet, Interval, Limit

DRAWS = 4_096
"""How many possible values an interval is made from."""
MONTH, USUAL_MONTH = (672.0, 744.0), 730.0
"""The hours of the shortest and of the longest month, and of a twelfth of a year."""
BAND = 1.645
"""So many standard deviations on both sides hold 90 %."""


def instances_of(
    peak: Range, allowance: Parameter | None, used: Range | None, bandwidth: float | None, fleet: Fleet
) -> tuple[Range | None, tuple[Limit, ...]]:
    """
    Return how many instances it takes, and which limits decide that in the better and in the worse world.

    None where neither the allowance nor the packet rate is known: then there is no telling.
    """
    if allowance is None and used is None:
        return None, ()
    counts, binding = [], dict[Limit, None]()
    for least in (True, False):
        needs = {Limit.REDUNDANCY: float(fleet.minimum)}
        if allowance is not None:
            room = allowance.range.most if least else allowance.range.least
            needs[Limit.TABLE] = (peak.least if least else peak.most) * (1 + fleet.headroom) / room
        if used is not None:
            needs[Limit.PACKETS] = used.least if least else used.most
        if bandwidth is not None:
            needs[Limit.BANDWIDTH] = bandwidth
        count = max(math.ceil(need - 1e-9) for need in needs.values())
        counts.append(float(count))
        if count > fleet.minimum:
            del needs[Limit.REDUNDANCY]
        binding[max(needs, key=lambda limit: (math.ceil(needs[limit] - 1e-9), needs[limit]))] = None
    return Range(*sorted(counts)), tuple(binding)


def monthly(instances: Range | None, fleet: Fleet) -> Range | None:
    """
    Return what that many instances cost in a month, which is a range as months are; None without a price.
    """
    if instances is None or fleet.hourly_price is None:
        return None
    least, most = (hours * fleet.hourly_price for hours in MONTH)
    return Range(instances.least * least, instances.most * most)


def monthly_interval(instances: Interval | None, fleet: Fleet) -> Interval | None:
    """
    Return the same of a calibrated number of instances, in a month of the usual length.
    """
    if instances is None or fleet.hourly_price is None:
        return None
    cost = fleet.hourly_price * USUAL_MONTH
    return Interval(instances.median * cost, instances.low * cost, instances.high * cost)


def calibrated_instances(
    peak: Range, allowance: Parameter | None, sent: Packets, costs: Costs, budget: Budget, fleet: Fleet
) -> Interval | None:
    """
    Return the median number of instances and its 90 % interval, None unless allowance, packet rate and costs were measured.

    Each measured range is taken as the middle 90 % of a lognormal distribution.
    """
    if allowance is None or budget.packets is None or not costs.measured:
        return None
    if {allowance.provenance, budget.packets.provenance} != {Provenance.MEASURED}:
        return None
    generator = np.random.Generator(np.random.Philox(key=7))

    def drawn(one: Parameter) -> Floats:
        low, high = math.log(max(one.range.least, 1e-9)), math.log(max(one.range.most, 1e-9))
        values: Floats = np.exp((low + high) / 2 + (high - low) / (2 * BAND) * generator.standard_normal(DRAWS))
        return values

    spent = sent.untracked + drawn(costs.tracked) * sent.tracked + drawn(costs.asymmetric) * sent.asymmetric
    table = generator.uniform(peak.least, peak.most, DRAWS) * (1 + fleet.headroom) / drawn(allowance)
    packets = (spent + drawn(costs.new) * sent.new) / drawn(budget.packets)
    bandwidth = 0.0 if budget.bits is None else sent.bits / 2 / budget.bits
    counts = np.maximum(np.ceil(np.maximum(table, packets)), max(fleet.minimum, math.ceil(bandwidth)))
    low, median, high = np.percentile(counts, [5, 50, 95], method="nearest")
    return Interval(float(median), float(low), float(high))
