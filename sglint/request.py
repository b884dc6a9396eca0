"""
What to look at: the one value that the command line and programs hand to the pipeline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from os import PathLike, fspath
from typing import Literal, TypeAlias

from sglint.deadline import Deadline
from sglint.frozen import frozen

Assignment: TypeAlias = tuple[Literal["var", "file", "env", "config"], str]
"""`("var", "name=value")`, `("file", path)`, or `("env", "name=value")` for `TF_VAR_name`; in the order given."""
Progress: TypeAlias = Callable[[int, int], None]
"""What is told how many root modules and templates are judged, and of how many."""


def silent(done: int, total: int) -> None:
    """
    Say nothing.
    """


@frozen
class Request:
    """
    The paths; for Terraform the variables, workspace and plan; for CloudFormation the parameters.

    `parameters` are written NAME=VALUE and win over `parameter_files`; without `defaults` the default of a template's parameter
    is not its value. Nothing is read outside of `root`. `config` is the file of the configuration, the nearest one when None.
    `overlay` is by absolute real path the text that a file is taken to have, None where it is taken to be missing.
    `progress` is told how far it is.
    `baseline` is the file that lists the findings which were there before, "" for none. When the rules are `selected` by
    the caller, the configuration selects and ignores none.
    `cache` is the folder in which is remembered what was found, "" for none.
    What is not read at the `deadline` is left out. `jobs` is in how many processes root modules and templates are judged, None
    for as many as there are processors where that pays.
    """

    paths: tuple[str, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    workspace: str | None = None
    plan: str | None = None
    parameters: tuple[str, ...] = ()
    parameter_files: tuple[str, ...] = ()
    defaults: bool = True
    root: str | None = None
    debug: bool = False
    config: str | None = None
    overlay: tuple[tuple[str, str | None], ...] = ()
    progress: Progress = field(default=silent, compare=False)
    baseline: str | None = None
    selected: bool = False
    deadline: Deadline | None = None
    jobs: int | None = 1
    cache: str = ""


def request(  # noqa: PLR0913 -- one keyword for each thing that can be given
    paths: Iterable[str | PathLike[str]],
    *,
    variables: Mapping[str, str],
    variable_files: Iterable[str],
    workspace: str | None,
    plan: str | PathLike[str] | None,
    parameters: Mapping[str, str],
    parameter_files: Iterable[str],
    config: str | PathLike[str] | None,
) -> Request:
    """
    Return what a program asks for: files of variables first, single variables win over them.
    """
    files: list[Assignment] = [("file", name) for name in variable_files]
    values: list[Assignment] = [("var", f"{name}={value}") for name, value in variables.items()]
    return Request(
        tuple(fspath(path) for path in paths),
        (*files, *values),
        workspace,
        None if plan is None else fspath(plan),
        tuple(f"{name}={value}" for name, value in parameters.items()),
        tuple(parameter_files),
        config=None if config is None else fspath(config),
    )
