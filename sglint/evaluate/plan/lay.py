"""
Laying what a plan knows over what the configuration says.

The plan wins where it knows. Where it does not, the configuration tells which identity the value will have. Nested blocks that
are a set come in another order in the plan: each is matched with the block of the configuration that it can have come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from sglint.evaluate.plan.read import LATE
from sglint.evaluate.terraform.element import each_of
from sglint.evaluate.terraform.unknown import alternatives, wholly_known
from sglint.frozen import frozen
from sglint.source import Span
from sglint.value import Map, Ref, Seq, Unknown, Value

MOST_PAIRS = 40_000
"""How many pairs of blocks are compared for one attribute."""
MOST_ROUNDS = 20
"""How often the blocks of one attribute are gone through."""


def lay(plan: Value, beside: Value) -> Value:
    """
    Return the value: the plan's where it is known, and what the configuration says where it is not. None is not given.

    All of a set is sensitive in a plan when a part of it is; the configuration tells the part from the rest.
    """
    if plan == LATE:
        return LATE if beside is not None and _fixed(beside) else beside
    if isinstance(plan, Unknown):
        return beside if isinstance(beside, (Seq, Map)) and not wholly_known(beside) else plan
    if isinstance(plan, Seq):
        if not plan.items:
            return plan if beside is not None else None
        return Seq(tuple(_item(lay(item, other), item) for item, other, _ in match(plan, beside)), "list")
    if isinstance(plan, Map):
        other = _fields(beside)
        found = ((key, lay(item, other.get(key))) for key, item in plan.items())
        return Map.of((key, item) for key, item in found if item is not None)
    return plan


def _fixed(beside: Value) -> bool:
    """Return whether the configuration gives a value that the plan denies to know."""
    return not (isinstance(beside, (Seq, Map)) and not len(beside)) and wholly_known(beside)


def _item(value: Value, plan: Value) -> Value:
    """Return an item of a list, where something stands even when nobody knows what."""
    return LATE if value is None and plan == LATE else value


def _fields(beside: Value) -> Map:
    if isinstance(beside, Unknown) and beside.element is not None:
        return _fields(beside.element)
    return beside if isinstance(beside, Map) else Map()


def match(plan: Seq, beside: Value) -> tuple[tuple[Value, Value, int | None], ...]:
    """
    Return each item of the plan with what the configuration says of it, and the position of that.

    They come in the order of the configuration as far as it is known, so that positions stay what they are.
    """
    others = _candidates(beside)
    if isinstance(beside, Seq) and len(others) == len(plan) and all(map(fits, plan.items, others)):
        return tuple((item, other, number) for number, (item, other) in enumerate(zip(plan.items, others, strict=True)))
    if not others or len(others) * len(plan) > MOST_PAIRS:
        return tuple((item, None, None) for item in plan.items)
    pairs = _assign(plan.items, others)
    known = sorted((number, position) for position, number in pairs.items())
    rest = [position for position in range(len(plan)) if position not in pairs]
    in_order = isinstance(beside, Seq)
    found = [(plan[position], others[number], number if in_order else None) for number, position in known]
    return (*found, *((plan[position], None, None) for position in rest))


def _candidates(beside: Value) -> tuple[Value, ...]:
    """Return what an item of the plan may have come from."""
    if isinstance(beside, Seq):
        return beside.items
    if isinstance(beside, Unknown) and beside.among:
        return tuple(item for choice in alternatives(beside) if isinstance(choice, Seq) for item in choice.items)
    if isinstance(beside, (Ref, Unknown)):
        return (replace(element, among=()),) if isinstance(element := each_of(beside), Unknown) else (element,)
    return ()


def _assign(items: Sequence[Value], others: Sequence[Value]) -> dict[int, int]:
    """
    Return the position among `others` for as many items as there is no doubt about.

    An unknown number of blocks (Unknown) may stand for several items. Items that are equal may be exchanged.
    """
    possible = {position: {n for n, other in enumerate(others) if fits(item, other)} for position, item in enumerate(items)}
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _ in range(MOST_ROUNDS):
        before = len(found)
        for position in [position for position in possible if position not in found]:
            free = possible[position] - taken
            if free and (len(free) == 1 or _exchangeable(items, position, found, free, possible)):
                found[position] = min(free)
                if not isinstance(others[found[position]], Unknown):
                    taken.add(found[position])
        if len(found) == before:
            break
    return found


def _exchangeable(
    items: Sequence[Value], position: int, found: dict[int, int], free: set[int], possible: dict[int, set[int]]
) -> bool:
    """Return whether it does not matter which one it is: all is known, or only equal items can take the others."""
    if wholly_known(items[position]):
        return True
    rivals = [other for other, numbers in possible.items() if other not in found and not numbers.isdisjoint(free)]
    return len(rivals) == len(free) and all(items[other] == items[position] for other in rivals)


def fits(plan: Value, beside: Value) -> bool:
    """
    Return whether the plan can have made this of what the configuration says.
    """
    if isinstance(beside, (Ref, Unknown)):
        if isinstance(beside, Unknown) and beside.element is not None and isinstance(plan, Map):
            return fits(plan, beside.element)
        return not _is_nothing(plan) or isinstance(beside, Unknown)
    if beside is None:
        return True
    if isinstance(plan, Unknown):
        return plan != LATE or not _fixed(beside)
    if _is_nothing(plan) or _is_nothing(beside):
        return _is_nothing(plan) and _is_nothing(beside)
    if isinstance(plan, Map) and isinstance(beside, Map):
        return all(fits(item, beside.get(key)) for key, item in plan.items())
    if isinstance(plan, Seq) and isinstance(beside, Seq):
        return _fits_all(plan, beside)
    return plain(plan) == plain(beside)


def _fits_all(plan: Seq, beside: Seq) -> bool:
    if wholly_known(plan) and wholly_known(beside):
        if all(not isinstance(item, (Seq, Map)) for item in (*plan.items, *beside.items)):
            return {plain(item) for item in plan.items} == {plain(item) for item in beside.items}
        return len(plan) == len(beside)
    return len(plan) <= len(beside) or any(isinstance(item, Unknown) for item in beside.items)


def _is_nothing(value: Value) -> bool:
    return value is None or value == "" or (isinstance(value, (Seq, Map)) and not len(value))


def plain(value: Value) -> str:
    """
    Return a scalar as the text that Terraform makes of it.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


@frozen
class Laid:
    """
    The values of one resource, and the place of each by its path.
    """

    values: Map
    fields: tuple[tuple[str, Span], ...]


def lay_all(plan: Map, beside: Map, fields: Sequence[tuple[str, Span]]) -> Laid:
    """
    Return the values of a resource, with the places of the blocks and items that were matched.
    """
    places = list(fields)
    for name, item in plan.items():
        other = beside.get(name)
        if isinstance(item, Seq) and isinstance(other, Seq):
            moves = [(old, new) for new, (_, _, old) in enumerate(match(item, other))]
            if any(old != new for old, new in moves):
                places = [place for place in places if not place[0].startswith(f"{name}[")]
                places += _moved(name, moves, fields)
    laid = lay(plan, beside)
    return Laid(laid if isinstance(laid, Map) else Map(), tuple(places))


def _moved(
    name: str, moves: Iterable[tuple[int | None, int]], fields: Sequence[tuple[str, Span]]
) -> Iterator[tuple[str, Span]]:
    by_number: dict[str, list[tuple[str, Span]]] = {}
    for path, span in fields:
        if path.startswith(f"{name}["):
            number, _, rest = path[len(name) + 1 :].partition("]")
            by_number.setdefault(number, []).append((rest, span))
    for old, new in moves:
        for rest, span in by_number.get(str(old), ()):
            yield f"{name}[{new}]{rest}", span
