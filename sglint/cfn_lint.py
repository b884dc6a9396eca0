"""
The rules as a plug-in of cfn-lint: `cfn-lint --append-rules sglint.cfn_lint template.yaml`.

cfn-lint makes a rule of each class that it finds in this module; the classes are made here, one for each rule of sglint. What a
template comes to is worked out once and shared by them. Only this module knows cfn-lint, which loads it and is there then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, MutableMapping
from pathlib import Path
from weakref import WeakKeyDictionary

from cfnlint.rules import CloudFormationLintRule, RuleMatch  # type: ignore[import-untyped]  # it has types and does not say so
from cfnlint.template import Template  # type: ignore[import-untyped]  # it has types and does not say so

from sglint.finding import Finding, Report, Status
from sglint.request import Request
from sglint.rule import Rule, load
from sglint.source import Problem, SglintError, Span, Tree, displayed, whole

IDS = {
    "reply-ports-narrow": "W9510",
    "tracked-forwarder": "W9511",
    "tracked-resolver": "W9512",
    "tracked-workload": "I9513",
    "unused-ignore": "I9514",
    "no-egress-rule": "W9515",
    "one-family-only": "W9516",
    "open-without-gain": "W9517",
    "split-cidr": "W9518",
    "appliance-mode-off": "W9519",
    "asymmetric-tracked": "E9520",
    "geneve-blocked": "E9521",
    "idle-timeout-below-gwlb": "E9522",
    "idle-timeout-default": "W9523",
    "idle-timeout-range": "E9524",
    "open-to-internet": "E9525",
    "untracked-cut": "E9526",
}
"""What each rule is called in cfn-lint, for good: a number never changes, and is never given to another rule."""

UNUSABLE = "E9500"
UNREAD = "I9501"
UNDECIDED = "I9502"

Matches = Iterator[RuleMatch]
Look = Callable[[Template, Report | str], Matches]


def lint(cfn: Template) -> tuple[Report | str, ...]:
    """
    Return what sglint finds in a template, for each set of parameters that cfn-lint has, or why it does not work.
    """
    from sglint.pipeline import lint as run

    if not cfn.filename:
        return ("sglint reads templates from files; give this one as a file, or ignore this rule",)
    sets = [one.parameters for one in cfn.context.parameter_sets] or [{}]
    rules = load()
    found: list[Report | str] = []
    for values in sets:
        parameters = tuple(f"{name}={written(value)}" for name, value in values.items())
        try:
            found.append(run(Request((cfn.filename,), parameters=parameters), rules, rules))
        except SglintError as error:
            found.append(str(error))
    return tuple(found)


def written(value: object) -> str:
    """
    Return the value of a parameter as one writes it on the command line.

    >>> written(["a", 1]), written(True), written("b")
    ('a,1', 'true', 'b')
    """
    if isinstance(value, list):
        return ",".join(map(written, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def findings_of(slug: str) -> Look:
    """
    Return what tells the certain findings of a rule.
    """

    def look(cfn: Template, report: Report | str) -> Matches:
        if isinstance(report, Report):
            for one in report.findings:
                if one.rule == slug and one.certain and one.status is Status.OPEN:
                    yield from matches(cfn, one)

    return look


def matches(cfn: Template, finding: Finding) -> Matches:
    """
    Yield a finding where cfn-lint can show it: at its own place, or at the nested stacks of this template that lead there.
    """
    own = shown(cfn)
    calls = dict.fromkeys(calls[0] for calls in finding.calls if calls[0].path == own)
    elsewhere = finding.span.path != own
    text = "; ".join((finding.message, *finding.advice)) + (f" ({finding.span})" if elsewhere else "")
    for place in (list(calls) or [whole(own)]) if elsewhere else [finding.span]:
        yield match(text, place, resource(cfn, finding, place))


def resource(cfn: Template, finding: Finding, place: Span) -> list[str]:
    """
    Return the path of the resource that a finding is about and that stands at this place, by which cfn-lint's own ignores go.
    """
    for name in dict.fromkeys(part for subject in finding.subjects for part in subject.split(".")):
        path = ["Resources", name]
        location = cfn.get_location_yaml(cfn.template, path)
        if location and location[0] + 1 == place.line:
            return path
    return []


def unusable(cfn: Template, report: Report | str) -> Matches:
    """
    Tell what keeps sglint from working at all.
    """
    if isinstance(report, str):
        yield match(report, whole(shown(cfn)))


def unread(cfn: Template, report: Report | str) -> Matches:
    """
    Tell what hides a part of the network.
    """
    for one in report.problems if isinstance(report, Report) else ():
        if one.hides:
            yield problem(cfn, one)


def problem(cfn: Template, one: Problem) -> RuleMatch:
    """
    Return a problem where cfn-lint can show it.
    """
    here = one.span is not None and one.span.path == shown(cfn)
    where = "" if here or one.span is None else f" ({one.span})"
    text = f"{one.message}{f': {one.hint}' if one.hint else ''}{where}"
    return match(text, one.span if here and one.span is not None else whole(shown(cfn)))


def undecided(cfn: Template, report: Report | str) -> Matches:
    """
    Tell how many findings are not certain.
    """
    listed = report.findings if isinstance(report, Report) else ()
    count = sum(not one.certain and one.status is Status.OPEN for one in listed)
    if count:
        what = "finding hangs" if count == 1 else "findings hang"
        text = f"{count} {what} on values that are not known; sglint check --maybe {shown(cfn)} shows them"
        yield match(text, whole(shown(cfn)))


def match(text: str, place: Span, path: list[str] | None = None) -> RuleMatch:
    """
    Return what cfn-lint is to show at a place; its lines and columns begin at 0.
    """
    location = (place.line - 1, place.column - 1, place.end_line - 1, place.end_column - 1)
    return RuleMatch(path or [], text, location=location)


def shown(cfn: Template) -> str:
    """
    Return the path of the template as sglint shows it.
    """
    return displayed(Tree(str(Path.cwd()), ()), cfn.filename or "-")


def classes() -> dict[str, type[CloudFormationLintRule]]:
    """
    Return the classes that cfn-lint takes for its rules, by name.
    """
    reports: MutableMapping[Template, tuple[Report | str, ...]] = WeakKeyDictionary()

    def made(number: str, title: str, page: str, look: Look) -> type[CloudFormationLintRule]:
        def found(cfn: Template) -> Matches:
            if cfn not in reports:
                reports[cfn] = lint(cfn)
            for report in reports[cfn]:
                yield from look(cfn, report)

        url = re.search(r"https://\S+", page)
        description = re.sub(r"\s+", " ", page.partition("## What is wrong")[2].partition("\n## ")[0] or page).strip()
        attributes = {
            "id": number,
            "shortdesc": title.rstrip("."),
            "description": description,
            "source_url": url[0].rstrip(".,") if url else "",
            "tags": ["sglint", "network"],
            "match": staticmethod(found),
        }
        return type(f"Sglint{number}", (CloudFormationLintRule,), attributes)

    def of(rule: Rule) -> type[CloudFormationLintRule]:
        return made(IDS[rule.slug], f"{rule.slug}: {rule.title}", rule.page, findings_of(rule.slug))

    several = [
        made(
            UNUSABLE, "sglint cannot work", "Its configuration or the parameters are wrong, so none of its rules ran.", unusable
        ),
        made(UNREAD, "sglint cannot see all of the network", "What could not be read may hide findings.", unread),
        made(UNDECIDED, "what sglint finds is not certain", "Findings that hang on unknown values are counted.", undecided),
        *(of(rule) for rule in load() if rule.slug in IDS),
    ]
    return {one.__name__: one for one in several}


globals().update(classes())
