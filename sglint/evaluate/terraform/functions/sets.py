"""
Functions over sets.
"""

from __future__ import annotations

from sglint.evaluate.terraform.convert import convert
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions.signature import PARTLY_SET, Function, common_element, element_of
from sglint.evaluate.terraform.operators import equal
from sglint.evaluate.terraform.order import set_of
from sglint.evaluate.terraform.unify import type_of, unify
from sglint.evaluate.terraform.unknown import merged
from sglint.value import Seq, Unknown, Value


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


FUNCTIONS = {
    "setintersection": Function(_setintersection, (PARTLY_SET,), PARTLY_SET),
    "setsubtract": Function(_setsubtract, (PARTLY_SET, PARTLY_SET), keeps=True),
    "setunion": Function(_setunion, (PARTLY_SET,), PARTLY_SET),
}
