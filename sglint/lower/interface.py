"""
Network interfaces, and the instances that have one of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

from sglint.lower import read
from sglint.lower.index import Index
from sglint.lower.link import follow, links, part_of, places, pointing, unique
from sglint.lower.row import Row, Slot, View
from sglint.lower.trait import NATIVE_TIMEOUTS
from sglint.lower.vpc import vpc_of
from sglint.model import Interface, Link, Role
from sglint.source import Problem, Span
from sglint.value import Ref, Seq, Unknown

ROWS = (
    Row(
        "interface",
        {
            "aws_network_interface": {
                "subnet": "subnet_id",
                "groups": "security_groups",
                "check": "source_dest_check",
                "instance": "attachment[].instance",
                "ip": "private_ips|private_ip_list|private_ip",
            },
            "AWS::EC2::NetworkInterface": {
                "subnet": "SubnetId",
                "groups": "GroupSet",
                "check": "SourceDestCheck",
                "ip": "PrivateIpAddress|PrivateIpAddresses[].PrivateIpAddress",
                **NATIVE_TIMEOUTS,
            },
            "data.aws_network_interface": {"id": "id"},
        },
    ),
    Row(
        "group attachment",
        {"aws_network_interface_sg_attachment": {"interface": "network_interface_id", "groups": "security_group_id"}},
    ),
    Row(
        "interface attachment",
        {
            "aws_network_interface_attachment": {"interface": "network_interface_id", "instance": "instance_id"},
            "AWS::EC2::NetworkInterfaceAttachment": {"interface": "NetworkInterfaceId", "instance": "InstanceId"},
        },
    ),
    Row(
        "address",
        {
            "aws_eip": {"interface": "network_interface", "instance": "instance"},
            "AWS::EC2::EIP": {"instance": "InstanceId"},
        },
    ),
    Row(
        "address association",
        {
            "aws_eip_association": {"interface": "network_interface_id", "instance": "instance_id"},
            "AWS::EC2::EIPAssociation": {"interface": "NetworkInterfaceId", "instance": "InstanceId"},
        },
    ),
)
GROUPS = ("group", "default group", "groups")


def lower(index: Index) -> Iterator[Interface | Problem]:
    """
    Yield the interfaces that are written as such.
    """
    for one in index.of("interface"):
        if not one.resource.kind.startswith("data."):
            yield _interface(index, one)


def given_groups(index: Index, slots: Iterable[Slot], one: View) -> tuple[Link, ...]:
    """
    Return the groups that some values of a resource name.
    """
    return unique(item for slot in slots for item in links(index, slot, one.origin.at(slot.field), GROUPS))


def default_group(index: Index, subnets: tuple[Link, ...], span: Span) -> Link:
    """
    Return the default group of the VPC that the subnets lie in, which everything gets that names no group.
    """
    for item in subnets:
        one = index.views.get(item) if isinstance(item, str) else None
        vpc = vpc_of(index, one) if one is not None else None
        if isinstance(vpc, str):
            return part_of(index, vpc, "default_security_group_id", span)
    return Unknown("no security group is given, and the VPC whose default group applies is not in the text", span)


def or_default(index: Index, groups: tuple[Link, ...], subnets: tuple[Link, ...], span: Span) -> tuple[Link, ...]:
    """
    Return the groups, or the default group when there are none.
    """
    return groups or (default_group(index, subnets, span),)


def perhaps(item: Link, one: View) -> Link:
    """
    Return what a resource adds to another; unknown when that resource may not exist.
    """
    maybe = one.origin.maybe
    if maybe is None or isinstance(item, Unknown) or "[*]" in item:
        return item
    return Unknown(maybe.why, maybe.span, refs=(Ref(item, "id"),))


def attached_groups(index: Index, address: str) -> tuple[Link, ...]:
    """
    Return the groups that other resources put on an interface; one that may be missing is unknown.
    """
    found: list[Link] = []
    for one in pointing(index, "group attachment", "interface").get(address, ()):
        found.extend(perhaps(item, one) for item in given_groups(index, one.slots("groups"), one))
    return unique(found)


def _interface(index: Index, one: View) -> Interface:
    """
    Return the interface that a resource is.
    """
    subnets = places(index, one.slots("subnet"), one)
    groups = or_default(index, given_groups(index, one.slots("groups"), one), subnets, one.at("groups"))
    check = read.switch(one, "check", default=True)
    instance = _instance_of(index, one)
    return Interface(
        one.origin,
        one.resource.kind,
        role_of(check=check),
        subnets or (_nowhere(one),),
        unique((*groups, *attached_groups(index, one.address))),
        source_dest_check=check,
        public=has_address(index, one.address, instance),
        attached_to=instance,
        addresses=private(one),
    )


def private(one: View) -> tuple[IPv4Address | IPv6Address, ...]:
    """
    Return the private addresses that are written for an interface or instance.
    """
    found: dict[IPv4Address | IPv6Address, None] = {}
    for slot in one.slots("ip") if one.origin.maybe is None else ():
        for item in slot.value.items if isinstance(slot.value, Seq) else (slot.value,):
            if isinstance(item, str) and slot.maybe is None:
                found.update(dict.fromkeys(as_address(item)))
    return tuple(found)


def as_address(text: str) -> tuple[IPv4Address | IPv6Address, ...]:
    """
    Return the text as an address, nothing where it is none.
    """
    try:
        return (ip_address(text),)
    except ValueError:
        return ()


def role_of(*, check: bool | Unknown) -> Role:
    """
    Return the role that the source/destination check suggests.
    """
    return Role.FORWARDER if check is False else Role.WORKLOAD


def _nowhere(one: View) -> Unknown:
    return Unknown(f"{one.address} names no subnet", one.origin.span)


def _instance_of(index: Index, one: View) -> Link | None:
    """
    Return the instance that an interface is attached to, wherever that is written.
    """
    if one.has("instance"):
        return follow(index, one, "instance", ("instance",))
    for more in pointing(index, "interface attachment", "interface").get(one.address, ()):
        return follow(index, more, "instance", ("instance",))
    for more in pointing(index, "instance", "attached").get(one.address, ()):
        return more.address
    for template in pointing(index, "launch template", "attached").get(one.address, ()):
        for more in pointing(index, "instance", "template").get(template.address, ()):
            return more.address
    return None


def has_address(index: Index, address: str, instance: Link | None) -> bool | Unknown:
    """
    Return whether a public address is put on an interface.
    """
    found = [one for noun in ("address", "address association") for one in pointing(index, noun, "interface").get(address, ())]
    if isinstance(instance, str) and (instance == address or primary(index, instance) == address):
        for noun in ("address", "address association"):
            found.extend(pointing(index, noun, "instance").get(instance, ()))
    answer: bool | Unknown = False
    for one in found:
        if one.origin.maybe is None:
            return True
        answer = one.origin.maybe
    return answer


def primary(index: Index, instance: str) -> str:
    """
    Return the address of an instance's primary interface: its own, or the one attached as its first device; "" if not known.
    """
    one = index.views.get(instance)
    if one is None or one.row.noun != "instance":
        return ""
    if one.has("primary"):
        found = follow(index, one, "primary", ("interface",))
        return found if isinstance(found, str) else ""
    devices = devices_of(index, one)
    for block in devices:
        if read.number(block.value("index")) == 0:
            if not block.has("interface"):
                return instance
            found = follow(index, block, "interface", ("interface",))
            return found if isinstance(found, str) else ""
    return "" if one.has("attached") or any(block.has("interface") for block in devices) else instance


def devices_of(index: Index, one: View) -> tuple[View, ...]:
    """
    Return the network devices that are written for an instance: its own, or those of its launch template.

    A template's devices count for nothing when the instance names a subnet or groups itself.
    """
    own = any(one.has(name) for name in ("devices", "attached", "subnet", "groups"))
    template = None if own else template_of(index, one)
    blocks = (one if template is None else template).blocks("devices")
    return tuple(block for block in blocks if isinstance(block, View))


def template_of(index: Index, one: View) -> View | None:
    """
    Return the launch template that an instance names, None when that is not in the text.
    """
    found = follow(index, one, "template", ("launch template",)) if one.has("template") else None
    return index.views.get(found) if isinstance(found, str) else None


def by_subnet(index: Index, subnets: tuple[Link, ...]) -> bool | Unknown:
    """
    Return whether instances launched into the subnets get a public address by default.
    """
    answer: bool | Unknown = False
    for item in subnets:
        one = index.views.get(item) if isinstance(item, str) else None
        if one is None:
            continue
        here = read.switch(one, "public", default=False)
        if here is True:
            return True
        if here is False and one.found and not one.has("public"):
            here = Unknown(f"whether {one.address} gives public addresses is not in the text", one.origin.span)
        answer = here if isinstance(here, Unknown) else answer
    return answer
