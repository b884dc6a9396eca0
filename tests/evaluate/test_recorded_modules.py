"""
Whole configurations as the real Terraform plans them: the same instances, and the same values wherever the plan knows one.
"""

from __future__ import annotations

from typing import Any

import pytest

from sglint.value import unknowns
from tests.evaluate.record_modules import MODULES, options
from tests.evaluate.replay_modules import parts, recorded, replay

RECORDED = recorded()


def test_every_configuration_is_recorded() -> None:
    assert [case["name"] for case in RECORDED] == sorted(each.name for each in MODULES.iterdir())
    assert len(RECORDED) >= 60
    assert sum(len(case["instances"]) for case in RECORDED) > 150


@pytest.mark.parametrize("case", RECORDED, ids=[case["name"] for case in RECORDED])
def test_plans_as_terraform(case: dict[str, Any]) -> None:
    root = replay(case["name"])
    found = {resource.address: resource for resource in root.resources}
    assert root.problems == ()
    assert sorted(found) == sorted(case["instances"])
    assert [address for address, resource in found.items() if resource.origin.maybe] == []
    hidden = options(MODULES / case["name"]).get("unknown")
    for address, instance in case["instances"].items():
        wrong = [part for part in parts(instance, found[address].values.get("input")) if not part.agrees]
        if hidden is not None:
            wrong = [part for part in wrong if not any(hidden in unknown.why for unknown in unknowns(part.here))]
        assert wrong == [], address


def test_unknown_parts_say_why() -> None:
    for case in RECORDED:
        for resource in replay(case["name"]).resources:
            reasons = list(unknowns(resource.values))
            assert all(one.why and one.span for one in reasons), resource.address
