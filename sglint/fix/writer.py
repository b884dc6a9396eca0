"""
From changes to edits, in the language of the file that the thing to change is written in.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from sglint.finding import Edit
from sglint.fix import cloudformation, terraform
from sglint.fix.change import ApplianceMode, Attach, Change, Filter, SetTimeout, Swap
from sglint.fix.language import edits_for
from sglint.fix.look import Look
from sglint.fix.text import Texts
from sglint.request import Request
from sglint.resource import Origin
from sglint.rule import Judged
from sglint.source import list_files
from sglint.syntax import Document

ENDS = (".tfvars", ".tfvars.json")
ATTRIBUTES = (
    "ingress",
    "egress",
    "security_groups",
    "security_group_ids",
    "vpc_security_group_ids",
    "connection_tracking_specification",
    "appliance_mode_support",
)
"""What is changed of a resource, of which its lifecycle may say that changes are ignored."""


def proposals(request: Request, now: Look, net: Judged, change: Change) -> Iterator[tuple[Edit, ...]]:
    """
    Yield edits that may bring a change about, the most local ones first.
    """
    origin = owner(net, change)
    if origin is None:
        return
    if origin.span.path.endswith((".tf", ".tf.json")):
        files = files_of(request, now, net)
        found = edits_for(terraform.language(files, net), net, change)
        yield from (terraform.with_comments(files.texts, edits) for edits in found)
    else:
        names = frozenset(one.partition("=")[0].strip() for one in request.parameters)
        stacks = cloudformation.Stacks(Texts(now.networks.tree), request.parameter_files, names)
        yield from edits_for(cloudformation.language(stacks, net), net, change)


def obstacle(request: Request, now: Look, net: Judged, change: Change) -> str:
    """
    Return why nothing can be written for a change, "" where that cannot be said.
    """
    origin = owner(net, change)
    if origin is None:
        return ""
    address, path = origin.address, origin.span.path
    if path.endswith(".tf.json"):
        return f"{address} is written in JSON, which is not added to: write it by hand in {path}"
    if path.endswith(".tf"):
        files = files_of(request, now, net)
        block = files.block_at(origin.span)
        held = (
            None if block is None or not isinstance(change, Filter) else block.attribute("ingress") or block.attribute("egress")
        )
        if held is not None:
            return f"{address} has its rules in an attribute, which is not added to: write them by hand"
        name = next((one for one in ATTRIBUTES if files.ignores(origin, one)), "")
        left = f"Terraform leaves {name} of {address} as it is, by ignore_changes in its lifecycle"
        return f"{left}: take {name} out there, or change it where it is deployed" if name else ""
    here = cloudformation.Stacks(Texts(now.networks.tree)).resource(origin)
    return "" if here else f"{address} is made by Fn::ForEach or a macro, which is not edited: change what makes it by hand"


def files_of(request: Request, now: Look, net: Judged) -> terraform.Terraform:
    """
    Return the files of Terraform that a root module was read from, and what gives its variables their values.
    """
    tree = now.networks.tree
    paths = tuple(one.path for one in now.networks.documents if isinstance(one, Document))
    beside = [path for path in list_files(tree, net.network.root) if path.endswith(ENDS)]
    first = [path for path in beside if posixpath.basename(path).startswith("terraform.tfvars")]
    given = [text for kind, text in request.assignments if kind == "file"]
    names = frozenset(text.partition("=")[0].strip() for kind, text in request.assignments if kind != "file")
    rest = [path for path in beside if path.endswith((".auto.tfvars", ".auto.tfvars.json"))]
    return terraform.Terraform(Texts(tree), paths, (*first, *rest, *given), names)


def owner(net: Judged, change: Change) -> Origin | None:
    """
    Return the origin of the thing that is to change.
    """
    if isinstance(change, (SetTimeout, Attach)):
        return change.owner
    if isinstance(change, Swap):
        return change.owners[0]
    if isinstance(change, ApplianceMode):
        return change.attachment.origin
    if isinstance(change, Filter):
        if not change.acl:
            return next((one.origin for one in net.network.subnets if one.origin.address in change.subnets), None)
        return next((one.origin for one in net.network.acls if one.origin.address == change.acl), None)
    return next((one.origin for one in net.network.groups if one.origin.address in change.groups), None)
