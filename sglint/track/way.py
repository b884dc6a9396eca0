"""
The paths of an interface, each with what a verdict needs of it, worked out once for all interfaces of the same subnets.
"""

from __future__ import annotations

from collections.abc import Sequence

from sglint.facts import AUTOMATIC
from sglint.frozen import frozen
from sglint.graph import Path, Service, supernets
from sglint.model import Prefix, Target, TargetKind
from sglint.value import Unknown

ANYWHERE = Target(TargetKind.ANY)


@frozen
class Way:
    """
    A path, the longer prefixes that take some of its traffic, and what it may go through.

    `names` says what on it is tracked automatically if all that it may go through is, and `maybe` is whether some of it may be.
    A way to a service has no path, because no text has the addresses.
    """

    path: Path | None
    longer: tuple[Prefix, ...] = ()
    candidates: tuple[Target, ...] = ()
    names: tuple[str, ...] = ()
    maybe: bool = False
    via: Target = ANYWHERE
    service: Service | None = None

    @property
    def because(self) -> tuple[Unknown, ...]:
        """
        What the text leaves open of it.
        """
        if self.path is not None:
            return self.path.because
        why = None if self.service is None else self.service.target.why
        return (*(() if self.service is None else self.service.because), *(() if why is None else (why,)))


NO_WAY = Way(None)
"""The way to a peer of which it is not known where it is."""


def ways_of(paths: Sequence[Path]) -> tuple[Way, ...]:
    """
    Return the ways of the paths, without those that lead nowhere.
    """
    listed: dict[object, dict[Prefix, list[Prefix]]] = {}
    for path in paths:
        listed.setdefault((path.subnet, path.family), {})[path.destination] = []
    for inside in listed.values():
        for destination in inside:
            for around in supernets(destination):
                if around in inside:
                    inside[around].append(destination)
    found = []
    for path in paths:
        candidates = tuple(one for one in path.targets if one.kind is not TargetKind.NONE)
        if candidates:
            found.append(way(path, tuple(listed[path.subnet, path.family][path.destination]), candidates))
    return tuple(found)


def way(path: Path, longer: tuple[Prefix, ...], candidates: tuple[Target, ...]) -> Way:
    """
    Return the way of one path.
    """
    named = [AUTOMATIC.get(one.kind.value, "") for one in candidates]
    names = tuple(dict.fromkeys(named)) if all(named) else ()
    maybe = any(named) or any(one.kind is TargetKind.UNKNOWN for one in candidates)
    return Way(path, longer, candidates, names, maybe, through(path, candidates))


def to_service(service: Service) -> Way:
    """
    Return the way to a service; where its route need not be there, the flows may go by any other.
    """
    other = Target(TargetKind.UNKNOWN, why=service.because[0]) if service.because else None
    candidates = (service.target,) if other is None else (service.target, other)
    name = AUTOMATIC.get(service.target.kind.value, "")
    names = (name,) if name and other is None else ()
    maybe = bool(name) or other is not None or service.target.why is not None
    return Way(None, (), candidates, names, maybe, other or service.target, service)


def through(path: Path, candidates: tuple[Target, ...]) -> Target:
    """
    Return what the path goes through: the one candidate, or that one kind, or that it is not known.
    """
    if len(set(candidates)) == 1:
        return candidates[0]
    if len({target.kind for target in candidates}) == 1:
        return Target(candidates[0].kind)
    return Target(TargetKind.UNKNOWN, why=path.because[0] if path.because else None)
