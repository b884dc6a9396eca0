"""
What the stages exchange is values: nothing can be changed in one, or added to it.
"""

from __future__ import annotations

from dataclasses import is_dataclass
from types import ModuleType

import pytest

import sglint.finding
import sglint.graph.index
import sglint.model.acl
import sglint.model.balancer
import sglint.model.gateway
import sglint.model.interface
import sglint.model.network
import sglint.model.resolved
import sglint.model.transit
import sglint.model.vpc
import sglint.resource
import sglint.space
import sglint.track.admit
import sglint.track.divide
import sglint.track.explain
import sglint.track.verdict
import sglint.track.way
import sglint.value

MODULES = (
    sglint.finding,
    sglint.graph.index,
    sglint.model.acl,
    sglint.model.balancer,
    sglint.model.gateway,
    sglint.model.interface,
    sglint.model.network,
    sglint.model.resolved,
    sglint.model.transit,
    sglint.model.vpc,
    sglint.resource,
    sglint.space,
    sglint.track.admit,
    sglint.track.divide,
    sglint.track.explain,
    sglint.track.verdict,
    sglint.track.way,
    sglint.value,
)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_types_of_a_module_are_frozen_and_slotted(module: ModuleType) -> None:
    own = [one for one in vars(module).values() if isinstance(one, type) and one.__module__ == module.__name__]
    loose = [one.__name__ for one in own if is_dataclass(one) and not (is_frozen(one) and "__slots__" in vars(one))]
    assert loose == []


def is_frozen(one: type) -> bool:
    """
    Return whether the fields of a dataclass cannot be set.
    """
    return bool(getattr(one, "__dataclass_params__").frozen)  # noqa: B009
