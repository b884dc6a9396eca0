"""
Network interfaces: what they are for, where they are, and how long their connections may be idle.
"""

from __future__ import annotations

from enum import Enum
from ipaddress import IPv4Address, IPv6Address

from sglint.frozen import frozen
from sglint.model.vpc import Direction, Link
from sglint.resource import Origin
from sglint.source import Span
from sglint.space import Ports, Protocol
from sglint.value import Unknown


class Role(Enum):
    """
    What an interface is for.

    `FORWARDER` passes on traffic that is not its own (a Gateway Load Balancer's target, or the source/destination check is
    off and nothing tells that it only serves),
    `RESOLVER` is a Route 53 Resolver endpoint, `MANAGED` belongs to a service no user can tune, `WORKLOAD` is all else.
    """

    FORWARDER = "forwarder"
    RESOLVER = "resolver"
    WORKLOAD = "workload"
    MANAGED = "managed"


@frozen
class Seconds:
    """
    A duration that is written, and its place.
    """

    value: int | Unknown
    span: Span


@frozen
class Timeouts:
    """
    The idle timeouts of connection tracking that are written for an interface, None for one that is left to its default.

    `origin` is the resource that they are written in: the interface's own, or the launch template.
    """

    origin: Origin
    tcp_established: Seconds | None = None
    udp_stream: Seconds | None = None
    udp: Seconds | None = None


@frozen
class Interface:
    """
    One network interface, or the like-configured interfaces of one resource (a load balancer's, a group's instances).

    `kind` is the resource type that creates it. `subnets` and `groups` are what it surely has; an Unknown among them is one
    that is there but not known. `groups` holds the default group of the VPC where none is given. `automatic` names the
    kind of §1.3 of which every flow is tracked ("AWS PrivateLink (interface VPC endpoint)"), empty for none. `grouped` is
    False for a thing that has no security group. `serves` limits what it accepts to its listeners, None for no limit.
    `source_dest_check` is False for an interface that may forward. `attached_to` is the instance an ENI is attached to.
    `purpose` is the one direction of flows that it is for (a Resolver endpoint answers, or asks; an interface endpoint answers;
    a function is called by its service and opens), None for both or unknown. `opens` are the protocols of what it opens,
    which with `home` stays inside of its VPC.
    `timeouts` is None where none is written; `settable` is the resource that they could be written in, None where its kind has
    no argument for them. `instance_types` are the types that its instances may have, empty for what is not
    on an instance. `tags` are those of its resource that are known, key by key, in their order, and `instance_tags` those
    of the instance that an ENI is attached to. `addresses` are those of its private addresses that are written.
    """

    origin: Origin
    kind: str
    role: Role
    subnets: tuple[Link, ...]
    groups: tuple[Link, ...]
    automatic: str = ""
    grouped: bool = True
    serves: tuple[tuple[Protocol, Ports], ...] | None = None
    source_dest_check: bool | Unknown = True
    public: bool | Unknown = False
    attached_to: Link | None = None
    purpose: Direction | None = None
    timeouts: Timeouts | None = None
    settable: Origin | None = None
    instance_types: tuple[str | Unknown, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    opens: tuple[Protocol, ...] = tuple(Protocol)
    addresses: tuple[IPv4Address | IPv6Address, ...] = ()
    home: bool = False
    instance_tags: tuple[tuple[str, str], ...] = ()

    @property
    def address(self) -> str:
        """
        The address of the resource.
        """
        return self.origin.address

    def tag(self, name: str) -> str | None:
        """
        Return the value of a tag, None where it is not given or not known.
        """
        return dict(self.tags).get(name)
