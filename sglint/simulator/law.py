"""
Laws of how long things take, by their numbers: distributions of non-negative times.

Values are checked when one is made, so that every law that exists is a proper one with a finite mean. What an occupancy needs
of them is in `distribution`, which needs NumPy.
"""

from __future__ import annotations

import math
from typing import TypeAlias

from sglint.frozen import frozen
from sglint.source import SglintError


@frozen
class Deterministic:
    """
    Always the same: `value` seconds, zero or more.
    """

    value: float

    def __post_init__(self) -> None:
        demand("value", self.value, least=0.0, most=SLOWEST)


@frozen
class Exponential:
    """
    Memoryless, with a mean in seconds above zero.
    """

    mean: float

    def __post_init__(self) -> None:
        demand("mean", self.mean, least=QUICKEST, most=SLOWEST)


@frozen
class Lognormal:
    """
    Of which the logarithm is normal: `mean` in seconds of the time itself, `sigma` of its logarithm.
    """

    mean: float
    sigma: float

    def __post_init__(self) -> None:
        demand("mean", self.mean, least=QUICKEST, most=SLOWEST)
        demand("sigma", self.sigma, above=0.0, most=5.0)


@frozen
class Pareto:
    """
    P(X > t) = (least / t)^shape from `least` seconds on; with `most`, the same cut off there.

    Without `most` the shape must be above 1, or there is no mean.
    """

    shape: float
    least: float
    most: float | None = None

    def __post_init__(self) -> None:
        demand("shape", self.shape, above=0.0, most=100.0)
        demand("least", self.least, least=QUICKEST, most=SLOWEST)
        if self.most is not None:
            demand("most", self.most, above=self.least, most=SLOWEST)
        elif self.shape <= 1:
            raise SglintError(f"shape is {self.shape:g}: a pareto distribution has a mean only above 1; give it a most")


@frozen
class Hyperexponential:
    """
    Exponential with one of several means, in seconds, chosen by weight; the weights add up to 1.
    """

    means: tuple[float, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        for mean_ in self.means:
            demand("means", mean_, least=QUICKEST, most=SLOWEST)
        demand_weights(self.means, self.weights, "means")


@frozen
class Empirical:
    """
    One of the given values, in seconds, by weight; the weights add up to 1.
    """

    values: tuple[float, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        for value in self.values:
            demand("values", value, least=0.0, most=SLOWEST)
        demand_weights(self.values, self.weights, "values")


Distribution: TypeAlias = Deterministic | Exponential | Lognormal | Pareto | Hyperexponential | Empirical


SLOWEST = 1e9
"""No time is longer than this, in seconds: thirty years."""


QUICKEST = 1e-9
"""No mean time is shorter than this, in seconds."""


def demand(
    name: str, value: float, *, least: float | None = None, above: float | None = None, most: float | None = None
) -> None:
    """
    Raise SglintError, naming the field, unless the value is a finite number within the limits.
    """
    if not math.isfinite(value):
        raise SglintError(f"{name} is {value}, not a finite number")
    if least is not None and value < least:
        raise SglintError(f"{name} is {value:g}, less than {least:g}")
    if above is not None and value <= above:
        raise SglintError(f"{name} is {value:g}, not above {above:g}")
    if most is not None and value > most:
        raise SglintError(f"{name} is {value:g}, more than {most:g}")


def demand_weights(values: tuple[float, ...], weights: tuple[float, ...], name: str) -> None:
    """
    Raise SglintError unless there is one weight for each value, none is negative, and they add up to 1.
    """
    if not values or len(values) != len(weights):
        raise SglintError(f"{name} has {len(values)} numbers and weights has {len(weights)}; give one weight for each")
    for weight in weights:
        demand("weights", weight, least=0.0)
    if abs(math.fsum(weights) - 1.0) > 1e-6:
        raise SglintError(f"weights add up to {math.fsum(weights):g}, not to 1")


def mean(law: Distribution) -> float:
    """
    Return E[X] in seconds.
    """
    match law:
        case Deterministic(value):
            return value
        case Exponential(average) | Lognormal(average, _):
            return average
        case Pareto(shape, least, most):
            if most is None:
                return least * shape / (shape - 1)
            from sglint.simulator.distribution import limited_mean_at

            return limited_mean_at(law, most)
        case Hyperexponential(values, weights) | Empirical(values, weights):
            return math.fsum(v * w for v, w in zip(values, weights, strict=True))
