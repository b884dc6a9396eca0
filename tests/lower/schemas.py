"""
The properties of CloudFormation's resource types, as the schemas that cfn-lint ships tell them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TypeAlias

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]  # cfn-lint has no types

Node: TypeAlias = Mapping[str, object]
REGION = "us-east-1"
DEPTH = 12


def node(value: object) -> Node:
    """
    Return a part of a schema that is an object.
    """
    return value if isinstance(value, Mapping) else {}


@cache
def types() -> tuple[str, ...]:
    """
    Return all resource types.
    """
    found = PROVIDER_SCHEMA_MANAGER.get_resource_types(REGION)
    return tuple(sorted(kind for kind in found if kind.startswith("AWS::")))


@cache
def schema(kind: str) -> Node:
    """
    Return the schema of a resource type.
    """
    return node(PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema)


@cache
def properties(kind: str) -> frozenset[str]:
    """
    Return the paths of all properties of a resource type, without what only AWS writes.
    """
    return frozenset(path for path in attributes(kind) if path not in read_only(kind))


@cache
def attributes(kind: str) -> frozenset[str]:
    """
    Return the paths of all properties of a resource type: `LaunchTemplateData.NetworkInterfaces.SubnetId`.
    """
    whole = schema(kind)
    return frozenset(walk(whole, whole, "", ()))


@cache
def read_only(kind: str) -> frozenset[str]:
    """
    Return the paths of the properties of a resource type that only AWS writes.
    """
    found = schema(kind).get("readOnlyProperties", ())
    pointers = [item for item in found if isinstance(item, str)] if isinstance(found, list) else []
    return frozenset(item.removeprefix("/properties/").replace("/*", "").replace("/", ".") for item in pointers)


def walk(whole: Node, part: Node, prefix: str, seen: tuple[str, ...]) -> Iterator[str]:
    """
    Yield the paths of the properties in a part of a schema.
    """
    to = part.get("$ref")
    if isinstance(to, str):
        if to not in seen and len(seen) < DEPTH:
            found = whole
            for step in to.removeprefix("#/").split("/"):
                found = node(found.get(step))
            yield from walk(whole, found, prefix, (*seen, to))
        return
    for choice in ("oneOf", "anyOf", "allOf"):
        sides = part.get(choice)
        for side in sides if isinstance(sides, list) else ():
            yield from walk(whole, node(side), prefix, seen)
    for name, inner in node(part.get("properties")).items():
        path = f"{prefix}.{name}" if prefix else name
        yield path
        yield from walk(whole, node(inner), path, seen)
    yield from walk(whole, node(part["items"]), prefix, seen) if "items" in part else ()
