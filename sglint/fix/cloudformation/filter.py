"""
Rules of network ACLs, and new network ACLs, as edits of templates of CloudFormation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from sglint.finding import Edit
from sglint.fix.change import AclRule, Filter
from sglint.fix.cloudformation.notation import Data, Get, style_of
from sglint.fix.cloudformation.origin import Stacks
from sglint.fix.cloudformation.put import resource_after
from sglint.model import Direction
from sglint.resource import Origin
from sglint.rule import Judged
from sglint.space import Family, family_of
from sglint.template import Intrinsic, List, Mapping, Node, Scalar

NUMBERS = {"tcp": 6, "udp": 17, "icmp": 1}

Edits = tuple[Edit, ...]


def filtering(files: Stacks, net: Judged, change: Filter) -> Iterator[Edits]:
    """
    Yield the edit that adds rules of a network ACL, or a network ACL with its rules, which subnets get once it has all of them.
    """
    if change.acl:
        acl = next((one for one in net.network.acls if one.origin.address == change.acl), None)
        entry = None if acl is None else files.resource(acl.origin)
        if acl is None or entry is None or entry.value.span.path != acl.origin.span.path:
            return
        last = max((one.origin for one in acl.entries), key=lambda one: one.span, default=acl.origin)
        yield from added(files, last, entries(files, acl.origin, entry.key, change.rules, files.condition(acl.origin)))
        return
    subnets = [one.origin for one in net.network.subnets if one.origin.address in change.subnets]
    found = [files.resource(one) for one in subnets]
    keys = [one.key for one in found if one is not None]
    if not keys or len(keys) != len(change.subnets) or len({one.span.path for one in subnets}) != 1:
        return
    vpc = property_of(files, subnets[0], "VpcId")
    if vpc is None:
        return
    taken = names(files, subnets[0])
    key = unused(f"{keys[0]}Acl", taken)
    conditions = [files.condition(one) for one in subnets]
    shared = conditions[0] if all(one == conditions[0] for one in conditions) else {}
    if not shared and any(files.condition(one.origin) for one in net.network.vpcs):
        return
    made: dict[str, Data] = {key: {"Type": "AWS::EC2::NetworkAcl", **shared, "Properties": {"VpcId": vpc}}}
    rules = entries(files, subnets[0], key, change.rules, shared)
    made |= rules
    for subnet, condition in zip(keys, conditions, strict=True):
        properties: dict[str, Data] = {"SubnetId": Get(subnet), "NetworkAclId": Get(key)}
        made[unused(f"{subnet}AclAssociation", taken)] = {
            "Type": "AWS::EC2::SubnetNetworkAclAssociation",
            **condition,
            "DependsOn": list(rules),
            "Properties": properties,
        }
    yield from added(files, max(subnets, key=lambda one: one.span), made)


def added(files: Stacks, after: Origin, made: dict[str, Data]) -> Iterator[Edits]:
    """
    Yield the edit that adds resources after another one.
    """
    entry = files.resource(after)
    if entry is not None:
        yield (resource_after(files.texts, entry, made, style_of(files.texts, after.span.path)),)


def entries(files: Stacks, origin: Origin, key: str, rules: Sequence[AclRule], condition: dict[str, str]) -> dict[str, Data]:
    """
    Return rules of a network ACL as resources that are there under its condition.
    """
    taken = names(files, origin)
    found: dict[str, Data] = {}
    for one in rules:
        out = one.direction is Direction.OUT
        properties: dict[str, Data] = {
            "NetworkAclId": Get(key),
            "Egress": out,
            "RuleNumber": one.number,
            "RuleAction": "allow" if one.allow else "deny",
            "Protocol": -1 if one.protocol is None else NUMBERS[one.protocol.value],
            "CidrBlock" if family_of(one.peer) is Family.IPV4 else "Ipv6CidrBlock": str(one.peer),
        }
        if one.ports is not None:
            properties["PortRange"] = {"From": one.ports.first, "To": one.ports.last}
        name = unused(f"{key}{'Out' if out else 'In'}{one.number}", taken)
        taken.add(name)
        found[name] = {"Type": "AWS::EC2::NetworkAclEntry", **condition, "Properties": properties}
    return found


def names(files: Stacks, origin: Origin) -> set[str]:
    """
    Return the names of all resources of a template.
    """
    body = files.texts.template(origin.span.path).body
    held = None if body is None else body.get("Resources")
    return {one.key for one in held} if isinstance(held, Mapping) else set()


def unused(name: str, taken: set[str]) -> str:
    """
    Return the name, with a number where it is taken.
    """
    return next(one for one in chain([name], (f"{name}{n}" for n in range(2, len(taken) + 3))) if one not in taken)


def property_of(files: Stacks, origin: Origin, name: str) -> Data | None:
    """
    Return a property of a resource as it can be written again elsewhere in the template.
    """
    entry = files.resource(origin)
    properties = entry.value.get("Properties") if entry is not None and isinstance(entry.value, Mapping) else None
    return as_data(properties.get(name)) if isinstance(properties, Mapping) else None


def as_data(node: Node | None) -> Data | None:
    """
    Return a scalar or reference as it can be written again elsewhere in the template.
    """
    if isinstance(node, Scalar):
        return node.text if isinstance(node.value, str) or not re.fullmatch("-?[1-9][0-9]*|0", node.text) else int(node.text)
    if isinstance(node, Intrinsic) and node.name == "Ref" and isinstance(node.argument, Scalar):
        return Get(node.argument.text)
    if isinstance(node, Intrinsic) and node.name == "Fn::GetAtt" and isinstance(node.argument, List):
        parts = [one.text for one in node.argument.items if isinstance(one, Scalar)]
        return Get(parts[0], parts[1]) if len(parts) == 2 else None
    return None
