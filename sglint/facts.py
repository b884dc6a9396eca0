"""
What AWS says, each fact with its page; all pages were read on the day below.

When AWS changes, this is the one file to read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

READ = "2026-11-22"
"""The day on which every page named here was read."""

TRACKING_PAGE = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html"
"""When a flow is tracked, and which kinds are tracked automatically."""

ARTICLE_PAGE = (
    "https://aws.amazon.com/blogs/networking-and-content-delivery/"
    "using-connection-tracking-improvements-to-increase-network-performance/"
)
"""That Transit Gateway attachments and Gateway Load Balancers are no longer tracked automatically."""

RULES_PAGE = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"
"""That the rules of all groups are merged into one set."""

ROUTES_PAGE = "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html"
"""Main tables, `local` routes, and what may override them."""

PRIORITY_PAGE = "https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html"
"""Longest prefix first, then static routes, then prefix lists."""

RESOLVER_PAGE = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html"
"""Queries per second of a Route 53 Resolver endpoint's address."""

GWLB_IDLE_PAGE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/update-idle-timeout.html"
"""That a target must not forget a flow before its Gateway Load Balancer does."""

GWLB_LISTENER_PAGE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/gateway-listeners.html"
"""The idle timeout of a Gateway Load Balancer's listener."""

GWLB_TARGET_PAGE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/target-groups.html"
"""That targets are reached by GENEVE."""

AUTOMATIC: Mapping[str, str] = MappingProxyType(
    {
        "nat-gateway": "NAT gateway",
        "egress-only-internet-gateway": "egress-only internet gateway",
        "network-firewall-endpoint": "Network Firewall endpoint",
        "dynamodb-gateway-endpoint": "DynamoDB gateway endpoint",
    }
)
"""The route targets through which every flow is tracked, whatever the security groups say. [TRACKING_PAGE]"""

AUTOMATIC_INTERFACES = (
    "AWS PrivateLink (interface VPC endpoint)",
    "Network Load Balancer",
    "AWS Lambda (Hyperplane interface)",
    "Global Accelerator",
)
"""The kinds of interface of which every flow is tracked, whatever the security groups say. [TRACKING_PAGE]"""

IN_SCOPE = ("transit-gateway", "gwlb-endpoint")
"""The route targets that were on the automatic list and left it, so that now the security groups decide. [ARTICLE_PAGE]"""

LOCAL_OVERRIDES = ("nat-gateway", "network-interface", "gwlb-endpoint", "network-firewall-endpoint")
"""The only targets that a route inside the VPC's own ranges can have besides `local`. [ROUTES_PAGE]"""

OTHER_PROTOCOL_SECONDS = 600
"""A response of a protocol other than TCP, UDP and ICMP is accepted for so long, by address and protocol. [TRACKING_PAGE]"""

DYNAMODB_ENTRIES = 2
"""Entries that one connection takes through a DynamoDB gateway endpoint. [TRACKING_PAGE]"""

RESOLVER_QUERIES = 10_000
RESOLVER_QUERIES_TRACKED = 1_500
"""UDP queries per second and address of a Resolver endpoint, untracked and at worst when tracked. [RESOLVER_PAGE]"""

GENEVE_PORT = 6081
"""The UDP port on which a Gateway Load Balancer reaches its targets, over IPv4. [GWLB_TARGET_PAGE]"""

TCP_TIMEOUT_RANGE = (60, 432_000)
UDP_TIMEOUT_RANGE = (30, 60)
UDP_STREAM_TIMEOUT_RANGE = (60, 180)
"""Seconds that EC2 accepts for the idle timeouts of an interface. [TRACKING_PAGE]"""

TCP_TIMEOUT_DEFAULT = 432_000
TCP_TIMEOUT_DEFAULT_NITRO_V6 = 350
UDP_TIMEOUT_DEFAULT = 30
UDP_STREAM_TIMEOUT_DEFAULT = 180
"""Seconds after which an idle flow is forgotten where nothing is set. [TRACKING_PAGE]"""

TCP_TIMEOUT_ASYMMETRIC = 60
"""Seconds that AWS advises for established TCP where routing is asymmetric. [TRACKING_PAGE]"""

GWLB_TIMEOUT_RANGE = (60, 6_000)
GWLB_TIMEOUT_DEFAULT = 350
"""Seconds after which a Gateway Load Balancer forgets an idle TCP flow. [GWLB_LISTENER_PAGE]"""
