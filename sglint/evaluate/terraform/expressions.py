"""
From an expression to a value.

Errors in the text are `EvaluationError` with the place of the innermost expression; whoever asked for the value turns them
into a Problem. An unknown operand gives an unknown result with the first cause, unless the result is fixed anyway. An unknown
that can only be one of a few values is followed through each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Protocol

from sglint import syntax
from sglint.evaluate.terraform import functions
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.operators import (
    binary,
    conditional,
    equal,
    get_attr,
    index,
    iterate,
    to_template_string,
    unary,
)
from sglint.value import Map, Ref, Seq, Unknown, Value, is_known

MAX_ALTERNATIVES = 8
"""So many possible values of one unknown are followed; beyond that it is just unknown."""


class World(Protocol):
    """
    What an expression can refer to outside itself; a module instance provides it.
    """

    def resolve(self, names: tuple[str, ...], expr: syntax.Expr) -> tuple[Value, int]:
        """Return the value that the traversal `names` starts with, and how many names it takes."""
        ...

    def attribute(self, ref: Ref, name: str) -> Value:
        """Return an attribute of a resource or module object."""
        ...

    def element(self, ref: Ref, key: Value) -> Value:
        """Return an element of something inside a resource."""
        ...

    @property
    def context(self) -> functions.Context:
        """What functions may read."""
        ...


@dataclass(frozen=True, slots=True)
class Scope:
    """
    Where an expression is evaluated: the module instance, and the names bound here (`each`, `count`, `self`, those of `for`).
    """

    world: World
    names: Mapping[str, Value] = field(default_factory=dict)
    item: Value = None

    def bind(self, **names: Value) -> Scope:
        """
        Return this scope with more names bound; an empty name binds nothing.
        """
        return replace(self, names={**self.names, **{name: value for name, value in names.items() if name}})


def evaluate_expression(expr: syntax.Expr, scope: Scope) -> Value:
    """
    Return the value of the expression. Raises EvaluationError with the place of what is wrong.
    """
    try:
        value = _EVALUATE[type(expr)](expr, scope)
    except EvaluationError as error:
        if error.span is None:
            error.span = expr.span
        raise
    except RecursionError:
        raise EvaluationError("this is nested too deeply to evaluate", expr.span) from None
    if isinstance(value, Unknown) and value.span is None:
        return replace(value, span=expr.span)
    return value


def _literal(expr: syntax.Literal, scope: Scope) -> Value:
    return expr.value


def _broken(expr: syntax.Broken, scope: Scope) -> Value:
    return Unknown(expr.why, expr.span)


def _template(expr: syntax.Template, scope: Scope) -> Value:
    return _join(expr.parts, scope)


def _join(parts: tuple[syntax.Expr, ...], scope: Scope) -> Value:
    values = [evaluate_expression(part, scope) for part in parts]
    return follow(values, lambda chosen: _concatenate(chosen))


def _concatenate(values: list[Value]) -> Value:
    texts: list[str] = []
    cause: Unknown | None = None
    for value in values:
        text = to_template_string(value)
        if isinstance(text, str):
            texts.append(text)
        else:
            cause = _also(cause, text)
    return "".join(texts) if cause is None else cause


def _also(first: Unknown | None, second: Unknown) -> Unknown:
    """Return the first cause, with the identities of both."""
    if first is None:
        return replace(second, among=(), element=None)
    return replace(first, refs=tuple(dict.fromkeys(first.refs + second.refs)))


def _template_if(expr: syntax.TemplateIf, scope: Scope) -> Value:
    test = evaluate_expression(expr.test, scope)
    if isinstance(test, (Unknown, Ref)):
        return conditional(test, _join(expr.yes, scope), _join(expr.no, scope))
    return _join(expr.yes if _truth(test, "the test of a template") else expr.no, scope)


def _template_for(expr: syntax.TemplateFor, scope: Scope) -> Value:
    collection = evaluate_expression(expr.collection, scope)
    pairs = iterate(collection)
    if isinstance(pairs, Unknown):
        return replace(pairs, among=(), element=None)
    return _concatenate([_join(expr.body, scope.bind(**{expr.key: key, expr.value: value})) for key, value in pairs])


def _tuple(expr: syntax.TupleExpr, scope: Scope) -> Value:
    return Seq(tuple(evaluate_expression(item, scope) for item in expr.items))


def _object(expr: syntax.ObjectExpr, scope: Scope) -> Value:
    entries: dict[str, Value] = {}
    hidden: Unknown | None = None
    for key_expr, value_expr in expr.items:
        key = to_template_string(evaluate_expression(key_expr, scope))
        value = evaluate_expression(value_expr, scope)
        if isinstance(key, str):
            entries[key] = value
        else:
            hidden = _also(hidden, key)
    return Map.of(entries) if hidden is None else replace(hidden, element=_common(tuple(entries.values())))


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
    value = evaluate_expression(base, scope)
    for name in names:
        value = _attribute(value, name, scope)
    return value


def _traverse(root: syntax.Variable, names: tuple[str, ...], scope: Scope) -> Value:
    if root.name in scope.names:
        value, taken = scope.names[root.name], 0
    else:
        value, taken = scope.world.resolve((root.name, *names), root)
        taken -= 1
    for name in names[taken:]:
        value = _attribute(value, name, scope)
    return value


def _attribute(value: Value, name: str, scope: Scope) -> Value:
    if isinstance(value, Ref):
        return scope.world.attribute(value, name)
    if isinstance(value, Unknown):
        return _through(value, lambda known: _attribute(known, name, scope))
    return get_attr(value, name)


def _through(value: Unknown, step: Callable[[Value], Value]) -> Value:
    """
    Take a step into an unknown: into each value it can have, or into what each of its elements is.
    """
    if value.among:
        return collapse(value, [step(choice) for choice in value.among])
    return replace(value, among=(), element=None)


def _index(expr: syntax.Index, scope: Scope) -> Value:
    value = evaluate_expression(expr.object, scope)
    key = evaluate_expression(expr.key, scope)
    return _element(value, key, scope)


def _element(value: Value, key: Value, scope: Scope) -> Value:
    if isinstance(value, Ref):
        if value.attribute == "" and isinstance(key, str):
            return scope.world.attribute(value, key)
        return scope.world.element(value, key)
    if isinstance(value, Unknown) and not value.among and value.element is not None:
        return value.element
    if isinstance(value, Unknown) and value.among:
        return collapse(value, _attempts([lambda choice=choice: _element(choice, key, scope) for choice in value.among]))
    if isinstance(key, Unknown) and key.among and is_known(value):
        return collapse(key, _attempts([lambda choice=choice: index(value, choice) for choice in key.among]))
    if not is_known(key) and isinstance(value, (Seq, Map)):
        items = tuple(value.values()) if isinstance(value, Map) else value.items
        common = _common(items)
        if common is not None and not isinstance(common, Unknown):
            return common
        cause = key if isinstance(key, Unknown) else _after_deployment(key)
        return replace(cause, among=items if len(items) <= MAX_ALTERNATIVES else (), element=None)
    return index(value, key)


def _attempts(steps: list[Callable[[], Value]]) -> list[Value]:
    """Return the values of the steps that can be taken; a choice that is an error cannot be the one that holds."""
    values: list[Value] = []
    failure: EvaluationError | None = None
    for step in steps:
        try:
            values.append(step())
        except EvaluationError as error:
            failure = error
    if not values and failure is not None:
        raise failure
    return values


def _splat_item(expr: syntax.SplatItem, scope: Scope) -> Value:
    return scope.item


def _splat(expr: syntax.Splat, scope: Scope) -> Value:
    return _splat_over(evaluate_expression(expr.object, scope), expr, scope)


def _splat_over(value: Value, expr: syntax.Splat, scope: Scope) -> Value:
    def body(item: Value) -> Value:
        return evaluate_expression(expr.body, replace(scope, item=item))

    if value is None:
        return Seq()
    if isinstance(value, Seq):
        return Seq(tuple(body(item) for item in value.items), "tuple" if value.kind == "tuple" else "list")
    if isinstance(value, Unknown) and value.among:
        return collapse(value, [_splat_over(choice, expr, scope) for choice in value.among])
    if isinstance(value, Unknown):
        element = value.element if value.element is not None else replace(value, among=(), element=None)
        return replace(value, among=(), element=body(element))
    if isinstance(value, Ref) and value.attribute:
        item = body(Ref(value.address, value.attribute + "[*]"))
        return Unknown(f"{value} is known only after deployment", expr.span, (), item, (value,))
    return Seq((body(value),))


def _call(expr: syntax.Call, scope: Scope) -> Value:
    if expr.name in ("try", "core::try"):
        return _try(expr, scope)
    if expr.name in ("can", "core::can"):
        return _can(expr, scope)
    arguments = [evaluate_expression(argument, scope) for argument in expr.arguments]
    if expr.expand:
        last = arguments.pop()
        if not isinstance(last, Seq):
            if is_known(last):
                raise EvaluationError("the argument before ... must be a list, set or tuple", expr.arguments[-1].span)
            return _spread(expr, arguments, last, scope)
        arguments.extend(last.items)
    return functions.call(expr.name, arguments, scope.world.context)


def _spread(expr: syntax.Call, arguments: list[Value], last: Value, scope: Scope) -> Value:
    """Call with an unknown list of further arguments."""
    if isinstance(last, Unknown) and last.among and all(isinstance(choice, Seq) for choice in last.among):
        calls = [
            functions.call(expr.name, [*arguments, *choice.items], scope.world.context)
            for choice in last.among
            if isinstance(choice, Seq)
        ]
        return collapse(last, calls)
    return replace(last, among=(), element=None) if isinstance(last, Unknown) else _after_deployment(last)


def _try(expr: syntax.Call, scope: Scope) -> Value:
    failure: EvaluationError | None = None
    for argument in expr.arguments:
        try:
            return evaluate_expression(argument, scope)
        except EvaluationError as error:
            failure = error
    detail = f": {failure.message}" if failure else ""
    raise EvaluationError(f"none of the arguments of try succeeds{detail}", expr.span)


def _can(expr: syntax.Call, scope: Scope) -> Value:
    if len(expr.arguments) != 1:
        raise EvaluationError("can takes exactly one argument", expr.span)
    try:
        value = evaluate_expression(expr.arguments[0], scope)
    except EvaluationError:
        return False
    return replace(value, among=(True, False), element=None) if isinstance(value, Unknown) else True


def _unary(expr: syntax.Unary, scope: Scope) -> Value:
    return unary(expr.operator, evaluate_expression(expr.operand, scope))


def _binary(expr: syntax.Binary, scope: Scope) -> Value:
    left = evaluate_expression(expr.left, scope)
    try:
        right = evaluate_expression(expr.right, scope)
    except EvaluationError:
        if (expr.operator, left) in (("&&", False), ("||", True)) and isinstance(left, bool):
            return left
        raise
    return binary(expr.operator, left, right)


def _conditional(expr: syntax.Conditional, scope: Scope) -> Value:
    test = evaluate_expression(expr.test, scope)
    if isinstance(test, (Unknown, Ref)):
        return conditional(test, _branch(expr.yes, scope), _branch(expr.no, scope))
    taken, other = (expr.yes, expr.no) if _truth(test, "the test of a conditional") else (expr.no, expr.yes)
    value = evaluate_expression(taken, scope)
    try:
        rest = evaluate_expression(other, scope)
    except EvaluationError:
        return value
    return conditional(True, value, rest)


def _branch(expr: syntax.Expr, scope: Scope) -> Value:
    """Return a branch that may not be taken; an error in it is one only if it is."""
    try:
        return evaluate_expression(expr, scope)
    except EvaluationError as error:
        return Unknown(error.message, error.span)


def _truth(value: Value, what: str) -> bool:
    if value in ("true", "false"):
        return value == "true"
    if not isinstance(value, bool):
        raise EvaluationError(f"{what} must be true or false")
    return value


def _for_tuple(expr: syntax.ForTuple, scope: Scope) -> Value:
    return _for(evaluate_expression(expr.collection, scope), expr, scope)


def _for_object(expr: syntax.ForObject, scope: Scope) -> Value:
    return _for(evaluate_expression(expr.collection, scope), expr, scope)


def _for(collection: Value, expr: syntax.ForTuple | syntax.ForObject, scope: Scope) -> Value:
    if isinstance(collection, Unknown) and collection.among:
        return collapse(collection, [_for(choice, expr, scope) for choice in collection.among])
    if not is_known(collection):
        return _for_unknown(collection, expr, scope)
    pairs = iterate(collection)
    if isinstance(pairs, Unknown):
        return _for_unknown(pairs, expr, scope)
    sure: list[tuple[Value, Value, bool]] = []
    doubt: Unknown | None = None
    for key, value in pairs:
        inner = scope.bind(**{expr.key: key, expr.value: value})
        kept: Value = True if expr.test is None else evaluate_expression(expr.test, inner)
        if isinstance(kept, (Unknown, Ref)):
            doubt = _also(doubt, kept if isinstance(kept, Unknown) else _after_deployment(kept))
        elif not _truth(kept, "the if of a for expression"):
            continue
        result = evaluate_expression(expr.result, inner)
        label = evaluate_expression(expr.key_result, inner) if isinstance(expr, syntax.ForObject) else None
        sure.append((label, result, is_known(kept)))
    if doubt is None:
        return _collect(expr, [(label, result) for label, result, _ in sure])
    return _doubtful(expr, sure, doubt)


def _doubtful(expr: syntax.ForTuple | syntax.ForObject, rows: list[tuple[Value, Value, bool]], doubt: Unknown) -> Value:
    """The result of a `for` whose `if` is unknown for some elements: each selection of them is possible."""
    open_rows = [number for number, (_, _, known) in enumerate(rows) if not known]
    if 2 ** len(open_rows) > MAX_ALTERNATIVES:
        return replace(doubt, element=_common(tuple(result for _, result, _ in rows)))
    choices: list[Value] = []
    for size in range(len(open_rows), -1, -1):
        for chosen in combinations(open_rows, size):
            kept = [(label, value) for number, (label, value, known) in enumerate(rows) if known or number in chosen]
            choices.append(_collect(expr, kept))
    return collapse(doubt, choices)


def _collect(expr: syntax.ForTuple | syntax.ForObject, rows: list[tuple[Value, Value]]) -> Value:
    if isinstance(expr, syntax.ForTuple):
        return Seq(tuple(value for _, value in rows))
    entries: dict[str, Value] = {}
    groups: dict[str, list[Value]] = {}
    hidden: Unknown | None = None
    for label, value in rows:
        key = to_template_string(label) if label is not None else None
        if key is None:
            raise EvaluationError("the key of a for expression must not be null", expr.key_result.span)
        if not isinstance(key, str):
            hidden = _also(hidden, key)
        elif expr.grouped:
            groups.setdefault(key, []).append(value)
        elif key in entries:
            raise EvaluationError(f'two elements have the key "{key}"; add ... to group them', expr.key_result.span)
        else:
            entries[key] = value
    if hidden is not None:
        return replace(hidden, element=_common(tuple(value for _, value in rows)))
    if expr.grouped:
        return Map.of((key, Seq(tuple(values))) for key, values in groups.items())
    return Map.of(entries)


def _for_unknown(collection: Value, expr: syntax.ForTuple | syntax.ForObject, scope: Scope) -> Value:
    """The result of a `for` over an unknown collection is unknown, but what each element of it is may be known."""
    if isinstance(collection, Ref):
        cause = _after_deployment(collection)
        element: Value = Ref(collection.address, collection.attribute + "[*]") if collection.attribute else cause
    else:
        assert isinstance(collection, Unknown)
        cause = replace(collection, among=(), element=None)
        element = collection.element if collection.element is not None else cause
    inner = scope.bind(**{expr.key: cause, expr.value: element})
    try:
        result = evaluate_expression(expr.result, inner)
    except EvaluationError:
        return cause
    return replace(cause, element=result)


def _common(values: tuple[Value, ...]) -> Value:
    """Return what every one of these values is: itself when all are equal, else an unknown among them."""
    if not values:
        return None
    if all(value == values[0] for value in values[1:]):
        return values[0]
    refs = tuple(dict.fromkeys(value for value in values if isinstance(value, Ref)))
    if len(values) > MAX_ALTERNATIVES:
        return Unknown("it is one of several values", None, (), None, refs)
    return Unknown("it is one of several values", None, values, None, refs)


def _after_deployment(value: Value) -> Unknown:
    if isinstance(value, Ref):
        return Unknown(f"{value} is known only after deployment", None, (), None, (value,))
    assert isinstance(value, Unknown)
    return value


def collapse(cause: Unknown, choices: list[Value]) -> Value:
    """
    Return the value that all choices agree on, or an unknown among them for the same reason as `cause`.
    """
    flat: list[Value] = []
    for choice in choices:
        for value in choice.among if isinstance(choice, Unknown) and choice.among else (choice,):
            if not any(equal(value, other) is True or value is other for other in flat):
                flat.append(value)
    if len(flat) == 1:
        return flat[0]
    if len(flat) > MAX_ALTERNATIVES or any(isinstance(value, Unknown) for value in flat):
        return replace(cause, among=(), element=None)
    return replace(cause, among=tuple(flat), element=None)


def follow(values: list[Value], step: Callable[[list[Value]], Value]) -> Value:
    """
    Take the step with each value that the one bounded unknown among `values` can have.

    With more than one bounded unknown the step is taken once, with the unknowns as they are.
    """
    bounded = [number for number, value in enumerate(values) if isinstance(value, Unknown) and value.among]
    if len(bounded) != 1:
        return step(values)
    cause = values[bounded[0]]
    assert isinstance(cause, Unknown)
    choices: list[Value] = []
    for choice in cause.among:
        chosen = list(values)
        chosen[bounded[0]] = choice
        choices.append(step(chosen))
    return collapse(cause, choices)


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
    syntax.ForTuple: _for_tuple,
    syntax.ForObject: _for_object,
}
