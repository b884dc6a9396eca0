"""
`sglint version`: what a report of a bug needs to say.
"""

from __future__ import annotations

import platform
import re
import sys

import click

from sglint import __version__
from sglint.cli.help import Helped

_EXTRA = re.compile(r"""extra\s*==\s*["']([^"']+)["']""")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


@click.command(cls=Helped)
@click.option("--verbose", "-v", is_flag=True, help="Also of Python, the system and what sglint builds on.")
def version(*, verbose: bool) -> None:
    """
    Print the version; with --verbose what to put into a report of a bug.

    Exit codes: 0.
    """
    click.echo(f"sglint {__version__}")
    if not verbose:
        return
    click.echo(f"python {platform.python_version()} ({platform.python_implementation()})")
    click.echo(f"system {platform.system()} {platform.release()} {platform.machine()}")
    click.echo(f"installed in {sys.prefix}")
    for name, extra, found in dependencies():
        more = f" (for sglint[{extra}])" if extra else ""
        click.echo(f"{name} {found or 'is not installed'}{more}")


def dependencies() -> list[tuple[str, str, str]]:
    """
    Return what sglint builds on: each name, the extra that asks for it, and its version, if it is there.
    """
    from importlib.metadata import PackageNotFoundError, requires
    from importlib.metadata import version as installed

    try:
        wanted = requires("sglint") or []
    except PackageNotFoundError:
        return []
    found = set()
    for one in wanted:
        name, extra = _NAME.match(one), _EXTRA.search(one)
        if name is not None:
            try:
                number = installed(name[0])
            except PackageNotFoundError:
                number = ""
            found.add((name[0].lower(), extra[1] if extra else "", number))
    return sorted(found, key=lambda row: (row[1], row[0]))
