"""
The interfaces that Global Accelerator sends flows to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeAlias

from sglint.facts import GLOBAL_ACCELERATOR
from sglint.lower import read
from sglint.lower.balancer import target_of
from sglint.lower.index import Index, find
from sglint.lower.interface import primary
from sglint.lower.link import follow
from sglint.lower.row import Row, View
from sglint.model import Balanced, Link
from sglint.space import ALL_PORTS, Ports, Protocol
from sglint.value import Ref, Unknown

ROWS = (
    Row(
        "accelerator",
        {"aws_globalaccelerator_accelerator": {"name": "name"}, "AWS::GlobalAccelerator::Accelerator": {"name": "Name"}},
        ("AcceleratorArn",),
    ),
    Row(
        "accelerator listener",
        {
            "aws_globalaccelerator_listener": {
                "accelerator": "accelerator_arn",
                "protocol": "protocol",
                "ranges": "port_range",
                "ranges.first": "from_port",
                "ranges.last": "to_port",
            },
            "AWS::GlobalAccelerator::Listener": {
                "accelerator": "AcceleratorArn",
                "protocol": "Protocol",
                "ranges": "PortRanges",
                "ranges.first": "FromPort",
                "ranges.last": "ToPort",
            },
        },
        ("ListenerArn",),
    ),
    Row(
        "accelerator endpoints",
        {
            "aws_globalaccelerator_endpoint_group": {
                "listener": "listener_arn",
                "endpoints": "endpoint_configuration",
                "endpoints.target": "endpoint_id",
                "overrides": "port_override",
                "overrides.first": "listener_port",
                "overrides.port": "endpoint_port",
            },
            "AWS::GlobalAccelerator::EndpointGroup": {
                "listener": "ListenerArn",
                "endpoints": "EndpointConfigurations",
                "endpoints.target": "EndpointId",
                "overrides": "PortOverrides",
                "overrides.first": "ListenerPort",
                "overrides.port": "EndpointPort",
            },
        },
    ),
)
_Sent: TypeAlias = int | Ports | Unknown


def lower(index: Index) -> Iterator[Balanced]:
    """
    Yield each interface that Global Accelerator sends flows to, once for each range of ports.

    A Network Load Balancer is left out: all that goes through it is tracked anyway.
    """
    for one in index.of("accelerator endpoints"):
        found = follow(index, one, "listener", ("accelerator listener",))
        listener = index.views.get(found) if isinstance(found, str) else None
        hidden = found if isinstance(found, Unknown) else Unknown(f"{found} is not in the text", one.at("listener"))
        accelerator: Link = hidden if listener is None else follow(index, listener, "accelerator", ("accelerator",))
        for block in one.blocks("endpoints"):
            interface = _endpoint(index, block) if isinstance(block, View) else ""
            if interface and isinstance(block, View):
                listeners = () if listener is None else (listener.origin,)
                for ports in _ports(one, listener, hidden):
                    yield Balanced(
                        replace(one.origin, maybe=one.origin.maybe or block.maybe),
                        block.at("target"),
                        interface,
                        accelerator,
                        one.origin,
                        listeners,
                        _protocols(listener),
                        ports,
                        through=GLOBAL_ACCELERATOR,
                    )


def _endpoint(index: Index, block: View) -> str:
    """
    Return the interface that an endpoint is: of an instance, an Application Load Balancer or an Elastic IP; "" for none.
    """
    value = block.value("target")
    one = index.views.get(find(index, value.address)) if isinstance(value, Ref) else None
    if one is not None and one.row.noun == "address":
        found = follow(index, one, "interface" if one.has("interface") else "instance")
        return (primary(index, found) or found) if isinstance(found, str) and found in index.views else ""
    reached = target_of(index, block, {})
    balancer = index.views.get(reached) if isinstance(reached, str) else None
    if balancer is not None and balancer.row.noun == "balancer" and read.word(balancer.value("type")) == "network":
        return ""
    return reached if isinstance(reached, str) else ""


def _protocols(listener: View | None) -> tuple[Protocol, ...]:
    word = "tcp" if listener is None or not listener.has("protocol") else read.word(listener.value("protocol"))
    known = {"tcp": (Protocol.TCP,), "udp": (Protocol.UDP,)}
    return known.get(word or "", (Protocol.TCP, Protocol.UDP)) if listener is not None else (Protocol.TCP, Protocol.UDP)


def _ports(one: View, listener: View | None, hidden: Unknown) -> tuple[_Sent, ...]:
    """
    Return the ports that flows are sent to: those of the listener, but for those that are sent to another one.
    """
    if listener is None:
        return (hidden,)
    others: dict[int | None, int | None] = {}
    for block in one.blocks("overrides"):
        if isinstance(block, View):
            others[read.number(block.value("first"))] = read.number(block.value("port"))
    found: dict[_Sent, None] = {}
    for block in listener.blocks("ranges"):
        first, last = (read.number(block.value(name)) if isinstance(block, View) else None for name in ("first", "last"))
        if first is None or last is None or not 0 <= first <= last <= ALL_PORTS.last:
            return (Unknown(f"which ports {listener.address} listens to is not known", listener.origin.span),)
        sent = others.get(first, first) if first == last else Ports(first, last)
        found[Unknown(f"which port {one.address} sends to is not known", one.origin.span) if sent is None else sent] = None
    return tuple(found)
