"""
YAML, read as Terraform reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import yaml

from sglint.evaluate.terraform.convert import to_string
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.number import parse_number
from sglint.value import Map, Seq, Value

LONGEST = 1_000_000
MOST_NODES = 100_000
"""Aliases may not unfold to more values than this."""
DEEPEST = 100

_WORDS: dict[str, Value] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_DATE = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:[Tt ](\d\d?):(\d\d?):(\d\d?)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?)?",
    re.ASCII,
)
_SPECIAL = {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", ".nan", ".NaN", ".NAN"}
_TAGS = {f"tag:yaml.org,2002:{name}": name for name in ("str", "bool", "int", "float", "null", "timestamp", "binary")}
_HINTS = "+-0123456789yYnNtTfFoO~."
_COLLECTION_TAGS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", None, "!")


def from_yaml(text: str) -> Value:
    """
    Return the one document that the text holds.
    """
    if len(text) > LONGEST:
        raise EvaluationError(f"the yaml text is longer than {LONGEST} characters")
    try:
        reader = _Reader(yaml.parse(text, Loader=yaml.SafeLoader))
        return reader.document()
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        first = str(error).splitlines()[0] if str(error) else "it is nested too deeply"
        raise EvaluationError(f"the text is not valid yaml: {first}") from None


class _Reader:
    """
    One pass over the events of a YAML text.
    """

    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self.events = events
        self.anchors: dict[str, tuple[Value, int]] = {}
        self.count = 0

    def document(self) -> Value:
        next(self.events)
        first = next(self.events)
        if isinstance(first, yaml.StreamEndEvent):
            raise EvaluationError("the yaml text is empty")
        value = self.value(next(self.events), 0)
        next(self.events)
        if not isinstance(next(self.events), yaml.StreamEndEvent):
            raise EvaluationError("the yaml text has more than one document")
        return value

    def value(self, event: yaml.Event, depth: int) -> Value:
        if depth > DEEPEST:
            raise EvaluationError(f"the yaml text is nested deeper than {DEEPEST} levels")
        before = self.count
        self.grow(1)
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self.sequence(event, depth)
        elif isinstance(event, yaml.MappingStartEvent):
            value = self.mapping(event, depth)
        else:
            raise EvaluationError("the yaml text ends too early")
        if event.anchor:
            self.anchors[event.anchor] = value, self.count - before
        return value

    def grow(self, count: int) -> None:
        self.count += count
        if self.count > MOST_NODES:
            raise EvaluationError(f"the yaml text unfolds to more than {MOST_NODES} values")

    def alias(self, event: yaml.AliasEvent) -> Value:
        if event.anchor not in self.anchors:
            raise EvaluationError(f"the yaml text refers to {event.anchor}, which is not defined before")
        value, size = self.anchors[event.anchor]
        self.grow(size)
        return value

    def sequence(self, start: yaml.SequenceStartEvent, depth: int) -> Value:
        _check_tag(start.tag)
        items = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.value(event, depth + 1))
        return Seq(tuple(items))

    def mapping(self, start: yaml.MappingStartEvent, depth: int) -> Value:
        _check_tag(start.tag)
        entries: dict[str, Value] = {}
        defaults: dict[str, Value] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            is_merge = isinstance(event, yaml.ScalarEvent) and event.tag is None and event.value == "<<"
            key = self.value(event, depth + 1)
            value = self.value(next(self.events), depth + 1)
            if is_merge:
                defaults.update(_merged(value).items())
            else:
                entries[_key(key)] = value
        return Map.of({**defaults, **entries})


def _check_tag(tag: str | None) -> None:
    if tag not in _COLLECTION_TAGS:
        raise EvaluationError(f"the yaml text has the tag {tag}, which is not supported")


def _merged(value: Value) -> Map:
    if not isinstance(value, Map):
        raise EvaluationError("a merge key of the yaml text does not stand for a mapping")
    return value


def _key(key: Value) -> str:
    text = to_string(key)
    if not isinstance(text, str):
        raise EvaluationError("a mapping key of the yaml text is null")
    return text


def _scalar(event: yaml.ScalarEvent) -> Value:
    text, tag = event.value, event.tag
    if tag in (None, "!"):
        if event.style or tag == "!":
            return text
        return _plain(text)
    kind = _TAGS.get(tag)
    if kind is None:
        raise EvaluationError(f"the yaml text has the tag {tag}, which is not supported")
    return _tagged(kind, text, event.style in ("'", '"'))


def _tagged(kind: str, text: str, quotes: object) -> Value:
    if kind in ("str", "binary"):
        return text
    if quotes and (not text or text[0] in _HINTS):
        return text
    if kind == "null":
        return None
    value = _plain(text)
    fits = {"bool": isinstance(value, bool), "timestamp": _DATE.fullmatch(text) is not None}
    if not fits.get(kind, isinstance(value, (int, Decimal)) and not isinstance(value, bool)):
        raise EvaluationError(f'the yaml text has "{text[:60]}", which is not of the type {kind}')
    return value


def _plain(text: str) -> Value:
    if text in _WORDS:
        return _WORDS[text]
    if text in _SPECIAL:
        raise EvaluationError(f"the yaml text has {text}, which is not a number that can be written")
    if text[0] in "+-0123456789." and (found := _DATE.fullmatch(text)) is not None:
        return _date(found, text)
    if _INTEGER.fullmatch(text) or _FLOAT.fullmatch(text):
        return _number(text)
    return text


def _number(text: str) -> Value:
    number = parse_number(text)
    if number is not None:
        return number
    return int(text, 0)


def _date(found: re.Match[str], text: str) -> Value:
    from datetime import datetime

    year, month, day, hour, minute, second = (int(found[n] or 0) for n in range(1, 7))
    try:
        datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 # only whether it exists
    except ValueError:
        return text
    return f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}{found[7] or 'Z'}"
