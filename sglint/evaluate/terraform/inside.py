"""
What is inside a resource, data source or module: what the configuration sets, and the identity of all the rest.
"""

from __future__ import annotations

from dataclasses import replace

from sglint.evaluate.terraform.body import evaluate_nested
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.expand import suffix
from sglint.evaluate.terraform.pairing import unpaired
from sglint.evaluate.terraform.run import META, Run, Thing
from sglint.evaluate.terraform.symbol import named
from sglint.resource import OWN_KEYS, split_key
from sglint.value import Map, Ref, Seq, Unknown, Value

_OF_ITS_OWN = META | {"tags", "filter", "timeouts", "routes", "associations", "attachment", "entries"}
"""What a data source says in another way than the resource that it finds."""


def attribute(run: Run, ref: Ref, name: str) -> Value:
    """
    Return an attribute of a resource or module object: its configured value, or the identity of what it will be.
    """
    if run.settled is not None and not ref.attribute and name in run.settled.data.get(ref.address, ()):
        return run.settled.data[ref.address][name]
    found = run.found.get(ref.address)
    if isinstance(found, Ref) and not ref.attribute and name not in _OF_ITS_OWN:
        if run.reach is not None and found.address not in run.things:
            run.reach(found.address)
        return attribute(run, found, "id" if ref.address.rpartition("data.aws_")[2].startswith(f"{name[:-3]}.") else name)
    unset = Ref(ref.address, f"{ref.attribute}.{name}" if ref.attribute else name)
    if isinstance(found, Map) and unset.attribute in found:
        return found[unset.attribute]
    if ref.address in run.beside and not ref.attribute:
        written = run.beside[ref.address].values.get(name)
        return unset if written is None else written
    thing = run.things.get(ref.address)
    if thing is None or (thing.kind == "module" and (thing.module is None or ref.attribute)):
        return unset
    if thing.number and split_key(thing.address)[1] not in OWN_KEYS:
        return unpaired(_of_thing(run, thing, ref, name))
    return _of_thing(run, thing, ref, name)


def _of_thing(run: Run, thing: Thing, ref: Ref, name: str) -> Value:
    unset = Ref(ref.address, f"{ref.attribute}.{name}" if ref.attribute else name)
    if thing.module is not None:
        return thing.module.output(name)
    if not ref.attribute:
        return unset if name in META else _configured(run, thing, name)
    nested = _block_at(run, thing, ref.attribute)
    return unset if nested.get(name) is None else nested[name]


def _configured(run: Run, thing: Thing, name: str) -> Value:
    unset = Ref(thing.address, name)
    attribute = thing.block.attribute(name)
    if attribute is not None:
        full = f"{thing.address}.{name}"
        value = run.once(full, attribute.span, lambda: thing.owner.safely(attribute.expr, thing.scope))
        return unset if value is None else value
    blocks = _blocks(run, thing, name)
    if blocks is None:
        return unset
    doubt = next((item for item in blocks.items if isinstance(item, Unknown)), None)
    if doubt is not None:
        return replace(doubt, among=(), element=Ref(thing.address, f"{name}[*]"), type=None)
    return Seq(tuple(Ref(thing.address, f"{name}[{number}]") for number in range(len(blocks))), "list")


def _blocks(run: Run, thing: Thing, name: str) -> Seq | None:
    """
    Return the nested blocks of one type, None when there are none.
    """
    value = run.once(
        f"blocks {name} of {thing.address}",
        thing.block.header,
        lambda: evaluate_nested(thing.block, name, thing.scope, thing.owner.safely),
    )
    return value if isinstance(value, Seq) else None


def _block_at(run: Run, thing: Thing, path: str) -> Map:
    """
    Return the nested block at a path such as `network_interface[0]`, an empty map when there is none.
    """
    name, _, rest = path.partition("[")
    number = rest.removesuffix("]")
    blocks = _blocks(run, thing, name)
    if blocks is None or not (number.isdecimal() and len(number) < 10 and int(number) < len(blocks)):
        return Map()
    block = blocks[int(number)]
    return block if isinstance(block, Map) else Map()


def element(run: Run, ref: Ref, key: Value) -> Value:
    """
    Return an element of something inside a resource that is known only after deployment.
    """
    if isinstance(key, str) and ref.attribute and ref.address in run.found:
        return attribute(run, ref, key)
    if not ref.attribute:
        raise EvaluationError(f"{ref.address} has no count or for_each, so it cannot be indexed")
    if isinstance(key, str) or (isinstance(key, int) and not isinstance(key, bool)):
        return named(Ref(ref.address, ref.attribute + suffix(key)))
    return Ref(ref.address, f"{ref.attribute}[*]")
