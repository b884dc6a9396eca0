"""
GitLab's code quality report, against what GitLab documents and checks of it.
"""

from __future__ import annotations

import json
from typing import Any

import jsonschema
from hypothesis import given

from sglint.finding import Report, Seen, Severity
from sglint.output.gitlab import render
from sglint.source import Problem
from tests.conftest import Accept
from tests.output.made import at, finding, full, report
from tests.output.names import NAMES, about

SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "additionalProperties": False,
                "properties": {
                    "path": {"type": "string", "not": {"pattern": "^\\./"}},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}, "end": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
"""What https://docs.gitlab.com/ci/testing/code_quality/ asks of a report; a path that begins with ./ is not found there."""


def issues(made: Report, *, maybe: bool = False) -> Any:
    """
    Return the issues, which must be as GitLab asks.
    """
    read = json.loads(render(made, maybe=maybe))
    jsonschema.Draft7Validator(SCHEMA).validate(read)
    prints = [one["fingerprint"] for one in read]
    assert len(set(prints)) == len(prints), "GitLab shows one of the issues with the same fingerprint"
    return read


def test_it_is_recorded(expect: Accept) -> None:
    expect("report.gitlab.json", render(full(), maybe=True))


def test_severities_are_those_of_gitlab() -> None:
    found = issues(report(*(finding(str(one), severity=one, subjects=(one.value,)) for one in Severity)))
    assert [one["severity"] for one in found] == ["critical", "major", "info"]


def test_what_hides_is_an_issue_and_what_may_hold_is_counted_or_shown() -> None:
    problem = {one["description"]: one["severity"] for one in issues(full()) if one["check_name"] == "problem"}
    assert problem == {
        "module.net cannot be read; run terraform init": "major",
        "this comment gives no reason and is not applied": "minor",
    }
    assert [one["description"] for one in issues(full()) if one["check_name"] == "not-shown"] == [
        "1 finding that may hold left out; --maybe includes them"
    ]
    assert [one["severity"] for one in issues(full(), maybe=True) if one["description"].startswith("maybe: ")] == ["info"]


def test_clean_is_empty_and_unread_is_not() -> None:
    assert issues(report()) == []
    assert [one["check_name"] for one in issues(Report((), (), Seen()))] == ["nothing-read"]
    assert [one["check_name"] for one in issues(report(problems=(Problem("it cannot be read"),)))] == ["problem"]


def test_a_fingerprint_stays_when_lines_move_and_differs_for_equal_findings() -> None:
    def fingerprints(*lines: int) -> list[str]:
        return [one["fingerprint"] for one in issues(report(*(finding(span=at(line)) for line in lines)))]

    assert fingerprints(1, 9) == fingerprints(4, 40)


@given(NAMES)
def test_any_name_leaves_it_as_gitlab_asks(name: str) -> None:
    assert len(issues(about(name), maybe=True)) == 4
    assert len(issues(about(name))) == 4
