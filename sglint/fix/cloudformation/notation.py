"""
Data as text in the style of a template: its indentation, block or flow, its quotes, its short functions, YAML or JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from sglint.fix.cloudformation.origin import nodes
from sglint.fix.text import Texts
from sglint.frozen import frozen
from sglint.source import Span
from sglint.template import Intrinsic, List, Node, Scalar
from sglint.template import Mapping as Mapped


@frozen
class Get:
    """
    `!GetAtt resource.attribute`, or `!Ref resource` where there is no attribute.
    """

    resource: str
    attribute: str = ""


PLAIN = re.compile(r"[A-Za-z0-9/](?:[A-Za-z0-9./_-]|:(?=[^\s]))*")
"""What needs no quotes in YAML."""

NO_TEXT = re.compile(r"(?i)y|n|yes|no|on|off|true|false|null|[0-9][0-9_.]*(?:e[+-]?[0-9]+)?")
"""What YAML takes for something else than a text where it has no quotes."""


@frozen
class Quoted:
    """
    A text or number in quotes.
    """

    text: str
    mark: str


Data: TypeAlias = "str | int | bool | Get | Quoted | Sequence[Data] | Mapping[str, Data]"


@frozen
class Style:
    """
    How a template is written: in JSON or YAML, by how much it indents, how far lists stand in from their key, which quotes and
    functions it uses, how its lines end.
    """

    json: bool
    step: int = 2
    lists: int = 2
    quote: str = '"'
    short: bool = True
    newline: str = "\n"


def style_of(texts: Texts, path: str) -> Style:
    """
    Return how a template is written.
    """
    text = texts.text(path) or ""
    body = texts.template(path).body
    if text.lstrip(" \t\r\n\ufeff").startswith("{"):
        return Style(json=True, step=json_step(text), newline=texts.newline(path))
    found = () if body is None else tuple(nodes(body))
    steps = [inner - outer for outer, inner in deeper(texts, found)]
    lists = [one.span.column - outer for outer, one in listed(texts, found)]
    single, double = text.count("'"), text.count('"')
    functions = [texts.written(one.span)[:1] == "!" for one in found if isinstance(one, Intrinsic)]
    return Style(
        json=False,
        step=min(steps, default=2),
        lists=min(lists, default=2),
        quote="'" if single > double else '"',
        short=not functions or any(functions),
        newline=texts.newline(path),
    )


def json_step(text: str) -> int:
    """
    Return by how many spaces JSON is indented; 0 for JSON on one line.
    """
    line = next((line for line in text.split("\n")[1:] if line.strip()), "")
    return len(line) - len(line.lstrip(" "))


def deeper(texts: Texts, found: Sequence[Node]) -> Iterator[tuple[int, int]]:
    """
    Yield the columns of keys and of the keys in what they hold, in block style.
    """
    for node in found:
        for entry in node if isinstance(node, Mapped) and not is_flow(texts, node) else ():
            if isinstance(entry.value, Mapped) and not is_flow(texts, entry.value) and entry.value.span.line > entry.span.line:
                yield entry.span.column, entry.value.span.column


def listed(texts: Texts, found: Sequence[Node]) -> Iterator[tuple[int, List]]:
    """
    Yield the columns of keys that hold lists in block style.
    """
    for node in found:
        for entry in node if isinstance(node, Mapped) else ():
            if isinstance(entry.value, List) and not is_flow(texts, entry.value):
                yield entry.span.column, entry.value


def is_flow(texts: Texts, node: Node) -> bool:
    """
    Return whether a list or mapping is written in brackets.
    """
    return texts.written(node.span)[:1] in {"[", "{"}


def lines(data: Data, style: Style) -> list[str]:
    """
    Return data in block style, from the first column on.

    >>> print("\\n".join(lines({"A": [{"B": 1, "C": "::/0"}], "D": Get("G", "Id")}, Style(json=False))))
    A:
      - B: 1
        C: "::/0"
    D: !GetAtt G.Id
    """
    if style.json:
        return json.dumps(plain(data), indent=style.step or None, ensure_ascii=False).split("\n")
    found: list[str] = []
    if isinstance(data, Mapping):
        for key, value in data.items():
            if isinstance(value, Mapping):
                found += [f"{key}:", *indented(lines(value, style), style.step)]
            elif isinstance(value, (list, tuple)):
                found += [f"{key}:", *indented(lines(value, style), style.lists)]
            else:
                found.append(f"{key}: {scalar(value, style)}")
    elif isinstance(data, (list, tuple)):
        for item in data:
            first, *rest = lines(item, style) if isinstance(item, Mapping) else [scalar(item, style)]
            found += [f"- {first}", *indented(rest, 2)]
    else:
        found.append(scalar(data, style))
    return found


def indented(some: Sequence[str], by: int) -> list[str]:
    """
    Return lines further in.
    """
    return [f"{' ' * by}{line}" for line in some]


def scalar(value: Data, style: Style) -> str:
    """
    Return a value that stands on its line.
    """
    if isinstance(value, Get) and style.short:
        return f"!GetAtt {value.resource}.{value.attribute}" if value.attribute else f"!Ref {value.resource}"
    if isinstance(value, Quoted):
        return f"{value.mark}{value.text}{value.mark}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        plain = PLAIN.fullmatch(value) and not NO_TEXT.fullmatch(value)
        return value if plain else f"{style.quote}{value}{style.quote}"
    return flow(value, style)


def flow(data: Data, style: Style) -> str:
    """
    Return data in one line.

    >>> flow({"A": [1, Get("G")]}, Style(json=True)), flow({"A": [1, Get("G")], "B": "::/0"}, Style(json=False))
    ('{"A": [1, {"Ref": "G"}]}', '{A: [1, !Ref G], B: "::/0"}')
    """
    if style.json:
        return json.dumps(plain(data), ensure_ascii=False)
    if isinstance(data, Mapping):
        return "{" + ", ".join(f"{key}: {flow(value, style)}" for key, value in data.items()) + "}"
    if isinstance(data, (list, tuple)):
        return "[" + ", ".join(flow(item, style) for item in data) + "]"
    if isinstance(data, Get) and not style.short:
        return json.dumps(plain(data), ensure_ascii=False)
    return scalar(data, style)


def plain(data: Data) -> object:
    """
    Return data with long functions.
    """
    if isinstance(data, Quoted):
        return data.text
    if isinstance(data, Get):
        return {"Fn::GetAtt": [data.resource, data.attribute]} if data.attribute else {"Ref": data.resource}
    if isinstance(data, Mapping):
        return {key: plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [plain(value) for value in data]
    return data


def like(texts: Texts, node: Scalar, value: str | int) -> str:
    """
    Return a value written as the other was: in the same quotes, or without.
    """
    written = texts.written(node.span)
    mark = written[:1]
    if mark in {'"', "'"}:
        return f"{mark}{value}{mark}"
    return f'"{value}"' if ":" in str(value) else str(value)


def end_of(texts: Texts, node: Node) -> Span:
    """
    Return the empty place at the end of the last line of a node.
    """
    last = node.span.end_line if node.span.end_column > 1 else node.span.end_line - 1
    while last > node.span.line and not texts.line(node.span.path, last).strip():
        last -= 1
    column = len(texts.line(node.span.path, last)) + 1
    return Span(node.span.path, last, column, last, column)
