"""
From which rate of new flows on a table is full: allowance and mean life of an entry, nothing simulated.

The answer of the first tier without its series, for who asks often: a linter. It holds for a rate that is kept up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from sglint.frozen import frozen
from sglint.simulator.bounds import Range, World, between
from sglint.simulator.stream import BAND, streams
from sglint.simulator.table import TableSettings, estimated_allowance, lesser_type, settings
from sglint.simulator.traffic import Traffic
from sglint.simulator.verdict import Share, Verdicts
from sglint.source import SglintError
from sglint.space import Protocol


@frozen
class Filling:
    """
    From which rate of new flows on the table of an instance is full: the name of the traffic, and its protocols that count.

    `like` is a type with fewer entries, where nothing else is known of the instance's own; then the most is infinite.
    """

    profile: str
    protocols: tuple[Protocol, ...]
    rate: Range
    like: str = ""


def filling(
    profiles: Iterable[Traffic],
    protocols: tuple[Protocol, ...],
    instance_type: str,
    timeouts: Mapping[str, int],
    allowance: float | None = None,
) -> Filling | None:
    """
    Return what the first of the profiles that has flows of these protocols comes to, if they alone are tracked.

    With a measured `allowance` the type may be unknown, and is then empty.

    None where no profile has such flows, the type is none or nothing is known of its allowance, or EC2 refuses a timeout.
    """
    for traffic in profiles:
        meant = tuple(one for one in protocols if any(flows.protocol is one for flows in traffic.classes))
        if meant:
            untracked = [(flows.name, Share(0.0)) for flows in traffic.classes if flows.protocol not in meant]
            try:
                table = settings(instance_type or None, allowance=allowance, **timeouts)
                like = "" if table.allowance is not None else lesser_type(instance_type)
                if like:
                    table = replace(table, allowance=estimated_allowance(like))
            except SglintError:
                return None
            rate = filling_rate(traffic, table, Verdicts(tuple(untracked)))
            if rate is None:
                return None
            return Filling(traffic.name, meant, Range(rate.least, math.inf) if like else rate, like)
    return None


def filling_rate(traffic: Traffic, table: TableSettings, verdicts: Verdicts) -> Range | None:
    """
    Return from how many new tracked flows per second on the table is full at times, if they are mixed as in the traffic.

    None where nothing is known of the allowance or nothing is tracked.
    """
    if table.allowance is None:
        return None
    room = table.allowance.range
    best, worst = (streams(traffic, table, verdicts, world) for world in World)
    if not best or not worst:
        return None
    rates = []
    for flows, entries in ((best, room.most), (worst, room.least)):
        parts = [one.mean_rate * one.held.slots * one.held.seconds for one in flows]
        bursts = (part * (one.peakedness + one.held.slots - 1) for one, part in zip(flows, parts, strict=True))
        load = math.fsum(parts)
        rates.append(math.fsum(one.mean_rate for one in flows) * highest_mean(entries, math.fsum(bursts) / load) / load)
    return between(*rates)


def highest_mean(entries: float, peakedness: float) -> float:
    """
    Return the largest mean occupancy of which 95 % of the values have room in so many entries.

    >>> round(highest_mean(76_957, 1.0)), round(highest_mean(76_957, 125.0))
    (76502, 72021)
    """
    half = BAND * math.sqrt(peakedness) / 2
    return (math.sqrt(half * half + entries) - half) ** 2
