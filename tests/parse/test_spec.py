"""
What the public test suite of HCL is about, in cases of our own, with the verdicts of the real Terraform.

Its folders are comments, expressions (heredocs, operators, primitive literals) and structure (attributes, blocks); templates
and collections are added. Structure is in fixtures/parse/specification.json, what has a value in fixtures/eval.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sglint.evaluate.terraform.unknown import same
from sglint.parse import parse
from sglint.source import Source
from tests.evaluate.oracle import Case, cases, expected, outcome, refused

TEXTS: list[Case] = json.loads(
    (Path(__file__).parents[2] / "fixtures" / "parse" / "specification.json").read_text(encoding="utf-8")
)
VALUES = cases("specification")
AREAS = {
    "comments/hash",
    "comments/slash",
    "comments/slash star",
    "expressions/collections",
    "expressions/heredoc",
    "expressions/operators",
    "expressions/primitive literals",
    "expressions/templates",
    "structure/attributes",
    "structure/blocks",
    "templates",
}


def test_every_area_has_cases_of_both_verdicts() -> None:
    assert {case["area"] for case in [*TEXTS, *VALUES]} == AREAS
    assert {case["area"] for case in TEXTS if not case["accepted"]} == {case["area"] for case in TEXTS}
    assert sum("error" in case for case in VALUES) > 10


@pytest.mark.parametrize("case", TEXTS, ids=[f"{case['area']}: {case['name']}" for case in TEXTS])
def test_a_text_is_accepted_as_terraform_does(case: Case) -> None:
    problems = parse(Source("main.tf", case["text"])).problems
    assert bool(problems) != case["accepted"], problems


@pytest.mark.parametrize("case", VALUES, ids=[f"{case['area']}: {case['meaning']}" for case in VALUES])
def test_an_expression_has_terraforms_value(case: Case) -> None:
    result = outcome(case["expression"])
    assert refused(result) == bool(case.get("error")), result
    assert refused(result) or same(result, expected(case["answer"], case["type"]))
