"""
Operators, conditionals, indexes, loops and templates as the real Terraform evaluates them, and over what is not known.
"""

from __future__ import annotations

import pytest

from sglint.evaluate.terraform.access import get_attr, index, iterate, to_template_string
from sglint.evaluate.terraform.conditional import conditional
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.operators import binary, equal, unary
from sglint.evaluate.terraform.unknown import same
from sglint.source import Span
from sglint.value import Ref, Seq, Unknown, Value
from tests.evaluate.oracle import Case, cases, expected, made, named, outcome, refused

ID = Ref("aws_subnet.a", "id")
ARN = Ref("aws_lb.b[0]", "arn")
NAME = Ref("aws_subnet.a", "availability_zone")
HIDDEN = Unknown("var.x has no default", Span("main.tf", 1, 1, 1, 9), refs=(ID,))
EITHER = Unknown("var.env has no default", None, ("dev", "prod"))


@pytest.mark.parametrize(("name", "case"), named(cases("operators"), "expression"))
def test_evaluates_as_terraform(name: str, case: Case) -> None:
    result = outcome(name)
    assert refused(result) == bool(case.get("error")), result
    assert refused(result) or same(result, expected(case["answer"], case["type"]))


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        (ID, ID, True),
        (ID, None, False),
        (None, ARN, False),
        (ID, "", False),
        (ID, 5, False),
        (ID, Seq(()), False),
        (NAME, NAME, True),
        (EITHER, "test", False),
        (Seq((1, HIDDEN)), Seq((2, HIDDEN)), False),
        (Seq((1, ID)), Seq((1, ID)), True),
        (made(a=HIDDEN), made(b=HIDDEN), False),
        (Seq((HIDDEN,)), Seq((HIDDEN, 1)), False),
        (HIDDEN, HIDDEN, None),
        (ID, ARN, None),
        (ID, "subnet-1", None),
        (NAME, None, None),
        (NAME, "", None),
        (Ref("module.spoke", "id"), None, None),
        (Ref('module.spoke["a"]', "id"), "", None),
        (Ref('module.spoke["a"].aws_vpc.v', "id"), None, False),
        (Ref("aws_subnet.a[*]", "ids[*].id"), None, None),
        (EITHER, "dev", None),
        (Seq((1, HIDDEN)), Seq((1, 2)), None),
    ],
)
def test_equality_is_decided_only_where_it_is_known(a: Value, b: Value, wanted: bool | None) -> None:
    """
    None means that it must stay unknown.
    """
    for result in (equal(a, b), equal(b, a)):
        assert isinstance(result, Unknown) if wanted is None else result is wanted


def test_an_unknown_with_two_values_is_calculated_for_each() -> None:
    assert same(equal(EITHER, "dev"), Unknown(EITHER.why, None, (True, False)))
    assert same(binary("!=", EITHER, "dev"), Unknown(EITHER.why, None, (False, True)))
    assert same(conditional(equal(EITHER, "dev"), 1, 3), Unknown(EITHER.why, None, (1, 3)))
    assert to_template_string(EITHER) == Unknown(EITHER.why, None, ("dev", "prod"))
    sizes = index(made(dev=1, prod=1), EITHER)
    assert sizes == 1
    assert get_attr(Unknown("w", None, (made(a=1), made(a=2))), "a") == Unknown("w", None, (1, 2))
    assert get_attr(Unknown("w", None, (made(a=1), made(a=1, b=2))), "a") == 1


def test_an_alternative_that_fails_makes_it_plainly_unknown() -> None:
    assert binary("+", Unknown("why", None, (1, "x")), 1) == Unknown("why")
    assert index(made(dev=1), EITHER) == Unknown(EITHER.why)


def test_too_many_combinations_are_not_followed() -> None:
    three = Unknown("why", None, (1, 2, 3))
    assert binary("+", three, three) == Unknown("why")


@pytest.mark.parametrize(
    ("operator", "a", "b", "wanted"),
    [
        ("&&", False, HIDDEN, False),
        ("&&", HIDDEN, False, False),
        ("||", True, HIDDEN, True),
        ("||", NAME, True, True),
        ("*", HIDDEN, 0, 0),
    ],
)
def test_what_is_fixed_anyway_is_known(operator: str, a: Value, b: Value, wanted: Value) -> None:
    assert same(binary(operator, a, b), wanted)


def test_an_unknown_result_says_why_and_from_what() -> None:
    result = binary("+", 1, HIDDEN)
    assert result == Unknown(HIDDEN.why, HIDDEN.span, refs=(ID,))
    assert binary("<", NAME, HIDDEN) == Unknown(HIDDEN.why, HIDDEN.span, refs=(NAME, ID))
    assert binary("<", NAME, 1) == Unknown("aws_subnet.a.availability_zone is known only after deployment", refs=(NAME,))
    assert unary("!", HIDDEN) == result
    assert binary("&&", True, HIDDEN) == result


@pytest.mark.parametrize(
    ("test", "yes", "no", "wanted"),
    [
        (HIDDEN, "a", "a", "a"),
        (HIDDEN, 1, "1", "1"),
        (True, Seq((ID,)), Seq(()), Seq((ID,), "list")),
        (True, ID, "", ID),
        (False, HIDDEN, Seq((1,)), Seq((1,))),
        (Unknown("w", None, (True, True)), 1, 2, 1),
        (Unknown("w", None, ("false", False)), 1, 2, 2),
    ],
)
def test_conditionals_that_are_known(test: Value, yes: Value, no: Value, wanted: Value) -> None:
    assert same(conditional(test, yes, no), wanted)


def test_an_unknown_test_leaves_the_two_branches() -> None:
    inner = conditional(HIDDEN, "a", "b")
    outer = conditional(HIDDEN, inner, "c")
    assert isinstance(outer, Unknown)
    assert outer.among == ("a", "b", "c")
    assert (outer.why, outer.span, outer.refs) == (HIDDEN.why, HIDDEN.span, (ID,))
    lists = conditional(HIDDEN, Seq((ID,)), Seq(()))
    assert isinstance(lists, Unknown)
    assert lists.among == (Seq((ID,), "list"), Seq((), "list"))
    with pytest.raises(EvaluationError):
        conditional(HIDDEN, Seq(()), made())


def test_indexes_into_what_is_not_known() -> None:
    subnets = Unknown("count", None, (), ID)
    assert index(subnets, 3) == ID
    assert get_attr(Unknown("each", None, (), ARN), "key") == ARN
    assert index(Ref("aws_vpc.v", "cidrs"), 0) == Ref("aws_vpc.v", "cidrs[0]")
    assert index(Ref("aws_vpc.v", "tags"), 'a"b') == Ref("aws_vpc.v", 'tags["a\\"b"]')
    assert get_attr(Ref("aws_vpc.v"), "id") == Ref("aws_vpc.v", "id")
    assert index(Seq(("a", "b")), HIDDEN) == Unknown(HIDDEN.why, HIDDEN.span, ("a", "b"), refs=(ID,))
    assert index(Seq(("a", "a")), HIDDEN) == "a"
    with pytest.raises(EvaluationError, match="no elements"):
        index(Seq(()), HIDDEN)


def test_iteration_gives_keys_and_items() -> None:
    assert iterate(Seq(("a", ID))) == [(0, "a"), (1, ID)]
    assert iterate(Seq(("a", "b"), "set")) == [("a", "a"), ("b", "b")]
    assert iterate(made(b=1, a=HIDDEN)) == [("a", HIDDEN), ("b", 1)]
    assert iterate(HIDDEN) == HIDDEN
    refs = iterate(NAME)
    assert isinstance(refs, Unknown)
    assert refs.refs == (NAME,)
