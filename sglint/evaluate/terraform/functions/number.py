"""
Functions over numbers.
"""

from __future__ import annotations

import math
from fractions import Fraction

from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions.signature import WHOLE, Function, Parameter, whole
from sglint.evaluate.terraform.number import absolute, calculate, is_finite, shortest
from sglint.value import Number, Seq, Value

MOST_NUMBERS = 1024
"""Terraform's own limit for `range`."""
FLOAT_BITS = 53

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


def _abs(number: Number) -> Value:
    return absolute(number)


def _ceil(number: Number) -> Value:
    return math.ceil(_finite(number))


def _finite(number: Number) -> Number:
    if not is_finite(number):
        raise EvaluationError("the number is infinite")
    return number


def _floor(number: Number) -> Value:
    return math.floor(_finite(number))


def _float(result: float) -> Value:
    """
    Return the result of a computation with 64-bit floats.
    """
    if math.isnan(result):
        raise EvaluationError("the result is not a number")
    if math.isinf(result):
        raise EvaluationError("the result is infinite")
    return shortest(Fraction(result), FLOAT_BITS)


def _as_float(number: Number) -> float:
    try:
        return float(number)
    except OverflowError:
        raise EvaluationError("the number is too large") from None


def _logarithm(x: float) -> float:
    """
    Return the natural logarithm by the series of the common C libraries, to the last bit as Terraform computes it.
    """
    if x <= 0:
        raise EvaluationError("only numbers above zero have a logarithm")
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


def _log(number: Number, base: Number) -> Value:
    if base == 0 and number > 0:
        return 0
    below = _logarithm(_as_float(base))
    if not below:
        raise EvaluationError("the logarithm to base 1 is infinite")
    return _float(_logarithm(_as_float(number)) / below)


def _pow(number: Number, power: Number) -> Value:
    x, y = _as_float(number), _as_float(power)
    try:
        if y == 0.5:
            return _float(math.sqrt(x))
        if y == 0 or x in (0, 1) or y in (1, -1, -0.5) or abs(y) >= 2**63 or (x < 0 and y != int(y)):
            return _float(math.pow(x, y))
        return _float(_power(x, y))
    except (OverflowError, ValueError, ZeroDivisionError):
        raise EvaluationError("the power is too large or not a number") from None


def _power(x: float, y: float) -> float:
    """
    Return the power by repeated squaring; for whole powers to the last bit as Terraform computes it.
    """
    rest, whole_part = math.modf(abs(y))
    if rest > 0.5:
        rest, whole_part = rest - 1, whole_part + 1
    result, exponent = (math.exp(rest * _logarithm(x)) if rest else 1.0), 0
    factor, size = math.frexp(x)
    remaining = int(whole_part)
    while remaining:
        if abs(size) > 1 << 12:
            raise OverflowError
        if remaining & 1:
            result, exponent = result * factor, exponent + size
        factor, size = factor * factor, size * 2
        if factor < 0.5:
            factor, size = factor * 2, size - 1
        remaining >>= 1
    return math.ldexp(1 / result, -exponent) if y < 0 else math.ldexp(result, exponent)


def _signum(number: Number) -> Value:
    value = whole(number, "the argument of signum")
    return (value > 0) - (value < 0)


def _max(*numbers: Number) -> Value:
    if not numbers:
        raise EvaluationError("max takes at least one number")
    return max(numbers)


def _min(*numbers: Number) -> Value:
    if not numbers:
        raise EvaluationError("min takes at least one number")
    return min(numbers)


def _parseint(text: Value, base: Number) -> Value:
    if not isinstance(text, str):
        raise EvaluationError("parseint takes a string as its first argument")
    size = whole(base, "the base")
    if not 2 <= size <= 62:
        raise EvaluationError("the base of parseint must be between 2 and 62")
    sign, digits = (text[:1], text[1:]) if text[:1] in ("+", "-") else ("", text)
    values = [_digit(character, size) for character in digits[:5000]]
    if not values or len(digits) > 5000 or max(values) >= size:
        raise EvaluationError(f'parseint cannot read "{text[:60]}" as a whole number to base {size}')
    result = 0
    for value in values:
        result = result * size + value
    return -result if sign == "-" else result


def _digit(character: str, base: int) -> int:
    if "0" <= character <= "9":
        return ord(character) - ord("0")
    if "a" <= character <= "z":
        return ord(character) - ord("a") + 10
    if "A" <= character <= "Z":
        return ord(character) - ord("A") + (10 if base <= 36 else 36)
    return base


def _range(*numbers: Number) -> Value:
    start, end, step = _bounds(numbers)
    if step == 0 and start == end:
        return Seq((), "list")
    if step == 0:
        raise EvaluationError("the step of range must not be zero")
    if step < 0 < end - start or end - start < 0 < step:
        raise EvaluationError("the end of range does not lie in the direction of its step")
    items: list[Value] = []
    while start < end if step > 0 else start > end:
        if len(items) == MOST_NUMBERS:
            raise EvaluationError(f"range would have more than {MOST_NUMBERS} numbers")
        items.append(start)
        start = calculate("+", start, step)
    return Seq(tuple(items), "list")


def _bounds(numbers: tuple[Number, ...]) -> tuple[Number, Number, Number]:
    if len(numbers) == 1:
        return 0, numbers[0], -1 if numbers[0] < 0 else 1
    if len(numbers) == 2:
        return numbers[0], numbers[1], -1 if numbers[1] < numbers[0] else 1
    if len(numbers) == 3:
        return numbers[0], numbers[1], numbers[2]
    raise EvaluationError("range takes one, two or three numbers")


FUNCTIONS = {
    "abs": Function(_abs, (WHOLE,)),
    "ceil": Function(_ceil, (WHOLE,)),
    "floor": Function(_floor, (WHOLE,)),
    "log": Function(_log, (WHOLE, WHOLE)),
    "max": Function(_max, (), WHOLE),
    "min": Function(_min, (), WHOLE),
    "parseint": Function(_parseint, (Parameter(), WHOLE)),
    "pow": Function(_pow, (WHOLE, WHOLE)),
    "range": Function(_range, (), WHOLE),
    "signum": Function(_signum, (WHOLE,)),
}
