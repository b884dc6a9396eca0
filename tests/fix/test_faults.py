"""
Whatever goes wrong while changes are written: all files have them or none, and what others have written meanwhile stays.
"""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from sglint.fix import Fixed, fix
from sglint.fix.apply import written
from sglint.fix.look import NOTHING, Look, look
from sglint.request import Request
from sglint.rule import Rule
from sglint.source import SglintError
from tests.fix.places import RULES, Place, forwarder
from tests.fix.test_command import HALVES

FILES = {"a/main.tf": forwarder() + HALVES, "b/main.tf": forwarder() + HALVES}
FIXED = FILES["a/main.tf"].replace('"0.0.0.0/1", "128.0.0.0/1"', '"0.0.0.0/0"')


def changes(place: Place) -> Fixed:
    """
    Return the changes of two files.
    """
    place.write(FILES)
    found = fix(Request((".",)), RULES)
    assert sorted(found.overlay) == sorted(FILES)
    return found


def untouched(place: Place) -> bool:
    """
    Return whether both files are as they were, and nothing is left beside them.
    """
    return all(place.read(name) == text for name, text in FILES.items()) and not list(place.top.rglob(".sglint-*"))


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, call: str, time: int, number: int) -> Iterator[None]:
    """
    Let a call to the system fail, the time it is made that often.
    """
    real, made = getattr(os, call), []

    def sometimes(*given: object) -> object:
        made.append(given)
        if len(made) == time:
            raise OSError(number, os.strerror(number))
        return real(*given)

    with monkeypatch.context() as patched:
        patched.setattr(os, call, sometimes)
        yield
    assert len(made) >= time


@pytest.mark.parametrize(("call", "number"), [("fsync", errno.ENOSPC), ("replace", errno.EPERM), ("chmod", errno.EIO)])
@pytest.mark.parametrize("time", [1, 2])
def test_nothing_is_written_when_one_file_cannot_be(
    place: Place, monkeypatch: pytest.MonkeyPatch, call: str, number: int, time: int
) -> None:
    found = changes(place)
    with failing(monkeypatch, call, time, number):
        said = written(found)
    assert said.startswith("cannot write ")
    assert said.endswith(f"{os.strerror(number)}; nothing is written")
    assert "main.tf" in said
    assert untouched(place)
    assert written(found) == ""
    assert not untouched(place)


def test_a_file_that_is_gone_or_is_a_folder_now(place: Place) -> None:
    found = changes(place)
    (place.top / "b" / "main.tf").unlink()
    assert written(found) == "cannot write b/main.tf: No such file or directory; nothing is written"
    (place.top / "b" / "main.tf").mkdir()
    assert written(found) == "cannot write b/main.tf: Is a directory; nothing is written"
    assert place.read("a/main.tf") == FILES["a/main.tf"]
    assert not list(place.top.rglob(".sglint-*"))


@pytest.mark.parametrize(("call", "whole"), [("fsync", False), ("replace", True)])
def test_an_interruption_leaves_all_or_nothing(place: Place, monkeypatch: pytest.MonkeyPatch, call: str, whole: bool) -> None:
    found, real = changes(place), getattr(os, call)

    def interrupted(*given: object) -> None:
        signal.raise_signal(signal.SIGINT)
        real(*given)

    with monkeypatch.context() as patched:
        patched.setattr(os, call, interrupted)
        with pytest.raises(KeyboardInterrupt):
            written(found)
    if whole:
        assert all(place.read(name) == text for name, text in found.overlay.items())
        assert not list(place.top.rglob(".sglint-*"))
    else:
        assert untouched(place)


@pytest.mark.parametrize("time", [1, 2, 3])
def test_what_somebody_else_writes_while_changes_are_looked_for_is_not_lost(
    place: Place, monkeypatch: pytest.MonkeyPatch, time: int
) -> None:
    place.write(FILES)
    looks: list[Look] = []
    theirs = "# theirs\n" + FILES["a/main.tf"]

    def looked(
        request: Request, rules: Iterable[Rule], overlay: Mapping[str, str] = NOTHING, before: Look | None = None
    ) -> Look:
        found = look(request, rules, overlay, before)
        looks.append(found)
        if len(looks) == time:
            (place.top / "a" / "main.tf").write_text(theirs, encoding="utf-8")
        return found

    for name in ("sglint.fix.run.look", "sglint.fix.attempt.look"):
        monkeypatch.setattr(name, looked)
    with suppress(SglintError):
        assert written(fix(Request((".",)), RULES)) == ""
    assert place.read("a/main.tf").startswith("# theirs\n")
    assert place.read("a/main.tf").removeprefix("# theirs\n") == FILES["a/main.tf"]
    looks.extend([looks[0]] * time)
    assert written(fix(Request((".",)), RULES)) == ""
    assert place.read("a/main.tf").removeprefix("# theirs\n") == FIXED


def test_a_changed_file_keeps_its_mode(place: Place) -> None:
    found = changes(place)
    Path("a/main.tf").chmod(0o640)
    assert written(found) == ""
    assert (place.top / "a" / "main.tf").stat().st_mode & 0o777 == 0o640
