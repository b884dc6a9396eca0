"""
What a plan has settled already: the values of variables and data sources, and which instances there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sglint.evaluate.terraform.expand import EVERY, SINGLE, Instance
from sglint.frozen import frozen
from sglint.value import Map, Seq, Unknown, Value


@frozen
class Settled:
    """
    What is known of a root beyond its text: root variables by name, the values of data sources by address, and the keys of
    the instances by the address of what has them (`module.a["x"].aws_subnet.b`; None is the key of a single instance).

    A resource with count or for_each that is not among the keys has no instances; a module that is not among them is expanded
    as written.
    """

    variables: Mapping[str, Value]
    data: Mapping[str, Map]
    keys: Mapping[str, tuple[int | str | None, ...]]


def settle(settled: Settled | None, full: str, kind: str, rows: Sequence[Instance]) -> tuple[Instance, ...]:
    """
    Return the instances that there are, with what the text says about each: all of them when nothing is settled.
    """
    if (
        settled is None
        or tuple(rows) == SINGLE
        or kind.startswith("ephemeral.")
        or (kind == "module" and full not in settled.keys)
    ):
        return tuple(rows)
    by_key = {row.key: row for row in rows}
    return tuple(_row(key, by_key.get(key), by_key.get(EVERY)) for key in settled.keys.get(full, ()))


def _row(key: int | str | None, written: Instance | None, every: Instance | None) -> Instance:
    if written is not None:
        return replace(written, maybe=None)
    if key is None:
        return Instance(None)
    if isinstance(key, int):
        return Instance(key, (("count", Map.of({"index": key})),))
    each = dict(every.names).get("each") if every is not None else None
    value = each["value"] if isinstance(each, Map) else Unknown(f'the configuration does not say what belongs to "{key}"')
    return Instance(key, (("each", Map.of({"key": key, "value": value})),))


def for_each_of(value: Value) -> Value:
    """
    Return the value of a for_each as the set that it must be when a plan's JSON made a list of it.
    """
    return replace(value, kind="set", type=None) if isinstance(value, Seq) else value
