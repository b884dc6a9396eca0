"""
Flow logs in DuckDB: in this process, and in files of a folder of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from glob import escape
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import ibis

from sglint.simulator import session
from sglint.simulator.engine import PLACE, RECORDS, Engine, demand_records, first_line
from sglint.simulator.flow_log import Kind, Log, demand_fields, demand_lines, schema
from sglint.source import SglintError


@contextmanager
def opened(logs: Sequence[Log]) -> Iterator[Engine]:
    """
    Give an engine that has the records of the logs as the table `records`, all of them checked.

    Raises SglintError, naming the file and the line, when one of them is none that AWS writes.
    """
    with TemporaryDirectory(prefix="sglint-", ignore_cleanup_errors=True) as folder:
        connection = duckdb.connect(Path(folder) / "flows.duckdb", config={"preserve_insertion_order": False})
        try:
            engine = Engine(
                "duckdb",
                lambda name, query: _run(connection, f"CREATE TABLE {name} AS {query}"),
                lambda query: connection.execute(query).fetchall(),
            )
            _load(connection, engine, logs)
            yield engine
        except duckdb.Error as error:
            raise SglintError(f"cannot work through the flow logs: {first_line(error)}") from None
        finally:
            connection.close()


def _load(connection: duckdb.DuckDBPyConnection, engine: Engine, logs: Sequence[Log]) -> None:
    _run(connection, f"CREATE TABLE records ({_definition()})")
    formats = [(one, _columns(connection, one)) for one in logs]
    ordered = sorted(formats, key=lambda one: (one[0].kind.value, one[0].header, one[1], one[0].path))
    for (kind, header, names), group in groupby(ordered, key=lambda one: (one[0].kind, one[0].header, one[1])):
        alike = [one for one, _ in group]
        raw = ibis.table({**schema(names), **PLACE}, name="raw")
        try:
            _run(connection, f"CREATE OR REPLACE VIEW raw AS {_scan(alike, kind, names, header=header)}")
            query = engine.sql(session.records(raw, *PLACE).select(*RECORDS.columns))
            _run(connection, f"INSERT INTO records {query}")
        except duckdb.Error as error:
            for log in alike if kind is not Kind.PARQUET else ():
                demand_lines(log)
            raise SglintError(f"cannot read the flow log {alike[0].path}: {first_line(error)}") from None
    demand_records(engine, logs)


def _columns(connection: duckdb.DuckDBPyConnection, log: Log) -> tuple[str, ...]:
    if log.kind is not Kind.PARQUET:
        return log.names
    try:
        found = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({_literals([log])}, hive_partitioning = false)")  # noqa: S608
        names = tuple(str(row[0]) for row in found.fetchall())
    except duckdb.Error as error:
        raise SglintError(f"cannot read the flow log {log.path}: {first_line(error)}") from None
    demand_fields(log.path, names)
    return names


def _scan(logs: Sequence[Log], kind: Kind, names: Sequence[str], *, header: bool) -> str:
    """
    Return the query that reads files of one format, with columns as `schema` names them and those of `PLACE`.
    """
    if kind is Kind.PARQUET:
        columns = ", ".join(
            f"CAST({_quoted(name)} AS {_type(type_)}) AS {_quoted(column)}"
            for name, (column, type_) in zip(names, schema(names).items(), strict=True)
        )
        return (
            f"SELECT {columns}, filename, file_row_number + 1 AS number FROM read_parquet("  # noqa: S608 -- all is quoted
            f"{_literals(logs)}, filename = true, file_row_number = true, hive_partitioning = false)"
        )
    types = ", ".join(f"{_literal(name)}: {_literal(_type(type_))}" for name, type_ in schema(names).items())
    return (
        f"SELECT *, CAST(NULL AS BIGINT) AS number FROM read_csv({_literals(logs)}, delim = ' ', quote = '', escape = '', "  # noqa: S608 -- all is quoted
        f"comment = '', header = {str(header).lower()}, columns = {{{types}}}, nullstr = '-', filename = true, "
        f"compression = '{'gzip' if kind is Kind.GZIP else 'none'}', auto_detect = false, hive_partitioning = false)"
    )


def _definition() -> str:
    return ", ".join(f"{_quoted(name)} {_type(str(type_))}" for name, type_ in RECORDS.schema().items())


def _run(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    connection.execute(query)


def _type(type_: str) -> str:
    return "BIGINT" if type_ == "int64" else "VARCHAR"


def _literals(logs: Sequence[Log]) -> str:
    return "[" + ", ".join(_literal(escape(one.path)) for one in logs) + "]"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
