"""
How much of what a network is made from is known.
"""

from __future__ import annotations

from sglint.frozen import frozen
from sglint.source import Span
from sglint.value import Unknown


@frozen
class Unresolved:
    """
    An attribute that is not known: at `path` in the resource at `address`, empty for whether that exists at all.

    `span` is the place that says why, or that of the attribute.
    """

    address: str
    path: str
    unknown: Unknown
    span: Span

    @property
    def bounded(self) -> bool:
        """
        Whether the values that it can have are known, or what each of its elements is.
        """
        return bool(self.unknown.among) or self.unknown.element is not None


@frozen
class Resolved:
    """
    How many of the attributes that the network is made from are known, are identities of other things, or neither.
    """

    known: int = 0
    identities: int = 0
    unresolved: tuple[Unresolved, ...] = ()

    @property
    def total(self) -> int:
        """
        The number of all attributes.
        """
        return self.known + self.identities + len(self.unresolved)

    @property
    def bounded(self) -> int:
        """
        The number of those of which it is known what they can be.
        """
        return sum(one.bounded for one in self.unresolved)

    @property
    def unknown(self) -> int:
        """
        The number of those of which nothing is known.
        """
        return len(self.unresolved) - self.bounded
