"""
What AWS says, each fact with its page; all pages were read on 2026-11-22.

When AWS changes, this is the one file to read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

READ = "2026-11-22"
"""The day on which the pages were read."""

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
route targets: there the interface says so itself, or what is attached to a load balancer does.
"""

NETWORK_BALANCER = "Network Load Balancer"
"""Every flow through one is tracked, on its own side and at its targets, whatever the security groups say: TRACKING_PAGE."""

GLOBAL_ACCELERATOR = "Global Accelerator"
"""Every flow of an accelerator is tracked, whatever the security groups say: TRACKING_PAGE."""

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

GATEWAY_ACLS_PAGE = "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html"
"""
What network ACLs judge of traffic through a transit gateway, read on 2026-11-23.

In the subnet of an attachment what goes into the gateway is judged by inbound rules, by its source, and not by outbound ones;
what comes out is judged by outbound rules, by its destination, and not by inbound ones. Where the instance is in that very
subnet, what it sends is judged by the outbound and the inbound rules, and what it gets by none.

Between a server and a Gateway Load Balancer endpoint in its subnet network ACLs judge, too:
https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/gateway-load-balancers.html
"""

OTHER_PROTOCOL_SECONDS = 600
"""How long a response of a protocol other than TCP, UDP and ICMP is accepted, by address and protocol: TRACKING_PAGE."""

DYNAMODB_ENTRIES = 2
"""How many entries one connection through the gateway endpoint of DynamoDB takes: TRACKING_PAGE."""

ENTRIES: Mapping[str, int] = MappingProxyType({"dynamodb-gateway-endpoint": DYNAMODB_ENTRIES})
"""The route targets through which a connection takes more than one entry, and how many."""

TIMEOUT_PAGE = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ConnectionTrackingSpecificationRequest.html"
"""The idle timeouts that can be set for an interface."""

IDLE_TIMEOUTS: Mapping[str, tuple[int, int, int]] = MappingProxyType(
    {
        "tcp_established": (60, 432_000, 432_000),
        "udp": (30, 60, 30),
        "udp_stream": (60, 180, 180),
    }
)
"""
Seconds that an idle entry stays: the least and the most that can be set, and the default. TIMEOUT_PAGE.

`udp` is for traffic in one direction or a single request and response, `udp_stream` for more than one request and response.
"""

NITRO_V6_TCP_SECONDS = 350
"""The default of `tcp_established` on instances of Nitro v6, except P6e-GB200: TRACKING_PAGE."""

NITRO_V6_EXCEPT = ("p6e-gb200",)
"""The families of Nitro v6 that keep the longer default of `tcp_established`: TRACKING_PAGE."""

NITRO: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {
        2: tuple(
            "m5 m5d m5a m5ad c5 c5d c5a c5ad r5 r5d r5a r5ad m6g m6gd c6g c6gd r6g r6gd t3 t3a t4g x2gd z1d mac1 mac2".split()
        ),
        3: tuple("c5n m5n m5dn m5zn r5n r5dn x2iezn".split()),
        4: tuple(
            "m6i m6id m6a m6in m6idn m7a m7g m7gd m7i m7i-flex c6i c6id c6a c6in c6gn c7a c7g c7gd c7i c7i-flex "
            "r6i r6id r6a r6in r6idn r7a r7g r7gd r7i r7iz x2idn x2iedn u7i".split()
        ),
        5: tuple("m8g m8gd c8g c8gd r8g r8gd x8g c7gn mac-m4 mac-m4pro".split()),
        6: tuple(
            "m8a m8azn m8gb m8gn m8i m8id m8i-flex m8in m8idn m8ine m8ib m8idb m9g m9gd "
            "c8a c8gb c8gn c8i c8id c8i-flex c8in c8ine c8ib r8a r8gb r8gn r8i r8id r8i-flex r8in r8idn r8ib r8idb "
            "x8aedz x8i i8ge hpc8a p6-b200 p6e-gb200".split()
        ),
    }
)
"""
Which version of Nitro the instances of a family have.

https://docs.aws.amazon.com/ec2/latest/instancetypes/gp.html, co.html and mo.html, column "Hypervisor".
"""

XEN = ("t2", "x1", "x1e")
"""
The families without Nitro that the same pages list; idle timeouts can be set on instances of Nitro only: TRACKING_PAGE.
"""


def nitro(family: str) -> int | None:
    """
    Return the version of Nitro of a family of instances, None for one that is not listed in NITRO.
    """
    return next((version for version, families in NITRO.items() if family in families), None)


GWLB_IDLE_SECONDS = (60, 6_000, 350)
"""
Seconds that a Gateway Load Balancer keeps an idle TCP flow: the least and the most that can be set, and the default.

https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/update-idle-timeout.html and gateway-listeners.html: it can only
be set where flows are told apart by 5 parts of a packet, with 3 or 2 the default applies.
"""

GENEVE_PORT = 6_081
"""
The UDP port on which the targets of a Gateway Load Balancer get their packets.

https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/target-groups.html
"""

GENEVE_HEALTH_PORT = 80
"""
The TCP port that a Gateway Load Balancer's health check uses where none is written.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html, read on 2026-11-23.
"""

OBSERVED_ALLOWANCE: Mapping[str, int] = MappingProxyType({"m7i-flex.large": 76_957, "c7i-flex.large": 76_957})
"""
Readings of `conntrack_allowance_available` on instances that tracked nothing: results/aws of
https://github.com/meanii/millionws.

AWS publishes no allowance of any type.
"""

ENTRIES_PER_VCPU = 38_478.6
"""
What public readings of the allowance come to for each vCPU: 76,957 for 2 (OBSERVED_ALLOWANCE), and 307,829 and 615,471
(https://github.com/SlideRuleEarth/sliderule/issues/518), of types that are not named, if these have 8 and 16.
"""

RESOLVER_QUERIES = (1_500, 10_000)
"""
Queries per second for each address of a Route 53 Resolver endpoint: as few as this when they are tracked, and its maximum.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/best-practices-resolver-endpoint-scaling.html
"""
