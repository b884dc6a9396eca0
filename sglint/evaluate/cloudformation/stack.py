"""
One use of a template: its parameters, and what has been evaluated of it so far.

The same template nested twice is two stacks. Everything that evaluation remembers lives here and in the `Run`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sglint.evaluate.cloudformation.parameters import Parameters
from sglint.evaluate.cloudformation.scenario import Assignment, Scenario, Token
from sglint.evaluate.cloudformation.template import Template, Templates
from sglint.evaluate.terraform.error import EvaluationError
from sglint.source import Problem, Span
from sglint.template import Entry, Mapping, Node
from sglint.value import Unknown, Value

MAX_STEPS = 1_000_000
"""How many nodes the evaluation of one root may go through."""
MAX_ROUNDS = 5_000
"""How often the loops of one root may go round; AWS allows 500 resources in a template."""
MAX_STACKS = 500
"""How many stacks one root may nest."""
MAX_DEPTH = 60
"""How deep conditions, attributes and outputs may lead to one another."""


@dataclass(slots=True)
class Run:
    """
    The evaluation of one root template with all that it nests.

    `output` returns an output of the stack that a resource nests, `imported` what an export of the `roots` holds. Stacks of
    other roots that were asked for an export are `opened`, by path and name; those that gave an identity are `joined`.
    """

    templates: Templates
    parameters: Parameters
    path: str
    output: Callable[[Stack, str, str, Span], Value]
    imported: Callable[[Stack, Value, Span], Value]
    roots: tuple[str, ...] = ()
    opened: dict[tuple[str, str], Stack] = field(default_factory=dict)
    joined: dict[str, Stack] = field(default_factory=dict)
    problems: dict[Problem, None] = field(default_factory=dict)
    steps: int = 0
    rounds: int = 0
    stacks: int = 0
    depth: int = 0

    def problem(self, message: str, span: Span | None, hint: str = "", *, hides: bool = True) -> None:
        """
        Note what could not be read, once.
        """
        self.problems[Problem(message, span, hint, hides)] = None

    def spend(self, steps: int = 1) -> None:
        """
        Note so many steps of evaluation. Raises EvaluationError when there have been too many.
        """
        self.steps += steps
        if self.steps > MAX_STEPS:
            raise EvaluationError(f"evaluating {self.path} takes more than {MAX_STEPS} steps")

    def turn(self) -> None:
        """
        Note one round of a loop. Raises EvaluationError when there have been too many.
        """
        self.rounds += 1
        if self.rounds > MAX_ROUNDS:
            raise EvaluationError(f"the loops of {self.path} go round more than {MAX_ROUNDS} times")

    @contextmanager
    def deeper(self, what: str) -> Iterator[None]:
        """
        Go one step deeper into what leads to what. Raises EvaluationError when that is too deep.
        """
        if self.depth >= MAX_DEPTH:
            raise EvaluationError(f"{what} is reached by more than {MAX_DEPTH} steps")
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1


@dataclass(slots=True)
class Stack:
    """
    One use of a template; `prefix` is what its addresses begin with, `callers` the places of the stacks that nest it.

    `values` are those of all parameters, also of the pseudo parameters. `maybe` says what decides whether the stack exists.
    In a `world` everything is evaluated with what that assigns.
    """

    run: Run
    template: Template
    values: dict[str, Value]
    prefix: str = ""
    callers: tuple[Span, ...] = ()
    maybe: Unknown | None = None
    above: tuple[str, ...] = ()
    world: Assignment = field(default_factory=dict)
    scenario: Scenario = field(default_factory=Scenario)
    independent: bool = False
    conditions: dict[str, Entry] = field(default_factory=dict)
    resources: dict[str, Entry] = field(default_factory=dict)
    outputs: dict[str, Entry] = field(default_factory=dict)
    domains: dict[str, tuple[Token, ...]] | None = None
    busy: set[str] = field(default_factory=set)
    made: dict[str, Value] = field(default_factory=dict)
    children: dict[str, Stack | Unknown] = field(default_factory=dict)
    imports: tuple[Value, ...] | None = None
    exporting: dict[tuple[type, Value], frozenset[tuple[str, tuple[str, ...]]]] = field(default_factory=dict)

    @contextmanager
    def within(self, scenario: Scenario) -> Iterator[None]:
        """
        Evaluate in this scenario.
        """
        usual, self.scenario = self.scenario, scenario
        try:
            yield
        finally:
            self.scenario = usual

    @contextmanager
    def once(self, what: str) -> Iterator[None]:
        """
        Refuse to begin with what is under way already.
        """
        if what in self.busy:
            raise EvaluationError(f"{what} depends on itself")
        self.busy.add(what)
        try:
            with self.run.deeper(what):
                yield
        finally:
            self.busy.discard(what)

    def kind(self, name: str) -> str:
        """
        Return the type of a resource, empty when it has none.
        """
        kind = self.property(name, "Type")
        return getattr(kind, "text", "") if kind is not None else ""

    def property(self, name: str, key: str) -> Node | None:
        """
        Return what stands under a key of a resource.
        """
        body = self.resources[name].value
        return body.get(key) if isinstance(body, Mapping) else None
