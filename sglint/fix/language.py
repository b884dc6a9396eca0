"""
What the languages have in common: which edits are tried for a change, and in which order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from sglint.finding import Edit
from sglint.fix.change import Admit, ApplianceMode, Attach, Change, Filter, Narrow, Opening, SetTimeout, Swap
from sglint.fix.rules import Written, beside, carries, exact, halves, narrow, too_wide, written
from sglint.frozen import frozen
from sglint.model import Prefix
from sglint.resource import Origin
from sglint.rule import Judged
from sglint.space import Family, family_of

Edits: TypeAlias = tuple[Edit, ...]

PLACES = 4
"""How many places that a value may come from are tried."""


@frozen
class Language:
    """
    How things are written in a language; what cannot be written there has no edits. Numbers say which place is taken of those
    that a value may come from.

    `is_here` says of a group whether it is written here, `ignored` of a rule whether a change of it is not deployed. `joined`
    lets one of several rules admit everyone and takes the others out, `widened` lets a rule admit every port, `to_everyone`
    lets it name everyone of a family, `added` puts new rules into a group, `fewer` lets the prefixes of an attribute be others,
    `without` takes a rule out that says nothing but what it says to a family.
    """

    is_here: Callable[[str], bool]
    ignored: Callable[[Written], bool]
    joined: Callable[[Sequence[Written], Opening, int], Edits]
    widened: Callable[[Sequence[Written], Opening, int], Edits]
    to_everyone: Callable[[Written, Family, int], Edits]
    added: Callable[[str, Sequence[Written], Sequence[Opening]], Iterator[Edits]]
    fewer: Callable[[Written, str, Sequence[Prefix], Sequence[Prefix], int], Edits]
    without: Callable[[Written, Family], Edits]
    attached: Callable[[Attach], Iterator[Edits]]
    swapped: Callable[[Swap], Iterator[Edits]]
    timeout: Callable[[SetTimeout], Iterator[Edits]]
    filtered: Callable[[Filter], Iterator[Edits]]
    appliance_mode: Callable[[Origin], Iterator[Edits]]


def edits_for(language: Language, net: Judged, change: Change) -> Iterator[Edits]:
    """
    Yield edits that may bring a change about, the most local ones first.
    """
    if isinstance(change, Admit):
        yield from admitting(language, net, change)
    elif isinstance(change, Swap):
        yield from language.swapped(change)
    elif isinstance(change, Attach):
        yield from language.attached(change)
    elif isinstance(change, Narrow):
        yield from narrowing(language, net, change)
    elif isinstance(change, SetTimeout):
        yield from language.timeout(change)
    elif isinstance(change, Filter):
        yield from language.filtered(change)
    elif isinstance(change, ApplianceMode):
        yield from language.appliance_mode(change.attachment.origin)


def admitting(language: Language, net: Judged, change: Admit) -> Iterator[Edits]:
    """
    Yield edits that let the first group that allows it admit what is wanted: in the rules that are near to it, or in new ones.
    """
    for group in filter(language.is_here, change.groups):
        rules = written(net.network, group)
        idle = tuple(one for one in rules if not carries(net, group, one) and not language.ignored(one))
        for place in range(PLACES):
            edits, rest = changed(language, idle, change.openings, place)
            if not edits:
                break
            yield from ((*edits, *more) for more in language.added(group, rules, rest))
        yield from language.added(group, rules, change.openings)


def changed(
    language: Language, rules: Sequence[Written], openings: Sequence[Opening], place: int
) -> tuple[Edits, tuple[Opening, ...]]:
    """
    Return edits of rules that nearly admit what is wanted, and what they leave to be added.
    """
    edits: list[Edit] = []
    rest: list[Opening] = []
    for one in openings:
        made = language.joined(halves(rules, one), one, place) or language.widened(narrow(rules, one), one, place)
        rule = None if made else exact(rules, openings, one)
        if rule is not None:
            made = language.to_everyone(rule, one.family, place)
        edits += made
        rest += [] if made else [one]
    return tuple(dict.fromkeys(edits)), tuple(rest)


def narrowing(language: Language, net: Judged, change: Narrow) -> Iterator[Edits]:
    """
    Yield edits by which the rules of the groups that admit everyone admit fewer.
    """
    groups = [written(net.network, group) for group in change.groups]
    for rules in too_wide(net.network, change):
        if any(language.ignored(rule) for rule, *_ in rules):
            continue
        for place in range(PLACES):
            parts = []
            for rule, path, old, new in rules:
                others = beside(next(some for some in groups if rule in some), rule)
                left = [one for one in new if one not in others]
                made = language.fewer(rule, path, old, left, place) if left else language.without(rule, family_of(old[0]))
                parts.append(made)
            if parts and all(parts):
                yield tuple(dict.fromkeys(edit for part in parts for edit in part))
