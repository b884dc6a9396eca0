"""
Elements and attributes: indexes, `value.name`, what `for` goes through, and what a template shows of a value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import cast

from sglint.evaluate.terraform.convert import to_number, to_string
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.number import counted, number_text
from sglint.evaluate.terraform.symbol import hidden, may_match
from sglint.evaluate.terraform.typed import element_type, is_any, member, members, type_of, unknown_of
from sglint.evaluate.terraform.types import ANY, STRING, UNSEEN, Any, Collection, Object, Primitive, Tuple, Type, type_name
from sglint.evaluate.terraform.unknown import as_unknown, collapse, distribute, merged
from sglint.value import Map, Null, Ref, Seq, Unknown, Value


def index(collection: Value, key: Value) -> Value:
    """
    Return `collection[key]`.
    """
    spread = distribute(index, (collection, key))
    if spread is not None:
        return spread
    if collection is None or isinstance(collection, Null):
        raise EvaluationError("this value is null, so it has no elements")
    if key is None or isinstance(key, Null):
        raise EvaluationError("the index is null")
    if isinstance(collection, Unknown):
        return _index_of_unknown(collection, key)
    if isinstance(collection, Ref):
        return _ref_index(collection, key)
    if isinstance(key, (Unknown, Ref)):
        return _some_element(collection, key)
    if isinstance(collection, Seq):
        return _sequence_index(collection, key)
    if isinstance(collection, Map):
        name = _key(key, to_string)
        if name not in collection and may_match(str(name) if not isinstance(name, str) else name, collection):
            return collapse(tuple(collection.values()), (hidden(name),))
        if name not in collection:
            raise EvaluationError(f'there is no element with the key "{name}"')
        return member(collection, name if isinstance(name, str) else str(name))
    raise EvaluationError(f"a {type_name(type_of(collection))} has no elements")


def _index_of_unknown(collection: Unknown, key: Value) -> Value:
    """
    Return an element of something that is not known: of the type that an element of it has.
    """
    kind = type_of(collection)
    inner: Type = UNSEEN if collection.type is None else ANY
    if isinstance(kind, Primitive) or (isinstance(kind, Collection) and kind.kind == "set"):
        raise EvaluationError(f"a {type_name(kind)} has no indexes")
    if isinstance(kind, Collection):
        inner = kind.element
        _key(key, to_string if kind.kind == "map" else to_number)
    elif isinstance(kind, Object):
        _key(key, to_string)
    elif isinstance(kind, Tuple):
        number = _key(key, to_number)
        if isinstance(number, (int, Decimal)) and not (number == int(number) and 0 <= number < len(kind.items)):
            raise EvaluationError(f"there is no element {number_text(number)}: the collection has {len(kind.items)}")
        inner = kind.items[int(number)] if isinstance(number, (int, Decimal)) else ANY
    known = collection.element
    return unknown_of(inner, merged((collection, key)) if known is None else known)


def _key(key: Value, conversion: Callable[[Value], Value]) -> Value:
    try:
        return conversion(key)
    except EvaluationError as error:
        raise EvaluationError(f"the index does not identify an element: {error.message}") from None


def _ref_index(ref: Ref, key: Value) -> Value:
    if isinstance(key, str):
        escaped = key.replace("\\", "\\\\").replace('"', '\\"')
        return Ref(ref.address, f'{ref.attribute}["{escaped}"]')
    if isinstance(key, (int, Decimal)) and not isinstance(key, bool):
        return Ref(ref.address, f"{ref.attribute}[{number_text(key)}]")
    return merged((ref, key))


def _some_element(collection: Value, key: Ref | Unknown) -> Value:
    """
    Return what an element under an unknown key can be: one of those that there are.
    """
    if isinstance(collection, Seq) and collection.kind != "set":
        items = collection.items
    elif isinstance(collection, Map):
        items = tuple(collection.values())
    else:
        raise EvaluationError(f"a {type_name(type_of(collection))} has no indexes")
    if is_any(type_of(key)):
        return merged((key,), type=ANY)
    if not items:
        raise EvaluationError("the collection has no elements")
    kind = ANY if collection.kind in ("tuple", "object") else element_type(collection)
    return unknown_of(kind, collapse(items, (key,)))


def _sequence_index(collection: Seq, key: Value) -> Value:
    if collection.kind == "set":
        raise EvaluationError("elements of a set have no index; use tolist or a for expression")
    number = _key(key, to_number)
    if number == 0:
        number = 0
    if not isinstance(number, int):
        raise EvaluationError("the index of a list must be a whole number")
    if number < 0:
        raise EvaluationError("the index of a list cannot be negative")
    if number >= len(collection):
        if not len(collection):
            raise EvaluationError(f"there is no element {number}: the collection has no elements")
        raise EvaluationError(f"there is no element {number}: the collection has {len(collection)}")
    item = collection[number]
    return members(collection)[number] if item is None else item


def get_attr(value: Value, name: str) -> Value:
    """
    Return `value.name`.
    """
    spread = distribute(lambda x: get_attr(x, name), (value,))
    if spread is not None:
        return spread
    if value is None or isinstance(value, Null):
        raise EvaluationError(f'this value is null, so it has no attribute "{name}"')
    if isinstance(value, Unknown):
        return _attribute_of_unknown(value, name)
    if isinstance(value, Ref):
        return Ref(value.address, f"{value.attribute}.{name}" if value.attribute else name)
    if isinstance(value, Map):
        if name not in value:
            kind = "object does not have an attribute" if value.kind == "object" else "map does not have an element"
            raise EvaluationError(f'this {kind} "{name}"')
        return member(value, name)
    raise _no_attribute(type_of(value), name)


def _no_attribute(kind: Type, name: str) -> EvaluationError:
    many = isinstance(kind, Tuple) or (isinstance(kind, Collection) and kind.kind != "map")
    hint = "; did you mean one of its elements" if many else ""
    return EvaluationError(f'a {type_name(kind)} has no attribute "{name}"{hint}')


def _attribute_of_unknown(value: Unknown, name: str) -> Value:
    kind = type_of(value)
    result: Type = UNSEEN if value.type is None else ANY
    if isinstance(kind, Object):
        field = kind.field(name)
        if field is None:
            raise EvaluationError(f'this object does not have an attribute "{name}"')
        result = field.type
    elif isinstance(kind, Collection) and kind.kind == "map":
        result = kind.element
    elif not isinstance(kind, Any):
        raise _no_attribute(kind, name)
    return unknown_of(result, merged((value,)) if value.element is None else value.element)


def iterate(value: Value) -> list[tuple[Value, Value]] | Unknown:
    """
    Return the keys and items of a collection, for `for` and splats; a set's items are their own keys.
    """
    if isinstance(value, Seq):
        items = members(value)
        if value.kind == "set":
            return [(item, item) for item in items]
        return [(counted(position), item) for position, item in enumerate(items)]
    if isinstance(value, Map):
        return list(zip(value, members(value), strict=True))
    if value is None or isinstance(value, Null):
        raise EvaluationError("cannot iterate over a null value")
    if isinstance(type_of(value), Primitive):
        raise EvaluationError(f"cannot iterate over a {type_name(type_of(value))}")
    return as_unknown(value) if isinstance(value, (Ref, Unknown)) else Unknown("it is no collection")


def to_template_string(value: Value) -> str | Unknown:
    """
    Return the value as the text that an interpolation puts into a string.
    """
    spread = distribute(to_template_string, (value,))
    if spread is not None:
        return cast("str | Unknown", spread)
    if value is None or isinstance(value, Null):
        raise EvaluationError("the value is null, which cannot be put into a string")
    if isinstance(value, Unknown):
        return replace(merged((value,)), type=STRING)
    try:
        text = to_string(value)
    except EvaluationError as error:
        raise EvaluationError(f"the value cannot be put into a string: {error.message}") from None
    return text if isinstance(text, str) else merged((text,), type=STRING)
