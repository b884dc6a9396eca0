"""
Load balancers: their interfaces, and the appliances that a Gateway Load Balancer sends its traffic to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from sglint.facts import NETWORK_BALANCER
from sglint.lower import read
from sglint.lower.index import Index, find
from sglint.lower.interface import given_groups, or_default, primary
from sglint.lower.link import follow, link, links, places, pointing
from sglint.lower.row import Row, View, same
from sglint.model import Appliance, Interface, Link, Role
from sglint.resource import Origin
from sglint.source import Problem, Span
from sglint.space import Ports, Protocol
from sglint.value import Ref, Seq, Unknown, Value

_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_BALANCER = {
    "name": "name",
    "type": "load_balancer_type",
    "subnets": "subnets|subnet_mapping[].subnet_id",
    "groups": "security_groups",
    "internal": "internal",
    "cross": "enable_cross_zone_load_balancing",
}
_ATTRIBUTES = {"attributes.key": "Key", "attributes.value": "Value"}
_LISTENER = {
    "balancer": "load_balancer_arn",
    "port": "port",
    "protocol": "protocol",
    "idle": "tcp_idle_timeout_seconds",
    "target_groups": "default_action[].target_group_arn|default_action[].forward[].target_group[].arn",
}
_TARGETS = {
    "name": "name",
    "protocol": "protocol",
    "type": "target_type",
    "family": "ip_address_type",
    "health": "health_check[].port",
    "check": "health_check[].protocol",
    "port": "port",
    "path": "health_check[].path",
    "enabled": "health_check[].enabled",
    "sticky": "stickiness[].type",
    "sticky on": "stickiness[].enabled",
    "cross": "load_balancing_cross_zone_enabled",
    "deregistration": "target_failover[].on_deregistration",
    "unhealthy": "target_failover[].on_unhealthy",
}
ROWS = (
    Row(
        "balancer",
        {
            **same(_BALANCER, "aws_lb", "aws_alb"),
            **same({"id": "arn", "name": "name"}, "data.aws_lb", "data.aws_alb"),
            "AWS::ElasticLoadBalancingV2::LoadBalancer": {
                "name": "Name",
                "type": "Type",
                "subnets": "Subnets|SubnetMappings[].SubnetId",
                "groups": "SecurityGroups",
                "scheme": "Scheme",
                "attributes": "LoadBalancerAttributes",
                **_ATTRIBUTES,
            },
        },
        ("LoadBalancerArn",),
    ),
    Row(
        "listener",
        {
            **same(_LISTENER, "aws_lb_listener", "aws_alb_listener"),
            "AWS::ElasticLoadBalancingV2::Listener": {
                "balancer": "LoadBalancerArn",
                "port": "Port",
                "protocol": "Protocol",
                "attributes": "ListenerAttributes",
                **_ATTRIBUTES,
                "target_groups": "DefaultActions[].TargetGroupArn|DefaultActions[].ForwardConfig.TargetGroups[].TargetGroupArn",
            },
        },
    ),
    Row(
        "target group",
        {
            **same(_TARGETS, "aws_lb_target_group", "aws_alb_target_group"),
            **same({"id": "arn", "name": "name"}, "data.aws_lb_target_group", "data.aws_alb_target_group"),
            "AWS::ElasticLoadBalancingV2::TargetGroup": {
                "name": "Name",
                "protocol": "Protocol",
                "type": "TargetType",
                "family": "IpAddressType",
                "health": "HealthCheckPort",
                "check": "HealthCheckProtocol",
                "port": "Port",
                "path": "HealthCheckPath",
                "enabled": "HealthCheckEnabled",
                "attributes": "TargetGroupAttributes",
                **_ATTRIBUTES,
                "targets": "Targets",
                "targets.target": "Id",
                "targets.port": "Port",
            },
        },
        ("TargetGroupArn",),
    ),
    Row(
        "target",
        same(
            {"group": "target_group_arn", "target": "target_id", "port": "port"},
            "aws_lb_target_group_attachment",
            "aws_alb_target_group_attachment",
        ),
    ),
    Row(
        "launcher target",
        {
            "aws_autoscaling_attachment": {
                "launcher": "autoscaling_group_name",
                "group": "lb_target_group_arn|alb_target_group_arn",
            },
            "aws_autoscaling_traffic_source_attachment": {
                "launcher": "autoscaling_group_name",
                "group": "traffic_source[].identifier",
            },
        },
    ),
    Row(
        "classic balancer",
        {
            "aws_elb": {
                "name": "name",
                "subnets": "subnets",
                "groups": "security_groups",
                "internal": "internal",
                "listeners": "listener",
                "listeners.port": "lb_port",
                "listeners.protocol": "lb_protocol",
            },
            "AWS::ElasticLoadBalancing::LoadBalancer": {
                "name": "LoadBalancerName",
                "subnets": "Subnets",
                "groups": "SecurityGroups",
                "scheme": "Scheme",
                "listeners": "Listeners",
                "listeners.port": "LoadBalancerPort",
                "listeners.protocol": "Protocol",
            },
        },
    ),
)
Serves: TypeAlias = tuple[tuple[Protocol, Ports], ...] | None
PROTOCOLS: Mapping[str, tuple[Protocol, ...]] = {
    "tcp": (Protocol.TCP,),
    "tls": (Protocol.TCP,),
    "udp": (Protocol.UDP,),
    "quic": (Protocol.UDP,),
    "tcp_udp": (Protocol.TCP, Protocol.UDP),
    "tcp_quic": (Protocol.TCP, Protocol.UDP),
}
"""What a Network Load Balancer listens to and sends on."""
_LISTENS = {**PROTOCOLS, "ssl": (Protocol.TCP,), "http": (Protocol.TCP,), "https": (Protocol.TCP,)}


def lower(index: Index) -> Iterator[Interface | Problem]:
    """
    Yield the interfaces of load balancers; a Gateway Load Balancer's have no security group and are never judged.
    """
    for one in index.of("balancer"):
        if one.resource.kind.startswith("data."):
            continue
        kind = "application" if not one.has("type") else read.word(one.value("type"))
        if kind is None:
            yield _untold(one)
        elif kind != "gateway":
            listeners = pointing(index, "listener", "balancer").get(one.address, ())
            yield _balancer(index, one, _serves(listeners), network=kind == "network")
    for one in index.of("classic balancer"):
        blocks = one.blocks("listeners")
        views = tuple(block for block in blocks if isinstance(block, View))
        yield _balancer(index, one, _serves(views) if len(views) == len(blocks) else None, network=False)


def _untold(one: View) -> Problem:
    because = read.unknown(one.value("type"), one.at("type"))
    return Problem(
        f"the type of {one.address} is not known, so its interfaces are left out: {because.why}",
        one.at("type"),
        f"give the value with {'--parameter' if one.resource.kind.startswith('AWS::') else '--var or --var-file'}",
    )


def _serves(listeners: tuple[View, ...]) -> Serves:
    """
    Return what listeners accept, None when some of it is not known or no listener is in the text.
    """
    found: set[tuple[Protocol, Ports]] = set()
    for one in listeners:
        port, protocols = read.number(one.value("port")), _LISTENS.get(read.word(one.value("protocol")) or "http")
        if port is None or not 0 <= port <= 65535 or protocols is None or isinstance(one.value("protocol"), (Unknown, Ref)):
            return None
        found.update((protocol, Ports(port, port)) for protocol in protocols)
    return tuple(sorted(found, key=lambda item: (item[0].value, item[1]))) or None


def _balancer(index: Index, one: View, serves: Serves, *, network: bool) -> Interface:
    subnets = places(index, one.slots("subnets"), one)
    if not subnets:
        subnets = (Unknown(f"{one.address} names no subnet", one.origin.span),)
    groups = given_groups(index, one.slots("groups"), one)
    if not network:
        groups = or_default(index, groups, subnets, one.at("groups"))
    inside = internal(one)
    return Interface(
        one.origin,
        one.resource.kind,
        Role.MANAGED,
        subnets,
        groups,
        automatic=NETWORK_BALANCER if network else "",
        grouped=bool(groups),
        serves=serves,
        public=inside if isinstance(inside, Unknown) else not inside,
        opens=tuple(Protocol) if network else (Protocol.TCP,),
    )


def internal(one: View) -> bool | Unknown:
    """
    Return whether the addresses of a load balancer are private.
    """
    if not one.has("scheme"):
        return read.switch(one, "internal", default=False)
    value = one.value("scheme")
    sides = {read.word(item) for item in (value.among if isinstance(value, Unknown) and value.among else (value,))}
    if len(sides) == 1 and None not in sides:
        return sides.pop() == "internal"
    return read.unknown(value, one.at("scheme"))


def appliances(index: Index) -> Iterator[Appliance | Problem]:
    """
    Yield the interfaces that Gateway Load Balancers send traffic to.
    """
    ips = by_ip(index)
    for one in index.of("target"):
        group = _geneve(index, one.value("group"), one.at("group"))
        if group is not None:
            yield from _registered(index, one, one, group, ips)
    for one in index.of("target group"):
        for block in one.blocks("targets") if _geneve(index, one.address, one.origin.span) is one else ():
            if isinstance(block, View):
                yield from _registered(index, one, block, one, ips)
            else:
                yield _lost(one, read.unknown(block.value, one.origin.at(block.field)))
    for one in index.of("launcher"):
        yield from _launched(index, one, one.address, "target_groups")
    for one in index.of("launcher target"):
        launcher = follow(index, one, "launcher", ("launcher",))
        if isinstance(launcher, str) and launcher in index.views:
            yield from _launched(index, one, launcher, "group")
        elif any(_geneve(index, slot.value, one.origin.at(slot.field)) for slot in one.slots("group")):
            why = launcher if isinstance(launcher, Unknown) else Unknown(f"{launcher} is not in the text", one.at("launcher"))
            yield _lost(one, why)


def _registered(index: Index, one: View, block: View, group: View, ips: dict[str, str]) -> Iterator[Appliance | Problem]:
    """
    Yield the appliance that a resource, or one block of it, registers with a target group.
    """
    found = target_of(index, block, ips)
    if isinstance(found, Unknown):
        yield _lost(one, found)
        return
    maybe = one.origin.maybe or block.maybe
    yield from _appliances(index, one.origin if maybe is None else replace(one.origin, maybe=maybe), found, group)


def _lost(one: View, because: Unknown) -> Problem:
    return Problem(f"the appliance that {one.address} registers is not known: {because.why}", because.span or one.origin.span)


def _launched(index: Index, one: View, launcher: str, name: str) -> Iterator[Appliance]:
    for slot in one.slots(name):
        for item in links(index, slot, one.origin.at(slot.field), ("target group",)):
            group = _geneve(index, item, one.origin.at(slot.field))
            if group is not None:
                yield from _appliances(index, one.origin, launcher, group)


def _geneve(index: Index, value: Value, span: Span) -> View | None:
    """
    Return the target group if it is one of a Gateway Load Balancer.
    """
    found = link(index, value, span, ("target group",))
    one = index.views.get(found) if isinstance(found, str) else None
    return one if one is not None and read.word(one.value("protocol")) == "geneve" else None


def _appliances(index: Index, origin: Origin, interface: str, group: View) -> Iterator[Appliance]:
    """
    Yield the appliance once for each load balancer that forwards to its target group.
    """
    listeners = pointing(index, "listener", "target_groups").get(group.address, ())
    balancers = [follow(index, one, "balancer", ("balancer",)) for one in listeners]
    nobody = Unknown(f"no listener in the text forwards to {group.address}", group.origin.span)
    for balancer in dict.fromkeys(balancers or [nobody]):
        yield Appliance(origin, interface, balancer, group.address, _health(group))


def _health(group: View) -> int | Unknown | None:
    """
    Return the port that the health check uses, where it is written.
    """
    value = group.value("health")
    if value is None or read.word(value) == "traffic-port":
        return None
    port = read.number(value)
    return port if port is not None else read.unknown(value, group.at("health"))


def by_ip(index: Index) -> dict[str, str]:
    """
    Return the interfaces by the literal addresses that they are given.
    """
    found: dict[str, str] = {}
    for one in (*index.of("interface"), *index.of("instance")):
        for slot in one.slots("ip"):
            items = slot.value.items if isinstance(slot.value, Seq) else (slot.value,)
            for item in items:
                if isinstance(item, str):
                    found.setdefault(item, primary(index, one.address) or one.address)
    return found


def target_of(index: Index, one: View, ips: Mapping[str, str]) -> Link:
    """
    Return the interface that a registered target is reached on: an instance's primary one, or the one with that address.
    """
    value, span = one.value("target"), one.at("target")
    if isinstance(value, str) and value in ips:
        return ips[value]
    refs = (value,) if isinstance(value, Ref) else value.refs if isinstance(value, Unknown) else ()
    if isinstance(value, Unknown) and isinstance(value.element, Ref):
        refs = (value.element,)
    found = sorted({item for item in (_reached(index, ref) for ref in refs) if item})
    if len(found) == 1:
        return found[0]
    because = _untraced(index, value, span)
    return because if isinstance(because, Unknown) else Unknown(f"{because} is not in the text", span)


def _untraced(index: Index, value: Value, span: Span) -> Link:
    """
    Return why no interface is behind the value, or the identity that is not in the text.
    """
    if isinstance(value, str) and _ADDRESS.fullmatch(value.strip()):
        return Unknown(f"nothing in the text has the address {value.strip()}", span)
    one = index.views.get(find(index, value.address)) if isinstance(value, Ref) else None
    if one is None or one.row.noun != "interface" or not one.has("id"):
        return link(index, value, span)
    return follow(index, one, "id")


def _reached(index: Index, ref: Ref) -> str:
    """
    Return the interface behind a reference to an instance, interface or load balancer, or to an address of one; else "".
    """
    address = find(index, ref.address)
    one = index.views.get(address)
    if one is None:
        return ""
    if one.row.noun == "interface" and one.found:
        meant = follow(index, one, "id") if one.has("id") else address
        one = index.views.get(meant) if isinstance(meant, str) else None
        if one is None or one.found:
            return ""
        address = one.address
    if one.row.noun == "instance":
        return primary(index, address)
    return address if one.row.noun in ("interface", "balancer") else ""
