"""
What the rules say of root modules and templates, without the networks that they say it of.
"""

from __future__ import annotations

from collections.abc import Iterable

from sglint.config import Chosen, Configuration, Named, chosen
from sglint.finding import Finding, Seen
from sglint.frozen import frozen
from sglint.request import Request
from sglint.rule import Rule
from sglint.source import Problem, Tree
from sglint.triage import Remarks


@frozen
class Told:
    """
    What the rules say of one root module or template, and what else of it is in the report.

    `root` is None where it could not be judged, `evaluated` whether its variables are known. `planned` says that it is a plan,
    and `interfaces` how findings name what was looked at.
    """

    root: str | None
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    comments: tuple[Remarks, ...]
    seen: Seen
    variables: frozenset[str]
    evaluated: bool
    planned: bool
    interfaces: frozenset[Named]


@frozen
class Heard:
    """
    What the rules say of all root modules and templates, and what else of them is in the report.

    `comments` are those of every file, also of files without any; `roots` are those that could be judged.
    """

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    comments: tuple[Remarks, ...]
    seen: Seen
    roots: tuple[str, ...]
    tree: Tree
    said: Configuration
    planned: bool
    interfaces: frozenset[Named]


@frozen
class Running:
    """
    The rules that run, those that the configuration leaves `out`, the names of all that there are, and `how` they run.
    """

    rules: tuple[Rule, ...]
    out: tuple[Rule, ...]
    known: tuple[str, ...]
    how: Chosen

    def of(self, *, planned: bool) -> tuple[Rule, ...]:
        """
        Return the rules that run on what there is; some look at a plan alone.
        """
        return tuple(one for one in self.rules if planned or not one.plan)


def settings(wanted: Request, said: Configuration, rules: Iterable[Rule], known: Iterable[Rule]) -> Running:
    """
    Return which rules run, and how.
    """
    names = tuple(rule.slug for rule in known)
    how = chosen(said, names)
    runs = {True: list[Rule](), False: list[Rule]()}
    for rule in rules:
        runs[wanted.selected or rule.slug in how.rules].append(rule)
    return Running(tuple(runs[True]), tuple(runs[False]), names, how)
