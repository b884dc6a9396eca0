"""
What the tracked flows of findings come to: from which rate of new flows on the table of the instance is full.

The idea: neither a rule nor the simulator knows the other. A rule says whose flows it is about, and here these get the traffic
that the configuration says of them, otherwise the bundled profile of their role; it is named. Closed forms only; the simulator
is imported where there is something to work out, or a profile of the configuration to look at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from sglint.config import Configuration, Setting, TrafficTable, traffic_tables
from sglint.finding import NOBODY, Finding, Projection, Tracked
from sglint.frozen import frozen
from sglint.model import Role
from sglint.source import Problem, SglintError, Tree, read

PROFILES: Mapping[Role, tuple[str, ...]] = MappingProxyType(
    {Role.FORWARDER: ("internet-egress-firewall",), Role.WORKLOAD: ("web-front-end", "dns-resolver")}
)
"""
The profiles of each role; the first one counts that has flows of the protocols.

Other roles are not on an instance of their owner: of these AWS publishes what there is, or no allowance counts.
"""
NOT_THEIRS: Mapping[Role, str] = MappingProxyType({Role.RESOLVER: "AWS itself says how many queries per second are left"})


@frozen
class Profile:
    """
    A profile of traffic: a bundled name or the path of a file, and the text of that file where it is read already.
    """

    name: str
    text: str = ""


@frozen
class Told:
    """
    What the configuration says of some interfaces, with the profile that it names.
    """

    table: TrafficTable
    profile: Profile | None = None


@frozen
class Assumed:
    """
    What is assumed of some flows: profiles, the first that has such flows counts, the types, and the measured allowance.
    """

    profiles: tuple[Profile, ...]
    instance_types: tuple[str, ...]
    allowance: int = 0


def traffic_told(said: Configuration, tree: Tree) -> tuple[Told, ...]:
    """
    Return what the configuration says of the traffic of interfaces; its profiles lie inside of what is scanned.

    Raises SglintError with the place of the key for a profile that is none, and for what is no type of instances.
    """
    tables = traffic_tables(said)
    for one in tables:
        if one.instance_type is not None:
            checked(one.instance_type)
    return tuple(Told(one, None if one.profile is None else configured(one.profile, said, tree)) for one in tables)


def checked(kind: Setting) -> None:
    """
    Raise an error where a type of instances is none.
    """
    from sglint.simulator.table import settings

    try:
        settings(kind.value)
    except SglintError as error:
        raise at(kind, str(error)) from None


def configured(one: Setting, said: Configuration, tree: Tree) -> Profile:
    """
    Return the profile that the configuration names, or raise what is wrong with it.
    """
    from sglint.simulator.profile import LONGEST, bundled, parse

    if one.value in bundled():
        return Profile(one.value)
    source = read(tree, said.resolve(one.value), LONGEST)
    if isinstance(source, Problem):
        raise at(one, f"{source.message}; bundled are {', '.join(bundled())}")
    try:
        parse(source.text, source.path)
    except SglintError as error:
        raise at(one, str(error)) from None
    return Profile(source.path, source.text)


def at(one: Setting, message: str) -> SglintError:
    """
    Return the error that there is something wrong with a value of the configuration.
    """
    return SglintError(f"{one.span.path}:{one.span.line}: {one.name}: {message}")


def projected(
    findings: Iterable[Finding], traffic: str | None = None, configured: tuple[Told, ...] = ()
) -> tuple[Finding, ...]:
    """
    Return the findings about tracked flows with what these come to, or with the reason why nothing can be said.

    `traffic` is the profile of all of them; where None, that of the configuration, else that of the role.
    """
    listed = tuple(findings)
    flows = dict.fromkeys(flows for one in listed for flows in one.tracked if flows.role in PROFILES)
    wanted = {one: found for one in flows if (found := assumed(one, traffic, configured)) is not None}
    known = {**dict.fromkeys(flows, ()), **(projections(wanted) if wanted else {})}
    return tuple(with_projections(one, known) for one in listed)


def assumed(tracked: Tracked, traffic: str | None, configured: Iterable[Told]) -> Assumed | None:
    """
    Return what is assumed of these flows, None where something is missing; of what is configured the last one counts.
    """
    profile, allowance, kind = None if traffic is None else Profile(traffic), 0, ""
    for one in configured:
        if one.table.meant(tracked.named):
            profile = profile if one.profile is None or traffic is not None else one.profile
            allowance = int(one.table.allowance.value) if one.table.allowance else allowance
            kind = one.table.instance_type.value if one.table.instance_type else kind
    if tracked.missing and not (tracked.untyped and (kind or allowance)):
        return None
    profiles = (profile,) if profile else tuple(map(Profile, PROFILES[tracked.role]))
    return Assumed(profiles, tracked.instance_types or (kind,), allowance)


def with_projections(finding: Finding, known: Mapping[Tracked, tuple[Projection, ...] | str]) -> Finding:
    """
    Return the finding with those of the projections that are its own, or the reason why there are none.
    """
    if not finding.tracked:
        return finding
    several = [known.get(tracked, ()) for tracked in finding.tracked]
    found = joined(one for one in several if not isinstance(one, str))
    why = several[0] if isinstance(several[0], str) and several[0] else reason(finding.tracked[0])
    return replace(finding, projections=found, unprojected="" if found else why)


def reason(tracked: Tracked) -> str:
    """
    Return why nothing can be said of flows of which nothing is assumed.
    """
    if tracked.role not in PROFILES:
        return NOT_THEIRS.get(tracked.role, "its instances are those of AWS, and no allowance counts")
    return tracked.missing


def joined(groups: Iterable[tuple[Projection, ...]]) -> tuple[Projection, ...]:
    """
    Return the projections of several interfaces, each once, the table that is full first at the head.
    """
    found = dict.fromkeys(one for group in groups for one in group)
    return tuple(
        sorted(
            found,
            key=lambda one: (one.least, one.most, one.instance_type, one.profile, one.remedy, one.source, one.allowance),
        )
    )


def projections(wanted: Mapping[Tracked, Assumed]) -> Mapping[Tracked, tuple[Projection, ...] | str]:
    """
    Return what each of these comes to on each of its types of instances, or why nothing is known of that.
    """
    from sglint.simulator.bounds import rounded
    from sglint.simulator.limit import filling
    from sglint.simulator.profile import bundled, load, parse
    from sglint.simulator.traffic import Traffic

    traffic: dict[Profile, Traffic] = {}
    for profile in dict.fromkeys(one for meant in wanted.values() for one in meant.profiles):
        traffic[profile] = parse(profile.text, profile.name) if profile.text else load(profile.name)

    def rows(flows: Tracked, meant: Assumed) -> tuple[Projection, ...] | str:
        able = [one for one in meant.profiles if any(each.protocol in flows.protocols for each in traffic[one].classes)]
        if not able:
            kinds = " or ".join(one.value.upper() for one in flows.protocols)
            return f"the profile {meant.profiles[0].name} has no {kinds} flows"
        source = able[0].name if able[0].text or able[0].name not in bundled() else ""
        found = []
        for name in meant.instance_types:
            full = filling([traffic[able[0]]], flows.protocols, name, dict(flows.timeouts), meant.allowance or None)
            if full is not None:
                least, most = rounded(full.rate.least), rounded(full.rate.most)
                row = Projection(full.profile, name, full.protocols, least, most, full.like, flows.remedy, source)
                found.append(replace(row, allowance=meant.allowance, timeouts=flows.timeouts))
        types = " or ".join(meant.instance_types)
        return tuple(found) or f"nothing is known of how many entries {types} has; measure it with ethtool -S"

    done: dict[tuple[Tracked, Assumed], tuple[Projection, ...] | str] = {}
    for flows, meant in wanted.items():
        same = replace(flows, named=NOBODY)
        if (same, meant) not in done:
            done[same, meant] = rows(same, meant)
    return {flows: done[replace(flows, named=NOBODY), meant] for flows, meant in wanted.items()}
