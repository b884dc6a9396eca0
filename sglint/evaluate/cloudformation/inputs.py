"""
The parameters that are given on the command line: single values, and files of them.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from pathlib import Path

from sglint.evaluate.cloudformation.parameter_file import read_parameters
from sglint.evaluate.cloudformation.parameters import Given, Parameters
from sglint.source import Problem, SglintError, Tree, read


def given_parameters(values: Iterable[str], files: Iterable[str], *, defaults: bool) -> tuple[Parameters, tuple[Problem, ...]]:
    """
    Return what is given for parameters, and what is wrong in the files; single values win, and of files the last.

    A value is written NAME=VALUE; the files may lie anywhere.
    """
    found: dict[str, Given] = {}
    problems: list[Problem] = []
    for name in files:
        source = read(Tree(str(Path.cwd()), (str(Path(name).resolve().parent),)), name)
        if isinstance(source, Problem):
            raise SglintError(f"--parameter-file {name}: {source.message}")
        given, wrong = read_parameters(source)
        found.update(given)
        problems += wrong
    for text in values:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise SglintError(f"--parameter {text}: write NAME=VALUE")
        found[name.strip()] = Given(value)
    return Parameters(found, defaults), tuple(problems)


def undeclared(parameters: Parameters, declared: Container[str]) -> Iterator[Problem]:
    """
    Yield the values given for parameters that there are not; what AWS defines itself needs no declaration.
    """
    for name, given in parameters.values.items():
        if name not in declared and not name.startswith("AWS::"):
            message = f"no template here declares the parameter {name}"
            yield Problem(message, given.span, "see how it is spelt", hides=False)
