"""
The count wheel with NumPy.

The entries after slice k are min(room, entries before - ended + tried), whose solution is a running maximum (Skorokhod's
reflection). What ends within the block depends on who was admitted, so that is found by repetition: each round settles at least
one more slice, and when timeouts are longer than the block, as they usually are, the first settles all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sglint.simulator.draw import Ints, Words, of_slices, outcomes
from sglint.simulator.wheel import WIDE, Table, Wheel, shared


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """
    The connections of a group: how many began in each slice, the slice of each and for how long it would stay.

    `soon` are the places of those that would end within the block, and `number` is the number of each of them in its slice.
    """

    tried: Ints
    slice_of: Ints
    stays: Ints
    soon: Ints
    number: Ints


def step(wheel: Wheel, table: Table, first: int, tried: Ints, steps: Words) -> tuple[Ints, Ints]:
    """
    Go through some slices, as `wheel.Step` says.
    """
    count = tried.shape[1]
    drawn = [_draw(wheel, number, first, tried[number], steps) for number in range(len(wheel.groups))]
    change = tried.sum(axis=0) - table.ends[:count]
    admitted = tried
    while True:
        free = table.entries + np.cumsum(change - _ended(drawn, admitted, count))
        if wheel.room is None:
            entries = free
            break
        over = np.maximum(np.maximum.accumulate(free - wheel.room), 0)
        before = admitted
        admitted = shared(wheel, first, tried, tried.sum(axis=0) - np.diff(over, prepend=0))
        entries = free - over
        if not any(len(one.soon) for one in drawn) or np.array_equal(before, admitted):
            break
    for one, row in zip(drawn, admitted, strict=True):
        _enter(wheel, table, first, one, row)
    table.entries = int(entries[-1])
    return entries, admitted


def _draw(wheel: Wheel, number: int, first: int, tried: Ints, steps: Words) -> _Drawn:
    group, count = wheel.groups[number], len(tried)
    stays = outcomes(group.life, of_slices(group.key, first, count), tried, steps)
    slice_of = np.repeat(np.arange(count), tried)
    if group.life.first >= count:
        nobody = np.zeros(0, dtype=np.int64)
        return _Drawn(tried, slice_of, stays, nobody, nobody)
    soon = np.flatnonzero(slice_of + stays < count)
    begin = np.cumsum(tried) - tried
    return _Drawn(tried, slice_of, stays, soon, soon - begin[slice_of[soon]])


def _ended(drawn: list[_Drawn], admitted: Ints, count: int) -> Ints:
    """
    Return how many of the admitted end in each slice of the block in which they began.
    """
    total = np.zeros(count, dtype=np.int64)
    for one, row in zip(drawn, admitted, strict=True):
        if len(one.soon):
            there = one.soon[one.number < row[one.slice_of[one.soon]]]
            total += np.bincount(one.slice_of[there] + one.stays[there], minlength=count)
    return total


def _enter(wheel: Wheel, table: Table, first: int, drawn: _Drawn, admitted: Ints) -> None:
    slice_of, stays = drawn.slice_of, drawn.stays
    if admitted is not drawn.tried and not np.array_equal(admitted, drawn.tried):
        begin = np.cumsum(drawn.tried) - drawn.tried
        there = np.arange(len(stays)) < np.repeat(begin + admitted, drawn.tried)
        slice_of, stays = slice_of[there], stays[there]
    if wheel.width:
        far = stays >= wheel.narrow
        if far.any():
            places = (stays[far] - wheel.narrow + first // wheel.width) % WIDE
            table.wide += np.bincount(places, minlength=WIDE)
            slice_of, stays = slice_of[~far], stays[~far]
    table.ends += np.bincount(slice_of + stays, minlength=len(table.ends))
