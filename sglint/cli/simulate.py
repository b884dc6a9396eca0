"""
`sglint simulate`: what tracked flows do to an instance's connection table, and what untracking them saves.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import click

from sglint.cli.options import Ordered, guarded, outputs, tell, write
from sglint.output.plain import clean
from sglint.source import SglintError

RANGE = "SECONDS[,SECONDS]"


@click.command(cls=Ordered)
@click.option("--traffic", metavar="PROFILE", help="A bundled profile, or the file of one of your own.")
@click.option(
    "--flow-logs",
    multiple=True,
    metavar="PATH",
    help="VPC flow logs of one instance, in place of a profile: a file of text, gzip or Parquet, or a folder of these.",
)
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    help="What reads the flow logs; spark for more than one machine has room for. Default: duckdb.",
)
@click.option("--instance-type", metavar="TYPE", help="Like m7i.large: its idle timeouts, and what is known of its allowance.")
@click.option("--allowance", type=float, metavar="N", help="Entries that its table holds, measured.")
@click.option("--ethtool", multiple=True, metavar="FILE", help="Outputs of ethtool -S over time, a file for each interface.")
@click.option("--knees", metavar="FILE", help="CSV of mixes and the packets_per_second at which each begins to be dropped.")
@click.option("--tcp-established", type=float, metavar="SECONDS", help="Idle timeout of TCP. Default: that of the instance.")
@click.option("--udp", type=float, metavar="SECONDS", help="Idle timeout of UDP with one request and response. Default: 30.")
@click.option("--udp-stream", type=float, metavar="SECONDS", help="Idle timeout of UDP with more than that. Default: 180.")
@click.option("--reap-lag", metavar=RANGE, help="How long an expired entry still counts. Default: 0,20, our judgement.")
@click.option("--closing", metavar=RANGE, help="How long an entry stays after FIN or RST. Default: 0,120, our judgement.")
@click.option("--half-open", metavar=RANGE, help="The same where nobody answers at all. Default: 20,120, our judgement.")
@click.option(
    "--stream-after",
    metavar="N[,N]",
    help="With which request and response a UDP flow is a stream, 1 or 2. Default: 2, as AWS documents it.",
)
@click.option(
    "--loaded",
    multiple=True,
    metavar="FILE",
    help="Outputs of ethtool -S while this traffic flowed: the first of these times that is not given follows from them.",
)
@click.option(
    "--share",
    "shares",
    multiple=True,
    metavar="CLASS=T[,A[,X]]",
    help="Shares of a class that are tracked by the groups, automatically, and asymmetric. Default: 1,0,0.",
)
@click.option("--bandwidth", type=float, metavar="GBIT", help="Bandwidth of the instance, which bounds its packet rate.")
@click.option("--packet-rate", type=float, metavar="N", help="Packets per second of the instance, measured.")
@click.option("--minimum", type=click.IntRange(1), default=1, help="Instances that there are in any case. Default: 1.")
@click.option("--headroom", type=float, default=0.25, help="Entries to keep free above the peak. Default: 0.25.")
@click.option("--price", type=float, metavar="N", help="Price of an instance for an hour.")
@click.option("--flows", type=click.IntRange(0), default=20_000_000, help="Flows to run at most, 0 for formulas only.")
@click.option("--seed", type=click.IntRange(0), default=1, help="Other draws.")
@click.option(
    "--format", "formats", multiple=True, type=click.Choice(["text", "json", "csv"]), help="Each with an --output after it."
)
@click.option("--output", "-o", multiple=True, metavar="FILE", help="File for the --format before it.")
@click.option("--debug", is_flag=True, help="Show where an internal error comes from.")
@click.pass_context
def simulate(  # noqa: PLR0913 -- click passes every option
    ctx: click.Context,
    *,
    traffic: str | None,
    flow_logs: tuple[str, ...],
    engine: str,
    instance_type: str | None,
    allowance: float | None,
    ethtool: tuple[str, ...],
    knees: str | None,
    tcp_established: float | None,
    udp: float | None,
    udp_stream: float | None,
    reap_lag: str | None,
    closing: str | None,
    half_open: str | None,
    stream_after: str | None,
    loaded: tuple[str, ...],
    shares: tuple[str, ...],
    bandwidth: float | None,
    packet_rate: float | None,
    minimum: int,
    headroom: float,
    price: float | None,
    flows: int,
    seed: int,
    formats: tuple[str, ...],
    output: tuple[str, ...],
    debug: bool,
) -> None:
    """
    Say what traffic does to the connection table of an instance, today and with its security groups opened.

    What AWS does not publish is a range, so that answers are ranges. Measure what you can: --allowance is the largest
    conntrack_allowance_available of ethtool -S on an instance that tracks nothing, and --ethtool finds it; --loaded says how
    long entries stay that no timeout explains, first --reap-lag, then --closing, then --half-open; --knees has the
    columns tracked, asymmetric, new and packets_per_second: shares of the packets, and new flows for each of them.

    Ctrl-C ends the simulation and says what is known so far.
    """
    with guarded(debug=debug):
        from sglint.output.simulation import render_csv, render_json, render_text
        from sglint.simulator.study import Question, answer

        render = {"text": render_text, "json": render_json, "csv": render_csv}
        where = outputs(ctx, formats, output, "text")
        if (traffic is None) == (not flow_logs):
            raise click.UsageError("give either --traffic PROFILE or --flow-logs PATH")
        if ethtool and allowance is not None:
            raise click.UsageError("--allowance and --ethtool both say what the allowance is; give one of them")
        question = Question(
            traffic,
            flow_logs,
            engine,
            instance_type,
            allowance,
            ethtool,
            loaded,
            knees,
            tcp_established,
            udp,
            udp_stream,
            _given("--reap-lag", reap_lag),
            _given("--closing", closing),
            _given("--half-open", half_open),
            _given("--stream-after", stream_after),
            tuple(map(_share, shares)),
            bandwidth,
            packet_rate,
            minimum,
            headroom,
            price,
            flows,
            seed,
        )
        with _watched() as progress:
            found = answer(question, progress)
        for note in found.notes:
            tell(f"flow logs: {clean(note)}")
        for one in where:
            write(one, render[one.format](found))
        stopped = any(not run.complete for outcome in (found.today, found.advised) if outcome for run in outcome.runs)
        ctx.exit(130 if stopped else 0)


def _share(written: str) -> tuple[str, tuple[float, ...]]:
    name, equals, numbers = written.rpartition("=")
    values = _numbers(numbers)
    if not equals or not 1 <= len(values) <= 3:
        raise SglintError(f"--share {written} is not CLASS=TRACKED,AUTOMATIC,ASYMMETRIC with shares from 0 to 1")
    return name, values


def _given(option: str, written: str | None) -> float | tuple[float, float] | None:
    if written is None:
        return None
    match _numbers(written):
        case (value,):
            return value
        case (least, most):
            return least, most
        case _:
            raise SglintError(f"{option} {written} is neither a number nor two, like 0,20")


def _numbers(written: str) -> tuple[float, ...]:
    """
    Return the numbers that are written with commas between them, none where there is something else.
    """
    try:
        return tuple(float(one) for one in written.split(","))
    except ValueError:
        return ()


@contextmanager
def _watched() -> Iterator[Callable[[float], bool]]:
    """
    Give what shows the progress on a terminal, and says to stop after Ctrl-C.
    """
    stopped: list[int] = []
    terminal, shown = sys.stderr.isatty(), [-1]

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 -- the signature of a handler
        stopped.append(number)

    def progress(done: float) -> bool:
        part = int(done * 100)
        if terminal and part != shown[0]:
            shown[0] = part
            click.echo(f"\rsimulating {part:3} %", err=True, nl=False)
        return not stopped

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield progress
    finally:
        signal.signal(signal.SIGINT, before)
        if terminal and shown[0] >= 0:
            click.echo("\r" + " " * 20 + "\r", err=True, nl=False)
