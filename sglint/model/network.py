"""
All nouns of one root, and questions that take more than one of them to answer.
"""

from __future__ import annotations

from dataclasses import field

from sglint.frozen import frozen
from sglint.model.acl import Acl
from sglint.model.balancer import Appliance, Balanced, Balancer, Listener, TargetGroup
from sglint.model.endpoint import Endpoint
from sglint.model.gateway import GatewayAttachment, Peering, Vpn
from sglint.model.interface import Interface, Timeouts
from sglint.model.resolved import Resolved
from sglint.model.transit import (
    Attachment,
    RemoteAttachment,
    TransitAssociation,
    TransitPropagation,
    TransitRoute,
    TransitTable,
)
from sglint.model.vpc import Association, Group, Permission, Route, Subnet, Table, Vpc
from sglint.value import Unknown


@frozen
class Network:
    """
    Everything that one root module or template says about a network.

    `root` is the path of the root module. Tuples are sorted by address. `timeouts` are all that are
    written, whatever for. `users` are subnets, each with the address and the type of a resource that names it.
    """

    root: str
    vpcs: tuple[Vpc, ...] = ()
    subnets: tuple[Subnet, ...] = ()
    groups: tuple[Group, ...] = ()
    permissions: tuple[Permission, ...] = ()
    tables: tuple[Table, ...] = ()
    associations: tuple[Association, ...] = ()
    routes: tuple[Route, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    interfaces: tuple[Interface, ...] = ()
    appliances: tuple[Appliance, ...] = ()
    seen: tuple[tuple[str, int], ...] = field(default=())
    resolved: Resolved = field(default_factory=Resolved)
    acls: tuple[Acl, ...] = ()
    remotes: tuple[RemoteAttachment, ...] = ()
    transit_tables: tuple[TransitTable, ...] = ()
    transit_associations: tuple[TransitAssociation, ...] = ()
    transit_propagations: tuple[TransitPropagation, ...] = ()
    transit_routes: tuple[TransitRoute, ...] = ()
    gateways: tuple[GatewayAttachment, ...] = ()
    peerings: tuple[Peering, ...] = ()
    vpns: tuple[Vpn, ...] = ()
    balancers: tuple[Balancer, ...] = ()
    listeners: tuple[Listener, ...] = ()
    target_groups: tuple[TargetGroup, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    timeouts: tuple[Timeouts, ...] = ()
    users: tuple[tuple[str, str, str], ...] = ()
    balanced: tuple[Balanced, ...] = ()


def acls_of(network: Network, subnet: str) -> tuple[Acl | Unknown, ...]:
    """
    Return the network ACLs that a subnet may have: one when that is sure; an Unknown stands for one that is not in the text.
    """
    sure = [one for one in network.acls if subnet in one.subnets]
    if sure:
        return tuple(sure)
    found: list[Acl | Unknown] = [one for one in network.acls if any(_may_be(item, subnet) for item in one.subnets)]
    place = next((one for one in network.subnets if one.origin.address == subnet), None)
    if place is None:
        return (*found, Unknown(f"the network ACL of {subnet} is not in the text"))
    if place.hidden is not None:
        why = f"{subnet} is not made by this text, so it may have a network ACL that is not in it"
        return (*found, Unknown(why, place.origin.span))
    default = next((one for one in network.acls if one.default and one.vpc == place.vpc), None)
    why = place.vpc.why if isinstance(place.vpc, Unknown) else f"the default network ACL of {place.vpc} is not in the text"
    found = [one for one in found if one is not default]
    return (*found, default or Unknown(why, place.origin.span))


def _may_be(item: str | Unknown, subnet: str) -> bool:
    """
    Return whether a subnet may be meant by what is not known.
    """
    if isinstance(item, str):
        return False
    named = {*(ref.address for ref in item.refs), *(one for one in item.among if isinstance(one, str))}
    return not named or subnet in named
