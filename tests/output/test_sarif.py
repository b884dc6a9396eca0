"""
SARIF 2.1.0, against what the standard asks of the objects that sglint writes.

The official schema is not at hand in a package, so `SUBSET` states the parts of it that concern these objects, closed to
fields that are not in the standard.
"""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from sglint.output.sarif import render
from sglint.rule import load
from tests.output.made import at, finding, full, report


def closed(required: list[str], **properties: object) -> dict[str, object]:
    """
    Return the schema of an object with these fields and no others.
    """
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def listed(items: object) -> dict[str, object]:
    """
    Return the schema of a list of different things.
    """
    return {"type": "array", "items": items, "uniqueItems": True}


TEXT = {"type": "string"}
POSITION = {"type": "integer", "minimum": 1}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
MESSAGE = closed(["text"], text=TEXT, markdown=TEXT)
PLACE = closed(
    ["artifactLocation", "region"],
    artifactLocation=closed(["uri"], uri={"type": "string", "pattern": r"^(?:[A-Za-z0-9._~:/@!$&'()*+,;=-]|%[0-9A-F]{2})*$"}),
    region=closed(["startLine"], startLine=POSITION, startColumn=POSITION, endLine=POSITION, endColumn=POSITION),
)
LOCATION = closed(
    [],
    id={"type": "integer", "minimum": -1},
    physicalLocation=PLACE,
    logicalLocations=listed(closed([], fullyQualifiedName=TEXT)),
    message=MESSAGE,
)
RULE = closed(
    ["id"],
    id=TEXT,
    name=TEXT,
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    help=MESSAGE,
    defaultConfiguration=closed([], level=LEVEL),
    properties={"type": "object"},
)
RESULT = closed(
    ["message"],
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": -1},
    kind={"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]},
    level=LEVEL,
    message=MESSAGE,
    locations={"type": "array", "items": LOCATION},
    relatedLocations=listed(LOCATION),
    partialFingerprints={"type": "object", "additionalProperties": TEXT},
    suppressions=listed(closed(["kind"], kind={"enum": ["inSource", "external"]}, justification=TEXT)),
)
NOTIFICATION = closed(["message"], level=LEVEL, message=MESSAGE, locations=listed(LOCATION))
INVOCATION = closed(
    ["executionSuccessful"],
    executionSuccessful={"type": "boolean"},
    toolExecutionNotifications={"type": "array", "items": NOTIFICATION},
)
DRIVER = closed(["name"], name=TEXT, version=TEXT, semanticVersion=TEXT, rules=listed(RULE))
RUN = closed(
    ["tool"],
    tool=closed(["driver"], driver=DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    invocations={"type": "array", "items": INVOCATION},
    results={"type": "array", "items": RESULT},
)
SUBSET = closed(["version", "runs"], **{"$schema": TEXT}, version={"const": "2.1.0"}, runs={"type": "array", "items": RUN})


@pytest.fixture
def log() -> Any:
    """
    The log of a report with one of everything.
    """
    return json.loads(render(full(), load(), version="1.2.3", maybe=True))


def test_the_log_is_as_the_standard_has_it(log: Any) -> None:
    jsonschema.validate(log, SUBSET)


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


def test_a_fingerprint_does_not_change_when_lines_move() -> None:
    def fingerprint(line: int) -> object:
        log = json.loads(render(report(finding(span=at(line))), (), version="1"))
        return log["runs"][0]["results"][0]["partialFingerprints"]

    assert fingerprint(1) == fingerprint(40)


def test_a_problem_that_hides_makes_the_run_unsuccessful(log: Any) -> None:
    assert log["runs"][0]["invocations"][0]["executionSuccessful"] is False
    clean = json.loads(render(report(), (), version="1"))
    assert clean["runs"][0]["invocations"][0]["executionSuccessful"] is True


def test_a_file_name_with_odd_characters_is_a_uri() -> None:
    log = json.loads(render(report(finding(span=at(1, path="ä #%?/[x].tf"), labels=())), (), version="1"))
    jsonschema.validate(log, SUBSET)
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place == "%C3%A4%20%23%25%3F/%5Bx%5D.tf"
