"""
A resource after evaluation, still in its format's words.
"""

from __future__ import annotations

import re
from dataclasses import field
from enum import Enum

from sglint.frozen import frozen
from sglint.source import Span
from sglint.value import Map, Unknown

KEY = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\]')
"""The key of an instance in an address: `[0]`, `["a.b"]`, `[*]`."""
MODULE_STEP = re.compile(rf"module\.([^.\[]+)(?:{KEY.pattern})?\.")
"""One module that an address goes through, up to what lies in it."""

_ROOT = re.compile(r'[^:\[\]"]+:')


def split_root(address: str) -> tuple[str, str]:
    """
    Return the root that an address in another root begins with, "" for one in its own, and the address there.

    >>> split_root('network:module.a["x:y"].aws_vpc.b'), split_root('aws_vpc.b["x:y"]')
    (('network:', 'module.a["x:y"].aws_vpc.b'), ('', 'aws_vpc.b["x:y"]'))
    """
    start = _ROOT.match(address)
    return ("", address) if start is None else (start[0], address[start.end() :])


DESCRIBES = frozenset({"tags", "tag", "Tags"})
"""The attributes that describe a resource and make nothing of the network, so that an error in one of them hides nothing."""

OWN_KEYS = frozenset({"[count.index]", "[each.key]"})
"""The keys in the identity of an instance that has the key of the instance which refers to it."""


def split_key(address: str) -> tuple[str, str]:
    """
    Return the address of a block and the key of the instance, "" for none.

    >>> split_key('module.a[0].aws_subnet.b["x"]'), split_key("aws_vpc.v")
    (('module.a[0].aws_subnet.b', '["x"]'), ('aws_vpc.v', ''))
    """
    last = next((one for one in KEY.finditer(address) if one.end() == len(address)), None)
    return (address, "") if last is None else (address[: last.start()], last[0])


def block_name(address: str) -> str:
    r"""
    Return the address, or a text with addresses in it, without the keys of instances.

    >>> block_name('module.a["x.]y"].aws_subnet.b[0]')
    'module.a.aws_subnet.b'
    """
    return KEY.sub("", address)


class End(Enum):
    """
    How a plan ends a thing that there is.

    `DELETED` for good, `REPLACED` by one that is made after it is gone, `SWAPPED` for one that is made before it goes.
    """

    DELETED = "deleted"
    REPLACED = "replaced"
    SWAPPED = "swapped"


@frozen
class Origin:
    """
    Where a resource, and everything lowered from it, comes from.

    `address` is the format's own (`module.a["x"].aws_subnet.b[0]`). `span` is the block's header, `block` the whole block.
    `fields` gives the place of each attribute by its path in the values (`subnet_id`, `ingress[0].cidr_blocks`); `callers`
    are the module calls (or nested stacks) that lead here, outermost first. `root` names the root module it was read in.
    `maybe` is None when the thing surely exists, and otherwise says what decides that. `number` is what decides how many
    instances of its block there are, where that is not known: the same for blocks of one module that have the same number.
    `end` is how a plan ends it, only for what there was before the plan; None for what stays, or is left to itself.
    """

    address: str
    span: Span
    block: Span
    root: str = ""
    fields: tuple[tuple[str, Span], ...] = ()
    callers: tuple[Span, ...] = ()
    maybe: Unknown | None = None
    number: str = ""
    end: End | None = None
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


@frozen
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
