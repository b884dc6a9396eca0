"""
What is written of an interface beside its network: idle timeouts, the types of its instances, and tags.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from sglint.lower import read
from sglint.lower.index import Index
from sglint.lower.link import follow, link
from sglint.lower.row import View
from sglint.lower.words import CLOUDFORMATION, under
from sglint.model import Interface, Seconds, Timeouts
from sglint.resource import Origin
from sglint.source import Span
from sglint.value import Map, Seq, Unknown, Value

TIMEOUTS = {
    "timeouts": "connection_tracking_specification",
    "timeouts.tcp": "tcp_established_timeout",
    "timeouts.stream": "udp_stream_timeout",
    "timeouts.udp": "udp_timeout",
}
NATIVE_TIMEOUTS = {
    "timeouts": "ConnectionTrackingSpecification",
    "timeouts.tcp": "TcpEstablishedTimeout",
    "timeouts.stream": "UdpStreamTimeout",
    "timeouts.udp": "UdpTimeout",
}
DEVICE_TIMEOUTS = under("devices", TIMEOUTS)
NATIVE_DEVICE_TIMEOUTS = under("devices", NATIVE_TIMEOUTS)
_TAG_BLOCKS = ("aws_autoscaling_group",)
_LAUNCHED = ("launch template", "instance")
_LAUNCHES = ("instance", "launcher")


def timeouts(one: View) -> Timeouts | None:
    """
    Return the idle timeouts that an interface, or a device of a launch template, is given.
    """
    for block in one.blocks("timeouts"):
        if isinstance(block, View):
            return Timeouts(one.origin, *(_part(block, name) for name in ("tcp", "stream", "udp")))
        span = one.origin.at(block.field)
        vague = Seconds(read.unknown(block.value, span), span)
        return Timeouts(one.origin, vague, vague, vague)
    return None


def lower(index: Index) -> Iterator[Timeouts]:
    """
    Yield all idle timeouts that are written, in the order of their resources.
    """
    for one in sorted((*index.of("interface"), *index.of("launch template")), key=lambda item: item.address):
        views = [block for block in one.blocks("devices") if isinstance(block, View)] if one.row.noun != "interface" else [one]
        yield from (found for found in map(timeouts, views) if found is not None)


def _part(block: View, name: str) -> Seconds | None:
    value = block.value(name)
    if value is None:
        return None
    return seconds(value if block.maybe is None else block.maybe, block.at(name))


def seconds(value: Value, span: Span) -> Seconds:
    """
    Return a duration that is written.
    """
    number = read.number(value)
    return Seconds(number if number is not None else read.unknown(value, span), span)


def with_traits(index: Index, found: Iterable[Interface]) -> Iterator[Interface]:
    """
    Yield the interfaces with what their resources say of them.
    """
    for item in found:
        one = index.views.get(item.origin.address.partition(" (interface ")[0])
        if one is None:
            yield item
            continue
        types = tuple(dict.fromkeys(_types(index, one, item)))
        written = item.timeouts or (_written(index, one) if item.origin.address == one.address else None)
        instance = index.views.get(item.attached_to) if isinstance(item.attached_to, str) else None
        yield replace(
            item,
            timeouts=written,
            settable=_settable(index, one),
            instance_types=types,
            tags=_tags(one.resource.values),
            instance_tags=() if instance is None else _tags(instance.resource.values),
        )


def _written(index: Index, one: View) -> Timeouts | None:
    """
    Return the timeouts of an interface, or those that the template of an instance gives its first device.
    """
    if one.row.noun == "interface":
        return timeouts(one)
    if one.row.noun != "instance":
        return None
    devices = [block for template in _templates(index, one) for block in template.blocks("devices") if isinstance(block, View)]
    devices.sort(key=lambda block: read.number(block.value("index")) or 0)
    return timeouts(devices[0]) if devices else None


def _settable(index: Index, one: View) -> Origin | None:
    """
    Return the resource in which timeouts could be written for an interface: its own, or the one template in the text.
    """
    if one.row.noun == "interface":
        return one.origin if "timeouts" in _words(one) else None
    if one.row.noun not in _LAUNCHES:
        return None
    found = [template.origin for template in _templates(index, one) if "devices.timeouts" in _words(template)]
    return found[0] if found else None


def _words(one: View) -> Collection[str]:
    return one.row.kinds[one.resource.kind]


def _types(index: Index, one: View, item: Interface) -> Iterator[str | Unknown]:
    """
    Yield the types that the instances of an interface may have; what a launcher says counts more than its template.
    """
    if one.row.noun == "interface":
        instance = index.views.get(item.attached_to) if isinstance(item.attached_to, str) else None
        yield from _types(index, instance, item) if instance is not None else ()
        return
    if one.row.noun not in _LAUNCHES:
        return
    own = list(_given(one))
    yield from own or (kind for template in _templates(index, one) for kind in _given(template))


def _given(one: View) -> Iterator[str | Unknown]:
    """
    Yield the instance types that a resource names, an Unknown for those that are chosen by what they have to offer.
    """
    for slot in one.slots("instance_types"):
        items = slot.value.items if isinstance(slot.value, Seq) else (slot.value,)
        for value in items:
            sure = isinstance(value, str) and slot.maybe is None
            yield value if sure and isinstance(value, str) else slot.maybe or read.unknown(value, one.origin.at(slot.field))
    for slot in one.slots("requirements"):
        yield Unknown("EC2 chooses the instance type by its requirements", one.origin.at(slot.field))


def _templates(index: Index, one: View) -> Iterator[View]:
    """
    Yield the launch templates in the text that an instance or a launcher names.
    """
    if one.row.noun == "instance":
        named = [follow(index, one, "template", ("launch template",))] if one.has("template") else []
    else:
        slots = (*one.slots("template"), *one.slots("others"))
        named = [link(index, slot.value, one.origin.at(slot.field), _LAUNCHED) for slot in slots]
    for item in dict.fromkeys(named):
        if isinstance(item, str) and item in index.views:
            yield index.views[item]


def tag_words(kind: str) -> frozenset[str]:
    """
    Return the attributes in which a kind of resource writes its tags.
    """
    return frozenset({"Tags"} if kind.startswith(CLOUDFORMATION) else {"tags", "tag"} if kind in _TAG_BLOCKS else {"tags"})


def _tags(values: Map) -> tuple[tuple[str, str], ...]:
    """
    Return the tags that are known, from a mapping, or from a list of keys and values.
    """
    found: dict[str, str] = {}
    for name in ("tags", "Tags", "tag"):
        written = values.get(name)
        if isinstance(written, Map):
            found.update((key, value) for key, value in written.items() if isinstance(value, str))
        for item in written.items if isinstance(written, Seq) else ():
            if isinstance(item, Map):
                key, value = (item.get(part) or item.get(part.lower()) for part in ("Key", "Value"))
                found.update({key: value} if isinstance(key, str) and isinstance(value, str) else {})
    return tuple(sorted(found.items()))
