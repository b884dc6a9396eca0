"""
The values that are given for the parameters of templates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TypeAlias

from sglint.frozen import frozen
from sglint.source import Span
from sglint.value import Value

Text: TypeAlias = str | tuple[str, ...]


@frozen
class Given:
    """
    A value that is given for a parameter, and the place where, None on the command line.
    """

    value: Value
    span: Span | None = None


@frozen
class Parameters:
    """
    What the person who runs sglint says about the templates.

    `values` hold for every root template, `templates` for the one at a displayed path and win. `stacks` names the stack that
    a template at a displayed path makes. `nested` maps a TemplateURL, or the end of it, to the path of a template. Without
    `defaults` the default of a parameter is not its value.
    """

    values: Mapping[str, Given] = field(default_factory=dict)
    defaults: bool = True
    templates: Mapping[str, Mapping[str, Given]] = field(default_factory=dict)
    stacks: Mapping[str, str] = field(default_factory=dict)
    nested: Mapping[str, str] = field(default_factory=dict)

    def of(self, path: str) -> dict[str, Given]:
        """
        Return the values for the root template at this displayed path.
        """
        return {**self.values, **self.templates.get(path, {})}


def given(values: Mapping[str, Text], *, defaults: bool = True) -> Parameters:
    """
    Return the parameters with these values: a text, or the items of a list.
    """
    return Parameters({name: Given(as_text(value)) for name, value in values.items()}, defaults)


def as_text(value: Text) -> str:
    """
    Return the text that AWS is given: the items of a list with commas between them.
    """
    return value if isinstance(value, str) else ",".join(value)
