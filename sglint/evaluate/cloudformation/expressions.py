"""
What a node of a template comes to in the scenario that its stack is in.

`AWS::NoValue` is None: a property or an item of a list that has this value is absent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from sglint.evaluate.cloudformation import functions
from sglint.evaluate.cloudformation.conditions import because, truth
from sglint.evaluate.cloudformation.domain import NAME
from sglint.evaluate.cloudformation.foreach import expand
from sglint.evaluate.cloudformation.lookup import find_in_map
from sglint.evaluate.cloudformation.references import attribute, refer
from sglint.evaluate.cloudformation.stack import Stack
from sglint.evaluate.cloudformation.text import hidden, known_text, text_of
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.unknown import collapse, merged
from sglint.source import Span
from sglint.template import Intrinsic, List, Node, Scalar
from sglint.template import Mapping as MappingNode
from sglint.value import Map, Seq, Value

Function: TypeAlias = Callable[[Stack, Intrinsic], Value]
TRANSFORM = "Fn::Transform"


def evaluate(stack: Stack, node: Node) -> Value:
    """
    Return the value of a node. Raises EvaluationError when AWS would refuse it, Undecided when a condition is open.
    """
    stack.run.spend()
    if isinstance(node, Scalar):
        if isinstance(node.value, str) and functions.DYNAMIC in node.value:
            return functions.dynamic(node.value)
        return _scalar(node)
    if isinstance(node, List):
        return Seq(tuple(value for item in node.items if (value := evaluate(stack, item)) is not None), "list")
    if isinstance(node, MappingNode):
        return _map(stack, node)
    function = _FUNCTIONS.get(node.name)
    if function is None:
        raise EvaluationError(f"{node.name} has no value here", node.span)
    try:
        return function(stack, node)
    except EvaluationError as error:
        raise EvaluationError(error.message, error.span or node.span) from None


def _scalar(node: Scalar) -> Value:
    """Return a number only where nothing of how it is written is lost."""
    number = not isinstance(node.value, (str, bool)) and node.value is not None
    return node.text if number and text_of(node.value) != node.text else node.value


def _map(stack: Stack, node: MappingNode) -> Value:
    values: dict[str, Value] = {}
    for entry in expand(stack, node, evaluate):
        if entry.key == TRANSFORM:
            return _transform(stack, Intrinsic(entry.key, entry.value, entry.span))
        value = evaluate(stack, entry.value)
        if value is not None:
            values[entry.key] = value
    return Map.of(values)


def arguments(node: Intrinsic, least: int, most: int) -> tuple[Node, ...]:
    """
    Return the arguments of a function that takes so many.
    """
    items = node.argument.items if isinstance(node.argument, List) else ()
    if not least <= len(items) <= most:
        many = f"{least}" if least == most else f"{least} to {most}"
        raise EvaluationError(f"{node.name} takes a list of {many} arguments", node.span)
    return items


def _ref(stack: Stack, node: Intrinsic) -> Value:
    value = evaluate(stack, node.argument)
    name = known_text(value)
    if name is None:
        return merged((hidden(value),))
    return refer(stack, name, node.argument.span, evaluate)


def _get_att(stack: Stack, node: Intrinsic) -> Value:
    if isinstance(node.argument, Scalar):
        name, _, path = node.argument.text.partition(".")
        return attribute(stack, name, path, node.span, evaluate)
    values = [evaluate(stack, item) for item in arguments(node, 2, 2)]
    texts = [known_text(value) for value in values]
    if texts[0] is None or texts[1] is None:
        return merged([hidden(value) for value in values])
    return attribute(stack, texts[0], texts[1], node.span, evaluate)


def _sub(stack: Stack, node: Intrinsic) -> Value:
    text, local = node.argument, dict[str, Node]()
    if isinstance(node.argument, List):
        first, second = arguments(node, 2, 2)
        if not isinstance(second, MappingNode):
            raise EvaluationError("Fn::Sub takes a text and a map", second.span)
        text, local = first, {entry.key: entry.value for entry in second}
    if not isinstance(text, Scalar):
        raise EvaluationError("Fn::Sub takes a text", text.span)
    return functions.joined(_parts(stack, text, local))


def _parts(stack: Stack, text: Scalar, local: Mapping[str, Node]) -> list[Value]:
    parts: list[Value] = []
    end = 0
    for match in NAME.finditer(text.text):
        parts.append(_literal(text.text[end : match.start()]))
        end = match.end()
        value = _named(stack, match.group(1).strip(), local, text.span)
        if isinstance(value, (Seq, Map)) or value is None:
            raise EvaluationError(f"Fn::Sub: {match.group(1)} is not a text", text.span)
        parts.append(value)
    parts.append(_literal(text.text[end:]))
    return [part for part in parts if part != ""]


def _literal(text: str) -> str:
    return text.replace("${!", "${")


def _named(stack: Stack, name: str, local: Mapping[str, Node], span: Span) -> Value:
    if name in local:
        return evaluate(stack, local[name])
    if "." in name and name not in stack.resources:
        resource, _, path = name.partition(".")
        return attribute(stack, resource, path, span, evaluate)
    return refer(stack, name, span, evaluate)


def _if(stack: Stack, node: Intrinsic) -> Value:
    condition, yes, no = arguments(node, 3, 3)
    holds = decide(stack, condition)
    if holds is None:
        why = because(stack, condition.text if isinstance(condition, Scalar) else "", frozenset())
        return collapse([evaluate(stack, yes), evaluate(stack, no)], [why])
    return evaluate(stack, yes if holds else no)


def decide(stack: Stack, node: Node) -> bool | None:
    """
    Return whether the condition that a node names holds.
    """
    if isinstance(node, Intrinsic) and node.name == "Condition":
        node = node.argument
    if not isinstance(node, Scalar):
        raise EvaluationError("Fn::If takes the name of a condition", node.span)
    return truth(stack, node.text, node.span, evaluate)


def _find_in_map(stack: Stack, node: Intrinsic) -> Value:
    items = arguments(node, 3, 4)
    keys = [evaluate(stack, item) for item in items[:3]]
    default = items[3].get("DefaultValue") if len(items) == 4 and isinstance(items[3], MappingNode) else None
    fallback = () if default is None else (evaluate(stack, default),)
    return find_in_map(stack, keys, fallback, evaluate)


def _join(stack: Stack, node: Intrinsic) -> Value:
    delimiter, items = (evaluate(stack, item) for item in arguments(node, 2, 2))
    return functions.apply(functions.join, (delimiter, items))


def _split(stack: Stack, node: Intrinsic) -> Value:
    separator, text = (evaluate(stack, item) for item in arguments(node, 2, 2))
    return functions.apply(functions.split_text, (separator, text))


def _select(stack: Stack, node: Intrinsic) -> Value:
    index, items = (evaluate(stack, item) for item in arguments(node, 2, 2))
    return functions.apply(functions.select, (index, items))


def _cidr(stack: Stack, node: Intrinsic) -> Value:
    block, count, *bits = (evaluate(stack, item) for item in arguments(node, 2, 3))
    return functions.apply(functions.cidr_blocks, (block, count, bits[0] if bits else 8))


def _zones(stack: Stack, node: Intrinsic) -> Value:
    region = evaluate(stack, node.argument)
    own = stack.values["AWS::Region"]
    if region in ("", own):
        region = known_text(own) or ""
    return functions.apply(functions.zones, (region,))


def _encode(stack: Stack, node: Intrinsic) -> Value:
    return functions.apply(functions.encode, (evaluate(stack, node.argument),))


def _length(stack: Stack, node: Intrinsic) -> Value:
    return functions.apply(functions.length, (evaluate(stack, node.argument),))


def _to_text(stack: Stack, node: Intrinsic) -> Value:
    return functions.apply(functions.to_text, (evaluate(stack, node.argument),))


def _import(stack: Stack, node: Intrinsic) -> Value:
    return stack.run.imported(stack, evaluate(stack, node.argument), node.span)


def _transform(stack: Stack, node: Intrinsic) -> Value:
    name = node.argument.get("Name") if isinstance(node.argument, MappingNode) else None
    shown = name.text if isinstance(name, Scalar) else TRANSFORM
    raise EvaluationError(f"what {shown} puts here is not seen", node.span)


_FUNCTIONS: Mapping[str, Function] = {
    "Fn::Base64": _encode,
    "Fn::Cidr": _cidr,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAZs": _zones,
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::ImportValue": _import,
    "Fn::Join": _join,
    "Fn::Length": _length,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
    "Fn::ToJsonString": _to_text,
    TRANSFORM: _transform,
    "Ref": _ref,
}
