"""
Values with their types.

Terraform's values carry their types. Here most values show theirs; the others carry it in a field: collections, where items do
not show it, and what is unknown. The idea for null: inside a collection it is None, and the type of the collection says what it
is a null of; taken out of there it is a `Null` again, until the expression is evaluated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from sglint.evaluate.terraform.types import (
    ANY,
    BOOL,
    NUMBER,
    STRING,
    UNSEEN,
    Any,
    Collection,
    Field,
    Object,
    Tuple,
    Type,
)
from sglint.value import Map, Marked, Null, Seq, Unknown, Value


def type_of(value: Value) -> Type:
    """
    Return the type of the value: that of null is `any`, that of a reference is not seen.
    """
    if isinstance(value, str):
        return STRING
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, (int, Decimal)):
        return NUMBER
    if isinstance(value, (Seq, Map)):
        return _type_of_many(value) if value.type is None else value.type
    if isinstance(value, Null):
        return value.type
    if value is None:
        return ANY
    if isinstance(value, Marked):
        return type_of(value.value)
    return value.type if isinstance(value, Unknown) and value.type is not None else UNSEEN


def _type_of_many(value: Seq | Map) -> Type:
    if isinstance(value, Map):
        if value.kind == "object":
            return Object(tuple(Field(name, type_of(item)) for name, item in value.items()))
        return Collection("map", _shown(value.values()))
    if value.kind == "tuple":
        return Tuple(tuple(map(type_of, value.items)))
    return Collection(value.kind, _shown(value.items))


def _shown(items: Iterable[Value]) -> Type:
    """
    Return the element type that the items of a collection show, which was not made by an expression.
    """
    result: Type = UNSEEN
    for item in items:
        result = sharper(result, type_of(item))
    return result


def sharper(a: Type, b: Type) -> Type:
    """
    Return the type with what is not seen, or is `any`, replaced by what the other one shows in that place.
    """
    if isinstance(a, Any):
        return a if isinstance(b, Any) and b.seen else b
    if isinstance(a, Collection) and isinstance(b, Collection):
        return Collection(a.kind, sharper(a.element, b.element))
    if isinstance(a, Tuple) and isinstance(b, Tuple) and len(a.items) == len(b.items):
        return Tuple(tuple(sharper(x, y) for x, y in zip(a.items, b.items, strict=True)))
    if isinstance(a, Object) and isinstance(b, Object):
        others = {field.name: field.type for field in b.fields}
        return Object(tuple(Field(f.name, sharper(f.type, others.get(f.name, UNSEEN))) for f in a.fields))
    return a


def is_any(kind: Type) -> bool:
    """
    Return whether the type is `any` and no other: not one that is only not seen.
    """
    return isinstance(kind, Any) and kind.seen


def is_seen(kind: Type) -> bool:
    """
    Return whether no part of the type is hidden.
    """
    if isinstance(kind, Collection):
        return is_seen(kind.element)
    if isinstance(kind, Tuple):
        return all(map(is_seen, kind.items))
    if isinstance(kind, Object):
        return all(is_seen(field.type) for field in kind.fields)
    return not isinstance(kind, Any) or kind.seen


def has_any(kind: Type) -> bool:
    """
    Return whether `any`, or what is not seen, is a part of the type.
    """
    if isinstance(kind, Collection):
        return has_any(kind.element)
    if isinstance(kind, Tuple):
        return any(map(has_any, kind.items))
    if isinstance(kind, Object):
        return any(has_any(field.type) for field in kind.fields)
    return isinstance(kind, Any)


def without_optional(kind: Type) -> Type:
    """
    Return the type of the values that convert to a type: no attribute of a value is optional.
    """
    if isinstance(kind, Collection):
        return Collection(kind.kind, without_optional(kind.element))
    if isinstance(kind, Tuple):
        return Tuple(tuple(map(without_optional, kind.items)))
    if isinstance(kind, Object):
        return Object(tuple(Field(field.name, without_optional(field.type)) for field in kind.fields))
    return kind


def bare(value: Value) -> Value:
    """
    Return the value as others know it: null is None.
    """
    if isinstance(value, Marked) and isinstance(value.value, Null):
        return replace(value, value=None)
    return None if isinstance(value, Null) else value


def is_null(value: Value) -> bool:
    """
    Return whether the value is null, of whatever type and under whatever marks.
    """
    return value is None or isinstance(value, Null) or (isinstance(value, Marked) and is_null(value.value))


def _with_type(value: Value, kind: Type) -> Value:
    """
    Return an element of a collection with the type that it has there: null shows none.
    """
    if isinstance(value, Marked) and value.value is None:
        return replace(value, value=null_of(kind))
    return null_of(kind) if value is None else value


def null_of(kind: Type) -> Value:
    """
    Return the null of a type.
    """
    return None if isinstance(kind, Any) else Null(kind)


def unknown_of(kind: Type, value: Value) -> Value:
    """
    Return the value, with its type where it is unknown and has none yet.
    """
    if not isinstance(value, Unknown) or value.type is not None or kind == UNSEEN:
        return value
    return replace(value, type=kind)


def members(value: Seq | Map) -> tuple[Value, ...]:
    """
    Return what is inside, in order, each null with its type.
    """
    items = value.items if isinstance(value, Seq) else tuple(value.values())
    kind = value.type
    if kind is None or not any(map(is_null, items)):
        return items
    if isinstance(kind, Collection):
        return tuple(_with_type(item, kind.element) for item in items)
    types = kind.items if isinstance(kind, Tuple) else tuple(f.type for f in kind.fields) if isinstance(kind, Object) else ()
    return tuple(map(_with_type, items, types))


def member(value: Map, key: str) -> Value:
    """
    Return the value of a key that there is, null with its type.
    """
    item = value[key]
    if value.type is None or not is_null(item):
        return item
    if isinstance(value.type, Collection):
        return _with_type(item, value.type.element)
    found = value.type.field(key) if isinstance(value.type, Object) else None
    return item if found is None else _with_type(item, found.type)


def _is_typed(value: Value) -> bool:
    return isinstance(value, Null) or (isinstance(value, Marked) and isinstance(value.value, Null))


def tuple_of(items: Iterable[Value]) -> Seq:
    """
    Return the tuple of these items.
    """
    kept = tuple(items)
    if not any(map(_is_typed, kept)):
        return Seq(kept)
    return Seq(tuple(map(bare, kept)), "tuple", Tuple(tuple(map(type_of, kept))))


def object_of(entries: Mapping[str, Value] | Iterable[tuple[str, Value]]) -> Map:
    """
    Return the object with these attributes; of two with one name the last counts.
    """
    last = dict(entries)
    if not any(map(_is_typed, last.values())):
        return Map.of(last)
    fields = tuple(Field(name, type_of(last[name])) for name in sorted(last))
    return Map.of(((name, bare(item)) for name, item in last.items()), "object", Object(fields))


def list_of(items: Iterable[Value], element: Type, kind: Literal["list", "set"] = "list") -> Seq:
    """
    Return the list of these items, which are all of this type.
    """
    return Seq(tuple(map(bare, items)), kind, Collection(kind, element))


def map_of(entries: Mapping[str, Value] | Iterable[tuple[str, Value]], element: Type) -> Map:
    """
    Return the map with these entries, which are all of this type.
    """
    last = dict(entries)
    return Map.of(((key, bare(item)) for key, item in last.items()), "map", Collection("map", element))


def element_type(value: Seq | Map) -> Type:
    """
    Return the type of the elements of a list, set or map.
    """
    kind = type_of(value)
    return kind.element if isinstance(kind, Collection) else UNSEEN


def one_type(types: Iterable[Type]) -> Type | None:
    """
    Return the type that all of these are, those aside that are `any`; None when they are several.
    """
    found: Type = ANY
    for kind in types:
        if is_any(found):
            found = kind
        elif not is_any(kind) and kind != found:
            if is_seen(kind) and is_seen(found):
                return None
            found = sharper(found, kind)
    return found
