"""
What the configuration inside a plan says about identities, where no configuration lies beside it.

Such a configuration lists what an expression refers to, and not what it does with it. So only an attribute that refers to one
identity and nothing else is taken to have it; everything else stays unknown, among what it refers to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from sglint.evaluate.plan.document import Json, rows, table, text
from sglint.evaluate.plan.outside import Atom, made
from sglint.evaluate.plan.read import Item, Plan, call_of
from sglint.frozen import frozen
from sglint.value import Map, Ref, Seq, Unknown, Value

_DEPTH = 40
MOST_REFERENCES = 200
"""How many references of one expression are looked at."""
_META = frozenset({"references", "constant_value"})
_STEP = re.compile(r'[^.\[\]]+|\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\]')
_IDENTITY = re.compile(r"(?:^|.*[._])(?:id|ids|arn|arns|identifier)(?:\[[^\]]*\])?$")


@frozen
class Wiring:
    """
    The configuration in a plan: what each block sets by its module and name, and which instances there are.

    `made` is what the rules of security groups admit that were resources before the plan.
    """

    plan: Plan
    instances: Mapping[str, tuple[str, ...]]
    blocks: Mapping[str, Mapping[str, dict[str, Json]]]
    made: frozenset[Atom] = frozenset()


def wire(plan: Plan) -> Wiring:
    """
    Return the wiring of a plan; a state has none.
    """
    found: dict[str, list[str]] = {}
    for address, item in plan.items.items():
        found.setdefault(item.block, []).append(address)
    blocks = {
        module: {text(row, "address"): row for row in rows(_module(plan, module), "resources")}
        for module in {item.module for item in plan.items.values()}
    }
    instances = {block: tuple(sorted(addresses)) for block, addresses in found.items()}
    return Wiring(plan, instances, blocks, made((plan.before or {}).values()))


def values_of(wiring: Wiring, item: Item) -> Map:
    """
    Return what the configuration in the plan says about the attributes and blocks of a thing.
    """
    name = item.block.removeprefix(f"{item.module}." if item.module else "")
    row = wiring.blocks[item.module].get(name, {})
    found = _value(wiring, item.module, table(row, "expressions"), 0)
    return found if isinstance(found, Map) else Map()


def output_of(wiring: Wiring, ref: Ref) -> Value:
    """
    Return what an output of a module is, which a reference names.
    """
    names = _STEP.findall(ref.attribute)
    return _output(wiring, ref.address, names, 0) if names else _unknown((ref,))


def _module(plan: Plan, address: str) -> dict[str, Json]:
    """Return the configuration of the module that an instance has, an empty one when there is none."""
    module = dict(plan.configuration)
    steps = _STEP.findall(address)
    for name, following in pairwise(steps):
        if name == "module":
            module = table(table(table(module, "module_calls"), following), "module")
    return module


def _value(wiring: Wiring, module: str, expression: Json, depth: int) -> Value:
    if isinstance(expression, list):
        return Seq(tuple(_value(wiring, module, item, depth + 1) for item in expression), "list")
    if not isinstance(expression, dict):
        return None
    if "constant_value" in expression:
        return _constant(expression["constant_value"])
    if "references" in expression:
        return _referring(wiring, module, expression["references"], depth)
    if not expression:
        return Unknown("what it is calculated from is not in the plan")
    return Map.of((name, _value(wiring, module, item, depth + 1)) for name, item in expression.items())


def _constant(value: Json) -> Value:
    if isinstance(value, list):
        return Seq(tuple(_constant(item) for item in value), "list")
    if isinstance(value, dict):
        return Map.of((name, _constant(item)) for name, item in value.items())
    return value


def _referring(wiring: Wiring, module: str, references: Json, depth: int) -> Value:
    """Return what an expression with these references is: the one identity that it names, or unknown."""
    names = [name for name in references if isinstance(name, str)] if isinstance(references, list) else []
    if len(names) > MOST_REFERENCES:
        return Unknown(f"it depends on more than {MOST_REFERENCES} things")
    longest = [name for name in names if not any(_is_part(name, other) for other in names)]
    found = [_reference(wiring, module, name, depth) for name in longest]
    if len(found) == 1 and found[0] is not None:
        return found[0]
    return _unknown([ref for value in found for ref in _refs(value)])


def _is_part(name: str, other: str) -> bool:
    return other != name and other.startswith((f"{name}.", f"{name}["))


def _refs(value: Value) -> Iterator[Ref]:
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, Unknown):
        yield from value.refs
    elif isinstance(value, Seq):
        for item in value.items:
            yield from _refs(item)


def _unknown(refs: Sequence[Ref]) -> Unknown:
    names = ", ".join(map(str, dict.fromkeys(refs)))
    return Unknown(
        f"the plan does not say how it depends on {names}" if refs else "it is known only after apply", refs=tuple(refs)
    )


def _reference(wiring: Wiring, module: str, name: str, depth: int) -> Value:
    """Return what a reference inside a module leads to, None when that is no identity."""
    steps = _STEP.findall(name)
    if depth > _DEPTH or len(steps) < 2:
        return None
    if steps[0] == "var":
        return _variable(wiring, module, steps, depth)
    if steps[0] == "module":
        call = f"{module}.module.{steps[1]}" if module else f"module.{steps[1]}"
        rest = steps[2:]
        if rest and rest[0].startswith("["):
            call, rest = call + rest[0], rest[1:]
        return _output(wiring, call, rest, depth + 1) if rest else None
    return _resource(wiring, module, steps)


def _variable(wiring: Wiring, module: str, steps: Sequence[str], depth: int) -> Value:
    """Return what the caller gives for a variable."""
    if not module or len(steps) != 2:
        return None
    call, _ = call_of(module)
    above = call.rpartition(".module.")[0] if ".module." in call else ""
    name = call.rpartition("module.")[2]
    given = table(table(table(_module(wiring.plan, above), "module_calls"), name), "expressions").get(steps[1])
    return _value(wiring, above, given, depth + 1) if isinstance(given, dict) else None


def _output(wiring: Wiring, module: str, names: Sequence[str], depth: int) -> Value:
    """Return what an output of a module instance is; None when it is not one identity or a list of them."""
    output = table(table(_module(wiring.plan, module), "outputs"), names[0])
    found = _value(wiring, module, output.get("expression"), depth + 1)
    if len(names) == 1:
        return found
    number = names[1].strip("[]")
    if isinstance(found, Seq) and number.isdecimal() and len(number) < 10 and int(number) < len(found):
        return found[int(number)]
    return _unknown(list(_refs(found)))


def _resource(wiring: Wiring, module: str, steps: Sequence[str]) -> Value:
    """Return the identity of a resource or data source, or of all instances of one."""
    taken = 3 if steps[0] == "data" else 2
    if len(steps) < taken:
        return None
    block = ".".join((*([module] if module else []), *steps[:taken]))
    rest = list(steps[taken:])
    here = wiring.instances.get(block, ())
    if rest and rest[0].startswith("["):
        here = tuple(address for address in here if address == block + rest[0])
        rest = rest[1:]
    attribute = "".join(step if step.startswith("[") else f".{step}" for step in rest).removeprefix(".")
    if len(here) == 1 and _IDENTITY.fullmatch(attribute):
        return Ref(here[0], attribute)
    if not here:
        return None
    refs = tuple(Ref(address, attribute or "id") for address in here)
    return Unknown(f"the plan does not say how it depends on {block}", refs=refs)
