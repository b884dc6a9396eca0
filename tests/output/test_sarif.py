"""
SARIF 2.1.0, against the schema of the standard.
"""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from sglint.finding import Edit, Fix
from sglint.output.sarif import render
from sglint.rule import load
from tests.output.made import at, finding, full, report
from tests.stored import SARIF, stored


@pytest.fixture(scope="session")
def official() -> Any:
    """
    The schema of the standard.
    """
    return stored(SARIF)


@pytest.fixture
def log() -> Any:
    """
    The log of a report with one of everything.
    """
    return json.loads(render(full(), load(), version="1.2.3", maybe=True))


def wrong(log: Any, official: Any) -> list[str]:
    """
    Return what the standard finds wrong with the log.
    """
    validator = jsonschema.Draft7Validator(official, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)
    return [error.message for error in validator.iter_errors(log)]


def test_the_log_is_as_the_standard_has_it(log: Any, official: Any) -> None:
    assert wrong(log, official) == []
    log["runs"][0]["results"][0]["nothing"] = 1
    assert wrong(log, official) != []


def test_every_rule_has_its_page_and_every_result_its_rule(log: Any) -> None:
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted(rule.slug for rule in load())
    assert all("## How to fix it" in rule["help"]["markdown"] for rule in rules)
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_what_does_not_surely_fail_is_for_review_and_has_no_level(log: Any) -> None:
    kinds = [(result["kind"], result["level"]) for result in log["runs"][0]["results"]]
    assert kinds == [("fail", "note"), ("fail", "note"), ("review", "none"), ("fail", "note"), ("fail", "warning")]


def test_uncertain_findings_left_out_are_counted() -> None:
    run = json.loads(render(full(), load(), version="1"))["runs"][0]
    assert {result["kind"] for result in run["results"]} == {"fail"}
    assert any("1 finding" in note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"])


def test_an_ignored_finding_is_suppressed_with_its_reason(log: Any) -> None:
    results = log["runs"][0]["results"]
    assert [result["suppressions"] for result in results if "suppressions" in result] == [
        [{"kind": "inSource", "justification": "few connections"}]
    ]


def test_what_tracked_flows_come_to_is_a_property_and_no_part_of_the_message(log: Any) -> None:
    results = log["runs"][0]["results"]
    (one,) = (result for result in results if "properties" in result)
    assert [row["instance_type"] for row in one["properties"]["projections"]] == ["m7g.large", "m8g.large"]
    assert all("profile" not in result["message"]["text"] for result in results)


def test_a_fingerprint_does_not_change_when_lines_move() -> None:
    def fingerprint(line: int) -> object:
        log = json.loads(render(report(finding(span=at(line))), (), version="1"))
        return log["runs"][0]["results"][0]["partialFingerprints"]

    assert fingerprint(1) == fingerprint(40)


def test_a_problem_that_hides_makes_the_run_unsuccessful(log: Any) -> None:
    assert log["runs"][0]["invocations"][0]["executionSuccessful"] is False
    clean = json.loads(render(report(), (), version="1"))
    assert clean["runs"][0]["invocations"][0]["executionSuccessful"] is True


def test_a_file_name_with_odd_characters_is_a_uri(official: Any) -> None:
    log = json.loads(render(report(finding(span=at(1, path="ä #%?/[x].tf"), labels=())), (), version="1"))
    assert wrong(log, official) == []
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place == "%C3%A4%20%23%25%3F/%5Bx%5D.tf"


def test_a_change_of_the_files_is_a_fix_with_regions_that_the_standard_knows(official: Any) -> None:
    edits = (Edit(at(7), "x\n"), Edit(at(3, path="a dir/b.tf"), ""))
    made = report(finding(fix=Fix(edits=edits, safe=True, steps=("apply it",))), finding(fix=Fix(blocked="it is elsewhere")))
    log = json.loads(render(made, load(), version="1"))
    assert wrong(log, official) == []
    first, second = log["runs"][0]["results"]
    assert "fixes" not in second
    (fix,) = first["fixes"]
    assert fix["description"]["text"] == "fix: sglint fix writes it; it lets nothing new in\napply it"
    assert [change["artifactLocation"]["uri"] for change in fix["artifactChanges"]] == ["a%20dir/b.tf", "main.tf"]
    (replacement,) = fix["artifactChanges"][1]["replacements"]
    assert replacement["deletedRegion"] == {"startLine": 7, "startColumn": 1, "endLine": 7, "endColumn": 9}
    assert replacement["insertedContent"] == {"text": "x\n"}
