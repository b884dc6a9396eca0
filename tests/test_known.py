"""
Which findings are the same as others, and what a finding stays the same by.
"""

from __future__ import annotations

import json
from contextlib import chdir
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sglint.finding import Identity, Status
from sglint.known import known, matches, renaming
from sglint.output import json as as_json
from sglint.pipeline import lint
from sglint.request import Request
from sglint.rule import load
from tests.output.made import finding
from tests.test_overlay import make, stack

IDENTITIES = st.builds(
    Identity,
    st.sampled_from(["r", "s"]),
    st.sampled_from([(), (".",), (".", "a")]),
    st.sampled_from(["main.tf", "a/x.tf"]),
    st.sampled_from([("i",), ("i", "j"), ("j",)]),
)


@given(st.lists(IDENTITIES), st.lists(IDENTITIES))
def test_each_is_the_same_as_one_other_at_most_and_equal_ones_never_are_left(new: list[Identity], old: list[Identity]) -> None:
    found = matches(new, old)
    equal = [
        there
        for here, there in found.items()
        if new[here].subjects == old[there].subjects and new[here].roots == old[there].roots
    ]
    assert len(set(equal)) == len(equal)
    left = [one for index, one in enumerate(new) if index not in found]
    rest = [one for index, one in enumerate(old) if index not in found.values()]
    assert not set(left) & set(rest)
    for here, there in found.items():
        assert {*new[here].subjects} <= {*old[there].subjects}
        assert {*new[here].roots} <= {*old[there].roots}
        assert new[here].rule == old[there].rule


@given(st.lists(IDENTITIES))
def test_everything_is_the_same_as_itself(new: list[Identity]) -> None:
    assert matches(new, new) == {index: index for index in range(len(new))}


def test_two_where_there_was_one_leave_one_that_is_new() -> None:
    one = finding()
    same, gone = known([one, one], [(one.identity, True)])
    assert (len(same), gone) == (1, frozenset())


def test_what_is_set_aside_now_is_not_gone() -> None:
    one = finding()
    assert known([replace(one, status=Status.IGNORED)], [(one.identity, True)]) == ({}, frozenset())


def test_a_module_of_which_one_file_has_moved_stays_where_it_is() -> None:
    here = Identity("r", ("a",), "a/x.tf", ("i",))
    assert renaming({"a/x.tf": "b/x.tf"}, frozenset({"a"}))(here) == replace(here, file="b/x.tf")
    assert renaming({"a/x.tf": "b/x.tf"}, frozenset())(here) == replace(here, file="b/x.tf", roots=("b",))
    assert renaming({"a/x.tf": "b/x.tf", "a/y.tf": "c/y.tf"}, frozenset())(here) == replace(here, file="b/x.tf")


def test_keys_do_not_depend_on_where_sglint_is_started(tmp_path: Path) -> None:
    make(tmp_path, {f"net/{path}": text for path, text in stack(tmp_path).items()} | {".git/HEAD": ""})
    (tmp_path / "far/away/from").mkdir(parents=True)
    (tmp_path / "linked").symlink_to("net")
    rules = load()

    def keys(start: str, path: str) -> list[str]:
        with chdir(tmp_path / start):
            report = lint(Request((path,)), rules, rules)
        return [one["key"] for one in json.loads(as_json.render(report, version=""))["findings"]]

    expected = keys(".", ".")
    assert expected and all(":net" in key for key in expected)
    for start, path in ((".", "net"), ("net", "."), ("net/modules", ".."), ("far/away/from", "../../../net"), ("linked", ".")):
        assert sorted(keys(start, path)) == sorted(expected)
    assert sorted(keys(".", str(tmp_path / "net"))) == sorted(expected)
