"""
Regular expressions with Terraform's meaning.

Terraform's patterns are RE2's. A pattern is read here construct by construct and written anew for the `regex` library, so that
what RE2 does not have is refused and what the two read differently (`$`, `\\d`, flags in the middle) keeps RE2's meaning.
Patterns and texts are bounded in size and matching is bounded in time.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

import regex

from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions.re2 import translate
from sglint.value import Map, Seq, Value

LONGEST_PATTERN = 2_000
LONGEST_TEXT = 200_000
SECONDS = 1.0


@functools.lru_cache(maxsize=256)
def _compiled(pattern: str) -> regex.Pattern[str]:
    if len(pattern) > LONGEST_PATTERN:
        raise EvaluationError(f"the pattern is longer than {LONGEST_PATTERN} characters")
    try:
        return regex.compile(translate(pattern), regex.VERSION0)
    except (regex.error, RecursionError, OverflowError, ValueError) as error:
        raise EvaluationError(f"invalid regular expression: {error}") from None


def _search(compiled: regex.Pattern[str], text: str, start: int) -> regex.Match[str] | None:
    if len(text) > LONGEST_TEXT:
        raise EvaluationError(f"the text to match is longer than {LONGEST_TEXT} characters")
    try:
        return compiled.search(text, start, timeout=SECONDS)
    except TimeoutError:
        raise EvaluationError(f"the regular expression takes longer than {SECONDS:.0f} second to match") from None


def _matches(compiled: regex.Pattern[str], text: str) -> Iterator[regex.Match[str]]:
    """
    Yield the matches that do not overlap; an empty one directly after another match is none.
    """
    position, last = 0, -1
    while position <= len(text):
        match = _search(compiled, text, position)
        if match is None:
            return
        empty = match.end() == position
        if not (empty and match.start() == last):
            yield match
        position = position + 1 if empty else match.end()
        last = match.end()


def _result(compiled: regex.Pattern[str], match: regex.Match[str]) -> Value:
    if not compiled.groups:
        return match.group()
    if compiled.groupindex:
        return Map.of(match.groupdict())
    return Seq(match.groups())


def _checked(pattern: str) -> regex.Pattern[str]:
    compiled = _compiled(pattern)
    if compiled.groupindex and len(compiled.groupindex) != compiled.groups:
        raise EvaluationError("a pattern cannot mix named and unnamed groups")
    return compiled


def first_match(pattern: str, text: str) -> Value:
    """
    Return the first match: its text, or its groups when the pattern has any.
    """
    compiled = _checked(pattern)
    match = _search(compiled, text, 0)
    if match is None:
        raise EvaluationError("the pattern did not match any part of the string")
    return _result(compiled, match)


def all_matches(pattern: str, text: str) -> Value:
    """
    Return the list of all matches.
    """
    compiled = _checked(pattern)
    return Seq(tuple(_result(compiled, match) for match in _matches(compiled, text)), "list")


def replace_all(pattern: str, text: str, replacement: str) -> Value:
    """
    Return the text with every match replaced; `$1` and `${name}` in the replacement stand for groups.
    """
    compiled = _compiled(pattern)
    result: list[str] = []
    position, last = 0, 0
    while position <= len(text):
        match = _search(compiled, text, position)
        if match is None:
            break
        result.append(text[last : match.start()])
        if match.end() > last or match.start() == 0:
            result.append(_expand(replacement, match))
        last = match.end()
        position = max(position + 1, match.end())
    return "".join([*result, text[last:]])


_GROUP = regex.compile(r"\$(?:(\$)|\{([0-9A-Za-z_]+)\}|([0-9A-Za-z_]+))", regex.ASCII)


def _expand(replacement: str, match: regex.Match[str]) -> str:
    def group(found: regex.Match[str]) -> str:
        name = found.group(2) or found.group(3)
        if found.group(1):
            return "$"
        if name.isdigit():
            number = int(name) if len(name) < 6 else match.re.groups + 1
            return (match.group(number) or "") if number <= match.re.groups else ""
        return (match.group(name) or "") if name in match.re.groupindex else ""

    return str(_GROUP.sub(group, replacement))
