"""
What the network makes of each class of flows: which share of it is tracked, and which is on an asymmetric path.
"""

from __future__ import annotations

from collections.abc import Iterable

from sglint.frozen import frozen
from sglint.simulator.law import demand
from sglint.simulator.traffic import Traffic
from sglint.source import SglintError


@frozen
class Share:
    """
    Of one class of flows: which share is tracked because of the security groups, and which is tracked whatever they say.

    The rest is untracked. `asymmetric` is the share of all flows that are tracked and of which the interface sees one direction
    only.
    """

    tracked: float = 1.0
    automatic: float = 0.0
    asymmetric: float = 0.0

    def __post_init__(self) -> None:
        demand("tracked", self.tracked, least=0.0, most=1.0)
        demand("automatic", self.automatic, least=0.0, most=1.0)
        demand("asymmetric", self.asymmetric, least=0.0, most=1.0)
        if self.tracked + self.automatic > 1 + 1e-9:
            raise SglintError(f"tracked and automatic add up to {self.tracked + self.automatic:g}, more than 1")
        if self.asymmetric > self.entered + 1e-9:
            raise SglintError(f"asymmetric is {self.asymmetric:g}, and only {self.entered:g} is tracked at all")

    @property
    def entered(self) -> float:
        """
        The share that takes an entry.
        """
        return min(1.0, self.tracked + self.automatic)


@frozen
class Verdicts:
    """
    The shares of the classes by name; all others are as `default`.
    """

    shares: tuple[tuple[str, Share], ...] = ()
    default: Share = Share()

    def of(self, name: str) -> Share:
        """
        Return the share of the class of that name.
        """
        return dict(self.shares).get(name, self.default)


TRACKED = Verdicts()
"""Every flow is tracked because of the security groups."""
UNTRACKED = Verdicts(default=Share(tracked=0.0))
"""No flow is tracked."""


def verdicts(traffic: Traffic, shares: Iterable[tuple[str, Share]]) -> Verdicts:
    """
    Return the shares of classes, each of which must be in the traffic; what is not given is tracked.
    """
    given, names = tuple(shares), [one.name for one in traffic.classes]
    for name, _ in given:
        if name not in names:
            raise SglintError(f"{traffic.name} has no class {name}; it has {', '.join(names)}")
    return Verdicts(given)


def opened(today: Verdicts, traffic: Traffic) -> Verdicts:
    """
    Return what stays when the security groups let everything in and out: only what is tracked automatically.
    """
    shares = []
    for one in traffic.classes:
        share = today.of(one.name)
        kept = share.asymmetric * share.automatic / share.entered if share.entered else 0.0
        shares.append((one.name, Share(0.0, share.automatic, kept)))
    return Verdicts(tuple(shares))
