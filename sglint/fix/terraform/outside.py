"""
How the subnets and the VPC of a module are named where it is called: by the outputs that tell what they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sglint.fix.terraform import hcl
from sglint.fix.terraform.add import local_address, told_by
from sglint.fix.terraform.origin import Frame, Terraform
from sglint.frozen import frozen
from sglint.resource import Origin, split_key
from sglint.rule import Judged
from sglint.syntax import Block

PLAIN = ("this", "main", "default")
"""What a resource of a module is called that says nothing of it."""


@frozen
class Outside:
    """
    Subnets as they are named where their modules are called: a name for what is made for them, a list of them, their VPC, the
    block of the last call, and the directory that this is in.
    """

    name: str
    subnets: hcl.Plain
    vpc: str
    call: Block
    directory: str


def outside(files: Terraform, net: Judged, subnets: Sequence[Origin]) -> Outside | None:
    """
    Return how subnets are named where their modules are called, None where that is in several places, or cannot be said.
    """
    frames = [files.frame(one) for one in subnets]
    above = {around(one.address) for one in subnets}
    calls = [one.call for one in frames if one.call is not None]
    parent = frames[0].parent
    if len(above) != 1 or len(calls) != len(frames) or parent is None or not calls[-1].span.path.endswith(".tf"):
        return None
    ids = [next(told(files, frame, one), "") for frame, one in zip(frames, subnets, strict=True)]
    vpc = next(vpcs(files, net, subnets[0], frames[0]), "")
    if not all(ids) or not vpc:
        return None
    block = split_key(local_address(subnets[0].address))[0].rpartition(".")[2]
    name = "_".join([calls[0].labels[0], *([] if block in PLAIN else [block])])
    return Outside(name, together(net, subnets, ids), vpc, max(calls, key=lambda one: one.span), parent.directory)


def around(address: str) -> str:
    """
    Return the address of the module that calls the module of a thing.

    >>> around('module.a.module.b["x"].aws_subnet.c'), around("module.b.aws_subnet.c")
    ('module.a.', '')
    """
    module = address.removesuffix(local_address(address)).removesuffix(".")
    return module.removesuffix(local_step(module))


def local_step(module: str) -> str:
    """
    Return the last step of the address of a module.
    """
    found = module.rpartition("module.")
    return "".join(found[1:])


def told(files: Terraform, frame: Frame, origin: Origin) -> Iterator[str]:
    """
    Yield how the identity of a thing is named where its module is called.
    """
    address, key = split_key(local_address(origin.address))
    for output in files.blocks(frame.directory, "output"):
        value = output.attribute("value")
        end = None if value is None else told_by(files.texts.written(value.expr.span), address, key)
        if end is not None and frame.call is not None:
            yield f"module.{frame.call.labels[0]}{frame.key}.{output.labels[0]}{end}"


def together(net: Judged, subnets: Sequence[Origin], ids: Sequence[str]) -> hcl.Plain:
    """
    Return a list of subnets: the output itself where that is all that it tells, so that what it tells some day is in it.
    """
    blocks = {split_key(one.address)[0] for one in subnets}
    mine = {one.origin.address for one in net.network.subnets if split_key(one.origin.address)[0] in blocks}
    keys = [split_key(one.address)[1] for one in subnets]
    lists = {one.removesuffix(key) for one, key in zip(ids, keys, strict=True)}
    if len(lists) == 1 and len(blocks) == 1 and mine == {one.address for one in subnets} and all(keys):
        held = next(iter(lists))
        return hcl.Raw(f"values({held})" if '"' in keys[0] else held)
    return [hcl.Raw(one) for one in ids]


def vpcs(files: Terraform, net: Judged, subnet: Origin, frame: Frame) -> Iterator[str]:
    """
    Yield how the VPC of a subnet is named where the module of the subnet is called: as it is given to that, or told by it.
    """
    block = files.block_at(subnet.span)
    held = None if block is None else block.attribute("vpc_id")
    text = "" if held is None else files.texts.written(held.expr.span)
    given = frame.call.attribute(text.removeprefix("var.")) if text.startswith("var.") and frame.call is not None else None
    if given is not None:
        found = files.texts.written(given.expr.span)
        yield from [] if "each." in found or "count." in found or "\n" in found else [found]
    links = {one.vpc for one in net.network.subnets if one.origin == subnet}
    for vpc in net.network.vpcs:
        same = vpc.origin.address.removesuffix(local_address(vpc.origin.address)) == subnet.address.removesuffix(
            local_address(subnet.address)
        )
        if vpc.origin.address in links and same:
            yield from told(files, frame, vpc.origin)
