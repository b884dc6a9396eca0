"""
Ranges of numbers that are not known exactly, and where they come from.

Every parameter moves the occupancy one way only. So a projection for the least and one for the most that each parameter can
be bound every projection in between, and a parameter that was measured is a range of one value.
"""

from __future__ import annotations

import math
from enum import Enum

from sglint.frozen import frozen
from sglint.source import SglintError


@frozen
class Range:
    """
    From `least` to `most`, both included; infinite is allowed for a time that never comes.
    """

    least: float
    most: float

    def __post_init__(self) -> None:
        if math.isnan(self.least) or math.isnan(self.most):
            raise SglintError("a range has an end that is not a number")
        if self.least > self.most:
            raise SglintError(f"the range {self.least:g} to {self.most:g} ends before it begins")

    @property
    def exact(self) -> bool:
        """
        Whether it is one value.
        """
        return self.least == self.most

    def at(self, world: World) -> float:
        """
        Return the value of that world.
        """
        return self.least if world is World.LEAST else self.most


class World(Enum):
    """
    Everything that is not known is as good for the table as it can be, or as bad: the least entries, or the most.
    """

    LEAST = "least"
    MOST = "most"


class Provenance(Enum):
    """
    How it is known: said by its maker, read off by others, our judgement, or measured by the user.
    """

    DOCUMENTED = "documented"
    OBSERVED = "observed by others"
    JUDGED = "judged"
    MEASURED = "measured"


@frozen
class Parameter:
    """
    A number that the projection rests on: its name, its range, the unit, how it is known, and a sentence about that.
    """

    name: str
    range: Range
    unit: str
    provenance: Provenance
    says: str


ONE = Range(1.0, 1.0)
ZERO = Range(0.0, 0.0)


def exactly(value: float) -> Range:
    """
    Return the range of one value.
    """
    return Range(value, value)


def between(left: float, right: float) -> Range:
    """
    Return the range with these two ends, in either order.
    """
    return Range(min(left, right), max(left, right))


def rounded(value: float, digits: int = 2) -> float:
    """
    Return the number with so many significant digits.
    """
    if value == 0 or not math.isfinite(value):
        return value
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))
