"""
Files that change, vanish or become something else while they are read: what was not seen is said, and nothing breaks.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import sglint
from sglint.fix import fix
from sglint.request import Request
from sglint.rule import load
from sglint.source import SglintError
from tests.fix.places import forwarder

CALLS = """\
module "m" {
  source = "./m"
}

locals {
  x = file("${path.module}/x.txt")
}

resource "aws_vpc" "x" {
  cidr_block = local.x
}
"""
TEMPLATE = """\
AWSTemplateFormatVersion: 2010-09-09
Resources:
  V:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
"""
FILES = {
    "one/main.tf": forwarder() + 'resource "aws_security_group" "data" {\n  vpc_id = aws_vpc.hub.id\n}\n',
    "one/calls.tf": CALLS,
    "one/m/main.tf": 'resource "aws_vpc" "m" {\n  cidr_block = "10.1.0.0/16"\n}\n',
    "one/x.txt": "10.2.0.0/16",
    "one/terraform.tfvars": "",
    "two/t.yaml": TEMPLATE,
    "sglint.toml": "",
    ".gitignore": "other\n",
}


def gone(path: Path) -> None:
    """
    Take the file away.
    """
    path.unlink()


def shorter(path: Path) -> None:
    """
    Leave nothing in it.
    """
    path.write_bytes(b"")


def other(path: Path) -> None:
    """
    Write another text.
    """
    path.write_bytes(b"locals {}\n")


def binary(path: Path) -> None:
    """
    Write what is no text.
    """
    path.write_bytes(b"\0\xff")


def folder(path: Path) -> None:
    """
    Put a folder in its place.
    """
    path.unlink()
    path.mkdir()


def pipe(path: Path) -> None:
    """
    Put a pipe in its place, which nobody writes to.
    """
    path.unlink()
    os.mkfifo(path)


def outside(path: Path) -> None:
    """
    Put a link in its place that leads out of what is scanned.
    """
    path.unlink()
    path.symlink_to("/etc/hostname")


def circle(path: Path) -> None:
    """
    Put a link in its place that leads to itself.
    """
    path.unlink()
    path.symlink_to(path)


def above_gone(path: Path) -> None:
    """
    Take the folder around it away.
    """
    shutil.rmtree(path.parent)


KINDS = [gone, shorter, other, binary, folder, pipe, outside, circle, above_gone]
SEEN = frozenset({shorter, other})
"""After which there is a file to read, only another one."""


def made(top: Path) -> Path:
    """
    Write the files, and return their folder.
    """
    for name, text in FILES.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_text(text, encoding="utf-8")
    return top


def changing(
    monkeypatch: pytest.MonkeyPatch, call: str, name: str, time: int, kind: Callable[[Path], None], top: Path
) -> list[str]:
    """
    Let a file become something else right before the system is asked for it that often; return how often it was.
    """
    real, asked = getattr(os, call), list[str]()

    def unsteady(path: object, *given: object, **more: object) -> object:
        if isinstance(path, str) and path == str(top / name):
            asked.append(path)
            if len(asked) == time:
                kind(top / name)
        return real(path, *given, **more)

    monkeypatch.setattr(os, call, unsteady)
    return asked


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("call", ["open", "stat"])
def test_a_file_that_becomes_something_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, kind: Callable[[Path], None]
) -> None:
    rules = load()
    for name in FILES:
        time, last = 1, False
        while not last:
            top = made(tmp_path / f"{name.replace('/', '-')}-{time}")
            with monkeypatch.context() as patched:
                patched.chdir(top)
                asked = changing(patched, call, name, time, kind, top)
                try:
                    report = sglint.lint()
                except (SglintError, FileNotFoundError) as error:
                    said = str(error)
                else:
                    said = name
                    assert not [one.message for one in report.problems if "internal error" in one.message]
                    if name == "one/main.tf" and kind not in SEEN and kind is not above_gone and len(asked) >= time:
                        assert report.findings or any(name in one.message for one in report.problems)
            assert name in said or kind is above_gone
            again = made(tmp_path / f"{top.name}-fix")
            with monkeypatch.context() as patched:
                patched.chdir(again)
                changing(patched, call, name, time, kind, again)
                try:
                    fix(Request(("one",)), rules)
                except (SglintError, FileNotFoundError) as error:
                    said = str(error).replace("has changed while it was read", name)
                assert name in said or kind is above_gone
            last = len(asked) < time
            time += 1


@pytest.mark.parametrize("name", ["", "one", "one/m", "two"])
def test_a_folder_that_vanishes_when_it_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    top = made(tmp_path / "top")
    monkeypatch.chdir(tmp_path)
    changing(monkeypatch, "scandir", name or ".", 1, shutil.rmtree, top)
    said = [one.message for one in sglint.lint(["top"]).problems]
    shown = f"top/{name}".rstrip("/")
    assert f"cannot list {shown}: no such file" in said
    assert not [one for one in said if "internal error" in one]
