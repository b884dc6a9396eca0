"""
New rules in Terraform files: blocks in a security group, and rules of their own.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from types import MappingProxyType

from sglint.finding import Edit
from sglint.fix.change import Opening
from sglint.fix.rules import Written
from sglint.fix.terraform import hcl
from sglint.fix.terraform.clone import cloned
from sglint.fix.terraform.origin import Terraform
from sglint.fix.terraform.place import after_last, inserted
from sglint.model import Direction
from sglint.resource import MODULE_STEP, Origin, split_key
from sglint.rule import Judged
from sglint.space import Family, Ports, Protocol
from sglint.syntax import Block

BLOCKS = {Direction.IN: "ingress", Direction.OUT: "egress"}
ONE_PEER = {
    "aws_vpc_security_group_ingress_rule": Direction.IN,
    "aws_vpc_security_group_egress_rule": Direction.OUT,
}
RULE = "aws_security_group_rule"
CIDRS = {Family.IPV4: "cidr_ipv4", Family.IPV6: "cidr_ipv6"}
GROUPS = ("aws_security_group", "aws_default_security_group")

Edits = tuple[Edit, ...]


def added(files: Terraform, net: Judged, group: str, rules: Sequence[Written], openings: Sequence[Opening]) -> Iterator[Edits]:
    """
    Yield edits that add rules to a group, in the style of those that it has first.
    """
    if not openings:
        yield ()
        return
    noun = next((one for one in net.network.groups if one.origin.address == group), None)
    block = None if noun is None else files.block_at(noun.origin.span)
    if noun is None or block is None or block.labels[:1] not in [(kind,) for kind in GROUPS]:
        return
    origin = noun.origin
    if not origin.span.path.endswith(".tf"):
        return
    fixed = {direction for direction, name in BLOCKS.items() if files.ignores(origin, name)}
    copies = cloned(files, [one for one in rules if not one.inline or one.direction not in fixed], openings)
    if copies:
        yield copies
    if any(block.attribute(name) is not None for name in BLOCKS.values()):
        return
    style = styles(files, origin, block, rules)
    if any(style[one.direction] == "" and one.direction in fixed for one in openings):
        return
    if split_key(origin.address)[1] and "" not in style.values():
        yield from for_each_group(files, origin, rules, openings)
        yield from for_all(files, origin, block, rules, openings, style)
    yield tuple(edit for direction in Direction for edit in made(files, origin, block, rules, of(openings, direction), style))
    if not any(is_of(child, name) for child in block.blocks for name in BLOCKS.values()):
        yield from by_caller(files, origin, rules, openings)


def of(openings: Iterable[Opening], direction: Direction) -> tuple[Opening, ...]:
    """
    Return what is to be opened in one direction.
    """
    return tuple(one for one in openings if one.direction is direction)


def styles(files: Terraform, origin: Origin, block: Block, rules: Sequence[Written]) -> Mapping[Direction, str]:
    """
    Return how a group's rules of each direction are written: in blocks of the group (""), or by which type of resource.

    A group without rules gets what its module has for others, blocks if that has none.
    """
    inline = {direction: any(is_of(child, BLOCKS[direction]) for child in block.blocks) for direction in Direction}
    mine = [one.origin for one in rules if not one.inline]
    alone = list(dict.fromkeys(label(files, one) for one in mine))
    if not alone and not any(inline.values()) and not rules:
        directory = posixpath.dirname(origin.span.path)
        others = {one.labels[0] for one in files.blocks(directory, "resource") if one.labels}
        alone = [kind for kind in (*ONE_PEER, RULE) if kind in others and not inline_elsewhere(files, directory)]
    found = {}
    for direction in Direction:
        fitting = [kind for kind in alone if kind == RULE or ONE_PEER.get(kind) is direction]
        kind = fitting[0] if fitting else next((key for key, way in ONE_PEER.items() if way is direction), RULE)
        found[direction] = "" if inline[direction] or not alone else kind if alone[0] != RULE or fitting else RULE
    return found


def inline_elsewhere(files: Terraform, directory: str) -> bool:
    """
    Return whether some group of the module has its rules in blocks.
    """
    groups = (one for one in files.blocks(directory, "resource") if one.labels[:1] in [(kind,) for kind in GROUPS])
    return any(is_of(child, name) for one in groups for child in one.blocks for name in BLOCKS.values())


def label(files: Terraform, origin: Origin) -> str:
    """
    Return the type of a resource.
    """
    block = files.block_at(origin.span)
    return block.labels[0] if block is not None and block.labels else ""


def is_of(child: Block, name: str) -> bool:
    """
    Return whether a nested block is of a type, or makes blocks of it.
    """
    return child.type == name or (child.type == "dynamic" and child.labels == (name,))


def made(
    files: Terraform,
    origin: Origin,
    block: Block,
    rules: Sequence[Written],
    openings: Sequence[Opening],
    style: Mapping[Direction, str],
) -> Iterator[Edit]:
    """
    Yield edits that add rules of one direction.
    """
    if not openings:
        return
    direction = openings[0].direction
    if style[direction] == "":
        names = [name for name in (BLOCKS[direction], *BLOCKS.values()) if any(is_of(child, name) for child in block.blocks)]
        both = (child for child in block.blocks if child.type in BLOCKS.values())
        like = sorted(both, key=lambda one: (one.type == BLOCKS[direction], one.span))
        texts = [hcl.block(BLOCKS[direction], (), in_order(like, ports_and_peers(*item))) for item in together(openings)]
        yield after_last(files.texts, block, names[0] if names else "", texts)
        return
    yield beside(files, origin, rules, openings, style[direction])


def in_order(like: Sequence[Block], values: Mapping[str, hcl.Plain]) -> dict[str, hcl.Plain]:
    """
    Return attributes in the order of the last block that has most of them; others stay behind the same one.
    """
    beside = [[one.name for one in sorted(each.attributes, key=lambda one: one.span)] for each in like]
    names = max(reversed(beside), key=lambda one: len(values.keys() & set(one)), default=[])
    places: dict[str, tuple[int, int]] = {}
    last = -1
    for number, key in enumerate(values):
        last = names.index(key) if key in names else last
        places[key] = (last, number)
    return {key: values[key] for key in sorted(values, key=places.__getitem__)}


def together(openings: Iterable[Opening]) -> Iterator[tuple[Protocol, Ports, Mapping[Family, tuple[str, ...]]]]:
    """
    Yield what one block can say: a protocol, its ports, and the prefixes of each family.
    """
    found: dict[tuple[Protocol, Ports], dict[Family, list[str]]] = {}
    for one in openings:
        found.setdefault((one.protocol, one.ports), {}).setdefault(one.family, []).append(str(one.peer))
    for (protocol, ports), peers in found.items():
        yield protocol, ports, {family: tuple(listed) for family, listed in peers.items()}


def ports_and_peers(protocol: Protocol, ports: Ports, peers: Mapping[Family, tuple[str, ...]]) -> dict[str, hcl.Plain]:
    """
    Return the attributes of a rule that names its peers in lists.
    """
    values: dict[str, hcl.Plain] = {"protocol": protocol.value, "from_port": ports.first, "to_port": ports.last}
    if Family.IPV4 in peers:
        values["cidr_blocks"] = peers[Family.IPV4]
    if Family.IPV6 in peers:
        values["ipv6_cidr_blocks"] = peers[Family.IPV6]
    return values


def by_caller(files: Terraform, origin: Origin, rules: Sequence[Written], openings: Sequence[Opening]) -> Iterator[Edits]:
    """
    Yield edits that add rules where the module of a group is called, if one of its outputs is the group's identity.
    """
    frame = files.frame(origin)
    if frame.call is None or frame.parent is None or not frame.call.labels:
        return
    own = local_address(split_key(origin.address)[0])
    call = f"module.{frame.call.labels[0]}{frame.key}"
    kinds = list(dict.fromkeys(label(files, one.origin) for one in rules)) or [RULE]
    for output in files.blocks(frame.directory, "output"):
        value = output.attribute("value")
        end = None if value is None else told_by(files.texts.written(value.expr.span), own, split_key(origin.address)[1])
        if end is None:
            continue
        texts: list[str] = []
        for direction in Direction:
            some = of(openings, direction)
            kind = kinds[0] if ONE_PEER.get(kinds[0], direction) is direction else other_way(kinds[0])
            group = hcl.Raw(f"{call}.{output.labels[0]}{end}")
            texts += alone(files, frame.parent.directory, named(call), group, some, kind) if some else ()
        yield (inserted(files.texts, frame.call.span, texts, ""),)


def told_by(value: str, own: str, key: str) -> str | None:
    """
    Return what follows an output to get the identity of the group `own` with this key, None where its value is not that.

    >>> told_by("var.there ? aws_security_group.a[*].id : []", "aws_security_group.a", "[0]")
    '[0]'
    >>> told_by("one(aws_security_group.a[*].id)", "aws_security_group.a", "[0]")
    ''
    >>> told_by("{ for key, one in aws_security_group.a : key => one.id }", "aws_security_group.a", '["x"]')
    '["x"]'
    >>> told_by("[for one in aws_subnet.a : one.id]", "aws_subnet.a", "[1]")
    '[1]'
    >>> told_by("aws_security_group.a", "aws_security_group.a", "")
    '.id'
    """
    if value in {own, own + key}:
        return (key if value == own else "") + ".id"
    if re.search(rf"{re.escape(own + key)}\.id\b", value):
        return None if value.startswith(("[", "{", "concat(", "merge(", "compact(", "flatten(")) else ""
    if re.search(rf"{re.escape(own)}(?:\[\*\]|\.\*)\.id\b", value):
        single = (
            value.startswith(("one(", "join(")) or value.endswith("[0]") or re.match(r"element\(.*, 0\)$", value) is not None
        )
        return ("" if key == "[0]" else None) if single else key if value[-1] != ")" else None
    loop = re.match(rf"\{{\s*for (\w+), (\w+) in {re.escape(own)}\s*:\s*(\w+)\s*=>\s*(\w+)\.id\s*\}}$", value)
    listed = re.match(rf"\[\s*for (\w+) in {re.escape(own)}\s*:\s*(\w+)\.id,?\s*\]$", value)
    if listed and listed[1] == listed[2] and key[1:2].isdigit():
        return key
    return key if loop and loop[1] == loop[3] and loop[2] == loop[4] else None


def other_way(kind: str) -> str:
    """
    Return the type of the rules of the other direction.
    """
    return next(each for each in ONE_PEER if each != kind)


def for_each_group(files: Terraform, origin: Origin, rules: Sequence[Written], openings: Sequence[Opening]) -> Iterator[Edits]:
    """
    Yield edits that add rules to every group that a block makes, as a rule does that is there.
    """
    for rule in rules:
        like = files.block_at(rule.origin.span)
        if like is None or rule.inline or split_key(rule.origin.address)[1] != split_key(origin.address)[1]:
            continue
        repeat = next((one for one in (like.attribute("count"), like.attribute("for_each")) if one is not None), None)
        group = like.attribute("security_group_id")
        if repeat is None or group is None:
            continue
        reference = hcl.Raw(files.texts.written(group.expr.span))
        number = hcl.Raw(files.texts.written(repeat.expr.span))
        texts: list[str] = []
        for direction in Direction:
            some, kind = of(openings, direction), like.labels[0]
            kind = kind if ONE_PEER.get(kind, direction) is direction else other_way(kind)
            stem = named(split_key(origin.address)[0])
            directory = posixpath.dirname(origin.span.path)
            texts += alone(files, directory, stem, reference, some, kind, {repeat.name: number}) if some else ()
        yield (inserted(files.texts, like.span, texts, ""),)
        return


def for_all(
    files: Terraform,
    origin: Origin,
    block: Block,
    rules: Sequence[Written],
    openings: Sequence[Opening],
    style: Mapping[Direction, str],
) -> Iterator[Edits]:
    """
    Yield the edit that adds rules to every group that a block makes, however many it makes.
    """
    name = local_address(split_key(origin.address)[0])
    repeat: dict[str, hcl.Plain] = {"for_each": hcl.Raw(name)}
    reference = hcl.Raw("each.value.id")
    if block.attribute("count") is not None:
        repeat, reference = {"count": hcl.Raw(f"length({name})")}, hcl.Raw(f"{name}[count.index].id")
    last = max((one.origin for one in rules if not one.inline), key=lambda one: one.span, default=origin)
    texts: list[str] = []
    for direction in Direction:
        some, directory = of(openings, direction), posixpath.dirname(origin.span.path)
        texts += alone(files, directory, named(name), reference, some, style[direction], repeat) if some else ()
    yield (inserted(files.texts, last.block, texts, ""),)


def beside(files: Terraform, origin: Origin, rules: Sequence[Written], openings: Sequence[Opening], kind: str) -> Edit:
    """
    Return the edit that adds resources of a type, each a rule of the group, after the last one of the group's rules.
    """
    last = max((one.origin for one in rules if not one.inline), key=lambda one: one.span, default=origin)
    reference = hcl.Raw(local_address(origin.address) + ".id")
    texts = alone(files, posixpath.dirname(origin.span.path), named(origin.address), reference, openings, kind)
    return inserted(files.texts, last.block, texts, "")


def alone(
    files: Terraform,
    directory: str,
    stem: str,
    group: hcl.Raw,
    openings: Sequence[Opening],
    kind: str,
    repeat: Mapping[str, hcl.Plain] = MappingProxyType({}),
) -> list[str]:
    """
    Return resources of a type, each a rule of one direction of a group, with names that are not taken in the directory.

    `repeat` says how many instances each of them has.
    """
    taken = {one.labels for one in files.blocks(directory, "resource")}
    texts: list[str] = []
    way = BLOCKS[openings[0].direction]
    for protocol, ports, peers in together(openings):
        head: dict[str, hcl.Plain] = {**repeat, "security_group_id": group}
        wanted: list[tuple[str, dict[str, hcl.Plain]]]
        if kind == RULE:
            wanted = [("", {**head, "type": way, **ports_and_peers(protocol, ports, peers)})]
        else:
            head |= {"ip_protocol": protocol.value, "from_port": ports.first, "to_port": ports.last}
            wanted = [
                (f"_{family.value}" if len(peers) > 1 else "", {**head, CIDRS[family]: peer})
                for family in peers
                for peer in peers[family]
            ]
        for end, attributes in wanted:
            name = unused(f"{stem}_{way}_{protocol.value}{end}", kind, taken)
            taken.add((kind, name))
            texts.append(hcl.block("resource", (kind, name), attributes))
    return texts


def local_address(address: str) -> str:
    """
    Return the address of a thing as it is written in its module.

    >>> local_address('module.a["x"].aws_security_group.b[0]')
    'aws_security_group.b[0]'
    """
    end = 0
    while step := MODULE_STEP.match(address, end):
        end = step.end()
    return address[end:]


def named(address: str) -> str:
    """
    Return a name for what is made for a thing: its own, with its key where it has one.

    >>> named('aws_security_group.web["a.b"]')
    'web_a_b'
    """
    block, key = split_key(local_address(address))
    sane = "".join(one if one.isalnum() or one == "_" else "_" for one in key.strip('[]"'))
    return f"{block.rpartition('.')[2]}_{sane}" if sane else block.rpartition(".")[2]


def unused(name: str, kind: str, taken: Iterable[tuple[str, ...]]) -> str:
    """
    Return the name, with a number where it is taken.
    """
    there = {labels[1] for labels in taken if labels[:1] == (kind,) and len(labels) == 2}
    numbered = chain([name], (f"{name}_{number}" for number in range(2, len(there) + 3)))
    return next(one for one in numbered if one not in there)
