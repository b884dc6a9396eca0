"""
Measures sglint where it is used: repositories and templates given on the command line, estates that grow, one changed file.

`python benchmarks/run.py table DIRECTORY...` measures each directory with sglint and its peers, and against the floor: reading
the bytes of its files, and the bare parse of tree-sitter. With `--estate 1000 10000` it generates estates of so many
interfaces, and with `--without-peer` it leaves the peers out. CPU seconds are those of whole processes, but for the floor.
"""

from __future__ import annotations

import argparse
import importlib
import math
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
run = importlib.import_module("run")

SGLINT = (sys.executable, "-m", "sglint")
CHECK = (*SGLINT, "check", "--fail-on", "never")
ROOT = 20
"""How many interfaces a root module of an estate has: ten files of two."""
TEMPLATES = (".yaml", ".yml", ".json", ".template")


def measured(command: Sequence[str | Path], ends: Sequence[int] = (0, 2)) -> tuple[float, float]:
    """
    Return the CPU seconds of a process, which must end with one of these codes, and the megabytes of its memory at the peak.
    """
    with Path(os.devnull).open("w") as nowhere:
        child = os.posix_spawn(
            str(command[0]),
            [str(word) for word in command],
            os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1), (os.POSIX_SPAWN_DUP2, nowhere.fileno(), 2)],
        )
        _, status, usage = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status) not in ends:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def texts(directory: Path, endings: tuple[str, ...]) -> Iterator[bytes]:
    """
    Yield what the files of these endings hold, without those in hidden directories.
    """
    for folder, below, files in os.walk(directory):
        below[:] = [name for name in below if not name.startswith(".")]
        for name in files:
            if name.endswith(endings):
                yield (Path(folder) / name).read_bytes()


def floor(directory: Path) -> tuple[int, int, float, float]:
    """
    Return how many files of Terraform and bytes there are, and the CPU seconds of reading them and of tree-sitter's bare parse.
    """
    hcl = importlib.import_module("tree_sitter_hcl")
    sitter = importlib.import_module("tree_sitter")
    parser = sitter.Parser(sitter.Language(hcl.language()))
    start = time.process_time()
    found = list(texts(directory, (".tf",)))
    read = time.process_time()
    for text in found:
        parser.parse(text)
    end = time.process_time()
    return len(found), sum(map(len, found)), read - start, end - read


def repository(directory: Path, *, peers: bool) -> None:
    """
    Print what a repository costs.
    """
    files, size, reading, parsing = floor(directory)
    templates = sum(1 for text in texts(directory, TEMPLATES) if b"AWSTemplateFormatVersion" in text or b"AWS::" in text)
    ours, memory = measured([*CHECK, "--jobs", "1", directory])
    print(f"{directory.name}: {files} .tf, {templates} templates, {size:,} bytes: {ours:.2f} s, {memory:.0f} MB", end="")
    if files:
        print(f"; reading {reading:.3f} s, bare parse {parsing:.3f} s, ratio {ours / parsing:.1f}", end="")
    if peers:
        checkov = run.peer(Path(tempfile.gettempdir()) / "sglint-benchmark-peer")
        kind = "terraform" if files > templates else "cloudformation"
        theirs = measured([checkov, "-d", directory, "--framework", kind, "--compact", "--quiet", "--skip-download"], (0, 1))[0]
        print(f"; checkov {theirs:.1f} s, ratio {theirs / ours:.1f}", end="")
    print(flush=True)


def estate(directory: Path, interfaces: int) -> None:
    """
    Write root modules of so many interfaces in all.
    """
    for number in range(interfaces // ROOT):
        run.generate(directory / f"root_{number:05}", ROOT // 2)


def growth(sizes: Sequence[int]) -> None:
    """
    Print what estates cost, and with which power of their size that grows.
    """
    with tempfile.TemporaryDirectory() as scratch:
        before: tuple[int, float] | None = None
        idle = measured([*SGLINT, "--help"])[0]
        for size in sizes:
            top = Path(scratch) / str(size)
            estate(top, size)
            seconds, memory = measured([*CHECK, "--jobs", "1", "--format", "json", top])
            power = math.log((seconds - idle) / before[1]) / math.log(size / before[0]) if before else 0.0
            print(f"{size:7} interfaces: {seconds:8.2f} s, {memory:6.0f} MB, exponent {power:.2f}", flush=True)
            before = size, seconds - idle


def changed(rounds: int) -> None:
    """
    Print what one changed file in a repository of 200 costs: its root module of ten.
    """
    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch)
        estate(top, 400)
        commands = {
            "sglint --help": [*SGLINT, "--help"],
            "one file of 200": [*CHECK, top / "root_00003" / "network_004.tf"],
            "all 200 files": [*CHECK, top],
        }
        for name, seconds in run.measure(commands, rounds).items():
            print(f"{name}: {seconds:.3f} s", flush=True)


def main() -> None:
    """
    Measure what is asked for, and print it.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directories", nargs="*", type=Path)
    parser.add_argument("--estate", nargs="*", type=int, default=[])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--without-peer", action="store_true")
    options = parser.parse_args()
    if not options.directories and not options.estate:
        changed(options.rounds)
    for directory in options.directories:
        repository(directory.resolve(), peers=not options.without_peer)
    growth(options.estate)


if __name__ == "__main__":
    main()
