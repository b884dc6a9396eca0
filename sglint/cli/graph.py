"""
`sglint graph`: the network itself.
"""

from __future__ import annotations

import click

from sglint.cli.options import Ordered, guarded, outputs, shared, tell, write
from sglint.request import Request


@click.command(cls=Ordered)
@shared
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["json", "dot", "graphml", "mermaid"]),
    help="Each with an --output after it. Default: mermaid.",
)
@click.pass_context
def graph(
    ctx: click.Context,
    *,
    wanted: Request,
    output: tuple[str, ...],
    color: str,  # noqa: ARG001 -- the formats have no colour
    formats: tuple[str, ...],
) -> None:
    """
    Write the network: interfaces, security groups, subnets, route tables, and where these lead.

    PATHS are folders (searched for root modules and templates) or files (which stand for their root modules and templates);
    the default is the current folder.

    Exit codes: 2 when part of the network could not be read, or the command was wrong; otherwise 0.
    """
    with guarded(debug=wanted.debug):
        from sglint.graph import build, graphml
        from sglint.output.graph import render_dot, render_json, render_mermaid
        from sglint.output.plain import clean
        from sglint.pipeline import judge

        render = {"json": render_json, "dot": render_dot, "graphml": graphml, "mermaid": render_mermaid}
        where = outputs(ctx, formats, output, "mermaid")
        found = judge(wanted)
        graphs = [build(one.network) for one in found.judged]
        for one in where:
            write(one, render[one.format](graphs))
        for problem in found.problems:
            tell(clean(f"problem: {problem.span or ''} {problem.message}"))
        ctx.exit(2 if any(problem.hides for problem in found.problems) else 0)
