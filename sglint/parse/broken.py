"""
Where YAML stops being readable, in words.
"""

from __future__ import annotations

import re

import yaml

from sglint.parse.text import Failure, Text
from sglint.source import Problem

_REFUSED = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def unreadable(text: Text, error: Failure | yaml.YAMLError) -> Problem:
    """
    Return what stopped the reading; libyaml's own words, and where it stood.
    """
    if isinstance(error, Failure):
        return Problem(error.message, text.span(error.start, error.end), error.hint)
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        at = error.problem_mark.index
        message = " ".join(part for part in (error.problem, error.context) if part)
        tab = text.content[at : at + 1] == "\t"
        hint = "indent with spaces, tabs are not allowed" if tab else "correct the YAML"
        if error.context_mark is not None and error.context_mark.line != error.problem_mark.line:
            hint += f", see also line {text.place(error.context_mark.index)[0]}"
        return Problem(message.lower(), text.span(at, at + 1), hint)
    found = _REFUSED.search(text.content)
    at = found.start() if found else 0
    message = f"the character U+{ord(text.content[at]):04X} is not allowed" if text.content else "not readable as YAML"
    return Problem(message, text.span(at, at + 1), "remove it")
