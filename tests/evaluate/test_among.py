"""
What is found among many is what comparing each with each finds, in a time that does not grow with the square of their number.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations_with_replacement

import pytest

from sglint.evaluate.terraform import functions
from sglint.evaluate.terraform.among import has, pairs, pool, without_same
from sglint.evaluate.terraform.expressions import evaluate_expression
from sglint.evaluate.terraform.files import nothing
from sglint.evaluate.terraform.operators import equal
from sglint.evaluate.terraform.scope import Nowhere, Scope
from sglint.evaluate.terraform.unknown import same
from sglint.parse import parse_expression
from sglint.source import Source
from sglint.value import Map, Ref, Seq, Symbol, Unknown, Value

ZONES = Ref("data.aws_availability_zones.a", "names[0]"), Ref("data.aws_availability_zones.a", "names[1]")
VALUES: tuple[Value, ...] = (
    *("a", "1", "", 1, 0, Decimal("1.5"), True, False, None),
    *(Symbol(("a-", ZONES[0])), Symbol(("a-", ZONES[1])), Symbol((ZONES[0],)), ZONES[0]),
    *(Ref("aws_vpc.a", "id"), Ref("aws_vpc.b", "id"), Unknown("x"), Unknown("x", among=("a", "b")), Unknown("x", among=("a",))),
    *(Seq(("a",)), Seq(("a",), "list"), Seq((Unknown("x"),)), Seq((Symbol((ZONES[0],)),)), Seq(())),
    *(Map.of({"a": 1}), Map.of({"a": "1"}), Map.of([(Symbol((ZONES[0],)), 1)]), Map.of({"a": Ref("aws_vpc.a", "id")})),
)


@pytest.mark.parametrize("wanted", VALUES, ids=range(len(VALUES)))
def test_what_is_among_others_is_what_comparing_with_each_finds(wanted: Value) -> None:
    for items in combinations_with_replacement(VALUES, 2):
        results = [equal(item, wanted) for item in items]
        found = (
            True
            if True in [one is True for one in results]
            else None
            if any(isinstance(one, Unknown) for one in results)
            else False
        )
        assert has(pool(items), wanted) is found, items


def test_what_is_twice_is_once() -> None:
    for items in combinations_with_replacement(VALUES, 3):
        kept: list[Value] = []
        for item in items:
            if isinstance(item, Unknown) or not any(same(item, other) for other in kept):
                kept.append(item)
        assert without_same(items) == kept


MANY = Seq(tuple(f"k{number}" for number in range(30_000)), "list")
OTHERS = Seq(tuple(f"m{number}" for number in range(30_000)), "list")


@pytest.mark.parametrize(
    ("name", "arguments", "size"),
    [
        ("distinct", (MANY,), 30_000),
        ("matchkeys", (MANY, MANY, OTHERS), 0),
        ("setintersection", (MANY, OTHERS), 0),
        ("setsubtract", (MANY, OTHERS), 30_000),
    ],
)
def test_many_items_are_found_at_once(name: str, arguments: tuple[Value, ...], size: int) -> None:
    found = functions.call(name, arguments, nothing())
    assert isinstance(found, Seq) and len(found) == size


def test_what_has_to_be_compared_with_each_is_counted() -> None:
    unlike = Seq(tuple(Symbol((f"{number}", ZONES[0])) for number in range(100)), "list")
    assert pairs((MANY, OTHERS)) == 0
    assert pairs((unlike, MANY)) == 100 * 30_000


@pytest.mark.parametrize(
    ("text", "dear"), [("big == big", True), ("jsonencode(big)", True), ("length(big)", False), ("contains(big, 1)", False)]
)
def test_what_is_made_of_all_of_a_value_takes_more_steps_than_looking_at_it(text: str, *, dear: bool) -> None:
    world = Nowhere(nothing(), "a test")
    expr, problems = parse_expression(Source("x", text))
    assert not problems
    evaluate_expression(expr, Scope(world, {"big": MANY}))
    assert (world.steps[0] > len(MANY) / 4) is dear
