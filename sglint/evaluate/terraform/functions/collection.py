"""
Functions over lists and tuples.
"""

from __future__ import annotations

from decimal import Decimal

from sglint.evaluate.terraform.among import has, pool, without_same
from sglint.evaluate.terraform.arithmetic import calculate
from sglint.evaluate.terraform.convert import convert, to_number
from sglint.evaluate.terraform.element import common_element, element_of
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions.signature import (
    ANYTHING,
    PARTLY,
    PARTLY_LIST,
    TEXTS,
    WHOLE,
    Function,
    Parameter,
    sequence,
    whole,
)
from sglint.evaluate.terraform.number import counted
from sglint.evaluate.terraform.operators import binary, equal
from sglint.evaluate.terraform.symbol import named
from sglint.evaluate.terraform.typed import element_type, is_seen, list_of, members, null_of, tuple_of, type_of, unknown_of
from sglint.evaluate.terraform.types import ANY, BOOL, NUMBER, STRING, UNSEEN, Any, Collection, Tuple, Type
from sglint.evaluate.terraform.unify import unify
from sglint.evaluate.terraform.unknown import collapse, is_identity, merged, wholly_known
from sglint.value import Map, Null, Number, Ref, Seq, Unknown, Value

MOST_ELEMENTS = 1024
"""How many elements of something unknown are told apart."""


def _alltrue(items: Seq) -> Value:
    result: Value = True
    for item in items:
        if item is None:
            return False
        result = binary("&&", result, item)
    return result


def _anytrue(items: Seq) -> Value:
    result: Value = False
    for item in items:
        if item is not None:
            result = binary("||", result, item)
    return result


def _chunklist(items: Seq, size: Number) -> Value:
    length = whole(size, "the size")
    if length < 0:
        raise EvaluationError("the size of chunklist must not be negative")
    kind = type_of(items)
    step = length or max(len(items), 1)
    chunks = (Seq(items.items[start : start + step], "list", kind) for start in range(0, len(items), step))
    return list_of(chunks, kind)


def _coalesce(*values: Value) -> Value:
    types = [type_of(value) for value in values]
    common = unify(types)
    if common is None:
        raise EvaluationError("all arguments of coalesce must have the same type")
    for number, value in enumerate(values):
        converted = convert(value, common)
        if isinstance(converted, Ref):
            return converted if is_identity(converted) else _ref_or(converted, values[number + 1 :])
        if isinstance(converted, Unknown):
            return merged(values[number:], type=common)
        if converted is not None and not isinstance(converted, Null) and not (common == STRING and not converted):
            return converted
    raise EvaluationError("coalesce got no argument that is neither null nor an empty string")


def _ref_or(ref: Ref, rest: tuple[Value, ...]) -> Value:
    """
    Return what is left when a reference comes first that may turn out to be null or empty.
    """
    if all(value is None or isinstance(value, Null) or value == "" for value in rest):
        return ref
    return collapse((ref, _coalesce(*rest)), (ref,))


def _coalescelist(*values: Value) -> Value:
    if not values:
        raise EvaluationError("coalescelist takes at least one argument")
    for value in values:
        if isinstance(value, (Ref, Unknown)):
            break
        if not _is_sequence(type_of(value)):
            raise EvaluationError("the arguments of coalescelist must be lists or tuples")
    for number, value in enumerate(values):
        if isinstance(value, (Ref, Unknown)):
            return merged(values[number:], element=common_element(values[number:]))
        if isinstance(value, Seq) and len(value):
            return value
    raise EvaluationError("coalescelist got no list that has elements")


def _is_sequence(kind: Type) -> bool:
    return isinstance(kind, Tuple) or (isinstance(kind, Collection) and kind.kind == "list")


def _compact(items: Seq) -> Value:
    kept = tuple(item for item in items if item is not None and item != "")
    if all(isinstance(item, str) or (isinstance(item, Ref) and is_identity(item)) for item in kept):
        return list_of(kept, STRING)
    return merged(kept, element=element_of(Seq(kept)), type=Collection("list", STRING))


def _concat(*values: Value) -> Value:
    if not values:
        raise EvaluationError("concat takes at least one argument")
    types = [type_of(value) for value in values]
    common = unify(types) if all(isinstance(kind, Collection) and kind.kind == "list" for kind in types) else None
    if common is None and not all(isinstance(kind, Any) or _is_sequence(kind) for kind in types):
        raise EvaluationError("the arguments of concat must be lists or tuples")
    if any(isinstance(value, (Ref, Unknown)) for value in values):
        return merged(values, element=common_element(values), type=common or _concatenated(types))
    if common is not None:
        items = [item for value in values for item in _items(convert(value, common))]
        return list_of(items, common.element if isinstance(common, Collection) else UNSEEN)
    return tuple_of(item for value in values for item in _items(value))


def _concatenated(types: list[Type]) -> Type | None:
    """Return the type of tuples in one, None when some are lists, whose length is not known."""
    if not all(map(is_seen, types)):
        return None
    items = tuple(item for kind in types if isinstance(kind, Tuple) for item in kind.items)
    return Tuple(items) if all(isinstance(kind, Tuple) for kind in types) else ANY


def _items(value: Value) -> tuple[Value, ...]:
    return members(value) if isinstance(value, Seq) else ()


def _contains(collection: Value, wanted: Value) -> Value:
    if not isinstance(collection, Seq):
        raise EvaluationError("contains takes a list, tuple or set")
    results = [equal(item, wanted) for item in members(collection)]
    if any(result is True for result in results):
        return True
    return merged((collection, wanted), type=BOOL) if any(isinstance(result, Unknown) for result in results) else False


def _distinct(items: Seq) -> Value:
    return list_of(without_same(items), element_type(items))


def _element(collection: Value, position: Number) -> Value:
    if isinstance(collection, Unknown) and collection.element is not None:
        return collection.element
    number = whole(position, "the index")
    if number < 0 and not (isinstance(collection, Seq) and len(collection) and _counts_back(collection, number)):
        raise EvaluationError("the index of element must not be negative")
    if isinstance(collection, Ref) and number == 0:
        return Ref(collection.address, f"{collection.attribute}[0]")
    if isinstance(collection, (Ref, Unknown)):
        return merged((collection,))
    items = sequence(collection, "element")
    if not len(items):
        raise EvaluationError("element cannot take from an empty list")
    return members(items)[number % len(items)]


def _type_of_element(collection: Value, position: Value) -> Type:
    kind = type_of(collection)
    if isinstance(kind, Collection) and kind.kind == "list":
        return kind.element
    if not isinstance(kind, Tuple):
        raise EvaluationError("element takes a list or tuple")
    return ANY


def _counts_back(collection: Seq, number: int) -> bool:
    """Return whether Terraform takes this negative index: any into a list, whole rounds into a tuple."""
    return collection.kind == "list" or number % len(collection) == 0


def _flatten(collection: Value) -> Value:
    if not isinstance(collection, (Seq, Ref, Unknown)):
        raise EvaluationError("flatten takes a list, set or tuple")
    leaves, sure = _leaves(collection)
    if sure:
        return tuple_of(leaves)
    known = all(leaf is not None and not isinstance(leaf, Null) for leaf in leaves)
    return merged((collection,), element=collapse(leaves, leaves) if known and leaves else None)


def _leaves(collection: Value) -> tuple[list[Value], bool]:
    """
    Return the values at the bottom of nested lists, and whether these are all.

    When they are not, the leaves of an unknown list stand for its elements, and None says that nothing is known of them.
    """
    if isinstance(collection, (Ref, Unknown)):
        element = element_of(collection)
        return (_leaves(element)[0] if isinstance(element, Seq) else [element]), False
    leaves: list[Value] = []
    inside: list[Value]
    sure = True
    flat = isinstance(collection, Seq) and collection.kind != "tuple" and any(isinstance(x, str) for x in collection)
    for item in members(collection) if isinstance(collection, Seq) else ():
        leaf = flat or not isinstance(item, (Seq, Ref, Unknown)) or (isinstance(item, Ref) and is_identity(item))
        inside, complete = ([item], True) if leaf else _leaves(item)
        leaves += inside
        sure = sure and complete
    return leaves, sure


def _index(collection: Value, wanted: Value) -> Value:
    items = sequence(collection, "index")
    if not len(items):
        raise EvaluationError("index cannot search an empty list")
    for position, item in enumerate(members(items)):
        result = equal(item, wanted)
        if result is not False:
            return counted(position) if result is True else merged((collection, wanted), type=NUMBER)
    raise EvaluationError("index did not find the item")


def _length(value: Value) -> Value:
    if isinstance(value, str):
        from sglint.evaluate.terraform.functions.string import characters

        return counted(len(characters(value)))
    if not isinstance(value, (Seq, Map)):
        raise EvaluationError("length takes a string, a list or a map")
    if isinstance(value, Seq) and value.kind == "set" and len(value) > 1 and not wholly_known(value):
        least = sum(wholly_known(item) for item in value)
        return collapse(list(range(max(least, 1), len(value) + 1)), (value,))
    return counted(len(value))


def _type_of_length(value: Value) -> Type:
    if type_of(value) in (NUMBER, BOOL):
        raise EvaluationError("length takes a string, a list or a map")
    return NUMBER


def _matchkeys(values: Seq, keys: Seq, search: Seq) -> Value:
    common = unify([type_of(keys), type_of(search)])
    if common is None:
        raise EvaluationError("the keys and the search set of matchkeys must have the same type")
    if len(values) != len(keys):
        raise EvaluationError("matchkeys takes as many keys as values")
    wanted = pool(_items(convert(search, common)))
    kept: list[Value] = []
    for value, key in zip(members(values), _items(convert(keys, common)), strict=True):
        found = has(wanted, key)
        if found is None:
            return merged((keys, search), element=element_of(values), type=type_of(values))
        if found:
            kept.append(value)
    return list_of(kept, element_type(values))


def _one(collection: Value) -> Value:
    if isinstance(collection, (Ref, Unknown)):
        element = collection.element if isinstance(collection, Unknown) else None
        kind = _type_of_one(collection)
        unknown = merged((collection,)) if element is None else collapse((element, None), (collection,))
        return unknown_of(kind, unknown)
    if not isinstance(collection, Seq) or len(collection) > 1:
        raise EvaluationError("one takes a list, set or tuple with at most one element")
    if not len(collection):
        return None if collection.kind == "tuple" else null_of(element_type(collection))
    return members(collection)[0]


def _type_of_one(collection: Value) -> Type:
    kind = type_of(collection)
    if isinstance(kind, Collection) and kind.kind != "map":
        return kind.element
    if isinstance(kind, Tuple) and len(kind.items) < 2:
        return kind.items[0] if kind.items else ANY
    if not isinstance(kind, Any):
        raise EvaluationError("one takes a list, set or tuple with at most one element")
    return kind


def _reverse(collection: Value) -> Value:
    if not isinstance(collection, Seq):
        raise EvaluationError("reverse takes a list or tuple")
    items = members(collection)[::-1]
    return tuple_of(items) if collection.kind == "tuple" else list_of(items, element_type(collection))


def _type_of_reverse(collection: Value) -> Type:
    kind = type_of(collection)
    if isinstance(kind, Tuple):
        return Tuple(kind.items[::-1])
    if isinstance(kind, Collection) and kind.kind != "map":
        return Collection("list", kind.element)
    raise EvaluationError("reverse takes a list or tuple")


def _slice(collection: Value, start: Number, end: Number) -> Value:
    first, last = whole(start, "the start index"), whole(end, "the end index")
    if first < 0 or last < 0:
        raise EvaluationError("the indexes of slice must not be negative")
    if isinstance(collection, (Ref, Unknown)):
        return _slice_of_unknown(collection, first, last)
    items = sequence(collection, "slice")
    if first > len(items) or last > len(items):
        raise EvaluationError(f"the indexes of slice must not be beyond the end of the list, which has {len(items)} elements")
    if first > last:
        raise EvaluationError("the start index of slice must not be after the end index")
    kept = members(items)[first:last]
    return tuple_of(kept) if items.kind == "tuple" else list_of(kept, element_type(items))


def _type_of_slice(collection: Value, *_: Value) -> Type:
    kind = type_of(collection)
    if not _is_sequence(kind):
        raise EvaluationError("slice takes a list or tuple")
    return kind if isinstance(kind, Collection) else ANY


def _slice_of_unknown(collection: Ref | Unknown, first: int, last: int) -> Value:
    """
    Return the elements of a slice of something unknown: how many there are is known, or Terraform would refuse it.
    """
    kind = _type_of_slice(collection) if is_seen(type_of(collection)) else None
    if not first <= last <= first + MOST_ELEMENTS:
        return merged((collection,), type=kind)
    if isinstance(collection, Ref):
        return Seq(tuple(named(Ref(collection.address, f"{collection.attribute}[{n}]")) for n in range(first, last)), "list")
    element = collection.element if collection.element is not None else merged((collection,))
    return Seq((element,) * (last - first), "list")


def _sort(items: Seq) -> Value:
    if any(item is None for item in items):
        raise EvaluationError("sort takes no null elements")
    return list_of(sorted(item for item in items if isinstance(item, str)), STRING)


def _sum(collection: Value) -> Value:
    if not isinstance(collection, Seq):
        raise EvaluationError("sum takes a list, set or tuple of numbers")
    if not len(collection):
        raise EvaluationError("sum takes a list that has elements")
    total: Number | None = None
    for item in collection:
        number = to_number(item)
        if not isinstance(number, (int, Decimal)):
            raise EvaluationError("sum takes a list, set or tuple of numbers")
        total = number if total is None else calculate("+", total, number)
    return total


def _first(items: Value, *_: Value) -> Type:
    """Return the type of the first argument, which is that of the result."""
    return type_of(items)


def _type_of_matches(values: Value, keys: Value, search: Value) -> Type:
    if unify([type_of(keys), type_of(search)]) is None:
        raise EvaluationError("the keys and the search set of matchkeys must have the same type")
    return type_of(values)


_FLAGS = Parameter(Collection("list", BOOL), unknown="inside")
_SOME_TEXTS = Parameter(Collection("list", STRING), unknown="inside")
_UNKNOWN_TOO = Parameter(unknown="yes")

FUNCTIONS = {
    "alltrue": Function(_alltrue, (_FLAGS,), returns=BOOL),
    "anytrue": Function(_anytrue, (_FLAGS,), returns=BOOL),
    "chunklist": Function(_chunklist, (PARTLY_LIST, WHOLE), returns=lambda items, _: Collection("list", type_of(items))),
    "coalesce": Function(_coalesce, (), ANYTHING),
    "coalescelist": Function(_coalescelist, (), ANYTHING),
    "compact": Function(_compact, (_SOME_TEXTS,), keeps=True, returns=Collection("list", STRING)),
    "concat": Function(_concat, (), _UNKNOWN_TOO),
    "contains": Function(_contains, (PARTLY, _UNKNOWN_TOO), returns=BOOL),
    "distinct": Function(_distinct, (PARTLY_LIST,), keeps=True, returns=_first),
    "element": Function(_element, (_UNKNOWN_TOO, WHOLE), returns=_type_of_element),
    "flatten": Function(_flatten, (_UNKNOWN_TOO,)),
    "index": Function(_index, (PARTLY, _UNKNOWN_TOO), returns=NUMBER),
    "length": Function(_length, (Parameter(unknown="inside", untyped=True),), returns=_type_of_length),
    "matchkeys": Function(_matchkeys, (PARTLY_LIST, PARTLY_LIST, PARTLY_LIST), keeps=True, returns=_type_of_matches),
    "one": Function(_one, (_UNKNOWN_TOO,)),
    "reverse": Function(_reverse, (PARTLY,), keeps=True, returns=_type_of_reverse),
    "slice": Function(_slice, (_UNKNOWN_TOO, WHOLE, WHOLE), returns=_type_of_slice),
    "sort": Function(_sort, (TEXTS,), keeps=True, returns=Collection("list", STRING)),
    "sum": Function(_sum, (Parameter(),), returns=NUMBER),
}
