"""
The event wheel with numba, which the extra `fast` installs: the same numbers as with NumPy, in a fraction of the time.

What a flow draws depends on the flow alone, and who gets the room on a draw of each; so the order in which the flows of a slice
are gone through changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numba
import numpy as np

from sglint.simulator.arrival import PAGE
from sglint.simulator.compiled import mixer
from sglint.simulator.draw import ACROSS, OTHER_BITS, WITHIN, Alias, Ints
from sglint.simulator.pauses import BLOCK, FURTHEST, RING, Events, Seen, split_packets

U = np.uint64
FREE, ENTRIES, BEGUN, LOST, MADE, REFUSED = range(6)
"""The places of what is counted."""
LEFT, ENDS, DUE, TRIES, DRAWN, KIND = range(6)
"""The places of the record of a flow, which is as long as a line of the cache."""


@cache
def _compiled() -> Callable[..., None]:  # noqa: C901, PLR0915 -- one loop, compiled as a whole
    """
    Compile the loop; that takes some seconds, once in a process.
    """
    mix: Any = mixer()

    def draw(record: Any, keys: Any, f: int, packed: Any, table: Any) -> Any:
        word = mix(U(record[f, DRAWN]) * U(WITHIN) + keys[f])
        record[f, DRAWN] += 1
        column = word >> U(64 - table[1])
        cell = packed[table[0] + np.int64(column)]
        own = (word << U(table[1])) < cell
        return np.int64(column if own else cell & U((1 << OTHER_BITS) - 1)) + table[2]

    def put(record: Any, following: Any, heads: Any, f: int, now: int) -> None:
        slot = min(record[f, DUE], now + FURTHEST - 1) & (FURTHEST - 1)
        following[f] = heads[slot]
        heads[slot] = f

    drawn: Any = numba.njit(inline="always")(draw)
    later: Any = numba.njit(inline="always")(put)

    def loop(  # noqa: C901, PLR0912, PLR0915 -- see above
        first: int, fresh: Any, room: int, kinds: Any, waits: Any, packed: Any, arrays: Any
    ) -> None:
        bases, wholes, parts, gaps, stays = kinds
        record, following, keys, free, wanting, going, ring, heads, count, out = arrays
        for k in range(fresh.shape[1]):
            now = first + k
            count[ENTRIES] -= ring[now & (RING - 1)]
            ring[now & (RING - 1)] = 0
            want = go = 0
            f = heads[now & (FURTHEST - 1)]
            heads[now & (FURTHEST - 1)] = -1
            while f >= 0:
                after = following[f]
                if record[f, DUE] > now:
                    later(record, following, heads, f, now)
                elif record[f, ENDS] > now:
                    ring[record[f, ENDS] & (RING - 1)] -= 1
                    record[f, ENDS] = now + drawn(record, keys, f, packed, stays[record[f, KIND]])
                    ring[record[f, ENDS] & (RING - 1)] += 1
                    going[go] = f
                    go += 1
                else:
                    wanting[want] = f
                    want += 1
                f = after
            for number in range(fresh.shape[0]):
                base = mix(U(now) * U(ACROSS) + bases[number])
                for i in range(fresh[number, k]):
                    count[FREE] -= 1
                    f = free[count[FREE]]
                    keys[f] = mix(U(i) * U(WITHIN) + base)
                    record[f, LEFT] = wholes[number] - 1 + (mix(keys[f]) < parts[number])
                    record[f, ENDS] = -1
                    record[f, TRIES] = 0
                    record[f, DRAWN] = 1
                    record[f, KIND] = number
                    wanting[want] = f
                    want += 1
                count[BEGUN] += fresh[number, k]
            some = want if room < 0 else min(want, room - count[ENTRIES])
            if some < want:
                lots = np.empty(want, np.uint64)
                for i in range(want):
                    lots[i] = mix(keys[wanting[i]] + U(now) * U(ACROSS))
                wanting[:want] = wanting[:want][np.argsort(lots)]
            for i in range(want):
                f = wanting[i]
                kind = record[f, KIND]
                if i < some:
                    record[f, ENDS] = now + drawn(record, keys, f, packed, stays[kind])
                    ring[record[f, ENDS] & (RING - 1)] += 1
                    record[f, TRIES] = -1
                    count[ENTRIES] += 1
                    count[MADE] += 1
                else:
                    count[REFUSED] += 1
                    tries = record[f, TRIES]
                    if tries >= 0 and waits[kind, 0] > 0:
                        if tries < waits.shape[1] and waits[kind, tries] > 0:
                            record[f, DUE] = now + waits[kind, tries]
                            record[f, TRIES] = tries + 1
                            later(record, following, heads, f, now)
                        else:
                            count[LOST] += 1
                            free[count[FREE]] = f
                            count[FREE] += 1
                        continue
                going[go] = f
                go += 1
            for i in range(go):
                f = going[i]
                while True:
                    if record[f, LEFT] == 0:
                        count[LOST] += record[f, TRIES] >= 0
                        free[count[FREE]] = f
                        count[FREE] += 1
                        break
                    gap = drawn(record, keys, f, packed, gaps[record[f, KIND]])
                    record[f, LEFT] -= 1
                    if gap > 0:
                        record[f, DUE] = now + gap
                        later(record, following, heads, f, now)
                        break
                    count[REFUSED] += record[f, ENDS] <= now
            out[k] = count[ENTRIES]

    result: Callable[..., None] = numba.njit(nogil=True)(loop)
    return result


class Wheel:
    """
    A table and the flows around it, as `pauses.Wheel`.
    """

    def __init__(self, plan: Events) -> None:
        self.plan = plan
        self.count = np.array([1024, 0, 0, 0, 0, 0], dtype=np.int64)
        self.record = np.zeros((1024, 8), dtype=np.int64)
        self.keys = np.zeros(1024, dtype=np.uint64)
        self.following = np.zeros(1024, dtype=np.int32)
        self.free = np.arange(1024, dtype=np.int64)
        self.ring = np.zeros(RING, dtype=np.int64)
        self.heads = np.full(FURTHEST, -1, dtype=np.int64)

    @property
    def seen(self) -> Seen:
        """
        What happened up to now.
        """
        return Seen(*(int(self.count[place]) for place in (BEGUN, LOST, MADE, REFUSED)))

    def run(self) -> Iterator[tuple[Ints, Seen]]:
        """
        Go through all slices, and yield block by block the entries at their ends, and what was seen up to then.
        """
        plan, loop = self.plan, _compiled()
        tables = [kind.gap for kind in plan.kinds] + [kind.stay for kind in plan.kinds]
        packed, where = np.concatenate([one.packed for one in tables]), _where(tables)
        packets = [split_packets(kind.packets) for kind in plan.kinds]
        kinds = (
            np.array([kind.key for kind in plan.kinds], dtype=np.uint64),
            np.array([whole for whole, _ in packets], dtype=np.int64),
            np.array([part for _, part in packets], dtype=np.uint64),
            where[: len(plan.kinds)],
            where[len(plan.kinds) :],
        )
        waits = np.zeros((len(plan.kinds), max(1, *(len(kind.waits) for kind in plan.kinds), 1)), dtype=np.int64)
        for number, kind in enumerate(plan.kinds):
            waits[number, : len(kind.waits)] = kind.waits
        fresh = np.zeros((len(plan.kinds), PAGE), dtype=np.int64)
        for first in range(0, plan.slices, BLOCK):
            page, inside = divmod(first, PAGE)
            if inside == 0:
                fresh = np.stack([kind.source(page) for kind in plan.kinds])
            part = np.ascontiguousarray(fresh[:, inside : inside + min(BLOCK, plan.slices - first)])
            self._make_room(int(part.sum()))
            out, size = np.zeros(part.shape[1], dtype=np.int64), len(self.keys)
            buffers = (np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int64))
            arrays = (self.record, self.following, self.keys, self.free, *buffers, self.ring, self.heads, self.count, out)
            loop(first, part, -1 if plan.room is None else plan.room, kinds, waits, packed, arrays)
            yield out, replace(self.seen)

    def _make_room(self, flows: int) -> None:
        """
        Double the number of records until there are as many free ones.
        """
        while self.count[FREE] < flows:
            size = len(self.keys)
            self.record = np.concatenate([self.record, np.zeros_like(self.record)])
            self.keys = np.concatenate([self.keys, np.zeros_like(self.keys)])
            self.following = np.concatenate([self.following, np.zeros_like(self.following)])
            self.free = np.concatenate(
                [self.free[: self.count[FREE]], np.arange(size, 2 * size), self.free[self.count[FREE] :]]
            )
            self.count[FREE] += size


def _where(tables: list[Alias]) -> Ints:
    """
    Return the place of each table among all, its bits, and its first outcome.
    """
    sizes = np.cumsum([0, *(len(one.packed) for one in tables[:-1])])
    return np.array([(int(place), one.bits, one.first) for place, one in zip(sizes, tables, strict=True)], dtype=np.int64)
