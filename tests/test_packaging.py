"""
What surrounds the code: the package, the README, the pinned requirements, and who may import whom.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.command import REPOSITORY, sglint
from tests.licences import licences, permissive

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


def pinned(name: str) -> set[str]:
    """
    Return the names of what a file of requirements pins.
    """
    text = (REPOSITORY / "requirements" / name).read_text(encoding="utf-8")
    return set(re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE))


@pytest.mark.parametrize("name", ["dev.txt", "fuzz.txt", "browser.txt", "spark.txt"])
def test_every_pinned_requirement_is_hashed(name: str) -> None:
    text = (REPOSITORY / "requirements" / name).read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"\n(?=\S)", text) if entry.strip() and not entry.startswith("#")]
    assert entries
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"https?:|file:|--(extra-)?index|--find-links", text)


def test_every_extra_is_pinned() -> None:
    for extra, lines in PROJECT["optional-dependencies"].items():
        there = pinned("spark.txt" if extra == "spark" else "dev.txt")
        assert {re.split(r"[<>=~!; \[]", line)[0] for line in [*PROJECT["dependencies"], *lines]} <= there


def test_what_sglint_builds_on_may_be_given_away_with_it() -> None:
    wanted = {re.split(r"[<>=~!; \[]", line)[0].lower() for line in PROJECT["dependencies"]}
    found = licences()
    assert wanted <= {one.name for one in found}
    assert [one for one in found if not permissive(one.licence)] == []
    assert not permissive("GPL-3.0-only")
    assert not permissive("")


def built(source: Path, out: Path, **environment: str) -> list[Path]:
    """
    Return the wheel of a folder, built from its sdist and without an index, and the sdist.
    """
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(source)]
    done = subprocess.run(build, capture_output=True, text=True, check=False, env={**os.environ, **environment})
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return sorted(out.iterdir(), reverse=True)


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """
    The sdist of the checkout and the wheel that is built from it.
    """
    return sorted(built(REPOSITORY, tmp_path_factory.mktemp("dist")), key=lambda path: path.suffix)


@pytest.fixture(scope="module")
def wheel(dist: list[Path]) -> Path:
    """
    The wheel of the checkout.
    """
    return dist[1]


def test_a_build_elsewhere_at_another_time_by_somebody_else_has_the_same_bytes(dist: list[Path], tmp_path: Path) -> None:
    with tarfile.open(dist[0]) as packed:
        packed.extractall(tmp_path / "a place", filter="data")
    (source,) = (tmp_path / "a place").iterdir()
    for path in source.rglob("*"):
        os.utime(path, (2_000_000_000, 2_000_000_000))
        path.chmod(0o700 if path.is_dir() or os.access(path, os.X_OK) else 0o600)
    before = os.umask(0o077)
    try:
        again = built(source, tmp_path / "dist", TZ="Asia/Tokyo", LC_ALL="C", PYTHONHASHSEED="7")
    finally:
        os.umask(before)
    assert {path.name: path.read_bytes() for path in again} == {path.name: path.read_bytes() for path in dist}


def test_the_wheel_by_way_of_the_sdist_holds_the_rules_and_nothing_beside_the_package(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {f"sglint/_rules/{rule.name}" for rule in RULES} <= set(names)
    assert {name.split("/")[0] for name in names} == {"sglint", f"sglint-{PROJECT['version']}.dist-info"}
    assert not [name for name in names if "__pycache__" in name]
    data = [path for path in (REPOSITORY / "sglint").rglob("*.*") if path.suffix not in {".py", ".pyc"} and path.is_file()]
    assert {path.suffix for path in data} >= {".yaml", ".jinja", ".css", ".js"}
    assert {path.relative_to(REPOSITORY).as_posix() for path in data} <= set(names)
    assert {"sglint/py.typed", f"sglint-{PROJECT['version']}.dist-info/licenses/LICENSE"} <= set(names)


def test_the_wheel_explains_and_applies_its_rules_far_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)  # noqa: S202 -- our own
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
