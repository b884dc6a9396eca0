"""
Where the expressions over flow logs run: DuckDB, in this process, or Spark, on as many machines as it has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import ibis

from sglint.frozen import frozen
from sglint.simulator import session
from sglint.simulator.flow_log import Kind, Log, demand_lines
from sglint.source import SglintError

Row: TypeAlias = tuple[Any, ...]
PLACE = {"filename": "string", "number": "int64"}
"""The columns that say where a record stands: its file, and its number in a file of Parquet."""


@frozen
class Engine:
    """
    What runs SQL in a dialect of ibis: `keep` stores the rows of a query as a table, and `rows` returns them.
    """

    dialect: str
    keep: Callable[[str, str], None]
    rows: Callable[[str], list[Row]]

    def sql(self, expression: ibis.Table) -> str:
        """
        Return the expression in the engine's dialect.
        """
        return str(ibis.to_sql(expression, dialect=self.dialect))


RECORDS = ibis.table(
    {
        **PLACE,
        **dict.fromkeys(("protocol", "packets", "bytes", "start", "end", "tcp_flags", "srcport", "dstport"), "int64"),
        **dict.fromkeys(("interface", "src", "dst", "action", "status"), "string"),
    },
    name="records",
)
"""The records of all files in one table, as `session.records` makes them."""


def demand_records(engine: Engine, logs: Sequence[Log], path_of: Callable[[str], str] = str) -> None:
    """
    Raise SglintError, naming the file and the line, when one of the records is none that AWS writes.

    `path_of` returns the path of a log for what the engine has as the name of its file.
    """
    bad = RECORDS.filter(session.wrong(RECORDS)).order_by("filename", "number").select("filename", "number").limit(1)
    for name, number in engine.rows(engine.sql(bad)):
        path = path_of(name)
        for log in (one for one in logs if one.path == path and one.kind is not Kind.PARQUET):
            demand_lines(log)
        where = path if number is None else f"{path}: record {number}"
        raise SglintError(f"{where}: a value is missing, negative or too large, or the end is before the start")


def first_line(error: Exception) -> str:
    """
    Return the first line of what an engine says went wrong.
    """
    return str(error).splitlines()[0] if str(error) else type(error).__name__
