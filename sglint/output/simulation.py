"""
A projection of a connection table as text, JSON, and a table of its series.

What was not measured is a range of two digits at most, and is called an estimate: its ends are what AWS does not publish at its
best and at its worst.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable

from sglint.output.plain import clean, figure
from sglint.simulator.exports import Interval, Limit, Outcome, Parameter, Projection, Provenance, Range, Timeout, rounded

SCHEMA = 1
WIDTH = 35
ESTIMATE = "Estimates, not measurements: from the best to the worst of what AWS does not publish, one number where both agree."
NOTHING = 1e-3
"""What is smaller than this reads as nothing."""


def render_text(projection: Projection) -> str:
    """
    Return what a person reads.
    """
    outcomes = [projection.today] + ([projection.advised] if projection.advised is not None else [])
    table = [("", ["today", "groups opened"][: len(outcomes)])]
    table += [(name, [say(one) for one in outcomes]) for name, say in ROWS]
    width = max(len(one) for _, said in table for one in said) + 2
    rows = [f"{name:<{WIDTH}}" + "".join(f"{one or '?':<{width}}" for one in said) for name, said in table if any(said)]
    lines = [clean(_headline(projection)), *([] if projection.calibrated else [ESTIMATE]), "", *(row.rstrip() for row in rows)]
    lines += ["", *_instead(projection), *_break_even(projection), *_runs(outcomes), *_methods(outcomes)]
    lines.append("Rests on:")
    lines += [f"  {_parameter(one)}" for one in projection.parameters]
    return "\n".join(lines) + "\n"


def render_json(projection: Projection) -> str:
    """
    Return what a program reads; infinite is "never", and what is not known is null.
    """
    document = {
        "schema": SCHEMA,
        "traffic": projection.traffic,
        "calibrated": projection.calibrated,
        "table_binds": projection.table_binds,
        "notes": list(projection.notes),
        "today": _outcome(projection.today, calibrated=projection.calibrated),
        "opened": None if projection.advised is None else _outcome(projection.advised, calibrated=projection.calibrated),
        "saved_instances": _ends(projection.saved),
        "break_even_cost": _ends(projection.break_even),
        "timeouts": [_timeout_json(one) for one in projection.timeouts],
        "all_timeouts_at_their_shortest_suffice": None
        if projection.all_shortest is None
        else {"surely": projection.all_shortest[0], "at_best": projection.all_shortest[1]},
        "parameters": [
            {
                "name": one.name,
                "least": one.range.least,
                "most": one.range.most,
                "unit": one.unit,
                "provenance": one.provenance.value,
                "says": one.says,
            }
            for one in projection.parameters
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def render_csv(projection: Projection) -> str:
    """
    Return the entries over time, a line for each time; least and most are means, low and high hold 90 % of the values.

    Unless everything was measured they are estimates, and have two digits.
    """
    digits = float if projection.calibrated else rounded
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["groups", "seconds", "least", "most", "low", "high"])
    for name, one in (("today", projection.today), ("opened", projection.advised)):
        if one is not None:
            series = one.series
            rows = zip(series.at, series.least, series.most, series.low, series.high, strict=True)
            writer.writerows([name, f"{row[0]:.6g}", *(f"{digits(value):.0f}" for value in row[1:])] for row in rows)
    return out.getvalue()


def number(value: float) -> str:
    """
    Return the number with two digits, as a person writes it.
    """
    value = rounded(value)
    if math.isinf(value):
        return "any"
    if abs(value) < NOTHING:
        return "0"
    return figure(value)


def span(found: Range | None, say: Callable[[float], str] = number) -> str:
    """
    Return the range, or its one value where both ends read the same; empty for None.
    """
    if found is None:
        return ""
    least, most = say(found.least), say(found.most)
    return least if least == most else f"{least} to {most}"


def percent(value: float) -> str:
    """
    Return the share in per cent.
    """
    return f"{number(value * 100)} %"


def duration(seconds: float) -> str:
    """
    Return the time in the unit that fits it.
    """
    if math.isinf(seconds):
        return "never"
    for unit, length in (("days", 86_400.0), ("h", 3_600.0), ("min", 60.0)):
        if seconds >= 2 * length:
            return f"{number(seconds / length)} {unit}"
    return f"{number(seconds)} s"


def below(value: float) -> float:
    """
    Return the largest number with two digits that is no larger.

    >>> below(357.0), below(158_400.0), below(60.0)
    (350.0, 150000.0, 60.0)
    """
    if value <= 0:
        return value
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    return math.floor(value / step + 1e-9) * step


def above(value: float) -> float:
    """
    Return the smallest number with two digits that is no smaller.

    >>> above(123.0), above(12.0), above(0.0)
    (130.0, 12.0, 0.0)
    """
    return value if below(value) == value else below(value) + 10.0 ** (math.floor(math.log10(value)) - 1)


def count(value: float) -> str:
    """
    Return a number of things, which is not rounded.
    """
    return f"{value:,.0f}"


def _filled(found: Outcome) -> str:
    if found.headroom is None:
        return ""
    return span(Range(1 - found.headroom.most, 1 - found.headroom.least), percent)


def _limits(found: Outcome) -> str:
    return " or ".join(limit.value for limit in found.binding)


def _instances(found: Outcome) -> str:
    interval: Interval | None = found.calibrated_instances
    if interval is None:
        return span(found.instances and Range(below(found.instances.least), above(found.instances.most)), count)
    return _interval(interval)


def _interval(found: Interval) -> str:
    return f"{count(found.median)} (90 %: {count(found.low)} to {count(found.high)})"


def _money(found: Outcome) -> str:
    return span(found.monthly_cost) if found.calibrated_cost is None else _interval(found.calibrated_cost)


ROWS: tuple[tuple[str, Callable[[Outcome], str]], ...] = (
    ("new tracked flows per second", lambda one: number(one.rate)),
    ("entries wanted at the peak", lambda one: span(one.peak)),
    ("share of the table", _filled),
    ("full, from empty, after", lambda one: span(one.exhausted_after, duration)),
    ("tracked flows that get no entry", lambda one: span(one.lost, percent)),
    ("packets dropped for it per second", lambda one: span(one.dropped)),
    ("tracked flows/s that would fit", lambda one: span(one.sustainable)),
    ("packets per second", lambda one: number(one.packets_per_second)),
    ("share of the packet rate", lambda one: span(one.used, percent)),
    ("share of the bandwidth", lambda one: "" if one.bandwidth is None else percent(one.bandwidth)),
    ("instances", _instances),
    ("because of", _limits),
    ("money a month", _money),
)


def _headline(projection: Projection) -> str:
    today = projection.today
    if projection.table_binds:
        surely = today.binding == (Limit.TABLE,)
        said = "is" if surely else "may be"
        return f"{projection.traffic}: the connection table {said} what limits it; that needs no model of packets"
    if not today.binding:
        said = "neither the allowance nor the packet rate is known"
        return f"{projection.traffic}: {said}; give --allowance, or an --instance-type of which it is estimated"
    return f"{projection.traffic}: the connection table is not what limits it"


def _instead(projection: Projection) -> list[str]:
    if not projection.timeouts:
        return []
    said = ["Where the groups cannot be opened, one of these idle timeouts would do, any value up to:"]
    said += [f"  {_timeout(one)}" for one in projection.timeouts]
    if projection.all_shortest is not None and len(projection.timeouts) > 1:
        enough = {(True, True): "enough", (False, True): "enough at best", (False, False): "not enough"}[
            projection.all_shortest
        ]
        said.append(f"  all of them at their shortest: {enough}")
    return [
        *said,
        "A connection that is idle for longer loses its entry, and breaks: see how often its ends send keepalives.",
        "",
    ]


def _timeout(one: Timeout) -> str:
    keeps = "" if one.keeps is None else f"; {number(one.keeps)} s or more keep all but one in a thousand pauses of these flows"
    none = f"even the shortest, {count(one.least)} s, is too long"
    if one.possible is None:
        return f"{one.timer}: {none}"
    if one.safe is None:
        return f"{one.timer}: {_up_to(one.possible)} at best, and perhaps {none}{keeps}"
    if one.safe == one.possible:
        return f"{one.timer}: {_up_to(one.safe)}{keeps}"
    return f"{one.timer}: {_up_to(one.safe)}, perhaps {_up_to(one.possible)}{keeps}"


def _up_to(seconds: float) -> str:
    """
    Return the time, in two digits and never longer than it is.

    >>> _up_to(357.0), _up_to(159_000.0)
    ('350 s', '44 h')
    """
    for unit, length in (("days", 86_400.0), ("h", 3_600.0)):
        if seconds >= 2 * length:
            return f"{number(below(seconds / length))} {unit}"
    return f"{number(below(seconds))} s"


def _timeout_json(one: Timeout) -> dict[str, object]:
    return {
        "timer": one.timer,
        "shortest_possible": one.least,
        "longest_that_suffices": {
            "surely": None if one.safe is None else below(one.safe),
            "at_best": None if one.possible is None else below(one.possible),
        },
        "shortest_that_keeps_pauses": None if one.keeps is None else above(one.keeps),
    }


def _methods(outcomes: list[Outcome]) -> list[str]:
    said = ["Worked out with:"]
    for name, one in zip(("today", "groups opened"), outcomes, strict=False):
        several = len(one.methods) > 1
        said += [
            f"  {name}{where if several else ''}: {how}"
            for where, how in zip((" at best", " at worst"), one.methods, strict=False)
        ]
    return [*said, ""]


def _break_even(projection: Projection) -> list[str]:
    if projection.break_even is None or projection.table_binds:
        return []
    times = span(projection.break_even)
    return [f"Packets alone save an instance only if a tracked one costs {times} times an untracked one.", ""]


def _runs(outcomes: list[Outcome]) -> list[str]:
    runs = [one for outcome in outcomes for one in outcome.runs]
    said = []
    if any(not one.complete for one in runs):
        said.append("Stopped early: what is lost is from the formulas.")
    if outcomes[0].used is None and outcomes[0].instances is not None:
        said.append("The packet rate is not known and does not count here; give --bandwidth or --packet-rate.")
    return [*said, ""] if said else []


def _parameter(one: Parameter) -> str:
    known = one.range.exact or one.provenance is Provenance.DOCUMENTED
    exact = span(one.range, count) if known and one.range.least >= 100 else span(one.range)
    return f"{one.name}: {exact} {one.unit} ({one.provenance.value}: {one.says})"


def _ends(found: Range | None) -> dict[str, float | str] | None:
    if found is None:
        return None
    return {"least": _plain(found.least), "most": _plain(found.most)}


def _plain(value: float) -> float | str:
    return "never" if math.isinf(value) else rounded(value)


def _rounded(found: Range | None, *, calibrated: bool) -> dict[str, float] | None:
    if found is None:
        return None
    return {"least": found.least if calibrated else below(found.least), "most": found.most if calibrated else above(found.most)}


def _interval_json(found: Interval | None) -> dict[str, float] | None:
    return None if found is None else {"median": found.median, "low": found.low, "high": found.high}


def _outcome(one: Outcome, *, calibrated: bool) -> dict[str, object]:
    return {
        "tracked_flows_per_second": rounded(one.rate),
        "peak_entries": _ends(one.peak),
        "headroom": _ends(one.headroom),
        "exhausted_after_seconds": _ends(one.exhausted_after),
        "lost_share": _ends(one.lost),
        "dropped_packets_per_second": _ends(one.dropped),
        "sustainable_flows_per_second": _ends(one.sustainable),
        "packets_per_second": rounded(one.packets_per_second),
        "packet_rate_share": _ends(one.used),
        "bandwidth_share": None if one.bandwidth is None else rounded(one.bandwidth),
        "instances": _rounded(one.instances, calibrated=calibrated),
        "instances_interval": _interval_json(one.calibrated_instances),
        "binding": [limit.value for limit in one.binding],
        "monthly_cost": _ends(one.monthly_cost),
        "monthly_cost_interval": _interval_json(one.calibrated_cost),
        "worked_out_with": list(one.methods),
        "simulated": [
            {"flows": run.flows, "lost": rounded(run.lost), "engine": run.engine, "complete": run.complete} for run in one.runs
        ],
    }
