"""
What a simulation says: the values that outputs render and findings carry.

Where nothing was measured the ends of a range are the projections of two worlds, one in which all that is not known is good for
the table and one in which it is bad. A None says that what is needed for the answer is not known.
"""

from __future__ import annotations

from enum import Enum

from sglint.frozen import frozen
from sglint.simulator.bounds import Parameter, Provenance, Range
from sglint.source import SglintError


class Limit(Enum):
    """
    What can keep an instance from more.
    """

    TABLE = "connections"
    PACKETS = "packets"
    BANDWIDTH = "bandwidth"
    REDUNDANCY = "redundancy"


MOST_INSTANCES, MOST_HEADROOM, MOST_PRICE = 1_000_000, 10, 1_000_000
"""What a fleet can be: more is a mistake."""


@frozen
class Fleet:
    """
    The instances that share the traffic: at least `minimum`, with `headroom` on top of the peak, for a price per hour if given.
    """

    minimum: int = 1
    headroom: float = 0.25
    hourly_price: float | None = None

    def __post_init__(self) -> None:
        for name, value, least, most in (
            ("minimum", self.minimum, 1, MOST_INSTANCES),
            ("headroom", self.headroom, 0, MOST_HEADROOM),
            ("price", self.hourly_price, 0, MOST_PRICE),
        ):
            if value is not None and not least <= value <= most:
                raise SglintError(f"{name} is {value:g}; it can be from {least:g} to {most:g}")


@frozen
class Series:
    """
    Entries over time from an empty table, at the seconds `at`.

    `least` and `most` are the means in the two worlds; `low` is what 95 % of the values are above in the one, `high` what they
    are below in the other.
    """

    at: tuple[float, ...]
    least: tuple[float, ...]
    most: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@frozen
class Run:
    """
    What a simulation of one world with its allowance came to.

    `lost` is the share of the flows that got no entry, `refused` the number of refused attempts for each flow, `full` the share
    of the time in which the table was full. `complete` is False when it was stopped; then the numbers are those until then.
    """

    flows: int
    lost: float
    refused: float
    full: float
    engine: str
    complete: bool


@frozen
class Interval:
    """
    A median and the ends of an interval that holds 90 % of the possible values.
    """

    median: float
    low: float
    high: float


@frozen
class Outcome:
    """
    What comes of one set of verdicts.

    `rate` is the mean number of new tracked flows per second. `peak` is the largest number of entries, if there were room;
    `headroom` what it leaves of the allowance, as a share, negative when it is not enough. `exhausted_after` are seconds from
    an empty table, infinite for never. `lost` is the share of tracked flows that get no entry, `dropped` the packets per second
    that are dropped for it. `sustainable` is the number of new tracked flows per second, at the peak, at which one in 10,000 is
    refused. `used` is the share of an instance's packet rate, `bandwidth` of its bits. `instances` is how many it takes, and
    `binding` what that is because of, from the better world to the worse one. `methods` say how what needs the allowance was
    worked out, in the better world and in the worse one, or once for both.
    """

    rate: float
    series: Series
    peak: Range
    packets_per_second: float
    packet_units: Range
    headroom: Range | None = None
    exhausted_after: Range | None = None
    lost: Range | None = None
    dropped: Range | None = None
    sustainable: Range | None = None
    used: Range | None = None
    bandwidth: float | None = None
    instances: Range | None = None
    calibrated_instances: Interval | None = None
    binding: tuple[Limit, ...] = ()
    monthly_cost: Range | None = None
    calibrated_cost: Interval | None = None
    runs: tuple[Run, ...] = ()
    methods: tuple[str, ...] = ()


@frozen
class Timeout:
    """
    The longest idle timeout, in seconds, at which the table suffices: in the worse world (`safe`) and in the better one.

    Any shorter one that EC2 accepts, `least` or more, does it as well. None when even that is too long. `keeps` is the shortest
    that all but one in a thousand pauses of live flows fit into, None where the traffic does not say how long these are.
    """

    timer: str
    safe: float | None
    possible: float | None
    least: float = 0.0
    keeps: float | None = None


@frozen
class Projection:
    """
    Today's groups, and the advised ones beside them; what else would do; and the numbers that it all rests on.

    `timeouts` is empty where the table suffices; `all_shortest` says whether all timeouts at their least would do, surely and
    at best, where none alone surely does. `notes` say what the estimate of the traffic left out or could not see.
    """

    traffic: str
    today: Outcome
    advised: Outcome | None
    timeouts: tuple[Timeout, ...]
    break_even: Range | None
    saved: Range | None
    parameters: tuple[Parameter, ...]
    notes: tuple[str, ...] = ()
    all_shortest: tuple[bool, bool] | None = None

    @property
    def calibrated(self) -> bool:
        """
        Whether nothing in it is our judgement.
        """
        return not any(one.provenance is Provenance.JUDGED for one in self.parameters)

    @property
    def table_binds(self) -> bool:
        """
        Whether the table is too small today, in at least one world: then what is saved needs no model of packets.
        """
        return Limit.TABLE in self.today.binding
