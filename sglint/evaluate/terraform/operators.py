"""
Operators and conditionals.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import cast

from sglint.evaluate.terraform.arithmetic import calculate, less
from sglint.evaluate.terraform.convert import to_bool, to_number
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.number import negative
from sglint.evaluate.terraform.symbol import same_text
from sglint.evaluate.terraform.typed import bare, is_seen, type_of
from sglint.evaluate.terraform.types import BOOL, NUMBER
from sglint.evaluate.terraform.unknown import (
    check_size,
    distribute,
    is_identity,
    merged,
    same,
    wholly_known,
)
from sglint.value import Map, Null, Number, Ref, Seq, Symbol, Unknown, Value

_COMPARISONS: dict[str, Callable[[Number, Number], bool]] = {
    "<": less,
    "<=": lambda a, b: less(a, b) or a == b,
    ">": lambda a, b: less(b, a),
    ">=": lambda a, b: less(b, a) or a == b,
}


def equal(a: Value, b: Value) -> bool | Unknown:
    """
    Return whether two values are equal: of one type and with the same content.
    """
    if type(a) is str and type(b) is str:
        return a == b
    spread = distribute(equal, (a, b))
    if spread is not None:
        return cast("bool | Unknown", spread)
    if isinstance(a, Ref):
        return _equal_ref(a, b)
    if isinstance(b, Ref):
        return _equal_ref(b, a)
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return merged((a, b), type=BOOL)
    return _equal_known(bare(a), bare(b))


def _equal_known(a: Value, b: Value) -> bool | Unknown:
    if a is None or b is None:
        return a is None and b is None
    if isinstance(a, str) and isinstance(b, str) and (isinstance(a, Symbol) or isinstance(b, Symbol)):
        return same_text(a, b)
    if isinstance(a, Seq) and isinstance(b, Seq):
        return False if _differ(a, b) else _equal_sequences(a, b)
    if isinstance(a, Map) and isinstance(b, Map):
        return False if _differ(a, b) else _equal_maps(a, b)
    if isinstance(a, (Seq, Map)) or isinstance(b, (Seq, Map)) or isinstance(a, bool) != isinstance(b, bool):
        return False
    return isinstance(a, str) == isinstance(b, str) and a == b


def _differ(a: Seq | Map, b: Seq | Map) -> bool:
    """
    Return whether the two are of different types, so that no content makes them equal.
    """
    if a.kind != b.kind:
        return True
    types = type_of(a), type_of(b)
    return types[0] != types[1] and is_seen(types[0]) and is_seen(types[1])


def _equal_ref(ref: Ref, other: Value) -> bool | Unknown:
    if ref == other:
        return True
    if not is_identity(ref) or isinstance(other, (Ref, Unknown)) or (isinstance(other, str) and other):
        return merged((ref, other), type=BOOL)
    return False


def _equal_sequences(a: Seq, b: Seq) -> bool | Unknown:
    if a.kind == "set":
        return _equal_sets(a, b)
    return len(a) == len(b) and _all_equal(zip(a.items, b.items, strict=True), (a, b))


def _equal_sets(a: Seq, b: Seq) -> bool | Unknown:
    if wholly_known(a) and wholly_known(b):
        return same(a, b)
    only_refs = all(wholly_known(item) or isinstance(item, Ref) for item in (*a.items, *b.items))
    return True if only_refs and same(a, b) else merged((a, b), type=BOOL)


def _equal_maps(a: Map, b: Map) -> bool | Unknown:
    if list(a) != list(b):
        return False
    return _all_equal(zip(a.values(), b.values(), strict=True), (a, b))


def _all_equal(pairs: zip[tuple[Value, Value]], sources: tuple[Value, Value]) -> bool | Unknown:
    results = [equal(x, y) for x, y in pairs]
    if any(result is False for result in results):
        return False
    return True if all(result is True for result in results) else merged(sources, type=BOOL)


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
        kind = BOOL if operator in _COMPARISONS else NUMBER
        return 0 if operator == "*" and 0 in (left, right) else merged((left, right), type=kind)
    if operator in _COMPARISONS:
        return _COMPARISONS[operator](left, right)
    return calculate(operator, left, right)


def _operand(value: Value, conversion: Callable[[Value], Value], side: str) -> Value:
    try:
        converted = conversion(value)
    except EvaluationError as error:
        raise EvaluationError(f"unsuitable value for the {side} operand: {error.message}") from None
    if converted is None or isinstance(converted, Null):
        raise EvaluationError(f"the {side} operand is null")
    return converted


def _logical(operator: str, a: Value, b: Value) -> Value:
    decisive = operator == "||"
    if a is decisive or b is decisive:
        return decisive
    if isinstance(a, bool) and isinstance(b, bool):
        return not decisive
    return merged((a, b), type=BOOL)


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
    if isinstance(value, (int, Decimal)):
        return negative(value)
    return merged((value,), type=BOOL if operator == "!" else NUMBER)
