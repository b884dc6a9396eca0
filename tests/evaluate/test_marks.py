"""
What is sensitive or ephemeral: followed as Terraform follows it, and told to nobody.
"""

from __future__ import annotations

import pytest

from tests.evaluate.oracle import cases, named
from tests.evaluate.record_marks import Case, agrees, outcome_marks

RECORDED = named(cases("marks"), "expression")


@pytest.mark.parametrize("case", [case for _, case in RECORDED], ids=[name for name, _ in RECORDED])
def test_marks_as_terraform(case: Case) -> None:
    result, marks = outcome_marks(case["expression"])
    assert agrees(case, result, marks), (result, marks)
