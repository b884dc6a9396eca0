"""
Calls of functions, with their arguments.
"""

from __future__ import annotations

from collections.abc import Callable

from sglint import syntax
from sglint.evaluate.terraform import attempt, functions
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.mark import marked, unmark
from sglint.evaluate.terraform.pairing import one_of, own_key
from sglint.evaluate.terraform.scope import Scope
from sglint.evaluate.terraform.typed import members
from sglint.evaluate.terraform.types import ANY
from sglint.evaluate.terraform.unknown import attempts, collapse, merged
from sglint.value import Seq, Unknown, Value

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
        return functions.call(expr.name, arguments, scope.world.context)
    last, marks = unmark(attempt.expanded(expr, arguments.pop()))

    def spread(items: Value) -> Value:
        if not isinstance(items, Seq):
            return marked(merged((items,), type=ANY if isinstance(items, Unknown) and items.type is not None else None), marks)
        rest = [marked(item, marks) for item in members(items)]
        return functions.call(expr.name, [*arguments, *rest], scope.world.context)

    if isinstance(last, Unknown) and last.among:
        return collapse(attempts(last, spread), (last,))
    return spread(last)
