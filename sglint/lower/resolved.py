"""
How much of what lowering reads is known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache

from sglint.lower.index import Index
from sglint.lower.link import link
from sglint.model import Resolved, Unresolved
from sglint.resource import Resource, split_root
from sglint.source import Span
from sglint.value import Map, Ref, Seq, Unknown, Value


def resolved(index: Index, words: Mapping[str, Collection[str]]) -> Resolved:
    """
    Return how many of the attributes at the paths of `words` are known, and which are not.

    Each item of a collection counts, and so does what decides whether a resource exists, where that is not known: once for all
    instances of one block. Kinds without paths do not count, nor do resources of other roots. An identity counts as one when it
    leads somewhere.
    """
    known = identities = 0
    found: list[Unresolved] = []
    deciding: set[tuple[Span, tuple[Span, ...], Unknown]] = set()
    for address, resource in sorted(index.resources.items()):
        origin = resource.origin
        paths = words.get(resource.kind)
        if not paths or split_root(address)[0]:
            continue
        if origin.maybe is not None and (origin.span, origin.callers, origin.maybe) not in deciding:
            deciding.add((origin.span, origin.callers, origin.maybe))
            found.append(Unresolved(address, "", origin.maybe, origin.maybe.span or origin.span))
        for path, value in _leaves(resource.values, paths, ""):
            unknown = _unknown(index, resource, path, value)
            if unknown is not None:
                found.append(Unresolved(address, path, unknown, unknown.span or origin.at(path)))
            elif isinstance(value, Ref):
                identities += 1
            else:
                known += 1
    return Resolved(known, identities, tuple(sorted(found, key=lambda one: (one.span, one.address, one.path))))


def _unknown(index: Index, resource: Resource, path: str, value: Value) -> Unknown | None:
    """Return what is not known about a value, None when it is known, or an identity that leads somewhere."""
    if not isinstance(value, Ref):
        return value if isinstance(value, Unknown) else None
    leads = link(index, value, resource.origin.at(path))
    return leads if isinstance(leads, Unknown) else None


def _leaves(values: Map, paths: Collection[str], prefix: str) -> Iterator[tuple[str, Value]]:
    """Yield the values at the paths, and each item of those that are collections."""
    for name, value in values.items():
        if not paths or name in paths:
            yield from _all(value, prefix + name)
            continue
        below = _below(frozenset(paths), name)
        if below:
            for path, item in _blocks(value, prefix + name):
                if isinstance(item, Map):
                    yield from _leaves(item, below, f"{path}.")
                else:
                    yield path, item


@lru_cache(maxsize=4_096)
def _below(paths: frozenset[str], name: str) -> frozenset[str]:
    """Return what of the paths lies below a name."""
    return frozenset(path[len(name) + 1 :] for path in paths if path.startswith(f"{name}."))


def _blocks(value: Value, path: str) -> Iterable[tuple[str, Value]]:
    """Return the blocks that a value is, with their paths."""
    if isinstance(value, Seq):
        return [(f"{path}[{number}]", item) for number, item in enumerate(value.items)]
    return [(path, value)]


def _all(value: Value, path: str) -> Iterator[tuple[str, Value]]:
    """Yield a value, or each of its items."""
    if isinstance(value, Seq) and value.items:
        for number, item in enumerate(value.items):
            yield from _all(item, f"{path}[{number}]")
    elif isinstance(value, Map) and len(value):
        for key, item in value.items():
            yield from _all(item, f"{path}.{key}")
    else:
        yield path, value
