"""
Texts that are not known but told apart: the names of Availability Zones.

Nearly every network is spread over `data.aws_availability_zones.x.names`, by number or as the keys of maps. Which zones they
are depends on the account, so the names are not known; but they are different from each other, and that is all a key needs.
The idea: such a name is a `Symbol`, which goes through everything that only moves values, and becomes Unknown wherever its
characters would count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sglint.evaluate.terraform.unknown import merged
from sglint.value import Collection, Map, Primitive, Ref, Seq, Symbol, Unknown, Value

_ZONES = re.compile(r"(?:^|\.)data\.aws_availability_zones\.[^.]+$")
_NAMES = re.compile(r"(?:names|zone_ids)\[\d+\]")
_INSIDE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
"""The characters that the name of a zone can have."""


def named(ref: Ref) -> Value:
    """
    Return the Symbol of a zone's name, and any other reference as it is.
    """
    return Symbol((ref,)) if _NAMES.fullmatch(ref.attribute) and _ZONES.search(ref.address) else ref


def unknown(symbol: Symbol) -> Unknown:
    """
    Return what is unknown about the text.
    """
    refs = tuple(part for part in symbol.parts if isinstance(part, Ref))
    return Unknown(f"{refs[0]} is known only after deployment", refs=refs, type=Primitive("string"))


def hidden(value: Value) -> Value:
    """
    Return the value with every Symbol in it unknown, for operations that look at characters.
    """
    if isinstance(value, Symbol):
        return unknown(value)
    if isinstance(value, Seq) and any(isinstance(item, (Symbol, Seq, Map)) for item in value.items):
        return Seq(tuple(hidden(item) for item in value.items), value.kind, value.type)
    if isinstance(value, Map):
        symbols = [key for key in value if isinstance(key, Symbol)]
        if symbols:
            return unknown(symbols[0])
        return Map(tuple((key, hidden(item)) for key, item in value.items()), value.kind, value.type)
    return value


def concatenate(texts: Iterable[str]) -> str:
    """
    Return the texts joined; a Symbol among them makes it one.
    """
    parts: list[str | Ref] = []
    for text in texts:
        for part in text.parts if isinstance(text, Symbol) else (text,):
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            elif part != "":
                parts.append(part)
    return Symbol(parts) if any(isinstance(part, Ref) for part in parts) else "".join(map(str, parts))


def split(separator: str, symbol: Symbol) -> Value:
    """
    Return the pieces of the text; unknown when the separator could stand in the name of a zone.
    """
    if not separator or set(separator) & _INSIDE:
        return merged((unknown(symbol),))
    pieces: list[list[str | Ref]] = [[]]
    for part in symbol.parts:
        if isinstance(part, Ref):
            pieces[-1].append(part)
            continue
        first, *rest = part.split(separator)
        pieces[-1].append(first)
        pieces.extend([piece] for piece in rest)
    return Seq(tuple(_piece(piece) for piece in pieces), "list", Collection("list", Primitive("string")))


def _piece(parts: Sequence[str | Ref]) -> str:
    return concatenate(Symbol((part,)) if isinstance(part, Ref) else part for part in parts)


def same_text(a: str, b: str) -> bool | Unknown:
    """
    Return whether two texts are equal, at least one of them being a Symbol.
    """
    left, right = (text.parts if isinstance(text, Symbol) else (text,) for text in (a, b))
    if left == right:
        return True
    if len(left) == len(right) and all(_alike(x, y) for x, y in zip(left, right, strict=True)):
        return False
    if _differ(left[0], right[0], end=False) or _differ(left[-1], right[-1], end=True):
        return False
    symbol = a if isinstance(a, Symbol) else b
    return unknown(symbol) if isinstance(symbol, Symbol) else False


def _alike(a: str | Ref, b: str | Ref) -> bool:
    """
    Return whether both are the same text, or zones of one list (two of which are never equal).
    """
    if isinstance(a, Ref) and isinstance(b, Ref):
        return a.address == b.address and a.attribute.partition("[")[0] == b.attribute.partition("[")[0]
    return a == b


def _differ(a: str | Ref, b: str | Ref, *, end: bool) -> bool:
    """
    Return whether the first (or last) parts show that the texts differ.
    """
    if isinstance(a, Ref) and isinstance(b, Ref):
        return False
    if isinstance(a, str) and isinstance(b, str):
        length = min(len(a), len(b))
        return a[-length:] != b[-length:] if end else a[:length] != b[:length]
    text = a if isinstance(a, str) else str(b)
    return text == "" or (text[-1] if end else text[0]) not in _INSIDE


def may_match(symbol: str, keys: Iterable[str]) -> bool:
    """
    Return whether a key that is not there by its identity may be there all the same.
    """
    return any(same_text(symbol, key) is not False for key in keys if isinstance(symbol, Symbol) or isinstance(key, Symbol))
