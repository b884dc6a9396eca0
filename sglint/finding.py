"""
What a rule found, placed in the text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from enum import Enum

from sglint.config import Named
from sglint.frozen import frozen, ordered
from sglint.model import Interface, Role
from sglint.source import Problem, Source, Span
from sglint.space import Protocol

NOBODY = Named(())


class Severity(Enum):
    """
    How bad; also the levels of `--fail-on`.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    def reaches(self, threshold: Severity) -> bool:
        """
        Return whether this is as bad as `threshold`, or worse.

        >>> Severity.ERROR.reaches(Severity.WARNING), Severity.NOTE.reaches(Severity.WARNING)
        (True, False)
        """
        order = list(Severity)
        return order.index(self) <= order.index(threshold)


class Status(Enum):
    """
    Open, set aside by a comment or by the configuration, listed in a baseline, or the same as at the revision compared with.

    Findings are marked and never dropped.
    """

    OPEN = "open"
    IGNORED = "ignored"
    BASELINE = "baseline"
    UNCHANGED = "unchanged"


@frozen
class Label:
    """
    A place and what is to be said there; read in order, the labels of a finding form the explanation.
    """

    span: Span
    text: str


@frozen
class Tracked:
    """
    Whose tracked flows a finding is about: the role of the interface, their protocols, and the instance that keeps the table.

    `instance_types` are those that are known, `timeouts` the idle timeouts that are written, in seconds. `remedy` is False
    where the flows are tracked whatever the security groups say. `missing` says why nothing can be worked out, if so, and
    `untyped` that this is for want of a type of instances alone. `named` is what the interface is known by.
    """

    role: Role
    protocols: tuple[Protocol, ...]
    instance_types: tuple[str, ...]
    timeouts: tuple[tuple[str, int], ...] = ()
    remedy: bool = True
    missing: str = ""
    untyped: bool = False
    named: Named = NOBODY


def named(interface: Interface) -> Named:
    """
    Return what an interface is known by: its address and that of its instance, the tags of both.
    """
    instance = interface.attached_to if isinstance(interface.attached_to, str) else ""
    addresses = (interface.address, interface.address.partition(" (interface ")[0], instance)
    return Named(tuple(dict.fromkeys(filter(None, addresses))), (*interface.tags, *interface.instance_tags))


@frozen
class Projection:
    """
    From `least` to `most` new flows per second on, the table of one instance is full, if they are those of the profile.

    It is an estimate of two digits: of the instance was measured the `allowance`, which is 0 where it was not, and nothing
    else. `instance_type` is empty where no type is known. `like` is a type that has fewer entries, where nothing more is
    known of the instance's own; then `most` is infinite. `remedy` says whether the flows can be untracked. `source` is the
    file of the profile, empty for a bundled one, and `timeouts` are those that are written, in seconds.
    """

    profile: str
    instance_type: str
    protocols: tuple[Protocol, ...]
    least: float
    most: float
    like: str = ""
    remedy: bool = True
    source: str = ""
    allowance: int = 0
    timeouts: tuple[tuple[str, int], ...] = field(default=(), compare=False)


@frozen
class Edit:
    """
    One change of a text: what stands at `span` is replaced by `text`.
    """

    span: Span
    text: str


@frozen
class Fix:
    """
    The change of the files that makes a finding go away, with the proof: it was judged again on the changed text.

    `diff` is unified, as `git apply` takes it. `admits` are the packets that can newly reach some interface, in words, none
    where the change is `safe`; `steps` is the order in which to deploy it, and what each step cuts. `blocked` says why
    nothing can be written; then there are no edits.
    """

    edits: tuple[Edit, ...] = ()
    diff: str = ""
    safe: bool = False
    admits: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    blocked: str = ""


@ordered
class Identity:
    """
    What a finding stays the same by across edits: no line numbers, and no words that a new version of sglint may change.

    Paths are seen from the top of the git work tree, so that they do not depend on where sglint is started.
    """

    rule: str
    roots: tuple[str, ...]
    file: str
    subjects: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.rule}:{','.join(self.roots)}:{self.file}:{','.join(self.subjects)}"


@frozen
class Finding:
    """
    One finding: which rule, how bad, about what, where, and whether it holds in every completion of the unknowns.

    `span` is the primary place. `subjects` are the addresses it is about, several when one block makes many instances, and
    `roots` the root modules that have them, several when they share a module. `unless` says for an uncertain finding what
    stands in the way. `calls` are, for each subject in a module, the calls that lead there. `located` is its
    identity where the displayed paths are not seen from the top of the work tree.
    `exposes` are those lines of the advice that say who can newly reach what, if one follows it.
    `projections` are what `tracked` comes to, the type of instance that is full first at the head; `unprojected` says why
    nothing can be said where they are empty and the finding is about tracked flows. `fix` is None where none
    was looked for. What is `alike` is told once for all blocks of a root that it is true of.
    """

    rule: str
    severity: Severity
    certain: bool
    message: str
    subjects: tuple[str, ...]
    span: Span
    labels: tuple[Label, ...]
    advice: tuple[str, ...] = ()
    exposes: tuple[str, ...] = ()
    unless: tuple[Label, ...] = ()
    roots: tuple[str, ...] = ()
    calls: tuple[tuple[Span, ...], ...] = ()
    tracked: tuple[Tracked, ...] = ()
    projections: tuple[Projection, ...] = ()
    unprojected: str = ""
    fix: Fix | None = None
    alike: bool = False
    status: Status = Status.OPEN
    status_reason: str = ""
    located: Identity | None = None

    @property
    def identity(self) -> Identity:
        """
        What the finding stays the same by.
        """
        return self.located or Identity(self.rule, self.roots, self.span.path, self.subjects)

    @property
    def key(self) -> str:
        """
        The identity of the finding as one text.
        """
        return str(self.identity)

    @property
    def order(self) -> tuple[str, int, int, str, tuple[str, ...]]:
        """
        The key that sorts findings: by place, then rule, then subject.
        """
        return (self.span.path, self.span.line, self.span.column, self.rule, self.subjects)


def places(findings: Iterable[Finding]) -> frozenset[Span]:
    """
    Return every place that the findings point at.
    """
    return frozenset(span for one in findings for span in (one.span, *(label.span for label in one.labels)))


@frozen
class Seen:
    """
    What was looked at: counts, so that a clean result says what it is about.

    `roots` counts root modules, `templates` those that no other one nests. `in_scope` counts interfaces with a route to a
    transit gateway or Gateway Load Balancer endpoint (or targets of one).
    `attributes` are those that networks are made from, and how many of them are not known but bounded, or not known at all.
    """

    roots: int = 0
    files: int = 0
    resources: int = 0
    interfaces: int = 0
    in_scope: int = 0
    maybe_in_scope: int = 0
    attributes: int = 0
    attributes_bounded: int = 0
    attributes_unknown: int = 0
    templates: int = 0


@frozen
class Since:
    """
    What a report is compared with: the revision, the findings of then that are gone, and the problems that were there already.
    """

    revision: str
    gone: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()


@frozen
class Report:
    """
    Everything a run has to say. Findings and problems are sorted; nothing is ever dropped from them.

    `sources` holds the text of the files that findings point into, for excerpts; `roots` the paths of the root modules and
    templates. `since` is None where it is compared with no revision; what is not new then has that status.
    `off` are the rules that the configuration switches off, with the place that does it.
    """

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    seen: Seen
    sources: tuple[Source, ...] = ()
    roots: tuple[str, ...] = ()
    since: Since | None = None
    off: tuple[tuple[str, Span], ...] = ()

    def exit_code(self, fail_on: Severity | None) -> int:
        """
        Return 1 for a certain, open finding as bad as `fail_on`, else 2 when part of the network is missing, else 0.

        What was missing at the revision compared with does not count.
        """
        if fail_on is not None:
            for one in self.findings:
                if one.certain and one.status is Status.OPEN and one.severity.reaches(fail_on):
                    return 1
        old = () if self.since is None else self.since.problems
        return 2 if any(problem.hides and problem not in old for problem in self.problems) else 0
