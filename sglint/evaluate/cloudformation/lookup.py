"""
`Fn::FindInMap`: a value of a mapping, or all that it can be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from sglint.evaluate.cloudformation.stack import Stack
from sglint.evaluate.cloudformation.text import hidden, known_text
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.unknown import alternatives, collapse, merged
from sglint.template import Mapping, Node
from sglint.value import Value

Evaluate: TypeAlias = Callable[[Stack, Node], Value]


def find_in_map(stack: Stack, keys: Sequence[Value], fallback: Sequence[Value], evaluate: Evaluate) -> Value:
    """
    Return the value at the keys; with keys that are not known, the value on which all that fit agree.

    A key that the mapping surely does not have is an error, unless there is a `fallback`.
    """
    unknown = [hidden(key) for key in keys if known_text(key) is None]
    name = known_text(keys[0])
    if name is None:
        return merged(unknown)
    entry = stack.template.mappings.get(name)
    if entry is None:
        if fallback:
            return fallback[0]
        raise EvaluationError(f"Fn::FindInMap: the template has no mapping {name}")
    if not isinstance(entry.value, Mapping):
        raise EvaluationError(f"what {name} holds is not seen", entry.value.span)
    found: list[Node] = []
    missed = False
    for first in _choices(keys[1], entry.value):
        inner = entry.value.get(first)
        if not isinstance(inner, Mapping):
            missed = True
            continue
        for second in _choices(keys[2], inner):
            node = inner.get(second)
            missed = missed or node is None
            found.extend(() if node is None else (node,))
    if not found and not fallback:
        shown = [known_text(key) or "a key that is not known" for key in keys[1:]]
        raise EvaluationError(f"Fn::FindInMap: mapping {name} has no {shown[0]} with {shown[1]}")
    values = [evaluate(stack, node) for node in found]
    if fallback and (missed or any(_is_open(key) for key in keys)):
        values.append(fallback[0])
    return collapse(values, unknown) if unknown or len(values) != 1 else values[0]


def _choices(key: Value, mapping: Mapping) -> Iterator[str]:
    """Yield the keys of the mapping that a key can be, or the key itself when it is known."""
    if _is_open(key):
        yield from (entry.key for entry in mapping)
        return
    yield from (text for item in alternatives(key) if (text := known_text(item)) is not None)


def _is_open(key: Value) -> bool:
    """Return whether the key can be something that is not written."""
    return any(known_text(item) is None for item in alternatives(key))
