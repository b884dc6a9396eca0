"""
Measures the simulator of connection tables against SimPy, in one run on one machine.

The load is the same for all: 2,000 flows per second, each held for 30 s and an exponential 10 s more, 80,000 entries without a
limit; the limit is 76,957. What is printed are flows per CPU second, and the resident memory at its peak.
"""

from __future__ import annotations

import heapq
import resource
import sys
import time
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import simpy

from sglint.simulator import compiled, compiled_pauses, pauses, vectorised
from sglint.simulator.build import wheel
from sglint.simulator.holding import Case, Holding
from sglint.simulator.law import Exponential
from sglint.simulator.pauses import events
from sglint.simulator.stream import Stream
from sglint.simulator.theory import erlang_b
from sglint.simulator.traffic import Constant
from sglint.simulator.wheel import Step, run

RATE, ROOM, LOAD = 2_000.0, 76_957, 80_000.0
STREAM = Stream(Constant(RATE), Holding((Case(1.0, 30.0, Exponential(10.0)),)), RATE)
PAUSING = Stream(Constant(100.0), Holding((), 1, Exponential(20.0), 20.0, 30.0), 100.0)


def wheeled(step: Step, room: int | None, flows: int) -> tuple[int, str]:
    """
    Run that many flows through the count wheel; return how many there were, and what came out.
    """
    begun = admitted = 0
    entries = np.int64(0)
    for block in run(wheel([STREAM], flows / RATE, room=room, seed=1), step):
        begun += int(block.tried.sum())
        admitted += int(block.admitted.sum())
        entries = block.entries[-1]
    return begun, f"{int(entries):,} entries" if room is None else f"lost {1 - admitted / begun:.5f}"


def by_events(engine: type[pauses.Wheel] | type[compiled_pauses.Wheel], packets: int) -> tuple[int, str]:
    """
    Run flows of 20 packets that pause through the event wheel; return the number of packets.
    """
    made = engine(events([PAUSING], packets / 20 / 100.0, room=20_000, seed=1))
    for _ in made.run():
        pass
    return made.seen.begun * 20, f"{made.seen.made / made.seen.begun:.2f} entries for each flow begun"


def processes(flows: int) -> tuple[int, str]:
    """
    Run that many flows through SimPy, each a process.
    """
    rng, world = np.random.default_rng(1), simpy.Environment()
    state = {"entries": 0, "lost": 0}

    def hold(seconds: float) -> Generator[simpy.Event, Any, None]:
        yield world.timeout(seconds)
        state["entries"] -= 1

    def arrive() -> Generator[simpy.Event, Any, None]:
        for gap, more in zip(rng.exponential(1 / RATE, flows).tolist(), rng.exponential(10.0, flows).tolist(), strict=True):
            yield world.timeout(gap)
            if state["entries"] < ROOM:
                state["entries"] += 1
                world.process(hold(30.0 + more))
            else:
                state["lost"] += 1

    world.process(arrive())
    world.run()
    return flows, f"lost {state['lost'] / flows:.5f}"


def callbacks(flows: int) -> tuple[int, str]:
    """
    Run that many flows through SimPy, with a callback at the end of each.
    """
    rng, world = np.random.default_rng(1), simpy.Environment()
    state = {"entries": 0, "lost": 0}

    def leave(_: simpy.Event) -> None:
        state["entries"] -= 1

    def arrive() -> Generator[simpy.Event, Any, None]:
        for gap, more in zip(rng.exponential(1 / RATE, flows).tolist(), rng.exponential(10.0, flows).tolist(), strict=True):
            yield world.timeout(gap)
            if state["entries"] < ROOM:
                state["entries"] += 1
                done: list[Callable[[simpy.Event], None]] | None = world.timeout(30.0 + more).callbacks
                if done is not None:
                    done.append(leave)
            else:
                state["lost"] += 1

    world.process(arrive())
    world.run()
    return flows, f"lost {state['lost'] / flows:.5f}"


def heap(flows: int) -> tuple[int, str]:
    """
    Run that many flows through a heap of the times at which entries end.
    """
    rng = np.random.default_rng(1)
    begins = np.cumsum(rng.exponential(1 / RATE, flows))
    ends: list[float] = []
    lost = 0
    for begin, end in zip(begins.tolist(), (begins + 30.0 + rng.exponential(10.0, flows)).tolist(), strict=True):
        while ends and ends[0] <= begin:
            heapq.heappop(ends)
        if len(ends) < ROOM:
            heapq.heappush(ends, end)
        else:
            lost += 1
    return flows, f"lost {lost / flows:.5f}"


def measure(flows: int) -> None:
    """
    Run everything, and print a table; `flows` is how many the compiled engine gets.

    What needs little memory runs first, because what is printed is the peak until then.
    """
    cases: list[tuple[str, int, Callable[[int], tuple[int, str]]]] = [
        ("numpy, no limit", flows // 10, lambda n: wheeled(vectorised.step, None, n)),
        ("numpy, limit", flows // 10, lambda n: wheeled(vectorised.step, ROOM, n)),
        ("numba, no limit", flows, lambda n: wheeled(compiled.step, None, n)),
        ("numba, limit", flows, lambda n: wheeled(compiled.step, ROOM, n)),
        ("numpy, limit, flows that pause (packets)", 1_000_000, lambda n: by_events(pauses.Wheel, n)),
        ("numba, limit, flows that pause (packets)", 20_000_000, lambda n: by_events(compiled_pauses.Wheel, n)),
        ("heapq", 1_000_000, heap),
        ("SimPy, callbacks", 400_000, callbacks),
        ("SimPy, a process for each flow", 200_000, processes),
    ]
    rows = []
    for name, count, case in cases:
        if name.startswith("numba"):
            case(100_000)
        started = time.process_time()
        done, said = case(count)
        speed = done / (time.process_time() - started)
        rows.append((speed, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, name, done, said))
    print(
        f"{'M flows/CPU s':>13}  {'ratio':>7}  {'MB':>5}  (to SimPy's processes; Erlang's loss is {erlang_b(ROOM, LOAD):.5f})"
    )
    for speed, memory, name, done, said in rows:
        print(f"{speed / 1e6:13.3f}  {speed / rows[-1][0]:7.0f}  {memory:5.0f}  {name}: {done:,}, {said}")


if __name__ == "__main__":
    measure(int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000_000)
