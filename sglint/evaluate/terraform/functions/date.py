"""
Functions over times, which are strings as in RFC 3339.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions.signature import TEXT, Function
from sglint.evaluate.terraform.number import counted
from sglint.evaluate.terraform.types import NUMBER, STRING
from sglint.frozen import frozen
from sglint.value import Unknown, Value

_TIMESTAMP = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?(?:Z|([+-])(\d{2}):(\d{2}))",
    re.ASCII,
)
_DURATION = re.compile(r"(\d++(?:\.\d*+)?|\.\d++)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_SECONDS = {
    "ns": Fraction(1, 10**9),
    "us": Fraction(1, 10**6),
    "µs": Fraction(1, 10**6),
    "μs": Fraction(1, 10**6),
    "ms": Fraction(1, 1000),
    "s": Fraction(1),
    "m": Fraction(60),
    "h": Fraction(3600),
}
_LONGEST = Fraction(2**63, 10**9)
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_PART = re.compile(r"''|'(?:[^']|'')*'?|([A-Za-z])\1*|[^A-Za-z']+", re.ASCII)


@frozen
class _Moment:
    """
    A time to the second in its own zone, and the part of a second beyond.
    """

    time: datetime
    fraction: Fraction


def _parse(text: str) -> _Moment:
    found = _TIMESTAMP.fullmatch(text) if len(text) < 100 else None
    if found is None:
        raise EvaluationError(f'"{text[:60]}" is not an RFC 3339 timestamp')
    offset = timedelta(hours=int(found[9] or 0), minutes=int(found[10] or 0)) * (-1 if found[8] == "-" else 1)
    zone = timezone(offset) if offset and abs(offset) < timedelta(hours=24) else UTC
    numbers = [int(found[n]) for n in range(1, 7)]
    try:
        time = datetime(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], tzinfo=zone)
    except ValueError:
        raise EvaluationError(f'"{text}" is not a time that exists') from None
    return _Moment(time, Fraction(f"0.{found[7] or 0}"))


def _text(time: datetime) -> str:
    return f"{time.year:04d}-{time:%m-%dT%H:%M:%S}{_zone(time, ':') if time.utcoffset() else 'Z'}"


def _zone(time: datetime, colon: str) -> str:
    minutes = int((time.utcoffset() or timedelta()).total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{colon}{abs(minutes) % 60:02d}"


def _duration(text: str) -> Fraction:
    """
    Return the seconds of a duration such as `1h30m`.
    """
    body = text.lstrip("+-") if text[:1] in ("+", "-") and text[1:2] not in ("+", "-") else text
    if body == "0":
        return Fraction(0)
    total, position = Fraction(0), 0
    while position < len(body):
        found = _DURATION.match(body, position)
        if found is None or len(found[1]) > 40:
            break
        total += Fraction(found[1].rstrip(".")) * _SECONDS[found[2]]
        position = found.end()
    if not body or position < len(body) or total >= _LONGEST:
        raise EvaluationError(f'"{text[:60]}" is not a duration such as 1h30m')
    return -total if text.startswith("-") else total


def _timeadd(timestamp: str, duration: str) -> Value:
    moment = _parse(timestamp)
    seconds = moment.fraction + _duration(duration)
    try:
        return _text(moment.time + timedelta(seconds=seconds.numerator // seconds.denominator))
    except OverflowError:
        raise EvaluationError("the time lies outside the years that can be written") from None


def _timecmp(a: str, b: str) -> Value:
    first, second = _parse(a), _parse(b)
    x, y = (first.time, first.fraction), (second.time, second.fraction)
    return counted((x > y) - (x < y))


def _formatdate(pattern: str, timestamp: str) -> Value:
    time = _parse(timestamp).time
    result = []
    for found in _PART.finditer(pattern):
        part = found.group()
        if part == "''":
            result.append("'")
        elif part.startswith("'"):
            if len(part) == 1 or not part.endswith("'"):
                raise EvaluationError("the date format has a quote without an end")
            result.append(part[1:-1].replace("''", "'"))
        else:
            result.append(_verb(part, time) if found[1] else part)
    return "".join(result)


def _verb(part: str, time: datetime) -> str:
    hour = time.hour % 12 or 12
    verbs = {
        "YY": f"{time.year % 100:02d}",
        "YYYY": f"{time.year:04d}",
        "M": str(time.month),
        "MM": f"{time.month:02d}",
        "MMM": _MONTHS[time.month - 1][:3],
        "MMMM": _MONTHS[time.month - 1],
        "D": str(time.day),
        "DD": f"{time.day:02d}",
        "EEE": _DAYS[time.weekday()][:3],
        "EEEE": _DAYS[time.weekday()],
        "h": str(time.hour),
        "hh": f"{time.hour:02d}",
        "H": str(hour),
        "HH": f"{hour:02d}",
        "AA": "PM" if time.hour >= 12 else "AM",
        "aa": "pm" if time.hour >= 12 else "am",
        "m": str(time.minute),
        "mm": f"{time.minute:02d}",
        "s": str(time.second),
        "ss": f"{time.second:02d}",
        "Z": _zone(time, ":") if time.utcoffset() else "Z",
        "ZZZ": _zone(time, "") if time.utcoffset() else "UTC",
        "ZZZZ": _zone(time, ""),
        "ZZZZZ": _zone(time, ":"),
    }
    if part not in verbs:
        raise EvaluationError(f'"{part}" is not a part of a date format')
    return verbs[part]


def _now() -> Value:
    return Unknown("the time differs on every run", type=STRING)


FUNCTIONS = {
    "formatdate": Function(_formatdate, (TEXT, TEXT), returns=STRING),
    "plantimestamp": Function(_now, returns=STRING),
    "timeadd": Function(_timeadd, (TEXT, TEXT), returns=STRING),
    "timecmp": Function(_timecmp, (TEXT, TEXT), returns=NUMBER),
    "timestamp": Function(_now, returns=STRING),
}
