"""
`sglint check`: find the flows that need not be tracked.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from sglint import __version__
from sglint.cli.options import Ordered, colored, guarded, outputs, rule_names, shared, write
from sglint.request import Request

LEVELS = ["error", "warning", "note", "never"]
FORMATS = ["text", "json", "sarif", "junit", "github", "gitlab", "markdown"]


@click.command(cls=Ordered)
@shared
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(FORMATS),
    help="May be repeated, each with an --output after it. Default: text.",
)
@click.option("--fail-on", type=click.Choice(LEVELS), help="Exit with 1 from here on. Default: warning.")
@click.option("--maybe/--no-maybe", default=None, help="Also show what may hold, depending on values that are not known.")
@click.option("--select", multiple=True, metavar="RULE", shell_complete=rule_names, help="Only these rules.")
@click.option("--ignore", multiple=True, metavar="RULE", shell_complete=rule_names, help="Not these rules.")
@click.option("--fixes", is_flag=True, help="Also look for changes of the files, as sglint fix does, and judge each: slow.")
@click.option("--rules", multiple=True, type=click.Path(path_type=Path), metavar="DIR", help="Rules of your own.")
@click.option("--baseline", metavar="FILE", help="Findings that sglint baseline has listed there do not fail the run.")
@click.option("--diff", metavar="REV", help="Compare with where HEAD left this revision of git; only new findings count.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="How many processes. Default: as many as pay.")
@click.option("--cache/--no-cache", default=True, help="Do not judge again what has not changed. Default: --cache.")
@click.pass_context
def check(  # noqa: PLR0913 -- click passes every option
    ctx: click.Context,
    *,
    wanted: Request,
    output: tuple[str, ...],
    color: str,
    formats: tuple[str, ...],
    fail_on: str | None,
    maybe: bool | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fixes: bool,
    rules: tuple[Path, ...],
    baseline: str | None,
    diff: str | None,
    jobs: int | None,
    cache: bool,
) -> None:
    """
    Find interfaces behind a transit gateway or Gateway Load Balancer whose security groups make EC2 track their flows.

    PATHS are folders (searched for root modules and templates) or files (which stand for their root modules and templates);
    the default is the current folder.

    Exit codes: 1 when there is a certain finding at or above --fail-on; otherwise 2 when part of the network could not
    be read, or the command was wrong; otherwise 0.
    """
    with guarded(debug=wanted.debug):
        from sglint.cache import user_folder
        from sglint.config import configuration
        from sglint.finding import Severity
        from sglint.output.formats import Shown, render
        from sglint.pipeline import lint
        from sglint.rule import choose, load

        where = outputs(ctx, formats, output, "text")
        known = load(rules)
        chosen = choose(known, names(select), names(ignore))
        if diff is not None and wanted.plan is not None:
            raise click.UsageError("--plan says itself what changes; give it without --diff")
        wanted = replace(wanted, baseline=baseline, selected=bool(select), jobs=jobs)
        used = replace(wanted, cache=user_folder() if cache else "")
        if diff is None:
            report = lint(used, chosen, known)
        else:
            from sglint.compared import compare

            report = compare(wanted, chosen, known, diff)
        if fixes and wanted.plan is None:
            from sglint.fix import fixed_findings

            report = replace(report, findings=fixed_findings(wanted, known, report.findings))
        said = configuration(wanted.config, base=str(Path.cwd()), root=wanted.root)
        fail_on = fail_on or said.text("fail-on")
        maybe = said.text("maybe") == "true" if maybe is None else maybe
        threshold = None if fail_on == "never" else Severity(fail_on)
        for one in where:
            shown = Shown(known, __version__, threshold, maybe=maybe, color=colored(color, one))
            write(one, render(report, one.format, shown))
        ctx.exit(report.exit_code(threshold))


def names(values: tuple[str, ...]) -> tuple[str, ...]:
    """
    Return the names of rules, which may be separated by commas.
    """
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())
