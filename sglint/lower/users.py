"""
What names a subnet, whatever for, and what a template gives to a function.
"""

from __future__ import annotations

from collections.abc import Iterator

from sglint.lower.index import Index, find
from sglint.resource import Resource
from sglint.value import Map, Ref, Seq, Unknown, Value

CUSTOM = "AWS::CloudFormation::CustomResource"
"""What may do anything with what it is given: it calls a function."""


def given(index: Index) -> dict[str, Resource]:
    """
    Return what is given to a function that a template calls, and by which resource.
    """
    custom = [one for one in index.resources.values() if one.kind == CUSTOM]
    return {ref.address: one for one in reversed(custom) for ref in refs(one.values)}


def users(index: Index) -> tuple[tuple[str, str, str], ...]:
    """
    Return each subnet with the address and the type of each resource that names it anywhere.
    """
    subnets = {one.address for one in index.of("subnet")}
    found = set()
    for address, resource in index.resources.items():
        if address not in subnets and not resource.kind.startswith("data."):
            named = {ref.address for ref in refs(resource.values)}
            places = named & subnets | {find(index, one) for one in named - subnets} & subnets
            found |= {(subnet, address, resource.kind) for subnet in places}
    return tuple(sorted(found))


def refs(value: Value) -> Iterator[Ref]:
    """
    Yield all references in a value.
    """
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, (Seq, Map)):
        for item in value.items if isinstance(value, Seq) else value.values():
            yield from refs(item)
    elif isinstance(value, Unknown):
        yield from value.refs
        for item in (*value.among, value.element):
            yield from refs(item)
