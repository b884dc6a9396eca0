"""
Traffic as VPC flow logs show it: how many sessions begin each second, how long they last, and what they carry.

What logs cannot show widens an answer or is said in a note. Nobody sees pauses inside a window of aggregation, and a port that
is used again within the idle timeout: that makes one session of two flows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sglint.frozen import frozen
from sglint.simulator.arrival import flows_until
from sglint.simulator.bounds import ONE, ZERO, Range
from sglint.simulator.distribution import Floats
from sglint.simulator.flow_log import find
from sglint.simulator.law import Empirical, mean
from sglint.simulator.reader import demand_engine
from sglint.simulator.table import Timeouts
from sglint.simulator.traffic import DAY, Constant, Daily, Exchange, FlowClass, Rate, Traffic
from sglint.source import SglintError
from sglint.space import Protocol

SHORTEST = 60
"""An estimate needs logs of so many seconds at least, the shortest window of aggregation."""
QUIET = 600
"""A flow without packets for so long, the longest window of aggregation, is taken to be over though its entry may stay."""
BINS, EXACT = 8.0, 16
"""Values of a distribution for each doubling of a life, and up to how many seconds each second has its own."""
LAPS = 10
"""In how many stretches at least the burstiness is measured."""
_EXCHANGES = {
    "udp-one-way": Exchange.ONE_WAY,
    "udp-request-response": Exchange.REQUEST_RESPONSE,
    "udp-stream": Exchange.STREAM,
}


@frozen
class Overview:
    """
    What the records are as a whole: the first and the last second, and how many there are of each sort.
    """

    begin: int
    end: int
    accepted: int
    rejected: int
    flagged: int
    tcp: int
    skipped: int
    interfaces: int

    @property
    def seconds(self) -> int:
        """
        How long the logs observe.
        """
        return self.end - self.begin

    @property
    def lost(self) -> float:
        """
        The share of the time of all interfaces in which AWS skipped records.
        """
        return self.skipped / (self.seconds * self.interfaces)


@frozen
class Span:
    """
    The sessions that last for so many seconds, or longer when they are unfinished; `going` may go on after the log.
    """

    seconds: int
    unfinished: bool
    flows: int
    packets: int
    bytes: int
    closed: int
    going: int
    unanswered: int
    syn: int


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """
    Of one kind of session: where counting starts, how many begin in which second, and how many last for how long.

    `spans` has a row for each length of sessions and whether they last longer: how many, and what they carry and how they end.
    """

    kind: str
    idle: int
    since: int
    until: int
    starts: tuple[tuple[int, int], ...]
    spans: tuple[Span, ...]

    @property
    def flows(self) -> int:
        """
        How many sessions of known beginning there are in `spans`.
        """
        return sum(one.flows for one in self.spans)

    @property
    def begun(self) -> int:
        """
        How many sessions begin while they are counted.
        """
        return sum(count for _, count in self.starts)


def estimate(paths: Sequence[str], timeouts: Timeouts, engine: str = "duckdb") -> tuple[Traffic, tuple[str, ...]]:
    """
    Return the traffic of the flow logs in these files and folders, for a table with these idle timeouts, and notes on it.

    `engine` is one of `ENGINES`; their numbers are the same. Raises SglintError when something is wrong with a log, or what
    reads it is not installed.
    """
    demand_engine(engine)
    logs = find(paths)
    from sglint.simulator import session
    from sglint.simulator.engine import RECORDS

    if engine == "spark":
        from sglint.simulator.spark import opened
    else:
        from sglint.simulator.duck import opened

    idle = session.Idle(
        *(round(one.most) for one in (timeouts.tcp_established, timeouts.udp, timeouts.udp_stream, timeouts.other))
    )
    with opened(logs) as run:
        known = _overview(run.rows(run.sql(session.overview(RECORDS)))[0])
        run.keep("sessions", run.sql(session.sessions(RECORDS, idle)))
        since = {kind: known.begin + min(idle.of(kind), known.seconds // 2) for kind in session.KINDS}
        late = {kind: known.end - min(idle.of(kind), QUIET, known.seconds // 4) for kind in session.KINDS}
        spans = run.rows(run.sql(session.lives(session.SESSIONS, since, late)))
        starts = run.rows(run.sql(session.starts(session.SESSIONS)))
        lasting = run.rows(run.sql(session.lasting(session.SESSIONS, known.begin + SHORTEST, late)))
    seen = [
        Seen(
            kind,
            idle.of(kind),
            since[kind],
            known.end,
            tuple((row[1], row[2]) for row in starts if row[0] == kind and row[1] >= since[kind]),
            tuple(Span(*row[1:]) for row in spans if row[0] == kind),
        )
        for kind in session.KINDS
    ]
    counted = [one for one in seen if one.spans]
    if not counted:
        raise SglintError(
            f"no flow begins that can be counted, in the middle of the {known.seconds} s of these flow logs; take longer ones"
        )
    classes = tuple(_flow_class(one, known) for one in counted)
    notes = (*_notes(known, len(logs), counted, timeouts, lasting[0][0]), *_left_out(counted, starts))
    return Traffic("flow logs", "; ".join(notes), classes), notes


def _overview(row: Sequence[int | None]) -> Overview:
    known = Overview(*(int(value or 0) for value in row))
    if not known.accepted:
        raise SglintError("the flow logs have no record of a packet that was accepted; there is nothing to estimate")
    if known.seconds < SHORTEST:
        raise SglintError(f"the flow logs are about {known.seconds} s; an estimate needs {SHORTEST} s at least, better hours")
    if known.lost > 0.5:
        raise SglintError("AWS skipped records in more than half of the time of these flow logs (SKIPDATA); take others")
    return known


def _flow_class(seen: Seen, known: Overview) -> FlowClass:
    flows, packets = seen.flows, sum(one.packets for one in seen.spans)
    life = survived(seen.spans)
    rate = _rate(seen, 1 / (1 - known.lost))
    tcp = seen.kind == "tcp"
    flagged = tcp and known.flagged == known.tcp
    unanswered = sum(one.unanswered for one in seen.spans) / flows if flagged else 0.0
    return FlowClass(
        seen.kind,
        Protocol.TCP if tcp else Protocol.OTHER if seen.kind == "other" else Protocol.UDP,
        rate,
        life,
        packets=max(1.0, packets / flows),
        packet_bytes=min(max(20.0, sum(one.bytes for one in seen.spans) / max(1, packets)), 65_535.0),
        exchange=_EXCHANGES.get(seen.kind, Exchange.ONE_WAY),
        closed=_closed(seen, unanswered) if flagged else Range(0.0, 1.0) if tcp else ZERO,
        unanswered=unanswered,
        burstiness=_burstiness(seen, rate, min(seen.idle, QUIET) + mean(life), 1 - known.lost),
        sources=(("rate", f"{seen.begun} sessions in {seen.until - seen.since} s of flow logs"),),
    )


def _closed(seen: Seen, unanswered: float) -> Range:
    """
    Return the share that ends with FIN or RST, from those seen to all of those that may go on after the log.
    """
    closed = sum(one.closed for one in seen.spans)
    going = sum(one.going for one in seen.spans)
    return Range(*(min(part / seen.flows, 1 - unanswered) for part in (closed, closed + going)))


def survived(spans: Sequence[Span]) -> Empirical:
    """
    Return how long flows last, of which so many were seen for so many seconds, those that may go on for that long at least.

    This is the estimator of Kaplan and Meier. What is left of it after the longest flow ends there.
    """
    lengths = sorted({one.seconds for one in spans})
    over = dict.fromkeys(lengths, 0)
    all_ = dict.fromkeys(lengths, 0)
    for one in spans:
        all_[one.seconds] += one.flows
        over[one.seconds] += 0 if one.unfinished else one.flows
    left, share, weights = sum(all_.values()), 1.0, []
    for seconds in lengths:
        ends = share * over[seconds] / left
        weights.append(ends)
        share -= ends
        left -= all_[seconds]
    weights[-1] += share
    return _binned(np.array(lengths, dtype=np.float64), np.array(weights))


def _binned(values: Floats, weights: Floats) -> Empirical:
    fine = np.floor(BINS * np.log2(np.maximum(values, EXACT) / EXACT)) + EXACT
    bins = np.where(values < EXACT, values, fine).astype(np.int64)
    mass = np.bincount(bins, weights)
    sums = np.bincount(bins, weights * values)
    kept = mass > 0
    mass, sums = mass[kept], sums[kept]
    return Empirical(tuple((sums / mass).tolist()), tuple((mass / mass.sum()).tolist()))


def _rate(seen: Seen, more: float) -> Rate:
    """
    Return the mean rate, or from one day on that of each hour of the day.
    """
    seconds = seen.until - seen.since
    if seconds < DAY:
        return Constant(seen.begun * more / seconds)
    days = int(seconds // DAY)
    hours = [0] * 24
    for start, flows in seen.starts:
        if start < seen.since + days * DAY:
            hours[int(start % DAY) // 3_600] += flows
    return Daily(tuple(count * more / (days * 3_600) for count in hours))


def _burstiness(seen: Seen, rate: Rate, lap: float, kept: float) -> Range:
    """
    Return the variance over the mean of how many flows begin in a stretch as long as an entry lives, with two standard errors.
    """
    seconds = seen.until - seen.since
    laps = max(LAPS, int(seconds // lap))
    if seconds < LAPS:
        return ONE
    edges = seen.since + np.arange(laps + 1) * (seconds / laps)
    times = np.array([start for start, _ in seen.starts], dtype=np.float64)
    flows = np.array([count for _, count in seen.starts], dtype=np.float64)
    found, _ = np.histogram(times, bins=edges, weights=flows)
    wanted = np.diff(flows_until(rate, edges)) * kept
    peakedness = float(np.sum((found - wanted) ** 2) / np.sum(wanted))
    error = 2 * math.sqrt(2 / laps)
    return Range(min(max(1.0, peakedness * (1 - error)), 1e6), min(max(1.0, peakedness * (1 + error)), 1e6))


def _notes(known: Overview, files: int, seen: Sequence[Seen], timeouts: Timeouts, lasting: int) -> Iterator[str]:
    yield (
        f"{known.accepted} records of {known.interfaces} interface{'s' * (known.interfaces != 1)} "
        f"in {files} file{'s' * (files != 1)}, {known.seconds} s, all as one table"
    )
    if known.rejected:
        yield f"{known.rejected} records of rejected packets are left out; these take no entry"
    if known.skipped:
        yield (
            f"AWS skipped records in {100 * known.lost:.2g} % of the time; the rates are taken for that much higher, "
            f"and are as much too high if nothing flowed then"
        )
    tcp = next((one for one in seen if one.kind == "tcp"), None)
    if tcp is not None:
        yield from _about_tcp(tcp, known, timeouts)
    for one in seen:
        going = sum(span.flows for span in one.spans if span.unfinished)
        if going > one.flows / 2:
            yield f"{going} of {one.flows} sessions of {one.kind} go on at the end; their lives are too short, take longer logs"
    if lasting:
        yield f"{lasting} sessions last from the first minute to the end, each with an entry all the time; rates may lack them"


def _left_out(seen: Sequence[Seen], starts: Sequence[tuple[str, int, int]]) -> Iterator[str]:
    """
    Say of which kinds there are sessions that begin only where they cannot be counted.
    """
    left = dict[str, int]()
    for kind, _, flows in starts:
        if kind not in {one.kind for one in seen}:
            left[kind] = left.get(kind, 0) + flows
    for kind, flows in sorted(left.items()):
        yield f"{flows} session{'s' * (flows != 1)} of {kind}, too early or too late to be counted, left out"


def _about_tcp(seen: Seen, known: Overview, timeouts: Timeouts) -> Iterator[str]:
    if not timeouts.tcp_established.exact:
        yield (
            f"the idle timeout of tcp is not known; pauses of up to {seen.idle} s are taken to be inside a session; "
            f"give --instance-type or --tcp-established"
        )
    if known.flagged != known.tcp:
        yield "there are tcp records without tcp-flags; how many connections are closed is not known, add the field to the log"
    elif (syn := sum(one.syn for one in seen.spans)) < 0.9 * seen.flows:
        yield f"only {syn} of {seen.flows} sessions of tcp show a SYN; the others were picked up later"
