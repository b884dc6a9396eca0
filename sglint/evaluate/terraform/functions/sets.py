"""
Functions over sets.
"""

from __future__ import annotations

from itertools import product

from sglint.evaluate.terraform.among import has, pool
from sglint.evaluate.terraform.convert import convert
from sglint.evaluate.terraform.element import common_element, element_of
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions.signature import PARTLY, PARTLY_SET, Function
from sglint.evaluate.terraform.mark import carried
from sglint.evaluate.terraform.order import set_of
from sglint.evaluate.terraform.typed import element_type, is_any, list_of, members, one_type, tuple_of, type_of
from sglint.evaluate.terraform.types import ANY, Any, Collection, Tuple, Type
from sglint.evaluate.terraform.unify import unify
from sglint.evaluate.terraform.unknown import merged
from sglint.value import Seq, Value

MOST_PRODUCTS = 100_000
"""`setproduct` makes at most so many elements."""


def _type_of_sets(*sets: Value) -> Type:
    """
    Return the type that the sets share; an empty set of anything has no say.
    """
    elements = [element_of_type(type_of(one)) for one in sets if not _is_nothing(one)]
    common = unify(elements) if elements else ANY
    if common is None:
        raise EvaluationError("the sets must have elements of one type")
    return Collection("set", common)


def element_of_type(kind: Type) -> Type:
    """
    Return the type of the elements of a collection of this type.
    """
    return kind.element if isinstance(kind, Collection) else kind if isinstance(kind, Any) else ANY


def _is_nothing(value: Value) -> bool:
    return isinstance(value, Seq) and not len(value) and is_any(element_type(value))


def _alike(sets: tuple[Seq, ...]) -> tuple[list[tuple[Value, ...]], Type]:
    """
    Return the items of the sets, converted to the type that they share, and that type.
    """
    common = _type_of_sets(*sets)
    converted = [convert(one, common) for one in sets]
    if one_type(type_of(one) for one in converted) is None:
        raise EvaluationError("the sets must have elements of one type")
    return [members(one) for one in converted if isinstance(one, Seq)], element_of_type(common)


def _setunion(*sets: Seq) -> Value:
    items, element = _alike(sets)
    return set_of((item for one in items for item in one), element)


def _setintersection(*sets: Seq) -> Value:
    (first, *others), element = _alike(sets)
    pools = list(map(pool, others))
    kept = []
    for item in first:
        results = [has(one, item) for one in pools]
        if False in results:
            continue
        if None in results:
            return merged(sets, element=element_of(sets[0]), type=Collection("set", element))
        kept.append(item)
    return set_of(kept, element)


def _setsubtract(a: Seq, b: Seq) -> Value:
    (first, second), element = _alike((a, b))
    taken = pool(second)
    kept = []
    for item in first:
        found = has(taken, item)
        if found is None:
            return merged((a, b), element=common_element((a,)), type=Collection("set", element))
        if not found:
            kept.append(item)
    return set_of(kept, element)


def _setproduct(*values: Value) -> Value:
    if len(values) < 2:
        raise EvaluationError("setproduct takes at least two arguments")
    total = 1
    columns = []
    product_type = _type_of_product(*values)
    row_type = element_of_type(product_type)
    for value, kind in zip(values, row_type.items if isinstance(row_type, Tuple) else (), strict=True):
        items = members(value) if isinstance(value, Seq) else ()
        columns.append(tuple(convert(item, kind) for item in items))
        total *= len(items)
    if total > MOST_PRODUCTS:
        raise EvaluationError(f"setproduct would have {total} elements, more than the {MOST_PRODUCTS} that are followed")
    rows = [tuple_of(row) for row in product(*columns)]
    element = one_type(map(type_of, rows)) if rows else row_type
    if element is None:
        raise EvaluationError("all elements of an argument of setproduct must have one type")
    is_set = any(isinstance(value, Seq) and value.kind == "set" for value in values)
    if not is_set:
        return list_of(rows, element)
    return carried(lambda inner: set_of(inner.items, element), Seq(tuple(rows)), deep=True)


def _type_of_product(*values: Value) -> Type:
    kinds = [type_of(value) for value in values]
    columns: list[Type] = []
    for kind in kinds:
        column = unify(kind.items) if isinstance(kind, Tuple) and kind.items else element_of_type(kind)
        if column is None or not (isinstance(kind, (Tuple, Any)) or (isinstance(kind, Collection) and kind.kind != "map")):
            raise EvaluationError("the arguments of setproduct must be sets, lists or tuples, each with elements of one type")
        columns.append(column)
    is_set = any(isinstance(kind, Collection) and kind.kind == "set" for kind in kinds)
    return Collection("set" if is_set else "list", Tuple(tuple(columns)))


FUNCTIONS = {
    "setintersection": Function(_setintersection, (PARTLY_SET,), PARTLY_SET, returns=_type_of_sets),
    "setproduct": Function(_setproduct, (), PARTLY, returns=_type_of_product),
    "setsubtract": Function(_setsubtract, (PARTLY_SET, PARTLY_SET), keeps=True, returns=_type_of_sets),
    "setunion": Function(_setunion, (PARTLY_SET,), PARTLY_SET, returns=_type_of_sets),
}
