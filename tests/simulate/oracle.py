"""
A table of connections that is obviously right: a heap of the times at which entries end.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence


def serve(arrivals: Sequence[tuple[int, int]], room: int | None, slices: int) -> tuple[list[int], list[bool]]:
    """
    Return the number of entries at the end of each slice, and of each arrival whether it got an entry.

    Arrivals are (slice, number of slices to stay), in order. In a slice entries end before flows begin.
    """
    ends: list[int] = []
    entries, admitted = [], []
    waiting = list(reversed(arrivals))
    for slot in range(slices):
        while ends and ends[0] <= slot:
            heapq.heappop(ends)
        while waiting and waiting[-1][0] == slot:
            begin, stay = waiting.pop()
            admitted.append(room is None or len(ends) < room)
            if admitted[-1]:
                heapq.heappush(ends, begin + stay)
        entries.append(len(ends))
    return entries, admitted


def serve_in_time(begins: Sequence[float], stays: Sequence[float], room: int, waits: Sequence[float] = ()) -> tuple[int, int]:
    """
    Return how many flows got no entry at all, and how many attempts there were, in continuous time.

    A refused flow tries again after each of the waits, counted from the attempt before, and then gives up.
    """
    events = [(begin, 0, stay) for begin, stay in zip(begins, stays, strict=True)]
    heapq.heapify(events)
    ends: list[float] = []
    lost = attempts = 0
    while events:
        now, attempt, stay = heapq.heappop(events)
        while ends and ends[0] <= now:
            heapq.heappop(ends)
        attempts += 1
        if len(ends) < room:
            heapq.heappush(ends, now + stay)
        elif attempt < len(waits):
            heapq.heappush(events, (now + waits[attempt], attempt + 1, stay))
        else:
            lost += 1
    return lost, attempts
