"""
Evaluated resources to a network: the only place that knows what a resource type's attributes are called.
"""

from sglint.lower.network import KINDS, WORDS, lower

__all__ = ["KINDS", "WORDS", "lower"]
