"""
The report as Markdown for a comment on a pull request: the verdict first, a table, details folded.

Names in it come from strangers. A word that is not plainly a word or a number is a code span, in which nothing is a mention,
a reference, a link, an emoji or HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sglint.finding import Finding, Report, Severity, Status
from sglint.frozen import frozen
from sglint.output.diff import shown
from sglint.output.excerpt import private
from sglint.output.plain import clean, counted, written
from sglint.output.text import looked_at, resolved_text
from sglint.output.told import aside, explained, problem_told, tracked_share, verdict
from sglint.source import Problem

MARKER = "<!-- sglint: this comment is updated by its first line -->"
LIMIT = 65_536
"""How long a comment on GitHub may be; here in bytes, which are never fewer than its characters."""
LONGEST = 600
"""How many characters of one sentence are shown."""

LONGEST_DIFF = 6000
"""How many characters of a change are shown; of a longer one it is only said where to find it."""

_PLAIN = re.compile(r"\(*([^\W_]++(?:['\u2019/-][^\W_]++)*+)?+[,;:.)]*\Z")
_ACTS = re.compile(r"\(*(?:[0-9a-f]{7,64}|gh-\d.*|\d+[.)])[,;:.)]*\Z", re.IGNORECASE)
_TICKS = re.compile("`+")


@frozen
class Part:
    """
    Rows under one heading, of which the first ones are shown where not all have room; `share` is its part of the room.
    """

    before: str
    rows: tuple[str, ...]
    after: str
    name: str
    share: float


def render(report: Report) -> str:
    """
    Return the report as Markdown, no longer than a comment may be; what is left out for that is counted.
    """
    said = "; ".join(one for one in (verdict(report), tracked_share(report)) if one)
    head = "\n".join([MARKER, f"**sglint: {words(said)}**", "", *_facts(report)])
    parts = _parts(report)
    whole = _joined(head, parts, [len(part.rows) for part in parts])
    if len(whole.encode()) <= LIMIT:
        return whole
    room = LIMIT - len(head.encode()) - 1000  # for what is said of the rest
    shown = [0] * len(parts)
    for index, part in enumerate(parts):
        shown[index] = _fitting(part, int(room * part.share))
        room -= _size([part], [shown[index]])
    return _joined(head, parts, shown)


def _facts(report: Report) -> list[str]:
    """Return what else there is to know at once: what was looked at, what is set aside, how much is known."""
    seen = report.seen
    rows = [looked_at(seen) if seen.files else "", aside(report)]
    if seen.attributes_unknown:
        rows.append(resolved_text(seen.attributes, seen.attributes_bounded, seen.attributes_unknown))
    return [f"{words(row)}  " for row in rows if row]


def _parts(report: Report) -> list[Part]:
    still = [one for one in report.findings if one.status is Status.OPEN]
    certain = sorted((one for one in still if one.certain), key=lambda one: list(Severity).index(one.severity))
    doubtful = [one for one in still if not one.certain]
    parts = []
    if certain:
        table = "\n| | rule | what | where |\n|---|---|---|---|"
        parts.append(Part(table, tuple(_row(one) for one in certain), "", "finding in the table", 0.4))
    if report.problems:
        hiding = any(problem.hides for problem in report.problems)
        title = f"{counted(len(report.problems), 'problem')}{': part of the network could not be read' if hiding else ''}"
        ordered = sorted(report.problems, key=lambda problem: not problem.hides)
        parts.append(_folded(title, [_problem(one) for one in ordered], "problem", 0.4, opened=hiding))
    if certain:
        parts.append(Part("", tuple(_details(one) for one in certain), "", "explanation", 0.8))
    gone = report.since.gone if report.since else ()
    if gone:
        title = f"{counted(len(gone), 'finding')} gone since then"
        parts.append(_folded(title, [_doubt(one) for one in gone], "gone finding", 0.5))
    if doubtful:
        title = f"{counted(len(doubtful), 'finding')} that may hold, which nothing known decides"
        parts.append(_folded(title, [_doubt(one) for one in doubtful], "finding that may hold", 1.0))
    return parts


def _folded(title: str, rows: list[str], name: str, share: float, *, opened: bool = False) -> Part:
    start = f"\n<details{' open' if opened else ''}><summary>{title}</summary>\n"
    return Part(start, tuple(rows), "\n</details>", name, share)


def _row(one: Finding) -> str:
    return f"| {one.severity.value} | {words(one.rule)} | {words(one.message)} | {code(str(one.span))} |"


def _doubt(one: Finding) -> str:
    why = "; ".join(f"{label.text} ({label.span})" for label in one.unless)
    return f"- {words(one.rule)}: {words(one.message)} ({code(str(one.span))}){f', if not: {words(why)}' if why else ''}"


def _problem(one: Problem) -> str:
    place = f" ({code(str(one.span))})" if one.span else ""
    return f"- {words(problem_told(one))}{place}"


def _details(one: Finding) -> str:
    """Return what there is to say of a finding, folded, and the change that would make it go away."""
    title = f"{one.severity.value}: {_html(one.rule)} at {_html(str(one.span))}"
    rows = [
        f"\n<details><summary>{title}</summary>\n",
        *(f"- {code(str(label.span))}: {words(label.text)}" for label in one.labels),
    ]
    rows += (f"- {words(row)}" for row in explained(one))
    if one.fix is not None and one.fix.diff:
        long = len(one.fix.diff) > LONGEST_DIFF
        rows += [
            "",
            "Too long for this comment; `sglint fix --unsafe` prints it."
            if long
            else fenced("\n".join(shown(one.fix.diff)), "diff"),
        ]
        if one.fix.steps:
            rows += ["", "Deploy it in this order:", "", *(f"1. {words(step)}" for step in one.fix.steps)]
    return "\n".join([*rows, "\n</details>"])


def _joined(head: str, parts: list[Part], shown: list[int]) -> str:
    rows = [head, *(_part(part, number) for part, number in zip(parts, shown, strict=True) if number)]
    pairs = [(len(part.rows) - number, part.name) for part, number in zip(parts, shown, strict=True)]
    left = [counted(number, name, _many(name)) for number, name in pairs if number]
    if left:
        rows.append(f"\nLeft out, because a comment has no more room: {', '.join(left)}. The other formats have all of it.")
    return "\n".join(rows) + "\n"


def _many(name: str) -> str:
    return name.replace("finding", "findings") if "finding" in name else f"{name}s"


def _part(part: Part, number: int) -> str:
    return "\n".join(row for row in (part.before, *part.rows[:number], part.after) if row)


def _size(parts: Iterable[Part], shown: Iterable[int]) -> int:
    return sum(len(_part(part, number).encode()) + 1 for part, number in zip(parts, shown, strict=True) if number)


def _fitting(part: Part, room: int) -> int:
    """Return how many of the first rows have room."""
    left = room - len(part.before.encode()) - len(part.after.encode()) - 2
    for number, row in enumerate(part.rows):
        left -= len(row.encode()) + 1
        if left < 0:
            return number
    return len(part.rows)


def words(text: str) -> str:
    """
    Return a sentence as Markdown that means nothing but its words.

    >>> words("flows to <b> of @all, at 10.0.0.0/8 (2 instances)")
    'flows to `<b>` of `@all`, at `10.0.0.0/8` (2 instances)'
    """
    said = clean(text)
    if len(said) > LONGEST:
        said = f"{said[:LONGEST].rpartition(' ')[0] or said[:LONGEST]} ... (shortened)"
    return " ".join(_word(word) for word in said.split(" ") if word)


def _word(word: str) -> str:
    if _PLAIN.match(word) and not _ACTS.match(word):
        return word
    core = word.lstrip("(")
    bare = core.rstrip(",;:.)")
    if bare.count("(") > bare.count(")") or not bare:
        bare = core
    return f"{word[: len(word) - len(core)]}{code(bare)}{core[len(bare) :]}"


def code(text: str) -> str:
    r"""
    Return the text as code; a bar, which ends the cell of a table even in code, stands outside of it.

    >>> print(code("a|b"), code("x`y"))
    `a`\|`b` ``x`y``
    """
    return r"\|".join(_span(part) if part else "" for part in clean(text).split("|"))


def _span(text: str) -> str:
    ticks = "`" * (1 + max((len(run) for run in _TICKS.findall(text)), default=0))
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def fenced(text: str, language: str) -> str:
    """
    Return the text as a block of code, with a fence that it does not contain, and stars for what is sensitive.
    """
    ticks = "`" * max(3, 1 + max((len(run) for run in _TICKS.findall(text)), default=0))
    text = "\n".join(map(private, text.split("\n")))
    shown = "".join(letter if letter in "\t\n" else written(letter) for letter in text).strip("\n")
    return f"{ticks}{language}\n{shown}\n{ticks}"


def _html(text: str) -> str:
    """Return the text as code for a line of HTML, with character references for all that could be more than itself."""
    plain = " -._/:[],"
    said = "".join(letter if letter.isalnum() or letter in plain else f"&#{ord(letter)};" for letter in clean(text))
    return f"<code>{said}</code>"
