"""
What one directory of Terraform files declares.

A `Module` is static: the same module called twice is read once. The `Library` reads and remembers them; it never leaves the
scanned tree.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from sglint.deadline import TimeUpError
from sglint.frozen import frozen
from sglint.parse import parse
from sglint.source import Noted, Problem, Source, Span, Tree, displayed, list_files, once, read, real_path
from sglint.syntax import Attribute, Block, Document, Literal

LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "module": 1, "variable": 1, "output": 1}


@frozen
class Module:
    """
    The declarations of one directory. `resources` is keyed by mode (`""`, `data`, `ephemeral`), type and name.
    """

    directory: str
    documents: tuple[Document, ...]
    variables: Mapping[str, Block]
    locals: Mapping[str, Attribute]
    outputs: Mapping[str, Block]
    resources: Mapping[tuple[str, str, str], Block]
    calls: Mapping[str, Block]
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class Library:
    """
    The modules read so far, by directory.
    """

    tree: Tree
    _modules: dict[str, tuple[Module | None, Noted]] = field(default_factory=dict)

    def load(self, directory: str) -> Module | None:
        """
        Return the module in this absolute directory, or None when no Terraform file can be read there.
        """
        if "\0" in directory:
            return None
        directory = real_path(self.tree.overlay, directory)
        return once(self.tree.overlay.journal, self._modules, directory, partial(self._read, directory))

    def having(self, directory: str, words: re.Pattern[str]) -> tuple[Document, ...] | None:
        """
        Return the documents of a module, without those that surely have no block whose type is one of the words.

        What of it is not read yet is read for that and not remembered. None when there is no Terraform file.
        """
        if directory in self._modules:
            module = self.load(directory)
            return None if module is None else module.documents
        paths = [path for path in list_files(self.tree, directory) if path.endswith((".tf", ".tf.json"))]
        sources = [source for path in paths if isinstance(source := read(self.tree, path), Source)]
        found = [source for source in sources if source.path.endswith(".json") or words.search(source.text)]
        return tuple(map(self._parsed, found)) if paths else None

    def _read(self, directory: str) -> Module | None:
        documents: list[Document] = []
        problems: list[Problem] = []
        for path in list_files(self.tree, directory):
            if not path.endswith((".tf", ".tf.json")):
                continue
            source = read(self.tree, path)
            if isinstance(source, Problem):
                problems.append(source)
            else:
                documents.append(self._parsed(source))
        return assemble(directory, documents, problems) if documents or problems else None

    def _parsed(self, source: Source) -> Document:
        try:
            return parse(source)
        except TimeUpError as over:
            raise over.within(source.path) from None

    def manifest(self, directory: str) -> Mapping[str, str]:
        """
        Return the directories of the modules that `terraform init` installed for the root in `directory`, by their key.
        """
        source = read(self.tree, posixpath.join(directory, ".terraform/modules/modules.json"))
        if not isinstance(source, Source):
            return {}
        try:
            modules = json.loads(source.text)["Modules"]
            return {str(module["Key"]): posixpath.normpath(posixpath.join(directory, module["Dir"])) for module in modules}
        except (ValueError, KeyError, TypeError, RecursionError):
            return {}

    def documents(self) -> tuple[Document, ...]:
        """
        Return every document read so far, by path.
        """
        found = {document.path: document for module, _ in self._modules.values() if module for document in module.documents}
        return tuple(found[path] for path in sorted(found))

    def shown(self, path: str) -> str:
        """
        Return the path as it is shown to people.
        """
        return displayed(self.tree, path)


def assemble(directory: str, documents: Iterable[Document], problems: Iterable[Problem] = ()) -> Module:
    """
    Return the module that these documents make: override files replace what the others declare.
    """
    documents = tuple(documents)
    ordinary = [document for document in documents if not _is_override(document.path)]
    override = [document for document in documents if _is_override(document.path)]
    found: dict[tuple[str, ...], Block] = {}
    values: dict[str, Attribute] = {}
    trouble = [*problems]
    for document in documents:
        trouble.extend(document.problems)
    for document in ordinary:
        for block in document.blocks:
            _declare(block, found, values, trouble)
    for document in override:
        for block in document.blocks:
            _override(block, found, values, trouble)
    return Module(
        directory,
        documents,
        {key[1]: block for key, block in found.items() if key[0] == "variable"},
        values,
        {key[1]: block for key, block in found.items() if key[0] == "output"},
        {
            ("" if key[0] == "resource" else key[0], key[1], key[2]): block
            for key, block in found.items()
            if key[0] in ("resource", "data", "ephemeral")
        },
        {key[1]: block for key, block in found.items() if key[0] == "module"},
        tuple(trouble),
    )


def _is_override(path: str) -> bool:
    name = posixpath.basename(path)
    stem = name.removesuffix(".json").removesuffix(".tf")
    return stem == "override" or stem.endswith("_override")


def _declare(block: Block, found: dict[tuple[str, ...], Block], values: dict[str, Attribute], trouble: list[Problem]) -> None:
    if block.type == "locals":
        for attribute in block.attributes:
            if attribute.name in values:
                trouble.append(_twice(f"local.{attribute.name}", attribute.span, values[attribute.name].span))
            else:
                values[attribute.name] = attribute
        return
    if block.type not in LABELS:
        return
    if len(block.labels) != LABELS[block.type]:
        want = "a type and a name" if LABELS[block.type] == 2 else "a name"
        trouble.append(Problem(f"a {block.type} block needs {want}", block.header))
        return
    key = (block.type, *block.labels)
    if key in found:
        trouble.append(_twice(".".join(key), block.header, found[key].header))
    else:
        found[key] = block


def _twice(name: str, span: Span, first: Span) -> Problem:
    return Problem(f"{name} is declared twice; the first is at {first}", span, "remove one of the two")


def _override(block: Block, found: dict[tuple[str, ...], Block], values: dict[str, Attribute], trouble: list[Problem]) -> None:
    if block.type == "locals":
        values.update({attribute.name: attribute for attribute in block.attributes})
        return
    key = (block.type, *block.labels)
    if key not in found:
        _declare(block, found, values, trouble)
        return
    base = found[key]
    names = {attribute.name for attribute in block.attributes}
    types = {_block_type(child) for child in block.blocks}
    found[key] = replace(
        base,
        attributes=tuple(a for a in base.attributes if a.name not in names) + block.attributes,
        blocks=tuple(b for b in base.blocks if _block_type(b) not in types) + block.blocks,
    )


def _block_type(block: Block) -> str:
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


def source_of(call: Block) -> str | None:
    """
    Return the source of a module call, None when it is missing or not a plain string.
    """
    attribute = call.attribute("source")
    if attribute is None or not isinstance(attribute.expr, Literal) or not isinstance(attribute.expr.value, str):
        return None
    return attribute.expr.value


def is_local(source: str) -> bool:
    """
    Return whether a module source is a path beside the caller.
    """
    return source.startswith(("./", "../")) or source in (".", "..")
