"""
`sglint baseline`: what is listed does not fail a run, what is new does, and git merges the list.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sglint.baseline import Baseline, Entry, listed, read_baseline, render, set_aside, stale, within, without
from sglint.finding import Status
from sglint.source import SglintError, Tree
from tests.command import STACKS, Run
from tests.command import in_process as sglint
from tests.output.made import finding
from tests.repository import Repository, repository
from tests.test_known import IDENTITIES

CLEAN = (STACKS / "clean" / "main.tf").read_text(encoding="utf-8")
NARROW = CLEAN.replace('"0.0.0.0/0"', '"10.0.0.0/8"')
HUB = (STACKS / "inspection-hub" / "main.tf").read_text(encoding="utf-8")
FILE = "sglint-baseline.jsonl"
ENTRIES = st.lists(st.builds(Entry, IDENTITIES, st.booleans()), max_size=8)


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    """A repository with a finding in the folder b, which is in its baseline."""
    made = repository(tmp_path / "repo", {"a/main.tf": CLEAN, "b/main.tf": HUB})
    assert sglint("baseline", cwd=made.top).code == 0
    made.commit()
    return made


def check(repo: Repository, *arguments: str, cwd: str = ".", file: str = FILE) -> Run:
    return sglint("check", "--baseline", file, *arguments, cwd=repo.top / cwd)


def files(repo: Repository) -> list[str]:
    """Return the files that the baseline names, in its order."""
    rows = [json.loads(line) for line in (repo.top / FILE).read_text(encoding="utf-8").splitlines()]
    assert rows[0] == {"schema": 1}
    return [row["file"] for row in rows[1:]]


def read(path: Path) -> Baseline:
    return read_baseline(Tree(str(path.parent), (str(path.parent.resolve()),)), path.name)


def test_only_what_is_new_fails(repo: Repository) -> None:
    assert sglint("check", cwd=repo.top).code == 1
    run = check(repo)
    assert (run.code, run.out.splitlines()[1]) == (0, "found nothing, 1 in the baseline")
    repo.write({"a/main.tf": NARROW})
    run = check(repo)
    assert (run.code, "found 1 warning, 1 in the baseline\n" in run.out) == (1, True)
    assert "aws_network_interface.appliance" not in run.out


def test_what_is_listed_is_told_to_programs(repo: Repository) -> None:
    (one,) = json.loads(check(repo, "--format", "json").out)["findings"]
    assert (one["status"], one["status_reason"]) == ("baseline", f"listed in {FILE}")
    (result,) = json.loads(check(repo, "--format", "sarif").out)["runs"][0]["results"]
    assert result["suppressions"] == [{"kind": "external", "justification": f"listed in {FILE}"}]


def test_lines_may_move_and_sglint_may_be_started_anywhere(repo: Repository) -> None:
    repo.write({"b/main.tf": f"# a line more\n\n{HUB}"})
    assert check(repo).code == 0
    assert check(repo, cwd="b", file=f"../{FILE}").code == 0
    assert check(repo, "b/main.tf").code == 0


def test_a_line_has_no_line_number(repo: Repository) -> None:
    text = (repo.top / FILE).read_text(encoding="utf-8")
    repo.write({"b/main.tf": f"# a line more\n\n{HUB}"})
    assert sglint("baseline", cwd=repo.top).err == f"wrote {FILE}: 1 finding\n"
    assert (repo.top / FILE).read_text(encoding="utf-8") == text


def test_one_instance_less_is_known_and_one_more_is_new(repo: Repository) -> None:
    fewer = HUB.replace("count = 2", "count = 1").replace("count             = 2", "count             = 1")
    repo.write({"b/main.tf": fewer.replace("default = 2", "default = 1")})
    assert check(repo).code == 0


def test_prune_takes_away_what_is_gone_and_adds_nothing(repo: Repository) -> None:
    repo.write({"a/main.tf": NARROW, "c/main.tf": NARROW})
    sglint("baseline", cwd=repo.top)
    assert files(repo) == ["a/main.tf", "b/main.tf", "c/main.tf"]
    repo.write({"a/main.tf": CLEAN, "d/main.tf": NARROW})
    hint = f"problem: {FILE} lists a finding that is not there anymore"
    assert hint in check(repo).out
    assert hint not in check(repo, "b").out
    assert sglint("baseline", "--prune", "b", cwd=repo.top).code == 0
    assert files(repo) == ["a/main.tf", "b/main.tf", "c/main.tf"]
    assert sglint("baseline", "--prune", cwd=repo.top).code == 0
    assert files(repo) == ["b/main.tf", "c/main.tf"]
    assert hint not in check(repo).out


def test_a_part_of_the_folders_or_rules_leaves_the_rest_listed(repo: Repository) -> None:
    repo.write({"a/main.tf": NARROW})
    sglint("baseline", "a", cwd=repo.top)
    assert files(repo) == ["a/main.tf", "b/main.tf"]
    sglint("baseline", "--select", "split-cidr", cwd=repo.top)
    assert files(repo) == ["a/main.tf", "b/main.tf"]
    shutil.rmtree(repo.top / "b")
    sglint("baseline", cwd=repo.top)
    assert files(repo) == ["a/main.tf"]


def test_what_may_hold_is_listed_when_asked_for(tmp_path: Path) -> None:
    text = NARROW.replace('["10.0.0.0/8"]', "var.clients") + 'variable "clients" {}\n'
    repo = repository(tmp_path / "repo", {"a/main.tf": text})
    sglint("baseline", cwd=repo.top)
    assert files(repo) == []
    sglint("baseline", "--maybe", cwd=repo.top)
    assert files(repo) == ["a/main.tf"]
    assert "1 in the baseline" in check(repo, "--maybe").out
    repo.write({"a/main.tf": NARROW})
    assert check(repo).code == 1


@pytest.mark.parametrize("union", [False, True])
def test_git_merges_two_lists(repo: Repository, union: bool) -> None:
    repo.commit({".gitattributes": f"{FILE} merge=union\n" if union else "", "m/main.tf": HUB})
    sglint("baseline", cwd=repo.top)
    repo.commit()
    for branch, folder in (("one", "a" if union else "aa"), ("two", "z" if not union else "c")):
        repo.git("checkout", "-q", "-b", branch, "main")
        repo.write({f"{folder}/main.tf": NARROW})
        sglint("baseline", cwd=repo.top)
        repo.commit()
    repo.git("merge", "-q", "one")
    run = check(repo)
    assert (run.code, run.out.splitlines()[1]) == (0, "found nothing, 4 in the baseline")


def test_a_comparison_knows_the_baseline_of_then(repo: Repository) -> None:
    assert check(repo, "--diff", "main").code == 0
    (repo.top / FILE).write_text('{"schema": 1}\n', encoding="utf-8")
    assert check(repo, "--diff", "main").code == 1


def test_what_cannot_be_read_is_said(repo: Repository) -> None:
    repo.write({"b/far.tf": 'module "far" {\n  source = "git::https://example.com/far"\n}\n'})
    run = sglint("baseline", cwd=repo.top)
    assert (run.code, files(repo)) == (2, ["b/main.tf"])
    assert "1 problem: part of the network is missing, and so are its findings" in run.err


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("<<<<<<< HEAD", "a conflict of a merge; keep the lines of both sides"),
        ("{", "this line is not JSON"),
        ("[" * 100_000, "this line is not JSON"),
        ("[]", "this line is no finding"),
        ('{"rule": "r"}', "this line is no finding"),
        ('{"rule": 1, "file": "f", "roots": [], "subjects": []}', "rule and file are texts"),
        ('{"rule": "r", "file": "f", "roots": [1], "subjects": []}', "rule and file are texts"),
        ('{"rule": "r", "file": "f", "roots": [], "subjects": [], "count": 1e999}', "count is a whole number"),
        ('{"rule": "r", "file": "f", "roots": [], "subjects": [], "count": 999999999}', "count is a whole number"),
        ('{"schema": 2}', "the schema of this baseline is not 1"),
    ],
)
def test_what_is_no_baseline_is_refused_with_its_line(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / FILE).write_text(f'{{"schema": 1}}\n{line}\n', encoding="utf-8")
    with pytest.raises(SglintError, match=re.escape(f"{FILE}:2: {message}")):
        read(tmp_path / FILE)


def test_a_file_that_is_not_there_is_refused(repo: Repository) -> None:
    assert "cannot read nowhere: no such file; sglint baseline writes one" in check(repo, file="nowhere").err
    assert sglint("baseline", "--prune", "-o", "nowhere", cwd=repo.top).code == 2


@given(ENTRIES)
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, entries: list[Entry]) -> None:
    path = tmp_path_factory.getbasetemp() / "written.jsonl"
    path.write_text(render(entries), encoding="utf-8")
    assert read(path).entries == tuple(sorted(entries))
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[::-1] + lines), encoding="utf-8")
    assert read(path).entries == tuple(sorted(entries))


@given(ENTRIES, ENTRIES)
def test_nothing_open_is_left_of_what_is_listed_and_pruning_only_takes_away(before: list[Entry], now: list[Entry]) -> None:
    found = [finding(located=one.identity, certain=one.certain) for one in now]
    marked = set_aside(found, Baseline("b", listed(found, maybe=True)))
    assert all(one.status is Status.BASELINE for one in marked)
    assert not stale(marked, listed(marked, maybe=True))
    pruned = without(before, stale(found, before))
    assert without(pruned, before) == ()
    assert not stale(found, pruned)
    assert set_aside(found, Baseline("b", tuple(before))) == set_aside(found, Baseline("b", pruned))


def test_as_many_are_known_as_are_listed() -> None:
    one = finding()
    marked = set_aside([one, one], Baseline("b", (Entry(one.identity),)))
    assert sorted(found.status.value for found in marked) == ["baseline", "open"]
    assert render([Entry(one.identity)] * 2).count("\n") == 2
    assert '"count": 2' in render([Entry(one.identity)] * 2)


def test_what_a_run_cannot_tell_of_stays() -> None:
    one = Entry(finding().identity)
    here = frozenset({one.identity.rule})
    assert within([one], here, ["."], frozenset()) == (one,)
    assert within([one], here, ["b"], frozenset()) == ()
    assert within([one], here, ["b"], frozenset({"."})) == (one,)
    assert within([one], frozenset(), ["."], frozenset({"."})) == ()


def test_a_list_outside_of_the_tree_is_not_taken_from_a_stranger(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "list.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(SglintError, match="outside"):
        read_baseline(Tree(str(tmp_path / "in"), (str((tmp_path / "in").resolve()),)), "../list.jsonl")
