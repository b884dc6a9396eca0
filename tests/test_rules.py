"""
Every rule's page: it has what a page needs, and its examples are found, or not, exactly where it says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from sglint.finding import Status
from sglint.pipeline import lint
from sglint.request import Request
from sglint.rule import Rule, load

RULES = load()
EXAMPLE = re.compile(r"^```(hcl|yaml) (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECTIONS = ["What is wrong", "Why it matters", "How to fix it", "What it exposes", "When not to", "Examples"]


@dataclass(frozen=True, slots=True)
class Example:
    """
    One fenced example of a page: its language, what it is an example of, and its text.
    """

    rule: Rule
    language: str
    kind: str
    text: str


FILES = {"hcl": "main.tf", "yaml": "template.yaml"}
EXAMPLES = [Example(rule, *found) for rule in RULES for found in EXAMPLE.findall(rule.page)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_a_page_has_its_sections_and_a_source(rule: Rule) -> None:
    assert re.findall(r"^## (.*)$", rule.page, re.MULTILINE) == SECTIONS
    assert re.search(r"^Sources?: ", rule.page, re.MULTILINE)
    assert rule.title.endswith(".")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
@pytest.mark.parametrize("language", FILES)
def test_a_page_has_good_and_bad_examples(rule: Rule, language: str) -> None:
    kinds = {example.kind for example in EXAMPLES if example.rule is rule and example.language == language}
    assert {"bad", "good"} <= kinds <= {"bad", "good", "maybe"}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.rule.slug} {example.language} {example.kind}")
def test_an_example_is_found_where_the_page_says(example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / FILES[example.language]).write_text(example.text)
    monkeypatch.chdir(tmp_path)
    report = lint(Request(), RULES, RULES)
    marked = [number for number, line in enumerate(example.text.splitlines(), 1) if line.rstrip().endswith("# found")]
    found = [finding for finding in report.findings if finding.rule == example.rule.slug and finding.status is Status.OPEN]
    assert [finding.span.line for finding in found] == marked
    assert {finding.certain for finding in found} == ({example.kind != "maybe"} if marked else set())
    assert bool(marked) == (example.kind != "good")
    assert not [problem for problem in report.problems if problem.hides]
