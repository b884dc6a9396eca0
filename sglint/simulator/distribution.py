"""
How long things take: distributions of non-negative times, by what an occupancy needs of them.

For a time X that is the survival function P(X > t) and the limited mean E[min(X, t)], the integral of the former. Both are
exact formulas; nothing here draws a number. Values are checked when one is made, so that every distribution that exists is a
proper one with a finite mean.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias, assert_never

import numpy as np
import numpy.typing as npt

from sglint.source import SglintError

Floats: TypeAlias = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Deterministic:
    """
    Always the same: `value` seconds, zero or more.
    """

    value: float

    def __post_init__(self) -> None:
        demand("value", self.value, least=0.0, most=SLOWEST)


@dataclass(frozen=True, slots=True)
class Exponential:
    """
    Memoryless, with a mean in seconds above zero.
    """

    mean: float

    def __post_init__(self) -> None:
        demand("mean", self.mean, least=QUICKEST, most=SLOWEST)


@dataclass(frozen=True, slots=True)
class Lognormal:
    """
    Of which the logarithm is normal: `mean` in seconds of the time itself, `sigma` of its logarithm.
    """

    mean: float
    sigma: float

    def __post_init__(self) -> None:
        demand("mean", self.mean, least=QUICKEST, most=SLOWEST)
        demand("sigma", self.sigma, above=0.0, most=5.0)


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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
        case Pareto(shape, least, None):
            return least * shape / (shape - 1)
        case Pareto(_, _, most):
            return float(limited_mean(law, np.array([most]))[0])
        case Hyperexponential(values, weights) | Empirical(values, weights):
            return math.fsum(v * w for v, w in zip(values, weights, strict=True))


def survival(law: Distribution, t: Floats) -> Floats:
    """
    Return P(X > t) for each of the times, in seconds; 1 for negative ones.
    """
    positive = np.maximum(t, 0.0)
    result: Floats
    match law:
        case Deterministic(value):
            result = (positive < value).astype(np.float64)
        case Exponential(average):
            result = np.exp(-positive / average)
        case Lognormal(average, sigma):
            result = _normal_above((_log(positive) - math.log(average)) / sigma + sigma / 2)
        case Pareto(shape, least, most):
            result = _pareto_survival(positive, shape, least, most)
        case Hyperexponential(means, weights):
            result = sum_of([w * np.exp(-positive / m) for m, w in zip(means, weights, strict=True)])
        case Empirical(values, weights):
            result = sum_of([w * (positive < v) for v, w in zip(values, weights, strict=True)])
        case _:
            assert_never(law)
    return np.where(t < 0, 1.0, result)


def limited_mean(law: Distribution, t: Floats) -> Floats:
    """
    Return E[min(X, t)] in seconds for each of the times; t itself for negative ones.
    """
    positive = np.maximum(t, 0.0)
    match law:
        case Deterministic(value):
            result = np.minimum(positive, value)
        case Exponential(average):
            result = -average * np.expm1(-positive / average)
        case Lognormal(average, sigma):
            z = (_log(positive) - math.log(average)) / sigma
            result = average * _normal_above(sigma / 2 - z) + positive * _normal_above(z + sigma / 2)
        case Pareto(shape, least, most):
            result = _pareto_limited(positive, shape, least, most)
        case Hyperexponential(means, weights):
            result = sum_of([-w * m * np.expm1(-positive / m) for m, w in zip(means, weights, strict=True)])
        case Empirical(values, weights):
            result = sum_of([w * np.minimum(positive, v) for v, w in zip(values, weights, strict=True)])
        case _:
            assert_never(law)
    return np.where(t < 0, t, result)


def reach(law: Distribution, share: float) -> float:
    """
    Return a time that at most this share of the values exceeds, found by bisection to a relative 1e-6.
    """
    least, most = 0.0, max(mean(law), 1e-9)
    while float(survival(law, np.array([most]))[0]) > share:
        least, most = most, most * 2
    while most - least > 1e-6 * most:
        middle = (least + most) / 2
        if float(survival(law, np.array([middle]))[0]) > share:
            least = middle
        else:
            most = middle
    return most


def sum_of(terms: list[Floats]) -> Floats:
    """
    Return the sum of arrays of one shape.
    """
    result = np.zeros_like(terms[0])
    for term in terms:
        result = result + term
    return result


def _log(t: Floats) -> Floats:
    return np.log(np.maximum(t, 1e-300))


def _normal_above(z: Floats) -> Floats:
    scaled = z / math.sqrt(2)
    return np.array([math.erfc(one) / 2 for one in scaled.tolist()])


def _pareto_survival(t: Floats, shape: float, least: float, most: float | None) -> Floats:
    tail = (least / np.maximum(t, least)) ** shape
    if most is None:
        return tail
    last = (least / most) ** shape
    return np.where(t < most, (tail - last) / (1 - last), 0.0)


def _pareto_limited(t: Floats, shape: float, least: float, most: float | None) -> Floats:
    end = np.maximum(t if most is None else np.minimum(t, most), least)
    logarithm = np.log(end / least)
    tail = least * (logarithm if shape == 1 else np.expm1((1 - shape) * logarithm) / (1 - shape))
    if most is not None:
        last = (least / most) ** shape
        tail = (tail - last * (end - least)) / (1 - last)
    return np.minimum(t, least) + tail
