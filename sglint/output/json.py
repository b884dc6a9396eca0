"""
The report for programs: JSON, versioned, written by hand so that a field never changes by accident.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from math import isinf

from sglint.finding import Finding, Fix, Label, Projection, Report, Since
from sglint.output.diff import shown
from sglint.source import Problem, Span

SCHEMA = 1


def render(report: Report, *, version: str) -> str:
    """
    Return the report as JSON, uncertain and ignored findings included.
    """
    return dump(
        {
            "schema": SCHEMA,
            "version": version,
            "findings": [finding_json(one) for one in report.findings],
            "problems": [problem_json(one) for one in report.problems],
            "seen": asdict(report.seen),
            "rules_off": [{"rule": slug, "file": place.path, "line": place.line} for slug, place in report.off],
            "since": None if report.since is None else since_json(report.since),
        }
    )


def since_json(since: Since) -> dict[str, object]:
    """
    Return what a report is compared with as JSON types.
    """
    return {"revision": since.revision, "gone": [finding_json(one) for one in since.gone]}


def dump(document: object) -> str:
    """
    Return the document as JSON in ASCII, so that nothing in it can steer a terminal.
    """
    return json.dumps(document, indent=2).replace("\x7f", "\\u007f") + "\n"


def finding_json(finding: Finding) -> dict[str, object]:
    """
    Return one finding as JSON types.
    """
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "certain": finding.certain,
        "status": finding.status.value,
        "status_reason": finding.status_reason,
        "message": finding.message,
        "subject": ", ".join(finding.subjects),
        "subjects": list(finding.subjects),
        "root": ", ".join(finding.roots),
        "roots": list(finding.roots),
        **place_json(finding.span),
        "labels": [label_json(label) for label in finding.labels],
        "advice": list(finding.advice),
        "exposes": list(finding.exposes),
        "fix": fix_json(finding.fix),
        "projections": [projection_json(one) for one in finding.projections],
        "no_projection_because": finding.unprojected or None,
        "unless": [label_json(label) for label in finding.unless],
        "key": finding.key,
    }


def fix_json(fix: Fix | None) -> dict[str, object] | None:
    """
    Return a change of the files that was looked for as JSON types; its diff is to look at, `sglint fix` prints what applies.
    """
    if fix is None:
        return None
    return {
        "safe": fix.safe,
        "admits": list(fix.admits),
        "steps": list(fix.steps),
        "diff": "\n".join((*shown(fix.diff), "")) if fix.diff else "",
        "blocked": fix.blocked or None,
        "edits": [{**place_json(edit.span), "text": edit.text} for edit in fix.edits],
    }


def projection_json(one: Projection) -> dict[str, object]:
    """
    Return a projection as JSON types.
    """
    return {
        "profile": one.profile,
        "instance_type": one.instance_type or None,
        "protocols": [protocol.value for protocol in one.protocols],
        "allowance_at_least_that_of": one.like or None,
        "new_flows_per_second": {"least": one.least, "most": None if isinf(one.most) else one.most},
        "profile_file": one.source or None,
        "measured_allowance": one.allowance or None,
        "measured": ["allowance"] if one.allowance else [],
        "calibrated": bool(one.allowance),
    }


def place_json(span: Span) -> dict[str, object]:
    """
    Return a place as JSON types.
    """
    return {
        "file": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def label_json(label: Label) -> dict[str, object]:
    """
    Return a label as JSON types.
    """
    return {"file": label.span.path, "line": label.span.line, "column": label.span.column, "text": label.text}


def problem_json(problem: Problem) -> dict[str, object]:
    """
    Return one problem as JSON types.
    """
    span = problem.span
    return {
        "message": problem.message,
        "file": span.path if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "hint": problem.hint or None,
        "hides": problem.hides,
    }
