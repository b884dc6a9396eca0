"""
What a plain YAML scalar stands for: YAML 1.1, which CloudFormation reads.

There `yes` is a bool, `010` is eight and `1:30` is ninety. Quoted scalars never come here, they are strings.
"""

from __future__ import annotations

import re
from decimal import Decimal

from sglint.value import Number

LONGEST = 64
"""How many characters a number may have: nothing that a template counts has more, and long ones cost time to read."""

LARGEST = 400
"""How many digits stand before or after the point of a number that is one; beyond, it is a string."""

_WORDS: dict[str, bool | None] = {
    written: value
    for value, words in ((True, "true yes on"), (False, "false no off"), (None, "null"))
    for word in words.split()
    for written in (word, word.capitalize(), word.upper())
} | {"": None, "~": None}
NULLS = frozenset(word for word, value in _WORDS.items() if value is None)
_NUMERIC = frozenset("+-.0123456789")
_LIKE = re.compile(r"[-+]?[0-9.][0-9a-fA-FxX_.:+-]*+")
_INTEGERS = (
    (re.compile(r"[-+]?(?:0|[1-9][0-9_]*)"), 10),
    (re.compile(r"[-+]?0[0-7_]+"), 8),
    (re.compile(r"[-+]?0x[0-9a-fA-F_]+"), 16),
    (re.compile(r"[-+]?0b[01_]+"), 2),
)
_SIXTIES = re.compile(r"[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+")
_FRACTION = re.compile(r"(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?")
_SIXTIES_FRACTION = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*")


def resolve(text: str) -> str | Number | bool | None:
    """
    Return the value of a plain scalar; what is no bool, null or finite number is a string, dates too.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMERIC or len(text) > LONGEST:
        return text
    if text[0] != "0" and text.isascii() and text.isdigit():
        return int(text)
    if _LIKE.fullmatch(text) is None:
        return text
    number: Number | None = _integer(text)
    if number is None:
        number = _fraction(text)
    return text if number is None else number


def _integer(text: str) -> int | None:
    digits = text.replace("_", "").lstrip("+-")
    sign = -1 if text[0] == "-" else 1
    for pattern, base in _INTEGERS:
        if pattern.fullmatch(text):
            digits = digits[2:] if base in {2, 16} else digits
            return sign * int(digits, base) if digits else None
    return sign * int(_sixties(digits)) if _SIXTIES.fullmatch(text) else None


def _fraction(text: str) -> Number | None:
    digits = text.replace("_", "")
    if _FRACTION.fullmatch(text):
        exponent = re.split("[eE]", digits)[1:]
        if exponent and abs(int(exponent[0])) > LARGEST:
            return None
        value = Decimal(digits)
    elif _SIXTIES_FRACTION.fullmatch(text):
        value = _sixties(digits.lstrip("+-")) * (-1 if digits[0] == "-" else 1)
    else:
        return None
    return int(value) if value == value.to_integral_value() else value


def _sixties(digits: str) -> Decimal:
    value = Decimal(0)
    for part in digits.split(":"):
        value = value * 60 + Decimal(part)
    return value
