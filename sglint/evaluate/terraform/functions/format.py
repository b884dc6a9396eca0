"""
`format` and `formatlist`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from sglint.evaluate.terraform.convert import to_bool, to_number, to_string
from sglint.evaluate.terraform.digits import exponent_text, fixed_text, general_text
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions.encoding import json_text
from sglint.evaluate.terraform.functions.signature import TEXT, Function, Parameter
from sglint.evaluate.terraform.functions.string import LONGEST, characters
from sglint.evaluate.terraform.number import absolute, is_finite, is_negative, whole_of
from sglint.evaluate.terraform.typed import list_of
from sglint.evaluate.terraform.types import ANY, STRING, Collection
from sglint.evaluate.terraform.unknown import merged, wholly_known
from sglint.frozen import frozen
from sglint.value import Null, Number, Ref, Seq, Symbol, Unknown, Value

_VERB = re.compile(
    r"%(?P<flags>[0#+\- ]*)(?P<width>[1-9][0-9]*)?(?:\.(?P<precision>[0-9]*))?"
    r"(?:\[(?P<index>[1-9][0-9]*)\])?(?P<mode>[A-Za-z])",
    re.ASCII,
)
_PLAIN = re.compile(r"%[sdv]")
_TEXTS = Collection("list", STRING)
_BASES = {"b": (2, "0b"), "d": (10, ""), "o": (8, "0"), "x": (16, "0x"), "X": (16, "0X")}


@frozen
class _Verb:
    raw: str
    flags: str
    width: int
    precision: int | None
    mode: str


def _format_or_unknown(pattern: str, *values: Value) -> Value:
    if not all(map(wholly_known, values)):
        return replace(merged(values), ends=_end(pattern, values), type=STRING)
    return _format(pattern, *values)


def _end(pattern: str, values: Sequence[Value]) -> str:
    """Return the known end of a text that is not known, where nothing but plain verbs stands in the pattern."""
    parts = _PLAIN.split(pattern)
    if len(parts) != len(values) + 1 or any("%" in part for part in parts):
        return ""
    end = parts[-1]
    for part, value in zip(reversed(parts[:-1]), reversed(values), strict=True):
        if isinstance(value, (bool, Symbol)) or not isinstance(value, (str, int)):
            return (value.ends if isinstance(value, Unknown) else "") + end
        end = f"{part}{value}{end}"
    return end


def _format(pattern: str, *values: Value) -> Value:
    result: list[str] = []
    position, following, highest = 0, 1, 0
    while (start := pattern.find("%", position)) >= 0:
        result.append(pattern[position:start])
        if pattern.startswith("%%", start):
            result.append("%")
            position = start + 2
            continue
        found = _VERB.match(pattern, start)
        if found is None:
            raise EvaluationError(f"the format string has no valid verb at position {start + 1}")
        number = _small(found["index"]) or following
        if number > len(values):
            raise EvaluationError(f"format has no argument {number} for {found.group()}")
        result.append(_one(_verb(found), values[number - 1]))
        position, following, highest = found.end(), number + 1, max(highest, number)
    if highest < len(values):
        raise EvaluationError(f"format got {len(values)} arguments, but its format string uses only {highest}")
    return "".join([*result, pattern[position:]])


def _small(digits: str | None) -> int:
    if digits and len(digits) > 6:
        raise EvaluationError(f"{digits[:20]} is too large for a format")
    return int(digits or "0")


def _verb(found: re.Match[str]) -> _Verb:
    precision = None if found["precision"] is None else _small(found["precision"])
    width = _small(found["width"]) if found["width"] else -1
    if width > LONGEST or (precision or 0) > 1000:
        raise EvaluationError(f"the format verb {found.group()} is too wide")
    return _Verb(found.group(), found["flags"], width, precision, found["mode"])


def _one(verb: _Verb, value: Value) -> str:
    if (value is None or isinstance(value, Null)) and verb.mode != "v":
        raise EvaluationError(f"a null value cannot be formatted with {verb.raw}")
    try:
        if verb.mode == "v":
            return _as_is(verb, value)
        if verb.mode == "t":
            return str(to_bool(value)).lower()
        if verb.mode in "sq":
            return _text(verb, value)
        if verb.mode in "bdoxXeEfgG":
            return _number(verb, value)
    except EvaluationError as error:
        raise EvaluationError(f"a value does not suit {verb.raw}: {error.message}") from None
    raise EvaluationError(f"there is no format verb {verb.raw}")


def _as_is(verb: _Verb, value: Value) -> str:
    if "#" not in verb.flags and isinstance(value, str):
        return _padded(verb, value)
    if "#" not in verb.flags and isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return _padded(verb, general_text(value, None))
    return _padded(verb, json_text(value))


def _text(verb: _Verb, value: Value) -> str:
    text = to_string(value)
    if not isinstance(text, str):
        raise EvaluationError("a string is required")
    if verb.precision:
        text = "".join(characters(text)[: verb.precision])
    return _padded(verb, json_text(text) if verb.mode == "q" else text)


def _padded(verb: _Verb, text: str) -> str:
    missing = verb.width - len(characters(text))
    if missing <= 0:
        return text
    fill = ("0" if "0" in verb.flags else " ") * missing
    return text + fill if "-" in verb.flags else fill + text


def _number(verb: _Verb, value: Value) -> str:
    number = to_number(value)
    if not isinstance(number, (int, Decimal)):
        raise EvaluationError("a number is required")
    if not is_finite(number) and verb.mode not in _BASES:
        return _signed(verb, number, "Inf", "")
    if verb.mode not in _BASES:
        return _signed(verb, number, _float_digits(verb, absolute(number)), "")
    number = number or 0
    if not isinstance(number, int):
        raise EvaluationError("a whole number is required")
    base, prefix = _BASES[verb.mode]
    digits = _to_base(abs(whole_of(number)), base)
    if verb.mode == "X":
        digits = digits.upper()
    if verb.precision is not None:
        digits = "" if verb.precision == 0 and number == 0 else digits.rjust(verb.precision, "0")
    return _signed(verb, number, digits, prefix if "#" in verb.flags else "")


def _float_digits(verb: _Verb, number: Number) -> str:
    if verb.mode == "f":
        return fixed_text(number, 6 if verb.precision is None else verb.precision)
    if verb.mode in "eE":
        text = exponent_text(number, 6 if verb.precision is None else verb.precision)
    else:
        text = general_text(number, verb.precision)
    return text.upper() if verb.mode in "EG" else text


def _signed(verb: _Verb, number: Number, digits: str, prefix: str) -> str:
    sign = "-" if is_negative(number) else "+" if "+" in verb.flags or not is_finite(number) else ""
    sign = " " if " " in verb.flags and sign != "-" and (not is_finite(number) or not sign) else sign
    missing = verb.width - len(sign) - len(prefix) - len(digits)
    if missing <= 0:
        return f"{sign}{prefix}{digits}"
    if "-" in verb.flags:
        return f"{sign}{prefix}{digits}{' ' * missing}"
    if "0" in verb.flags and is_finite(number) and (verb.precision is None or verb.mode not in _BASES):
        return f"{sign}{prefix}{'0' * missing}{digits}"
    return f"{' ' * missing}{sign}{prefix}{digits}"


def _to_base(number: int, base: int) -> str:
    return format(number, {2: "b", 8: "o", 10: "d", 16: "x"}[base])


def _formatlist(pattern: str, *values: Value) -> Value:
    if any(isinstance(value, Unknown) for value in values):
        return merged(values, type=_TEXTS)
    lengths = {len(value) for value in values if isinstance(value, Seq)}
    if len(lengths) > 1:
        raise EvaluationError("the lists that formatlist gets must have the same length")
    count = lengths.pop() if lengths else 1
    rows: list[Value] = []
    length = 0
    for row in range(count):
        rows.append(_row(pattern, [_cell(value, row) for value in values]))
        length += len(text) if isinstance(text := rows[-1], str) else 0
        if length > LONGEST:
            raise EvaluationError(f"the result of formatlist would be longer than {LONGEST} characters")
    return list_of(rows, STRING)


def _cell(value: Value, row: int) -> Value:
    return value[row] if isinstance(value, Seq) else value


def _row(pattern: str, values: Sequence[Value]) -> Value:
    if not all(map(wholly_known, values)):
        return merged(values, type=STRING)
    return _format(pattern, *values)


def _formatlist_or_unknown(pattern: str, *values: Value) -> Value:
    """
    Return the list; a reference to something that may be a list makes its length unknown.
    """
    if any(isinstance(value, Ref) for value in values) and not any(isinstance(value, Seq) for value in values):
        return merged(values, type=_TEXTS)
    return _formatlist(pattern, *values)


_ANY_KNOWN = Parameter(ANY, null=True, unknown="yes")

FUNCTIONS = {
    "format": Function(_format_or_unknown, (TEXT,), _ANY_KNOWN, returns=STRING),
    "formatlist": Function(_formatlist_or_unknown, (TEXT,), _ANY_KNOWN, returns=_TEXTS),
}
