"""
The values that hold: those of the command line, else those of the configuration, else those that hold anyway.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from sglint.config.keys import ANY, EACH, KEYS, NAMES
from sglint.config.read import Configuration
from sglint.frozen import frozen

COMMAND_LINE, DEFAULT = "command line", "default"


@frozen
class Value:
    """
    A value: its key as one writes it, its texts, whether it is a list, and where it comes from.
    """

    name: str
    items: tuple[str, ...]
    several: bool
    origin: str
    path: str = ""
    line: int = 0


def effective(said: Configuration, given: Mapping[str, tuple[str, ...]]) -> tuple[Value, ...]:
    """
    Return the values that hold, by the order of the keys; `given` are those of the command line by their keys.
    """
    found: list[Value] = []
    selected = "select" in given
    for pattern, key in KEYS.items():
        several = key.kind is NAMES
        if pattern in given:
            found.append(Value(pattern, given[pattern], several, COMMAND_LINE))
        written = [one for _, one in said.of(pattern)]
        if pattern in given and pattern != "ignore":
            continue
        if selected and pattern == "ignore":
            continue
        for one in written:
            where = f"{one.span.path}:{one.span.line}"
            found.append(Value(one.name, one.items, several, where, one.span.path, one.span.line))
        if not written and pattern not in given and not {ANY, EACH} & set(pattern.split(".")) and key.default:
            found.append(Value(pattern, (key.default,), several=False, origin=DEFAULT))
    return tuple(found)


def render_text(said: Configuration, values: tuple[Value, ...]) -> str:
    """
    Return a line for each value, with where it comes from.
    """
    rows = [f"configuration: {_plain(said.path) or 'none, no sglint.toml here or above'}"]
    shown = [(_plain(one.name), _plain(_written(one)), _plain(one.origin)) for one in values]
    widths = [max((len(row[column]) for row in shown), default=0) for column in (0, 1)]
    rows += (f"{name:{widths[0]}} = {text:{min(widths[1], 60)}}  # {origin}" for name, text, origin in shown)
    return "\n".join(rows) + "\n"


def render_json(said: Configuration, values: tuple[Value, ...]) -> str:
    """
    Return the values as JSON.
    """
    rows = [
        {
            "key": one.name,
            "value": list(one.items) if one.several else one.items[0],
            "origin": "file" if one.path else one.origin,
            "file": one.path or None,
            "line": one.line or None,
        }
        for one in values
    ]
    return json.dumps({"schema": 1, "file": said.path or None, "values": rows}, indent=2).replace("\x7f", "\\u007f") + "\n"


def _written(one: Value) -> str:
    if one.origin == DEFAULT:
        return one.items[0]
    texts = [json.dumps(item, ensure_ascii=False) for item in one.items]
    return f"[{', '.join(texts)}]" if one.several else ", ".join(texts)


def _plain(text: str) -> str:
    """Return the text with nothing in it that steers a terminal."""
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)
