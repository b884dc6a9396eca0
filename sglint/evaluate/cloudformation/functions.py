"""
The functions that only need the values of their arguments.

Each is applied to every alternative of an unknown argument, so that what all alternatives agree on becomes known.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from sglint.evaluate.cloudformation.cidr import cidr
from sglint.evaluate.cloudformation.text import ZONES, concatenate, hidden, known_text, split, text_of
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.unknown import distribute, merged, wholly_known
from sglint.value import Map, Ref, Seq, Symbol, Unknown, Value, to_json

_ENDPOINTS = re.compile(r"EndpointIds\[\d+\]")
DYNAMIC = "{{resolve:"


def joined(values: Sequence[Value]) -> Value:
    """
    Return the texts as one; of what is not known its end is.
    """
    result = distribute(lambda *parts: concatenate(parts), values)
    result = concatenate(values) if result is None else result
    if isinstance(result, Unknown) and not result.among and not result.ends and len(values) > 1:
        result = replace(result, ends=_end(values))
    text = known_text(result)
    return dynamic(text) if text is not None and DYNAMIC in text else result


def dynamic(text: str) -> Unknown:
    """
    Return what a dynamic reference stands for.
    """
    start = text.index(DYNAMIC)
    end = text.find("}}", start)
    shown = text[start : end + 2] if end >= 0 else text[start:]
    return Unknown(f"{shown[:100]} is read only at deployment")


def _end(values: Sequence[Value]) -> str:
    last = text_of(values[-1])
    if isinstance(last, Unknown):
        return last.ends
    if type(last) is not str:
        return ""
    return last if len(values) == 1 or last == "" else _end_before(values[:-1], last)


def _end_before(values: Sequence[Value], end: str) -> str:
    """Return the end with the known texts right before it."""
    for value in reversed(values):
        text = known_text(value)
        if text is None:
            return (value.ends if isinstance(value, Unknown) else "") + end
        end = text + end
    return end


def join(delimiter: Value, items: Value) -> Value:
    """
    Return what `Fn::Join` makes.
    """
    between = known_text(delimiter)
    if between is None:
        return merged((hidden(delimiter), hidden(items)))
    if isinstance(items, (Ref, Unknown)):
        return merged((items,))
    if not isinstance(items, Seq):
        raise EvaluationError("Fn::Join takes a list of texts")
    parts: list[Value] = []
    for item in items:
        if isinstance(item, (Seq, Map)):
            raise EvaluationError("Fn::Join takes a list of texts, and an item of it is none")
        parts.extend((between, item) if parts else (item,))
    return joined(parts)


def split_text(separator: Value, text: Value) -> Value:
    """
    Return what `Fn::Split` makes. Half of the id that a firewall has for an endpoint is the endpoint's.
    """
    by = known_text(separator)
    if not by:
        raise EvaluationError("Fn::Split takes a text to split at, and it cannot be empty")
    if isinstance(text, Ref) and by == ":" and _ENDPOINTS.fullmatch(text.attribute):
        return Seq((merged((text,)), text), "list")
    if isinstance(text, str):
        return split(by, text)
    if isinstance(text, (Ref, Unknown)):
        return merged((text,))
    raise EvaluationError("Fn::Split takes a text")


def select(index: Value, items: Value) -> Value:
    """
    Return what `Fn::Select` chooses.
    """
    number = known_text(hidden(index))
    if number is None:
        among = items.items if isinstance(items, Seq) else ()
        return merged((hidden(index),), among=among)
    if not number.strip().isdecimal() or len(number) > 9:
        raise EvaluationError(f"Fn::Select: the index must be a number from 0, not {number!r}")
    place = int(number)
    if isinstance(items, Seq):
        if place >= len(items):
            raise EvaluationError(f"Fn::Select: there is no item {place}, the list has {len(items)}")
        return items[place]
    if isinstance(items, Ref):
        one = Ref(items.address, f"{items.attribute}[{place}]")
        return Symbol((one,)) if items.attribute == ZONES else one
    if isinstance(items, Unknown):
        return items.element if items.element is not None else merged((items,))
    raise EvaluationError("Fn::Select takes a list")


def zones(region: Value) -> Value:
    """
    Return the Availability Zones of a region: a list that is known only after deployment.
    """
    text = known_text(region)
    if text is not None:
        return Ref(text or "AWS::Region", ZONES)
    return merged((hidden(region),))


def encode(text: Value) -> Value:
    """
    Return the text in Base64.
    """
    known = known_text(text)
    return merged((hidden(text),)) if known is None else base64.b64encode(known.encode()).decode()


def length(items: Value) -> Value:
    """
    Return how many items a list has.
    """
    if isinstance(items, Seq):
        return len(items)
    if isinstance(items, (Ref, Unknown)):
        return merged((items,))
    raise EvaluationError("Fn::Length takes a list")


def to_text(value: Value) -> Value:
    """
    Return the value as a text of JSON.
    """
    value = hidden(value)
    if not isinstance(value, (Seq, Map)):
        raise EvaluationError("Fn::ToJsonString takes a list or map")
    return json.dumps(to_json(value), separators=(",", ":"), ensure_ascii=False) if wholly_known(value) else merged((value,))


def apply(function: Callable[..., Value], arguments: Sequence[Value]) -> Value:
    """
    Return what the function makes of every combination of alternatives.
    """
    result = distribute(function, arguments)
    return function(*arguments) if result is None else result


def cidr_blocks(block: Value, count: Value, bits: Value) -> Value:
    """
    Return what `Fn::Cidr` makes.
    """
    return cidr(hidden(block), hidden(count), hidden(bits))
