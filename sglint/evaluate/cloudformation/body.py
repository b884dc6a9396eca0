"""
From the properties of a resource to values, over all scenarios in which the resource exists.

The idea: what differs between scenarios is kept as small as possible. A map and a list keep their shape, and only what a
condition decides inside them is an Unknown with the alternatives.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from sglint.evaluate.cloudformation.conditions import because
from sglint.evaluate.cloudformation.expressions import TRANSFORM, arguments, decide, evaluate
from sglint.evaluate.cloudformation.foreach import PREFIX
from sglint.evaluate.cloudformation.scenario import MOST_SCENARIOS, Assignment, Scenario, TooManyError, explore
from sglint.evaluate.cloudformation.stack import Stack
from sglint.evaluate.cloudformation.text import settled
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.unknown import collapse
from sglint.source import Span
from sglint.template import Entry, Intrinsic, List, Mapping, Node, Scalar
from sglint.value import Map, Seq, Unknown, Value

T = TypeVar("T")


@dataclass(slots=True)
class Body:
    """
    The evaluation of one body: in which stack and scenarios, and the place of each value by its path.

    A `quiet` body has no errors, only unknown values. A `raw` one keeps texts of which only parts are known.
    """

    stack: Stack
    bases: Sequence[Assignment] = ({},)
    quiet: bool = False
    raw: bool = False
    fields: list[tuple[str, Span]] = field(default_factory=list)

    def value(self, node: Node, only: Collection[str] = ()) -> Value:
        """
        Return the value of the node; `only` are the paths in it that are wanted, none for everything.
        """
        return _node(self, node, self.bases, only, "")


def split(body: Body, condition: Node) -> tuple[list[Assignment], list[Assignment], Unknown]:
    """
    Return the scenarios in which a condition holds, those in which it does not, and why that is not decided.
    """
    return _split(body, condition, body.bases)


def _split(body: Body, condition: Node, bases: Sequence[Assignment]) -> tuple[list[Assignment], list[Assignment], Unknown]:
    yes, no, reads = list[Assignment](), list[Assignment](), set[str]()
    for assignments, holds in _explore(body, bases, lambda: decide(body.stack, condition), reads):
        if holds is not False:
            yes.extend(assignments)
        if holds is not True:
            no.extend(assignments)
    name = condition.text if isinstance(condition, Scalar) else ""
    return yes, no, because(body.stack, name, frozenset(reads))


def combinations(body: Body, function: Callable[[], T]) -> list[tuple[tuple[Assignment, ...], T]]:
    """
    Return what the function comes to over all scenarios, with the scenarios that lead to it.
    """
    return _explore(body, body.bases, function, set())


def _explore(
    body: Body, bases: Sequence[Assignment], function: Callable[[], T], reads: set[str]
) -> list[tuple[tuple[Assignment, ...], T]]:
    """
    Return what the function comes to over the scenarios, without those in which it is an error.

    Raises EvaluationError when it is an error in all of them.
    """
    stack = body.stack
    bases = [{**stack.world, **base} for base in bases]

    def attempt(scenario: Scenario) -> T | EvaluationError:
        try:
            with stack.within(scenario):
                return function()
        except EvaluationError as error:
            return error
        finally:
            reads.update(scenario.reads)

    try:
        results = explore(bases, attempt)
    except TooManyError:
        stack.independent = True
        message = f"the conditions allow more than {MOST_SCENARIOS} combinations, and are taken as independent of each other"
        stack.run.problem(message, stack.template.conditions.span, "give more parameters with --parameter", hides=False)
        results = explore((stack.world,), attempt)
        stack.independent = False
    found = [(where, result) for where, result in results if not isinstance(result, EvaluationError)]
    if not found:
        raise next(result for _, result in results if isinstance(result, EvaluationError))
    return found


def _safely(body: Body, node: Node, function: Callable[[], Value]) -> Value:
    """Return what the function does; an error becomes a Problem and an unknown value."""
    try:
        return function()
    except EvaluationError as error:
        span = error.span or node.span
        if not body.quiet:
            body.stack.run.problem(error.message, span)
        return Unknown(error.message, span)


def _node(body: Body, node: Node, bases: Sequence[Assignment], only: Collection[str], path: str | None) -> Value:
    """Return a value that is the same in all scenarios or Unknown; None when it is absent in all of them."""
    if isinstance(node, Mapping) and not any(entry.key.startswith(PREFIX) for entry in node):
        return _mapping(body, node, bases, only, path)
    if isinstance(node, List):
        return _list(body, node, bases, only, path)
    if isinstance(node, Intrinsic) and node.name == "Fn::If":
        return _safely(body, node, lambda: _choice(body, node, bases, only, path))
    return _safely(body, node, lambda: _plain(body, node, bases))


def _plain(body: Body, node: Node, bases: Sequence[Assignment]) -> Value:
    if isinstance(node, Scalar):
        return evaluate(body.stack, node)
    reads: set[str] = set()
    found = _explore(body, bases, lambda: evaluate(body.stack, node), reads)
    values = [value if body.raw else settled(value) for _, value in found]
    if len(values) == 1:
        return values[0]
    return collapse(values, [because(body.stack, "", frozenset(reads))])


def _choice(body: Body, node: Intrinsic, bases: Sequence[Assignment], only: Collection[str], path: str | None) -> Value:
    condition, yes, no = arguments(node, 3, 3)
    holding, failing, why = _split(body, condition, bases)
    if not failing:
        return _node(body, yes, holding, only, path)
    if not holding:
        return _node(body, no, failing, only, path)
    return collapse([_node(body, yes, holding, only, None), _node(body, no, failing, only, None)], [why])


def _mapping(body: Body, node: Mapping, bases: Sequence[Assignment], only: Collection[str], path: str | None) -> Value:
    values: dict[str, Value] = {}
    for entry in node:
        below = _below(only, entry.key)
        if entry.key == TRANSFORM:
            hidden(body, entry)
            continue
        if below is None:
            continue
        inner = None if path is None else f"{path}.{entry.key}" if path else entry.key
        value = _node(body, entry.value, bases, below, inner)
        if value is not None:
            values[entry.key] = value
            _place(body, inner, entry.value)
    return Map.of(values)


def hidden(body: Body, entry: Entry) -> None:
    """
    Note that what a transform puts beside its entry is not seen.
    """
    transform = Intrinsic(TRANSFORM, entry.value, entry.span)
    _safely(body, transform, lambda: evaluate(body.stack, transform))


def _below(only: Collection[str], name: str) -> Collection[str] | None:
    """Return what is wanted below a name: nothing for everything, None when the name itself is not wanted."""
    if not only or name in only:
        return ()
    return frozenset(path[len(name) + 1 :] for path in only if path.startswith(f"{name}.")) or None


def _list(body: Body, node: List, bases: Sequence[Assignment], only: Collection[str], path: str | None) -> Value:
    values: list[Value] = []
    for item in node.items:
        inner = None if path is None else f"{path}[{len(values)}]"
        value = _node(body, item, bases, only, inner)
        if isinstance(value, Unknown) and None in value.among:
            kept = tuple(choice for choice in value.among if choice is not None)
            if not all(isinstance(choice, Map) for choice in kept):
                return _safely(body, node, lambda: _plain(body, node, bases))
            value = replace(value, among=(), element=kept[0]) if len(kept) == 1 else replace(value, among=kept)
        if value is not None:
            values.append(value)
            _place(body, inner, item)
    return Seq(tuple(values), "list")


def _place(body: Body, path: str | None, node: Node) -> None:
    if path is not None:
        body.fields.append((path, node.span))
