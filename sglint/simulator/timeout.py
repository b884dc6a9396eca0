"""
What an idle timeout can do where groups cannot be opened: the longest one at which the table suffices.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from sglint.facts import IDLE_TIMEOUTS
from sglint.simulator.bounds import Range, World, exactly
from sglint.simulator.load import classes_of, curve, horizon, streams
from sglint.simulator.projection import Timeout
from sglint.simulator.table import TableSettings
from sglint.simulator.theory import hayward
from sglint.simulator.traffic import Exchange, Traffic
from sglint.simulator.verdict import Verdicts
from sglint.space import Protocol

REFUSED = 1e-4
"""A table suffices while no larger share of the flows is refused."""


def enough(traffic: Traffic, table: TableSettings, verdicts: Verdicts, allowance: Range) -> tuple[Timeout, ...]:
    """
    Return, for each idle timeout that the tracked flows are subject to, the longest that would do with the others as they are.
    """
    timers = dict.fromkeys(
        "tcp_established" if one.protocol is Protocol.TCP else "udp_stream" if one.exchange is Exchange.STREAM else "udp"
        for one in classes_of(traffic, verdicts)
        if one.protocol is not Protocol.OTHER
    )
    found = []
    for timer in timers:
        safe = _longest(_Question(traffic, table, verdicts, timer, World.MOST, allowance.least))
        possible = _longest(_Question(traffic, table, verdicts, timer, World.LEAST, allowance.most))
        found.append(Timeout(timer, safe, possible))
    return tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class _Question:
    """
    Which value of the timer suffices for so much room, in that world.
    """

    traffic: Traffic
    table: TableSettings
    verdicts: Verdicts
    timer: str
    world: World
    room: float

    def suffices(self, seconds: float) -> bool:
        timeouts = replace(self.table.timeouts, **{self.timer: exactly(seconds)})
        flows = streams(self.traffic, replace(self.table, timeouts=timeouts), self.verdicts, self.world)
        found = curve(flows, horizon(self.traffic, flows)[0])
        return hayward(self.room, found.peak, found.peakedness) <= REFUSED


def _longest(question: _Question) -> float | None:
    """
    Return the longest value that suffices, by bisection of its logarithm; None for none.
    """
    least, most, _ = IDLE_TIMEOUTS[question.timer]
    if not question.suffices(least):
        return None
    if question.suffices(most):
        return float(most)
    low, high = math.log(least), math.log(most)
    while high - low > 0.01:
        middle = (low + high) / 2
        low, high = (middle, high) if question.suffices(math.exp(middle)) else (low, middle)
    return math.floor(math.exp(low) + 1e-6)
