"""
From traffic, a table and verdicts to a projection.

Each answer is computed in two worlds, one in which all that is not known is good for the table and one in which it is bad. The
closed forms are always computed; where a table can get full, its flows are run through it as well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from sglint.frozen import frozen
from sglint.simulator.bounds import Parameter, Range, World, between
from sglint.simulator.law import demand
from sglint.simulator.load import Curve, curve, exhausted_after, horizon, lost_share, tracked_rate, window
from sglint.simulator.money import calibrated_instances, instances_of, monthly, monthly_interval
from sglint.simulator.packets import Budget, Costs, Packets, break_even, packets, units, used
from sglint.simulator.projection import Fleet, Outcome, Projection, Run, Series, Timeout
from sglint.simulator.rehearse import Progress, rehearse
from sglint.simulator.stream import Stream, streams
from sglint.simulator.table import TableSettings
from sglint.simulator.theory import hayward
from sglint.simulator.timeout import all_shortest, enough
from sglint.simulator.traffic import Traffic, peak_rate
from sglint.simulator.verdict import Verdicts

REACHED = 1e-6
"""From this probability of a full table on, flows are run through it."""
SUSTAINED = 1e-4
"""A rate is sustainable while no larger share of the flows is refused."""
POINTS = 256
"""How many points a series has in a projection."""


@frozen
class Options:
    """
    What else there is to say: costs and budgets, the fleet, and how much to simulate.

    `flows` is the largest number of flows that are run through a table, 0 for closed forms only. `seed` changes the draws.
    """

    costs: Costs = field(default_factory=Costs)
    budget: Budget = field(default_factory=Budget)
    fleet: Fleet = field(default_factory=Fleet)
    flows: int = 20_000_000
    seed: int = 1

    def __post_init__(self) -> None:
        demand("flows", float(self.flows), least=0.0, most=1e15)
        demand("seed", float(self.seed), least=0.0, most=2.0**62)


def simulate(
    traffic: Traffic,
    table: TableSettings,
    today: Verdicts,
    advised: Verdicts | None = None,
    options: Options | None = None,
    progress: Progress | None = None,
) -> Projection:
    """
    Return what the traffic does to the table with today's verdicts, and with the advised ones.

    `progress` is called with the share that is done, and ends the simulations early when it returns False; the projection then
    says what is known so far. Rates are those of one table; with a fleet, `instances` is how many tables it takes.
    """
    options = Options() if options is None else options
    before = _outcome(traffic, table, today, options, progress)
    after = None if advised is None else _outcome(traffic, table, advised, options, progress)
    timeouts: tuple[Timeout, ...] = ()
    shortest: tuple[bool, bool] | None = None
    if table.allowance is not None and before.headroom is not None and before.headroom.least < 0:
        timeouts = enough(traffic, table, today, table.allowance.range)
        if all(one.safe is None for one in timeouts):
            shortest = all_shortest(traffic, table, today, table.allowance.range)
    even, saved = None, None
    if advised is not None and after is not None:
        seconds = before.series.at[-1]
        now, then = packets(traffic, today, seconds), packets(traffic, advised, seconds)
        even = break_even(now, then, options.costs, options.budget)
        saved = _saved(before, after)
    known = _parameters(table, options)
    return Projection(traffic.name, before, after, timeouts, even, saved, known, all_shortest=shortest)


def _outcome(
    traffic: Traffic, table: TableSettings, verdicts: Verdicts, options: Options, progress: Progress | None
) -> Outcome:
    least, most = (streams(traffic, table, verdicts, world) for world in World)
    seconds, settled = horizon(traffic, most)
    low, high = curve(least, seconds), curve(most, seconds)
    peak = Range(low.peak, max(float(high.high().max()), low.peak))
    sent = packets(traffic, verdicts, seconds)
    cost = Range(units(sent, options.costs, World.LEAST), units(sent, options.costs, World.MOST))
    share = used(sent, options.costs, options.budget)
    bits = None if options.budget.bits is None else sent.bits / 2 / options.budget.bits
    instances, binding = instances_of(peak, table.allowance, share, bits, options.fleet)
    common = _Common(traffic, table, verdicts, options, progress)
    known = _Full() if table.allowance is None else _full(common, table.allowance.range, (low, high), sent, settled)
    calibrated = calibrated_instances(peak, table.allowance, sent, options.costs, options.budget, options.fleet)
    return Outcome(
        tracked_rate(traffic, verdicts),
        _series(low, high),
        peak,
        sent.total,
        cost,
        known.headroom,
        known.exhausted_after,
        known.lost,
        known.dropped,
        known.sustainable,
        share,
        bits,
        instances,
        calibrated,
        binding,
        monthly(instances, options.fleet),
        monthly_interval(calibrated, options.fleet),
        known.runs,
        tuple(dict.fromkeys(known.methods)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Common:
    traffic: Traffic
    table: TableSettings
    verdicts: Verdicts
    options: Options
    progress: Progress | None


@frozen
class _Full:
    """
    What needs the allowance.
    """

    headroom: Range | None = None
    exhausted_after: Range | None = None
    lost: Range | None = None
    dropped: Range | None = None
    sustainable: Range | None = None
    runs: tuple[Run, ...] = ()
    methods: tuple[str, ...] = ("formulas, as the allowance is not known",)


def _full(common: _Common, allowance: Range, curves: tuple[Curve, Curve], sent: Packets, settled: float) -> _Full:
    best, worst = allowance.most, allowance.least
    headroom = Range(1 - float(curves[1].high().max()) / worst, 1 - curves[0].peak / best)
    lost, refused, runs, rates, methods = [], [], list[Run](), [], list[str]()
    earlier: tuple[tuple[Stream, ...], float] = ((), 0.0)
    for world, found, room in ((World.LEAST, curves[0], best), (World.MOST, curves[1], worst)):
        flows = streams(common.traffic, common.table, common.verdicts, world)
        share = lost_share(found, flows, room, settled)
        attempts = share * _attempts(flows)
        options, rare = common.options, hayward(room, found.peak, found.peakedness) <= REACHED
        if not flows or rare or not options.flows:
            methods.append(_formulas(tracked=bool(flows), rare=rare))
        else:
            span = window(common.traffic, flows, (settled, float(found.at[-1])), options.flows)
            same = runs and earlier == (flows, room)
            run: Run | str = (
                runs[0]
                if same
                else rehearse(flows, span, int(room), options.flows, seed=options.seed, progress=common.progress)
            )
            earlier = (flows, room)
            methods.append(run if isinstance(run, str) else _told(run))
            if isinstance(run, Run):
                runs.append(run)
                share, attempts = (run.lost, run.refused) if run.complete else (share, attempts)
        lost.append(share)
        refused.append(attempts)
        peak = sum(common.verdicts.of(one.name).entered * peak_rate(one.rate) for one in common.traffic.classes)
        rates.append(peak * _factor(found, room) if found.peak > 0 else math.inf)
    dropped = between(*(share * sent.new for share in refused))
    exhausted = between(exhausted_after(curves[0], best), exhausted_after(curves[1], worst))
    return _Full(headroom, exhausted, between(*lost), dropped, between(*rates), tuple(runs), tuple(methods))


def _formulas(*, tracked: bool, rare: bool) -> str:
    """
    Return why nothing was run through the table.
    """
    if not tracked:
        return "formulas, as nothing is tracked"
    return "formulas, as the table is full once in a million flows at most" if rare else "formulas, as no flows are to be run"


def _told(run: Run) -> str:
    """
    Return what was run through the table, and how.
    """
    how = f"run through the table ({run.engine})"
    return f"{run.flows:,} flows {how}" if run.complete else f"formulas, as it was stopped after {run.flows:,} flows {how}"


def _attempts(flows: tuple[Stream, ...]) -> float:
    """
    Return how often a flow that gets no entry tries, on average.
    """
    rate = math.fsum(one.mean_rate for one in flows)
    return math.fsum(one.mean_rate * (1 + len(one.retries)) for one in flows) / rate if rate > 0 else 1.0


def _factor(found: Curve, room: float) -> float:
    """
    Return by what the traffic can be multiplied before a larger share than `SUSTAINED` is refused at its peak.
    """
    least, most = 0.0, 2.0 * room / found.peak
    for _ in range(40):
        middle = (least + most) / 2
        if hayward(room, middle * found.peak, found.peakedness) <= SUSTAINED:
            least = middle
        else:
            most = middle
    return least


def _series(low: Curve, high: Curve) -> Series:
    every = max(1, len(low.at) // POINTS)
    rows = (low.at, low.mean, high.mean, low.low(), high.high())
    return Series(*(tuple(float(value) for value in row[every - 1 :: every]) for row in rows))


def _saved(before: Outcome, after: Outcome) -> Range | None:
    if before.instances is None or after.instances is None:
        return None
    return between(before.instances.least - after.instances.least, before.instances.most - after.instances.most)


def _parameters(table: TableSettings, options: Options) -> tuple[Parameter, ...]:
    """
    Return everything the answers rest on that somebody could know better.
    """
    costs = options.costs
    known = (table.allowance, *table.idle, table.closing, table.half_open, table.reap_lag, table.stream_after)
    packet = (options.budget.packets, costs.tracked, costs.asymmetric, costs.new)
    return tuple(one for one in (*known, *packet) if one is not None)
