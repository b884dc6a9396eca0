"""
Says which flows EC2 connection tracking will track, from the Terraform, before it is deployed.

    >>> import sglint
    >>> sglint.lint(["fixtures/stacks/clean"]).findings
    ()

`lint` and `inspect` do what the commands `check` and `inspect` do; what they return is in `sglint.finding` and `sglint.model`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike, fspath
from types import MappingProxyType

from sglint.finding import Report
from sglint.model import Network

__version__ = "0.1.0"
__all__ = ["__version__", "inspect", "lint"]

NOTHING: Mapping[str, str] = MappingProxyType({})


def lint(
    paths: Iterable[str | PathLike[str]] = (),
    *,
    variables: Mapping[str, str] = NOTHING,
    variable_files: Iterable[str] = (),
    workspace: str | None = None,
    plan: str | PathLike[str] | None = None,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
) -> Report:
    """
    Return what the rules find in the root modules among the paths, the current folder when there are none.

    `plan` is a file of `terraform show -json`, of the one root module among the paths.
    """
    from sglint.pipeline import lint as run
    from sglint.pipeline import request
    from sglint.rule import choose, load

    rules = load()
    wanted = request(
        [fspath(path) for path in paths], variables, variable_files, workspace, None if plan is None else fspath(plan)
    )
    return run(wanted, choose(rules, select, ignore), rules)


def inspect(
    paths: Iterable[str | PathLike[str]] = (),
    *,
    variables: Mapping[str, str] = NOTHING,
    variable_files: Iterable[str] = (),
    workspace: str | None = None,
    plan: str | PathLike[str] | None = None,
) -> tuple[Network, ...]:
    """
    Return the network of each root module among the paths, the current folder when there are none.

    `plan` is a file of `terraform show -json`, of the one root module among the paths.
    """
    from sglint.pipeline import judge, request

    wanted = request(
        [fspath(path) for path in paths], variables, variable_files, workspace, None if plan is None else fspath(plan)
    )
    return tuple(one.network for one in judge(wanted).judged)
