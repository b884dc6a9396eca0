"""
Operators, conditionals, indexes and attributes.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import cast

from sglint.evaluate.terraform.convert import convert, to_bool, to_number, to_string
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.number import calculate, number_text
from sglint.evaluate.terraform.symbol import hidden, may_match, same_text
from sglint.evaluate.terraform.types import ANY, Any, Type, type_name
from sglint.evaluate.terraform.unify import type_of, unify
from sglint.evaluate.terraform.unknown import (
    alternatives,
    as_unknown,
    check_size,
    collapse,
    distribute,
    is_identity,
    merged,
    same,
    wholly_known,
)
from sglint.value import Map, Number, Ref, Seq, Symbol, Unknown, Value

__all__ = [
    "EvaluationError",
    "binary",
    "conditional",
    "equal",
    "get_attr",
    "index",
    "iterate",
    "to_template_string",
    "unary",
]

_COMPARISONS: dict[str, Callable[[Number, Number], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def equal(a: Value, b: Value) -> bool | Unknown:
    """
    Return whether two values are equal: of one type and with the same content.
    """
    spread = distribute(equal, (a, b))
    if spread is not None:
        return cast("bool | Unknown", spread)
    if isinstance(a, Ref):
        return _equal_ref(a, b)
    if isinstance(b, Ref):
        return _equal_ref(b, a)
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return merged((a, b))
    return _equal_known(a, b)


def _equal_known(a: Value, b: Value) -> bool | Unknown:
    if a is None or b is None:
        return a is None and b is None
    if isinstance(a, str) and isinstance(b, str) and (isinstance(a, Symbol) or isinstance(b, Symbol)):
        return same_text(a, b)
    if isinstance(a, Seq) and isinstance(b, Seq):
        return _equal_sequences(a, b)
    if isinstance(a, Map) and isinstance(b, Map):
        return _equal_maps(a, b)
    if isinstance(a, (Seq, Map)) or isinstance(b, (Seq, Map)) or isinstance(a, bool) != isinstance(b, bool):
        return False
    return isinstance(a, str) == isinstance(b, str) and a == b


def _equal_ref(ref: Ref, other: Value) -> bool | Unknown:
    if ref == other:
        return True
    if not is_identity(ref) or isinstance(other, (Ref, Unknown)) or (isinstance(other, str) and other):
        return merged((ref, other))
    return False


def _equal_sequences(a: Seq, b: Seq) -> bool | Unknown:
    if a.kind != b.kind:
        return False
    if a.kind == "set":
        return _equal_sets(a, b)
    return len(a) == len(b) and _all_equal(zip(a.items, b.items, strict=True), (a, b))


def _equal_sets(a: Seq, b: Seq) -> bool | Unknown:
    if wholly_known(a) and wholly_known(b):
        return same(a, b)
    only_refs = all(wholly_known(item) or isinstance(item, Ref) for item in (*a.items, *b.items))
    return True if only_refs and same(a, b) else merged((a, b))


def _equal_maps(a: Map, b: Map) -> bool | Unknown:
    if a.kind != b.kind or list(a) != list(b):
        return False
    return _all_equal(zip(a.values(), b.values(), strict=True), (a, b))


def _all_equal(pairs: zip[tuple[Value, Value]], sources: tuple[Value, Value]) -> bool | Unknown:
    results = [equal(x, y) for x, y in pairs]
    if any(result is False for result in results):
        return False
    return True if all(result is True for result in results) else merged(sources)


def binary(operator: str, a: Value, b: Value) -> Value:
    """
    Return the result of a binary operator.
    """
    if operator in ("==", "!="):
        check_size(a)
        check_size(b)
        return equal(a, b) if operator == "==" else unary("!", equal(a, b))
    spread = distribute(lambda x, y: binary(operator, x, y), (a, b))
    if spread is not None:
        return spread
    if operator in ("&&", "||"):
        return _logical(operator, _operand(a, to_bool, "left"), _operand(b, to_bool, "right"))
    left, right = _operand(a, to_number, "left"), _operand(b, to_number, "right")
    if not isinstance(left, (int, Decimal)) or not isinstance(right, (int, Decimal)):
        return 0 if operator == "*" and 0 in (left, right) else merged((left, right))
    if operator in _COMPARISONS:
        return _COMPARISONS[operator](left, right)
    return calculate(operator, left, right)


def _operand(value: Value, conversion: Callable[[Value], Value], side: str) -> Value:
    try:
        converted = conversion(value)
    except EvaluationError as error:
        raise EvaluationError(f"unsuitable value for the {side} operand: {error.message}") from None
    if converted is None:
        raise EvaluationError(f"the {side} operand is null")
    return converted


def _logical(operator: str, a: Value, b: Value) -> Value:
    decisive = operator == "||"
    if a is decisive or b is decisive:
        return decisive
    if isinstance(a, bool) and isinstance(b, bool):
        return not decisive
    return merged((a, b))


def unary(operator: str, a: Value) -> Value:
    """
    Return the result of `-a` or `!a`.
    """
    spread = distribute(lambda x: unary(operator, x), (a,))
    if spread is not None:
        return spread
    value = _operand(a, to_bool if operator == "!" else to_number, "only")
    if isinstance(value, bool):
        return not value
    if isinstance(value, Decimal):
        return value.copy_negate()
    return -value if isinstance(value, int) else merged((value,))


def conditional(test: Value, yes: Value, no: Value) -> Value:
    """
    Return `test ? yes : no`, converted to the type that both share; one that is not taken need not convert.
    """
    check_size(yes)
    check_size(no)
    common = _common(yes, no)
    if test is None:
        raise EvaluationError("the condition is null; it must be true or false")
    if isinstance(test, Unknown) and test.among:
        return _conditional_spread(test, _possible(yes, common), _possible(no, common))
    try:
        decided = to_bool(test)
    except EvaluationError as error:
        raise EvaluationError(f"the condition must be a bool: {error.message}") from None
    if isinstance(decided, bool):
        return convert(yes if decided else no, common)
    return collapse((_possible(yes, common), _possible(no, common)), (test,))


def _possible(value: Value, common: Type) -> Value:
    try:
        return convert(value, common)
    except EvaluationError as error:
        return Unknown(error.message, error.span)


def _conditional_spread(test: Unknown, yes: Value, no: Value) -> Value:
    try:
        tests = [to_bool(choice) for choice in alternatives(test)]
    except EvaluationError:
        return collapse((yes, no), (test,))
    if all(choice is True for choice in tests):
        return yes
    if all(choice is False for choice in tests):
        return no
    return collapse((yes, no), (test,))


def _common(yes: Value, no: Value) -> Type:
    kinds = type_of(yes), type_of(no)
    if kinds[0] == kinds[1] or isinstance(kinds[0], Any) or isinstance(kinds[1], Any):
        return ANY
    common = unify(kinds)
    if common is None:
        given = f"{type_name(kinds[0])} and {type_name(kinds[1])}"
        raise EvaluationError(f"both results of a conditional must have consistent types, but they are {given}")
    return common


def index(collection: Value, key: Value) -> Value:
    """
    Return `collection[key]`.
    """
    spread = distribute(index, (collection, key))
    if spread is not None:
        return spread
    if collection is None:
        raise EvaluationError("this value is null, so it has no elements")
    if isinstance(collection, Unknown):
        return collection.element if collection.element is not None else merged((collection, key))
    if isinstance(collection, Ref):
        return _ref_index(collection, key)
    if isinstance(key, (Unknown, Ref)):
        return _some_element(collection, key)
    if key is None:
        raise EvaluationError("the index is null")
    if isinstance(collection, Seq):
        return _sequence_index(collection, key)
    if isinstance(collection, Map):
        name = _key(key, to_string)
        if name not in collection and may_match(str(name) if not isinstance(name, str) else name, collection):
            return collapse(tuple(collection.values()), (hidden(name),))
        if name not in collection:
            raise EvaluationError(f'there is no element with the key "{name}"')
        return collection[name] if isinstance(name, str) else collection[str(name)]
    raise EvaluationError(f"a {type_name(type_of(collection))} has no elements")


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
    if not items:
        raise EvaluationError("the collection has no elements")
    return collapse(items, (key,))


def _sequence_index(collection: Seq, key: Value) -> Value:
    if collection.kind == "set":
        raise EvaluationError("elements of a set have no index; use tolist or a for expression")
    number = _key(key, to_number)
    if not isinstance(number, int):
        raise EvaluationError("the index of a list must be a whole number")
    if number < 0:
        raise EvaluationError("the index of a list cannot be negative")
    if number >= len(collection):
        if not len(collection):
            raise EvaluationError(f"there is no element {number}: the collection has no elements")
        raise EvaluationError(f"there is no element {number}: the collection has {len(collection)}")
    return collection[number]


def get_attr(value: Value, name: str) -> Value:
    """
    Return `value.name`.
    """
    spread = distribute(lambda x: get_attr(x, name), (value,))
    if spread is not None:
        return spread
    if value is None:
        raise EvaluationError(f'this value is null, so it has no attribute "{name}"')
    if isinstance(value, Unknown):
        return value.element if value.element is not None else merged((value,))
    if isinstance(value, Ref):
        return Ref(value.address, f"{value.attribute}.{name}" if value.attribute else name)
    if isinstance(value, Map):
        if name not in value:
            kind = "object does not have an attribute" if value.kind == "object" else "map does not have an element"
            raise EvaluationError(f'this {kind} "{name}"')
        return value[name]
    hint = "; did you mean one of its elements" if isinstance(value, Seq) else ""
    raise EvaluationError(f'a {type_name(type_of(value))} has no attribute "{name}"{hint}')


def iterate(value: Value) -> list[tuple[Value, Value]] | Unknown:
    """
    Return the keys and items of a collection, for `for` and splats; a set's items are their own keys.
    """
    if isinstance(value, (Ref, Unknown)):
        return as_unknown(value)
    if value is None:
        raise EvaluationError("cannot iterate over a null value")
    if isinstance(value, Seq):
        return [(item if value.kind == "set" else position, item) for position, item in enumerate(value.items)]
    if isinstance(value, Map):
        return list(value.items())
    raise EvaluationError(f"cannot iterate over a {type_name(type_of(value))}")


def to_template_string(value: Value) -> str | Unknown:
    """
    Return the value as the text that an interpolation puts into a string.
    """
    spread = distribute(to_template_string, (value,))
    if spread is not None:
        return cast("str | Unknown", spread)
    if value is None:
        raise EvaluationError("the value is null, which cannot be put into a string")
    try:
        text = to_string(value)
    except EvaluationError as error:
        raise EvaluationError(f"the value cannot be put into a string: {error.message}") from None
    return text if isinstance(text, str) else merged((text,))
