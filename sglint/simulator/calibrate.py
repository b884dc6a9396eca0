"""
What the user measured, in place of what AWS does not publish: counters of ENA interfaces, and packet rates at their limit.

Counters mislead in known ways. The reading of a secondary interface can be stale for hours, some types have none, interfaces
show the same table and must not be added up, and an "exceeded" that ticks now and then is a burst of microseconds and no limit.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from sglint.frozen import frozen
from sglint.simulator.bounds import Parameter, Provenance, Range, exactly
from sglint.simulator.distribution import Floats
from sglint.simulator.law import demand
from sglint.simulator.packets import NEW_COST, Costs
from sglint.source import SglintError

AVAILABLE = "conntrack_allowance_available"
EXCEEDED = (
    "conntrack_allowance_exceeded",
    "pps_allowance_exceeded",
    "bw_in_allowance_exceeded",
    "bw_out_allowance_exceeded",
    "linklocal_allowance_exceeded",
)
LONGEST = 50_000_000
"""How many bytes a file of counters may have."""
PERSISTENT = 6
"""In how many readings in a row, 10 s apart, a counter has to rise to be a limit and not a burst."""
STALE = 3
"""From how many equal readings on a counter is stale, when that of another interface moves."""
NOISE = 0.1
"""The relative noise of a packet rate at its limit, where there are too few measurements to tell."""
DRAWS = 2_000
_COUNTER = re.compile(r"\s*([A-Za-z][\w.\[\]-]*)\s*:\s*(.*?)\s*")


@frozen
class Reading:
    """
    What one run of `ethtool -S` showed of the counters that matter here: names, values, and the lines they stand in.
    """

    counters: tuple[tuple[str, int, int], ...]

    def value(self, name: str) -> int | None:
        """
        Return the value of the counter, None where it is missing.
        """
        return next((value for known, value, _ in self.counters if known == name), None)


@frozen
class Interface:
    """
    The readings of one interface over time, from one file.
    """

    path: str
    readings: tuple[Reading, ...]

    def series(self, name: str) -> tuple[int, ...]:
        """
        Return the values of a counter, one after the other.
        """
        return tuple(value for one in self.readings if (value := one.value(name)) is not None)


def read_ethtool(path: str) -> Interface:
    """
    Return the readings in a file of one or more outputs of `ethtool -S` for one interface, one after the other.

    Raises SglintError when it cannot be read, has none of the counters, or has one that goes backwards.
    """
    return parse_ethtool(_text(path), path)


def parse_ethtool(text: str, path: str) -> Interface:
    """
    Return the readings in a text; `path` is named in errors.

    A counter that was there already begins a new reading. Lines that are about something else are passed over.
    """
    readings, now = list[Reading](), dict[str, tuple[int, int]]()
    last = dict[str, int]()
    for number, line in enumerate(text.splitlines(), 1):
        found = _COUNTER.fullmatch(line)
        if found is None or (found[1] != AVAILABLE and found[1] not in EXCEEDED):
            continue
        name, written = found[1], found[2]
        if not (written.isascii() and written.isdigit() and len(written) < 20):
            raise SglintError(f"{path}:{number}: {name} is {written or 'empty'}, not a count")
        value = int(written)
        if name in EXCEEDED and value < last.get(name, 0):
            raise SglintError(f"{path}:{number}: {name} goes back from {last[name]} to {value}; give one boot of one interface")
        last[name] = value
        if name in now:
            readings.append(_reading(now))
            now = {}
        now[name] = (value, number)
    if now:
        readings.append(_reading(now))
    if not readings:
        raise SglintError(f"{path}: none of the allowance counters of ENA is in it; write ethtool -S of one interface there")
    return Interface(path, tuple(readings))


def allowance(interfaces: Sequence[Interface]) -> Parameter:
    """
    Return the number of entries of an instance: the most that any of its interfaces ever showed as available.

    That is the allowance if one of the readings was taken while nothing was tracked, and less than it otherwise.
    """
    fresh = _fresh(interfaces)
    most = max(value for one in fresh for value in one)
    demand("allowance", float(most), least=1.0)
    stale = len([one for one in interfaces if one.series(AVAILABLE)]) - len(fresh)
    left_out = f", {stale} stale interface left out" if stale == 1 else f", {stale} stale interfaces left out" if stale else ""
    says = f"the largest of {sum(map(len, fresh))} readings, right if nothing was tracked then{left_out}"
    return Parameter("allowance", exactly(float(most)), "entries", Provenance.MEASURED, says)


def _fresh(interfaces: Sequence[Interface]) -> list[tuple[int, ...]]:
    """
    Return what the interfaces show as available, without those that are stale.
    """
    shown = [one.series(AVAILABLE) for one in interfaces]
    if not any(shown):
        paths = ", ".join(one.path for one in interfaces)
        raise SglintError(f"{paths}: there is no {AVAILABLE}; it needs ENA driver 2.8.1, and some instance types lack it")
    moving = [one for one in shown if len(set(one)) > 1]
    return [one for one in shown if one and not (moving and len(one) >= STALE and len(set(one)) == 1)]


def limited(interface: Interface, counter: str) -> bool:
    """
    Return whether the counter rose in as many readings in a row as make a limit and not a burst.
    """
    values, rising = interface.series(counter), 0
    for before, after in pairwise(values):
        rising = rising + 1 if after > before else 0
        if rising >= PERSISTENT:
            return True
    return False


def in_use(interfaces: Sequence[Interface], allowance_: Range) -> Range:
    """
    Return how many entries were in use, from what 5 % of the readings are below to what 95 % are.
    """
    shown = _fresh(interfaces)
    taken = [allowance_.most - value for one in shown for value in one]
    if min(taken) < 0:
        most = max(value for one in shown for value in one)
        raise SglintError(f"{AVAILABLE} is {most}, more than the allowance of {allowance_.most:g}")
    if any(value == 0 for one in shown for value in one):
        raise SglintError(f"{AVAILABLE} is 0: the table was full then, and says nothing; read it while there is room")
    low, high = np.percentile(taken, [5, 95])
    return Range(max(0.0, float(low) - (allowance_.most - allowance_.least)), float(high))


@frozen
class Knee:
    """
    The packet rate at which an instance begins to drop, for a mix of packets.

    The shares are those of tracked packets and of tracked ones on an asymmetric path; the rest is untracked. `new` is how many
    tracked flows begin for each packet.
    """

    tracked: float
    asymmetric: float
    new: float
    packets_per_second: float

    def __post_init__(self) -> None:
        demand("tracked", self.tracked, least=0.0, most=1.0)
        demand("asymmetric", self.asymmetric, least=0.0, most=1.0)
        demand("new", self.new, least=0.0, most=1.0)
        demand("packets_per_second", self.packets_per_second, above=0.0)
        if self.tracked + self.asymmetric > 1 + 1e-9:
            raise SglintError(f"tracked and asymmetric add up to {self.tracked + self.asymmetric:g}, more than 1")


def read_knees(path: str) -> tuple[Knee, ...]:
    """
    Return the measurements in a CSV file with the columns of `Knee`; `new` may be left out.
    """
    rows = csv.DictReader(io.StringIO(_text(path)))
    needed = ("tracked", "asymmetric", "packets_per_second")
    missing = [name for name in needed if name not in (rows.fieldnames or ())]
    if missing:
        raise SglintError(f"{path}:1: the column {missing[0]} is missing; there are to be {', '.join(needed)}")
    found = []
    for row in rows:
        try:
            tracked, asymmetric, new = (float(row.get(name) or "0") for name in ("tracked", "asymmetric", "new"))
            found.append(Knee(tracked, asymmetric, new, float(row["packets_per_second"] or "")))
        except SglintError as error:
            raise SglintError(f"{path}:{rows.line_num}: {error}") from None
        except ValueError:
            raise SglintError(f"{path}:{rows.line_num}: there is a value that is not a number") from None
    return tuple(found)


def costs(knees: Sequence[Knee]) -> tuple[Costs, Parameter]:
    """
    Return what packets cost and the packet rate of untracked ones, as intervals of 90 %, by least squares.

    One over the packet rate at the limit is linear in the shares of the mix. The cost of a new flow stays our judgement unless
    it was varied. Raises SglintError when the mixes do not tell the costs apart.
    """
    varied = len({one.new for one in knees}) > 1
    columns = [[1 - one.tracked - one.asymmetric, one.tracked, one.asymmetric, *([one.new] if varied else [])] for one in knees]
    shares = np.array(columns, dtype=np.float64) if columns else np.zeros((1, 3))
    if np.linalg.matrix_rank(shares) < shares.shape[1]:
        raise SglintError("the mixes do not tell the costs apart; measure untracked, tracked and asymmetric packets each")
    rates = np.array([one.packets_per_second for one in knees])
    best = _solve(shares, rates)
    free = len(knees) - shares.shape[1]
    noise = math.sqrt(float(np.sum((rates * (shares @ best) - 1) ** 2)) / free) if free >= 3 else NOISE
    generator = np.random.Generator(np.random.Philox(key=11))
    exact = 1 / (shares @ best)
    drawn = np.array([_solve(shares, exact * np.exp(noise * generator.standard_normal(len(knees)))) for _ in range(DRAWS)])
    says = f"from {len(knees)} packet rates at their limit"

    def parameter(name: str, values: Floats, unit: str) -> Parameter:
        low, high = np.percentile(values, [5, 95])
        return Parameter(name, Range(max(0.0, float(low)), float(high)), unit, Provenance.MEASURED, says)

    ratios = drawn / drawn[:, :1]
    found = Costs(
        parameter("cost of a tracked packet", ratios[:, 1], "packets"),
        parameter("cost of an asymmetric packet", ratios[:, 2], "packets"),
        parameter("cost of a new tracked flow", ratios[:, 3], "packets") if varied else NEW_COST,
    )
    return found, parameter("packet rate", 1 / drawn[:, 0], "packets/s")


def _solve(shares: Floats, rates: Floats) -> Floats:
    """
    Return the seconds that each kind of packet takes, which fit the rates with the least relative error.
    """
    solution: Floats = np.linalg.lstsq(shares * rates[:, None], np.ones(len(rates)), rcond=None)[0]
    return np.maximum(solution, 1e-15)


def _reading(now: dict[str, tuple[int, int]]) -> Reading:
    return Reading(tuple((name, value, line) for name, (value, line) in now.items()))


def _text(path: str) -> str:
    try:
        with Path(path).open("rb") as file:
            data = file.read(LONGEST + 1)
        if len(data) > LONGEST:
            raise SglintError(f"{path} has more than {LONGEST} bytes")
        return data.decode("utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not utf-8 text"
        raise SglintError(f"cannot read {path}: {reason}") from None
