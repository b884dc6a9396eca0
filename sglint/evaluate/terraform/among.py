"""
Whether a value is among others, without comparing each with each where their content tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sglint.evaluate.terraform.mark import unmark
from sglint.evaluate.terraform.operators import equal
from sglint.evaluate.terraform.typed import bare
from sglint.evaluate.terraform.unknown import same
from sglint.frozen import frozen
from sglint.value import Map, Marked, Ref, Seq, Symbol, Unknown, Value


@frozen
class Pool:
    """
    Values to look for others among; `others` are those that may be equal to one which does not look like them.
    """

    items: tuple[Value, ...]
    alike: Mapping[object, list[Value]]
    others: tuple[Value, ...]


def pool(items: Iterable[Value]) -> Pool:
    """
    Return these values, by what they look like.
    """
    listed = tuple(items)
    alike: dict[object, list[Value]] = {}
    others = []
    for item in listed:
        look, plain = _look(item)
        alike.setdefault(look, []).append(item)
        if not plain:
            others.append(item)
    return Pool(listed, alike, tuple(others))


def has(among: Pool, wanted: Value) -> bool | None:
    """
    Return whether a value is among them, None when that is not known.
    """
    look, plain = _look(wanted)
    if any(equal(item, wanted) is True for item in among.alike.get(look, ())):
        return True
    found: bool | None = False
    for item in among.others if plain else among.items:
        result = equal(item, wanted)
        if result is True:
            return True
        if isinstance(result, Unknown):
            found = None
    return found


def without_same(items: Iterable[Value]) -> list[Value]:
    """
    Return the values in their order without those that are the same as one before; two unknowns never are.
    """
    kept: list[Value] = []
    alike: dict[object, list[Value]] = {}
    for item in items:
        before = alike.setdefault(_look(item)[0], [])
        if isinstance(item, Unknown) or not any(same(item, one) for one in before):
            kept.append(item)
            before += () if isinstance(item, Unknown) else (item,)
    return kept


def pairs(arguments: Sequence[Value]) -> int:
    """
    Return how many pairs of items of two of the collections are compared, at most, to find which are among which.
    """
    total, items, others = 0, 0, 0
    for argument in arguments:
        value = unmark(argument)[0]
        here = value.items if isinstance(value, Seq) else ()
        unlike = sum(not _look(item)[1] for item in here)
        total += items * unlike + others * len(here)
        items, others = items + len(here), others + unlike
    return total


def _look(value: Value) -> tuple[object, bool]:
    """
    Return what is the same of values that are equal, and whether no others are: none that is not known may be one of them.
    """
    value = bare(value)
    match value:
        case Unknown():
            return ("unknown", value.why), False
        case Ref():
            return ("ref", str(value)), False
        case Marked():
            return ("marked", _look(value.value)[0]), False
        case Seq():
            parts = [_look(item) for item in value.items]
            return (value.kind, *(look for look, _ in parts)), all(plain for _, plain in parts)
        case Map():
            parts = [_look(item) for item in value.values()]
            known = not any(isinstance(key, Symbol) for key in value)
            return (value.kind, *value, *(look for look, _ in parts)), known and all(plain for _, plain in parts)
    return (isinstance(value, bool), str(value) if isinstance(value, str) else value), not isinstance(value, Symbol)
