"""
The report compared: with another version of the files, which git remembers, and with a baseline.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from sglint.baseline import Entry, listed, stale, within, without
from sglint.config import NAME, configuration
from sglint.finding import Report
from sglint.known import renaming, since
from sglint.pipeline import conclude, judge, lint
from sglint.request import Request
from sglint.rule import Rule
from sglint.source import NOTHING, Tree, in_order, located
from sglint.source.git import past, work_trees
from sglint.standing import given_baseline, looked

CONFIGURATIONS = frozenset({NAME, "pyproject.toml"})


def compare(wanted: Request, rules: Iterable[Rule], known: Iterable[Rule], revision: str) -> Report:
    """
    Return what the rules find, compared with what they find in the files that git remembers of a revision.

    The configuration is that of today on both sides, and so are the inputs that are named where there were none.
    """
    rules, known, base = tuple(rules), tuple(known), str(Path.cwd())
    report = lint(wanted, rules, known)
    pasts = [past(top, revision) for top in work_trees(base, wanted.paths or (".",))]
    given = today(wanted, base)
    profiles = named(wanted, base, ("traffic.#.profile",))
    then = tuple(
        (path, text)
        for one in pasts
        for path, text in one.overlay
        if Path(path).name not in CONFIGURATIONS and path not in profiles and (text is not None or path not in given)
    )
    before = lint(replace(wanted, overlay=then), rules, known) if then else report
    unread = tuple(one for one in before.problems if one.span is None or not Path(one.span.path).is_dir())
    roots = located(Tree(base, ()), report.roots, base)
    renamed = renaming({old: new for one in pasts for old, new in one.renamed.items()}, frozenset(roots.values()))
    found = since(report, replace(before, problems=unread), revision, renamed)
    return replace(found, problems=in_order((*found.problems, *(problem for one in pasts for problem in one.problems))))


def today(wanted: Request, base: str) -> frozenset[str]:
    """
    Return the absolute paths of the inputs that are named, by the caller or by the configuration.
    """
    inputs = [*(text for kind, text in wanted.assignments if kind == "file"), *wanted.parameter_files]
    inputs += [wanted.baseline] if wanted.baseline else []
    configured = named(wanted, base, ("baseline", "terraform.variable-files", "terraform.roots.*.variable-files"))
    return configured | {os.path.realpath(path) for path in inputs}


def named(wanted: Request, base: str, keys: Iterable[str]) -> frozenset[str]:
    """
    Return the absolute paths that stand at some keys of the configuration.
    """
    said = configuration(wanted.config, base=base, root=wanted.root)
    return frozenset(os.path.realpath(said.resolve(path)) for key in keys for _, one in said.of(key) for path in one.items)


def relisted(
    wanted: Request, rules: Iterable[Rule], known: Iterable[Rule], path: str, *, prune: bool, maybe: bool
) -> tuple[tuple[Entry, ...], Report]:
    """
    Return what the baseline at `path` is to list from now on, and the report that it comes from.

    What the run cannot tell of stays listed. With `prune`, nothing is added.
    """
    rules = tuple(rules)
    networks = judge(wanted)
    report = conclude(replace(wanted, baseline=""), networks, rules, known)
    old = given_baseline(path, NOTHING).entries if prune or Path(path).is_file() else ()
    told = within(old, *looked(wanted, rules, networks.roots, networks.tree))
    if prune:
        return without(old, stale(report.findings, told)), report
    return tuple(sorted((*without(old, told), *listed(report.findings, maybe=maybe)))), report
