"""
The values of each variable that conditions tell apart.

Two parameters that are compared with each other share their values; what is none of the values that are written counts as
one more, or as several that differ when several parameters are compared with one another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from sglint.evaluate.cloudformation.scenario import Other, Scenario, Token, Undecided
from sglint.evaluate.cloudformation.stack import Stack
from sglint.evaluate.cloudformation.text import known_text
from sglint.evaluate.terraform.error import EvaluationError
from sglint.template import Intrinsic, List, Mapping, Node, Scalar
from sglint.value import Unknown, Value

Evaluate: TypeAlias = Callable[[Stack, Node], Value]
NAME = re.compile(r"\$\{([^!{}][^{}]*)\}")
_MOST_OTHERS = 8
_MOST_VALUES = 32


@dataclass(slots=True)
class _Found:
    """
    The variables: which are compared with each other, with which texts, and what bounds them.
    """

    leads: dict[str, str] = field(default_factory=dict)
    texts: dict[str, set[str]] = field(default_factory=dict)
    bounds: dict[str, tuple[str, ...]] = field(default_factory=dict)
    inside: set[str] = field(default_factory=set)

    def top(self, key: str) -> str:
        self.leads.setdefault(key, key)
        while self.leads[key] != key:
            key = self.leads[key]
        return key


def domains(stack: Stack, evaluate: Evaluate) -> dict[str, tuple[Token, ...]]:
    """
    Return the values to tell apart of each variable that the stack's conditions compare.
    """
    found = _Found()
    with stack.within(Scenario()):
        for name in sorted(stack.conditions):
            for node in nodes(stack.conditions[name].value):
                if isinstance(node, Intrinsic) and node.name == "Fn::Equals" and isinstance(node.argument, List):
                    stack.run.spend()
                    _compare(stack, node.argument.items, evaluate, found)
    groups: dict[str, list[str]] = {}
    for key in sorted(found.leads):
        groups.setdefault(found.top(key), []).append(key)
    return {key: tokens for members in groups.values() for key, tokens in _tokens(found, members)}


def _compare(stack: Stack, items: tuple[Node, ...], evaluate: Evaluate, found: _Found) -> None:
    keys: list[str] = []
    texts: list[str] = []
    for node in items:
        try:
            value = evaluate(stack, node)
        except (EvaluationError, Undecided):
            return
        text = known_text(value)
        if text is not None:
            texts.append(text)
            continue
        keys.append(key_of(node))
        among = [known_text(item) for item in value.among] if isinstance(value, Unknown) else []
        if among and None not in among:
            found.bounds[keys[-1]] = tuple(text for text in among if text is not None)
        if not is_ref(node):
            found.inside |= variables_in(node)
            _by_values(stack, node, found)
            _by_maps(stack, node, found)
    for key in keys:
        found.leads[found.top(key)] = found.top(keys[0])
    if keys:
        found.texts.setdefault(keys[0], set()).update(texts)


def _by_values(stack: Stack, node: Node, found: _Found) -> None:
    """A parameter of few values is a variable also where only a function of it is compared."""
    for name in sorted(variables_in(node)):
        value = stack.values.get(name)
        among = [known_text(item) for item in value.among] if isinstance(value, Unknown) else []
        if 0 < len(among) <= _MOST_VALUES and None not in among:
            found.bounds[name] = tuple(text for text in among if text is not None)
            found.top(name)


def _by_maps(stack: Stack, node: Node, found: _Found) -> None:
    """A parameter that is a key of a mapping without a default value can only be one of its keys."""
    for inner in nodes(node):
        items = inner.argument.items if isinstance(inner, Intrinsic) and isinstance(inner.argument, List) else ()
        if not isinstance(inner, Intrinsic) or inner.name != "Fn::FindInMap" or len(items) != 3:
            continue
        entry = stack.template.mappings.get(items[0].text) if isinstance(items[0], Scalar) else None
        if entry is None or not isinstance(entry.value, Mapping):
            continue
        second = entry.value.get(items[1].text) if isinstance(items[1], Scalar) else None
        for node_of_key, keys in ((items[1], entry.value), (items[2], second)):
            known = stack.values.get(key_of(node_of_key)) if is_ref(node_of_key) else None
            if isinstance(keys, Mapping) and isinstance(known, Unknown) and not known.among:
                found.bounds.setdefault(key_of(node_of_key), tuple(entry.key for entry in keys))
                found.top(key_of(node_of_key))


def _tokens(found: _Found, members: list[str]) -> Iterator[tuple[str, tuple[Token, ...]]]:
    texts = set[str]().union(*(found.texts.get(key, ()) for key in members))
    if len(members) == 1 and members[0] in found.bounds:
        yield members[0], _bounded(found, members[0], texts)
        return
    texts.update(text for key in members for text in found.bounds.get(key, ()))
    free = sum(key not in found.bounds for key in members)
    others = tuple(Other(members[0], number) for number in range(min(free, _MOST_OTHERS)))
    for key in members:
        yield key, found.bounds.get(key, (*sorted(texts), *others))


def _bounded(found: _Found, key: str, texts: set[str]) -> tuple[Token, ...]:
    """Return the values of a variable that is compared with texts only; those that it is not compared with are one."""
    bound = tuple(dict.fromkeys(found.bounds[key]))
    rest = tuple(text for text in bound if text not in texts)
    if key in found.inside or len(rest) < 2:
        return bound
    return (*(text for text in bound if text in texts), Other(key, 0, rest))


def is_ref(node: Node) -> bool:
    """
    Return whether the node is a plain reference.
    """
    return isinstance(node, Intrinsic) and node.name == "Ref" and isinstance(node.argument, Scalar)


def key_of(node: Node) -> str:
    """
    Return the name of the variable that an unknown expression is: the parameter's, or its text.
    """
    return (
        node.argument.text
        if isinstance(node, Intrinsic) and isinstance(node.argument, Scalar) and is_ref(node)
        else shown(node)
    )


def nodes(node: Node) -> Iterator[Node]:
    """
    Yield the node and all that is in it.
    """
    todo = [node]
    while todo:
        one = todo.pop()
        yield one
        if isinstance(one, Intrinsic):
            todo.append(one.argument)
        elif isinstance(one, List):
            todo.extend(reversed(one.items))
        elif isinstance(one, Mapping):
            todo.extend(entry.value for entry in reversed(one.entries))


def variables_in(node: Node) -> set[str]:
    """
    Return the names that an expression refers to.
    """
    return {name for one in nodes(node) if isinstance(one, Intrinsic) for name in _names(one)}


def _names(node: Intrinsic) -> Iterable[str]:
    if node.name == "Ref" and isinstance(node.argument, Scalar):
        return (node.argument.text,)
    if node.name == "Fn::Sub":
        text = node.argument.items[0] if isinstance(node.argument, List) and node.argument.items else node.argument
        return NAME.findall(text.text) if isinstance(text, Scalar) else ()
    return ()


def shown(node: Node) -> str:
    """
    Return the expression as a text, the same for the same expression.

    >>> from sglint.source import Span
    >>> nowhere = Span("t.yaml", 1, 1, 1, 1)
    >>> shown(Intrinsic("Fn::Join", List((Scalar("", "", nowhere), Scalar("a", "a", nowhere)), nowhere), nowhere))
    "Fn::Join['', 'a']"
    """
    if isinstance(node, Scalar):
        return repr(node.text)
    if isinstance(node, List):
        return f"[{', '.join(shown(item) for item in node.items)}]"
    if isinstance(node, Mapping):
        return f"{{{', '.join(f'{entry.key}: {shown(entry.value)}' for entry in node)}}}"
    argument = shown(node.argument)
    return f"{node.name}{argument}" if argument.startswith("[") else f"{node.name}[{argument}]"
