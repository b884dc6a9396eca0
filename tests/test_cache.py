"""
What is remembered between runs: never told where anything has changed, never a secret, never in the way.
"""

from __future__ import annotations

import os
import pickle
import random
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path

import pytest

from sglint import lower, pipeline
from sglint.cache import user_folder
from sglint.request import Request
from sglint.roots import Unread
from sglint.rule import load
from sglint.source import SIZE, Source, digest
from sglint.spread import spread
from tests.cached import FILES, WAYS, change, planted, said
from tests.command import in_process, sglint
from tests.test_confinement import HIDDEN, secrets
from tests.test_faults import no_room

ALL = WAYS[0]
MARK = b"sglint 1\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """
    A work tree in which results depend on everything that they can depend on.
    """
    return planted(tmp_path / "tree")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """
    The folder of what is remembered, which is not there yet.
    """
    return tmp_path / "cache"


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """
    The root modules and templates that are judged, in order.
    """
    found: list[str] = []
    judge = pipeline.judge_root

    def noted(one: Unread, wanted: Request) -> pipeline.Outcome:
        found.append(one.name.rpartition(" ")[2])
        return judge(one, wanted)

    monkeypatch.setattr(pipeline, "judge_root", noted)
    return found


def stored(cache: Path) -> dict[str, bytes]:
    """
    Return what each file holds, unpacked.
    """
    return {path.name: zlib.decompress(path.read_bytes()[len(MARK) + SIZE :]) for path in sorted(cache.iterdir())}


@pytest.mark.parametrize("seed", [1006, 1009])
def test_nothing_is_told_that_is_not_so_any_more(tree: Path, cache: Path, seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 -- it need not be secret
    done = ""
    for step in range(8):
        wanted = draw.choice(WAYS)
        done = change(tree, draw) if step else done
        assert said(tree, cache, wanted) == said(tree, None, wanted), (step, done, wanted)


def test_what_has_not_changed_is_not_judged_again(tree: Path, cache: Path, judged: list[str]) -> None:
    first = said(tree, cache, ALL)
    assert len(judged) == 6
    judged.clear()
    assert said(tree, cache, ALL) == first
    assert judged == []
    (tree / "live/reg/main.tf").write_text(FILES["live/reg/main.tf"] + "# changed\n")
    said(tree, cache, ALL)
    assert judged == ["live/reg"]
    judged.clear()
    (tree / "live/net/zones/a.txt").write_text("10.0.3.0/24\n")
    said(tree, cache, ALL)
    assert judged == ["live/app", "live/more", "live/net"]
    judged.clear()
    (tree / "cfn/parts/net.yaml").write_text(FILES["cfn/parts/net.yaml"] + "# changed\n")
    said(tree, cache, ALL)
    assert judged == ["cfn/app.yaml", "cfn/site.yaml"]
    judged.clear()
    (tree / "live/new").mkdir()
    (tree / "live/new/main.tf").write_text(FILES["live/reg/main.tf"])
    said(tree, cache, ALL)
    assert judged == ["live/app", "live/more", "live/new"]


def test_which_modules_are_roots_is_not_found_out_again(tree: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said(tree, cache, ALL)
    parsed: list[str] = []

    def spied(place: str, name: str) -> None:
        usual = getattr(sys.modules[place], name)

        def parse(source: Source) -> object:
            parsed.append(source.path)
            return usual(source)

        monkeypatch.setattr(f"{place}.{name}", parse)

    spied("sglint.evaluate.terraform.module", "parse")
    spied("sglint.evaluate.cloudformation.template", "parse_cloudformation")
    (tree / "live/reg/main.tf").write_text(FILES["live/reg/main.tf"] + "# changed\n")
    said(tree, cache, ALL)
    assert parsed == ["live/reg/main.tf", "live/reg/.terraform/modules/group/main.tf"]


@contextmanager
def watched(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[set[tuple[str, str]]]:
    """
    Give how which paths below a folder are looked at.
    """
    touched: set[tuple[str, str]] = set()

    def spied(name: str) -> None:
        usual = getattr(os, name)

        def spy(path: object, *given: object, **more: object) -> object:
            if isinstance(path, str) and path.startswith(f"{folder}/"):
                touched.add((name, path))
            return usual(path, *given, **more)

        patch.setattr(os, name, spy)

    with patch.context():
        for name in ("open", "scandir", "listdir", "stat", "lstat", "readlink", "access"):
            spied(name)
        yield touched


def test_everything_that_is_looked_at_is_noted(tree: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Whatever was judged before in the same run; what is remembered of others is noted like what is read.
    """
    (tree / "live/net/zones/c.txt").symlink_to(tree / "live/net/zones/a.txt")
    (tree / "live/app/linked.tf").symlink_to(tree / "modules/group/main.tf")
    said(tree, cache, ALL)
    rules, wanted = load(), Request((".",), cache=str(cache))
    with chdir(tree):
        scan = pipeline.look(wanted)
        numbers = range(len(scan.roots))
        together = [pipeline.overheard(wanted, scan, rules, numbers, number)[1] for number in numbers]
        assert len(together) == 6
        for number in numbers:
            alone = pipeline.look(wanted)
            with watched(tree, monkeypatch) as touched:
                noted = pipeline.overheard(wanted, alone, rules, numbers, number)[1]
            assert noted == together[number]
            journal = alone.discovery.tree.overlay.journal
            assert journal is not None
            made = [
                one
                for key, (_, one) in journal.after.items()
                if "backends" in {kind for kind, _, _ in noted} and key[0] == "backend"
            ]
            every = {access for one in (noted, *made) for access in one}
            contents = {os.path.realpath(path) for kind, path, _ in every if kind in {"head", "files", "names"}}
            ways = {os.path.normpath(path) for _, path, _ in every} | {os.path.realpath(path) for _, path, _ in every}
            above = {str(one) for path in ways for one in (Path(path), *Path(path).parents)}
            assert touched
            for how, path in touched:
                assert os.path.realpath(path) in contents if how in {"open", "scandir"} else path in above, (how, path)


def test_no_secret_is_remembered(tmp_path: Path, cache: Path) -> None:
    folder = tmp_path / "scan"
    folder.mkdir()
    secrets(folder)
    text = (folder / "main.tf").read_text()
    text += f"# sglint: ignore[tracked-workload] it is a test\n# {HIDDEN[4]} {HIDDEN[0]}\n"
    (folder / "main.tf").write_text(text)
    named = 'resource "aws_vpc" "w" {\n  cidr_block = file("${var.password}.txt")\n}\n'
    (folder / "named").mkdir()
    (folder / "named" / "main.tf").write_text(text + named)
    said(folder, cache, Request((".",)))
    found = stored(cache)
    assert len([one for one in found.values() if b"sglint.told" in one]) == 2  # not where a secret is the name of a file
    for hidden in (*HIDDEN, HIDDEN[0].upper()):
        assert not [name for name, content in found.items() if hidden.encode() in content], hidden


def test_what_went_wrong_is_not_remembered(tree: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = said(tree, None, ALL)
    with monkeypatch.context() as patch:
        patch.setattr(lower, "lower", lambda *_: 1 / 0)
        assert "internal error" in said(tree, cache, ALL)
    assert said(tree, cache, ALL) == usual


def test_ten_runs_at_once_say_the_same(tree: Path, cache: Path) -> None:
    usual = said(tree, None, ALL)
    assert set(spread(lambda _: said(tree, cache, ALL), 10, 10, lambda _: None)) == {usual}
    assert not [name for name in stored(cache) if name.startswith(".")]


class Planted:
    """
    What runs a command when it is read.
    """

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch ran",)


def packed(content: bytes) -> bytes:
    """
    Return content as it is stored.
    """
    data = zlib.compress(content, 1)
    return MARK + digest(data) + data


HOSTILE = (
    b"",
    b"\0" * 100,
    MARK,
    packed(b"no pickle"),
    packed(pickle.dumps(Planted())),
    packed(pickle.dumps(({}, Planted()))),
    packed(pickle.dumps({("a",): ((1,), 2)})),
    packed(pickle.dumps(([], None))),
    MARK + digest(b"x" * 50) + b"x" * 50,
)


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_files_that_hold_something_else_are_as_good_as_none(tree: Path, cache: Path, content: bytes) -> None:
    usual = said(tree, cache, ALL)
    for path in cache.iterdir():
        path.write_bytes(content)
    assert said(tree, cache, ALL) == usual
    assert not (tree / "ran").exists()
    assert said(tree, cache, ALL) == usual
    assert content not in [path.read_bytes() for path in cache.iterdir()]


def test_files_that_are_cut_off_are_as_good_as_none(tree: Path, cache: Path, judged: list[str]) -> None:
    usual = said(tree, cache, ALL)
    for path in cache.iterdir():
        path.write_bytes(path.read_bytes()[:-1])
    judged.clear()
    assert said(tree, cache, ALL) == usual
    assert len(judged) == 6


@pytest.mark.skipif(sys.platform == "win32", reason="rights are others there")
@pytest.mark.parametrize("how", ["a file", "everybody's", "a link of another", "links"])
def test_a_folder_that_cannot_be_used_is_not(tree: Path, cache: Path, how: str, judged: list[str]) -> None:
    usual = said(tree, None, ALL)
    if how == "a file":
        cache.write_text("")
    elif how == "everybody's":
        cache.mkdir()
        cache.chmod(0o777)
    elif how == "a link of another":
        cache.symlink_to("/proc")
    else:
        cache.symlink_to(cache)
    for _ in range(2):
        judged.clear()
        assert said(tree, cache, ALL) == usual
        assert len(judged) == 6


@pytest.mark.skipif(sys.platform == "win32", reason="there it is another variable")
@pytest.mark.parametrize("given", ["", "relative"])
def test_without_a_home_nothing_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", given)
    monkeypatch.setenv("HOME", str(tmp_path / "gone"))
    assert user_folder() == ""
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Path(user_folder()).is_relative_to(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="the faults are made as Linux makes them")
def test_a_full_disk_changes_nothing(tree: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    usual = in_process("check", "--no-cache", ".", cwd=tree)
    assert not cache.exists()
    assert sglint("check", ".", cwd=tree, before=no_room) == usual
    assert list((cache / "sglint").iterdir()) == []


def test_the_command_remembers_unless_it_is_told_not_to(
    tree: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, judged: list[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("LOCALAPPDATA", str(cache))
    usual = in_process("check", "--no-cache", ".", cwd=tree)
    assert not cache.exists()
    for again in (6, 0):
        judged.clear()
        assert in_process("check", ".", "--jobs", "1", cwd=tree) == usual
        assert len(judged) == again
    folder = cache / "sglint"
    assert sys.platform == "win32" or (
        folder.stat().st_mode & 0o777,
        {one.stat().st_mode & 0o777 for one in folder.iterdir()},
    ) == (0o700, {0o600})


def test_no_more_is_kept_than_is_allowed(tree: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said(tree, cache, ALL)
    (cache / "notes").write_text("mine")
    old = sorted(cache.iterdir())
    for path in old:
        os.utime(path, (time.time() - 40 * 86_400,) * 2)
    usual = said(tree, cache, WAYS[2])
    assert [path for path in old if path.exists()] == [cache / "notes"]
    size = sum(path.stat().st_size for path in cache.iterdir())
    monkeypatch.setattr("sglint.cache.MOST_BYTES", size)
    said(tree, cache, ALL)
    assert 0 < sum(path.stat().st_size for path in cache.iterdir()) <= size
    assert said(tree, cache, WAYS[2]) == usual


def test_a_template_that_is_reached_by_a_link_has_one_name(tree: Path, cache: Path) -> None:
    said(tree, cache, ALL)
    (tree / "cfn/parts/net.yaml").unlink()
    (tree / "cfn/parts/net.yaml").symlink_to(tree / "cfn/app.yaml")
    usual = said(tree, None, ALL)
    assert said(tree, cache, ALL) == usual
    (tree / "cfn/site.yaml").write_text(FILES["cfn/site.yaml"] + "# changed\n")
    assert said(tree, cache, ALL) == usual
