"""
Network interfaces, and the instances that have one of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sglint.lower import read
from sglint.lower.index import Index
from sglint.lower.link import follow, links, part_of, places, pointing, unique
from sglint.lower.row import Row, Slot, View, same
from sglint.lower.trait import NATIVE_TIMEOUTS
from sglint.lower.vpc import vpc_of
from sglint.model import Interface, Link, Role
from sglint.source import Problem, Span
from sglint.value import Ref, Unknown

_INSTANCE = {
    "subnet": "subnet_id",
    "groups": "vpc_security_group_ids|security_groups",
    "attached": "network_interface[].network_interface_id|primary_network_interface[].network_interface_id",
    "devices": "network_interface",
    "devices.index": "device_index",
    "devices.interface": "network_interface_id",
    "primary": "primary_network_interface[].network_interface_id",
    "check": "source_dest_check",
    "public": "associate_public_ip_address",
    "ip": "private_ip",
    "template": "launch_template[].id|launch_template[].name",
    "instance_types": "instance_type",
}
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
        "instance",
        {
            **same(_INSTANCE, "aws_instance", "aws_spot_instance_request"),
            "AWS::EC2::Instance": {
                "subnet": "SubnetId",
                "groups": "SecurityGroupIds|SecurityGroups",
                "attached": "NetworkInterfaces[].NetworkInterfaceId",
                "devices": "NetworkInterfaces",
                "devices.index": "DeviceIndex",
                "devices.interface": "NetworkInterfaceId",
                "devices.subnet": "SubnetId",
                "devices.groups": "GroupSet",
                "devices.public": "AssociatePublicIpAddress",
                "check": "SourceDestCheck",
                "ip": "PrivateIpAddress|NetworkInterfaces[].PrivateIpAddress",
                "template": "LaunchTemplate[].LaunchTemplateId|LaunchTemplate[].LaunchTemplateName",
                "instance_types": "InstanceType",
            },
        },
        ("primary_network_interface_id", "spot_instance_id", "InstanceId"),
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
    Yield the interfaces that are written as such, and those that instances have of their own.
    """
    for one in index.of("interface"):
        if not one.resource.kind.startswith("data."):
            yield _interface(index, one)
    for one in index.of("instance"):
        mine = one.slots("attached")
        new = _new_devices(one)
        if new:
            yield from _devices(index, one, new)
        elif all(slot.maybe is not None or (isinstance(slot.value, Unknown) and not slot.value.refs) for slot in mine):
            yield from _own(index, one, mine)


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


def _attached_groups(index: Index, address: str) -> tuple[Link, ...]:
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
        unique((*groups, *_attached_groups(index, one.address))),
        source_dest_check=check,
        public=_has_address(index, one.address, instance),
        attached_to=instance,
    )


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
    return next((more.address for more in pointing(index, "instance", "attached").get(one.address, ())), None)


def _has_address(index: Index, address: str, instance: Link | None) -> bool | Unknown:
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
    devices = [block for block in one.blocks("devices") if isinstance(block, View)]
    for block in devices:
        if read.number(block.value("index")) == 0:
            if not block.has("interface"):
                return instance
            found = follow(index, block, "interface", ("interface",))
            return found if isinstance(found, str) else ""
    return "" if one.has("attached") else instance


def _new_devices(one: View) -> tuple[View | Slot, ...]:
    """
    Return the devices of an instance for which an interface is made, in their order, and what may be such devices.

    A device whose interface may be an existing one or a new one is there only in the latter case.
    """
    if "devices.subnet" not in one.row.kinds[one.resource.kind]:
        return ()
    found: list[View | Slot] = []
    for block in one.blocks("devices"):
        existing = block.value("interface") if isinstance(block, View) else None
        if isinstance(block, View) and isinstance(existing, Unknown) and None in existing.among:
            found.append(replace(block, maybe=block.maybe or read.unknown(existing, block.at("interface"))))
        elif existing is None:
            found.append(block)
    views = [block for block in found if isinstance(block, View)]
    views.sort(key=lambda block: read.number(block.value("index")) or 0)
    return (*views, *(block for block in found if isinstance(block, Slot))) if views else ()


def _devices(index: Index, one: View, devices: tuple[View | Slot, ...]) -> Iterator[Interface]:
    """
    Yield the interfaces that are made for the devices of an instance; the first device has the address of the instance.
    """
    seen = dict.fromkeys(_device(index, one, device) for device in devices)
    taken = 0 if primary(index, one.address) == one.address else 1
    for position, found in enumerate(seen, taken):
        address = one.address if position == 0 else f"{one.address} (interface {position + 1})"
        yield replace(found, origin=replace(found.origin, address=address))


def _device(index: Index, one: View, device: View | Slot) -> Interface:
    """
    Return the interface that is made for one device.
    """
    maybe = one.origin.maybe or device.maybe
    if isinstance(device, Slot):
        because = read.unknown(device.value, one.origin.at(device.field))
        return Interface(replace(one.origin, maybe=maybe or because), one.resource.kind, Role.WORKLOAD, (because,), (because,))
    sure = replace(device, maybe=None)
    subnets = places(index, sure.slots("subnet"), one)
    if not subnets:
        subnets = (Unknown(f"{one.address} names no subnet, so it is launched in the default VPC", one.origin.span),)
    check = read.switch(one, "check", default=True)
    open_ = read.switch(sure, "public", default=False) if sure.has("public") else by_subnet(index, subnets)
    return Interface(
        one.origin if maybe is None else replace(one.origin, maybe=maybe),
        one.resource.kind,
        role_of(check=check),
        subnets,
        or_default(index, given_groups(index, sure.slots("groups"), one), subnets, sure.at("groups")),
        source_dest_check=check,
        public=_has_address(index, one.address, one.address) or open_,
    )


def _template_groups(template: View) -> tuple[Slot, ...]:
    """
    Return the groups that a launch template names, for the instance or for its devices.
    """
    devices = (slot for block in template.blocks("devices") if isinstance(block, View) for slot in block.slots("groups"))
    return template.slots("groups") or tuple(devices)


def _own(index: Index, one: View, attached: tuple[Slot, ...]) -> Iterator[Interface]:
    """
    Yield the interface that an instance has of its own; it may not when an existing one is possibly attached instead.
    """
    template = index.views.get(_template(index, one))
    subnet_slots = one.slots("subnet") or (template.slots("subnet") if template else ())
    group_slots = one.slots("groups") or (_template_groups(template) if template else ())
    subnets = places(index, subnet_slots, one)
    if not subnets:
        subnets = (Unknown(f"{one.address} names no subnet, so it is launched in the default VPC", one.origin.span),)
    check = read.switch(one, "check", default=True)
    groups = or_default(index, given_groups(index, group_slots, one), subnets, one.at("groups"))
    origin = one.origin
    if attached and origin.maybe is None:
        origin = replace(origin, maybe=attached[0].maybe or read.unknown(attached[0].value, one.at("attached")))
    yield Interface(
        origin,
        one.resource.kind,
        role_of(check=check),
        subnets,
        unique((*groups, *_attached_groups(index, one.address))),
        source_dest_check=check,
        public=public(index, one, subnets),
    )


def _template(index: Index, one: View) -> str:
    found = follow(index, one, "template", ("launch template",)) if one.has("template") else ""
    return found if isinstance(found, str) else ""


def public(index: Index, one: View, subnets: tuple[Link, ...]) -> bool | Unknown:
    """
    Return whether an instance has a public address: of its own, by its subnet's default, or an Elastic IP.
    """
    if _has_address(index, one.address, one.address) is True:
        return True
    if one.has("public"):
        return read.switch(one, "public", default=False)
    return by_subnet(index, subnets) or _has_address(index, one.address, one.address)


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
