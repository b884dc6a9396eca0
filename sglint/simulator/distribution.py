"""
How long things take, by what an occupancy needs of a law.

For a time X that is the survival function P(X > t) and the limited mean E[min(X, t)], the integral of the former. Both are
exact formulas; nothing here draws a number.
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias, assert_never

import numpy as np
import numpy.typing as npt

from sglint.simulator.law import Deterministic, Distribution, Empirical, Exponential, Hyperexponential, Lognormal, Pareto, mean

Floats: TypeAlias = npt.NDArray[np.floating[Any]]


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


def survival_at(law: Distribution, time: float) -> float:
    """
    Return P(X > t) for one time.
    """
    return float(survival(law, np.array([time]))[0])


def limited_mean_at(law: Distribution, time: float) -> float:
    """
    Return E[min(X, t)] for one time.
    """
    return float(limited_mean(law, np.array([time]))[0])


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
