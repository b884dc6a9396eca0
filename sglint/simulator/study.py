"""
What somebody asks of the simulator, in the words of the command line and of the API, and the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sglint.frozen import frozen
from sglint.simulator import calibrate
from sglint.simulator.answer import Options, simulate
from sglint.simulator.bounds import Parameter
from sglint.simulator.estimator import estimate
from sglint.simulator.linger import lingering
from sglint.simulator.packets import Costs, budget
from sglint.simulator.profile import load
from sglint.simulator.projection import Fleet, Projection
from sglint.simulator.rehearse import Progress
from sglint.simulator.table import Given, TableSettings, knowing, settings
from sglint.simulator.traffic import Traffic
from sglint.simulator.verdict import Share, Verdicts, opened, verdicts
from sglint.source import SglintError


@frozen
class Question:
    """
    The traffic, a profile or flow logs; the instance, and what is measured of it; the fleet; and how much to simulate.

    Paths and times are as in the options of the command, which explains each; `shares` are of classes, by name.
    """

    traffic: str | None = None
    flow_logs: tuple[str, ...] = ()
    engine: str = "duckdb"
    instance_type: str | None = None
    allowance: float | None = None
    ethtool: tuple[str, ...] = ()
    loaded: tuple[str, ...] = ()
    knees: str | None = None
    tcp_established: float | None = None
    udp: float | None = None
    udp_stream: float | None = None
    reap_lag: Given = None
    closing: Given = None
    half_open: Given = None
    stream_after: Given = None
    shares: tuple[tuple[str, tuple[float, ...]], ...] = ()
    bandwidth: float | None = None
    packet_rate: float | None = None
    minimum: int = 1
    headroom: float = 0.25
    price: float | None = None
    flows: int = 20_000_000
    seed: int = 1


def answer(question: Question, progress: Progress | None = None) -> Projection:
    """
    Return what comes of it, with notes on the traffic.

    Raises SglintError when two things contradict each other, or a file or a value is none that there can be.
    """
    _demand_one_source(question)
    table = _table(question)
    traffic, notes = _traffic(question, table)
    today = verdicts(traffic, [(name, share(name, values)) for name, values in question.shares])
    if question.loaded:
        table = _lingering(question, traffic, table, today)
    costs, rate = Costs(), None
    if question.knees is not None:
        costs, rate = calibrate.costs(calibrate.read_knees(question.knees))
    packets = rate if question.packet_rate is None else question.packet_rate
    fleet = Fleet(question.minimum, question.headroom, question.price)
    options = Options(costs, budget(question.bandwidth, packets=packets), fleet, question.flows, question.seed)
    return replace(simulate(traffic, table, today, opened(today, traffic), options, progress), notes=notes)


def share(name: str, values: Sequence[float]) -> Share:
    """
    Return which shares of a class are tracked by the groups, automatically, and asymmetric.
    """
    if not 1 <= len(values) <= 3:
        raise SglintError(f"the shares of {name} are {len(values)} numbers; they are tracked, automatic and asymmetric")
    try:
        return Share(*values)
    except SglintError as error:
        raise SglintError(f"shares of {name}: {error}") from None


def _demand_one_source(question: Question) -> None:
    if (question.traffic is None) == (not question.flow_logs):
        raise SglintError("give either a profile (traffic) or flow logs")
    if question.ethtool and question.allowance is not None:
        raise SglintError("allowance and ethtool both say what the allowance is; give one of them")
    if question.loaded and not question.ethtool and question.allowance is None:
        raise SglintError("loaded counters say what is in use only beside the allowance; give allowance or ethtool as well")


def _table(question: Question) -> TableSettings:
    allowance: float | Parameter | None = question.allowance
    if question.ethtool:
        allowance = calibrate.allowance([calibrate.read_ethtool(one) for one in question.ethtool])
    return settings(
        question.instance_type,
        allowance=allowance,
        tcp_established=question.tcp_established,
        udp=question.udp,
        udp_stream=question.udp_stream,
        reap_lag=question.reap_lag,
        closing=question.closing,
        half_open=question.half_open,
        stream_after=question.stream_after,
    )


def _traffic(question: Question, table: TableSettings) -> tuple[Traffic, tuple[str, ...]]:
    if question.traffic is not None:
        return load(question.traffic), ()
    return estimate(question.flow_logs, table.timeouts, question.engine)


def _lingering(question: Question, traffic: Traffic, table: TableSettings, today: Verdicts) -> TableSettings:
    """
    Return the table with what the counters say of the first of its parameters that nobody gave.
    """
    given: Mapping[str, Given] = {
        "reap_lag": question.reap_lag,
        "closing": question.closing,
        "half_open": question.half_open,
    }
    open_ = [name for name, value in given.items() if value is None]
    if not open_:
        raise SglintError("loaded counters are for what is not known, and reap_lag, closing and half_open are all given")
    if table.allowance is None:
        return table
    entries = calibrate.in_use([calibrate.read_ethtool(one) for one in question.loaded], table.allowance.range)
    return knowing(table, open_[0], lingering(traffic, table, today, open_[0], entries))
