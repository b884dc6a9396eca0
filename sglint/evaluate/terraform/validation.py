"""
The `validation` blocks of a variable: which values they let in, and whether the one given is among them.

A condition is judged when all else is evaluated, for it may refer to what refers to the variable itself. One that is not known
says nothing about the value; but a list of the values that are allowed bounds a variable whose value is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Protocol

from sglint import syntax
from sglint.evaluate.terraform.comprehension import truth
from sglint.evaluate.terraform.convert import convert
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.expressions import evaluate_expression
from sglint.evaluate.terraform.mark import unmark
from sglint.evaluate.terraform.scope import Scope, World
from sglint.evaluate.terraform.typed import bare
from sglint.evaluate.terraform.types import STRING, Type
from sglint.evaluate.terraform.unknown import MOST_KEPT, same
from sglint.source import Problem, Span
from sglint.syntax import Block
from sglint.value import Value, is_known

_WORDS = re.compile(r"\^\((?:\?:)?([\w -]+(?:\|[\w -]+)*)\)\$")
"""A pattern that matches nothing but a few words."""

Choices = tuple[Value, ...] | None
"""The only values with which a condition can hold; None when it says nothing of the kind."""


class Checked(World, Protocol):
    """
    The module instance whose variable is checked.
    """

    def given_at(self, name: str, block: Block) -> Span:
        """
        Return the place of the value of the variable.
        """
        ...

    def tells(self, message: syntax.Expr) -> bool:
        """
        Return whether the text of a message may be shown.
        """
        ...


def allowed(block: Block, name: str, type_: Type | None) -> tuple[Value, ...]:
    """
    Return the only values that the validations of the variable let in, nothing when they do not list them.
    """
    found: Choices = None
    for condition in _conditions(block):
        found = _both(found, _choices(condition, name, text=type_ == STRING))
    if not found or len(found) > MOST_KEPT:
        return ()
    try:
        return tuple(found if type_ is None else (bare(convert(value, type_)) for value in found))
    except EvaluationError:
        return ()


def _conditions(block: Block) -> list[syntax.Expr]:
    rules = [child.attribute("condition") for child in block.blocks if child.type == "validation"]
    return [rule.expr for rule in rules if rule is not None]


def _choices(expr: syntax.Expr, name: str, *, text: bool) -> Choices:
    """
    The values with which the condition can hold; `text` says that the variable is a string.
    """

    def of(part: syntax.Expr) -> Choices:
        return _choices(part, name, text=text)

    if isinstance(expr, syntax.Literal):
        return () if expr.value is False else None
    if isinstance(expr, syntax.Binary):
        return _of_binary(expr, name, of)
    if isinstance(expr, syntax.Conditional):
        return _either(_both(of(expr.test), of(expr.yes)), of(expr.no))
    if not isinstance(expr, syntax.Call) or expr.expand:
        return None
    if expr.name == "contains" and len(expr.arguments) == 2 and _is(expr.arguments[1], name):
        return _literals(expr.arguments[0])
    if expr.name == "can" and len(expr.arguments) == 1 and text:
        return _of_pattern(expr.arguments[0], name)
    return None


def _of_binary(expr: syntax.Binary, name: str, of: Callable[[syntax.Expr], Choices]) -> Choices:
    if expr.operator == "&&":
        return _both(of(expr.left), of(expr.right))
    if expr.operator == "||":
        return _either(of(expr.left), of(expr.right))
    if expr.operator == "==":
        for side, other in ((expr.left, expr.right), (expr.right, expr.left)):
            if _is(side, name) and isinstance(other, syntax.Literal):
                return (other.value,)
    return None


def _of_pattern(expr: syntax.Expr, name: str) -> Choices:
    if not isinstance(expr, syntax.Call) or expr.name != "regex" or len(expr.arguments) != 2:
        return None
    pattern, subject = expr.arguments
    if not _is(subject, name) or not isinstance(pattern, syntax.Literal) or not isinstance(pattern.value, str):
        return None
    words = _WORDS.fullmatch(pattern.value)
    return tuple(words[1].split("|")) if words else None


def _literals(expr: syntax.Expr) -> Choices:
    if isinstance(expr, syntax.Call) and expr.name in ("toset", "tolist") and len(expr.arguments) == 1:
        return _literals(expr.arguments[0])
    if not isinstance(expr, syntax.TupleExpr):
        return None
    values = [item.value for item in expr.items if isinstance(item, syntax.Literal)]
    return tuple(values) if len(values) == len(expr.items) else None


def _is(expr: syntax.Expr, name: str) -> bool:
    """
    Return whether this is `var.name`.
    """
    return (
        isinstance(expr, syntax.GetAttr)
        and expr.name == name
        and isinstance(expr.object, syntax.Variable)
        and expr.object.name == "var"
    )


def _both(a: Choices, b: Choices) -> Choices:
    if a is None or b is None:
        return a if b is None else b
    return tuple(value for value in a if any(same(value, other) for other in b))


def _either(a: Choices, b: Choices) -> Choices:
    if a is None or b is None:
        return None
    return (*a, *(value for value in b if not any(same(value, other) for other in a)))


def refused(world: Checked, name: str, block: Block) -> Sequence[Problem]:
    """
    Return the problem of each validation of the variable that surely fails.
    """
    found: list[Problem] = []
    for rule in block.blocks:
        condition = rule.attribute("condition") if rule.type == "validation" else None
        if condition is None:
            continue
        try:
            holds, _ = unmark(evaluate_expression(condition.expr, Scope(world)))
            if not is_known(holds) or truth(holds, "the condition of a validation"):
                continue
        except EvaluationError as error:
            message = f"the validation of var.{name} cannot be evaluated: {error.message}"
            found.append(Problem(message, error.span or condition.expr.span))
            continue
        said = _message(world, rule)
        message = f"the value of var.{name} is refused by its validation{f': {said}' if said else ''}"
        found.append(Problem(message, world.given_at(name, block), f"the validation is at {condition.expr.span}"))
    return found


def _message(world: Checked, rule: Block) -> str:
    """
    Return the error message of a validation, nothing when it is not known or may not be shown.
    """
    attribute = rule.attribute("error_message")
    if attribute is None or not world.tells(attribute.expr):
        return ""
    try:
        said = evaluate_expression(attribute.expr, Scope(world))
    except EvaluationError:
        return ""
    return " ".join(said.split()) if isinstance(said, str) else ""
