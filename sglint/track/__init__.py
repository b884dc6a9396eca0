"""
Whether a class of flows is tracked, and why.

The idea: the states form a chain, and permitting more never lowers one. So a network is judged twice, with the least and with
the most that the unknowns may permit, and every network in between is bounded by the two.
"""

from sglint.track.crossing import Filter, Packets, crossing
from sglint.track.explain import everyone_on
from sglint.track.expose import Door, Exposure, Survey, expose, is_wide, peers, ports_of, same_peers, survey
from sglint.track.flow import Answer, Flow, answer
from sglint.track.judge import judge
from sglint.track.verdict import NO_ACCELERATOR, NO_BALANCER, Judgement, Reason, State, Verdict, summary

__all__ = [
    "NO_ACCELERATOR",
    "NO_BALANCER",
    "Answer",
    "Door",
    "Exposure",
    "Filter",
    "Flow",
    "Judgement",
    "Packets",
    "Reason",
    "State",
    "Survey",
    "Verdict",
    "answer",
    "crossing",
    "everyone_on",
    "expose",
    "is_wide",
    "judge",
    "peers",
    "ports_of",
    "same_peers",
    "summary",
    "survey",
]
