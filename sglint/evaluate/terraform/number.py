"""
Terraform's numbers: binary floats with a mantissa of 512 bits, and now and then of fewer.

The idea: a number is kept as the shortest decimal that such a float prints as, which is one-to-one with the float. An
operation takes the exact floats, computes with fractions, rounds once as the float would, and prints again. Whole numbers
that fit are plain `int` all the way. What counts things has 64 bits, what a logarithm or a power gives 53; these are a `Count`
or a `Short`, which know it. A result has as many bits as the operand that has the most.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction

from sglint.evaluate.terraform.error import EvaluationError
from sglint.value import Number

BITS = 512
SAFE_DIGITS = 153
"""A decimal with at most so many digits is the shortest form of its own float."""
LARGEST_EXPONENT = 4000
"""Powers of ten beyond this are refused: nobody means them, and they cost memory."""

NEGATIVE_ZERO = Decimal("-0")
"""Zero has a sign, which shows only in texts."""


class Count(int):
    """
    A whole number of fewer bits than most, such as the length of a list.
    """

    bits: int

    def __new__(cls, number: int, bits: int = 64) -> Count:
        """
        Return the number with so many bits.
        """
        self = super().__new__(cls, number)
        self.bits = bits
        return self


class Short(Decimal):
    """
    A number of fewer bits than most that is not whole.
    """

    __slots__ = ("bits",)
    bits: int

    def __new__(cls, number: Decimal, bits: int) -> Short:
        """
        Return the number with so many bits.
        """
        self = super().__new__(cls, number)
        self.bits = bits
        return self


_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,9})?", re.ASCII)


def bits_of(number: Number) -> int:
    """
    Return how many bits the mantissa of the number has.
    """
    return number.bits if isinstance(number, (Count, Short)) else BITS


def with_bits(number: Number, bits: int) -> Number:
    """
    Return the number as one of so many bits, which it fits.
    """
    if bits == BITS:
        return int(number) if isinstance(number, int) else Decimal(number)
    return Count(number, bits) if isinstance(number, int) else Short(number, bits)


def fits(number: int) -> bool:
    """
    Return whether the digits of a whole number are its value, and not only the fewest that tell it from all others.
    """
    return number.bit_length() <= bits_of(number)


def whole_of(number: int) -> int:
    """
    Return the value of a whole number.
    """
    return int(number) if fits(number) else int(exact(number))


def from_whole(number: int, bits: int) -> Number:
    """
    Return a whole number as one of so many bits.
    """
    if number.bit_length() <= bits:
        return with_bits(number, bits)
    return with_bits(shortest(rounded(Fraction(number), bits), bits), bits)


def counted(number: int) -> Number:
    """
    Return a number of things.
    """
    return Count(number)


def from_float(number: float) -> Number:
    """
    Return a number of 53 bits. Raises EvaluationError when it is none.
    """
    if math.isnan(number):
        raise EvaluationError("the result is not a number")
    if math.isinf(number):
        return Decimal(number)
    if not number:
        return with_bits(NEGATIVE_ZERO if math.copysign(1, number) < 0 else 0, 53)
    return with_bits(shortest(Fraction(number), 53), 53)


def is_negative(number: Number) -> bool:
    """
    Return whether the number has a minus sign, which zero may have, too.
    """
    return number < 0 if isinstance(number, int) else number.is_signed()


def negative(number: Number) -> Number:
    """
    Return the number with the other sign.
    """
    if number == 0:
        return with_bits(0 if is_negative(number) else NEGATIVE_ZERO, bits_of(number))
    return with_bits(-number if isinstance(number, int) else number.copy_negate(), bits_of(number))


def parse_number(text: str) -> Number | None:
    """
    Return the number that the text spells, or None.
    """
    if len(text) > 5000 or not _NUMBER.fullmatch(text):
        return None
    return normal(Decimal(text))


def normal(number: Number) -> Number:
    """
    Return the one form in which we keep this number: an `int` when whole, otherwise a `Decimal` without trailing zeros.
    """
    if isinstance(number, (Count, Short)):
        return number
    if isinstance(number, int):
        return int(number) if number.bit_length() <= BITS else shortest(rounded(Fraction(number)))
    if not number.is_finite():
        raise EvaluationError("the number is infinite")
    if not number:
        return NEGATIVE_ZERO if number.is_signed() else 0
    sign, digits, exponent = Decimal(_bounded(number)).as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    stripped = text.rstrip("0")
    if len(stripped) > SAFE_DIGITS:
        return shortest(rounded(Fraction(number)))
    return _from_digits("-" if sign else "", stripped, int(exponent) + len(text) - len(stripped))


def _from_digits(sign: str, digits: str, exponent: int) -> Number:
    if exponent >= 0:
        return int(f"{sign}{digits}{'0' * exponent}")
    return Decimal(f"{sign}{digits}E{exponent}")


def exact(number: Number) -> Fraction:
    """
    Return the value of the float behind the number.
    """
    bits = bits_of(number)
    if isinstance(number, int) and number.bit_length() <= bits:
        return Fraction(number)
    if not is_finite(number):
        raise EvaluationError("the number is infinite")
    return rounded(Fraction(_bounded(number)), bits)


def _bounded(number: Number) -> Number:
    if isinstance(number, Decimal) and number and abs(number.adjusted()) > LARGEST_EXPONENT:
        raise EvaluationError(f"the number is out of range: its exponent is beyond {LARGEST_EXPONENT}")
    return number


def rounded(fraction: Fraction, bits: int = BITS) -> Fraction:
    """
    Return the nearest fraction with a mantissa of so many bits, ties to even.
    """
    mantissa, exponent = _mantissa(fraction, bits)
    return Fraction(mantissa) * Fraction(2) ** exponent


def _mantissa(fraction: Fraction, bits: int = BITS) -> tuple[int, int]:
    """
    Return m and e with m * 2**e the nearest float, where m has so many bits.
    """
    above, below = abs(fraction.numerator), fraction.denominator
    if not above:
        return 0, 0
    shift = bits + 1 - (above.bit_length() - below.bit_length())
    scaled, rest = divmod(above << max(shift, 0), below << max(-shift, 0))
    extra = scaled.bit_length() - bits
    kept, lost = scaled >> extra, scaled & ((1 << extra) - 1)
    half = 1 << (extra - 1)
    if lost > half or (lost == half and (rest or kept & 1)):
        kept += 1
    exponent = extra - shift
    if kept.bit_length() > bits:
        kept, exponent = kept >> 1, exponent + 1
    return (kept if fraction > 0 else -kept), exponent


def shortest(fraction: Fraction, bits: int = BITS) -> Number:
    """
    Return the shortest decimal that reads back as this float, the form in which Terraform prints it.
    """
    if fraction.denominator == 1 and abs(fraction.numerator).bit_length() <= bits:
        return fraction.numerator
    mantissa, exponent = _mantissa(abs(fraction), bits)
    half = Fraction(2) ** (exponent - 1)
    interval = (2 * mantissa - 1) * half, (2 * mantissa + 1) * half, mantissa % 2 == 0
    size = _decimal_size(abs(fraction))
    if abs(size) > LARGEST_EXPONENT:
        raise EvaluationError(f"the number is out of range: its exponent is beyond {LARGEST_EXPONENT}")
    fewest, most = 1, 160
    while fewest < most:
        middle = (fewest + most) // 2
        if _candidate(abs(fraction), middle - size, interval) is None:
            fewest = middle + 1
        else:
            most = middle
    digits = _candidate(abs(fraction), fewest - size, interval)
    text = str(digits)
    stripped = text.rstrip("0")
    return _from_digits("-" if fraction < 0 else "", stripped, size - fewest + len(text) - len(stripped))


def _decimal_size(fraction: Fraction) -> int:
    """
    Return the number of digits before the decimal point; zero or negative for small numbers.
    """
    size = int((fraction.numerator.bit_length() - fraction.denominator.bit_length()) * 0.30103)
    while fraction >= Fraction(10) ** size:
        size += 1
    while fraction < Fraction(10) ** (size - 1):
        size -= 1
    return size


def _candidate(fraction: Fraction, places: int, interval: tuple[Fraction, Fraction, bool]) -> int | None:
    """
    Return the digits of the nearest decimal with so many places that lies in the interval, which may include its ends.
    """
    low, high, closed = interval
    scale = Fraction(10) ** places
    scaled = fraction * scale
    floor = scaled.numerator // scaled.denominator
    inside = [
        digits
        for digits in (floor, floor + 1)
        if low * scale < digits < high * scale or (closed and digits in (low * scale, high * scale))
    ]
    return min(inside, key=lambda digits: abs(digits - scaled)) if inside else None


def absolute(number: Number) -> Number:
    """
    Return the number without its sign.
    """
    return negative(number) if is_negative(number) else number


def is_finite(number: Number) -> bool:
    """
    Return whether the number is not the result of a division by zero.
    """
    return isinstance(number, int) or number.is_finite()


def number_text(number: Number) -> str:
    """
    Return the number as Terraform writes it: never with an exponent.
    """
    if isinstance(number, int):
        return int.__repr__(number)
    if not is_finite(number):
        return "+Inf" if number > 0 else "-Inf"
    text = f"{_bounded(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
