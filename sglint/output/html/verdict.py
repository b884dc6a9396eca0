"""
What the page says first: what was looked at, what of it is tracked that need not be, and what that costs.

The idea: the sentence is about the network, not about findings, so that neither a comment that sets one aside nor a rule
that was left out makes it read better than it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sglint.facts import RESOLVER_QUERIES
from sglint.finding import Finding, Report, Severity, Status
from sglint.frozen import frozen
from sglint.model import Role
from sglint.output.plain import counted, figure
from sglint.output.projection import how_known, instance, profile, rate
from sglint.rule import Judged, surely_tracks
from sglint.rule.judged import in_scope
from sglint.track import Judgement

BEHIND = "behind a transit gateway or Gateway Load Balancer"
NOUNS = {
    Role.FORWARDER: ("appliance", "appliances"),
    Role.RESOLVER: ("Resolver endpoint", "Resolver endpoints"),
    Role.WORKLOAD: ("workload", "workloads"),
    Role.MANAGED: ("interface of a managed service", "interfaces of managed services"),
}


@frozen
class Verdict:
    """
    The sentence, what is added to it, and its mood: `tracked`, `clear` or `unseen`.
    """

    headline: str
    says: tuple[str, ...]
    mood: str


@frozen
class Counted:
    """
    The interfaces that are surely in scope, and those of them whose groups surely make EC2 track flows.
    """

    scope: tuple[Judgement, ...]
    tracked: tuple[Judgement, ...]


def count(networks: Iterable[Judged]) -> Counted:
    """
    Return which interfaces are in scope, and which of these keep flows tracked that other groups would leave untracked.
    """
    scope: list[Judgement] = []
    tracked: list[Judgement] = []
    for net in networks:
        for judgement in in_scope(net):
            scope.append(judgement)
            interface = judgement.interface
            if interface.grouped and not interface.automatic and any(map(surely_tracks, net.concerned(judgement))):
                tracked.append(judgement)
    return Counted(tuple(scope), tuple(tracked))


def verdict(report: Report, networks: Iterable[Judged]) -> Verdict:
    """
    Return what the page says first; never the same for a network that is fine and one that was not seen.
    """
    found = count(networks)
    hiding = sum(problem.hides for problem in report.problems)
    headline, mood = _headline(report, found, hidden=hiding > 0)
    says = [*_roles(found), *_loss(report, found), *_others(report), *_doubts(report)]
    if hiding:
        says.append(f"Part of the network is missing from all of this: {counted(hiding, 'problem')}, listed below.")
    return Verdict(headline, tuple(says), mood)


def _headline(report: Report, found: Counted, *, hidden: bool) -> tuple[str, str]:
    seen = report.seen
    if not seen.files:
        return "Nothing was looked at: there are no Terraform files and no templates here", "unseen"
    if not seen.interfaces:
        where = ", and part of it could not be read" if hidden else ""
        return f"There is no network interface in what was looked at{where}", "unseen"
    total, tracked = len(found.scope), len(found.tracked)
    if not total and seen.maybe_in_scope:
        may = (
            f"{seen.maybe_in_scope} of {counted(seen.interfaces, 'interface')}" if seen.interfaces > 1 else "the one interface"
        )
        return f"The text does not decide whether {may} is {BEHIND}", "unseen"
    if not total:
        none = f"None of the {seen.interfaces} interfaces is" if seen.interfaces > 1 else "The one interface is not"
        missed = " as far as it could be read" if hidden else ""
        return f"{none} {BEHIND}{missed}, so there is nothing to gain here", "unseen" if hidden else "clear"
    if tracked:
        return _tracked(total, tracked), "tracked"
    none = f"None of the {total} interfaces {BEHIND} keeps" if total > 1 else f"The one interface {BEHIND} does not keep"
    if hidden:
        return f"{none} flows tracked because of its security groups, as far as it could be read", "unseen"
    return f"{none} flows tracked because of its security groups", "clear"


def _tracked(total: int, tracked: int) -> str:
    end = "flows tracked that its security groups could leave untracked"
    ends = "flows tracked that their security groups could leave untracked"
    if total == 1:
        return f"The one interface {BEHIND} keeps {end}"
    if tracked == total:
        return f"{'Both' if total == 2 else f'All {total}'} interfaces {BEHIND} keep {ends}"
    return f"{tracked} of {total} interfaces {BEHIND} {f'keeps {end}' if tracked == 1 else f'keep {ends}'}"


def _roles(found: Counted) -> list[str]:
    """Return how many of each role are tracked, where there are several roles in scope."""
    whole = Counter(one.interface.role for one in found.scope)
    part = Counter(one.interface.role for one in found.tracked)
    if not part or len(whole) < 2:
        return [f"{_same(next(iter(whole)), len(found.scope))}."] if part else []
    named = [f"{part[role]} of {counted(whole[role], *NOUNS[role])}" for role in NOUNS if part[role]]
    spared = [NOUNS[role][whole[role] > 1] for role in NOUNS if whole[role] and not part[role]]
    rest = f"; none of the {_join(spared)}" if spared else ""
    return [f"They are {_join(named)}{rest}."]


def _same(role: Role, number: int) -> str:
    one, several = NOUNS[role]
    article = "an" if one[0] in "aeiou" else "a"
    return f"It is {article} {one}" if number == 1 else f"{'Both' if number == 2 else 'All'} are {several}"


def _loss(report: Report, found: Counted) -> list[str]:
    """Return what is lost while flows are tracked, or that nothing is known of it."""
    resolvers = [one for one in found.tracked if one.interface.role is Role.RESOLVER]
    least, most = map(figure, map(float, RESOLVER_QUERIES))
    says = [f"An address of a Resolver endpoint takes up to {most} DNS queries/s, and as few as {least} when they are tracked."]
    return [*(says if resolvers else []), *_full(report, found)]


def _full(report: Report, found: Counted) -> list[str]:
    """Return from which rate on the tightest table is full."""
    if all(one.interface.role is Role.RESOLVER for one in found.tracked):
        return []
    there = [one for finding in report.findings if finding.status is Status.OPEN for one in finding.projections if one.remedy]
    if not there:
        return ["How many connections that costs is not estimated: of no instance are type and size of the table known."]
    one = min(there, key=lambda each: (each.least, each.most, each.instance_type, each.profile))
    kinds = " and ".join(protocol.value.upper() for protocol in one.protocols)
    full = f"The connection table of one {instance(one)} is full from {rate(one, 'or more')} new {kinds} flows/s on"
    known_how = f"{profile(one).removeprefix('bundled ')}, {how_known(one)}"
    return [f"{full}, and then drops new connections; untracked flows never fill it ({known_how})."]


def _others(report: Report) -> list[str]:
    """Return which errors there are, which come first whatever is saved."""
    errors = [one for one in report.findings if one.severity is Severity.ERROR and one.certain and one.status is Status.OPEN]
    if not errors:
        return []
    rules = Counter(one.rule for one in errors)
    named = _join([f"{rule} ({number})" if number > 1 else rule for rule, number in sorted(rules.items())])
    return [f"{counted(len(errors), 'error').capitalize()} to see to first: {named}."]


def _doubts(report: Report) -> list[str]:
    """Return how much may be so, depending on what is not known."""
    says = []
    if report.seen.maybe_in_scope and report.seen.in_scope:
        more = report.seen.maybe_in_scope
        says.append(f"{counted(more, 'more interface')} may be behind one: the text does not say.")
    doubtful = [one for one in report.findings if not one.certain and one.status is Status.OPEN]
    if doubtful:
        says.append(f"{counted(len(doubtful), 'finding')} may hold, depending on what is not known.")
    return says


def _join(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def gain(one: Finding) -> tuple[bool, bool, bool, float, float, int, int, tuple[str, int, int, str, tuple[str, ...]]]:
    """
    Return the key that sorts findings: open and certain ones first, then the table that is full first, then how bad.
    """
    first = one.projections[0] if one.projections else None
    return (
        one.status is not Status.OPEN,
        not one.certain,
        first is None,
        first.least if first else 0.0,
        first.most if first else 0.0,
        list(Severity).index(one.severity),
        -len(one.subjects),
        one.order,
    )
