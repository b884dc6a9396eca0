"""
What tracking costs, as charts: how full the table gets, and how many new flows it takes under which circumstances.

Each chart has its numbers in a table below it, for those who do not see it and those who want to know exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from markupsafe import Markup

from sglint.finding import Report
from sglint.frozen import frozen, ordered
from sglint.output.html.assumption import at as profile_at
from sglint.output.html.name import at
from sglint.output.plain import clean, counted, figure
from sglint.simulator.bounds import Range, World, rounded
from sglint.space import Protocol

CASES = 2
"""So many kinds of instances have charts, those first whose table is full first."""
TIMEOUTS = (60, 350, 3_600, 432_000)
"""The TCP idle timeouts in seconds that are compared: the shortest, the default of Nitro v6, an hour, that of all others."""
BURSTS = (4, 16)
SOON = (600.0, 36_000.0)
"""The curve is worked out for these seconds first, finer than for all of the time that it takes to settle."""
POINTS = 40
HITS = 24
"""In so many places the chart says its values."""

WIDTH, HEIGHT = 620, 300
LEFT, RIGHT, TOP, BOTTOM = 90, 30, 14, 40
ROW = 34
NAMES = 210

TICKS = ((1, "1 s"), (60, "1 min"), (600, "10 min"), (3_600, "1 h"), (36_000, "10 h"), (86_400, "1 d"), (864_000, "10 d"))


@ordered
class Case:
    """
    An instance whose table some findings fill, with the traffic that is assumed and the timeouts that are written.
    """

    least: float
    profile: str
    instance_type: str
    like: str
    protocols: tuple[str, ...]
    timeouts: tuple[tuple[str, int], ...]
    source: str = ""
    allowance: int = 0


@frozen
class Bar:
    """
    How many new flows per second the table takes in some circumstances, from and to; None where it sets no limit.
    """

    says: str
    least: float | None
    most: float | None


@frozen
class Study:
    """
    One case: new flows per second; entries over time as rows of seconds, least and most; the allowance; the entries that are
    left when the groups are opened; and the bars.
    """

    case: Case
    rate: float
    series: tuple[tuple[float, float, float], ...]
    allowance: tuple[float, float]
    left: float
    bars: tuple[Bar, ...]


def charts(report: Report, traffic: str | None) -> Markup:
    """
    Return the charts of the cases that the findings have, nothing where there are none; `traffic` is the profile, if given.
    """
    listed = cases(report)
    parts = [drawn(study(one, traffic)) for one in listed[:CASES]]
    if len(listed) > CASES:
        more = counted(len(listed) - CASES, "more kind")
        parts.append(
            Markup("<p>{} of instances and traffic not drawn; <code>sglint simulate</code> takes any.</p>").format(more)
        )
    return Markup("\n").join(parts)


def cases(report: Report) -> tuple[Case, ...]:
    """
    Return the cases of the findings, each once, the table that is full first at the head.
    """
    found: dict[Case, Case] = {}
    for finding in report.findings:
        for one in finding.projections:
            named = tuple(protocol.value for protocol in one.protocols)
            kind = one.instance_type
            case = Case(one.least, one.profile, kind, one.like, named, one.timeouts, one.source, one.allowance)
            found[replace(case, least=0.0)] = min(case, found.get(replace(case, least=0.0), case))
    return tuple(sorted(found.values()))


def study(case: Case, given: str | None) -> Study:
    """
    Return what the simulator says of a case, by closed forms.
    """
    from sglint.simulator.exports import Options, Share, Verdicts, filling_rate, load, opened, settings, simulate
    from sglint.simulator.load import curve, horizon, tracked_rate
    from sglint.simulator.stream import streams

    traffic = load(profile_at(case.profile, case.source) if given is None else given)
    away = [(one.name, Share(0.0)) for one in traffic.classes if one.protocol.value not in case.protocols]
    today = Verdicts(tuple(away))
    kind = case.like or case.instance_type or None
    table = settings(kind, allowance=case.allowance or None, **dict(case.timeouts))
    advised = simulate(traffic, table, opened(today, traffic), options=Options(flows=0)).today
    best, worst = (streams(traffic, table, today, world) for world in World)
    rows: list[tuple[float, float, float]] = []
    for seconds in (*SOON, horizon(traffic, worst)[0]):
        low, high = curve(best, seconds), curve(worst, seconds)
        step = max(1, len(low.at) // POINTS)
        found = zip(low.at[step - 1 :: step], low.low()[step - 1 :: step], high.high()[step - 1 :: step], strict=True)
        rows += ((float(when), float(least), float(most)) for when, least, most in found if not rows or when > rows[-1][0])
    bars = []
    for says, timeouts, burst in circumstances(case):
        changed = replace(
            traffic, classes=tuple(replace(one, burstiness=bursty(one.burstiness, burst)) for one in traffic.classes)
        )
        rate = filling_rate(changed, settings(kind, allowance=case.allowance or None, **timeouts), today)
        if rate is not None:
            bars.append(Bar(says, rate.least, rate.most))
    bars.append(Bar("groups opened both ways", None, None))
    room = (0.0, 0.0) if table.allowance is None else (table.allowance.range.least, table.allowance.range.most)
    return Study(case, tracked_rate(traffic, today), tuple(rows), room, advised.peak.most, tuple(bars))


def circumstances(case: Case) -> Iterable[tuple[str, dict[str, int], float]]:
    """
    Yield what is compared: in words, the timeouts, and by how much burstier the traffic is.
    """
    written = dict(case.timeouts)
    yield "as it is", written, 1
    if Protocol.TCP.value in case.protocols:
        for seconds in TIMEOUTS:
            if written.get("tcp_established") != seconds:
                yield f"TCP idle timeout {figure(seconds)} s", {**written, "tcp_established": seconds}, 1
    else:
        for seconds in (30, 60):
            yield f"UDP idle timeout {seconds} s", {**written, "udp": seconds}, 1
    for factor in BURSTS:
        yield f"{factor} times as bursty", written, factor


def bursty(peakedness: Range, factor: float) -> Range:
    """
    Return the peakedness of traffic that comes in bursts so many times as large.
    """
    return replace(peakedness, least=min(peakedness.least * factor, 1e6), most=min(peakedness.most * factor, 1e6))


def drawn(one: Study) -> Markup:
    """
    Return both charts of a case, with what they rest on.
    """
    case = one.case
    of = f"{case.instance_type} (as large as {case.like} at least)" if case.like else case.instance_type or "instance"
    size = f"the size of the table was measured ({figure(case.allowance)} entries), and nothing else of the instance"
    measured = size if case.allowance else "nothing of the instance was measured"
    what = " and ".join(name.upper() for name in case.protocols)
    return Markup(
        '<div class="study"><h3>One {}, {} flows as in profile {}</h3>\n'
        '<p class="dim">An estimate: {}, so answers are ranges of two digits at most.</p>\n'
        '<div class="pair">\n{}\n{}\n</div></div>'
    ).format(clean(of), what, clean(case.profile), measured, entries(one), rates(one))


def entries(one: Study) -> Markup:
    """
    Return the chart of the entries over time, from an empty table on.
    """
    rows = [row for row in one.series if row[0] > 0]
    bottom, top = 10.0, 1.3 * max(*(row[2] for row in rows), *one.allowance)
    x = scale(rows[0][0], rows[-1][0], LEFT, WIDTH - RIGHT)
    y = scale(bottom, top, HEIGHT - BOTTOM, TOP)
    upper = [f"{x(when):.0f} {y(most):.0f}" for when, _, most in rows]
    lower = [f"{x(when):.0f} {y(least):.0f}" for when, least, _ in reversed(rows)]
    low, high = (y(number) for number in one.allowance)
    parts = [
        *(tick_down(x(when), name) for when, name in TICKS if rows[0][0] <= when <= rows[-1][0]),
        *(tick_across(y(number), short(number)) for number in decades(bottom, top)),
        Markup('<path class="band today" d="M{}L{}Z"><title>{}</title></path>').format(
            "L".join(upper), "L".join(lower), f"today: {span(*rows[-1][1:])} entries in the end"
        ),
        Markup('<rect class="allowance" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>').format(
            LEFT, at(high), WIDTH - LEFT - RIGHT, at(max(low - high, 1.5)), f"room for {span(*one.allowance)} entries"
        ),
        *(
            Markup('<rect class="hit" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>').format(
                at(x(when)),
                TOP,
                at(x(after) - x(when)),
                HEIGHT - TOP - BOTTOM,
                f"after {lapse(when)}: {span(least, most)} entries",
            )
            for (when, least, most), (after, *_) in pairwise(rows[:: max(1, len(rows) // HITS)])
        ),
        Markup('<text class="axis" x="{}" y="{}">since the table was empty</text>').format(WIDTH - RIGHT, HEIGHT - 6),
    ]
    after = "no entry at all" if one.left < 1 else f"at most {short(one.left)} entries"
    ended = span(*rows[-1][1:])
    said = f"Entries in the table over time: today {ended} in the end, room for {span(*one.allowance)}"
    ticks = [(when, name) for when, name in TICKS if rows[0][0] <= when <= rows[-1][0]]
    table = [("after", "entries today"), *((name, span(*nearest(rows, when))) for when, name in ticks)]
    caption = (
        f"Entries over time at {short(one.rate)} new flows per second, against the room for {span(*one.allowance)} (grey);"
        f" both axes are logarithmic. With the groups opened both ways these flows take {after}."
    )
    return framed(parts, HEIGHT, said, caption, table)


def rates(one: Study) -> Markup:
    """
    Return the chart of how many new flows per second the table takes, in one row for each circumstance.
    """
    known = [value for bar in one.bars for value in (bar.least, bar.most) if value is not None and 0 < value < math.inf]
    first, last = 10 ** math.floor(math.log10(min(known))), 10 ** math.ceil(math.log10(max(known) * 1.2))
    height = TOP + ROW * len(one.bars) + BOTTOM
    x = scale(first, last, NAMES, WIDTH - RIGHT)
    parts = [tick_down(x(number), short(number), height) for number in decades(first, last)]
    table = [("circumstances", "new flows per second")]
    for place, bar in enumerate(one.bars):
        down = TOP + ROW * place
        least, most = (
            (NAMES, WIDTH - RIGHT) if bar.least is None or bar.most is None else (x(bar.least), x(min(bar.most, last)))
        )
        said = "no limit by the table" if bar.least is None or bar.most is None else span(bar.least, bar.most)
        table.append((bar.says, said))
        parts.append(
            Markup(
                '<text class="says" x="{}" y="{}">{}</text><rect class="bar{}" x="{}" y="{}" width="{}" height="{}" rx="3">'
                "<title>{}: {}</title></rect>"
            ).format(
                NAMES - 8,
                at(down + ROW / 2 + 4),
                bar.says,
                "" if bar.least is not None else " free",
                at(least),
                at(down + 7),
                at(max(most - least, 3)),
                ROW - 14,
                bar.says,
                said,
            )
        )
    parts.append(
        Markup('<text class="axis" x="{}" y="{}">new flows per second on one table</text>').format(WIDTH - RIGHT, height - 6)
    )
    said = "How many new flows per second the table takes: " + "; ".join(f"{name} {value}" for name, value in table[1:])
    caption = "How many new flows per second fit before the table is full, and what that hangs on (logarithmic)."
    return framed(parts, height, said, caption, table)


def framed(parts: Iterable[Markup], height: int, said: str, caption: str, table: Sequence[tuple[str, str]]) -> Markup:
    """
    Return a chart with its caption and its numbers.
    """
    head, *rows = table
    body = Markup("").join(Markup('<tr><th scope="row">{}</th><td>{}</td></tr>').format(*row) for row in rows)
    return Markup(
        '<figure class="chart"><svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>\n<figcaption>{}</figcaption>\n'
        '<details><summary>The numbers</summary><table><thead><tr><th scope="col">{}</th><th scope="col">{}</th></tr></thead>'
        "<tbody>{}</tbody></table></details></figure>"
    ).format(WIDTH, height, said, Markup("").join(parts), caption, *head, body)


def scale(first: float, last: float, start: float, end: float) -> Callable[[float], float]:
    """
    Return the function from a value to its place on a logarithmic axis; what lies before the first value is put there.
    """
    low, high = math.log(first), math.log(max(last, first * 1.01))
    return lambda value: start + (end - start) * (math.log(max(value, first)) - low) / (high - low)


def decades(first: float, last: float) -> Iterable[float]:
    """
    Return the powers of ten between the values.
    """
    return (10.0**power for power in range(math.ceil(math.log10(first)), math.floor(math.log10(last)) + 1))


def tick_down(x: float, text: str, height: int = HEIGHT) -> Markup:
    """
    Return a line down the chart with its name below it.
    """
    foot = height - BOTTOM
    return Markup('<path class="grid" d="M{0} {1}V{2}"/><text class="tick" x="{0}" y="{3}">{4}</text>').format(
        at(x), TOP, foot, foot + 15, text
    )


def tick_across(y: float, text: str) -> Markup:
    """
    Return a line across the chart with its name before it.
    """
    return Markup('<path class="grid" d="M{0} {1}H{2}"/><text class="says" x="{3}" y="{4}">{5}</text>').format(
        LEFT, at(y), WIDTH - RIGHT, LEFT - 8, at(y + 4), text
    )


def nearest(rows: Sequence[tuple[float, float, float]], when: float) -> tuple[float, float]:
    """
    Return the least and most of the row next to a time.
    """
    return min(rows, key=lambda row: abs(row[0] - when))[1:]


def lapse(seconds: float) -> str:
    """
    Return a time in the largest unit of which there is one at least.

    >>> lapse(59), lapse(7_200), lapse(100_000)
    ('59 s', '2 h', '1.2 d')
    """
    for unit, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= unit:
            return f"{figure(rounded(seconds / unit))} {name}"
    return f"{figure(rounded(seconds))} s"


def span(least: float, most: float) -> str:
    """
    Return a range in two digits.
    """
    ends = short(least), short(most)
    return ends[0] if ends[0] == ends[1] else " to ".join(ends)


def short(value: float) -> str:
    """
    Return a number in two digits.
    """
    return figure(rounded(value))
