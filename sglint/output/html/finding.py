"""
One finding as the page shows it: what to change, what that saves and exposes, the way, and the lines that it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sglint.facts import RESOLVER_QUERIES
from sglint.finding import Finding, Fix, Label, Severity, Status
from sglint.frozen import frozen
from sglint.graph import Noun
from sglint.model import Interface, Link, Role, TargetKind
from sglint.output.diff import shown
from sglint.output.excerpt import private, spread, window
from sglint.output.html.name import node_id
from sglint.output.plain import figure
from sglint.output.projection import how_known, instance, profile, rate
from sglint.rule import Judged, gains
from sglint.track import Judgement

CERTAIN = "certain"
"""The state of a finding that holds and counts."""

ASIDE = {
    Status.IGNORED: "set aside",
    Status.BASELINE: "in the baseline",
    Status.UNCHANGED: "was so before",
}

ADMITS = " is admitted here"
"""How the label of a rule ends that admits what the finding is about."""

MOST_SUBJECTS = 12

MOST_TYPES = 3

MOST_NAMED = 3
"""So many resources are named in a line of what to change."""


@frozen
class Piece:
    """
    A part of a line: `main`, `other` or nothing says how it is marked.
    """

    text: str
    mark: str = ""


@frozen
class Line:
    """
    One line of an excerpt with what is said of it; `gap` is set where lines before it are left out.
    """

    number: int
    pieces: tuple[Piece, ...]
    says: tuple[str, ...]
    gap: bool


@frozen
class Excerpt:
    """
    The lines of one file.
    """

    path: str
    place: str
    lines: tuple[Line, ...]


@frozen
class Stop:
    """
    One stop of a way: what it is, and its name.
    """

    noun: str
    name: str


@frozen
class Way:
    """
    The way that the finding is about: its stops, and the names of their nodes.
    """

    stops: tuple[Stop, ...]
    nodes: tuple[str, ...]
    more: int = 0


@frozen
class View:
    """
    One finding, ready to be shown.
    """

    number: int
    finding: Finding
    state: str
    place: str
    where: str
    change: tuple[str, ...]
    exposes: tuple[str, ...]
    saves: tuple[str, ...]
    excerpts: tuple[Excerpt, ...]
    way: Way | None
    subjects: tuple[str, ...]
    diff: tuple[tuple[str, str], ...]

    @property
    def aside(self) -> str:
        """
        Why the finding does not count, in words; nothing where it does.
        """
        return ASIDE.get(self.finding.status, "")

    @property
    def fix(self) -> Fix | None:
        """
        The change that would fix it, None where none was looked for.
        """
        return self.finding.fix


@frozen
class About:
    """
    What is known of an interface besides what a finding says: its role, the types of its instances, and the way it has.
    """

    interface: Interface
    way: Way | None


def view(
    number: int, finding: Finding, files: Mapping[str, Sequence[str]], interfaces: Mapping[tuple[str, str], About]
) -> View:
    """
    Return the finding as it is shown, the `number`th on the page.
    """
    named = [(root, subject) for root in finding.roots for subject in finding.subjects]
    about = [interfaces[key] for key in named if key in interfaces]
    led = [one.way for one in about if one.way is not None]
    rest = len(finding.subjects) - MOST_SUBJECTS
    subjects = finding.subjects if rest <= 0 else (*finding.subjects[:MOST_SUBJECTS], f"and {rest} more")
    return View(
        number,
        finding,
        state(finding),
        f"{finding.span.path}:{finding.span.line}",
        where(finding),
        tuple(line for line in finding.advice if line not in finding.exposes),
        finding.exposes,
        saves(finding) or unknown_saving(finding, [one.interface for one in about]),
        excerpts(finding, files),
        led[0] if led else None,
        subjects,
        diff(finding.fix),
    )


def state(finding: Finding) -> str:
    """
    Return whether the finding holds, may hold, or is set aside.
    """
    if finding.status is not Status.OPEN:
        return str(finding.status.value)
    return CERTAIN if finding.certain else "maybe"


def saves(finding: Finding) -> tuple[str, ...]:
    """
    Return what the change saves, the table that is full first at the head, and how well that is known.
    """
    if not finding.projections:
        return ()
    first, *others = finding.projections
    kinds = " and ".join(protocol.value.upper() for protocol in first.protocols)
    shown = ", ".join(f"{instance(one)} from {rate(one, 'or more')}" for one in others[:MOST_TYPES])
    rest = f" and {len(others) - MOST_TYPES} more types" if len(others) > MOST_TYPES else ""
    also = f" ({shown}{rest})" if shown else ""
    never = "; untracked, never" if first.remedy else ""
    return (
        f"the table of one {instance(first)} is full from {rate(first, 'or more')} new {kinds} flows/s on{also}{never}",
        f"with the {profile(first)}: {how_known(first)}",
    )


def unknown_saving(finding: Finding, interfaces: Sequence[Interface]) -> tuple[str, ...]:
    """
    Return what a change saves of which no projection was made, and why that is so; nothing where it is not about tracked flows.
    """
    if not finding.unprojected:
        return ()
    if any(one.role is Role.RESOLVER for one in interfaces):
        least, most = (figure(float(one)) for one in RESOLVER_QUERIES)
        return (f"each address of the endpoint takes up to {most} DNS queries/s instead of as few as {least}",)
    return (f"entries in the connection table; how many flows that is worth cannot be said: {finding.unprojected}",)


def where(finding: Finding) -> str:
    """
    Return where the change is to be made: where the fix makes it, otherwise at the rule that admits, or at the finding's place.
    """
    spans = [edit.span for edit in finding.fix.edits] if finding.fix is not None else []
    admitting = [label.span for label in finding.labels if label.text.endswith(ADMITS)]
    span = min(spans) if spans else (*admitting, finding.span)[0]
    return f"{span.path}:{span.line}"


def excerpts(finding: Finding, files: Mapping[str, Sequence[str]]) -> tuple[Excerpt, ...]:
    """
    Return the lines that the finding points at, file by file, its own file first.
    """
    places = list(dict.fromkeys(finding.labels))
    if not any(label.span == finding.span for label in places):
        places.insert(0, Label(finding.span, ""))
    places.sort(key=lambda label: label.span.path != finding.span.path)
    found = []
    for path in dict.fromkeys(label.span.path for label in places):
        here = [label for label in places if label.span.path == path]
        found.append(Excerpt(path, str(here[0].span), tuple(_lines(here, files.get(path, ()), finding))))
    return tuple(found)


def _lines(here: Sequence[Label], lines: Sequence[str], finding: Finding) -> Iterable[Line]:
    previous = 0
    for number in sorted({label.span.line for label in here}):
        line = private(lines[number - 1].rstrip("\r")) if number <= len(lines) else ""
        at = [label for label in here if label.span.line == number]
        says = tuple(one.text for one in at if one.text)
        yield Line(number, pieces(line, at, finding), says, gap=bool(previous) and number > previous + 1)
        previous = number


def pieces(line: str, labels: Sequence[Label], finding: Finding) -> tuple[Piece, ...]:
    """
    Return the line in parts, those that the labels are about marked; a long line is cut around the first of them.
    """
    shown, start = window(line, min(label.span.column for label in labels))
    skipped = 3 if start else 0
    marks = [""] * len(shown)
    for label in sorted(labels, key=lambda one: one.span == finding.span):
        span = label.span
        end = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
        first = skipped + len(spread(line[start : span.column - 1]))
        last = first + max(1, len(spread(line[max(start, span.column - 1) : end])))
        mark = "main" if span == finding.span else "other"
        marks[first:last] = [mark] * len(marks[first:last])
    found: list[Piece] = []
    for letter, mark in zip(shown, marks, strict=True):
        if found and found[-1].mark == mark:
            found[-1] = Piece(found[-1].text + letter, mark)
        else:
            found.append(Piece(letter, mark))
    return tuple(found)


def diff(fix: Fix | None) -> tuple[tuple[str, str], ...]:
    """
    Return the lines of the diff, each with what it does: `add`, `cut`, `at` or nothing.
    """
    if fix is None:
        return ()
    kinds = (("+++", "file"), ("---", "file"), ("@@", "at"), ("+", "add"), ("-", "cut"))
    return tuple(
        (next((kind for start, kind in kinds if line.startswith(start)), ""), spread(line)) for line in shown(fix.diff)
    )


def known(networks: Iterable[Judged]) -> Mapping[tuple[str, str], About]:
    """
    Return what is known of each interface, by root and address.
    """
    return {
        (net.network.root, one.interface.address): About(one.interface, way(net.network.root, one))
        for net in networks
        for one in net.judgements
    }


def way(root: str, judgement: Judgement) -> Way | None:
    """
    Return the first way of the interface to where tracking depends on the groups, None where there is none.
    """
    gained = gains(judgement)
    if not gained:
        return None
    path, target = gained[0]
    interface = judgement.interface.address
    named = f"{target.kind.value} {target.address}".strip()
    nodes = [node_id(root, Noun.INTERFACE.value, interface)]
    stops = [Stop("interface", interface)]
    for noun, link in ((Noun.SUBNET, path.subnet), (Noun.TABLE, path.table)):
        stops.append(Stop(noun.value, _link(link)))
        nodes += [node_id(root, noun.value, link)] if isinstance(link, str) and link else []
    stops += [Stop("destination", str(path.destination)), Stop(kind_name(target.kind), target.address or "not known")]
    others = len({one for _, one in gained}) - 1
    return Way(tuple(stops), (*nodes, node_id(root, Noun.TARGET.value, named)), others)


def _link(link: Link) -> str:
    if isinstance(link, str):
        return link or "main table of the VPC"
    return "not known"


def kind_name(kind: TargetKind) -> str:
    """
    Return the kind of a target in words.

    >>> kind_name(TargetKind.GWLB_ENDPOINT), kind_name(TargetKind.NONE)
    ('GWLB endpoint', 'no route')
    """
    short = {TargetKind.NONE: "no route", TargetKind.UNKNOWN: "not known", TargetKind.ANY: "anywhere"}
    words = short.get(kind, kind.value.replace("-", " "))
    return words.replace("gwlb", "GWLB").replace("nat ", "NAT ").replace("vpc ", "VPC ")


@frozen
class Change:
    """
    One row of what to change first: findings that ask for the same.
    """

    views: tuple[View, ...]

    @property
    def first(self) -> View:
        """
        The first of them, which is shown for all.
        """
        return self.views[0]

    @property
    def named(self) -> str:
        """
        The interfaces or attachments that it is about, of many the first ones and the number of the rest.
        """
        subjects = list(dict.fromkeys(name for one in self.views for name in one.finding.subjects))
        rest = len(subjects) - MOST_NAMED
        return ", ".join(subjects[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def changes(views: Iterable[View]) -> tuple[Change, ...]:
    """
    Return the certain and open findings by what they ask for: errors first, which come before all that can be saved.
    """
    found: dict[tuple[object, ...], list[View]] = {}
    for one in views:
        if one.state == CERTAIN:
            key = (
                one.finding.rule,
                one.change,
                one.exposes,
                one.saves[:1],
                one.where if one.finding.fix and one.finding.fix.edits else "",
            )
            found.setdefault(key, []).append(one)
    listed = [Change(tuple(same)) for same in found.values()]
    return tuple(sorted(listed, key=lambda one: one.first.finding.severity is not Severity.ERROR))
