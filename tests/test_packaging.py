"""
What surrounds the code: the package, the README, the pinned requirements, and who may import whom.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.command import REPOSITORY, sglint

README = REPOSITORY / "README.md"
RULES = sorted((REPOSITORY / "rules").glob("*.py"))
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXAMPLE = re.compile(r"(```text example\n)(.*?)(```\n)", re.DOTALL)
IMPORT_NAMES = {"python-hcl2": "hcl2", "ibis-framework": "ibis", "pyyaml": "yaml"}


def imports(path: Path) -> set[str]:
    """
    Return the names of the modules that the file imports, anywhere in it.
    """
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("rule", RULES, ids=lambda path: path.stem)
def test_a_rule_imports_nothing_of_sglint_but_the_rule_module(rule: Path) -> None:
    ours = {name for name in imports(rule) if name.split(".")[0] == "sglint"}
    assert ours == {"sglint.rule"}
    assert {name.split(".")[0] for name in imports(rule)} - {"sglint"} <= sys.stdlib_module_names


def test_the_package_requires_exactly_what_it_imports() -> None:
    imported = {name.split(".")[0] for path in (REPOSITORY / "sglint").rglob("*.py") for name in imports(path)}
    foreign = imported - sys.stdlib_module_names - {"sglint", "cfnlint"}  # cfn-lint loads its plug-in, and is there then
    extras = [line for lines in PROJECT["optional-dependencies"].values() for line in lines]
    required = {re.split(r"[<>=~!; \[]", line)[0] for line in [*PROJECT["dependencies"], *extras]}
    assert foreign == {IMPORT_NAMES.get(name, name.replace("-", "_")) for name in required}


def test_the_requirements_are_hashed_and_do_not_say_where_they_were_found() -> None:
    text = (REPOSITORY / "requirements" / "dev.txt").read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"\n(?=\S)", text) if entry and not entry.startswith("#")]
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"https?:|file:|--(extra-)?index|--find-links", text)
    pinned = {entry.split("==")[0] for entry in entries}
    for line in PROJECT["dependencies"]:
        assert re.split(r"[<>=~!; \[]", line)[0] in pinned


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    A wheel of the checkout, built from its sdist and without an index.
    """
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(REPOSITORY)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return next(out.glob("*.whl"))


def test_the_wheel_by_way_of_the_sdist_holds_the_rules_and_nothing_beside_the_package(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {f"sglint/_rules/{rule.name}" for rule in RULES} <= set(names)
    assert {name.split("/")[0] for name in names} == {"sglint", f"sglint-{PROJECT['version']}.dist-info"}
    assert not [name for name in names if "__pycache__" in name]
    assert "sglint/simulator/profiles/dns-resolver.yaml" in names


def test_the_wheel_explains_and_applies_its_rules_far_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    slug = RULES[0].stem.replace("_", "-")
    script = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from sglint.cli import main; main(['explain', {slug!r}])"
    done = subprocess.run([sys.executable, "-I", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert slug in done.stdout


def test_the_readme_shows_what_the_tool_really_prints() -> None:
    shown = EXAMPLE.search(README.read_text(encoding="utf-8"))
    assert shown
    assert shown[2] == sglint("check", "fixtures/stacks/inspection-hub/main.tf").out


def test_the_gate_runs_the_command_of_the_readme() -> None:
    commands = re.findall(r"^(python3 -m venv .*)$", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(commands) == 2
    assert commands[1] in (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")


def test_the_versions_agree() -> None:
    assert PROJECT["version"] in sglint("--version").out
    assert f"## {PROJECT['version']}" in (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_runtime_dependency_is_defended() -> None:
    decisions = "".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "docs" / "decisions").glob("*.md"))
    for line in PROJECT["dependencies"]:
        assert f"`{re.split(r'[<>=~!; ]', line)[0]}`" in decisions
