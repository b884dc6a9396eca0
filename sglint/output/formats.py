"""
The formats of a report, by the names that `--format` has for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sglint.finding import Report, Severity
from sglint.frozen import frozen
from sglint.output import github, gitlab, json, junit, markdown, sarif, text
from sglint.rule import Rule


@frozen
class Shown:
    """
    What formats need besides the report: all rules, the version, from what on a run fails, and what the caller wants to see.
    """

    rules: tuple[Rule, ...]
    version: str
    fail_on: Severity | None
    maybe: bool
    color: bool


FORMATS: Mapping[str, Callable[[Report, Shown], str]] = {
    "text": lambda report, how: text.render(report, maybe=how.maybe, color=how.color),
    "json": lambda report, how: json.render(report, version=how.version),
    "sarif": lambda report, how: sarif.render(report, how.rules, version=how.version, maybe=how.maybe),
    "junit": lambda report, how: junit.render(report, fail_on=how.fail_on),
    "github": lambda report, how: github.render(report, maybe=how.maybe),
    "gitlab": lambda report, how: gitlab.render(report, maybe=how.maybe),
    "markdown": lambda report, how: markdown.render(report),  # noqa: ARG005 -- it shows all, folded
}


def render(report: Report, wanted: str, how: Shown) -> str:
    """
    Return the report in the format that is wanted.
    """
    return FORMATS[wanted](report, how)
