"""
What was looked at on the disk to come to a result, so that another run can tell whether it would come to the same.

Everything that is read, listed or followed while a result is made is noted with a digest of what came back, also that nothing
is there. What is remembered from one result for the next is remembered with what was noted for it, which is noted again for
whoever asks again; so the notes of a result are all of them, whatever was done before in the same run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal, TypeAlias, TypeVar

K = TypeVar("K")
V = TypeVar("V")

Kind: TypeAlias = Literal["head", "files", "names", "real", "file", "backends", "templates", "scanned", "doubt"]
Access: TypeAlias = tuple[Kind, str, int]
"""How something was looked at, or what was made of it; its absolute path, and how many bytes of it were asked for."""
Noted: TypeAlias = Mapping[Access, bytes]
"""The digest of what came back, by access; empty when nothing can be told by it."""

DOUBT: Access = ("doubt", "", 0)
SIZE = 20
"""How many bytes a digest has, too many for anybody to find two texts with the same."""


@dataclass(slots=True)
class Journal:
    """
    What is noted for each of the results that are being made, one inside of the other.

    `before` holds what a path leads to and what was noted for that, as an earlier run has found it, `after` as this one does.
    `now` remembers what is on the disk in this run. `finders` give the digest of what is made of more than one look.
    """

    before: Mapping[tuple[str, ...], tuple[tuple[str, ...], Noted]] = field(default_factory=dict)
    after: dict[tuple[str, ...], tuple[tuple[str, ...], Noted]] = field(default_factory=dict)
    now: dict[Access, bytes] = field(default_factory=dict)
    making: list[dict[Access, bytes]] = field(default_factory=list)
    finders: dict[str, Callable[[str], bytes]] = field(default_factory=dict)

    def note(self, access: Access, found: object) -> None:
        """
        Note what came back.
        """
        if self.making:
            self.again({access: digest(found)})

    def doubt(self) -> None:
        """
        Note that the result may be another one next time, whatever is on the disk.
        """
        self.again({DOUBT: b""})

    def again(self, noted: Noted) -> None:
        """
        Note what was noted already for something that is a part of what is being made.
        """
        if self.making:
            _add(self.making[-1], noted)

    @contextmanager
    def noting(self, *, aside: bool = False) -> Iterator[dict[Access, bytes]]:
        """
        Give what is noted here, and note it for what this is a part of, unless that is told `aside`.
        """
        depth = len(self.making)
        here: dict[Access, bytes] = {}
        self.making.append(here)
        try:
            yield here
        finally:
            for inner in self.making[depth + 1 :]:
                _add(here, inner)
            del self.making[depth:]
            if not aside:
                self.again(here)


def _add(here: dict[Access, bytes], noted: Noted) -> None:
    """Note more; what has not come back as the same each time tells nothing."""
    for access, found in noted.items():
        here[access] = found if here.get(access, found) == found else b""


def digest(found: object) -> bytes:
    """
    Return what tells apart what came back.
    """
    kind, content = (b"bytes", found) if isinstance(found, bytes) else (b"other", repr(found).encode())
    return blake2b(content, digest_size=SIZE, person=kind).digest()


def once(journal: Journal | None, made: dict[K, tuple[V, Noted]], key: K, make: Callable[[], V]) -> V:
    """
    Return what there is of this key, made when first asked for; what was noted for it is noted each time.
    """
    if key not in made:
        if journal is None:
            made[key] = make(), {}
        else:
            with journal.noting() as noted:
                value = make()
            made[key] = value, noted
    elif journal is not None:
        journal.again(made[key][1])
    return made[key][0]
