"""
Logarithms and powers of 64-bit floats, to the last bit as Terraform computes them.
"""

from __future__ import annotations

import math
from fractions import Fraction

_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_SERIES = (
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
)
_LN2_UPPER = 0.69314718055966295651160180568695068359375
_LN2_LOWER = 0.28235290563031577122588448175013436025525412068e-12
_LOG2_E = 1.4426950408889634073599246810018920
_TAYLOR = (
    2.4801587301587301587e-5,
    1.9841269841269841270e-4,
    1.3888888888888888889e-3,
    8.3333333333333333333e-3,
    4.1666666666666666667e-2,
    1.6666666666666666667e-1,
    0.5,
    1.0,
)
_MOST = 1 << 12
"""Beyond powers of two of this size every result is infinite or zero."""


def logarithm(x: float, base: float) -> float:
    """
    Return the logarithm, which may be infinite or no number.
    """
    return _divide(_natural(x), _natural(base))


def _divide(a: float, b: float) -> float:
    if b:
        return a / b
    return math.nan if not a or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1, b)


def _natural(x: float) -> float:
    """
    Return the natural logarithm by the series of the common C libraries.
    """
    if math.isnan(x) or x == math.inf:
        return x
    if x <= 0:
        return math.nan if x else -math.inf
    fraction, exponent = math.frexp(x)
    if fraction < math.sqrt(2) / 2:
        fraction, exponent = fraction * 2, exponent - 1
    f = fraction - 1
    s = f / (2 + f)
    s2 = s * s
    s4 = s2 * s2
    odd = s2 * (_SERIES[0] + s4 * (_SERIES[2] + s4 * (_SERIES[4] + s4 * _SERIES[6])))
    even = s4 * (_SERIES[1] + s4 * (_SERIES[3] + s4 * _SERIES[5]))
    half = 0.5 * f * f
    return exponent * _LN2_HIGH - ((half - (s * (half + (odd + even)) + exponent * _LN2_LOW)) - f)


def power(x: float, y: float) -> float:
    """
    Return the power, which may be infinite or no number.
    """
    if y == 0 or x == 1:
        return 1.0
    if y == 1:
        return x
    if x == 0 or math.isinf(x) or math.isinf(y):
        return _at_the_ends(x, y)
    if y in (0.5, -0.5):
        root = math.sqrt(x) if x >= 0 else math.nan
        return root if y > 0 else 1 / root
    if x < 0 and y != int(y):
        return math.nan
    if abs(y) >= 2**63:
        return 1.0 if x == -1 else 0.0 if (abs(x) < 1) == (y > 0) else math.inf
    return _repeated(x, y)


def _at_the_ends(x: float, y: float) -> float:
    """
    Return the power where zero or infinity is involved.
    """
    if math.isinf(y):
        if abs(x) == 1:
            return 1.0
        return 0.0 if (abs(x) < 1) == (y > 0) else math.inf
    odd = y == int(y) and int(y) % 2 == 1
    grows = (x == 0) == (y < 0)
    result = math.inf if grows else 0.0
    return math.copysign(result, x) if odd else result


def _repeated(x: float, y: float) -> float:
    """
    Return the power by repeated squaring.
    """
    rest, whole_part = math.modf(abs(y))
    if rest > 0.5:
        rest, whole_part = rest - 1, whole_part + 1
    result, exponent = (_exponential(rest * _natural(x)) if rest else 1.0), 0
    factor, size = math.frexp(x)
    remaining = int(whole_part)
    while remaining:
        if abs(size) > _MOST:
            exponent += size
            break
        if remaining & 1:
            result, exponent = result * factor, exponent + size
        factor, size = factor * factor, size * 2
        if factor < 0.5:
            factor, size = factor * 2, size - 1
        remaining >>= 1
    return _scaled(1 / result, -exponent) if y < 0 else _scaled(result, exponent)


def _scaled(factor: float, exponent: int) -> float:
    try:
        return math.ldexp(factor, exponent)
    except OverflowError:
        return math.copysign(math.inf, factor)


def _exponential(x: float) -> float:
    """
    Return e to the power of a number that is not large, by a series on a sixteenth of it, each step rounded once.
    """
    exponent = round(x * _LOG2_E)
    x = _fused(-_LN2_UPPER, exponent, x)
    x = _fused(-_LN2_LOWER, exponent, x) * 0.0625
    total = _TAYLOR[0]
    for term in _TAYLOR[1:]:
        total = _fused(total, x, term)
    x *= total
    for _ in range(3):
        x *= x + 2
    return math.ldexp(_fused(x, x + 2, 1), exponent)


def _fused(a: float, b: float, c: float) -> float:
    """
    Return a * b + c, rounded only once.
    """
    return float(Fraction(a) * Fraction(b) + Fraction(c))
