"""
Interfaces of managed services, by the rows that say where each writes its subnets and groups.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sglint.lower.catalogue import ANSWERING, LAMBDA, NOT_MODELLED, ROWS, UNSAID
from sglint.lower.index import Index
from sglint.lower.interface import given_groups, or_default
from sglint.lower.link import follow, places, pointing, unique
from sglint.lower.made import groups_made, made_groups
from sglint.lower.read import switch
from sglint.lower.row import Slot, View, settle
from sglint.model import Direction, Group, Interface, Link, Role
from sglint.source import Problem
from sglint.value import Map, Seq, Unknown, Value

__all__ = ["NOT_MODELLED", "ROWS", "lower", "not_modelled"]
_ROLES = {
    "managed": (Role.MANAGED, ""),
    "cluster": (Role.MANAGED, ""),
    "lambda": (Role.MANAGED, LAMBDA),
    "task": (Role.WORKLOAD, ""),
}
_BLOCKS = {"more": Role.MANAGED, "tasks": Role.WORKLOAD}


def lower(index: Index) -> Iterator[Interface | Group | Problem]:
    """
    Yield the interfaces of managed services that lie in a subnet, and the groups that services make.
    """
    for noun, (role, automatic) in _ROLES.items():
        for one in index.of(noun):
            if not one.found and not one.has("inside"):
                found = [item for part, kind in _parts(one, role) for item in _interface(index, one, part, kind, automatic)]
                for position, item in enumerate(dict.fromkeys(found)):
                    address = one.address if position == 0 else f"{one.address} (interface {position + 1})"
                    yield replace(item, origin=replace(item.origin, address=address))
                if found:
                    yield from groups_made(index, one, found[0].subnets)


def _parts(one: View, role: Role) -> Iterator[tuple[View | Slot, Role]]:
    """
    Yield what has interfaces: the resource as a whole, and each of its blocks that has some of its own.
    """
    yield one, role
    for name, kind in _BLOCKS.items():
        for block in one.blocks(name):
            yield block, kind


def _interface(index: Index, one: View, part: View | Slot, role: Role, automatic: str) -> Iterator[Interface]:
    """
    Yield the interfaces of one part, none when it lies in no VPC; a block without subnets lies in those of the resource.
    """
    if isinstance(part, Slot):
        because = part.value if isinstance(part.value, Unknown) else Unknown("the block is not known", one.origin.span)
        origin = replace(one.origin, maybe=one.origin.maybe or because)
        yield Interface(origin, one.resource.kind, role, (because,), (because,), automatic)
        return
    inside = part.slots("subnets")
    if not inside and part.prefix:
        inside = tuple(replace(slot, maybe=slot.maybe or part.maybe) for slot in one.slots("subnets"))
    maybe, places_, named = settle(inside, part.slots("groups"))
    subnets = _subnets(index, part, places_)
    if subnets:
        groups = _groups(index, one, part, named) or or_default(index, (), subnets, part.at("groups"))
        origin = one.origin if maybe is None or one.origin.maybe else replace(one.origin, maybe=maybe)
        answers = Direction.IN if one.resource.kind in ANSWERING else None
        purpose = Direction.OUT if automatic == LAMBDA else answers
        open_ = _public(index, one, part)
        yield Interface(origin, one.resource.kind, role, subnets, groups, automatic, public=open_, purpose=purpose)


def _public(index: Index, one: View, part: View) -> bool | Unknown:
    """
    Return whether a service has a public address, which some have that do not say so; a cluster has those of its members.
    """
    members = [switch(each, "public", default=False) for each in pointing(index, "cluster member", "of").get(one.address, ())]
    if members:
        return next((each for each in members if each is True), next((each for each in members if each is not False), False))
    unsaid = UNSAID.get(one.resource.kind, False)
    written = part.value("public")
    sides = written.among if isinstance(written, Unknown) else (written,)
    if isinstance(unsaid, str) and None in sides:
        return Unknown(f"whether {one.address} has a public address is not written, and {unsaid}", one.origin.span)
    return switch(part, "public", default=unsaid is True)


def _groups(index: Index, one: View, part: View, named: tuple[Slot, ...]) -> tuple[Link, ...]:
    """
    Return the groups that are written for a part, those of its owner, and those that the service makes.
    """
    given = given_groups(index, (_listed(slot) for slot in named), part)
    return unique((*(given or _of_owner(index, one)), *made_groups(index, one, part)))


def _of_owner(index: Index, one: View) -> tuple[Link, ...]:
    """
    Return the groups of the endpoint or launch template that a service takes them from when it names none.
    """
    if not one.has("owner"):
        return ()
    found = follow(index, one, "owner", ("vpn endpoint", "launch template"))
    owner = index.views.get(found) if isinstance(found, str) else None
    if owner is None or owner.found:
        return (found if isinstance(found, Unknown) else Unknown(f"{found} is not in the text", one.at("owner")),)
    devices = (slot for block in owner.blocks("devices") if isinstance(block, View) for slot in block.slots("groups"))
    return given_groups(index, (*owner.slots("groups"), *devices), owner)


def _listed(slot: Slot) -> Slot:
    """
    Return a slot whose text lists several identities as one that holds them.
    """
    if isinstance(slot.value, str) and "," in slot.value:
        return replace(slot, value=Seq(tuple(item.strip() for item in slot.value.split(","))))
    return slot


def _subnets(index: Index, one: View, slots: tuple[Slot, ...]) -> tuple[Link, ...]:
    """
    Return the subnets of a service, directly or through its subnet group; none when it lies in no VPC.
    """
    direct = places(index, slots, one)
    slot = one.slot("subnet_group")
    if direct or slot is None:
        if direct or one.prefix or "subnet_group" not in one.row.kinds[one.resource.kind]:
            return direct
        return (Unknown(f"{one.address} names no subnet group", one.origin.span),)
    span = one.origin.at(slot.field)
    found = follow(index, one, "subnet_group", ("subnet group",))
    group = index.views.get(found) if isinstance(found, str) else None
    inside = places(index, group.slots("subnets"), group) if group is not None else ()
    if inside:
        return inside
    return (found if isinstance(found, Unknown) else Unknown(f"the subnets of {found} are not in the text", span),)


def not_modelled(index: Index) -> Iterator[Problem]:
    """
    Yield a problem for every resource that has interfaces in subnets and whose kind no row covers.
    """
    for address, resource in index.resources.items():
        left = NOT_MODELLED.get(resource.kind)
        if left is not None and _names_subnet(resource.values, left.names):
            message = f"{address} ({resource.kind}) can have interfaces in subnets but is not modelled: {left.why}"
            yield Problem(message, resource.origin.span, "judge its interfaces by hand")


def _names_subnet(value: Value, names: tuple[str, ...]) -> bool:
    """
    Return whether one of the attributes is given somewhere in a value.
    """
    if isinstance(value, Map):
        return any(
            (key in names and item not in (None, "", Seq())) or _names_subnet(item, names) for key, item in value.items()
        )
    return isinstance(value, Seq) and any(_names_subnet(item, names) for item in value.items)
