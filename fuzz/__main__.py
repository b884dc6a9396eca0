"""
Runs targets on their seeds, on texts of their grammars, and on mutations of both: `python -m fuzz module --count 2000`.

The same seed gives the same inputs. Each new failure is written to a folder as the input and, in .txt, what went wrong.
Without --count or --seconds it goes on until it is interrupted.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from fuzz.mutate import mutated
from fuzz.target import Target
from fuzz.targets import ALL, BY_NAME
from fuzz.watch import failure, keep, said

MEMORY = 6 << 30


def inputs(target: Target, seed: int) -> Iterator[bytes]:
    """
    Yield the seeds, and then mutations and texts of the grammar without end.
    """
    seeds = tuple(target.seeds())
    words = tuple(word.encode() for word in target.words)
    yield from seeds
    number = 0
    while True:
        random = Random(f"{target.name} {seed} {number}")
        number += 1
        made = target.make is not None and random.random() < 0.4
        data = target.make(random) if made and target.make else random.choice(seeds)
        yield data if made and random.random() < 0.6 else mutated(random, data, seeds, words)


def fuzz(target: Target, seed: int, count: int, seconds: float, folder: Path) -> tuple[int, int]:
    """
    Try inputs until there were so many or the time is over, and return how many there were and how many things went wrong.
    """
    end = time.monotonic() + seconds
    tried = wrong = 0
    for data in inputs(target, seed):
        if tried >= count or time.monotonic() > end:
            break
        tried += 1
        found = failure(target, data)
        if found is not None and (path := keep(found, data, folder, target.name)):
            wrong += 1
            print(f"FOUND {found.line} in {path}", flush=True)
    return tried, wrong


def digest(target: Target, seed: int, count: int) -> str:
    """
    Return what so many inputs come out as, in one number: the same on every machine, whatever the seed of its hashes is.
    """
    whole = hashlib.sha256()
    for _, data in zip(range(count), inputs(target, seed), strict=False):
        whole.update(said(target, data).encode("utf-8", "backslashreplace"))
    return whole.hexdigest()


def main() -> int:
    """
    Return the exit code: 1 when something went wrong.
    """
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[[], *BY_NAME], metavar="TARGET", help=f"default: {', '.join(BY_NAME)}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=sys.maxsize, help="inputs for each target")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="time for each target")
    parser.add_argument("--found", type=Path, default=Path("fuzz-found"), help="folder for what goes wrong")
    parser.add_argument("--digest", action="store_true", help="only say what --count inputs come out as")
    given = parser.parse_args()
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    found = given.found.absolute()
    wrong = 0
    for target in [BY_NAME[name] for name in given.targets] or ALL:
        if given.digest:
            print(f"{target.name} {digest(target, given.seed, given.count)}")
            continue
        start = time.monotonic()
        tried, bad = fuzz(target, given.seed, given.count, given.seconds, found)
        print(f"{target.name}: {tried} inputs in {time.monotonic() - start:.0f} s, {bad} new failures", flush=True)
        wrong += bad
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
