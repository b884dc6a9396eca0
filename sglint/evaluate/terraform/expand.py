"""
From `count` and `for_each` to instances.

An instance that exists whatever the unknowns turn out to be has no `maybe`; one that exists only in some completions carries
the unknown that decides. When even the number is unknown, one instance with the key `*` stands for all of them.
"""

from __future__ import annotations

from dataclasses import replace

from sglint.evaluate.terraform.element import each_of
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.mark import hushed, silent
from sglint.evaluate.terraform.unknown import collapse, is_identity, merged
from sglint.frozen import frozen
from sglint.value import Map, Marked, Ref, Seq, Symbol, Unknown, Value

MAX_INSTANCES = 20_000
"""The most instances of one block that are told apart."""


class Every:
    """
    The key of the one instance that stands for an unknown number of instances.
    """


EVERY = Every()
Key = int | str | Every | None


@frozen
class Instance:
    """
    One instance of a block: its key, what `each` or `count` is inside it, and what decides whether it exists.
    """

    key: Key
    names: tuple[tuple[str, Value], ...] = ()
    maybe: Unknown | None = None


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
SINGLE = (Instance(None),)


def suffix(key: Key) -> str:
    """
    Return what the key adds to the address, as Terraform writes it.
    """
    if key is None:
        return ""
    if isinstance(key, Every):
        return "[*]"
    if isinstance(key, int):
        return f"[{key}]"
    text = key if isinstance(key, Symbol) else key.replace("${", "$${").replace("%{", "%%{")
    return f'["{"".join(map(_escaped, text))}"]'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return f"\\u{ord(character):04x}" if character < " " else character


def by_count(value: Value) -> tuple[Instance, ...]:
    """
    Return the instances that `count = value` makes. Raises EvaluationError where Terraform refuses the value.

    How many instances there are may come from something sensitive, but not from something ephemeral.
    """
    if isinstance(value, Marked):
        for mark in value.marks:
            if mark.kind == "ephemeral":
                raise EvaluationError(f"count must not be ephemeral, and {mark.what} is")
        number = hushed(value)
        if isinstance(number, Unknown):
            number = replace(number, among=number.among if all(type(one) is int for one in number.among) else (), element=None)
        with silent(value.marks):
            return by_count(number)
    if isinstance(value, Unknown) and value.among:
        numbers = [_whole(choice) for choice in value.among if not isinstance(choice, (Unknown, Ref))]
        if len(numbers) == len(value.among):
            least = min(numbers)
            return tuple(_counted(n, None if n < least else value) for n in range(max(numbers)))
    if isinstance(value, (Unknown, Ref)):
        cause = (
            value
            if isinstance(value, Unknown)
            else Unknown(f"{value} is known only after deployment", None, (), None, (value,))
        )
        return (Instance(EVERY, (("count", Map.of({"index": cause})),), cause),)
    return tuple(_counted(number, None) for number in range(_whole(value)))


def _counted(number: int, maybe: Unknown | None) -> Instance:
    return Instance(number, (("count", Map.of({"index": number})),), maybe)


def _whole(value: Value) -> int:
    if isinstance(value, str) and value.isdecimal() and len(value) < 20:
        value = int(value)
    if value is None or isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise EvaluationError("count must be a whole number that is not negative")
    if value > MAX_INSTANCES:
        raise EvaluationError(f"count is {value}, and at most {MAX_INSTANCES} instances of one block are read")
    return value


def by_for_each(value: Value) -> tuple[Instance, ...]:
    """
    Return the instances that `for_each = value` makes. Raises EvaluationError where Terraform refuses the value.
    """
    if isinstance(value, Marked):
        mark = value.marks[0]
        hint = "; use nonsensitive() when its keys are no secret" if mark.kind == "sensitive" else ""
        raise EvaluationError(f"for_each must not be {mark.kind}, and {mark.what} is{hint}")
    if isinstance(value, Unknown) and value.among and not any(isinstance(choice, (Unknown, Ref)) for choice in value.among):
        return _among(value)
    if isinstance(value, (Ref, Unknown)):
        cause = merged((value,))
        return (_each(EVERY, cause, each_of(value), cause),)
    if value is None:
        raise EvaluationError("for_each must not be null")
    if isinstance(value, Map):
        _limit(len(value))
        return tuple(_each(key, key, item, None) for key, item in value.items())
    if isinstance(value, Seq) and (value.kind == "set" or not value.items):
        return _each_of_set(value)
    raise EvaluationError("for_each must be a map or a set of strings; wrap a list in toset()")


def _limit(number: int) -> None:
    if number > MAX_INSTANCES:
        raise EvaluationError(f"for_each has {number} elements, and at most {MAX_INSTANCES} instances of one block are read")


def _each_of_set(value: Seq) -> tuple[Instance, ...]:
    _limit(len(value))
    found: list[Instance] = []
    hidden: list[Value] = []
    for item in value.items:
        if isinstance(item, str):
            found.append(_each(item, item, item, None))
        elif isinstance(item, Ref) and item.attribute == "id" and is_identity(item) and "*" not in item.address:
            found.append(_each(Symbol((item,)), item, item, None))
        elif isinstance(item, (Unknown, Ref)):
            hidden.append(item)
        else:
            raise EvaluationError("for_each must be a map or a set of strings")
    if hidden:
        common = hidden[0] if len(hidden) == 1 else Unknown("it is one of several keys of for_each", None, tuple(hidden))
        found.append(_each(EVERY, common, common, None))
    return tuple(found)


def _each(key: Key, name: Value, value: Value, maybe: Unknown | None) -> Instance:
    return Instance(key, (("each", Map.of({"key": name, "value": value})),), maybe)


def _among(value: Unknown) -> tuple[Instance, ...]:
    alternatives = [{row.key: row for row in by_for_each(choice)} for choice in value.among]
    keys: dict[Key, None] = {}
    for rows in alternatives:
        keys.update(dict.fromkeys(rows))
    found: list[Instance] = []
    for key in keys:
        rows_with = [rows[key] for rows in alternatives if key in rows]
        maybe = None if len(rows_with) == len(alternatives) else value
        each = [dict(row.names)["each"] for row in rows_with]
        values = [item["value"] for item in each if isinstance(item, Map)]
        first = rows_with[0]
        if isinstance(key, str):
            found.append(_each(key, key, collapse(values, (value,)), maybe))
        else:
            found.append(Instance(key, first.names, maybe))
    return tuple(found)
