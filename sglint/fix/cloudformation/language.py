"""
How rules, timeouts and modes are edited in templates of CloudFormation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain

from sglint.finding import Edit
from sglint.fix.change import Opening, SetTimeout
from sglint.fix.cloudformation.filter import as_data, filtering, names, unused
from sglint.fix.cloudformation.notation import Data, Get, Style, like, style_of
from sglint.fix.cloudformation.origin import Stacks
from sglint.fix.cloudformation.own import attaching
from sglint.fix.cloudformation.put import append, resource_after, rule_of, set_in, without_item
from sglint.fix.language import PLACES, Edits, Language
from sglint.fix.rules import Written
from sglint.model import Direction, Prefix
from sglint.resource import Origin
from sglint.rule import Judged
from sglint.space import EVERYONE, Family, Protocol
from sglint.template import List, Mapping, Scalar

LISTS = {Direction.IN: "SecurityGroupIngress", Direction.OUT: "SecurityGroupEgress"}
ALONE = {Direction.IN: "AWS::EC2::SecurityGroupIngress", Direction.OUT: "AWS::EC2::SecurityGroupEgress"}
TIMEOUTS = {"tcp_established": "TcpEstablishedTimeout", "udp_stream": "UdpStreamTimeout", "udp": "UdpTimeout"}


def language(files: Stacks, net: Judged) -> Language:
    """
    Return how the templates of a stack are edited.
    """
    return Language(
        is_here=lambda group: written_in(files, net, group) is not None,
        ignored=lambda _: False,
        joined=partial(joined, files),
        widened=partial(widened, files),
        to_everyone=partial(to_everyone, files),
        added=partial(added, files, net),
        fewer=partial(fewer, files),
        without=lambda rule, _: without_item(files, rule) if len(rule.peers) == 1 else (),
        attached=partial(attaching, files, net),
        swapped=lambda _: iter(()),
        timeout=partial(timeout, files),
        filtered=partial(filtering, files, net),
        appliance_mode=partial(set_to, files, path=("Options", "ApplianceModeSupport"), text="enable"),
    )


def written_in(files: Stacks, net: Judged, group: str) -> Origin | None:
    """
    Return where a group is written, None where that is no resource of the templates.
    """
    noun = next((one for one in net.network.groups if one.origin.address == group), None)
    return None if noun is None or files.resource(noun.origin) is None else noun.origin


def joined(files: Stacks, rules: Sequence[Written], one: Opening, place: int) -> Edits:
    """
    Return edits by which one of several rules admits everyone, and those that it makes needless go.
    """
    edits: list[Edit] = []
    for number, rule in enumerate(rules):
        if number == 0:
            edits += to_everyone(files, rule, one.family, place)
        elif edits and len(rule.peers) == 1:
            edits += without_item(files, rule)
    return tuple(edits)


def to_everyone(files: Stacks, rule: Written, family: Family, place: int) -> Edits:
    """
    Return edits by which a rule names everyone of a family instead of some.
    """
    made = (replaced(files, rule.origin, path, found, EVERYONE[family], place) for path, found in rule.of(family))
    return tuple(chain.from_iterable(made))


def replaced(files: Stacks, origin: Origin, path: str, old: Sequence[Prefix], new: Prefix, place: int) -> Edits:
    """
    Return the edit of the scalar that a property's prefix comes from.
    """
    texts = {str(one) for one in old}
    found = [one.node for one in files.sources(origin, path) if isinstance(one.node, Scalar) and one.node.text in texts]
    return tuple(Edit(one.span, like(files.texts, one, str(new))) for one in found[place : place + 1])


def widened(files: Stacks, rules: Sequence[Written], one: Opening, place: int) -> Edits:
    """
    Return edits by which the first of the rules admits every port that is wanted.
    """
    for rule in rules[:1]:
        ports = rule.services[0][1]
        edits: list[Edit] = []
        for name, old, new in (("FromPort", ports.first, one.ports.first), ("ToPort", ports.last, one.ports.last)):
            sources = [each.node for each in files.sources(rule.origin, rule.at(name))] if old != new else []
            found = [each for each in sources if isinstance(each, Scalar) and each.text == str(old)]
            if old != new and not found[place:]:
                return ()
            edits += [Edit(each.span, like(files.texts, each, new)) for each in found[place : place + 1]]
        return tuple(edits)
    return ()


def added(files: Stacks, net: Judged, group: str, rules: Sequence[Written], openings: Sequence[Opening]) -> Iterator[Edits]:
    """
    Yield edits that add rules to a group, in the style of those that it has first.
    """
    if not openings:
        yield ()
        return
    origin = written_in(files, net, group)
    resource = None if origin is None else files.resource(origin)
    if origin is None or resource is None or not isinstance(resource.value, Mapping):
        return
    properties = resource.value.get("Properties")
    style = style_of(files.texts, origin.span.path)
    inline: list[Edit] = []
    alone: list[Edit] = []
    for direction in Direction:
        some = [one for one in openings if one.direction is direction]
        mine = [one for one in rules if one.direction is direction and not one.inline]
        held = properties.get(LISTS[direction]) if isinstance(properties, Mapping) else None
        if some:
            alone += resources(files, origin, rules, some, style)
            listed = isinstance(held, List) or (held is None and not mine)
            inline += inside(files, origin, some, style) if listed and isinstance(properties, Mapping) else alone[-1:]
    yield tuple(inline)
    yield tuple(alone)


def inside(files: Stacks, origin: Origin, openings: Sequence[Opening], style: Style) -> Iterator[Edit]:
    """
    Yield the edit that adds rules to a list of the group.
    """
    resource = files.resource(origin)
    properties = resource.value.get("Properties") if resource is not None and isinstance(resource.value, Mapping) else None
    if not isinstance(properties, Mapping):
        return
    name = LISTS[openings[0].direction]
    items = [rule_of(one) for one in openings]
    held = properties.get(name)
    if isinstance(held, List):
        yield append(files.texts, held, items, style)
    else:
        yield set_in(files.texts, properties, (name,), items, style)


def resources(
    files: Stacks, origin: Origin, rules: Sequence[Written], openings: Sequence[Opening], style: Style
) -> Iterator[Edit]:
    """
    Yield the edit that adds rules of a group as resources of their own, after the last one that there is.
    """
    key = getattr(files.resource(origin), "key", "")
    last = max((one.origin for one in rules if not one.inline), key=lambda one: one.span, default=origin)
    body = files.texts.template(origin.span.path).body
    held = None if body is None else body.get("Resources")
    taken = {one.key for one in held} if isinstance(held, Mapping) else set()
    found: dict[str, Data] = {}
    for one in openings:
        word = "Ingress" if one.direction is Direction.IN else "Egress"
        ports = "" if one.ports.last - one.ports.first == 65535 else str(one.ports).replace("-", "To")
        stem = f"{key}{word}{one.protocol.value.capitalize()}{ports}{'V6' if one.family is Family.IPV6 else ''}"
        name = next(each for each in chain([stem], (f"{stem}{n}" for n in range(2, len(taken) + 9))) if each not in taken)
        taken.add(name)
        properties: dict[str, Data] = {"GroupId": Get(key, "GroupId"), **rule_of(one)}
        found[name] = {"Type": ALONE[one.direction], **files.condition(origin), "Properties": properties}
    entry = files.resource(last) or files.resource(origin)
    if entry is not None:
        yield resource_after(files.texts, entry, found, style)


def fewer(files: Stacks, rule: Written, path: str, old: Sequence[Prefix], new: Sequence[Prefix], place: int) -> Edits:
    """
    Return edits by which a rule names these prefixes instead, or more rules like it do.
    """
    made = replaced(files, rule.origin, path, old, new[0], place)
    beside = tuple(more(files, rule, path, new[1:])) if new[1:] else ()
    return () if new[1:] and not beside else (*made, *beside) if made else ()


def more(files: Stacks, rule: Written, path: str, peers: Sequence[Prefix]) -> Iterator[Edit]:
    """
    Yield the edit that adds a rule of the same traffic for each of some more prefixes: in the list, or as a resource, as it is.
    """
    resource = files.resource(rule.origin)
    properties = resource.value.get("Properties") if resource is not None and isinstance(resource.value, Mapping) else None
    held = properties.get(LISTS[rule.direction]) if isinstance(properties, Mapping) else None
    style = style_of(files.texts, rule.origin.span.path)
    if not rule.inline and resource is not None and isinstance(properties, Mapping):
        taken = names(files, rule.origin)
        found: dict[str, Data] = {}
        for peer in peers:
            values = {one.key: str(peer) if one.key == path else as_data(one.value) for one in properties}
            if None not in values.values():
                key = unused(f"{resource.key}{len(found) + 2}", {*taken, *found})
                kept = {name: value for name, value in values.items() if value is not None}
                found[key] = {"Type": ALONE[rule.direction], **files.condition(rule.origin), "Properties": kept}
        yield from [resource_after(files.texts, resource, found, style)] if len(found) == len(peers) else []
        return
    whole = {protocol for protocol, _ in rule.services} == set(Protocol)
    if not isinstance(held, List) or not (whole or len(rule.services) == 1):
        return
    protocol, ports = rule.services[0]
    items: list[Data] = []
    for peer in peers:
        one = rule_of(Opening(rule.direction, protocol, ports, peer))
        items.append({"IpProtocol": -1, **{key: one[key] for key in one if key.startswith("Cidr")}} if whole else one)
    yield append(files.texts, held, items, style)


def timeout(files: Stacks, change: SetTimeout) -> Iterator[Edits]:
    """
    Yield edits by which an idle timeout is so long.
    """
    name = TIMEOUTS[change.name]
    fields = [path for path, _ in change.owner.fields if path.rpartition(".")[2] == name]
    for path in fields:
        yield from scalars(files, change.owner, path, change.seconds)
    if fields:
        return
    resource = files.resource(change.owner)
    properties = resource.value.get("Properties") if resource is not None and isinstance(resource.value, Mapping) else None
    held = properties
    launch = properties.get("LaunchTemplateData") if isinstance(properties, Mapping) else None
    if isinstance(launch, Mapping):
        devices = launch.get("NetworkInterfaces")
        held = devices.items[0] if isinstance(devices, List) and devices.items else None
    if isinstance(held, Mapping):
        style = style_of(files.texts, change.owner.span.path)
        yield (set_in(files.texts, held, ("ConnectionTrackingSpecification", name), change.seconds, style),)


def set_to(files: Stacks, origin: Origin, path: Sequence[str], text: str) -> Iterator[Edits]:
    """
    Yield edits by which a property of a resource has this value.
    """
    written_at = next((one for one, _ in origin.fields if one == ".".join(path)), None)
    if written_at is not None:
        yield from scalars(files, origin, written_at, text)
        return
    resource = files.resource(origin)
    properties = resource.value.get("Properties") if resource is not None and isinstance(resource.value, Mapping) else None
    if isinstance(properties, Mapping):
        yield (set_in(files.texts, properties, path, text, style_of(files.texts, origin.span.path)),)


def scalars(files: Stacks, origin: Origin, path: str, value: str | int) -> Iterator[Edits]:
    """
    Yield edits of the scalars that a property may come from.
    """
    for one in files.sources(origin, path)[:PLACES]:
        if isinstance(one.node, Scalar):
            yield (Edit(one.node.span, like(files.texts, one.node, value)),)
