"""
Which of the two rules that untracked flows need an interface has, and which rules are near misses.
"""

from __future__ import annotations

from collections.abc import Iterable

from sglint.model import Permission
from sglint.space import Bounds, Intervals, Ports, Protocol
from sglint.track.admit import OTHER_WAY, Admission, Admissions, Key
from sglint.track.divide import EVERY_PORT, ports_of
from sglint.track.explain import together
from sglint.track.verdict import Pair

TRACKABLE = (Protocol.TCP, Protocol.UDP)
"""The protocols whose flows can be untracked."""


def pairs(admitted: Admissions) -> tuple[Pair, ...]:
    """
    Return for each direction, family, and TCP and UDP which of the two rules for untracked flows the interface has.
    """
    return tuple(
        pair(key, admitted[key], admitted[OTHER_WAY[key[0]], *key[1:]])
        for key in sorted(admitted, key=lambda key: [part.value for part in key])
        if key[2] in TRACKABLE
    )


def pair(key: Key, admitted: tuple[Admission, ...], replies: tuple[Admission, ...]) -> Pair:
    """
    Return which of the two rules are there, from what is admitted in each direction.
    """
    everyone = [one for one in admitted if one.everyone]
    sure, maybe = ports_of(one for one in everyone if one.sure), ports_of(everyone)
    replied = Bounds(any(one.opens and one.sure for one in replies), any(one.opens for one in replies))
    jointly = together(key, admitted)
    back = together(key, replies)
    return Pair(
        *key,
        open=Bounds(listed(sure), listed(maybe)),
        replied=replied,
        narrow=() if replied.most else rules(one for one in replies if one.everyone),
        split=rules(one for one in admitted if not one.everyone and ports_of([one]) & (jointly - maybe)),
        split_replies=() if replied.most or back != EVERY_PORT else rules(replies),
    )


def listed(numbers: Intervals) -> tuple[Ports, ...]:
    """
    Return the ranges of the ports.
    """
    return tuple(Ports(first, last) for first, last in numbers.ranges)


def rules(admitted: Iterable[Admission]) -> tuple[Permission, ...]:
    """
    Return the rules that the admissions come from, each once.
    """
    return tuple(dict.fromkeys(one.rule for one in admitted if one.rule is not None))
