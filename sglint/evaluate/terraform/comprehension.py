"""
Splats and `for`: one expression evaluated for each element.

Over an unknown collection the result is unknown, but what each element of it is may be known all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

from sglint import syntax
from sglint.evaluate.terraform.access import iterate, to_template_string
from sglint.evaluate.terraform.convert import to_bool
from sglint.evaluate.terraform.element import common, each_of
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.mark import carried, marked, silent, unmark
from sglint.evaluate.terraform.scope import Scope
from sglint.evaluate.terraform.typed import (
    bare,
    element_type,
    is_null,
    list_of,
    members,
    object_of,
    one_type,
    tuple_of,
    type_of,
    unknown_of,
)
from sglint.evaluate.terraform.types import ANY, BOOL, UNSEEN, Collection, Tuple, Type
from sglint.evaluate.terraform.unify import convertible
from sglint.evaluate.terraform.unknown import MOST_ALTERNATIVES, collapse, merged, same
from sglint.value import Mark, Marked, Null, Ref, Seq, Unknown, Value, is_known

Evaluate = Callable[[syntax.Expr, Scope], Value]
For = syntax.ForTuple | syntax.ForObject


def truth(value: Value, what: str) -> bool:
    """
    Return the value as a test. Raises EvaluationError when it is neither true nor false.
    """
    if isinstance(value, bool):
        return value
    try:
        decided = to_bool(value)
    except EvaluationError:
        decided = None
    if not isinstance(decided, bool):
        raise EvaluationError(f"{what} must be true or false")
    return decided


def splat(value: Value, expr: syntax.Splat, scope: Scope, evaluate: Evaluate) -> Value:
    """
    Return the body of the splat for each element; a value that is no list counts as a list of one, null as none.
    """

    def body(item: Value) -> Value:
        return evaluate(expr.body, replace(scope, item=item))

    if isinstance(value, Marked):
        if isinstance(value.value, (Seq, Unknown)) or is_null(value):
            return carried(lambda inner: splat(inner, expr, scope.inside(value.marks), evaluate), value)
        return marked(tuple_of((body(value),)), value.marks)
    kind = type_of(value)
    listed = isinstance(kind, Tuple) or (isinstance(kind, Collection) and kind.kind != "map")
    if value is None or isinstance(value, Null):
        if listed:
            raise EvaluationError("a null list has no elements")
        return Seq()
    if isinstance(value, Seq):
        scope.world.spend(len(value))
        if value.kind == "tuple":
            return tuple_of([body(item) for item in members(value)])
        return _list([body(item) for item in members(value)], value, expr, scope, evaluate)
    if isinstance(value, Unknown) and value.among:
        return collapse([splat(choice, expr, scope, evaluate) for choice in value.among], (value,))
    if isinstance(value, Unknown) or (isinstance(value, Ref) and value.attribute):
        item = unknown_of(_inner(kind), each_of(value)) if listed else each_of(value)
        return merged((value,), element=body(item))
    return tuple_of((body(value),))


def _inner(kind: Type) -> Type:
    return kind.element if isinstance(kind, Collection) else UNSEEN


def _list(items: list[Value], source: Seq, expr: syntax.Splat, scope: Scope, evaluate: Evaluate) -> Value:
    """
    Return the list that a splat makes of a list or set; of an empty one, what it would be a list of.
    """
    if not items:
        item = Unknown("there is none", type=element_type(source))
        return list_of((), type_of(evaluate(expr.body, replace(scope, item=item, strict=True))))
    element = one_type(map(type_of, items))
    if element is None:
        raise EvaluationError("the splat makes elements of different types")
    return list_of(items, element)


def comprehend(collection: Value, expr: For, scope: Scope, evaluate: Evaluate) -> Value:
    """
    Return the tuple or object that a `for` expression makes of the collection.
    """
    if isinstance(collection, Marked):
        return carried(lambda inner: comprehend(inner, expr, scope.inside(collection.marks), evaluate), collection)
    if isinstance(collection, Unknown) and collection.among:
        return collapse([comprehend(choice, expr, scope, evaluate) for choice in collection.among], (collection,))
    if isinstance(collection, (Ref, Unknown)):
        iterate(collection)
        if isinstance(collection, Unknown) and collection.type is not None:
            check_test(expr, scope, evaluate)
        return _over_unknown(collection, expr, scope, evaluate)
    rows: list[tuple[Value, Value, bool]] = []
    doubts: list[Value] = []
    marks: list[Mark] = []
    pairs = pairs_of(collection)
    if not pairs:
        check_test(expr, scope, evaluate)
    scope.world.spend(len(pairs))
    for key, value in pairs:
        inner = scope.bind({expr.key: key, expr.value: value})
        kept, found = unmark(True if expr.test is None else evaluate(expr.test, inner))
        marks.extend(found)
        if not is_known(kept):
            _check(kept)
            doubts.append(kept)
        elif not truth(kept, "the if of a for expression"):
            continue
        label, found = unmark(evaluate(expr.key_result, inner) if isinstance(expr, syntax.ForObject) else None)
        marks.extend(found)
        rows.append((label, evaluate(expr.result, inner), is_known(kept)))
    with silent(marks):
        result = _selections(expr, rows, doubts) if doubts else _collect(expr, [(key, value) for key, value, _ in rows])
    return marked(result, marks)


def check_test(expr: For, scope: Scope, evaluate: Evaluate) -> None:
    """
    Refuse an `if` that can be neither true nor false, whatever the elements are: Terraform checks that where there are none.
    """
    if expr.test is None:
        return
    anything = Unknown("there is none", type=ANY)
    kept, _ = unmark(evaluate(expr.test, replace(scope.bind({expr.key: anything, expr.value: anything}), strict=True)))
    if is_known(kept):
        truth(kept, "the if of a for expression")
    else:
        _check(kept)


def _check(test: Value) -> None:
    """Refuse a test that is not known, but of a type that is no test."""
    if not convertible(type_of(test), BOOL):
        raise EvaluationError("the if of a for expression must be true or false")


def pairs_of(collection: Value) -> list[tuple[Value, Value]]:
    """
    Return the keys and elements of a collection that is known.
    """
    pairs = iterate(collection)
    return [] if isinstance(pairs, Unknown) else pairs


def _selections(expr: For, rows: list[tuple[Value, Value, bool]], doubts: list[Value]) -> Value:
    """
    The result of a `for` whose `if` is unknown for some elements: each selection of them is possible.
    """
    doubtful = [number for number, (_, _, known) in enumerate(rows) if not known]
    if 2 ** len(doubtful) > MOST_ALTERNATIVES:
        return merged(doubts, element=common([bare(result) for _, result, _ in rows]))
    choices: list[Value] = []
    for size in range(len(doubtful), -1, -1):
        for chosen in combinations(doubtful, size):
            kept = [(label, value) for number, (label, value, known) in enumerate(rows) if known or number in chosen]
            choices.append(_collect(expr, kept))
    return collapse(choices, doubts)


def _collect(expr: For, rows: list[tuple[Value, Value]]) -> Value:
    if isinstance(expr, syntax.ForTuple):
        return tuple_of([value for _, value in rows])
    groups: dict[str, list[Value]] = {}
    hidden: list[Value] = []
    for label, value in rows:
        if label is None or isinstance(label, Null):
            raise EvaluationError("the key of a for expression must not be null", expr.key_result.span)
        key = to_template_string(label)
        if not isinstance(key, str):
            hidden.append(label)
        elif key in groups and not expr.grouped:
            raise EvaluationError(f'two elements have the key "{key}"; add ... to group them', expr.key_result.span)
        else:
            groups.setdefault(key, []).append(value)
    if hidden:
        return merged(hidden, element=common([bare(value) for _, value in rows]))
    if expr.grouped:
        return object_of({key: tuple_of(values) for key, values in groups.items()})
    return object_of({key: values[0] for key, values in groups.items()})


def _over_unknown(collection: Ref | Unknown, expr: For, scope: Scope, evaluate: Evaluate) -> Value:
    inner = scope.bind({expr.key: merged((collection,)), expr.value: each_of(collection)})
    try:
        result = bare(evaluate(expr.result, inner))
    except EvaluationError:
        return merged((collection,))
    unchanged = isinstance(result, Unknown) and not result.among and same(result, merged((collection,)))
    return merged((collection,), element=None if unchanged else result)
