"""
What the configuration gives to root modules: variables, files of them, and workspaces; the command line wins.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace

from sglint.config import Configuration, Setting
from sglint.evaluate.terraform.inputs import Inputs
from sglint.frozen import frozen
from sglint.request import Assignment
from sglint.source import Problem, Source, Tree, read, real_path


@frozen
class Configured:
    """
    The inputs of each root module: those given by the caller, those of all, and those of some by their absolute directory.

    `files` holds the text of each file that is named, `names` the variables that are given, with their places.
    """

    given: Inputs
    every: Inputs
    roots: Mapping[str, Inputs]
    files: Mapping[str, Source]
    names: tuple[tuple[str, Setting], ...]
    problems: tuple[Problem, ...]

    def of(self, directory: str) -> Inputs:
        """
        Return the inputs of the root module in this absolute directory.
        """
        own = self.roots.get(directory, Inputs())
        early = tuple(one for one in self.given.assignments if one[0] == "env")
        late = tuple(one for one in self.given.assignments if one[0] != "env")
        workspaces = (one.workspace for one in (self.given, own, self.every) if one.workspace is not None)
        return Inputs((*early, *self.every.assignments, *own.assignments, *late), next(workspaces, None))

    def undeclared(self, declared: Container[str]) -> Iterator[Problem]:
        """
        Yield the variables that are given and that no root module has.
        """
        for name, one in self.names:
            if name not in declared:
                message = f"no root module here declares the variable {name}"
                yield Problem(message, one.span, "see how it is spelt", hides=False)


def configured_inputs(given: Inputs, said: Configuration, tree: Tree) -> Configured:
    """
    Return what the configuration gives beside what the caller does; its files lie inside of what is scanned.
    """
    problems: list[Problem] = []
    files: dict[str, Source] = {}

    def listed(one: Setting) -> list[Assignment]:
        found: list[Assignment] = []
        for name in one.items:
            path = said.resolve(name)
            source = read(tree, path)
            if isinstance(source, Problem):
                problems.append(Problem(source.message, one.span, f"{said.path} names it"))
            else:
                files[path] = source
                found.append(("file", path))
        return found

    every = Inputs(tuple(item for _, one in said.of("terraform.variable-files") for item in listed(one)))
    every = _with(every, [(name, one) for (name,), one in said.of("terraform.variables.*")], said.one("terraform.workspace"))
    roots: dict[str, Inputs] = {}
    patterns = ("terraform.roots.*.variable-files", "terraform.roots.*.workspace", "terraform.roots.*.variables.*")
    settings = [found for pattern in patterns for found in said.of(pattern)]
    for key in dict.fromkeys(names[0] for names, _ in settings):
        mine = [(names, one) for names, one in settings if names[0] == key]
        own = Inputs(tuple(item for _, one in mine if one.key[3] == "variable-files" for item in listed(one)))
        values = [(names[1], one) for names, one in mine if one.key[3] == "variables"]
        workspace = next((one for _, one in mine if one.key[3] == "workspace"), None)
        roots[real_path(tree.overlay, said.resolve(key))] = _with(own, values, workspace)
    given_here = (*said.of("terraform.variables.*"), *said.of("terraform.roots.*.variables.*"))
    names = [(names[-1], one) for names, one in given_here]
    return Configured(given, every, roots, files, tuple(names), tuple(problems))


def _with(inputs: Inputs, values: list[tuple[str, Setting]], workspace: Setting | None) -> Inputs:
    named: list[Assignment] = [("config", f"{name}={one.value}") for name, one in values]
    return replace(inputs, assignments=(*inputs.assignments, *named), workspace=None if workspace is None else workspace.value)
