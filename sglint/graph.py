"""
The networkx graph of interfaces, subnets, route tables and targets, and the paths in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sglint.model import Link, Prefix, Target
from sglint.source import Span
from sglint.space import Family
from sglint.value import Unknown


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a path: what it is, in words that name it as written, and where it is written."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Path:
    """
    One cell of an interface's routing: traffic to `destination` (less what longer prefixes take) goes to one of `targets`.

    `subnet` and `table` say through which; several targets, or an UNKNOWN one, mean that the text does not decide, and `because`
    holds what stands in the way. `hops` are the subnet, the association, the route, the target.
    """

    family: Family
    destination: Prefix
    targets: tuple[Target, ...]
    subnet: Link
    table: Link
    hops: tuple[Hop, ...]
    because: tuple[Unknown, ...] = ()
