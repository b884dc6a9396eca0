"""
Calculating with what is not known.

The idea: an `Unknown` that can have only a few values is calculated for each of them, so that what all of them agree on
becomes known again. Everything else gives an `Unknown` that keeps the first reason and every identity it was made from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product

from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.mark import Marks, marked, unmark, veil
from sglint.evaluate.terraform.typed import bare
from sglint.value import Map, Marked, Ref, Seq, Type, Unknown, Value

MOST_ALTERNATIVES = 8
"""An operation is calculated for at most so many combinations of alternatives."""
MOST_KEPT = 64
"""A conditional keeps at most so many alternatives."""
MOST_PARTS = 500_000
"""Values with more parts than this, at any depth, are not calculated with."""

_MODULE = re.compile(r'(?:^|\.)module\.[\w-]+(?:\[(?:"(?:[^"\\]|\\.)*"|[0-9]+)\])?')


def same(a: Value, b: Value) -> bool:
    """
    Return whether two values are the same in every respect; unlike Python's `==` it tells true from 1.
    """
    if isinstance(a, Marked) and isinstance(b, Marked):
        return [mark.kind for mark in a.marks] == [mark.kind for mark in b.marks] and same(a.value, b.value)
    if isinstance(a, Seq) and isinstance(b, Seq):
        return a.kind == b.kind and len(a) == len(b) and all(map(same, a.items, b.items))
    if isinstance(a, Map) and isinstance(b, Map):
        return a.kind == b.kind and list(a) == list(b) and all(map(same, a.values(), b.values()))
    return isinstance(a, bool) == isinstance(b, bool) and a == b


def is_identity(ref: Ref) -> bool:
    """
    Return whether the reference is to a whole resource or to its `id` or `arn`, which is never null and never empty.
    """
    if not ref.attribute:
        return True
    name = ref.attribute.rpartition(".")[2]
    return name in ("id", "arn") and "[*]" not in ref.attribute and not _MODULE.fullmatch(ref.address)


def as_unknown(value: Ref | Unknown) -> Unknown:
    """
    Return what is unknown about the value: for a reference, what it will be.
    """
    if isinstance(value, Unknown):
        return value
    return Unknown(f"{value} is known only after deployment", refs=(value,))


def unknown_parts(value: Value) -> Iterator[Ref | Unknown]:
    """
    Yield every reference and unknown in the value, at any depth, in order; for one that is marked only that it is.

    Raises EvaluationError when there are too many parts: a list of two lists of two lists ... is short to write.
    """
    todo: list[tuple[Value, Marks]] = [(value, ())]
    count = 0
    while todo:
        part, marks = todo.pop()
        count += 1
        if count > MOST_PARTS:
            raise EvaluationError(f"the value has more than {MOST_PARTS} parts")
        if isinstance(part, (Ref, Unknown)):
            yield veil(marks) if marks else part
        elif isinstance(part, Marked):
            todo.append((part.value, part.marks))
        elif isinstance(part, (Seq, Map)):
            items = part.items if isinstance(part, Seq) else tuple(part.values())
            todo.extend((item, marks) for item in reversed(items))


def check_size(value: Value) -> int:
    """
    Refuse a value with too many parts, and return in steps of evaluation what it costs to do something with all of it.
    """
    todo, count, length = [value], 0, 0
    while todo:
        part = todo.pop()
        count += 1
        if count > MOST_PARTS:
            raise EvaluationError(f"the value has more than {MOST_PARTS} parts")
        if isinstance(part, str):
            length += len(part)
        elif isinstance(part, Seq):
            todo += part.items
        elif isinstance(part, Map):
            todo += part.values()
        elif isinstance(part, Marked):
            todo.append(part.value)
    return count // 16 + length // 128


def wholly_known(value: Value) -> bool:
    """
    Return whether nothing in the value is unknown or a reference.
    """
    return next(unknown_parts(value), None) is None


def merged(
    values: Iterable[Value],
    *,
    among: tuple[Value, ...] = (),
    element: Value = None,
    why: str = "a part of it is not known",
    type: Type | None = None,  # noqa: A002
) -> Unknown:
    """
    Return the unknown that comes from these values: the first reason and place, and all identities.

    That something is known only after deployment is the reason only where nothing else is unknown.
    """
    found = [part for value in values for part in unknown_parts(value)]
    refs = tuple(dict.fromkeys(ref for part in found for ref in _refs(as_unknown(part))))
    if not found:
        return Unknown(why, None, among, bare(element), refs, type=type)
    cause = as_unknown(next((part for part in found if isinstance(part, Unknown)), found[0]))
    return Unknown(cause.why, cause.span, among, bare(element), refs, type=type)


def _refs(unknown: Unknown) -> Iterator[Ref]:
    """
    Yield the identities that the unknown was made from, also those of its alternatives.
    """
    yield from unknown.refs
    for value in (*unknown.among, unknown.element):
        for part in unknown_parts(value):
            if isinstance(part, Ref):
                yield part
            else:
                yield from _refs(part)


def alternatives(value: Value) -> tuple[Value, ...]:
    """
    Return the values that the value can have, each of which has no alternatives itself.
    """
    if not isinstance(value, Unknown) or not value.among:
        return (value,)
    return tuple(leaf for item in value.among for leaf in alternatives(item))


def collapse(results: Sequence[Value], sources: Iterable[Value]) -> Value:
    """
    Return the one value on which all results agree, or the unknown with these alternatives; marked as any of them is.
    """
    marks = [mark for result in results for mark in unmark(result)[1]]
    results = [unmark(result)[0] for result in results]
    leaves: list[Value] = []
    for result in results:
        for leaf in alternatives(result):
            if not any(same(bare(leaf), bare(kept)) for kept in leaves):
                leaves.append(leaf)
            if len(leaves) > MOST_KEPT:
                return marked(merged([*sources, *results]), marks)
    if len(leaves) == 1:
        return marked(leaves[0], marks)
    return marked(merged([*sources, *results], among=tuple(map(bare, leaves))), marks)


def attempts(value: Unknown, step: Callable[[Value], Value]) -> list[Value]:
    """
    Return where the step leads for each possible value; one for which it is an error cannot be the one that holds.
    """
    results: list[Value] = []
    failure: EvaluationError | None = None
    for choice in value.among:
        try:
            results.append(step(choice))
        except EvaluationError as error:
            failure = error
    if not results and failure is not None:
        raise failure
    return results


def distribute(function: Callable[..., Value], arguments: Sequence[Value]) -> Value | None:
    """
    Return the function applied to every combination of the arguments' alternatives, or None when no argument has any.

    A combination that Terraform would refuse makes the whole result plainly unknown, as do too many combinations.
    """
    if not any(isinstance(argument, Unknown) and argument.among for argument in arguments):
        return None
    choices = [alternatives(argument) for argument in arguments]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > MOST_ALTERNATIVES:
        return merged(arguments)
    try:
        results = [function(*combination) for combination in product(*choices)]
    except EvaluationError:
        return merged(arguments)
    return collapse(results, arguments)
