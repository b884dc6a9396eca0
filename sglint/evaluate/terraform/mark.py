"""
Marks: what is sensitive or ephemeral, followed as Terraform follows it, and never shown.

The idea: a `Marked` value is taken out of its marks before anything is calculated, and the result is put under the marks of
all that it was made from. Marks of elements stay on the elements of a list, tuple, map or object; those of a set are on the
set. An error on the way tells nothing of the values, and what leaves the evaluator goes through `veiled`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from sglint.evaluate.terraform.error import EvaluationError
from sglint.source import Span
from sglint.value import Map, Mark, Marked, Ref, Seq, Unknown, Value

Marks = tuple[Mark, ...]


def marked(value: Value, marks: Iterable[Mark]) -> Value:
    """
    Return the value under these marks and those that it has; of two marks of one kind the first counts.
    """
    inner, own = unmark(value)
    kinds: dict[str, Mark] = {}
    for mark in (*own, *marks):
        kinds.setdefault(mark.kind, mark)
    return Marked(inner, tuple(kinds[kind] for kind in sorted(kinds))) if kinds else inner


def unmark(value: Value) -> tuple[Value, Marks]:
    """
    Return the value without its own marks, and these; its elements keep theirs.
    """
    return (value.value, value.marks) if isinstance(value, Marked) else (value, ())


def unmark_deep(value: Value) -> tuple[Value, Marks]:
    """
    Return the value without any mark at any depth, and all of them.
    """
    if not _has_marks(value):
        return value, ()
    found: dict[Mark, None] = {}
    return _stripped(value, found), tuple(found)


def _has_marks(value: Value) -> bool:
    todo = [value]
    while todo:
        part = todo.pop()
        if isinstance(part, Marked):
            return True
        if isinstance(part, (Seq, Map)):
            todo.extend(part.items if isinstance(part, Seq) else part.values())
        elif isinstance(part, Unknown) and (part.among or part.element is not None):
            todo.extend((*part.among, part.element))
    return False


def _stripped(value: Value, found: dict[Mark, None]) -> Value:
    if isinstance(value, Marked):
        found.update(dict.fromkeys(value.marks))
        value = value.value
    return inside(value, lambda item: _stripped(item, found))


def inside(value: Value, change: Callable[[Value], Value]) -> Value:
    """
    Return a collection with each of its elements changed, what is known of an unknown too, and anything else as it is.
    """
    if isinstance(value, Unknown):
        return replace(value, element=change(value.element), among=tuple(map(change, value.among)))
    if isinstance(value, Seq):
        return replace(value, items=tuple(change(item) for item in value.items))
    if isinstance(value, Map):
        return replace(value, entries=tuple((key, change(item)) for key, item in value.items()))
    return value


def carried(compute: Callable[..., Value], *values: Value, deep: bool = False) -> Value:
    """
    Return what is computed from the values without their marks, or without any mark at any depth, under all those marks.
    """
    return under(compute, [unmark_deep(value) if deep else unmark(value) for value in values])


def under(compute: Callable[..., Value], taken: Sequence[tuple[Value, Marks]]) -> Value:
    """
    Return what is computed from values that were taken out of their marks, under all those marks.
    """
    plain = [value for value, _ in taken]
    marks = [mark for _, found in taken for mark in found]
    if not marks:
        return compute(*plain)
    with silent(marks):
        return marked(compute(*plain), marks)


@contextmanager
def silent(marks: Sequence[Mark]) -> Iterator[None]:
    """
    Replace an error on the way by one that tells nothing, when there are marks.
    """
    try:
        yield
    except EvaluationError as error:
        if not marks:
            raise
        raise untold(marks, error.span) from None


def untold(marks: Iterable[Mark], span: Span | None) -> EvaluationError:
    """
    Return an error which says only that there is one.
    """
    mark = next(iter(marks))
    return EvaluationError(f"this is refused, and why is not shown because {mark.what} is {mark.kind}", span)


def veil(marks: Iterable[Mark]) -> Unknown:
    """
    Return what a value under these marks is to everybody else.
    """
    mark = next(iter(marks))
    return Unknown(f"{mark.what} is {mark.kind}, and its value is not shown", mark.span)


def hushed(value: Value) -> Value:
    """
    Return a value without its marks for one who counts; one that is not known must not tell of what it was made.
    """
    if not isinstance(value, Marked) or not isinstance(value.value, (Ref, Unknown)):
        return unmark(value)[0]
    known = value.value if isinstance(value.value, Unknown) else Unknown("")
    return replace(veil(value.marks), among=known.among, element=known.element)


def veiled(value: Value) -> Value:
    """
    Return the value as it may leave the evaluator: whatever is marked in it is unknown.
    """
    if isinstance(value, Marked):
        return veil(value.marks)
    return inside(value, veiled)
