"""
Patterns of file names, as `fileset` reads them.

A pattern is taken apart at its slashes. A part without special characters is a name; `**` is any number of directories; any
other part is matched with each name in a directory, and only then is it an error when it is none.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from sglint.evaluate.terraform.error import EvaluationError
from sglint.source import Sort

List: TypeAlias = "Callable[[str], Mapping[str, Sort]]"
"""Returns what a directory holds by name, in order."""

_Answers: TypeAlias = "dict[tuple[str, str], bool | EvaluationError]"

DEEPEST = 40
"""How many directories deep a pattern may lead."""
MOST = 5_000
"""How many directories a pattern may lead to."""


@dataclass(slots=True)
class _Search:
    """
    A search: how a directory is listed, where what is left of the pattern was looked for, and what matches.
    """

    look: List
    been: set[tuple[str, int]] = field(default_factory=set)
    known: _Answers = field(default_factory=dict)


def glob(pattern: str, look: List) -> list[str]:
    """
    Return the files that match, in order.
    """
    cleaned = posixpath.normpath(pattern)
    start = "/" if cleaned.startswith("/") else "."
    return sorted(set(_matching(start, _parts(cleaned.lstrip("/"), "/"), _Search(look), DEEPEST)))


def _matching(base: str, parts: list[str], search: _Search, depth: int) -> Iterator[str]:
    plain = next((number for number, part in enumerate(parts) if any(c in part for c in "*?[{\\")), len(parts))
    base = posixpath.normpath(posixpath.join(base, *parts[:plain]))
    rest = parts[plain:]
    if (base, len(rest)) in search.been:
        return
    search.been.add((base, len(rest)))
    if not depth:
        raise EvaluationError(f"a pattern for file names leads more than {DEEPEST} directories deep")
    if len(search.been) > MOST:
        raise EvaluationError(f"a pattern for file names leads to more than {MOST} directories")
    if not rest:
        if _is_file(base, search.look(posixpath.dirname(base) or ".").get(posixpath.basename(base), "other")):
            yield base
        return
    yield from _below(
        {posixpath.normpath(posixpath.join(base, name)): sort for name, sort in search.look(base).items()}, rest, search, depth
    )


def _below(found: Mapping[str, Sort], rest: list[str], search: _Search, depth: int) -> Iterator[str]:
    """
    Yield what matches of the paths in a directory, and below those.
    """
    if rest[0] == "**":
        for path, sort in found.items():
            if _is_directory(path, sort):
                yield from _matching(path, rest, search, depth - 1)
        if len(rest) == 1:
            yield from (path for path, sort in found.items() if sort == "file")
            return
        rest = rest[1:]
    for path, sort in found.items():
        if not _matches(rest[0], posixpath.basename(path), search.known):
            continue
        if len(rest) == 1:
            if _is_file(path, sort):
                yield path
        elif _is_directory(path, sort):
            yield from _matching(path, rest[1:], search, depth - 1)


def _is_directory(path: str, sort: Sort) -> bool:
    """Return whether a pattern may go on there; what lies outside is not known."""
    if sort == "outside":
        raise EvaluationError(f"{path} links to outside of what is scanned")
    return sort == "directory"


def _is_file(path: str, sort: Sort) -> bool:
    """Return whether a path that matches is a file; one that links to nothing is an error for Terraform too."""
    if sort == "gone":
        raise EvaluationError(f"{path} links to nothing")
    return not _is_directory(path, sort) and sort == "file"


def _find(text: str, wanted: str, start: int = 0) -> int:
    """
    Return where the character stands that no backslash precedes, -1 when it does not.
    """
    at = text.find(wanted, start)
    while at > start and text[at - 1] == "\\":
        start = at + 1
        at = text.find(wanted, start)
    return at


def _parts(text: str, separator: str) -> list[str]:
    found, start = [], 0
    while (at := _find(text, separator, start)) >= 0:
        found.append(text[start:at])
        start = at + 1
    return [*found, text[start:]]


def _bad(pattern: str) -> EvaluationError:
    return EvaluationError(f"{pattern[:60]} is not a pattern for file names")


def _matches(pattern: str, name: str, known: _Answers) -> bool:
    """
    Return whether the name of a file matches one part of a pattern; `known` are the answers so far.
    """
    answer = known.get((pattern, name))
    if answer is None:
        try:
            answer = _compared(pattern, name, known)
        except EvaluationError as error:
            answer = error
        known[pattern, name] = answer
    if isinstance(answer, EvaluationError):
        raise answer
    return answer


def _compared(pattern: str, name: str, known: _Answers) -> bool:
    at, seen = 0, 0
    while at < len(pattern) and seen < len(name):
        sign = pattern[at]
        if sign == "*":
            return at + 1 == len(pattern) or any(_may_match(pattern[at + 1 :], name[n:], known) for n in range(seen, len(name)))
        if sign == "{":
            return _one_matches(pattern, at, name[seen:], known)
        if sign == "[":
            end = _find(pattern, "]", at + 1)
            if end < 0 or not _in_class(pattern, pattern[at + 1 : end], name[seen]):
                if end < 0:
                    raise _bad(pattern)
                return False
            at = end
        elif sign == "\\":
            at += 1
            if at == len(pattern):
                raise _bad(pattern)
            if pattern[at] != name[seen]:
                return False
        elif sign not in ("?", name[seen]):
            return False
        at, seen = at + 1, seen + 1
    return (seen == len(name) and pattern[at:] in ("", "*", "**")) or (at < len(pattern) and pattern[at:] == "**")


def _may_match(pattern: str, name: str, known: _Answers) -> bool:
    """Return whether what is left matches; behind a star also an error is only no match."""
    try:
        return _matches(pattern, name, known)
    except EvaluationError:
        return False


def _one_matches(pattern: str, at: int, name: str, known: _Answers) -> bool:
    end = _find(pattern, "}", at + 1)
    if end < 0:
        raise _bad(pattern)
    return any(_matches(choice + pattern[end + 1 :], name, known) for choice in _parts(pattern[at + 1 : end], ","))


def _in_class(pattern: str, inside: str, character: str) -> bool:
    """
    Return whether the character is in a class such as `a-z` or `^0-9`.
    """
    if not inside:
        raise _bad(pattern)
    found, at = False, int(inside[0] == "^")
    while at < len(inside):
        low, at = _bound(pattern, inside, at)
        high = low
        if inside[at : at + 1] == "-":
            high, at = _bound(pattern, inside, at + 1)
        found = found or low <= character <= high
    return found != (inside[0] == "^")


def _bound(pattern: str, inside: str, at: int) -> tuple[str, int]:
    if inside[at : at + 1] == "\\":
        at += 1
    elif inside[at : at + 1] == "-":
        raise _bad(pattern)
    if at >= len(inside):
        raise _bad(pattern)
    return inside[at], at + 1
