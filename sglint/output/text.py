"""
The report for people: each finding with the lines it is about, the problems, and what was looked at.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping

from sglint.finding import Finding, Fix, Projection, Report, Seen, Severity, Since, Status
from sglint.output.excerpt import excerpt
from sglint.output.plain import clean, counted, paint
from sglint.output.projection import how_known, instance, profile, rate
from sglint.source import Problem, Span

MOST_SUBJECTS = 8
MOST_PROBLEMS = 100
"""How many are printed; the rest is counted, and in the JSON."""


def render(report: Report, *, maybe: bool = False, color: bool = False) -> str:
    """
    Return the report as text. Uncertain findings are shown when `maybe` is set, and counted when not.
    """
    lines = {source.path: source.text.split("\n") for source in report.sources}
    shown = [one for one in report.findings if one.status is Status.OPEN and (maybe or one.certain)]
    parts = [finding_text(one, lines, several=len(report.roots) > 1, color=color) for one in shown]
    parts += problems_text(report.problems, color=color)
    parts += gone_text(report.since, maybe=maybe)
    parts.append(summary(report, maybe=maybe))
    return "\n\n".join(parts) + "\n"


def finding_text(finding: Finding, lines: Mapping[str, list[str]], *, several: bool, color: bool) -> str:
    """
    Return one finding: what, where, what it would take, and what stands in the way of certainty.

    Where `several` root modules were looked at, one in a module that they call says whose it is.
    """
    level = finding.severity.value
    doubt = "" if finding.certain else "maybe: "
    first = f"{paint(f'{level}[{clean(finding.rule)}]', level, color=color)}: "
    rows = [f"{first}{paint(doubt + clean(finding.message), 'bold', color=color)}"]
    rows += excerpt(finding.span, finding.labels, lines, style=level, color=color)
    gutter = " " * len(str(max(span.line for span in (finding.span, *(label.span for label in finding.labels)))))
    if len(finding.subjects) > 1:
        rows.append(f"{gutter} = of: {clean(named(finding.subjects))}")
    here = (finding.span.path, posixpath.dirname(finding.span.path) or ".")
    if several and any(root not in here for root in finding.roots):
        rows.append(f"{gutter} = in: {clean(named(finding.roots))}")
    rows += (f"{gutter} = help: {clean(line)}" for line in finding.advice)
    rows += (f"{gutter} = {clean(line)}" for line in fix_told(finding.fix))
    rows += (f"{gutter} = note: {clean(line)}" for line in projection_text(finding.projections))
    rows += (f"{gutter} = not certain: {clean(f'{label.text} ({label.span})')}" for label in finding.unless)
    return "\n".join(rows)


def projection_text(projections: tuple[Projection, ...]) -> list[str]:
    """
    Return from which rate of new flows on the table is full, of several types of instances for the one that is full first.
    """
    if not projections:
        return []
    one = projections[0]
    kinds = " and ".join(protocol.value.upper() for protocol in one.protocols)
    types = len({other.instance_type for other in projections})
    of = f" (of {types} types the first to be full)" if types > 1 else ""
    tables = len({(other.allowance, other.profile, other.source) for other in projections})
    of = of or (f" (of {tables} estimates the first to be full)" if tables > 1 else "")
    on = f"{one.instance_type}, with the entries of {one.like} at least" if one.like else instance(one)
    assumed = f"with the {profile(one)} on {'an ' * (not one.instance_type)}{on}{of}, {how_known(one)}"
    never = "; untracked they never do" if one.remedy else ""
    fill = f"more than {rate(one, '(or some larger number)')} new {kinds} flows/s per instance fill the table"
    return [f"{assumed}: {fill}{never}"]


def fix_told(fix: Fix | None) -> list[str]:
    """
    Return whether there is a change of the files that makes the finding go away, and what it lets in.

    >>> fix_told(Fix(blocked="the group is made elsewhere"))
    ['fix: none can be written: the group is made elsewhere']
    """
    if fix is None:
        return []
    if fix.blocked or not fix.edits:
        return [f"fix: none can be written: {fix.blocked}"] if fix.blocked else []
    if fix.safe:
        return ["fix: sglint fix writes it; it lets nothing new in"]
    return [f"fix: sglint fix --unsafe writes it; it lets in: {'; '.join(fix.admits) or 'what is not known'}"]


def named(names: tuple[str, ...]) -> str:
    """
    Return the addresses or paths, of many the first ones and the number of the rest.
    """
    rest = len(names) - MOST_SUBJECTS
    return ", ".join(names) if rest <= 0 else f"{', '.join(names[:MOST_SUBJECTS])} and {rest} more"


def problems_text(problems: tuple[Problem, ...], *, color: bool) -> list[str]:
    """
    Return the problems, of very many the first ones and the number of the rest.
    """
    parts = [problem_text(one, color=color) for one in problems[:MOST_PROBLEMS]]
    rest = len(problems) - MOST_PROBLEMS
    return [*parts, f"{counted(rest, 'more problem')} not shown: --format json has all of them"] if rest > 0 else parts


def problem_text(problem: Problem, *, color: bool) -> str:
    """
    Return one problem, where it is, and what to do next.
    """
    first = f"{paint('problem', 'warning', color=color)}: {paint(clean(problem.message), 'bold', color=color)}"
    rows = [first] if problem.span is None else [first, f" --> {clean(str(problem.span))}"]
    rows += (f"  = help: {clean(line)}" for line in problem.hint.splitlines())
    return "\n".join(rows)


def gone_text(since: Since | None, *, maybe: bool) -> list[str]:
    """
    Return the findings that are gone since the revision compared with, a line for each, at the places that they had then.
    """
    gone = [] if since is None else [one for one in since.gone if maybe or one.certain]
    rows = [f"gone: {one.severity.value}[{one.rule}]: {one.message} ({one.span})" for one in gone]
    return ["\n".join(clean(row) for row in rows)] if rows else []


def summary(report: Report, *, maybe: bool = False) -> str:
    """
    Return what was looked at and what came of it, so that a clean result never reads like one where nothing was seen.
    """
    seen = report.seen
    rows = [looked_at(seen), found(report.findings, maybe=maybe, since=report.since)]
    words = {Status.BASELINE: "in the baseline"}
    set_aside = [one.status for one in report.findings if one.status is not Status.OPEN]
    aside = Counter(words.get(status, status.value) for status in set_aside)
    rows[1] += "".join(f", {number} {name}" for name, number in sorted(aside.items()))
    uncertain = [one for one in report.findings if one.status is Status.OPEN and not one.certain]
    if uncertain and not maybe:
        rows.append(
            f"not shown: {counted(len(uncertain), 'finding')} that may hold{most_frequent(uncertain)}; --maybe shows them"
        )
    if seen.attributes_unknown:
        known = resolved_text(seen.attributes, seen.attributes_bounded, seen.attributes_unknown)
        rows.append(f"{known}; sglint inspect says why")
    hiding = sum(problem.hides for problem in report.problems)
    if hiding:
        rows.append(f"{counted(hiding, 'problem')}: part of the network is missing from this result")
    rows += off_text(report)
    return "\n".join(rows)


def off_text(report: Report) -> list[str]:
    """
    Return which rules each file of configuration switches off, and in which line.
    """
    by_place: dict[Span, list[str]] = {}
    for slug, place in report.off:
        by_place.setdefault(place, []).append(slug)
    return [
        clean(f"{place.path}:{place.line} switches off {counted(len(slugs), 'rule')}: {named(tuple(slugs))}")
        for place, slugs in sorted(by_place.items())
    ]


def looked_at(seen: Seen) -> str:
    """
    Return what was looked at.
    """
    if not seen.files:
        return "looked at nothing: no Terraform files and no templates here"
    counts = ((seen.roots, "root module"), (seen.templates, "template"), (seen.files, "file"), (seen.resources, "resource"))
    rows = f"looked at {', '.join(counted(number, what) for number, what in counts if number or what == 'resource')}"
    if not seen.interfaces:
        return f"{rows}: no network interface among them"
    none = "none certainly" if seen.maybe_in_scope else "none"
    scope = f"{seen.in_scope or none} behind a transit gateway or Gateway Load Balancer"
    if seen.maybe_in_scope:
        scope += f", {seen.maybe_in_scope} {'more ' if seen.in_scope else ''}that may be"
    return f"{rows}, {counted(seen.interfaces, 'interface')}: {scope}"


def resolved_text(total: int, bounded: int, unknown: int) -> str:
    """
    Return how many of the attributes that networks are made from are known.

    >>> resolved_text(820, 6, 2), resolved_text(820, 0, 0)
    ('resolved 812 of 820 network attributes: 6 bounded, 2 unknown', 'resolved 820 of 820 network attributes')
    """
    rest = f": {bounded} bounded, {unknown} unknown" if bounded or unknown else ""
    return f"resolved {total - bounded - unknown} of {total} network attributes{rest}"


def found(findings: Iterable[Finding], *, maybe: bool, since: Since | None = None) -> str:
    """
    Return how many certain findings there are, by severity, and how many that may hold where these are shown too.

    Of those that are compared with a revision, it is how many are new.
    """
    still = [one for one in findings if one.status is Status.OPEN]
    levels = Counter(one.severity for one in still if one.certain)
    counts = [counted(levels[severity], severity.value) for severity in Severity if levels[severity]]
    doubtful = sum(not one.certain for one in still)
    more = f", and {counted(doubtful, 'finding')} that may hold" if maybe and doubtful else ""
    new = "" if since is None else f" new since {clean(since.revision)}"
    nothing = "nothing certain" if still else "nothing"
    gone = sum(maybe or one.certain for one in since.gone) if since else 0
    less = f", {gone} gone" if gone else ""
    return f"found {', '.join(counts) or nothing}{new}{more}{less}"


def most_frequent(uncertain: list[Finding]) -> str:
    """
    Return the reason that stands in the way of most findings, and where it is.
    """
    reasons = Counter(label for one in uncertain for label in one.unless)
    if not reasons:
        return ""
    label, _ = min(reasons.items(), key=lambda item: (-item[1], item[0].span, item[0].text))
    return f", most often because {clean(f'{label.text} ({label.span})')}"
