"""
Measures how the cost of one root module grows: with what is no part of its network, and with the network in several ways.

`python benchmarks/run.py growth` prints CPU seconds of `sglint check`. The power is that of the size with which what is above
the smallest root grows, from the first of the sizes to the last.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.cost import in_turn, measured
from benchmarks.shapes import SHAPES, generate_growth, one_block

SIZES = (10, 100, 1_000, 10_000)
CHECK = (sys.executable, "-m", "sglint", "check", "--no-cache", "--fail-on", "never", "--jobs", "1")


def others(rounds: int, scratch: Path) -> None:
    """
    Measure roots of which the network stays small while the rest grows, and print a table.
    """
    commands: dict[str, Sequence[str | Path]] = {}
    for size in SIZES:
        generate_growth(scratch / str(size), size)
        commands[str(size)] = [*CHECK, scratch / str(size)]
    medians = in_turn(commands, rounds)
    base = medians[str(SIZES[0])]
    print(f"| resource blocks | CPU s | ms for each block above the first {SIZES[0]} |\n|---|---|---|")
    for size in SIZES:
        more = f"{(medians[str(size)] - base) / (size - SIZES[0]) * 1_000:.2f}" if size > SIZES[0] else ""
        print(f"| {size:,} | {medians[str(size)]:.3f} | {more} |", flush=True)


def networks(rounds: int, scratch: Path) -> None:
    """
    Measure roots of which the network grows, and print a table with the powers.
    """
    print("\n| what grows | sizes | CPU s | power |\n|---|---|---|---|")
    for number, (name, (write, sizes)) in enumerate(SHAPES.items()):
        commands: dict[str, Sequence[str | Path]] = {}
        for size, text in ((0, one_block(1)), *((size, write(size)) for size in sizes)):
            top = scratch / f"{number}-{size}"
            top.mkdir()
            (top / "main.tf").write_text(text, encoding="utf-8")
            commands[str(size)] = [*CHECK, top]
        base, *medians = in_turn(commands, rounds).values()
        power = math.log((medians[-1] - base) / (medians[0] - base)) / math.log(sizes[-1] / sizes[0])
        seconds = ", ".join(f"{one:.2f}" for one in medians)
        print(f"| {name} | {', '.join(f'{size:,}' for size in sizes)} | {seconds} | {power:.2f} |", flush=True)


def main() -> None:
    """
    Measure, and print the tables.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    measured([*CHECK[:3], "--help"])
    with tempfile.TemporaryDirectory() as scratch:
        others(options.rounds, Path(scratch))
        networks(options.rounds, Path(scratch))


if __name__ == "__main__":
    main()
