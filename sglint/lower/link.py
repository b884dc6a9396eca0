"""
References to addresses: what each value leads to, and why where it leads nowhere known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from sglint.lower.index import Index, find, gather, home_of, type_of
from sglint.lower.row import DEFAULT_ACL, DEFAULT_GROUP, Row, Slot, View, is_native
from sglint.model import Link
from sglint.resource import Resource, block_name
from sglint.source import Span
from sglint.value import Map, Ref, Seq, Unknown, Value

_ARN_TAIL = re.compile(r"arn:[^:]*:[^:]*:[^:]*:[^:]*:(?:.*/)?([a-z]++-[0-9a-f]{8,17})$")
_IDENTITY = frozenset({"", "id", "arn", "name", "identifier", "Id", "Arn", "ARN"})
_VPC_PARTS = {
    "default_security_group_id": "default_security_group_id",
    "default_security_group": "default_security_group_id",
    "DefaultSecurityGroup": "default_security_group_id",
    "default_network_acl_id": "default_network_acl_id",
    "default_network_acl": "default_network_acl_id",
    "DefaultNetworkAcl": "default_network_acl_id",
    "default_route_table_id": "main_route_table_id",
    "main_route_table_id": "main_route_table_id",
}
_PARTS = {
    "default_security_group_id": "default security group",
    "default_network_acl_id": "default network ACL",
    "main_route_table_id": "main route table",
}
_OWN_WORDS = {"default_security_group_id": DEFAULT_GROUP, "default_network_acl_id": DEFAULT_ACL}
_TRANSIT_TABLES = ("association_default_route_table_id", "propagation_default_route_table_id")
_GATEWAYS = frozenset({"aws_ec2_transit_gateway", "awscc_ec2_transit_gateway", "AWS::EC2::TransitGateway"})
_GATEWAY_NAME = re.compile(r"transit_gateway_id|TransitGatewayId|T[gG][wW]I[dD]")
"""How an argument of a module, or a parameter of a stack, is called that takes a transit gateway."""
_PROVIDERS = ("aws_", "awscc_")
_DEPTH = 16
_NAMED = frozenset({"subnet group", "launch template", "launcher", "cluster"})


def build(resources: Sequence[Resource], table: Mapping[str, Row]) -> Index:
    """
    Return the index of these resources.
    """
    index = gather(resources, table)
    for one in (*index.of("default group"), *index.of("default table"), *index.of("default acl")):
        _adopt(index, one)
    for one in index.of("table"):
        if one.resource.kind.startswith("data."):
            _identify(index, one)
    return index


def _adopt(index: Index, one: View) -> None:
    """
    Remember which resource manages the default group, ACL or main table of a VPC.
    """
    if one.row.noun == "default group":
        vpc = follow(index, one, "vpc", ("vpc",))
        if isinstance(vpc, str):
            index.adopted.setdefault(f"{vpc}.default_security_group_id", one.address)
        return
    name, part = ("acl", "default_network_acl_id") if one.row.noun == "default acl" else ("table", "main_route_table_id")
    value = one.value(name)
    if isinstance(value, Ref) and _VPC_PARTS.get(value.attribute) == part:
        vpc = link(index, Ref(value.address, "id"), one.at(name), ("vpc",))
        if isinstance(vpc, str):
            index.adopted.setdefault(f"{vpc}.{part}", one.address)


def _identify(index: Index, one: View) -> None:
    """
    Remember which table a data source finds: the one that serves its subnet, or the main one of its VPC.
    """
    if one.has("subnet"):
        subnet = follow(index, one, "subnet", ("subnet",))
        serving = pointing(index, "association", "subnet").get(subnet, ()) if isinstance(subnet, str) else ()
        table = follow(index, serving[0], "table") if len(serving) == 1 and serving[0].origin.maybe is None else None
    else:
        wanted = [block for block in one.blocks("filters") if isinstance(block, View)]
        main = any(block.value("name") == "association.main" for block in wanted)
        vpc = follow(index, one, "vpc", ("vpc",)) if main else None
        table = part_of(index, vpc, "main_route_table_id", one.origin.span) if isinstance(vpc, str) else None
    if isinstance(table, str) and table != one.address:
        index.adopted[one.address] = table


def pointing(index: Index, noun: str, name: str) -> Mapping[str, tuple[View, ...]]:
    """
    Return the resources of `noun` by the address that their `name` leads to.
    """
    if (noun, name) not in index.joins:
        found: dict[str, list[View]] = {}
        for one in index.of(noun):
            for item in one.slots(name):
                for target in links(index, item, one.origin.at(item.field)):
                    if isinstance(target, str):
                        found.setdefault(target, []).append(one)
        index.joins[noun, name] = {key: tuple(group) for key, group in found.items()}
    return index.joins[noun, name]


def follow(index: Index, one: View, name: str, nouns: tuple[str, ...] = (), *, required: bool = True) -> Link:
    """
    Return what the part `name` of a resource leads to; where it is required, being null is none of its alternatives.
    """
    value, span = one.value(name), one.at(name)
    if required and isinstance(value, Unknown) and None in value.among:
        sides = tuple(item for item in value.among if item is not None)
        value = sides[0] if len(sides) == 1 else replace(value, among=sides)
    named = _named(index, value, nouns, one.address)
    return named if named is not None else link(index, value, span, nouns)


def _named(index: Index, value: Value, nouns: tuple[str, ...], near: str) -> str | None:
    """
    Return the one resource that has this name; of several of one name, the one in the same module as `near`.

    A name that is not known still tells who is meant, when it is unknown in the same way as the name of a resource.
    """
    if isinstance(value, Unknown):
        nouns = tuple(noun for noun in nouns if noun in _NAMED)
    elif not isinstance(value, str):
        return None
    found = [address for noun in nouns for address in index.names.get((noun, value), ())]
    if len(found) > 1:
        found = [address for address in found if home_of(index, address) == home_of(index, near)]
    return found[0] if len(found) == 1 else None


def link(index: Index, value: Value, span: Span, nouns: tuple[str, ...] = (), depth: int = 0) -> Link:
    """
    Return the address that a value leads to: a literal id is its own, and what leads nowhere is unknown with its reason.

    `nouns` are what it may be; none for anything.
    """
    if depth > _DEPTH:
        return Unknown("the reference leads back to itself", span)
    if isinstance(value, Seq) and len(value) == 1:
        return link(index, value[0], span, nouns, depth + 1)
    if isinstance(value, str):
        return _literal(index, value, span, nouns)
    if isinstance(value, Ref):
        return _reference(index, value, span, nouns, depth)
    if isinstance(value, Unknown):
        return _bounded(index, value, span, nouns, depth)
    if value is None:
        return Unknown("it is not given", span)
    return Unknown("the value is not an identity", span)


def _literal(index: Index, value: str, span: Span, nouns: tuple[str, ...]) -> Link:
    text = value.strip()
    if not text:
        return Unknown("it is empty", span)
    tail = _ARN_TAIL.match(text)
    text = tail[1] if tail else text
    if text in index.literals:
        return index.literals[text]
    named = [address for noun in nouns for address in index.names.get((noun, text), ())]
    if len(named) > 1:
        return Unknown(f"several resources are named {text}", span, among=tuple(named))
    return named[0] if named else text


def _bounded(index: Index, value: Unknown, span: Span, nouns: tuple[str, ...], depth: int) -> Unknown:
    """
    Return the unknown with its alternatives as addresses, where each of them is one.
    """
    here = value if value.span is not None else replace(value, span=span)
    if not value.among:
        return here
    found = [link(index, item, span, nouns, depth + 1) for item in value.among if item is not None]
    if len(found) < len(value.among) or any(isinstance(item, Unknown) for item in found):
        return replace(here, among=())
    return replace(here, among=tuple(dict.fromkeys(item for item in found if isinstance(item, str))))


def _reference(index: Index, ref: Ref, span: Span, nouns: tuple[str, ...], depth: int) -> Link:
    address = find(index, ref.address)
    kind = type_of(index, ref.address)
    if kind == "module":
        return _output(index, address or ref.address, ref, span, nouns)
    if not address:
        if not nouns and ref.attribute in _IDENTITY and kind.removeprefix("data.").startswith(_PROVIDERS):
            return ref.address
        late = "is known only after deployment" if kind.startswith("data.") or kind.isalnum() else "leads to nothing known"
        return Unknown(f"{ref} {late}", span, refs=(ref,))
    one = index.views.get(address)
    part = _part(index, one, ref, span, depth) if one is not None else None
    if part is not None:
        return part
    if _is_identity(one, ref.attribute):
        return _alias(index, one, address, span, nouns, depth)
    written = index.resources[address].values.get(ref.attribute)
    if written is not None:
        return link(index, written, span, nouns, depth + 1)
    return Unknown(f"{ref} is known only after deployment", span, refs=(ref,))


def _part(index: Index, one: View, ref: Ref, span: Span, depth: int) -> Link | None:
    """
    Return what a resource has by itself where a reference names such a part of it, None where it names something else.
    """
    if one.row.noun == "vpc" and ref.attribute in _VPC_PARTS:
        vpc = link(index, Ref(one.address, "id"), span, ("vpc",), depth + 1)
        return part_of(index, vpc, _VPC_PARTS[ref.attribute], span) if isinstance(vpc, str) else vpc
    by_itself = one.row.noun == "transit gateway" and ref.attribute in _TRANSIT_TABLES
    if not by_itself and not (ref.attribute and block_name(ref.attribute) == own_group_path(one)):
        return None
    owner = _alias(index, one, one.address, span, (one.row.noun,), depth)
    if isinstance(owner, Unknown):
        return owner
    return (transit_table if by_itself else own_group)(index.views.get(owner, one))


def own_group_path(one: View) -> str:
    """
    Return the attribute by which others refer to the group that a service makes for this resource, "" for none.
    """
    return one.row.kinds[one.resource.kind].get("made", "").replace("[]", "")


def own_group(one: View) -> str:
    """
    Return the address of the group that a service makes for this resource: the attribute that names it, or its id if known.
    """
    known = one.value("made")
    path = one.row.kinds[one.resource.kind]["made"].replace("[]", "[0]")
    return known if isinstance(known, str) else f"{one.address}.{path}"


def _output(index: Index, module: str, ref: Ref, span: Span, nouns: tuple[str, ...]) -> Link:
    """
    Return what an output of a module that cannot be read leads to: a subnet that the module may route to a gateway, or unknown.
    """
    call = index.resources.get(module)
    if call is None or nouns != ("subnet",) or gateway_given(index, call.values) is None:
        return Unknown(hidden_module(index, module), span, refs=(ref,))
    index.outputs[str(ref)] = module
    return str(ref)


def _is_identity(one: View | None, attribute: str) -> bool:
    whole = block_name(attribute)
    return whole in _IDENTITY or (one is not None and whole in one.row.identity)


def _alias(index: Index, one: View | None, address: str, span: Span, nouns: tuple[str, ...], depth: int) -> Link:
    """
    Return the address of a resource, or what a data source that is asked for by identity stands for.
    """
    if one is None:
        return address
    if nouns and one.row.noun not in nouns:
        return Unknown(f"{address} is not a {nouns[0]}", span, refs=(Ref(address, "id"),))
    if address in index.adopted:
        return index.adopted[address]
    same = one.value("id") if one.resource.kind.startswith("data.") else None
    return link(index, same, span, nouns, depth + 1) if isinstance(same, Ref) else address


def is_alias(one: View) -> bool:
    """
    Return whether a data source only looks up what another resource's identity names.
    """
    return one.resource.kind.startswith("data.") and isinstance(one.value("id"), Ref)


def looked_up(index: Index, value: Value) -> Value:
    """
    Return what is written for an attribute of the resource that a data source looks up by its identity, or the value itself.
    """
    one = index.views.get(find(index, value.address)) if isinstance(value, Ref) else None
    if one is None or not isinstance(value, Ref) or not is_alias(one):
        return value
    same = link(index, one.value("id"), one.origin.span, (one.row.noun,))
    made = index.resources.get(same) if isinstance(same, str) else None
    written = None if made is None else made.values.get(value.attribute)
    return value if written is None or same == one.address else written


def part_of(index: Index, vpc: str, attribute: str, span: Span) -> Link:
    """
    Return the address of a VPC's default group, ACL or main table: of the resource that adopts it, or of the implicit one.
    """
    one = index.views.get(vpc)
    if one is None:
        return Unknown(f"the {_PARTS[attribute]} of {vpc} is not in the text", span)
    return index.adopted.get(f"{vpc}.{attribute}", implicit(one, attribute))


def implicit(vpc: View, attribute: str) -> str:
    """
    Return the address of the default group, ACL or main table that a VPC has by itself, in the words of its format.
    """
    if attribute in _OWN_WORDS:
        return f"{vpc.address}.{vpc.row.kinds[vpc.resource.kind].get(_OWN_WORDS[attribute], attribute)}"
    return f"{vpc.address} (main route table)" if is_native(vpc) else f"{vpc.address}.{attribute}"


def transit_table(gateway: View) -> str:
    """
    Return the address of the route table that a transit gateway is made with, its default one.
    """
    return f"{gateway.address} (default route table)" if is_native(gateway) else f"{gateway.address}.{_TRANSIT_TABLES[0]}"


def hidden_module(index: Index, address: str) -> str:
    """
    Return why nothing is known of what lies in a module that could not be read.
    """
    if address not in index.modules:
        call = block_name(address)
        resource = index.resources.get(address)
        given = resource is not None and gateway_given(index, resource.values) is not None
        index.modules[address] = f"{address} could not be read" + (f" ({call} is given a transit gateway)" if given else "")
    return index.modules[address]


def gateway_given(index: Index, value: Value) -> Value:
    """
    Return the transit gateway that is named anywhere in a value, None when there is none.
    """
    if isinstance(value, Ref):
        return value if type_of(index, value.address).removeprefix("data.") in _GATEWAYS else None
    if isinstance(value, str):
        return value if value.startswith("tgw-") else None
    if isinstance(value, Map):
        named = (item for key, item in value.items() if isinstance(item, (Ref, Unknown)) and _GATEWAY_NAME.search(key))
        return next(_first(gateway_given(index, item) for item in value.values()), next(named, None))
    if isinstance(value, Unknown):
        return next(_first(gateway_given(index, item) for item in (*value.refs, *value.among, value.element)), None)
    return next(_first(gateway_given(index, item) for item in value.items), None) if isinstance(value, Seq) else None


def _first(values: Iterable[Value]) -> Iterator[Value]:
    return (value for value in values if value is not None)


def links(index: Index, slot: Slot, span: Span, nouns: tuple[str, ...] = ()) -> tuple[Link, ...]:
    """
    Return what a value leads to that is one identity or a collection of them.

    An item that may be missing is an `Unknown` whose `refs` name it.
    """
    value = slot.value
    if isinstance(value, Seq):
        found = [found for item in value.items for found in links(index, Slot(slot.field, item, slot.maybe), span, nouns)]
        return tuple(dict.fromkeys(found))
    if isinstance(value, Unknown) and value.element is not None:
        return links(index, Slot(slot.field, value.element, slot.maybe or value), span, nouns)
    if isinstance(value, Unknown) and any(isinstance(item, Seq) for item in value.among):
        return _either(index, value, slot, span, nouns)
    if value in (None, ""):
        return ()
    found_link = link(index, value, span, nouns)
    if slot.maybe is not None and isinstance(found_link, str) and "[*]" not in found_link:
        return (Unknown(slot.maybe.why, slot.maybe.span or span, refs=(Ref(found_link, "id"),)),)
    return (found_link,)


def _either(index: Index, value: Unknown, slot: Slot, span: Span, nouns: tuple[str, ...]) -> tuple[Link, ...]:
    """
    Return what is in every alternative as it is, and the rest as unknown.
    """
    sides = [links(index, Slot(slot.field, side, None), span, nouns) for side in value.among]
    common = [item for item in sides[0] if all(item in side for side in sides)]
    rest = sorted({item for side in sides for item in side if isinstance(item, str) and item not in common})
    refs = tuple(Ref(item, "id") for item in rest)
    if not rest and all(len(side) == len(common) for side in sides):
        return tuple(common)
    among = tuple(rest) if all(len(side) == len(common) + 1 for side in sides) and not common else ()
    return (*common, Unknown(value.why, value.span or span, among=among if len(among) == len(sides) else (), refs=refs))


def places(index: Index, slots: Iterable[Slot], one: View) -> tuple[Link, ...]:
    """
    Return the subnets that a thing has interfaces in; a collection of unknown size stands for its elements.
    """
    found = unique(item for slot in slots for item in links(index, slot, one.origin.at(slot.field), ("subnet",)))
    if len(found) == 1 and isinstance(found[0], Unknown) and not found[0].among and len(found[0].refs) == 1:
        ref = found[0].refs[0]
        if ref.attribute == "id" and ref.address in index.views and index.views[ref.address].row.noun == "subnet":
            return (ref.address,)
    return found


def unique(items: Iterable[Link]) -> tuple[Link, ...]:
    """
    Return the links without repetition, in order.
    """
    return tuple(dict.fromkeys(items))
