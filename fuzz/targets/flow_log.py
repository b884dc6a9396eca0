"""
VPC flow logs: lines of text, gzip, and Parquet.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from fuzz.archive import laid
from fuzz.command import said
from fuzz.target import Target

HEADER = "version interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags"
LINES = "\n".join(
    (
        HEADER,
        "2 eni-1 10.0.0.1 10.0.0.2 40000 443 6 10 5000 1800057600 1800057660 ACCEPT OK 3",
        "2 eni-1 10.0.0.2 10.0.0.1 443 40000 6 9 4000 1800057600 1800057661 ACCEPT OK 18",
        "2 eni-1 10.0.0.1 10.0.0.9 5353 53 17 1 80 1800057700 1800057700 REJECT OK 0",
        "2 eni-1 - - - - - - - 1800057720 1800057780 - NODATA -",
        "2 eni-1 2001:db8::1 2001:db8::2 0 0 58 1 80 1800057800 1800057900 ACCEPT OK 0",
        "",
    )
).encode()
PLAIN = b"2 123456789010 eni-1 10.0.0.1 10.0.0.2 40000 443 6 10 5000 1800057600 1800057700 ACCEPT OK\n"
WORDS = (*HEADER.split(), "pkt-srcaddr", "traffic-path", "SKIPDATA", "PAR1", "999999999999999999", "255")


def parquet() -> bytes:
    """
    Return the lines as Parquet.
    """
    import duckdb

    with TemporaryDirectory() as folder:
        text, out = Path(folder) / "a.csv", Path(folder) / "a.parquet"
        rows = [line for line in LINES.decode().splitlines() if " - " not in line]
        text.write_text("\n".join(rows).replace("-", "_"), encoding="utf-8")
        with duckdb.connect() as connection:
            connection.execute(f"COPY (FROM read_csv('{text}', delim=' ')) TO '{out}' (FORMAT parquet)")
        return out.read_bytes()


def seeds() -> Iterator[bytes]:
    """
    Yield one log in each format.
    """
    yield LINES
    yield PLAIN
    yield gzip.compress(LINES, mtime=0)
    yield parquet()


def run(data: bytes) -> str:
    """
    Return the projection of the traffic that is estimated, in closed form.
    """
    with laid({"a.log": data}) as folder:
        out = said("simulate", "--flow-logs", "a.log", "--allowance", "2000", "--flows", "0", "--format", "json")
        return out.replace(str(folder), "HERE")


TARGET = Target("flow-log", seeds, run, WORDS)
