"""
`sglint baseline`: accept the findings that there are, so that only new ones fail.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from sglint.cli.check import names
from sglint.cli.options import STANDARD, Ordered, Output, guarded, rule_names, shared, tell, write
from sglint.request import Request


@click.command(cls=Ordered)
@shared
@click.option("--prune", is_flag=True, help="Take off the list what is not there anymore, and add nothing.")
@click.option("--maybe", is_flag=True, help="Also list what may hold, depending on values that are not known.")
@click.option("--select", multiple=True, metavar="RULE", shell_complete=rule_names, help="Only these rules.")
@click.option("--ignore", multiple=True, metavar="RULE", shell_complete=rule_names, help="Not these rules.")
@click.option("--rules", multiple=True, type=click.Path(path_type=Path), metavar="DIR", help="Rules of your own.")
@click.pass_context
def baseline(
    ctx: click.Context,
    /,
    *,
    wanted: Request,
    output: tuple[str, ...],
    color: str,  # noqa: ARG001 -- what is written has no colour
    prune: bool,
    maybe: bool,
    **chosen: tuple[str, ...],
) -> None:
    """
    List the findings that there are in a file, which `check --baseline FILE` sets aside: only new ones fail then.

    The file has a line for each finding and no line numbers, so that git merges it. It goes to the --output FILE, or to
    sglint-baseline.jsonl. What it lists of other folders than PATHS, and of other rules than the selected ones, stays.

    Exit codes: 2 when part of the network could not be read, or the command was wrong; otherwise 0.
    """
    with guarded(debug=wanted.debug):
        from sglint.baseline import NAME, render
        from sglint.compared import relisted
        from sglint.rule import choose, load

        if len(output) > 1:
            raise click.UsageError(f"the list goes to one --output, and {output[1]} is a second one")
        path = output[0] if output else NAME
        known = load(tuple(Path(one) for one in chosen["rules"]))
        rules = choose(known, names(chosen["select"]), names(chosen["ignore"]))
        wanted = replace(wanted, selected=bool(chosen["select"]))
        entries, report = relisted(wanted, rules, known, path, prune=prune, maybe=maybe)
        write(Output("baseline", None if path in STANDARD else path), render(entries))
        if path not in STANDARD:
            tell(f"wrote {path}: {len(entries)} {'finding' if len(entries) == 1 else 'findings'}")
        hiding = sum(problem.hides for problem in report.problems)
        if hiding:
            said = "1 problem" if hiding == 1 else f"{hiding} problems"
            tell(f"{said}: part of the network is missing, and so are its findings; sglint check says why")
        ctx.exit(2 if hiding else 0)
