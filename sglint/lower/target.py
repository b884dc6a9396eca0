"""
What a route leads to: told by the attribute, and where the attribute does not say, by what its value refers to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from sglint.lower import read
from sglint.lower.index import Index, find, type_of
from sglint.lower.interface import primary
from sglint.lower.link import hidden_module, link
from sglint.lower.row import Row, Slot, View, same
from sglint.lower.words import CLOUDFORMATION, cloud_control_kind
from sglint.model import Target, TargetKind
from sglint.source import Span
from sglint.space import Family
from sglint.value import Ref, Seq, Unknown, Value

TARGETS = {
    "transit_gateway": TargetKind.TRANSIT_GATEWAY,
    "nat_gateway": TargetKind.NAT_GATEWAY,
    "egress_only": TargetKind.EGRESS_ONLY,
    "peering": TargetKind.PEERING,
    "core_network": TargetKind.CORE_NETWORK,
    "carrier_gateway": TargetKind.CARRIER_GATEWAY,
    "local_gateway": TargetKind.LOCAL_GATEWAY,
    "database_network": TargetKind.DATABASE_NETWORK,
    "interface": TargetKind.INTERFACE,
    "instance": TargetKind.INTERFACE,
    "gateway": None,
    "endpoint": None,
}
WORDS = {
    "transit_gateway": "transit_gateway_id",
    "nat_gateway": "nat_gateway_id",
    "egress_only": "egress_only_gateway_id",
    "peering": "vpc_peering_connection_id",
    "core_network": "core_network_arn",
    "carrier_gateway": "carrier_gateway_id",
    "local_gateway": "local_gateway_id",
    "interface": "network_interface_id",
    "instance": "instance_id",
    "gateway": "gateway_id",
    "endpoint": "vpc_endpoint_id",
}
CLOUDFORMATION_WORDS = {
    "transit_gateway": "TransitGatewayId",
    "nat_gateway": "NatGatewayId",
    "egress_only": "EgressOnlyInternetGatewayId",
    "peering": "VpcPeeringConnectionId",
    "core_network": "CoreNetworkArn",
    "carrier_gateway": "CarrierGatewayId",
    "local_gateway": "LocalGatewayId",
    "database_network": "OdbNetworkArn",
    "interface": "NetworkInterfaceId",
    "instance": "InstanceId",
    "gateway": "GatewayId",
    "endpoint": "VpcEndpointId",
}
ROWS = (
    Row(
        "gateway",
        {
            **same(
                {},
                "AWS::EC2::InternetGateway",
                "AWS::EC2::VPNGateway",
                "AWS::NetworkManager::CoreNetwork",
                "AWS::NetworkManager::VpcAttachment",
                "AWS::ODB::OdbNetwork",
            ),
        },
        ("InternetGatewayId", "VPNGatewayId", "CoreNetworkArn", "CoreNetworkId"),
    ),
)
"""What routes lead to that has nothing of its own to read."""
_PREFIXES = {
    "igw": TargetKind.INTERNET_GATEWAY,
    "vgw": TargetKind.VIRTUAL_PRIVATE_GATEWAY,
    "tgw": TargetKind.TRANSIT_GATEWAY,
    "nat": TargetKind.NAT_GATEWAY,
    "eigw": TargetKind.EGRESS_ONLY,
    "pcx": TargetKind.PEERING,
    "eni": TargetKind.INTERFACE,
    "i": TargetKind.INTERFACE,
    "lgw": TargetKind.LOCAL_GATEWAY,
    "cagw": TargetKind.CARRIER_GATEWAY,
}
_KINDS = {
    "internet_gateway": TargetKind.INTERNET_GATEWAY,
    "internet_gateway_attachment": TargetKind.INTERNET_GATEWAY,
    "vpn_gateway": TargetKind.VIRTUAL_PRIVATE_GATEWAY,
    "vpn_gateway_attachment": TargetKind.VIRTUAL_PRIVATE_GATEWAY,
    "ec2_transit_gateway": TargetKind.TRANSIT_GATEWAY,
    "ec2_transit_gateway_attachment": TargetKind.TRANSIT_GATEWAY,
    "ec2_transit_gateway_vpc_attachment": TargetKind.TRANSIT_GATEWAY,
    "nat_gateway": TargetKind.NAT_GATEWAY,
    "egress_only_internet_gateway": TargetKind.EGRESS_ONLY,
    "vpc_peering_connection": TargetKind.PEERING,
    "vpc_peering_connection_accepter": TargetKind.PEERING,
    "networkmanager_core_network": TargetKind.CORE_NETWORK,
    "networkmanager_vpc_attachment": TargetKind.CORE_NETWORK,
    "odb_odb_network": TargetKind.DATABASE_NETWORK,
    "ec2_carrier_gateway": TargetKind.CARRIER_GATEWAY,
    "ec2_local_gateway": TargetKind.LOCAL_GATEWAY,
    "network_interface": TargetKind.INTERFACE,
    "instance": TargetKind.INTERFACE,
    "spot_instance_request": TargetKind.INTERFACE,
    "networkfirewall_firewall": TargetKind.NETWORK_FIREWALL,
    "networkfirewall_vpc_endpoint_association": TargetKind.NETWORK_FIREWALL,
}
_DEPTH = 8
_ADDRESS_TYPES = {"ipv4": (Family.IPV4,), "ipv6": (Family.IPV6,), "dualstack": tuple(Family)}
_ENDPOINT_TYPES = {"gatewayloadbalancer": TargetKind.GWLB_ENDPOINT}


def targets(index: Index, route: View) -> tuple[Target, ...]:
    """
    Return the targets that a route may have: the one that is surely given, or each that may be.
    """
    sure: list[Target] = []
    open_: list[Target] = []
    for name, kind in TARGETS.items():
        for slot in route.slots(name):
            found = _targets(index, slot.value, route.origin.at(slot.field), kind)
            (open_ if isinstance(slot.value, Unknown) and _optional(slot.value) else sure).extend(found)
    if sure or open_:
        return tuple(dict.fromkeys(sure or open_))
    why = Unknown(f"no target is written for the route in {route.address}", route.origin.at(route.prefix.rstrip(".")))
    return (Target(TargetKind.UNKNOWN, why=why),)


def _optional(value: Unknown) -> bool:
    """
    Return whether an unknown may be null, so that another target may be the one that counts.
    """
    return None in value.among if value.among else not value.refs and value.element is None


def _targets(index: Index, value: Value, span: Span, kind: TargetKind | None) -> tuple[Target, ...]:
    """
    Return the targets that one value may be.
    """
    if isinstance(value, Unknown) and value.among:
        return tuple(item for one in value.among if one not in (None, "") for item in _targets(index, one, span, kind))
    if kind is not None:
        found = link(index, value, span)
        return (Target(kind, _interface(index, found)) if isinstance(found, str) else Target(kind, why=found),)
    return (classify(index, value, span),)


def _interface(index: Index, address: str) -> str:
    """
    Return the interface that a route to an instance leads to, or the address itself.
    """
    one = index.views.get(address)
    return (primary(index, address) or address) if one is not None and one.row.noun == "instance" else address


def classify(index: Index, value: Value, span: Span) -> Target:
    """
    Return the target that a value is, where the attribute leaves the kind open.
    """
    if isinstance(value, str):
        return _literal(index, value, span)
    if isinstance(value, Ref):
        return _reference(index, value, span)
    if isinstance(value, Unknown):
        return _unknown(index, value, span)
    if isinstance(value, Seq) and len(value) == 1:
        return classify(index, value[0], span)
    return Target(TargetKind.UNKNOWN, why=Unknown("the value is not an identity", span))


def _literal(index: Index, text: str, span: Span) -> Target:
    if text == "local":
        return Target(TargetKind.LOCAL, text)
    if text in index.literals:
        return _reference(index, Ref(index.literals[text], "id"), span)
    kind = _PREFIXES.get(re.split("[-]", text, maxsplit=1)[0])
    if kind is not None and "-" in text:
        return Target(kind, text)
    if text.startswith("vpce-"):
        why = f"{text} may be a Gateway Load Balancer or Network Firewall endpoint, and it is not in the text"
        return Target(TargetKind.UNKNOWN, text, Unknown(why, span))
    return Target(TargetKind.UNKNOWN, text, Unknown(f'"{text}" is not the identity of a route target', span))


def _reference(index: Index, ref: Ref, span: Span, depth: int = 0) -> Target:
    kind = type_of(index, ref.address)
    address = find(index, ref.address) or ref.address
    if kind == "module":
        return Target(TargetKind.UNKNOWN, why=Unknown(hidden_module(index, address), span, refs=(ref,)))
    name = re.sub(r"^(data\.)?(aws|awscc)_", "", cloud_control_kind(kind) if kind.startswith(CLOUDFORMATION) else kind)
    one = index.views.get(address)
    if one is not None and one.row.noun == "vpc endpoint":
        return endpoint_target(index, one, span)
    found = _KINDS.get(name) or _KINDS.get(name.removeprefix("ec2_"))
    if found is not None:
        return Target(found, _interface(index, address))
    written = index.resources[address].values.get(ref.attribute) if address in index.resources else None
    if isinstance(written, str):
        return _literal(index, written, span)
    if isinstance(written, Ref) and depth < _DEPTH:
        return _reference(index, written, span, depth + 1)
    return Target(TargetKind.UNKNOWN, why=Unknown(f"{ref} does not say what kind of target it is", span, refs=(ref,)))


def _unknown(index: Index, value: Unknown, span: Span) -> Target:
    """
    Return the kind that everything an unknown was made from agrees on, or an unknown target.
    """
    made = _sources(value)
    found = [classify(index, item, span) for item in made]
    kinds = {item.kind for item in found}
    because = read.unknown(value, span)
    if len(kinds) == 1 and kinds <= {TargetKind.NETWORK_FIREWALL, TargetKind.GWLB_ENDPOINT}:
        addresses = {item.address for item in found}
        return Target(kinds.pop(), addresses.pop() if len(addresses) == 1 else "", because)
    hidden = next((item.why for item in found if item.why is not None), None)
    if hidden is not None and len(found) == 1:
        because = replace(hidden, span=because.span or span)
    return Target(TargetKind.UNKNOWN, why=because)


def _sources(value: Unknown) -> tuple[Value, ...]:
    """
    Return what an unknown was made from, as far as it is an identity.
    """
    if isinstance(value.element, (Ref, str)):
        return (value.element,)
    if isinstance(value.element, Unknown):
        return _sources(value.element) or value.refs
    return value.refs


def endpoint_type(index: Index, one: View) -> str | Unknown:
    """
    Return the type of a VPC endpoint in lower case; Gateway is the default.
    """
    given = _service_type(index, one.value("type"), one.at("type"))
    if one.has("type") and not isinstance(given, Unknown):
        return given
    service = one.value("service")
    if isinstance(service, Ref):
        by_service = _service_type(index, Ref(service.address, "service_type"), one.at("service"))
        if not isinstance(by_service, Unknown):
            return by_service
    if one.has("type"):
        return given
    if one.resource.kind.startswith("data."):
        return Unknown(f"the type of {one.address} is not in the text", one.origin.span)
    return "gateway"


def _service_type(index: Index, value: Value, span: Span) -> str | Unknown:
    """
    Return the endpoint type that a value is, or that the endpoint service it refers to has.
    """
    if isinstance(value, str):
        return value.lower()
    refs = (value,) if isinstance(value, Ref) else value.refs if isinstance(value, Unknown) else ()
    found = {_of_service(index, ref) for ref in refs}
    if len(found) == 1 and "" not in found:
        return found.pop()
    return read.unknown(value, span)


def _of_service(index: Index, ref: Ref) -> str:
    """
    Return the type of endpoints to an endpoint service, "" when it is not known.
    """
    one = index.views.get(find(index, ref.address))
    if one is None or one.row.noun != "endpoint service":
        return ""
    said = one.value("type")
    if isinstance(said, str):
        return said.lower()
    if one.has("gateway_balancers") and not one.has("network_balancers"):
        return "gatewayloadbalancer" if not _empty(one.slots("gateway_balancers")) else ""
    return "interface" if one.has("network_balancers") and not one.has("gateway_balancers") else ""


def _empty(slots: Iterable[Slot]) -> bool:
    return all(isinstance(slot.value, Seq) and not len(slot.value) for slot in slots)


def endpoint_target(index: Index, one: View, span: Span) -> Target:
    """
    Return the target that a VPC endpoint is.
    """
    kind = endpoint_type(index, one)
    if isinstance(kind, Unknown):
        why = f"the type of {one.address} is not known: {kind.why}"
        return Target(TargetKind.UNKNOWN, one.address, Unknown(why, kind.span or span))
    if kind == "gateway":
        return gateway_endpoint(index, one)
    if kind in _ENDPOINT_TYPES:
        return Target(_ENDPOINT_TYPES[kind], one.address)
    return Target(TargetKind.UNKNOWN, one.address, Unknown(f"{one.address} is not an endpoint that routes can lead to", span))


def gateway_endpoint(index: Index, one: View) -> Target:
    """
    Return which kind of gateway endpoint it is, by the end of the name of its service.
    """
    ends = {service_end(index, item) for item in _names(one.value("service"))}
    kinds = {"s3": TargetKind.S3_ENDPOINT, "dynamodb": TargetKind.DYNAMODB_ENDPOINT}
    end = ends.pop() if len(ends) == 1 else ""
    if end in kinds:
        return Target(kinds[end], one.address)
    if end:
        return Target(TargetKind.GATEWAY_ENDPOINT, one.address)
    why = read.unknown(one.value("service"), one.at("service"))
    return Target(TargetKind.GATEWAY_ENDPOINT, one.address, why)


def service_families(one: View) -> tuple[Family, ...]:
    """
    Return the families of the prefix lists that a gateway endpoint is for, nothing where they are not known.

    Where no type of addresses is written it is IPv4.
    """
    given = one.value("family") if one.has("family") else "ipv4"
    return _ADDRESS_TYPES.get(given.lower(), ()) if isinstance(given, str) else ()


def _names(value: Value) -> tuple[Value, ...]:
    return value.among if isinstance(value, Unknown) and value.among else (value,)


def service_end(index: Index, value: Value) -> str:
    """
    Return the last part of a service name (`s3`, `dynamodb`), also when the region in it is not known; "" when it is not known.
    """
    if isinstance(value, str):
        return value.rsplit(".", 1)[-1]
    if isinstance(value, Unknown) and value.ends:
        return value.ends.rsplit(".", 1)[-1] if "." in value.ends else ""
    if isinstance(value, Ref):
        one = index.views.get(find(index, value.address))
        said = one.value("service") if one is not None and one.row.noun == "endpoint service" else None
        return said.rsplit(".", 1)[-1] if isinstance(said, str) else ""
    return ""
