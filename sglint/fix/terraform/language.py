"""
How rules, timeouts and modes are edited in Terraform files.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice

from sglint.finding import Edit
from sglint.fix.change import Opening, SetTimeout
from sglint.fix.language import PLACES, Edits, Language
from sglint.fix.rules import Written
from sglint.fix.terraform import hcl
from sglint.fix.terraform.add import added, unused
from sglint.fix.terraform.attribute import attribute_edits
from sglint.fix.terraform.filter import filtering
from sglint.fix.terraform.origin import Terraform, Where, enclosing
from sglint.fix.terraform.own import attaching
from sglint.fix.terraform.place import inserted, without
from sglint.fix.terraform.swap import swapping
from sglint.fix.text import Texts, offsets
from sglint.model import Prefix
from sglint.resource import Origin, split_key
from sglint.rule import Judged
from sglint.source import Span
from sglint.space import EVERYONE, Family
from sglint.syntax import Expr, Literal, TupleExpr


def language(files: Terraform, net: Judged) -> Language:
    """
    Return how the files of a root module are edited.
    """
    return Language(
        is_here=lambda _: True,
        ignored=partial(ignored, files),
        joined=partial(joined, files),
        widened=partial(widened, files),
        to_everyone=partial(to_everyone, files),
        added=partial(added, files, net),
        fewer=partial(fewer, files),
        without=partial(gone, files),
        attached=partial(attaching, files, net),
        swapped=partial(swapping, files, net, fewer=partial(fewer, files)),
        timeout=partial(timeout, files),
        filtered=partial(filtering, files, net),
        appliance_mode=partial(set_to, files, name="appliance_mode_support", text="enable"),
    )


def ignored(files: Terraform, rule: Written) -> bool:
    """
    Return whether Terraform leaves a rule as it is once it is there.
    """
    names = [rule.prefix.partition("[")[0]] if rule.inline else [path for path, _ in rule.peers]
    return any(files.ignores(rule.origin, name) for name in names)


def joined(files: Terraform, rules: Sequence[Written], one: Opening, place: int) -> Edits:
    """
    Return edits by which one of several rules admits everyone, and those that it makes needless go.

    Rules that are made from one list are one rule where the list has one entry.
    """
    if not rules:
        return ()
    first, rest = rules[0], rules[1:]
    if rest and all(rule.origin.span == first.origin.span and rule.prefix == first.prefix for rule in rest):
        old = [each for rule in rules for _, found in rule.of(one.family) for each in found]
        path = first.of(one.family)[0][0]
        return replaced(files, first.origin, path, old, (EVERYONE[one.family],), place)
    edits = list(to_everyone(files, first, one.family, place))
    for rule in rest if edits else ():
        edits += gone(files, rule, one.family)
    return tuple(edits)


def gone(files: Terraform, rule: Written, family: Family) -> Edits:
    """
    Return the edit that takes out a rule which is a block of its own.
    """
    span = lone_block(files, rule, family)
    return () if span is None else (without(files.texts, span),)


def lone_block(files: Terraform, rule: Written, family: Family) -> Span | None:
    """
    Return the place of the block of a rule that is written once, says nothing but this, and that nothing refers to.
    """
    block = files.block_at(rule.origin.span)
    if block is None or any(path not in dict(rule.of(family)) for path, _ in rule.peers):
        return None
    if any(files.texts.written(dict(rule.origin.fields)[path])[:1] not in {"[", '"'} for path, _ in rule.peers):
        return None
    if rule.inline:
        place = dict(rule.origin.fields).get(rule.prefix)
        return next((one.span for one in block.blocks if one.header == place and one.type != "dynamic"), None)
    name = ".".join(block.labels)
    mentioned = any(name in (files.texts.text(path) or "") for path in files.paths)
    lone = block.attribute("count") is None and block.attribute("for_each") is None
    return block.span if lone and not mentioned else None


def to_everyone(files: Terraform, rule: Written, family: Family, place: int) -> Edits:
    """
    Return edits by which a rule names everyone of a family instead of some.
    """
    return tuple(
        edit
        for path, found in rule.of(family)
        for edit in replaced(files, rule.origin, path, found, (EVERYONE[family],), place)
    )


def replaced(files: Terraform, origin: Origin, path: str, old: Sequence[Prefix], new: Sequence[Prefix], place: int) -> Edits:
    """
    Return edits of the list or text that an attribute's prefixes come from.
    """
    sources = files.sources(origin, path)
    lists = [one for one in sources if is_list_of(one, old)]
    single = [one for one in sources if isinstance(one.expr, Literal) and str(one.expr.value) in {str(each) for each in old}]
    if lists[place:]:
        return (items_of(files.texts, lists[place].expr, new),)
    around = (next(enclosing(files.texts, one.expr.span), None) for one in single) if len(old) > 1 else ()
    holders = [one for one in around if one is not None and is_list_of(Where(one, single[0].scope), old)]
    if holders[place:]:
        return (items_of(files.texts, holders[place], new),)
    if single[place:] and len(new) == len(old) == 1:
        return (Edit(single[place].expr.span, hcl.value(str(new[0]))),)
    return ()


def items_of(texts: Texts, listed: Expr, new: Sequence[Prefix]) -> Edit:
    """
    Return the edit by which a list has these items instead, each on a line of its own where it had them so.
    """
    words = [hcl.value(str(one)) for one in new]
    if not isinstance(listed, TupleExpr) or not listed.items:
        return Edit(listed.span, hcl.value([str(one) for one in new]))
    first, last = listed.items[0].span, listed.items[-1].span
    line = texts.line(first.path, first.line)
    apart = f",{texts.newline(first.path)}{line[: first.column - 1]}" if first.line > listed.span.line else ", "
    return Edit(Span(first.path, first.line, first.column, last.end_line, last.end_column), apart.join(words))


def is_list_of(where: Where, prefixes: Iterable[Prefix]) -> bool:
    """
    Return whether the expression is a list of just these prefixes.
    """
    if not isinstance(where.expr, TupleExpr) or not where.expr.items:
        return False
    texts = {one.value for one in where.expr.items if isinstance(one, Literal)}
    return len(texts) == len(where.expr.items) and texts == {str(one) for one in prefixes}


def widened(files: Terraform, rules: Sequence[Written], one: Opening, place: int) -> Edits:
    """
    Return edits by which the first of the rules admits every port that is wanted.
    """
    for rule in rules[:1]:
        ports = rule.services[0][1]
        ends = (("from_port", ports.first, one.ports.first), ("to_port", ports.last, one.ports.last))
        edits: list[Edit] = []
        for name, old, new in ends:
            found = [each for each in files.sources(rule.origin, rule.at(name)) if is_number(each, old)] if old != new else []
            if old != new and not found[place:]:
                return ()
            edits += [Edit(each.expr.span, like(files, each, new)) for each in found[place : place + 1]]
        return tuple(edits)
    return ()


def is_number(where: Where, number: int) -> bool:
    """
    Return whether the expression is a number, maybe in quotes.
    """
    return isinstance(where.expr, Literal) and str(where.expr.value) == str(number)


def like(files: Terraform, where: Where, number: int) -> str:
    """
    Return a number written as the other was: in quotes or without.
    """
    return f'"{number}"' if files.texts.written(where.expr.span).startswith('"') else str(number)


def fewer(files: Terraform, rule: Written, path: str, old: Sequence[Prefix], new: Sequence[Prefix], place: int) -> Edits:
    """
    Return edits by which a rule names these prefixes instead, or more rules like it do.
    """
    return replaced(files, rule.origin, path, old, new, place) or again(files, rule, path, old, new)


def again(files: Terraform, rule: Written, path: str, old: Sequence[Prefix], new: Sequence[Prefix]) -> Edits:
    """
    Return edits by which a resource that names one prefix names the first of some, and copies of it the others.
    """
    block, place = files.block_at(rule.origin.span), dict(rule.origin.fields).get(path)
    first = replaced(files, rule.origin, path, old, new[:1], 0)
    if rule.inline or block is None or not first or first[0].span != place or split_key(rule.origin.address)[1]:
        return ()
    kind, name = block.labels
    taken = {one.labels for one in files.blocks(posixpath.dirname(block.span.path), "resource")}
    text = files.texts.text(place.path) or ""
    (start, end), (left, right) = offsets(text, block.span), offsets(text, place)
    texts: list[str] = []
    for one in new[1:]:
        label = unused(f"{name}_{len(texts) + 2}", kind, taken)
        taken.add((kind, label))
        texts.append(text[start:left].replace(f'"{name}"', f'"{label}"', 1) + hcl.value(str(one)) + text[right:end] + "\n")
    return (*first, inserted(files.texts, block.span, texts, ""))


def timeout(files: Terraform, change: SetTimeout) -> Iterator[Edits]:
    """
    Yield edits by which an idle timeout is so long.
    """
    name = {"tcp_established": "tcp_established_timeout", "udp_stream": "udp_stream_timeout", "udp": "udp_timeout"}[change.name]
    if files.ignores(change.owner, "connection_tracking_specification"):
        return
    fields = [path for path, _ in change.owner.fields if path.rpartition(".")[2] == name]
    for path in fields:
        for found in islice((one for one in files.sources(change.owner, path) if isinstance(one.expr, Literal)), PLACES):
            yield (Edit(found.expr.span, like(files, found, change.seconds)),)
    if not fields:
        yield from attribute_edits(files, change.owner, ("connection_tracking_specification", name), change.seconds)


def set_to(files: Terraform, origin: Origin, name: str, text: str) -> Iterator[Edits]:
    """
    Yield edits by which an attribute of a resource has this value.
    """
    if files.ignores(origin, name):
        return
    found = [one for one in files.sources(origin, name) if isinstance(one.expr, Literal)]
    for one in found[:PLACES]:
        yield (Edit(one.expr.span, hcl.quote(text)),)
    if not any(path == name for path, _ in origin.fields):
        yield from attribute_edits(files, origin, (name,), text)
