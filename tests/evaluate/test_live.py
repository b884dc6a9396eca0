"""
Fresh expressions, compared with the real Terraform where it is installed.
"""

from __future__ import annotations

import shutil
from random import SystemRandom

import pytest

from tests.evaluate.generate import compare
from tests.evaluate.grammar import expressions

COUNT = 300


@pytest.mark.skipif(
    shutil.which("terraform") is None,
    reason="NOT COMPARED WITH TERRAFORM: no terraform on PATH, so only the recorded answers were checked",
)
def test_fresh_expressions_come_to_what_terraform_says() -> None:
    seed = SystemRandom().randrange(10**9)
    texts = list(dict.fromkeys(expressions(seed, COUNT)))
    found, accepted = compare(texts)
    again = f"python -m tests.evaluate.generate --count {COUNT} --seed {seed}"
    assert [str(one) for one in found if not one.reason] == [], again
    assert accepted > COUNT / 5, again
    assert len(found) < COUNT / 20, again


def test_a_seed_gives_the_same_expressions_again() -> None:
    assert list(expressions(5, 200)) == list(expressions(5, 200))
    assert len(set(expressions(5, 200))) > 100
