"""
Data sources that find what the same root makes.

A data source that finds one thing fails when there are several. So when all that it asks for is known, and one thing that the
root surely makes has it, that is what it finds, for otherwise the configuration does not work. A data source that finds
a list finds all that there is: that is known only inside a VPC that the root makes, where nothing was before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sglint.evaluate.terraform.body import evaluate_body
from sglint.evaluate.terraform.expand import Every
from sglint.evaluate.terraform.instance import ModuleInstance
from sglint.evaluate.terraform.mark import veiled
from sglint.evaluate.terraform.provider import has_default_tags, provider_of
from sglint.evaluate.terraform.run import META, Run, Thing
from sglint.evaluate.terraform.symbol import same_text
from sglint.evaluate.terraform.unknown import wholly_known
from sglint.frozen import frozen
from sglint.resource import MODULE_STEP, split_key
from sglint.value import Map, Ref, Seq, Symbol, Unknown, Value

MOST_COMPARED = 200_000
"""How many pairs of a data source and a resource are compared in one root."""
MOST_ROUNDS = 4
"""How long a chain of data sources may be that find each other."""


@frozen
class Lookup:
    """
    What a data source finds: resources of these `kinds`, by arguments and filters that stand for their attributes.

    `ids` names the list of what it finds, empty for one thing whose identity is `identity`. In a list of things that come
    with a VPC by themselves only those with tags are sure: `tagged`.
    """

    kinds: tuple[str, ...]
    arguments: Mapping[str, str] = field(default_factory=dict)
    filters: Mapping[str, str] = field(default_factory=dict)
    identity: str = "id"
    ids: str = ""
    tagged: bool = False


_RANGE = {"cidr": "cidr_block", "cidr-block": "cidr_block", "cidrBlock": "cidr_block"}
_ZONE = {"availability-zone": "availability_zone", "availabilityZone": "availability_zone"}
_IN_VPC = {"vpc-id": "vpc_id"}
_SUBNET = {"subnet-id": "id", **_IN_VPC, **_RANGE, **_ZONE, "map-public-ip-on-launch": "map_public_ip_on_launch"}
_GROUP = {"group-id": "id", "group-name": "name", "description": "description", **_IN_VPC}
_GROUPS = ("aws_security_group", "aws_default_security_group")
_TABLE = {"route-table-id": "id", **_IN_VPC}
_TABLES = ("aws_route_table", "aws_default_route_table")
_INTERFACE = {"network-interface-id": "id", "subnet-id": "subnet_id", "description": "description"}
_VPC = {"vpc_id": "vpc_id"}
LOOKUPS: Mapping[str, Lookup] = {
    "aws_vpc": Lookup(("aws_vpc",), {"id": "id", "cidr_block": "cidr_block"}, {"vpc-id": "id", **_RANGE}),
    "aws_subnet": Lookup(
        ("aws_subnet",),
        {"id": "id", "cidr_block": "cidr_block", "availability_zone": "availability_zone", **_VPC},
        _SUBNET,
    ),
    "aws_subnets": Lookup(("aws_subnet",), {}, _SUBNET, ids="ids"),
    "aws_subnet_ids": Lookup(("aws_subnet",), _VPC, _SUBNET, ids="ids"),
    "aws_security_group": Lookup(_GROUPS, {"id": "id", "name": "name", **_VPC}, _GROUP),
    "aws_security_groups": Lookup(_GROUPS, {}, _GROUP, ids="ids", tagged=True),
    "aws_route_table": Lookup(_TABLES, {"route_table_id": "id", **_VPC}, _TABLE, "route_table_id"),
    "aws_route_tables": Lookup(_TABLES, _VPC, _TABLE, ids="ids", tagged=True),
    "aws_ec2_transit_gateway": Lookup(("aws_ec2_transit_gateway",), {"id": "id"}, {"transit-gateway-id": "id"}),
    "aws_ec2_managed_prefix_list": Lookup(
        ("aws_ec2_managed_prefix_list",),
        {"id": "id", "name": "name"},
        {"prefix-list-id": "id", "prefix-list-name": "name"},
    ),
    "aws_vpc_endpoint": Lookup(
        ("aws_vpc_endpoint",),
        {"id": "id", "service_name": "service_name", **_VPC},
        {"vpc-endpoint-id": "id", "service-name": "service_name", **_IN_VPC},
    ),
    "aws_network_interface": Lookup(("aws_network_interface",), {"id": "id"}, _INTERFACE),
}
_LIVING = ("state", "available")
_DEFAULTS: Mapping[str, Value] = {"map_public_ip_on_launch": False}


@frozen
class _Condition:
    """
    An attribute, or `tags.NAME`, that has one of these values; `*` in a value stands for any text.
    """

    attribute: str
    values: tuple[Value, ...]


def found_by(run: Run, modules: Sequence[ModuleInstance]) -> dict[str, Ref | Map]:
    """
    Return by address what the data sources of an evaluated root surely find: one of its resources, or lists of them.
    """
    sources = [thing for one in modules for name in LOOKUPS for thing in _of_kind(one, "data", name)]
    if not sources:
        return {}
    every = _Everything(run, modules, has_default_tags(modules))
    found: dict[str, Ref | Map] = {}
    for _ in range(MOST_ROUNDS):
        before = len(found)
        for thing in sources:
            one = None if thing.address in found or isinstance(thing.row.key, Every) else _find(every, thing, found)
            if one is not None:
                found[thing.address] = one
        if len(found) == before:
            break
    return found


def reach(run: Run, top: ModuleInstance, address: str) -> None:
    """
    Expand the modules that a resource lies in, and its block, unless that is being done already.
    """
    instance, end = top, 0
    for step in MODULE_STEP.finditer(address):
        if step.start() != end or step[1] not in instance.module.calls or run.is_busy(f"{address[:end]}module.{step[1]}"):
            break
        end = step.end()
        inner = next((one.module for one in instance.calls(step[1]) if one.address == address[: end - 1]), None)
        if not isinstance(inner, ModuleInstance):
            return
        instance = inner
    block = split_key(address[end:])[0]
    kind, _, name = block.partition(".")
    if ("", kind, name) in instance.module.resources and not run.is_busy(address[:end] + block):
        instance.instances("", kind, name)


@dataclass(slots=True)
class _Everything:
    """
    What the data sources are compared with; `left` is how many comparisons there may still be.

    `of_kind` remembers the things of each kind that was asked for.
    """

    run: Run
    modules: Sequence[ModuleInstance]
    tagged: bool
    left: int = MOST_COMPARED
    of_kind: dict[str, list[Thing]] = field(default_factory=dict)

    def things(self, kinds: Collection[str]) -> list[Thing]:
        for kind in kinds:
            if kind not in self.of_kind:
                self.of_kind[kind] = [thing for one in self.modules for thing in _of_kind(one, "", kind)]
        return [thing for kind in kinds for thing in self.of_kind[kind]]

    def complete(self) -> bool:
        """Whether every module could be read, and no tag is put on things from elsewhere."""
        hidden = any(True for one in self.modules for _ in one.hidden())
        return not hidden and not self.things(("aws_ec2_tag",))


def _of_kind(one: ModuleInstance, mode: str, kind: str) -> Iterator[Thing]:
    for resource in sorted(resource for resource in one.module.resources if resource[:2] == (mode, kind)):
        yield from one.instances(*resource)


def _find(every: _Everything, thing: Thing, found: Mapping[str, Ref | Map]) -> Ref | Map | None:
    lookup = LOOKUPS[thing.block.labels[0]]
    conditions = _conditions(lookup, thing, found)
    if not conditions:
        return None
    candidates = every.things(lookup.kinds)
    every.left -= len(candidates)
    if every.left < 0:
        return None
    if not lookup.ids:
        sure = [one for one in candidates if _matches(every, one, thing, conditions, found) is True]
        return Ref(sure[0].address) if len(sure) == 1 and _exists(sure[0]) else None
    return _list(every, lookup, thing, conditions, found)


def _exists(thing: Thing) -> bool:
    return thing.maybe is None and not isinstance(thing.row.key, Every) and "[*]" not in thing.address


def _list(
    every: _Everything, lookup: Lookup, thing: Thing, conditions: Sequence[_Condition], found: Mapping[str, Ref | Map]
) -> Map | None:
    """Return the identities of all things in a new VPC that a data source finds, None when it may find others."""
    here = [value for one in conditions if one.attribute == "vpc_id" for value in one.values]
    vpc = every.run.things.get(here[0].address) if len(here) == 1 and isinstance(here[0], Ref) else None
    tagged = any(one.attribute.startswith("tags.") or one.attribute == "name" for one in conditions)
    if vpc is None or vpc.kind != "aws_vpc" or not _exists(vpc) or (lookup.tagged and not tagged) or not every.complete():
        return None
    chosen: list[Value] = []
    for one in every.things(lookup.kinds):
        matches = _matches(every, one, thing, conditions, found)
        if matches is None or (matches and not _exists(one)):
            return None
        if matches:
            chosen.append(Ref(one.address, "id"))
    return Map.of({lookup.ids: _any_order(chosen, thing)}) if chosen else None


def _any_order(items: Sequence[Value], thing: Thing) -> Value:
    """Return a list whose items are known, and their order is not."""
    kind = "list" if thing.kind != "data.aws_subnet_ids" else "set"
    turns = tuple(Seq((*items[turn:], *items[:turn]), "list" if kind == "list" else "set") for turn in range(len(items)))
    why = f"the order of what {thing.address} finds is known only after deployment"
    return turns[0] if len(turns) == 1 else Unknown(why, thing.block.header, among=turns)


def _conditions(lookup: Lookup, thing: Thing, found: Mapping[str, Ref | Map]) -> tuple[_Condition, ...] | None:
    """Return all that a data source asks for, None when something of it is not known or not understood."""
    if any(child.type == "dynamic" for child in thing.block.blocks):
        return None
    values = evaluate_body(thing.block, thing.scope, thing.owner.quietly, META).values
    conditions: list[_Condition] = []
    for name, value in values.items():
        asked = _asked(lookup, name, veiled(value))
        if asked is None:
            return None
        conditions += asked
    told = [_Condition(one.attribute, tuple(_through(value, found) for value in one.values)) for one in conditions]
    return tuple(told) if all(_is_told(value) for one in told for value in one.values) else None


def _asked(lookup: Lookup, name: str, value: Value) -> list[_Condition] | None:
    if name == "timeouts":
        return []
    if name in ("region", *lookup.arguments):
        return [_Condition(lookup.arguments.get(name, name), (value,))]
    if name == "tags" and isinstance(value, Map):
        return [_Condition(f"tags.{key}", (item,)) for key, item in value.items()]
    if name != "filter" or not isinstance(value, Seq):
        return None
    conditions: list[_Condition] = []
    for block in value.items:
        wanted = block.get("name") if isinstance(block, Map) else None
        values = block.get("values") if isinstance(block, Map) else None
        if not isinstance(wanted, str) or isinstance(wanted, Symbol) or not isinstance(values, Seq) or not values.items:
            return None
        if (wanted, *values.items) == _LIVING:
            continue
        attribute = f"tags.{wanted[4:]}" if wanted.startswith("tag:") else lookup.filters.get(wanted)
        if attribute is None:
            return None
        conditions.append(_Condition(attribute, values.items))
    return conditions


def _through(value: Value, found: Mapping[str, Ref | Map]) -> Value:
    """Return the identity of what a data source finds instead of its own."""
    one = found.get(value.address) if isinstance(value, Ref) else None
    return Ref(one.address, "id") if isinstance(one, Ref) and isinstance(value, Ref) and value.attribute == "id" else value


def _is_told(value: Value) -> bool:
    """Return whether a value can be compared; `?` and `\\` mean something else to each filter, or nothing."""
    if isinstance(value, Ref):
        return True
    return (
        wholly_known(value) and not isinstance(value, (Seq, Map)) and not (isinstance(value, str) and set(value) & {"?", "\\"})
    )


def _matches(
    every: _Everything, one: Thing, thing: Thing, conditions: Sequence[_Condition], found: Mapping[str, Ref | Map]
) -> bool | None:
    """Return whether a resource surely has, or surely has not, what a data source asks for."""
    if provider_of(one) != provider_of(thing):
        return None
    region = next((condition for condition in conditions if condition.attribute == "region"), None)
    if region is None and one.block.attribute("region") is not None:
        return None
    answers = [_has(every, one, condition, found) for condition in conditions]
    if False in answers:
        return False
    return None if None in answers else True


def _has(every: _Everything, one: Thing, condition: _Condition, found: Mapping[str, Ref | Map]) -> bool | None:
    actual = _attribute(one, condition.attribute)
    if actual is None and condition.attribute.startswith("tags.") and every.tagged:
        return None
    answers = [_same(_through(actual, found), value) for value in condition.values]
    if True in answers:
        return True
    return None if None in answers else False


def _attribute(one: Thing, name: str) -> Value:
    """Return an attribute or tag of a resource, None when it is not given."""
    if name == "id":
        return Ref(one.address, "id")
    attribute = one.block.attribute(name.partition(".")[0])
    value = None if attribute is None else veiled(one.owner.quietly(attribute.expr, one.scope))
    if value is None and not name.startswith("tags."):
        return _DEFAULTS.get(name, Unknown(f"{one.address} does not say its {name}"))
    if not name.startswith("tags."):
        return value
    if isinstance(value, Map):
        return value.get(name[5:])
    return value if value is None or isinstance(value, Unknown) else Unknown("its tags are not known")


def _same(actual: Value, wanted: Value) -> bool | None:
    """Return whether a value is the wanted one, None when that is not known."""
    if actual is None:
        return False
    if isinstance(actual, Ref) and isinstance(wanted, Ref):
        alike = actual.attribute == wanted.attribute == "id" and not (_late(actual) or _late(wanted))
        return True if actual == wanted and "*" not in actual.address else False if alike else None
    if isinstance(actual, (Ref, Unknown, Seq, Map)) or isinstance(wanted, (Ref, Unknown, Seq, Map)):
        return None
    left, right = _text(actual), _text(wanted)
    if isinstance(left, Symbol) or isinstance(right, Symbol):
        answer = same_text(left, right)
        return answer if isinstance(answer, bool) else None
    return _fits(left, right.split("*"))


def _fits(text: str, parts: list[str]) -> bool:
    """Return whether a text is these parts with anything between them; each may be looked for where the one before it ends."""
    if len(parts) == 1:
        return text == parts[0]
    at, last = len(parts[0]), parts[-1]
    if not text.startswith(parts[0]) or not text.endswith(last):
        return False
    for part in parts[1:-1]:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return at + len(last) <= len(text)


def _late(ref: Ref) -> bool:
    """Return whether a reference is to what may be anything: found by a data source, or one of several."""
    return ref.address.startswith("data.") or ".data." in ref.address or "*" in ref.address


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)
