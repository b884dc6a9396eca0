"""
What routes lead to that is in a subnet itself.
"""

from __future__ import annotations

from sglint.frozen import frozen
from sglint.model.vpc import Link, TargetKind
from sglint.resource import Origin


@frozen
class Endpoint:
    """
    A Gateway Load Balancer endpoint, a firewall of Network Firewall, or a NAT gateway, and the subnets that it is in.

    A firewall has an endpoint in each of its subnets; the others have one subnet. `balancers` are the Gateway Load
    Balancers behind it, an `Unknown` among them where that is not in the text, none for the others.
    """

    origin: Origin
    kind: TargetKind
    subnets: tuple[Link, ...]
    balancers: tuple[Link, ...] = ()
