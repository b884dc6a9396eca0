"""
What one template declares.

A `Template` is static: the same template used by two stacks is read once. `Templates` reads and remembers them; it never
leaves the scanned tree.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from sglint.deadline import TimeUpError
from sglint.evaluate.cloudformation.assembly import Assembly, read_assembly
from sglint.frozen import frozen
from sglint.parse import parse_cloudformation
from sglint.source import Discovery, Noted, Problem, Source, Tree, displayed, once, read, real_path, whole
from sglint.source.tree import inside
from sglint.template import Entry, Intrinsic, List, Mapping, Node, Scalar, TemplateDocument
from sglint.value import Value

SERVERLESS = "AWS::Serverless-2016-10-31"
EXTENSIONS = "AWS::LanguageExtensions"
_HARMLESS = frozenset({"AWS::CodeDeployBlueGreen", "AWS::SecretsManager-2020-07-23", "AWS::SecretsManager-2024-09-16"})
"""Macros that add no network of their own."""

_SECTIONS = ("Parameters", "Mappings", "Conditions", "Resources", "Outputs", "Globals")


@frozen
class Template:
    """
    The sections of one template; `path` is displayed, `real` absolute. `macros` are the transforms that hide what they do.
    """

    path: str
    real: str
    document: TemplateDocument
    parameters: dict[str, Entry]
    mappings: dict[str, Entry]
    conditions: Mapping
    resources: Mapping
    outputs: Mapping
    defaults: Mapping
    macros: tuple[str, ...]
    serverless: bool
    problems: tuple[Problem, ...]

    @property
    def exports(self) -> bool:
        """
        Whether the template, or one that it nests, may export something.
        """
        bodies = [entry.value for section in (self.outputs, self.resources) for entry in section]
        return any(isinstance(body, List) or (isinstance(body, Mapping) and _may_export(body)) for body in bodies)


@frozen
class Export:
    """
    An export of the root template at an absolute path: its name, and the output that it is of the stack reached by `within`.

    `template` is the absolute path of that stack's template, `stack` its name, a part of `name` where it is not known.
    """

    path: str
    within: tuple[str, ...]
    template: str
    output: str
    name: Value
    stack: Value


@dataclass(slots=True)
class Templates:
    """
    The templates read so far, by absolute path; `scanned` are the absolute paths of all templates of the scan.

    `exports` are those of the root templates that were asked for them.
    """

    tree: Tree
    scanned: tuple[str, ...] = ()
    exports: dict[str, tuple[tuple[Export, ...], Noted]] = field(default_factory=dict)
    _assemblies: dict[str, tuple[Assembly | None, Noted]] = field(default_factory=dict)
    _templates: dict[str, tuple[Template | Problem, Noted]] = field(default_factory=dict)

    @classmethod
    def of(cls, discovery: Discovery) -> Templates:
        """
        Return the library of the templates that were discovered.
        """
        found = {file.real for file in discovery.files if file.format == "cloudformation"}
        return cls(discovery.tree, tuple(sorted(found)))

    def load(self, path: str) -> Template | Problem:
        """
        Return the template at this absolute path, or what keeps us from reading it.
        """
        if "\0" in path:
            return Problem("a path with a null character cannot be read")
        real = real_path(self.tree.overlay, path)
        return once(self.tree.overlay.journal, self._templates, real, partial(self._read, path, real))

    def _read(self, path: str, real: str) -> Template | Problem:
        source = read(self.tree, real if inside(self.tree, real) else path)
        return source if isinstance(source, Problem) else declare(_parsed(source), real)

    def assembly(self, path: str) -> Assembly | None:
        """
        Return the cloud assembly that the template at this absolute path is a part of.
        """
        directory = posixpath.dirname(path)
        return once(self.tree.overlay.journal, self._assemblies, directory, partial(read_assembly, self.tree, directory))

    def shown(self, path: str) -> str:
        """
        Return the path as it is shown to people.
        """
        return displayed(self.tree, path)


def _parsed(source: Source) -> TemplateDocument:
    try:
        return parse_cloudformation(source)
    except TimeUpError as over:
        raise over.within(source.path) from None


def _may_export(body: Mapping) -> bool:
    kind = body.get("Type")
    nests = isinstance(kind, Scalar) and kind.text in ("AWS::CloudFormation::Stack", "AWS::Serverless::Application")
    return nests or body.entry("Export") is not None


def declare(document: TemplateDocument, real: str) -> Template:
    """
    Return what the document declares.
    """
    body = document.body
    problems = list(document.problems)
    empty = Mapping((), whole(document.path) if body is None else body.span)
    sections = dict.fromkeys(_SECTIONS, empty)
    for entry in body or ():
        if entry.key == "Fn::Transform":
            problems.append(Problem("what Fn::Transform puts here is not seen", entry.span, "write it into the template"))
        if entry.key not in _SECTIONS:
            continue
        if isinstance(entry.value, Mapping):
            sections[entry.key] = entry.value
        elif isinstance(entry.value, Intrinsic):
            hides = f"what {entry.value.name} puts into {entry.key} is not seen"
            problems.append(Problem(hides, entry.value.span, "write it into the template"))
        elif not (isinstance(entry.value, Scalar) and entry.value.value is None):
            problems.append(Problem(f"{entry.key} is not a mapping", entry.value.span, "write names and what they stand for"))
    if body is not None and body.get("Resources") is None and not problems:
        problems.append(Problem("the template has no Resources", body.span, "every template needs that section"))
    transforms = tuple(_transforms(None if body is None else body.get("Transform")))
    macros = [(name, node) for name, node in transforms if name not in {SERVERLESS, EXTENSIONS, *_HARMLESS}]
    for name, node in macros:
        what = "may change everything in this template, and what it does is not seen"
        problems.append(Problem(f"the macro {name} {what}", node.span, "give the processed template instead"))
    return Template(
        document.path,
        real,
        document,
        {entry.key: entry for entry in sections["Parameters"]},
        {entry.key: entry for entry in sections["Mappings"]},
        sections["Conditions"],
        sections["Resources"],
        sections["Outputs"],
        sections["Globals"],
        tuple(name for name, _ in macros),
        any(name == SERVERLESS for name, _ in transforms),
        tuple(problems),
    )


def _transforms(node: Node | None) -> Iterator[tuple[str, Node]]:
    """Yield the names of the transforms of a template, each with its place."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        yield node.value, node
    elif isinstance(node, List):
        for item in node.items:
            yield from _transforms(item)
    elif isinstance(node, Mapping):
        name = node.get("Name")
        yield (name.text if isinstance(name, Scalar) else "of the Transform section"), node
    elif isinstance(node, Intrinsic):
        yield from _transforms(node.argument)
