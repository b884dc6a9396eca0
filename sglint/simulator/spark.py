"""
Flow logs in Spark: in the session of the program that calls, or else in one of its own on this machine.

Spark tells what a file is by its name, passes over names that begin with a dot or an underscore, and reads lines of any form.
So names are demanded that it understands, and a line that is no record becomes one without a start, which is told afterwards.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from itertools import groupby
from os import cpu_count
from pathlib import Path
from re import sub
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urlsplit

import ibis
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as f

from sglint.simulator import session
from sglint.simulator.engine import PLACE, RECORDS, Engine, demand_records, first_line
from sglint.simulator.flow_log import INTEGERS, Kind, Log, demand_fields, demand_lines, schema
from sglint.source import SglintError

LOGGING = """\
rootLogger.level = off
rootLogger.appenderRef.none.ref = none
appender.none.type = Null
appender.none.name = none
"""
"""What goes wrong is raised; what Spark logs beside it is for those who run Spark."""
PIECES = 8
"""So many pieces for each core: few enough to start quickly, and many enough to be small."""


@contextmanager
def opened(logs: Sequence[Log]) -> Iterator[Engine]:
    """
    Give an engine that has the records of the logs as the table `records`, all of them checked.

    Raises SglintError, naming the file and the line, when one of them is none that AWS writes.
    """
    for one in logs:
        _demand_name(one)
    with _session() as spark:
        kept: list[DataFrame] = []

        def keep(name: str, query: str) -> None:
            kept.append(spark.sql(query).persist())
            kept[-1].createOrReplaceTempView(name)

        engine = Engine("pyspark", keep, lambda query: [tuple(row) for row in spark.sql(query).collect()])
        try:
            _load(spark, engine, logs)
            yield engine
        except (PySparkException, Py4JError) as error:
            raise SglintError(f"cannot work through the flow logs: {first_line(error)}") from None
        finally:
            for frame in kept:
                frame.unpersist()


@contextmanager
def _session() -> Iterator[SparkSession]:
    """
    Give the session of the program that calls, or one on this machine that ends afterwards and listens to nobody else.
    """
    there = SparkSession.getActiveSession()
    if there is not None:
        yield there
        return
    with TemporaryDirectory(prefix="sglint-", ignore_cleanup_errors=True) as folder:
        logging = Path(folder) / "log4j2.properties"
        logging.write_text(LOGGING, encoding="utf-8")
        options = {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={logging.as_uri()}",
            "spark.local.dir": folder,
            "spark.sql.shuffle.partitions": str(PIECES * (cpu_count() or 1)),
            "spark.sql.warehouse.dir": folder,
            "spark.ui.showConsoleProgress": str(sys.stderr.isatty()).lower(),
            "spark.ui.enabled": "false",
        }
        builder = SparkSession.builder.master("local[*]").appName("sglint")
        for name, value in options.items():
            builder = builder.config(name, value)
        try:
            spark = builder.getOrCreate()
        except (PySparkException, Py4JError) as error:
            raise SglintError(f"spark does not start; it needs java 17 or newer: {first_line(error)}") from None
        try:
            yield spark
        finally:
            spark.stop()


def _demand_name(log: Log) -> None:
    name = Path(log.path).name
    if name.startswith((".", "_")):
        raise SglintError(f"spark passes over files like {log.path}; give it a name that begins with neither a dot nor _")
    if (log.kind is Kind.GZIP) != name.endswith(".gz"):
        said = "is gzip" if log.kind is Kind.GZIP else "is not gzip"
        raise SglintError(f"{log.path} {said}, and spark goes by the name, which ends with .gz or not; rename it")


def _load(spark: SparkSession, engine: Engine, logs: Sequence[Log]) -> None:
    formats = [(one, _columns(spark, one)) for one in logs]
    rows = sorted((one.kind is Kind.PARQUET, one.header, names, one.path) for one, names in formats)
    frames = []
    for (parquet, header, names), group in groupby(rows, key=lambda row: row[:3]):
        paths = [_escaped(row[3]) for row in group]
        scanned = _tables(spark, paths, names) if parquet else _lines(spark, paths, names, header=header)
        scanned.createOrReplaceTempView("raw")
        raw = ibis.table({**schema(names), **PLACE, "heading": "boolean"}, name="raw")
        frames.append(spark.sql(engine.sql(session.records(raw, *PLACE, "heading").select(*RECORDS.columns, "heading"))))
    reduce(DataFrame.unionAll, frames).createOrReplaceTempView("every_line")
    try:
        engine.keep("every_record", "SELECT * FROM every_line")
        again = engine.rows("SELECT filename FROM every_record WHERE heading GROUP BY filename HAVING COUNT(*) > 1")
    except (PySparkException, Py4JError) as error:
        for log in (one for one in logs if one.kind is not Kind.PARQUET):
            demand_lines(log)
        raise SglintError(f"cannot read the flow logs: {first_line(error)}") from None
    names_of = {str(Path(one.path).absolute()): one for one in logs}
    for (name,) in again:
        demand_lines(names_of[_path(name)])
    spark.sql("SELECT * FROM every_record WHERE NOT heading").createOrReplaceTempView("records")
    demand_records(engine, logs, lambda name: names_of[_path(name)].path)


def _columns(spark: SparkSession, log: Log) -> tuple[str, ...]:
    if log.kind is not Kind.PARQUET:
        return log.names
    try:
        names = tuple(spark.read.parquet(_escaped(log.path)).columns)
    except (PySparkException, Py4JError) as error:
        raise SglintError(f"cannot read the flow log {log.path}: {first_line(error)}") from None
    demand_fields(log.path, names)
    return names


def _tables(spark: SparkSession, paths: list[str], names: Sequence[str]) -> DataFrame:
    """
    Return the records of Parquet files, with columns as `schema` names them and those of `PLACE`.
    """
    columns = [
        f.col(f"`{name}`").try_cast("bigint" if kind == "int64" else "string").alias(column)
        for name, (column, kind) in zip(names, schema(names).items(), strict=True)
    ]
    place = (f.col("_metadata.file_path").alias("filename"), (f.col("_metadata.row_index") + 1).alias("number"))
    return spark.read.parquet(*paths).select(*columns, *place, f.expr("false").alias("heading"))


def _lines(spark: SparkSession, paths: list[str], names: Sequence[str], *, header: bool) -> DataFrame:
    """
    Return the same of files of text; a line that is no record has nothing in it but its file.
    """
    text = f.regexp_replace("value", "\r+$", "")
    parts = f.split(text, " ", -1)
    heading = text == f.lit(" ".join(names)) if header else f.expr("false")
    counts = [f.get(parts, f.lit(number)) for number, name in enumerate(names) if name.replace("-", "_") in INTEGERS]
    sound = reduce(Column.__and__, [one.rlike("^([0-9]{1,18}|-)$") for one in counts], f.size(parts) == len(names))
    fine = sound & ~text.contains("\ufffd")
    columns = []
    for number, (column, kind) in enumerate(schema(names).items()):
        written = f.nullif(f.get(parts, f.lit(number)), f.lit("-"))
        columns.append(f.when(fine, written).try_cast("bigint" if kind == "int64" else "string").alias(column))
    place = (f.col("_metadata.file_path").alias("filename"), f.lit(None).cast("bigint").alias("number"))
    lines = spark.read.option("lineSep", "\n").text(paths).where(text != f.lit(""))
    return lines.select(*columns, *place, heading.alias("heading"))


def _escaped(path: str) -> str:
    return "file:" + sub(r"([\\{}\[\]*?])", r"\\\1", str(Path(path).absolute()))


def _path(uri: str) -> str:
    return unquote(urlsplit(uri).path)
