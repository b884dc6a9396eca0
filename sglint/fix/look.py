"""
One look at the scanned files, with changes laid over them: every network judged, and what the rules find in each.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from sglint.finding import Finding
from sglint.frozen import frozen
from sglint.parse import parse, parse_cloudformation
from sglint.pipeline import Networks, judge
from sglint.request import Request
from sglint.resource import Origin
from sglint.rule import Found, Judged, Rule
from sglint.rule.run import everywhere, finding, merge
from sglint.source import Journal, Source, read
from sglint.syntax import Document

Overlay = Mapping[str, str]
"""The texts that files have instead of those on the disk, by the paths that spans carry."""

NOTHING: Overlay = MappingProxyType({})
"""The disk as it is."""


@frozen
class Item:
    """
    One thing that a rule found about one subject, the network that it was found in, and what is told of it.
    """

    net: Judged
    found: Found
    finding: Finding

    @property
    def key(self) -> tuple[str, str, str]:
        """
        What tells it from all others: the rule, the root, the subject.
        """
        return self.finding.rule, self.net.network.root, self.found.subject.origin.address


@frozen
class Look:
    """
    What there is to see: the networks, and everything that was found, each about one subject.
    """

    networks: Networks
    items: tuple[Item, ...]
    overlay: Overlay

    def findings(self) -> tuple[tuple[Finding, tuple[Item, ...]], ...]:
        """
        Return the findings as they are told, several subjects of one block together, each with what it is made of.
        """
        by_key = {item.key: item for item in self.items}
        found = []
        for one in merge(item.finding for item in self.items):
            members = (by_key.get((one.rule, root, subject)) for root in one.roots for subject in one.subjects)
            found.append((one, tuple(item for item in members if item is not None)))
        return tuple(found)

    def text(self, path: str) -> str:
        """
        Return the text of a file as it is now.
        """
        if path in self.overlay:
            return self.overlay[path]
        source = read(self.networks.tree, path)
        return source.text if isinstance(source, Source) else ""

    def holds(self, path: str) -> bool:
        """
        Return whether a file is what the networks were read from.
        """
        source = Source(path, self.text(path))
        for document in self.networks.documents:
            if document.path == path:
                return document == (parse(source) if isinstance(document, Document) else parse_cloudformation(source))
        return True


def look(wanted: Request, rules: Iterable[Rule], overlay: Overlay = NOTHING, before: Look | None = None) -> Look:
    """
    Return what there is to see with these texts in place of those on the disk.

    What nothing has changed for is what was seen `before`, the networks and what was found in them.
    """
    laid = tuple(sorted((real(path), text) for path, text in overlay.items()))
    there = replace(wanted, overlay=(*wanted.overlay, *laid))
    networks = judge(there, Journal(), None if before is None else before.networks)
    known = {} if before is None else by_network(before)
    items: list[Item] = []
    for rule in rules:
        for net in () if rule.plan else networks.judged:
            same = known.get(id(net))
            items += found(rule, net) if same is None else same.get(rule.slug, ())
    return Look(networks, tuple(items), overlay)


def by_network(before: Look) -> Mapping[int, Mapping[str, list[Item]]]:
    """
    Return what each rule found in each network, by the identity of the network.
    """
    found: dict[int, dict[str, list[Item]]] = {id(net): {} for net in before.networks.judged}
    for item in before.items:
        found[id(item.net)].setdefault(item.finding.rule, []).append(item)
    return found


def apart(*looks: Look) -> tuple[Look, ...]:
    """
    Return them without the networks that are the same in all.
    """
    same = set.intersection(*({id(net) for net in one.networks.judged} for one in looks))
    judged = [tuple(net for net in one.networks.judged if id(net) not in same) for one in looks]
    return tuple(replace(one, networks=replace(one.networks, judged=nets)) for one, nets in zip(looks, judged, strict=True))


def found(rule: Rule, net: Judged) -> Iterable[Item]:
    """
    Return what a rule finds in a network.
    """
    listed = list(rule.check(net))
    sure = everywhere(rule, net) if net.worlds and not all(one.certain for one in listed) else frozenset()
    return [Item(net, one, finding(rule, one, net.network.root, sure)) for one in listed]


def identity(root: str, origin: Origin) -> tuple[str, str]:
    """
    Return the root that a thing is written in and its address there, the same wherever it is seen: another root that is told of
    it by an output puts a name before its address.
    """
    if origin.root in {"", root}:
        return root, origin.address
    return origin.root, re.sub(r'^[^\["]*?:', "", origin.address)


def real(path: str) -> str:
    """
    Return the absolute path of a file without links, as overlays name it.
    """
    return os.path.realpath(path)
