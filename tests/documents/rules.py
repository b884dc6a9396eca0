"""
The pages of the rules, from their docstrings, and the list of them.
"""

from __future__ import annotations

import re

from sglint.cfn_lint import IDS
from sglint.rule import Rule, load

HEAD = """# The rules

These pages are generated from the docstrings in `rules/`, and are what `sglint explain RULE` prints; write them again with

    python -m tests.documents

The examples on a page are tests: in what is marked as found, the line with `# found` has the finding. `--fail-on` says from
which severity on a run fails.
"""
_FENCE = re.compile(r"^(```\w+) (bad|good|maybe)$", re.MULTILINE)
_SAID = {"bad": "Found:", "good": "Not found:", "maybe": "May hold, and shown with `--maybe`:"}


def pages() -> dict[str, str]:
    """
    Return the pages by the names of their files.
    """
    rules = load()
    return {"README.md": _list(rules), **{f"{one.slug}.md": _page(one) for one in rules}}


def _list(rules: tuple[Rule, ...]) -> str:
    rows = [f"| [{one.slug}]({one.slug}.md) | {one.severity.value} | {one.title} |" for one in rules]
    return "\n".join([HEAD, "| rule | severity | |\n|---|---|---|", *rows]) + "\n"


def _page(rule: Rule) -> str:
    number = IDS[rule.slug]
    facts = [f"Severity: {rule.severity.value}", f"since {rule.since}", f"in cfn-lint {number}"]
    if rule.plan:
        facts.append("looks at plans only (`--plan`)")
    body = _FENCE.sub(lambda found: f"{_SAID[found[2]]}\n\n{found[1]}", rule.page.strip())
    return f"# {rule.slug}\n\n{', '.join(facts)}. [All rules](README.md)\n\n{body}\n"
