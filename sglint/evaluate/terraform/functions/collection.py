"""
Functions over lists, tuples and maps.
"""

from __future__ import annotations

from sglint.evaluate.terraform.convert import convert, to_number
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions.signature import (
    ANYTHING,
    PARTLY,
    PARTLY_LIST,
    TEXT,
    TEXTS,
    WHOLE,
    Function,
    Parameter,
    common_element,
    element_of,
    sequence,
    whole,
)
from sglint.evaluate.terraform.number import calculate, is_number
from sglint.evaluate.terraform.operators import binary, equal
from sglint.evaluate.terraform.order import set_of
from sglint.evaluate.terraform.types import BOOL, STRING, Any, Collection
from sglint.evaluate.terraform.unify import type_of, unify
from sglint.evaluate.terraform.unknown import collapse, is_identity, merged, same, wholly_known
from sglint.value import Map, Number, Ref, Seq, Unknown, Value


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
    if not len(items):
        return Seq((), "list")
    step = length or len(items)
    return Seq(tuple(Seq(items.items[start : start + step], "list") for start in range(0, len(items), step)), "list")


def _coalesce(*values: Value) -> Value:
    types = [type_of(value) for value in values]
    common = unify(types)
    if not values or common is None:
        raise EvaluationError("all arguments of coalesce must have the same type")
    for number, value in enumerate(values):
        converted = convert(value, common)
        if isinstance(converted, Ref):
            return converted if is_identity(converted) else _ref_or(converted, values[number + 1 :])
        if isinstance(converted, Unknown):
            return merged(values[number:])
        if converted is not None and not (common == STRING and not converted):
            return converted
    raise EvaluationError("coalesce got no argument that is neither null nor an empty string")


def _ref_or(ref: Ref, rest: tuple[Value, ...]) -> Value:
    """
    Return what is left when a reference comes first that may turn out to be null or empty.
    """
    if all(value is None or value == "" for value in rest):
        return ref
    return collapse((ref, _coalesce(*rest)), (ref,))


def _coalescelist(*values: Value) -> Value:
    if not values:
        raise EvaluationError("coalescelist takes at least one argument")
    for value in values:
        if isinstance(value, (Ref, Unknown)):
            return merged(values, element=common_element(values))
        if not isinstance(value, Seq) or value.kind == "set":
            raise EvaluationError("the arguments of coalescelist must be lists or tuples")
    for value in values:
        if isinstance(value, Seq) and len(value):
            return value
    raise EvaluationError("coalescelist got no list that has elements")


def _compact(items: Seq) -> Value:
    kept = tuple(item for item in items if item is not None and item != "")
    if all(isinstance(item, str) or (isinstance(item, Ref) and is_identity(item)) for item in kept):
        return Seq(kept, "list")
    return merged(kept, element=element_of(Seq(kept)))


def _concat(*values: Value) -> Value:
    if not values:
        raise EvaluationError("concat takes at least one argument")
    if any(isinstance(value, (Ref, Unknown)) for value in values):
        return merged(values, element=common_element(values))
    lists = []
    for value in values:
        if not isinstance(value, Seq) or value.kind == "set":
            raise EvaluationError("the arguments of concat must be lists or tuples")
        lists.append(value)
    if all(value.kind == "list" for value in lists):
        common = unify([type_of(value) for value in lists])
        if common is not None:
            return Seq(tuple(item for value in lists for item in _items(convert(value, common))), "list")
    return Seq(tuple(item for value in lists for item in value.items))


def _items(value: Value) -> tuple[Value, ...]:
    return value.items if isinstance(value, Seq) else ()


def _contains(collection: Value, wanted: Value) -> Value:
    if not isinstance(collection, Seq):
        raise EvaluationError("contains takes a list, tuple or set")
    results = [equal(item, wanted) for item in collection]
    if any(result is True for result in results):
        return True
    return merged((collection, wanted)) if any(isinstance(result, Unknown) for result in results) else False


def _distinct(items: Seq) -> Value:
    kept: list[Value] = []
    for item in items:
        if isinstance(item, Unknown) or not any(same(item, other) for other in kept):
            kept.append(item)
    return Seq(tuple(kept), "list")


def _element(collection: Value, position: Number) -> Value:
    if isinstance(collection, Unknown) and collection.element is not None:
        return collection.element
    number = whole(position, "the index")
    if isinstance(collection, Ref) and number == 0:
        return Ref(collection.address, f"{collection.attribute}[0]")
    if isinstance(collection, (Ref, Unknown)):
        return merged((collection,))
    items = sequence(collection, "element")
    if not len(items):
        raise EvaluationError("element cannot take from an empty list")
    return items[number % len(items)]


def _flatten(collection: Value) -> Value:
    if not isinstance(collection, (Seq, Ref, Unknown)):
        raise EvaluationError("flatten takes a list, set or tuple")
    leaves, sure = _leaves(collection)
    if sure:
        return Seq(tuple(leaves))
    known = all(leaf is not None for leaf in leaves)
    return merged((collection,), element=collapse(leaves, leaves) if known and leaves else None)


def _leaves(collection: Value) -> tuple[list[Value], bool]:
    """
    Return the values at the bottom of nested lists, and whether these are all.

    When they are not, the leaves of an unknown list stand for its elements, and None says that nothing is known of them.
    """
    if isinstance(collection, (Ref, Unknown)):
        element = element_of(collection)
        inner = _leaves(element)[0] if isinstance(element, Seq) else [element]
        return inner, False
    leaves: list[Value] = []
    sure = True
    flat = isinstance(collection, Seq) and collection.kind != "tuple" and any(isinstance(x, str) for x in collection)
    for item in collection.items if isinstance(collection, Seq) else ():
        leaf = flat or not isinstance(item, (Seq, Ref, Unknown)) or (isinstance(item, Ref) and is_identity(item))
        inner, complete = ([item], True) if leaf else _leaves(item)
        leaves += inner
        sure = sure and complete
    return leaves, sure


def _index(collection: Value, wanted: Value) -> Value:
    items = sequence(collection, "index")
    if not len(items):
        raise EvaluationError("index cannot search an empty list")
    for position, item in enumerate(items):
        result = equal(item, wanted)
        if result is not False:
            return position if result is True else merged((collection, wanted))
    raise EvaluationError("index did not find the item")


def _keys(mapping: Value) -> Value:
    if not isinstance(mapping, Map):
        raise EvaluationError("keys takes a map or object")
    return Seq(tuple(mapping), "list" if mapping.kind == "map" else "tuple")


def _length(value: Value) -> Value:
    if isinstance(value, str):
        from sglint.evaluate.terraform.functions.string import characters

        return len(characters(value))
    if not isinstance(value, (Seq, Map)):
        raise EvaluationError("length takes a string, a list or a map")
    if isinstance(value, Seq) and value.kind == "set" and len(value) > 1 and not wholly_known(value):
        least = sum(wholly_known(item) for item in value)
        return collapse(list(range(max(least, 1), len(value) + 1)), (value,))
    return len(value)


def _lookup(mapping: Value, key: str, *default: Value) -> Value:
    if len(default) > 1:
        raise EvaluationError(f"lookup takes two or three arguments, but got {len(default) + 2}")
    if isinstance(mapping, (Ref, Unknown)):
        element = mapping.element if isinstance(mapping, Unknown) else None
        return merged((mapping, *default)) if element is None else collapse((element, *default), (mapping,))
    if not isinstance(mapping, Map):
        raise EvaluationError("lookup takes a map as its first argument")
    if mapping.kind == "map" and default:
        default = (_default(mapping, default[0]),)
    if key in mapping:
        return mapping[key]
    if default:
        return default[0]
    raise EvaluationError(f'lookup did not find the key "{key}"')


def _default(mapping: Map, default: Value) -> Value:
    kind = type_of(mapping)
    element = kind.element if isinstance(kind, Collection) else Any()
    try:
        return convert(default, element)
    except EvaluationError:
        raise EvaluationError("the default of lookup must have the type of the map's elements") from None


def _matchkeys(values: Seq, keys: Seq, search: Seq) -> Value:
    common = unify([type_of(keys), type_of(search)])
    if common is None:
        raise EvaluationError("the keys and the search set of matchkeys must have the same type")
    if len(values) != len(keys):
        raise EvaluationError("matchkeys takes as many keys as values")
    wanted = _items(convert(search, common))
    kept: list[Value] = []
    for value, key in zip(values, _items(convert(keys, common)), strict=True):
        results = [equal(key, one) for one in wanted]
        if any(result is True for result in results):
            kept.append(value)
        elif any(isinstance(result, Unknown) for result in results):
            return merged((keys, search), element=element_of(values))
    return Seq(tuple(kept), "list")


def _merge(*values: Value) -> Value:
    for value in values:
        if value is not None and not isinstance(value, (Map, Ref, Unknown)):
            raise EvaluationError("the arguments of merge must be maps or objects")
    if any(isinstance(value, (Ref, Unknown)) for value in values):
        return merged(values, element=common_element(values))
    maps = [value for value in values if isinstance(value, Map)]
    alike = len(maps) == len(values) and len({_shape(value) for value in maps if len(value)}) <= 1
    is_map = bool(maps) and alike and all(value.kind == "map" for value in maps)
    entries = [entry for value in maps for entry in value.items()]
    return Map.of(entries, "map" if is_map else "object")


def _shape(value: Map) -> object:
    kind = type_of(value)
    return kind.element if isinstance(kind, Collection) else kind


def _one(collection: Value) -> Value:
    if isinstance(collection, (Ref, Unknown)):
        element = collection.element if isinstance(collection, Unknown) else None
        return merged((collection,)) if element is None else collapse((element, None), (collection,))
    if not isinstance(collection, Seq) or len(collection) > 1:
        raise EvaluationError("one takes a list, set or tuple with at most one element")
    return collection[0] if len(collection) else None


def _reverse(collection: Value) -> Value:
    if not isinstance(collection, Seq):
        raise EvaluationError("reverse takes a list or tuple")
    return Seq(collection.items[::-1], "tuple" if collection.kind == "tuple" else "list")


def _slice(collection: Value, start: Number, end: Number) -> Value:
    items = sequence(collection, "slice")
    first, last = whole(start, "the start index"), whole(end, "the end index")
    if first < 0 or last < 0:
        raise EvaluationError("the indexes of slice must not be negative")
    if first > len(items) or last > len(items):
        raise EvaluationError(f"the indexes of slice must not be beyond the end of the list, which has {len(items)} elements")
    if first > last:
        raise EvaluationError("the start index of slice must not be after the end index")
    return Seq(items.items[first:last], items.kind)


def _sort(items: Seq) -> Value:
    if any(item is None for item in items):
        raise EvaluationError("sort takes no null elements")
    return Seq(tuple(sorted(item for item in items if isinstance(item, str))), "list")


def _sum(collection: Value) -> Value:
    if not isinstance(collection, Seq):
        raise EvaluationError("sum takes a list, set or tuple of numbers")
    if not len(collection):
        raise EvaluationError("sum takes a list that has elements")
    total: Number = 0
    for item in collection:
        number = to_number(item)
        if not is_number(number):
            raise EvaluationError("sum takes a list, set or tuple of numbers")
        total = calculate("+", total, number)  # type: ignore[arg-type] # it is a number: checked above
    return total


def _transpose(mapping: Map) -> Value:
    result: dict[str, list[str]] = {}
    for key, items in mapping.items():
        if items is None or any(item is None for item in _items(items)):
            raise EvaluationError("transpose takes no null lists or strings")
        for item in _items(items):
            result.setdefault(str(item), []).append(key)
    return Map.of(((key, Seq(tuple(sorted(names)), "list")) for key, names in result.items()), "map")


def _values(mapping: Value) -> Value:
    if not isinstance(mapping, Map):
        raise EvaluationError("values takes a map or object")
    return Seq(tuple(mapping.values()), "list" if mapping.kind == "map" else "tuple")


def _zipmap(keys: Value, values: Value) -> Value:
    if not isinstance(keys, Seq) or not wholly_known(keys) or isinstance(values, (Ref, Unknown)):
        return merged((keys, values), element=element_of(values))
    items = sequence(values, "zipmap")
    if len(keys) != len(items):
        raise EvaluationError(f"zipmap got {len(keys)} keys and {len(items)} values")
    if any(key is None for key in keys):
        raise EvaluationError("the keys of zipmap must not be null")
    pairs = ((str(key), item) for key, item in zip(keys, items, strict=True))
    return Map.of(pairs, "map" if items.kind == "list" else "object")


def _setproduct(*values: Value) -> Value:
    if len(values) < 2:
        raise EvaluationError("setproduct takes at least two arguments")
    total = 1
    columns = []
    for value in values:
        if not isinstance(value, Seq):
            raise EvaluationError("the arguments of setproduct must be sets, lists or tuples")
        columns.append(_items(convert(value, Collection("list", Any())) if value.kind == "tuple" else value))
        total *= len(value)
    if total > MOST_PRODUCTS:
        raise EvaluationError(f"setproduct would have {total} elements, more than the {MOST_PRODUCTS} that are followed")
    from itertools import product

    rows = tuple(Seq(row) for row in product(*columns))
    return set_of(rows) if any(isinstance(v, Seq) and v.kind == "set" for v in values) else Seq(rows, "list")


MOST_PRODUCTS = 100_000

_FLAGS = Parameter(Collection("list", BOOL), unknown="inside")
_SOME_TEXTS = Parameter(Collection("list", STRING), unknown="inside")
_MAYBE_TEXTS = Parameter(Collection("list", STRING), unknown="yes")
_UNKNOWN_TOO = Parameter(unknown="yes")
_LISTS = Parameter(Collection("map", Collection("list", STRING)))

FUNCTIONS = {
    "alltrue": Function(_alltrue, (_FLAGS,)),
    "anytrue": Function(_anytrue, (_FLAGS,)),
    "chunklist": Function(_chunklist, (PARTLY_LIST, WHOLE)),
    "coalesce": Function(_coalesce, (), ANYTHING),
    "coalescelist": Function(_coalescelist, (), ANYTHING),
    "compact": Function(_compact, (_SOME_TEXTS,), keeps=True),
    "concat": Function(_concat, (), _UNKNOWN_TOO),
    "contains": Function(_contains, (PARTLY, ANYTHING)),
    "distinct": Function(_distinct, (PARTLY_LIST,), keeps=True),
    "element": Function(_element, (_UNKNOWN_TOO, WHOLE)),
    "flatten": Function(_flatten, (_UNKNOWN_TOO,)),
    "index": Function(_index, (PARTLY, _UNKNOWN_TOO)),
    "keys": Function(_keys, (PARTLY,)),
    "length": Function(_length, (PARTLY,)),
    "lookup": Function(_lookup, (_UNKNOWN_TOO, TEXT), ANYTHING),
    "matchkeys": Function(_matchkeys, (PARTLY_LIST, PARTLY_LIST, PARTLY_LIST), keeps=True),
    "merge": Function(_merge, (), ANYTHING),
    "one": Function(_one, (_UNKNOWN_TOO,)),
    "reverse": Function(_reverse, (PARTLY,), keeps=True),
    "setproduct": Function(_setproduct, (), PARTLY),
    "slice": Function(_slice, (PARTLY, WHOLE, WHOLE), keeps=True),
    "sort": Function(_sort, (TEXTS,), keeps=True),
    "sum": Function(_sum, (Parameter(),)),
    "transpose": Function(_transpose, (_LISTS,)),
    "values": Function(_values, (PARTLY,), keeps=True),
    "zipmap": Function(_zipmap, (_MAYBE_TEXTS, _UNKNOWN_TOO)),
}
