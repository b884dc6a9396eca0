"""
The values of root variables: where Terraform looks for them, and which one wins.

The order, later ones winning: the environment when that is asked for, `terraform.tfvars`, `terraform.tfvars.json`,
`*.auto.tfvars` and `*.auto.tfvars.json` by name, then `--var` and `--var-file` in the order given.
"""

from __future__ import annotations

import posixpath
from collections.abc import Container, Iterator, Mapping
from pathlib import Path

from sglint import syntax
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.expressions import evaluate_expression
from sglint.evaluate.terraform.files import nothing
from sglint.evaluate.terraform.module import Library, Module
from sglint.evaluate.terraform.run import Given
from sglint.evaluate.terraform.scope import Nowhere, Scope
from sglint.evaluate.terraform.types import Primitive, parse_type
from sglint.frozen import frozen
from sglint.parse import parse, parse_expression
from sglint.request import Assignment
from sglint.source import NOTHING, Overlay, Problem, SglintError, Source, Tree, list_files, read, real_path
from sglint.syntax import Document
from sglint.value import Unknown, Value


@frozen
class Inputs:
    """
    What the person who runs sglint says about the configuration.

    `assignments` are in the order given; `workspace` is `terraform.workspace`.
    """

    assignments: tuple[Assignment, ...] = ()
    workspace: str | None = None


def variable_files(inputs: Inputs, over: Overlay = NOTHING) -> dict[str, Source]:
    """
    Return the text of each file given with `--var-file`, which may lie anywhere.
    """
    found: dict[str, Source] = {}
    for name in (text for kind, text in inputs.assignments if kind == "file"):
        source = read(Tree(str(Path.cwd()), (posixpath.dirname(real_path(over, name)),), over), name)
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
    for text in (text for kind, text in inputs.assignments if kind == "env"):
        _assign("TF_VAR_", text, module, found)
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
        elif kind in ("var", "config"):
            _assign("--var " if kind == "var" else "configured ", text, module, found)
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


def _assign(way: str, text: str, module: Module, found: dict[str, Given]) -> None:
    """Take a value that is given by name, on the command line or (and then it is not to be told) in the environment."""
    name, equals, value = text.partition("=")
    name = name.strip()
    if not equals or not name:
        raise SglintError(f"{way}{text} is not of the form name=value")
    block = module.variables.get(name)
    if block is not None:
        private = way == "TF_VAR_"
        taken = value if _is_text(block) else _from_text(f"{way}{name}", value, private=private)
        found[name] = Given(taken, None, private)


def _is_text(block: syntax.Block) -> bool:
    """Return whether a value of the variable that is given by name is the text itself, and no expression."""
    attribute = block.attribute("type")
    try:
        return attribute is None or isinstance(parse_type(attribute.expr), Primitive)
    except EvaluationError:
        return True


def _from_text(name: str, text: str, *, private: bool) -> Value:
    """
    Return the value of the expression that the text is.
    """
    expr, problems = parse_expression(Source(name, text))
    why = problems[0].message if problems else ""
    try:
        if not why:
            return evaluate_expression(expr, Scope(Nowhere(nothing(), "a variable file")))
    except EvaluationError as error:
        why = error.message
    raise SglintError(f"{name}: {'it is no value' if private else why}")
