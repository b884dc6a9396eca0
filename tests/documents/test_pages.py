"""
The generated pages, and every command and link that the documents have.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import REPOSITORY
from tests.documents.pages import DOCS, generated, stale, written

DOCUMENTS = sorted([REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md", *DOCS.rglob("*.md")])
SHELL = re.compile(r"^```sh( run)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
GATE = (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")


def test_the_generated_pages_are_up_to_date() -> None:
    old = [str(path.relative_to(REPOSITORY)) for path, text in generated().items() if written(path) != text]
    assert not old and not stale(), "run python -m tests.documents"


def test_the_list_of_rules_links_to_the_page_of_each() -> None:
    listed = re.findall(r"^\| \[([a-z-]+)\]\(\1\.md\)", written(DOCS / "rules" / "README.md") or "", re.MULTILINE)
    assert listed == sorted(path.stem.replace("_", "-") for path in (REPOSITORY / "rules").glob("*.py"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_links_to_files_lead_somewhere(document: Path) -> None:
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("#"):
            assert (document.parent / target.partition("#")[0]).exists(), target


def blocks() -> Iterator[tuple[str, bool, str]]:
    """
    Yield each block of commands: its document and line, whether it is marked as runnable, and its text.
    """
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for found in SHELL.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield f"{document.relative_to(REPOSITORY)}:{line}", bool(found[1]), found[2]


RUNNABLE = [pytest.param(text, id=place) for place, runs, text in blocks() if runs]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    A copy of the project with `sglint` and its tools on a PATH of its own, in which commands may write.
    """
    directory = tmp_path_factory.mktemp("clone") / "sglint"
    passed = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", ".hypothesis")
    shutil.copytree(REPOSITORY, directory, ignore=passed, symlinks=True)
    command = directory.parent / "bin" / "sglint"
    command.parent.mkdir()
    command.write_text(f"#!{sys.executable}\nfrom sglint.cli import main\nmain(prog_name='sglint')\n", encoding="utf-8")
    command.chmod(0o755)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "core.hooksPath=/dev/null"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "state"]):
        subprocess.run([*git, *arguments], cwd=directory, check=True, env=environment(directory))
    return directory


def environment(directory: Path) -> dict[str, str]:
    """
    Return what commands find: the project's own code, and the tools of the tests.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    path = f"{directory.parent / 'bin'}:{Path(sys.executable).parent}:{sysconfig.get_path('scripts')}:{os.environ['PATH']}"
    return {**kept, "PATH": path, "PYTHONPATH": str(directory), "NO_COLOR": "1", "COLUMNS": "120"}


@pytest.mark.parametrize("text", RUNNABLE)
def test_commands_of_the_documents_run(text: str, clone: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", text], cwd=clone, env=environment(clone), capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    said = done.stdout + done.stderr
    assert done.returncode in {0, 1} and "Traceback" not in said and "Error:" not in said, said[-3000:]


def test_other_blocks_of_commands_are_run_by_the_gate_or_need_what_is_not_here() -> None:
    elsewhere = ("terraform ", "pip install", "cdk ", "aws ")
    for place, runs, text in blocks():
        if not runs:
            lines = [line for line in text.splitlines() if line and not line.startswith("#")]
            assert text.strip() in GATE or all(line.startswith(elsewhere) for line in lines), place
