"""
What CDK says beside the templates that it synthesises: which are stacks, how they are called, and where nested ones are.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import field

from sglint.frozen import frozen
from sglint.parse import parse_cloudformation
from sglint.source import Source, Tree, read
from sglint.template import Entry, Mapping, Node, Scalar

MANIFEST = "manifest.json"
_ENVIRONMENT = re.compile(r"aws://([^/]*)/([^/]*)")


@frozen
class Assembly:
    """
    A cloud assembly: the parameters, also pseudo ones, of each template that is a stack, and the file of each asset.
    """

    stacks: dict[str, dict[str, str]] = field(default_factory=dict)
    assets: dict[str, str] = field(default_factory=dict)


def read_assembly(tree: Tree, directory: str) -> Assembly | None:
    """
    Return the cloud assembly in an absolute directory, None when there is none.
    """
    artifacts = _file(tree, posixpath.join(directory, MANIFEST), "artifacts")
    if artifacts is None:
        return None
    found = Assembly()
    for artifact in artifacts:
        kind, properties = _text(artifact.value, "type"), _mapping(artifact.value, "properties")
        if properties is None:
            continue
        if kind == "aws:cloudformation:stack":
            name = _text(properties, "templateFile")
            found.stacks[name] = dict(_deployed(artifact, properties))
        elif kind == "cdk:asset-manifest":
            found.assets.update(_assets(tree, posixpath.join(directory, _text(properties, "file"))))
    return found if found.stacks else None


def _deployed(artifact: Entry, properties: Mapping) -> Iterator[tuple[str, str]]:
    parameters = _mapping(properties, "parameters")
    for entry in parameters or ():
        if isinstance(entry.value, Scalar) and isinstance(entry.value.value, str):
            yield entry.key, entry.value.value
    yield "AWS::StackName", _text(properties, "stackName") or artifact.key
    where = _ENVIRONMENT.fullmatch(_text(artifact.value, "environment"))
    for key, text in zip(("AWS::AccountId", "AWS::Region"), where.groups() if where else (), strict=False):
        if text and not text.startswith("unknown-"):
            yield key, text


def _assets(tree: Tree, path: str) -> Iterator[tuple[str, str]]:
    """Yield the name under which each file is uploaded, and the file's path beside the manifest."""
    for entry in _file(tree, path, "files") or ():
        source, destinations = _mapping(entry.value, "source"), _mapping(entry.value, "destinations")
        file = _text(source, "path")
        for destination in destinations or ():
            key = _text(destination.value, "objectKey")
            if key and file:
                yield posixpath.basename(key), file


def _file(tree: Tree, path: str, key: str) -> Mapping | None:
    source = read(tree, path)
    if not isinstance(source, Source):
        return None
    return _mapping(parse_cloudformation(source).body, key)


def _mapping(node: Node | None, key: str) -> Mapping | None:
    inner = node.get(key) if isinstance(node, Mapping) else None
    return inner if isinstance(inner, Mapping) else None


def _text(node: Node | None, key: str) -> str:
    inner = node.get(key) if isinstance(node, Mapping) else None
    return inner.value if isinstance(inner, Scalar) and isinstance(inner.value, str) else ""
