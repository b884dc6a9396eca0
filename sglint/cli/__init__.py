"""
The command line. Each command is one file; what does the work is imported only when it is needed.
"""

from __future__ import annotations

import gc

import click

from sglint import __version__
from sglint.cli.baseline import baseline
from sglint.cli.check import check
from sglint.cli.config import config
from sglint.cli.explain import explain
from sglint.cli.fix import fix
from sglint.cli.graph import graph
from sglint.cli.help import Listed
from sglint.cli.inspect import inspect
from sglint.cli.report import report
from sglint.cli.simulate import simulate
from sglint.cli.version import version

COLLECT = (1_000_000, 10, 100)
"""
How seldom Python looks for objects that only refer to each other.

Nearly all that a run makes stays until its end, and looking through it takes a sixth of the time.
"""


@click.group(
    cls=Listed,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="sglint COMMAND --help says more, with examples. In CI: docs/ci.md.",
)
@click.version_option(__version__, prog_name="sglint")
def main() -> None:
    """
    Say which flows EC2 connection tracking will track, from Terraform and CloudFormation, before it is deployed.
    """
    gc.set_threshold(*COLLECT)


main.add_command(check)
main.add_command(baseline)
main.add_command(report)
main.add_command(inspect)
main.add_command(explain)
main.add_command(fix)
main.add_command(graph)
main.add_command(simulate)
main.add_command(config)
main.add_command(version)

__all__ = ["main"]
