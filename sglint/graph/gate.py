"""
Which borders of subnets packets cross on their way, and so which network ACLs judge them there.

The idea: packets leave the subnet that they are in and enter that of the next hop, and inside a subnet there is no border. Of
a transit gateway its page says more (facts.GATEWAY_ACLS_PAGE): its attachment's subnet judges what goes into it inwards alone,
and what comes out outwards alone, and what a host in that very subnet sends to it is judged all the same.
"""

from __future__ import annotations

from dataclasses import replace

from sglint.graph.step import Course, Gate
from sglint.model import Direction, Link
from sglint.value import Unknown


def into(course: Course, subnets: tuple[Link, ...], *, judged: bool = False) -> Course:
    """
    Return the course in one of these subnets, at something that takes packets there.

    With `judged`, packets of a host in the same subnet are judged too; whether those of anything else are is not documented.
    """
    same = bool(course.at) and set(course.at) <= set(subnets)
    sure = same and len(subnets) == 1
    if sure and not judged:
        return replace(course, at=subnets, started=True)
    doubt = None
    if set(course.at) & set(subnets) and not (judged and not course.started):
        names = " or ".join(sorted(map(str, subnets)))
        doubt = Unknown(f"whether a network ACL judges what goes on within {names} is not documented")
        doubt = doubt if sure else Unknown(f"whether it stays within {names} is not known")
    left = leaving(course, doubt)
    gate = Gate(subnets, Direction.IN, doubt or left.other)
    return replace(left, gates=(*left.gates, gate), at=subnets, started=True)


def leaving(course: Course, maybe: Unknown | None = None) -> Course:
    """
    Return the course outside of the subnet that it was in; of that where it begins the end itself tells.
    """
    if not course.started or not course.at:
        return replace(course, at=(), started=True)
    return replace(course, gates=(*course.gates, Gate(course.at, Direction.OUT, maybe)), at=())


def delivered(course: Course, subnet: str) -> Course:
    """
    Return the course at its end in a subnet, whose own border the end itself tells of.
    """
    if not course.started or course.at == (subnet,):
        return course
    if subnet not in course.at:
        return leaving(course)
    maybe = Unknown(f"whether it comes out in {subnet} is not known")
    return replace(course, gates=(*course.gates, Gate(course.at, Direction.OUT, maybe)))
