"""
Traffic from VPC flow logs: what comes out of a log is what made it, and a log that is none is told by its line.
"""

from __future__ import annotations

import gzip
import importlib.util
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb
import ibis
import numpy as np
import pytest
import sqlglot

from sglint.simulator.estimator import Span, survived
from sglint.simulator.exports import Constant, Daily, Exchange, Range, Traffic, estimate, settings
from sglint.simulator.flow_log import DEFAULT, schema
from sglint.simulator.law import mean
from sglint.simulator.session import KINDS, SESSIONS, Idle, lasting, lives, overview, records, sessions, starts
from sglint.simulator.traffic import mean_rate
from sglint.source import SglintError
from tests.command import sglint
from tests.simulate.flow_logs import BEGIN, HEADER, Flows, draw
from tests.simulate.flow_logs import records as written

DEFAULT_HEADER = " ".join(DEFAULT)


def read(*paths: Path, tcp: float = 350) -> tuple[Traffic, str]:
    traffic, notes = estimate([str(one) for one in paths], settings(tcp_established=tcp).timeouts)
    return traffic, "\n".join(notes)


def save(path: Path, lines: Sequence[str], header: str | None = HEADER) -> Path:
    path.write_text("\n".join([*([header] if header else []), *lines]) + "\n", encoding="utf-8")
    return path


def udp(start: int, end: int, port: int = 5000, *, back: bool = False, packets: int = 1, more: str = "ACCEPT OK 0") -> str:
    ends = f"192.0.2.1 10.0.0.1 53 {port}" if back else f"10.0.0.1 192.0.2.1 {port} 53"
    return f"3 eni-1 {ends} 17 {packets} {packets * 80} {BEGIN + start} {BEGIN + end} {more}"


LONG = [udp(0, 0, 9000), udp(600, 600, 9001)]
"""Two records that make the log ten minutes long, outside what is counted or at its end."""


@pytest.mark.parametrize(
    ("life", "gap", "idle", "protocol", "rate", "seconds"),
    [
        (0.05, 0.2, 30, 17, 10.0, 1_200),
        (5.0, 0.5, 180, 17, 5.0, 2_400),
        (60.0, 2.0, 350, 6, 3.0, 3_600),
        (600.0, 20.0, 350, 6, 1.0, 7_200),
    ],
)
def test_traffic_comes_back_from_its_own_logs(
    tmp_path: Path, life: float, gap: float, idle: float, protocol: int, rate: float, seconds: int
) -> None:
    flows = draw(rate, seconds, life, gap, protocol=protocol, closed=0.3 if protocol == 6 else 0.0)
    traffic, _ = read(save(tmp_path / "a.log", written(flows, seconds)))
    found = sum(mean_rate(one.rate) for one in traffic.classes)
    begun = float(np.sum((flows.begin >= idle) & (flows.begin < seconds))) / (seconds - idle)
    assert found == pytest.approx(begun, rel=0.03)
    entries = sum(mean_rate(one.rate) * (mean(one.life) + idle) for one in traffic.classes)
    assert entries == pytest.approx(flows.entries(idle, seconds / 2, seconds), rel=0.06)
    if protocol == 6:
        (tcp,) = traffic.classes
        assert tcp.closed.least - 0.03 <= 0.3 <= tcp.closed.most + 0.03
        assert mean(tcp.life) == pytest.approx(float(flows.last.mean()), rel=0.05)


def test_the_burstiness_of_batches_is_seen(tmp_path: Path) -> None:
    generator = np.random.default_rng(4)
    begin = np.repeat(np.sort(generator.random(600)) * 3_600, 20)
    none = np.zeros(len(begin))
    batches = Flows(begin, none, 1.0, 17, none > 0)
    traffic, _ = read(save(tmp_path / "a.log", written(batches, 3_600)))
    (one,) = traffic.classes
    assert one.burstiness.least <= 20 <= one.burstiness.most and one.burstiness.least > 8
    calm, _ = read(save(tmp_path / "b.log", written(draw(4.0, 3_600, 0.05, 1.0), 3_600)))
    assert calm.classes[0].burstiness.most < 3


def test_both_directions_and_all_windows_are_one_session_until_the_timeout(tmp_path: Path) -> None:
    quick = [udp(200, 200), udp(200, 200, back=True), udp(231, 231), udp(231, 231, back=True)]
    traffic, _ = read(save(tmp_path / "a.log", [*LONG, *quick]))
    asked = {one.name: one for one in traffic.classes}
    assert mean_rate(asked["udp-request-response"].rate) * 570 == pytest.approx(2)
    assert asked["udp-request-response"].exchange is Exchange.REQUEST_RESPONSE
    stream = [udp(200, 210, packets=2), udp(200, 210, back=True, packets=2), udp(380, 380), udp(380, 380, back=True)]
    traffic, _ = read(save(tmp_path / "a.log", [*LONG, *stream]))
    streams = {one.name: one for one in traffic.classes}["udp-stream"]
    assert mean_rate(streams.rate) * 420 == pytest.approx(1) and mean(streams.life) == pytest.approx(180)
    assert streams.packets == 6 and streams.packet_bytes == 80


def test_a_syn_after_a_fin_is_a_new_connection(tmp_path: Path) -> None:
    def tcp(at: int, flags: int) -> str:
        return f"3 eni-1 10.0.0.1 192.0.2.1 5000 443 6 4 400 {BEGIN + at} {BEGIN + at + 5} ACCEPT OK {flags}"

    rest = [udp(0, 0, 9000), udp(3_600, 3_600, 9000)]
    for flags, expected in ((3, 2), (2, 1)):
        traffic, notes = read(save(tmp_path / "a.log", [*rest, tcp(1_000, flags), tcp(1_020, 3)]))
        assert "2 sessions of udp-one-way, too early or too late to be counted, left out" in notes
        (one,) = (one for one in traffic.classes if one.name == "tcp")
        assert mean_rate(one.rate) * 3_250 == pytest.approx(expected)
        assert one.closed == Range(1.0, 1.0) and one.unanswered == 0


def test_connections_that_nobody_answers(tmp_path: Path) -> None:
    lines = [f"3 eni-1 10.0.0.1 192.0.2.1 {port} 443 6 3 180 {BEGIN + 500} {BEGIN + 503} ACCEPT OK 2" for port in (1, 2, 3, 4)]
    answer = f"3 eni-1 192.0.2.1 10.0.0.1 443 4 6 3 180 {BEGIN + 500} {BEGIN + 503} ACCEPT OK 19"
    traffic, _ = read(save(tmp_path / "a.log", [*LONG, *lines, answer, udp(3_600, 3_600)]))
    (one,) = (one for one in traffic.classes if one.name == "tcp")
    assert one.unanswered == 0.75 and one.closed == Range(0.25, 0.25)


def test_records_without_data_and_rejected_ones_are_no_flows(tmp_path: Path) -> None:
    nothing = "3 eni-2 - - - - - - - {} {} - {} -"
    lines = [
        *LONG,
        udp(300, 300),
        udp(310, 310, 5001, more="REJECT OK 0"),
        nothing.format(BEGIN + 600, BEGIN + 1_200, "NODATA"),
        nothing.format(BEGIN, BEGIN + 240, "SKIPDATA"),
    ]
    traffic, notes = read(save(tmp_path / "a.log", lines))
    (one,) = traffic.classes
    assert mean_rate(one.rate) * 1_170 == pytest.approx(2 / 0.9)
    assert "3 records of 2 interfaces in 1 file, 1200 s" in notes
    assert "1 records of rejected packets are left out" in notes and "skipped records in 10 % of the time" in notes


def test_packet_addresses_are_those_of_the_flow(tmp_path: Path) -> None:
    header = f"{HEADER} pkt-srcaddr pkt-dstaddr"
    forwarded = [
        f"{udp(300, 300)} 10.0.0.1 198.51.100.7",
        f"3 eni-1 192.0.2.1 10.0.0.9 5000 53 17 1 80 {BEGIN + 300} {BEGIN + 300} ACCEPT OK 0 10.0.0.1 198.51.100.7",
    ]
    traffic, _ = read(save(tmp_path / "a.log", [*(f"{line} - -" for line in LONG), *forwarded], header))
    assert sum(mean_rate(one.rate) for one in traffic.classes) * 570 == pytest.approx(2)


def test_a_day_gives_a_profile_of_the_day(tmp_path: Path) -> None:
    busy = [udp(9 * 3_600 + second, 9 * 3_600 + second, 2_000 + second) for second in range(0, 3_600, 10)]
    traffic, _ = read(save(tmp_path / "a.log", [udp(0, 0), *busy, udp(86_400, 86_400), udp(86_430, 86_430, 9)]))
    (one,) = traffic.classes
    assert isinstance(one.rate, Daily)
    assert one.rate.values[9] == pytest.approx(0.1) and sum(one.rate.values) == pytest.approx(0.1, rel=0.02)


def test_every_format_of_one_log_gives_the_same_traffic(tmp_path: Path) -> None:
    lines = written(draw(2.0, 900, 20.0, 2.0, protocol=6, closed=0.5), 900)
    expected = read(save(tmp_path / "a.log", lines))
    turned = [" ".join(reversed(line.split(" "))) for line in lines]
    other = save(
        tmp_path / "b.log", [line + " -" for line in turned], " ".join([*reversed(HEADER.split(" ")), "reject-reason"])
    )
    packed = tmp_path / "c.dat"
    packed.write_bytes(gzip.compress((tmp_path / "a.log").read_bytes()))
    windows = tmp_path / "d.log"
    windows.write_bytes((tmp_path / "a.log").read_bytes().replace(b"\n", b"\r\n"))
    parquet = tmp_path / "e'[1].parquet"
    to_parquet(tmp_path / "a.log", parquet)
    for path in (other, packed, windows, parquet):
        assert read(path) == expected, path.name
    folder = tmp_path / "AWSLogs" / "day=01"
    folder.mkdir(parents=True)
    half = len(lines) // 2
    save(folder / "1.log", lines[:half])
    save(tmp_path / "2.log", lines[half:])
    to_parquet(tmp_path / "2.log", folder / "2.parquet")
    (folder / "README.md").write_text("no log", encoding="utf-8")
    assert read(tmp_path / "AWSLogs")[0].classes == expected[0].classes


def test_the_default_format_needs_no_header_and_knows_less(tmp_path: Path) -> None:
    line = f"2 123456789012 eni-1 10.0.0.1 192.0.2.1 {{}} 443 6 4 400 {BEGIN} {BEGIN + 3_600} ACCEPT OK"
    late = line.format(6).replace(str(BEGIN), str(BEGIN + 2_000)).replace(str(BEGIN + 3_600), str(BEGIN + 2_010))
    bare, notes = read(save(tmp_path / "a.log", [line.format(5), late], None))
    assert bare.classes[0].closed == Range(0.0, 1.0) and "without tcp-flags" in notes
    assert isinstance(bare.classes[0].rate, Constant)
    assert read(save(tmp_path / "b.log", [line.format(5), late], DEFAULT_HEADER))[0].classes == bare.classes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a.log:1: the flow log is empty"),
        ("hello world\n", "a.log:1: the field srcaddr is missing"),
        ("Hello, World\n", "a.log:1: this line neither names the fields"),
        (HEADER.replace(" end ", " ") + "\n", "a.log:1: the field end is missing"),
        (HEADER + " start\n", "a.log:1: the field start is named twice"),
        (HEADER + " filename\n", "a.log:1: filename is no field of a flow log"),
        (f"{HEADER}\n{udp(0, 0)}\n{udp(0, 0)} 7\n", "a.log:3: there are 15 fields, and the first line names 14"),
        (f"{HEADER}\n{udp(0, 0)}\n{udp(0, 0)[:50]}", "a.log:3: there are 10 fields"),
        (f"{HEADER}\n{udp(0, 0)}\n{udp(90, 30)}\n", f"a.log:3: end is {BEGIN + 30}, before start, which is {BEGIN + 90}"),
        (f"{HEADER}\n{udp(0, 0, packets=-5)}\n", "a.log:2: packets is '-5', not a count"),
        (f"{HEADER}\n{udp(0, 0).replace(' 80 ', ' x ')}\n", "a.log:2: bytes is 'x', not a count"),
        (f"{HEADER}\n{udp(0, 0).replace(' 80 ', ' - ')}\n", "a.log:2: bytes is missing"),
        (f"{HEADER}\n{udp(0, 0, 70_000)}\n", "a.log:2: srcport is 70000, more than 65535"),
        (f"{HEADER}\n{udp(0, 0, more='ALLOW OK 0')}\n", "a.log:2: action is 'ALLOW'"),
        (f"{HEADER}\n{udp(0, 0, more='ACCEPT FINE 0')}\n", "a.log:2: log-status is 'FINE'"),
        (f"{HEADER}\n", "no record of a packet that was accepted"),
        (f"{HEADER}\n{udp(0, 10)}\n", "the flow logs are about 10 s"),
        (f"{HEADER}\n{udp(0, 0)}\n{udp(20, 900)}\n", "no flow begins"),
    ],
)
def test_what_is_wrong_with_a_log_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "a.log"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SglintError) as error:
        read(path)
    assert said in str(error.value)


def test_broken_files_and_folders_without_logs(tmp_path: Path) -> None:
    cut = tmp_path / "a.log.gz"
    cut.write_bytes(gzip.compress("\n".join([HEADER, *LONG * 2_000]).encode())[:200])
    with pytest.raises(SglintError, match=r"a\.log\.gz:\d+: the gzip data is broken or cut off here"):
        read(cut)
    (tmp_path / "b.parquet").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(SglintError, match=r"cannot read the flow log .*b\.parquet: "):
        read(tmp_path / "b.parquet")
    (tmp_path / "c.log").write_bytes(f"{HEADER}\n{udp(0, 0)}\n".encode() + b"\xff\xfe\n")
    with pytest.raises(SglintError, match=r"c\.log:3: this is not utf-8 text"):
        read(tmp_path / "c.log")
    save(tmp_path / "d.log", [udp(0, 0), udp(90, 30)])
    to_parquet(tmp_path / "d.log", tmp_path / "d.parquet")
    with pytest.raises(SglintError, match=r"d\.parquet: record 2: a value is missing"):
        read(tmp_path / "d.parquet")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SglintError, match="pipe is no file; it is read more than once"):
        read(tmp_path / "pipe")
    (tmp_path / "empty").mkdir()
    with pytest.raises(SglintError, match="empty has no flow logs; their names end with"):
        read(tmp_path / "empty")
    with pytest.raises(SglintError, match=r"cannot read the flow log .*missing: No such file"):
        read(tmp_path / "missing")


def test_what_goes_on_at_the_end_is_not_taken_for_short() -> None:
    def span(seconds: int, flows: int, *, unfinished: bool) -> Span:
        return Span(seconds, unfinished, flows, 0, 0, 0, 0, 0, 0)

    found = survived([span(1, 50, unfinished=False), span(2, 25, unfinished=True), span(10, 25, unfinished=False)])
    assert found.values == (1.0, 10.0) and found.weights == pytest.approx((0.5, 0.5))


def test_the_same_expressions_compile_for_athena_and_spark() -> None:
    raw = ibis.table(schema(HEADER.split(" ")), name="vpc_flow_logs")
    kept = records(raw)
    since = dict.fromkeys(KINDS, 0)
    questions = (
        overview(kept), sessions(kept, Idle(350, 30, 180, 600)), lives(SESSIONS, since, since), starts(SESSIONS),
        lasting(SESSIONS, 1, since),
    )  # fmt: skip
    for dialect, parsed in (("athena", "athena"), ("pyspark", "spark"), ("duckdb", "duckdb")):
        for question in questions:
            tree = sqlglot.parse_one(str(ibis.to_sql(question, dialect=dialect)), read=parsed)
            assert isinstance(tree, sqlglot.exp.Select) and tree.find(sqlglot.exp.Table) is not None
            assert tree.named_selects in (["*"], list(question.columns))


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr("sglint.simulator.reader.find_spec", lambda name: None if name == "duckdb" else found(name))
    with pytest.raises(SglintError, match=r"flow logs need duckdb; install .*sglint\[flow-logs\]"):
        read(save(tmp_path / "a.log", LONG))


def test_the_command_takes_logs_in_place_of_a_profile(tmp_path: Path) -> None:
    path = save(tmp_path / "a.log", [*LONG, *(udp(100 + second, 100 + second, 2_000 + second) for second in range(400))])
    one = ("simulate", "--flow-logs", str(path), "--tcp-established", "350", "--flows", "0")
    run = sglint(*one, "--format", "json")
    assert run.code == 0 and '"traffic": "flow logs"' in run.out
    assert run.err == "flow logs: 402 records of 1 interface in 1 file, 600 s, all as one table\n"
    assert sglint(*one, "--format", "json").out == run.out
    assert "give either --traffic PROFILE or --flow-logs PATH" in sglint(*one, "--traffic", "dns-resolver").err
    path.write_text("", encoding="utf-8")
    run = sglint(*one)
    assert run.code == 2 and "a.log:1: the flow log is empty" in run.err


def to_parquet(log: Path, path: Path) -> None:
    """
    Write a log as AWS does in Parquet: names with underscores, numbers as integers.
    """
    plain = path.with_name("plain.parquet")
    columns = list(zip(HEADER.split(), schema(HEADER.split()).items(), strict=True))
    types = {name: "BIGINT" if kind == "int64" else "VARCHAR" for name, (_, kind) in columns}
    with duckdb.connect() as connection:
        table = connection.read_csv(str(log), sep=" ", header=True, na_values="-", dtype=types)
        table.project(", ".join(f'"{name}" AS "{plainly}"' for name, (plainly, _) in columns)).write_parquet(str(plain))
    shutil.move(plain, path)
