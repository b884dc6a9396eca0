"""
A resource after evaluation, still in its format's words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sglint.source import Span
from sglint.value import Map, Unknown

KEY = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\]')
"""The key of an instance in an address: `[0]`, `["a.b"]`, `[*]`."""


def block_name(address: str) -> str:
    r"""
    Return the address, or a text with addresses in it, without the keys of instances.

    >>> block_name('module.a["x.]y"].aws_subnet.b[0]')
    'module.a.aws_subnet.b'
    """
    return KEY.sub("", address)


@dataclass(frozen=True, slots=True)
class Origin:
    """
    Where a resource, and everything lowered from it, comes from.

    `address` is the format's own (`module.a["x"].aws_subnet.b[0]`). `span` is the block's header, `block` the whole block.
    `fields` gives the place of each attribute by its path in the values (`subnet_id`, `ingress[0].cidr_blocks`); `callers`
    are the module calls (or nested stacks) that lead here, outermost first. `root` names the root module it was read in.
    `maybe` is None when the thing surely exists, and otherwise says what decides that.
    """

    address: str
    span: Span
    block: Span
    root: str = ""
    fields: tuple[tuple[str, Span], ...] = ()
    callers: tuple[Span, ...] = ()
    maybe: Unknown | None = None
    _places: dict[str, Span] = field(init=False, repr=False, compare=False, hash=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._places.update(self.fields)

    def at(self, path: str = "") -> Span:
        """
        Return the place of the attribute at `path`, or of the nearest thing around it that was written.
        """
        while path:
            if path in self._places:
                return self._places[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.span


@dataclass(frozen=True, slots=True)
class Resource:
    """
    One instance of a resource: its kind, its values, its origin.

    `kind` is the type as written (`aws_subnet`), with `data.` before it for a data source; `module` for a call to a module
    whose body cannot be read, its values being the call's arguments. Attributes that are null or not given are absent from
    `values`; nested blocks are a `Seq` of `Map` under the block's type, also when there is only one.
    """

    kind: str
    values: Map
    origin: Origin

    @property
    def address(self) -> str:
        """
        The address of this instance.
        """
        return self.origin.address
