"""
`Ref` and `Fn::GetAtt`: what a name leads to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from sglint.evaluate.cloudformation.conditions import truth
from sglint.evaluate.cloudformation.scenario import Other, Undecided
from sglint.evaluate.cloudformation.stack import Stack
from sglint.evaluate.terraform.error import EvaluationError
from sglint.source import Span
from sglint.template import Mapping, Node, Scalar
from sglint.value import Ref, Unknown, Value

Evaluate: TypeAlias = Callable[[Stack, Node], Value]
NESTED = {"AWS::CloudFormation::Stack": "TemplateURL", "AWS::Serverless::Application": "Location"}
"""The kinds that nest a template, and the property that says which."""
PSEUDO = (
    *("AWS::AccountId", "AWS::NotificationARNs", "AWS::Partition", "AWS::Region"),
    *("AWS::StackId", "AWS::StackName", "AWS::URLSuffix"),
)
MODULE = "::MODULE"
"""The end of the kinds that stand for a part of a template which is registered elsewhere."""
CUSTOM = "AWS::CloudFormation::CustomResource"
"""The kind of what a function of the user's own makes or changes, which may have any name that starts with `Custom::`, too."""
_OWN = frozenset({"Arn", "Id"})
"""Attributes that are never a property, whatever the properties are called."""


def refer(stack: Stack, name: str, span: Span, evaluate: Evaluate) -> Value:
    """
    Return what `Ref` of the name is: a parameter's value, or the identity of a resource; None for `AWS::NoValue`.
    """
    if name == "AWS::NoValue":
        return None
    if name in stack.values:
        return _parameter(stack, name)
    if name in stack.resources:
        _exists(stack, name, span, evaluate)
    elif not _may_exist(stack, name):
        if name.startswith("AWS::"):
            raise EvaluationError(f"{name} is no pseudo parameter", span)
        raise EvaluationError(f"{name} is neither a parameter nor a resource", span)
    return Ref(stack.prefix + name)


def _parameter(stack: Stack, name: str) -> Value:
    value = stack.values[name]
    if not isinstance(value, Unknown):
        return value
    token = stack.scenario.read(name)
    if isinstance(token, str):
        return token
    return replace(value, among=token.among) if isinstance(token, Other) else value


def _exists(stack: Stack, name: str, span: Span, evaluate: Evaluate) -> None:
    """Refuse a reference to a resource that surely does not exist."""
    condition = stack.property(name, "Condition")
    if not isinstance(condition, Scalar) or condition.text not in stack.conditions:
        return
    try:
        exists = truth(stack, condition.text, condition.span, evaluate)
    except Undecided:
        return
    if exists is False:
        raise EvaluationError(f"{name} is not made, because its condition {condition.text} is false", span)


def _may_exist(stack: Stack, name: str) -> bool:
    """Return whether a transform may have made a resource of that name."""
    if stack.template.macros:
        return True
    if stack.template.serverless and name.startswith("Serverless"):
        return True
    return any(name.startswith(other) and _makes_others(stack.kind(other)) for other in stack.resources)


def _makes_others(kind: str) -> bool:
    """Return whether further resources come of one of this kind, whose names begin with its name."""
    return not kind or kind.startswith("AWS::Serverless::") or kind.endswith(MODULE)


def attribute(stack: Stack, name: str, path: str, span: Span, evaluate: Evaluate) -> Value:
    """
    Return an attribute of a resource: an output of a nested stack, what the resource sets itself, or its identity.
    """
    while name not in stack.resources and "." in name:
        name, _, rest = name.rpartition(".")
        path = f"{rest}.{path}"
    if name not in stack.resources:
        if name in stack.template.parameters or not _may_exist(stack, name):
            raise EvaluationError(f"{name} is no resource, so it has no attribute {path}", span)
        return Ref(stack.prefix + name, path)
    _exists(stack, name, span, evaluate)
    if stack.kind(name) in NESTED and path.startswith("Outputs."):
        return stack.run.output(stack, name, path.removeprefix("Outputs."), span)
    unset = Ref(stack.prefix + name, path)
    properties = stack.property(name, "Properties")
    node = properties.get(path) if isinstance(properties, Mapping) and path not in _OWN else None
    if node is None or not stack.kind(name).startswith("AWS::"):
        return unset
    with stack.once(f"{name}.{path}"):
        value = evaluate(stack, node)
    return unset if value is None else value


def element(ref: Ref, index: int) -> Ref:
    """
    Return an item of a list that is known only after deployment.
    """
    return Ref(ref.address, f"{ref.attribute}[{index}]")
