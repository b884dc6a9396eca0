"""
What an expression can do wrong.
"""

from __future__ import annotations

from sglint.source import Span


class EvaluationError(Exception):
    """
    Terraform would refuse this expression; the message says why in Terraform's meaning, the span where, once that is known.
    """

    def __init__(self, message: str, span: Span | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.span = span


class SlowError(EvaluationError):
    """
    The expression takes too long, so that there must not be many like it.
    """


class SpentError(EvaluationError):
    """
    All steps that an evaluation may take are taken, so that nothing is tried any more.
    """
