"""
One line of a .gitignore, as git reads it.

The lines come from a stranger: matching takes time in proportion to the lengths of the pattern and the path, for any of both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from sglint.frozen import frozen

Test: TypeAlias = Callable[[str], bool]
"""Whether one character, or one part of a path, is meant."""

_SLASH = re.compile(r"(?<!\\)((?:\\\\)*)\\/")
"""A slash behind a backslash, which is no more than a slash."""

_START, _END = re.compile(r"[^*?\[\\]*"), re.compile(r"[^*?\[\]]*\Z")
"""What stands for itself at the start and at the end of a pattern."""

_KINDS: dict[str, Test] = {
    "alnum": lambda one: one.isascii() and one.isalnum(),
    "alpha": lambda one: one.isascii() and one.isalpha(),
    "blank": lambda one: one in " \t",
    "cntrl": lambda one: ord(one) < 32 or one == "\x7f",
    "digit": lambda one: one.isascii() and one.isdigit(),
    "graph": lambda one: "!" <= one <= "~",
    "lower": lambda one: "a" <= one <= "z",
    "print": lambda one: " " <= one <= "~",
    "punct": lambda one: "!" <= one <= "~" and not one.isalnum(),
    "space": lambda one: one in " \t\n\v\f\r",
    "upper": lambda one: "A" <= one <= "Z",
    "xdigit": lambda one: one in "0123456789abcdefABCDEF",
}


@frozen
class Pattern:
    """
    What a line means: the tests of the parts of a path in their order, where None is any number of parts.

    `negated` takes back what lines before it ignore, `directory` means directories only.
    """

    parts: tuple[Test | None, ...]
    negated: bool
    directory: bool

    def matches(self, parts: Sequence[str], *, directory: bool) -> bool:
        """
        Return whether a path with these parts is meant itself, without regard to the directories that it lies in.
        """
        if self.directory and not directory:
            return False
        if len(self.parts) == 2 and self.parts[0] is None and self.parts[1] is not None:
            return self.parts[1](parts[-1])
        return _fits(self.parts, parts)


def read_pattern(line: str) -> Pattern | None:
    """
    Return what a line means, None when it is empty, a comment, or can never match.
    """
    text = _trimmed(line.removesuffix("\r"))
    if not text or text.startswith("#"):
        return None
    negated = text.startswith("!")
    text = text[negated:]
    directory = text.endswith("/")
    text = text[: -1 if directory else None]
    if not text:
        return None
    if "/" not in text:
        return _pattern([None, text], negated=negated, directory=directory)
    text = _SLASH.sub(r"\1/", text.removeprefix("/"))
    named = [None if len(part) > 1 and not part.strip("*") else part for part in text.split("/")]
    return _pattern([*named, *(["*"] if named[-1] is None else [])], negated=negated, directory=directory)


def _pattern(named: Sequence[str | None], *, negated: bool, directory: bool) -> Pattern | None:
    tests = [None if part is None else _part(part) for part in named]
    if any(part is not None and test is None for part, test in zip(named, tests, strict=True)):
        return None
    return Pattern(tuple(tests), negated, directory)


def _trimmed(line: str) -> str:
    """
    Return a line without the blanks at its end; one behind a backslash stays.
    """
    bare = line.rstrip(" ")
    slashes = len(bare) - len(bare.rstrip("\\"))
    return bare + " " if slashes % 2 and len(bare) < len(line) else bare


def _part(text: str) -> Test | None:
    """
    Return the test of one part of a path, None when there is nothing that it can match.
    """
    if not any(sign in text for sign in "*?[\\"):
        return lambda part: part == text
    try:
        signs = tuple(_signs(text))
    except ValueError:
        return None
    start, end = _START.match(text), _END.search(text)
    head, tail = start[0] if start else "", end[0] if end and "\\" not in text else ""
    return lambda part: part.startswith(head) and part.endswith(tail) and _fits(signs, part)


def _signs(text: str) -> Iterator[Test | None]:
    """
    Yield the tests of the characters; raises ValueError for what git gives up on.
    """
    at = 0
    while at < len(text):
        sign = text[at]
        at += 1
        if sign == "*":
            yield None
        elif sign == "?":
            yield bool  # every character is one
        elif sign == "[":
            test, at = _class(text, at)
            yield test
        else:
            if sign == "\\":
                if at == len(text):
                    raise ValueError("nothing follows the backslash")
                sign = text[at]
                at += 1
            yield sign.__eq__


def _class(text: str, at: int) -> tuple[Test, int]:
    """
    Return the test of a class like `a-z`, which begins here, and where it ends.
    """
    negated = text[at : at + 1] in ("!", "^") and at < len(text)
    at += negated
    tests: list[Test] = []
    first = at
    while at == first or text[at : at + 1] != "]":
        kind = text[at + 2 : text.find(":]", at + 2)] if text.startswith("[:", at) and ":]" in text[at + 2 :] else ""
        if kind:
            if kind not in _KINDS:
                raise ValueError(f"there is no class {kind}")
            tests.append(_KINDS[kind])
            at += len(kind) + 4
            continue
        low, at = _one(text, at)
        high = low
        if text[at : at + 1] == "-" and text[at + 1 : at + 2] not in ("", "]"):
            high, at = _one(text, at + 1)
        tests.append(_between(low, high))
    return (lambda one: any(test(one) for test in tests) != negated), at + 1


def _between(low: str, high: str) -> Test:
    return lambda one: low <= one <= high


def _one(text: str, at: int) -> tuple[str, int]:
    at += text.startswith("\\", at)
    if at >= len(text):
        raise ValueError("the class is not closed")
    return text[at], at + 1


def _fits(tests: Sequence[Test | None], items: Sequence[str]) -> bool:
    """
    Return whether the items fit the tests in their order, where None is any number of items.

    What is behind a None may be looked for from where the one before it fitted first: later ones leave less.
    """
    test = item = 0
    again: tuple[int, int] | None = None
    while item < len(items):
        one = tests[test] if test < len(tests) else None
        if test < len(tests) and one is None:
            test += 1
            again = test, item
        elif one is not None and one(items[item]):
            test, item = test + 1, item + 1
        elif again is None:
            return False
        else:
            test, item = again[0], again[1] + 1
            again = test, item
    return all(one is None for one in tests[test:])


def opinion_of(patterns: Sequence[Pattern], parts: Sequence[str], *, directory: bool) -> bool | None:
    """
    Return whether one .gitignore ignores the path below it, None when it says nothing: its last line that matches counts.

    What lies in an ignored directory is ignored.
    """
    if any(last_word(patterns, parts[:length], directory=True) for length in range(1, len(parts))):
        return True
    return last_word(patterns, parts, directory=directory)


def last_word(patterns: Sequence[Pattern], parts: Sequence[str], *, directory: bool) -> bool | None:
    """
    Return what one .gitignore says of the path itself, without regard to the directories that it lies in.
    """
    found = next((one for one in reversed(patterns) if one.matches(parts, directory=directory)), None)
    return None if found is None else not found.negated


def bytewise(text: str) -> str:
    """
    Return the text with a character for each byte of it, which is how git compares names.
    """
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogateescape" if all(map(_plain, text)) else "surrogatepass").decode("latin-1")


def _plain(character: str) -> bool:
    return not "\ud800" <= character <= "\udfff" or "\udc80" <= character <= "\udcff"
