"""
New attributes of resources in Terraform files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sglint.finding import Edit
from sglint.fix.terraform import hcl
from sglint.fix.terraform.add import Edits, is_of
from sglint.fix.terraform.origin import Terraform
from sglint.fix.terraform.place import after_last, body_indent
from sglint.fix.text import at
from sglint.resource import Origin
from sglint.syntax import Block


def attribute_edits(files: Terraform, origin: Origin, path: Sequence[str], value: str | int) -> Iterator[Edits]:
    """
    Yield edits that give a resource an attribute that it does not have, in a nested block where the path has two parts.

    A launch template has its timeouts in its first network interface.
    """
    block = files.block_at(origin.span)
    if block is None or not origin.span.path.endswith(".tf"):
        return
    if block.labels[:1] == ("aws_launch_template",):
        inner = [one for one in block.blocks if one.type == "network_interfaces"]
        inner += [
            each for one in block.blocks if is_of(one, "network_interfaces") for each in one.blocks if one.type == "dynamic"
        ]
        if not inner:
            return
        block = inner[0]
    if len(path) == 2:
        held = next((one for one in block.blocks if one.type == path[0]), None)
        if held is None:
            yield (after_last(files.texts, block, "", [hcl.block(path[0], (), {path[1]: value})]),)
            return
        block = held
    yield (with_attribute(files, block, path[-1], value),)


def with_attribute(files: Terraform, block: Block, name: str, value: str | int) -> Edit:
    """
    Return the edit that adds an attribute after the last one, its sign under the others' where that leaves these as they are.
    """
    texts = files.texts
    path = block.span.path
    plain = [one for one in block.attributes if one.span.line == one.span.end_line]
    if block.span.line == block.span.end_line or not plain or max(block.attributes, key=lambda one: one.span) not in plain:
        return after_last(texts, block, "", [hcl.attributes({name: value})])
    last = max(plain, key=lambda one: one.span)
    column = texts.line(path, last.span.line).index("=", last.span.column - 1)
    indent = body_indent(texts, block)
    width = column - len(indent) - 1
    if len(name) <= width:
        text = f"{indent}{name.ljust(width)} = {hcl.value(value)}"
        end = len(texts.line(path, last.span.line)) + 1
        return Edit(at(path, last.span.line, end), texts.newline(path) + text)
    return after_last(texts, block, "", [hcl.attributes({name: value})], attribute=True)
