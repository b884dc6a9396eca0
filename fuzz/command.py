"""
Commands run in this process.
"""

from __future__ import annotations

from click.testing import CliRunner

from sglint.cli import main


def said(*arguments: str) -> str:
    """
    Return the exit code and all that a command writes; an exception that comes out of it goes on.
    """
    done = CliRunner().invoke(main, arguments, catch_exceptions=False)
    return f"{done.exit_code}\n{done.output}"
