"""
Subnets inside a module that cannot be read, as far as the call tells.

The call names the subnet by an output. When it also hands a transit gateway to the module, the module may well route that
subnet there, and the destinations may be written in an argument about routes: so that much is said, as what may be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from ipaddress import ip_network

from sglint.lower.index import Index
from sglint.lower.link import gateway_given, hidden_module, link
from sglint.model import Association, Interface, Prefix, Route, Subnet, Table, Target, TargetKind
from sglint.source import Problem
from sglint.value import Map, Seq, Unknown, Value

_CIDR = re.compile(r"[0-9a-fA-F:.]+/\d{1,3}")


def lower(index: Index, found: Iterable[object]) -> Iterator[Subnet | Table | Association | Route | Problem]:
    """
    Yield a subnet, its table and the route that it may have for each subnet of an interface that a hidden module makes.

    A subnet that is associated with a table in the text is not among them: its routes are known.
    """
    nouns = tuple(found)
    used = {subnet for item in nouns if isinstance(item, Interface) for subnet in item.subnets if isinstance(subnet, str)}
    served = {item.subnet for item in nouns if isinstance(item, Association)}
    for address in sorted((used & set(index.outputs)) - served):
        yield from _nouns(index, address, index.outputs[address])


def _nouns(index: Index, address: str, module: str) -> Iterator[Subnet | Table | Association | Route]:
    call = index.resources[module]
    why = Unknown(hidden_module(index, module), call.origin.span)
    origin = replace(call.origin, address=address)
    table = replace(call.origin, address=f"{address} (route table)")
    yield Subnet(origin, why, (), hidden=why)
    yield Table(table, why, hidden=why)
    yield Association(origin, table.address, subnet=address)
    gateway = link(index, gateway_given(index, call.values), call.origin.span)
    target = Target(TargetKind.TRANSIT_GATEWAY, gateway if isinstance(gateway, str) else "")
    destinations: tuple[Prefix | Unknown, ...] = tuple(_destinations(call.values)) or (why,)
    for destination in destinations:
        yield Route(table, table.address, (destination,), (target,), maybe=why)


def _destinations(arguments: Map) -> Iterator[Prefix]:
    """Yield the CIDR blocks in the arguments that are about routes to a transit gateway."""
    for name, value in arguments.items():
        if "route" in name and "transit_gateway" in name:
            yield from dict.fromkeys(_cidrs(value))


def _cidrs(value: Value) -> Iterator[Prefix]:
    if isinstance(value, str) and _CIDR.fullmatch(value):
        try:
            yield ip_network(value, strict=False)
        except ValueError:
            return
    elif isinstance(value, Seq):
        for item in value.items:
            yield from _cidrs(item)
    elif isinstance(value, Map):
        for item in value.values():
            yield from _cidrs(item)
