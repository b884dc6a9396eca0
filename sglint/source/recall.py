"""
Whether what was looked at in an earlier run is still what it was, so that what came of it is still true.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from sglint.source.disk import is_file, real_path
from sglint.source.journal import Access, Journal, Kind, Noted, digest
from sglint.source.tree import Tree, list_files, list_names, read_head

Look = Callable[[Tree, str, int], object]

_LOOKS: Mapping[str, Look] = MappingProxyType(
    {
        "head": read_head,
        "files": lambda tree, path, _: list_files(tree, path),
        "names": lambda tree, path, _: list_names(tree, path),
        "real": lambda tree, path, _: real_path(tree.overlay, path),
        "file": lambda tree, path, _: is_file(tree.overlay, path),
    }
)
"""How to look again."""


def holds(journal: Journal, tree: Tree, noted: Noted) -> bool:
    """
    Return whether everything that was noted is so in the tree; each thing is looked at once in a run.
    """
    bare = replace(tree, overlay=replace(tree.overlay, journal=None))
    return all(_now(journal, bare, access) == told for access, told in noted.items())


def _now(journal: Journal, bare: Tree, access: Access) -> bytes | None:
    """Return what tells apart what comes back today, None where there is nothing to look at."""
    kind, path, limit = access
    if access not in journal.now and kind in _LOOKS:
        journal.now[access] = digest(_LOOKS[kind](bare, path, limit))
    elif access not in journal.now and kind in journal.finders:
        journal.now[access] = journal.finders[kind](path)
    return journal.now.get(access)


def found_by(tree: Tree, kind: Kind, find: Callable[[str], bytes]) -> None:
    """
    Let a function tell the digest of what is made of more than one look at the tree.
    """
    if tree.overlay.journal is not None:
        tree.overlay.journal.finders[kind] = find
        tree.overlay.journal.now.pop((kind, tree.base, 0), None)


def used(tree: Tree, kind: Kind, value: object) -> None:
    """
    Note that what is made of the whole tree has been asked for.
    """
    if tree.overlay.journal is not None:
        tree.overlay.journal.again({(kind, tree.base, 0): digest(value)})


def doubt(tree: Tree) -> None:
    """
    Note that what is made now may be something else next time, whatever is on the disk.
    """
    if tree.overlay.journal is not None:
        tree.overlay.journal.doubt()


def leads(tree: Tree, key: tuple[str, ...], find: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
    """
    Return the paths that something leads to, found out anew where an earlier run has not, or something has changed since.

    All that they depend on is in the key, or looked at through the tree.
    """
    journal = tree.overlay.journal
    if journal is None:
        return find()
    known = journal.before.get(key)
    if known is None or not holds(journal, tree, known[1]):
        with journal.noting() as noted:
            found = find()
        known = found, noted
    else:
        journal.again(known[1])
    journal.after[key] = known
    return known[0]
