"""
Says which flows EC2 connection tracking will track, from the Terraform, before it is deployed.

    >>> import sglint
    >>> sglint.lint(["fixtures/stacks/clean"]).findings
    ()

`lint` and `inspect` do what the commands `check` and `inspect` do; what they return is in `sglint.finding` and `sglint.model`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike
from types import MappingProxyType

from sglint.finding import Report
from sglint.model import Network
from sglint.request import request

__version__ = "0.1.0"
__all__ = ["__version__", "inspect", "lint"]

NOTHING: Mapping[str, str] = MappingProxyType({})


def lint(  # noqa: PLR0913 -- one keyword for each thing that can be given
    paths: Iterable[str | PathLike[str]] = (),
    *,
    variables: Mapping[str, str] = NOTHING,
    variable_files: Iterable[str] = (),
    workspace: str | None = None,
    plan: str | PathLike[str] | None = None,
    parameters: Mapping[str, str] = NOTHING,
    parameter_files: Iterable[str] = (),
    config: str | PathLike[str] | None = None,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
) -> Report:
    """
    Return what the rules find in the root modules and templates among the paths, the current folder when there are none.

    `plan` is a file of `terraform show -json`, of the one root module among the paths. `config` is the file of the
    configuration, else the nearest one from the current folder upwards.
    """
    from sglint.pipeline import lint as run
    from sglint.rule import choose, load

    rules = load()
    wanted = request(
        paths,
        variables=variables,
        variable_files=variable_files,
        workspace=workspace,
        plan=plan,
        parameters=parameters,
        parameter_files=parameter_files,
        config=config,
    )
    return run(wanted, choose(rules, select, ignore), rules)


def inspect(  # noqa: PLR0913 -- one keyword for each thing that can be given
    paths: Iterable[str | PathLike[str]] = (),
    *,
    variables: Mapping[str, str] = NOTHING,
    variable_files: Iterable[str] = (),
    workspace: str | None = None,
    plan: str | PathLike[str] | None = None,
    parameters: Mapping[str, str] = NOTHING,
    parameter_files: Iterable[str] = (),
    config: str | PathLike[str] | None = None,
) -> tuple[Network, ...]:
    """
    Return the network of each root module and template among the paths, the current folder when there are none.

    `plan` is a file of `terraform show -json`, of the one root module among the paths. `config` is the file of the
    configuration, else the nearest one from the current folder upwards.
    """
    from sglint.pipeline import judge

    wanted = request(
        paths,
        variables=variables,
        variable_files=variable_files,
        workspace=workspace,
        plan=plan,
        parameters=parameters,
        parameter_files=parameter_files,
        config=config,
    )
    return tuple(one.network for one in judge(wanted).judged)
