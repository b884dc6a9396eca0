"""
A copy of a security group with narrower rules, for some of the interfaces that have it, as edits of Terraform files.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence

from sglint.finding import Edit
from sglint.fix.change import Narrow, Swap
from sglint.fix.rules import Written, too_wide, written
from sglint.fix.terraform import hcl
from sglint.fix.terraform.add import local_address, unused
from sglint.fix.terraform.origin import Terraform, holds
from sglint.fix.terraform.own import GROUP, LISTS
from sglint.fix.terraform.place import inserted
from sglint.fix.text import edited, offsets
from sglint.model import GroupPeer, Network
from sglint.resource import Origin
from sglint.rule import Judged
from sglint.space import Prefix
from sglint.syntax import Block, Literal, Template, TupleExpr

Edits = tuple[Edit, ...]
Fewer = Callable[[Written, str, Sequence[Prefix], Sequence[Prefix], int], Edits]


def swapping(files: Terraform, net: Judged, change: Swap, *, fewer: Fewer) -> Iterator[Edits]:
    """
    Yield edits that add a copy of a group below it, and give it to the interfaces instead, where all of its rules are in it.
    """
    for group in change.groups:
        origin = next((one.origin for one in net.network.groups if one.origin.address == group), None)
        block = None if origin is None else files.block_at(origin.span)
        if origin is None or block is None or block.labels[:1] != (GROUP,) or is_named(net.network, group):
            continue
        if any(block.attribute(name) is not None for name in ("count", "for_each")):
            continue
        rules = written(net.network, group)
        wide = tuple(too_wide(net.network, Narrow("", (group,), change.direction, change.peers)))[-1]
        parts = [fewer(rule, path, old, new, 0) for rule, path, old, new in wide]
        edits = tuple(dict.fromkeys(edit for part in parts for edit in part))
        if not edits or not all(parts) or any(not one.inline for one in rules):
            continue
        if not all(holds(block.span, one.span) for one in edits):
            continue
        name = unused(f"{block.labels[1]}_narrow", GROUP, {one.labels for one in files.blocks(directory(origin), "resource")})
        places = [instead(files, one, local_address(group), f"{GROUP}.{name}.id") for one in change.owners]
        if all(places):
            texts = [copy(files, block, name, edits)]
            yield (*(edit for each in places for edit in each), inserted(files.texts, block.span, texts, ""))


def directory(origin: Origin) -> str:
    """
    Return the directory of the file that something is written in.
    """
    return posixpath.dirname(origin.span.path)


def is_named(net: Network, group: str) -> bool:
    """
    Return whether a rule names the group, so that those who have a copy of it would not be meant.
    """
    boxes = (box for rule in net.permissions for box in rule.boxes.most)
    return any(
        isinstance(box.peer, GroupPeer) and (box.peer.group == group or not isinstance(box.peer.group, str)) for box in boxes
    )


def instead(files: Terraform, owner: Origin, group: str, name: str) -> Edits:
    """
    Return the edit by which a resource has another group instead of this one, nothing where that is not written in a list.
    """
    block = files.block_at(owner.span)
    held = None if block is None else block.attribute(LISTS.get(block.labels[0], ""))
    if held is None or not isinstance(held.expr, TupleExpr) or files.ignores(owner, held.name):
        return ()
    found = [one for one in held.expr.items if files.texts.written(one.span) == f"{group}.id"]
    return (Edit(found[0].span, name),) if len(found) == 1 else ()


def copy(files: Terraform, block: Block, name: str, edits: Edits) -> str:
    """
    Return the text of a block with another name, and with edits in it; its own `name` ends in another word.
    """
    texts, path = files.texts, block.span.path
    text = texts.text(path) or ""
    held = block.attribute("name")
    if held is not None:
        said = texts.written(held.expr.span)
        told = isinstance(held.expr, (Literal, Template)) and said.endswith('"')
        word = f'{said[:-1]}-narrow"' if told else f'"${{{said}}}-narrow"'
        edits = (*edits, Edit(held.expr.span, word))
    start, end = offsets(text, block.span)
    new = edited(text, edits)
    made = new[start : len(new) - (len(text) - end)].replace(texts.newline(path), "\n")
    return made.replace(hcl.quote(block.labels[1]), hcl.quote(name), 1) + "\n"
