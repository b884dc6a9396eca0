"""
What AWS says, each fact with its page; all pages were read on 2026-11-22.

When AWS changes, this is the one file to read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TRACKING_PAGE = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html"
"""When a flow is tracked, and which kinds are tracked automatically."""

AUTOMATIC: Mapping[str, str] = MappingProxyType(
    {
        "nat-gateway": "NAT gateway",
        "egress-only-internet-gateway": "egress-only internet gateway",
        "network-firewall-endpoint": "Network Firewall endpoint",
        "dynamodb-gateway-endpoint": "DynamoDB gateway endpoint",
    }
)
"""
The route targets through which every flow is tracked, whatever the security groups say: TRACKING_PAGE.

The page also lists Network Load Balancers, interface VPC endpoints, Lambda's interfaces and Global Accelerator, which are no
route targets: there the interface says so itself.
"""

IN_SCOPE = ("transit-gateway", "gwlb-endpoint")
"""
The route targets that were on the automatic list and left it, so that now the security groups decide.

https://aws.amazon.com/blogs/networking-and-content-delivery/using-connection-tracking-improvements-to-increase-network-performance/
"""

LOCAL_OVERRIDES = ("nat-gateway", "network-interface", "gwlb-endpoint", "network-firewall-endpoint")
"""
The only targets that a route inside the VPC's own ranges can have besides `local`; a firewall endpoint is routed as a Gateway
Load Balancer endpoint.

https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
"""

OTHER_PROTOCOL_SECONDS = 600
"""How long a response of a protocol other than TCP, UDP and ICMP is accepted, by address and protocol: TRACKING_PAGE."""
