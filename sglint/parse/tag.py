"""
What a tag of YAML makes of the node that it stands before.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from sglint.parse.intrinsic import function, meaning, shorten
from sglint.parse.scalar import resolve
from sglint.parse.text import Text
from sglint.source import Problem, Span
from sglint.template import Intrinsic, List, Mapping, Node, Scalar

_CORE = "tag:yaml.org,2002:"
_KINDS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "timestamp": (str,),
    "bool": (bool,),
    "int": (int,),
    "float": (int, Decimal),
    "null": (type(None),),
}


def tagged(text: Text, tag: str, node: Node, span: Span) -> Node:
    """
    Return the node with the meaning of its tag; a tag that means nothing here is a function nobody knows.
    """
    if tag == "!":
        return node
    if tag.startswith("!"):
        name = tag[1:] if tag in {"!Ref", "!Condition"} else f"Fn::{tag[1:]}"
        return function(name, meaning(node) if isinstance(node, Mapping) else node, span)
    kind = tag.removeprefix(_CORE)
    if isinstance(node, Scalar) and kind in _KINDS:
        value = node.text if kind in {"str", "timestamp"} else resolve(node.text)
        if type(value) in _KINDS[kind]:
            return replace(node, value=value)
    elif (kind == "map" and isinstance(node, Mapping)) or (kind == "seq" and isinstance(node, List)):
        return node
    name = f"!!{kind}" if kind != tag else tag
    text.note(Problem(f"the tag {shorten(name)} does not fit here", span, "leave it out"))
    return Intrinsic(name, node, span)
