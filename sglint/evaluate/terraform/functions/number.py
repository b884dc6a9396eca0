"""
Functions over numbers.
"""

from __future__ import annotations

import math

from sglint.evaluate.terraform.arithmetic import calculate, less
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions.power import logarithm, power
from sglint.evaluate.terraform.functions.signature import WHOLE, Function, Parameter, whole
from sglint.evaluate.terraform.number import absolute, bits_of, counted, exact, from_float, from_whole, is_finite
from sglint.evaluate.terraform.typed import list_of
from sglint.evaluate.terraform.types import NUMBER, Collection
from sglint.value import Number, Value

MOST_NUMBERS = 1024
"""Terraform's own limit for `range`."""


def _abs(number: Number) -> Value:
    return absolute(number)


def _ceil(number: Number) -> Value:
    return from_whole(math.ceil(exact(number)), bits_of(number)) if is_finite(number) else number


def _floor(number: Number) -> Value:
    return from_whole(math.floor(exact(number)), bits_of(number)) if is_finite(number) else number


def _log(number: Number, base: Number) -> Value:
    return from_float(logarithm(_as_float(number), _as_float(base)))


def _pow(number: Number, exponent: Number) -> Value:
    return from_float(power(_as_float(number), _as_float(exponent)))


def _as_float(number: Number) -> float:
    try:
        return float(exact(number)) if number and is_finite(number) else float(number)
    except OverflowError:
        raise EvaluationError("the number is too large") from None


def _signum(number: Number) -> Value:
    value = whole(number, "the argument of signum")
    return counted((value > 0) - (value < 0))


def _max(*numbers: Number) -> Value:
    if not numbers:
        raise EvaluationError("max takes at least one number")
    largest = numbers[0]
    for number in numbers:
        largest = number if less(largest, number) else largest
    return largest


def _min(*numbers: Number) -> Value:
    if not numbers:
        raise EvaluationError("min takes at least one number")
    smallest = numbers[0]
    for number in numbers:
        smallest = number if less(number, smallest) else smallest
    return smallest


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
    return from_whole(-result if sign == "-" else result, max(result.bit_length(), 64))


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
        return list_of((), NUMBER)
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
    return list_of(items, NUMBER)


def _bounds(numbers: tuple[Number, ...]) -> tuple[Number, Number, Number]:
    if len(numbers) == 1:
        return counted(0), numbers[0], counted(-1 if numbers[0] < 0 else 1)
    if len(numbers) == 2:
        return numbers[0], numbers[1], counted(-1 if numbers[1] < numbers[0] else 1)
    if len(numbers) == 3:
        return numbers[0], numbers[1], numbers[2]
    raise EvaluationError("range takes one, two or three numbers")


FUNCTIONS = {
    "abs": Function(_abs, (WHOLE,), returns=NUMBER),
    "ceil": Function(_ceil, (WHOLE,), returns=NUMBER),
    "floor": Function(_floor, (WHOLE,), returns=NUMBER),
    "log": Function(_log, (WHOLE, WHOLE), returns=NUMBER),
    "max": Function(_max, (), WHOLE, returns=NUMBER),
    "min": Function(_min, (), WHOLE, returns=NUMBER),
    "parseint": Function(_parseint, (Parameter(), WHOLE), returns=NUMBER),
    "pow": Function(_pow, (WHOLE, WHOLE), returns=NUMBER),
    "range": Function(_range, (), WHOLE, returns=Collection("list", NUMBER)),
    "signum": Function(_signum, (WHOLE,), returns=NUMBER),
}
