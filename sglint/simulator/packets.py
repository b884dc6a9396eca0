"""
What packets cost: how much of an instance's packet rate is used, where tracked packets cost more than others.

The unit is an untracked packet. AWS publishes neither the packet rate of an instance nor what tracking costs of it, so all of
this is ranges; what the user measures replaces them.
"""

from __future__ import annotations

import math

import numpy as np

from sglint.frozen import frozen
from sglint.simulator.arrival import flows_until
from sglint.simulator.bounds import Parameter, Provenance, Range, World, between
from sglint.simulator.law import demand
from sglint.simulator.traffic import Traffic
from sglint.simulator.verdict import Verdicts

FULL_PACKET_BITS = 12_000
"""The bits of a packet of 1,500 bytes."""
FASTEST_GIGABITS, FASTEST_PACKETS = 1e5, 1e12
"""No instance is faster."""
PER_BANDWIDTH = Range(1.0, 1.45)
"""
The packet rate of an instance over the rate of full packets at its bandwidth.

The least is a rule of Gebert and Tirpak (SREcon25), the most fits readings of m5.24xlarge, c5n.4xlarge and c5n.9xlarge:
https://github.com/amzn/amzn-drivers/issues/138.
"""
_QUIET = "not published; our judgement from what Linux costs"
TRACKED_COST = Parameter("cost of a tracked packet", Range(1.0, 1.4), "packets", Provenance.JUDGED, _QUIET)
ASYMMETRIC_COST = Parameter("cost of an asymmetric packet", Range(1.2, 4.0), "packets", Provenance.JUDGED, _QUIET)
NEW_COST = Parameter("cost of a new tracked flow", Range(1.5, 10.0), "packets", Provenance.JUDGED, _QUIET)


@frozen
class Costs:
    """
    What a packet costs, in untracked ones: tracked, tracked on an asymmetric path, and the first of a new flow on top of that.
    """

    tracked: Parameter = TRACKED_COST
    asymmetric: Parameter = ASYMMETRIC_COST
    new: Parameter = NEW_COST

    @property
    def measured(self) -> bool:
        """
        Whether all of them were measured.
        """
        return all(one.provenance is Provenance.MEASURED for one in (self.tracked, self.asymmetric, self.new))


@frozen
class Budget:
    """
    What one instance can pass on: packets per second in both directions together, and bits per second in each; None if unknown.
    """

    packets: Parameter | None = None
    bits: float | None = None


def budget(gigabits: float | None = None, *, packets: float | Parameter | None = None) -> Budget:
    """
    Return the budget of an instance with that bandwidth in Gbit/s; `packets` is its packet rate where that was measured.
    """
    for name, value, most in (("bandwidth", gigabits, FASTEST_GIGABITS), ("packet rate", packets, FASTEST_PACKETS)):
        if value is not None and not isinstance(value, Parameter):
            demand(name, value, above=0.0, most=most)
    bits = None if gigabits is None else gigabits * 1e9
    if isinstance(packets, Parameter):
        return Budget(packets, bits)
    if packets is not None:
        known = Parameter("packet rate", Range(packets, packets), "packets/s", Provenance.MEASURED, "given")
        return Budget(known, bits)
    if bits is None:
        return Budget()
    full = bits / FULL_PACKET_BITS
    says = "1.0 to 1.45 times the rate of 1500-byte packets at the bandwidth; fits four public readings"
    rate = Range(PER_BANDWIDTH.least * full, PER_BANDWIDTH.most * full)
    return Budget(Parameter("packet rate", rate, "packets/s", Provenance.JUDGED, says), bits)


@frozen
class Packets:
    """
    What passes in a second, at the busiest moment and in both directions.

    Packets that are untracked, tracked, tracked and on an asymmetric path; new tracked flows; bits.
    """

    untracked: float
    tracked: float
    asymmetric: float
    new: float
    bits: float

    @property
    def total(self) -> float:
        """
        All packets per second.
        """
        return self.untracked + self.tracked + self.asymmetric


def packets(traffic: Traffic, verdicts: Verdicts, seconds: float) -> Packets:
    """
    Return the packets at the busiest moment of so many seconds, as if every flow sent its packets when it begins.
    """
    edges = np.linspace(0.0, seconds, 2049)
    parts = []
    for flows in traffic.classes:
        share = verdicts.of(flows.name)
        new = np.diff(flows_until(flows.rate, edges)) / np.diff(edges)
        sent = new * flows.packets
        tracked = share.entered - share.asymmetric
        columns = [sent * (1 - share.entered), sent * tracked, sent * share.asymmetric, new * share.entered]
        parts.append(np.stack([*columns, sent * flows.packet_bytes * 8]))
    total = np.sum(parts, axis=0)
    busiest = int(total[:3].sum(axis=0).argmax())
    return Packets(*(float(value) for value in total[:, busiest]))


def units(found: Packets, costs: Costs, world: World) -> float:
    """
    Return what the packets cost, in untracked packets per second.
    """
    return (
        found.untracked
        + costs.tracked.range.at(world) * found.tracked
        + costs.asymmetric.range.at(world) * found.asymmetric
        + costs.new.range.at(world) * found.new
    )


def used(found: Packets, costs: Costs, available: Budget) -> Range | None:
    """
    Return how many instances' packet rates that is, None where an instance's is not known.
    """
    if available.packets is None:
        return None
    rate = available.packets.range
    return Range(units(found, costs, World.LEAST) / rate.most, units(found, costs, World.MOST) / rate.least)


def break_even(today: Packets, advised: Packets, costs: Costs, available: Budget) -> Range | None:
    """
    Return from which cost of a tracked packet on (asymmetric ones, where there are any) the advised groups save one instance.

    A range over the packet rate of an instance and the other costs; None where the rate is not known or the cost plays no part.
    """
    if available.packets is None:
        return None
    ends = []
    for world in World:
        other = World.MOST if world is World.LEAST else World.LEAST
        rate, after = available.packets.range.at(other), units(advised, costs, world)
        room = math.ceil(after / rate) * rate
        varied, fixed = (today.asymmetric, today.tracked) if today.asymmetric > 0 else (today.tracked, 0.0)
        if varied <= 0:
            return None
        rest = today.untracked + costs.tracked.range.at(world) * fixed + costs.new.range.at(world) * today.new
        ends.append(max(0.0, (room - rest) / varied))
    return between(*ends)
