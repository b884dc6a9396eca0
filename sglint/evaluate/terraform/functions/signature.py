"""
What a function takes, and how it treats what is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Literal

from sglint.evaluate.terraform.convert import convert
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.typed import is_any, is_seen, type_of
from sglint.evaluate.terraform.types import ANY, NUMBER, STRING, UNSEEN, Any, Collection, Object, Primitive, Tuple, Type
from sglint.evaluate.terraform.unknown import merged, wholly_known
from sglint.frozen import frozen
from sglint.value import Map, Null, Number, Ref, Seq, Unknown, Value

UnknownRule = Literal["no", "inside", "yes"]
"""
Whether an argument may be unknown: not at all (the result is then unknown), only what a known collection contains, or all.
"""


@frozen
class Context:
    """
    What functions may read, as callables that refuse with an EvaluationError; `slow` hears of one that takes too long.
    """

    read_text: Callable[[str], str]
    read_bytes: Callable[[str], bytes]
    exists: Callable[[str], bool]
    fileset: Callable[[str, str], list[str]]
    render: Callable[[str, str, Map], Value]
    slow: Callable[[], None] = lambda: None


@frozen
class Parameter:
    """
    One parameter: its type, whether it may be null, whether it may be unknown, and whether also its type may be.
    """

    type: Type = ANY
    null: bool = False
    unknown: UnknownRule = "no"
    untyped: bool = False


@frozen
class Function:
    """
    A function and its parameters; `rest` is the type of any further arguments.

    `keeps` says that the elements of the result are elements of the first argument, so that what is known of the elements
    of an unknown collection stays known. With `context` the function gets the Context as its first argument. `returns` is the
    type of the result, or tells it from the arguments, which need not be known; without it the type is not known before the
    result is.
    """

    apply: Callable[..., Value]
    parameters: tuple[Parameter, ...] = ()
    rest: Parameter | None = None
    keeps: bool = False
    context: bool = False
    returns: Type | Callable[..., Type] = UNSEEN


TEXT = Parameter(STRING)
WHOLE = Parameter(NUMBER)
KNOWN_OR_NULL = Parameter(ANY, null=True, untyped=True)
PARTLY = Parameter(ANY, unknown="inside")
ANYTHING = Parameter(ANY, null=True, unknown="yes", untyped=True)
TEXTS = Parameter(Collection("list", STRING))
PARTLY_LIST = Parameter(Collection("list", ANY), unknown="inside")
PARTLY_SET = Parameter(Collection("set", ANY), unknown="inside")


def invoke(name: str, function: Function, arguments: Sequence[Value], context: Context) -> Value:
    """
    Return the result of the function, with the arguments converted to the types of the parameters.
    """
    parameters = _parameters(name, function, len(arguments))
    converted = [
        _convert(name, number, argument, parameter)
        for number, (argument, parameter) in enumerate(zip(arguments, parameters, strict=True), 1)
    ]
    if _untyped(name, converted, parameters):
        return merged(converted, why=f"what {name} makes of null depends on its type", type=ANY)
    if not all(map(_acceptable, converted, parameters)):
        first = converted[0]
        element = first.element if function.keeps and isinstance(first, Unknown) else None
        return merged(converted, element=element, type=_type(function, converted))
    return function.apply(context, *converted) if function.context else function.apply(*converted)


def _type(function: Function, arguments: Sequence[Value]) -> Type | None:
    """
    Return the type of a result that is not known. Raises EvaluationError when the types show that there will be none.
    """
    returns = function.returns
    if not isinstance(returns, (Primitive, Any, Collection, Tuple, Object)):
        returns = returns(*arguments) if all(is_seen(type_of(argument)) for argument in arguments) else UNSEEN
    return None if returns == UNSEEN else returns


def _untyped(name: str, arguments: Sequence[Value], parameters: Sequence[Parameter]) -> bool:
    """
    Return whether an argument is of a type that is not known yet, which only few parameters take; refuse a null before that.
    """
    for number, (argument, parameter) in enumerate(zip(arguments, parameters, strict=True), 1):
        if not parameter.null and (argument is None or isinstance(argument, Null)):
            raise EvaluationError(f"argument {number} of {name} must not be null")
        untyped = argument is None or (isinstance(argument, Unknown) and argument.type is not None and is_any(argument.type))
        if untyped and not parameter.untyped:
            return True
    return False


def _parameters(name: str, function: Function, count: int) -> list[Parameter]:
    fixed = len(function.parameters)
    if count < fixed:
        raise EvaluationError(f"{name} takes {'at least ' if function.rest else ''}{_plural(fixed)}, but got {count}")
    if count > fixed and function.rest is None:
        raise EvaluationError(f"{name} takes {_plural(fixed)}, but got {count}")
    rest = [] if function.rest is None else [function.rest] * (count - fixed)
    return [*function.parameters, *rest]


def _plural(count: int) -> str:
    return {0: "no arguments", 1: "one argument"}.get(count, f"{count} arguments")


def _convert(name: str, number: int, argument: Value, parameter: Parameter) -> Value:
    try:
        return _mended(convert(argument, parameter.type))
    except EvaluationError as error:
        raise EvaluationError(f"argument {number} of {name}: {error.message}") from None


def _mended(value: Value) -> Value:
    """
    Return a text with halves of surrogate pairs replaced: they are no characters and cannot be written as bytes.
    """
    if not isinstance(value, str) or value.isascii():
        return value
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _acceptable(value: Value, parameter: Parameter) -> bool:
    if parameter.unknown == "yes":
        return True
    if isinstance(value, (Ref, Unknown)):
        return False
    return parameter.unknown == "inside" or wholly_known(value)


def whole(value: Number, what: str) -> int:
    """
    Return a number that has to be whole.
    """
    if isinstance(value, Decimal):
        if value:
            raise EvaluationError(f"{what} must be a whole number")
        return 0
    if value.bit_length() > 63 and value != -(2**63):
        raise EvaluationError(f"{what} is too large")
    return int(value)


def sequence(value: Value, name: str) -> Seq:
    """
    Return an argument that has to be a list or tuple.
    """
    if isinstance(value, Seq) and value.kind != "set":
        return value
    raise EvaluationError(f"{name} takes a list or tuple")
