"""
Instances, and the interfaces that are made with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sglint.lower import read
from sglint.lower.index import Index
from sglint.lower.interface import (
    attached_groups,
    by_subnet,
    devices_of,
    given_groups,
    has_address,
    or_default,
    primary,
    private,
    role_of,
    template_of,
)
from sglint.lower.link import places, unique
from sglint.lower.row import Row, Slot, View, same
from sglint.lower.trait import timeouts
from sglint.model import Interface, Link, Role
from sglint.value import Unknown

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
    "ip": "private_ip|secondary_private_ips",
    "template": "launch_template[].id|launch_template[].name",
    "instance_types": "instance_type",
}
ROWS = (
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
)


def lower(index: Index) -> Iterator[Interface]:
    """
    Yield the interfaces that instances have of their own.
    """
    for one in index.of("instance"):
        mine = one.slots("attached")
        template = template_of(index, one)
        launched = template is not None and any(block.resource == template.resource for block in devices_of(index, one))
        if _new_devices(one):
            yield from _devices(index, one, _new_devices(one))
        elif template is not None and launched:
            yield from _devices(index, one, _new_devices(template))
        elif all(slot.maybe is not None or (isinstance(slot.value, Unknown) and not slot.value.refs) for slot in mine):
            yield from _own(index, one, mine)


def _new_devices(one: View) -> tuple[View | Slot, ...]:
    """
    Return the devices of an instance or template that an interface is made for, in their order, and what may be such devices.

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
        groups = unique((*found.groups, *attached_groups(index, address)))
        yield replace(found, origin=replace(found.origin, address=address), groups=groups)


def _device(index: Index, one: View, device: View | Slot) -> Interface:
    """
    Return the interface that is made for one device.
    """
    maybe = one.origin.maybe or device.maybe
    if isinstance(device, Slot):
        because = read.unknown(device.value, one.origin.at(device.field))
        return Interface(replace(one.origin, maybe=maybe or because), one.resource.kind, Role.WORKLOAD, (because,), (because,))
    sure = replace(device, maybe=None)
    subnets = places(index, sure.slots("subnet"), sure)
    if not subnets:
        subnets = (Unknown(f"{one.address} names no subnet, so it is launched in the default VPC", one.origin.span),)
    check = read.switch(one, "check", default=True)
    open_ = read.switch(sure, "public", default=False) if sure.has("public") else by_subnet(index, subnets)
    return Interface(
        one.origin if maybe is None else replace(one.origin, maybe=maybe),
        one.resource.kind,
        role_of(check=check),
        subnets,
        or_default(index, given_groups(index, sure.slots("groups"), sure), subnets, sure.at("groups")),
        source_dest_check=check,
        public=has_address(index, one.address, one.address) or open_,
        timeouts=timeouts(sure),
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
    template = template_of(index, one)
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
        unique((*groups, *attached_groups(index, one.address))),
        source_dest_check=check,
        public=public(index, one, subnets),
        addresses=private(one),
    )


def public(index: Index, one: View, subnets: tuple[Link, ...]) -> bool | Unknown:
    """
    Return whether an instance has a public address: of its own, by its subnet's default, or an Elastic IP.
    """
    if has_address(index, one.address, one.address) is True:
        return True
    if one.has("public"):
        return read.switch(one, "public", default=False)
    return by_subnet(index, subnets) or has_address(index, one.address, one.address)
