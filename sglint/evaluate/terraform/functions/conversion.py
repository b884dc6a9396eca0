"""
Functions that convert, and those that only mark a value.
"""

from __future__ import annotations

from collections.abc import Callable

from sglint.evaluate.terraform.convert import convert
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions.signature import ANYTHING, Function
from sglint.evaluate.terraform.types import ANY, BOOL, NUMBER, STRING, Collection, Type
from sglint.evaluate.terraform.unknown import merged, wholly_known
from sglint.value import Unknown, Value


def _to(kind: Type) -> Callable[[Value], Value]:
    return lambda value: convert(value, kind)


def _same(value: Value) -> Value:
    return value


def _issensitive(value: Value) -> Value:
    return Unknown("whether a value is sensitive is not followed")


def _can(value: Value) -> Value:
    return True if wholly_known(value) else merged((value,))


def _try(*values: Value) -> Value:
    if not values:
        raise EvaluationError("try takes at least one argument")
    return values[0]


FUNCTIONS = {
    "can": Function(_can, (ANYTHING,)),
    "ephemeralasnull": Function(_same, (ANYTHING,)),
    "issensitive": Function(_issensitive, (ANYTHING,)),
    "nonsensitive": Function(_same, (ANYTHING,)),
    "sensitive": Function(_same, (ANYTHING,)),
    "tobool": Function(_to(BOOL), (ANYTHING,)),
    "tolist": Function(_to(Collection("list", ANY)), (ANYTHING,)),
    "tomap": Function(_to(Collection("map", ANY)), (ANYTHING,)),
    "tonumber": Function(_to(NUMBER), (ANYTHING,)),
    "toset": Function(_to(Collection("set", ANY)), (ANYTHING,)),
    "tostring": Function(_to(STRING), (ANYTHING,)),
    "try": Function(_try, (), ANYTHING),
}
