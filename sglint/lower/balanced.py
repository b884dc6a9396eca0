"""
The interfaces that Network Load Balancers send flows to.

The idea: a target group that speaks TCP, TLS, UDP or QUIC can only be one of a Network Load Balancer, so that its load balancer
need not be in the text; where its protocol is not known, the type of the load balancer decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from sglint.lower import read
from sglint.lower.balancer import PROTOCOLS, by_ip, target_of
from sglint.lower.index import Index
from sglint.lower.link import follow, link, links, pointing
from sglint.lower.row import View
from sglint.model import Balanced, Link
from sglint.resource import Origin
from sglint.source import Span
from sglint.space import Family, Protocol
from sglint.value import Unknown, Value

_FAMILIES: Mapping[str, tuple[Family, ...]] = {"ipv4": (Family.IPV4,), "ipv6": (Family.IPV6,)}
_Port: TypeAlias = int | Unknown


def lower(index: Index) -> Iterator[Balanced]:
    """
    Yield each interface that a Network Load Balancer sends flows to, once for each load balancer and port.

    What is registered but not in the text as an interface has no flows to tell of.
    """
    ips = by_ip(index)
    for one in index.of("target"):
        group = _group(index, one.value("group"), one.at("group"))
        if group is not None:
            yield from _registered(index, one, one, group, ips)
    for one in index.of("target group"):
        for block in one.blocks("targets"):
            if isinstance(block, View):
                yield from _registered(index, one, block, one, ips)
    for one in index.of("task"):
        for block in one.blocks("served"):
            if isinstance(block, View):
                yield from _running(index, one, block)
    for one in index.of("launcher"):
        yield from _launched(index, one, one.address, "target_groups")
    for one in index.of("launcher target"):
        launcher = follow(index, one, "launcher", ("launcher",))
        if isinstance(launcher, str) and launcher in index.views:
            yield from _launched(index, one, launcher, "group")


def _group(index: Index, value: Value, span: Span) -> View | None:
    found = link(index, value, span, ("target group",))
    one = index.views.get(found) if isinstance(found, str) else None
    return one if one is not None and one.row.noun == "target group" else None


def _registered(index: Index, one: View, block: View, group: View, ips: Mapping[str, str]) -> Iterator[Balanced]:
    """
    Yield what a resource, or one block of it, registers with a target group.
    """
    found = target_of(index, block, ips)
    if isinstance(found, str):
        maybe = one.origin.maybe or block.maybe
        origin = one.origin if maybe is None else replace(one.origin, maybe=maybe)
        place = one.origin.span if block is one else block.at("target")
        given = _port(block, "port") if block.has("port") else None
        yield from _balanced(index, origin, place, found, group, given)


def _running(index: Index, one: View, block: View) -> Iterator[Balanced]:
    """
    Yield what a block of a service registers of its tasks, each of which has an address of its own.
    """
    group = _group(index, block.value("group"), block.at("group"))
    if group is not None:
        maybe = one.origin.maybe or block.maybe
        origin = one.origin if maybe is None else replace(one.origin, maybe=maybe)
        given = _port(block, "port") if block.has("port") else None
        yield from _balanced(index, origin, block.at("group"), one.address, group, given)


def _launched(index: Index, one: View, launcher: str, name: str) -> Iterator[Balanced]:
    for slot in one.slots(name):
        place = one.origin.at(slot.field)
        for item in links(index, slot, place, ("target group",)):
            group = _group(index, item, place)
            if group is not None:
                maybe = one.origin.maybe or slot.maybe
                origin = one.origin if maybe is None else replace(one.origin, maybe=maybe)
                yield from _balanced(index, origin, place, launcher, group, None)


def _balanced(index: Index, origin: Origin, place: Span, interface: str, group: View, port: _Port | None) -> Iterator[Balanced]:
    """
    Yield the target once for each load balancer that forwards to its target group.
    """
    by_balancer: dict[Link, list[View]] = {}
    for one in pointing(index, "listener", "target_groups").get(group.address, ()):
        by_balancer.setdefault(follow(index, one, "balancer", ("balancer",)), []).append(one)
    nobody = Unknown(f"no listener in the text forwards to {group.address}", group.origin.span)
    for balancer, listeners in (by_balancer or {nobody: list[View]()}).items():
        network = _network(index, group, balancer)
        if network is not False:
            doubt = None if network is True else network
            protocols = PROTOCOLS.get(read.word(group.value("protocol")) or "", (Protocol.TCP, Protocol.UDP))
            origins = tuple(dict.fromkeys(one.origin for one in listeners))
            meant = _port(group, "port") if port is None else port
            families = _families(group)
            yield Balanced(origin, place, interface, balancer, group.origin, origins, protocols, meant, families, doubt)


def _network(index: Index, group: View, balancer: Link) -> bool | Unknown:
    """
    Return whether the load balancer of a target group is a Network Load Balancer.
    """
    value = group.value("protocol")
    word = read.word(value)
    if word is not None:
        return word in PROTOCOLS
    one = index.views.get(balancer) if isinstance(balancer, str) else None
    if one is not None and not one.found and one.row.noun == "balancer":
        kind = read.word(one.value("type")) if one.has("type") else "application"
        return read.unknown(one.value("type"), one.at("type")) if kind is None else kind == "network"
    return False if value is None else read.unknown(value, group.at("protocol"))


def _port(one: View, name: str) -> _Port:
    value = one.value(name)
    if value is None:
        return Unknown(f"no port is written for {one.address}", one.origin.span)
    found = read.number(value)
    if found is None:
        return read.unknown(value, one.at(name))
    return found if 0 <= found <= 65535 else Unknown(f"{found} is not a port", one.at(name))


def _families(group: View) -> tuple[Family, ...]:
    if not group.has("family"):
        return _FAMILIES["ipv4"]
    return _FAMILIES.get(read.word(group.value("family")) or "", tuple(Family))
