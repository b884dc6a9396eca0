"""
What the findings of a run count for: their identity, the severity that the configuration gives them, and what is accepted.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from sglint.baseline import Baseline, read_baseline
from sglint.config import Chosen, Configuration
from sglint.finding import Finding, Identity, Severity, Status
from sglint.request import Request
from sglint.rule import Rule
from sglint.source import Overlay, Tree, located, real_path


def adjusted(
    findings: Iterable[Finding], how: Chosen, said: Configuration, tree: Tree, *, selected: bool
) -> tuple[Finding, ...]:
    """
    Return the findings as bad as the configuration says, those marked that do not count where they are.
    """
    if not how.severity and not how.overrides:
        return tuple(findings)
    listed = tuple(findings)
    top = os.path.realpath(said.directory)
    places = {path: str((Path(tree.base) / path).resolve()) for path in {one.span.path for one in listed}}

    def adjust(one: Finding) -> Finding:
        level = how.severity.get(one.rule)
        found = one if level is None else replace(one, severity=Severity(level))
        for other in how.overrides:
            if other.inside(os.path.relpath(places[one.span.path], top).replace(os.sep, "/")):
                if one.rule in other.severity:
                    found = replace(found, severity=Severity(other.severity[one.rule]))
                if not selected and other.counts is not None and one.rule not in other.counts and one.status is Status.OPEN:
                    found = replace(found, status=Status.IGNORED, status_reason=f"by {other.span.path}:{other.span.line}")
        return found

    return tuple(map(adjust, listed))


def accepted_before(wanted: Request, said: Configuration, tree: Tree) -> Baseline | None:
    """
    Return the baseline that is given, or the one of the configuration, which lies inside of what is scanned.
    """
    if wanted.baseline is not None:
        return given_baseline(wanted.baseline, tree.overlay) if wanted.baseline else None
    found = said.one("baseline")
    return None if found is None else read_baseline(tree, said.resolve(found.value))


def given_baseline(path: str, over: Overlay) -> Baseline:
    """
    Return the baseline that is given, which may lie anywhere.
    """
    directory = str(Path(real_path(over, path)).parent)
    return read_baseline(Tree(str(Path.cwd()), (directory,), over), path)


def looked(
    wanted: Request, rules: Iterable[Rule], roots: Iterable[str], tree: Tree
) -> tuple[frozenset[str], tuple[str, ...], frozenset[str]]:
    """
    Return what a run can tell of: its rules, its paths, and its root modules and templates.
    """
    here = located(tree, roots, tree.base)
    paths = located(tree, wanted.paths or (".",), tree.base)
    return frozenset(rule.slug for rule in rules), tuple(paths.values()), frozenset(here.values())


def identified(findings: Iterable[Finding], tree: Tree) -> tuple[Finding, ...]:
    """
    Return the findings with identities that are the same wherever sglint is started.
    """
    listed = tuple(findings)
    paths = {path for one in listed for path in (one.span.path, *one.roots)}
    here = located(tree, sorted(paths), tree.base)

    def identity(one: Finding) -> Identity:
        return Identity(one.rule, tuple(sorted(here[root] for root in one.roots)), here[one.span.path], one.subjects)

    return tuple(replace(one, located=identity(one)) for one in listed)
