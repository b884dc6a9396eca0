"""
What Terraform functions may read: files inside the scanned tree, named as seen from the root module.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from functools import partial
from typing import NoReturn

from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions import Context
from sglint.evaluate.terraform.glob import glob
from sglint.evaluate.terraform.typed import members
from sglint.source import Problem, Sort, Span, Tree, displayed, doubt, list_names, read, read_bytes
from sglint.value import Map, Value

_REFUSED: Mapping[Sort, str] = {
    "directory": "is a directory, not a file",
    "other": "is not a regular file",
    "outside": "links to outside of what is scanned",
}


def context(tree: Tree, directory: str) -> Context:
    """
    Return the functions' view of the tree, with relative paths starting in `directory`.
    """

    def place(path: str) -> str:
        if "\0" in path:
            raise EvaluationError("a path cannot contain a null character")
        if path.startswith("~"):
            raise EvaluationError("the home directory differs between machines")
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
        where = place(path)
        return _is_file(tree, where, "directory" if where == directory else None)

    def fileset(path: str, pattern: str) -> list[str]:
        place(path + pattern)
        matches = glob(f"{path}/{pattern}" if path else pattern, lambda below: _listed(tree, place(below)))
        return [posixpath.relpath(match, path or ".") for match in matches]

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


def _listed(tree: Tree, directory: str) -> Mapping[str, Sort]:
    """
    Return what a directory holds by name.
    """
    found = list_names(tree, directory)
    if isinstance(found, Problem):
        raise EvaluationError(found.message)
    return dict(found)


def _is_file(tree: Tree, path: str, sort: Sort | None) -> bool:
    """
    Return whether there is a file; `sort` is what there is, when that is known.
    """
    sort = sort or _listed(tree, posixpath.dirname(path)).get(posixpath.basename(path), "gone")
    if sort in _REFUSED:
        raise EvaluationError(f"{displayed(tree, path)} {_REFUSED[sort]}")
    return sort == "file"


def _render(inner: Context, path: str, text: str, variables: Map) -> Value:
    from sglint.evaluate.terraform.expressions import evaluate_typed
    from sglint.evaluate.terraform.scope import Nowhere, Scope
    from sglint.parse import parse_template

    expr, problems = parse_template(text, Span(path, 1, 1, 1, 1))
    if problems:
        raise EvaluationError(problems[0].message, problems[0].span)
    names = dict(zip(variables, members(variables), strict=True))
    return evaluate_typed(expr, Scope(Nowhere(inner, "a template file"), names))
