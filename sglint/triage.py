"""
Comments that set findings aside: `# sglint: ignore[slug] reason`.

A comment counts on the line of the finding, on the lines above it, and at the head of the block around it (on the first line
inside it, too); for a thing in a module also at the call of the module. Triage marks and never drops: an ignored finding
stays in the report with its reason. A comment without a reason is not applied, and one that ignores nothing is itself found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches

from sglint.finding import Finding, Severity, Status
from sglint.frozen import frozen
from sglint.rule import Rule
from sglint.source import Problem, Span

UNUSED = "unused-ignore"
MARK = re.compile(r"sglint:\s*ignore\b\s*(?:\[([^\]\n]*)\])?[\s:,-]*(.*)", re.DOTALL)

MEANT = re.compile(r"^\W*sglint\s*(?::|-\s*(?:ig|dis|skip)|\s(?:ig|dis|skip))", re.IGNORECASE)


@frozen
class Remark:
    """
    A comment of the file with its markers, and the lines of code that it speaks for: from its own line to the line below it, or
    those that a template's metadata stands for.
    """

    text: str
    span: Span
    until: int
    since: int = 0


@frozen
class Remarks:
    """
    The comments of one file, and the blocks in it: the place of the header and of the whole.
    """

    path: str
    remarks: tuple[Remark, ...]
    blocks: tuple[tuple[Span, Span], ...]


@frozen
class Ignore:
    """
    One rule that a comment sets aside, and why.
    """

    slug: str
    reason: str
    remark: Remark


def remarks(
    path: str,
    text: str,
    comments: Iterable[tuple[str, Span]],
    blocks: Iterable[tuple[Span, Span]],
    stated: Iterable[tuple[str, Span, Span]] = (),
) -> Remarks:
    """
    Return the comments of a file with the lines they speak for; what is `stated` in other ways brings the place it speaks for.

    A comment behind code speaks for its own line, one on a line of its own for the code below it and below the comments
    that follow. Those that do not name sglint are left out.
    """
    lines = text.split("\n")
    found: list[Remark] = []
    for words, span in sorted(comments, key=lambda item: item[1], reverse=True):
        alone = not lines[span.line - 1][: span.column - 1].strip() if span.line <= len(lines) else True
        last = span.line + words.rstrip("\r\n").count("\n")
        until = last + 1 if alone else last
        if alone and found and found[-1].span.line == until and found[-1].until > until:
            until = found[-1].until
        found.append(Remark(words, span, until))
    data = [Remark(words, span, place.end_line, place.line) for words, span, place in stated]
    ours = [one for one in reversed(found) if "sglint" in one.text.lower()]
    return Remarks(path, (*ours, *data), tuple(blocks))


def triage(
    findings: Iterable[Finding], files: Iterable[Remarks], rules: Iterable[Rule], *, known: Iterable[str]
) -> tuple[tuple[Finding, ...], tuple[Problem, ...]]:
    """
    Return the findings with those marked that a comment sets aside, and those about unused comments, sorted.

    `rules` are the rules that ran, `known` the names of all there are: a comment for a rule that did not run is not unused.
    """
    ran = {rule.slug for rule in rules}
    by_path = {file.path: file for file in files}
    ignores: dict[str, list[Ignore]] = {}
    problems: list[Problem] = []
    for path in sorted(by_path):
        ignores[path], wrong = ignored(by_path[path].remarks)
        problems += wrong
    by_slug: dict[str, dict[str, list[Ignore]]] = {}
    for path, listed in ignores.items():
        for one in listed:
            by_slug.setdefault(one.slug, {}).setdefault(path, []).append(one)
    used: set[Ignore] = set()
    marked = []
    for finding in findings:
        found = speaking_for(finding, by_slug.get(finding.rule, {}), by_path)
        used.update(found)
        marked.append(replace(finding, status=Status.IGNORED, status_reason=found[0].reason) if found else finding)
    if UNUSED in ran:
        names = set(known)
        all_of_them = (one for path in sorted(ignores) for one in ignores[path])
        marked += [unused(one, names) for one in all_of_them if one not in used and (one.slug in ran or one.slug not in names)]
    return tuple(sorted(marked, key=lambda one: (one.order, one.message))), tuple(problems)


def ignored(remarks: Iterable[Remark]) -> tuple[list[Ignore], list[Problem]]:
    """
    Return what the comments set aside, and the comments that do not say which rule or why.
    """
    found: list[Ignore] = []
    problems: list[Problem] = []
    for remark in remarks:
        match = MARK.search(remark.text)
        if match is None:
            if MEANT.match(remark.text):
                problems.append(misspelt(remark))
            continue
        slugs = list(dict.fromkeys(slug.strip() for slug in (match[1] or "").split(",") if slug.strip()))
        reason = match[2].strip().removesuffix("*/").strip()
        if slugs and reason:
            found += [Ignore(slug, " ".join(reason.split()), remark) for slug in slugs]
        else:
            problems.append(incomplete(remark, named=bool(slugs)))
    return found, problems


def misspelt(remark: Remark) -> Problem:
    """
    Return the problem of a comment that is meant for sglint and says nothing that it knows.
    """
    hint = "write sglint: ignore[name-of-the-rule] and why"
    return Problem("this comment is not one that sglint understands", remark.span, hint, hides=False)


def incomplete(remark: Remark, *, named: bool) -> Problem:
    """
    Return the problem of a comment that does not say which rule it ignores, or why.
    """
    if named:
        return Problem(
            "this comment gives no reason and is not applied", remark.span, "write why after the bracket", hides=False
        )
    message = "this comment names no rule and is not applied"
    return Problem(message, remark.span, "write sglint: ignore[name-of-the-rule] and why", hides=False)


def speaking_for(finding: Finding, ignores: Mapping[str, list[Ignore]], files: Mapping[str, Remarks]) -> list[Ignore]:
    """
    Return the comments that set the finding aside: one at its place, or one for every subject at a module call leading there.
    """

    def standing_at(place: Span) -> list[Ignore]:
        return [one for one in ignores.get(place.path, ()) if stands_at(one, place, files[place.path])]

    here = standing_at(finding.span)
    if here or not finding.calls:
        return here
    chains = [[one for place in calls for one in standing_at(place)] for calls in finding.calls]
    return [one for chain in chains for one in chain] if all(chains) else []


def stands_at(ignore: Ignore, here: Span, file: Remarks) -> bool:
    """
    Return whether the comment stands at the place, or at the head of a block around it.
    """
    around = [(header, block) for header, block in file.blocks if block.line <= here.line <= block.end_line]
    line = ignore.remark.since or ignore.remark.span.line
    if not ignore.remark.since and any(line == header.end_line + 1 <= block.end_line for header, block in around):
        return True
    return any(line <= place.line <= ignore.remark.until for place in (here, *(header for header, _ in around)))


def unused(ignore: Ignore, known: set[str]) -> Finding:
    """
    Return the finding about a comment that ignores nothing.
    """
    if ignore.slug in known:
        message = f"this comment ignores {ignore.slug}, which finds nothing here"
        advice = "remove it, or move it to the line of the finding or the head of its block"
    else:
        message = f"this comment ignores {ignore.slug}, and there is no such rule"
        close = get_close_matches(ignore.slug, sorted(known), 1)
        advice = f"did you mean {close[0]}" if close else "`sglint explain` lists the rules"
    return Finding(
        rule=UNUSED,
        severity=Severity.NOTE,
        certain=True,
        message=message,
        subjects=(ignore.slug,),
        span=ignore.remark.span,
        labels=(),
        advice=(advice,),
    )
