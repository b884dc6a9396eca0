"""
What the configuration says about the traffic of interfaces, and about the instances that they are on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from sglint.config.read import Configuration, Setting
from sglint.frozen import frozen
from sglint.resource import block_name
from sglint.source import Problem, Span

_SAID = ("profile", "allowance", "instance-type")


@frozen
class Named:
    """
    What an interface is known by: addresses, its own and its instance's, and tags, its own and its instance's.
    """

    addresses: tuple[str, ...]
    tags: tuple[tuple[str, str], ...] = ()


@frozen
class TrafficTable:
    """
    One `[[traffic]]`: whether an interface is meant, and what is said of those that are.
    """

    span: Span
    meant: Callable[[Named], bool]
    profile: Setting | None
    allowance: Setting | None
    instance_type: Setting | None


def traffic_tables(said: Configuration) -> tuple[TrafficTable, ...]:
    """
    Return the tables about traffic in their order; a later one wins, for each key that it has.
    """
    numbers = {one.key[1] for one in said.settings if one.key[0] == "traffic"}
    return tuple(_table(said, number) for number in sorted(numbers, key=int))


def useless(tables: Iterable[TrafficTable], interfaces: Collection[Named]) -> Iterator[Problem]:
    """
    Yield the tables that are about none of the interfaces, and those that say nothing about them.
    """
    for one in tables:
        if one.profile is None and one.allowance is None and one.instance_type is None:
            hint = f"write {', '.join(_SAID[:-1])} or {_SAID[-1]} into it"
            yield Problem("this table about traffic says nothing of its interfaces", one.span, hint, hides=False)
        elif not any(map(one.meant, interfaces)):
            hint = "sglint inspect lists the addresses; tags count where they are written and known"
            yield Problem("this table about traffic is about no interface that there is", one.span, hint, hides=False)


def _table(said: Configuration, number: str) -> TrafficTable:
    mine = [one for one in said.settings if one.key[:2] == ("traffic", number)]
    found = {one.key[2]: one for one in mine if one.key[2] != "tags"}
    patterns = found["interfaces"].items if "interfaces" in found else None
    tags = tuple((one.key[3], one.value) for one in mine if one.key[2] == "tags")

    def meant(one: Named) -> bool:
        named = patterns is None or any(like(pattern, address) for pattern in patterns for address in one.addresses)
        return named and all(tag in one.tags for tag in tags)

    return TrafficTable(mine[0].span, meant, *(found.get(name) for name in _SAID))


def like(pattern: str, address: str) -> bool:
    """
    Return whether the address is meant: `*` stands for any text, and without keys of instances all of them are meant.

    >>> like("module.*.aws_instance.fw", "module.a[0].aws_instance.fw[1]"), like("aws_instance.fw[0]", "aws_instance.fw[1]")
    (True, False)
    """
    return any(_fits(pattern, text) for text in (address, block_name(address)))


def _fits(pattern: str, text: str) -> bool:
    """Return whether the text is the pattern, in time proportional to their product at most."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    *middle, last = rest
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
