"""
Projections: against numbers that others published, and against what must hold of any.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from sglint.simulator.bounds import World, exactly
from sglint.simulator.build import wheel
from sglint.simulator.exports import (
    TRACKED,
    UNTRACKED,
    Constant,
    Costs,
    Daily,
    Exchange,
    Fleet,
    FlowClass,
    Limit,
    Measured,
    Options,
    Parameter,
    Projection,
    Provenance,
    Range,
    Share,
    TableSettings,
    Traffic,
    budget,
    load,
    opened,
    rounded,
    settings,
    simulate,
    verdicts,
)
from sglint.simulator.law import Deterministic, Exponential, Pareto
from sglint.simulator.stream import streams
from sglint.simulator.vectorised import step
from sglint.simulator.wheel import run
from sglint.source import SglintError
from sglint.space import Protocol

FLEX = "m7i-flex.large"


def known(table: TableSettings) -> TableSettings:
    """
    The table as if AWS had published that nothing lingers.
    """
    nothing = replace(table.reap_lag, range=exactly(0.0), provenance=Provenance.MEASURED)
    return replace(table, reap_lag=nothing, closing=replace(table.closing, range=exactly(0.0)))


def tcp(rate: float, **fields: object) -> Traffic:
    flows = FlowClass("a", Protocol.TCP, Constant(rate))
    return Traffic("tcp", "", (replace(flows, **fields),))  # type: ignore[arg-type]  # of the fields that the tests set


def test_connections_that_never_close_level_off_at_the_allowance() -> None:
    """
    The public runs of millionws: stuck at 76,957 entries when tracked, none at all when untracked.
    """
    traffic, table = tcp(500.0, retries=(1.0, 2.0, 4.0)), settings(FLEX)
    made = wheel(streams(traffic, table, TRACKED, World.LEAST), 250.0, room=76_957, width=0.25)
    entries = np.concatenate([one.entries for one in run(made, step)])
    assert entries.max() == 76_957
    assert (entries[int(170 / 0.25) :] == 76_957).all()
    projection = simulate(traffic, table, TRACKED, UNTRACKED, Options(flows=0))
    assert projection.today.exhausted_after is not None and projection.advised is not None
    assert projection.today.exhausted_after.least == pytest.approx(76_957 / 500, rel=0.01)
    assert set(projection.advised.series.high) == {0.0}
    assert projection.advised.peak == exactly(0.0)
    assert projection.advised.exhausted_after == exactly(math.inf)


@pytest.mark.parametrize(("rate", "entries"), [(1_333.0, 40_000), (1_500.0, 45_000)])
def test_a_resolver_address_has_as_many_entries_as_its_documentation_allows(rate: float, entries: int) -> None:
    queries = replace(load("dns-resolver").classes[0], rate=Constant(rate), life=Deterministic(0.0))
    projection = simulate(Traffic("dns", "", (queries,)), known(settings(FLEX)), TRACKED)
    assert projection.today.peak.least == pytest.approx(entries, rel=0.001)


def test_a_leak_fills_the_table_in_a_day_or_never_by_the_timeout() -> None:
    old = simulate(tcp(1.0), known(settings(FLEX)), TRACKED, options=Options(flows=0)).today
    assert old.exhausted_after is not None
    assert old.exhausted_after.most == pytest.approx(21.4 * 3600, rel=0.01)
    new = simulate(tcp(1.0), known(settings(FLEX, tcp_established=350)), TRACKED).today
    assert new.peak.least == pytest.approx(350.0)
    assert new.exhausted_after == exactly(math.inf)


def test_what_is_lost_in_a_full_table_is_what_erlang_says_and_retries_do_not_help() -> None:
    table = known(settings(allowance=4_000, tcp_established=60))
    for retries in ((), (1.0, 2.0, 4.0)):
        today = simulate(tcp(80.0, retries=retries), table, TRACKED).today
        assert today.lost is not None and today.dropped is not None
        assert today.lost.most == pytest.approx(1 - 4000 / 4800, abs=0.01)
        assert today.runs and all(one.complete and one.full > 0.1 for one in today.runs)
        assert (today.dropped.most > 2 * 80 * today.lost.most) == bool(retries)


def test_the_sustainable_rate_can_be_sustained_and_more_cannot() -> None:
    table = known(settings(allowance=4_000, tcp_established=60))
    today = simulate(tcp(80.0, burstiness=exactly(9.0)), table, TRACKED, options=Options(flows=0)).today
    assert today.sustainable is not None
    for factor, fits in ((0.99, True), (1.02, False)):
        again = tcp(today.sustainable.least * factor, burstiness=exactly(9.0))
        lost = simulate(again, table, TRACKED, options=Options(flows=0)).today.lost
        assert lost is not None and (lost.most <= 1e-4) == fits


def test_a_timeout_that_would_do_does() -> None:
    table = known(settings(FLEX))
    (timeout,) = simulate(tcp(100.0), table, TRACKED, options=Options(flows=0)).timeouts
    assert timeout.timer == "tcp_established"
    assert timeout.safe == pytest.approx(76_957 / 100, rel=0.03)
    there = simulate(tcp(100.0), known(settings(FLEX, tcp_established=timeout.safe)), TRACKED).today
    assert there.lost is not None and there.lost.most <= 1e-4
    (never,) = simulate(tcp(10_000.0), table, TRACKED, options=Options(flows=0)).timeouts
    assert never.safe is None and never.possible is None


def test_what_is_tracked_automatically_stays_when_the_groups_are_opened() -> None:
    traffic = load("dns-resolver")
    today = verdicts(traffic, [("queries", Share(0.6, 0.4, 0.5))])
    after = opened(today, traffic).of("queries")
    assert (after.tracked, after.automatic) == (0.0, 0.4)
    assert after.asymmetric == pytest.approx(0.2)
    projection = simulate(traffic, known(settings(FLEX)), today, opened(today, traffic))
    assert projection.advised is not None
    assert projection.advised.rate == pytest.approx(0.4 * projection.today.rate)
    with pytest.raises(SglintError, match=r"^dns-resolver has no class answers; it has queries$"):
        verdicts(traffic, [("answers", Share())])


@pytest.mark.parametrize(
    ("shares", "says"),
    [((0.7, 0.4), "add up to 1.1"), ((0.2, 0.1, 0.5), "only 0.3 is tracked"), ((-0.1,), "less than 0"), ((math.nan,), "nan")],
)
def test_shares_that_contradict_each_other_are_refused(shares: tuple[float, ...], says: str) -> None:
    with pytest.raises(SglintError, match=says):
        Share(*shares)


def test_two_entries_through_the_endpoint_of_dynamodb() -> None:
    one, two = (tcp(10.0, destination=where) for where in ("transit-gateway", "dynamodb-gateway-endpoint"))
    table = known(settings(FLEX, tcp_established=350))
    single, double = (simulate(traffic, table, TRACKED).today.peak.least for traffic in (one, two))
    assert double == pytest.approx(2 * single)


def test_a_day_has_its_peak_after_its_busiest_hour() -> None:
    rates = tuple(100.0 + 90.0 * math.sin(math.pi * hour / 12) for hour in range(24))
    flows = FlowClass("a", Protocol.TCP, Daily(rates))
    today = simulate(Traffic("day", "", (flows,)), known(settings(FLEX, tcp_established=7200)), TRACKED).today
    at = today.series.at[today.series.least.index(max(today.series.least))]
    assert 7.0 < at % 86_400 / 3600 < 9.0
    assert today.series.at[-1] == 2 * 86_400


def test_a_measured_series_is_looked_at_from_begin_to_end() -> None:
    flows = FlowClass("a", Protocol.UDP, Measured(60.0, (0.0, 100.0, 0.0, 0.0)))
    today = simulate(Traffic("series", "", (flows,)), known(settings(FLEX)), TRACKED).today
    assert today.series.at[-1] == 240.0
    assert today.peak.least == pytest.approx(3_000.0, rel=0.001)
    assert today.series.least[-1] == pytest.approx(0.0, abs=1e-6)


def test_the_few_flows_that_live_long_are_counted() -> None:
    """
    Of lives with shape 1.2 a quarter of all the time is in one flow of a thousand; 9 % is in those longer than six days.
    """
    flows = FlowClass("a", Protocol.UDP, Constant(1_000.0), Pareto(1.2, 10.0))
    today = simulate(Traffic("long", "", (flows,)), known(settings(FLEX)), TRACKED, options=Options(flows=0)).today
    assert 1_000 * (30 + 60 * 0.9) < today.peak.least < 1_000 * (30 + 60)


def test_entries_of_flows_that_pause_are_those_of_the_renewal_formula() -> None:
    flows = FlowClass("a", Protocol.UDP, Constant(10.0), gap=Exponential(20.0), packets=20.0)
    today = simulate(Traffic("pauses", "", (flows,)), known(settings(FLEX)), TRACKED).today
    assert today.peak.least == pytest.approx(10 * 325.21, rel=0.002)


def test_flows_that_pause_are_run_one_by_one_through_a_full_table() -> None:
    """
    A flow tries again with each of its 20 packets: many are dropped, and nearly every flow gets an entry some time.
    """
    flows = FlowClass("a", Protocol.UDP, Constant(1.0), gap=Exponential(20.0), packets=20.0)
    table = known(settings(allowance=200))
    today = simulate(Traffic("pauses", "", (flows,)), table, TRACKED).today
    assert today.lost is not None and today.dropped is not None
    assert [one.engine for one in today.runs] == ["numpy, flow by flow"] * 2
    assert today.lost.most < 0.01
    assert today.dropped.most > 2.0


def test_what_the_table_costs_and_saves() -> None:
    """
    Three tables for what one would pass on: the table binds, and nothing about packets is needed to say so.
    """
    table = known(settings(allowance=10_000, tcp_established=60))
    fleet = Fleet(minimum=2, headroom=0.0, hourly_price=1.0)
    options = Options(budget=budget(10.0), fleet=fleet, flows=0)
    projection = simulate(tcp(500.0), table, TRACKED, UNTRACKED, options)
    assert projection.advised is not None
    assert projection.today.binding == (Limit.TABLE,) and projection.table_binds
    assert projection.today.instances == Range(3.0, 4.0)
    assert projection.advised.binding == (Limit.REDUNDANCY,) and projection.advised.instances == exactly(2.0)
    assert projection.saved == Range(1.0, 2.0)
    assert projection.today.monthly_cost == Range(3 * 672.0, 4 * 744.0)
    assert projection.advised.monthly_cost == Range(2 * 672.0, 2 * 744.0)
    assert not projection.calibrated


def test_asymmetric_packets_cost_an_instance_from_the_break_even_on() -> None:
    traffic = tcp(1_000.0, packets=1_000.0)
    table = known(settings(allowance=10_000_000, tcp_established=60))
    today = verdicts(traffic, [("a", Share(1.0, 0.0, 1.0))])
    options = Options(budget=budget(packets=1_500_000.0), flows=0)
    projection = simulate(traffic, table, today, UNTRACKED, options)
    assert projection.break_even is not None and projection.today.used is not None
    assert projection.today.used.least == pytest.approx((1.2 * 1e6 + 1.5e3) / 1.5e6)
    assert projection.break_even.least == pytest.approx(1.49)
    assert projection.break_even.most == pytest.approx(1.4985)
    assert projection.saved == Range(0.0, 2.0)
    assert set(projection.today.binding) == {Limit.PACKETS, Limit.REDUNDANCY}


def test_after_calibration_there_is_a_median_and_an_interval() -> None:
    def measured(one: Parameter, least: float, most: float) -> Parameter:
        return replace(one, range=Range(least, most), provenance=Provenance.MEASURED)

    costs = Costs()
    costs = Costs(measured(costs.tracked, 1.0, 1.1), measured(costs.asymmetric, 1.7, 2.3), measured(costs.new, 2.0, 4.0))
    traffic = tcp(1_000.0, packets=3_000.0)
    today = verdicts(traffic, [("a", Share(1.0, 0.0, 1.0))])
    options = Options(costs, budget(packets=1_000_000.0), flows=0)
    table = known(settings(allowance=10_000_000, tcp_established=60))
    interval = simulate(traffic, table, today, options=options).today.calibrated_instances
    assert interval is not None
    assert (interval.low, interval.median, interval.high) == (6.0, 6.0, 7.0)
    priced = replace(options, fleet=Fleet(hourly_price=0.1))
    cost = simulate(traffic, table, today, options=priced).today.calibrated_cost
    assert cost is not None
    assert (cost.low, cost.median, cost.high) == pytest.approx((438.0, 438.0, 511.0))
    assert simulate(traffic, table, today, options=replace(options, costs=Costs())).today.calibrated_instances is None


def test_without_an_allowance_nothing_is_said_about_it() -> None:
    today = simulate(load("dns-resolver"), settings("c7gn.large"), TRACKED).today
    assert today.peak.least > 45_000
    assert (today.headroom, today.lost, today.sustainable, today.exhausted_after, today.instances) == (None,) * 5


def test_a_simulation_can_be_stopped_and_says_what_it_knows() -> None:
    calls: list[float] = []

    def progress(done: float) -> bool:
        calls.append(done)
        return len(calls) < 2

    table = known(settings(allowance=4_000, tcp_established=60))
    projection = simulate(tcp(80.0), table, TRACKED, progress=progress)
    assert 0 < calls[0] < calls[1]
    assert not any(one.complete for one in projection.today.runs)
    assert projection.today.peak.least == pytest.approx(4_800)


@effort(max_examples=25)
@given(
    rate=st.floats(1.0, 3_000.0),
    life=st.floats(0.1, 300.0),
    closed=st.floats(0.0, 1.0),
    peakedness=st.floats(1.0, 200.0),
    allowance=st.integers(100, 10**6),
)
def test_the_worse_world_is_worse(rate: float, life: float, closed: float, peakedness: float, allowance: int) -> None:
    flows = FlowClass(
        "a", Protocol.TCP, Constant(rate), Exponential(life), closed=exactly(closed), burstiness=Range(1.0, peakedness)
    )
    table = settings("m8i.large", allowance=allowance)
    projection: Projection = simulate(Traffic("any", "", (flows,)), table, TRACKED, UNTRACKED, Options(flows=0))
    today, advised = projection.today, projection.advised
    assert advised is not None and today.headroom is not None and today.lost is not None
    assert today.peak.least <= today.peak.most and today.headroom.least <= today.headroom.most
    assert 0 <= today.lost.least <= today.lost.most <= 1
    assert all(low <= high * (1 + 1e-9) + 1e-9 for low, high in zip(today.series.least, today.series.most, strict=True))
    assert advised.peak == exactly(0.0) and advised.lost == exactly(0.0)


def test_udp_becomes_a_stream_where_the_user_says_so() -> None:
    queries = load("dns-resolver")
    table = known(settings(FLEX))
    early = replace(table, stream_after=replace(table.stream_after, range=Range(1.0, 2.0)))
    peak = simulate(queries, early, TRACKED, options=Options(flows=0)).today.peak
    assert peak.least == pytest.approx(1500 * 30.152)
    assert peak.most > 1500 * 180
    stream = Traffic("s", "", (replace(queries.classes[0], exchange=Exchange.STREAM),))
    assert simulate(stream, table, TRACKED, options=Options(flows=0)).today.peak.least == pytest.approx(1500 * 180.152)


def test_numbers_are_rounded_to_what_is_known() -> None:
    assert [rounded(value) for value in (0.0, 76_957.0, 0.01234, -3.46, math.inf)] == [0.0, 77_000.0, 0.012, -3.5, math.inf]
