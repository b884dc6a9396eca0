"""
The report as GitLab's code quality report, which a merge request shows beside the changed lines.

It has only issues with a place. So what could not be read is an issue too, and so is that nothing was there to look at:
the empty list is what came of looking.
"""

from __future__ import annotations

import hashlib
from collections import Counter

from sglint.finding import Finding, Report, Severity, Status
from sglint.output.json import dump
from sglint.output.plain import clean, counted
from sglint.output.text import looked_at
from sglint.output.told import explained, problem_told
from sglint.source import Problem, Span

SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.NOTE: "info"}
HIDES, ELSE = "major", "minor"


def render(report: Report, *, maybe: bool = False) -> str:
    """
    Return the report as a list of issues: open findings, and problems.

    Uncertain findings are issues of severity `info` when `maybe` is set, and otherwise counted in one.
    """
    still = [one for one in report.findings if one.status is Status.OPEN]
    left = [] if maybe else [one for one in still if not one.certain]
    issues = [_finding(one) for one in still if maybe or one.certain]
    issues += [_problem(one) for one in report.problems]
    if left:
        said = f"{counted(len(left), 'finding')} that may hold left out; --maybe includes them"
        issues.append(issue("not-shown", said, "info", left[0].span, "not shown"))
    if not report.seen.files:
        issues.append(issue("nothing-read", looked_at(report.seen), ELSE, None, "nothing read"))
    return dump(_apart(issues))


def issue(check: str, said: str, severity: str, span: Span | None, key: str) -> dict[str, object]:
    """
    Return one issue; `key` is what it stays the same by, and without a place it stands at the top of the folder.
    """
    return {
        "description": clean(said),
        "check_name": check,
        "fingerprint": key,
        "severity": severity,
        "location": {
            "path": span.path.removeprefix("./") if span else ".",
            "lines": {"begin": span.line if span else 1, "end": span.end_line if span else 1},
        },
    }


def _finding(one: Finding) -> dict[str, object]:
    doubt = "" if one.certain else "maybe: "
    said = "\n".join((f"{doubt}{one.message}", *explained(one)))
    described = "; ".join(said.splitlines())
    return issue(one.rule, described, SEVERITIES[one.severity] if one.certain else "info", one.span, one.key)


def _problem(one: Problem) -> dict[str, object]:
    key = f"problem:{one.span.path if one.span else ''}:{one.message}"
    return issue("problem", problem_told(one), HIDES if one.hides else ELSE, one.span, key)


def _apart(issues: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return the issues with hashes for fingerprints; GitLab shows one of those with the same, so equal ones are numbered."""
    seen: Counter[str] = Counter()
    found = []
    for one in issues:
        key = str(one["fingerprint"])
        seen[key] += 1
        whole = key if seen[key] == 1 else f"{key}#{seen[key]}"
        found.append({**one, "fingerprint": hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()})
    return found
