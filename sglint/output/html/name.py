"""
The names by which the parts of the page find each other, and the numbers of its drawings.
"""

from __future__ import annotations

from hashlib import blake2s


def node_id(root: str, noun: str, address: str) -> str:
    """
    Return the name of a node of a root's graph, as `data-node` has it, and `data-path` in a list with blanks.

    >>> node_id(".", "subnet", "aws_subnet.a")
    'n87c79dfbf0'
    """
    return f"n{blake2s(repr((root, noun, address)).encode('ascii', 'backslashreplace'), digest_size=5).hexdigest()}"


def at(value: float) -> str:
    """
    Return a number of a drawing with a digit behind the point at most.

    >>> at(3.04), at(3.06)
    ('3', '3.1')
    """
    return f"{value:.1f}".removesuffix(".0")
