"""
Scalars out of values: prefixes, ports, protocols, switches, each known, unknown with its reason, or a problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from ipaddress import ip_network

from sglint.lower.row import Slot, View
from sglint.model import Prefix
from sglint.source import Problem, Span
from sglint.space import Family, Protocol
from sglint.value import Ref, Seq, Unknown, Value

_CIDR = re.compile(r"[0-9a-fA-F:.]+/[0-9]{1,3}")
_PROTOCOLS = {
    "tcp": Protocol.TCP,
    "6": Protocol.TCP,
    "udp": Protocol.UDP,
    "17": Protocol.UDP,
    "icmp": Protocol.ICMP,
    "1": Protocol.ICMP,
    "icmpv6": Protocol.ICMP,
    "58": Protocol.ICMP,
}
_LARGEST, _DIGITS = 64, 19
"""How many bits and digits a number may have; no port, index or weight comes near."""
ICMP_V4 = frozenset({"icmp", "1"})
ICMP_V6 = frozenset({"icmpv6", "58"})


def family(prefix: Prefix) -> Family:
    """
    Return the address family of a prefix.
    """
    return Family.IPV4 if prefix.version == 4 else Family.IPV6


def cidr(text: str) -> Prefix | None:
    """
    Return the prefix that a CIDR names, with its host bits dropped as AWS does, or None when it is not a CIDR.

    >>> cidr("10.1.2.3/8"), cidr("0::0/0"), cidr("10.0.0.0")
    (IPv4Network('10.0.0.0/8'), IPv6Network('::/0'), None)
    """
    if not _CIDR.fullmatch(text):
        return None
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def bad_cidr(text: str, span: Span) -> Problem:
    """
    Return the problem of a text that should be a CIDR.
    """
    return Problem(f'"{text[:60]}" is not a CIDR block', span, "write an address and a prefix length, such as 10.0.0.0/16")


def prefix(value: Value, span: Span) -> Prefix | Unknown | Problem:
    """
    Return the prefix that a value is.
    """
    if isinstance(value, str):
        return cidr(value) or bad_cidr(value, span)
    return unknown(value, span)


def unknown(value: Value, span: Span) -> Unknown:
    """
    Return why a value that should be known is not.
    """
    if isinstance(value, Unknown):
        return value if value.span is not None else replace(value, span=span)
    if isinstance(value, Ref):
        return Unknown(f"{value} is known only after deployment", span, refs=(value,))
    return Unknown("the value has the wrong type", span)


def number(value: Value) -> int | None:
    """
    Return the whole number that a value is or spells, unless it has more digits than any port or index.

    >>> number("443"), number(-1), number(True), number("ssh")
    (443, -1, None, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if value.bit_length() < _LARGEST else None
    if isinstance(value, Decimal) and value.is_finite() and value.adjusted() < _DIGITS and value == value.to_integral_value():
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value.strip()):
        return int(value)
    return None


def word(value: Value) -> str | None:
    """
    Return a value that is a word or number as lower-case text.
    """
    if isinstance(value, str):
        return value.strip().lower()
    whole = number(value)
    return None if whole is None else str(whole)


def switch(one: View, name: str, *, default: bool) -> bool | Unknown:
    """
    Return whether what is written for `name` is on.
    """
    return truth(one.value(name), one.at(name), default=default)


def truth(value: Value, span: Span, *, default: bool) -> bool | Unknown:
    """
    Return whether something is on: true, "true", "yes", "enable" and so on.
    """
    if value is None:
        return default
    if isinstance(value, bool):
        return value
    text = word(value)
    if text in {"true", "enable", "enabled", "yes", "on", "1"}:
        return True
    if text in {"false", "disable", "disabled", "no", "off", "0"}:
        return False
    if isinstance(value, Unknown) and value.among:
        sides = {truth(item, span, default=default) for item in value.among}
        if len(sides) == 1:
            return sides.pop()
    return unknown(value, span)


def protocol(text: str) -> Protocol | None:
    """
    Return the protocol that a word or number means, None for all protocols.

    >>> protocol("6"), protocol("-1"), protocol("50")
    (<Protocol.TCP: 'tcp'>, None, <Protocol.OTHER: 'other'>)
    """
    return None if text in {"-1", "all"} else _PROTOCOLS.get(text, Protocol.OTHER)


def prefixes(one: View, name: str) -> Iterator[Prefix | Unknown | Problem]:
    """
    Yield the prefixes that are written for `name`, one value or a list of them.
    """
    for slot in one.slots(name):
        yield from _items(slot, one.origin.at(slot.field))


def _items(slot: Slot, span: Span) -> Iterator[Prefix | Unknown | Problem]:
    if isinstance(slot.value, Seq):
        for item in slot.value.items:
            yield from _items(Slot(slot.field, item, slot.maybe), span)
    elif slot.value not in (None, ""):
        found = prefix(slot.value, span)
        if slot.maybe is None or isinstance(found, (Unknown, Problem)):
            yield found
        else:
            yield Unknown(slot.maybe.why, slot.maybe.span or span)
