"""
Random numbers that depend on what they are for and on nothing else.

Connection number i of slice k of a group is drawn from a hash of (seed, group, k, i). So it does not matter in which order, in
which pieces, or by which engine the connections are gone through. The draw is one hash and one look-up in an alias table
(Walker 1977), in integers only: every engine and every machine makes the same decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sglint.simulator.distribution import Floats

Ints: TypeAlias = npt.NDArray[np.int64]
Words: TypeAlias = npt.NDArray[np.uint64]

WITHIN = 0x9E3779B97F4A7C15
"""What separates the connections of a slice (the golden ratio, as in splitmix64)."""
ACROSS = 0xD1342543DE82EF95
"""What separates the slices."""
FIRST, SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
OTHER_BITS = 20
"""How many low bits of an entry of the alias table name the other outcome."""
_WORD = (1 << 64) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Alias:
    """
    A table that turns a hash into an outcome: column, then one of the two outcomes of the column.

    `packed` has 2^bits words; the high ones of each are the share of the column's own outcome, the low `OTHER_BITS` name the
    other one. Outcomes count from `first`.
    """

    packed: Words
    bits: int
    first: int


def alias(weights: Floats) -> Alias:
    """
    Return the table for outcomes 0, 1, ... with these weights, whose sum is taken as one; at most 2^20 of them.
    """
    there = np.flatnonzero(weights)
    first, last = int(there[0]), int(there[-1])
    count = last - first + 1
    bits = max(1, (count - 1).bit_length())
    size = 1 << bits
    scaled = np.zeros(size)
    scaled[:count] = weights[first : last + 1] * (size / weights.sum())
    own, other = _pair(scaled.tolist())
    share = np.minimum(np.round(np.array(own) * 2.0**44), 2.0**44 - 1).astype(np.uint64)
    return Alias((share << np.uint64(OTHER_BITS)) | np.array(other, dtype=np.uint64), bits, first)


def _pair(scaled: list[float]) -> tuple[list[float], list[int]]:
    """
    Fill each column that has less than one with a piece of one that has more (Vose 1991).
    """
    own, other = [1.0] * len(scaled), list(range(len(scaled)))
    small = [number for number, value in enumerate(scaled) if value < 1.0]
    large = [number for number, value in enumerate(scaled) if value >= 1.0]
    while small and large:
        less, more = small.pop(), large[-1]
        own[less], other[less] = scaled[less], more
        scaled[more] -= 1.0 - scaled[less]
        if scaled[more] < 1.0:
            small.append(large.pop())
    return own, other


def key(*parts: int) -> int:
    """
    Return a 64-bit hash of the numbers.
    """
    state = 0
    for part in parts:
        state = (state ^ (part & _WORD)) * ACROSS & _WORD
        state = ((state ^ (state >> 30)) * FIRST) & _WORD
        state = ((state ^ (state >> 27)) * SECOND) & _WORD
        state ^= state >> 31
    return state


def mix(words: Words) -> Words:
    """
    Hash each of the words in place (the finaliser of splitmix64), and return them.
    """
    shifted = words >> np.uint64(30)
    words ^= shifted
    words *= np.uint64(FIRST)
    np.right_shift(words, np.uint64(27), out=shifted)
    words ^= shifted
    words *= np.uint64(SECOND)
    np.right_shift(words, np.uint64(31), out=shifted)
    words ^= shifted
    return words


def of_slices(group: int, first: int, count: int) -> Words:
    """
    Return the hash of each of `count` slices from number `first` on, of the group with this key.
    """
    return mix(np.arange(first, first + count, dtype=np.uint64) * np.uint64(ACROSS) + np.uint64(group))


def outcomes(table: Alias, bases: Words, counts: Ints, steps: Words) -> Ints:
    """
    Return one outcome for each of `counts[k]` connections of slice k, slice by slice.

    `bases` are the hashes of the slices; `steps` are the multiples 0, 1, ... of `WITHIN`, at least as many as connections.
    """
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    starts = (ends - counts).view(np.uint64)
    words = np.repeat(bases - starts * np.uint64(WITHIN), counts)
    words += steps[:total]
    mix(words)
    columns = words >> np.uint64(64 - table.bits)
    packed = table.packed[columns.view(np.int64)]
    words <<= np.uint64(table.bits)
    own = words < packed
    packed &= np.uint64((1 << OTHER_BITS) - 1)
    result = np.where(own, columns, packed).view(np.int64)
    result += table.first
    return result


def steps_of(count: int) -> Words:
    """
    Return the first multiples of `WITHIN`, for `outcomes`.
    """
    return np.arange(count, dtype=np.uint64) * np.uint64(WITHIN)
