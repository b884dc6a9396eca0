"""
`sglint inspect`: what every interface's flows are, and why; and the ways of one flow, hop by hop.
"""

from __future__ import annotations

import click

from sglint.cli.options import Ordered, colored, guarded, outputs, shared, write
from sglint.request import Request


@click.command(cls=Ordered)
@shared
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["text", "json"]),
    help="Each with an --output after it. Default: text.",
)
@click.option("--interface", "address", metavar="ADDRESS", help="Only this interface.")
@click.option("--to", "peer", metavar="CIDR", help="Follow what the interface opens to this address, and its replies.")
@click.option("--from", "sender", metavar="CIDR", help="Follow what comes from this address, and the replies to it.")
@click.option("--protocol", type=click.Choice(["tcp", "udp", "icmp", "other"]), help="With --to or --from. Default: tcp.")
@click.option("--port", metavar="PORT", help="With --to or --from: the port that is asked for, or a range. Default: all.")
@click.pass_context
def inspect(
    ctx: click.Context,
    /,
    *,
    wanted: Request,
    output: tuple[str, ...],
    color: str,
    formats: tuple[str, ...],
    address: str | None,
    **asked: str | None,
) -> None:
    """
    Show for every interface where its routes lead, what its flows are, and why.

    With --to or --from, follow one flow of one interface hop by hop, there and back.

    PATHS are folders (searched for root modules and templates) or files (which stand for their root modules and templates);
    the default is the current folder.

    Exit codes: 2 when part of the network could not be read, or the command was wrong; otherwise 0.
    """
    with guarded(debug=wanted.debug):
        from sglint.output import inspect as all_of_it
        from sglint.output import journey
        from sglint.pipeline import judge

        where = outputs(ctx, formats, output, "text")
        flow = journey.flow_of(asked["peer"], asked["sender"], asked["protocol"], asked["port"])
        found = judge(wanted)
        networks = all_of_it.only(found.judged, address)
        answers = None if flow is None else journey.ask(networks, flow)
        for one in where:
            shown = colored(color, one)
            if answers is None and one.format == "json":
                write(one, all_of_it.render_json(networks, found.problems))
            elif answers is None:
                write(one, all_of_it.render_text(networks, found.problems, color=shown))
            elif one.format == "json":
                write(one, journey.render_json(answers, found.problems))
            else:
                write(one, journey.render_text(answers, found.problems, color=shown))
        ctx.exit(2 if any(problem.hides for problem in found.problems) else 0)
