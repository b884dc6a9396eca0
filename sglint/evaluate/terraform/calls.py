"""
Calls of functions, with their arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sglint import syntax
from sglint.evaluate.terraform import attempt, functions
from sglint.evaluate.terraform.among import pairs
from sglint.evaluate.terraform.error import EvaluationError, SlowError
from sglint.evaluate.terraform.mark import marked, unmark
from sglint.evaluate.terraform.pairing import one_of, own_key
from sglint.evaluate.terraform.scope import MAX_STEPS, Scope
from sglint.evaluate.terraform.typed import members
from sglint.evaluate.terraform.types import ANY
from sglint.evaluate.terraform.unknown import attempts, check_size, collapse, merged
from sglint.value import Seq, Unknown, Value

MOST_SLOW = 20
"""How many regular expressions of one root module may take as long as one may."""
PATTERN_STEPS = 100
"""How many steps it costs to read a regular expression."""

ALL_STEPS = 8
"""How many times as much it costs to make something of all of a value as to look at it."""
_LOOKING = frozenset(
    {"alltrue", "anytrue", "coalesce", "contains", "element", "index", "keys", "length", "lookup", "one", "values"}
)
"""The functions that look at their arguments and make nothing of them."""
_COMPARING = frozenset({"matchkeys", "setintersection", "setsubtract"})
"""The functions that may have to compare each item of one collection with each of another."""

Evaluate = Callable[[syntax.Expr, Scope], Value]


def call(expr: syntax.Call, scope: Scope, evaluate: Evaluate) -> Value:
    """
    Return the result of a call.
    """
    name = expr.name.removeprefix("core::")
    if name in ("try", "can"):
        return (attempt.first if name == "try" else attempt.succeeds)(expr, scope, evaluate)
    if name == "templatestring" and expr.arguments and not attempt.is_reference(expr.arguments[0]):
        raise EvaluationError("the template of templatestring must be a reference, such as local.name", expr.arguments[0].span)
    if name == "element" and len(expr.arguments) == 2 and own_key(expr.arguments[1]):
        one = one_of(*expr.arguments, scope, evaluate)
        if one is not None:
            return one
    arguments = [evaluate(argument, scope) for argument in expr.arguments]
    if not expr.expand:
        return _result(expr.name, arguments, scope)
    last, marks = unmark(attempt.expanded(expr, arguments.pop()))

    def spread(items: Value) -> Value:
        if not isinstance(items, Seq):
            return marked(merged((items,), type=ANY if isinstance(items, Unknown) and items.type is not None else None), marks)
        rest = [marked(item, marks) for item in members(items)]
        return _result(expr.name, [*arguments, *rest], scope)

    if isinstance(last, Unknown) and last.among:
        return collapse(attempts(last, spread), (last,))
    return spread(last)


def _result(name: str, arguments: Sequence[Value], scope: Scope) -> Value:
    """
    Return what a function comes to; large arguments take more steps than small ones, and what is slow takes very many.
    """
    short = name.removeprefix("core::")
    steps = sum(map(check_size, arguments)) * (1 if short in _LOOKING else ALL_STEPS)
    steps += PATTERN_STEPS if _has_pattern(short, arguments) else 0
    scope.world.spend(steps + (pairs(arguments) if short in _COMPARING else 0))
    try:
        return functions.call(name, arguments, scope.world.context)
    except SlowError:
        scope.world.context.slow()
        scope.world.spend(MAX_STEPS // MOST_SLOW)
        raise


def _has_pattern(name: str, arguments: Sequence[Value]) -> bool:
    """Return whether a function reads a regular expression."""
    sought = unmark(arguments[1])[0] if name == "replace" and len(arguments) > 1 else None
    return name in ("regex", "regexall") or (isinstance(sought, str) and sought.startswith("/"))
