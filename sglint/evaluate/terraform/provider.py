"""
Which configuration of its provider a resource has: two things are in one account and region when they share it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sglint import syntax
from sglint.evaluate.terraform.instance import ModuleInstance
from sglint.evaluate.terraform.run import Owner, Thing
from sglint.syntax import Block


def provider_of(thing: Thing) -> str:
    """
    Return the configuration of the provider that a thing belongs to, as the root module names it: `aws`, `aws.east`.

    A configuration inside another module has the address of the module before it.
    """
    attribute = thing.block.attribute("provider")
    written = "" if attribute is None else _name(attribute.expr)
    return _given(thing.owner, written or thing.block.labels[0].partition("_")[0])


def _name(expr: syntax.Expr) -> str:
    if isinstance(expr, syntax.Variable):
        return expr.name
    if isinstance(expr, syntax.GetAttr):
        return f"{_name(expr.object)}.{expr.name}"
    if isinstance(expr, syntax.Literal):
        return str(expr.value)
    return f"{_name(expr.object)}[{expr.key}]" if isinstance(expr, syntax.Index) else "(not told)"


def _given(owner: Owner, name: str) -> str:
    """Return what a module's name for a configuration of a provider stands for."""
    while isinstance(owner, ModuleInstance) and owner.caller is not None:
        passed = _passed(owner.caller.block, name)
        if passed is None and ("." in name or name in _configured(owner)):
            return f"{owner.address}.{name}"
        name = passed or name
        owner = owner.caller.owner
    return name


def _passed(call: Block, name: str) -> str | None:
    """Return what a module call passes for a configuration of a provider."""
    attribute = call.attribute("providers")
    if attribute is None or not isinstance(attribute.expr, syntax.ObjectExpr):
        return None
    return next((_name(value) for key, value in attribute.expr.items if _name(key) == name), None)


def _configured(owner: ModuleInstance) -> set[str]:
    return {block.labels[0] for block in _blocks((owner,)) if block.labels and block.attribute("alias") is None}


def _blocks(modules: Iterable[ModuleInstance]) -> Iterator[Block]:
    for one in modules:
        for document in one.module.documents:
            yield from (block for block in document.blocks if block.type == "provider")


def has_default_tags(modules: Iterable[ModuleInstance]) -> bool:
    """
    Return whether a provider puts tags on all that it makes.
    """
    return any(child.type in ("default_tags", "dynamic") for block in _blocks(modules) for child in block.blocks)
