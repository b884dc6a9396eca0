"""
The rows of the table that says how each resource type maps, and the views through which lowering reads a resource.

The idea: lowering asks for things by our own names (`vpc`, `routes.cidr`), and the row of the resource's kind says where
they are in that kind's vocabulary (`vpc_id`, `route[].cidr_block`). One row serves every kind and format of one noun.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from functools import cache
from typing import TypeAlias

from sglint.frozen import frozen
from sglint.resource import Origin, Resource
from sglint.source import Span
from sglint.value import Map, Seq, Unknown, Value

Words: TypeAlias = Mapping[str, str]
DEFAULT_GROUP = "default group"
"""The word for the attribute that names the default group of a VPC, where it is not Terraform's."""
DEFAULT_ACL = "default acl"
"""The word for the attribute that names the default network ACL of a VPC, where it is not Terraform's."""


@frozen
class Slot:
    """
    One value of a resource and its path; `maybe` says what decides whether it is there at all, None when it surely is.
    """

    field: str
    value: Value
    maybe: Unknown | None = None


@frozen
class Row:
    """
    How one noun is written: for each kind of resource, what our names for its parts are in that kind's words.

    A path descends into blocks with `[]` (`vpc_config[].subnet_ids`); `a|b` reads both. `identity` are the attributes by which
    others refer to it, besides the usual ones. `found` are the kinds that take over something that exists already.
    """

    noun: str
    kinds: Mapping[str, Words]
    identity: tuple[str, ...] = ()
    found: tuple[str, ...] = ()


def paths(words: Words) -> frozenset[str]:
    """
    Return the paths that are read through this vocabulary, from the top of the resource.

    >>> sorted(paths({"vpc": "vpc_id|vpc", "routes": "route", "routes.cidr": "cidr_block", "cidrs": "entry[].cidr"}))
    ['entry.cidr', 'route.cidr_block', 'vpc', 'vpc_id']
    """
    parents = {name.rpartition(".")[0] for name in words}
    found: set[str] = set()
    for name, path in words.items():
        if name not in parents:
            found.update(_from_top(words, name.rpartition(".")[0], path))
    return frozenset(path.replace("[]", "") for path in found)


def _from_top(words: Words, parent: str, path: str) -> Iterator[str]:
    for end in path.split("|"):
        if not parent:
            yield end
        for start in _from_top(words, parent.rpartition(".")[0], words[parent]) if parent else ():
            yield f"{start}.{end}"


def same(words: Words, *kinds: str) -> dict[str, Words]:
    """
    Return the vocabulary of kinds that share their words.
    """
    return dict.fromkeys(kinds, words)


@frozen
class View:
    """
    A resource, or one block of it, read through its row.
    """

    resource: Resource
    row: Row
    values: Map
    prefix: str = ""
    scope: str = ""
    maybe: Unknown | None = None
    _words: Words = field(default_factory=dict, compare=False, repr=False)

    @property
    def origin(self) -> Origin:
        """The origin of the resource."""
        return self.resource.origin

    @property
    def address(self) -> str:
        """The address of the resource."""
        return self.resource.address

    @property
    def found(self) -> bool:
        """Whether the thing existed before this text: a data source, or a resource that takes it over."""
        return self.resource.kind.startswith("data.") or self.resource.kind in self.row.found

    def slots(self, name: str) -> tuple[Slot, ...]:
        """
        Return every value that is written for `name`; an empty string is how the attribute syntax leaves a value out.
        """
        words = self._words.get(self.scope + name, "")
        found = (slot for path in steps(words) for slot in walk(self.values, path, self.prefix))
        return tuple(_under(slot, self.maybe) for slot in found if slot.value is not None and slot.value != "")

    def slot(self, name: str) -> Slot | None:
        """
        Return the first value that is written for `name`, or None.
        """
        return next(iter(self.slots(name)), None)

    def value(self, name: str) -> Value:
        """
        Return the first value that is written for `name`, or None.
        """
        slot = self.slot(name)
        return None if slot is None else slot.value

    def has(self, name: str) -> bool:
        """
        Return whether something is written for `name`.
        """
        return self.slot(name) is not None

    def at(self, name: str) -> Span:
        """
        Return the place of what is written for `name`, or of the resource.
        """
        slot = self.slot(name)
        return self.origin.at(self.prefix.rstrip(".") if slot is None else slot.field)

    def blocks(self, name: str) -> tuple[View | Slot, ...]:
        """
        Return a view for every block of `name`, and a slot for what may be blocks but is unknown.
        """
        found: list[View | Slot] = []
        for slot in self.slots(name):
            for item in entries(slot):
                if isinstance(item.value, Map):
                    prefix, scope = f"{item.field}.", f"{self.scope}{name}."
                    found.append(View(self.resource, self.row, item.value, prefix, scope, item.maybe, self._words))
                elif isinstance(item.value, Unknown):
                    found.append(item)
        return tuple(found)


def view(resource: Resource, row: Row) -> View:
    """
    Return the view of a whole resource.
    """
    return View(resource, row, resource.values, _words=row.kinds[resource.kind])


def is_native(one: View) -> bool:
    """
    Return whether a resource is made as CloudFormation makes it, in a template or by Terraform's Cloud Control provider.
    """
    return one.resource.kind.startswith(("AWS::", "awscc_"))


def settle(subnets: tuple[Slot, ...], groups: tuple[Slot, ...]) -> tuple[Unknown | None, tuple[Slot, ...], tuple[Slot, ...]]:
    """
    Return what decides whether a thing in these subnets exists at all, and its subnets and groups if it does.

    A block that may be missing takes subnets and groups with it: the thing is uncertain then, not what is in the block.
    """
    maybe = subnets[0].maybe if subnets else None
    if maybe is None or any(slot.maybe != maybe for slot in subnets):
        return None, subnets, groups
    sure = tuple(replace(slot, maybe=None) for slot in subnets)
    return maybe, sure, tuple(replace(slot, maybe=None) if slot.maybe == maybe else slot for slot in groups)


def entries(slot: Slot) -> Iterator[Slot]:
    """
    Yield the items of a block value, with their paths: a sequence, a single map, or what an unknown is known to hold.
    """
    value = slot.value
    if isinstance(value, Seq):
        for position, item in enumerate(value.items):
            yield from entries(Slot(f"{slot.field}[{position}]", item, slot.maybe))
    elif isinstance(value, Unknown) and value.element is not None:
        yield from entries(Slot(slot.field, value.element, slot.maybe or value))
    elif isinstance(value, Unknown) and value.among:
        for item in value.among:
            yield from entries(Slot(slot.field, item, slot.maybe or value))
    elif value is not None:
        yield slot


@cache
def steps(words: str) -> tuple[tuple[str, ...], ...]:
    """
    Return the paths of a word, each as the names on it.

    >>> steps("a[].b|c")
    (('a', 'b'), ('c',))
    """
    return tuple(tuple(name.removesuffix("[]") for name in path.split(".")) for path in words.split("|") if path)


def _under(slot: Slot, maybe: Unknown | None) -> Slot:
    """Return the slot as one of something that need not be there."""
    return slot if maybe is None or slot.maybe is not None else Slot(slot.field, slot.value, maybe)


def walk(values: Map, path: tuple[str, ...], prefix: str) -> Iterator[Slot]:
    """
    Yield the values at a path, one for each of the blocks that it passes through.
    """
    name, rest = path[0], path[1:]
    value = values.get(name)
    start = Slot(prefix + name, value)
    if not rest:
        yield start
        return
    for item in () if value is None else entries(start):
        if isinstance(item.value, Map):
            for slot in walk(item.value, rest, f"{item.field}."):
                yield slot if item.maybe is None else Slot(slot.field, slot.value, item.maybe)
        elif isinstance(item.value, Unknown):
            yield item
