"""
How long an entry lives: what a class of flows and the timeouts of a table come to.

A flow of a class is one of a few cases (closed, abandoned, not answered), each with a time that the entry outlives the flow.
NumPy is imported for flows that pause, and for nothing else: a linter asks for a mean life, and what starts often starts fast.
"""

from __future__ import annotations

import math

from sglint.facts import DYNAMODB_ENTRIES
from sglint.frozen import frozen
from sglint.model import TargetKind
from sglint.simulator.bounds import World
from sglint.simulator.law import SLOWEST, Deterministic, Distribution, mean
from sglint.simulator.table import TableSettings
from sglint.simulator.traffic import Exchange, FlowClass
from sglint.space import Protocol

PAUSE = 1e-9
"""Flows that pause for longer than the timeout with no larger probability than this do not pause."""


@frozen
class Case:
    """
    A share of the flows whose entries stay for the life of the flow and `more` seconds.
    """

    share: float
    more: float
    life: Distribution


@frozen
class Holding:
    """
    How the entries of a class of flows live: by its cases, or, when `gap` is set, by pauses and the idle timeout.

    `slots` is the number of entries that one flow takes at once. With a gap the flow has `packets` packets, an entry stays
    for `timeout` seconds after each, and the cases are empty.
    """

    cases: tuple[Case, ...]
    slots: int = 1
    gap: Distribution | None = None
    packets: float = 1.0
    timeout: float = 0.0

    @property
    def seconds(self) -> float:
        """
        For how long, in all, a flow has an entry; infinite never.
        """
        if self.gap is not None:
            from sglint.simulator.theory import tracked_seconds_per_flow

            return tracked_seconds_per_flow(self.gap, self.packets, self.timeout)
        return math.fsum(case.share * (case.more + mean(case.life)) for case in self.cases)

    @property
    def entries(self) -> float:
        """
        How many entries a flow makes one after the other.
        """
        if self.gap is None:
            return 1.0
        from sglint.simulator.theory import entries_per_flow

        return entries_per_flow(self.gap, self.packets, self.timeout)


def holding(flows: FlowClass, table: TableSettings, world: World) -> Holding:
    """
    Return how the entries of these flows live in that table.
    """
    slots = DYNAMODB_ENTRIES if flows.destination == TargetKind.DYNAMODB_ENDPOINT.value else 1
    lag, idle = table.reap_lag.range.at(world), idle_timeout(flows, table, world)
    if flows.gap is not None:
        from sglint.simulator.distribution import survival_at

        if survival_at(flows.gap, idle + lag) > PAUSE:
            return Holding((), slots, flows.gap, flows.packets, idle + lag)
        whole = Deterministic(min((flows.packets - 1) * mean(flows.gap), SLOWEST))
        return Holding((Case(1.0, idle + lag, whole),), slots)
    closed = flows.closed.most if world is World.LEAST else flows.closed.least
    cases = [(1.0 - closed - flows.unanswered, idle, flows.life)]
    if flows.protocol is Protocol.TCP:
        cases.append((closed, table.closing.range.at(world), flows.life))
        cases.append((flows.unanswered, table.half_open.range.at(world), flows.life))
    return Holding(tuple(Case(share, more + lag, life) for share, more, life in cases if share > 0), slots)


def idle_timeout(flows: FlowClass, table: TableSettings, world: World) -> float:
    """
    Return the idle timeout in seconds that holds for these flows.
    """
    timeouts = table.timeouts
    if flows.protocol is Protocol.TCP:
        return timeouts.tcp_established.at(world)
    if flows.protocol is not Protocol.UDP:
        return timeouts.other.at(world)
    least = table.stream_after.range.least if world is World.MOST else table.stream_after.range.most
    stream = flows.exchange is Exchange.STREAM or (flows.exchange is Exchange.REQUEST_RESPONSE and least < 2)
    return timeouts.udp_stream.at(world) if stream else timeouts.udp.at(world)
