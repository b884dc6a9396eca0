"""
The order of the items of a set, which is Terraform's order of iteration.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sglint.evaluate.terraform.digits import general_text
from sglint.evaluate.terraform.typed import bare
from sglint.evaluate.terraform.types import Collection, Type
from sglint.evaluate.terraform.unknown import same, wholly_known
from sglint.value import Map, Marked, Null, Ref, Seq, Unknown, Value

_KNOWN, _NULL, _REF, _UNKNOWN = range(4)
_ESCAPES = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", '"': '\\"', "\\": "\\\\"}


def set_of(items: Iterable[Value], element: Type) -> Seq:
    """
    Return the set of these items of one type: without duplicates, and in Terraform's order.

    Two references to one thing are one item. Two unknowns stay two, because nothing says that they are equal.
    """
    kept: dict[object, Value] = {}
    for item in map(bare, items):
        if isinstance(item, Unknown) or not (isinstance(item, Ref) or wholly_known(item)):
            kept[("unknown", len(kept))] = item
            continue
        key: tuple[str, ...] = ("ref", str(item)) if isinstance(item, Ref) else ("known", _hash_text(item))
        while key in kept and not same(kept[key], item):
            key = (*key, "again")
        kept.setdefault(key, item)
    return Seq(tuple(sorted(kept.values(), key=_set_order)), "set", Collection("set", element))


def _set_order(value: Value) -> tuple[int, object]:
    if value is None:
        return _NULL, 0
    if isinstance(value, Ref):
        return _REF, str(value)
    if isinstance(value, Unknown):
        return _UNKNOWN, 0
    if isinstance(value, (str, bool, int, Decimal)):
        return _KNOWN, value
    return _KNOWN, _hash_text(value).encode(errors="surrogatepass")


def _hash_text(value: Value) -> str:
    """
    Return the text by which Terraform orders the items of a set that are not primitive.
    """
    if value is None:
        return "~"
    if isinstance(value, (Ref, Unknown, Marked)):
        return "?"
    if isinstance(value, bool):
        return "T" if value else "F"
    if isinstance(value, (int, Decimal)):
        return general_text(value, 10) if value else "0"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Map) and value.kind == "map":
        return "{" + "".join(f"{quoted(key)}:{_hash_text(item)};" for key, item in value.items()) + "}"
    if isinstance(value, Null):
        return "~"
    items = value.values() if isinstance(value, Map) else value.items
    opening, closing = ("[", "]") if isinstance(value, Seq) and value.kind != "tuple" else ("<", ">")
    return opening + "".join(f"{_hash_text(item)};" for item in items) + closing


def quoted(text: str) -> str:
    """
    Return the text in double quotes, with escapes for what cannot be printed.
    """
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
