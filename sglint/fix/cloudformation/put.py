"""
New text in a template: an item of a list, a key of a mapping, a resource; and what goes with one that is taken out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sglint.finding import Edit
from sglint.fix.change import Opening
from sglint.fix.cloudformation.notation import Data, Quoted, Style, end_of, flow, indented, is_flow, lines, style_of
from sglint.fix.cloudformation.origin import Stacks
from sglint.fix.rules import Written
from sglint.fix.text import Texts, at
from sglint.source import Span
from sglint.space import Family
from sglint.template import Entry, List, Node, Scalar
from sglint.template import Mapping as Mapped


def append(texts: Texts, held: List, items: Sequence[Data], style: Style) -> Edit:
    """
    Return the edit that adds items to a list, their keys in the order of those that are there, their values in quotes where
    those of the last one are.
    """
    items = [quoted(texts, held, in_order(held, item)) for item in items]
    if is_flow(texts, held):
        return into_flow(texts, held, held.items, [(None, item) for item in items], style)
    column = held.span.column - 1
    found = lines(list(items), style)
    return Edit(end_of(texts, held), "".join(f"{style.newline}{' ' * column}{line}" for line in found))


def in_order(held: List, item: Data) -> Data:
    """
    Return an item of a list with its keys in the order of the one there that has most of them; others stay behind the same key.
    """
    if not isinstance(item, Mapping):
        return item
    slots = {key: "peer" if key.startswith("Cidr") else key for key in item}
    beside = [
        ["peer" if one.key.startswith("Cidr") else one.key for one in each] for each in held.items if isinstance(each, Mapped)
    ]
    like = max(reversed(beside), key=lambda one: len(set(one) & set(slots.values())), default=[])
    places: dict[str, tuple[int, int]] = {}
    last = -1
    for number, (key, slot) in enumerate(slots.items()):
        last = like.index(slot) if slot in like else last
        places[key] = (last, number)
    return {key: item[key] for key in sorted(item, key=places.__getitem__)}


def quoted(texts: Texts, held: List, item: Data) -> Data:
    """
    Return an item of a list with the quotes of the last one that is there.
    """
    last = held.items[-1] if held.items else None
    if not isinstance(item, Mapping) or not isinstance(last, Mapped):
        return item
    marks = {entry.key: texts.written(entry.value.span)[:1] for entry in last if isinstance(entry.value, Scalar)}
    kept = {key: marks.get(key, "") if isinstance(value, (str, int)) else "" for key, value in item.items()}
    return {key: Quoted(str(value), kept[key]) if kept[key] in {'"', "'"} else value for key, value in item.items()}


def set_in(texts: Texts, held: Mapped, path: Sequence[str], value: Data, style: Style) -> Edit:
    """
    Return the edit that gives a mapping a key, or one in the mapping under its first key.
    """
    inner = held.get(path[0])
    if len(path) > 1 and isinstance(inner, Mapped):
        return set_in(texts, inner, path[1:], value, style)
    data: Data = value
    for name in reversed(path[1:]):
        data = {name: data}
    return add_key(texts, held, path[0], data, style)


def add_key(texts: Texts, held: Mapped, key: str, data: Data, style: Style) -> Edit:
    """
    Return the edit that adds a key at the end of a mapping.
    """
    if is_flow(texts, held):
        return into_flow(texts, held, [entry.value for entry in held], [(key, data)], style)
    column = held.span.column - 1
    found = lines({key: data}, style)
    return Edit(end_of(texts, held), "".join(f"{style.newline}{' ' * column}{line}" for line in found))


def into_flow(texts: Texts, held: Node, there: Sequence[Node], new: Sequence[tuple[str | None, Data]], style: Style) -> Edit:
    """
    Return the edit that adds items to what is written in brackets: on lines of their own where the others are.
    """
    path = held.span.path
    if not there:
        inner = ", ".join(in_line(key, data, style) for key, data in new)
        mark = texts.written(held.span)
        return Edit(held.span, f"{mark[0]}{inner}{mark[-1]}")
    last = there[-1]
    place = at(path, last.span.end_line, last.span.end_column)
    start = first_of(held)
    if held.span.line in {held.span.end_line, start.line}:
        return Edit(place, "".join(f", {in_line(key, data, style)}" for key, data in new))
    line = texts.line(path, start.line)
    indent = len(line) - len(line.lstrip())
    spread = style.json and last.span.end_line > last.span.line
    text = ""
    for key, data in new:
        found = lines(data, style) if style.json and (spread or key is not None) else [in_line(None, data, style)]
        first = found[0] if key is None else f'"{key}": {found[0]}' if style.json else f"{key}: {found[0]}"
        text += "," + style.newline + style.newline.join([" " * indent + first, *indented(found[1:], indent)])
    return Edit(place, text)


def in_line(key: str | None, data: Data, style: Style) -> str:
    """
    Return an item in one line.
    """
    name = "" if key is None else f'"{key}": ' if style.json else f"{key}: "
    return name + flow(data, style)


def first_of(held: Node) -> Span:
    """
    Return the place of the first thing in brackets.
    """
    if isinstance(held, Mapped) and held.entries:
        return held.entries[0].span
    if isinstance(held, List) and held.items:
        return held.items[0].span
    return held.span


def resource_after(texts: Texts, entry: Entry, found: Mapping[str, Data], style: Style) -> Edit:
    """
    Return the edit that adds resources after another one, with an empty line between where the template has such.
    """
    path = entry.span.path
    if style.json:
        line = texts.line(path, entry.span.line)
        indent = len(line) - len(line.lstrip())
        place = at(path, entry.value.span.end_line, entry.value.span.end_column)
        if not style.step:
            return Edit(place, "".join(f", {in_line(key, data, style)}" for key, data in found.items()))
        text = ""
        for key, data in found.items():
            body = lines(data, style)
            text += "," + style.newline + style.newline.join([f'{" " * indent}"{key}": {body[0]}', *indented(body[1:], indent)])
        return Edit(place, text)
    place = end_of(texts, entry.value)
    above, below = (texts.line(path, number).strip() for number in (entry.span.line - 1, place.line + 1))
    apart = not above or (not below and bool(texts.line(path, place.line + 2).strip()))
    column = entry.span.column - 1
    text = ""
    for key, data in found.items():
        text += style.newline if apart else ""
        text += "".join(f"{style.newline}{' ' * column}{line}" for line in lines({key: data}, style))
    return Edit(place, text)


def without_item(files: Stacks, rule: Written) -> tuple[Edit, ...]:
    """
    Return the edit that takes a rule out of the list that it is written in, or the resource that it is.
    """
    texts = files.texts
    entry = files.resource(rule.origin)
    if entry is None or not stands_there(files, rule):
        return ()
    if not rule.inline:
        name = entry.key
        body = texts.text(entry.span.path) or ""
        gone = body.count(name) == 1 and not style_of(texts, entry.span.path).json
        return (lines_out(texts, entry.span, entry.value),) if gone else ()
    place = dict(rule.origin.fields).get(rule.prefix)
    properties = entry.value.get("Properties") if isinstance(entry.value, Mapped) else None
    held = properties.get(rule.prefix.partition("[")[0]) if isinstance(properties, Mapped) else None
    item = next((one for one in held.items if one.span == place), None) if isinstance(held, List) else None
    if item is None or not isinstance(held, List) or len(held.items) < 2:
        return ()
    if not is_flow(texts, held):
        return (lines_out(texts, item.span, item),)
    number = held.items.index(item)
    if number == 0:
        return ()
    before = held.items[number - 1].span
    return (Edit(Span(item.span.path, before.end_line, before.end_column, item.span.end_line, item.span.end_column), ""),)


def stands_there(files: Stacks, rule: Written) -> bool:
    """
    Return whether what a rule names is written in it, and comes from nowhere else.
    """
    places = dict(rule.origin.fields)
    return all([one.node.span for one in files.sources(rule.origin, path)] == [places.get(path)] for path, _ in rule.peers)


def lines_out(texts: Texts, start: Span, node: Node) -> Edit:
    """
    Return the edit that takes out all lines from a place to the end of a node, with the empty lines before them.
    """
    first = start.line
    while first > 1 and not texts.line(start.path, first - 1).strip():
        first -= 1
    return Edit(Span(start.path, first, 1, end_of(texts, node).line + 1, 1), "")


def rule_of(one: Opening) -> dict[str, Data]:
    """
    Return a rule as templates write it.
    """
    cidr = "CidrIp" if one.family is Family.IPV4 else "CidrIpv6"
    return {"IpProtocol": one.protocol.value, "FromPort": one.ports.first, "ToPort": one.ports.last, cidr: str(one.peer)}
