"""
Whole architectures: what can be fixed is found no more, what cannot is said, and nothing else changes.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sglint.fix import fix, ranges
from sglint.fix.look import look
from sglint.request import Request
from tests.command import REPOSITORY
from tests.fix.places import RULES, Place

REAL = REPOSITORY / "fixtures" / "real"
TERRAFORM = shutil.which("terraform")

FROM = {
    "firewall-beside-gwlb": ("10.60.0.0/16",),
    "managed-spoke": ("10.140.0.0/16", "10.8.0.0/16"),
    "vendor-firewall": ("203.0.113.0/24",),
}
"""What a person has decided: who may come in, which is not in the text."""

NOTES = {name: {"tracked-workload"} for name in ("managed-spoke", "vendor-firewall")}
"""What is noted of what does not admit everyone any more: that it is tracked, which no group can change without them."""

BY_HAND = {
    "inspection-modules": {"tracked-workload"},
    "transit-spokes": {"tracked-workload"},
}
"""What a person must decide: the internet would come in, or a module is shared with others."""


def cases() -> list[tuple[str, str]]:
    """
    Return the architectures, each with the language that it is read in.
    """
    found = []
    for case in sorted(REAL.glob("*/expected.json")):
        said = json.loads(case.read_text(encoding="utf-8"))
        folder = case.parent / said.get("root", ".")
        found.append((case.parent.name, "terraform"))
        if (folder / "template.yaml").exists():
            found.append((case.parent.name, "template"))
    return found


@pytest.mark.parametrize(("name", "language"), cases())
def test_an_architecture_is_clean_after_its_fixes(name: str, language: str, place: Place) -> None:
    request, said = laid(name, language, place.top)
    before = {path: path.read_bytes() for path in files(place.top)}
    slugs = [rule.slug for rule in RULES]
    allowed = ranges(FROM.get(name, ()))
    if allowed:
        undecided = fix(request, RULES, select=slugs, unsafe=True)
        assert [made.blocked.endswith("--from CIDR") for _, made, done in undecided.findings if not done] == [True]
    fixed = fix(request, RULES, select=slugs, unsafe=True, allowed=allowed)
    if fixed.diff:
        subprocess.run(["git", "apply"], cwd=place.top, input=fixed.diff.encode(), check=True)
    left = {item.finding.rule for item in look(request, RULES).items if item.finding.certain}
    assert left == BY_HAND.get(name, set()) | NOTES.get(name, set()), "\n".join(fixed.told())
    assert {one.rule for one, made, done in fixed.findings if made.blocked and not done} == BY_HAND.get(name, set())
    assert all(one.rule in left or done for one, _, done in fixed.findings)
    assert {path for path, text in before.items() if path.read_bytes() != text} <= {place.top / path for path in fixed.overlay}
    assert fix(request, RULES, select=slugs, unsafe=True, allowed=allowed).diff == ""
    if said.get("rules") and language == "terraform":
        assert fixed.diff or left
    if language == "terraform":
        assert_formatted(place.top)
    else:
        assert_linted(place.top, before)


def laid(name: str, language: str, top: Path) -> tuple[Request, dict[str, Any]]:
    """
    Copy an architecture, in one language, and return how it is read.
    """
    said = json.loads((REAL / name / "expected.json").read_text(encoding="utf-8"))
    shutil.copytree(REAL / name, top, dirs_exist_ok=True, ignore=shutil.ignore_patterns("fixed", "expected*.json"))
    root = said.get("root", ".")
    if language == "template":
        return Request((f"{root}/template.yaml",)), said
    for template in (top / root).glob("template.yaml"):
        template.unlink()
    names = tuple(("file", f"{root}/{file}") for file in said.get("files", ()))
    return Request((root,), tuple(("file", file) for _, file in names), said.get("workspace")), said


def files(top: Path) -> list[Path]:
    """
    Return all files but those of git.
    """
    return [path for path in top.rglob("*") if path.is_file() and ".git" not in path.parts]


def assert_formatted(top: Path) -> None:
    """
    Assert that the real terraform finds nothing to format, which it does for what it cannot parse as well.
    """
    if TERRAFORM is None:
        pytest.skip("terraform is not there")
    done = subprocess.run(
        [TERRAFORM, "fmt", "-check", "-diff", "-recursive"], cwd=top, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def assert_linted(top: Path, before: dict[Path, bytes]) -> None:
    """
    Assert that cfn-lint finds nothing in the changed templates that it did not find before.
    """
    for path, old in before.items():
        if path.suffix == ".yaml" and path.read_bytes() != old:
            now = linted(path)
            other = top / "before.yaml"
            other.write_bytes(old)
            assert now <= linted(other)


def linted(path: Path) -> set[str]:
    """
    Return which rules of cfn-lint find something in a template.
    """
    from cfnlint.api import ManualArgs, lint_file  # type: ignore[import-untyped] # it has none

    return {match.rule.id for match in lint_file(path, config=ManualArgs(regions=["eu-central-1"]))}
