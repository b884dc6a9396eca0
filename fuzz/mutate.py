"""
Texts changed at random, by bytes, words and lines: so that most of each still means something.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

LONGEST = 60_000
_WORD = re.compile(rb'[A-Za-z_][\w-]*|\d+|"[^"\n]*"|[ \t]+|.', re.DOTALL)
_NUMBER = re.compile(rb"\d+")
NASTY: tuple[bytes, ...] = tuple(
    one.encode("utf-8", "surrogatepass")
    for one in (
        *'"" null true [] {} -1 0 1 65536 1e999 -0.0 1e-999 99999999999999999999 0x10 NaN .inf "${ %{ ~ * / \\ \' " ` $ % # //'.split(),
        *'"10.0.0.0/33" "::/0" "0.0.0.0/0" "10.0.0.0/8" "::ffff:1.2.3.4/128" "-" "tcp" "all" "\\u0000" "\\ud800" 4294967296'.split(),
        "\0",
        "\ufeff",
        "\u202e",
        "\ud800",
        "\r",
        "\u2028",
        "\x1b[2J",
        "é",
        "日本",
        "e\u0301",
        "\n",
        "\t",
        " ",
    )
)

Way = Callable[[Random, bytes, Sequence[bytes], Sequence[bytes]], bytes]


def mutated(random: Random, data: bytes, others: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    """
    Return the text with one to a dozen changes; `others` lend it parts, `words` are put anywhere.
    """
    for _ in range(random.choice((1, 1, 1, 2, 2, 3, 4, 6, 12))):
        data = random.choice(WAYS)(random, data, others, words)[:LONGEST]
    return data


def _range(random: Random, length: int, most: int = 200) -> tuple[int, int]:
    start = random.randint(0, length)
    return start, min(length, start + random.choice((0, 1, 2, 4, random.randint(0, most))))


def _flip(random: Random, data: bytes, others: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    if not data:
        return data
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << random.randrange(8))]) + data[at + 1 :]


def _cut(random: Random, data: bytes, others: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    start, end = _range(random, len(data))
    return data[:start] + data[end:]


def _insert(random: Random, data: bytes, others: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    at = random.randint(0, len(data))
    return data[:at] + random.choice((*NASTY, *words)) + data[at:]


def _splice(random: Random, data: bytes, others: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    other = random.choice(others) if others else data
    start, end = _range(random, len(other), 2000)
    at = random.randint(0, len(data))
    return data[:at] + other[start:end] + data[at + random.choice((0, end - start)) :]


def _repeat(random: Random, data: bytes, others: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    start, end = _range(random, len(data), 40)
    return data[:end] + data[start:end] * random.choice((1, 2, 3, 10, 120, 1000)) + data[end:]


def _end(random: Random, data: bytes, others: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    return data[: random.randint(0, len(data))]


def _word(random: Random, data: bytes, others: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    found = _WORD.findall(data)
    if not found:
        return data
    at = random.randrange(len(found))
    donor = _WORD.findall(random.choice(others)) if others and random.random() < 0.4 else found
    pool = donor if donor and random.random() < 0.6 else (*NASTY, *words)
    found[at] = random.choice(pool)
    return b"".join(found)


def _swap(random: Random, data: bytes, others: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    found = _WORD.findall(data)
    if len(found) < 2:
        return data
    one, two = random.randrange(len(found)), random.randrange(len(found))
    found[one], found[two] = found[two], found[one]
    return b"".join(found)


def _line(random: Random, data: bytes, others: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    lines = data.split(b"\n")
    at = random.randrange(len(lines))
    other = random.choice(others).split(b"\n") if others else lines
    what = random.randrange(4)
    if what == 0:
        lines.insert(at, random.choice(lines))
    elif what == 1:
        del lines[at]
    elif what == 2:
        lines.insert(at, random.choice(other))
    else:
        start = random.randrange(len(other))
        lines[at:at] = other[start : start + random.randint(1, 12)]
    return b"\n".join(lines)


def _number(random: Random, data: bytes, others: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    found = list(_NUMBER.finditer(data))
    if not found:
        return data
    one = random.choice(found)
    new = random.choice((b"0", b"1", b"-1", b"128", b"33", b"65536", b"4294967296", b"1" * 30, b"1" * 5000, b"1e400", b"0.5"))
    return data[: one.start()] + new + data[one.end() :]


WAYS: tuple[Way, ...] = (_flip, _cut, _insert, _splice, _repeat, _end, _word, _word, _word, _swap, _line, _line, _number)
