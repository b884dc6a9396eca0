"""
What an expression can evaluate to.

The idea: evaluation never guesses. A value is known, or it is a `Ref` (the identity of something that exists only after
deployment), or it is `Unknown` with the reason and the place. Numbers are exact: an integral number is an `int`, every
other number is a `Decimal`, so 1 and 1.0 are one value, as in Terraform. Python's own `==` on values is identity of
content with one trap, `True == 1`; the language's `==` is `evaluate.terraform.operators.equal`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from decimal import Decimal
from operator import itemgetter
from typing import Literal, TypeAlias

from sglint.frozen import frozen
from sglint.source import Span

Number: TypeAlias = int | Decimal


@frozen
class Primitive:
    """
    `string`, `number` or `bool`.
    """

    name: Literal["string", "number", "bool"]


@frozen
class Any:
    """
    `any`: the type of `null` and of what can be anything. When it is not `seen`, there is a type that the text does not show.
    """

    seen: bool = True


@frozen
class Collection:
    """
    `list(...)`, `set(...)` or `map(...)`.
    """

    kind: Literal["list", "set", "map"]
    element: Type


@frozen
class Tuple:
    """
    `tuple([...])`
    """

    items: tuple[Type, ...]


@frozen
class Field:
    """
    One attribute of an object type; `default` is what `optional(type, default)` says, which may be null.
    """

    name: str
    type: Type
    optional: bool = False
    default: Value = None


@frozen
class Object:
    """
    `object({...})`; the fields are in the order of their names.
    """

    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        """
        Return the field of that name, or None.
        """
        return next((field for field in self.fields if field.name == name), None)


Type: TypeAlias = Primitive | Any | Collection | Tuple | Object


@frozen
class Null:
    """
    A null of a known type, such as `tostring(null)`.

    It exists only while an expression is evaluated: inside a collection it is None, and the type of the collection tells its
    type. What an attribute of a resource is set to is never a `Null`.
    """

    type: Type


@frozen
class Ref:
    """
    The identity of something that exists only after deployment: an attribute of a resource, data source or module.

    `address` is Terraform's address of the instance (`module.a["x"].aws_subnet.b[0]`, `data.aws_vpc.v`, or
    `module.spokes["a"]` for a module whose body cannot be read). `attribute` is the path into it as written in
    Terraform (`id`, `firewall_status[0].sync_states[*].attachment[0].endpoint_id`); empty for the whole object. It is
    known *which* thing this is, and not known what its value will be.
    """

    address: str
    attribute: str = ""

    def __str__(self) -> str:
        return f"{self.address}.{self.attribute}" if self.attribute else self.address


class Symbol(str):
    """
    A text that is not known but told apart from others: the name of an Availability Zone, alone or inside a longer text.

    It serves as the key of a map and of an instance, where only its identity matters. Its characters are the expression that it
    stands for (`app/${data.aws_availability_zones.a.names[0]}`) and are never looked at: whoever wants them gets an Unknown.
    """

    __slots__ = ("parts",)
    parts: tuple[str | Ref, ...]

    def __new__(cls, parts: Iterable[str | Ref]) -> Symbol:
        """
        Return the text that these parts make.
        """
        kept = tuple(parts)
        self = super().__new__(cls, "".join(part if isinstance(part, str) else f"${{{part}}}" for part in kept))
        self.parts = kept
        return self


@frozen
class Unknown:
    """
    A value that the text does not fix.

    `why` is a sentence fragment that reads well after "because" (`var.region has no default`), `span` the place that
    says so. What is known all the same: `among` lists the only values it can have (empty: no limit), `element` is the
    value of each element of a collection whose length or keys are unknown, `refs` are the identities it was made from,
    `ends` is how a text surely ends whose beginning is unknown (`.s3` of `com.amazonaws.${var.region}.s3`). `type` is the type
    that the value will have, None when that is not known either.
    """

    why: str
    span: Span | None = None
    among: tuple[Value, ...] = ()
    element: Value = None
    refs: tuple[Ref, ...] = ()
    ends: str = ""
    type: Type | None = field(default=None, repr=False, compare=False)
    _hash: list[int] = field(init=False, repr=False, compare=False, default_factory=list)

    def __str__(self) -> str:
        return f"unknown, because {self.why}"

    def __hash__(self) -> int:
        """
        Return the hash, which takes long for an unknown of many alternatives and is asked for often.
        """
        if not self._hash:
            self._hash.append(hash((self.why, self.span, self.among, self.element, self.refs, self.ends)))
        return self._hash[0]

    def __reduce__(self) -> tuple[object, ...]:
        """
        Return what makes an equal unknown in another process, where hashes are others.
        """
        return Unknown, (self.why, self.span, self.among, self.element, self.refs, self.ends, self.type)


@frozen
class Seq:
    """
    A tuple, list or set. The items of a set are unique and in Terraform's order.

    `type` is its whole type, which the items need not show; None when they do. It is no part of what makes two equal.
    """

    items: tuple[Value, ...] = ()
    kind: Literal["tuple", "list", "set"] = "tuple"
    type: Type | None = field(default=None, repr=False, compare=False)

    def __iter__(self) -> Iterator[Value]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> Value:
        return self.items[index]


@frozen
class Map:
    """
    An object or map. Entries are kept in the order of their keys, which is Terraform's order of iteration.

    `type` is its whole type, as that of a `Seq` is.
    """

    entries: tuple[tuple[str, Value], ...] = ()
    kind: Literal["object", "map"] = "object"
    type: Type | None = field(default=None, repr=False, compare=False)
    _index: dict[str, Value] = field(init=False, repr=False, compare=False, hash=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._index.update(self.entries)

    @classmethod
    def of(
        cls,
        entries: Mapping[str, Value] | Iterable[tuple[str, Value]] = (),
        kind: Literal["object", "map"] = "object",
        type: Type | None = None,  # noqa: A002
    ) -> Map:
        """
        Return a map of these entries; of two entries with one key the last counts.
        """
        return cls(tuple(sorted(dict(entries).items(), key=itemgetter(0))), kind, type)

    def __iter__(self) -> Iterator[str]:
        return iter(self._index)

    def __len__(self) -> int:
        return len(self._index)

    def __contains__(self, key: object) -> bool:
        return key in self._index

    def __getitem__(self, key: str) -> Value:
        return self._index[key]

    def get(self, key: str, default: Value = None) -> Value:
        """
        Return the value of `key`, or `default` when there is none.
        """
        return self._index.get(key, default)

    def items(self) -> Iterable[tuple[str, Value]]:
        """
        Return the entries in the order of their keys.
        """
        return self.entries

    def values(self) -> Iterable[Value]:
        """
        Return the values in the order of their keys.
        """
        return self._index.values()


@frozen
class Mark:
    """
    Why a value is not to be shown: it is `sensitive`, or it is `ephemeral` and never stored.

    `what` is the source as written (`var.password`), `span` the place that says so.
    """

    kind: Literal["ephemeral", "sensitive"]
    what: str
    span: Span | None = None


@frozen
class Marked:
    """
    A value under marks, one of each kind at most. It lives only while Terraform is evaluated; no `Resource` has one.
    """

    value: Value
    marks: tuple[Mark, ...]

    def __str__(self) -> str:
        return f"({self.marks[0].kind} value)"

    __repr__ = __str__


Value: TypeAlias = str | int | Decimal | bool | None | Null | Seq | Map | Ref | Unknown | Marked


def is_known(value: Value) -> bool:
    """
    Return whether the value itself is fixed by the text; the elements of a collection may still be unknown.
    """
    return not isinstance(value, (Unknown, Ref))


def unknowns(value: Value) -> Iterator[Unknown]:
    """
    Yield every `Unknown` in the value, at any depth, in order.
    """
    if isinstance(value, Unknown):
        yield value
    elif isinstance(value, Seq):
        for item in value.items:
            yield from unknowns(item)
    elif isinstance(value, Map):
        for item in value.values():
            yield from unknowns(item)


def to_json(value: Value) -> object:
    """
    Return the value as JSON types, for messages and tests: a `Ref` as `${address.attribute}`, an `Unknown` as its reason.
    """
    if isinstance(value, Seq):
        return [to_json(item) for item in value.items]
    if isinstance(value, Map):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, Ref):
        return f"${{{value}}}"
    if isinstance(value, Marked):
        return str(value)
    if isinstance(value, Unknown):
        return f"({value})"
    return float(value) if isinstance(value, Decimal) else value
