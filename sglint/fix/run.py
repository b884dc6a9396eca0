"""
From findings to proven changes: one after the other, each on the text that the others left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from sglint.finding import Finding, Fix, Severity, Status
from sglint.fix.acl import QUOTA
from sglint.fix.attempt import Task, difference, solve
from sglint.fix.look import Item, Overlay, look
from sglint.fix.proof import Key
from sglint.frozen import frozen
from sglint.model import Prefix
from sglint.pipeline import conclude
from sglint.request import Request
from sglint.rule import Rule
from sglint.rule.run import title
from sglint.source import SglintError


@frozen
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
        if self.hides:
            yield "part of the network could not be read (sglint check says why): what is said holds for the rest"


def fix(
    request: Request,
    known: Iterable[Rule],
    *,
    select: Collection[str] = (),
    interfaces: Collection[str] = (),
    unsafe: bool = False,
    allowed: Iterable[Prefix] = (),
    most: int = QUOTA,
) -> Fixed:
    """
    Return the changes for the certain findings: those of some rules or about some interfaces where these are named, and
    otherwise all but notes. `allowed` is who may come in where a person has to decide that, `most` how many rules a network ACL
    can have in one direction.
    """
    if request.plan is not None:
        raise SglintError("a plan cannot be fixed, only the text that it was made from: leave out --plan")
    rules = tuple(known)
    task = Task(request, rules, tuple(allowed), most)
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
        tried = solve(task, now, items, also)
        write = tried.after is not None and (tried.fix.safe or unsafe)
        listed.append((one, tried.fix, write))
        now = tried.after if write and tried.after is not None else now
    before = {path: start.text(path) for path in now.overlay}
    for path in sorted(before):
        if not start.holds(path):
            raise SglintError(f"{path} has changed while it was read; run it again")
    hides = any(problem.hides for problem in start.networks.problems)
    return Fixed(tuple(listed), now.overlay, before, difference(start, now), hides)


def fixed_findings(request: Request, known: Iterable[Rule], findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """
    Return the findings, those that are certain and open with the fix of each alone, on the text as it is.
    """
    rules, listed = tuple(known), tuple(findings)
    task = Task(request, rules)
    start = look(request, rules)
    also = keys(one for one in listed if chosen(one, (), ()))
    found = []
    for one in listed:
        items = tuple(item for item in start.items if item.finding.rule == one.rule and is_about(item, one))
        open_ = one.certain and one.status is Status.OPEN and bool(items)
        found.append(replace(one, fix=solve(task, start, items, also).fix) if open_ else one)
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
