"""
Which files are found, and that nothing outside of the tree is read.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sglint.source import Discovery, Problem, SglintError, Source, discover, displayed, list_files, read, read_bytes


def write(base: Path, *paths: str, text: str = "") -> None:
    for path in paths:
        (base / path).parent.mkdir(parents=True, exist_ok=True)
        (base / path).write_text(text, encoding="utf-8")


def shown(discovery: Discovery) -> list[str]:
    return [found.path for found in discovery.files]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    base = tmp_path / "repository"
    (base / ".git").mkdir(parents=True)
    return base


def test_finds_every_format_in_order(repository: Path) -> None:
    write(repository, "b.tf", "a/x.tf.json", "a.tfvars", ".terraform/m/x.tf", "node_modules/x.tf", ".x.tf", "x.tf~", "k.yaml")
    write(repository, "t.yaml", text="# c\nAWSTemplateFormatVersion: '2010-09-09'\n")
    write(repository, "u.json", text='{\n "Resources": {"a": {"Type": "AWS::EC2::VPC"}}}')
    discovery = discover(["."], base=str(repository))
    assert [(found.path, found.format) for found in discovery.files] == [
        ("a.tfvars", "tfvars"),
        ("a/x.tf.json", "terraform"),
        ("b.tf", "terraform"),
        ("t.yaml", "cloudformation"),
        ("u.json", "cloudformation"),
    ]
    assert discovery.problems == ()


def test_honours_gitignore_above_and_below(repository: Path) -> None:
    write(repository, "a/keep.tf", "a/drop.tf", "a/b/drop.tf", "a/build/x.tf", "a/b/other.tf")
    write(repository, ".gitignore", text="drop.tf\nbuild/\n!\n")
    write(repository, "a/b/.gitignore", text="!drop.tf\nother.tf\n")
    assert shown(discover(["a"], base=str(repository))) == ["a/b/drop.tf", "a/keep.tf"]
    assert shown(discover(["a/build"], base=str(repository))) == ["a/build/x.tf"]


def test_a_named_file_brings_its_directory(repository: Path) -> None:
    write(repository, "m/a.tf", "m/b.tf", "m/c/d.tf")
    discovery = discover(["m/a.tf"], base=str(repository))
    assert shown(discovery) == ["m/a.tf", "m/b.tf"]
    assert [found.path for found in discovery.named] == ["m/a.tf"]


def test_reads_the_work_tree_and_nothing_else(repository: Path) -> None:
    write(repository, "root/main.tf", "modules/m.tf", text="a = 1\n")
    write(repository.parent, "secret.tf", text="b = 2\n")
    (repository / "root/link.tf").symlink_to(repository.parent / "secret.tf")
    discovery = discover(["root"], base=str(repository))
    assert [problem.message for problem in discovery.problems] == ["root/link.tf links to outside of what is scanned"]
    assert read(discovery.tree, "modules/m.tf") == Source("modules/m.tf", "a = 1\n")
    linked = read(discovery.tree, "root/link.tf")
    assert isinstance(linked, Problem)
    assert linked.message == discovery.problems[0].message  # said once
    for path in ("../secret.tf", "root/link.tf", "/etc/passwd", "root/../../secret.tf"):
        assert isinstance(read(discovery.tree, path), Problem)
        assert isinstance(read_bytes(discovery.tree, path), Problem)
    assert list_files(discovery.tree, "..") == ()
    assert list_files(discovery.tree, "modules") == ("modules/m.tf",)


def test_a_root_replaces_the_work_tree(repository: Path) -> None:
    write(repository, "a/x.tf", "b/y.tf")
    tree = discover(["a"], base=str(repository), root="a").tree
    assert isinstance(read(tree, "b/y.tf"), Problem)
    with pytest.raises(SglintError, match="b lies outside of the root a"):
        discover(["b"], base=str(repository), root="a")


def test_links_in_a_circle_end(repository: Path) -> None:
    write(repository, "a/x.tf")
    (repository / "a/again").symlink_to(repository / "a")
    (repository / "a/self.tf").symlink_to("self.tf")
    discovery = discover(["."], base=str(repository))
    assert shown(discovery) == ["a/x.tf"]
    assert [problem.message for problem in discovery.problems] == ["a/self.tf links to nothing"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a\n\xff", "x.tf is not UTF-8"),
        (b"a\0b", "x.tf is not text"),
        (b"a" * 11, "x.tf is larger than 10 bytes"),
    ],
)
def test_what_is_no_text_is_a_problem(repository: Path, content: bytes, message: str) -> None:
    (repository / "x.tf").write_bytes(content)
    found = read(discover(["."], base=str(repository)).tree, "x.tf", limit=10)
    assert isinstance(found, Problem)
    assert found.message == message


def test_reads_line_ends_as_they_are_and_drops_a_byte_order_mark(repository: Path) -> None:
    (repository / "x.tf").write_bytes(b"\xef\xbb\xbfa = 1\r\n")
    assert read(discover(["."], base=str(repository)).tree, "x.tf") == Source("x.tf", "a = 1\r\n")


def test_a_pipe_is_not_opened(repository: Path) -> None:
    os.mkfifo(repository / "x.tf")
    found = read(discover(["."], base=str(repository)).tree, "x.tf")
    assert isinstance(found, Problem)
    assert found.message == "x.tf is not a regular file"


def test_a_directory_that_cannot_be_listed_is_a_problem(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(repository, "a/x.tf", "b/y.tf")
    scan = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("a"):
            raise PermissionError(13, "no")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    discovery = discover(["."], base=str(repository))
    assert shown(discovery) == ["b/y.tf"]
    assert [problem.message for problem in discovery.problems] == ["cannot list a: permission denied"]


def test_nothing_to_read_is_said(repository: Path) -> None:
    (repository / "empty").mkdir()
    (problem,) = discover(["empty"], base=str(repository)).problems
    assert problem.message == "no Terraform or CloudFormation file in empty"
    with pytest.raises(SglintError, match="no such file or directory: nothing"):
        discover(["nothing"], base=str(repository))


def test_paths_are_displayed_as_a_person_types_them(repository: Path) -> None:
    base = repository / "a/b/c/d"
    base.mkdir(parents=True)
    tree = discover([str(repository)], base=str(base)).tree
    assert displayed(tree, "x.tf") == "x.tf"
    assert displayed(tree, "../x.tf") == "../x.tf"
    assert displayed(tree, str(repository / "x.tf")) == str(repository / "x.tf")
