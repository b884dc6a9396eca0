"""
The one type that several values can share, and which types convert to which.

Terraform chooses the type by rules that look at types alone. A type that is not seen, as that of an attribute of a resource,
takes no part in the choice and is never in the way.
"""

from __future__ import annotations

from collections.abc import Sequence

from sglint.evaluate.terraform.typed import is_any
from sglint.evaluate.terraform.types import ANY, STRING, UNSEEN, Any, Collection, Field, Object, Primitive, Tuple, Type


def unify(types: Sequence[Type]) -> Type | None:
    """
    Return the type to which all of these convert, as Terraform chooses it, or None when there is none.
    """
    seen = [kind for kind in types if not isinstance(kind, Any) or kind.seen]
    distinct: list[Type] = list(dict.fromkeys(seen))
    if not distinct:
        return UNSEEN if types else None
    if len(distinct) == 1:
        return distinct[0]
    decided, result = _structural(distinct)
    return result if decided else _preferred(distinct)


def _structural(types: list[Type]) -> tuple[bool, Type | None]:
    """
    Return a type built from those of one kind; the first item is false when another way has to be tried.

    What is `any` could be of that kind, too, and then the type cannot be told.
    """
    kinds = {_kind(kind) for kind in types}
    dynamic = "any" in kinds
    kinds.discard("any")
    if len(kinds) == 1 and kinds <= {"map", "list", "set", "object", "tuple"}:
        return True, ANY if dynamic else _of_one_kind(types)
    if kinds == {"map", "object"}:
        return _as_collection(types, _objects_to_map([kind for kind in types if isinstance(kind, Object)]), Object)
    if kinds == {"list", "tuple"}:
        return _as_collection(types, _tuples_to_list([kind for kind in types if isinstance(kind, Tuple)]), Tuple)
    return {"object", "tuple"} <= kinds, None


def _of_one_kind(types: list[Type]) -> Type | None:
    if isinstance(types[0], Object):
        return _unify_objects([kind for kind in types if isinstance(kind, Object)])
    if isinstance(types[0], Tuple):
        return _unify_tuples([kind for kind in types if isinstance(kind, Tuple)])
    return _unify_collections([kind for kind in types if isinstance(kind, Collection)])


def _kind(kind: Type) -> str:
    if isinstance(kind, Collection):
        return kind.kind
    if isinstance(kind, Any):
        return "any"
    return "object" if isinstance(kind, Object) else "tuple" if isinstance(kind, Tuple) else "primitive"


def _as_collection(types: list[Type], common: Type | None, replaced: type[Object] | type[Tuple]) -> tuple[bool, Type | None]:
    if common is None:
        return False, None
    result = unify([common if isinstance(item, replaced) else item for item in types])
    return isinstance(result, Collection), result


def _unify_collections(types: list[Collection]) -> Type | None:
    element = unify([kind.element for kind in types])
    return None if element is None else _if_all(types, Collection(types[0].kind, element))


def _if_all(types: Sequence[Type], result: Type) -> Type | None:
    return result if all(convertible(kind, result) for kind in types) else None


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
    same = _if_all(types, Object(tuple(fields)))
    return _objects_to_map(types) if same is None else same


def _unify_tuples(types: list[Tuple]) -> Type | None:
    if any(len(kind.items) != len(types[0].items) for kind in types):
        return _tuples_to_list(types)
    items = []
    for across in zip(*(kind.items for kind in types), strict=True):
        common = unify(across)
        if common is None:
            return None
        items.append(common)
    same = _if_all(types, Tuple(tuple(items)))
    return _tuples_to_list(types) if same is None else same


def _objects_to_map(types: list[Object]) -> Type | None:
    element = unify([field.type for kind in types for field in kind.fields])
    return None if element is None else _if_all(types, Collection("map", element))


def _tuples_to_list(types: list[Tuple]) -> Type | None:
    element = unify([item for kind in types for item in kind.items])
    return None if element is None else _if_all(types, Collection("list", element))


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
    if isinstance(source, Any) or isinstance(target, Any) or source == target:
        return True
    if isinstance(target, Primitive):
        return isinstance(source, Primitive) and STRING in (source, target)
    if isinstance(target, Collection):
        return _to_collection(source, target)
    if isinstance(target, Object):
        return _to_object(source, target)
    if not isinstance(source, Tuple) or len(source.items) != len(target.items):
        return False
    return all(map(convertible, source.items, target.items))


def _to_collection(source: Type, target: Collection) -> bool:
    if isinstance(source, Collection):
        return (source.kind == "map") == (target.kind == "map") and convertible(source.element, target.element)
    if isinstance(source, Tuple) and target.kind != "map":
        items = source.items
    elif isinstance(source, Object) and target.kind == "map":
        items = tuple(field.type for field in source.fields)
    else:
        return False
    if not items:
        return True
    element = common_element(items, target)
    return element is not None and all(convertible(item, element) for item in items)


def common_element(items: Sequence[Type], target: Collection) -> Type | None:
    """
    Return the type of the elements of a collection that is made of values of these types, None when there is none.

    When the collection can be of anything, its elements get the type that they share; one that only can be told when all is
    known makes a map and neither a list nor a set.
    """
    if not isinstance(target.element, Any):
        return target.element
    element = unify(items)
    if target.kind != "map" and element is not None and is_any(element) and not all(map(is_any, items)):
        return ANY if not all(kind.seen for kind in items if isinstance(kind, Any)) else None
    return element


def _to_object(source: Type, target: Object) -> bool:
    if isinstance(source, Collection) and source.kind == "map":
        return all(field.optional or convertible(source.element, field.type) for field in target.fields)
    if not isinstance(source, Object):
        return False
    given = {field.name: field.type for field in source.fields}
    return all(
        field.default is not None or convertible(given[field.name], field.type) if field.name in given else field.optional
        for field in target.fields
    )


def filled(source: Type, target: Type) -> Type:
    """
    Return the type of what is null or unknown after a conversion: the target, with `any` in it replaced by what was there.
    """
    if isinstance(source, Any):
        return target
    if isinstance(target, Any):
        return source
    if isinstance(target, Collection):
        element = _element(source, target)
        return target if element is None else Collection(target.kind, filled(element, target.element))
    if isinstance(target, Tuple) and isinstance(source, Tuple) and len(source.items) == len(target.items):
        return Tuple(tuple(map(filled, source.items, target.items)))
    if isinstance(target, Object):
        return Object(tuple(Field(field.name, filled(_attribute(source, field.name), field.type)) for field in target.fields))
    return target


def _element(source: Type, target: Collection) -> Type | None:
    if isinstance(source, Collection):
        return source.element if (source.kind == "map") == (target.kind == "map") else None
    if isinstance(source, Tuple) and target.kind != "map":
        return unify(source.items)
    if isinstance(source, Object) and target.kind == "map":
        return unify([field.type for field in source.fields])
    return None


def _attribute(source: Type, name: str) -> Type:
    if isinstance(source, Collection) and source.kind == "map":
        return source.element
    found = source.field(name) if isinstance(source, Object) else None
    return ANY if found is None else found.type
