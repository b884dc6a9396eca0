"""
Conditionals: both branches have one type, whichever is taken.
"""

from __future__ import annotations

from sglint.evaluate.terraform.convert import convert, to_bool
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.typed import type_of, unknown_of
from sglint.evaluate.terraform.types import ANY, UNSEEN, Any, Type, type_name
from sglint.evaluate.terraform.unify import unify
from sglint.evaluate.terraform.unknown import alternatives, check_size, collapse
from sglint.value import Null, Unknown, Value


def conditional(test: Value, yes: Value, no: Value) -> Value:
    """
    Return `test ? yes : no`, converted to the type that both share; one that is not taken need not convert.
    """
    check_size(yes)
    check_size(no)
    common, converted = common_types(yes, no)
    if test is None or isinstance(test, Null):
        raise EvaluationError("the condition is null; it must be true or false")
    if isinstance(test, Unknown) and test.among:
        return unknown_of(common, _conditional_spread(test, _possible(yes, converted), _possible(no, converted)))
    try:
        decided = to_bool(test)
    except EvaluationError as error:
        raise EvaluationError(f"the condition must be a bool: {error.message}") from None
    if isinstance(decided, bool):
        return convert(yes if decided else no, converted)
    result = collapse((_possible(yes, converted), _possible(no, converted)), (test,))
    return unknown_of(common, result)


def _possible(value: Value, common: Type) -> Value:
    try:
        return convert(value, common)
    except EvaluationError as error:
        return Unknown(error.message, error.span, type=common)


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


def common_types(yes: Value, no: Value) -> tuple[Type, Type]:
    """
    Return the type of a conditional as far as it is known before the test, and the type to which the branch taken converts.
    """
    kinds = type_of(yes), type_of(no)
    if yes is None or no is None:
        other = kinds[1] if yes is None else kinds[0]
        return other, other
    if kinds[0] == kinds[1]:
        return kinds[0], ANY
    if isinstance(kinds[0], Any) or isinstance(kinds[1], Any):
        return (UNSEEN if UNSEEN in kinds else ANY), ANY
    common = unify(kinds)
    if common is None:
        given = f"{type_name(kinds[0])} and {type_name(kinds[1])}"
        raise EvaluationError(f"both results of a conditional must have consistent types, but they are {given}")
    return common, common
