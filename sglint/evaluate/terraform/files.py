"""
What Terraform functions may read: files inside the scanned tree, named as seen from the root module.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from functools import partial
from typing import NoReturn

from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions import Context
from sglint.evaluate.terraform.glob import glob
from sglint.evaluate.terraform.typed import members
from sglint.source import Problem, Span, Tree, displayed, doubt, list_directories, list_files, read, read_bytes
from sglint.value import Map, Value


def context(tree: Tree, directory: str) -> Context:
    """
    Return the functions' view of the tree, with relative paths starting in `directory`.
    """

    def place(path: str) -> str:
        if "\0" in path:
            raise EvaluationError("a path cannot contain a null character")
        return posixpath.normpath(posixpath.join(directory, path))

    def read_text(path: str) -> str:
        source = read(tree, place(path))
        if isinstance(source, Problem):
            raise EvaluationError(source.message)
        return source.text

    def content(path: str) -> bytes:
        data = read_bytes(tree, place(path))
        if isinstance(data, Problem):
            raise EvaluationError(data.message)
        return data

    def exists(path: str) -> bool:
        beside, shown = posixpath.dirname(place(path)), displayed(tree, place(path))
        if shown in list_directories(tree, beside) or place(path) == directory:
            raise EvaluationError(f"{shown} is a directory, not a file")
        return shown in list_files(tree, beside)

    def fileset(path: str, pattern: str) -> list[str]:
        return _fileset(tree, place, path, pattern)

    def render(text: str, path: str, variables: Map) -> Value:
        return _render(nested, displayed(tree, place(path)), text, variables)

    def refuse(text: str, path: str, variables: Map) -> Value:
        raise EvaluationError("a template file cannot call templatefile")

    slow = partial(doubt, tree)
    nested = Context(read_text, content, exists, fileset, refuse, slow)
    return Context(read_text, content, exists, fileset, render, slow)


def nothing() -> Context:
    """
    Return the view of a place where no function may read a file.
    """

    def refuse(*_: object) -> NoReturn:
        raise EvaluationError("files cannot be read here")

    return Context(refuse, refuse, refuse, refuse, refuse)


def _fileset(tree: Tree, place: Callable[[str], str], path: str, pattern: str) -> list[str]:
    """
    Return the files that match a pattern below a path, as seen from there.
    """

    def names(found: Callable[[Tree, str], Sequence[str]]) -> Callable[[str], list[str]]:
        return lambda directory: [posixpath.basename(name) for name in found(tree, place(directory))]

    place(path + pattern)
    matches = glob(f"{path}/{pattern}" if path else pattern, names(list_files), names(list_directories))
    return [posixpath.relpath(match, path or ".") for match in matches]


def _render(inner: Context, path: str, text: str, variables: Map) -> Value:
    from sglint.evaluate.terraform.expressions import evaluate_typed
    from sglint.evaluate.terraform.scope import Nowhere, Scope
    from sglint.parse import parse_template

    expr, problems = parse_template(text, Span(path, 1, 1, 1, 1))
    if problems:
        raise EvaluationError(problems[0].message, problems[0].span)
    names = dict(zip(variables, members(variables), strict=True))
    return evaluate_typed(expr, Scope(Nowhere(inner, "a template file"), names))
