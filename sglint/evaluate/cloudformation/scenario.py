"""
What can hold together: the values that undecided parameters and expressions can have.

The idea: evaluation asks for a variable only when a condition depends on it; then it starts again once for each value that
the variable can have. What comes out are exactly the combinations that can hold together, of what is really asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from sglint.frozen import frozen

T = TypeVar("T")

MOST_SCENARIOS = 256
"""So many combinations are told apart; beyond that conditions are taken as independent of each other."""


@frozen
class Other:
    """
    A value that is none of those that conditions compare with; of one group two with different numbers are different.

    `among` are the values it can be, none when there is no limit.
    """

    group: str
    number: int = 0
    among: tuple[str, ...] = ()


Token: TypeAlias = str | bool | Other
Assignment: TypeAlias = Mapping[str, Token]


class Undecided(Exception):  # noqa: N818 -- it is no error
    """
    The evaluation depends on a variable that has no value in this scenario.
    """

    def __init__(self, variable: str, domain: Sequence[Token]) -> None:
        super().__init__(variable)
        self.variable = variable
        self.domain = tuple(domain)


class TooManyError(Exception):
    """
    There are more scenarios than are told apart.
    """


@dataclass(slots=True)
class Scenario:
    """
    The values of variables under which something is evaluated, which of them were read, and what conditions came to.
    """

    assigned: Assignment = field(default_factory=dict)
    reads: set[str] = field(default_factory=set)
    decided: dict[str, tuple[bool, frozenset[str]]] = field(default_factory=dict)
    pending: dict[str, Undecided] = field(default_factory=dict)

    def read(self, variable: str) -> Token | None:
        """
        Return the value of the variable, None when it has none here.
        """
        self.reads.add(variable)
        return self.assigned.get(variable)


def explore(bases: Iterable[Assignment], evaluate: Callable[[Scenario], T]) -> list[tuple[tuple[Assignment, ...], T]]:
    """
    Return the results of the evaluation over these scenarios, each with the refined scenarios that lead to it.

    Scenarios that differ only in what the evaluation does not read are evaluated once. Raises TooManyError.
    """
    todo = list(reversed(list(bases)))
    found: list[tuple[tuple[Assignment, ...], T]] = []
    total = 0
    while todo:
        base = todo.pop()
        scenario = Scenario(base)
        try:
            result = evaluate(scenario)
        except Undecided as undecided:
            todo.extend({**base, undecided.variable: token} for token in reversed(undecided.domain))
        else:
            alike = [other for other in todo if _agree(base, other, scenario.reads)]
            if alike:
                todo = [other for other in todo if not _agree(base, other, scenario.reads)]
            found.append(((base, *reversed(alike)), result))
            total += 1 + len(alike)
        if total + len(todo) > MOST_SCENARIOS:
            raise TooManyError
    return found


def _agree(one: Assignment, other: Assignment, variables: Iterable[str]) -> bool:
    return all(one.get(variable) == other.get(variable) for variable in variables)
