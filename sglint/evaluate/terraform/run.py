"""
What lives while one root module is evaluated.

A `Thing` is what an address stands for. What a reference to all the things of one block means is `value_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from sglint.evaluate.terraform.expand import EVERY, Instance, suffix
from sglint.evaluate.terraform.functions import Context
from sglint.evaluate.terraform.module import Library
from sglint.evaluate.terraform.scope import Scope, World, check_steps
from sglint.evaluate.terraform.settled import Settled
from sglint.frozen import frozen
from sglint.resource import OWN_KEYS, Resource, split_key
from sglint.source import Problem, Span
from sglint.syntax import Block, Expr
from sglint.value import Map, Ref, Seq, Unknown, Value

MAX_THINGS = 100_000
"""How many instances of resources and modules one root may have."""

META = frozenset("count for_each provider depends_on lifecycle connection provisioner".split())
"""Arguments and blocks of Terraform itself, which are no attributes of the thing."""
CALL_META = META | {"providers", "source", "version"}
"""Those of a module call."""


@frozen
class Given:
    """
    The value given to a root variable, and where; a `private` one is not told to anybody.
    """

    value: Value
    span: Span | None
    private: bool = False


class Owner(World, Protocol):
    """
    The module instance that a thing belongs to.
    """

    def callers(self) -> tuple[Span, ...]:
        """
        Return the module calls that lead here, outermost first.
        """
        ...

    def maybe(self) -> Unknown | None:
        """
        Return what decides whether this module instance exists.
        """
        ...

    def safely(self, expr: Expr, scope: Scope | None = None) -> Value:
        """
        Return the value of the expression; an error becomes a Problem and the value unknown.
        """
        ...

    def typed(self, expr: Expr, scope: Scope | None = None) -> Value:
        """
        Return the value of the expression as `safely` does, a null with its type.
        """
        ...

    def quietly(self, expr: Expr, scope: Scope) -> Value:
        """
        Return the value of an expression inside something that need not exist.
        """
        ...

    def output(self, name: str) -> Value:
        """
        Return the value of an output.
        """
        ...


@dataclass(slots=True)
class Thing:
    """
    What an address stands for: an instance of a resource, or of a module call (`module` is None when it cannot be read).
    """

    address: str
    block: Block
    scope: Scope
    row: Instance
    kind: str
    owner: Owner
    module: Owner | None = None

    @property
    def maybe(self) -> Unknown | None:
        """
        What decides whether this exists, None when it surely does.
        """
        return self.row.maybe or self.owner.maybe()

    @property
    def number(self) -> str:
        """
        What decides how many instances the block has, "" when that is known.
        """
        return self.scope.number


@dataclass(slots=True)
class Run:
    """
    The evaluation of one root module: what was given, the things found so far, what could not be read.

    `found` is what data sources surely find, by their address: a thing, or what some of their attributes are; `reach` makes
    sure that the thing of an address is among the things, if it can be.
    `later` are the checks to make when all else is evaluated, by the name of what they are about.
    `beside` are the resources of other roots whose states it reads.
    """

    library: Library
    root: str
    given: Mapping[str, Given]
    workspace: str | None
    manifest: Mapping[str, str]
    context: Context
    settled: Settled | None = None
    found: Mapping[str, Ref | Map] = field(default_factory=dict)
    beside: Mapping[str, Resource] = field(default_factory=dict)
    reach: Callable[[str], None] | None = None
    things: dict[str, Thing] = field(default_factory=dict)
    problems: dict[Problem, None] = field(default_factory=dict)
    later: dict[str, Callable[[], Iterable[Problem]]] = field(default_factory=dict)
    _memo: dict[str, Value] = field(default_factory=dict)
    _busy: dict[str, None] = field(default_factory=dict)
    _steps: int = 0

    def spend(self, steps: int) -> None:
        """
        Note so many steps of evaluation. Raises EvaluationError when there have been too many.
        """
        self._steps += steps
        check_steps(self._steps)

    def add(self, things: Sequence[Thing]) -> bool:
        """
        Remember the instances of a block; False, and a Problem, when this root has too many already.
        """
        if things and len(self.things) + len(things) > MAX_THINGS:
            message = f"this root has more than {MAX_THINGS} instances of resources and modules; the others are missing"
            self.problem(Problem(message, None, "scan a smaller root"))
            return False
        self.things.update({thing.address: thing for thing in things})
        return True

    def once(self, name: str, span: Span, compute: Callable[[], Value]) -> Value:
        """
        Return the value of what has this full name, computed when first asked for.

        A name that needs itself is a Problem, and unknown.
        """
        if name in self._memo:
            return self._memo[name]
        if not self.enter(name, span):
            return Unknown(f"{name} refers to itself", span)
        try:
            value = compute()
        finally:
            self.leave(name)
        self._memo[name] = value
        return value

    def enter(self, name: str, span: Span) -> bool:
        """
        Note that `name` is being evaluated; False, and a Problem, when it already is.
        """
        if name in self._busy:
            self.problem(Problem(f"{name} refers to itself", span, "break the cycle"))
            return False
        self._busy[name] = None
        return True

    def is_busy(self, name: str) -> bool:
        """
        Return whether `name` is being evaluated.
        """
        return name in self._busy

    def leave(self, name: str) -> None:
        """
        Note that `name` is evaluated.
        """
        del self._busy[name]

    def check(self) -> None:
        """
        Make the checks that wait, and those that they bring up.
        """
        done: set[str] = set()
        while waiting := [name for name in self.later if name not in done]:
            for name in waiting:
                done.add(name)
                for problem in self.later[name]():
                    self.problem(problem)

    def unread(self, problem: Problem) -> None:
        """
        Remember that a module cannot be read, unless a plan says what it contains.
        """
        if self.settled is None:
            self.problem(problem)

    def problem(self, problem: Problem) -> None:
        """
        Remember a problem, once.
        """
        self.problems.setdefault(problem)


def member(run: Run, things: Sequence[Thing], key: str | int, number: str) -> Ref | None:
    """
    Return the identity of one of the instances that one thing stands for; its attributes are those with this key.

    None for things that are told apart, and for the key of an instance of a block that need not have the same number.
    """
    if len(things) != 1 or things[0].row.key is not EVERY or len(run.things) >= MAX_THINGS:
        return None
    every = things[0]
    block = split_key(every.address)[0]
    if key in OWN_KEYS:
        if every.number != number or not number:
            return None
        address = f"{block}{key}"
        run.things.setdefault(address, replace(every, address=address))
        return Ref(address)
    address = block + suffix(key)
    if address not in run.things:
        names = _own_names(every, key)
        if names is None:
            return None
        scope = replace(every.scope, names=names, number="")
        run.things[address] = replace(every, address=address, scope=scope)
    return Ref(address)


def _own_names(every: Thing, key: str | int) -> Mapping[str, Value] | None:
    """Return what `count` or `each` is in the instance with this key, None when no instance can have it."""
    if every.block.attribute("count") is not None:
        return {**every.scope.names, "count": Map.of({"index": key})} if isinstance(key, int) and key >= 0 else None
    each = every.scope.names.get("each")
    if not isinstance(each, Map) or not isinstance(key, str):
        return None
    return {**every.scope.names, "each": Map.of({**dict(each.items()), "key": key})}


def value_of(things: tuple[Thing, ...], block: Block) -> Value:
    """
    Return the value that a reference to all instances of a block has.

    When some instances only may exist, as with `count = test ? 1 : 0`, it is unknown among all of them and the sure ones.
    """
    if [thing.row.key for thing in things] == [None]:
        return Ref(things[0].address)
    refs = tuple(Ref(thing.address) for thing in things)
    if any(thing.row.key is EVERY for thing in things):
        cause = next((thing.row.maybe for thing in things if thing.row.maybe), None)
        element: Value = refs[0] if len(refs) == 1 else Unknown("it is one of several instances", None, refs)
        return replace(
            cause or Unknown("the keys of for_each are not known", block.header),
            among=(),
            element=element,
            refs=refs,
            type=None,
        )
    mapping = block.attribute("for_each") is not None
    decided = [thing.row.maybe for thing in things if thing.row.maybe]
    full = _collection(things, mapping=mapping)
    if not decided:
        return full
    least = _collection([thing for thing in things if not thing.row.maybe], mapping=mapping)
    return replace(decided[0], among=(full, least), element=None, refs=refs, type=None)


def _collection(things: Sequence[Thing], *, mapping: bool) -> Value:
    if mapping:
        return Map.of((_name(thing), Ref(thing.address)) for thing in things)
    return Seq(tuple(Ref(thing.address) for thing in things))


def _name(thing: Thing) -> str:
    return thing.row.key if isinstance(thing.row.key, str) else str(thing.row.key)
