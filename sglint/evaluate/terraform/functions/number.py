"""
Functions over numbers.
"""

from __future__ import annotations

import math
from decimal import Decimal

from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions.signature import WHOLE, Function, Parameter, whole
from sglint.evaluate.terraform.number import calculate, normal
from sglint.value import Number, Seq, Value

MOST_NUMBERS = 1024
"""Terraform's own limit for `range`."""


def _abs(number: Number) -> Value:
    return abs(number) if isinstance(number, int) else number.copy_abs()


def _ceil(number: Number) -> Value:
    return math.ceil(number)


def _floor(number: Number) -> Value:
    return math.floor(number)


def _float(compute: float) -> Value:
    if math.isnan(compute):
        raise EvaluationError("the result is not a number")
    if math.isinf(compute):
        raise EvaluationError("the result is infinite")
    return normal(Decimal(repr(compute)))


def _as_float(number: Number) -> float:
    try:
        return float(number)
    except OverflowError:
        raise EvaluationError("the number is too large") from None


def _log(number: Number, base: Number) -> Value:
    try:
        return _float(math.log(_as_float(number)) / math.log(_as_float(base)))
    except ZeroDivisionError:
        raise EvaluationError("the logarithm to base 1 is infinite") from None
    except ValueError:
        raise EvaluationError("the logarithm of this number is not a number") from None


def _pow(number: Number, power: Number) -> Value:
    try:
        return _float(math.pow(_as_float(number), _as_float(power)))
    except (OverflowError, ValueError):
        raise EvaluationError("the power is too large or not a number") from None


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
