"""
What a function does with marks.

Nearly all functions are calculated without any mark at any depth, and their result is under all those marks. The ones that do
it another way are listed here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sglint.evaluate.terraform.mark import Marks, inside, under, unmark, unmark_deep
from sglint.value import Mark, Ref, Seq, Unknown, Value

_RULES = {
    **dict.fromkeys("ephemeralasnull issensitive nonsensitive sensitive".split(), "none"),
    **dict.fromkeys("tobool tolist tomap tonumber toset tostring".split(), "none"),
    **dict.fromkeys("concat keys length merge reverse setproduct values".split(), "own"),
    "chunklist": "own all",
    "element": "own all",
    "flatten": "nested",
    "lookup": "own all none",
    "slice": "own all",
    "zipmap": "all own",
}
"""
Which marks are taken off each argument and put on the result, the last word standing for all further ones: `all` at any depth,
its `own` but not those of its elements, those of `nested` lists but not of what is in them, or `none`.
"""


def apply(name: str, function: Callable[[Sequence[Value]], Value], arguments: Sequence[Value]) -> Value:
    """
    Return what the function makes of the arguments, under the marks that Terraform puts it under.
    """
    rules = _RULES.get(name, "all").split()
    taken = [_TAKE[rules[min(number, len(rules) - 1)]](value) for number, value in enumerate(arguments)]
    if name == "merge":
        taken = [(value, () if value is None else marks) for value, marks in taken]
    return under(lambda *values: function(values), taken)


def _nested(value: Value) -> tuple[Value, Marks]:
    """
    Return a list without its own marks and those of the lists in it, and these.
    """
    found: list[Mark] = []

    def lifted(item: Value) -> Value:
        inner, marks = unmark(item)
        if not isinstance(inner, (Seq, Ref, Unknown)):
            return item
        found.extend(marks)
        return inside(inner, lifted) if isinstance(inner, Seq) else inner

    return lifted(value), tuple(found)


_TAKE: dict[str, Callable[[Value], tuple[Value, Marks]]] = {
    "all": unmark_deep,
    "own": unmark,
    "nested": _nested,
    "none": lambda value: (value, ()),
}
