"""
Conversions between types, as a variable's `type` and a function's parameters make them.

Whether a value converts is decided twice: by its type, also where it is null, empty or unknown, and then by what is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.mark import carried
from sglint.evaluate.terraform.number import is_finite, normal, number_text, parse_number
from sglint.evaluate.terraform.order import set_of
from sglint.evaluate.terraform.symbol import unknown
from sglint.evaluate.terraform.typed import (
    has_any,
    is_null,
    list_of,
    map_of,
    members,
    null_of,
    object_of,
    one_type,
    tuple_of,
    type_of,
    unknown_of,
    without_optional,
)
from sglint.evaluate.terraform.types import (
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
from sglint.evaluate.terraform.unify import common_element, convertible, filled, unify
from sglint.evaluate.terraform.unknown import MOST_KEPT, collapse, merged, wholly_known
from sglint.value import Map, Marked, Null, Ref, Seq, Symbol, Unknown, Value


def convert(value: Value, target: Type) -> Value:
    """
    Return the value as a value of the type; attributes that are optional and missing or null get their defaults.
    """
    if isinstance(value, Marked):
        return carried(lambda inner: convert(inner, target), value)
    if isinstance(target, Any) or isinstance(value, Ref):
        return value
    if isinstance(target, Primitive) and isinstance(value, (str, bool, int, Decimal)):
        return _convert_primitive(value, target)
    source = type_of(value)
    if source == target and not isinstance(value, Unknown):
        return value
    if not convertible(source, target):
        _convert_known(value, source, target)
        raise _refuse(value, target)
    if value is None or isinstance(value, Null):
        return null_of(without_optional(filled(source, target)))
    if isinstance(value, Unknown):
        return _convert_unknown(value, source, target)
    return _convert_known(value, source, target)


def _convert_known(value: Value, source: Type, target: Type) -> Value:
    if isinstance(target, Primitive):
        return _convert_primitive(value, target)
    if isinstance(target, Collection):
        return _convert_collection(value, source, target)
    if isinstance(target, Tuple):
        return _convert_tuple(value, target)
    return _convert_object(value, target) if isinstance(target, Object) else value


def _convert_unknown(value: Unknown, source: Type, target: Type) -> Value:
    """
    Convert what is known of an unknown value: its type, its alternatives, and the elements of a collection.
    """
    kind = without_optional(filled(source, target))
    if value.among:
        try:
            return unknown_of(kind, collapse([convert(item, target) for item in value.among], [value]))
        except EvaluationError:
            return replace(value, among=(), type=kind)
    if value.element is not None and isinstance(target, Collection):
        return replace(value, element=convert(value.element, target.element), type=kind)
    return replace(value, type=kind)


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
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return number_text(value)
    return _without_content(value, STRING)


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
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return normal(value) if isinstance(value, Decimal) and is_finite(value) else value
    return _without_content(value, NUMBER)


def to_bool(value: Value) -> Value:
    """
    Return the value as a bool; null, references and unknowns pass through.
    """
    if isinstance(value, bool):
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
    return _without_content(value, BOOL)


def _without_content(value: Value, target: Primitive) -> Value:
    """
    Return what is null or unknown as of a primitive type, and refuse all else.
    """
    if isinstance(value, Ref):
        return value
    if (value is not None and not isinstance(value, (Null, Unknown))) or not convertible(type_of(value), target):
        raise _refuse(value, target)
    return replace(value, type=target) if isinstance(value, Unknown) else Null(target)


def _convert_collection(value: Value, source: Type, target: Collection) -> Value:
    if target.kind == "map":
        if not isinstance(value, Map):
            raise _refuse(value, target)
        items, element = _elements(members(value), source, target, list(value))
        return map_of(zip(value, items, strict=True), element)
    if not isinstance(value, Seq):
        raise _refuse(value, target)
    items, element = _elements(members(value), source, target, range(len(value)))
    if target.kind == "list":
        return list_of(items, element) if value.kind != "set" else _in_any_order(items, element)
    return carried(lambda inner: set_of(inner.items, element), Seq(items), deep=True)


def _in_any_order(items: tuple[Value, ...], element: Type) -> Value:
    """
    Return the list that a set becomes: its order is known when all items are; otherwise each of them may be the first.
    """
    if len(items) < 2 or wholly_known(Seq(items)):
        return list_of(items, element)
    turns = [list_of((*items[turn:], *items[:turn]), element) for turn in range(min(len(items), MOST_KEPT))]
    return replace(merged(items, among=tuple(turns)), why="the order of a set is known only when all its elements are")


def _elements(
    items: tuple[Value, ...], source: Type, target: Collection, keys: Iterable[object]
) -> tuple[tuple[Value, ...], Type]:
    """
    Return the items converted to the element type of the collection, and that type; `any` is what they have in common.
    """
    if not items:
        is_open = isinstance(target.element, Any) and isinstance(source, Collection)
        return (), source.element if is_open and isinstance(source, Collection) else without_optional(target.element)
    wanted = target.element
    if isinstance(wanted, Any) and isinstance(source, Collection):
        return items, source.element
    if isinstance(wanted, Any):
        common = common_element([type_of(item) for item in items], target)
        if common is None:
            raise EvaluationError(f"all elements of a {target.kind} must have the same type")
        wanted = common
    converted = tuple(_inside(f"element {_key_text(key)}", item, wanted) for key, item in zip(keys, items, strict=True))
    return _alike(converted, target.kind) if has_any(wanted) else (converted, without_optional(wanted))


def _alike(items: tuple[Value, ...], kind: str) -> tuple[tuple[Value, ...], Type]:
    """
    Return the items as values of one type where `any` let them differ, and that type.
    """
    if kind != "set":
        items = to_common(items, kind)
    element = one_type(map(type_of, items))
    if element is None:
        raise EvaluationError(f"all elements of a {kind} must have the same type")
    return items, element


def _key_text(key: object) -> str:
    return f'"{key}"' if isinstance(key, str) else str(key)


def to_common(items: Sequence[Value], wanted: str) -> tuple[Value, ...]:
    """
    Return the items converted to the one type that all of them share.
    """
    common = unify([type_of(item) for item in items])
    if common is None:
        raise EvaluationError(f"all elements of a {wanted} must have the same type")
    return tuple(convert(item, common) for item in items)


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
    pairs = zip(members(value), target.items, strict=True)
    return tuple_of(_inside(f"element {n}", item, kind) for n, (item, kind) in enumerate(pairs))


def _convert_object(value: Value, target: Object) -> Value:
    if not isinstance(value, Map):
        raise _refuse(value, target)
    missing = [f'"{field.name}"' for field in target.fields if field.name not in value and not field.optional]
    if missing:
        kinds = "attribute" if value.kind == "object" else "element"
        plural = "s" if len(missing) > 1 else ""
        raise EvaluationError(f"{kinds}{plural} {', '.join(missing)} {'are' if plural else 'is'} required")
    given = dict(zip(value, members(value), strict=True))
    return object_of((field.name, _field(given.get(field.name), field)) for field in target.fields)


def _field(given: Value, field: Field) -> Value:
    if field.default is not None and is_null(given):
        given = field.default
    return _inside(f'attribute "{field.name}"', given, field.type)
