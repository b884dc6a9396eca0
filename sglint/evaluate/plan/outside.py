"""
The rules of a security group that a plan shows and nobody wrote: those that something outside of the plan has made.

The idea: where a group lists no rules of its own, the plan repeats all that it has. Most of these are resources of the plan,
too, which say by themselves what becomes of them; what is left was made by another root module or by hand, and stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from sglint.evaluate.plan.read import Item
from sglint.value import Map, Seq, Value

GROUP = "aws_security_group"
Atom: TypeAlias = tuple[str, str, str, Value, Value, str]
"""A group, a direction, a protocol with its ports, and one peer."""
_LISTS = ("cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "security_groups")
_SINGLE = ("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id", "source_security_group_id")
_DIRECTIONS = ("ingress", "egress")
_NAMES: Mapping[Value, str] = {"all": "-1", "1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}


def made(items: Iterable[Item]) -> frozenset[Atom]:
    """
    Return what the rules that are resources admit.
    """
    return frozenset(atom for item in items for atom in _of_rule(item))


def left(item: Item, direction: str, atoms: frozenset[Atom]) -> Seq | None:
    """
    Return the rules of a group that no resource makes, None where there are none.
    """
    listed, own = item.values.get(direction), item.values.get("id")
    if item.kind != GROUP or direction not in _DIRECTIONS or not isinstance(listed, Seq) or not isinstance(own, str):
        return None
    found = [rest for one in listed.items if isinstance(one, Map) and (rest := _rest(one, own, direction, atoms))]
    return Seq(tuple(found), listed.kind) if found else None


def _rest(rule: Map, own: str, direction: str, atoms: frozenset[Atom]) -> Map | None:
    """
    Return a rule with those of its peers that no resource admits, None where that is nobody.
    """
    head = (own, direction, *_ports(rule.get("protocol"), rule))
    kept: dict[str, Value] = {}
    for name in _LISTS:
        listed = rule.get(name)
        if isinstance(listed, Seq):
            others = tuple(one for one in listed.items if not isinstance(one, str) or (*head, one) not in atoms)
            kept[name] = Seq(others, listed.kind)
    kept["self"] = rule.get("self") is True and (*head, own) not in atoms
    if not kept["self"] and not any(one.items for one in kept.values() if isinstance(one, Seq)):
        return None
    return Map.of({**dict(rule.items()), **kept})


def _of_rule(item: Item) -> Iterator[Atom]:
    """
    Yield what a rule that is a resource admits, one peer after the other.
    """
    values, direction = item.values, _direction(item)
    group = values.get("security_group_id")
    if not direction or not isinstance(group, str):
        return
    head = (group, direction, *_ports(values.get("ip_protocol") or values.get("protocol"), values))
    peers = [values.get(name) for name in _SINGLE]
    peers += [one for name in _LISTS if isinstance(listed := values.get(name), Seq) for one in listed.items]
    if values.get("self") is True:
        peers.append(group)
    yield from ((*head, peer) for peer in peers if isinstance(peer, str) and peer)


def _direction(item: Item) -> str:
    if item.kind == "aws_security_group_rule":
        way = item.values.get("type")
        return way if isinstance(way, str) and way in _DIRECTIONS else ""
    way = item.kind.removeprefix("aws_vpc_security_group_").removesuffix("_rule")
    return way if way in _DIRECTIONS and item.kind == f"aws_vpc_security_group_{way}_rule" else ""


def _ports(protocol: Value, rule: Map) -> tuple[str, Value, Value]:
    """
    Return a protocol and its ports, spelled one way.
    """
    word = str(protocol).lower()
    name = _NAMES.get(word, word)
    return (name, 0, 0) if name == "-1" else (name, rule.get("from_port"), rule.get("to_port"))
