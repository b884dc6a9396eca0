"""
What routes lead to that is in a subnet itself: endpoints of Gateway Load Balancers and of Network Firewall, NAT gateways.
"""

from __future__ import annotations

from collections.abc import Iterator

from sglint.lower.index import Index, find
from sglint.lower.interface import perhaps
from sglint.lower.link import links, places, pointing, unique
from sglint.lower.row import Row, View, same
from sglint.lower.target import endpoint_type
from sglint.model import Endpoint, Link, TargetKind
from sglint.source import Span
from sglint.value import Ref, Unknown, Value

ROWS = (
    Row(
        "firewall",
        {
            **same({"subnets": "subnet_mapping[].subnet_id"}, "aws_networkfirewall_firewall"),
            "aws_networkfirewall_vpc_endpoint_association": {"subnets": "subnet_mapping[].subnet_id"},
            "AWS::NetworkFirewall::Firewall": {"subnets": "SubnetMappings[].SubnetId"},
            "AWS::NetworkFirewall::VpcEndpointAssociation": {"subnets": "SubnetMapping[].SubnetId"},
        },
        ("firewall_arn", "FirewallArn", "FirewallId", "VpcEndpointAssociationArn"),
    ),
    Row(
        "nat gateway",
        {"aws_nat_gateway": {"subnets": "subnet_id"}, "AWS::EC2::NatGateway": {"subnets": "SubnetId"}},
        ("NatGatewayId",),
    ),
)
_KINDS = {"firewall": TargetKind.NETWORK_FIREWALL, "nat gateway": TargetKind.NAT_GATEWAY}


def lower(index: Index) -> Iterator[Endpoint]:
    """
    Yield what has subnets of its own among the things that routes lead to.
    """
    for noun, kind in _KINDS.items():
        for one in index.of(noun):
            yield Endpoint(one.origin, kind, places(index, one.slots("subnets"), one))
    for one in index.of("vpc endpoint"):
        if endpoint_type(index, one) == "gatewayloadbalancer":
            subnets = places(index, one.slots("subnets"), one)
            for more in pointing(index, "endpoint subnet", "endpoint").get(one.address, ()):
                subnets += tuple(perhaps(item, more) for item in places(index, more.slots("subnet"), more))
            yield Endpoint(one.origin, TargetKind.GWLB_ENDPOINT, unique(subnets), _balancers(index, one))


def _balancers(index: Index, one: View) -> tuple[Link, ...]:
    """
    Return the Gateway Load Balancers behind the service of an endpoint.
    """
    service = _service(index, one.value("service"))
    if service is None or not service.has("gateway_balancers"):
        return (_untold(one.address, one.at("service")),)
    at = service.origin.at
    return unique(
        item for slot in service.slots("gateway_balancers") for item in links(index, slot, at(slot.field), ("balancer",))
    )


def _untold(address: str, span: Span) -> Unknown:
    return Unknown(f"the load balancer behind {address} is not in the text", span)


def _service(index: Index, value: Value) -> View | None:
    """
    Return the endpoint service whose name a value is.
    """
    refs = (value,) if isinstance(value, Ref) else value.refs if isinstance(value, Unknown) else ()
    found = {find(index, ref.address) for ref in refs}
    one = index.views.get(found.pop()) if len(found) == 1 else None
    return one if one is not None and one.row.noun == "endpoint service" else None
