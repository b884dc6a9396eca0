"""
`sglint config`: which values hold, and where each of them comes from.
"""

from __future__ import annotations

from pathlib import Path

import click

from sglint.cli.help import Helped
from sglint.cli.options import guarded, rule_names, say


@click.command(cls=Helped)
@click.option("--config", metavar="FILE", help="Configuration. Default: the nearest sglint.toml or pyproject.toml upwards.")
@click.option("--root", metavar="DIR", help="Nothing outside this folder is read. Default: the git work tree around it.")
@click.option("--fail-on", metavar="LEVEL", help="As with sglint check, which wins over the file.")
@click.option("--select", multiple=True, metavar="RULE", shell_complete=rule_names, help="As with sglint check.")
@click.option("--ignore", multiple=True, metavar="RULE", shell_complete=rule_names, help="As with sglint check.")
@click.option("--baseline", metavar="FILE", help="As with sglint check.")
@click.option("--workspace", metavar="NAME", help="As with sglint check.")
@click.option("--format", "formats", type=click.Choice(["text", "json"]), default="text", help="Default: text.")
@click.option("--debug", is_flag=True, help="Show where an internal error comes from.")
def config(*, config: str | None, root: str | None, formats: str, debug: bool, **given: str | tuple[str, ...] | None) -> None:
    """
    Show the values that hold for runs in this folder, each with where it comes from.

    Exit codes: 2 when the configuration or the command is wrong; otherwise 0.
    """
    with guarded(debug=debug):
        from sglint.config import configuration
        from sglint.config.effective import effective, render_json, render_text

        said = configuration(config, base=str(Path.cwd()), root=root)
        line: dict[str, tuple[str, ...]] = {}
        for name, value in given.items():
            if value:
                line[name.replace("_", "-")] = (value,) if isinstance(value, str) else value
        if "workspace" in line:
            line["terraform.workspace"] = line.pop("workspace")
        values = effective(said, line)
        say(render_json(said, values) if formats == "json" else render_text(said, values))
