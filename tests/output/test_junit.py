"""
JUnit XML: read by a library that others read it with, and by an XML parser.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from junitparser import Error, Failure, JUnitXml, Skipped

from sglint.finding import Report, Seen, Severity, Since, Status
from sglint.output.junit import render
from sglint.source import Problem
from tests.conftest import Accept
from tests.output.made import at, finding, full, report
from tests.output.names import NAMES, about

ALLOWED = {
    "testsuites": ({"name", "tests", "failures", "errors", "skipped"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped"}, {"testcase"}),
    "testcase": ({"classname", "name", "file", "line"}, {"failure", "error", "skipped"}),
    "failure": ({"message", "type"}, set[str]()),
    "error": ({"message", "type"}, set[str]()),
    "skipped": ({"message"}, set[str]()),
}
"""What servers take: the elements, their attributes, and what stands in them."""


def outcomes(xml: str) -> list[tuple[str, str, str]]:
    """
    Return suite, test and outcome of each test, as the library reads them.
    """
    read: Any = JUnitXml.fromstring(xml.encode())
    kinds = {Failure: "failure", Error: "error", Skipped: "skipped"}
    return [
        (suite.name, case.name, ",".join(kinds[type(one)] for one in case.result) or "passed")
        for suite in read
        for case in suite
    ]


def parsed(xml: str) -> ElementTree.Element:
    """
    Return the document, as an XML parser reads it.
    """
    return ElementTree.fromstring(xml.encode())  # noqa: S314 -- it is written here


def wrong(element: ElementTree.Element) -> list[str]:
    """
    Return what stands where servers do not take it.
    """
    attributes, children = ALLOWED[element.tag]
    found = [f"{element.tag} {name}" for name in element.attrib.keys() - attributes]
    found += [f"{element.tag} in {child.tag}" for child in element if child.tag not in children]
    return found + [more for child in element if child.tag in ALLOWED for more in wrong(child)]


def test_it_is_recorded(expect: Accept) -> None:
    expect("report.junit.xml", render(full()))


def test_the_library_reads_what_fails_what_is_an_error_and_what_only_may_hold() -> None:
    read = outcomes(render(full()))
    assert [outcome for suite, _, outcome in read if suite == "root module ."] == [
        "passed",  # the root module was looked at
        "skipped",  # notes, below --fail-on
        "skipped",
        "skipped",  # may hold
        "skipped",  # ignored
        "failure",
    ]
    assert [(name.split(" (")[0], outcome) for suite, name, outcome in read if suite == "problems"] == [
        ("module.net cannot be read", "error"),
        ("this comment gives no reason and is not applied", "skipped"),
    ]


def test_the_counts_are_those_of_the_tests() -> None:
    root = parsed(render(full()))
    for element in (root, *root.iter("testsuite")):
        for attribute, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert element.get(attribute) == str(len(list(element.iter(tag))))


@pytest.mark.parametrize("fail_on", [*Severity, None])
def test_something_fails_exactly_when_the_run_does(fail_on: Severity | None) -> None:
    for made in (full(), report(finding()), report(finding(certain=False)), report()):
        failing = any(outcome == "failure" for _, _, outcome in outcomes(render(made, fail_on=fail_on)))
        assert failing == (made.exit_code(fail_on) == 1)


def test_clean_has_a_test_that_passed_and_nothing_looked_at_has_none() -> None:
    assert outcomes(render(report())) == [("root module .", "looked at", "passed")]
    nothing = outcomes(render(Report((), (), Seen())))
    assert nothing == [("sglint", "looked at", "skipped")]
    unread = outcomes(render(Report((), (Problem("main.tf cannot be read", at(1)),), Seen())))
    assert ("problems", "main.tf cannot be read (main.tf:1:1)", "error") in unread
    assert "passed" not in {outcome for _, _, outcome in unread}


def test_what_was_there_before_fails_nothing() -> None:
    old = Problem("module.m cannot be read", at(1))
    compared = report(finding(severity=Severity.ERROR, status=Status.UNCHANGED), problems=(old,))
    read = outcomes(render(replace(compared, since=Since("main", problems=(old,)))))
    assert {outcome for _, name, outcome in read if name != "looked at"} == {"skipped"}


def test_tests_of_one_suite_have_names_of_their_own() -> None:
    names = [(suite, name) for suite, name, _ in outcomes(render(full()))]
    assert len(set(names)) == len(names)


@given(NAMES)
def test_any_name_leaves_it_well_formed(name: str) -> None:
    xml = render(about(name))
    assert wrong(parsed(xml)) == []
    assert [outcome for _, _, outcome in outcomes(xml)] == ["passed", "failure", "skipped", "error", "skipped"]
