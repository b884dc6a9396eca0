"""
Groups that a service makes itself: they are on its interfaces, and what they permit is in no text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sglint.lower import read
from sglint.lower.catalogue import MADE
from sglint.lower.index import Index
from sglint.lower.link import follow, own_group, own_group_path
from sglint.lower.row import View
from sglint.lower.vpc import vpc_of
from sglint.model import Group, Link
from sglint.value import Unknown


def made_groups(index: Index, one: View, part: View) -> tuple[Link, ...]:
    """
    Return the groups that a service makes for the interfaces of a resource, or of one block of it.
    """
    made = MADE.get(one.resource.kind)
    if made is None:
        return cluster_groups(index, one)
    if (made.unless and part.has(made.unless)) or (made.when and read.switch(one, made.when, default=False) is False):
        return ()
    return (own_group(one) if own_group_path(one) else _not_written(one, made.what),)


def groups_made(index: Index, one: View, subnets: tuple[Link, ...]) -> Iterator[Group]:
    """
    Yield the group that a service makes for a resource, where others can refer to it.
    """
    made = MADE.get(one.resource.kind)
    if made is not None and own_group_path(one):
        inside = next((index.views[item] for item in subnets if isinstance(item, str) and item in index.views), None)
        vpc = vpc_of(index, inside) if inside is not None else Unknown(f"the VPC of {one.address} is not in the text")
        yield Group(replace(one.origin, address=own_group(one)), vpc, hidden=_not_written(one, made.what))


def cluster_groups(index: Index, one: View) -> tuple[Link, ...]:
    """
    Return the group that EKS makes for the cluster that a resource names; none when it names no cluster.
    """
    if not one.has("cluster"):
        return ()
    found = follow(index, one, "cluster", ("cluster",))
    cluster = index.views.get(found) if isinstance(found, str) else None
    if cluster is not None:
        return (own_group(cluster),)
    because = f"{found} is not in the text" if isinstance(found, str) else found.why
    return (Unknown(f"the cluster security group that EKS makes is not known: {because}", one.at("cluster")),)


def remote_groups(one: View) -> tuple[Link, ...]:
    """
    Return the group that EKS makes for remote access to the nodes of a group; none when there is no such access.
    """
    slot = one.slot("remote")
    why = f"the security group that EKS makes for remote access to {one.address} is not in the text"
    return () if slot is None else (Unknown(why, one.origin.at(slot.field)),)


def _not_written(one: View, what: str) -> Unknown:
    return Unknown(f"{what} for {one.address} is not in the text", one.origin.span)
