"""
Measures how fast traffic is estimated from flow logs: records per second and core, from text and from gzip.

The log is generated: connections of 1 to 20 records, two each minute. What is printed is CPU time of the whole estimate, with
the records that all steps together see; beside it, that of Python merely splitting the lines.
"""

from __future__ import annotations

import gzip
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sglint.simulator.exports import estimate, settings

BEGIN, WINDOW = 1_800_057_600, 60
HEADER = "version interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags"


def generate(path: Path, records: int) -> int:
    """
    Write a log of about so many records; return how many there are.
    """
    count = number = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER + "\n")
        while count < records:
            ends = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", "192.0.2.1"
            ports = 1024 + number * 7919 % 60_000, 443
            windows = 1 + number * number % 20
            for window in range(windows):
                at = BEGIN + number // 5 + window * WINDOW
                flags = (2 if window == 0 else 0) | (window == windows - 1)
                for one, other in ((0, 1), (1, 0)):
                    file.write(
                        f"3 eni-1 {ends[one]} {ends[other]} {ports[one]} {ports[other]} 6 {10 + number % 90} "
                        f"{4000 + number % 9000} {at} {at + 40} ACCEPT OK {flags}\n"
                    )
            count += 2 * windows
            number += 1
    return count


def cpu(work: Callable[[], object]) -> float:
    """
    Return the CPU seconds of all threads that the work takes.
    """
    before = time.process_time()
    work()
    return time.process_time() - before


def split(path: Path) -> int:
    """
    Return the number of fields, after splitting every line.
    """
    with path.open(encoding="utf-8") as file:
        return sum(len(line.split(" ")) for line in file)


def main() -> None:
    """
    Measure, and print a table.
    """
    timeouts = settings(tcp_established=60).timeouts
    with tempfile.TemporaryDirectory() as scratch:
        text, packed = Path(scratch) / "a.log", Path(scratch) / "a.log.gz"
        small = Path(scratch) / "small.log"
        generate(small, 10_000)
        estimate([str(small)], timeouts)
        count = generate(text, 2_000_000)
        packed.write_bytes(gzip.compress(text.read_bytes(), 6))
        print(f"{count:,} records, {text.stat().st_size / 1e6:.0f} MB")
        for name, work in (
            ("estimate, text", lambda: estimate([str(text)], timeouts)),
            ("estimate, gzip", lambda: estimate([str(packed)], timeouts)),
            ("Python, only str.split", lambda: split(text)),
        ):
            seconds = cpu(work)
            print(f"{count / seconds / 1e3:8,.0f} thousand records per CPU second  {seconds:6.2f} s  {name}")


if __name__ == "__main__":
    main()
