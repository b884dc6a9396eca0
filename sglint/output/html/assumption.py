"""
What the page rests on: what was taken from where, and how well each number is known.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from sglint.facts import READ, TRACKING_PAGE
from sglint.finding import Projection, Report
from sglint.frozen import frozen
from sglint.output.plain import counted, figure
from sglint.output.projection import instance

BUNDLED = "a bundled profile: nothing was measured"


@frozen
class Assumption:
    """
    What is assumed, its value, how it is known, and the page that says so where there is one.
    """

    what: str
    value: str
    known: str
    page: str = ""


def assumptions(report: Report, traffic: str | None) -> tuple[Assumption, ...]:
    """
    Return what the findings and their projections rest on; `traffic` is the profile that was given.
    """
    seen = report.seen
    found = [
        Assumption("which flows EC2 tracks", "as documented", f"documented by AWS, read on {READ}", TRACKING_PAGE),
        Assumption(
            "what is deployed",
            counted(seen.resources, "resource"),
            "the text alone: accounts are not looked into, and what the text does not say is not guessed",
        ),
    ]
    found += [Assumption(f"rule {slug}", "not run", f"switched off at {place.path}:{place.line}") for slug, place in report.off]
    projections = [one for finding in report.findings for one in finding.projections]
    if projections:
        found += [*profiles(projections, traffic), *allowances(projections)]
    return tuple(found)


def profiles(projections: Iterable[Projection], traffic: str | None) -> Iterable[Assumption]:
    """
    Yield the traffic that was assumed.
    """
    from sglint.simulator.exports import load

    for name, source in sorted({(one.profile, one.source) for one in projections}):
        says = load(at(name, source) if traffic is None else traffic).says
        known = f"the profile {source} of the configuration: what it says was not checked" if source else BUNDLED
        yield Assumption(f"traffic {name}", says or "as the profile says", known if traffic is None else "the profile given")


def at(name: str, source: str) -> str:
    """
    Return what a profile is loaded by: its file, also where that is called like a bundled one, or its name.
    """
    return os.path.join(os.curdir, source) if source else name  # noqa: PTH118 -- pathlib leaves the dot away


def allowances(projections: Iterable[Projection]) -> Iterable[Assumption]:
    """
    Yield the size of the table of each type of instance.
    """
    from sglint.simulator.exports import settings

    listed = tuple(projections)
    for name, measured in sorted({(instance(one), one.allowance) for one in listed if one.allowance}):
        value = f"{figure(measured)} entries"
        yield Assumption(f"connection table of {name}", value, "measured, as the configuration says")
    for name, like in sorted({(one.instance_type, one.like) for one in listed if not one.allowance}):
        known = settings(like or name).allowance
        if known is not None:
            least, most = figure(known.range.least), figure(known.range.most)
            value = f"{least if least == most else f'{least} to {most}'} {known.unit}"
            of = f"{name}, which has those of {like} at least" if like else name
            yield Assumption(f"connection table of {of}", value, f"{known.provenance.value}: {known.says}")
