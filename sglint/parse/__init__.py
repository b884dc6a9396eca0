"""
Text to syntax: one parser for each format, chosen by the name of the file.
"""

from __future__ import annotations

from sglint.source import Source
from sglint.syntax import Document


def parse(source: Source) -> Document:
    """
    Return what a Terraform file says, read as JSON or in the native syntax according to its name.
    """
    if source.path.endswith(".json"):
        from sglint.parse import tf_json

        return tf_json.parse(source)
    from sglint.parse import hcl

    return hcl.parse(source)
