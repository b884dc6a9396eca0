"""
The count wheel with numba, which the extra `fast` installs: the same numbers as with NumPy, in a fraction of the time.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numba
import numpy as np

from sglint.simulator.draw import ACROSS, FIRST, OTHER_BITS, SECOND, WITHIN, Ints, Words, key
from sglint.simulator.wheel import WIDE, Table, Wheel

U = np.uint64


@cache
def mixer() -> Any:
    """
    Return the hash of draw.mix for one word, compiled.
    """
    return numba.njit(inline="always")(_mix)


@cache
def _compiled() -> Callable[..., int]:
    """
    Compile the loop; that takes a second or two, once in a process.
    """
    mix: Any = mixer()

    def loop(  # noqa: PLR0913, PLR0917 -- one loop, compiled as a whole
        first: int, tried: Any, room: int, narrow: int, wide_first: int, keys: Any, packed: Any,
        places: Any, bits: Any, least: Any, draw_key: Any, now: int, ends: Any, wide: Any, entries: Any, admitted: Any,
    ) -> int:  # fmt: skip
        groups, count = tried.shape
        low = U((1 << OTHER_BITS) - 1)
        for k in range(count):
            now -= ends[k]
            total = 0
            for g in range(groups):
                total += tried[g, k]
            some = total if room < 0 else min(total, room - now)
            draw: Any = 0
            upto = 0
            if some < total and groups > 1:
                draw = np.int64(mix(U(first + k) * U(ACROSS) + draw_key) % U(total))
            for g in range(groups):
                n = tried[g, k]
                if some == total:
                    enter = n
                elif groups == 1:
                    enter = some
                else:
                    enter = ((upto + n) * some + draw) // total - (upto * some + draw) // total
                upto += n
                admitted[g, k] = enter
                word = mix(U(first + k) * U(ACROSS) + keys[g])
                up, down = U(bits[g]), U(64 - bits[g])
                for _ in range(enter):
                    z = mix(word)
                    word += U(WITHIN)
                    column = z >> down
                    cell = packed[places[g] + np.int64(column)]
                    stays = np.int64(column if (z << up) < cell else cell & low) + least[g]
                    if stays < narrow:
                        ends[k + stays] += 1
                    else:
                        wide[(stays - narrow + wide_first) % WIDE] += 1
            now += some
            entries[k] = now
        return now

    result: Callable[..., int] = numba.njit(nogil=True)(loop)
    return result


def _mix(z: Any) -> Any:
    z = (z ^ (z >> U(30))) * U(FIRST)
    z = (z ^ (z >> U(27))) * U(SECOND)
    return z ^ (z >> U(31))


def step(wheel: Wheel, table: Table, first: int, tried: Ints, steps: Words) -> tuple[Ints, Ints]:  # noqa: ARG001
    """
    Go through some slices, as `wheel.Step` says.
    """
    lives = [group.life for group in wheel.groups]
    sizes = [len(life.packed) for life in lives]
    entries, admitted = np.zeros(tried.shape[1], dtype=np.int64), np.zeros_like(tried)
    table.entries = _compiled()(
        first,
        tried,
        -1 if wheel.room is None else wheel.room,
        wheel.narrow if wheel.width else 1 << 62,
        first // wheel.width if wheel.width else 0,
        np.array([group.key for group in wheel.groups], dtype=np.uint64),
        np.concatenate([life.packed for life in lives]) if len(lives) > 1 else lives[0].packed,
        np.cumsum([0, *sizes[:-1]]),
        np.array([life.bits for life in lives]),
        np.array([life.first for life in lives]),
        np.uint64(key(wheel.seed, -1)),
        table.entries,
        table.ends,
        table.wide,
        entries,
        admitted,
    )
    return entries, admitted
