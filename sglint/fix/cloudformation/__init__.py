"""
How templates of CloudFormation are edited: where a value comes from, what is written there instead, and where new text goes.
"""

from sglint.fix.cloudformation.language import language
from sglint.fix.cloudformation.origin import Stacks

__all__ = ["Stacks", "language"]
