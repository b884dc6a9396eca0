"""
`sglint report`: one page for those who decide.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from sglint import __version__
from sglint.cli.check import LEVELS, names
from sglint.cli.options import STANDARD, Ordered, Output, guarded, shared, tell, write
from sglint.request import Request

MOST_FIXES = 25
LARGE = 10_000
"""Each look for a fix judges the whole network again; in this many resources one is looked for."""


@click.command(cls=Ordered)
@shared
@click.option(
    "--traffic", metavar="PROFILE", help="The profile of the traffic to project: a bundled one, or the file of your own."
)
@click.option(
    "--fixes",
    type=click.IntRange(0),
    metavar="N",
    help="For how many findings to look for a fix, those first that save most. Default: 25, fewer in a large network.",
)
@click.option("--fail-on", type=click.Choice(LEVELS), default="never", show_default=True, help="Exit with 1 from here on.")
@click.option("--select", multiple=True, metavar="RULE", help="Only these rules.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Not these rules.")
@click.option("--rules", multiple=True, type=click.Path(path_type=Path), metavar="DIR", help="Rules of your own.")
@click.option("--baseline", metavar="FILE", help="Findings that sglint baseline has listed there are shown last.")
@click.pass_context
def report(  # noqa: PLR0913 -- click passes every option
    ctx: click.Context,
    *,
    wanted: Request,
    output: tuple[str, ...],
    color: str,  # noqa: ARG001 -- the page follows the reader's choice of light or dark
    traffic: str | None,
    fixes: int | None,
    fail_on: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    rules: tuple[Path, ...],
    baseline: str | None,
) -> None:
    """
    Write a page of HTML: what to change, where, what that saves and exposes; every interface and its flows; what is not known.

    The page is one file that fetches nothing. It goes to report.html, or to the --output FILE, where - is standard output.

    PATHS are folders (searched for root modules and templates) or files (which stand for their root modules and templates);
    the default is the current folder.

    Exit codes: 1 when there is a certain finding at or above --fail-on; otherwise 2 when part of the network could not
    be read, or the command was wrong; otherwise 0. Findings alone do not fail it: the page is there to be read.
    """
    with guarded(debug=wanted.debug):
        from sglint.finding import Severity
        from sglint.fix import fixed_findings
        from sglint.output import html
        from sglint.output.html import Pictures, charts, topology, with_fixes
        from sglint.pipeline import conclude, judge
        from sglint.rule import choose, load

        if len(output) > 1:
            raise click.UsageError(f"the page goes to one --output, and {output[1]} is a second one")
        path = output[0] if output else "report.html"
        known = load(rules)
        chosen = choose(known, names(select), names(ignore))
        wanted = replace(wanted, baseline=baseline, selected=bool(select))
        networks = judge(wanted)
        found = conclude(wanted, networks, chosen, known, traffic=traffic)
        most = affordable(found.seen.resources) if fixes is None else fixes
        if wanted.plan is None:
            found = with_fixes(found, most, lambda some: fixed_findings(wanted, known, some))
        pictures = Pictures(topology(networks.judged), charts(found, traffic))
        page = html.render(found, networks.judged, version=__version__, pictures=pictures, traffic=traffic)
        write(Output("html", None if path in STANDARD else path), page)
        if path not in STANDARD:
            tell(f"wrote {path}")
        if fixes is None and wanted.plan is None and most < min(MOST_FIXES, len(found.findings)):
            tell(f"fixes were looked for of {most or 'no'} findings, as the network is large; --fixes N looks for more")
        ctx.exit(found.exit_code(None if fail_on == "never" else Severity(fail_on)))


def affordable(resources: int) -> int:
    """
    Return for how many findings a fix is looked for, so that it takes about as long in a large network as in a small one.

    >>> affordable(78), affordable(2_000), affordable(40_000)
    (25, 5, 0)
    """
    return min(MOST_FIXES, LARGE // max(1, resources))
