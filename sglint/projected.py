"""
What the tracked flows of findings come to: from which rate of new flows on the table of the instance is full.

The idea: neither a rule nor the simulator knows the other. A rule says whose flows it is about, and here these get the bundled
profile of their role, which is named. Closed forms only; the simulator is imported where there is something to work out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from sglint.finding import Finding, Projection, Tracked
from sglint.model import Role

PROFILES: Mapping[Role, tuple[str, ...]] = MappingProxyType(
    {Role.FORWARDER: ("internet-egress-firewall",), Role.WORKLOAD: ("web-front-end", "dns-resolver")}
)
"""
The profiles of each role; the first one counts that has flows of the protocols.

Other roles are not on an instance of their owner: of these AWS publishes what there is, or no allowance counts.
"""
NOT_THEIRS: Mapping[Role, str] = MappingProxyType({Role.RESOLVER: "AWS itself says how many queries per second are left"})


def projected(findings: Iterable[Finding], traffic: str | None = None) -> tuple[Finding, ...]:
    """
    Return the findings about tracked flows with what these come to, or with the reason why nothing can be said.

    `traffic` is the profile of all of them, that of the role where None.
    """
    listed = tuple(findings)
    wanted = dict.fromkeys(one for finding in listed for one in finding.tracked if one.role in PROFILES and not one.missing)
    known = projections(wanted, traffic) if wanted else {}
    return tuple(with_projections(one, known) for one in listed)


def with_projections(finding: Finding, known: Mapping[Tracked, tuple[Projection, ...]]) -> Finding:
    """
    Return the finding with those of the projections that are its own.
    """
    if not finding.tracked:
        return finding
    found = joined(known.get(tracked, ()) for tracked in finding.tracked)
    return replace(finding, projections=found, unprojected="" if found else reason(finding.tracked[0]))


def reason(tracked: Tracked) -> str:
    """
    Return why nothing can be said of these flows.
    """
    if tracked.role not in PROFILES:
        return NOT_THEIRS.get(tracked.role, "its instances are those of AWS, and no allowance counts")
    if tracked.missing:
        return tracked.missing
    return f"nothing is known of how many entries {' or '.join(tracked.instance_types)} has; measure it with ethtool -S"


def joined(groups: Iterable[tuple[Projection, ...]]) -> tuple[Projection, ...]:
    """
    Return the projections of several interfaces, each once, the table that is full first at the head.
    """
    found = {one for group in groups for one in group}
    return tuple(sorted(found, key=lambda one: (one.least, one.most, one.instance_type, one.profile, one.remedy)))


def projections(wanted: Iterable[Tracked], traffic: str | None = None) -> Mapping[Tracked, tuple[Projection, ...]]:
    """
    Return what each of these comes to on each of its types of instances, without those of which nothing is known.
    """
    from sglint.simulator.exports import filling, load, rounded

    listed = tuple(wanted)
    roles = {one.role for one in listed}
    profiles = {role: [load(name) for name in (PROFILES[role] if traffic is None else (traffic,))] for role in roles}
    found: dict[Tracked, list[Projection]] = {one: [] for one in listed}
    for one in listed:
        for name in one.instance_types:
            full = filling(profiles[one.role], one.protocols, name, dict(one.timeouts))
            if full is not None:
                least, most = rounded(full.rate.least), rounded(full.rate.most)
                found[one].append(Projection(full.profile, name, full.protocols, least, most, full.like, one.remedy))
    return {one: tuple(rows) for one, rows in found.items()}
