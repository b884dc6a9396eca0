"""
What a fix lets in, held against an interpreter that looks at one packet and reads the changed text by itself.

Each network is random, and written as Terraform or as a template. To draw more of them:

    python -m pytest tests/fix/test_packets.py --hypothesis-profile=thorough
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import chdir
from dataclasses import dataclass, replace
from ipaddress import ip_network
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings

from sglint.fix import Fixed, fix, ranges
from sglint.fix.look import Item, look
from sglint.model import Direction
from sglint.request import Request
from sglint.space import Protocol
from sglint.track import Verdict
from tests.fix.drawn import Drawn, networks
from tests.fix.places import RULES
from tests.fix.readback import Port, from_template, from_terraform
from tests.fix.spelled import as_json, as_yaml, terraform
from tests.packet import (
    GRE,
    ICMP,
    ICMP6,
    IN,
    OUT,
    TCP,
    UDP,
    Address,
    Answer,
    Cidr,
    Packet,
    acl_allows,
    by_rules,
    passes,
    route_to,
)

LANGUAGES = {
    "main.tf": (terraform, from_terraform),
    "template.yaml": (as_yaml, from_template),
    "template.json": (as_json, from_template),
}
INSIDE = ranges(("10.0.0.0/8", "fd00::/8"))
SLUGS = [rule.slug for rule in RULES]
CLASSES = {TCP: "TCP", UDP: "UDP", ICMP: "ICMP", ICMP6: "ICMP", GRE: "other protocols"}
NUMBERS = {Protocol.TCP: TCP, Protocol.UDP: UDP}
NAMES = r"\S+(?:(?:, | and )\S+)*"
LINE = re.compile(
    rf"packets to (?P<what>.+) of (?P<names>{NAMES}) from (?P<around>{NAMES})(?: but (?P<but>{NAMES}))? "
    "that (?P<answered>no connection asked for|it cannot answer, as no route leads back)"
)
BETWEEN = re.compile(", | and ")
NOWHERE = ("nat-gateway", "egress-only-internet-gateway")
PLAIN = {"transit-gateway", "gwlb-endpoint", "local"}


def corners(ports: Iterable[Port]) -> Iterator[Address]:
    """
    Yield addresses at and beside the edges of everything that the text names, and those of the interfaces.
    """
    named: dict[Cidr, None] = {}
    found: dict[Address, None] = {}
    for one in ports:
        named |= {rule.peer: None for rule in one.interface.rules if not isinstance(rule.peer, (str, tuple))}
        named |= {route.destination: None for route in one.interface.routes}
        named |= {entry.peer: None for entry in one.interface.acl or ()}
        named |= dict.fromkeys(one.neighbours)
        found |= dict.fromkeys(one.addresses)
    for prefix in named:
        first, last = prefix[0], prefix[-1]
        found |= dict.fromkeys((first, last))
        found |= {first - 1: None} if int(first) > 0 else {}
        found |= {last + 1: None} if int(last) < 2**prefix.max_prefixlen - 1 else {}
    yield from found


def edges(ports: Iterable[Port]) -> list[int]:
    """
    Return ports at and beside the edges of everything that the text names.
    """
    found = {0, 65535, 443}
    for one in ports:
        spans = [(rule.first, rule.last) for rule in one.interface.rules]
        spans += [(entry.first, entry.last) for entry in one.interface.acl or ()]
        found |= {each for first, last in spans for each in (first - 1, first, last, last + 1)}
    return sorted(each for each in found if 0 <= each <= 65535)


def packets(port: Port, ports: Mapping[str, Port], peers: Iterable[Address], numbers: Iterable[int]) -> Iterator[Packet]:
    """
    Yield packets to an interface from each peer on each port, and by protocols without ports.
    """
    groups = {address: one.groups for one in ports.values() for address in one.addresses}
    for peer in peers:
        own = next((one for one in port.addresses if one.version == peer.version and one != peer), None)
        if own is None:
            continue
        for protocol, number in (*product((TCP, UDP), numbers), (ICMP if peer.version == 4 else ICMP6, 0), (GRE, 0)):
            yield Packet(IN, protocol, peer, own, 40000 if protocol in {TCP, UDP} else 0, number, groups.get(peer, ()))


def comes(port: Port, packet: Packet, versions: set[int]) -> tuple[bool, bool]:
    """
    Return whether the packet comes in and can be answered, and whether it comes in though no route leads back.
    """
    interface = port.of(packet.peer)
    if not acl_allows(interface, packet) or by_rules(interface, packet) is Answer.DENIED:
        return False, False
    route = route_to(interface.routes, packet.peer)
    private = packet.peer.version == 4
    open_ = route is not None and route.kind not in NOWHERE and not (route.kind == "internet-gateway" and private)
    return open_, not open_ and packet.peer.version in versions


def outside(net: Drawn) -> set[int]:
    """
    Return the versions of IP by which something outside of the VPC can send packets into it, whatever the routes say.
    """
    targets = {target for some in net.routes for _, target in some}
    return {4, 6} if net.attached or "tgw" in targets else {6} if "igw" in targets else set()


@dataclass(frozen=True, slots=True)
class Sentence:
    """
    What a sentence says comes in: whether it can be answered, protocols with their ports, and from whom but whom not.
    """

    answered: bool
    services: tuple[tuple[str, tuple[range, ...]], ...]
    around: tuple[Cidr, ...]
    but: tuple[Cidr, ...]

    def has(self, packet: Packet, *, answered: bool) -> bool:
        """
        Return whether it speaks of a packet.
        """
        kind, port = CLASSES[packet.protocol], packet.destination_port
        what = any(kind == one and any(port in span for span in spans) for one, spans in self.services)
        who = any(packet.peer in one for one in self.around) and not any(packet.peer in one for one in self.but)
        return what and who and answered is self.answered


def said(lines: Iterable[str], name: str) -> list[Sentence]:
    """
    Return what sentences say of an interface.
    """
    found = []
    for line in lines:
        match = LINE.fullmatch(line)
        assert match, line
        if name in BETWEEN.split(match["names"]):
            around, but = (
                tuple(ip_network(one) for one in BETWEEN.split(match[key] or "") if one) for key in ("around", "but")
            )
            found.append(Sentence(match["answered"].startswith("no"), tuple(services(match["what"])), around, but))
    return found


def services(text: str) -> Iterator[tuple[str, tuple[range, ...]]]:
    """
    Yield protocols with their ports: those after a protocol are its own, and that of the protocols named just before it.
    """
    waiting: list[str] = []
    spans: list[range] = []
    for word in [*re.findall(r"TCP|UDP|ICMP|other protocols|\d+(?:-\d+)?", text), ""]:
        if word[:1].isdigit():
            first, _, last = word.partition("-")
            spans.append(range(int(first), int(last or first) + 1))
            continue
        if spans:
            yield from ((one, tuple(spans)) for one in waiting)
            waiting, spans = [], []
        waiting.append(word)


def check(top: Path, name: str, net: Drawn) -> None:
    """
    Fix a network in all ways, and hold each change against its packets.
    """
    write, read = LANGUAGES[name]
    text = write(net)
    (top / name).write_bytes(text.encode())
    request = Request((name,) if name.startswith("template") else (".",))
    fixed = None
    for unsafe in (False, True):
        fixed = fix(request, RULES, select=SLUGS, unsafe=unsafe, allowed=INSIDE if unsafe else ())
        after = fixed.overlay.get(next(iter(fixed.overlay), ""), text)
        made = [one for _, one, done in fixed.findings if done]
        assert unsafe or all(one.safe and not one.admits for one in made)
        applied(top, name, text, fixed)
        old, new = read(text), read(after)
        held(net, old, new, [line for one in made for line in one.admits], alone=len(made) == 1)
        gone(request, fixed, new)
    for finding, one, _ in fixed.findings if fixed else ():
        event(f"{name} {finding.rule}: {'blocked' if one.blocked else 'safe' if one.safe else 'unsafe'}")


def applied(top: Path, name: str, text: str, fixed: Fixed) -> None:
    """
    Assert that git makes of the text what the fix says, and leave it as it was.
    """
    if not fixed.diff:
        assert not fixed.overlay
        return
    subprocess.run(["git", "apply"], cwd=top, input=fixed.diff.encode(), check=True)
    assert [(top / name).read_bytes().decode()] == list(fixed.overlay.values())
    again = fix(Request((name,) if name.startswith("template") else (".",)), RULES, select=SLUGS, unsafe=True)
    done = {(one.rule, one.subjects) for one, _, done in fixed.findings if done}
    assert not done & {(one.rule, one.subjects) for one, _, _ in again.findings}
    (top / name).write_bytes(text.encode())


def held(net: Drawn, old: Mapping[str, Port], new: Mapping[str, Port], admits: Iterable[str], *, alone: bool) -> None:
    """
    Assert that no other packets newly come in than those that are said to, and all of these where one change is made `alone`.
    """
    both = [*old.values(), *new.values()]
    lines = list(admits)
    versions = outside(net)
    peers, numbers = list(corners(both)), edges(both)
    assert old.keys() == new.keys()
    for name, port in old.items():
        sentences = said(lines, name)
        met = [False] * len(sentences)
        for packet in packets(port, old, peers, numbers):
            before, after = comes(port, packet, versions), comes(new[name], packet, versions)
            newly = any(after) and not any(before)
            told = [one.has(packet, answered=after[0]) for one in sentences]
            assert not newly or any(told), (name, packet, lines)
            assert not alone or newly or packet.groups or not any(told), (name, packet, "said to come in newly", lines)
            met = [one or (newly and each) for one, each in zip(met, told, strict=True)]
        assert not alone or all(met), (name, lines, met)


def gone(request: Request, fixed: Fixed, new: Mapping[str, Port]) -> None:
    """
    Assert that the flows of what was fixed take no entry in the table of connections.
    """
    items = look(request, RULES).items
    for finding, _, done in fixed.findings:
        if not done or not finding.rule.startswith(("tracked-", "reply-", "split-", "no-egress", "asymmetric", "one-family")):
            continue
        for item in items:
            if item.finding.rule == finding.rule and item.found.subject.origin.address in finding.subjects:
                untracked(item, new[item.found.subject.origin.address])


def untracked(item: Item, port: Port) -> None:
    """
    Assert that flows of the verdicts that a finding is about are let through and not kept.
    """
    for verdict in item.found.meant:
        if "/" not in verdict.peer or verdict.protocol not in NUMBERS:
            continue
        for packet in flows(verdict, port):
            interface = port.of(packet.peer)
            route = route_to(interface.routes, packet.peer)
            if route is None or route.kind not in PLAIN or not acl_allows(interface, packet):
                continue
            live = replace(interface, tracked=set(), untracked={}, cut=set())
            assert passes(live, packet), (verdict, packet)
            passes(live, packet.reply)
            assert not live.tracked, (verdict, packet)


def flows(verdict: Verdict, port: Port) -> Iterator[Packet]:
    """
    Yield the first packets of flows that a verdict is about.
    """
    prefix = ip_network(verdict.peer)
    own = next((one for one in port.addresses if one.version == prefix.version), None)
    if own is None:
        return
    for peer, number in product((prefix[0], prefix[-1]), (verdict.ports.first, verdict.ports.last)):
        ends = (peer, own) if verdict.direction is Direction.IN else (own, peer)
        yield Packet(IN if verdict.direction is Direction.IN else OUT, NUMBERS[verdict.protocol], *ends, 40000, number)


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_fix_lets_in_what_it_says_and_nothing_else(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    top = tmp_path_factory.mktemp("tree")
    subprocess.run(["git", "init", "-q"], cwd=top, check=True)

    @settings(max_examples=settings().max_examples // 4, suppress_health_check=list(HealthCheck))
    @given(networks())
    def law(net: Drawn) -> None:
        check(top, name, net)

    with chdir(top):
        law()
