"""
The protocol and ports of a rule, and bounds over alternatives.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import TypeVar

from sglint.frozen import frozen
from sglint.lower import read
from sglint.lower.row import View
from sglint.source import Problem, Span
from sglint.space import ALL_PORTS, Bounds, Family, Ports, Protocol
from sglint.value import Ref, Unknown, Value

T = TypeVar("T")
_LIMIT = 256
_WORK = 100_000
FAMILIES = (Family.IPV4, Family.IPV6)


@frozen
class Service:
    """
    A protocol, its ports, and the families in which it means something.
    """

    protocol: Protocol
    ports: Ports
    families: tuple[Family, ...] = FAMILIES


EVERY_SERVICE = tuple(Service(one, ALL_PORTS) for one in Protocol)


def meet_service(one: Service, other: Service) -> Service | None:
    """
    Return what two services have in common, None for nothing.
    """
    first, last = max(one.ports.first, other.ports.first), min(one.ports.last, other.ports.last)
    families = tuple(item for item in one.families if item in other.families)
    if one.protocol is not other.protocol or first > last or not families:
        return None
    return Service(one.protocol, Ports(first, last), families)


def bounded(
    sides: list[tuple[T, ...]], meet: Callable[[T, T], T | None], because: tuple[Unknown, ...]
) -> Bounds[tuple[T, ...]]:
    """
    Return the meet and the union of alternatives, of which exactly one holds.

    Where there is too much to meet, the least is nothing, which bounds it too.
    """
    least = sides[0]
    for side in sides[1:]:
        if len(least) * len(side) > _WORK:
            least = ()
        met = (meet(one, other) for one in least for other in side)
        least = tuple(dict.fromkeys(item for item in met if item is not None))
    most = tuple(dict.fromkeys(item for side in sides for item in side))
    return Bounds(least, most, () if least == most else because)


def _choices(value: Value) -> tuple[Value, ...]:
    """
    Return the only values that a scalar can have; empty when there is no limit.
    """
    if isinstance(value, Unknown):
        return value.among if all(not isinstance(item, (Unknown, Ref)) for item in value.among) else ()
    return () if isinstance(value, Ref) else (value,)


def services(rule: View) -> tuple[Bounds[tuple[Service, ...]], tuple[Problem, ...]]:
    """
    Return the services that a rule may be about, and what is wrong with how it is written.
    """
    texts = [read.word(item) for item in _choices(rule.value("protocol")) if item is not None]
    known = [text for text in texts if text is not None]
    if not known or len(known) < len(texts):
        given = _because(rule) or (Unknown("the rule gives no protocol", rule.at("protocol")),)
        return Bounds((), EVERY_SERVICE, given), ()
    if not any(read.protocol(text) in (Protocol.TCP, Protocol.UDP) for text in known):
        return bounded([service(text, ALL_PORTS) for text in known], meet_service, _because(rule)), ()
    return _with_ports(rule, known)


def _with_ports(rule: View, protocols: list[str]) -> tuple[Bounds[tuple[Service, ...]], tuple[Problem, ...]]:
    """
    Return the services of a rule whose ports count: every combination of what protocol and ports can be.
    """
    firsts, lasts = _choices(rule.value("from")), _choices(rule.value("to"))
    choices = len(protocols) * len(firsts) * len(lasts)
    if not 0 < choices <= _LIMIT:
        return _any_ports(protocols, _because(rule)), ()
    sides: list[tuple[Service, ...]] = []
    problems: list[Problem] = []
    for text, first, last in product(protocols, firsts, lasts):
        ports = ALL_PORTS if read.protocol(text) is None else _ports(first, last, rule.at("from"))
        if isinstance(ports, Problem):
            problems.append(ports)
        elif isinstance(ports, Unknown):
            return _any_ports(protocols, (*_because(rule), ports)), ()
        else:
            sides.append(service(text, ports))
    if not sides:
        return Bounds((), ()), tuple(problems)
    return bounded(sides, meet_service, _because(rule)), ()


def _any_ports(protocols: list[str], because: tuple[Unknown, ...]) -> Bounds[tuple[Service, ...]]:
    """
    Return the services of a rule whose ports are not known: at least those that have none, at most all ports.
    """
    sides = [service(text, ALL_PORTS) for text in protocols]
    found = bounded(sides, meet_service, because)
    sure = all(read.protocol(text) is None for text in protocols)
    least = tuple(item for item in found.least if sure or item.protocol in (Protocol.ICMP, Protocol.OTHER))
    return Bounds(least, found.most, because)


def _because(rule: View) -> tuple[Unknown, ...]:
    """
    Return what is not known of a rule's protocol and ports.
    """
    values = [(rule.value(name), rule.at(name)) for name in ("protocol", "from", "to")]
    return tuple(dict.fromkeys(read.unknown(value, span) for value, span in values if isinstance(value, (Unknown, Ref))))


def service(text: str, ports: Ports) -> tuple[Service, ...]:
    """
    Return what a protocol as written and a port range admit; ports mean nothing to all but TCP and UDP.
    """
    one = read.protocol(text)
    if one is None:
        return EVERY_SERVICE
    if one in (Protocol.TCP, Protocol.UDP):
        return (Service(one, ports),)
    families = (Family.IPV4,) if text in read.ICMP_V4 else (Family.IPV6,) if text in read.ICMP_V6 else FAMILIES
    return (Service(one, ALL_PORTS, families),)


def _ports(first: Value, last: Value, span: Span) -> Ports | Unknown | Problem:
    """
    Return the port range of a rule for TCP or UDP.
    """
    if first is None and last is None:
        return Unknown("the rule gives no ports", span)
    low = read.number(first if first is not None else last)
    high = read.number(last if last is not None else first)
    if low is None or high is None:
        return Problem("a port of the rule is not a number", span, "write ports from 0 to 65535")
    if (low, high) == (-1, -1):
        return ALL_PORTS
    if not 0 <= low <= high <= 65535:
        return Problem(f"{low} to {high} is not a range of ports", span, "write ports from 0 to 65535, the lower one first")
    return Ports(low, high)
