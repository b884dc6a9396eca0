"""
What evaluation is asked for and what it returns, whatever the format.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TypeAlias

from sglint.frozen import frozen
from sglint.resource import Resource
from sglint.source import Problem
from sglint.syntax import Document
from sglint.template import TemplateDocument

Wanted: TypeAlias = Collection[str] | Mapping[str, Collection[str]]
"""The kinds of resources to evaluate, with all attributes, or for each kind the paths of its attributes to evaluate."""


@frozen
class Root:
    """
    One root module or template after evaluation: its resources by address, what could not be read, and what it was read from.

    `variables` are the names of the variables or parameters that it declares. `before` are the resources that a plan starts
    from, also those that it deletes, under the addresses that it moves them to; None where there is no plan. `beside` are the
    resources of other roots whose states it reads. `worlds` give the resources in each of the cases that undecided conditions
    leave, one of which is the case; none where that is not told apart.
    """

    path: str
    resources: tuple[Resource, ...]
    problems: tuple[Problem, ...]
    documents: tuple[Document | TemplateDocument, ...]
    variables: tuple[str, ...]
    before: tuple[Resource, ...] | None = None
    beside: tuple[Resource, ...] = ()
    worlds: tuple[Callable[[], tuple[Resource, ...]], ...] = ()
