"""
Functions that convert, and those that only mark a value.
"""

from __future__ import annotations

from collections.abc import Callable

from sglint.evaluate.terraform.convert import convert
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions.signature import ANYTHING, Function
from sglint.evaluate.terraform.mark import inside, marked, unmark
from sglint.evaluate.terraform.types import ANY, BOOL, NUMBER, STRING, Collection, Type
from sglint.evaluate.terraform.unknown import merged, wholly_known
from sglint.value import Mark, Ref, Unknown, Value


def _to(kind: Type) -> Callable[[Value], Value]:
    return lambda value: convert(value, kind)


def _sensitive(value: Value) -> Value:
    return marked(value, (Mark("sensitive", "the result of sensitive(…)"),))


def _nonsensitive(value: Value) -> Value:
    inner, marks = unmark(value)
    return marked(inner, (mark for mark in marks if mark.kind != "sensitive"))


def _issensitive(value: Value) -> Value:
    inner, marks = unmark(value)
    if any(mark.kind == "sensitive" for mark in marks):
        return True
    return merged((value,), type=BOOL) if isinstance(inner, (Ref, Unknown)) else False


def _ephemeralasnull(value: Value) -> Value:
    inner, marks = unmark(value)
    if any(mark.kind == "ephemeral" for mark in marks):
        return marked(None, (mark for mark in marks if mark.kind != "ephemeral"))
    return marked(inside(inner, _ephemeralasnull), marks)


def _can(value: Value) -> Value:
    return True if wholly_known(value) else merged((value,), type=BOOL)


def _try(*values: Value) -> Value:
    if not values:
        raise EvaluationError("try takes at least one argument")
    return values[0]


FUNCTIONS = {
    "can": Function(_can, (ANYTHING,)),
    "ephemeralasnull": Function(_ephemeralasnull, (ANYTHING,)),
    "issensitive": Function(_issensitive, (ANYTHING,)),
    "nonsensitive": Function(_nonsensitive, (ANYTHING,)),
    "sensitive": Function(_sensitive, (ANYTHING,)),
    "tobool": Function(_to(BOOL), (ANYTHING,)),
    "tolist": Function(_to(Collection("list", ANY)), (ANYTHING,)),
    "tomap": Function(_to(Collection("map", ANY)), (ANYTHING,)),
    "tonumber": Function(_to(NUMBER), (ANYTHING,)),
    "toset": Function(_to(Collection("set", ANY)), (ANYTHING,)),
    "tostring": Function(_to(STRING), (ANYTHING,)),
    "try": Function(_try, (), ANYTHING),
}
