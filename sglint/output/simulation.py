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
from sglint.simulator.exports import Interval, Limit, Outcome, Parameter, Projection, Range, Timeout, rounded

SCHEMA = 1
WIDTH = 35
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
    lines = [clean(_headline(projection)), "", *(row.rstrip() for row in rows)]
    lines += ["", *_instead(projection), *_break_even(projection), *_runs(outcomes)]
    lines.append("Rests on:" if projection.calibrated else "Estimates, not measurements. They rest on:")
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
        "today": _outcome(projection.today),
        "opened": None if projection.advised is None else _outcome(projection.advised),
        "saved_instances": _ends(projection.saved),
        "break_even_cost": _ends(projection.break_even),
        "timeouts": [{"timer": one.timer, "safe": one.safe, "possible": one.possible} for one in projection.timeouts],
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
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["groups", "seconds", "least", "most", "low", "high"])
    for name, one in (("today", projection.today), ("opened", projection.advised)):
        if one is not None:
            series = one.series
            rows = zip(series.at, series.least, series.most, series.low, series.high, strict=True)
            writer.writerows([name, f"{row[0]:.6g}", *(f"{value:.0f}" for value in row[1:])] for row in rows)
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
        return span(found.instances, count)
    return f"{count(interval.median)} (90 %: {count(interval.low)} to {count(interval.high)})"


ROWS: tuple[tuple[str, Callable[[Outcome], str]], ...] = (
    ("new tracked flows per second", lambda one: number(one.rate)),
    ("entries at the peak", lambda one: span(one.peak)),
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
    ("money a month", lambda one: span(one.monthly_cost)),
)


def _headline(projection: Projection) -> str:
    today = projection.today
    if projection.table_binds:
        surely = today.binding == (Limit.TABLE,)
        said = "is" if surely else "may be"
        return f"{projection.traffic}: the connection table {said} what limits it; that needs no model of packets"
    if not today.binding:
        return f"{projection.traffic}: neither the allowance nor the packet rate is known; give --allowance or --instance-type"
    return f"{projection.traffic}: the connection table is not what limits it"


def _instead(projection: Projection) -> list[str]:
    if not projection.timeouts:
        return []
    return ["Where the groups cannot be opened, an idle timeout:", *(f"  {_timeout(one)}" for one in projection.timeouts), ""]


def _timeout(one: Timeout) -> str:
    if one.possible is None:
        return f"{one.timer}: even the shortest is too long"
    if one.safe is None:
        return f"{one.timer}: {duration(one.possible)} at best, and perhaps none is short enough"
    if one.safe == one.possible:
        return f"{one.timer}: up to {duration(one.safe)}"
    return f"{one.timer}: up to {duration(one.safe)}, perhaps {duration(one.possible)}"


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
    exact = count(one.range.least) if one.range.exact and one.range.least >= 100 else span(one.range)
    return f"{one.name}: {exact} {one.unit} ({one.provenance.value}: {one.says})"


def _ends(found: Range | None) -> dict[str, float | str] | None:
    if found is None:
        return None
    return {"least": _plain(found.least), "most": _plain(found.most)}


def _plain(value: float) -> float | str:
    return "never" if math.isinf(value) else rounded(value)


def _outcome(one: Outcome) -> dict[str, object]:
    interval = one.calibrated_instances
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
        "instances": None if one.instances is None else {"least": one.instances.least, "most": one.instances.most},
        "instances_interval": None
        if interval is None
        else {"median": interval.median, "low": interval.low, "high": interval.high},
        "binding": [limit.value for limit in one.binding],
        "monthly_cost": _ends(one.monthly_cost),
        "simulated": [
            {"flows": run.flows, "lost": run.lost, "engine": run.engine, "complete": run.complete} for run in one.runs
        ],
    }
