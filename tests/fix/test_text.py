"""
Edits leave everything else as it is, and their diff is one that git applies, whatever is in the text.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sglint.finding import Edit
from sglint.fix import unified
from sglint.fix.text import ClashError, edited, offset
from sglint.source import Span

LINES = st.lists(st.text(alphabet="ab \t{}\"'é世-+@\\\r", max_size=6), max_size=12)
TEXTS = st.builds(lambda lines, end: "\n".join(lines) + end, LINES, st.sampled_from(["", "\n", "\r\n"]))
NAMES = st.sampled_from(["main.tf", "a dir/b.tf", 'we"ird.tf', "é/x.tf", "-x.tf"])


def place(text: str, index: int) -> tuple[int, int]:
    """
    Return the line and column of a character.
    """
    return text.count("\n", 0, index) + 1, index - (text.rfind("\n", 0, index) + 1) + 1


@given(TEXTS, st.data())
def test_what_no_edit_names_stays_to_the_byte(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    spans = [Span("x", *place(text, first), *place(text, last)) for first, last in pairs]
    new = [data.draw(st.text(alphabet="xyz\n", max_size=4)) for _ in pairs]
    expected, reached = "", 0
    for (first, last), one in zip(pairs, new, strict=True):
        expected += text[reached:first] + one
        reached = last
    edits = [Edit(span, one) for span, one in zip(spans, new, strict=True)]
    if len(set(edits)) == len(edits):
        assert edited(text, edits) == expected + text[reached:]
        if len(set(pairs)) == len(pairs) and all(first < last for first, last in pairs):
            assert edited(text, reversed(edits)) == expected + text[reached:]


@given(TEXTS, st.data())
def test_a_place_is_where_the_character_is(text: str, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(text)))
    assert offset(text, *place(text, index)) == index


def test_two_edits_of_one_place_are_refused_unless_they_say_the_same() -> None:
    one = Edit(Span("x", 1, 1, 1, 3), "z")
    assert edited("abc", [one, one]) == "zc"
    with pytest.raises(ClashError):
        edited("abc", [one, Edit(Span("x", 1, 2, 1, 3), "y")])


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NAMES, TEXTS.filter(bool), TEXTS.filter(bool))
def test_git_makes_of_the_old_text_the_new_one(tmp_path_factory: pytest.TempPathFactory, name: str, old: str, new: str) -> None:
    top = tmp_path_factory.mktemp("tree")
    subprocess.run(["git", "init", "-q"], cwd=top, check=True)
    file = top / Path(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(old.encode())
    diff = unified(name, old, new)
    assert bool(diff) is (old != new)
    if diff:
        subprocess.run(["git", "apply", "--whitespace=nowarn"], cwd=top, input=diff.encode(), check=True)
    assert file.read_bytes().decode() == new
