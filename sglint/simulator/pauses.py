"""
The event wheel: flows that pause for longer than the timeout, at a table that can be full.

Such a flow loses its entry and needs another one later, when there may be no room. That depends on the flow, so here, and only
here, each flow that is under way has a record: how many packets it has left, when its entry ends, when its next packet comes.
Time is cut into slices as in the count wheel; in a slice entries end first, then packets come. An entry that is there is kept
for the timeout from then on; who needs one gets it while there is room, in an order that is drawn. A flow whose first packet
is refused sends it again after each of its waits, and then gives up; one that has no waits, or was let in before, goes on with
its next packet.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from sglint.simulator.arrival import PAGE, Source, random
from sglint.simulator.build import batch_size, lives
from sglint.simulator.distribution import reach
from sglint.simulator.draw import ACROSS, OTHER_BITS, WITHIN, Alias, Ints, Words, alias, key, mix, of_slices
from sglint.simulator.entries import longest
from sglint.simulator.holding import Case, Holding
from sglint.simulator.stream import Stream

FINE = 300
"""How many slices make a timeout."""
RING = 1 << 19
"""How many slices ahead an entry may end."""
BLOCK = 256
"""How many slices are gone through at once."""
FURTHEST = 1 << 16
"""How many slices ahead an event is put; one that is further is put there and looked at again."""


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """
    Flows of one class: their source, and the mean number of their packets.

    `gap` draws the slices between packets, `stay` those that an entry stays after each; `waits` are the slices before further
    first packets.
    """

    key: int
    source: Source
    packets: float
    gap: Alias
    stay: Alias
    waits: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """
    What to run: kinds of flows, slices, and the room, None for no limit.
    """

    kinds: tuple[Kind, ...]
    slices: int
    room: int | None = None


@dataclass(slots=True)
class Seen:
    """
    What happened up to now: flows begun, those that never got an entry, entries made, and packets that found no room.
    """

    begun: int = 0
    lost: int = 0
    made: int = 0
    refused: int = 0


def events(streams: Sequence[Stream], seconds: float, *, room: int | None = None, seed: int = 0, width: float = 0.0) -> Events:
    """
    Return what runs these streams for so many seconds, in slices of `width` seconds where the usual ones will not do.
    """
    width = width or event_slice(streams)
    kinds = []
    for number, one in enumerate(streams):
        source = random(one.rate, width, key(seed, number), batch=batch_size(one, width), times=one.held.slots)
        waits = tuple(min(max(1, round(wait / width)), FURTHEST) for wait in one.retries)
        if one.held.gap is None:
            steps = min(RING - 2, math.ceil(longest(one.held) / width) + 2)
            gap, stay, packets = ONCE, lives(one.held, width, steps), 1.0
        else:
            between = Holding((Case(1.0, 0.0, one.held.gap),))
            steps = max(2, min(1 << 17, math.ceil(reach(one.held.gap, 1e-7) / width) + 2))
            gap, packets = lives(between, width, steps, at_once=True), one.held.packets
            stay = alias(np.bincount([min(max(1, round(one.held.timeout / width)), RING - 2)]).astype(np.float64))
        kinds.append(Kind(key(seed, number, 0), source, packets, gap, stay, waits))
    return Events(tuple(kinds), math.ceil(seconds / width - 1e-9), room)


def event_slice(streams: Sequence[Stream]) -> float:
    """
    Return how wide a slice is to be, in seconds: a fraction of the shortest timeout, or of very long ones where there are any.
    """
    shortest = min(one.held.timeout or one.held.seconds for one in streams)
    furthest = max(one.held.timeout or longest(one.held) for one in streams)
    return max(shortest / FINE, furthest / (RING - 4))


ONCE = alias(np.array([0.0, 1.0]))
"""The gaps of flows that have none."""


def split_packets(packets: float) -> tuple[int, int]:
    """
    Return the whole packets of every flow, and below which hash a flow has one more.
    """
    whole = math.floor(packets)
    return whole, 2 * int((packets - whole) * 2.0**63)


@dataclass(slots=True)
class _Flows:
    """
    The flows under way, by number; those that ended leave their numbers to others.

    `tries` is the number of refused first packets, -1 once the flow was let in.
    """

    kind: Ints = field(default_factory=lambda: np.zeros(1024, dtype=np.int64))
    left: Ints = field(default_factory=lambda: np.zeros(1024, dtype=np.int64))
    ends: Ints = field(default_factory=lambda: np.zeros(1024, dtype=np.int64))
    due: Ints = field(default_factory=lambda: np.zeros(1024, dtype=np.int64))
    tries: Ints = field(default_factory=lambda: np.zeros(1024, dtype=np.int64))
    drawn: Ints = field(default_factory=lambda: np.zeros(1024, dtype=np.int64))
    key: Words = field(default_factory=lambda: np.zeros(1024, dtype=np.uint64))
    free: list[int] = field(default_factory=lambda: list(range(1024)))

    def take(self, count: int) -> Ints:
        """
        Return that many numbers that nobody has.
        """
        while len(self.free) < count:
            size = len(self.kind)
            for name in ("kind", "left", "ends", "due", "tries", "drawn", "key"):
                old = getattr(self, name)
                setattr(self, name, np.concatenate([old, np.zeros_like(old)]))
            self.free.extend(range(size, 2 * size))
        taken = self.free[len(self.free) - count :]
        del self.free[len(self.free) - count :]
        return np.array(taken, dtype=np.int64)


class Wheel:
    """
    A table and the flows around it, slice after slice.
    """

    def __init__(self, plan: Events) -> None:
        self.plan = plan
        self.flows = _Flows()
        self.seen = Seen()
        self.entries = 0
        self.ends = np.zeros(RING, dtype=np.int64)
        self.later: list[list[int]] = [[] for _ in range(FURTHEST)]

    def run(self) -> Iterator[tuple[Ints, Seen]]:
        """
        Go through all slices, and yield block by block the entries at their ends, and what was seen up to then.
        """
        fresh = np.zeros((len(self.plan.kinds), PAGE), dtype=np.int64)
        for first in range(0, self.plan.slices, BLOCK):
            page, inside = divmod(first, PAGE)
            if inside == 0:
                fresh = np.stack([kind.source(page) for kind in self.plan.kinds])
            out = np.zeros(min(BLOCK, self.plan.slices - first), dtype=np.int64)
            for number in range(len(out)):
                self.slice(first + number, fresh[:, inside + number])
                out[number] = self.entries
            yield out, replace(self.seen)

    def slice(self, now: int, fresh: Ints) -> None:
        """
        Go through one slice in which so many flows of each kind begin.
        """
        flows, place = self.flows, now % len(self.ends)
        self.entries -= int(self.ends[place])
        self.ends[place] = 0
        coming = np.array(self.later[now % FURTHEST], dtype=np.int64)
        self.later[now % FURTHEST] = []
        early = flows.due[coming] > now
        self._put(coming[early], now)
        coming = np.concatenate([coming[~early], *(self._begin(now, n, int(count)) for n, count in enumerate(fresh))])
        if not len(coming):
            return
        there = flows.ends[coming] > now
        kept, wanting = coming[there], coming[~there]
        np.subtract.at(self.ends, flows.ends[kept] % len(self.ends), 1)
        self._stay(kept, now)
        admitted, refused = self._choose(wanting, now)
        self._stay(admitted, now)
        self.entries += len(admitted)
        self.seen.made += len(admitted)
        self.seen.refused += len(refused)
        flows.tries[admitted] = -1
        patient = np.array([bool(kind.waits) for kind in self.plan.kinds])
        first = (flows.tries[refused] >= 0) & patient[flows.kind[refused]]
        self._again(refused[first], now)
        self._go_on(np.concatenate([kept, admitted, refused[~first]]), now)

    def _begin(self, now: int, number: int, count: int) -> Ints:
        if not count:
            return np.zeros(0, dtype=np.int64)
        kind, flows, ids = self.plan.kinds[number], self.flows, self.flows.take(count)
        base = of_slices(kind.key, now, 1)[0]
        flows.key[ids] = mix(np.arange(count, dtype=np.uint64) * np.uint64(WITHIN) + base)
        flows.kind[ids], flows.ends[ids], flows.due[ids], flows.tries[ids], flows.drawn[ids] = number, -1, now, 0, 1
        whole, part = split_packets(kind.packets)
        flows.left[ids] = whole - 1 + (mix(flows.key[ids].copy()) < np.uint64(part))
        self.seen.begun += count
        return ids

    def _draw(self, ids: Ints, tables: Sequence[Alias]) -> Ints:
        """
        Return the next draw of each flow, from the table of its kind.
        """
        flows = self.flows
        words = mix(flows.drawn[ids].view(np.uint64) * np.uint64(WITHIN) + flows.key[ids])
        flows.drawn[ids] += 1
        result = np.zeros(len(ids), dtype=np.int64)
        for number, table in enumerate(tables):
            mine = flows.kind[ids] == number
            if not mine.any():
                continue
            some = words[mine]
            columns = some >> np.uint64(64 - table.bits)
            cells = table.packed[columns.view(np.int64)]
            own = (some << np.uint64(table.bits)) < cells
            drawn = np.where(own, columns, cells & np.uint64((1 << OTHER_BITS) - 1))
            result[mine] = drawn.view(np.int64) + table.first
        return result

    def _stay(self, ids: Ints, now: int) -> None:
        if len(ids):
            self.flows.ends[ids] = now + self._draw(ids, [kind.stay for kind in self.plan.kinds])
            np.add.at(self.ends, self.flows.ends[ids] % len(self.ends), 1)

    def _choose(self, wanting: Ints, now: int) -> tuple[Ints, Ints]:
        """
        Return those who get the room that there is, and the others: by a draw of each.
        """
        room = self.plan.room
        if room is None or len(wanting) <= room - self.entries:
            return wanting, wanting[:0]
        lots = mix(self.flows.key[wanting] + np.uint64(now * ACROSS % (1 << 64)))
        order = wanting[np.argsort(lots, kind="stable")]
        return order[: room - self.entries], order[room - self.entries :]

    def _again(self, ids: Ints, now: int) -> None:
        """
        Let those whose first packet was refused send it once more, or give up.
        """
        for number, kind in enumerate(self.plan.kinds):
            mine = ids[self.flows.kind[ids] == number]
            tries = self.flows.tries[mine]
            more = tries < len(kind.waits)
            if more.any():
                self.flows.due[mine[more]] = now + np.array(kind.waits)[tries[more]]
                self.flows.tries[mine[more]] += 1
                self._put(mine[more], now)
            self.seen.lost += int((~more).sum())
            self.flows.free.extend(mine[~more].tolist())

    def _go_on(self, ids: Ints, now: int) -> None:
        """
        Draw when the next packets come; those that come at once are done with at once.
        """
        flows = self.flows
        while len(ids):
            over = flows.left[ids] == 0
            self.seen.lost += int((flows.tries[ids[over]] >= 0).sum())
            flows.free.extend(ids[over].tolist())
            ids = ids[~over]
            gaps = self._draw(ids, [kind.gap for kind in self.plan.kinds])
            flows.left[ids] -= 1
            at_once = gaps == 0
            later = ids[~at_once]
            flows.due[later] = now + gaps[~at_once]
            self._put(later, now)
            ids = ids[at_once]
            self.seen.refused += int((flows.ends[ids] <= now).sum())

    def _put(self, ids: Ints, now: int) -> None:
        last = now + FURTHEST - 1
        for number, due in zip(ids.tolist(), self.flows.due[ids].tolist(), strict=True):
            self.later[min(due, last) % FURTHEST].append(number)
