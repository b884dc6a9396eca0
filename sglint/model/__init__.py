"""
The network, in nobody's spelling.

Small nouns, each with its `Origin`. One thing points at another by its address (a `str`), or by an `Unknown` when the text
does not say which one it is. What is uncertain about a noun is in its fields as bounds or candidates; whether it exists at
all is `origin.maybe`. Tuples are in the order of their addresses.
"""

from __future__ import annotations

from sglint.model.acl import Acl, AclEntry
from sglint.model.balancer import Appliance, Balanced, Balancer, HealthCheck, Listener, TargetGroup
from sglint.model.endpoint import Endpoint
from sglint.model.gateway import GatewayAttachment, Peering, Vpn
from sglint.model.interface import Interface, Role, Seconds, Timeouts
from sglint.model.network import Network, acls_of
from sglint.model.resolved import Resolved, Unresolved
from sglint.model.timeout import Effective, accepts_timeouts, effective, gateway_idle
from sglint.model.transit import (
    Attachment,
    RemoteAttachment,
    RemoteKind,
    TransitAssociation,
    TransitPropagation,
    TransitRoute,
    TransitTable,
)
from sglint.model.vpc import (
    OTHER_WAY,
    Association,
    Box,
    Direction,
    Group,
    GroupPeer,
    Link,
    ListPeer,
    Peer,
    Permission,
    Prefix,
    Route,
    Subnet,
    Table,
    Target,
    TargetKind,
    Vpc,
)

__all__ = [
    "OTHER_WAY",
    "Acl",
    "AclEntry",
    "Appliance",
    "Association",
    "Attachment",
    "Balanced",
    "Balancer",
    "Box",
    "Direction",
    "Effective",
    "Endpoint",
    "GatewayAttachment",
    "Group",
    "GroupPeer",
    "HealthCheck",
    "Interface",
    "Link",
    "ListPeer",
    "Listener",
    "Network",
    "Peer",
    "Peering",
    "Permission",
    "Prefix",
    "RemoteAttachment",
    "RemoteKind",
    "Resolved",
    "Role",
    "Route",
    "Seconds",
    "Subnet",
    "Table",
    "Target",
    "TargetGroup",
    "TargetKind",
    "Timeouts",
    "TransitAssociation",
    "TransitPropagation",
    "TransitRoute",
    "TransitTable",
    "Unresolved",
    "Vpc",
    "Vpn",
    "accepts_timeouts",
    "acls_of",
    "effective",
    "gateway_idle",
]
