"""
The report as SARIF 2.1.0, for code scanning.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from urllib.parse import quote

from sglint.finding import Finding, Fix, Label, Report, Status
from sglint.output.json import dump, projection_json
from sglint.output.plain import clean, counted
from sglint.output.text import fix_told
from sglint.rule import Rule
from sglint.source import Problem, Span

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(report: Report, rules: Iterable[Rule], *, version: str, maybe: bool = False) -> str:
    """
    Return the report as SARIF: findings as results, problems as notifications of the tool.

    Uncertain findings are results for review when `maybe` is set, and otherwise counted in a notification.
    """
    listed = tuple(rules)
    shown = [finding for finding in report.findings if maybe or finding.certain]
    notes = [notification(problem) for problem in report.problems]
    if len(shown) < len(report.findings):
        left = counted(len(report.findings) - len(shown), "finding")
        notes.append({"level": "note", "message": {"text": f"{left} that may hold left out; --maybe includes them"}})
    index = {rule.slug: number for number, rule in enumerate(listed)}
    driver = {
        "name": "sglint",
        "version": version,
        "semanticVersion": version,
        "rules": [rule_sarif(rule) for rule in listed],
    }
    run: dict[str, object] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not any(problem.hides for problem in report.problems),
                "toolExecutionNotifications": notes,
            }
        ],
        "results": [result(finding, index, compared=report.since is not None) for finding in shown],
    }
    return dump({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def rule_sarif(rule: Rule) -> dict[str, object]:
    """
    Return a rule with its page as help.
    """
    return {
        "id": rule.slug,
        "name": "".join(word.capitalize() for word in rule.slug.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.title},
        "help": {"text": rule.page, "markdown": rule.page},
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": {"since": rule.since},
    }


def result(finding: Finding, index: dict[str, int], *, compared: bool = False) -> dict[str, object]:
    """
    Return one finding; SARIF allows a level only for what surely fails, so an uncertain one is left open for review.
    """
    lines = (finding.message, *finding.advice, *(f"not certain: {label.text} ({label.span})" for label in finding.unless))
    found: dict[str, object] = {
        "ruleId": finding.rule,
        "kind": "fail" if finding.certain else "review",
        "level": finding.severity.value if finding.certain else "none",
        "message": {"text": "\n".join(clean(line) for line in lines)},
        "locations": [
            {**location(finding.span), "logicalLocations": [{"fullyQualifiedName": one} for one in finding.subjects]}
        ],
        "relatedLocations": [{"id": number, **labelled(label)} for number, label in enumerate(finding.labels)],
        "partialFingerprints": {"sglintKey/v1": hashlib.sha256(finding.key.encode("utf-8", "replace")).hexdigest()},
    }
    if finding.rule in index:
        found["ruleIndex"] = index[finding.rule]
    if finding.projections:
        found["properties"] = {"projections": [projection_json(one) for one in finding.projections]}
    if compared:
        found["baselineState"] = "unchanged" if finding.status is Status.UNCHANGED else "new"
    if finding.status in (Status.IGNORED, Status.BASELINE):
        kind = "inSource" if finding.status is Status.IGNORED else "external"
        found["suppressions"] = [{"kind": kind, "justification": clean(finding.status_reason)}]
    if finding.fix is not None and finding.fix.edits:
        found["fixes"] = [changes(finding.fix)]
    return found


def changes(fix: Fix) -> dict[str, object]:
    """
    Return a change of the files as SARIF has it; the texts go in as they are, since a tool will put them into files.
    """
    by_file: dict[str, list[dict[str, object]]] = {}
    for edit in fix.edits:
        replacement = {"deletedRegion": region(edit.span), "insertedContent": {"text": edit.text}}
        by_file.setdefault(edit.span.path, []).append(replacement)
    told = (*fix_told(fix), *fix.steps)
    return {
        "description": {"text": "\n".join(clean(line) for line in told)},
        "artifactChanges": [
            {"artifactLocation": artifact(path), "replacements": found} for path, found in sorted(by_file.items())
        ],
    }


def labelled(label: Label) -> dict[str, object]:
    """
    Return the place of a label with its text.
    """
    return {**location(label.span), "message": {"text": clean(label.text)}}


def location(span: Span) -> dict[str, object]:
    """
    Return a place in a file as a SARIF location.
    """
    return {"physicalLocation": {"artifactLocation": artifact(span.path), "region": region(span)}}


def region(span: Span) -> dict[str, int]:
    """
    Return a place as a SARIF region.
    """
    return {"startLine": span.line, "startColumn": span.column, "endLine": span.end_line, "endColumn": span.end_column}


def artifact(path: str) -> dict[str, str]:
    """
    Return the file as a URI reference, relative to where sglint was started unless the path is absolute.

    >>> artifact("a dir/main#1.tf")
    {'uri': 'a%20dir/main%231.tf'}
    """
    uri = quote(path.encode("utf-8", "surrogateescape"), safe="/")
    if path.startswith("/"):
        return {"uri": f"file://{uri}"}
    return {"uri": uri}


def notification(problem: Problem) -> dict[str, object]:
    """
    Return a problem as a notification of the tool.
    """
    text = f"{problem.message}; {problem.hint}" if problem.hint else problem.message
    found: dict[str, object] = {"level": "error" if problem.hides else "warning", "message": {"text": clean(text)}}
    if problem.span is not None:
        found["locations"] = [location(problem.span)]
    return found
