"""
`sglint fix`: write the changes that make findings go away, with their proof.
"""

from __future__ import annotations

import click

from sglint.cli.options import Ordered, guarded, outputs, shared, stop, tell, write
from sglint.output.plain import clean
from sglint.request import Request


@click.command(cls=Ordered)
@shared
@click.option("--select", multiple=True, metavar="RULE", help="Only what these rules find. Default: all but notes.")
@click.option("--interface", "interfaces", multiple=True, metavar="ADDRESS", help="Only what is found about these, notes too.")
@click.option(
    "--from",
    "allowed",
    multiple=True,
    metavar="CIDR",
    help="Who may come in where everyone does for nothing, or the internet does: narrow the rules to them.",
)
@click.option(
    "--acl-rules",
    "most",
    type=click.IntRange(1, 40),
    default=20,
    metavar="N",
    help="The rules that a network ACL can have in one direction. Default: 20, the quota where it is not raised; 40 at most.",
)
@click.option("--unsafe", is_flag=True, help="Also changes by which something can newly reach an interface.")
@click.option("--write", "writes", is_flag=True, help="Change the files, each whole or not at all.")
@click.option(
    "--rules",
    multiple=True,
    type=click.Path(),
    metavar="DIR",
    help="Rules of your own; they must not find more after a change.",
)
@click.pass_context
def fix(  # noqa: PLR0913 -- click passes every option
    ctx: click.Context,
    *,
    wanted: Request,
    output: tuple[str, ...],
    color: str,  # noqa: ARG001 -- every command has it
    select: tuple[str, ...],
    interfaces: tuple[str, ...],
    allowed: tuple[str, ...],
    most: int,
    unsafe: bool,
    writes: bool,
    rules: tuple[str, ...],
) -> None:
    """
    Print a unified diff that makes findings go away, as `git apply` takes it, or make the change with --write.

    Each change is judged again: what it fixes, that nothing else is found, that no other interface's flows change, and what
    can newly reach which interface. A change by which something can is printed with --unsafe only. What that is, the
    order of deployment, and what cannot be changed and why, goes to standard error. Who may come in is not in the text: what
    is open for nothing, or to the internet, is narrowed to --from.

    Exit codes: 1 when something that was chosen is left as it is; otherwise 2 when part of the network could not be read, the
    command was wrong, or a file cannot be written; otherwise 0.
    """
    with guarded(debug=wanted.debug):
        from dataclasses import replace
        from pathlib import Path

        from sglint.cli.check import names
        from sglint.fix import fix as fixed
        from sglint.fix import ranges
        from sglint.fix.apply import written
        from sglint.rule import choose, load

        peers = ranges(names(allowed))
        known = load([Path(one) for one in rules])
        chosen = [one.slug for one in choose(known, names(select), ())] if select else []
        wanted = replace(wanted, selected=bool(select))
        where = outputs(ctx, (), output, "diff")[0]
        result = fixed(wanted, known, select=chosen, interfaces=interfaces, unsafe=unsafe, allowed=peers, most=most)
        failed = written(result) if writes else ""
        if failed:
            stop(failed)
        for line in result.told():
            tell(clean(line))
        if not writes:
            write(where, result.diff)
        ctx.exit(1 if not result.complete else 2 if result.hides else 0)
