"""
Workflow commands, read as the runner of GitHub Actions reads a line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given

from sglint.finding import Edit, Fix, Report, Seen, Severity, Since
from sglint.output.github import render
from sglint.source import Problem
from tests.conftest import Accept
from tests.output.made import at, finding, full, report
from tests.output.names import NAMES, about

COMMANDS = {
    "error",
    "warning",
    "notice",
    "debug",
    "group",
    "endgroup",
    "add-mask",
    "add-matcher",
    "set-output",
    "stop-commands",
}
EDITS = (Edit(at(7), "x"),)


@dataclass(frozen=True, slots=True)
class Command:
    """
    A command with its properties and its text.
    """

    name: str
    properties: dict[str, str]
    text: str


def understood(line: str) -> Command | None:
    """
    Return the command that the runner sees in a line: `::name key=value,key=value::text` with blanks before it.

    It ends at the second pair of colons, wherever that stands, and each part is decoded after it is split.
    """
    start, head, rest = line.lstrip().partition("::")
    inside, end, text = rest.partition("::")
    name, _, properties = inside.partition(" ")
    if start or not head or not end or name not in COMMANDS:
        return None
    pairs = [pair.split("=", 1) for pair in properties.split(",") if "=" in pair]
    return Command(name, {key: decoded(value, "\r\n:,%") for key, value in pairs}, decoded(text, "\r\n%"))


def decoded(text: str, signs: str) -> str:
    """
    Return the text with the codes of these signs replaced, one sign after the other, the percent sign last.
    """
    for sign in signs:
        text = text.replace(f"%{ord(sign):02X}", sign)
    return text


def commands(made: Report, *, maybe: bool = False) -> list[Command]:
    """
    Return the commands that the runner sees; there must be nothing else in the output.
    """
    lines = render(made, maybe=maybe).split("\n")
    assert lines.pop() == ""
    read = [understood(line) for line in lines]
    assert None not in read
    return [one for one in read if one is not None]


def test_they_are_recorded(expect: Accept) -> None:
    expect("report.github.txt", render(full(), maybe=True))


def test_a_finding_is_an_annotation_at_its_place() -> None:
    severe = finding("a: b, 100 %", severity=Severity.ERROR, span=at(3, 5, 9, path="a,b: c%2C.tf"))
    _, one = commands(report(severe))
    place = {"file": "a,b: c%2C.tf", "line": "3", "endLine": "3", "col": "5", "endColumn": "8"}
    assert (one.name, one.properties) == ("error", {**place, "title": "sglint: tracked-workload"})
    assert one.text.startswith("a: b, 100 %\nhelp: to leave them untracked")


def test_what_is_worst_comes_first_and_what_came_of_it_before_that() -> None:
    assert [one.name for one in commands(full())] == ["error", "error", "warning", "warning", "notice", "notice"]
    first = commands(full())[0].text
    assert "found 1 warning, 2 notes, 1 ignored" in first and "part of the network is missing" in first


def test_what_may_hold_is_counted_or_a_notice() -> None:
    assert "not shown: 1 finding that may hold" in commands(full())[0].text
    shown = commands(full(), maybe=True)
    assert [one.name for one in shown if one.text.startswith("maybe: ")] == ["notice"]


@pytest.mark.parametrize(
    ("fix", "said"),
    [
        (None, []),
        (Fix(blocked="it is made elsewhere"), ["fix: none can be written: it is made elsewhere"]),
        (Fix(edits=EDITS, safe=True), ["fix: sglint fix writes it; it lets nothing new in"]),
        (
            Fix(edits=EDITS, admits=("10.0.0.0/8", "its VPC")),
            ["fix: sglint fix --unsafe writes it; it lets in: 10.0.0.0/8; its VPC"],
        ),
    ],
)
def test_whether_there_is_a_fix_is_said(fix: Fix | None, said: list[str]) -> None:
    lines = commands(report(finding(fix=fix)))[1].text.split("\n")
    assert [line for line in lines if line.startswith("fix:")] == said


def test_clean_unread_and_empty_read_differently() -> None:
    (clean,) = commands(report())
    (nothing,) = commands(Report((), (), Seen()))
    unread = commands(report(problems=(Problem("main.tf cannot be read", at(1)),)))
    assert (clean.name, nothing.name, unread[0].name) == ("notice", "warning", "error")
    assert "found nothing" in clean.text and "looked at 1 root module" in clean.text
    assert nothing.text == "looked at nothing: no Terraform files and no templates here"
    assert "part of the network is missing" in unread[0].text and unread[1].text == "main.tf cannot be read"


def test_a_problem_that_was_there_before_is_a_warning() -> None:
    old = Problem("module.m cannot be read", at(1))
    read = commands(replace(report(problems=(old,)), since=Since("main", problems=(old,))))
    assert [one.name for one in read] == ["notice", "warning"]
    assert "found nothing new since main" in read[0].text


@given(NAMES)
def test_no_name_is_a_command_or_ends_one(name: str) -> None:
    read = commands(about(name), maybe=True)
    assert [one.name for one in read] == ["error", "error", "warning", "warning", "notice"]
    assert {key for one in read for key in one.properties} == {"file", "line", "endLine", "col", "endColumn", "title"}
    assert {one.properties["title"] for one in read} == {"sglint", "sglint: problem", "sglint: tracked-workload"}
