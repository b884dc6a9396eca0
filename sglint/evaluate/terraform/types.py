"""
Type constraints: what `type = ...` of a variable can say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from sglint.evaluate.terraform.error import EvaluationError
from sglint.syntax import Call, Expr, ObjectExpr, TupleExpr, Variable
from sglint.syntax import Literal as LiteralExpr
from sglint.value import Any, Collection, Field, Object, Primitive, Tuple, Type, Value

__all__ = [
    "ANY",
    "BOOL",
    "NUMBER",
    "STRING",
    "UNSEEN",
    "Any",
    "Collection",
    "Field",
    "Object",
    "Primitive",
    "Tuple",
    "Type",
    "parse_type",
    "type_name",
]

DEEPEST = 60
"""Types nested deeper than this are refused."""


Evaluate: TypeAlias = Callable[[Expr], Value]

STRING = Primitive("string")
NUMBER = Primitive("number")
BOOL = Primitive("bool")
ANY = Any()
UNSEEN = Any(seen=False)

_KEYWORDS: dict[str, Type] = {
    "string": STRING,
    "number": NUMBER,
    "bool": BOOL,
    "any": ANY,
    "list": Collection("list", ANY),
    "map": Collection("map", ANY),
}
_QUOTED: dict[str, Type] = {name: _KEYWORDS[name] for name in ("string", "list", "map")}
_CONSTRUCTORS = ("list", "set", "map", "object", "tuple")


def type_name(kind: Type) -> str:
    """
    Return the type in words, for messages.
    """
    if isinstance(kind, Primitive):
        return kind.name
    if isinstance(kind, Any):
        return "any type"
    if isinstance(kind, Collection):
        return kind.kind if isinstance(kind.element, Any) else f"{kind.kind} of {type_name(kind.element)}"
    return "tuple" if isinstance(kind, Tuple) else "object"


def parse_type(expr: Expr, evaluate: Evaluate | None = None) -> Type:
    """
    Return the type that the expression after `type =` says.

    `evaluate` gives the value of a default in `optional(type, default)`; without it every default is null.
    """
    if isinstance(expr, LiteralExpr) and isinstance(expr.value, str):
        if expr.value not in _QUOTED:
            raise EvaluationError(f'"{expr.value}" is not a type; write the type without quotes')
        return _QUOTED[expr.value]
    if isinstance(expr, Variable) and expr.name in ("list", "map"):
        return _KEYWORDS[expr.name]
    return _parse(expr, evaluate, DEEPEST)


def _parse(expr: Expr, evaluate: Evaluate | None, depth: int) -> Type:
    if depth == 0:
        raise EvaluationError(f"the type is nested deeper than {DEEPEST} levels")
    if isinstance(expr, Variable):
        return _keyword(expr.name)
    if isinstance(expr, Call):
        return _constructor(expr, evaluate, depth)
    raise EvaluationError(
        "a type is one of string, number, bool, any, list(...), set(...), map(...), object(...) or tuple(...)"
    )


def _keyword(name: str) -> Type:
    if name in _CONSTRUCTORS:
        raise EvaluationError(f"the {name} type needs one argument, such as {name}({_example(name)})")
    if name not in _KEYWORDS:
        raise EvaluationError(f'the keyword "{name}" is not a type')
    return _KEYWORDS[name]


def _example(name: str) -> str:
    return {"object": "{...}", "tuple": "[...]"}.get(name, "string")


def _constructor(call: Call, evaluate: Evaluate | None, depth: int) -> Type:
    if call.name == "optional":
        raise EvaluationError("optional() is only for the attributes of an object type")
    if call.name not in _CONSTRUCTORS:
        raise EvaluationError(f'"{call.name}" is not a type constructor')
    if len(call.arguments) != 1:
        raise EvaluationError(f"the {call.name} type needs one argument, such as {call.name}({_example(call.name)})")
    argument = call.arguments[0]
    if call.name == "object":
        return _object(argument, evaluate, depth)
    if call.name == "tuple":
        if not isinstance(argument, TupleExpr):
            raise EvaluationError("the tuple type needs a list of types, such as tuple([string, number])")
        return Tuple(tuple(_parse(item, evaluate, depth - 1) for item in argument.items))
    element = _parse(argument, evaluate, depth - 1)
    if call.name == "list":
        return Collection("list", element)
    return Collection("set" if call.name == "set" else "map", element)


def _object(argument: Expr, evaluate: Evaluate | None, depth: int) -> Object:
    if not isinstance(argument, ObjectExpr):
        raise EvaluationError("the object type needs a map of types, such as object({ name = string })")
    fields: dict[str, Field] = {}
    for key, item in argument.items:
        name = key.value if isinstance(key, LiteralExpr) else key.name if isinstance(key, Variable) else None
        if not isinstance(name, str):
            raise EvaluationError("the attribute names of an object type are plain names")
        if name in fields:
            raise EvaluationError(f'the object type names the attribute "{name}" twice')
        fields[name] = _field(name, item, evaluate, depth)
    return Object(tuple(sorted(fields.values(), key=lambda field: field.name)))


def _field(name: str, expr: Expr, evaluate: Evaluate | None, depth: int) -> Field:
    if not (isinstance(expr, Call) and expr.name == "optional"):
        return Field(name, _parse(expr, evaluate, depth - 1))
    if len(expr.arguments) not in (1, 2):
        raise EvaluationError("optional() needs a type and at most one default value")
    kind = _parse(expr.arguments[0], evaluate, depth - 1)
    default = evaluate(expr.arguments[1]) if len(expr.arguments) == 2 and evaluate is not None else None
    return Field(name, kind, optional=True, default=default)
