"""
Functions over sets.
"""

from __future__ import annotations

from itertools import product

from sglint.evaluate.terraform.convert import convert, to_list
from sglint.evaluate.terraform.element import common_element, element_of
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions.signature import PARTLY, PARTLY_SET, Function
from sglint.evaluate.terraform.mark import carried
from sglint.evaluate.terraform.operators import equal
from sglint.evaluate.terraform.order import set_of
from sglint.evaluate.terraform.unify import type_of, unify
from sglint.evaluate.terraform.unknown import merged
from sglint.value import Seq, Unknown, Value

MOST_PRODUCTS = 100_000
"""`setproduct` makes at most so many elements."""


def _alike(sets: tuple[Seq, ...]) -> list[tuple[Value, ...]]:
    """
    Return the items of the sets, converted to the type that they share.
    """
    common = unify([type_of(one) for one in sets])
    if common is None:
        raise EvaluationError("the sets must have elements of one type")
    converted = [convert(one, common) for one in sets]
    return [one.items for one in converted if isinstance(one, Seq)]


def _has(items: tuple[Value, ...], wanted: Value) -> bool | None:
    """
    Return whether the item is among the items, None when that is not known.
    """
    results = [equal(item, wanted) for item in items]
    if any(result is True for result in results):
        return True
    return None if any(isinstance(result, Unknown) for result in results) else False


def _setunion(*sets: Seq) -> Value:
    return set_of(item for items in _alike(sets) for item in items)


def _setintersection(*sets: Seq) -> Value:
    first, *others = _alike(sets)
    kept = []
    for item in first:
        results = [_has(other, item) for other in others]
        if False in results:
            continue
        if None in results:
            return merged(sets, element=element_of(sets[0]))
        kept.append(item)
    return set_of(kept)


def _setsubtract(a: Seq, b: Seq) -> Value:
    first, second = _alike((a, b))
    results = [_has(second, item) for item in first]
    if None in results:
        return merged((a, b), element=common_element((a,)))
    return set_of(item for item, found in zip(first, results, strict=True) if not found)


def _items(value: Value) -> tuple[Value, ...]:
    return value.items if isinstance(value, Seq) else ()


def _setproduct(*values: Value) -> Value:
    if len(values) < 2:
        raise EvaluationError("setproduct takes at least two arguments")
    total = 1
    columns = []
    for value in values:
        if not isinstance(value, Seq):
            raise EvaluationError("the arguments of setproduct must be sets, lists or tuples")
        columns.append(_items(to_list(value)))
        total *= len(value)
    if total > MOST_PRODUCTS:
        raise EvaluationError(f"setproduct would have {total} elements, more than the {MOST_PRODUCTS} that are followed")
    rows = tuple(Seq(row) for row in product(*columns))
    if not any(isinstance(v, Seq) and v.kind == "set" for v in values):
        return Seq(rows, "list")
    return carried(lambda inner: set_of(inner.items), Seq(rows), deep=True)


FUNCTIONS = {
    "setintersection": Function(_setintersection, (PARTLY_SET,), PARTLY_SET),
    "setproduct": Function(_setproduct, (), PARTLY),
    "setsubtract": Function(_setsubtract, (PARTLY_SET, PARTLY_SET), keeps=True),
    "setunion": Function(_setunion, (PARTLY_SET,), PARTLY_SET),
}
