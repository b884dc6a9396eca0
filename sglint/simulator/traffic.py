"""
What flows: classes of connections, how many begin each second, how long they last, and what packets they send.
"""

from __future__ import annotations

import math
from dataclasses import field
from enum import Enum
from typing import TypeAlias

from sglint.frozen import frozen
from sglint.model import Direction
from sglint.simulator.bounds import ONE, ZERO, Range
from sglint.simulator.law import Deterministic, Distribution, demand, mean
from sglint.source import SglintError
from sglint.space import Protocol

DAY = 86_400.0
FASTEST = 1e9
"""No class has more new flows per second than this."""
MOST_RATES, MOST_CLASSES, MOST_RETRIES = 1_000_000, 64, 16
"""How many rates one after the other, how many classes, and how many further attempts there may be."""


class Exchange(Enum):
    """
    What a UDP flow is: packets one way, one request and its response, or more than one of these.
    """

    ONE_WAY = "one-way"
    REQUEST_RESPONSE = "request-response"
    STREAM = "stream"


@frozen
class Constant:
    """
    So many new flows per second, all the time.
    """

    value: float

    def __post_init__(self) -> None:
        demand("rate", self.value, least=0.0, most=FASTEST)


@frozen
class Daily:
    """
    New flows per second in each of the equal parts of a day, which repeat.
    """

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        demand_rates("daily", self.values)


@frozen
class Measured:
    """
    New flows per second, measured one after the other for `every` seconds each; after the last one there are none.
    """

    every: float
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        demand("every", self.every, least=1e-3, most=DAY)
        demand_rates("values", self.values)


Rate: TypeAlias = Constant | Daily | Measured


AT_ONCE = Deterministic(0.0)


@frozen
class FlowClass:
    """
    Flows of one kind.

    A flow lasts for `life`, in seconds from its first packet to its last, and never pauses for longer than the idle timeout;
    or, when `gap` is given, it pauses for that long between any two of its packets, its life follows, and it is not closed.
    `packets` is the mean number of packets of a flow in both directions; with `gap`, of those that are `gap` apart.

    `closed` is the share of TCP flows that end with FIN or RST, `unanswered` that of those whose first packet gets no answer;
    all others are left to the idle timeout. `retries` are the seconds after which a refused first packet is sent again, each
    counted from the one before. `burstiness` is the peakedness of the occupancy that these arrivals make: variance over mean, 1
    for independent arrivals. `destination` is a kind of route target, in the words of the model. `sources` says of each field
    where its numbers come from.
    """

    name: str
    protocol: Protocol
    rate: Rate
    life: Distribution = AT_ONCE
    gap: Distribution | None = None
    packets: float = 2.0
    packet_bytes: float = 353.0
    exchange: Exchange = Exchange.ONE_WAY
    closed: Range = ZERO
    unanswered: float = 0.0
    retries: tuple[float, ...] = ()
    burstiness: Range = ONE
    direction: Direction = Direction.IN
    destination: str = "transit-gateway"
    sources: tuple[tuple[str, str], ...] = field(default=())

    def __post_init__(self) -> None:
        demand("packets", self.packets, least=1.0, most=1e12)
        demand("packet_bytes", self.packet_bytes, least=20.0, most=65_535.0)
        demand("closed", self.closed.least, least=0.0)
        demand("closed", self.closed.most, most=1.0)
        demand("unanswered", self.unanswered, least=0.0, most=1.0)
        demand("burstiness", self.burstiness.least, least=1.0)
        demand("burstiness", self.burstiness.most, most=1e6)
        if len(self.retries) > MOST_RETRIES:
            raise SglintError(f"retries has {len(self.retries)} waits, more than {MOST_RETRIES}")
        for wait in self.retries:
            demand("retries", wait, above=0.0, most=3_600.0)
        self._consistent()

    def _consistent(self) -> None:
        if self.protocol is Protocol.ICMP:
            raise SglintError("protocol is icmp: that traffic is counted with other")
        if self.gap is not None and mean(self.life) > 0:
            raise SglintError("life and gap are both given; with a gap the life of a flow follows from its packets")
        if self.gap is not None and (self.closed != ZERO or self.unanswered):
            raise SglintError("closed and gap are both given; flows with a gap are left to the idle timeout")
        if self.protocol is not Protocol.TCP and (self.closed != ZERO or self.unanswered):
            raise SglintError(f"closed and unanswered are about tcp, and the protocol is {self.protocol.value}")
        if self.protocol is not Protocol.UDP and self.exchange is not Exchange.ONE_WAY:
            raise SglintError(f"exchange is about udp, and the protocol is {self.protocol.value}")
        if self.closed.most + self.unanswered > 1:
            raise SglintError(f"closed and unanswered add up to {self.closed.most + self.unanswered:g}, more than 1")


@frozen
class Traffic:
    """
    All the traffic of one interface, or of a fleet of like ones.
    """

    name: str
    says: str
    classes: tuple[FlowClass, ...]

    def __post_init__(self) -> None:
        names = [one.name for one in self.classes]
        if not names:
            raise SglintError("classes is empty; a profile needs at least one class of flows")
        if len(names) > MOST_CLASSES:
            raise SglintError(f"classes has {len(names)} elements, more than {MOST_CLASSES}")
        for name in names:
            if names.count(name) > 1:
                raise SglintError(f"two classes have the name {name}")


def demand_rates(name: str, values: tuple[float, ...]) -> None:
    """
    Raise SglintError, naming the field, unless there are rates and each is a number of zero or more.
    """
    if not values:
        raise SglintError(f"{name} is empty; give at least one rate")
    if len(values) > MOST_RATES:
        raise SglintError(f"{name} has {len(values)} rates, more than {MOST_RATES}")
    for number, value in enumerate(values):
        demand(f"{name}[{number}]", value, least=0.0, most=FASTEST)


def peak_rate(rate: Rate) -> float:
    """
    Return the largest number of new flows per second.
    """
    return rate.value if isinstance(rate, Constant) else max(rate.values)


def mean_rate(rate: Rate) -> float:
    """
    Return the mean number of new flows per second.
    """
    return rate.value if isinstance(rate, Constant) else math.fsum(rate.values) / len(rate.values)


def lasts(rate: Rate) -> float | None:
    """
    Return for how many seconds the rate says something of its own: a day, the length of a measurement, None for a constant.
    """
    match rate:
        case Constant():
            return None
        case Daily():
            return DAY
        case Measured(every, values):
            return every * len(values)
