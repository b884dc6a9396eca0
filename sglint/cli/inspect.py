"""
`sglint inspect`: what every interface's flows are, and why.
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
@click.pass_context
def inspect(
    ctx: click.Context,
    *,
    wanted: Request,
    output: tuple[str, ...],
    color: str,
    formats: tuple[str, ...],
    address: str | None,
) -> None:
    """
    Show for every interface where its routes lead, what its flows are, and why.

    PATHS are folders (searched for root modules and templates) or files (which stand for their root modules and templates);
    the default is the current folder.

    Exit codes: 2 when part of the network could not be read, or the command was wrong; otherwise 0.
    """
    with guarded(debug=wanted.debug):
        from sglint.output.inspect import only, render_json, render_text
        from sglint.pipeline import judge

        where = outputs(ctx, formats, output, "text")
        found = judge(wanted)
        networks = only(found.judged, address)
        for one in where:
            if one.format == "json":
                write(one, render_json(networks, found.problems))
            else:
                write(one, render_text(networks, found.problems, color=colored(color, one)))
        ctx.exit(2 if any(problem.hides for problem in found.problems) else 0)
