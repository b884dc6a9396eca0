"""
Where a value of Terraform comes from: the literals, lists and objects that an expression is made of, through locals, variables,
their files, and the arguments of module calls.

The idea: this need not be exact. Whatever is found here is a candidate; whether an edit there does what it should, and nothing
else, is for the proof to say.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace

from sglint.fix.text import Texts
from sglint.frozen import frozen
from sglint.resource import MODULE_STEP, Origin, split_key
from sglint.source import Span
from sglint.syntax import (
    Attribute,
    Block,
    Call,
    Conditional,
    Document,
    Expr,
    ForObject,
    ForTuple,
    GetAttr,
    Index,
    Literal,
    ObjectExpr,
    Splat,
    SplatItem,
    Template,
    TupleExpr,
    Variable,
)

DEEPEST = 40
"""Through how many references a value is followed."""


@frozen
class Frame:
    """
    A module as it is called: its directory, the call that leads here and the key of its instance; None for a root module.
    """

    directory: str
    call: Block | None = None
    key: str = ""
    parent: Frame | None = None


@frozen
class Scope:
    """
    What the names in an expression mean: its module, and the names that are bound around it (`each.value`, those of `for`).
    """

    frame: Frame
    bound: Mapping[str, tuple[Where, ...]] = field(default_factory=dict)


@frozen
class Where:
    """
    An expression that a value comes from, and what the names in it mean.
    """

    expr: Expr
    scope: Scope


@frozen
class Terraform:
    """
    The files of a scan: their texts, the paths of all that were read, and the files that give values to root variables.

    `given` are the variables that are given on the command line, whose values stand in no file.
    """

    texts: Texts
    paths: tuple[str, ...]
    variable_files: tuple[str, ...] = ()
    given: frozenset[str] = frozenset()

    def documents(self, directory: str) -> Iterator[Document]:
        """
        Yield the files of a module.
        """
        for path in self.paths:
            if posixpath.dirname(path) == directory and path.endswith((".tf", ".tf.json")):
                yield self.texts.document(path)

    def blocks(self, directory: str, kind: str) -> Iterator[Block]:
        """
        Yield the blocks of one type of a module.
        """
        for document in self.documents(directory):
            yield from (block for block in document.blocks if block.type == kind)

    def values(self, where: Where, depth: int = 0) -> Iterator[Where]:
        """
        Yield what an expression comes from: literals, lists, objects and loops.
        """
        expr, scope = where.expr, where.scope
        if depth > DEEPEST:
            return
        if isinstance(expr, (Literal, Template, TupleExpr, ObjectExpr, ForTuple, ForObject)):
            yield where
            return
        for step in self._steps(expr, scope, depth):
            yield from self.values(step, depth + 1)

    def _steps(self, expr: Expr, scope: Scope, depth: int) -> Iterator[Where]:
        if isinstance(expr, (Variable, GetAttr, SplatItem)):
            yield from self._named(expr, scope, depth)
        elif isinstance(expr, Index):
            keys = [one.expr.value for one in self.values(Where(expr.key, scope), depth + 1) if isinstance(one.expr, Literal)]
            for found in self.values(Where(expr.object, scope), depth + 1):
                yield from self.pick(found, keys[0] if len(keys) == 1 else None, depth + 1)
        elif isinstance(expr, Splat):
            for found in self.values(Where(expr.object, scope), depth + 1):
                for item in self.elements(found, depth + 1):
                    yield Where(expr.body, Scope(scope.frame, {**scope.bound, "*": (item,)}))
        elif isinstance(expr, Conditional):
            yield from (Where(side, scope) for side in (expr.yes, expr.no))
        elif isinstance(expr, Call):
            yield from self._called(expr, scope, depth)

    def _called(self, expr: Call, scope: Scope, depth: int) -> Iterator[Where]:
        if expr.name == "lookup" and len(expr.arguments) >= 2:
            held, key, *default = expr.arguments
            name = key.value if isinstance(key, Literal) else None
            for found in self.values(Where(held, scope), depth + 1):
                yield from self.pick(found, name, depth + 1)
            yield from (Where(one, scope) for one in default)
            return
        for argument in expr.arguments:
            if expr.name == "flatten":
                for found in self.values(Where(argument, scope), depth + 1):
                    for inner in self.elements(found, depth + 1):
                        yield from self.values(inner, depth + 1)
            yield Where(argument, scope)

    def _named(self, expr: Variable | GetAttr | SplatItem, scope: Scope, depth: int) -> Iterator[Where]:
        if isinstance(expr, SplatItem):
            yield from scope.bound.get("*", ())
        elif isinstance(expr, Variable):
            yield from scope.bound.get(expr.name, ())
        elif isinstance(expr.object, Variable) and expr.object.name == "var":
            yield from self.variable(expr.name, scope.frame)
        elif isinstance(expr.object, Variable) and expr.object.name == "local":
            yield from self.local(expr.name, scope.frame)
        elif isinstance(expr.object, Variable) and f"{expr.object.name}.{expr.name}" in scope.bound:
            yield from scope.bound[f"{expr.object.name}.{expr.name}"]
        else:
            for found in self.values(Where(expr.object, scope), depth + 1):
                yield from self.pick(found, expr.name, depth + 1)

    def pick(self, where: Where, key: object, depth: int = 0) -> Iterator[Where]:
        """
        Yield what a list or object holds under a key, or all that it holds where the key is not known.
        """
        expr = where.expr
        if key is None or isinstance(expr, (ForTuple, ForObject)):
            yield from self.elements(where, depth)
        elif isinstance(expr, ObjectExpr):
            for name, item in expr.items:
                if isinstance(name, Literal) and str(name.value) == str(key):
                    yield Where(item, where.scope)
        elif isinstance(expr, TupleExpr) and str(key).isdigit():
            yield from (Where(item, where.scope) for item in expr.items[int(str(key)) :][:1])

    def elements(self, where: Where, depth: int = 0) -> Iterator[Where]:
        """
        Yield what a list, object or loop holds.
        """
        expr, scope = where.expr, where.scope
        if isinstance(expr, TupleExpr):
            yield from (Where(item, scope) for item in expr.items)
        elif isinstance(expr, ObjectExpr):
            yield from (Where(item, scope) for _, item in expr.items)
        elif isinstance(expr, (ForTuple, ForObject)) and depth <= DEEPEST:
            for found in self.values(Where(expr.collection, scope), depth + 1):
                for item in self.elements(found, depth + 1):
                    yield Where(expr.result, Scope(scope.frame, {**scope.bound, expr.value: (item,)}))

    def variable(self, name: str, frame: Frame) -> Iterator[Where]:
        """
        Yield what gives a variable its value: the argument of the call, a file of variables, or else its default.
        """
        if frame.call is not None and frame.parent is not None:
            argument = frame.call.attribute(name)
            if argument is not None:
                yield Where(argument.expr, self.around(frame.call, frame.key, frame.parent))
                return
        elif name in self.given:
            return
        else:
            found = [one for path in self.variable_files for one in self.texts.document(path).attributes if one.name == name]
            if found:
                yield Where(found[-1].expr, Scope(frame))
                return
        for block in self.blocks(frame.directory, "variable"):
            default = block.attribute("default") if block.labels == (name,) else None
            if default is not None:
                yield Where(default.expr, Scope(frame))

    def local(self, name: str, frame: Frame) -> Iterator[Where]:
        """
        Yield what a local value is.
        """
        for block in self.blocks(frame.directory, "locals"):
            attribute = block.attribute(name)
            if attribute is not None:
                yield Where(attribute.expr, Scope(frame))

    def around(self, block: Block, key: str, frame: Frame, inner: Iterable[Block] = ()) -> Scope:
        """
        Return what names mean in a block of which `key` is the instance, and in the dynamic blocks `inner` of it.
        """
        scope = Scope(frame)
        for_each = block.attribute("for_each")
        if for_each is not None:
            name = key[2:-2] if key.startswith('["') else None
            held = tuple(self.values(Where(for_each.expr, scope)))
            found = tuple(one for part in held for one in self.pick(part, name)) if name is not None else ()
            items = tuple(one for part in held for one in self.elements(part))
            same = tuple(one for one in items if any(is_text(end.expr, name) for end in self.values(one)))
            scope = Scope(frame, {"each.value": found or same or items, "each.key": same})
        for dynamic in inner:
            source, iterator = dynamic.attribute("for_each"), dynamic.attribute("iterator")
            if dynamic.type != "dynamic" or source is None:
                continue
            name = iterator.expr.name if iterator and isinstance(iterator.expr, Variable) else dynamic.labels[0]
            held = tuple(self.values(Where(source.expr, scope)))
            items = tuple(one for part in held for one in self.elements(part))
            scope = replace(scope, bound={**scope.bound, f"{name}.value": items})
        return scope

    def frame(self, origin: Origin) -> Frame:
        """
        Return the module that a resource is in, as it is called.
        """
        steps = [split_key(one[0].rstrip("."))[1] for one in MODULE_STEP.finditer(origin.address)]
        here = Frame(posixpath.dirname(origin.callers[0].path if origin.callers else origin.span.path))
        for number, caller in enumerate(origin.callers):
            following = origin.callers[number + 1].path if number + 1 < len(origin.callers) else origin.span.path
            call = self.block_at(caller)
            here = Frame(posixpath.dirname(following), call, steps[number] if number < len(steps) else "", here)
        return here

    def block_at(self, header: Span) -> Block | None:
        """
        Return the block at the top of its file that has this header.
        """
        return next((one for one in self.texts.document(header.path).blocks if one.header == header), None)

    def ignores(self, origin: Origin, name: str) -> bool:
        """
        Return whether Terraform leaves an attribute of a resource as it is once it is there, by its `lifecycle`.
        """
        block = self.block_at(origin.span)
        inner = () if block is None else (one for one in block.blocks if one.type == "lifecycle")
        for held in (one.attribute("ignore_changes") for one in inner):
            items = () if held is None else held.expr.items if isinstance(held.expr, TupleExpr) else (held.expr,)
            words = (re.split(r"\W", self.texts.written(one.span).strip('"'))[0] for one in items)
            if any(word in {name, "all"} for word in words):
                return True
        return False

    def expression(self, origin: Origin, path: str) -> Where | None:
        """
        Return the expression that gives an attribute of a resource its value, None where none is written there.
        """
        block, place = self.block_at(origin.span), dict(origin.fields).get(path)
        if block is None or place is None:
            return None
        for attribute, inner in attributes_in(block):
            expr = part_at(attribute.expr, place)
            if expr is not None:
                return Where(expr, self.around(block, split_key(origin.address)[1], self.frame(origin), inner))
        return None

    def sources(self, origin: Origin, path: str) -> tuple[Where, ...]:
        """
        Return the literals, lists and objects that an attribute of a resource comes from, the nearest first.
        """
        start = self.expression(origin, path)
        return () if start is None else tuple({one.expr.span: one for one in self.values(start)}.values())


def attributes_in(block: Block, inner: tuple[Block, ...] = ()) -> Iterator[tuple[Attribute, tuple[Block, ...]]]:
    """
    Yield the attributes of a block and of those in it, each with the blocks around it.
    """
    yield from ((one, inner) for one in block.attributes)
    for child in block.blocks:
        yield from attributes_in(child, (*inner, child))


def is_text(expr: Expr, text: object) -> bool:
    """
    Return whether the expression is this text.
    """
    return isinstance(expr, Literal) and expr.value == text


def enclosing(texts: Texts, span: Span) -> Iterator[TupleExpr | ObjectExpr]:
    """
    Yield the lists and objects around a place, the innermost first.
    """
    found: list[TupleExpr | ObjectExpr] = []
    document = texts.document(span.path)
    waiting: list[Expr] = [one.expr for one in document.attributes]
    waiting += [one.expr for block in document.blocks for one, _ in attributes_in(block)]
    while waiting:
        expr = waiting.pop()
        if not holds(expr.span, span):
            continue
        if isinstance(expr, (TupleExpr, ObjectExpr)):
            found.append(expr)
        waiting += parts(expr)
    yield from reversed(found)


def part_at(expr: Expr, place: Span) -> Expr | None:
    """
    Return the expression at a place, which is this one or a part of its lists and objects.
    """
    if expr.span == place:
        return expr
    inner = parts(expr) if isinstance(expr, (TupleExpr, ObjectExpr)) and holds(expr.span, place) else ()
    return next((found for one in inner if (found := part_at(one, place)) is not None), None)


def holds(outer: Span, inner: Span) -> bool:
    """
    Return whether a place lies in another one, and is not all of it.
    """
    start = (outer.line, outer.column) <= (inner.line, inner.column)
    return start and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column) and outer != inner


def parts(expr: Expr) -> Iterator[Expr]:
    """
    Yield the expressions that an expression is made of.
    """
    if isinstance(expr, TupleExpr):
        yield from expr.items
    elif isinstance(expr, ObjectExpr):
        yield from (item for _, item in expr.items)
    elif isinstance(expr, Call):
        yield from expr.arguments
    elif isinstance(expr, Conditional):
        yield from (expr.test, expr.yes, expr.no)
    elif isinstance(expr, ForTuple):
        yield from (expr.collection, expr.result)
    elif isinstance(expr, ForObject):
        yield from (expr.collection, expr.key_result, expr.result)
    elif isinstance(expr, Index):
        yield from (expr.object, expr.key)
    elif isinstance(expr, (GetAttr, Splat)):
        yield expr.object
