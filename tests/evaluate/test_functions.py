"""
Every function as the real Terraform computes it, and over what is not known.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest

from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.expressions import evaluate_expression
from sglint.evaluate.terraform.files import nothing
from sglint.evaluate.terraform.functions import NAMES, call
from sglint.evaluate.terraform.scope import Nowhere, Scope
from sglint.evaluate.terraform.unknown import same
from sglint.value import Map, Mark, Marked, Ref, Seq, Unknown, Value
from tests.evaluate.oracle import Case, cases, expected, made, named, outcome, parse, refused

ID = Ref("aws_subnet.a", "id")
OTHER = Ref("aws_subnet.b", "id")
NAME = Ref("aws_subnet.a", "availability_zone")
HIDDEN = Unknown("var.x has no default", refs=(ID,))
EITHER = Unknown("var.env has no default", None, ("dev", "prod"))
IDS = Unknown("count is not known", None, (), ID)


def run(name: str, *arguments: Value) -> Value:
    """
    Call a function where no files can be read.
    """
    return call(name, arguments, nothing())


@pytest.mark.parametrize(("name", "case"), named(cases("functions"), "expression"))
def test_computes_as_terraform(name: str, case: Case) -> None:
    result = outcome(name)
    if case.get("unknown"):
        assert isinstance(result, Unknown)
        return
    assert refused(result) == bool(case.get("error")), result
    assert refused(result) or same(result, expected(case["answer"], case["type"]))


def test_every_function_is_recorded() -> None:
    texts = " ".join(case["expression"] for name in ("functions", "operators") for case in cases(name))
    assert len(NAMES) == 118
    assert [name for name in sorted(NAMES) if f"{name}(" not in texts] == []


def test_messages_are_lower_case_without_full_stop() -> None:
    results = [outcome(case["expression"]) for case in cases("functions") if case.get("error")]
    messages = [str(result).removeprefix("refused: ") for result in results]
    assert len(messages) > 300
    assert [text for text in messages if not text or text[0].isupper() or text.endswith(".")] == []


@pytest.mark.parametrize(
    ("name", "arguments", "wanted"),
    [
        ("length", (Seq((HIDDEN, ID)),), 2),
        ("length", (made(a=HIDDEN),), 1),
        ("length", (Seq((ID,), "set"),), 1),
        ("concat", (Seq((ID,)), Seq(("x",))), Seq((ID, "x"))),
        ("flatten", (Seq((Seq((ID,)), Seq(("x", OTHER)))),), Seq((ID, "x", OTHER))),
        ("merge", (made(a=HIDDEN), made(b=1)), made(a=HIDDEN, b=1)),
        ("keys", (made(a=HIDDEN),), Seq(("a",))),
        ("values", (made(a=HIDDEN, b=ID),), Seq((HIDDEN, ID))),
        ("lookup", (made(a=HIDDEN), "a", "x"), HIDDEN),
        ("lookup", (made(a=HIDDEN), "b", ID), ID),
        ("element", (Seq((ID, OTHER)), 3), OTHER),
        ("slice", (Seq((ID, HIDDEN)), 0, 1), Seq((ID,))),
        ("reverse", (Seq((ID, HIDDEN)),), Seq((HIDDEN, ID))),
        ("zipmap", (Seq(("a", "b")), Seq((ID, HIDDEN))), made(a=ID, b=HIDDEN)),
        ("setproduct", (Seq(("a",)), Seq((ID,))), Seq((Seq(("a", ID)),), "list")),
        ("tolist", (Seq((ID, 1)),), Seq((ID, 1), "list")),
        ("tomap", (made(a=ID),), Map.of({"a": ID}, "map")),
        ("toset", (Seq((OTHER, ID, ID)),), Seq((ID, OTHER), "set")),
        ("distinct", (Seq((ID, "a", ID)),), Seq((ID, "a"), "list")),
        ("compact", (Seq((ID, "", None, "a")),), Seq((ID, "a"), "list")),
        ("one", (Seq((ID,)),), ID),
        ("coalesce", (None, "", ID, HIDDEN), ID),
        ("coalesce", (NAME, ""), NAME),
        ("coalesce", ("a", HIDDEN), "a"),
        ("coalescelist", (Seq(()), Seq((ID,)), HIDDEN), Seq((ID,))),
        ("contains", (Seq((HIDDEN, "a")), "a"), True),
        ("contains", (Seq((ID, OTHER)), OTHER), True),
        ("contains", (Seq(()), HIDDEN), False),
        ("contains", (Seq(("x",)), EITHER), False),
        ("tostring", (ID,), ID),
        ("alltrue", (Seq((HIDDEN, False)),), False),
        ("anytrue", (Seq((HIDDEN, True)),), True),
        ("chunklist", (Seq((ID, HIDDEN)), 1), Seq((Seq((ID,), "list"), Seq((HIDDEN,), "list")), "list")),
        ("setunion", (Seq((ID,)), Seq((OTHER, ID))), Seq((ID, OTHER), "set")),
        ("setintersection", (Seq((ID,)), Seq((ID,))), Seq((ID,), "set")),
        ("setsubtract", (Seq((ID,)), Seq(())), Seq((ID,), "set")),
        ("element", (IDS, 5), ID),
        ("sensitive", (HIDDEN,), Marked(HIDDEN, (Mark("sensitive", "it"),))),
        ("nonsensitive", (Marked(HIDDEN, (Mark("sensitive", "it"),)),), HIDDEN),
        ("endswith", (Unknown("w", ends=".s3"), "s3"), True),
        ("endswith", (Unknown("w", ends=".s3"), ".ec2"), Unknown("w")),
        ("endswith", (Unknown("w", ends=".s3"), "c2"), False),
        ("core::length", (Seq((ID,)),), 1),
        ("length", (Unknown("w", None, (Seq((1,)), Seq((2,)))),), 1),
        ("cidrsubnet", (Unknown("w", None, ("10.0.0.0/16", "10.0.9.9/16")), 8, 1), "10.0.1.0/24"),
    ],
)
def test_works_with_parts_that_are_not_known(name: str, arguments: tuple[Value, ...], wanted: Value) -> None:
    assert same(run(name, *arguments), wanted)


@pytest.mark.parametrize(
    ("name", "arguments", "wanted"),
    [
        ("upper", (HIDDEN,), Unknown(HIDDEN.why, refs=(ID,))),
        ("join", (",", Seq((ID, "a"))), Unknown("aws_subnet.a.id is known only after deployment", refs=(ID,))),
        ("jsonencode", (made(a=Seq((HIDDEN,))),), Unknown(HIDDEN.why, refs=(ID,))),
        ("concat", (IDS, Seq((OTHER,))), Unknown(IDS.why, None, (), Unknown(IDS.why, None, (ID, OTHER)))),
        ("concat", (IDS, Seq((ID,)), Seq(())), Unknown(IDS.why, None, (), ID)),
        ("concat", (IDS, HIDDEN), Unknown(IDS.why, None, (), None)),
        ("flatten", (Seq((IDS, Seq((ID,)))),), Unknown(IDS.why, None, (), ID)),
        ("merge", (Unknown("w", None, (), "x"), made(a="x")), Unknown("w", None, (), "x")),
        ("distinct", (IDS,), Unknown(IDS.why, None, (), ID)),
        ("toset", (IDS,), IDS),
        ("compact", (Seq((NAME,)),), Unknown("w", None, (), NAME)),
        ("one", (IDS,), Unknown(IDS.why, None, (ID, None))),
        ("upper", (EITHER,), Unknown(EITHER.why, None, ("DEV", "PROD"))),
        ("coalesce", (NAME, "b"), Unknown("w", None, (NAME, "b"))),
        ("coalesce", (HIDDEN, "b"), HIDDEN),
        ("length", (Seq((ID, OTHER), "set"),), Unknown("w", None, (1, 2))),
        ("length", (HIDDEN,), HIDDEN),
        ("contains", (Seq((HIDDEN,)), "a"), HIDDEN),
        ("contains", (Seq((ID,)), OTHER), Unknown("w")),
        ("setsubtract", (Seq((ID,)), Seq((OTHER,))), Unknown("w", None, (), ID)),
        ("formatlist", ("%s", HIDDEN), HIDDEN),
        ("provider::aws::arn_parse", ("x",), Unknown("w")),
        ("element", (NAME, 0), NAME),
    ],
)
def test_stays_unknown_with_what_is_known(name: str, arguments: tuple[Value, ...], wanted: Value) -> None:
    result = run(name, *arguments)
    if isinstance(wanted, Ref):
        assert result == Ref(wanted.address, f"{wanted.attribute}[0]")
        return
    assert isinstance(result, Unknown)
    assert isinstance(wanted, Unknown)
    assert len(result.among) == len(wanted.among)
    assert all(map(same, result.among, wanted.among))
    if isinstance(wanted.element, Unknown):
        assert isinstance(result.element, Unknown)
        assert result.element.among == wanted.element.among
    else:
        assert same(result.element, wanted.element)
    assert wanted.why in ("w", result.why)


def test_formats_each_row_that_is_known() -> None:
    result = run("formatlist", "%s-%s", Seq(("a", ID)), "x")
    assert isinstance(result, Seq)
    assert result[0] == "a-x"
    assert isinstance(result[1], Unknown)
    assert result[1].refs == (ID,)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_no_argument_ends_in_a_traceback(name: str) -> None:
    """
    Whatever a function gets, it returns a value or refuses.
    """
    odd: tuple[Value, ...] = (
        None,
        True,
        -1,
        10**30,
        "",
        "\x00\ud800é",
        Seq(()),
        Seq((None, HIDDEN)),
        Map.of({"": None}),
        HIDDEN,
        ID,
        EITHER,
    )
    for first in odd:
        for arguments in ((first,), (first, first), (first, 1, "a"), ("a", first), (Seq(("a",)), first, first)):
            with contextlib.suppress(EvaluationError):
                run(name, *arguments)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("regex", ("(a+)+$", "a" * 5000 + "b")),
        ("regex", ("(" * 900 + ")" * 900, "a")),
        ("replace", ("a" * 100_000, "/a/", "b" * 1000)),
        ("replace", ("a" * 100_000, "a", "b" * 1000)),
        ("formatlist", ("%900000d", Seq(tuple(range(1000))))),
        ("indent", (10**9, "a\nb")),
        (
            "yamldecode",
            (
                "a: &a [x, x, x, x]\n"
                + "\n".join(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}' if n else '*a'] * 9)}]" for n in range(9)),
            ),
        ),
        ("jsondecode", ("[" * 100_000,)),
        ("yamldecode", ("[" * 5_000,)),
        ("concat", tuple(Seq(tuple("x" * 30_000)) for _ in range(9))),
        ("setproduct", tuple(Seq(tuple(range(100))) for _ in range(9))),
        ("parseint", ("9" * 100_000, 10)),
    ],
)
def test_hostile_arguments_are_refused(name: str, arguments: tuple[Value, ...]) -> None:
    with pytest.raises(EvaluationError):
        run(name, *arguments)


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(EvaluationError, match='there is no function named "cidrsubent"; did you mean "cidrsubnet"'):
        run("cidrsubent", "10.0.0.0/16", 8, 1)


def test_the_fixture_files_are_json_with_one_case_a_line() -> None:
    """
    Recording again leaves a difference that can be read.
    """
    for path in sorted((Path(__file__).parents[2] / "fixtures" / "eval").glob("*.json")):
        lines = path.read_text("utf-8").splitlines()
        assert len(lines) == len(json.loads("\n".join(lines))) + 2


def test_whether_something_works_on_an_identity_is_not_guessed() -> None:
    scope = Scope(Nowhere(nothing(), "a case"), {"subnet": made(id=ID)})
    assert evaluate_expression(parse("can(subnet.id)"), scope) is True
    assert same(evaluate_expression(parse("can(subnet.other)"), scope), False)
    assert isinstance(evaluate_expression(parse("can(tolist(subnet.id))"), scope), Unknown)
