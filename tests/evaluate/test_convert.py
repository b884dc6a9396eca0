"""
Conversions to type constraints, as the real Terraform makes them, and what happens to the parts that are not known.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sglint.evaluate.terraform.arithmetic import calculate
from sglint.evaluate.terraform.convert import convert, to_string
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.number import parse_number
from sglint.evaluate.terraform.types import STRING, Collection, Type, parse_type
from sglint.evaluate.terraform.unknown import same
from sglint.value import Map, Ref, Seq, Unknown, Value
from tests.evaluate.oracle import Case, cases, expected, made, named, outcome, parse, refused

ID = Ref("aws_subnet.a", "id")
OTHER = Ref("aws_subnet.b", "id")
HIDDEN = Unknown("var.x has no default")


def typed(text: str) -> Type:
    """
    Return the type that the text says.
    """
    return parse_type(parse(text))


@pytest.mark.parametrize(("name", "case"), named(cases("convert"), "type", "value"))
def test_converts_as_terraform(name: str, case: Case) -> None:
    result = outcome(case["value"], case["type"])
    assert refused(result) == bool(case.get("error")), result
    assert refused(result) or same(result, expected(case["answer"], case["kind"]))


@pytest.mark.parametrize(
    ("text", "given_value", "wanted"),
    [
        ('"string"', 1, "1"),
        ('"list"', Seq((1, "a")), Seq(("1", "a"), "list")),
        ('"map"', made(a=1), Map.of({"a": 1}, "map")),
        ("string", HIDDEN, HIDDEN),
        ("string", ID, ID),
        ("list(string)", Seq((ID, HIDDEN, 1)), Seq((ID, HIDDEN, "1"), "list")),
        ("set(string)", Seq((OTHER, ID, OTHER, "x")), Seq(("x", ID, OTHER), "set")),
        ("map(number)", made(a="1", b=HIDDEN), Map((("a", 1), ("b", HIDDEN)), "map")),
        ("object({ a = string, b = optional(number) })", made(a=ID, c=1), made(a=ID, b=None)),
        ("list(object({ a = string }))", Seq((made(a=HIDDEN),)), Seq((made(a=HIDDEN),), "list")),
        ("list(any)", Seq((HIDDEN, 1, "a")), Seq((HIDDEN, "1", "a"), "list")),
        ("string", Unknown("why", None, (1, True)), Unknown("why", None, ("1", "true"))),
        ("string", Unknown("why", None, (1, "1")), "1"),
        ("list(string)", Unknown("why", None, (), 5), Unknown("why", None, (), "5")),
        ("number", Unknown("why", None, ("1", "x")), Unknown("why")),
    ],
)
def test_keeps_what_is_known(text: str, given_value: Value, wanted: Value) -> None:
    """
    What is not known passes through; the rest is converted.
    """
    assert same(convert(given_value, typed(text)), wanted)


@pytest.mark.parametrize(
    ("text", "value", "message"),
    [
        ("number", "x", 'a number is required, and "x" is not one'),
        ("list(number)", Seq((1, "x")), 'element 1: a number is required, and "x" is not one'),
        ("map(bool)", made(k=5), 'element "k": bool required, but this is number'),
        ("object({ a = string, b = any })", made(), 'attributes "a", "b" are required'),
        (
            "object({ a = list(number) })",
            made(a=Seq(("x",))),
            'attribute "a": element 0: a number is required, and "x" is not one',
        ),
        ("string", Seq(()), "string required, but this is tuple"),
        ("list(any)", Seq((1, Seq(()))), "all elements of a list must have the same type"),
    ],
)
def test_says_what_is_wrong(text: str, value: Value, message: str) -> None:
    """
    The message leads to the part that does not fit.
    """
    with pytest.raises(EvaluationError) as caught:
        convert(value, typed(text))
    assert caught.value.message == message


def test_a_type_that_nests_too_deeply_is_refused() -> None:
    with pytest.raises(EvaluationError, match="nested deeper"):
        typed("list(" * 70 + "string" + ")" * 70)


NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12)


@given(NUMBERS, NUMBERS)
def test_a_number_survives_its_text(a: object, b: object) -> None:
    """
    A sum is written and read again as the same number.
    """
    x, y = parse_number(str(a)), parse_number(str(b))
    assert x is not None and y is not None
    total = calculate("+", x, y)
    text = to_string(total)
    assert isinstance(text, str)
    assert parse_number(text) == total


@given(st.lists(st.one_of(st.text("ab1é", max_size=3), st.integers(-5, 5), st.booleans()), max_size=8))
def test_a_set_is_a_fixed_point(items: list[Value]) -> None:
    """
    Converting a set to a set again changes nothing, and the order of the input does not matter.
    """
    kind = Collection("set", STRING)
    once = convert(Seq(tuple(items)), kind)
    assert same(convert(once, kind), once)
    assert same(convert(Seq(tuple(reversed(items))), kind), once)
