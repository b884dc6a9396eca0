"""
What people read, compared with recorded texts.
"""

from __future__ import annotations

import re
from dataclasses import replace
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sglint.cli.options import Output, colored
from sglint.finding import Label, Report, Seen
from sglint.output.text import render
from sglint.source import Problem, Source
from tests.conftest import Accept
from tests.output.made import at, finding, full, report


def test_a_report_with_everything(expect: Accept) -> None:
    expect("report.txt", render(full()))


def test_uncertain_findings_are_shown_when_asked_for(expect: Accept) -> None:
    expect("maybe.txt", render(full(), maybe=True))


def test_colour(expect: Accept) -> None:
    expect("color.txt", render(report(finding()), color=True))


def test_colour_changes_nothing_but_colour() -> None:
    assert re.sub(r"\x1b\[[0-9;]*m", "", render(full(), color=True)) == render(full())


def test_clean_and_did_not_look_never_read_alike() -> None:
    clean = render(report(seen=Seen(1, 2, 9, 3, 2, 0)))
    nothing_in_scope = render(report(seen=Seen(1, 2, 9, 3, 0, 0)))
    no_interface = render(report(seen=Seen(1, 2, 9, 0, 0, 0)))
    no_file = render(report(seen=Seen()))
    assert len({clean, nothing_in_scope, no_interface, no_file}) == 4
    assert "3 interfaces: 2 behind" in clean
    assert "none behind" in nothing_in_scope
    assert "no network interface" in no_interface
    assert "looked at nothing" in no_file


def test_what_is_not_known_is_counted_where_there_is_any() -> None:
    known = render(report(seen=Seen(1, 2, 9, 3, 2, 0, attributes=40, attributes_bounded=3)))
    unknown = render(report(seen=Seen(1, 2, 9, 3, 2, 0, attributes=40, attributes_bounded=3, attributes_unknown=2)))
    assert "network attributes" not in known
    assert "resolved 35 of 40 network attributes: 3 bounded, 2 unknown; sglint inspect says why" in unknown


def test_the_uncertain_ones_are_counted_with_the_most_frequent_reason() -> None:
    often = finding(certain=False)
    rare = finding(certain=False, unless=(Label(at(9), "data.aws_vpc.x is not in the text"),))
    said = render(report(rare, often, often))
    assert "3 findings that may hold" in said
    assert "most often because var.clients has no default (variables.tf:1:1)" in said


def test_nothing_in_the_text_steers_a_terminal() -> None:
    evil = "a\x1b[31mb\x07\u202e\r\n\x85\udcff"
    one = finding(evil, span=at(1, 1, 5, evil), labels=(Label(at(1, 1, 5, evil), evil),), advice=(evil,), subjects=(evil, "b"))
    said = render(Report((one,), (Problem(evil, at(1, path=evil), evil),), Seen(), (Source(evil, evil),)), maybe=True)
    assert not {
        character for character in said if character != "\n" and (ord(character) < 32 or character in "\x7f\x85\u202e\udcff")
    }
    assert "\\x1b[31m" in said


def test_a_place_that_is_not_in_the_file_any_more_is_named_all_the_same() -> None:
    assert "main.tf:99:1" in render(report(finding(span=at(99), labels=())))
    assert "gone.tf:1:1" in render(report(finding(span=at(1, path="gone.tf"), labels=())))


def test_a_mark_stands_below_what_it_marks() -> None:
    """
    A tab and wide characters take as many columns below as above.
    """
    said = render(report(finding(span=at(2, 35, 37), labels=()))).splitlines()
    line = next(row for row in said if "世界" in row)
    marks = said[said.index(line) + 1]
    prefix = line[: line.index("世")]
    assert len(prefix) == marks.index("^")
    assert marks.rstrip().endswith("^" * 4)


def test_a_mark_far_to_the_right_of_another_stands_at_the_end_of_what_is_shown() -> None:
    """
    A plan is a single line of JSON, and two places in it can be thousands of columns apart.
    """
    labels = (Label(at(1, 20, 30), "here"), Label(at(1, 5000, 5010), "there"))
    source = Source("main.tf", "x" * 6000)
    said = render(replace(report(finding(span=at(1, 20, 30), labels=labels)), sources=(source,)))
    assert "there" in said
    assert all(len(row) < 300 for row in said.splitlines())


def test_very_many_problems_are_counted_and_do_not_bury_the_findings() -> None:
    said = render(report(finding(), problems=tuple(Problem(f"p{n}", at(n)) for n in range(1, 1001))))
    assert said.count("problem: p") == 100
    assert "900 more problems not shown" in said
    assert "1000 problems: part of the network is missing" in said


@given(st.text(max_size=300), st.integers(1, 5), st.integers(1, 320), st.integers(1, 320))
def test_any_text_and_place_can_be_shown(text: str, line: int, column: int, end: int) -> None:
    """
    Nothing in a file and no place in it makes the excerpt fail, grow without end, or steer the terminal.
    """
    place = at(line, column, end)
    said = render(replace(report(finding(text, span=place, labels=(Label(place, text),))), sources=(Source("main.tf", text),)))
    assert all(character == "\n" or category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in said)
    assert all(len(row) < 3000 for row in said.split("\n"))


def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    screen, file = Output("text", None), Output("text", "out.txt")
    assert colored("auto", screen)
    assert not colored("auto", file)
    assert not colored("never", screen)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colored("auto", screen)
    assert colored("always", screen)
