"""
New rules among the data that a group's rules are made from: an entry of a list or object, like one that is there.

The idea: an entry that makes a rule shows by its names and values how rules are written here. A copy of it, with the values of
the new rule in the places of the old ones, is one more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sglint.finding import Edit
from sglint.fix.change import Opening
from sglint.fix.rules import Written
from sglint.fix.terraform import hcl
from sglint.fix.terraform.origin import Terraform, enclosing, holds
from sglint.fix.text import Texts, at, offset
from sglint.frozen import frozen
from sglint.model import Direction, Prefix
from sglint.source import Span
from sglint.space import Protocol
from sglint.syntax import Expr, Literal, ObjectExpr, TupleExpr

Edits = tuple[Edit, ...]

SAYS = "everyone, so that flows are not tracked"
"""The description of a new rule where the others have one."""

PROTOCOLS = ("protocol", "ip_protocol")
WAYS = {Direction.IN: "ingress", Direction.OUT: "egress"}


@frozen
class Sample:
    """
    An entry that makes a rule: the object, the list or object that holds it, and what stands where in it.
    """

    item: ObjectExpr
    holder: TupleExpr | ObjectExpr
    parts: tuple[tuple[str, Expr], ...]

    def texts(self, one: Opening) -> Mapping[Span, str] | None:
        """
        Return what is to stand in the places of the sample for another rule, None where it has no place for something.
        """
        new: dict[Span, str] = {}
        values: dict[str, str | int] = {
            "protocol": one.protocol.value,
            "from": one.ports.first,
            "to": one.ports.last,
            "way": WAYS[one.direction],
        }
        for name, expr in self.parts:
            if name == "peer":
                text = hcl.value([str(one.peer)]) if isinstance(expr, TupleExpr) else hcl.value(str(one.peer))
            else:
                text = in_kind(expr, values[name])
            if new.setdefault(expr.span, text) != text:
                return None
        return new


def cloned(files: Terraform, rules: Sequence[Written], openings: Sequence[Opening]) -> Edits:
    """
    Return edits that add an entry for each opening to the data of the group's rules, nothing where they are not made from data.
    """
    found: dict[Span, list[tuple[Sample, Mapping[Span, str], Opening]]] = {}
    for one in openings:
        made = next(((sample, text) for sample in samples(files, rules, one) if (text := sample.texts(one)) is not None), None)
        if made is None:
            return ()
        found.setdefault(made[0].holder.span, []).append((*made, one))
    return tuple(edit for listed in found.values() for edit in appended(files.texts, listed))


def samples(files: Terraform, rules: Sequence[Written], one: Opening) -> Iterator[Sample]:
    """
    Yield the entries that make rules of which one more could be what is wanted, those of the same direction first.
    """
    for rule in sorted(rules, key=lambda each: each.direction is not one.direction):
        place = dict(rule.origin.fields)
        turned = rule.direction is not one.direction
        if len(rule.of(one.family)) == 1:
            yield from of_rule(files, rule, one, place, turned=turned)


def of_rule(files: Terraform, rule: Written, one: Opening, place: Mapping[str, Span], *, turned: bool) -> Iterator[Sample]:
    """
    Yield the entries that may make a rule.
    """
    path, found = rule.of(one.family)[0]
    protocol = next((name for name in PROTOCOLS if rule.at(name) in place), "")
    names = {"protocol": rule.at(protocol), "from": rule.at("from_port"), "to": rule.at("to_port"), "peer": path}
    if turned:
        if rule.at("type") not in place:
            return
        names["way"] = rule.at("type")
    sources = {name: [each.expr for each in files.sources(rule.origin, where)] for name, where in names.items()}
    entries = {each.span: each for listed in sources.values() for expr in listed for each in first_object(files.texts, expr)}
    for item in entries.values():
        inside = {name: [expr for expr in listed if holds(item.span, expr.span)] for name, listed in sources.items()}
        missing = {name for name, listed in inside.items() if len(listed) != 1}
        if missing - ({"peer"} if found == (one.peer,) else set()):
            continue
        holder = next(enclosing(files.texts, item.span), None)
        parts = tuple((name, listed[0]) for name, listed in inside.items() if listed)
        if holder is not None and matches(rule, dict(parts), found):
            yield Sample(item, holder, parts)


def first_object(texts: Texts, expr: Expr) -> Iterable[ObjectExpr]:
    """
    Return the object that a value stands in.
    """
    around = next((one for one in enclosing(texts, expr.span) if isinstance(one, ObjectExpr)), None)
    return () if around is None else (around,)


def matches(rule: Written, parts: Mapping[str, Expr], peers: Sequence[Prefix]) -> bool:
    """
    Return whether the values in an entry are those of a rule.
    """
    word, first, last = (parts.get(name) for name in ("protocol", "from", "to"))
    if not isinstance(first, Literal) or not isinstance(last, Literal) or not isinstance(word, Literal):
        return False
    whole = {protocol for protocol, _ in rule.services} == set(Protocol)
    ports = {(str(each.first), str(each.last)) for _, each in rule.services}
    told = whole if str(word.value) in {"-1", "all"} else (str(first.value), str(last.value)) in ports
    same = {protocol.value for protocol, _ in rule.services} == {str(word.value).lower()} or whole
    named = parts.get("peer")
    items = named.items if isinstance(named, TupleExpr) else () if named is None else (named,)
    texts = {one.value if isinstance(one, Literal) else None for one in items}
    who = {str(one) for one in peers}
    return told and same and (named is None or texts == who or (texts - who == {None} and len(items) == len(peers)))


def in_kind(expr: Expr, value: str | int) -> str:
    """
    Return a value as the other is: a text in quotes, or a number.
    """
    if isinstance(expr, Literal) and isinstance(expr.value, str):
        return hcl.quote(str(value))
    return hcl.value(value)


def appended(texts: Texts, listed: Sequence[tuple[Sample, Mapping[Span, str], Opening]]) -> Iterator[Edit]:
    """
    Yield the edit that adds entries at the end of a list or object.
    """
    holder = listed[0][0].holder
    path, newline = holder.span.path, texts.newline(holder.span.path)
    last = holder.items[-1][1] if isinstance(holder, ObjectExpr) else holder.items[-1]
    start = holder.items[-1][0] if isinstance(holder, ObjectExpr) else last
    line = texts.line(path, last.span.end_line)
    comma = line[last.span.end_column - 1 :].lstrip().startswith(",")
    column = line.index(",", last.span.end_column - 1) + 2 if comma else last.span.end_column
    names, apart = keys_for(texts, holder, [one for _, _, one in listed]) if isinstance(holder, ObjectExpr) else ([], False)
    written = texts.line(path, start.span.line)
    indent = written[: len(written) - len(written.lstrip())]
    spread, json = holder.span.line != start.span.line, path.endswith(".json")
    text = newline if apart and spread and not json else ""
    for number, (sample, new, _) in enumerate(listed):
        body = copied(texts, sample.item, new)
        name = names[number] if names else ""
        if isinstance(holder, ObjectExpr):
            name = f'"{name.strip()}": ' if json else f"{name if spread else name.strip()} = "
        end = "," if comma else ""
        separator = "," if not comma and (isinstance(holder, TupleExpr) or not spread or json) else ""
        text += f"{separator}{newline}{indent}{name}{body}{end}" if spread else f"{separator or ','} {name}{body}"
    yield Edit(at(path, last.span.end_line, column), text)


def keys_for(texts: Texts, holder: ObjectExpr, listed: Sequence[Opening]) -> tuple[list[str], bool]:
    """
    Return keys for new entries, as wide as the others where they fit, and whether they must stand apart from them.
    """
    names: list[str] = []
    taken = {str(key.value) for key, _ in holder.items if isinstance(key, Literal)}
    for one in listed:
        stem = f"{one.protocol.value}_{'in' if one.direction is Direction.IN else 'out'}"
        stem += "" if one.peer.version == 4 else "_v6"
        numbered = (f"{stem}_{number}" for number in range(2, len(taken) + 3))
        names.append(next(each for each in (stem, *numbered) if each not in taken))
        taken.add(names[-1])
    key, item = holder.items[-1]
    before = texts.line(key.span.path, key.span.line)
    if item.span.end_line != key.span.line or "=" not in before[key.span.end_column - 1 :]:
        return names, False
    width = before.index("=", key.span.end_column - 1) - key.span.column
    widest = max(map(len, names))
    return [name.ljust(max(width, widest)) for name in names], widest > width


def copied(texts: Texts, item: ObjectExpr, new: Mapping[Span, str]) -> str:
    """
    Return the text of an entry with other values, and a description of its own where it has one.
    """
    text = texts.text(item.span.path) or ""
    places = dict(new)
    for key, value in item.items:
        if isinstance(key, Literal) and "desc" in str(key.value).lower() and isinstance(value, Literal):
            places.setdefault(value.span, hcl.quote(SAYS))
    start = offset(text, item.span.line, item.span.column)
    end = offset(text, item.span.end_line, item.span.end_column)
    found, reached = "", start
    for span in sorted(places):
        first, last = offset(text, span.line, span.column), offset(text, span.end_line, span.end_column)
        found += text[reached:first] + places[span]
        reached = last
    kept = (found + text[reached:end]).split("\n")
    return "\n".join(line for line in kept if not line.lstrip().startswith(("#", "//")))
