"""
From findings to proven changes: one after the other, each on the text that the others left.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice, product

from sglint.finding import Edit, Finding, Fix, Severity, Status
from sglint.fix.change import Admit, Blocked, Change, Wanted, openings_of, wanted
from sglint.fix.diff import unified
from sglint.fix.look import Item, Look, Overlay, look
from sglint.fix.proof import Key, Place, Proof, prove
from sglint.fix.steps import steps
from sglint.fix.text import ClashError, by_file, edited
from sglint.fix.top import from_top
from sglint.fix.writer import proposals
from sglint.pipeline import conclude
from sglint.request import Request
from sglint.rule import Rule
from sglint.rule.run import title
from sglint.source import SglintError

EACH = 6
"""How many proposals for one change are tried."""

TRIES = 16
"""How many edits for one finding are judged."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """
    What became of each finding, and the texts that files have after all of it, by the paths that spans carry.

    A fix that is said to be done is in the texts; another one is blocked, or not safe and not asked for. `hides` says that part
    of the network could not be read, so that nothing is known of that part.
    """

    findings: tuple[tuple[Finding, Fix, bool], ...]
    overlay: Overlay
    before: Overlay
    diff: str
    hides: bool = False

    @property
    def complete(self) -> bool:
        """
        Whether nothing that was chosen is left.
        """
        return all(done for _, _, done in self.findings)

    def told(self) -> Iterator[str]:
        """
        Yield what became of each finding, in lines.
        """
        for one, made, done in self.findings:
            yield f"{one.span}: {one.rule}: {title(one.subjects)}"
            if made.blocked:
                yield f"  not fixed: {made.blocked}"
                continue
            yield "  fixed" if done else "  not written: it is not safe, --unsafe writes it all the same"
            yield from (f"  admits {line}" for line in made.admits)
            yield from (f"  {line}" for line in made.steps)
        if self.hides and self.findings:
            yield "part of the network could not be read (sglint check says why): this holds for the rest"


@dataclass(frozen=True, slots=True)
class Tried:
    """
    A change that does what it should: its fix, and what there is to see then.
    """

    fix: Fix
    after: Look | None = None


def fix(
    request: Request,
    known: Iterable[Rule],
    *,
    select: Collection[str] = (),
    interfaces: Collection[str] = (),
    unsafe: bool = False,
) -> Fixed:
    """
    Return the changes for the certain findings: those of some rules or about some interfaces where these are named, and
    otherwise all but notes.
    """
    if request.plan is not None:
        raise SglintError("a plan cannot be fixed, only the text that it was made from: leave out --plan")
    rules = tuple(known)
    start = now = look(request, rules)
    told = conclude(request, start.networks, rules, rules).findings
    meant = [one for one in told if chosen(one, select, interfaces)]
    also = keys(meant)
    listed: list[tuple[Finding, Fix, bool]] = []
    for one in meant:
        items = tuple(item for item in now.items if item.finding.rule == one.rule and is_about(item, one))
        if not items:
            listed.append((one, Fix(safe=True, steps=("the changes for other findings fix it",)), True))
            continue
        tried = attempt(request, rules, now, items, also)
        write = tried.after is not None and (tried.fix.safe or unsafe)
        listed.append((one, tried.fix, write))
        now = tried.after if write and tried.after is not None else now
    before = {path: start.text(path) for path in now.overlay}
    hides = any(problem.hides for problem in start.networks.problems)
    return Fixed(tuple(listed), now.overlay, before, difference(start, now), hides)


def fixed_findings(request: Request, known: Iterable[Rule], findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """
    Return the findings, those that are certain and open with the fix of each alone, on the text as it is.
    """
    rules, listed = tuple(known), tuple(findings)
    start = look(request, rules)
    also = keys(one for one in listed if chosen(one, (), ()))
    found = []
    for one in listed:
        items = tuple(item for item in start.items if item.finding.rule == one.rule and is_about(item, one))
        open_ = one.certain and one.status is Status.OPEN and bool(items)
        found.append(replace(one, fix=attempt(request, rules, start, items, also).fix) if open_ else one)
    return tuple(found)


def chosen(one: Finding, select: Collection[str], interfaces: Collection[str]) -> bool:
    """
    Return whether a finding is to be fixed.
    """
    if not one.certain or one.status is not Status.OPEN or (select and one.rule not in select):
        return False
    if interfaces:
        return any(subject in interfaces for subject in one.subjects)
    return bool(select) or one.severity is not Severity.NOTE


def keys(findings: Iterable[Finding]) -> frozenset[Key]:
    """
    Return what tells each part of the findings from all others.
    """
    return frozenset((one.rule, root, subject) for one in findings for root in one.roots for subject in one.subjects)


def is_about(item: Item, one: Finding) -> bool:
    """
    Return whether something that was found is part of a finding.
    """
    return item.found.subject.origin.address in one.subjects and item.net.network.root in one.roots


def attempt(request: Request, rules: Iterable[Rule], now: Look, items: tuple[Item, ...], also: frozenset[Key]) -> Tried:
    """
    Return the first change that makes these findings go away, and does what was promised.

    The interfaces of those that are to be fixed `also` may change with them, if they want the same.
    """
    sides = [wanted(item.net, item.finding.rule, item.found) for item in items]
    blocked = next((one for one in sides if isinstance(one, Blocked)), None)
    if blocked is not None:
        return Tried(Fix(blocked=blocked.why))
    listed = [one for one in sides if not isinstance(one, Blocked)]
    meant = intended(now, items, also)
    gone = frozenset(item.key for item in items)
    first = ""
    tries = 0
    for number in range(min(map(len, listed))):
        some = [one[number] for one in listed]
        for edits in islice(combined(request, now, items, some), TRIES):
            elsewhere = next((one.span.path for one in edits if "/.terraform/" in f"/{one.span.path}"), "")
            if elsewhere:
                first = first or f"{elsewhere} comes from elsewhere, where it would have to be changed"
                continue
            overlay = laid(now, edits)
            tries += overlay is not None
            if overlay is None or tries > TRIES:
                continue
            after = look(request, rules, overlay)
            proof = prove(now, after, gone, meant)
            if not proof.wrong:
                return Tried(told(now, after, edits, some, proof), after)
            first = first or proof.wrong
    return Tried(Fix(blocked=first or nowhere(items)))


def nowhere(items: Iterable[Item]) -> str:
    """
    Return that there is no place for a change.
    """
    names = sorted({item.found.subject.origin.address for item in items})
    return f"the text has no place where this could be written for {', '.join(names[:3])}"


def combined(request: Request, now: Look, items: tuple[Item, ...], some: Iterable[Wanted]) -> Iterator[tuple[Edit, ...]]:
    """
    Yield edits that may bring about all changes that belong together, those for the same thing once.
    """
    changes: dict[object, tuple[Item, Change]] = {}
    for item, one in zip(items, some, strict=True):
        for change in one.changes:
            changes.setdefault((item.net.network.root, essence(change)), (item, change))
    listed = [list(islice(unique(proposals(request, now, item.net, change)), EACH)) for item, change in changes.values()]
    for parts in product(*listed):
        yield tuple(dict.fromkeys(edit for part in parts for edit in part))


def unique(some: Iterable[tuple[Edit, ...]]) -> Iterator[tuple[Edit, ...]]:
    """
    Yield what is different, and something.
    """
    seen: set[tuple[Edit, ...]] = set()
    for one in some:
        if one and one not in seen:
            seen.add(one)
            yield one


def essence(change: Change) -> object:
    """
    Return what a change is about, whichever interface wants it.
    """
    return (change.groups, change.openings) if isinstance(change, Admit) else change


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


def intended(now: Look, items: tuple[Item, ...], also: frozenset[Key]) -> Callable[[Place], bool]:
    """
    Return what says of an interface whether a change may change its flows: those of the findings, and those that want the same.
    """
    mine = {(item.net.network.root, item.found.subject.origin.address) for item in items}
    wants = frozenset(opening for item in items for opening in asked(item))
    slugs = {item.finding.rule for item in items}
    others: dict[Place, set[object]] = {}
    same: set[Place] = set()
    for item in now.items:
        if item.key not in also:
            continue
        place = (item.net.network.root, item.found.subject.origin.address)
        others.setdefault(place, set()).update(asked(item))
        if item.finding.rule in slugs and item.finding.certain:
            same.add(place)
    agree = {place for place, found in others.items() if wants and wants <= found}
    agree |= set() if wants else same
    return lambda place: place in mine or place in agree


def asked(item: Item) -> frozenset[object]:
    """
    Return what a finding asks to be opened.
    """
    if not item.finding.certain:
        return frozenset()
    alternatives = wanted(item.net, item.finding.rule, item.found)
    return frozenset() if isinstance(alternatives, Blocked) else frozenset(openings_of(alternatives))


def told(now: Look, after: Look, edits: tuple[Edit, ...], some: Iterable[Wanted], proof: Proof) -> Fix:
    """
    Return a change that was proven, with its diff, what it admits, and how to deploy it.
    """
    listed = tuple(some)
    notes = dict.fromkeys(note for one in listed for note in one.notes)
    changes = dict.fromkeys(change for one in listed for change in one.changes)
    said = (*steps(now, after, changes), *notes)
    return Fix(edits, difference(now, after), proof.safe, proof.admits, tuple(said))


def difference(before: Look, after: Look) -> str:
    """
    Return the unified diff of all files, by their paths from the top of the work tree.
    """
    tree = before.networks.tree
    paths = sorted({*before.overlay, *after.overlay})
    return "".join(unified(from_top(tree, path), before.text(path), after.text(path)) for path in paths)
