"""
The values of root variables: where Terraform looks for them, and which one wins.

The order, later ones winning: `terraform.tfvars`, `terraform.tfvars.json`, `*.auto.tfvars` and `*.auto.tfvars.json` by name,
then `--var` and `--var-file` in the order given.
"""

from __future__ import annotations

import posixpath
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from sglint import syntax
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.expressions import evaluate_expression
from sglint.evaluate.terraform.files import nothing
from sglint.evaluate.terraform.module import Library, Module
from sglint.evaluate.terraform.run import Given
from sglint.evaluate.terraform.scope import Nowhere, Scope
from sglint.evaluate.terraform.types import ANY, STRING, Type, parse_type
from sglint.parse import parse, parse_expression
from sglint.source import Problem, SglintError, Source, Tree, list_files, read
from sglint.syntax import Document
from sglint.value import Unknown, Value

Assignment: TypeAlias = tuple[Literal["var", "file"], str]
"""`("var", "name=value")` or `("file", path)`."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """
    What the person who runs sglint says about the configuration.

    `assignments` are in the order given; `workspace` is `terraform.workspace`.
    """

    assignments: tuple[Assignment, ...] = ()
    workspace: str | None = None


def variable_files(inputs: Inputs) -> dict[str, Source]:
    """
    Return the text of each file given with `--var-file`, which may lie anywhere.
    """
    found: dict[str, Source] = {}
    for name in (text for kind, text in inputs.assignments if kind == "file"):
        source = read(Tree(str(Path.cwd()), (str(Path(name).resolve().parent),)), name)
        if isinstance(source, Problem):
            raise SglintError(f"--var-file {name}: {source.message}")
        found[name] = source
    return found


def undeclared(inputs: Inputs, declared: Container[str]) -> Iterator[Problem]:
    """
    Yield the values given with `--var` for variables that there are not.
    """
    for name in (text.partition("=")[0].strip() for kind, text in inputs.assignments if kind == "var"):
        if name not in declared:
            message = f"--var {name}: no root module here declares this variable"
            yield Problem(message, hint="see how it is spelt", hides=False)


def given_values(
    library: Library, directory: str, module: Module, inputs: Inputs, named: Mapping[str, Source]
) -> tuple[dict[str, Given], list[Problem]]:
    """
    Return the values given to the variables of the root module in `directory`, and what could not be read of them.

    `named` holds the text of each file of `--var-file`.
    """
    found: dict[str, Given] = {}
    problems: list[Problem] = []
    for path in _automatic(list_files(library.tree, directory)):
        source = read(library.tree, path)
        if isinstance(source, Problem):
            problems.append(source)
            _spoil(source, module, found)
        else:
            _take(parse(source), module, found, problems)
    for kind, text in inputs.assignments:
        if kind == "file":
            _take(parse(named[text]), module, found, problems)
        else:
            _assign(text, module, found)
    return found, problems


def _automatic(paths: tuple[str, ...]) -> list[str]:
    by_name = {posixpath.basename(path): path for path in paths}
    first = [by_name[name] for name in ("terraform.tfvars", "terraform.tfvars.json") if name in by_name]
    rest = [by_name[name] for name in sorted(by_name) if name.endswith((".auto.tfvars", ".auto.tfvars.json"))]
    return first + rest


def _spoil(problem: Problem, module: Module, found: dict[str, Given]) -> None:
    """Note that a file which could not be read may give any variable a value."""
    found.update(dict.fromkeys(module.variables, Given(Unknown(problem.message, problem.span), problem.span)))


def _take(document: Document, module: Module, found: dict[str, Given], problems: list[Problem]) -> None:
    problems.extend(document.problems)
    if document.problems and (document.path.endswith(".json") or not document.attributes):
        _spoil(document.problems[0], module, found)
    for attribute in document.attributes:
        try:
            value = evaluate_expression(attribute.expr, Scope(Nowhere(nothing(), "a variable file")))
        except EvaluationError as error:
            problems.append(Problem(error.message, error.span or attribute.span))
            value = Unknown(error.message, error.span or attribute.span)
        found[attribute.name] = Given(value, attribute.expr.span)
    problems.extend(
        Problem(f"a variable file cannot contain a {block.type} block", block.header, "write name = value")
        for block in document.blocks
    )


def _assign(text: str, module: Module, found: dict[str, Given]) -> None:
    name, equals, value = text.partition("=")
    name = name.strip()
    if not equals or not name:
        raise SglintError(f"--var {text} is not of the form name=value")
    block = module.variables.get(name)
    if block is not None:
        found[name] = Given(_from_text(name, value, _declared(block)), None)


def _declared(block: syntax.Block) -> Type:
    attribute = block.attribute("type")
    if attribute is None:
        return ANY
    try:
        return parse_type(attribute.expr)
    except EvaluationError:
        return ANY


def _from_text(name: str, text: str, type_: Type) -> Value:
    """
    A value on the command line is text for a string variable (or one without a type), and an expression for any other.
    """
    if type_ in (STRING, ANY):
        return text
    expr, problems = parse_expression(Source(f"--var {name}", text))
    try:
        if problems:
            raise SglintError(f"--var {name}: {problems[0].message}")
        return evaluate_expression(expr, Scope(Nowhere(nothing(), "a variable file")))
    except EvaluationError as error:
        raise SglintError(f"--var {name}: {error.message}") from None
