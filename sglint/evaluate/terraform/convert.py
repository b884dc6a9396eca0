"""
Conversions between types, as a variable's `type` and a function's parameters make them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.mark import carried, unmark
from sglint.evaluate.terraform.number import is_finite, normal, number_text, parse_number
from sglint.evaluate.terraform.order import set_of
from sglint.evaluate.terraform.symbol import unknown
from sglint.evaluate.terraform.types import (
    ANY,
    BOOL,
    NUMBER,
    STRING,
    Any,
    Collection,
    Field,
    Object,
    Primitive,
    Tuple,
    Type,
    type_name,
)
from sglint.evaluate.terraform.unify import type_of, unify
from sglint.evaluate.terraform.unknown import collapse
from sglint.value import Map, Marked, Ref, Seq, Symbol, Unknown, Value


def convert(value: Value, target: Type) -> Value:
    """
    Return the value as a value of the type; attributes that are optional and missing or null get their defaults.
    """
    if isinstance(value, Marked):
        return carried(lambda inner: convert(inner, target), value)
    if isinstance(value, Unknown):
        return _convert_unknown(value, target)
    if value is None or isinstance(value, Ref) or isinstance(target, Any):
        return value
    if isinstance(target, Primitive):
        return _convert_primitive(value, target)
    if isinstance(target, Collection):
        return _convert_collection(value, target)
    if isinstance(target, Tuple):
        return _convert_tuple(value, target)
    return _convert_object(value, target)


def _convert_unknown(value: Unknown, target: Type) -> Value:
    """
    Convert what is known of an unknown value: its alternatives, and the elements of a collection.
    """
    if value.among:
        try:
            return collapse([convert(item, target) for item in value.among], [value])
        except EvaluationError:
            return replace(value, among=())
    if value.element is not None and isinstance(target, Collection):
        return replace(value, element=convert(value.element, target.element))
    return value


def _convert_primitive(value: Value, target: Primitive) -> Value:
    if target == STRING:
        return to_string(value)
    if target == NUMBER:
        return to_number(value)
    return to_bool(value)


def _refuse(value: Value, target: Type) -> EvaluationError:
    return EvaluationError(f"{type_name(target)} required, but this is {type_name(type_of(value))}")


def to_string(value: Value) -> Value:
    """
    Return the value as a string; null, references and unknowns pass through.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return number_text(value)
    if isinstance(value, (Seq, Map)):
        raise _refuse(value, STRING)
    return value


def to_number(value: Value) -> Value:
    """
    Return the value as a number; null, references and unknowns pass through.
    """
    if isinstance(value, Symbol):
        return unknown(value)
    if isinstance(value, str):
        number = parse_number(value)
        if number is None:
            raise EvaluationError(f'a number is required, and "{value[:60]}" is not one')
        return number
    if isinstance(value, (bool, Seq, Map)):
        raise _refuse(value, NUMBER)
    return normal(value) if isinstance(value, Decimal) and is_finite(value) else value


def to_bool(value: Value) -> Value:
    """
    Return the value as a bool; null, references and unknowns pass through.
    """
    if isinstance(value, bool) or value is None or isinstance(value, (Ref, Unknown)):
        return value
    if isinstance(value, Symbol):
        return unknown(value)
    if isinstance(value, str):
        if value in ("true", "1"):
            return True
        if value in ("false", "0"):
            return False
        if value.lower() in ("true", "false"):
            raise EvaluationError(f'a bool is required; to convert from a string, use lowercase "{value.lower()}"')
    raise _refuse(value, BOOL)


def _convert_collection(value: Value, target: Collection) -> Value:
    if target.kind == "map":
        if not isinstance(value, Map):
            raise _refuse(value, target)
        items = _elements(tuple(value.values()), target, list(value))
        return Map(tuple(zip(value, items, strict=True)), "map")
    if not isinstance(value, Seq):
        raise _refuse(value, target)
    items = _elements(value.items, target, range(len(value)))
    if target.kind == "list":
        return Seq(items, "list")
    return carried(lambda inner: set_of(inner.items), Seq(items), deep=True)


def _elements(items: tuple[Value, ...], target: Collection, keys: Iterable[object]) -> tuple[Value, ...]:
    """
    Return the items converted to the element type of the collection; where that says `any`, to what they have in common.
    """
    if isinstance(target.element, Any):
        return to_common(items, target.kind)
    converted = []
    for key, item in zip(keys, items, strict=True):
        converted.append(_inside(f"element {_key_text(key)}", item, target.element))
    return to_common(converted, target.kind) if _has_any(target.element) else tuple(converted)


def _key_text(key: object) -> str:
    return f'"{key}"' if isinstance(key, str) else str(key)


def to_common(items: Sequence[Value], wanted: str) -> tuple[Value, ...]:
    """
    Return the items converted to the one type that all of them share.
    """
    types = [type_of(item) for item in items]
    common = unify(types)
    if common is None:
        raise EvaluationError(f"all elements of a {wanted} must have the same type")
    return tuple(item if kind == common else convert(item, common) for item, kind in zip(items, types, strict=True))


def _has_any(target: Type) -> bool:
    if isinstance(target, Collection):
        return _has_any(target.element)
    if isinstance(target, Tuple):
        return any(map(_has_any, target.items))
    if isinstance(target, Object):
        return any(_has_any(field.type) for field in target.fields)
    return isinstance(target, Any)


def _inside(place: str, value: Value, target: Type) -> Value:
    try:
        return convert(value, target)
    except EvaluationError as error:
        raise EvaluationError(f"{place}: {error.message}") from None


def _convert_tuple(value: Value, target: Tuple) -> Value:
    if not isinstance(value, Seq) or value.kind != "tuple":
        raise _refuse(value, target)
    if len(value) != len(target.items):
        raise EvaluationError(f"a tuple of {len(target.items)} elements is required, but this has {len(value)}")
    pairs = zip(value.items, target.items, strict=True)
    return Seq(tuple(_inside(f"element {n}", item, kind) for n, (item, kind) in enumerate(pairs)))


def _convert_object(value: Value, target: Object) -> Value:
    if not isinstance(value, Map):
        raise _refuse(value, target)
    missing = [f'"{field.name}"' for field in target.fields if field.name not in value and not field.optional]
    if missing:
        kinds = "attribute" if value.kind == "object" else "element"
        plural = "s" if len(missing) > 1 else ""
        raise EvaluationError(f"{kinds}{plural} {', '.join(missing)} {'are' if plural else 'is'} required")
    return Map(tuple((field.name, _field(value, field)) for field in target.fields))


def _field(value: Map, field: Field) -> Value:
    given = value.get(field.name)
    if field.default is not None and unmark(given)[0] is None:
        given = field.default
    return _inside(f'attribute "{field.name}"', given, field.type)


def to_list(value: Value) -> Value:
    """
    Return the value as a list whose elements have one target.
    """
    return convert(value, Collection("list", ANY))
