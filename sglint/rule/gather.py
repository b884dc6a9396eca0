"""
Findings that nobody can act on, or on all of them at once, said once for all blocks of a root that they are about.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sglint.finding import Finding, Label
from sglint.rule.run import title


def gathered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """
    Return the findings in their order, those that are `alike` and say the same of one root as one, at the first place.

    This comes after comments are heeded, which set aside what stands at their place and nothing else.
    """
    same: dict[object, list[Finding]] = {}
    for one in findings:
        says = one.message.removeprefix(f"{title(one.subjects)}: ")
        key = (
            (one.rule, one.severity, one.roots, one.certain, one.status, one.status_reason, says, one.advice)
            if one.alike
            else one
        )
        same.setdefault(key, []).append(one)
    return tuple(as_one(group) for group in same.values())


def as_one(group: list[Finding]) -> Finding:
    """
    Return the findings of a group as one that points at all their places.
    """
    first, *others = group
    if not others:
        return first
    subjects = tuple(sorted({subject for one in group for subject in one.subjects}))
    says = first.message.removeprefix(f"{title(first.subjects)}: ")
    known = {label.span for label in first.labels}
    more = (Label(one.span, f"the same holds for {title(one.subjects)}") for one in others if one.span not in known)
    return replace(
        first,
        subjects=subjects,
        message=f"{title(subjects)}: {says}",
        labels=(*first.labels, *more),
        unless=tuple(dict.fromkeys(label for one in group for label in one.unless)),
        calls=tuple(dict.fromkeys(calls for one in group for calls in one.calls)),
        tracked=tuple(dict.fromkeys(tracked for one in group for tracked in one.tracked)),
    )
