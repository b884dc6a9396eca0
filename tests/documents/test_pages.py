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
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from sglint.cli import main
from sglint.cli.help import EXAMPLES
from tests.command import REPOSITORY, STACKS
from tests.documents.pages import DOCS, generated, stale, written
from tests.repository import repository

DOCUMENTS = sorted([REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md", *DOCS.rglob("*.md")])
SHELL = re.compile(r"^```sh( run| clone)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OUTPUT = re.compile(
    r"(^```sh run\n(?P<command>[^\n]*)\n```\n\n```text output\n)(?P<output>.*?)(^```$)", re.MULTILINE | re.DOTALL
)
FILE = re.compile(r"^```text file (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FIXTURES = REPOSITORY / "fixtures"


def test_the_generated_pages_are_up_to_date() -> None:
    old = [str(path.relative_to(REPOSITORY)) for path, text in generated().items() if written(path) != text]
    assert not old and not stale(), "run python -m tests.documents"


def test_the_list_of_rules_links_to_the_page_of_each() -> None:
    listed = re.findall(r"^\| \[([a-z-]+)\]\(\1\.md\)", written(DOCS / "rules" / "README.md") or "", re.MULTILINE)
    assert listed == sorted(path.stem.replace("_", "-") for path in (REPOSITORY / "rules").glob("*.py"))


def test_the_page_on_the_design_has_every_layer_in_its_order() -> None:
    contracts = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    (layers,) = (one["layers"] for one in contracts if one["id"] == "layers")
    listed = re.findall(r"^\| (`.*?`) \|", (DOCS / "design.md").read_text(encoding="utf-8"), re.MULTILINE)
    ranks = {name: number for number, layer in enumerate(layers) for name in layer.split(" | ")}
    told = [name for row in listed for name in re.findall(r"`(\w+)`", row)]
    assert sorted(told) == sorted(ranks)
    assert [ranks[name] for name in told] == sorted(ranks.values())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_links_to_files_lead_somewhere(document: Path) -> None:
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("#"):
            assert (document.parent / target.partition("#")[0]).exists(), target


def commands(kind: str) -> Iterator[tuple[str, str]]:
    """
    Yield the commands of a kind of block, each with its document and line: `run` in a user's folder, `clone` in the project.
    """
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for found in SHELL.finditer(text):
            if (found[1] or "").strip() == kind:
                first = text.count("\n", 0, found.start()) + 2
                for number, line in enumerate(found[2].splitlines()):
                    yield f"{document.relative_to(REPOSITORY)}:{first + number}", line


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    A user's folder in git: networks, a template, a plan and a rule, and sglint on the PATH.
    """
    directory = tmp_path_factory.mktemp("user") / "here"
    for name, stack in (("network", "inspection-hub"), ("dns", "resolver-hub")):
        shutil.copytree(STACKS / stack, directory / name)
    (directory / "prod").mkdir()
    shutil.copy(FIXTURES / "plans" / "change" / "main.tf", directory / "prod")
    shutil.copy(FIXTURES / "plans" / "change" / "plan.json", directory / "plan.json")
    shutil.copy(STACKS / "inspection-hub" / "template.yaml", directory / "template.yaml")
    (directory / "lint" / "rules").mkdir(parents=True)
    shutil.copy(FIXTURES / "rules" / "firewall_tracked.py", directory / "lint" / "rules")
    for document in DOCUMENTS:
        for name, text in FILE.findall(document.read_text(encoding="utf-8")):
            (directory / name).write_text(text, encoding="utf-8")
    repository(directory, {})
    start = f"import sys\nsys.path.insert(0, {str(REPOSITORY)!r})"
    program = f"#!{sys.executable}\n{start}\nfrom sglint.cli import main\nmain(prog_name='sglint')\n"
    command = directory.parent / "bin" / "sglint"
    command.parent.mkdir()
    command.write_text(program, encoding="utf-8")
    command.chmod(0o755)
    return directory


def run(text: str, directory: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """
    Run a command as a person in this folder would.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "VIRTUAL_ENV"))}
    path = f"{directory.parent / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**kept, "PATH": path, "NO_COLOR": "1", "COLUMNS": "120", **more}
    return subprocess.run(
        ["bash", "-c", text],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.parametrize("text", [pytest.param(text, id=place) for place, text in commands("run")])
def test_commands_of_the_documents_run(text: str, user: Path) -> None:
    done = run(text, user, PYTHONPATH=str(REPOSITORY))
    said = done.stdout + done.stderr
    assert "Traceback" not in said and "Error:" not in said and "looked at nothing" not in said, said[-3000:]
    findings = range(16) if text.startswith("cfn-lint ") else range(2)  # cfn-lint has a bit for each level
    assert done.returncode in findings, said[-3000:]


@pytest.mark.parametrize("text", [text for name in main.commands for text, _ in EXAMPLES.get(name, ())])
def test_examples_of_the_help_run(text: str, user: Path) -> None:
    done = run(text, user, PYTHONPATH=str(REPOSITORY))
    said = done.stdout + done.stderr
    assert done.returncode in {0, 1} and "Traceback" not in said and "looked at nothing" not in said, said[-3000:]


@pytest.mark.parametrize(
    "document", [one for one in DOCUMENTS if OUTPUT.search(one.read_text("utf-8"))], ids=lambda path: path.name
)
def test_outputs_in_the_documents_are_those_of_their_commands(
    document: Path, user: Path, request: pytest.FixtureRequest
) -> None:
    text = document.read_text(encoding="utf-8")

    def real(found: re.Match[str]) -> str:
        return f"{found[1]}{run(found['command'], user, PYTHONPATH=str(REPOSITORY)).stdout}{found[4]}"

    said = OUTPUT.sub(real, text)
    if request.config.getoption("--accept"):
        document.write_text(said, encoding="utf-8", newline="\n")
    assert OUTPUT.search(text) and document.read_text(encoding="utf-8") == said, "run pytest --accept and read it"


@pytest.mark.parametrize("text", [pytest.param(text, id=place) for place, text in commands("clone")])
def test_commands_for_a_clone_run_in_one(text: str, tmp_path: Path) -> None:
    directory = tmp_path / "sglint"
    passed = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", ".hypothesis")
    shutil.copytree(REPOSITORY, directory, ignore=passed, symlinks=True)
    here = {"PYTHONPATH": sysconfig.get_paths()["purelib"], "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0"}
    done = run(text, directory, **here)
    assert done.returncode == 1 and "tracked-forwarder" in done.stdout, done.stdout + done.stderr


def test_other_commands_of_the_documents_are_those_of_the_gate() -> None:
    gate = (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")
    assert [place for place, text in commands("") if text not in gate] == []
