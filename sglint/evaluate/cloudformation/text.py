"""
Texts of which only parts are known.

`!Join [",", [!Ref SubnetA, !Ref SubnetB]]` hands a list of subnets to a nested stack or an export, where `Fn::Split` takes it
apart again. The idea: such a text is a `Pieces`, which goes through everything that only moves values, and becomes Unknown
wherever its characters would count and wherever it leaves the evaluation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.unknown import merged
from sglint.value import Map, Ref, Seq, Symbol, Unknown, Value

LONGEST = 200_000
"""How many characters a text may have that functions make."""
SHOWN = 80
"""How many characters of a text messages show."""

ZONES = "AvailabilityZones"
_ZONE = re.compile(rf"{ZONES}\[\d+\]")
_SAFE = frozenset(",;|\n\t ")
"""The separators that stand in no identity."""


class Pieces(str):
    """
    A text that is put together from known texts, identities and unknowns.
    """

    __slots__ = ("parts",)
    parts: tuple[str | Ref | Unknown, ...]

    def __new__(cls, parts: Iterable[str | Ref | Unknown]) -> Pieces:
        """
        Return the text that these parts make.
        """
        kept = tuple(parts)
        self = super().__new__(cls, "".join(part if isinstance(part, str) else f"${{{part}}}" for part in kept))
        self.parts = kept
        return self


def text_of(value: Value) -> Value:
    """
    Return a scalar as CloudFormation's text of it, and everything else as it is.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value) if isinstance(value, int) else value


def known_text(value: Value) -> str | None:
    """
    Return the text when all its characters are known, otherwise None.
    """
    value = text_of(value)
    return value if isinstance(value, str) and not isinstance(value, (Pieces, Symbol)) else None


def shortened(text: str) -> str:
    """
    Return a text as messages show it.
    """
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."


def concatenate(values: Iterable[Value]) -> Value:
    """
    Return the values as one text; what is alone stays what it is.
    """
    parts: list[str | Ref | Unknown] = []
    length = 0
    for part in (part for value in values for part in _parts(value)):
        length += len(part) if isinstance(part, str) else 1
        if length > LONGEST:
            raise EvaluationError(f"the text has more than {LONGEST} characters")
        if isinstance(part, str) and parts and isinstance(parts[-1], str):
            parts[-1] += part
        elif part != "":
            parts.append(part)
    if len(parts) > 1:
        return Pieces(parts)
    alone = parts[0] if parts else ""
    return Symbol((alone,)) if isinstance(alone, Ref) and _is_zone(alone) else alone


def _parts(value: Value) -> Iterator[str | Ref | Unknown]:
    value = text_of(value)
    if isinstance(value, (Pieces, Symbol)):
        yield from value.parts
    elif isinstance(value, (str, Ref, Unknown)):
        yield value
    elif value is not None:
        raise EvaluationError("a list or map stands where a text is needed")


def _is_zone(ref: Ref) -> bool:
    return _ZONE.fullmatch(ref.attribute) is not None


def split(separator: str, text: str) -> Value:
    """
    Return the pieces of the text; unknown when an unknown part of it may hold the separator.
    """
    if not isinstance(text, (Pieces, Symbol)):
        return Seq(tuple(text.split(separator)), "list")
    if separator not in _SAFE or any(isinstance(part, Unknown) for part in text.parts):
        return unsettled(text)
    groups: list[list[str | Ref | Unknown]] = [[]]
    for part in text.parts:
        first, *rest = part.split(separator) if isinstance(part, str) else (part,)
        groups[-1].append(first)
        groups.extend([piece] for piece in rest)
    return Seq(tuple(concatenate(group) for group in groups), "list")


def unsettled(text: str) -> Value:
    """
    Return what is unknown about the text, or the text when nothing is.
    """
    if isinstance(text, Symbol):
        return merged([part for part in text.parts if isinstance(part, Ref)])
    if not isinstance(text, Pieces):
        return text
    last = text.parts[-1]
    ends = last.ends if isinstance(last, Unknown) else last if isinstance(last, str) else ""
    return replace(merged([part for part in text.parts if not isinstance(part, str)]), ends=ends)


def hidden(value: Value) -> Value:
    """
    Return the value with every text unknown of which not all characters are known.
    """
    return _changed(value, zones=False)


def settled(value: Value) -> Value:
    """
    Return the value as it leaves the evaluation: only texts made of names of zones are told apart further on.
    """
    return _changed(value, zones=True)


def _changed(value: Value, *, zones: bool) -> Value:
    if isinstance(value, Seq):
        return Seq(tuple(_changed(item, zones=zones) for item in value.items), value.kind)
    if isinstance(value, Map):
        return Map.of({key: _changed(item, zones=zones) for key, item in value.items()}, value.kind)
    if isinstance(value, Unknown) and (value.among or isinstance(value.element, (str, Seq, Map))):
        among = tuple(_changed(item, zones=zones) for item in value.among)
        return replace(value, among=among, element=_changed(value.element, zones=zones))
    if isinstance(value, Symbol):
        return value if zones else unsettled(value)
    if isinstance(value, Pieces):
        parts = [part for part in value.parts if isinstance(part, str) or (isinstance(part, Ref) and _is_zone(part))]
        return Symbol(parts) if zones and len(parts) == len(value.parts) else unsettled(value)
    return value
