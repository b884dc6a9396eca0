"""
From an expression to a value.

An error in the text is an `EvaluationError` with the place of the innermost expression; whoever asked for the value turns it
into a Problem. An unknown operand gives an unknown result with the first cause, unless the result is fixed anyway.

`evaluate_typed` is for the value of what expressions refer to, such as a local: null has its type there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sglint import syntax
from sglint.evaluate.terraform import calls, comprehension
from sglint.evaluate.terraform.access import get_attr, index, iterate, to_template_string
from sglint.evaluate.terraform.conditional import conditional
from sglint.evaluate.terraform.element import common
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.mark import carried, marked, silent, unmark, untold, veil
from sglint.evaluate.terraform.operators import binary, unary
from sglint.evaluate.terraform.pairing import one_of
from sglint.evaluate.terraform.partial import partial
from sglint.evaluate.terraform.scope import Scope
from sglint.evaluate.terraform.symbol import concatenate
from sglint.evaluate.terraform.typed import bare, object_of, tuple_of, type_of
from sglint.evaluate.terraform.types import STRING, Any, Primitive, Type, type_name
from sglint.evaluate.terraform.unknown import as_unknown, attempts, check_size, collapse, distribute, merged
from sglint.value import Map, Mark, Marked, Ref, Symbol, Unknown, Value, is_known


def evaluate_expression(expr: syntax.Expr, scope: Scope) -> Value:
    """
    Return the value of the expression. Raises EvaluationError with the place of what is wrong.
    """
    return bare(evaluate_typed(expr, scope))


def evaluate_typed(expr: syntax.Expr, scope: Scope) -> Value:
    """
    Return the value of the expression; a null of a known type is a `Null`.
    """
    try:
        value = _EVALUATE[type(expr)](expr, scope)
    except EvaluationError as error:
        if error.span is None:
            error.span = expr.span
        if scope.marks:
            raise untold(scope.marks, error.span) from None
        raise
    except RecursionError:
        raise EvaluationError("this is nested too deeply to evaluate", expr.span) from None
    if isinstance(value, Marked):
        return marked(
            _placed(value.value, expr), (mark if mark.span else replace(mark, span=expr.span) for mark in value.marks)
        )
    return _placed(value, expr)


def _placed(value: Value, expr: syntax.Expr) -> Value:
    return replace(value, span=expr.span) if isinstance(value, Unknown) and value.span is None else value


def _literal(expr: syntax.Literal, scope: Scope) -> Value:
    return expr.value


def _broken(expr: syntax.Broken, scope: Scope) -> Value:
    return Unknown(expr.why, expr.span)


def _template(expr: syntax.Template, scope: Scope) -> Value:
    return _join(expr.parts, scope)


def _join(parts: tuple[syntax.Expr, ...], scope: Scope) -> Value:
    return _concatenated([_part(part, scope) for part in parts])


def _part(expr: syntax.Expr, scope: Scope) -> Value:
    try:
        return carried(to_template_string, evaluate_typed(expr, scope))
    except EvaluationError as error:
        error.span = error.span or expr.span
        raise


def _concatenated(parts: Sequence[Value]) -> Value:
    return carried(lambda *texts: _concatenate(texts), *parts)


def _concatenate(parts: Sequence[Value]) -> Value:
    spread = distribute(lambda *chosen: _concatenate(chosen), parts)
    if spread is not None:
        return spread
    told = [part for part in parts if part != ""]
    if len(told) == 1 and isinstance(told[0], Ref):
        return told[0]
    texts = [part for part in parts if isinstance(part, str)]
    return concatenate(texts) if len(texts) == len(parts) else replace(merged(parts), ends=_end(parts), type=STRING)


def _end(parts: Sequence[Value]) -> str:
    """Return the known end of a text that is not known."""
    end = ""
    for part in reversed(parts):
        if isinstance(part, Symbol) or not isinstance(part, str):
            return (part.ends if isinstance(part, Unknown) else "") + end
        end = part + end
    return end


def _template_if(expr: syntax.TemplateIf, scope: Scope) -> Value:
    def of(parts: tuple[syntax.Expr, ...]) -> Callable[[], Value]:
        return lambda: _join(parts, scope)

    return _chosen(expr.test, (of(expr.yes), of(expr.no)), lambda _: STRING, scope)


def _template_for(expr: syntax.TemplateFor, scope: Scope) -> Value:
    collection, marks = unmark(evaluate_typed(expr.collection, scope))
    pairs = iterate(collection)
    if isinstance(pairs, Unknown):
        return marked(replace(pairs, among=(), element=None, type=STRING), marks)
    scope.world.spend(len(pairs))
    inner = scope.inside(marks)
    with silent(marks):
        texts = [_join(expr.body, inner.bind({expr.key: key, expr.value: value})) for key, value in pairs]
    return marked(_concatenated(texts), marks)


def _tuple(expr: syntax.TupleExpr, scope: Scope) -> Value:
    return _sized(tuple_of([evaluate_typed(item, scope) for item in expr.items]), scope)


def _object(expr: syntax.ObjectExpr, scope: Scope) -> Value:
    entries: dict[str, Value] = {}
    hidden: list[Value] = []
    marks: list[Mark] = []
    for key_expr, value_expr in expr.items:
        key, found = unmark(carried(_key, evaluate_typed(key_expr, scope)))
        value = evaluate_typed(value_expr, scope)
        marks.extend(found)
        if isinstance(key, str):
            entries[key] = value
        else:
            hidden.extend((key, value))
    if hidden:
        return marked(merged(hidden[:1], element=common([*map(bare, entries.values()), *map(bare, hidden[1::2])])), marks)
    return marked(_sized(object_of(entries), scope), marks)


def _sized(value: Value, scope: Scope) -> Value:
    """Return a collection that an expression makes: a list of two lists of two lists ... is short to write, and refused."""
    scope.world.spend(check_size(value))
    return value


def _key(value: Value) -> Value:
    """Return the key of an object as a text. What cannot be one is refused also when it is not known."""
    if isinstance(value, Unknown) and not isinstance(type_of(value), Primitive) and not isinstance(type_of(value), Any):
        raise EvaluationError(f"a {type_name(type_of(value))} cannot be a key")
    return to_template_string(value)


def _variable(expr: syntax.Variable, scope: Scope) -> Value:
    return _traverse(expr, (), scope)


def _get_attr(expr: syntax.GetAttr, scope: Scope) -> Value:
    names: list[str] = []
    base: syntax.Expr = expr
    while isinstance(base, syntax.GetAttr):
        names.append(base.name)
        base = base.object
    names.reverse()
    if isinstance(base, syntax.Variable):
        return _traverse(base, tuple(names), scope)
    value = evaluate_typed(base, scope)
    for name in names:
        value = _attribute(value, name, scope)
    return value


def _traverse(root: syntax.Variable, names: tuple[str, ...], scope: Scope) -> Value:
    if root.name in scope.names:
        value, taken = scope.names[root.name], 1
    else:
        value, taken = scope.world.resolve((root.name, *names), root)
    for name in names[taken - 1 :]:
        value = _attribute(value, name, scope)
    return value


def _attribute(value: Value, name: str, scope: Scope) -> Value:
    if isinstance(value, Marked):
        return carried(lambda inner: _attribute(inner, name, scope), value)
    if isinstance(value, Ref):
        return scope.world.attribute(value, name)
    if isinstance(value, Unknown) and value.among:
        return collapse(attempts(value, lambda choice: _attribute(choice, name, scope)), (value,))
    if isinstance(value, Unknown) and isinstance(value.element, Ref):
        return scope.world.attribute(value.element, name)
    return get_attr(value, name)


def _index(expr: syntax.Index, scope: Scope) -> Value:
    one = one_of(expr.object, expr.key, scope, evaluate_typed)
    if one is not None:
        return one
    value, marks = unmark(evaluate_typed(expr.object, scope))
    key, found = unmark(evaluate_typed(expr.key, scope))
    if found and not is_known(value):
        return marked(veil(found), (*marks, *found))
    with silent((*marks, *found)):
        element = _element(value, key, scope)
    if isinstance(value, Map) and value.kind == "object" and is_known(key):
        return marked(element, marks)  # Terraform does not call the attribute of an object sensitive for its name
    return marked(element, (*marks, *found))


def _element(value: Value, key: Value, scope: Scope) -> Value:
    if isinstance(value, Ref):
        is_name = isinstance(key, str) and not value.attribute
        return scope.world.attribute(value, str(key)) if is_name else scope.world.element(value, key)
    if isinstance(value, Unknown) and value.among:
        return collapse(attempts(value, lambda choice: _element(choice, key, scope)), (value,))
    if isinstance(key, Unknown) and key.among and is_known(value):
        return collapse(attempts(key, lambda choice: index(value, choice)), (key,))
    return index(value, key)


def _splat_item(expr: syntax.SplatItem, scope: Scope) -> Value:
    return scope.item


def _splat(expr: syntax.Splat, scope: Scope) -> Value:
    return comprehension.splat(evaluate_typed(expr.object, scope), expr, scope, evaluate_typed)


def _for(expr: syntax.ForTuple | syntax.ForObject, scope: Scope) -> Value:
    return _sized(comprehension.comprehend(evaluate_typed(expr.collection, scope), expr, scope, evaluate_typed), scope)


def _call(expr: syntax.Call, scope: Scope) -> Value:
    return calls.call(expr, scope, evaluate_typed)


def _unary(expr: syntax.Unary, scope: Scope) -> Value:
    return carried(lambda value: unary(expr.operator, value), evaluate_typed(expr.operand, scope))


def _binary(expr: syntax.Binary, scope: Scope) -> Value:
    left = evaluate_typed(expr.left, scope)
    try:
        right = evaluate_typed(expr.right, scope)
    except EvaluationError:
        if (expr.operator, unmark(left)[0]) in _DECIDED and isinstance(unmark(left)[0], bool):
            return left
        raise
    if expr.operator in ("==", "!="):
        scope.world.spend((check_size(left) + check_size(right)) * calls.ALL_STEPS)
    return carried(lambda a, b: binary(expr.operator, a, b), left, right, deep=True)


_DECIDED = (("&&", False), ("||", True))
"""What the left side decides alone. Terraform looks no further from 1.12 on; before, an error on the right was one."""


def _conditional(expr: syntax.Conditional, scope: Scope) -> Value:
    branches = (expr.yes, expr.no)

    def of(branch: syntax.Expr) -> Callable[[], Value]:
        return lambda: evaluate_typed(branch, scope)

    def kind(number: int) -> Type:
        return type_of(partial(branches[number], scope, evaluate_typed))

    return _chosen(expr.test, (of(expr.yes), of(expr.no)), kind, scope)


def _chosen(
    test_expr: syntax.Expr,
    branches: tuple[Callable[[], Value], Callable[[], Value]],
    kind: Callable[[int], Type],
    scope: Scope,
) -> Value:
    """
    Return the branch that the test takes, under the marks of the test and of both branches.

    An error in a branch that is not taken is none, but the `kind` that the branch has all the same counts.
    """

    test, marks = unmark(evaluate_typed(test_expr, scope))
    is_open = isinstance(test, (Unknown, Ref))

    def maybe(number: int) -> Value:
        try:
            return branches[number]()
        except EvaluationError as error:
            return Unknown(error.message, error.span, type=None if is_open and not scope.strict else kind(number))

    if isinstance(test, (Unknown, Ref)):
        decided: Value = as_unknown(test)
        yes, no = maybe(0), maybe(1)
    else:
        decided = comprehension.truth(test, "the condition")
        yes, no = (branches[0](), maybe(1)) if decided else (maybe(0), branches[1]())
    return marked(carried(lambda a, b: conditional(decided, a, b), yes, no), marks)


_EVALUATE: dict[type, Callable[..., Value]] = {
    syntax.Literal: _literal,
    syntax.Broken: _broken,
    syntax.Template: _template,
    syntax.TemplateIf: _template_if,
    syntax.TemplateFor: _template_for,
    syntax.TupleExpr: _tuple,
    syntax.ObjectExpr: _object,
    syntax.Variable: _variable,
    syntax.GetAttr: _get_attr,
    syntax.Index: _index,
    syntax.SplatItem: _splat_item,
    syntax.Splat: _splat,
    syntax.Call: _call,
    syntax.Unary: _unary,
    syntax.Binary: _binary,
    syntax.Conditional: _conditional,
    syntax.ForTuple: _for,
    syntax.ForObject: _for,
}
