"""
`sglint explain`: the page of a rule.
"""

from __future__ import annotations

from pathlib import Path

import click

from sglint.cli.help import Helped
from sglint.cli.options import guarded, rule_names, say


@click.command(cls=Helped)
@click.argument("rule", required=False, shell_complete=rule_names)
@click.option("--rules", multiple=True, type=click.Path(path_type=Path), metavar="DIR", help="Rules of your own.")
def explain(*, rule: str | None, rules: tuple[Path, ...]) -> None:
    """
    Print the page of RULE: what is wrong, why it matters, how to fix it, when not to. Without RULE, list the rules.
    """
    with guarded(debug=False):
        from sglint.rule import find, load

        known = load(rules)
        if rule is None:
            wide = max((len(one.slug) for one in known), default=0)
            say("".join(f"{one.slug:{wide}} {one.severity.value:8} {one.title}\n" for one in known))
            return
        found = find(known, rule)
        say(f"# {found.slug} ({found.severity.value}, since {found.since})\n\n{found.page}\n")
