"""
From literal ids to the resources that have them.

What exists already is known in a plan by its id. Where an id is that of something else in the plan, the reference is put
back, so that a known network reads like one that is yet to be made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from sglint.evaluate.plan.read import Item
from sglint.value import Map, Ref, Seq, Unknown, Value

_ID = re.compile(r"[a-z][a-z-]*-[0-9a-f]{8,17}")
_ISSUED: dict[str, tuple[str, ...]] = {
    "aws_vpc": ("default_security_group_id", "main_route_table_id", "default_route_table_id"),
    "aws_default_vpc": ("default_security_group_id", "main_route_table_id", "default_route_table_id"),
    "aws_ec2_transit_gateway": ("association_default_route_table_id", "propagation_default_route_table_id"),
    "aws_instance": ("primary_network_interface_id",),
    "aws_spot_instance_request": ("spot_instance_id", "primary_network_interface_id"),
    "aws_vpc_endpoint_service": ("service_name",),
    "aws_networkfirewall_firewall": ("firewall_status",),
    "aws_vpc_endpoint": ("network_interface_ids",),
    "awscc_ec2_vpc": ("vpc_id",),
    "awscc_ec2_subnet": ("subnet_id",),
}
"""What AWS gives out together with a thing, besides its id and ARN."""
_LISTED = ("ids",)


def identities(items: Mapping[str, Item]) -> dict[str, Ref]:
    """
    Return what each literal id in the plan is the identity of: of several, resources come before data sources.
    """
    found: dict[str, Ref] = {}
    ordered = sorted(items.values(), key=lambda item: (item.kind.startswith("data."), item.address))
    for names in (("id", "arn"), _ISSUED, _LISTED):
        for item in ordered:
            kind = item.kind.removeprefix("data.")
            own = (*names.get(kind, ()), f"{kind.removeprefix('aws_')}_id") if isinstance(names, dict) else names
            for name in own:
                for path, text in _texts(item.values.get(name), name):
                    if path == "service_name" or _ID.fullmatch(text) or text.startswith("arn:"):
                        found.setdefault(text, Ref(item.address, path))
    return found


def _texts(value: Value, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Seq):
        for number, item in enumerate(value.items):
            yield from _texts(item, f"{path}[{number}]")
    elif isinstance(value, Map):
        for name, item in value.items():
            yield from _texts(item, f"{path}.{name}")


def referring(value: Value, known: Mapping[str, Ref], own: str) -> Value:
    """
    Return the value with the ids of other things than `own` replaced by references to them.
    """
    if isinstance(value, str):
        ref = known.get(value)
        return value if ref is None or ref.address == own else ref
    if isinstance(value, Seq):
        return Seq(_all(value.items, known, own), value.kind)
    if isinstance(value, Map):
        return Map(tuple((key, referring(item, known, own)) for key, item in value.items()), value.kind)
    if isinstance(value, Unknown) and (value.among or value.element is not None):
        return replace(value, among=_all(value.among, known, own), element=referring(value.element, known, own))
    return value


def _all(items: Iterable[Value], known: Mapping[str, Ref], own: str) -> tuple[Value, ...]:
    return tuple(referring(item, known, own) for item in items)
