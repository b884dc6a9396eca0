"""
Blocks whose number of instances is not known, but surely the same.

In a block that has as many instances as `aws_subnet.a`, `aws_subnet.a[count.index]` is another subnet for each instance, and
each subnet has one. The idea: such an identity keeps `count.index` (or `each.key`) as its key, and whoever knows of both blocks
pairs their instances. Numbers are the same when they are written the same, whatever they turn out to be.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace

from sglint import syntax
from sglint.evaluate.terraform.expand import Every, Instance
from sglint.evaluate.terraform.mark import carried
from sglint.evaluate.terraform.module import Module
from sglint.evaluate.terraform.scope import Scope, World
from sglint.resource import OWN_KEYS, split_key
from sglint.source import Span
from sglint.syntax import Block, Expr
from sglint.value import Map, Marked, Ref, Seq, Symbol, Unknown, Value

MOST_PARTS = 500
"""How many parts of an expression are compared with another."""

_OWN = {"count": "index", "each": "key"}
_IMPURE = frozenset({"uuid", "timestamp", "bcrypt"})
_DEPTH = 8


class _NotToldError(Exception):
    """The expression may have another value each time, or is too long to compare."""


def number_of(block: Block, module: Module, depth: int = 0) -> str:
    """
    Return what decides how many instances a block has, the same text for blocks of one module that surely have the same number
    and keys; "" when that cannot be told.
    """
    for name in ("count", "for_each"):
        attribute = block.attribute(name)
        if attribute is None:
            continue
        expr = _meant(attribute.expr, module)
        other = _counted(expr) if name == "count" else expr
        names = None if other is None else resource_of(other)
        beside = module.resources.get(names) if names is not None else None
        if beside is not None and beside.attribute(name) is not None and depth < _DEPTH:
            return number_of(beside, module, depth + 1)
        try:
            parts: list[str] = []
            _take(expr, module, parts, [MOST_PARTS])
            return f"{name}: {' '.join(parts)}"
        except _NotToldError:
            return ""
    return ""


def _meant(expr: Expr, module: Module) -> Expr:
    """Return the expression that a local stands for."""
    for _ in range(_DEPTH):
        written = _local(expr, module)
        if written is None:
            break
        expr = written
    return expr


def _local(expr: object, module: Module) -> Expr | None:
    if isinstance(expr, syntax.GetAttr) and isinstance(expr.object, syntax.Variable) and expr.object.name == "local":
        attribute = module.locals.get(expr.name)
        return None if attribute is None else attribute.expr
    return None


def _counted(expr: Expr) -> Expr | None:
    """Return the block or splat over one of which the expression is the length."""
    if not isinstance(expr, syntax.Call) or expr.name != "length" or len(expr.arguments) != 1:
        return None
    return plain(expr.arguments[0])[0]


def _take(node: object, module: Module, parts: list[str], left: list[int]) -> None:
    """Take the parts of an expression, without places and with locals replaced by what they stand for."""
    left[0] -= 1
    written = _local(node, module)
    if left[0] < 0 or isinstance(node, syntax.Broken) or (isinstance(node, syntax.Call) and node.name in _IMPURE):
        raise _NotToldError
    if written is not None:
        _take(written, module, parts, left)
    elif isinstance(node, tuple):
        parts.append("(")
        for item in node:
            _take(item, module, parts, left)
        parts.append(")")
    elif is_dataclass(node):
        parts.append(type(node).__name__)
        for field in fields(node):
            value: object = getattr(node, field.name)
            if not isinstance(value, Span):
                _take(value, module, parts, left)
    else:
        parts.append(repr(node))


def resource_of(expr: Expr) -> tuple[str, str, str] | None:
    """
    Return the mode, type and name of the block that an expression is all instances of.
    """
    if not isinstance(expr, syntax.GetAttr):
        return None
    inner = expr.object
    if isinstance(inner, syntax.Variable):
        return "", inner.name, expr.name
    if isinstance(inner, syntax.GetAttr) and isinstance(inner.object, syntax.Variable) and inner.object.name == "data":
        return "data", inner.name, expr.name
    return None


def plain(expr: Expr) -> tuple[Expr, Expr | None]:
    """
    Return what a splat goes over, and what it takes of each element; an expression that is no splat is all of it.
    """
    return (expr.object, expr.body) if isinstance(expr, syntax.Splat) else (expr, None)


def own_key(expr: Expr) -> str:
    """
    Return the key of one's own instance as it stands in an address, where an expression is that; "" for any other.

    >>> place = Span("main.tf", 1, 1, 1, 2)
    >>> own_key(syntax.GetAttr(syntax.Variable("count", place), "index", place))
    '[count.index]'
    """
    if isinstance(expr, syntax.GetAttr) and isinstance(expr.object, syntax.Variable):
        root = expr.object.name
        return f"[{root}.{expr.name}]" if _OWN.get(root) == expr.name else ""
    return ""


def beside(world: World, module: Module, row: Instance, for_each: Expr) -> Instance:
    """
    Return the instance for each of another block's instances, whose number is not known, with the one that it is for.
    """
    names, each = resource_of(for_each), dict(row.names).get("each")
    if names not in module.resources or names is None or not isinstance(row.key, Every) or not isinstance(each, Map):
        return row
    other = world.instance(names, "[each.key]", number_of(module.resources[names], module))
    return row if other is None else replace(row, names=(("each", Map.of({**dict(each.items()), "value": other})),))


def one_of(object_: Expr, key: Expr, scope: Scope, evaluate: Callable[[Expr, Scope], Value]) -> Value:
    """
    Return one instance, or what a splat takes of it, of a block whose number is not known; None when it is no such block.
    """
    over, body = plain(object_)
    names = resource_of(over)
    if names is None or names[1] in scope.names:
        return None
    chosen = evaluate(key, scope)
    if isinstance(chosen, Unknown) and scope.number:
        chosen = own_key(key) or chosen
    if not isinstance(chosen, (str, int)) or isinstance(chosen, (bool, Symbol)):
        return None
    ref = scope.world.instance(names, chosen, scope.number)
    return ref if ref is None or body is None else evaluate(body, replace(scope, item=ref))


def unpaired(value: Value) -> Value:
    """
    Return the value as others see it, to whom the keys of one's own instance mean nothing.
    """
    if isinstance(value, Ref):
        start, key = split_key(value.address)
        return Ref(f"{start}[*]", value.attribute) if key in OWN_KEYS else value
    if isinstance(value, Marked):
        return carried(unpaired, value)
    if isinstance(value, Seq):
        return Seq(tuple(map(unpaired, value.items)), value.kind, value.type)
    if isinstance(value, Map):
        return Map(tuple((key, unpaired(item)) for key, item in value.items()), value.kind, value.type)
    if isinstance(value, Unknown) and (value.among or value.element is not None or value.refs):
        refs = tuple(Ref(one.address, one.attribute) for one in map(unpaired, value.refs) if isinstance(one, Ref))
        return replace(value, among=tuple(map(unpaired, value.among)), element=unpaired(value.element), refs=refs)
    return value
