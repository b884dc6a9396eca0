"""
Which findings were there before: at another revision, or in a baseline.

Two findings are the same when they have the same identity; where the file alone differs, the block has moved to another file.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sglint.finding import Finding, Identity, Report, Since, Status
from sglint.source import Problem, in_order


def matches(new: Sequence[Identity], old: Sequence[Identity]) -> dict[int, int]:
    """
    Return which of the new ones are which of the old ones, by their index; of equal ones each is another one's equal once.

    A new one about fewer addresses or root modules than an old one is a part of it.
    """
    found: dict[int, int] = {}
    taken: set[int] = set()
    for same in (_whole, _moved):
        left: dict[tuple[object, ...], list[int]] = {}
        for index, one in enumerate(old):
            if index not in taken:
                left.setdefault(same(one), []).append(index)
        for index, one in enumerate(new):
            equal = left.get(same(one))
            if index not in found and equal:
                found[index] = equal.pop(0)
                taken.add(found[index])
    around = containing(old)
    for index, one in enumerate(new):
        larger = None if index in found else around(one)
        if larger is not None:
            found[index] = larger
    return found


def containing(many: Sequence[Identity]) -> Callable[[Identity], int | None]:
    """
    Return what finds the first one of many that is about more addresses or root modules than another one, and all of its.
    """
    there: dict[tuple[str, str], list[int]] = {}
    for index, one in enumerate(many):
        there.setdefault((one.rule, one.file), []).append(index)

    def larger(one: Identity) -> int | None:
        about = {*one.roots}, {*one.subjects}
        for index in there.get((one.rule, one.file), ()):
            more = {*many[index].roots}, {*many[index].subjects}
            if about != more and about[0] <= more[0] and about[1] <= more[1]:
                return index
        return None

    return larger


def _whole(one: Identity) -> tuple[object, ...]:
    return (one.rule, one.roots, one.file, one.subjects)


def _moved(one: Identity) -> tuple[object, ...]:
    return (one.rule, one.roots, one.file if not one.roots else "", one.subjects)


def known(findings: Sequence[Finding], old: Sequence[tuple[Identity, bool]]) -> tuple[dict[int, int], frozenset[int]]:
    """
    Return which of the open findings are which of the old ones, and the old ones that nothing is anymore, by their index.

    Each old one is told with whether it is certain: a finding that has become certain is new, and yet the old one is not gone.
    """
    found: dict[int, int] = {}
    taken: set[int] = set()

    def pair(wanted: Callable[[Finding], bool], among: Callable[[bool], bool]) -> None:
        these = [index for index, one in enumerate(findings) if index not in found and wanted(one)]
        those = [index for index, (_, certain) in enumerate(old) if index not in taken and among(certain)]
        pairs = matches([findings[index].identity for index in these], [old[index][0] for index in those])
        found.update((these[one], those[other]) for one, other in pairs.items())
        taken.update(those[other] for other in pairs.values())

    pair(lambda one: one.status is Status.OPEN and one.certain, lambda certain: certain)
    pair(lambda one: one.status is Status.OPEN and not one.certain, lambda _: True)
    same = dict(found)
    pair(lambda _: True, lambda _: True)
    around = containing([one.identity for one in findings])
    return same, frozenset(index for index, (one, _) in enumerate(old) if index not in taken and around(one) is None)


def since(report: Report, before: Report, revision: str, renamed: Callable[[Identity], Identity]) -> Report:
    """
    Return the report with those findings marked that were there at a revision too, and those that are gone.

    `renamed` says what an identity of then has become when files are moved.
    """
    old = [one for one in before.findings if one.status is Status.OPEN]
    then = [(renamed(one.identity), one.certain) for one in old]
    same, gone = known(report.findings, then)
    findings = tuple(
        replace(one, status=Status.UNCHANGED, status_reason=f"it is there at {revision} too") if index in same else one
        for index, one in enumerate(report.findings)
    )
    there = {_unplaced(one) for one in before.problems}
    problems = tuple(one for one in report.problems if _unplaced(one) in there)
    still = {_unplaced(one) for one in report.problems}
    lost = [one for one in before.problems if one.hides and _unplaced(one) not in still and before.seen.files]
    message = f"at {revision}, part of the network could not be read; what is found there now counts as new"
    told = [Problem(message, hint=lost[0].message, hides=False)] if lost else []
    return replace(
        report,
        findings=findings,
        problems=in_order((*report.problems, *told)),
        since=Since(revision, tuple(old[index] for index in sorted(gone)), problems),
    )


def _unplaced(one: Problem) -> tuple[str, str]:
    return (one.span.path if one.span else "", one.message)


def renaming(renamed: Mapping[str, str], roots: frozenset[str]) -> Callable[[Identity], Identity]:
    """
    Return what an identity has become, by the paths of files that have become others; `roots` are those that there are now.

    A root module has moved where it is not there anymore and its files went to one other directory.
    """

    def moved(root: str) -> str:
        if root in renamed or root in roots:
            return renamed.get(root, root)
        here = {posixpath.dirname(new) or "." for old, new in renamed.items() if (posixpath.dirname(old) or ".") == root}
        return here.pop() if len(here) == 1 else root

    def become(one: Identity) -> Identity:
        return replace(one, file=renamed.get(one.file, one.file), roots=tuple(sorted(map(moved, one.roots))))

    return become
