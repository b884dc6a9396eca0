"""
Network ACLs: rules in order, without state, in front of every interface of a subnet.
"""

from __future__ import annotations

from sglint.frozen import frozen
from sglint.model.vpc import Box, Direction, Link, Prefix
from sglint.resource import Origin
from sglint.space import Bounds, Ports
from sglint.value import Unknown


@frozen
class AclEntry:
    """
    One rule of a network ACL. The rules of one direction are tried by rising number, and the first that matches decides.

    `boxes` are the flows that it surely matches and those that it may match, whichever it does with them; a rule that need not
    exist, that is about one type of ICMP or about one of the protocols that are not told apart matches nothing surely.
    `peer` is its CIDR, `protocol` the word or number as written in lower case (`-1` for all), `ports` those of TCP and UDP,
    `icmp` its type and code (-1 for all) where it has such. `field` is the path of what names its peer in the origin's values.
    """

    origin: Origin
    acl: Link
    direction: Direction
    number: int | Unknown
    allow: bool | Unknown
    boxes: Bounds[tuple[Box, ...]]
    peer: Prefix | Unknown
    protocol: str | Unknown = "-1"
    ports: Ports | Unknown | None = None
    icmp: tuple[int, int] | Unknown | None = None
    field: str = ""
    maybe: Unknown | None = None


@frozen
class Acl:
    """
    A network ACL, the subnets that it is explicitly associated with, and its rules by direction and number.

    The `default` one of a VPC serves all subnets that have no other. What no rule matches is denied. An `Unknown` among the
    subnets is one that it may have; `refs` name it where it is known. `hidden` is set when its rules are not all in the text.
    """

    origin: Origin
    vpc: Link
    subnets: tuple[Link, ...] = ()
    default: bool = False
    entries: tuple[AclEntry, ...] = ()
    hidden: Unknown | None = None

    def rules(self, direction: Direction) -> tuple[AclEntry, ...]:
        """
        Return the rules of one direction by their numbers, those of unknown number last.
        """
        found = [one for one in self.entries if one.direction is direction]
        return tuple(sorted(found, key=_order))


def _order(one: AclEntry) -> tuple[bool, int]:
    return isinstance(one.number, Unknown), one.number if isinstance(one.number, int) else 0
