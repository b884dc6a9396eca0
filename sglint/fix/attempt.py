"""
One attempt: the edits that may make findings go away, judged one after the other until one does what was promised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice, product

from sglint.finding import Edit, Fix, Severity
from sglint.fix.acl import QUOTA
from sglint.fix.change import Admit, Attach, Blocked, Change, Narrow, Opening, Swap, Wanted, openings_of
from sglint.fix.diff import from_top, unified
from sglint.fix.generated import generated
from sglint.fix.look import Item, Look, Overlay, apart, look, real
from sglint.fix.proof import Key, Place, Proof, lets_in_less, prove
from sglint.fix.secret import secret
from sglint.fix.steps import steps
from sglint.fix.text import ClashError, by_file, edited
from sglint.fix.wall import cut, moves, strayed, torn, walls
from sglint.fix.want import wanted
from sglint.fix.writer import obstacle, proposals
from sglint.frozen import frozen
from sglint.model import Interface, Prefix
from sglint.request import Request
from sglint.rule import Judged, Rule
from sglint.source.tree import inside

EACH = 6
"""How many proposals for one change are tried."""

INSTEAD = " instead"
"""What is said of what would be found after a change, which says more than that others have a group too."""

MOST_MORE = 4
"""How many changes are made for what is found only after others."""

TRIES = 16
"""How many edits for one finding are judged."""


@frozen
class Task:
    """
    What is looked at, by which rules, and who may come in where a person has to decide that.

    `most` is how many rules a network ACL can have in one direction. `apart` says that interfaces get groups of their own
    instead of rules in those that they have.
    """

    request: Request
    rules: tuple[Rule, ...]
    allowed: tuple[Prefix, ...] = ()
    most: int = QUOTA
    apart: bool = False


@frozen
class Tried:
    """
    A change that does what it should: its fix, and what there is to see then.
    """

    fix: Fix
    after: Look | None = None


def solve(task: Task, now: Look, items: tuple[Item, ...], also: frozenset[Key]) -> Tried:
    """
    Return the first change that makes findings go away; where it is not to be had alone, one that fixes those that are to be
    fixed `also` and are about the same groups, and where that is not either, one by groups of their own.
    """
    alone = attempt(task, now, items, also)
    if alone.after is not None or any(isinstance(wishes(task, item), Blocked) for item in items):
        return alone
    more = partners(task, now, items, also)
    together = attempt(task, now, (*items, *more), also) if more else alone
    if together.after is not None:
        return together
    own = replace(task, apart=True)
    narrower = more and any(isinstance(change, Swap) for item in items for change in changes_of(wishes(own, item)))
    apart = attempt(own, now, (*items, *more), also) if narrower else alone
    apart = apart if apart.after is not None else attempt(own, now, items, also)
    return apart if apart.after is not None or INSTEAD in apart.fix.blocked else alone


def changes_of(alternatives: tuple[Wanted, ...] | Blocked) -> tuple[Change, ...]:
    """
    Return the changes of the first alternative.
    """
    return () if isinstance(alternatives, Blocked) else alternatives[0].changes


def partners(task: Task, now: Look, items: tuple[Item, ...], also: frozenset[Key]) -> tuple[Item, ...]:
    """
    Return what else is to be fixed of interfaces that have a group in common with these.
    """
    groups = {(item.net.network.root, group) for item in items for group in groups_of(item)}
    others = (
        item for item in now.items if item.key in also and item not in items and not isinstance(wishes(task, item), Blocked)
    )
    return tuple(item for item in others if any((item.net.network.root, group) in groups for group in groups_of(item)))


def groups_of(item: Item) -> tuple[object, ...]:
    """
    Return the groups of the interface that something was found about.
    """
    return item.found.subject.groups if isinstance(item.found.subject, Interface) else ()


def wishes(task: Task, item: Item) -> tuple[Wanted, ...] | Blocked:
    """
    Return what makes it go away.
    """
    found = wanted(item.net, item.finding.rule, item.found, task.allowed)
    if isinstance(found, Blocked) or not task.apart:
        return found
    own = tuple(replace(one, changes=tuple(by_own_group(item, change) for change in one.changes)) for one in found)
    return own if own != found else Blocked("no security group of its own would help")


def by_own_group(item: Item, change: Change) -> Change:
    """
    Return the change by which what a group is to admit is admitted by one that only this interface has, or who is to be kept
    out is kept out by one.
    """
    if not isinstance(item.found.subject, Interface) or not isinstance(change, (Admit, Narrow)):
        return change
    if isinstance(change, Narrow):
        return Swap((item.found.subject.origin,), change.groups, change.direction, change.peers)
    return Attach(item.found.subject.origin, change.groups, change.openings)


def attempt(
    task: Task,
    now: Look,
    items: tuple[Item, ...],
    also: frozenset[Key],
    more: tuple[Change, ...] = (),
) -> Tried:
    """
    Return the first change that makes these findings go away, and does what was promised.

    The interfaces of those that are to be fixed `also` may change with them, if they want the same. What would be found of the
    same interfaces instead is fixed with them, by `more` changes.
    """
    sides = [wishes(task, item) for item in items]
    blocked = next((one for one in sides if isinstance(one, Blocked)), None)
    if blocked is not None:
        return Tried(Fix(blocked=blocked.why))
    listed = [one for one in sides if not isinstance(one, Blocked)]
    meant = intended(task, now, items, also)
    gone = frozenset(item.key for item in items)
    first = ""
    tries = 0
    for number in range(min(map(len, listed))):
        some = (*(one[number] for one in listed), *((Wanted(more),) if more else ()))
        pairs = [(item, change) for item, one in zip((*items, items[0]), some, strict=False) for change in one.changes]
        for edits in islice(combined(task.request, now, pairs), TRIES):
            elsewhere = next((one.span.path for one in edits if is_elsewhere(now, one.span.path)), "")
            why = f"{elsewhere} comes from elsewhere, where it would have to be changed" if elsewhere else ""
            why = why or generated(now, edits) or secret(now, edits)
            overlay = None if why else laid(now, edits)
            first = first or why
            tries += overlay is not None
            if overlay is None or tries > TRIES:
                continue
            after = look(task.request, task.rules, overlay, now)
            proof = prove(now, without_notes(after, pairs), gone, meant)
            if not proof.wrong:
                plain = Tried(told(now, after, edits, some, proof), after)
                return filtered(task, now, plain, some, gone, meant) if proof.admits else plain
            first = first or proof.wrong
            instead = tuple(one for one in found_instead(task, now, after, items) if one not in more) if tries == 1 else ()
            again = attempt(task, now, items, also, (*more, *instead)) if instead and len(more) < MOST_MORE else None
            if again is not None and again.after is not None:
                return again
    changes = ((item.net, change) for item, one in zip(items, listed, strict=True) for change in one[0].changes)
    first = first or next((why for net, change in changes if (why := obstacle(task.request, now, net, change))), "")
    return Tried(Fix(blocked=first or nowhere(items)))


def filtered(
    task: Task,
    now: Look,
    plain: Tried,
    some: tuple[Wanted, ...],
    gone: frozenset[Key],
    meant: Callable[[Place], bool],
) -> Tried:
    """
    Return the change with network ACLs that keep out who was kept out, or at least some of them and cut off nobody; as it is
    where they cannot, and why.
    """
    if plain.after is None or not any(isinstance(change, (Admit, Attach)) for one in some for change in one.changes):
        return plain
    planned = walls(now, plain.after, task.most)
    if isinstance(planned, Blocked):
        return noted(plain, planned.why)
    first = ""
    for parts in islice(sides(task.request, now, planned), EACH):
        edits = tuple(dict.fromkeys((*plain.fix.edits, *(edit for part in parts for edit in part))))
        overlay = laid(now, edits)
        if overlay is None:
            continue
        after = look(task.request, task.rules, overlay, now)
        proof = prove(now, after, gone, meant)
        wrong = proof.wrong or next(chain(strayed(now, after, planned), cut(now, after)), "")
        if not wrong and (proof.safe or lets_in_less(*apart(now, plain.after, after))):
            moved = Wanted(tuple(one for _, one in planned), tuple(moves(now, after, planned, safe=proof.safe)))
            return Tried(told(now, after, edits, (*some, moved), proof), after)
        first = first or wrong or next(f"it would still let in {one}" for one in proof.admits)
    first = next(torn(planned), first)
    first = first or next((why for net, one in planned if (why := obstacle(task.request, now, net, one))), "")
    return noted(plain, first or "the text has no place where it could be written")


def sides(request: Request, now: Look, planned: Iterable[tuple[Judged, Change]]) -> Iterator[tuple[tuple[Edit, ...], ...]]:
    """
    Yield edits for all network ACLs, those that are written in the same way first.
    """
    listed = []
    for net, one in planned:
        here = (
            each for each in proposals(request, now, net, one) if not any(is_elsewhere(now, edit.span.path) for edit in each)
        )
        listed.append(tuple(islice(unique(here), EACH)))
    same = zip(*listed, strict=False)
    yield from dict.fromkeys(chain(same, product(*listed)))


def noted(plain: Tried, why: str) -> Tried:
    """
    Return the change as it is, with why no network ACL goes with it.
    """
    said = f"no network ACL can keep them out: {why}"
    return replace(plain, fix=replace(plain.fix, steps=(*plain.fix.steps, said)))


def without_notes(after: Look, pairs: Iterable[tuple[Item, Change]]) -> Look:
    """
    Return what there is to see, less the notes on interfaces whose groups are made narrower, whose flows are tracked then.
    """
    places = {item.key[1:] for item, change in pairs if isinstance(change, (Narrow, Swap))}
    kept = (item for item in after.items if item.key[1:] not in places or item.finding.severity is not Severity.NOTE)
    return replace(after, items=tuple(kept)) if places else after


def found_instead(task: Task, now: Look, after: Look, items: Iterable[Item]) -> Iterator[Change]:
    """
    Yield the changes that make go away what is found of the same interfaces after a change, and was not before: also what is
    found again, of flows that the change lets out.
    """
    gone = {item.key for item in items}
    before = {item.key for item in now.items} - gone
    mine = {(item.net.network.root, item.found.subject.origin.address) for item in items}
    for item in after.items:
        wish = wishes(task, item) if item.key not in before and item.key[1:] in mine else Blocked("")
        if not isinstance(wish, Blocked):
            yield from wish[0].changes


def is_elsewhere(now: Look, path: str) -> bool:
    """
    Return whether a file is not of this work tree: a copy of a remote module, or outside of what is scanned.
    """
    return "/.terraform/" in f"/{path}" or not inside(now.networks.tree, real(path))


def nowhere(items: Iterable[Item]) -> str:
    """
    Return that there is no place for a change.
    """
    names = sorted({item.found.subject.origin.address for item in items})
    return f"the text has no place where this could be written for {', '.join(names[:3])}"


def combined(request: Request, now: Look, pairs: Iterable[tuple[Item, Change]]) -> Iterator[tuple[Edit, ...]]:
    """
    Yield edits that may bring about all changes that belong together, those for the same thing once.
    """
    changes: dict[object, tuple[Item, Change]] = {}
    for item, change in pairs:
        key = (item.net.network.root, essence(change))
        held = changes.get(key)
        changes[key] = (item, change if held is None else merged(held[1], change))
    listed = [list(islice(unique(proposals(request, now, item.net, change)), EACH)) for item, change in changes.values()]
    for parts in product(*listed):
        yield tuple(dict.fromkeys(edit for part in parts for edit in part))


def essence(change: Change) -> object:
    """
    Return what a change is about: what is to be let in by the same groups is one change.
    """
    if isinstance(change, Attach):
        return change.owner.block
    if isinstance(change, (Narrow, Swap)):
        return type(change), change.groups, change.direction, change.peers
    return change.groups if isinstance(change, Admit) else change


def merged(one: Change, other: Change) -> Change:
    """
    Return one change for both, which are about the same.
    """
    if isinstance(one, Swap) and isinstance(other, Swap):
        return replace(one, owners=tuple(dict.fromkeys((*one.owners, *other.owners))))
    if not isinstance(one, (Admit, Attach)) or not isinstance(other, (Admit, Attach)):
        return one
    both = tuple(dict.fromkeys((*one.openings, *other.openings)))
    return replace(
        one, openings=tuple(item for item in both if not any(covers(wider, item) for wider in both if wider != item))
    )


def covers(one: Opening, other: Opening) -> bool:
    """
    Return whether what lets in the one lets in the other.
    """
    same = (one.direction, one.protocol, one.peer) == (other.direction, other.protocol, other.peer)
    return same and one.ports.covers(other.ports)


def unique(some: Iterable[tuple[Edit, ...]]) -> Iterator[tuple[Edit, ...]]:
    """
    Yield what is different, and something.
    """
    seen: set[tuple[Edit, ...]] = set()
    for one in some:
        if one and one not in seen:
            seen.add(one)
            yield one


def laid(now: Look, edits: Iterable[Edit]) -> Overlay | None:
    """
    Return the texts after edits, None where they are no change, or contradict each other.
    """
    overlay = dict(now.overlay)
    try:
        for path, some in by_file(edits).items():
            overlay[path] = edited(now.text(path), some)
    except ClashError:
        return None
    return overlay if any(now.text(path) != text for path, text in overlay.items()) else None


def intended(task: Task, now: Look, items: tuple[Item, ...], also: frozenset[Key]) -> Callable[[Place], bool]:
    """
    Return what says of an interface whether a change may change its flows: those of the findings, and those that want the same.
    """
    mine = {(item.net.network.root, item.found.subject.origin.address) for item in items}
    wants = frozenset(opening for item in items for opening in asked(task, item))
    slugs = {item.finding.rule for item in items}
    others: dict[Place, set[object]] = {}
    same: set[Place] = set()
    for item in now.items:
        if item.key not in also:
            continue
        place = (item.net.network.root, item.found.subject.origin.address)
        others.setdefault(place, set()).update(asked(task, item))
        if item.finding.rule in slugs and item.finding.certain:
            same.add(place)
    agree = {place for place, found in others.items() if wants and wants <= found}
    agree |= set() if wants else same
    return lambda place: place in mine or place in agree


def asked(task: Task, item: Item) -> frozenset[object]:
    """
    Return what a finding asks to be opened.
    """
    if not item.finding.certain:
        return frozenset()
    alternatives = wishes(task, item)
    return frozenset() if isinstance(alternatives, Blocked) else frozenset(openings_of(alternatives))


def told(now: Look, after: Look, edits: tuple[Edit, ...], some: Iterable[Wanted], proof: Proof) -> Fix:
    """
    Return a change that was proven, with its diff, what it admits, and how to deploy it.
    """
    listed = tuple(some)
    notes = dict.fromkeys(note for one in listed for note in one.notes)
    changes = dict.fromkeys(change for one in listed for change in one.changes)
    before, then = apart(now, after)
    said = dict.fromkeys((*steps(before, then, changes), *notes))
    return Fix(edits, difference(now, after), proof.safe, proof.admits, tuple(said))


def difference(before: Look, after: Look) -> str:
    """
    Return the unified diff of all files, by their paths from the top of the work tree.
    """
    tree = before.networks.tree
    paths = sorted({*before.overlay, *after.overlay})
    return "".join(unified(from_top(tree, path), before.text(path), after.text(path)) for path in paths)
