"""
Route tables, what they serve, and their routes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sglint.lower import read
from sglint.lower.index import Index, beside, one_of
from sglint.lower.link import follow, is_alias, link, links, part_of, pointing
from sglint.lower.permission import list_entries
from sglint.lower.row import Row, View
from sglint.lower.target import CLOUDFORMATION_WORDS, WORDS, endpoint_type, gateway_endpoint, service_families, targets
from sglint.lower.users import given
from sglint.lower.vpc import vpc_of
from sglint.model import Association, Link, Prefix, Route, Table, Target, TargetKind
from sglint.source import Problem, Span
from sglint.space import Family
from sglint.value import Ref, Unknown

_INLINE = {"cidr4": "cidr_block", "cidr6": "ipv6_cidr_block", "lists": "destination_prefix_list_id", **WORDS}
_TABLE = {
    "vpc": "vpc_id",
    "routes": "route",
    "propagating": "propagating_vgws",
    **{f"routes.{name}": path for name, path in _INLINE.items()},
}
_DEFAULT_TABLE = {name: path for name, path in _TABLE.items() if path not in ("carrier_gateway_id", "local_gateway_id")}
_DESTINATION = {
    "table": "route_table_id",
    "cidr4": "destination_cidr_block",
    "cidr6": "destination_ipv6_cidr_block",
    "lists": "destination_prefix_list_id",
}
_TABLES = ("table", "default table", "tables")
ROWS = (
    Row(
        "table",
        {
            "aws_route_table": _TABLE,
            "AWS::EC2::RouteTable": {"vpc": "VpcId"},
            "data.aws_route_table": {
                "id": "route_table_id",
                "vpc": "vpc_id",
                "subnet": "subnet_id",
                "gateway": "gateway_id",
                "filters": "filter",
                "filters.name": "name",
            },
        },
        ("route_table_id", "RouteTableId"),
    ),
    Row("tables", {"data.aws_route_tables": {"vpc": "vpc_id"}}, ("ids",)),
    Row("default table", {"aws_default_route_table": {**_DEFAULT_TABLE, "table": "default_route_table_id"}}),
    Row(
        "route",
        {
            "aws_route": {**_DESTINATION, **WORDS},
            "AWS::EC2::Route": {
                "table": "RouteTableId",
                "cidr4": "DestinationCidrBlock",
                "cidr6": "DestinationIpv6CidrBlock",
                "lists": "DestinationPrefixListId",
                **CLOUDFORMATION_WORDS,
            },
        },
    ),
    Row(
        "association",
        {
            "aws_route_table_association": {"table": "route_table_id", "subnet": "subnet_id", "gateway": "gateway_id"},
            "AWS::EC2::SubnetRouteTableAssociation": {"table": "RouteTableId", "subnet": "SubnetId"},
            "AWS::EC2::GatewayRouteTableAssociation": {"table": "RouteTableId", "gateway": "GatewayId"},
        },
    ),
    Row("main association", {"aws_main_route_table_association": {"table": "route_table_id", "vpc": "vpc_id"}}),
    Row(
        "propagation",
        {
            "aws_vpn_gateway_route_propagation": {"table": "route_table_id", "gateway": "vpn_gateway_id"},
            "aws_vpc_route_server_propagation": {"table": "route_table_id"},
            "AWS::EC2::VPNGatewayRoutePropagation": {"table": "RouteTableIds", "gateway": "VpnGatewayId"},
            "AWS::EC2::RouteServerPropagation": {"table": "RouteTableId"},
        },
    ),
    Row(
        "endpoint table",
        {"aws_vpc_endpoint_route_table_association": {"table": "route_table_id", "endpoint": "vpc_endpoint_id"}},
    ),
)


def lower(index: Index) -> Iterator[Table | Association | Route | Problem]:
    """
    Yield the route tables of a root, what they serve, and their routes.
    """
    mains, functions = _mains(index), given(index)
    for one in (*index.of("table"), *index.of("default table"), *index.of("tables")):
        if not is_alias(one) and one.address not in index.adopted:
            yield _table(index, one, mains)
            yield from _inline_routes(index, one)
            by = functions.get(one.address)
            if by is not None:
                what = f"routes that the function of {by.address} sets in {one.address} are not seen"
                yield Problem(what, by.origin.span, "judge what they lead to by hand")
            yield from _propagated_routes(index, one, one.address, "propagating")
            if one.has("subnet"):
                yield Association(one.origin, one.address, follow(index, one, "subnet", ("subnet",)))
    for one in index.of("vpc"):
        yield from _implicit(index, one, mains)
    for written in index.of("route"):
        table = follow(index, written, "table", _TABLES)
        one = beside(index, written, "table", table)
        yield from _route(index, one, one, table)
    for one in index.of("propagation"):
        for table in _tables(index, one):
            yield from _propagated_routes(index, one, table, "gateway")
    for one in (*index.of("association"), *index.of("main association")):
        yield from _association(index, one)
    for one in index.of("vpc endpoint"):
        yield from _endpoint_routes(index, one)


def _mains(index: Index) -> dict[str, str]:
    """
    Return by VPC the table that surely became its main table instead of the one it was made with.
    """
    found: dict[str, str] = {}
    for one in index.of("main association"):
        vpc = follow(index, one, "vpc", ("vpc",))
        table = follow(index, one, "table", _TABLES)
        if isinstance(vpc, str) and one.origin.maybe is None:
            found[vpc] = table if isinstance(table, str) else ""
    return found


def _table(index: Index, one: View, mains: dict[str, str]) -> Table:
    """
    Return the table that a resource is.
    """
    if one.row.noun != "default table":
        return Table(one.origin, vpc_of(index, one), one.address in mains.values(), _hidden(index, one))
    vpc = _default_vpc(index, one)
    main = not (isinstance(vpc, str) and vpc in mains) or mains[vpc] == one.address
    return Table(one.origin, vpc, main, _hidden(index, one))


def _default_vpc(index: Index, one: View) -> Link:
    """
    Return the VPC whose main table an aws_default_route_table manages.
    """
    table = one.value("table")
    if isinstance(table, Ref) and table.attribute in ("default_route_table_id", "main_route_table_id"):
        return link(index, Ref(table.address, "id"), one.at("table"), ("vpc",))
    return read.unknown(table, one.at("table")) if not isinstance(table, str) else _elsewhere(one, table)


def _elsewhere(one: View, table: str) -> Unknown:
    return Unknown(f"the VPC of {table} is not in the text", one.at("table"))


def _hidden(index: Index, one: View) -> Unknown | None:
    """
    Return why some routes of a table are not in the text.
    """
    if one.found:
        return Unknown(f"the routes of {one.address} are not in the text", one.origin.span)
    return _propagated(index, one.address)


def _propagated(index: Index, address: str) -> Unknown | None:
    """
    Return why routes may appear in a table that nobody wrote, of which it is not known either where they lead.
    """
    found = [one for one in pointing(index, "propagation", "table").get(address, ()) if not one.has("gateway")]
    return Unknown(f"routes are propagated into {address}", found[0].origin.span) if found else None


def _tables(index: Index, one: View) -> tuple[Link, ...]:
    """
    Return the tables that a resource names, one or a list of them.
    """
    found = [item for slot in one.slots("table") for item in links(index, slot, one.origin.at(slot.field), _TABLES)]
    return tuple(found) or (follow(index, one, "table", _TABLES),)


def _propagated_routes(index: Index, one: View, table: Link, name: str) -> Iterator[Route]:
    """
    Yield the routes that virtual private gateways propagate into a table: where they lead is known, and not for what.
    """
    for slot in one.slots(name):
        span = one.origin.at(slot.field)
        for item in links(index, slot, span):
            unwritten = Unknown(f"what {item} propagates is not in the text" if isinstance(item, str) else item.why, span)
            target = Target(TargetKind.VIRTUAL_PRIVATE_GATEWAY, item if isinstance(item, str) else "")
            maybe = item if isinstance(item, Unknown) else slot.maybe
            yield Route(one.origin, table, (unwritten,), (target,), slot.field, maybe=maybe)


def _implicit(index: Index, vpc: View, mains: dict[str, str]) -> Iterator[Table]:
    """
    Yield the main table of a VPC that no resource adopts; a new VPC's has only its local route.
    """
    address = part_of(index, vpc.address, "main_route_table_id", vpc.origin.span)
    if is_alias(vpc) or not isinstance(address, str) or address in index.views:
        return
    hidden = _propagated(index, address)
    if vpc.found:
        hidden = Unknown(f"the routes of the main route table of {vpc.address} are not in the text", vpc.origin.span)
    elif vpc.resource.kind.startswith("AWS::"):
        why = f"no resource of a template is the main route table of {vpc.address}, so its routes are not in the text"
        hidden = Unknown(why, vpc.origin.span)
    main = vpc.address not in mains or mains[vpc.address] == address
    yield Table(replace(vpc.origin, address=address), vpc.address, main, hidden)


def _inline_routes(index: Index, one: View) -> Iterator[Route | Problem]:
    for block in one.blocks("routes"):
        if isinstance(block, View):
            yield from _route(index, one, block, one.address)
            continue
        because = read.unknown(block.value, one.origin.at(block.field))
        anywhere = (Target(TargetKind.UNKNOWN, why=because),)
        yield Route(one.origin, one.address, (because,), anywhere, block.field, maybe=because)


def _route(index: Index, one: View, route: View, table: Link) -> Iterator[Route | Problem]:
    """
    Yield the route that a resource or block is.
    """
    found, families, problems = _destinations(index, route)
    yield from problems
    if not found and not problems:
        span = one.origin.at(route.prefix.rstrip("."))
        yield Problem(f"a route of {one.address} has no destination", span, "give it a CIDR block or a prefix list")
        return
    field = next((slot.field for name in ("cidr4", "cidr6", "lists") for slot in route.slots(name)), "")
    yield Route(one.origin, table, found, targets(index, route), field, families, route.maybe or one_of(one, table))


def _destinations(index: Index, route: View) -> tuple[tuple[Prefix | Unknown, ...], tuple[Family, ...], tuple[Problem, ...]]:
    """
    Return the destinations of a route, the families that its unknown ones may be of, and what is no destination.

    Of several attributes that may be given, those that are null in the end do not count.
    """
    found: list[Prefix | Unknown] = []
    problems: list[Problem] = []
    families: list[Family] = []
    for name, family in (("cidr4", Family.IPV4), ("cidr6", Family.IPV6)):
        for item in read.prefixes(route, name):
            if isinstance(item, Problem):
                problems.append(item)
            else:
                found.append(item)
            families.append(family)
    for slot in route.slots("lists"):
        span = route.origin.at(slot.field)
        target = link(index, slot.value, span, ("prefix list",))
        known = list_entries(index, target)
        found.extend(known if known is not None else (_of_list(target, span),))
        families.extend(Family)
    sure = [item for item in found if not isinstance(item, Unknown)]
    if problems and not found:
        found = [Unknown(problem.message, problem.span) for problem in problems]
    return tuple(sure or found), tuple(dict.fromkeys(families)) or tuple(Family), tuple(problems)


def _of_list(target: Link, span: Span) -> Unknown:
    if isinstance(target, Unknown):
        return target
    return Unknown(f"the entries of {target} are not in the text", span)


def _association(index: Index, one: View) -> Iterator[Association]:
    """
    Yield what a table serves.
    """
    table = follow(index, one, "table", _TABLES)
    if one.row.noun == "main association":
        yield Association(one.origin, table, vpc=follow(index, one, "vpc", ("vpc",)))
    elif one.has("gateway") and not one.has("subnet"):
        yield Association(one.origin, table, gateway=follow(index, one, "gateway"))
    else:
        slots = one.slots("subnet")
        found = [item for slot in slots for item in links(index, slot, one.origin.at(slot.field), ("subnet",))]
        for item in found or [link(index, None, one.at("subnet"))]:
            paired = beside(index, one, "subnet", item)
            maybe = paired.origin.maybe or one_of(one, item)
            yield Association(replace(one.origin, maybe=maybe), table, item)


def _endpoint_routes(index: Index, one: View) -> Iterator[Route]:
    """
    Yield the routes that a gateway endpoint puts into its tables; their destination is the service's prefix list.
    """
    kind = endpoint_type(index, one)
    if kind != "gateway" or is_alias(one):
        return
    target = gateway_endpoint(index, one)
    destination = Unknown(f"the addresses of the service of {one.address} are not in the text", one.origin.span)
    families = service_families(one)
    doubt = None if families else read.unknown(one.value("family"), one.at("family"))
    for slot in one.slots("tables"):
        for table in links(index, slot, one.origin.at(slot.field), _TABLES):
            yield Route(
                one.origin, table, (destination,), (target,), slot.field, families or tuple(Family), slot.maybe or doubt
            )
    for more in pointing(index, "endpoint table", "endpoint").get(one.address, ()):
        table = follow(index, more, "table", _TABLES)
        origin = more.origin if more.origin.maybe is not None else replace(more.origin, maybe=one.origin.maybe)
        yield Route(origin, table, (destination,), (target,), "route_table_id", families or tuple(Family), doubt)
