"""
What rules ask of whole paths: which attachments split the two directions of a flow, and which appliances have two arms.
"""

from __future__ import annotations

from sglint.graph import Arms, Inspection, arms, build, inspections
from sglint.rule.judged import Judged
from sglint.track import Judgement


def splits(net: Judged) -> tuple[Inspection, ...]:
    """
    Return the attachments by which the two directions of a flow may meet different appliances, for want of appliance mode.
    """
    return tuple(inspections(build(net.network)))


def two_armed(net: Judged) -> tuple[tuple[Judgement, Arms], ...]:
    """
    Return the targets of Gateway Load Balancers that may forward natively what they get, each with what is known of its arms.
    """
    graph = build(net.network)
    found = ((one, arms(graph, one.interface.address)) for one in net.judgements if net.appliance(one.interface) is not None)
    return tuple((one, known) for one, known in found if known.native.most)
