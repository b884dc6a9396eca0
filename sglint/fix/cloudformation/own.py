"""
A security group of its own for an interface, as edits of templates of CloudFormation.
"""

from __future__ import annotations

from collections.abc import Iterator

from sglint.finding import Edit
from sglint.fix.change import MOST_GROUPS, OWN, Attach
from sglint.fix.cloudformation.filter import names, property_of, unused
from sglint.fix.cloudformation.notation import Data, Get, style_of
from sglint.fix.cloudformation.origin import Stacks
from sglint.fix.cloudformation.put import append, resource_after, rule_of
from sglint.fix.rules import written
from sglint.model import Direction
from sglint.rule import Judged
from sglint.space import EVERYONE, Protocol
from sglint.template import Intrinsic, List, Mapping, Node, Scalar

NOBODY: dict[str, Data] = {"IpProtocol": -1, "CidrIp": "127.0.0.1/32"}
"""
A rule that lets nothing out: a group without any for what goes out gets one for everyone.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
"""

LISTS = {
    "AWS::EC2::Instance": "SecurityGroupIds",
    "AWS::EC2::NetworkInterface": "GroupSet",
    "AWS::EC2::VPCEndpoint": "SecurityGroupIds",
}

Edits = tuple[Edit, ...]


def attaching(files: Stacks, net: Judged, change: Attach) -> Iterator[Edits]:
    """
    Yield edits that add a security group beside a resource, and attach it, where the groups of that are written as a list.
    """
    entry = files.resource(change.owner)
    held = None if entry is None else groups_of(entry.value)
    found = [one.origin for one in net.network.groups if one.origin.address in change.groups]
    like = next((one for one in found if one.span.path == change.owner.span.path), None)
    resource = None if like is None else files.resource(like)
    if entry is None or held is None or like is None or resource is None or like.callers != change.owner.callers:
        return
    properties = resource.value.get("Properties") if isinstance(resource.value, Mapping) else None
    vpc = property_of(files, like, "VpcId")
    if not isinstance(properties, Mapping) or (vpc is None and properties.get("VpcId") is not None):
        return
    values: dict[str, Data] = {"GroupDescription": OWN.format(entry.key)}
    values |= {} if vpc is None else {"VpcId": vpc}
    for direction, name in ((Direction.IN, "SecurityGroupIngress"), (Direction.OUT, "SecurityGroupEgress")):
        items = [rule_of(one) for one in change.openings if one.direction is direction]
        if direction is Direction.OUT and not items and not all_goes_out(net, change):
            items = [NOBODY]
        values |= {name: items} if items else {}
    key = unused(f"{entry.key}Group", names(files, change.owner))
    style = style_of(files.texts, entry.span.path)
    last = held.items[-1]
    item = Get(key) if isinstance(last, Intrinsic) and last.name == "Ref" else Get(key, "GroupId")
    made: dict[str, Data] = {key: {"Type": "AWS::EC2::SecurityGroup", **files.condition(change.owner), "Properties": values}}
    yield (append(files.texts, held, [item], style), resource_after(files.texts, entry, made, style))


def groups_of(resource: Node) -> List | None:
    """
    Return the list of the groups of an interface that can get another one, None where there is none or several are.
    """
    kind = resource.get("Type") if isinstance(resource, Mapping) else None
    held = resource.get("Properties") if isinstance(resource, Mapping) else None
    if not isinstance(kind, Scalar) or kind.text not in LISTS or not isinstance(held, Mapping):
        return None
    devices = held.get("NetworkInterfaces")
    if isinstance(devices, List) and len(devices.items) == 1 and isinstance(devices.items[0], Mapping):
        found = devices.items[0].get("GroupSet")
    else:
        found = held.get(LISTS[kind.text])
    return found if isinstance(found, List) and 0 < len(found.items) < MOST_GROUPS else None


def all_goes_out(net: Judged, change: Attach) -> bool:
    """
    Return whether the groups that there are let everything out already, which a group without rules for it does too.
    """
    rules = [one for group in change.groups for one in written(net.network, group) if one.direction is Direction.OUT]
    whole = [one for one in rules if one.plain and {protocol for protocol, _ in one.services} == set(Protocol)]
    judged = (one for one in net.judgements if one.interface.address == change.owner.address)
    families = {verdict.family for one in judged for verdict in one.verdicts}
    return all(any(EVERYONE[family] in peers for one in whole for _, peers in one.peers) for family in families)
