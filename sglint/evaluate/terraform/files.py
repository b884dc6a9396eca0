"""
What Terraform functions may read: files inside the scanned tree, named as seen from the root module.
"""

from __future__ import annotations

import posixpath
import re
from typing import NoReturn

from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions import Context
from sglint.source import Problem, Span, Tree, displayed, list_directories, list_files, read, read_bytes
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
        return displayed(tree, place(path)) in list_files(tree, posixpath.dirname(place(path)))

    def fileset(path: str, pattern: str) -> list[str]:
        start = displayed(tree, place(path))
        matches = _glob(pattern)
        names = (posixpath.relpath(found, start) for found in _walk(tree, start))
        return sorted(name for name in names if matches.fullmatch(name))

    def render(text: str, path: str, variables: Map) -> Value:
        return _render(nested, displayed(tree, place(path)), text, variables)

    def refuse(text: str, path: str, variables: Map) -> Value:
        raise EvaluationError("a template file cannot call templatefile")

    nested = Context(read_text, content, exists, fileset, refuse)
    return Context(read_text, content, exists, fileset, render)


def nothing() -> Context:
    """
    Return the view of a place where no function may read a file.
    """

    def refuse(*_: object) -> NoReturn:
        raise EvaluationError("files cannot be read here")

    return Context(refuse, refuse, refuse, refuse, refuse)


def _render(inner: Context, path: str, text: str, variables: Map) -> Value:
    from sglint.evaluate.terraform.expressions import evaluate_expression
    from sglint.evaluate.terraform.scope import Nowhere, Scope
    from sglint.parse import parse_template

    expr, problems = parse_template(text, Span(path, 1, 1, 1, 1))
    if problems:
        raise EvaluationError(problems[0].message, problems[0].span)
    return evaluate_expression(expr, Scope(Nowhere(inner, "a template file"), dict(variables.items())))


def _walk(tree: Tree, start: str) -> list[str]:
    found: list[str] = []
    todo = [start]
    while todo:
        directory = todo.pop()
        found.extend(list_files(tree, directory))
        todo.extend(list_directories(tree, directory))
    return found


def _glob(pattern: str) -> re.Pattern[str]:
    """
    Return the pattern of `fileset` as a regular expression: `**` is any number of directories, `*` stays in one.
    """
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        if pattern.startswith("**/", at):
            parts.append("(?:[^/]+/)*")
            at += 3
        elif pattern.startswith("**", at):
            parts.append(".*")
            at += 2
        elif pattern[at] == "{" and "}" in pattern[at:]:
            end = pattern.index("}", at)
            choices = pattern[at + 1 : end].split(",")
            parts.append("(?:" + "|".join(_glob(choice).pattern for choice in choices) + ")")
            at = end + 1
        elif pattern[at] == "[" and "]" in pattern[at + 1 :]:
            end = pattern.index("]", at + 1)
            inside = pattern[at + 1 : end].replace("\\", "\\\\")
            parts.append("[" + ("^" + inside[1:] if inside[:1] in ("!", "^") else inside) + "]")
            at = end + 1
        else:
            parts.append({"*": "[^/]*", "?": "[^/]"}.get(pattern[at], re.escape(pattern[at])))
            at += 1
    try:
        return re.compile("".join(parts), re.DOTALL)
    except re.error:
        raise EvaluationError(f"{pattern} is not a pattern for file names") from None
