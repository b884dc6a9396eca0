"""
What a data source surely finds in the network of its own root, although it does not ask by identity.

Evaluation has joined those already that find a resource by what it says. Here are those that need the network: in a VPC that
the same root makes there is nothing that was there before, so its default group, the one group of a name and the one subnet of
a range are what the data source finds.
"""

from __future__ import annotations

from dataclasses import replace

from sglint.lower.index import Index
from sglint.lower.link import is_alias
from sglint.lower.row import View
from sglint.lower.vpc import vpc_of
from sglint.value import Map, Ref, Seq, Value

_IDENTITY = {"vpc": "vpc-id", "subnet": "subnet-id", "group": "group-id"}
_UNIQUE = {"subnet": ("cidr4", ("cidr-block", "cidrBlock", "cidr")), "group": ("name", ("group-name",))}


def identify(index: Index) -> None:
    """
    Let the data sources that surely find a resource of the same root ask for it by its identity.
    """
    for noun, asked in _IDENTITY.items():
        settled = []
        for one in index.of(noun):
            found = None
            if one.resource.kind.startswith("data.") and "id" in one.row.kinds[one.resource.kind] and not one.has("id"):
                by_filter = _filtered(one, (asked,))
                found = by_filter if isinstance(by_filter, Ref) else _in_new_vpc(index, one)
            settled.append(one if found is None else replace(one, values=Map.of({**dict(one.values.items()), "id": found})))
        index.nouns[noun] = tuple(settled)
        index.views.update((one.address, one) for one in settled)


def _filtered(one: View, names: tuple[str, ...]) -> Value:
    """
    Return the one value that a data source filters by under one of these names.
    """
    for block in one.blocks("filters"):
        if isinstance(block, View) and block.value("name") in names:
            values = block.value("values")
            return values[0] if isinstance(values, Seq) and len(values) == 1 else None
    return None


def _in_new_vpc(index: Index, one: View) -> Ref | None:
    """
    Return the identity of what a data source finds in a VPC that the same root makes.
    """
    if one.row.noun not in _UNIQUE:
        return None
    address = vpc_of(index, one)
    vpc = index.views.get(address) if isinstance(address, str) else None
    name, filters = _UNIQUE[one.row.noun]
    wanted = one.value(name) or _filtered(one, filters)
    if vpc is None or vpc.found or "[*]" in vpc.address or not isinstance(wanted, str):
        return None
    if one.row.noun == "group" and wanted == "default":
        return Ref(vpc.address, "default_security_group_id")
    found = [each for each in index.of(one.row.noun) if each.value(name) == wanted and vpc_of(index, each) == address]
    sure = [each for each in found if not each.found and not is_alias(each) and each is not one]
    if len(sure) != 1 or sure[0].origin.maybe is not None or "[*]" in sure[0].address:
        return None
    return Ref(sure[0].address, "id")
