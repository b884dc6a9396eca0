"""
What is given for templates: on the command line single parameters and files of them, and what the configuration says.
"""

from __future__ import annotations

import posixpath
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from sglint.config import Configuration
from sglint.evaluate.cloudformation.parameter_file import read_parameters
from sglint.evaluate.cloudformation.parameters import Given, Parameters
from sglint.evaluate.cloudformation.references import PSEUDO
from sglint.evaluate.cloudformation.template import Template, Templates
from sglint.source import NOTHING, Overlay, Problem, SglintError, Source, Tree, displayed, read, read_bytes, real_path

_AWS = "AWS::"


def parameter_files(names: Iterable[str], over: Overlay = NOTHING) -> tuple[Source, ...]:
    """
    Return the text of each file given with `--parameter-file`, which may lie anywhere.
    """
    found: list[Source] = []
    for name in names:
        source = read(Tree(str(Path.cwd()), (posixpath.dirname(real_path(over, name)),), over), name)
        if isinstance(source, Problem):
            raise SglintError(f"--parameter-file {name}: {source.message}")
        found.append(source)
    return tuple(found)


def given_parameters(
    values: Iterable[str], files: Iterable[Source], *, defaults: bool
) -> tuple[Parameters, tuple[Problem, ...]]:
    """
    Return what is given for parameters, and what is wrong in the files; single values win, and of files the last.

    A value is written NAME=VALUE.
    """
    found: dict[str, Given] = {}
    problems: list[Problem] = []
    for source in files:
        given, wrong = read_parameters(source)
        found.update(given)
        problems += wrong
    for text in values:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise SglintError(f"--parameter {text}: write NAME=VALUE")
        found[name.strip()] = Given(value)
    return Parameters(found, defaults), tuple(problems)


def configured(parameters: Parameters, said: Configuration, tree: Tree) -> Parameters:
    """
    Return the parameters with what the configuration says beside them; what was given already wins.
    """
    templates: dict[str, dict[str, Given]] = {}
    for (path, name), one in said.of("cloudformation.templates.*.parameters.*"):
        given = parameters.values.get(name, Given(one.value, one.span))
        templates.setdefault(displayed(tree, said.resolve(path)), {})[name] = given
    values = {name: Given(one.value, one.span) for (name,), one in said.of("cloudformation.parameters.*")}
    stacks = {displayed(tree, said.resolve(path)): one.value for (path,), one in said.of("cloudformation.templates.*.stack")}
    nested = {url: displayed(tree, said.resolve(one.value)) for (url,), one in said.of("cloudformation.nested.*")}
    return replace(parameters, values={**values, **parameters.values}, templates=templates, stacks=stacks, nested=nested)


def misconfigured(said: Configuration, library: Templates) -> Iterator[Problem]:
    """
    Yield what the configuration says about templates that cannot be read, and about parameters that a scanned one has not.
    """
    for (path, *names), one in (
        *said.of("cloudformation.templates.*.parameters.*"),
        *said.of("cloudformation.templates.*.stack"),
        *(((one.value,), one) for _, one in said.of("cloudformation.nested.*")),
    ):
        content = read_bytes(library.tree, said.resolve(path))
        if isinstance(content, Problem):
            yield Problem(content.message, one.span, f"{said.path} names it", hides=False)
        elif names and real_path(library.tree.overlay, said.resolve(path)) in library.scanned:
            found = library.load(said.resolve(path))
            if isinstance(found, Template) and names[0] not in found.parameters and not names[0].startswith(_AWS):
                yield Problem(f"{found.path} has no parameter {names[0]}", one.span, "see how it is spelt", hides=False)


def undeclared(parameters: Parameters, declared: Container[str], unless: str = "") -> Iterator[Problem]:
    """
    Yield the values given for parameters that there are not; what AWS defines itself needs no declaration.

    What the file `unless` gives may be for templates that are not looked at.
    """
    for name, given in parameters.values.items():
        if name.startswith(_AWS) and name not in PSEUDO:
            yield Problem(f"there is no pseudo parameter {name}", given.span, f"one of {', '.join(PSEUDO)}", hides=False)
        elif name not in declared and not name.startswith(_AWS) and (given.span is None or given.span.path != unless):
            message = f"no template here declares the parameter {name}"
            yield Problem(message, given.span, "see how it is spelt", hides=False)
