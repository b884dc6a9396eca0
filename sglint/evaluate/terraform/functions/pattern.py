"""
Regular expressions with Terraform's meaning.

Terraform's patterns are RE2's. A pattern is read here construct by construct and written anew for the `regex` library, so that
what RE2 does not have is refused and what the two read differently (`$`, `\\d`, flags in the middle) keeps RE2's meaning.
Patterns and texts are bounded in size and matching is bounded in time.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator

import regex

from sglint.evaluate.terraform.error import EvaluationError, SlowError
from sglint.evaluate.terraform.functions.re2 import translate
from sglint.evaluate.terraform.typed import list_of, object_of, tuple_of
from sglint.evaluate.terraform.types import STRING, Field, Object, Tuple, Type
from sglint.frozen import frozen
from sglint.value import Null, Value

LONGEST_PATTERN = 2_000
LONGEST_TEXT = 200_000
SECONDS = 0.5
"""How much time of the processor all matches of one call may take."""


@frozen
class _Pattern:
    """
    A compiled pattern and the names of its groups, empty for those without one.
    """

    compiled: regex.Pattern[str]
    names: tuple[str, ...]


@functools.lru_cache(maxsize=256)
def _read(pattern: str) -> _Pattern:
    if len(pattern) > LONGEST_PATTERN:
        raise EvaluationError(f"the pattern is longer than {LONGEST_PATTERN} characters")
    try:
        translated, names = translate(pattern)
        return _Pattern(regex.compile(translated, regex.VERSION0), names)
    except (regex.error, RecursionError, OverflowError, ValueError) as error:
        raise EvaluationError(f"invalid regular expression: {error}") from None


def _search(pattern: _Pattern, text: str, start: int, until: float) -> regex.Match[str] | None:
    if len(text) > LONGEST_TEXT:
        raise EvaluationError(f"the text to match is longer than {LONGEST_TEXT} characters")
    try:
        return pattern.compiled.search(text, start, timeout=max(until - time.process_time(), 0.001))
    except TimeoutError:
        raise SlowError(f"the regular expression takes longer than {SECONDS} seconds to match") from None


def _matches(pattern: _Pattern, text: str) -> Iterator[regex.Match[str]]:
    """
    Yield the matches that do not overlap; an empty one directly after another match is none.
    """
    position, last, until = 0, -1, time.process_time() + SECONDS
    while position <= len(text):
        match = _search(pattern, text, position, until)
        if match is None:
            return
        empty = match.end() == position
        if not (empty and match.start() == last):
            yield match
        position = position + 1 if empty else match.end()
        last = match.end()


def _result(pattern: _Pattern, match: regex.Match[str]) -> Value:
    groups: tuple[Value, ...] = tuple(Null(STRING) if group is None else group for group in match.groups())
    if not groups:
        return str(match.group())
    return object_of(zip(pattern.names, groups, strict=True)) if any(pattern.names) else tuple_of(groups)


def type_of_match(pattern: str) -> Type:
    """
    Return the type of what a pattern finds.
    """
    names = _checked(pattern).names
    if any(names):
        return Object(tuple(Field(name, STRING) for name in sorted(set(names))))
    return Tuple((STRING,) * len(names)) if names else STRING


def _checked(pattern: str) -> _Pattern:
    read = _read(pattern)
    if any(read.names) and not all(read.names):
        raise EvaluationError("a pattern cannot mix named and unnamed groups")
    return read


def first_match(pattern: str, text: str) -> Value:
    """
    Return the first match: its text, or its groups when the pattern has any.
    """
    read = _checked(pattern)
    match = _search(read, text, 0, time.process_time() + SECONDS)
    if match is None:
        raise EvaluationError("the pattern did not match any part of the string")
    return _result(read, match)


def all_matches(pattern: str, text: str) -> Value:
    """
    Return the list of all matches.
    """
    read = _checked(pattern)
    return list_of((_result(read, match) for match in _matches(read, text)), type_of_match(pattern))


def replace_all(pattern: str, text: str, replacement: str) -> Value:
    """
    Return the text with every match replaced; `$1` and `${name}` in the replacement stand for groups.
    """
    read = _read(pattern)
    result: list[str] = []
    position, last, length, until = 0, 0, 0, time.process_time() + SECONDS
    while position <= len(text):
        match = _search(read, text, position, until)
        if match is None:
            break
        result.append(text[last : match.start()])
        if match.end() > last or match.start() == 0:
            result.append(_expand(replacement, read, match))
            length += len(result[-1])
        if length > LONGEST_TEXT * 5:
            raise EvaluationError(f"the result of replace would be longer than {LONGEST_TEXT * 5} characters")
        last = match.end()
        position = max(position + 1, match.end())
    return "".join([*result, text[last:]])


_GROUP = regex.compile(r"\$(?:(\$)|\{([0-9A-Za-z_]+)\}|([0-9A-Za-z_]+))", regex.ASCII)


def _expand(replacement: str, pattern: _Pattern, match: regex.Match[str]) -> str:
    def group(found: regex.Match[str]) -> str:
        name = found.group(2) or found.group(3)
        if found.group(1):
            return "$"
        if name.isdigit():
            number = int(name) if len(name) < 6 else len(pattern.names) + 1
            return (match.group(number) or "") if number <= len(pattern.names) else ""
        places = [place for place, one in enumerate(pattern.names, 1) if one == name]
        return (match.group(places[0]) or "") if places else ""

    return str(_GROUP.sub(group, replacement))
