"""
The one type that several values can share.

Terraform keeps the type of every value; we see it from the value itself. What is null, unknown, or inside an empty collection
has the type `any`, which adapts to its neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sglint.evaluate.terraform.mark import unmark
from sglint.evaluate.terraform.types import ANY, BOOL, NUMBER, STRING, Any, Collection, Field, Object, Primitive, Tuple, Type
from sglint.value import Map, Seq, Value


def type_of(value: Value) -> Type:
    """
    Return the type of the value as far as the value shows it.
    """
    value, _ = unmark(value)
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, (int, Decimal)):
        return NUMBER
    if isinstance(value, str):
        return STRING
    if isinstance(value, Seq):
        if value.kind == "tuple":
            return Tuple(tuple(map(type_of, value.items)))
        return Collection(value.kind, _element_type(value.items))
    if isinstance(value, Map):
        if value.kind == "object":
            return Object(tuple(Field(name, type_of(item)) for name, item in value.items()))
        return Collection("map", _element_type(tuple(value.values())))
    return ANY


def _element_type(items: tuple[Value, ...]) -> Type:
    """
    Return the element type of a list, set or map, whose elements all have one type: the one that shows the most.
    """
    result: Type = ANY
    for item in items:
        result = _sharper(result, type_of(item))
    return result


def _sharper(a: Type, b: Type) -> Type:
    """
    Return the type with `any` replaced by what the other one shows in that place.
    """
    if isinstance(a, Any):
        return b
    if isinstance(a, Collection) and isinstance(b, Collection):
        return Collection(a.kind, _sharper(a.element, b.element))
    if isinstance(a, Tuple) and isinstance(b, Tuple) and len(a.items) == len(b.items):
        return Tuple(tuple(_sharper(x, y) for x, y in zip(a.items, b.items, strict=True)))
    if isinstance(a, Object) and isinstance(b, Object):
        others = {field.name: field.type for field in b.fields}
        return Object(tuple(Field(f.name, _sharper(f.type, others.get(f.name, ANY))) for f in a.fields))
    return a


def unify(types: Sequence[Type]) -> Type | None:
    """
    Return the type to which all of these convert, as Terraform chooses it, or None when there is none.
    """
    distinct: list[Type] = list(dict.fromkeys(kind for kind in types if not isinstance(kind, Any)))
    if not distinct:
        return ANY
    if len(distinct) == 1:
        return distinct[0]
    decided, result = _structural(distinct)
    return result if decided else _preferred(distinct)


def _structural(types: list[Type]) -> tuple[bool, Type | None]:
    """
    Return a type built from those of one kind; the first item is false when another way has to be tried.
    """
    kinds = {_kind(kind) for kind in types}
    if len(kinds) == 1 and kinds <= {"map", "list", "set"}:
        return True, _unify_collections([kind for kind in types if isinstance(kind, Collection)])
    if kinds == {"object"}:
        return True, _unify_objects([kind for kind in types if isinstance(kind, Object)])
    if kinds == {"tuple"}:
        return True, _unify_tuples([kind for kind in types if isinstance(kind, Tuple)])
    if kinds == {"map", "object"}:
        return _as_collection(types, _objects_to_map([kind for kind in types if isinstance(kind, Object)]), Object)
    if kinds == {"list", "tuple"}:
        return _as_collection(types, _tuples_to_list([kind for kind in types if isinstance(kind, Tuple)]), Tuple)
    return {"object", "tuple"} <= kinds, None


def _kind(kind: Type) -> str:
    if isinstance(kind, Collection):
        return kind.kind
    return "object" if isinstance(kind, Object) else "tuple" if isinstance(kind, Tuple) else "primitive"


def _as_collection(types: list[Type], common: Type | None, replaced: type[Object] | type[Tuple]) -> tuple[bool, Type | None]:
    if common is None:
        return False, None
    result = unify([common if isinstance(item, replaced) else item for item in types])
    return isinstance(result, Collection), result


def _unify_collections(types: list[Collection]) -> Type | None:
    element = unify([kind.element for kind in types])
    return None if element is None else Collection(types[0].kind, element)


def _unify_objects(types: list[Object]) -> Type | None:
    names = [field.name for field in types[0].fields]
    if any([field.name for field in kind.fields] != names for kind in types):
        return _objects_to_map(types)
    fields = []
    for index, name in enumerate(names):
        common = unify([kind.fields[index].type for kind in types])
        if common is None:
            return None
        fields.append(Field(name, common))
    return Object(tuple(fields))


def _unify_tuples(types: list[Tuple]) -> Type | None:
    if any(len(kind.items) != len(types[0].items) for kind in types):
        return _tuples_to_list(types)
    items = []
    for across in zip(*(kind.items for kind in types), strict=True):
        common = unify(across)
        if common is None:
            return None
        items.append(common)
    return Tuple(tuple(items))


def _objects_to_map(types: list[Object]) -> Type | None:
    element = _unify_any([field.type for kind in types for field in kind.fields])
    return None if element is None else Collection("map", element)


def _tuples_to_list(types: list[Tuple]) -> Type | None:
    element = _unify_any([item for kind in types for item in kind.items])
    return None if element is None else Collection("list", element)


def _unify_any(types: list[Type]) -> Type | None:
    """Return the type of the elements; where one of them may be anything, each value shows whether it fits."""
    common = unify(types)
    return ANY if common is None and ANY in types else common


def _preferred(types: list[Type]) -> Type | None:
    for index in _preference(types):
        if all(convertible(kind, types[index]) for kind in types):
            return types[index]
    return None


def _preference(types: list[Type]) -> list[int]:
    """
    Return the positions in the order in which they are tried: a topological order of `_compare`.
    """
    count = len(types)
    after: list[list[int]] = [[] for _ in types]
    waiting = [0] * count
    for i in range(count):
        for j in range(i + 1, count):
            order = _compare(types[i], types[j])
            if order:
                first, second = (i, j) if order < 0 else (j, i)
                after[first].append(second)
                waiting[second] += 1
    queue = [index for index in range(count) if not waiting[index]]
    for index in queue:
        for other in after[index]:
            waiting[other] -= 1
            if not waiting[other]:
                queue.append(other)
    return queue


def _compare(a: Type, b: Type) -> int:
    """
    Return -1 when `a` is the wider type of the two, 1 when `b` is, and 0 when neither.
    """
    if isinstance(a, Any) or isinstance(b, Any):
        return isinstance(a, Any) - isinstance(b, Any)
    if isinstance(a, Primitive) and isinstance(b, Primitive):
        return (b == STRING) - (a == STRING)
    if isinstance(a, Collection) and isinstance(b, Collection) and a.kind == b.kind:
        return _compare(a.element, b.element)
    if isinstance(a, Object) and isinstance(b, Object):
        if [field.name for field in a.fields] != [field.name for field in b.fields]:
            return 0
        return _compare_all([(x.type, y.type) for x, y in zip(a.fields, b.fields, strict=True)])
    if isinstance(a, Tuple) and isinstance(b, Tuple):
        return _compare_all(list(zip(a.items, b.items, strict=True))) if len(a.items) == len(b.items) else 0
    return _WIDER.get((_kind(a), _kind(b)), 0)


_WIDER = {
    ("list", "tuple"): -1,
    ("tuple", "list"): 1,
    ("map", "object"): -1,
    ("object", "map"): 1,
    ("tuple", "set"): -1,
    ("list", "set"): -1,
    ("set", "tuple"): 1,
    ("set", "list"): 1,
}


def _compare_all(pairs: list[tuple[Type, Type]]) -> int:
    orders = {_compare(a, b) for a, b in pairs} - {0}
    return orders.pop() if len(orders) == 1 else 0


def convertible(source: Type, target: Type) -> bool:
    """
    Return whether a value of one type may convert to the other; the value itself decides the rest.
    """
    if source == target or isinstance(source, Any) or isinstance(target, Any):
        return True
    if isinstance(source, Primitive) and isinstance(target, Primitive):
        return STRING in (source, target)
    if isinstance(target, Collection):
        return _to_collection(source, target)
    if isinstance(target, Object):
        return _to_object(source, target)
    if isinstance(source, Tuple) and isinstance(target, Tuple):
        return len(source.items) == len(target.items) and all(map(convertible, source.items, target.items))
    return False


def _to_collection(source: Type, target: Collection) -> bool:
    if isinstance(source, Collection):
        return (source.kind == "map") == (target.kind == "map") and convertible(source.element, target.element)
    if isinstance(source, Tuple) and target.kind != "map":
        items = source.items
    elif isinstance(source, Object) and target.kind == "map":
        items = tuple(field.type for field in source.fields)
    else:
        return False
    element = unify(items) if isinstance(target.element, Any) else target.element
    return element is not None and all(convertible(item, element) for item in items)


def _to_object(source: Type, target: Object) -> bool:
    if isinstance(source, Collection) and source.kind == "map":
        return all(field.optional or convertible(source.element, field.type) for field in target.fields)
    if not isinstance(source, Object):
        return False
    given = {field.name: field.type for field in source.fields}
    return all(convertible(given[field.name], field.type) if field.name in given else field.optional for field in target.fields)
