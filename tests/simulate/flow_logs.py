"""
Synthetic traffic, written as the flow logs that AWS would write of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BEGIN = 1_800_057_600
"""The first second of a log, at midnight."""
HEADER = "version interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags"
WINDOW = 60


@dataclass(frozen=True, slots=True, eq=False)
class Flows:
    """
    Flows that send a packet each way every `gap` seconds while they live, and TCP that is closed or not.
    """

    begin: npt.NDArray[np.float64]
    life: npt.NDArray[np.float64]
    gap: float
    protocol: int
    closed: npt.NDArray[np.bool_]

    def entries(self, idle: float, since: float, until: float) -> float:
        """
        Return the mean number of entries that stay for `idle` seconds after the last packet.
        """
        end = np.minimum(self.begin + self.last + idle, until)
        return float(np.sum(np.maximum(end - np.maximum(self.begin, since), 0.0))) / (until - since)

    @property
    def last(self) -> npt.NDArray[np.float64]:
        """
        When the last packet of each flow is sent, counted from its first.
        """
        found: npt.NDArray[np.float64] = np.floor(self.life / self.gap) * self.gap
        return found


def draw(
    rate: float, seconds: float, life: float, gap: float, *, protocol: int = 17, closed: float = 0.0, seed: int = 1
) -> Flows:
    """
    Return Poisson arrivals of lognormal lives (sigma 1), from three mean lives before the log begins on.
    """
    generator = np.random.default_rng(seed)
    before = min(20 * life, 4 * seconds)
    count = generator.poisson(rate * (seconds + before))
    begin = np.sort(generator.random(count)) * (seconds + before) - before
    return Flows(begin, generator.lognormal(np.log(life) - 0.5, 1.0, count), gap, protocol, generator.random(count) < closed)


def records(flows: Flows, seconds: int) -> list[str]:
    """
    Return the records, two for each flow and window of a minute in which it sends, in the order of the windows.
    """
    rows = list[tuple[int, str]]()
    final = np.floor(flows.life / flows.gap).astype(int)
    for number, (begin, last) in enumerate(zip(flows.begin, final, strict=True)):
        first = max(0, int(np.ceil(-begin / flows.gap)))
        while first <= last:
            at = begin + first * flows.gap
            window = int(at // WINDOW)
            if window * WINDOW >= seconds:
                break
            to = min(last, int(np.ceil(((window + 1) * WINDOW - begin) / flows.gap)) - 1)
            flags = (2 if first == 0 else 0) | (1 if flows.closed[number] and to == last else 0)
            times = f"{BEGIN + int(at)} {BEGIN + int(begin + to * flows.gap)}"
            rows.extend((window, line) for line in _both(number, flows.protocol, to - first + 1, times, flags))
            first = to + 1
    rows.sort(key=lambda row: row[0])
    return [line for _, line in rows]


def _both(number: int, protocol: int, packets: int, times: str, flags: int) -> tuple[str, str]:
    client, port = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 1024 + number % 60_000
    reply = flags | 16 if flags & 2 else flags
    return (
        f"3 eni-1 {client} 192.0.2.1 {port} 443 {protocol} {packets} {packets * 100} {times} ACCEPT OK {flags}",
        f"3 eni-1 192.0.2.1 {client} 443 {port} {protocol} {packets} {packets * 300} {times} ACCEPT OK {reply}",
    )
