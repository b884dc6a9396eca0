"""
Numbers as text with a chosen number of digits, rounded as the float behind the number is.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from sglint.evaluate.terraform.number import absolute, exact, is_finite, is_negative, number_text
from sglint.value import Number


def fixed_text(number: Number, places: int) -> str:
    """
    Return the number with so many digits after the point.
    """
    digits = _round(number, places)
    text = str(abs(digits)).rjust(places + 1, "0")
    whole, fraction = (text[:-places], text[-places:]) if places else (text, "")
    sign = "-" if is_negative(number) else ""
    return f"{sign}{whole}.{fraction}" if places else f"{sign}{whole}"


def _round(number: Number, places: int) -> int:
    """
    Return the number times a power of ten, rounded to a whole number, ties to even.
    """
    value = exact(number)
    return round(value * Fraction(10) ** places)


def _scientific(number: Number, places: int | None) -> tuple[str, int]:
    """
    Return the digits without sign and the exponent of the first one; `places` counts the digits after the first.
    """
    if not number:
        return "0" * ((places or 0) + 1), 0
    if places is None:
        shortest = Decimal(number_text(absolute(number)))
        return "".join(map(str, shortest.as_tuple().digits)).rstrip("0") or "0", shortest.adjusted()
    size = Decimal(number_text(absolute(number))).adjusted()
    digits = str(_round(absolute(number), places - size))
    return (digits[:-1], size + 1) if len(digits) > places + 1 else (digits, size)


def exponent_text(number: Number, places: int | None) -> str:
    """
    Return the number with an exponent; without `places` with as few digits as tell it apart.
    """
    digits, size = _scientific(number, places)
    return _with_exponent("-" if is_negative(number) else "", digits, size)


def _with_exponent(sign: str, digits: str, size: int) -> str:
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{fraction}e{'-' if size < 0 else '+'}{abs(size):02d}"


def general_text(number: Number, precision: int | None) -> str:
    """
    Return the number with at most so many digits, and with an exponent only when it is very long or very small.
    """
    if not is_finite(number):
        return number_text(number)
    if not number:
        return "-0" if is_negative(number) else "0"
    digits, size = _scientific(number, None if precision is None else max(precision, 1) - 1)
    digits = digits.rstrip("0") or "0"
    longest = max(precision, 1) if precision is not None else 6
    if precision is not None and longest > len(digits) > size:
        longest = len(digits)
    sign = "-" if is_negative(number) else ""
    if size < -4 or size >= longest:
        return _with_exponent(sign, digits, size)
    if size < 0:
        return f"{sign}0.{'0' * (-size - 1)}{digits}"
    whole = digits[: size + 1].ljust(size + 1, "0")
    return f"{sign}{whole}.{digits[size + 1 :]}" if len(digits) > size + 1 else f"{sign}{whole}"
