"""
The cases recorded from the real Terraform, and how they are replayed.
"""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from sglint.evaluate.terraform.convert import convert
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.expressions import evaluate_typed
from sglint.evaluate.terraform.files import context, nothing
from sglint.evaluate.terraform.mark import inside
from sglint.evaluate.terraform.number import exact, from_float
from sglint.evaluate.terraform.scope import Nowhere, Scope
from sglint.evaluate.terraform.typed import bare
from sglint.evaluate.terraform.types import Collection, Object, Primitive, Tuple, Type, parse_type
from sglint.parse import parse_expression
from sglint.source import Source, Tree
from sglint.syntax import Expr
from sglint.value import Map, Seq, Value

FIXTURES = Path(__file__).parents[2] / "fixtures" / "eval"
Case = dict[str, Any]


def cases(name: str) -> list[Case]:
    """
    Return the recorded cases of a fixture file, numbers exact.
    """
    found: list[Case] = json.loads((FIXTURES / f"{name}.json").read_text("utf-8"), parse_float=Decimal)
    return found


def named(found: list[Case], *keys: str) -> list[tuple[str, Case]]:
    """
    Return each case with the text that names it.
    """
    return [(" <- ".join(case[key] for key in keys), case) for case in found]


def parse(text: str) -> Expr:
    """
    Return the expression; text that is none is an error as any other.
    """
    expr, problems = parse_expression(Source("case.tf", text))
    if problems:
        raise EvaluationError(problems[0].message)
    return expr


def evaluate(expr: Expr) -> Value:
    """
    Return what the expression comes to, with the files of fixtures/eval/files at hand.
    """
    files = str((FIXTURES / "files").resolve())
    return evaluate_typed(expr, Scope(Nowhere(context(Tree(files, (files,)), "."), "a case")))


def _default(expr: Expr) -> Value:
    return evaluate_typed(expr, Scope(Nowhere(nothing(), "a default")))


def outcome(text: str, target: str = "any") -> Value:
    """
    Return the value converted to a type, or "refused: ..." with the message of the error.

    Infinity cannot be recorded, and counts as an error.
    """
    return bare(typed_outcome(text, target))


def typed_outcome(text: str, target: str = "any") -> Value:
    """
    Return the value converted to a type, a null with its type, or "refused: ..." as `outcome` does.
    """
    try:
        value = convert(evaluate(parse(text)), parse_type(parse(target), _default))
        return "refused: infinite" if _is_infinite(value) else value
    except EvaluationError as error:
        return f"refused: {error.message}"


def _is_infinite(value: Value) -> bool:
    if isinstance(value, (Seq, Map)):
        return any(map(_is_infinite, value.items if isinstance(value, Seq) else value.values()))
    return isinstance(value, Decimal) and value.is_infinite()


def refused(result: Value) -> bool:
    """
    Return whether the outcome is an error.
    """
    return isinstance(result, str) and result.startswith("refused: ")


def expected(answer: Any, kind: Any) -> Value:
    """
    Return the recorded answer as a value, with the kinds of collections that its recorded type says.
    """
    if answer is None:
        return None
    if isinstance(kind, str):
        return _plain(answer)
    name, inner = kind[0], kind[1]
    if name == "tuple":
        return Seq(tuple(expected(item, one) for item, one in zip(answer, inner, strict=True)))
    if name in ("list", "set"):
        return Seq(tuple(expected(item, inner) for item in answer), name)
    if name == "map":
        return Map.of(((key, expected(item, inner)) for key, item in answer.items()), "map")
    return Map.of((key, expected(item, inner[key])) for key, item in answer.items())


def _plain(answer: Any) -> Value:
    whole = isinstance(answer, Decimal) and answer == answer.to_integral_value()
    result: Value = int(answer) if whole else answer
    return result


def made(**entries: Value) -> Map:
    """
    Return an object with these attributes.
    """
    return Map.of(entries)


def stored(value: Value) -> Value:
    """
    Return the value as the outputs of Terraform show it: a number that is not whole and fits into a 64-bit float is one there.
    """
    if isinstance(value, Decimal):
        return from_float(float(exact(value))) if exact(value) == Fraction(float(exact(value))) else value
    return inside(value, stored)


def told(kind: Type) -> object:
    """
    Return the type as Terraform writes it into JSON.
    """
    if isinstance(kind, Primitive):
        return kind.name
    if isinstance(kind, Collection):
        return [kind.kind, told(kind.element)]
    if isinstance(kind, Tuple):
        return ["tuple", list(map(told, kind.items))]
    if isinstance(kind, Object):
        return ["object", {field.name: told(field.type) for field in kind.fields}]
    return "dynamic"
