"""
The world of an expression that may refer to nothing: a variable file, a template file.
"""

from __future__ import annotations

from sglint import syntax
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.functions import Context
from sglint.value import Ref, Value


class Nowhere:
    """
    No variables, no resources, no files.
    """

    context: Context
    def __init__(self) -> None:
        self.context = Context.nothing()
