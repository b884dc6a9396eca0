"""
Text, places in it, and what could not be read.

Every later stage points back here: a `Span` travels with each value from the parser to the printed finding, and a `Problem`
says what is missing from the picture, so that "clean" and "did not look" never read alike.
"""

from __future__ import annotations

from sglint.source.disk import NOTHING, Overlay, is_file, overlay, real_path
from sglint.source.journal import SIZE, Journal, Noted, digest, once
from sglint.source.located import located
from sglint.source.recall import doubt, found_by, holds, leads, used
from sglint.source.text import Problem, SglintError, Source, Span, in_order
from sglint.source.tree import LIMIT, Sort, Tree, displayed, list_files, list_names, read, read_all, read_bytes, whole
from sglint.source.walk import Discovery, Format, Found, discover, discovered, passed_over, vanished

__all__ = [
    "LIMIT",
    "NOTHING",
    "SIZE",
    "Discovery",
    "Format",
    "Found",
    "Journal",
    "Noted",
    "Overlay",
    "Problem",
    "SglintError",
    "Sort",
    "Source",
    "Span",
    "Tree",
    "digest",
    "discover",
    "discovered",
    "displayed",
    "doubt",
    "found_by",
    "holds",
    "in_order",
    "is_file",
    "leads",
    "list_files",
    "list_names",
    "located",
    "once",
    "overlay",
    "passed_over",
    "read",
    "read_all",
    "read_bytes",
    "real_path",
    "used",
    "vanished",
    "whole",
]
