"""
What an idle timeout can do where groups cannot be opened: the longest one at which the table suffices.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from sglint.facts import IDLE_TIMEOUTS
from sglint.simulator.bounds import Range, World, exactly
from sglint.simulator.distribution import reach
from sglint.simulator.load import classes_of, curve, horizon
from sglint.simulator.projection import Timeout
from sglint.simulator.stream import streams
from sglint.simulator.table import TableSettings
from sglint.simulator.theory import hayward
from sglint.simulator.traffic import Exchange, FlowClass, Traffic
from sglint.simulator.verdict import Verdicts
from sglint.space import Protocol

REFUSED = 1e-4
"""A table suffices while no larger share of the flows is refused."""
CUT = 1e-3
"""A timeout keeps flows while no larger share of their pauses is longer."""


def enough(traffic: Traffic, table: TableSettings, verdicts: Verdicts, allowance: Range) -> tuple[Timeout, ...]:
    """
    Return, for each idle timeout that the tracked flows are subject to, the longest that would do with the others as they are.
    """
    found = []
    for timer in dict.fromkeys(map(timer_of, classes_of(traffic, verdicts))):
        if timer is None:
            continue
        safe = _longest(_Question(traffic, table, verdicts, timer, World.MOST, allowance.least))
        possible = _longest(_Question(traffic, table, verdicts, timer, World.LEAST, allowance.most))
        found.append(Timeout(timer, safe, possible, float(IDLE_TIMEOUTS[timer][0]), _keeps(traffic, verdicts, timer)))
    return tuple(found)


def all_shortest(traffic: Traffic, table: TableSettings, verdicts: Verdicts, allowance: Range) -> tuple[bool, bool]:
    """
    Return whether the table suffices with every timeout as short as EC2 accepts: in the worse world, and in the better one.
    """
    least = {timer: exactly(float(ends[0])) for timer, ends in IDLE_TIMEOUTS.items()}
    short = replace(table, timeouts=replace(table.timeouts, **least))
    worse = _suffices(traffic, short, verdicts, World.MOST, allowance.least)
    return worse, worse or _suffices(traffic, short, verdicts, World.LEAST, allowance.most)


def _keeps(traffic: Traffic, verdicts: Verdicts, timer: str) -> float | None:
    """
    Return the longest pause but one in a thousand of the flows that the timeout is for, None where one class does not say.
    """
    pauses = [one.gap for one in classes_of(traffic, verdicts) if timer_of(one) == timer]
    known = [reach(gap, CUT) for gap in pauses if gap is not None]
    return max(known) if len(known) == len(pauses) else None


def timer_of(flows: FlowClass) -> str | None:
    """
    Return the name of the idle timeout that holds for flows of a class, None for a protocol whose timeout cannot be set.
    """
    if flows.protocol is Protocol.OTHER:
        return None
    if flows.protocol is Protocol.TCP:
        return "tcp_established"
    return "udp_stream" if flows.exchange is Exchange.STREAM else "udp"


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
        return _suffices(self.traffic, replace(self.table, timeouts=timeouts), self.verdicts, self.world, self.room)


def _suffices(traffic: Traffic, table: TableSettings, verdicts: Verdicts, world: World, room: float) -> bool:
    flows = streams(traffic, table, verdicts, world)
    found = curve(flows, horizon(traffic, flows)[0])
    return hayward(room, found.peak, found.peakedness) <= REFUSED


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
