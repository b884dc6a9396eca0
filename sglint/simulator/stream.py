"""
What enters a table: the flows of the classes that are tracked, and how their entries live.
"""

from __future__ import annotations

from dataclasses import replace

from sglint.frozen import frozen
from sglint.simulator.bounds import World
from sglint.simulator.holding import Holding, holding
from sglint.simulator.table import TableSettings
from sglint.simulator.traffic import Constant, Rate, Traffic, mean_rate
from sglint.simulator.verdict import Verdicts

BAND = 1.645
"""So many standard deviations on both sides hold 90 % of the values."""


@frozen
class Stream:
    """
    What enters a table: the rate of flows, how their entries live, the peakedness, and the waits before further attempts.
    """

    rate: Rate
    held: Holding
    mean_rate: float
    peakedness: float = 1.0
    retries: tuple[float, ...] = ()


def streams(traffic: Traffic, table: TableSettings, verdicts: Verdicts, world: World) -> tuple[Stream, ...]:
    """
    Return the flows of each class that are tracked, and how their entries live; none for a class that is not.
    """
    found = []
    for flows in traffic.classes:
        share = verdicts.of(flows.name).entered
        if share > 0 and mean_rate(flows.rate) > 0:
            rate = scaled(flows.rate, share)
            held = holding(flows, table, world)
            found.append(Stream(rate, held, mean_rate(rate), flows.burstiness.at(world), flows.retries))
    return tuple(found)


def scaled(rate: Rate, factor: float) -> Rate:
    """
    Return the rate times the factor.
    """
    if isinstance(rate, Constant):
        return Constant(rate.value * factor)
    return replace(rate, values=tuple(value * factor for value in rate.values))
