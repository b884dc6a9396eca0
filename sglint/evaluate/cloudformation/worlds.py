"""
The worlds of a template: the scenarios that its undecided conditions leave, each of which all of it can be evaluated in.

The idea: resources are evaluated each for itself, so that of two routes with opposite conditions each may be missing. In every
world one of them is there; what holds in all worlds is certain.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sglint.evaluate.cloudformation.body import Body, combinations
from sglint.evaluate.cloudformation.conditions import truth
from sglint.evaluate.cloudformation.expressions import evaluate
from sglint.evaluate.cloudformation.scenario import Assignment
from sglint.evaluate.cloudformation.stack import Stack
from sglint.evaluate.terraform.error import EvaluationError
from sglint.template import Intrinsic, List, Mapping, Node, Scalar

MOST_WORLDS = 16
"""With more of them the whole template is not evaluated in each."""


def worlds(stack: Stack, kinds: Collection[str]) -> tuple[Assignment, ...]:
    """
    Return the worlds that the conditions of the resources of these kinds allow; none when there is one, or too many.
    """
    bodies = [stack.resources[name].value for name in sorted(stack.resources) if stack.kind(name) in kinds]
    names = sorted({name for body in bodies for name in _conditions(body)} & set(stack.conditions))
    if not names:
        return ()
    body = Body(stack, quiet=True)
    found = [world for same, _ in combinations(body, lambda: tuple(_holds(stack, name) for name in names)) for world in same]
    return tuple(found) if 1 < len(found) <= MOST_WORLDS else ()


def _holds(stack: Stack, name: str) -> bool | None:
    """Return whether a condition holds; what cannot be evaluated stays open in every world."""
    try:
        return truth(stack, name, stack.conditions[name].span, evaluate)
    except EvaluationError:
        return None


def _conditions(body: Node) -> Iterator[str]:
    """Yield the names of the conditions that a resource, and what is in it, depend on."""
    condition = body.get("Condition") if isinstance(body, Mapping) else None
    if isinstance(condition, Scalar):
        yield condition.text
    todo = [body]
    while todo:
        node = todo.pop()
        if isinstance(node, Intrinsic):
            first = node.argument.items[:1] if isinstance(node.argument, List) else ()
            yield from (item.text for item in first if node.name == "Fn::If" and isinstance(item, Scalar))
            todo.append(node.argument)
        elif isinstance(node, List):
            todo.extend(node.items)
        elif isinstance(node, Mapping):
            todo.extend(entry.value for entry in node)
