"""
One module as it is called: its variables, locals, outputs, resources and calls, each evaluated when first asked for.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import replace

from sglint import syntax
from sglint.evaluate.terraform import inside
from sglint.evaluate.terraform.convert import convert
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.expand import SINGLE, Instance, by_count, by_for_each, suffix
from sglint.evaluate.terraform.expressions import evaluate_expression, evaluate_typed
from sglint.evaluate.terraform.functions import Context
from sglint.evaluate.terraform.locate import located
from sglint.evaluate.terraform.mark import marked, unmark
from sglint.evaluate.terraform.module import Module
from sglint.evaluate.terraform.pairing import beside, number_of
from sglint.evaluate.terraform.run import Run, Thing, member, value_of
from sglint.evaluate.terraform.scope import Scope
from sglint.evaluate.terraform.settled import for_each_of, settle
from sglint.evaluate.terraform.typed import is_null
from sglint.evaluate.terraform.types import BOOL, Type, parse_type
from sglint.evaluate.terraform.unknown import collapse
from sglint.evaluate.terraform.validation import allowed, refused
from sglint.source import Problem, Span
from sglint.syntax import Block
from sglint.value import Mark, Ref, Unknown, Value


class ModuleInstance:
    """
    One instance of a module. Errors inside it become Problems of the run, once, and the value is unknown from there on.
    """

    def __init__(
        self,
        run: Run,
        module: Module,
        address: str = "",
        key: str = "",
        caller: Thing | None = None,
        chain: tuple[str, ...] = (),
    ) -> None:
        self.run = run
        self.module = module
        self.address = address
        self.key = key
        self.caller = caller
        self.chain = (*chain, module.directory)
        self._instances: dict[tuple[str, ...], tuple[Thing, ...]] = {}
        self._values: dict[tuple[str, ...], Value] = {}

    # -- where this module is ---------------------------------------------------------------------------------------------

    def path(self) -> str:
        """
        Return `path.module`: the directory of the module, seen from the root.
        """
        return posixpath.relpath(self.module.directory, self.run.root)

    def callers(self) -> tuple[Span, ...]:
        """
        Return the module calls that lead here, outermost first.
        """
        if self.caller is None:
            return ()
        return (*self.caller.owner.callers(), self.caller.block.header)

    @property
    def context(self) -> Context:
        """
        What functions may read.
        """
        return self.run.context

    def spend(self, steps: int) -> None:
        """
        Note so many steps of evaluation.
        """
        self.run.spend(steps)

    def attribute(self, ref: Ref, name: str) -> Value:
        """
        Return an attribute of a resource or module object.
        """
        return inside.attribute(self.run, ref, name)

    def element(self, ref: Ref, key: Value) -> Value:
        """
        Return an element of something inside a resource.
        """
        return inside.element(self.run, ref, key)

    def instance(self, block: tuple[str, str, str], key: str | int, number: str) -> Ref | None:
        """
        Return the identity of one instance of a block whose number is not known, None when that is not what is asked for.
        """
        things = self.instances(*block) if block in self.module.resources else ()
        return member(self.run, things, key, number)

    def maybe(self) -> Unknown | None:
        """
        Return what decides whether this module instance exists, None when it surely does.
        """
        return self.caller.maybe if self.caller is not None else None

    def _full(self, name: str) -> str:
        return f"{self.address}.{name}" if self.address else name

    # -- evaluation -------------------------------------------------------------------------------------------------------

    def safely(self, expr: syntax.Expr, scope: Scope | None = None) -> Value:
        """
        Return the value of the expression; an error becomes a Problem and the value unknown.
        """
        return self._guard(lambda: evaluate_expression(expr, scope or Scope(self)), expr.span)

    def typed(self, expr: syntax.Expr, scope: Scope | None = None) -> Value:
        """
        Return the value of the expression as `safely` does, a null with its type: for what expressions refer to.
        """
        return self._guard(lambda: evaluate_typed(expr, scope or Scope(self)), expr.span)

    def quietly(self, expr: syntax.Expr, scope: Scope) -> Value:
        """
        Return the value of an expression inside something that need not exist: an error there is none, and the value unknown.
        """
        try:
            return evaluate_expression(expr, scope)
        except EvaluationError as error:
            return Unknown(error.message, error.span or expr.span)

    def _guard(self, compute: Callable[[], Value], span: Span) -> Value:
        try:
            return compute()
        except EvaluationError as error:
            self.run.problem(Problem(error.message, error.span or span))
            return Unknown(error.message, error.span or span)

    def resolve(self, names: tuple[str, ...], expr: syntax.Expr) -> tuple[Value, int]:
        """
        Return the value that the traversal starts with, and how many of its names that takes.
        """
        if names[0] == "resource" and len(names) > 2:
            value, taken = self.resolve(names[1:], expr)
            return value, taken + 1
        root, rest = names[0], names[1:]
        if root in ("each", "count", "self"):
            raise EvaluationError(f"{root} cannot be used here", expr.span)
        if root in ("data", "ephemeral") and len(rest) >= 2:
            marks = (Mark("ephemeral", f"{root}.{rest[0]}.{rest[1]}", expr.span),) if root == "ephemeral" else ()
            return marked(self.resource(root, rest[0], rest[1], expr.span), marks), 3
        if not rest:
            raise EvaluationError(f"{root} is not a value", expr.span)
        if root in _ROOTS:
            return _ROOTS[root](self, rest[0], expr.span), 2
        return self.resource("", root, rest[0], expr.span), 2

    def variable(self, name: str, span: Span) -> Value:
        """
        Return the value of `var.name`.
        """
        block = self.module.variables.get(name)
        if block is None:
            raise EvaluationError(f"variable {name} is not declared in this module", span)
        if block.blocks and self.maybe() is None:
            self.run.later.setdefault(self._full(f"var.{name}"), lambda: refused(self, name, block))
        return self.run.once(
            self._full(f"var.{name}"), block.header, lambda: self._guard(lambda: self._variable(name, block), block.header)
        )

    def given_at(self, name: str, block: Block) -> Span:
        """
        Return the place of the value of a variable.
        """
        return self._given(name, block)[1] or block.header

    def tells(self, message: syntax.Expr) -> bool:
        """
        Return whether the text of an error message may be shown: not what may hold a private value.
        """
        return isinstance(message, syntax.Literal) or not any(given.private for given in self.run.given.values())

    def _variable(self, name: str, block: Block) -> Value:
        given, span = self._given(name, block)
        value, found = unmark(given)
        type_ = self._type(block)
        nullable = block.attribute("nullable")
        if nullable is not None and self.safely(nullable.expr) is False:
            if is_null(value):
                (value, span), found = self._default(name, block), ()
            elif isinstance(value, Unknown) and None in value.among:
                default = self._default(name, block)[0]
                value = collapse([default if choice is None else choice for choice in value.among], (value,))
        marks = (*found, *_marks(block, f"var.{name}"))
        if isinstance(value, Unknown) and not value.among:
            choices = allowed(block, name, type_) or ((True, False) if type_ == BOOL else ())
            if choices:
                return marked(collapse(choices, (replace(value, among=choices),)), marks)
        try:
            return marked(value if type_ is None else convert(value, type_), marks)
        except EvaluationError as error:
            private = marks or (self.caller is None and name in self.run.given and self.run.given[name].private)
            why = "" if private else f": {error.message}"
            raise EvaluationError(f"the value of var.{name} does not fit its type{why}", span) from None

    def _given(self, name: str, block: Block) -> tuple[Value, Span | None]:
        if self.caller is None:
            given = self.run.given.get(name)
            return (given.value, given.span) if given is not None else self._default(name, block)
        attribute = self.caller.block.attribute(name)
        if attribute is None:
            return self._default(name, block)
        return self.caller.owner.typed(attribute.expr, self.caller.scope), attribute.expr.span

    def _default(self, name: str, block: Block) -> tuple[Value, Span | None]:
        default = block.attribute("default")
        if default is not None:
            return self.safely(default.expr), default.expr.span
        if self.caller is not None:
            why = f"{self.caller.address} does not set {name}, which has no default"
            self.run.problem(Problem(why, self.caller.block.header, f"add {name} to the call"))
            return Unknown(why, self.caller.block.header), None
        return Unknown(f"var.{name} has no default and no value is given", block.header), block.header

    def _type(self, block: Block) -> Type | None:
        attribute = block.attribute("type")
        if attribute is None:
            return None
        return parse_type(attribute.expr, self.safely)

    def local(self, name: str, span: Span) -> Value:
        """
        Return the value of `local.name`.
        """
        attribute = self.module.locals.get(name)
        if attribute is None:
            raise EvaluationError(f"local {name} is not declared in this module", span)
        return self.run.once(self._full(f"local.{name}"), attribute.span, lambda: self.typed(attribute.expr))

    def output(self, name: str) -> Value:
        """
        Return the value of an output. Raises EvaluationError when there is none of that name.
        """
        block = self.module.outputs.get(name)
        attribute = block.attribute("value") if block is not None else None
        if block is None or attribute is None:
            raise EvaluationError(f"{self.address} has no output {name}")
        full = self._full(f"output.{name}")
        marks = _marks(block, f"{self.address or 'output'}.{name}")
        return self.run.once(full, block.header, lambda: marked(self.typed(attribute.expr), marks))

    def _place(self, name: str, span: Span) -> Value:
        places: dict[str, Value] = {
            "module": self.path(),
            "root": ".",
            "cwd": Unknown("path.cwd differs between machines", span),
        }
        if name not in places:
            raise EvaluationError(f"path.{name} does not exist; there are path.module, path.root and path.cwd", span)
        return places[name]

    def _terraform(self, name: str, span: Span) -> Value:
        if name != "workspace":
            return Unknown(f"terraform.{name} is known only to a run of Terraform", span)
        if self.run.workspace is None:
            return Unknown("terraform.workspace is not given (--workspace)", span)
        return self.run.workspace

    # -- things with count and for_each --------------------------------------------------------------------------------------

    def resource(self, mode: str, kind: str, name: str, span: Span) -> Value:
        """
        Return what a reference to a resource or data source means: an object, a tuple of them, or a map.
        """
        full = ".".join(part for part in (mode, kind, name) if part)
        if (mode, kind, name) not in self.module.resources:
            raise EvaluationError(f"{full} is not declared in this module", span)
        return self._value((mode, kind, name), self.instances(mode, kind, name), self.module.resources[mode, kind, name])

    def instances(self, mode: str, kind: str, name: str) -> tuple[Thing, ...]:
        """
        Return the instances of a resource or data source of this module.
        """
        block = self.module.resources[mode, kind, name]
        full = ".".join(part for part in (mode, kind, name) if part)
        return self._things((mode, kind, name), full, f"{mode}.{kind}" if mode else kind, block)

    def call(self, name: str, span: Span) -> Value:
        """
        Return what `module.name` means: an object of outputs, a tuple of them, or a map.
        """
        if name not in self.module.calls:
            raise EvaluationError(f"module {name} is not declared in this module", span)
        return self._value(("module", name), self.calls(name), self.module.calls[name])

    def calls(self, name: str) -> tuple[Thing, ...]:
        """
        Return the instances of a module call.
        """
        known = ("module", name) in self._instances
        things = self._things(("module", name), f"module.{name}", "module", self.module.calls[name])
        if not known:
            key = f"{self.key}.{name}" if self.key else name
            directory = located(self.run, key, self.module.calls[name], self.module.directory, self.chain)
            module = self.run.library.load(directory) if directory else None
            for thing in things:
                if module is not None:
                    thing.module = ModuleInstance(self.run, module, thing.address, key, thing, self.chain)
        return things

    def _value(self, key: tuple[str, ...], things: tuple[Thing, ...], block: Block) -> Value:
        """
        Return the value of a reference to all instances of a block, made once: each of many instances may refer to it.
        """
        if key not in self._instances:
            return value_of(things, block)
        if key not in self._values:
            self._values[key] = value_of(things, block)
        return self._values[key]

    def _things(self, key: tuple[str, ...], name: str, kind: str, block: Block) -> tuple[Thing, ...]:
        if key in self._instances:
            return self._instances[key]
        full = self._full(name)
        if not self.run.enter(full, block.header):
            return ()
        try:
            rows = settle(self.run.settled, full, kind, self._expand(block))
        finally:
            self.run.leave(full)
        number = number_of(block, self.module) if any(row.maybe for row in rows) else ""
        things = tuple(self._thing(full, kind, block, row, number) for row in rows)
        self._instances[key] = things if self.run.add(things) else ()
        return self._instances[key]

    def _thing(self, full: str, kind: str, block: Block, row: Instance, number: str) -> Thing:
        scope = Scope(self, dict(row.names), number=number)
        return Thing(full + suffix(row.key), block, scope, row, kind, self)

    def _expand(self, block: Block) -> tuple[Instance, ...]:
        for name, expand in (("count", by_count), ("for_each", by_for_each)):
            attribute = block.attribute(name)
            if attribute is None:
                continue
            value = self.safely(attribute.expr)
            if self.run.settled is not None and name == "for_each":
                value = for_each_of(value)
            try:
                return tuple(beside(self, self.module, row, attribute.expr) for row in expand(value))
            except EvaluationError as error:
                self.run.problem(Problem(error.message, attribute.expr.span))
                return expand(Unknown(error.message, attribute.expr.span))
        return SINGLE

    # -- the whole tree -------------------------------------------------------------------------------------------------------

    def walk(self) -> Iterator[ModuleInstance]:
        """
        Yield this module instance and all below it, in the order of their calls' names.
        """
        yield self
        for name in sorted(self.module.calls):
            for thing in self.calls(name):
                if isinstance(thing.module, ModuleInstance):
                    yield from thing.module.walk()

    def hidden(self) -> Iterator[Thing]:
        """
        Yield the module calls of this instance whose module cannot be read.
        """
        for name in sorted(self.module.calls):
            for thing in self.calls(name):
                if thing.module is None:
                    yield thing


def _marks(block: Block, name: str) -> tuple[Mark, ...]:
    """Return the marks that the block of a variable or output puts on its value."""
    marks = (Mark("ephemeral", name, block.header), Mark("sensitive", name, block.header))
    return tuple(mark for mark in marks if _flag(block, mark.kind))


def _flag(block: Block, name: str) -> bool:
    attribute = block.attribute(name)
    return attribute is not None and isinstance(attribute.expr, syntax.Literal) and attribute.expr.value is True


_ROOTS: dict[str, Callable[[ModuleInstance, str, Span], Value]] = {
    "var": ModuleInstance.variable,
    "local": ModuleInstance.local,
    "module": ModuleInstance.call,
    "path": ModuleInstance._place,
    "terraform": ModuleInstance._terraform,
}
