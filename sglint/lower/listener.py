"""
How load balancers treat flows: their listeners, and the target groups that these forward to.
"""

from __future__ import annotations

from collections.abc import Iterator

from sglint.lower import read
from sglint.lower.balancer import internal
from sglint.lower.index import Index
from sglint.lower.link import follow, links, places, unique
from sglint.lower.row import View
from sglint.lower.trait import seconds
from sglint.model import Balancer, HealthCheck, Link, Listener, Seconds, TargetGroup
from sglint.source import Span
from sglint.value import Unknown, Value

_ATTRIBUTES = {
    "idle": "tcp.idle_timeout.seconds",
    "cross": "load_balancing.cross_zone.enabled",
    "sticky": "stickiness.type",
    "sticky on": "stickiness.enabled",
    "deregistration": "target_failover.on_deregistration",
    "unhealthy": "target_failover.on_unhealthy",
}
"""What CloudFormation writes in a list of keys and values."""


def lower(index: Index) -> Iterator[Balancer | Listener | TargetGroup]:
    """
    Yield the load balancers of a root, their listeners and target groups, without those that are looked up.
    """
    for one in index.of("balancer"):
        if not one.resource.kind.startswith("data."):
            kind = _word(*_written(one, "type")) or "application"
            subnets = places(index, one.slots("subnets"), one)
            cross = read.truth(*_written(one, "cross"), default=kind == "application")
            yield Balancer(one.origin, kind, subnets, internal(one), cross)
    for one in index.of("listener"):
        balancer = follow(index, one, "balancer", ("balancer",))
        protocol, port = _word(*_written(one, "protocol")), _number(*_written(one, "port"))
        yield Listener(one.origin, balancer, _target_groups(index, one), protocol, port, _idle(one))
    for one in index.of("target group"):
        if not one.resource.kind.startswith("data."):
            yield _target_group(one)


def _target_groups(index: Index, one: View) -> tuple[Link, ...]:
    slots = one.slots("target_groups")
    return unique(item for slot in slots for item in links(index, slot, one.origin.at(slot.field), ("target group",)))


def _idle(one: View) -> Seconds | None:
    value, span = _written(one, "idle")
    return None if value is None else seconds(value, span)


def _target_group(one: View) -> TargetGroup:
    health = HealthCheck(
        _word(*_written(one, "check")),
        _number(*_written(one, "health")),
        _text(*_written(one, "path")),
        read.switch(one, "enabled", default=True),
    )
    return TargetGroup(
        one.origin,
        _word(*_written(one, "protocol")),
        _number(*_written(one, "port")),
        _word(*_written(one, "type")) or "instance",
        health,
        _stickiness(one),
        _word(*_written(one, "cross")),
        _word(*_written(one, "deregistration")) or "no_rebalance",
        _word(*_written(one, "unhealthy")) or "no_rebalance",
    )


def _stickiness(one: View) -> str | Unknown | None:
    """
    Return the type of stickiness where it is on: in Terraform it is unless said otherwise, in a template only if said.
    """
    kind = _word(*_written(one, "sticky"))
    on = read.truth(*_written(one, "sticky on"), default=kind is not None and not one.has("attributes"))
    return None if on is False else on if isinstance(on, Unknown) else kind


def _written(one: View, name: str) -> tuple[Value, Span]:
    """
    Return what is written for an attribute, in an argument of its own or in a list of keys and values, and its place.
    """
    slot = one.slot(name)
    if slot is not None:
        return (slot.value if slot.maybe is None else slot.maybe), one.origin.at(slot.field)
    for block in one.blocks("attributes") if name in _ATTRIBUTES else ():
        if not isinstance(block, View):
            return read.unknown(block.value, one.origin.at(block.field)), one.origin.at(block.field)
        if block.value("key") == _ATTRIBUTES[name]:
            return block.maybe or block.value("value"), block.at("value")
    return None, one.origin.span


def _word(value: Value, span: Span) -> str | Unknown | None:
    if value is None:
        return None
    text = str(value).lower() if isinstance(value, bool) else read.word(value)
    return text if text is not None else read.unknown(value, span)


def _text(value: Value, span: Span) -> str | Unknown | None:
    return value if value is None or isinstance(value, str) else read.unknown(value, span)


def _number(value: Value, span: Span) -> int | Unknown | None:
    """
    Return a port, None where it is that of the traffic.
    """
    if value is None or read.word(value) == "traffic-port":
        return None
    number = read.number(value)
    return number if number is not None else read.unknown(value, span)
