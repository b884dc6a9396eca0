"""
`try` and `can`, and the argument of a call that is expanded.
"""

from __future__ import annotations

from collections.abc import Callable

from sglint import syntax
from sglint.evaluate.terraform.error import EvaluationError, SpentError
from sglint.evaluate.terraform.mark import hushed, marked, unmark
from sglint.evaluate.terraform.scope import Scope
from sglint.evaluate.terraform.typed import members, type_of
from sglint.evaluate.terraform.types import ANY, BOOL, Any, Collection, Tuple
from sglint.evaluate.terraform.unknown import collapse, merged, unknown_parts, wholly_known
from sglint.value import Ref, Seq, Unknown, Value, is_known

Evaluate = Callable[[syntax.Expr, Scope], Value]


def expanded(expr: syntax.Call, last: Value) -> Value:
    """
    Return the argument before `...`, which must be a list, set or tuple.
    """
    inner = unmark(last)[0]
    if (is_known(inner) and not isinstance(inner, Seq)) or not isinstance(type_of(inner), (Any, Tuple, Collection)):
        raise EvaluationError("the argument before ... must be a list, set or tuple", expr.arguments[-1].span)
    return last


def is_reference(expr: syntax.Expr) -> bool:
    """
    Return whether the expression is a name with attributes and indexes.
    """
    while isinstance(expr, (syntax.GetAttr, syntax.Index)):
        expr = expr.object
    return isinstance(expr, syntax.Variable)


def first(expr: syntax.Call, scope: Scope, evaluate: Evaluate) -> Value:
    """
    Return what `try` comes to.
    """
    failure: EvaluationError | None = None
    spread, marks = unmark(expanded(expr, evaluate(expr.arguments[-1], scope)) if expr.expand else Seq())
    doubtful: list[Value] = []
    for argument in expr.arguments[: -1 if expr.expand else None]:
        try:
            value = evaluate(argument, scope)
        except SpentError:
            raise
        except EvaluationError as error:
            failure = error
            continue
        if scope.strict and not wholly_known(value):
            return merged((value,), type=ANY)
        if not _may_miss(argument, unmark(value)[0]):
            return collapse([*doubtful, value], doubtful) if doubtful else value
        doubtful.append(value)
    if doubtful:
        return collapse(doubtful, doubtful)
    if not isinstance(spread, Seq) or spread.items:
        return marked(members(spread)[0] if isinstance(spread, Seq) else merged((spread,)), marks)
    detail = f": {failure.message}" if failure else ""
    raise EvaluationError(f"none of the arguments of try succeeds{detail}", expr.span)


def _may_miss(expr: syntax.Expr, value: Value) -> bool:
    """Return whether the value is one of several that a key which is not known chooses from, so that there may be none."""
    if not isinstance(value, Unknown) or not value.among or not all(isinstance(choice, str) for choice in value.among):
        return False
    while isinstance(expr, (syntax.GetAttr, syntax.Index)):
        if isinstance(expr, syntax.Index) and not isinstance(expr.key, syntax.Literal):
            return True
        expr = expr.object
    return False


def succeeds(expr: syntax.Call, scope: Scope, evaluate: Evaluate) -> Value:
    """
    Return what `can` comes to.
    """
    if expr.expand:
        items, _ = unmark(expanded(expr, evaluate(expr.arguments[-1], scope)))
        if isinstance(items, Seq) and len(expr.arguments) - 1 + len(items) != 1:
            raise EvaluationError("can takes exactly one argument", expr.span)
    elif len(expr.arguments) != 1:
        raise EvaluationError("can takes exactly one argument", expr.span)
    try:
        value = hushed(evaluate(expr.arguments[0], scope))
    except SpentError:
        raise
    except EvaluationError:
        return False
    if is_reference(expr.arguments[0]):
        sure = not isinstance(value, Unknown)
    else:
        sure = not isinstance(value, Ref) and not any(isinstance(part, Unknown) for part in unknown_parts(value))
    return True if sure else merged((value,), among=() if scope.strict else (True, False), type=BOOL)
