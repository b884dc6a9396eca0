"""
The table of all rows, and the assembly of a network from what they yield.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from sglint.lower import (
    accelerator,
    acl,
    attachment,
    balanced,
    balancer,
    endpoint,
    fleet,
    gateway,
    group,
    home,
    inside,
    inspection,
    instance,
    interface,
    listener,
    lookup,
    managed,
    role,
    routing,
    target,
    trait,
    transit,
    users,
    vpc,
)
from sglint.lower.index import Index
from sglint.lower.link import build
from sglint.lower.resolved import resolved
from sglint.lower.row import Row, paths
from sglint.lower.words import cloud_control
from sglint.model import (
    Acl,
    Appliance,
    Association,
    Attachment,
    Balanced,
    Balancer,
    Endpoint,
    GatewayAttachment,
    Group,
    Interface,
    Listener,
    Network,
    Peering,
    Permission,
    RemoteAttachment,
    Route,
    Subnet,
    Table,
    TargetGroup,
    TransitAssociation,
    TransitPropagation,
    TransitRoute,
    TransitTable,
    Vpc,
    Vpn,
)
from sglint.resource import Resource, split_root
from sglint.source import Problem

T = TypeVar("T")
_FAMILIES = (vpc, group, acl, routing, interface, instance, fleet, endpoint, balancer, inspection, attachment, gateway, managed)
_ROWS = tuple(cloud_control(row) for family in (target, home, accelerator, *_FAMILIES, transit) for row in family.ROWS)
_TAGGED = frozenset(
    (
        *("interface", "instance", "launcher", "resolver endpoint", "vpc endpoint", "balancer", "classic balancer"),
        *("managed", "cluster", "lambda", "task"),
    )
)
"""The nouns that have interfaces, of which the tags are read, too."""
TABLE: dict[str, Row] = {kind: row for row in _ROWS for kind in row.kinds}
_READ: dict[str, frozenset[str]] = {
    **{kind: paths(row.kinds[kind]) or frozenset({"id"}) for kind, row in TABLE.items()},
    **dict.fromkeys((*managed.NOT_MODELLED, users.CUSTOM, "module"), frozenset[str]()),
}
WORDS: dict[str, frozenset[str]] = {
    kind: read | trait.tag_words(kind) if read and TABLE[kind].noun in _TAGGED else read for kind, read in _READ.items()
}
"""What is read of each kind of resource, as paths; nothing where all of it is looked through."""
KINDS: frozenset[str] = frozenset(WORDS)
_Noun: TypeAlias = (
    Vpc
    | Subnet
    | Group
    | Permission
    | Acl
    | Table
    | Association
    | Route
    | Attachment
    | RemoteAttachment
    | TransitTable
    | TransitAssociation
    | TransitPropagation
    | TransitRoute
    | GatewayAttachment
    | Peering
    | Vpn
    | Interface
    | Appliance
    | Balanced
    | Balancer
    | Listener
    | TargetGroup
    | Endpoint
)


def lower(root: str, resources: Sequence[Resource], beside: Sequence[Resource] = ()) -> tuple[Network, tuple[Problem, ...]]:
    """
    Return the network that the resources of one root describe, and what could not be read of it.

    Resources of other roots `beside` it are part of the network, but for their interfaces: those are told with their own root.
    """
    elsewhere = lower(root, beside)[1] if beside else ()
    index = build((*resources, *beside), TABLE)
    lookup.identify(index)
    attachment.identify(index)
    gateway.identify(index)
    found: list[_Noun | Problem] = [noun for family in _FAMILIES for noun in family.lower(index)]
    found += transit.lower(index, found)
    found += listener.lower(index)
    found += balancer.appliances(index)
    found += balanced.lower(index)
    found += accelerator.lower(index)
    found += managed.not_modelled(index)
    found += inside.lower(index, found)
    problems = sorted({item for item in found if isinstance(item, Problem)}, key=lambda item: item.order)
    here = tuple(item for item in problems if item not in elsewhere)
    return _network(root, [item for item in found if not isinstance(item, Problem)], index, len(resources)), here


def _network(root: str, found: Iterable[_Noun], index: Index, count: int) -> Network:
    nouns: dict[object, list[_Noun]] = {}
    for one in sorted(found, key=lambda item: item.origin.address):
        nouns.setdefault(type(one), []).append(one)
    appliances = _of(nouns, Appliance)
    known = role.evidence(appliances, _of(nouns, Route), _of(nouns, Group), _of(nouns, Permission))
    interfaces = role.with_roles(home.with_home(index, trait.with_traits(index, _of(nouns, Interface))), known)
    return Network(
        root,
        vpcs=_of(nouns, Vpc),
        subnets=_of(nouns, Subnet),
        groups=_of(nouns, Group),
        permissions=_of(nouns, Permission),
        tables=_of(nouns, Table),
        associations=_of(nouns, Association),
        routes=_of(nouns, Route),
        attachments=_of(nouns, Attachment),
        interfaces=tuple(item for item in interfaces if not split_root(item.address)[0]),
        appliances=tuple(item for item in appliances if not split_root(item.origin.address)[0]),
        seen=(("resources", count),),
        resolved=resolved(index, _READ),
        acls=_of(nouns, Acl),
        remotes=_of(nouns, RemoteAttachment),
        transit_tables=_of(nouns, TransitTable),
        transit_associations=_of(nouns, TransitAssociation),
        transit_propagations=_of(nouns, TransitPropagation),
        transit_routes=_of(nouns, TransitRoute),
        gateways=_of(nouns, GatewayAttachment),
        peerings=_of(nouns, Peering),
        vpns=_of(nouns, Vpn),
        balancers=_of(nouns, Balancer),
        listeners=_of(nouns, Listener),
        target_groups=_of(nouns, TargetGroup),
        endpoints=_of(nouns, Endpoint),
        balanced=tuple(item for item in _of(nouns, Balanced) if not split_root(item.origin.address)[0]),
        timeouts=tuple(item for item in trait.lower(index) if not split_root(item.origin.address)[0]),
        users=users.users(index),
    )


def _of(nouns: Mapping[object, Sequence[_Noun]], kind: type[T]) -> tuple[T, ...]:
    return tuple(item for item in nouns.get(kind, ()) if isinstance(item, kind))
