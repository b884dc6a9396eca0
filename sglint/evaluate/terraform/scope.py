"""
Where an expression is evaluated, and what it can refer to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Protocol

from sglint.evaluate.terraform.error import EvaluationError, SpentError
from sglint.evaluate.terraform.functions import Context
from sglint.frozen import frozen
from sglint.syntax import Expr
from sglint.value import Mark, Ref, Value

MAX_STEPS = 2_000_000
"""How many elements the `for` expressions and templates of one root may go through."""


class World(Protocol):
    """
    What an expression can refer to outside itself; a module instance provides it.
    """

    @property
    def context(self) -> Context:
        """
        What functions may read.
        """
        ...

    def spend(self, steps: int) -> None:
        """
        Note so many steps of evaluation. Raises EvaluationError when there have been too many.
        """
        ...

    def resolve(self, names: tuple[str, ...], expr: Expr) -> tuple[Value, int]:
        """
        Return the value that the traversal `names` starts with, and how many names it takes.
        """
        ...

    def attribute(self, ref: Ref, name: str) -> Value:
        """
        Return an attribute of a resource or module object.
        """
        ...

    def element(self, ref: Ref, key: Value) -> Value:
        """
        Return an element of something inside a resource.
        """
        ...

    def instance(self, block: tuple[str, str, str], key: str | int, number: str) -> Ref | None:
        """
        Return the identity of one instance of a block whose number is not known, None when that is not what is asked for.

        `key` is its key, or `[count.index]` or `[each.key]` for the key of an instance of a block with the same `number`.
        """
        ...


def check_steps(steps: int) -> None:
    """
    Raise SpentError when so many steps are too many.
    """
    if steps > MAX_STEPS:
        raise SpentError(f"evaluating this takes more than {MAX_STEPS} steps")


@frozen
class Nowhere:
    """
    The world of an expression that may refer to nothing but its own names: in a variable file, in a template file.
    """

    context: Context
    what: str
    steps: list[int] = field(default_factory=lambda: [0])

    def spend(self, steps: int) -> None:
        """
        Note so many steps. Raises EvaluationError when there have been too many.
        """
        self.steps[0] += steps
        check_steps(self.steps[0])

    def resolve(self, names: tuple[str, ...], expr: Expr) -> tuple[Value, int]:
        """
        Refuse the reference.
        """
        raise EvaluationError(f"{'.'.join(names)} cannot be used in {self.what}", expr.span)

    def attribute(self, ref: Ref, name: str) -> Value:
        """
        Return the identity of an attribute of a value that was passed in.
        """
        return Ref(ref.address, f"{ref.attribute}.{name}" if ref.attribute else name)

    def element(self, ref: Ref, key: Value) -> Value:
        """
        Return the identity of an element of a value that was passed in.
        """
        return Ref(ref.address, f"{ref.attribute}[*]")

    def instance(self, block: tuple[str, str, str], key: str | int, number: str) -> Ref | None:
        """
        Return None: there are no blocks here.
        """
        return None


@frozen
class Scope:
    """
    The world, the names bound here (`each`, `count`, `self`, those of `for`), and the current element of a splat.

    `number` is what decides how many instances of the block there are that this is inside of, where that is not known.
    `marks` are those of the collection that a loop goes through: its elements come without them, and errors must not tell
    what they are.
    A `strict` one is for checking what is not evaluated otherwise: nothing is made of an unknown but its type.
    """

    world: World
    names: Mapping[str, Value] = field(default_factory=dict)
    item: Value = None
    number: str = ""
    marks: tuple[Mark, ...] = ()
    strict: bool = False

    def bind(self, names: Mapping[str, Value]) -> Scope:
        """
        Return this scope with more names bound; an empty name binds nothing.
        """
        bound = {**self.names, **{name: value for name, value in names.items() if name}}
        return replace(self, names=bound, number="" if names.keys() & {"count", "each"} else self.number)

    def inside(self, marks: tuple[Mark, ...]) -> Scope:
        """
        Return this scope as it is in a loop through something under these marks.
        """
        return replace(self, marks=(*self.marks, *marks)) if marks else self
