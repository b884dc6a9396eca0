"""
The help, which is a page of a manual, and what tells a person at a terminal how far a long run is.
"""

from __future__ import annotations

import io
import re

import pytest

from sglint.cli import main
from sglint.cli.help import PURPOSES, REST, SECTIONS
from sglint.cli.progress import shown
from tests.command import STACKS, sglint


@pytest.mark.parametrize("name", sorted(main.commands))
def test_each_command_has_its_purpose_sections_and_examples(name: str) -> None:
    said = sglint(name, "--help").out
    titles = re.findall(r"^(\S.*):$", said, re.MULTILINE)
    assert set(titles) <= {*SECTIONS, REST, "Exit codes", "Examples"}
    assert len(set(titles)) == len(titles)
    assert titles[-1] == "Examples", "give the command examples in sglint/cli/help.py"
    assert f"  {name} " in sglint("--help").out and name in PURPOSES


def test_each_option_is_told_once() -> None:
    for name, command in main.commands.items():
        said = re.split(r"^\S.*:\n", sglint(name, "--help").out, maxsplit=1, flags=re.MULTILINE)[1]
        for option in (opt for parameter in command.params for opt in parameter.opts if opt.startswith("--")):
            assert len(re.findall(rf"^  (?:-\w, )?{option}\b(?!-)", said, re.MULTILINE)) == 1, (name, option)


def test_options_stand_with_those_that_are_for_the_same() -> None:
    sections = re.split(r"^(\S.*):\n", sglint("check", "--help").out, flags=re.MULTILINE)
    told = dict(zip(sections[1::2], sections[2::2], strict=True))
    assert list(told) == ["What to read", "Values", "Rules", "Output", "Other", "Exit codes", "Examples"]
    assert "--plan FILE" in told["What to read"] and "--var-file FILE" in told["Values"] and "--fail-on" in told["Rules"]
    assert told["Exit codes"].lstrip().startswith("1 when") and "--help" in told["Other"]


class Terminal(io.StringIO):
    """
    A stream that says it is a terminal.
    """

    def isatty(self) -> bool:
        """Return that it is."""
        return True


def test_a_terminal_shows_how_far_a_long_run_is_and_is_left_clean() -> None:
    times = iter([0.0, 0.5, 2.0, 3.0, 4.0])
    stream = Terminal()
    progress = shown(stream, lambda: next(times))
    progress(1, 300)
    assert stream.getvalue() == ""
    progress(2, 300)
    progress(100, 300)
    assert stream.getvalue().endswith("\r100 of 300 root modules and templates")
    progress(300, 300)
    assert stream.getvalue().rsplit("\r", 2)[1].strip() == ""
    before = stream.getvalue()
    progress(1, 1)
    assert stream.getvalue() == before


def test_what_is_no_terminal_shows_nothing() -> None:
    stream = io.StringIO()
    progress = shown(stream, iter([0.0, 9.0]).__next__)
    progress(1, 300)
    assert stream.getvalue() == ""
    assert sglint("check", STACKS / "clean").err == ""
