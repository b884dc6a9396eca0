"""
Flow logs in Spark on this machine: the numbers are those of DuckDB, and a log that is none is told by its line.

Spark and Java are large and no part of what the tests need, so this runs where they are: `pip install 'sglint[spark]'`.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pytest

from sglint.simulator.exports import estimate, settings
from sglint.simulator.flow_log import schema
from sglint.source import SglintError
from tests.command import sglint
from tests.simulate.flow_logs import BEGIN, HEADER, draw, records

MISSING = [name for name, there in (("pyspark", find_spec("pyspark")), ("java", shutil.which("java"))) if not there]
pytestmark = [
    pytest.mark.skipif(bool(MISSING), reason=f"SPARK IS NOT TESTED: there is no {' and no '.join(MISSING)}"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module", autouse=True)
def session() -> Iterator[None]:
    """
    The session of a program that calls, so that Spark starts once.
    """
    from sglint.simulator import spark

    with spark._session():
        yield


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    A folder with logs of an hour in every format: TCP that is closed or not, UDP of each kind, rejected and skipped records.
    """
    folder = tmp_path_factory.mktemp("AWSLogs")
    lines = records(draw(1.0, 3_600, 60.0, 2.0, protocol=6, closed=0.5), 3_600)
    lines += records(draw(2.0, 3_600, 5.0, 0.5, seed=2), 3_600)
    lines += [line.replace("3 eni-1", "3 eni-2") for line in records(draw(1.0, 3_600, 0.05, 1.0, seed=3), 3_600)]
    refused = "3 eni-1 10.9.0.1 192.0.2.9 {} 22 6 3 180 {} {} REJECT OK 2"
    lines += [refused.format(port, BEGIN + port, BEGIN + port + 3) for port in range(99)]
    alone = "3 eni-2 10.9.0.2 192.0.2.9 {} 514 17 1 90 {} {} ACCEPT OK 0"
    lines += [alone.format(at, BEGIN + at, BEGIN + at) for at in range(0, 3_600, 7)]
    lines += [f"3 eni-2 - - - - - - - {BEGIN + 60} {BEGIN + 120} - {status} -" for status in ("NODATA", "SKIPDATA")]
    gre = "3 eni-1 10.9.0.1 192.0.2.9 0 0 47 30 3000 {} {} ACCEPT OK -"
    lines += [gre.format(BEGIN + at, BEGIN + at + 59) for at in (600, 660, 1_800)]
    parts = [lines[number::4] for number in range(4)]
    names = HEADER.split()
    (folder / "a b[1]{2}.log").write_text("\r\n".join([HEADER, *parts[0], ""]), encoding="utf-8", newline="")
    (folder / "day=1").mkdir()
    (folder / "day=1" / "100%.log.gz").write_bytes(gzip.compress("\n".join([HEADER, *parts[1]]).encode()))
    turned = "\n".join(" ".join(reversed(line.split(" "))) for line in (HEADER, *parts[2]))
    (folder / "turned.txt").write_text(turned + "\n", encoding="utf-8")
    plain = folder / "plain.csv"
    plain.write_text("\n".join([HEADER, *parts[3]]) + "\n", encoding="utf-8")
    columns = zip(names, schema(names).items(), strict=True)
    types = {name: "BIGINT" if kind == "int64" else "VARCHAR" for name, (_, kind) in columns}
    chosen = ", ".join(f'"{name}" AS {name.replace("-", "_")}' for name in types)
    read = f"read_csv('{plain}', delim = ' ', header = true, columns = {types!r}, nullstr = '-')"
    duckdb.connect().execute(f"COPY (SELECT {chosen} FROM {read}) TO '{folder / 'd.parquet'}' (FORMAT parquet)")  # noqa: S608 -- no names but ours
    plain.unlink()
    return folder


def test_both_engines_give_the_same_traffic_and_notes(logs: Path) -> None:
    timeouts = settings(tcp_established=350).timeouts
    expected = estimate([str(logs)], timeouts)
    assert {one.name for one in expected[0].classes} == {"tcp", "udp-one-way", "udp-request-response", "udp-stream", "other"}
    assert estimate([str(logs)], timeouts, "spark") == expected


def test_the_command_runs_on_either_engine(logs: Path) -> None:
    one = ("simulate", "--flow-logs", str(logs), "--instance-type", "m7i.large", "--flows", "0", "--format", "json")
    spark, duck = sglint(*one, "--engine", "spark"), sglint(*one, "--engine", "duckdb")
    assert spark.code == duck.code == 0, spark.err
    assert json.loads(spark.out) == json.loads(duck.out)
    assert spark.err.endswith(duck.err) and "interfaces in 4 files" in duck.err


LINE = f"3 eni-1 10.0.0.1 192.0.2.1 5000 53 17 1 80 {BEGIN} {BEGIN + 90} ACCEPT OK 0"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.log", f"{HEADER}\n{LINE}\n{LINE} 7\n", "a.log:3: there are 15 fields, and the first line names 14"),
        ("a.log", f"{HEADER}\n{LINE}\n{LINE[:50]}", "a.log:3: there are 10 fields"),
        ("a.log", f"{HEADER}\n{LINE.replace(' 80 ', ' x ')}\n", "a.log:2: bytes is 'x', not a count"),
        ("a.log", f"{HEADER}\n{LINE.replace('ACCEPT', 'ALLOW')}\n", "a.log:2: action is 'ALLOW'"),
        ("a.log", f"{HEADER}\n{LINE}\n{HEADER}\n{LINE}\n", "a.log:3: version is 'version', not a count"),
        ("a.log", f"{HEADER}\n{LINE}\n\udcff\udcfe\n", "a.log:3: this is not utf-8 text"),
        ("_a.log", f"{HEADER}\n{LINE}\n", "spark passes over files like"),
        ("a.gz", f"{HEADER}\n{LINE}\n", "a.gz is not gzip, and spark goes by the name"),
        ("a.parquet", "PAR1 and nothing else", "cannot read the flow log"),
    ],
)
def test_what_is_wrong_with_a_log_is_said_with_its_line(tmp_path: Path, name: str, text: str, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(SglintError) as error:
        estimate([str(path)], settings(tcp_established=350).timeouts, "spark")
    assert said in str(error.value)


def test_gzip_that_is_cut_off_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.log.gz"
    path.write_bytes(gzip.compress("\n".join([HEADER, *[LINE] * 4_000]).encode())[:300])
    with pytest.raises(SglintError, match=r"a\.log\.gz:\d+: the gzip data is broken or cut off here"):
        estimate([str(path)], settings(tcp_established=350).timeouts, "spark")
