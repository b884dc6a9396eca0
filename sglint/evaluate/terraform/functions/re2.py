"""
RE2's pattern syntax, written anew for the `regex` library.
"""

from __future__ import annotations

import re
from dataclasses import replace

from sglint.evaluate.terraform.error import EvaluationError
from sglint.frozen import frozen

MOST_REPEATS = 1000
"""RE2's own limit for `{n,m}`."""

_CLASSES = {
    "d": "0-9",
    "w": "0-9A-Za-z_",
    "s": r"\t\n\f\r ",
}
_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_CONTROLS = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_BOUNDARY = "(?:(?<![0-9A-Za-z_])(?=[0-9A-Za-z_])|(?<=[0-9A-Za-z_])(?![0-9A-Za-z_]))"
_NO_BOUNDARY = "(?:(?<![0-9A-Za-z_])(?![0-9A-Za-z_])|(?<=[0-9A-Za-z_])(?=[0-9A-Za-z_]))"
_GROUP = re.compile(r"\(\?(?:P?<([0-9A-Za-z_]+)>|([imsU]*)(?:-([imsU]+))?([:)]))", re.ASCII)
_REPEAT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}", re.ASCII)
_PROPERTY = re.compile(r"[pP](?:\{\^?[A-Za-z_]+\}|[A-Z])", re.ASCII)
_CODE = re.compile(r"x(?:\{([0-9A-Fa-f]{1,8})\}|([0-9A-Fa-f]{2}))|([0-7]{1,3})", re.ASCII)


@frozen
class _Flags:
    ignore: bool = False
    lines: bool = False
    dot: bool = False
    lazy: bool = False


class _Reader:
    """
    One pass over a pattern.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.flags = _Flags()
        self.outer: list[_Flags] = []
        self.out: list[str] = []
        self.names: list[str] = []
        self.repeatable = False

    def fail(self, what: str) -> EvaluationError:
        return EvaluationError(f"invalid regular expression: {what}")

    def take(self, found: re.Match[str]) -> None:
        self.at = found.end()

    def emit(self, text: str, *, repeatable: bool = True) -> None:
        self.out.append(f"(?i:{text})" if self.flags.ignore and repeatable else text)
        self.repeatable = repeatable

    def read(self) -> str:
        while self.at < len(self.pattern):
            self.step(self.pattern[self.at])
        if self.outer:
            raise self.fail("missing closing )")
        return "".join(self.out)

    def step(self, character: str) -> None:
        if character == "(":
            self.open()
        elif character == ")":
            self.close()
        elif character in "*+?":
            self.at += 1
            self.quantify(character)
        elif character == "{" and (found := _REPEAT.match(self.pattern, self.at)):
            self.repeat(found)
        elif character == "[":
            self.emit(self.bracket())
        elif character == "\\":
            self.escape()
        else:
            self.at += 1
            self.plain(character)

    def plain(self, character: str) -> None:
        if character == "|":
            self.emit("|", repeatable=False)
        elif character == "^":
            self.out.append(r"(?<![^\n])" if self.flags.lines else r"\A")
            self.repeatable = True
        elif character == "$":
            self.out.append(r"(?![^\n])" if self.flags.lines else r"\Z")
            self.repeatable = True
        elif character == ".":
            self.out.append(r"[\s\S]" if self.flags.dot else r"[^\n]")
            self.repeatable = True
        else:
            self.emit(_literal(character))

    def open(self) -> None:
        if not self.pattern.startswith("(?", self.at):
            self.at += 1
            self.outer.append(self.flags)
            self.names.append("")
            self.emit("(", repeatable=False)
            return
        found = _GROUP.match(self.pattern, self.at)
        if found is None:
            raise self.fail("Terraform does not have this kind of group")
        self.take(found)
        name, on, off, end = found.groups()
        if name:
            self.names.append(name)
            self.outer.append(self.flags)
            self.emit("(", repeatable=False)
            return
        if end == ":":
            self.outer.append(self.flags)
            self.emit("(?:", repeatable=False)
        elif not on and not off:
            raise self.fail("missing flags after (?")
        self.flags = _changed(self.flags, on or "", off or "")
        self.repeatable = False

    def close(self) -> None:
        if not self.outer:
            raise self.fail("unexpected )")
        self.at += 1
        self.flags = self.outer.pop()
        self.out.append(")")
        self.repeatable = True

    def quantify(self, operator: str) -> None:
        if not self.repeatable:
            raise self.fail(f"nothing to repeat before {operator}")
        lazy = self.pattern.startswith("?", self.at)
        self.at += lazy
        self.out.append(operator + ("?" if lazy != self.flags.lazy else ""))
        self.repeatable = False
        if self.pattern.startswith(("*", "+", "?"), self.at) or _REPEAT.match(self.pattern, self.at):
            raise self.fail("two repetitions follow each other")

    def repeat(self, found: re.Match[str]) -> None:
        least, comma, most = found.groups()
        numbers = [int(number) for number in (least, most) if number]
        if max(numbers) > MOST_REPEATS or (len(numbers) == 2 and numbers[0] > numbers[1]):
            raise self.fail(f"invalid repeat count {found.group()}")
        self.take(found)
        self.quantify(f"{{{least}{comma or ''}{most or ''}}}")

    def escape(self) -> None:
        self.at += 1
        letter = self.pattern[self.at : self.at + 1]
        if letter == "Q":
            end = self.pattern.find("\\E", self.at)
            text = self.pattern[self.at + 1 : end if end >= 0 else len(self.pattern)]
            self.at = end + 2 if end >= 0 else len(self.pattern)
            for character in text:
                self.emit(_literal(character))
            return
        simple = {"A": r"\A", "z": r"\Z", "b": _BOUNDARY, "B": _NO_BOUNDARY}.get(letter)
        if simple is not None:
            self.at += 1
            self.out.append(simple)
            self.repeatable = True
            return
        set_part = self.class_escape()
        self.emit(set_part if set_part is not None else _literal(self.character_escape()))

    def class_escape(self) -> str | None:
        """
        Return a class such as `\\d` or `\\pL` as a bracket expression, None when something else follows the backslash.
        """
        letter = self.pattern[self.at : self.at + 1]
        if letter and letter.lower() in _CLASSES:
            self.at += 1
            return f"[{'^' if letter.isupper() else ''}{_CLASSES[letter.lower()]}]"
        found = _PROPERTY.match(self.pattern, self.at)
        if found is None:
            return None
        self.take(found)
        return f"[\\{found.group()}]"

    def character_escape(self) -> str:
        letter = self.pattern[self.at : self.at + 1]
        found = _CODE.match(self.pattern, self.at)
        if found is not None and (letter in "x0" or len(found.group()) > 1):
            self.take(found)
            code = int(found.group(1) or found.group(2) or "0", 16) if letter == "x" else int(found.group(3), 8)
            if code > 0x10FFFF:
                raise self.fail(f"there is no character {found.group()}")
            return chr(code)
        if letter in _CONTROLS and letter:
            self.at += 1
            return chr(_CONTROLS[letter])
        if not letter or not letter.isascii() or letter.isalnum():
            raise self.fail(f"invalid escape \\{letter}")
        self.at += 1
        return letter

    def bracket(self) -> str:
        self.at += 1
        negated = self.pattern.startswith("^", self.at)
        self.at += negated
        parts: list[str] = []
        while self.at >= len(self.pattern) or self.pattern[self.at] != "]" or not parts:
            if self.at >= len(self.pattern):
                raise self.fail("missing closing ]")
            parts.append(self.bracket_part())
        self.at += 1
        return f"[{'^' if negated else ''}{''.join(parts)}]"

    def bracket_part(self) -> str:
        if self.pattern.startswith("[:", self.at) and (end := self.pattern.find(":]", self.at)) >= 0:
            name = self.pattern[self.at + 2 : end]
            if name.removeprefix("^") not in _POSIX:
                raise self.fail(f"unknown character class [:{name}:]")
            self.at = end + 2
            return _negated(_POSIX[name[1:]]) if name.startswith("^") else _POSIX[name]
        if self.pattern[self.at] == "\\":
            self.at += 1
            inside = self.class_escape()
            if inside is not None:
                return _negated(inside[2:-1]) if inside.startswith("[^") else inside[1:-1]
            self.at -= 1
        low = self.bracket_character()
        if not self.pattern.startswith("-", self.at) or self.pattern.startswith("-]", self.at):
            return _literal(low)
        self.at += 1
        high = self.bracket_character()
        if high < low:
            raise self.fail(f"invalid range {low}-{high}")
        return f"{_literal(low)}-{_literal(high)}"

    def bracket_character(self) -> str:
        if self.at >= len(self.pattern):
            raise self.fail("missing closing ]")
        self.at += 1
        if self.pattern[self.at - 1] == "\\":
            return self.character_escape()
        return self.pattern[self.at - 1]


def _negated(inside: str) -> str:
    """
    Return the ASCII ranges of a class as what lies between them, so that they can stand inside a bracket.
    """
    codes = {code for code in range(128) if re.fullmatch(f"[{inside}]", chr(code))}
    outside = "".join(f"\\x{code:02x}" for code in range(128) if code not in codes)
    return f"{outside}\\x80-\\U0010ffff"


def _literal(character: str) -> str:
    return character if character.isalnum() or not character.isascii() else f"\\x{ord(character):02x}"


def _changed(flags: _Flags, on: str, off: str) -> _Flags:
    names = {"i": "ignore", "m": "lines", "s": "dot", "U": "lazy"}
    changes = {names[letter]: True for letter in on} | {names[letter]: False for letter in off}
    return replace(flags, **changes)


def translate(pattern: str) -> tuple[str, tuple[str, ...]]:
    """
    Return the pattern in the syntax of the `regex` library, and the names of its groups, empty for those without one.

    Raises EvaluationError where RE2 would refuse the pattern.
    """
    reader = _Reader(pattern)
    return reader.read(), tuple(reader.names)
