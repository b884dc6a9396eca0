"""
Every rule's page: it has what a page needs, and its examples are found, or not, exactly where it says.
"""

from __future__ import annotations

import json
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
PAGES = [Example(rule, *found) for rule in RULES for found in EXAMPLE.findall(rule.page)]
PLANNED = {example.rule.slug for example in PAGES if example.kind == "before"}
"""The rules about plans: their examples are what there is before, and the configurations of plans from there."""
EXAMPLES = [example for example in PAGES if example.kind != "before"]
PLANS = Path(__file__).resolve().parent.parent / "fixtures" / "plans"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_a_page_has_its_sections_and_a_source(rule: Rule) -> None:
    assert re.findall(r"^## (.*)$", rule.page, re.MULTILINE) == SECTIONS
    assert re.search(r"^Sources?: ", rule.page, re.MULTILINE)
    assert rule.title.endswith(".")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
@pytest.mark.parametrize("language", FILES)
def test_a_page_has_good_and_bad_examples(rule: Rule, language: str) -> None:
    kinds = {example.kind for example in EXAMPLES if example.rule is rule and example.language == language}
    expected = set() if rule.slug in PLANNED and language == "yaml" else {"bad", "good"}
    assert expected <= kinds <= expected | {"maybe"}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.rule.slug} {example.language} {example.kind}")
def test_an_example_is_found_where_the_page_says(example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / FILES[example.language]).write_text(example.text)
    monkeypatch.chdir(tmp_path)
    plan = PLANS / example.rule.slug / f"{example.kind}.json"
    report = lint(Request(plan=str(plan) if example.rule.slug in PLANNED else None), RULES, RULES)
    marked = [number for number, line in enumerate(example.text.splitlines(), 1) if line.rstrip().endswith("# found")]
    found = [finding for finding in report.findings if finding.rule == example.rule.slug and finding.status is Status.OPEN]
    assert [finding.span.line for finding in found] == marked
    assert {finding.certain for finding in found} == ({example.kind != "maybe"} if marked else set())
    assert bool(marked) == (example.kind != "good")
    assert not [problem for problem in report.problems if problem.hides]


@pytest.mark.parametrize("example", [one for one in PAGES if one.rule.slug in PLANNED], ids=lambda one: one.kind)
def test_a_recorded_plan_is_that_of_the_example(example: Example) -> None:
    written = {f"{kind}.{name}" for kind, name in re.findall(r'^resource "(\w+)" "(\w+)"', example.text, re.MULTILINE)}
    of_before = example.kind == "before"
    for kind in ("bad", "good", "maybe") if of_before else (example.kind,):
        plan = json.loads((PLANS / example.rule.slug / f"{kind}.json").read_text(encoding="utf-8"))
        state = plan["prior_state" if of_before else "planned_values"]
        values = state["values"] if of_before else state
        assert {one["address"] for one in values["root_module"]["resources"]} == written


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.slug in PLANNED], ids=lambda rule: rule.slug)
def test_a_rule_about_plans_is_silent_without_one(rule: Rule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = (one for one in EXAMPLES if one.rule is rule and one.kind == "bad")
    (tmp_path / "main.tf").write_text(example.text)
    monkeypatch.chdir(tmp_path)
    assert lint(Request(), [rule], RULES).findings == ()
