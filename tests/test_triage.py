"""
Comments that set findings aside.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sglint.finding import Finding, Status
from sglint.rule import load
from sglint.source import Problem, Span
from sglint.triage import remarks, triage
from tests.output.made import at, finding

KNOWN = [rule.slug for rule in load()]
CODE = 'resource "aws_instance" "app" {\n  subnet_id = 1\n}\n'


def ignored(text: str, *findings: Finding) -> tuple[tuple[Finding, ...], tuple[Problem, ...]]:
    """
    Return the findings after triage of a file with one block, and comments that begin with `#`, `//` or `/*`.
    """
    lines = text.split("\n")
    comments = []
    for number, line in enumerate(lines, 1):
        starts = [line.find(mark) for mark in ("#", "//", "/*") if mark in line]
        if starts:
            start = min(starts)
            comments.append((line[start:], Span("main.tf", number, start + 1, number, len(line) + 1)))
    head = next(number for number, line in enumerate(lines, 1) if line.startswith("resource"))
    end = next(number for number, line in enumerate(lines, 1) if line == "}")
    block = (Span("main.tf", head, 1, head, 31), Span("main.tf", head, 1, end, 2))
    return triage(findings, [remarks("main.tf", text, comments, [block])], load(), known=KNOWN)


def states(text: str, line: int) -> list[str]:
    """
    Return the rules and states after triage of one finding on that line.
    """
    return [f"{one.rule} {one.status.value}" for one in ignored(text, finding(span=at(line)))[0]]


MARK = "sglint: ignore[tracked-workload] few connections"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"# {MARK}\n{CODE}", 2),
        (f"// {MARK}\n{CODE}", 2),
        (f"/* {MARK} */\n{CODE}", 2),
        (f"#{MARK}\n# more words\n{CODE}", 3),
        (CODE.replace("{", f"{{ # {MARK}", 1), 1),
        (CODE.replace("{", f"{{\n  # {MARK}", 1), 1),
        (CODE.replace("= 1", f"= 1 # {MARK}"), 2),
        (CODE.replace("  subnet", f"  # {MARK}\n  subnet"), 3),
        (f"# {MARK}\n{CODE}", 3),
        (CODE.replace("{", f"{{ # {MARK}", 1), 2),
        (f"# sglint:ignore[tracked-resolver, tracked-workload]: few\n{CODE}", 2),
    ],
)
def test_a_comment_counts_at_the_finding_and_at_the_head_of_its_block(text: str, line: int) -> None:
    assert "tracked-workload ignored" in states(text, line)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"# {MARK}\n\n{CODE}", 3),
        (f"x = 1 # {MARK}\n{CODE}", 2),
        (f"{CODE}# {MARK}\n", 1),
        (f"# sglint: ignore[tracked-resolver] few\n{CODE}", 2),
        (f"# sglint: ignored\n{CODE}", 2),
    ],
)
def test_a_comment_elsewhere_does_not_count(text: str, line: int) -> None:
    assert "tracked-workload open" in states(text, line)


def test_an_ignored_finding_stays_with_its_reason() -> None:
    (one,), problems = ignored(f"/* {MARK} */\n{CODE}", finding(span=at(2)))
    assert (one.status, one.status_reason, problems) == (Status.IGNORED, "few connections", ())


@pytest.mark.parametrize("comment", ["# sglint: ignore[tracked-workload]", "/* sglint: ignore[tracked-workload] */"])
def test_a_comment_without_a_reason_is_not_applied_and_said(comment: str) -> None:
    (one,), (problem,) = ignored(f"{comment}\n{CODE}", finding(span=at(2)))
    assert one.status is Status.OPEN
    assert "no reason" in problem.message
    assert problem.span is not None
    assert problem.span.line == 1
    assert not problem.hides


@pytest.mark.parametrize("comment", ["# sglint: ignore", "# sglint: ignore[] because", "# sglint: ignore tracked-workload"])
def test_a_comment_without_a_rule_is_said(comment: str) -> None:
    (one,), (problem,) = ignored(f"{comment}\n{CODE}", finding(span=at(2)))
    assert one.status is Status.OPEN
    assert "names no rule" in problem.message


@pytest.mark.parametrize("comment", ["sglint: ignroe[tracked-workload] why", "sglint: disable[x] y", "SGLINT-IGNORE[x] y"])
def test_a_comment_that_is_meant_and_misspelt_is_said(comment: str) -> None:
    _, (problem,) = ignored(f"# {comment}\n{CODE}", finding(span=at(2)))
    assert "not one that sglint understands" in problem.message and not problem.hides


def test_a_comment_that_speaks_of_sglint_is_no_directive() -> None:
    assert ignored(f"# sglint reads this file\n{CODE}")[1] == ()


def test_a_comment_that_ignores_nothing_is_found() -> None:
    (one,), _ = ignored(f"# {MARK}\n{CODE}")
    assert (one.rule, one.span.line, one.certain) == ("unused-ignore", 1, True)
    assert "finds nothing here" in one.message


def test_a_comment_for_a_misspelt_rule_is_found() -> None:
    found, _ = ignored(f"# sglint: ignore[tracked-worklod] few\n{CODE}", finding(span=at(2)))
    assert [(one.rule, one.status) for one in found] == [("unused-ignore", Status.OPEN), ("tracked-workload", Status.OPEN)]
    assert found[0].advice == ("did you mean tracked-workload",)


def test_a_comment_for_a_rule_that_did_not_run_is_not_unused() -> None:
    rules = [rule for rule in load() if rule.slug != "tracked-workload"]
    comment = (f"# {MARK}", Span("main.tf", 1, 1, 1, 50))
    found, _ = triage([], [remarks("main.tf", f"# {MARK}\n{CODE}", [comment], [])], rules, known=KNOWN)
    assert found == ()


def test_a_comment_at_the_module_call_counts_when_every_call_has_one() -> None:
    calls = tuple((at(line, path="root.tf"),) for line in (2, 5))
    inside = finding(span=at(1, path="m/main.tf"), calls=calls, subjects=("module.a.x", "module.b.x"))

    def status(*lines: int) -> Status:
        comments = [(f"# {MARK}", Span("root.tf", line, 1, line, 60)) for line in lines]
        found, _ = triage([inside], [remarks("root.tf", "\n" * 9, comments, [])], load(), known=KNOWN)
        return next(one.status for one in found if one.rule == "tracked-workload")

    assert status(1, 4) is Status.IGNORED
    assert status(1) is Status.OPEN
    assert status(4) is Status.OPEN


@given(st.lists(st.integers(1, 12), max_size=4), st.lists(st.integers(1, 12), max_size=6))
def test_triage_drops_no_finding_and_changes_nothing_but_the_status(comments: list[int], places: list[int]) -> None:
    spans = [(f"# {MARK}", Span("main.tf", line, 1, line, 60)) for line in sorted(set(comments))]
    before = [finding(span=at(line)) for line in places]
    after, _ = triage(before, [remarks("main.tf", "\n" * 12, spans, [])], load(), known=KNOWN)
    kept = [replace(one, status=Status.OPEN, status_reason="") for one in after if one.rule != "unused-ignore"]
    assert sorted(kept, key=lambda one: one.order) == sorted(before, key=lambda one: one.order)
