"""
Whether a resource or output exists.
"""

from __future__ import annotations

from sglint.evaluate.cloudformation.body import Body, split
from sglint.evaluate.cloudformation.scenario import Assignment
from sglint.evaluate.cloudformation.stack import Stack
from sglint.evaluate.terraform.error import EvaluationError
from sglint.template import Mapping, Node
from sglint.value import Unknown


def existence(stack: Stack, node: Node) -> tuple[list[Assignment], Unknown | None]:
    """
    Return the scenarios in which what has this body exists, and what decides that, None when it surely does.
    """
    condition = node.get("Condition") if isinstance(node, Mapping) else None
    if condition is None:
        return [{}], stack.maybe
    try:
        exists, missing, why = split(Body(stack), condition)
    except EvaluationError as error:
        stack.run.problem(error.message, error.span or condition.span)
        return [{}], Unknown(error.message, error.span or condition.span)
    return exists, stack.maybe or (why if missing else None)
