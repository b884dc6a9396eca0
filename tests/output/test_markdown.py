"""
The comment on a pull request, as a CommonMark parser with GitHub's tables renders it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from sglint.finding import Edit, Fix, Report, Seen, Severity, Since, Status, Tracked
from sglint.model import Role
from sglint.output.markdown import LIMIT, MARKER, render
from sglint.source import Problem
from sglint.space import Protocol
from tests.conftest import Accept
from tests.output.made import at, finding, full, report
from tests.output.names import NAMES, about

OURS = {"p", "strong", "br", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "details", "summary", "ul", "ol", "li"}
FIX = Fix(
    edits=(Edit(at(7), "x"),),
    diff='--- a/main.tf\n+++ b/main.tf\n@@ -7 +7 @@\n-  cidr_blocks = ["10.0.0.0/8"]\n+  cidr_blocks = ["0.0.0.0/0"]\n',
    admits=("10.0.0.0/8",),
    steps=("apply it at night",),
)


class Page(HTMLParser):
    """
    What a browser makes of the rendered comment: the elements, the text outside and inside of code, and the cells by row.
    """

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.comments: list[str] = []
        self.plain = ""
        self.code = ""
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.rows[-1].append("")
        if tag != "br":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        if "code" in self.open:
            self.code += data
        else:
            self.plain += data
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


def page(made: Report) -> Page:
    """
    Return the comment as rendered; its elements are closed, and none is another than ours.
    """
    text = render(made)
    assert text.startswith(f"{MARKER}\n**sglint: ")
    parser = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    read = Page()
    read.feed(parser.render(text))
    read.close()
    assert read.open == []
    assert {tag for tag, _ in read.elements} <= OURS
    allowed = {("details", ("open",)), ("ol", ("start",))}
    assert {(tag, names) for tag, names in read.elements if names and (tag, names) not in allowed} <= {("code", ("class",))}
    assert [f"<!--{one}-->" for one in read.comments] == [MARKER]
    return read


def test_it_is_recorded(expect: Accept) -> None:
    expect("report.md", render(full()))


def test_the_verdict_comes_first_and_then_a_row_for_each_certain_finding() -> None:
    read = page(full())
    first, *rows = read.rows
    assert first == ["", "rule", "what", "where"]
    assert [row[0] for row in rows] == ["warning", "note", "note"]
    assert rows[0][1:] == ["tracked-workload", "aws_instance.app: far right", "main.tf:3:160"]
    assert read.plain.strip().startswith("sglint: found 1 warning, 2 notes, and 1 finding that may hold; 1 problem: part of")


def test_problems_doubts_and_details_are_folded_and_what_hides_is_open() -> None:
    text = render(full())
    summaries = re.findall(r"<details( open)?><summary>(.*?)</summary>", text)
    assert summaries[0] == (" open", "2 problems: part of the network could not be read")
    assert summaries[-1] == ("", "1 finding that may hold, which nothing known decides")
    assert len(summaries) == 2 + 3
    assert "`var.clients` has no default" in text and "1 finding set aside" in text


def test_a_fix_is_shown_as_a_change_with_what_it_lets_in_and_the_order() -> None:
    read = page(report(finding(fix=FIX)))
    assert '-  cidr_blocks = ["10.0.0.0/8"]' in read.code
    assert "writes it; it lets in: " in read.plain
    assert "apply it at night" in read.plain
    blocked = page(report(finding(fix=Fix(blocked="the group is made elsewhere"))))
    assert "fix: none can be written: the group is made elsewhere" in blocked.plain


def test_what_is_sensitive_in_a_change_is_not_shown() -> None:
    shown = page(report(finding(fix=replace(FIX, diff=f'{FIX.diff} password = sensitive("hunter2")\n')))).code
    assert "password = sensitive(" in shown and "hunter2" not in shown


def test_what_is_compared_says_what_is_gone_and_what_stays() -> None:
    made = report(finding("one: x", status=Status.UNCHANGED), finding("two: x"))
    said = page(replace(made, since=Since("main", (finding("three: x"),)))).plain
    assert "found 1 note new since main, 1 gone" in said and "1 finding gone since then" in said
    assert "1 finding unchanged since main" in said and "three: x" in said and "one: x" not in said


def test_clean_unread_and_empty_read_differently() -> None:
    clean, nothing = page(report()).plain, page(Report((), (), Seen())).plain
    unread = page(report(problems=(Problem("main.tf cannot be read", at(1)),))).plain
    assert "found nothing" in clean and "looked at 1 root module" in clean and "missing" not in clean
    assert "looked at nothing" in nothing and "found" not in nothing
    assert "1 problem: part of the network is missing from this result" in unread


@pytest.mark.parametrize("count", [200, 20_000])
def test_a_comment_is_never_longer_than_github_takes_and_says_what_it_leaves_out(count: int) -> None:
    many = [
        finding(f"aws_instance.app{number}: x", severity=Severity.WARNING, span=at(number + 1), fix=FIX)
        for number in range(count)
    ]
    doubts = [finding(f"aws_instance.may{number}: x", certain=False) for number in range(count)]
    problems = tuple(Problem(f"module.m{number} cannot be read", at(1)) for number in range(count))
    made = report(*many, *doubts, problems=problems)
    text = render(made)
    read = page(made)
    assert LIMIT * 0.8 < len(text.encode()) <= LIMIT
    last = text.strip().rpartition("\n")[2]
    assert last.startswith("Left out, because a comment has no more room: ")
    told = {name: int(number) for number, name in re.findall(r"(\d+) (finding|problem|explanation)s?(?= in|,|\.)", last)}
    assert told.get("finding", 0) + len(read.rows) - 1 == count
    assert told.get("problem", 0) + len(re.findall(r"^- `module", text, re.MULTILINE)) == count
    assert told.get("explanation", 0) + text.count("<details><summary>warning") == count


def test_a_change_that_is_too_long_is_said_to_be() -> None:
    fix = Fix(edits=FIX.edits, diff=FIX.diff * 500, safe=True)
    text = render(report(finding(fix=fix)))
    assert "Too long for this comment" in text and len(text) < 5000


@given(NAMES)
def test_no_name_can_act(name: str) -> None:
    read = page(about(name))
    assert all(len(row) == 4 for row in read.rows) and len(read.rows) == 2
    assert not re.search(r"@|#|://|www\.|GH-\d|\b[0-9a-f]{7,}\b|:\w+:|[<>*~]", read.plain)
    assert [tag for tag, _ in read.elements].count("details") == 3


def test_setting_a_finding_aside_leaves_its_flows_tracked_in_the_verdict() -> None:
    tracked = (Tracked(Role.WORKLOAD, (Protocol.TCP,), ()),)
    seen = Seen(roots=1, files=1, interfaces=1, in_scope=1)
    for status in Status:
        said = page(report(finding(tracked=tracked, roots=(".",), status=status), seen=seen)).plain
        assert "1 of 1 interface behind a transit gateway or Gateway Load Balancer has flows that EC2 tracks" in said
