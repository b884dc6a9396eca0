"""
Generated expressions, compared with the real Terraform where it is installed.

The seed stands here, so that a run says something of the change and not of luck; the command in the messages takes any other.
"""

from __future__ import annotations

import shutil

import pytest

from tests.evaluate import generate_marks, generate_unknown
from tests.evaluate.generate import compare
from tests.evaluate.grammar import expressions

COUNT = 300
SEED = 201


needs_terraform = pytest.mark.skipif(
    shutil.which("terraform") is None,
    reason="NOT COMPARED WITH TERRAFORM: no terraform on PATH, so only the recorded answers were checked",
)


@needs_terraform
def test_generated_expressions_come_to_what_terraform_says() -> None:
    texts = list(dict.fromkeys(expressions(SEED, COUNT)))
    found, accepted = compare(texts)
    again = f"python -m tests.evaluate.generate --count {COUNT} --seed {SEED}"
    assert [str(one) for one in found if not one.reason] == [], again
    assert accepted > COUNT / 5, again
    assert len(found) < COUNT / 20, again


@needs_terraform
def test_what_a_plan_knows_of_generated_expressions_over_unknown_values_is_the_same() -> None:
    texts = [text for text in expressions(SEED, COUNT, generate_unknown.ATOMS) if "terraform_data" in text]
    found, accepted, _ = generate_unknown.compare(texts)
    again = f"python -m tests.evaluate.generate_unknown --count {COUNT} --seed {SEED}"
    assert found == [], again
    assert accepted > 10, again


@needs_terraform
def test_generated_expressions_are_sensitive_where_terraform_says() -> None:
    texts = list(dict.fromkeys(generate_marks.marked_expressions(SEED, COUNT)))
    found, accepted = generate_marks.compare(texts)
    again = f"python -m tests.evaluate.generate_marks --count {COUNT} --seed {SEED}"
    assert [str(one) for one in found if not one.reason] == [], again
    assert accepted > COUNT / 5, again
    assert len(found) < COUNT / 20, again


def test_a_seed_gives_the_same_expressions_again() -> None:
    assert list(expressions(5, 200)) == list(expressions(5, 200))
    assert len(set(expressions(5, 200))) > 100
