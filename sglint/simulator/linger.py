"""
For how long entries stay that no timeout explains: from how many there are, and the traffic that made them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from sglint.simulator.bounds import Parameter, Provenance, Range, World, exactly
from sglint.simulator.stream import streams
from sglint.simulator.table import TableSettings, knowing
from sglint.simulator.traffic import Traffic
from sglint.simulator.verdict import Verdicts
from sglint.source import SglintError

LONGEST = 3_600.0
"""Nothing lingers for so many seconds."""


def lingering(traffic: Traffic, table: TableSettings, verdicts: Verdicts, name: str, entries: Range) -> Parameter:
    """
    Return the parameter of the table of that name with the values at which the traffic makes so many entries.

    The other parameters are at their best for one end of the range, and at their worst for the other.
    """
    known = {"reap_lag": table.reap_lag, "closing": table.closing, "half_open": table.half_open}[name]

    def load(seconds: float, world: World) -> float:
        flows = streams(traffic, knowing(table, name, replace(known, range=exactly(seconds))), verdicts, world)
        return math.fsum(one.mean_rate * one.held.slots * one.held.seconds for one in flows)

    least, most = load(0.0, World.LEAST), load(LONGEST, World.MOST)
    if load(LONGEST, World.LEAST) <= least * (1 + 1e-9):
        raise SglintError(f"the counters say nothing of the {known.name}: no entry of {traffic.name} stays for it")
    if entries.most < least:
        raise SglintError(
            f"at most {entries.most:g} entries were in use, and {traffic.name} takes {least:.0f} at least; "
            f"read the counters while that traffic flows"
        )
    if entries.least > most:
        raise SglintError(
            f"{entries.least:g} entries were in use, more than {traffic.name} can take; is something else tracked?"
        )
    low = _solve(lambda seconds: load(seconds, World.MOST), entries.least)
    high = _solve(lambda seconds: load(seconds, World.LEAST), entries.most)
    says = f"from counters: {entries.least:.0f} to {entries.most:.0f} entries in use while {traffic.name} flowed"
    return replace(known, range=Range(low, max(low, high)), provenance=Provenance.MEASURED, says=says)


def _solve(load: Callable[[float], float], entries: float) -> float:
    """
    Return the seconds at which the load is that many entries, 0 where it is more already.
    """
    low, high = 0.0, LONGEST
    while high - low > 1e-3:
        middle = (low + high) / 2
        low, high = (middle, high) if load(middle) < entries else (low, middle)
    return 0.0 if high < 2e-3 else round(high, 3)
