"""
Finding the files to read.
"""

# ruff: noqa: PTH100, PTH110, PTH112, PTH118, PTH120
# Paths are text here: what is displayed is the path as it was written, which pathlib rewrites.

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from sglint.frozen import frozen, ordered
from sglint.source.disk import NOTHING, Entry, Overlay, entries, exists, is_directory, real_path
from sglint.source.ignore import ignore, ignored, work_tree
from sglint.source.recognise import is_template, resembles_template
from sglint.source.text import Problem, SglintError
from sglint.source.tree import Tree, displayed, ignored_by_terraform, inside, list_files, read_head, reason, whole

LeftOut: TypeAlias = Callable[[str], bool]
"""Whether a file at an absolute path is not to be looked at; a directory has a slash at its end."""

Format: TypeAlias = Literal["terraform", "tfvars", "cloudformation"]


DIRECTORIES = 50_000
"""How many directories are walked through."""

_TEMPLATES = (".yaml", ".yml", ".json", ".template")
_ENDINGS = (".tf", ".tfvars", *_TEMPLATES)
"""Of all names of files that are looked at, those in JSON among them."""


@ordered
class Found:
    """
    A file to read: its path as displayed, its absolute real path, and what it is written in.
    """

    path: str
    real: str
    format: Format


@frozen
class Discovery:
    """
    The files of the given paths, in order; `named` are those given one by one, which stand for their directories.

    The Terraform files next to a named one are among `files`.
    """

    tree: Tree
    files: tuple[Found, ...]
    named: tuple[Found, ...]
    problems: tuple[Problem, ...]
    left_out: LeftOut | None = None


@dataclass(slots=True)
class _Walk:
    """
    What a walk has come to.
    """

    tree: Tree
    left_out: LeftOut | None
    files: dict[str, Found] = field(default_factory=dict)
    named: dict[str, Found] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    others: list[str] = field(default_factory=list)

    def problem(self, path: str, message: str, hint: str) -> None:
        self.problems.append(Problem(message, whole(displayed(self.tree, path)), hint))


def discover(
    paths: Sequence[str],
    *,
    base: str,
    root: str | None = None,
    over: Overlay = NOTHING,
    left_out: LeftOut | None = None,
) -> Discovery:
    """
    Return the files to read for these paths; what they refer to may lie in their git work trees, or in `root` if given.

    A file that is given itself and that the overlay takes away stands for its directory all the same.
    """
    base = os.path.abspath(base)
    given = [os.path.normpath(os.path.join(base, path)) for path in paths]
    for path, absolute in zip(paths, given, strict=True):
        if not path or not (os.path.exists(absolute) or exists(over, absolute)):
            raise SglintError(f"no such file or directory: {path or 'the path is empty'}")
    walk = _Walk(Tree(base, _boundaries(given, None if root is None else os.path.join(base, root), over), over), left_out)
    for path, absolute in zip(paths, given, strict=True):
        if not inside(walk.tree, real_path(over, absolute)):
            raise SglintError(f"{path} lies outside of the root {root}")
        if is_directory(over, absolute):
            _walk(walk, absolute)
        elif exists(over, absolute) or not os.path.isdir(absolute):
            _name(walk, absolute)
    _others(walk)
    files, named = tuple(sorted(walk.files.values())), tuple(sorted(walk.named.values()))
    problems = tuple(sorted(walk.problems, key=lambda problem: problem.order))
    return Discovery(walk.tree, files, named, problems, left_out)


def discovered(before: Discovery, over: Overlay) -> Discovery | None:
    """
    Return the same files with this laid over them, None where there may be others then.
    """
    tree, known = replace(before.tree, overlay=over), {found.real: found.format for found in before.files}
    for path in {*before.tree.overlay.texts, *over.texts}:
        if path not in known or over.texts.get(path, "") is None or _format(tree, path) != known[path]:
            return None
    return replace(before, tree=tree)


def _boundaries(given: Sequence[str], root: str | None, over: Overlay) -> tuple[str, ...]:
    if root is not None:
        real = os.path.realpath(root)
        if not os.path.isdir(real):
            raise SglintError(f"the root {root} is not a directory")
        return (real,)
    found: set[str] = set()
    for path in given:
        real = real_path(over, path)
        directory = real if is_directory(over, real) else os.path.dirname(real)
        found.add(directory)
        enclosing = work_tree(directory)
        if enclosing is not None:
            found.add(enclosing)
    return tuple(sorted(found))


def _name(walk: _Walk, path: str) -> None:
    """
    Take a file that was given itself, and the Terraform files next to it.
    """
    if walk.left_out is not None and walk.left_out(path):
        message = f"{displayed(walk.tree, path)} is excluded by the configuration"
        walk.problems.append(Problem(message, whole(displayed(walk.tree, path)), "leave it out", hides=False))
        return
    there = exists(walk.tree.overlay, path)
    kind = _format(walk.tree, path) if there else _terraform(path)
    if kind is None:
        if there:
            _unknown(walk, path)
        return
    found = Found(displayed(walk.tree, path), real_path(walk.tree.overlay, path), kind)
    walk.named[found.real] = found
    if there:
        walk.files[found.real] = found
    if kind != "cloudformation":
        for neighbour in list_files(walk.tree, os.path.dirname(path)):
            if _terraform(neighbour) is not None:
                _take(walk, os.path.join(walk.tree.base, neighbour))


def _unknown(walk: _Walk, path: str) -> None:
    """
    Say that a file is not read that was given itself; what cannot be a template is only counted.
    """
    shown = displayed(walk.tree, path)
    if not path.endswith(_TEMPLATES):
        walk.problem(path, f"{shown} is no Terraform or CloudFormation file", "leave it out")
        return
    content = read_head(walk.tree, path)
    if isinstance(content, Problem):
        walk.problems.append(content)
    elif resembles_template(content):
        hint = "begin it with AWSTemplateFormatVersion: 2010-09-09 if it is a template, or leave it out"
        walk.problem(path, f"{shown} is not recognised as a CloudFormation template", hint)
    else:
        walk.others.append(shown)


def _others(walk: _Walk) -> None:
    """
    Say once that files which were given themselves are something else than templates; a hook names every YAML file.
    """
    if walk.others:
        first, more = walk.others[0], len(walk.others) - 1
        message = (
            f"{first} and {more} more are no CloudFormation templates" if more else f"{first} is no CloudFormation template"
        )
        walk.problems.append(Problem(message, whole(first), "leave out what is none", hides=False))


def _terraform(name: str) -> Format | None:
    if name.endswith((".tf", ".tf.json")):
        return "terraform"
    return "tfvars" if name.endswith((".tfvars", ".tfvars.json")) else None


def _may_be_ours(name: str) -> bool:
    return name.endswith(_ENDINGS) and not ignored_by_terraform(name)


def _format(tree: Tree, path: str) -> Format | None:
    """
    Return what the file is written in, or None when it is none of ours; a template is known by its text.
    """
    kind = _terraform(path)
    if kind is not None or not path.endswith(_TEMPLATES):
        return kind
    content = read_head(tree, path)
    return "cloudformation" if not isinstance(content, Problem) and is_template(content) else None


def _take(walk: _Walk, path: str) -> None:
    kind = _format(walk.tree, path)
    if kind is None:
        return
    real = real_path(walk.tree.overlay, path)
    shown = displayed(walk.tree, path)
    if not inside(walk.tree, real):
        walk.problem(path, f"{shown} links to outside of what is scanned", "name a directory above both with --root")
    elif not exists(walk.tree.overlay, real):
        walk.problem(path, f"{shown} links to nothing", "remove the link")
    else:
        walk.files.setdefault(real, Found(shown, real, kind))


def _walk(walk: _Walk, top: str) -> None:
    """
    Take the files below a directory that git would not ignore; links to directories come last, and every directory once.
    """
    before = len(walk.files)
    rules = ignore(top, walk.tree.overlay)
    waiting, links = [top], list[str]()
    while waiting or links:
        directory = waiting.pop() if waiting else links.pop(0)
        real = real_path(walk.tree.overlay, directory)
        if real in walk.seen:
            continue
        if not inside(walk.tree, real):
            message = f"{displayed(walk.tree, directory)} links to outside of what is scanned"
            walk.problem(directory, message, "name a directory above both with --root")
            continue
        if len(walk.seen) >= DIRECTORIES:
            walk.problem(directory, f"more than {DIRECTORIES} directories, the rest is not read", "give fewer paths")
            break
        walk.seen.add(real)
        below: list[str] = []
        for entry in _entries(walk, directory):
            path = os.path.join(directory, entry.name)
            if entry.directory:
                if not (entry.name.startswith(".") or entry.name == "node_modules" or ignored(rules, path, directory=True)):
                    (links if entry.link else below).append(path)
            elif _may_be_ours(entry.name) and not ignored(rules, path, directory=False):
                _take(walk, path)
        waiting.extend(reversed(below))
    if len(walk.files) == before and not walk.problems:
        shown = displayed(walk.tree, top)
        if not any(found.real.startswith(real_path(walk.tree.overlay, top) + os.sep) for found in walk.files.values()):
            walk.problem(top, f"no Terraform or CloudFormation file in {shown}", "give the directory that holds them")
    for path, problem in rules.problems:
        walk.problems.append(replace(problem, span=whole(displayed(walk.tree, path))))


def _entries(walk: _Walk, directory: str) -> Iterator[Entry]:
    try:
        for entry in entries(walk.tree.overlay, directory):
            path = os.path.join(directory, entry.name)
            if walk.left_out is None or not walk.left_out(f"{path}/" if entry.directory else path):
                yield entry
    except OSError as error:
        message = f"cannot list {displayed(walk.tree, directory)}: {reason(error)}"
        walk.problem(directory, message, "see whether it may be read")


def passed_over(discovery: Discovery) -> Iterator[Problem]:
    """
    Yield the files that were recognised and are not read.
    """
    modules = {os.path.dirname(file.real) for file in discovery.files if file.format == "terraform"}
    for file in discovery.named:
        if file.format == "tfvars" and os.path.dirname(file.real) not in modules:
            message = f"{file.path} lies in no module, so nothing reads it by itself"
            yield Problem(message, whole(file.path), "give it with --var-file", hides=False)


def vanished(discovery: Discovery, paths: Collection[str]) -> Iterator[Problem]:
    """
    Yield what was found and was not there any more when it was to be read; `paths` are those that were read.
    """
    over = discovery.tree.overlay
    for file in discovery.files:
        if file.path not in paths and (not exists(over, file.real) or is_directory(over, file.real)):
            yield Problem(f"{file.path} is gone since it was found", whole(file.path), "run sglint again")
