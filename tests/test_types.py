"""
What the stages exchange is values: nothing is changed in one, or added to it.
"""

from __future__ import annotations

from dataclasses import field, is_dataclass
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
from sglint.frozen import frozen, ordered

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
    Return whether a dataclass is one of values, or its fields cannot be set: Python gives no hash to any other.
    """
    return vars(one).get("__hash__") is not None or bool(getattr(one, "__dataclass_params__").frozen)  # noqa: B009


@frozen
class Pair:
    """
    Two fields, of which one does not count.
    """

    one: int
    other: int = field(default=0, compare=False)


@ordered
class Single:
    """
    One field.
    """

    one: int


def test_values_are_equal_if_their_fields_are() -> None:
    assert Pair(1, 2) == Pair(1, 3)
    assert Pair(1) != Pair(2)
    assert Pair(1) not in [Single(1), "Pair(one=1)"]
    assert {Pair(1, 2), Pair(1, 3), Pair(2)} == {Pair(1), Pair(2)}
    assert sorted({Single(2), Single(1), Single(1)}) == [Single(1), Single(2)]
    assert (repr(Pair(1)), repr(Single(1))) == ("Pair(one=1, other=0)", "Single(one=1)")


def test_nothing_can_be_added_to_a_value() -> None:
    with pytest.raises(AttributeError):
        setattr(Pair(1), "more", 1)  # noqa: B010


def test_mypy_hears_that_a_field_is_not_set() -> None:
    """It runs on all of the project; that no field of a value is set is what it is told here."""
    for decorator in (frozen, ordered):
        assert getattr(decorator, "__dataclass_transform__")["kwargs"] == {"frozen_default": True}  # noqa: B009
