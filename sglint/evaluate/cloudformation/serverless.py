"""
AWS SAM: what `Globals` says of every function.
"""

from __future__ import annotations

from dataclasses import replace

from sglint.template import Entry, List, Mapping, Node, Scalar

_SECTION = {"AWS::Serverless::Function": "Function"}


def with_defaults(entry: Entry, defaults: Mapping) -> Entry:
    """
    Return the resource with what the Globals section says of its kind.
    """
    body = entry.value
    kind = body.get("Type") if isinstance(body, Mapping) else None
    section = defaults.get(_SECTION.get(kind.text, "")) if isinstance(kind, Scalar) else None
    if not isinstance(body, Mapping) or not isinstance(section, Mapping):
        return entry
    properties = body.entry("Properties")
    if properties is None:
        added = Entry("Properties", section, entry.span)
        return replace(entry, value=replace(body, entries=(*body.entries, added)))
    together = replace(properties, value=merge(section, properties.value))
    entries = tuple(together if one.key == "Properties" else one for one in body)
    return replace(entry, value=replace(body, entries=entries))


def merge(default: Node, own: Node) -> Node:
    """
    Return what SAM makes of a global value and a resource's own: maps are merged, lists joined, all else is replaced.
    """
    if isinstance(default, List) and isinstance(own, List):
        return List((*default.items, *own.items), own.span)
    if not isinstance(default, Mapping) or not isinstance(own, Mapping):
        return own
    theirs = {entry.key: entry for entry in default}
    entries = [entry for entry in default if own.entry(entry.key) is None]
    for entry in own:
        known = theirs.get(entry.key)
        entries.append(entry if known is None else replace(entry, value=merge(known.value, entry.value)))
    return Mapping(tuple(entries), own.span)
