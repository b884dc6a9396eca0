"""
The links of a network by address, and the nouns of a walk through it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from sglint.frozen import frozen
from sglint.model import (
    Appliance,
    Association,
    Attachment,
    Balanced,
    Endpoint,
    Interface,
    Link,
    Network,
    Prefix,
    RemoteAttachment,
    Route,
    Subnet,
    Table,
    Target,
    Vpc,
)
from sglint.source import Span
from sglint.space import Family
from sglint.value import Unknown

K = TypeVar("K")
V = TypeVar("V")

OWN_TABLE = ""
"""The link to the main table that a VPC comes with, which no text declares: it has `local` routes only."""


@frozen
class Hop:
    """
    One step of a path: what it is, in words that name it as written, and where it is written.

    `noun` is what the step is about: `subnet`, `route table`, `route` or `vpc`.
    """

    text: str
    span: Span
    noun: str = "route"


@frozen
class Path:
    """
    One cell of an interface's routing: traffic to `destination` (less what longer prefixes take) goes to one of `targets`.

    That leaves out prefixes that are surely longer but not in the text: the addresses of a service, a hidden range of the VPC.
    `subnet` and `table` say through which (an empty table is the main table that the VPC comes with); several targets, or an
    UNKNOWN one, mean that the text does not decide, and `because` holds what stands in the way. `hops` are the subnet, the
    association, the route, the target.
    """

    family: Family
    destination: Prefix
    targets: tuple[Target, ...]
    subnet: Link
    table: Link
    hops: tuple[Hop, ...]
    because: tuple[Unknown, ...] = ()


@frozen
class Service:
    """
    Traffic of a subnet to the addresses of a service leads to a gateway endpoint, `target`.

    `because` says what decides whether the route is there, nothing when it surely is.
    """

    family: Family
    target: Target
    subnet: Link
    hops: tuple[Hop, ...]
    because: tuple[Unknown, ...] = ()


@frozen
class Choice:
    """
    A route table that serves a subnet, or may serve it: then `because` says what decides that.
    """

    table: Link
    hops: tuple[Hop, ...] = ()
    because: Unknown | None = None


@frozen
class Floating:
    """
    Targets that some traffic of a table goes to without the text saying which traffic.
    """

    targets: tuple[Target, ...]
    hops: tuple[Hop, ...]
    because: Unknown
    families: tuple[Family, ...] = tuple(Family)


@frozen
class Board:
    """
    What a route table says: the routes to each destination, and those whose destination is not known.
    """

    exact: Mapping[Prefix, tuple[Route, ...]]
    floating: tuple[Floating, ...]


@frozen
class Local:
    """
    What a subnet reaches inside its VPC: the known ranges, and what hides the others.
    """

    prefixes: tuple[Prefix, ...]
    hidden: Unknown | None
    hops: tuple[Hop, ...] = ()


@frozen
class Cell:
    """
    Where one destination leads, while it is put together.
    """

    targets: dict[Target, None] = field(default_factory=dict)
    hops: dict[Hop, None] = field(default_factory=dict)
    because: dict[Unknown, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """
    A network with its links by address; `ways`, `services` and `boards` remember what was worked out for a subnet and a table.

    `within` are the subnets by their VPC, `attachments` those of VPCs and of all else, `instances` the interfaces attached to
    one, and `toward` the routes by the one target that they have.
    """

    network: Network
    vpcs: Mapping[str, Vpc]
    subnets: Mapping[str, Subnet]
    tables: Mapping[str, Table]
    associations: Mapping[str, tuple[Association, ...]]
    mains: Mapping[str, tuple[Association | Table, ...]]
    adrift: tuple[Association, ...]
    routes: Mapping[str, tuple[Route, ...]]
    strays: tuple[Route, ...]
    appliances: Mapping[str, tuple[Appliance, ...]]
    balanced: Mapping[str, tuple[Balanced, ...]]
    interfaces: Mapping[str, Interface]
    instances: Mapping[str, tuple[Interface, ...]]
    toward: Mapping[str, tuple[Route, ...]]
    within: Mapping[str, tuple[Subnet, ...]]
    endpoints: Mapping[str, Endpoint]
    attachments: Mapping[str, Attachment | RemoteAttachment]
    ways: dict[Link, tuple[Path, ...]] = field(default_factory=dict)
    boards: dict[Link, Board] = field(default_factory=dict)
    services: dict[Link, tuple[Service, ...]] = field(default_factory=dict)


def build(net: Network) -> Graph:
    """
    Return the network with its links by address.
    """
    serving = [one for one in net.associations if one.gateway is None]
    mains: list[tuple[Link, Association | Table]] = [(one.vpc, one) for one in serving if one.subnet is None and one.vpc]
    mains += [(table.vpc, table) for table in net.tables if table.main]
    return Graph(
        network=net,
        vpcs={vpc.origin.address: vpc for vpc in net.vpcs},
        subnets={subnet.origin.address: subnet for subnet in net.subnets},
        tables={table.origin.address: table for table in net.tables},
        associations=grouped((one.subnet, one) for one in serving if isinstance(one.subnet, str)),
        mains=grouped((vpc, one) for vpc, one in mains if isinstance(vpc, str)),
        adrift=tuple(one for one in serving if isinstance(one.subnet, Unknown) or isinstance(one.vpc, Unknown)),
        routes=grouped((route.table, route) for route in net.routes if isinstance(route.table, str)),
        strays=tuple(route for route in net.routes if isinstance(route.table, Unknown)),
        appliances=grouped((one.interface, one) for one in net.appliances),
        balanced=grouped((one.interface, one) for one in net.balanced),
        interfaces={one.address: one for one in net.interfaces},
        instances=grouped((one.attached_to, one) for one in net.interfaces if isinstance(one.attached_to, str)),
        toward=grouped((one.targets[0].address, one) for one in net.routes if len(one.targets) == 1),
        within=grouped((one.vpc, one) for one in net.subnets if isinstance(one.vpc, str)),
        endpoints={one.origin.address: one for one in net.endpoints},
        attachments={
            **{one.origin.address: one for one in net.remotes},
            **{one.origin.address: one for one in net.attachments},
        },
    )


def grouped(pairs: Iterable[tuple[K, V]]) -> Mapping[K, tuple[V, ...]]:
    """
    Return the second members by the first, in order.
    """
    found: dict[K, list[V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}


def doubt(route: Route) -> Unknown | None:
    """
    Return what decides whether the route exists, None when it surely does.
    """
    return route.origin.maybe if route.maybe is None else route.maybe


def place(route: Route) -> Span:
    """
    Return where the destination of the route is written.
    """
    return route.origin.at(route.field)
