"""
What is left of an expression with an error in it.

Terraform looks at both branches of a conditional and gives both one type. An error in the branch that is not taken is none, but
what can be told of that branch all the same takes part in the choice of the type.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sglint import syntax
from sglint.evaluate.terraform.access import get_attr, index, iterate
from sglint.evaluate.terraform.comprehension import For, check_test, truth
from sglint.evaluate.terraform.conditional import common_types, conditional
from sglint.evaluate.terraform.convert import to_string
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.mark import unmark_deep
from sglint.evaluate.terraform.scope import Scope
from sglint.evaluate.terraform.typed import object_of, tuple_of, type_of
from sglint.evaluate.terraform.types import ANY, BOOL, NUMBER, STRING, Collection, Tuple, Type
from sglint.value import Unknown, Value, is_known

Evaluate = Callable[[syntax.Expr, Scope], Value]


def partial(expr: syntax.Expr, scope: Scope, evaluate: Evaluate) -> Value:
    """
    Return the value of the expression, with what is wrong in it unknown and of the type that it has all the same.
    """
    try:
        return unmark_deep(evaluate(expr, scope))[0]
    except EvaluationError:
        return _rest(expr, scope, evaluate)


def _of(kind: Type) -> Unknown:
    return Unknown("a part of it is an error", type=kind)


def _rest(expr: syntax.Expr, scope: Scope, evaluate: Evaluate) -> Value:
    def part(inner: syntax.Expr) -> Value:
        return partial(inner, scope, evaluate)

    if isinstance(expr, syntax.TupleExpr):
        return tuple_of([part(item) for item in expr.items])
    if isinstance(expr, syntax.Template):
        return _template(expr, scope, evaluate)
    if isinstance(expr, syntax.ObjectExpr):
        return _object(expr, scope, evaluate)
    if isinstance(expr, (syntax.TemplateIf, syntax.TemplateFor, syntax.Binary, syntax.Unary)):
        return _of(_result(expr))
    if isinstance(expr, syntax.GetAttr):
        return _or_any(lambda: get_attr(part(expr.object), expr.name))
    if isinstance(expr, syntax.Index):
        return _or_any(lambda: index(part(expr.object), part(expr.key)))
    if isinstance(expr, syntax.Conditional):
        return _conditional(part(expr.test), part(expr.yes), part(expr.no))
    return _loop(expr, scope, evaluate)


def _result(expr: syntax.Expr) -> Type:
    if isinstance(expr, syntax.Binary):
        return NUMBER if expr.operator in "+-*/%" else BOOL
    if isinstance(expr, syntax.Unary):
        return BOOL if expr.operator == "!" else NUMBER
    return STRING


def _loop(expr: syntax.Expr, scope: Scope, evaluate: Evaluate) -> Value:
    if isinstance(expr, syntax.Splat):
        return _splat(expr, scope, evaluate)
    if isinstance(expr, (syntax.ForTuple, syntax.ForObject)):
        return _or_any(lambda: _for(expr, scope, evaluate))
    return _of(ANY)


def _or_any(compute: Callable[[], Value]) -> Value:
    try:
        return compute()
    except EvaluationError:
        return _of(ANY)


def _template(expr: syntax.Template, scope: Scope, evaluate: Evaluate) -> Value:
    """
    Return the text up to the first part that is wrong, unknown when a part is.
    """
    texts: list[str] = []
    failed = False
    for part in expr.parts:
        try:
            value = unmark_deep(evaluate(part, scope))[0]
        except EvaluationError:
            failed, value = True, _rest(part, scope, evaluate)
        if not is_known(value):
            return _of(STRING)
        try:
            text = to_string(value)
        except EvaluationError:
            text = None
        failed = failed or not isinstance(text, str)
        texts.append("" if failed else str(text))
    return "".join(texts)


def _object(expr: syntax.ObjectExpr, scope: Scope, evaluate: Evaluate) -> Value:
    entries: dict[str, Value] = {}
    for key_expr, value_expr in expr.items:
        try:
            key = to_string(evaluate(key_expr, scope))
        except EvaluationError:
            return _of(ANY)
        if not isinstance(key, str):
            return _of(ANY)
        entries[key] = partial(value_expr, scope, evaluate)
    return object_of(entries)


def _conditional(test: Value, yes: Value, no: Value) -> Value:
    try:
        common, _ = common_types(yes, no)
    except EvaluationError:
        return _of(ANY)
    try:
        return conditional(test, yes, no)
    except EvaluationError:
        return _of(common)


def _splat(expr: syntax.Splat, scope: Scope, evaluate: Evaluate) -> Value:
    try:
        source = type_of(evaluate(expr.object, scope))
    except EvaluationError:
        return _of(ANY)

    def each(item: Type) -> Type:
        return type_of(partial(expr.body, replace(scope, item=_of(item), strict=True), evaluate))

    if isinstance(source, Collection) and source.kind != "map":
        return _of(Collection("list", each(source.element)))
    items = source.items if isinstance(source, Tuple) else (source,)
    return _of(Tuple(tuple(map(each, items))))


def _for(expr: For, scope: Scope, evaluate: Evaluate) -> Value:
    pairs = iterate(partial(expr.collection, scope, evaluate))
    if isinstance(pairs, Unknown):
        return _of(ANY)
    check_test(expr, scope, evaluate)
    scope.world.spend(len(pairs))
    rows: list[tuple[Value, Value]] = []
    for key, value in pairs:
        inner = scope.bind({expr.key: key, expr.value: value})
        if expr.test is not None and not truth(partial(expr.test, inner, evaluate), "the if of a for expression"):
            continue
        label: Value = to_string(partial(expr.key_result, inner, evaluate)) if isinstance(expr, syntax.ForObject) else ""
        if not isinstance(label, str):
            return _of(ANY)
        rows.append((label, partial(expr.result, inner, evaluate)))
    return _collected(expr, rows)


def _collected(expr: For, rows: list[tuple[Value, Value]]) -> Value:
    if isinstance(expr, syntax.ForTuple):
        return tuple_of(value for _, value in rows)
    groups: dict[str, list[Value]] = {}
    for label, value in rows:
        groups.setdefault(str(label), []).append(value)
    if expr.grouped:
        return object_of({key: tuple_of(values) for key, values in groups.items()})
    return object_of({key: values[0] for key, values in groups.items()})
