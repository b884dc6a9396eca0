"""
YAML, written as Terraform writes it.
"""

from __future__ import annotations

import re
from decimal import Decimal

from sglint.evaluate.terraform.number import number_text
from sglint.value import Map, Null, Seq, Value

WIDTH = 80
"""A quoted text is folded at the first single space after this column."""

LONGEST_KEY = 128
"""A key of more bytes than this stands on lines of its own."""

_BREAKS = re.compile("[\n\r\x85\u2028\u2029]")
_ESCAPES = {
    "\0": "\\0",
    "\a": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
    "\x1b": "\\e",
    '"': '\\"',
    "\\": "\\\\",
    "\x85": "\\N",
    "\u2028": "\\L",
    "\u2029": "\\P",
}


def yaml_text(value: Value) -> str:
    """
    Return the value as a YAML document, spelled as Terraform spells it.
    """
    lines = _node(value, 0, 0)
    plain = not isinstance(value, (Seq, Map, str))
    return "\n".join([*lines, *(["..."] if plain else [])]) + "\n"


def _node(value: Value, indent: int, column: int) -> list[str]:
    """
    Return the lines of a value that starts in this column; all but the first are indented already.
    """
    if isinstance(value, Seq) and len(value):
        lines = []
        for item in value:
            first, *rest = _node(item, indent + 2, indent + 2)
            lines += [f"{' ' * indent}- {first}", *rest]
    elif isinstance(value, Map) and len(value):
        lines = [line for key, item in value.items() for line in _entry(key, item, indent)]
    else:
        return _scalar_lines(value, max(indent, 2), column)
    return [lines[0][indent:], *lines[1:]]


def _entry(key: str, value: Value, indent: int) -> list[str]:
    if _BREAKS.search(key) or len(key.encode()) > LONGEST_KEY:
        return _long_entry(key, value, indent)
    start = f"{' ' * indent}{_quoted(key)}:"
    if isinstance(value, (Map, Seq)) and len(value):
        inner = indent + 2 if isinstance(value, Map) else indent
        first, *rest = _node(value, inner, inner)
        return [start, f"{' ' * inner}{first}", *rest]
    first, *rest = _scalar_lines(value, indent + 2, len(start) + 1)
    return [f"{start} {first}", *rest]


def _long_entry(key: str, value: Value, indent: int) -> list[str]:
    """
    Return the lines of an entry whose key does not fit before a colon.
    """
    inner = indent + 2
    asked, *rest = _scalar_lines(key, inner, inner)
    first, *lines = _node(value, inner, inner)
    return [f"{' ' * indent}? {asked}", *rest, f"{' ' * indent}: {first}", *lines]


def _scalar_lines(value: Value, indent: int, column: int) -> list[str]:
    if isinstance(value, Seq):
        return ["[]"]
    if isinstance(value, Map):
        return ["{}"]
    if value is None or isinstance(value, Null):
        return ["null"]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, (int, Decimal)):
        return [number_text(value)]
    if isinstance(value, str) and "\n" in value and _may_be_literal(value):
        return _literal(value, indent)
    return _folded(str(value), indent, column)


def _folded(text: str, indent: int, column: int) -> list[str]:
    """
    Return the text in quotes; after the 80th column a line ends at the next single space.
    """
    lines, line, after_space = [], '"', False
    for position, character in enumerate(text):
        if character == " " and not after_space and column + len(line) > WIDTH and 0 < position < len(text) - 1:
            lines.append(line)
            line, column = " " * indent + ("\\" if text[position + 1] == " " else ""), 0
        else:
            line += _escaped(character)
        after_space = character == " "
    return [*lines, line + '"']


def _may_be_literal(text: str) -> bool:
    """
    Return whether the text can stand as a block: nothing in it needs an escape, and no line ends with a space.
    """
    return not re.search(r" (?:\n|\Z)", text) and all(c == "\n" or _printable(c) for c in text)


def _literal(text: str, indent: int) -> list[str]:
    body = text.rstrip("\n")
    trailing = len(text) - len(body)
    keep = "-" if trailing == 0 else "+" if trailing > 1 or not body else ""
    hint = "2" if text[0] in " \n" else ""
    lines = text.split("\n")
    if trailing:
        lines.pop()
    return [f"|{hint}{keep}", *(f"{' ' * indent}{line}" if line else line for line in lines)]


def _printable(character: str) -> bool:
    code = ord(character)
    return 0x20 <= code <= 0x7E or 0xA0 <= code <= 0xD7FF or (0xE000 <= code <= 0xFFFD and code != 0xFEFF)


def _quoted(text: str) -> str:
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if _printable(character):
        return character
    code = ord(character)
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
