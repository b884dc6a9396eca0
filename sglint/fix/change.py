"""
What a network can become, in the model's words: the changes that the writers know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from sglint.frozen import frozen
from sglint.model import Attachment, Direction, Prefix
from sglint.resource import Origin
from sglint.space import Family, Ports, Protocol, family_of


@frozen
class Opening:
    """
    Traffic that one rule is to admit: its direction, protocol and ports, and from or to whom; everyone is a prefix of length 0.
    """

    direction: Direction
    protocol: Protocol
    ports: Ports
    peer: Prefix

    @property
    def family(self) -> Family:
        """
        The address family.
        """
        return family_of(self.peer)


@frozen
class Admit:
    """
    One of these security groups of the interface, the one with the fewest other users first, is to admit each of these.
    """

    interface: str
    groups: tuple[str, ...]
    openings: tuple[Opening, ...]


MOST_GROUPS = 5
"""
The security groups that an interface can have, unless the quota is raised.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
"""

OWN = "Rules for {} alone, beside those of its other groups"
"""The description of a group that is made for one resource."""


@frozen
class Attach:
    """
    A new security group that admits these is to be attached to an interface, beside these groups that it has.
    """

    owner: Origin
    groups: tuple[str, ...]
    openings: tuple[Opening, ...]


@frozen
class Narrow:
    """
    The rules of these groups that admit everyone in a direction are to admit these prefixes instead.
    """

    interface: str
    groups: tuple[str, ...]
    direction: Direction
    peers: tuple[Prefix, ...]


@frozen
class Swap:
    """
    Interfaces are to have, instead of one of these groups, a copy of it whose rules that admit everyone in a direction admit
    these prefixes.
    """

    owners: tuple[Origin, ...]
    groups: tuple[str, ...]
    direction: Direction
    peers: tuple[Prefix, ...]


@frozen
class SetTimeout:
    """
    An idle timeout is to be so many seconds: `tcp_established`, `udp_stream` or `udp`, in the resource that `owner` is of.
    """

    owner: Origin
    name: str
    seconds: int
    interface: str = ""


@frozen
class ApplianceMode:
    """
    The attachment is to be in appliance mode.
    """

    attachment: Attachment


@frozen
class AclRule:
    """
    One rule of a network ACL as it is to be; `ports` are None for a protocol that has none.
    """

    direction: Direction
    number: int
    allow: bool
    protocol: Protocol | None
    peer: Prefix
    ports: Ports | None = None


@frozen
class Filter:
    """
    The network ACL is to have these rules beside those that it has; an empty `acl` is a new one, for these subnets.
    """

    acl: str
    rules: tuple[AclRule, ...]
    subnets: tuple[str, ...] = ()


Change: TypeAlias = Admit | Attach | Narrow | Swap | SetTimeout | ApplianceMode | Filter


@frozen
class Wanted:
    """
    Changes that together make a finding go away, and what is to be said about the choice.
    """

    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()


@frozen
class Blocked:
    """
    Why nothing is to be written.
    """

    why: str


def openings_of(alternatives: Iterable[Wanted]) -> Iterator[Opening]:
    """
    Yield what the alternatives open.
    """
    for one in alternatives:
        for change in one.changes:
            if isinstance(change, (Admit, Attach)):
                yield from change.openings
