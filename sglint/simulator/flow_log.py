"""
Files of VPC flow logs: which there are, what format each has, and where one that cannot be read is wrong.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import IO

from sglint.frozen import frozen
from sglint.source import SglintError

DEFAULT = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status".split()
)
"""The fields of the default format, in their order; files of this format may lack the line that names them."""
INTEGERS = frozenset("version srcport dstport protocol packets bytes start end tcp_flags traffic_path".split())
"""The fields that are whole numbers; all others are text."""
NEEDED = tuple("srcaddr dstaddr srcport dstport protocol packets bytes start end".split())
"""The fields without which nothing can be estimated."""
OURS = frozenset({"filename", "number", "heading"})
"""Columns that are added to those of a log, so that no field can have their names."""
SUFFIXES = (".log", ".txt", ".gz", ".parquet")
"""What the names of flow logs in a folder end with."""
LONGEST_LINE = 65_536
_NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
_COUNT = re.compile(r"[0-9]{1,18}")


class Kind(Enum):
    """
    How a file is written.
    """

    TEXT = "text"
    GZIP = "gzip"
    PARQUET = "parquet"


@frozen
class Log:
    """
    One file: its fields in their order, and whether its first line names them. Those of Parquet are in the file itself.
    """

    path: str
    kind: Kind
    names: tuple[str, ...] = ()
    header: bool = False


def find(paths: Sequence[str]) -> tuple[Log, ...]:
    """
    Return the logs that are the paths, or lie in the folders that the paths are, each once and in the order of their names.

    Raises SglintError when there is none, or one cannot be read or is none.
    """
    files = dict.fromkeys(str(file) for path in paths for file in _files(path))
    return tuple(_log(path) for path in sorted(files))


def schema(names: Sequence[str]) -> dict[str, str]:
    """
    Return the columns of a table of raw records with these fields: their names with underscores, and their types.
    """
    columns = [name.replace("-", "_") for name in names]
    return {name: "int64" if name in INTEGERS else "string" for name in columns}


def demand_fields(path: str, names: Sequence[str]) -> None:
    """
    Raise SglintError unless each field is named once and those that an estimate needs are there.
    """
    plain = [name.replace("-", "_") for name in names]
    for name in plain:
        if plain.count(name) > 1:
            raise SglintError(f"{path}:1: the field {name.replace('_', '-')} is named twice")
        if name in OURS:
            raise SglintError(f"{path}:1: {name} is no field of a flow log")
    missing = [name for name in NEEDED if name not in plain]
    if missing:
        raise SglintError(f"{path}:1: the field {missing[0]} is missing; a flow log needs {', '.join(NEEDED)} here")


def demand_lines(log: Log) -> None:
    """
    Raise SglintError, naming the line, when one of the file is not a record of its format.
    """
    for number, line in enumerate(_lines(log), 1):
        if (number == 1 and log.header) or not line:
            continue
        if wrong := _wrong(log, line):
            raise SglintError(f"{log.path}:{number}: {wrong}")


def _wrong(log: Log, line: str) -> str | None:
    values = line.split(" ")
    if len(values) != len(log.names):
        said = "the first line names" if log.header else "the default format has"
        return f"there are {len(values)} fields, and {said} {len(log.names)}"
    row = {name.replace("-", "_"): value for name, value in zip(log.names, values, strict=True)}
    for name, value in row.items():
        if name in INTEGERS and value != "-" and not _COUNT.fullmatch(value):
            return f"{name.replace('_', '-')} is {value[:40]!r}, not a count"
    status = row.get("log_status", "-")
    if status not in {"OK", "NODATA", "SKIPDATA", "-"}:
        return f"log-status is {status[:40]!r}, not OK, NODATA or SKIPDATA"
    if row.get("action", "-") not in {"ACCEPT", "REJECT", "-"}:
        return f"action is {row['action'][:40]!r}, not ACCEPT or REJECT"
    return _out_of_range(row, carried=status == "OK" or (status == "-" and (row["packets"], row["srcaddr"]) != ("-", "-")))


def _out_of_range(row: dict[str, str], *, carried: bool) -> str | None:
    ported = row["protocol"] in {"6", "17"}
    needed = [name for name in NEEDED if ported or name not in {"srcport", "dstport"}] if carried else ["start", "end"]
    for name in needed:
        if row[name] == "-" and not (name in {"srcaddr", "dstaddr"} and row.get(f"pkt_{name}", "-") != "-"):
            return f"{name} is missing"
    if int(row["end"]) < int(row["start"]):
        return f"end is {row['end']}, before start, which is {row['start']}"
    for name, most in (("protocol", 255), ("srcport", 65_535), ("dstport", 65_535)):
        if carried and row[name] != "-" and int(row[name]) > most:
            return f"{name} is {row[name]}, more than {most}"
    return None


def _files(path: str) -> list[Path]:
    top = Path(path)
    if not top.is_dir():
        return [top]
    found = [one for one in top.rglob("*") if one.name.endswith(SUFFIXES) and one.is_file()]
    if not found:
        raise SglintError(f"{path} has no flow logs; their names end with {', '.join(SUFFIXES)}")
    return found


def _log(path: str) -> Log:
    if Path(path).exists() and not Path(path).is_file():
        raise SglintError(f"the flow log {path} is no file; it is read more than once, so write it to one")
    try:
        with Path(path).open("rb") as file:
            magic = file.read(4)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "this is no name of a file"
        raise SglintError(f"cannot read the flow log {path}: {reason}") from None
    if magic == b"PAR1":
        return Log(path, Kind.PARQUET)
    kind = Kind.GZIP if magic.startswith(b"\x1f\x8b") else Kind.TEXT
    first = next(_lines(Log(path, kind)), "")
    if not first:
        raise SglintError(f"{path}:1: the flow log is empty")
    words = first.split(" ")
    if all(_NAME.fullmatch(word) for word in words):
        demand_fields(path, words)
        return Log(path, kind, tuple(words), header=True)
    if len(words) == len(DEFAULT) and words[0] == "2":
        return Log(path, kind, tuple(DEFAULT))
    raise SglintError(f"{path}:1: this line neither names the fields of a flow log nor is a record of the default format")


def _lines(log: Log) -> Iterator[str]:
    number = 0
    try:
        with _opened(log) as file:
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    raise SglintError(f"{log.path}:{number}: the line has more than {LONGEST_LINE} bytes")
                yield line.rstrip(b"\r\n").decode("utf-8")
    except UnicodeDecodeError:
        raise SglintError(f"{log.path}:{number}: this is not utf-8 text") from None
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise SglintError(f"{log.path}:{number + 1}: the gzip data is broken or cut off here") from None
    except OSError as error:
        raise SglintError(f"cannot read the flow log {log.path}: {error.strerror}") from None


def _opened(log: Log) -> IO[bytes]:
    return gzip.open(log.path, "rb") if log.kind is Kind.GZIP else Path(log.path).open("rb")  # type: ignore[return-value]
