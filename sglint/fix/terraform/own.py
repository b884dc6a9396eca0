"""
A security group of its own for an interface, as edits of Terraform files.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from sglint.finding import Edit
from sglint.fix.change import MOST_GROUPS, OWN, Attach
from sglint.fix.terraform import hcl
from sglint.fix.terraform.add import BLOCKS, local_address, of, ports_and_peers, together, unused
from sglint.fix.terraform.origin import Terraform
from sglint.fix.terraform.place import common_tags, inserted
from sglint.fix.text import Texts, at
from sglint.model import Direction
from sglint.resource import Origin
from sglint.rule import Judged
from sglint.syntax import Block, TupleExpr

GROUP = "aws_security_group"
LISTS = {
    "aws_instance": "vpc_security_group_ids",
    "aws_network_interface": "security_groups",
    "aws_vpc_endpoint": "security_group_ids",
}
"""Where the groups of an interface are written that can get another one and stay what it is."""

Edits = tuple[Edit, ...]


def attaching(files: Terraform, net: Judged, change: Attach) -> Iterator[Edits]:
    """
    Yield edits that add a security group beside a resource, and attach it, where the groups of that are written as a list.
    """
    origin = change.owner
    block = files.block_at(origin.span)
    held = None if block is None else block.attribute(LISTS.get(block.labels[0], ""))
    if held is not None and files.ignores(origin, held.name):
        return
    if block is None or held is None or not isinstance(held.expr, TupleExpr) or not 0 < len(held.expr.items) < MOST_GROUPS:
        return
    directory = posixpath.dirname(origin.span.path)
    like = alike(files, net, change, directory)
    vpc = None if like is None else like.attribute("vpc_id")
    text = "" if vpc is None else files.texts.written(vpc.expr.span)
    if like is None or "each." in text or "count." in text or "\n" in text:
        return
    stem = block.labels[1]
    name = unused(stem, GROUP, {one.labels for one in files.blocks(directory, "resource")})
    values: dict[str, hcl.Plain] = {"description": OWN.format(stem)}
    if any(like.attribute(one) is not None for one in ("name", "name_prefix")) and not name.startswith("sg-"):
        values = {"name_prefix": f"{name}-", **values}
    values |= {"vpc_id": hcl.Raw(text)} if text else {}
    values |= common_tags(files.texts, like)
    rules = [
        (BLOCKS[direction], ports_and_peers(*one))
        for direction in Direction
        for one in together(of(change.openings, direction))
    ]
    made = hcl.block("resource", (GROUP, name), values, rules)
    yield (*appended(files.texts, held.expr, f"{GROUP}.{name}.id"), inserted(files.texts, block.span, [made], ""))


def alike(files: Terraform, net: Judged, change: Attach, directory: str) -> Block | None:
    """
    Return the block of the first group of the interface that is made in the same module.
    """
    found: list[Origin] = [one.origin for one in net.network.groups if one.origin.address in change.groups]
    module = change.owner.address.removesuffix(local_address(change.owner.address))
    mine = (one for one in found if one.address.removesuffix(local_address(one.address)) == module)
    blocks = (files.block_at(one.span) for one in mine if posixpath.dirname(one.span.path) == directory)
    return next((one for one in blocks if one is not None and one.labels[:1] == (GROUP,)), None)


def appended(texts: Texts, held: TupleExpr, text: str) -> Edits:
    """
    Return the edits that add an expression at the end of a list, on a line of its own where the others have one.
    """
    last, path = held.items[-1].span, held.span.path
    end = at(path, last.end_line, last.end_column)
    if held.span.line == last.line:
        return (Edit(end, f", {text}"),)
    line, start = (texts.line(path, number) for number in (last.end_line, last.line))
    indent = start[: len(start) - len(start.lstrip())]
    comma = line[last.end_column - 1 :].lstrip().startswith(",")
    below = Edit(at(path, last.end_line, len(line) + 1), f"{texts.newline(path)}{indent}{text}{',' if comma else ''}")
    return (below,) if comma else (Edit(end, ","), below)
