"""
The words for what tracked flows come to: on what instance, with which traffic, and how well that is known.
"""

from __future__ import annotations

from math import isinf

from sglint.finding import Projection
from sglint.output.plain import figure


def instance(one: Projection) -> str:
    """
    Return the type of the instance, or that it is one.
    """
    return one.instance_type or "instance"


def profile(one: Projection) -> str:
    """
    Return the name of the traffic, with the file that says it where it is none of ours.
    """
    return f"profile {one.profile} of {one.source}" if one.source else f"bundled profile {one.profile}"


def how_known(one: Projection) -> str:
    """
    Return how well the estimate is known: what was measured, and that nothing else was.
    """
    if not one.allowance:
        return "an uncalibrated estimate"
    return f"an estimate calibrated in the size of the table ({figure(one.allowance)} entries, measured) and in nothing else"


def rate(one: Projection, or_more: str) -> str:
    """
    Return the rate from which the table is full; `or_more` are the words for no upper end.
    """
    if isinf(one.most):
        return f"{figure(one.least)} {or_more}"
    return figure(one.least) if one.least == one.most else f"{figure(one.least)} to {figure(one.most)}"
