"""
Who is who: the resources of one root by address, noun and name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sglint.lower.row import Row, View, view
from sglint.model import Link
from sglint.resource import KEY, MODULE_STEP, OWN_KEYS, Resource, block_name, split_key, split_root
from sglint.value import Ref, Unknown, Value


@dataclass(slots=True)
class Index:
    """
    The resources of one root; `adopted` maps a VPC's implicit part, or what is looked up, to what it is, `outputs` the outputs
    that name a subnet of a module that cannot be read to that module.
    """

    views: dict[str, View]
    nouns: dict[str, tuple[View, ...]]
    resources: dict[str, Resource]
    stars: dict[str, str]
    literals: dict[str, str]
    names: dict[tuple[str, Value], tuple[str, ...]]
    adopted: dict[str, str] = field(default_factory=dict)
    joins: dict[tuple[str, str], dict[str, tuple[View, ...]]] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

    def of(self, noun: str) -> tuple[View, ...]:
        """
        Return the views of all resources of a noun, in the order of their addresses.
        """
        return self.nouns.get(noun, ())


def gather(resources: Sequence[Resource], table: Mapping[str, Row]) -> Index:
    """
    Return the index of these resources, before anything in them is resolved.
    """
    ordered = sorted(resources, key=lambda resource: (resource.address, resource.kind))
    views = {one.address: view(one, table[one.kind]) for one in ordered if one.kind in table}
    nouns: dict[str, list[View]] = {}
    for one in views.values():
        nouns.setdefault(one.row.noun, []).append(one)
    index = Index(
        views=views,
        nouns={noun: tuple(group) for noun, group in nouns.items()},
        resources={one.address: one for one in ordered},
        stars={one.address: one.address for one in ordered if "[*]" in one.address},
        literals={},
        names={},
    )
    names: dict[tuple[str, Value], list[str]] = {}
    for one in views.values():
        _name(index, one, names)
    index.names.update((key, tuple(found)) for key, found in names.items())
    return index


def _name(index: Index, one: View, names: dict[tuple[str, Value], list[str]]) -> None:
    """
    Remember the literal identity and the name by which others may point at a resource.
    """
    known, named = one.value("id"), one.value("name")
    if isinstance(known, str):
        index.literals.setdefault(known, one.address)
    if isinstance(named, (str, Unknown)):
        key = (one.row.noun, named)
        names.setdefault(key, []).append(one.address)


def kind_of(address: str) -> str:
    """
    Return the resource type in an address of Terraform, with `data.` for a data source, `module` for a module.

    >>> kind_of('module.a["x.y"].data.aws_vpc.b[0]')
    'data.aws_vpc'
    """
    parts = block_name(split_root(address)[1]).split(".")
    while len(parts) > 2 and parts[0] == "module":
        parts = parts[2:]
    if parts[0] == "data" and len(parts) > 1:
        return f"data.{parts[1]}"
    return parts[0]


def type_of(index: Index, address: str) -> str:
    """
    Return the type of the resource at an address: that of the resource in the text, or the one that the address itself says.
    """
    found = find(index, address)
    return index.resources[found].kind if found else kind_of(address)


def home_of(index: Index, address: str) -> str:
    """
    Return the module or nested stack that a resource lies in, "" for the root.
    """
    return address.rpartition(".")[0] if type_of(index, address).startswith("AWS::") else module_of(address)


def module_of(address: str) -> str:
    """
    Return the address of the module that a resource lies in, "" for the root.

    >>> module_of('module.a["x"].module.b.aws_vpc.c')
    'module.a["x"].module.b'
    """
    end = start = len(split_root(address)[0])
    for step in MODULE_STEP.finditer(address, start):
        if step.start() != end:
            break
        end = step.end()
    return address[:end].rstrip(".")


def one_of(one: View, target: Link) -> Unknown | None:
    """
    Return why what points at one of things of unknown number need not point at each of them, None when it surely does.
    """
    if not isinstance(target, str) or target.count("[*]") <= one.address.count("[*]"):
        return None
    return Unknown(f"{one.address} is about one of {target}, whose number is not known", one.origin.span)


def beside(index: Index, one: View, name: str, target: Link) -> View:
    """
    Return a resource as one that surely exists where what it points at by `name` does, when their instances come in pairs.
    """
    other = index.resources.get(target) if isinstance(target, str) else None
    value, number = one.value(name), one.origin.number
    if other is None or not number or other.origin.number != number or not isinstance(value, Ref):
        return one
    key = split_key(value.address)[1]
    if home_of(index, other.address) != home_of(index, one.address) or not (key in OWN_KEYS or _same_key(one.address, key)):
        return one
    return existing(one)


def existing(one: View) -> View:
    """
    Return a resource as one that exists, for what is written in it: whoever points at the resource has it, too.
    """
    return replace(one, resource=replace(one.resource, origin=replace(one.origin, maybe=None)))


def _same_key(address: str, key: str) -> bool:
    return key != "[*]" and split_key(address)[1] == key


def find(index: Index, address: str) -> str:
    """
    Return the address under which a resource is indexed: its own, or that of the unknown instances it is one of; "" for none.
    """
    if address in index.resources:
        return address
    if not index.stars:
        return ""
    for candidate in _starred(address):
        if candidate in index.stars:
            return candidate
    return ""


def _starred(address: str) -> Iterator[str]:
    """
    Yield the address with some of its instance keys replaced by `[*]`, last key first.
    """
    keys = list(KEY.finditer(address))
    if len(keys) > 4:
        keys = keys[-4:]
    for chosen in range(1, 1 << len(keys)):
        parts, end = [], len(address)
        for position, key in enumerate(reversed(keys)):
            if chosen >> position & 1:
                parts.append(address[key.end() : end])
                parts.append("[*]")
                end = key.start()
        parts.append(address[:end])
        yield "".join(reversed(parts))
