"""
The route tables of transit gateways: which attachment each serves, and the routes in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal, TypeAlias

from sglint.frozen import frozen
from sglint.lower import read
from sglint.lower.index import Index, beside, one_of
from sglint.lower.link import follow, is_alias, link, pointing, transit_table
from sglint.lower.permission import list_entries
from sglint.lower.row import Row, View
from sglint.model import (
    Attachment,
    Link,
    Prefix,
    RemoteAttachment,
    TransitAssociation,
    TransitPropagation,
    TransitRoute,
    TransitTable,
)
from sglint.source import Problem
from sglint.value import Unknown

_TABLE_ATTACHMENT = {"table": "transit_gateway_route_table_id", "attachment": "transit_gateway_attachment_id"}
_CFN_TABLE_ATTACHMENT = {"table": "TransitGatewayRouteTableId", "attachment": "TransitGatewayAttachmentId"}
_DEFAULT = {"gateway": "transit_gateway_id", "table": "transit_gateway_route_table_id"}
ROWS = (
    Row(
        "transit gateway",
        {
            "aws_ec2_transit_gateway": {
                "association": "default_route_table_association",
                "propagation": "default_route_table_propagation",
            },
            "data.aws_ec2_transit_gateway": {"id": "id"},
            "AWS::EC2::TransitGateway": {
                "association": "DefaultRouteTableAssociation",
                "propagation": "DefaultRouteTablePropagation",
                "association table": "AssociationDefaultRouteTableId",
                "propagation table": "PropagationDefaultRouteTableId",
            },
        },
    ),
    Row(
        "transit table",
        {
            "aws_ec2_transit_gateway_route_table": {"gateway": "transit_gateway_id"},
            "data.aws_ec2_transit_gateway_route_table": {"id": "id"},
            "AWS::EC2::TransitGatewayRouteTable": {"gateway": "TransitGatewayId"},
        },
        ("TransitGatewayRouteTableId",),
    ),
    Row("default transit association", {"aws_ec2_transit_gateway_default_route_table_association": _DEFAULT}),
    Row("default transit propagation", {"aws_ec2_transit_gateway_default_route_table_propagation": _DEFAULT}),
    Row(
        "transit association",
        {
            "aws_ec2_transit_gateway_route_table_association": _TABLE_ATTACHMENT,
            "AWS::EC2::TransitGatewayRouteTableAssociation": _CFN_TABLE_ATTACHMENT,
        },
    ),
    Row(
        "transit propagation",
        {
            "aws_ec2_transit_gateway_route_table_propagation": _TABLE_ATTACHMENT,
            "AWS::EC2::TransitGatewayRouteTablePropagation": _CFN_TABLE_ATTACHMENT,
        },
    ),
    Row(
        "transit route",
        {
            "aws_ec2_transit_gateway_route": {
                **_TABLE_ATTACHMENT,
                "cidr4": "destination_cidr_block",
                "blackhole": "blackhole",
            },
            "aws_ec2_transit_gateway_prefix_list_reference": {
                **_TABLE_ATTACHMENT,
                "lists": "prefix_list_id",
                "blackhole": "blackhole",
            },
            "AWS::EC2::TransitGatewayRoute": {
                **_CFN_TABLE_ATTACHMENT,
                "cidr4": "DestinationCidrBlock",
                "blackhole": "Blackhole",
            },
        },
    ),
)
_Part: TypeAlias = Literal["association", "propagation"]
_Attached: TypeAlias = Attachment | RemoteAttachment
_Noun: TypeAlias = TransitTable | TransitAssociation | TransitPropagation | TransitRoute


@frozen
class _Default:
    """
    The default table of a gateway; `maybe` says what decides whether it has one.
    """

    table: Link
    maybe: Unknown | None = None


def lower(index: Index, found: Iterable[object]) -> Iterator[_Noun | Problem]:
    """
    Yield the route tables of transit gateways, what is associated with them and propagated into them, and their static routes.

    Attachments are among what was `found` before: those that nobody associates get the default table of their gateway.
    """
    yield from _tables(index)
    associations = list(_written(index, "association"))
    yield from (TransitAssociation(one.origin, table, to, maybe=maybe) for one, table, to, maybe in associations)
    for one, table, to, maybe in _written(index, "propagation"):
        yield TransitPropagation(one.origin, table, to, maybe=maybe)
    taken = {to: maybe for _, _, to, maybe in reversed(associations)}
    loose = next((to for to in taken if isinstance(to, Unknown)), None)
    attached = [item for item in found if isinstance(item, _Attached)]
    for item in sorted(attached, key=lambda item: item.origin.address):
        yield from _by_default(index, item, taken, loose)
    for one in index.of("transit route"):
        yield from _route(index, one)


def _tables(index: Index) -> Iterator[TransitTable]:
    """
    Yield the tables that are written, and the one that a gateway is made with.
    """
    for one in index.of("transit table"):
        if is_alias(one):
            continue
        hidden = Unknown(f"the routes of {one.address} are not in the text", one.origin.span) if one.found else None
        gateway = hidden or follow(index, one, "gateway")
        sides = (_serves(index, gateway, one.address, "association"), _serves(index, gateway, one.address, "propagation"))
        yield TransitTable(one.origin, gateway, *sides, hidden=hidden)
    for one in index.of("transit gateway"):
        if is_alias(one):
            continue
        address = transit_table(one)
        origin = replace(one.origin, address=address)
        if one.found:
            why = Unknown(f"the default route tables of {one.address} are not in the text", one.origin.span)
            yield TransitTable(origin, one.address, why, why, implicit=True, hidden=why)
        elif any(read.switch(one, name, default=True) is not False for name in ("association", "propagation")):
            sides = (_serves(index, one.address, address, "association"), _serves(index, one.address, address, "propagation"))
            yield TransitTable(origin, one.address, *sides, implicit=True)


def _serves(index: Index, gateway: Link, table: str, part: _Part) -> bool | Unknown:
    """
    Return whether a table is the default one of its gateway for either purpose.
    """
    found = _default(index, gateway, part)
    if found is None:
        return False
    if isinstance(found.table, Unknown):
        return found.table
    return found.table == table and (found.maybe or True)


def _default(index: Index, gateway: Link, part: _Part) -> _Default | None:
    """
    Return the default table of a gateway, None when it surely has none.
    """
    one = index.views.get(gateway) if isinstance(gateway, str) else None
    if isinstance(gateway, Unknown):
        return _Default(gateway)
    if one is None or one.found or one.row.noun != "transit gateway":
        why = Unknown(f"the default route tables of {gateway} are not in the text", one.origin.span if one else None)
        return _Default(why, why)
    on = read.switch(one, part, default=True)
    if on is False:
        return None
    maybe = on if isinstance(on, Unknown) else None
    for other in pointing(index, f"default transit {part}", "gateway").get(one.address, ()):
        table = follow(index, other, "table")
        return _Default(table if other.origin.maybe is None else other.origin.maybe, maybe)
    if one.has(f"{part} table"):
        return _Default(follow(index, one, f"{part} table"), maybe)
    return _Default(transit_table(one), maybe)


def _written(index: Index, part: _Part) -> Iterator[tuple[View, Link, Link, Unknown | None]]:
    """
    Yield the associations or propagations that are resources: each with its table, its attachment, and whether it is sure.
    """
    for one in index.of(f"transit {part}"):
        attachment, table = follow(index, one, "attachment"), follow(index, one, "table")
        pair = beside(index, one, "attachment", attachment)
        yield pair, table, attachment, pair.origin.maybe or one_of(one, attachment)


def _by_default(
    index: Index, item: _Attached, taken: dict[Link, Unknown | None], loose: Unknown | None
) -> Iterator[TransitAssociation | TransitPropagation]:
    """
    Yield what an attachment gets because nothing else is written; on both sides, where it joins two gateways.
    """
    address = item.origin.address
    unsure = taken.get(address) if address in taken else loose
    if item.association is not False and (address not in taken or unsure is not None):
        found = _default(index, item.gateway, "association")
        if found is not None:
            maybe = unsure or found.maybe or (item.association if isinstance(item.association, Unknown) else None)
            yield TransitAssociation(item.origin, found.table, address, default=True, maybe=maybe)
    if item.propagation is not False:
        found = _default(index, item.gateway, "propagation")
        if found is not None:
            maybe = found.maybe or (item.propagation if isinstance(item.propagation, Unknown) else None)
            yield TransitPropagation(item.origin, found.table, address, default=True, maybe=maybe)


def _route(index: Index, one: View) -> Iterator[TransitRoute | Problem]:
    """
    Yield the static route that a resource is.
    """
    table = follow(index, one, "table")
    paired = beside(index, one, "table", table)
    found: list[Prefix | Unknown] = []
    for item in read.prefixes(one, "cidr4"):
        if isinstance(item, Problem):
            yield item
        found.append(Unknown(item.message, item.span) if isinstance(item, Problem) else item)
    for slot in one.slots("lists"):
        span = one.origin.at(slot.field)
        target = link(index, slot.value, span, ("prefix list",))
        unread = target if isinstance(target, Unknown) else Unknown(f"the entries of {target} are not in the text", span)
        found.extend(list_entries(index, target) or (unread,))
    if not found:
        yield Problem(f"{one.address} has no destination", one.origin.span, "give it a CIDR block or a prefix list")
        return
    field = next((slot.field for name in ("cidr4", "lists") for slot in one.slots(name)), "")
    attachment = follow(index, one, "attachment") if one.has("attachment") else None
    dropped = read.switch(one, "blackhole", default=False)
    maybe = paired.origin.maybe or one_of(one, table)
    yield TransitRoute(one.origin, table, tuple(found), attachment, dropped, field, maybe)
