"""
Places in a YAML file, read one field at a time, with errors that say which.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NoReturn, TypeVar

import yaml

from sglint.source import SglintError

T = TypeVar("T")


class PlacedError(SglintError):
    """
    An error that names its place already.
    """


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """
    A value in the file at `path`; `field` is how one gets there, like `classes[0].rate`.
    """

    value: yaml.Node
    path: str
    field: str

    @property
    def mapped(self) -> bool:
        """
        Whether it has fields.
        """
        return isinstance(self.value, yaml.MappingNode)

    @property
    def listed(self) -> bool:
        """
        Whether it is a list.
        """
        return isinstance(self.value, yaml.SequenceNode)

    def fields(self, *names: str, needed: tuple[str, ...] = ()) -> Mapping[str, Node]:
        """
        Return its fields, which must be among the names, in the order of the file.
        """
        if not isinstance(self.value, yaml.MappingNode):
            fail(self, f"has no fields; it needs {', '.join(needed or names)}")
        found: dict[str, Node] = {}
        for key, value in self.value.value:
            if not isinstance(key, yaml.ScalarNode):
                fail(Node(key, self.path, self.field), "has a field whose name is no text")
            name = key.value
            there = Node(value, self.path, f"{self.field}.{name}" if self.field else name)
            if name not in names:
                close = get_close_matches(name, names, 1)
                hint = f"did you mean {close[0]}" if close else f"known are {', '.join(names)}"
                fail(Node(key, self.path, there.field), f"is not a known field; {hint}")
            if name in found:
                fail(Node(key, self.path, there.field), "is given twice")
            found[name] = there
        for name in needed:
            if name not in found:
                fail(self, f"{name} is missing")
        return found

    def items(self) -> tuple[Node, ...]:
        """
        Return the elements of a list.
        """
        if not isinstance(self.value, yaml.SequenceNode):
            fail(self, "is not a list")
        return tuple(Node(one, self.path, f"{self.field}[{number}]") for number, one in enumerate(self.value.value))

    def text(self) -> str:
        """
        Return a text that is not empty.
        """
        if not isinstance(self.value, yaml.ScalarNode) or not self.value.value.strip():
            fail(self, "is not a text")
        return " ".join(str(self.value.value).split())

    def number(self) -> float:
        """
        Return a finite number.
        """
        if not isinstance(self.value, yaml.ScalarNode) or self.value.style is not None:
            fail(self, "is not a number")
        written = str(self.value.value)
        try:
            found = float(written.replace("_", "").replace(".inf", "inf").replace(".nan", "nan").lower())
        except ValueError:
            fail(self, f"is {written or 'empty'}, not a number")
        if not math.isfinite(found):
            fail(self, f"is {written}, not a finite number")
        return found

    def numbers(self) -> tuple[float, ...]:
        """
        Return a list of finite numbers.
        """
        return tuple(one.number() for one in self.items())


def root(value: yaml.Node, path: str) -> Node:
    """
    Return the whole file.
    """
    return Node(value, path, "")


def one_of(node: Node, options: Mapping[str, T]) -> T:
    """
    Return what the written word stands for.
    """
    written = node.text()
    if written not in options:
        fail(node, f"is {written}, and can be {', '.join(options)}")
    return options[written]


def guarded(node: Node, make: Callable[[], T]) -> T:
    """
    Return what is made; an error about a value gets the place of the node.
    """
    try:
        return make()
    except PlacedError:
        raise
    except SglintError as error:
        fail(node, str(error))


def fail(node: Node, message: str) -> NoReturn:
    """
    Raise SglintError with the place of the node.
    """
    line = node.value.start_mark.line + 1
    said = f"{node.field}: {message}" if node.field else message
    raise PlacedError(f"{node.path}:{line}: {said}") from None
