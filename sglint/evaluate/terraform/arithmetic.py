"""
Arithmetic with Terraform's numbers, as its binary floats do it.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction

from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.number import (
    BITS,
    NEGATIVE_ZERO,
    bits_of,
    exact,
    fits,
    is_finite,
    is_negative,
    rounded,
    shortest,
    with_bits,
)
from sglint.value import Number


def less(a: Number, b: Number) -> bool:
    """
    Return whether one number is less than the other.
    """
    if bits_of(a) != bits_of(b) and is_finite(a) and is_finite(b):
        return exact(a) < exact(b)
    return a < b


def calculate(operator: str, a: Number, b: Number) -> Number:
    """
    Return the result of an arithmetic operator on two numbers.
    """
    if b == 0 and operator == "%":
        return a
    if not (is_finite(a) and is_finite(b)) or (b == 0 and operator == "/"):
        return _infinite(operator, a, b)
    bits = bits_of(a) if operator == "%" else max(bits_of(a), bits_of(b))
    if isinstance(a, int) and isinstance(b, int) and fits(a) and fits(b):
        whole = _whole(operator, a, b)
        if whole is not None and whole.bit_length() <= bits:
            return whole if bits == BITS else with_bits(whole, bits)
    x, y = exact(a), exact(b)
    if operator == "*":
        result = rounded(x * y)
        bits = max(bits, _least_bits(result))
    elif operator in "+-":
        result = rounded(x + y if operator == "+" else x - y, bits)
    elif operator == "/":
        result = rounded(x / y, bits)
    else:
        quotient = rounded(Fraction(int(rounded(x / y, max(bits_of(a), bits_of(b))))), bits)
        result = rounded(x - rounded(quotient * y, bits), bits)
    if not result:
        return with_bits(_zero(operator, a, b), bits)
    return with_bits(shortest(result, bits), bits)


def _least_bits(fraction: Fraction) -> int:
    """Return how many bits a mantissa needs for this value."""
    above = abs(fraction.numerator)
    return above.bit_length() - ((above & -above).bit_length() - 1) if above else 0


def _zero(operator: str, a: Number, b: Number) -> Number:
    """
    Return zero with the sign that a result of zero has.
    """
    first, second = is_negative(a), is_negative(b)
    if operator in "*/":
        signed = first != second
    elif operator == "+":
        signed = a == b == 0 and first and second
    else:
        signed = a == 0 and first and not second
    return NEGATIVE_ZERO if signed else 0


def _infinite(operator: str, first: Number, second: Number) -> Number:
    """
    Return the result where infinity is involved: Terraform divides by zero without an error.
    """
    a, b = Decimal(first), Decimal(second)
    if operator == "/" and not b and a:
        return Decimal("Infinity").copy_sign(a if not b.is_signed() else a.copy_negate())
    operations = {"+": a.__add__, "-": a.__sub__, "*": a.__mul__, "/": a.__truediv__, "%": a.__mul__}
    try:
        result = operations[operator](b)
    except InvalidOperation:
        raise EvaluationError("the result is not a number") from None
    if result.is_infinite():
        return result
    return with_bits(NEGATIVE_ZERO if result.is_signed() else 0, max(bits_of(first), bits_of(second)))


def _whole(operator: str, a: int, b: int) -> int | None:
    """
    Return the result when it is a whole number, and no negative zero, otherwise None.
    """
    if operator == "+":
        result = a + b
    elif operator == "-":
        result = a - b
    elif operator == "*":
        result = a * b
        if not result and a + b < 0:
            return None
    elif operator == "/":
        if a % b or not a:
            return None
        result = a // b
    else:
        result = abs(a) % abs(b) * (-1 if a < 0 else 1)
    return result
