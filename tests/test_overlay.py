"""
Judging with an overlay is judging a copy of the tree in which the files are so.
"""

from __future__ import annotations

import os
import shutil
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sglint.output import json
from sglint.pipeline import lint
from sglint.request import Request
from sglint.rule import load
from sglint.source import (
    NOTHING,
    Overlay,
    Source,
    Tree,
    discover,
    is_file,
    list_files,
    list_names,
    overlay,
    read,
    real_path,
)
from tests.command import STACKS

NAMES = ("a.tf", "b.tfvars", "t.yaml", ".gitignore", "c")
TEXTS = ("", "a = 1\n", "AWSTemplateFormatVersion: '2010-09-09'\n", "b.tfvars\n", "c\n", "Resources: {}\n", "\udcff\n")


def laid(changes: dict[str, str | None], top: Path) -> dict[str, str | None]:
    """Return the changes by absolute path."""
    return {str(top.resolve() / path): text for path, text in changes.items()}


def make(top: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_bytes(text.encode("utf-8", "surrogateescape"))


def change(top: Path, changes: dict[str, str | None]) -> None:
    for path in changes:
        if (top / path).is_file() or (top / path).is_symlink():
            (top / path).unlink()
    for path, text in changes.items():
        if text is not None and (top / path).is_dir():
            shutil.rmtree(top / path)
    make(top, {path: text for path, text in changes.items() if text is not None})


def look(top: Path, over: Overlay) -> list[object]:
    """Return everything that can be seen of a tree."""
    found = discover(["."], base=str(top), over=over)
    tree = Tree(str(top), (str(top.resolve()),), over)
    seen: list[object] = [found.files, found.problems]
    for path in (".", "c", "c/c", "d", "d/c", *(f"{above}{name}" for above in ("", "c/", "d/") for name in (*NAMES, "d.tf"))):
        seen += [path, list_files(tree, path), list_names(tree, path), read(tree, path), is_file(over, str(top / path))]
    return [repr(one).replace(str(top.resolve()), "") for one in seen]


@st.composite
def trees(draw: st.DrawFn) -> dict[str, str]:
    """A few files: each name is a file, or for `c` a directory, or nothing."""
    found: dict[str, str] = {}

    def fill(above: str, depth: int) -> None:
        for name in NAMES:
            if name == "c" and depth < 2 and draw(st.booleans()):
                fill(f"{above}c/", depth + 1)
            elif draw(st.booleans()):
                found[above + name] = draw(st.sampled_from(TEXTS))

    fill("", 0)
    return found


@settings(max_examples=60)
@given(trees(), trees(), st.booleans(), st.booleans())
def test_whatever_is_looked_at_is_there_as_on_the_disk(
    old: dict[str, str], new: dict[str, str], linked: bool, unlinked: bool
) -> None:
    changes: dict[str, str | None] = {path: new.get(path) for path in (*old, *new) if new.get(path) != old.get(path)}
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        for top in (Path(one), Path(other)):
            make(top, old)
            if linked:
                (top / "d").symlink_to("c")
                (top / "d.tf").symlink_to("c/a.tf")
        if unlinked:
            changes |= {"d": None, "d.tf": "# a file of its own\n"}
        change(Path(other), changes)
        before = look(Path(one), NOTHING)
        assert look(Path(one), overlay(laid(changes, Path(one)).items())) == look(Path(other), NOTHING)
        assert look(Path(one), NOTHING) == before


READING = """
resource "aws_security_group" "read" {
  name   = "read"
  vpc_id = module.network["north"].vpc_id
  dynamic "ingress" {
    for_each = fileset(path.module, "open/*.json")
    content {
      from_port   = 0
      to_port     = 65535
      protocol    = "tcp"
      cidr_blocks = jsondecode(file("${path.module}/${ingress.value}"))
    }
  }
  egress {
    from_port   = 0
    to_port     = fileexists("${path.module}/narrow.txt") ? 1024 : 65535
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_instance" "read" {
  ami                    = "ami-0"
  instance_type          = "m7i.large"
  subnet_id              = module.network["north"].subnet_id
  vpc_security_group_ids = [aws_security_group.read.id]
}
"""

HUB = (STACKS / "inspection-hub" / "main.tf").read_text(encoding="utf-8")


def stack(top: Path) -> dict[str, str]:
    """Return the files of a stack with modules, nested templates, variables and files that functions read."""
    source = STACKS / "nested-modules"
    paths = sorted(path for path in source.rglob("*") if path.is_file() and path.name != "expected.txt")
    return {path.relative_to(source).as_posix(): path.read_text(encoding="utf-8") for path in paths} | {
        "read.tf": READING,
        "open/all.json": '["0.0.0.0/0"]',
    }


ADDED: dict[str, str | None] = {
    "hub/main.tf": HUB,
    "hub.yaml": (STACKS / "inspection-hub" / "template.yaml").read_text(encoding="utf-8"),
    ".gitignore": "stacks/\ntemplate.yaml\n",
    "z.auto.tfvars": "sites = {}\n",
    "modules/group/group_override.tf": 'resource "aws_security_group" "this" {\n  name = "other"\n}\n',
    "modules/more/main.tf": "# nothing\n",
    "open/more.json": '["10.0.0.0/8"]',
    "narrow.txt": "",
    "sglint.toml": '[cloudformation.parameters]\nAmi = "ami-1"\n',
}


@st.composite
def edits(draw: st.DrawFn) -> dict[str, str | None]:
    """Some files changed, taken away or added."""
    found: dict[str, str | None] = {}
    files = stack(Path())
    for path in draw(st.lists(st.sampled_from(sorted(files)), max_size=3, unique=True)):
        narrow = files[path].replace("0.0.0.0/0", "10.0.0.0/8")
        found[path] = draw(st.sampled_from([None, "", narrow, files[path].replace("./modules/", "./modules/../modules/")]))
    names = draw(st.lists(st.sampled_from(sorted(ADDED)), max_size=3, unique=True))
    return found | {name: ADDED[name] for name in names}


def judged(top: Path, changes: dict[str, str | None]) -> str:
    rules = load()
    with chdir(top):
        report = lint(Request(overlay=tuple(sorted(laid(changes, top).items()))), rules, rules)
    return json.render(report, version="") + repr(report.sources)


@settings(max_examples=20)
@given(edits())
def test_judging_with_an_overlay_is_judging_a_changed_copy(changes: dict[str, str | None]) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        for top in (Path(one), Path(other)):
            make(top, stack(top))
        change(Path(other), changes)
        assert judged(Path(one), changes) == judged(Path(other), {})


def test_the_changes_of_the_law_can_be_seen(tmp_path: Path) -> None:
    make(tmp_path, stack(tmp_path))
    told = {name: judged(tmp_path, {name: text}) for name, text in ADDED.items()}
    told |= {
        name: judged(tmp_path, {name: None})
        for name in ("read.tf", "open/all.json", "terraform.tfvars", "modules/group/main.tf")
    }
    before = judged(tmp_path, {})
    assert [name for name, text in told.items() if text == before] == []


def test_a_text_outside_of_what_is_scanned_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    over = overlay([(str(tmp_path.resolve() / "out.tf"), "a = 1\n")])
    tree = Tree(str(tmp_path / "in"), (str(tmp_path.resolve() / "in"),), over)
    assert not isinstance(read(tree, "../out.tf"), Source)
    assert list_files(tree, "..") == ()


def test_a_link_that_is_not_there_leads_nowhere(tmp_path: Path) -> None:
    make(tmp_path, {"common/a.tf": "a = 1\n"})
    (tmp_path / "m").symlink_to("common")
    top = str(tmp_path.resolve())
    over = overlay([(os.path.join(top, "m"), None), (os.path.join(top, "m/b.tf"), "b = 1\n")])  # noqa: PTH118 -- keys are text
    tree = Tree(top, (top,), over)
    assert list_files(tree, "m") == ("m/b.tf",)
    assert read(tree, "m/b.tf") == Source("m/b.tf", "b = 1\n")
    assert real_path(over, f"{top}/m/b.tf") == f"{top}/m/b.tf"
    assert real_path(NOTHING, f"{top}/m/a.tf") == f"{top}/common/a.tf"


def test_a_file_that_is_named_and_taken_away_stands_for_its_module(tmp_path: Path) -> None:
    make(tmp_path, {"hub/main.tf": HUB, "hub/new.tf": "locals {}\n"})
    rules = load()
    with chdir(tmp_path):
        without = lint(Request(("hub/new.tf",), overlay=((str(tmp_path.resolve() / "hub/new.tf"), None),)), rules, rules)
        assert without.findings == lint(Request(("hub",)), rules, rules).findings != ()
        assert without.problems == ()


@pytest.mark.parametrize("path", ["gone", "gone/main.tf"])
def test_what_is_only_in_the_overlay_can_be_given(tmp_path: Path, path: str) -> None:
    rules = load()
    with chdir(tmp_path):
        report = lint(Request((path,), overlay=((str(tmp_path.resolve() / "gone/main.tf"), HUB),)), rules, rules)
    assert report.findings and {one.span.path for one in report.findings} == {"gone/main.tf"}
