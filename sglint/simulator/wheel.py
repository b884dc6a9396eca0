"""
The count wheel: a table of connections as numbers of entries that end in each slice of time.

Time is cut into slices. Per slice there is how many flows begin, how many entries end, and how many there are; no connection
is stored, so memory does not grow with their number. In a slice entries end first, then flows begin, and as many get an entry
as there is room for. Who is refused is settled by numbers, too: groups share the room in proportion, and a connection is like
any other of its group. An entry that began in slice k and lives for n slices is counted at the ends of slices k to k+n-1; n is
drawn for a beginning anywhere in the slice, so that without a limit the counts at the ends of slices are exact, whatever their
width.

Entries that live long end in wide slices, whose count is spread over the narrow ones when its time comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from sglint.simulator.arrival import PAGE, Source
from sglint.simulator.draw import Alias, Ints, Words, key, of_slices, steps_of

LONGEST = 1 << 17
"""How many narrow slices ahead an entry may end, where there are no wide ones."""
NARROW = 1 << 15
"""How many narrow slices ahead an entry may end, where there are wide ones."""
WIDE = 1 << 15
"""How many wide slices ahead an entry may end."""
TARGET = 32_768
"""About how many connections are gone through at once, so that they stay in the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """
    Flows that try for an entry: of one class and at one of their attempts.

    `life` gives the number of slices that an entry stays, or, from `Wheel.narrow` on, of wide slices. A group without a source
    is made of those that were refused in another: `again` is that group's number, and `wait` how many slices later they try.
    """

    key: int
    life: Alias
    source: Source | None = None
    again: int | None = None
    wait: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Wheel:
    """
    What to run: groups, the number of slices, and the room for entries, None for no limit.

    `narrow` is how many slices ahead an entry may end, `width` how many of them make a wide slice, 0 for no wide ones.
    """

    groups: tuple[Group, ...]
    slices: int
    narrow: int
    width: int = 0
    room: int | None = None
    seed: int = 0


@dataclass(slots=True)
class Table:
    """
    The table as it is now: entries, and how many of them end in each slice from now on, narrow and wide.
    """

    ends: Ints
    wide: Ints
    entries: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """
    What happened in some slices, from number `first` on.

    `entries` is the number at the end of each slice; `tried` and `admitted` are the attempts of each group (rows) in it.
    """

    first: int
    entries: Ints
    tried: Ints
    admitted: Ints


Step: TypeAlias = Callable[[Wheel, Table, int, Ints, Words], tuple[Ints, Ints]]
"""
One engine: goes through the slices from that number on with those attempts (groups by slices); returns the entries at their
ends and the admitted attempts, and moves the table. The words are the first multiples of `draw.WITHIN`.
"""


def run(wheel: Wheel, step: Step, *, block: int = PAGE) -> Iterator[Block]:
    """
    Go through all slices with that engine, and yield them block by block, of at most that many slices.

    How long the blocks are changes no number in them.
    """
    longest = min([block, PAGE, *(group.wait for group in wheel.groups if group.again is not None)])
    table = Table(np.zeros(wheel.narrow + longest + 1, dtype=np.int64), np.zeros(WIDE, dtype=np.int64))
    waiting = [np.zeros(group.wait + longest, dtype=np.int64) for group in wheel.groups]
    steps, at, usual = steps_of(2 * TARGET), 0, 1
    fresh = np.zeros((len(wheel.groups), PAGE), dtype=np.int64)
    while at < wheel.slices:
        page, inside = divmod(at, PAGE)
        if inside == 0:
            for number, group in enumerate(wheel.groups):
                if group.source is not None:
                    fresh[number] = group.source(page)
            usual = max(1, int(TARGET / max(1.0, float(fresh.sum()) / PAGE)))
        count = min(longest, usual, PAGE - inside, wheel.slices - at)
        if wheel.width:
            if at % wheel.width == 0:
                _spread(wheel, table, at // wheel.width)
            count = min(count, wheel.width - at % wheel.width)
        tried = fresh[:, inside : inside + count].copy()
        for number, group in enumerate(wheel.groups):
            if group.again is not None:
                tried[number] += waiting[number][:count]
        total = int(tried.sum())
        if total > len(steps):
            steps = steps_of(2 * total)
        entries, admitted = step(wheel, table, at, tried, steps)
        _shift(table.ends, count)
        for number, group in enumerate(wheel.groups):
            if group.again is not None:
                _shift(waiting[number], count)
                waiting[number][group.wait - count : group.wait] = tried[group.again] - admitted[group.again]
        yield Block(at, entries, tried, admitted)
        at += count


def shared(wheel: Wheel, first: int, tried: Ints, room: Ints) -> Ints:
    """
    Return how many attempts of each group are admitted in each slice from `first` on, where `room` are in all.

    A group gets its share, rounded down or up at random so that its mean is exact and the sum is the room.
    """
    begin = tried.sum(axis=0)
    if np.array_equal(begin, room):
        return tried
    if len(tried) == 1:
        return room[None, :]
    least = np.maximum(begin, 1)
    draw = (of_slices(key(wheel.seed, -1), first, len(begin)) % least.view(np.uint64)).view(np.int64)
    upto = np.vstack([np.zeros_like(begin)[None, :], np.cumsum(tried, axis=0)])
    admitted: Ints = np.diff((upto * room + draw) // least, axis=0)
    return admitted


def _spread(wheel: Wheel, table: Table, number: int) -> None:
    """
    Spread what ends in a wide slice, which begins now, evenly over its narrow ones.
    """
    place = number % WIDE
    steps = np.arange(wheel.width + 1, dtype=np.int64) * table.wide[place] // wheel.width
    table.ends[: wheel.width] += np.diff(steps)
    table.wide[place] = 0


def _shift(values: Ints, count: int) -> None:
    """
    Move the values so many places to the front.
    """
    values[:-count] = values[count:]
    values[-count:] = 0
