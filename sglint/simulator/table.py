"""
The table of connections: its idle timeouts, how many entries it has room for, and what AWS does not say about it.
"""

from __future__ import annotations

import re
from dataclasses import field, replace
from typing import TypeAlias

from sglint.facts import (
    ENTRIES_PER_VCPU,
    IDLE_TIMEOUTS,
    NITRO_V6_EXCEPT,
    NITRO_V6_TCP_SECONDS,
    OBSERVED_ALLOWANCE,
    OTHER_PROTOCOL_SECONDS,
    nitro,
)
from sglint.frozen import frozen
from sglint.simulator.bounds import Parameter, Provenance, Range, exactly
from sglint.simulator.law import demand
from sglint.source import SglintError

ESTIMATE_SPREAD = (0.66, 1.0)
"""
An allowance that is estimated lies between these multiples of `ENTRIES_PER_VCPU`: our judgement.

The most is what the readings fit. The least is a reading of 51,302 entries in use on a t3a.medium of 2 vCPU, whose allowance
is no smaller than that.
"""

MOST_ENTRIES = 1e11
"""No table has room for more: this is a thousand times the estimate for the largest instances."""
LONGEST_STAY = 3_600.0
"""For no longer, in seconds, does an entry stay that no idle timeout keeps."""

CLOSING = Parameter(
    "closing", Range(0.0, 120.0), "s", Provenance.JUDGED,
    "how long an entry stays after fin or rst; not published, Linux has 10 to 120",
)  # fmt: skip
HALF_OPEN = Parameter(
    "half-open", Range(20.0, 120.0), "s", Provenance.JUDGED,
    "how long an entry stays whose first packet is not answered; not published, Linux has 120, Open vSwitch 30",
)  # fmt: skip
REAP_LAG = Parameter(
    "reap lag", Range(0.0, 20.0), "s", Provenance.JUDGED,
    "how long an expired entry still counts; not published, Linux was seen with 13, Open vSwitch sweeps every 20",
)  # fmt: skip
STREAM_AFTER = Parameter(
    "stream after", exactly(2.0), "transactions", Provenance.DOCUMENTED,
    "when a udp flow becomes a stream: with its second request and response; 1 is at any reply",
)  # fmt: skip


Given: TypeAlias = float | tuple[float, float] | None
"""What a user knows of something that AWS does not publish: its value, its least and its most, or nothing."""


@frozen
class Timeouts:
    """
    Idle timeouts in seconds, within what EC2 accepts; a range where the default of the instance is not known.
    """

    tcp_established: Range
    udp: Range = field(default_factory=lambda: exactly(IDLE_TIMEOUTS["udp"][2]))
    udp_stream: Range = field(default_factory=lambda: exactly(IDLE_TIMEOUTS["udp_stream"][2]))
    other: Range = field(default_factory=lambda: exactly(OTHER_PROTOCOL_SECONDS))

    def __post_init__(self) -> None:
        for name, range_ in (("tcp_established", self.tcp_established), ("udp", self.udp), ("udp_stream", self.udp_stream)):
            least, most, _ = IDLE_TIMEOUTS[name]
            for value in (range_.least, range_.most):
                demand(name, value, least=least, most=most)


@frozen
class TableSettings:
    """
    One instance's table. `allowance` is None when nothing is known of it; then nothing is said that needs it.

    `idle` says of its idle timeouts how they are known.
    """

    timeouts: Timeouts
    allowance: Parameter | None = None
    closing: Parameter = CLOSING
    half_open: Parameter = HALF_OPEN
    reap_lag: Parameter = REAP_LAG
    stream_after: Parameter = STREAM_AFTER
    idle: tuple[Parameter, ...] = ()

    def __post_init__(self) -> None:
        if self.allowance is not None:
            demand("allowance", self.allowance.range.least, least=1.0)
            demand("allowance", self.allowance.range.most, most=MOST_ENTRIES)
        for one in (self.closing, self.half_open, self.reap_lag):
            demand(one.name, one.range.least, least=0.0, most=LONGEST_STAY)
            demand(one.name, one.range.most, least=0.0, most=LONGEST_STAY)
        for end in (self.stream_after.range.least, self.stream_after.range.most):
            demand(self.stream_after.name, end, least=1.0, most=2.0)


def settings(  # noqa: PLR0913 -- one keyword for each thing that can be known
    instance_type: str | None = None,
    *,
    allowance: float | Parameter | None = None,
    tcp_established: float | None = None,
    udp: float | None = None,
    udp_stream: float | None = None,
    reap_lag: Given = None,
    closing: Given = None,
    half_open: Given = None,
    stream_after: Given = None,
) -> TableSettings:
    """
    Return the table of an instance of that type, with what was measured or set instead of the defaults.

    Times are in seconds, `stream_after` in transactions. Raises SglintError for a value that EC2 does not accept and for what
    is no instance type.
    """
    family = None if instance_type is None else _split(instance_type)[0]
    chosen = {"udp": udp, "udp_stream": udp_stream}
    for name, value in (("tcp_established", tcp_established), *chosen.items()):
        if value is not None:
            demand(name, value)
    others = {name: exactly(float(value)) for name, value in chosen.items() if value is not None}
    tcp = default_tcp_established(family) if tcp_established is None else exactly(float(tcp_established))
    timeouts = Timeouts(tcp, **others)
    idle = (
        given(_idle("TCP", timeouts.tcp_established), tcp_established),
        given(_idle("UDP", timeouts.udp), udp),
        given(_idle("UDP streams", timeouts.udp_stream), udp_stream),
    )
    known = ((REAP_LAG, reap_lag), (CLOSING, closing), (HALF_OPEN, half_open), (STREAM_AFTER, stream_after))
    lag, close, half, stream = (given(one, value) for one, value in known)
    return TableSettings(timeouts, _allowance(instance_type, allowance), close, half, lag, stream, idle)


def _idle(name: str, seconds: Range) -> Parameter:
    """
    Return what is said of an idle timeout that has its default.
    """
    says = "the default" if seconds.exact else "the default is one or the other, by the family of the instance"
    return Parameter(f"idle timeout of {name}", seconds, "s", Provenance.DOCUMENTED, says)


def given(parameter: Parameter, value: Given) -> Parameter:
    """
    Return the parameter with the value or the range that a user gives for it, unchanged for None.
    """
    if value is None:
        return parameter
    ends = value if isinstance(value, tuple) else (value, value)
    for end in ends:
        demand(parameter.name, end)
    if ends[0] > ends[1]:
        raise SglintError(f"{parameter.name} is from {ends[0]:g} to {ends[1]:g}; write the least first")
    return replace(parameter, range=Range(*map(float, ends)), provenance=Provenance.MEASURED, says="given")


def knowing(table: TableSettings, name: str, parameter: Parameter) -> TableSettings:
    """
    Return the table with that parameter as its reap lag, closing or half-open.
    """
    match name:
        case "closing":
            return replace(table, closing=parameter)
        case "half_open":
            return replace(table, half_open=parameter)
        case _:
            return replace(table, reap_lag=parameter)


def default_tcp_established(family: str | None) -> Range:
    """
    Return the idle timeout in seconds of TCP connections on instances of a family, from one default to the other where unknown.
    """
    least, most, usual = NITRO_V6_TCP_SECONDS, IDLE_TIMEOUTS["tcp_established"][2], IDLE_TIMEOUTS["tcp_established"][2]
    version = nitro(family) if family is not None else None
    if version is None:
        return Range(least, most)
    return exactly(least if version == 6 and family not in NITRO_V6_EXCEPT else usual)


def vcpus(instance_type: str) -> int | None:
    """
    Return the number of vCPUs that the size says: 2 for large, 4 for xlarge, 4 N for Nxlarge, None for any other size.
    """
    size = _split(instance_type)[1]
    if size == "large":
        return 2
    if size == "xlarge":
        return 4
    number = re.fullmatch(r"([0-9]{1,3})xlarge", size)
    return None if number is None else 4 * int(number[1])


def estimated_allowance(instance_type: str) -> Parameter | None:
    """
    Return what is known without a measurement about the number of entries of an instance, None where that is nothing.

    Types that are optimised for networks have more than others, and old ones were not seen: nothing is said about them.
    """
    if instance_type in OBSERVED_ALLOWANCE:
        says = "read off an instance of this type that tracked nothing"
        return Parameter("allowance", exactly(OBSERVED_ALLOWANCE[instance_type]), "entries", Provenance.OBSERVED, says)
    family, count = _split(instance_type)[0], vcpus(instance_type)
    generation = family.split("-")[0]
    if count is None or (nitro(family) or 0) < 4 or "n" in generation.lstrip("abcdefghijklmnopqrstuvwxyz"):
        return None
    least, most = (round(part * ENTRIES_PER_VCPU * count) for part in ESTIMATE_SPREAD)
    says = f"estimated for {count} vCPU (3 public readings, 1 known type); measure it with ethtool -S"
    return Parameter("allowance", Range(least, most), "entries", Provenance.JUDGED, says)


def lesser_type(instance_type: str) -> str:
    """
    Return the type of the same size that is not optimised for networks, whose allowance is estimated and smaller; else nothing.

    >>> lesser_type("c6in.2xlarge"), lesser_type("c7gn.metal"), lesser_type("m5n.large")
    ('c6i.2xlarge', '', '')
    """
    family, size = _split(instance_type)
    generation = re.fullmatch(r"([a-z]+[0-9]+)([a-z]*)n([a-z]*)", family)
    other = "" if generation is None else f"{generation[1]}{generation[2]}{generation[3]}.{size}"
    return other if other and estimated_allowance(other) is not None else ""


def _allowance(instance_type: str | None, given: float | Parameter | None) -> Parameter | None:
    if isinstance(given, Parameter):
        return given
    if given is not None:
        demand("allowance", given)
        return Parameter("allowance", exactly(float(given)), "entries", Provenance.MEASURED, "given")
    return None if instance_type is None else estimated_allowance(instance_type)


def _split(instance_type: str) -> tuple[str, str]:
    family, dot, size = instance_type.partition(".")
    if not family or not dot or not size or "." in size:
        raise SglintError(f"{instance_type} is no instance type; write it like m7i.large")
    return family, size
