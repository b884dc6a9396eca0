"""
The baseline: findings that were there when it was written, which do not fail a run until they change.

A file of JSON lines, one for each finding, sorted and without line numbers; so that git merges it as it merges any list, and
with `merge=union` never asks. What a merge may do to it, lines that are there twice or in another order, changes nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sglint.finding import Finding, Identity, Status
from sglint.frozen import frozen, ordered
from sglint.known import known
from sglint.source import Problem, SglintError, Source, Tree, read

NAME = "sglint-baseline.jsonl"
SCHEMA = 1
LIMIT = 50_000_000
"""How many bytes a baseline may have."""

MOST = 100_000
"""How many equal findings one line may stand for."""


@ordered
class Entry:
    """
    A finding that is listed, certain or not.
    """

    identity: Identity
    certain: bool = True


@frozen
class Baseline:
    """
    The findings that a file lists, as often as it does.
    """

    path: str
    entries: tuple[Entry, ...] = ()


def read_baseline(tree: Tree, path: str) -> Baseline:
    """
    Return what a file lists; a line that is there twice, as after a merge, counts once.
    """
    source = read(tree, path, LIMIT)
    if not isinstance(source, Source):
        raise SglintError(f"{source.message}; sglint baseline writes one")
    counts: dict[Entry, int] = {}
    for number, line in enumerate(source.text.splitlines(), start=1):
        if line.strip():
            try:
                found = _entry(line)
            except ValueError as error:
                raise SglintError(f"{source.path}:{number}: {error}") from None
            if found is not None:
                counts[found[0]] = max(found[1], counts.get(found[0], 0))
    return Baseline(source.path, tuple(one for one in sorted(counts) for _ in range(counts[one])))


def _entry(line: str) -> tuple[Entry, int] | None:
    """Return what a line lists and how often, None for the one that says which schema it is."""
    if line.startswith(("<<<<<<<", "=======", ">>>>>>>", "|||||||")):
        raise ValueError("a conflict of a merge; keep the lines of both sides")
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("this line is not JSON; write the file with sglint baseline") from None
    if isinstance(found, dict) and found.keys() == {"schema"}:
        if found["schema"] != SCHEMA:
            raise ValueError(f"the schema of this baseline is not {SCHEMA}, so another version of sglint wrote it")
        return None
    if not isinstance(found, dict) or not {"rule", "file", "roots", "subjects"} <= found.keys():
        raise ValueError("this line is no finding; it has rule, file, roots and subjects")
    rule, file, certain, count = found["rule"], found["file"], found.get("certain", True), found.get("count", 1)
    names = (found["roots"], found["subjects"])
    listed = all(isinstance(one, list) and all(isinstance(name, str) for name in one) for one in names)
    if not (listed and isinstance(rule, str) and isinstance(file, str) and isinstance(certain, bool)):
        raise ValueError("rule and file are texts, roots and subjects lists of texts, certain is true or false")
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST:
        raise ValueError(f"count is a whole number from 1 to {MOST}")
    return Entry(Identity(rule, tuple(names[0]), file, tuple(names[1])), certain), count


def render(entries: Iterable[Entry]) -> str:
    """
    Return the entries as lines, sorted, equal ones as one line with their count.
    """
    rows = [{"schema": SCHEMA}, *(_row(one, count) for one, count in sorted(Counter(entries).items()))]
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def _row(one: Entry, count: int) -> dict[str, object]:
    identity = one.identity
    row: dict[str, object] = {"rule": identity.rule, "file": identity.file}
    row |= {"subjects": list(identity.subjects), "roots": list(identity.roots)}
    row |= {} if one.certain else {"certain": False}
    return row if count == 1 else {**row, "count": count}


def listed(findings: Iterable[Finding], *, maybe: bool) -> tuple[Entry, ...]:
    """
    Return what a baseline of these findings lists: what is open or listed already, the uncertain when `maybe` is set.
    """
    return tuple(sorted(Entry(one.identity, one.certain) for one in _standing(findings) if one.certain or maybe))


def set_aside(findings: Sequence[Finding], baseline: Baseline) -> tuple[Finding, ...]:
    """
    Return the findings with those marked that the baseline lists.
    """
    same, _ = known(findings, [(one.identity, one.certain) for one in baseline.entries])
    return tuple(
        replace(one, status=Status.BASELINE, status_reason=f"listed in {baseline.path}") if index in same else one
        for index, one in enumerate(findings)
    )


def stale(findings: Iterable[Finding], entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """
    Return the entries that stand for no finding anymore; of one that a comment has set aside since there is no need.
    """
    standing = [replace(one, status=Status.OPEN) for one in _standing(findings)]
    _, gone = known(standing, [(one.identity, one.certain) for one in entries])
    return tuple(entries[index] for index in sorted(gone))


def without(entries: Iterable[Entry], less: Iterable[Entry]) -> tuple[Entry, ...]:
    """
    Return the entries without these, each taken away once.
    """
    return tuple(sorted((Counter(entries) - Counter(less)).elements()))


def within(entries: Iterable[Entry], rules: frozenset[str], paths: Sequence[str], roots: frozenset[str]) -> tuple[Entry, ...]:
    """
    Return the entries that a run can tell of: of its rules, in a file at or below one of its paths, or of its roots alone.
    """

    def inside(path: str) -> bool:
        return any(above in {".", path} or path.startswith(f"{above}/") for above in paths)

    def told(one: Identity) -> bool:
        return one.rule in rules and (inside(one.file) or (bool(one.roots) and roots.issuperset(one.roots)))

    return tuple(one for one in entries if told(one.identity))


def forgotten(findings: Iterable[Finding], baseline: Baseline, told: Iterable[Entry]) -> tuple[Problem, ...]:
    """
    Return the problem that a baseline lists what is not there anymore, among the entries that the run can tell of.
    """
    number = len(stale(findings, tuple(told)))
    if not number:
        return ()
    many = f"{number} findings that are" if number > 1 else "a finding that is"
    hint = "sglint baseline --prune takes what is gone off the list"
    return (Problem(f"{baseline.path} lists {many} not there anymore", hint=hint, hides=False),)


def _standing(findings: Iterable[Finding]) -> list[Finding]:
    return [one for one in findings if one.status in (Status.OPEN, Status.BASELINE)]
