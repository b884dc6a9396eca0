"""
Which interfaces pass on traffic that is not their own.

The idea: that the source/destination check is off says only that an interface may forward. A route that leads to it, or a
Gateway Load Balancer that sends to it, says that it does; rules that let in nothing but named services say that it does not.
Between the two it is taken for an appliance: a passive one, or one whose routes are elsewhere, must not be missed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from sglint.frozen import frozen
from sglint.model import Appliance, Direction, Group, Interface, Link, Permission, Role, Route, TargetKind
from sglint.resource import block_name
from sglint.space import Ports, Protocol
from sglint.value import Unknown

WIDE = 32768
"""From so many ports on a rule is for whatever comes, and not for a service."""

TUNNELS = frozenset({500, 4500, 4789, 6081})
"""The UDP ports of IPsec, VXLAN and GENEVE, in which a service lets in the traffic of others."""


@frozen
class Evidence:
    """
    What may tell whether an interface forwards: what it is sent, and what its groups admit.

    `led` are interfaces and instances that routes lead to, and `blocks` those of which a route may lead to any instance.
    `adrift` says that there is a rule whose group is not known.
    """

    targets: frozenset[str]
    led: frozenset[str]
    blocks: frozenset[str]
    told: frozenset[str]
    rules: Mapping[Link, list[Permission]]
    adrift: bool


def evidence(
    appliances: Iterable[Appliance], routes: Iterable[Route], groups: Iterable[Group], permissions: Iterable[Permission]
) -> Evidence:
    """
    Return what there is to tell it from.
    """
    ends = [target for route in routes for target in route.targets if target.kind is TargetKind.INTERFACE]
    refs = [ref for target in ends if target.why is not None for ref in target.why.refs]
    rules: dict[Link, list[Permission]] = {}
    for one in permissions:
        rules.setdefault(one.group, []).append(one)
    return Evidence(
        frozenset(one.interface for one in appliances),
        frozenset(target.address for target in ends if target.address),
        frozenset(block_name(ref.address) for ref in refs),
        frozenset(group.origin.address for group in groups if group.hidden is None),
        rules,
        any(isinstance(group, Unknown) for group in rules),
    )


def with_roles(found: Iterable[Interface], known: Evidence) -> tuple[Interface, ...]:
    """
    Return the interfaces, those that forward as forwarders, and those that could and do not as workloads.
    """
    listed = tuple(found)
    carried = {instance_of(one) for one in listed if is_sent(one, known)}
    several = Counter(map(instance_of, listed))
    return tuple(
        replace(one, role=role(one, known, carried, alone=several[instance_of(one)] == 1)) if one.role in CHANGED else one
        for one in listed
    )


CHANGED = (Role.WORKLOAD, Role.FORWARDER)
"""The roles that an interface has by its source/destination check alone."""


def role(one: Interface, known: Evidence, carried: Collection[str], *, alone: bool) -> Role:
    """
    Return the role of an interface; `carried` are the instances that some interface carries the traffic of others for.

    One that is `alone` on its instance forwards nothing where nothing is let in; beside another, it may be where that leaves.
    """
    if one.address in known.targets:
        return Role.FORWARDER
    if one.role is not Role.FORWARDER or is_sent(one, known):
        return one.role
    beside = instance_of(one) in carried and one.public is True
    return Role.WORKLOAD if beside or serves_only(one, known, alone=alone) else Role.FORWARDER


def is_sent(one: Interface, known: Evidence) -> bool:
    """
    Return whether a load balancer or a route may send the interface what is not for itself.
    """
    names = {one.address, instance_of(one)}
    return one.address in known.targets or one.address in known.led or not known.blocks.isdisjoint(map(block_name, names))


def instance_of(one: Interface) -> str:
    """
    Return the instance that an interface is of, its own address where it is of none.
    """
    return one.attached_to if isinstance(one.attached_to, str) else one.address.partition(" (interface ")[0]


def serves_only(one: Interface, known: Evidence, *, alone: bool) -> bool:
    """
    Return whether the groups surely let in nothing but named services: neither all kinds of ports nor a tunnel.
    """
    if known.adrift or not known.told.issuperset(one.groups):
        return False
    let_in = [
        box
        for group in one.groups
        for rule in known.rules.get(group, ())
        if rule.direction is Direction.IN
        for box in rule.boxes.most
        if box.protocol is not Protocol.ICMP
    ]
    return (alone or bool(let_in)) and all(is_service(box.protocol, box.ports) for box in let_in)


def is_service(protocol: Protocol, ports: Ports) -> bool:
    """
    Return whether a rule for these ports is for what the interface itself serves.
    """
    if protocol not in (Protocol.TCP, Protocol.UDP) or ports.last - ports.first >= WIDE:
        return False
    return protocol is Protocol.TCP or not any(ports.first <= port <= ports.last for port in TUNNELS)
