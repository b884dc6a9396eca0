"""
`sglint check --diff`: what a change introduces and removes, told by git and without touching anything.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

from sglint.source.git import past
from tests.command import STACKS, Run
from tests.command import in_process as sglint
from tests.repository import Repository, repository
from tests.test_overlay import change, edits, judged, make, stack

CLEAN = (STACKS / "clean" / "main.tf").read_text(encoding="utf-8")
NARROW = CLEAN.replace('"0.0.0.0/0"', '"10.0.0.0/8"')
HUB = (STACKS / "inspection-hub" / "main.tf").read_text(encoding="utf-8")
UNREAD = 'module "far" {\n  source = "git::https://example.com/far"\n}\n'


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    """A repository with one clean root module and one with a finding, on a branch of its own."""
    made = repository(tmp_path / "repo", {"a/main.tf": CLEAN, "b/main.tf": HUB})
    made.git("checkout", "-q", "-b", "topic")
    return made


def check(repo: Repository, *arguments: str, revision: str = "main") -> Run:
    return sglint("check", "--diff", revision, *arguments, cwd=repo.top)


def found(run: Run) -> list[tuple[str, str]]:
    return [(one["file"], one["status"]) for one in json.loads(run.out)["findings"]]


def test_without_a_change_nothing_is_new(repo: Repository) -> None:
    assert sglint("check", cwd=repo.top).code == 1
    run = check(repo)
    assert (run.code, run.out.splitlines()[1]) == (0, "found nothing new since main, 1 unchanged")


def test_what_a_change_introduces_fails_the_run(repo: Repository) -> None:
    repo.commit({"a/main.tf": NARROW})
    run = check(repo)
    assert run.code == 1
    assert "warning[tracked-forwarder]: aws_instance.appliance" in run.out
    assert "aws_network_interface.appliance" not in run.out
    assert "found 1 warning new since main, 1 unchanged" in run.out
    assert found(check(repo, "--format", "json")) == [("a/main.tf", "open"), ("b/main.tf", "unchanged")]


@pytest.mark.parametrize("how", ["written", "staged", "committed"])
def test_what_is_not_committed_belongs_to_the_change(repo: Repository, how: str) -> None:
    repo.write({"c/main.tf": NARROW})
    if how != "written":
        repo.git("add", "-A")
    if how == "committed":
        repo.git("commit", "-qm", "c")
    assert "found 1 warning new since main, 1 unchanged" in check(repo).out


def test_what_a_change_removes_is_told(repo: Repository) -> None:
    shutil.rmtree(repo.top / "b")
    run = check(repo)
    assert run.code == 0
    assert "gone: warning[tracked-forwarder]: aws_network_interface.appliance (2 instances): " in run.out
    assert "(b/main.tf:169:1)" in run.out
    assert "found nothing new since main, 1 gone" in run.out
    since = json.loads(check(repo, "--format", "json").out)["since"]
    assert (since["revision"], [one["rule"] for one in since["gone"]]) == ("main", ["tracked-forwarder"])


def test_the_work_tree_and_the_index_stay_as_they_are(repo: Repository) -> None:
    repo.write({"a/main.tf": NARROW, "new.tf": "locals {}\n"})
    repo.git("add", "a")
    (repo.top / "b/main.tf").touch()
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in repo.top.rglob("*") if path.is_file()}
    check(repo)
    assert before == {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in repo.top.rglob("*") if path.is_file()}


def test_what_others_did_since_is_not_part_of_the_change(repo: Repository) -> None:
    repo.git("checkout", "-q", "main")
    repo.commit({"b/main.tf": CLEAN})
    repo.git("checkout", "-q", "topic")
    assert "found nothing new since main, 1 unchanged" in check(repo).out


def test_what_is_moved_is_not_new(repo: Repository) -> None:
    repo.git("mv", "b", "hub")
    assert "found nothing new since main, 1 unchanged" in check(repo).out
    repo.commit()
    text = HUB.split('resource "aws_network_interface" "appliance"')
    repo.write({"hub/main.tf": text[0], "hub/interfaces.tf": f'resource "aws_network_interface" "appliance"{text[1]}'})
    assert found(check(repo, "--format", "json")) == [("hub/interfaces.tf", "unchanged")]


def test_a_comment_that_goes_makes_its_finding_new_and_one_that_comes_makes_nothing_gone(repo: Repository) -> None:
    line = 'resource "aws_network_interface" "appliance"'
    aside = HUB.replace(line, f"# sglint: ignore[tracked-forwarder] few flows\n{line}")
    repo.commit({"b/main.tf": aside})
    assert "found nothing new since main, 1 ignored\n" in check(repo).out
    repo.git("branch", "-f", "later")
    repo.commit({"b/main.tf": HUB})
    assert check(repo, revision="later").code == 1


def test_what_becomes_certain_is_new(repo: Repository) -> None:
    maybe = NARROW.replace('["10.0.0.0/8"]', "var.clients") + 'variable "clients" {}\n'
    repo.commit({"a/main.tf": maybe})
    repo.git("branch", "-f", "later")
    assert check(repo, revision="later").code == 0
    repo.write({"a/main.tf": NARROW})
    run = check(repo, revision="later")
    assert (run.code, "gone:" in run.out) == (1, False)


def test_what_could_not_be_read_before_does_not_fail_the_change(repo: Repository) -> None:
    repo.git("checkout", "-q", "main")
    repo.commit({"a/far.tf": UNREAD})
    repo.git("checkout", "-q", "-B", "topic")
    assert sglint("check", "a", cwd=repo.top).code == 2
    assert check(repo, "a").code == 0
    repo.write({"a/other.tf": UNREAD.replace("far", "other")})
    assert check(repo, "a").code == 2


def test_a_change_that_makes_files_readable_says_that_it_cannot_tell(repo: Repository) -> None:
    repo.commit({"a/main.tf": NARROW + UNREAD})
    repo.git("branch", "-f", "later")
    repo.write({"a/main.tf": NARROW})
    run = check(repo, "a", revision="later")
    assert "problem: at later, part of the network could not be read; what is found there now counts as new" in run.out


def test_files_that_a_hook_names_are_compared(repo: Repository) -> None:
    repo.write({"b/new.tf": "locals {}\n", "c/main.tf": NARROW})
    assert "found nothing new since main, 1 unchanged" in check(repo, "b/new.tf").out
    assert "found 1 warning new since main" in check(repo, "c/main.tf").out


def test_files_of_variables_are_those_of_then(repo: Repository) -> None:
    text = NARROW.replace('["10.0.0.0/8"]', "var.clients") + 'variable "clients" {\n  type = list(string)\n}\n'
    repo.commit({"a/main.tf": text, "prod.tfvars": 'clients = ["0.0.0.0/0"]\n'})
    repo.git("branch", "-f", "later")
    repo.write({"prod.tfvars": 'clients = ["10.0.0.0/8"]\n'})
    assert check(repo, "a", "--var-file", "prod.tfvars", revision="later").code == 1
    repo.write({"new.tfvars": 'clients = ["10.0.0.0/8"]\n'})
    assert "1 unchanged" in check(repo, "a", "--var-file", "new.tfvars", revision="later").out


def test_sarif_says_what_is_new(repo: Repository) -> None:
    repo.write({"a/main.tf": NARROW})
    results = json.loads(check(repo, "--format", "sarif").out)["runs"][0]["results"]
    assert [(one["baselineState"], "suppressions" in one) for one in results] == [("new", False), ("unchanged", False)]


def test_a_comment_on_a_pull_request_says_what_is_new(repo: Repository) -> None:
    repo.write({"a/main.tf": NARROW})
    out = check(repo, "--format", "markdown").out
    assert "found 1 warning new since main" in out
    assert "1 finding unchanged since main" in out


def test_the_configuration_is_that_of_today_on_both_sides(repo: Repository) -> None:
    repo.git("checkout", "-q", "main")
    repo.commit({"sglint.toml": 'ignore = ["tracked-forwarder"]\nbroken =\n'})
    repo.git("checkout", "-q", "-B", "topic")
    listed = 'baseline = "listed.jsonl"\n[terraform]\nvariable-files = ["new.tfvars"]\n'
    repo.write({"sglint.toml": listed, "listed.jsonl": '{"schema": 1}\n', "new.tfvars": "", "a/main.tf": NARROW})
    assert "found 1 warning new since main, 1 unchanged" in check(repo).out


def test_links_and_odd_names_are_what_they_were(tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo", {"real/main.tf": HUB, "ö \t.tf": "locals {}\n", "big.bin": "x" * 6_000_000})
    (repo.top / "b").symlink_to("real")
    (repo.top / "c.tf").symlink_to("real/main.tf")
    (repo.top / "far").symlink_to("/etc/passwd")
    repo.commit()
    for name in ("b", "c.tf", "far", "ö \t.tf", "big.bin"):
        (repo.top / name).unlink()
    run = check(repo)
    assert run.code == 0
    assert "1 unchanged, " in run.out.replace("\n", ", ") and "1 gone" in run.out
    old = dict(past(str(repo.top.resolve()), "HEAD").overlay)
    assert old[str(repo.top.resolve() / "c.tf")] == HUB
    assert str(repo.top.resolve() / "far") not in old


@pytest.mark.parametrize(
    ("revision", "message"),
    [
        ("-Oevil", "--diff '-Oevil' is no revision of git"),
        ("", "--diff '' is no revision of git"),
        ("nowhere", "git knows no such commit"),
        ("main..topic", "git knows no such commit"),
        ("HEAD:a", "git knows no such commit"),
    ],
)
def test_what_is_no_commit_is_refused(repo: Repository, revision: str, message: str) -> None:
    run = sglint("check", f"--diff={revision}", cwd=repo.top)
    assert run.code == 2
    assert message in run.err


def test_without_history_there_is_nothing_to_compare_with(repo: Repository, tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    assert "lies in no git work tree" in sglint("check", "--diff", "main", cwd=tmp_path / "bare").err
    empty = repository(tmp_path / "empty")
    assert "has no commit yet" in check(empty).err
    repo.git("checkout", "-q", "--orphan", "other")
    repo.commit({"new.tf": "locals {}\n"})
    assert "their histories have nothing in common" in check(repo).err
    assert "without --diff" in sglint("check", "--diff", "main", "--plan", "plan.json", cwd=repo.top).err


def test_a_shallow_clone_says_what_to_fetch(repo: Repository, tmp_path: Path) -> None:
    repo.commit({"a/main.tf": NARROW})
    repo.git("clone", "-q", "--depth", "1", "--no-single-branch", f"file://{repo.top}", str(tmp_path / "shallow"))
    run = check(Repository(tmp_path / "shallow"), revision="origin/main")
    assert run.code == 2
    assert "fetch-depth: 0" in run.err
    assert "this clone has a part of the history only" in check(Repository(tmp_path / "shallow"), revision="v1").err


@settings(max_examples=6)
@given(edits())
def test_what_git_remembers_is_what_was_there(changes: dict[str, str | None]) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        for top in (Path(one), Path(other)):
            make(top, stack(top))
        repo = repository(Path(one))
        repo.commit()
        repository(Path(other))
        change(Path(one), changes)
        here = str(Path(one).resolve())
        old = {path.removeprefix(f"{here}/"): text for path, text in past(here, "HEAD").overlay}
        assert judged(Path(one), old) == judged(Path(other), {})
