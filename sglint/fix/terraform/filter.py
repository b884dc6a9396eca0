"""
Rules of network ACLs, and new network ACLs, as edits of Terraform files.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from sglint.finding import Edit
from sglint.fix.change import AclRule, Filter
from sglint.fix.terraform import hcl
from sglint.fix.terraform.add import local_address, named, unused
from sglint.fix.terraform.origin import Terraform
from sglint.fix.terraform.outside import outside
from sglint.fix.terraform.place import after_last, common_tags, inserted
from sglint.model import Acl, Direction
from sglint.resource import Origin, split_key
from sglint.rule import Judged
from sglint.space import Family, family_of

ACLS = ("aws_network_acl", "aws_default_network_acl")
RULE = "aws_network_acl_rule"
NUMBERS = {"tcp": "6", "udp": "17"}
"""How the provider keeps protocols, so that a plan shows no change after the first."""

Edits = tuple[Edit, ...]


def filtering(files: Terraform, net: Judged, change: Filter) -> Iterator[Edits]:
    """
    Yield edits that add rules to a network ACL, in the style of those that it has, or that add a network ACL.
    """
    if not change.acl:
        yield from new_acl(files, net, change)
        return
    acl = next((one for one in net.network.acls if one.origin.address == change.acl), None)
    block = None if acl is None else files.block_at(acl.origin.span)
    if acl is None or block is None or block.labels[:1] not in [(kind,) for kind in ACLS]:
        return
    alone = [one.origin for one in acl.entries if one.origin.address != acl.origin.address]
    if alone:
        last = max(alone, key=lambda one: one.span)
        yield (inserted(files.texts, last.block, resources(files, acl, change.rules), ""),)
        return
    if any(block.attribute(name) is not None or files.ignores(acl.origin, name) for name in ("ingress", "egress")):
        return
    edits = []
    for direction, name in ((Direction.IN, "ingress"), (Direction.OUT, "egress")):
        texts = [hcl.block(name, (), inline(one)) for one in change.rules if one.direction is direction]
        if texts:
            there = [each for each in (name, "ingress", "egress") if any(child.type == each for child in block.blocks)]
            edits.append(after_last(files.texts, block, there[0] if there else "", texts))
    yield tuple(edits)


def inline(one: AclRule) -> dict[str, hcl.Plain]:
    """
    Return a rule as a block of a network ACL says it.
    """
    return {
        "rule_no": one.number,
        "action": "allow" if one.allow else "deny",
        "protocol": protocol(one),
        **peer_and_ports(one),
    }


def peer_and_ports(one: AclRule) -> dict[str, hcl.Plain]:
    """
    Return the attributes of a rule that all ways to write it share.
    """
    cidr = "cidr_block" if family_of(one.peer) is Family.IPV4 else "ipv6_cidr_block"
    first, last = (0, 0) if one.ports is None else (one.ports.first, one.ports.last)
    return {cidr: str(one.peer), "from_port": first, "to_port": last}


def protocol(one: AclRule) -> str:
    """
    Return the protocol of a rule as it is written.
    """
    return "-1" if one.protocol is None else NUMBERS.get(one.protocol.value, one.protocol.value)


def resources(files: Terraform, acl: Acl, rules: Sequence[AclRule]) -> list[str]:
    """
    Return rules as resources of their own.
    """
    directory = posixpath.dirname(acl.origin.span.path)
    taken = {one.labels for one in files.blocks(directory, "resource")}
    found = []
    for one in rules:
        way = "ingress" if one.direction is Direction.IN else "egress"
        name = unused(f"{named(acl.origin.address)}_{way}_{one.number}", RULE, taken)
        taken.add((RULE, name))
        values: dict[str, hcl.Plain] = {
            "network_acl_id": hcl.Raw(f"{local_address(acl.origin.address)}.id"),
            "egress": one.direction is Direction.OUT,
            "rule_number": one.number,
            "rule_action": "allow" if one.allow else "deny",
            "protocol": protocol(one),
            **peer_and_ports(one),
        }
        found.append(hcl.block("resource", (RULE, name), values))
    return found


def new_acl(files: Terraform, net: Judged, change: Filter) -> Iterator[Edits]:
    """
    Yield the edit that adds a network ACL for subnets, after the last of them, or where their modules are called.
    """
    subnets = [one.origin for one in net.network.subnets if one.origin.address in change.subnets]
    if len(subnets) != len(change.subnets) or any(not one.span.path.endswith(".tf") for one in subnets):
        return
    rules = [("ingress" if one.direction is Direction.IN else "egress", inline(one)) for one in change.rules]
    if len({one.address.removesuffix(local_address(one.address)) for one in subnets}) == 1:
        yield from beside(files, net, subnets, rules)
    there = outside(files, net, subnets)
    if there is not None:
        taken = {one.labels for one in files.blocks(there.directory, "resource")}
        values = {"vpc_id": hcl.Raw(there.vpc), "subnet_ids": there.subnets}
        made = hcl.block("resource", ("aws_network_acl", unused(there.name, "aws_network_acl", taken)), values, rules)
        yield (inserted(files.texts, there.call.span, [made], ""),)


def beside(
    files: Terraform, net: Judged, subnets: Sequence[Origin], rules: Sequence[tuple[str, dict[str, hcl.Plain]]]
) -> Iterator[Edits]:
    """
    Yield the edit that adds a network ACL for subnets of one module, after the last of them.

    All subnets of a block are named together, so that those which it makes some day are among them.
    """
    first, last = subnets[0], max(subnets, key=lambda one: one.span)
    block = files.block_at(first.span)
    vpc = None if block is None else block.attribute("vpc_id")
    text = "" if vpc is None else files.texts.written(vpc.expr.span)
    if block is None or not text or "each." in text or "count." in text or "\n" in text:
        return
    taken = {one.labels for one in files.blocks(posixpath.dirname(first.span.path), "resource")}
    for name, head in (all_of(files, net, subnets, text), one_by_one(subnets)):
        if head:
            number = {key: head[key] for key in head if key == "count"}
            values = {**number, "vpc_id": hcl.Raw(text), **head, **common_tags(files.texts, block)}
            made = hcl.block("resource", ("aws_network_acl", unused(name, "aws_network_acl", taken)), values, rules)
            yield (inserted(files.texts, last.block, [made], ""),)


def one_by_one(subnets: Sequence[Origin]) -> tuple[str, dict[str, hcl.Plain]]:
    """
    Return a name for what is made for subnets, and how each of them is named.
    """
    return named(subnets[0].address), {"subnet_ids": [hcl.Raw(f"{local_address(one.address)}.id") for one in subnets]}


def all_of(files: Terraform, net: Judged, subnets: Sequence[Origin], vpc: str) -> tuple[str, dict[str, hcl.Plain]]:
    """
    Return a name for what is made for all subnets of a block that makes several, and how they are named together; nothing
    for other subnets.
    """
    address, _ = split_key(subnets[0].address)
    block = files.block_at(subnets[0].span)
    repeat = None if block is None else block.attribute("count") or block.attribute("for_each")
    mine = {one.origin.address for one in net.network.subnets if split_key(one.origin.address)[0] == address}
    if repeat is None or mine != {one.address for one in subnets}:
        return "", {}
    name = local_address(address)
    every = f"{name}[*].id" if repeat.name == "count" else f"values({name})[*].id"
    there: dict[str, hcl.Plain] = {"count": hcl.Raw(f"length({name}) > 0 ? 1 : 0")} if "[" in vpc else {}
    return named(address), {**there, "subnet_ids": hcl.Raw(every)}
