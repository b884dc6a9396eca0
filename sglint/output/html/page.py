"""
The page: its parts put together, under a policy that lets nothing be fetched and only its own style and script apply.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sglint.finding import Finding, Report, Status
from sglint.frozen import frozen
from sglint.output.html.assumption import assumptions
from sglint.output.html.data import data, embed
from sglint.output.html.finding import changes, known, view
from sglint.output.html.verdict import gain, verdict
from sglint.output.inspect import resolved_rows
from sglint.output.plain import clean, counted
from sglint.output.text import found, looked_at, resolved_text
from sglint.rule import Judged

HERE = Path(__file__).parent

STYLES = ("page.css", "picture.css")
SCRIPTS = ("page.js",)
"""What the page carries, in this order."""

FEW = 15
FIRST = 5
"""So many findings are all in the text of the page; of more these first ones, and its script makes the others from its data."""

OPENED = 3
"""Of so many findings the lines are shown from the start."""

MOST_CHANGES = 8
MOST_PROBLEMS = 100


@frozen
class Pictures:
    """
    The parts of the page that are drawn elsewhere, none where there is nothing to draw.
    """

    topology: str = ""
    charts: str = ""


NO_PICTURES = Pictures()


def render(
    report: Report,
    networks: Iterable[Judged],
    *,
    version: str,
    pictures: Pictures = NO_PICTURES,
    traffic: str | None = None,
    static: int | None = None,
) -> str:
    """
    Return the report as one page of HTML, with so many findings in its text as `static` says, if it says so.

    `traffic` is the profile that its projections were made with, if one was given.
    """
    listed = tuple(networks)
    files = {source.path: source.text.split("\n") for source in report.sources}
    about = known(listed)
    views = [view(number, one, files, about) for number, one in enumerate(sorted(report.findings, key=gain), 1)]
    asked = changes(views)
    undecided = [row.strip() for one in listed for row in resolved_rows(one.network.resolved) if row.startswith(" ")]
    several = len(asked) > 1
    seen = report.seen
    style, script = (_joined(names) for names in (STYLES, SCRIPTS))
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            policy=ours(policy(style, script)),
            style=ours(style),
            script=ours(script),
            version=version,
            verdict=verdict(report, listed),
            roots=_roots(report),
            looked=looked_at(seen),
            found=found(report.findings, maybe=True),
            sections=_sections(pictures, changes=several),
            changes=asked[:MOST_CHANGES] if several else (),
            unlisted=_more(len(asked) - MOST_CHANGES, "more change"),
            total=len(views),
            opened=OPENED,
            views=views[: _static(len(views)) if static is None else static],
            nothing=_nothing(report),
            seen=seen,
            pictures=Pictures(ours(pictures.topology), ours(pictures.charts)),
            assumptions=assumptions(report, traffic),
            problems=report.problems[:MOST_PROBLEMS],
            more_problems=_more(len(report.problems) - MOST_PROBLEMS, "more problem"),
            undecided=undecided,
            resolved=resolved_text(seen.attributes, seen.attributes_bounded, seen.attributes_unknown)
            if seen.attributes
            else "",
            everything="Everything that was looked at could be read and decided." if seen.files else "",
            data=ours(embed(data(report, listed, views, version=version))),
        )
    )


def with_fixes(report: Report, most: int, fixed: Callable[[tuple[Finding, ...]], tuple[Finding, ...]]) -> Report:
    """
    Return the report with the fixes of the first findings, as many as `most`, which `fixed` looks for.
    """
    chosen = [one for one in sorted(report.findings, key=gain) if one.certain and one.status is Status.OPEN][:most]
    made = dict(zip(chosen, fixed(tuple(chosen)), strict=True))
    return replace(report, findings=tuple(made.get(one, one) for one in report.findings))


def policy(style: str, script: str) -> str:
    """
    Return the policy of the page: nothing is fetched, and of style and script only these apply.
    """
    styles, scripts = (f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in (style, script))
    return f"default-src 'none'; style-src {styles}; script-src {scripts}; base-uri 'none'; form-action 'none'"


def ours(text: str) -> Markup:
    """
    Return text of our own making as what it is: markup in which every name of a stranger is escaped already.
    """
    return Markup(text)  # noqa: S704 -- the one place where that is said


def _static(findings: int) -> int:
    return findings if findings <= FEW else FIRST


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_readable,
    )


def _readable(value: object) -> object:
    """Return text from a stranger's file fit to be read; markup is ours."""
    if isinstance(value, Markup):
        return value
    return clean(str(value))


def _joined(names: Iterable[str]) -> str:
    """Return the files one after the other, without the blanks at both ends of their lines."""
    lines = (line.strip() for name in names for line in (HERE / name).read_text(encoding="utf-8").splitlines())
    return "\n".join(line for line in lines if line)


def _more(number: int, what: str) -> str:
    return counted(number, what) if number > 0 else ""


def _roots(report: Report) -> str:
    named = [root for root in report.roots if root != "."]
    shown = named[:3]
    rest = len(named) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest > 0 else "")


def _nothing(report: Report) -> str:
    if not report.seen.files:
        return "Nothing was looked at."
    if not report.seen.interfaces:
        return "There is no network interface that anything could be said about."
    return "The rules find nothing in what was looked at."


def _sections(pictures: Pictures, *, changes: bool) -> list[tuple[str, str]]:
    listed = [
        ("changes", "What to change", changes),
        ("findings", "Findings", True),
        ("matrix", "Interfaces", True),
        ("topology", "The network", bool(pictures.topology)),
        ("simulation", "What tracking costs", bool(pictures.charts)),
        ("assumptions", "What this rests on", True),
        ("undecided", "What could not be read or decided", True),
    ]
    return [(anchor, title) for anchor, title, shown in listed if shown]
