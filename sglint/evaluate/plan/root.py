"""
From a plan or state to the resources of its root module, with the configuration beside it when there is one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from sglint.evaluate.plan.identity import identities, referring
from sglint.evaluate.plan.lay import lay_all
from sglint.evaluate.plan.outside import GROUP, left
from sglint.evaluate.plan.read import LATE, Item, Plan, is_module
from sglint.evaluate.plan.wiring import Wiring, output_of, values_of, wire
from sglint.evaluate.root import Root
from sglint.evaluate.terraform import Inputs, Library, evaluate_root, find_roots
from sglint.resource import Origin, Resource
from sglint.source import Discovery, Problem, SglintError, Source, Span, whole
from sglint.value import Map, Ref, Seq, Unknown, Value

_INSTANCES = frozenset({"aws_instance", "aws_spot_instance_request"})


def evaluate_plan(
    library: Library, directory: str, inputs: Inputs, wanted: Collection[str], named: Mapping[str, Source], plan: Plan
) -> Root:
    """
    Return the resources of the wanted kinds that there will be when the plan is applied, or that are in the state.

    The configuration in `directory` (none when empty) gives their places, and the identities of what is known only after apply.
    """
    alone = Problem(
        f"no configuration lies beside {plan.path}, so places are those in it, and not all identities are known",
        whole(plan.path),
        "give the directory of the root module",
        hides=False,
    )
    beside = Root(plan.path, (), (alone,), (), ())
    if directory:
        beside = evaluate_root(library, directory, inputs, wanted, named, plan.settled())
    written = {resource.address: resource for resource in beside.resources}
    wiring, known = wire(plan), identities(plan.items)
    resources = tuple(
        _resource(plan, plan.items[address], written.get(address), wiring, known, beside.path)
        for address in sorted(plan.items)
        if plan.items[address].kind in wanted
    )
    problems = sorted({*plan.problems, *beside.problems, *_ignored(plan, inputs)}, key=lambda problem: problem.order)
    before = _before(plan, written, wanted, beside.path)
    return replace(beside, resources=resources, problems=tuple(problems), before=before)


def _before(plan: Plan, written: Mapping[str, Resource], wanted: Collection[str], root: str) -> tuple[Resource, ...] | None:
    """
    Return the resources of the wanted kinds that there were before the plan; None for a state.

    What is still there has its place in the configuration. Everything else has it in the plan.
    """
    if plan.before is None:
        return None
    wiring, known = wire(plan), identities(plan.before)
    items = (plan.before[address] for address in sorted(plan.before))
    return tuple(_past(plan, item, written.get(item.address), wiring, known, root) for item in items if item.kind in wanted)


def _past(plan: Plan, item: Item, written: Resource | None, wiring: Wiring, known: Mapping[str, Ref], root: str) -> Resource:
    place = plan.places.get(item.address, whole(plan.path))
    origin = Origin(item.address, place, place, root) if written is None else replace(written.origin, maybe=None, fields=())
    values = item.values
    if item.address in plan.items:
        values = _configured(wiring, item, values_of(wiring, item) if written is None else written.values)
    found = referring(lay_all(values, Map(), ()).values, known, item.address)
    return Resource(item.kind, found if isinstance(found, Map) else Map(), replace(origin, end=item.end))


def _named_groups(item: Item) -> tuple[str, ...]:
    """Return the attribute that names an instance's groups, which says less than their ids do where these are there."""
    ids = item.values.get("vpc_security_group_ids")
    return ("security_groups",) if item.kind in _INSTANCES and ids not in (None, LATE, Seq((), "list")) else ()


def plan_root(library: Library, discovery: Discovery, paths: Iterable[str]) -> tuple[str, ...]:
    """
    Return the directory of the one root module that a plan is of; "" when there is no configuration beside it.
    """
    given = [str(Path(path).resolve()) for path in paths or (".",)]
    found = tuple(path for path in given if Path(path).is_dir() and library.load(path)) or find_roots(library, discovery)
    if len(found) > 1:
        shown = ", ".join(library.shown(path) for path in found[:5])
        raise SglintError(f"--plan is of one root module, and there are {len(found)} here: name one of {shown}")
    return found or ("",)


def _ignored(plan: Plan, inputs: Inputs) -> tuple[Problem, ...]:
    if not inputs.assignments or not plan.planned:
        return ()
    message = f"the values of variables are those of {plan.path}, wherever --var and --var-file say otherwise"
    return (Problem(message, whole(plan.path), hides=False),)


def _resource(
    plan: Plan, item: Item, written: Resource | None, wiring: Wiring, known: Mapping[str, Ref], root: str
) -> Resource:
    place = plan.places.get(item.address, whole(plan.path))
    origin = Origin(item.address, place, place, root) if written is None else replace(written.origin, maybe=None)
    beside = values_of(wiring, item) if written is None else written.values
    values = _configured(wiring, item, beside)
    if written is None:
        beside = _dynamic(values, beside)
    laid = lay_all(values, beside, origin.fields)
    found = referring(_through(laid.values, wiring, origin.span), known, item.address)
    return Resource(item.kind, found if isinstance(found, Map) else Map(), replace(origin, fields=laid.fields))


def _configured(wiring: Wiring, item: Item, beside: Map) -> Map:
    """
    Return the values without what nobody wrote and other resources made: the rules of a group, the routes of a table.

    Rules that no resource of the plan made stay. A state keeps all, for there it is what there is. The names of an instance's
    groups say less than their ids.
    """
    named = _named_groups(item)
    record = wiring.plan.planned and not item.new and not item.kind.startswith("data.")
    kept: dict[str, Value] = {}
    for name, value in item.values.items():
        if name in beside or not ((record and _is_blocks(value)) or name in named):
            kept[name] = value
        elif record and item.kind == GROUP and (outside := left(item, name, wiring.made)) is not None:
            kept[name] = outside
    return Map.of(kept)


def _is_blocks(value: Value) -> bool:
    return isinstance(value, Seq) and any(isinstance(one, Map) for one in value.items)


def _dynamic(values: Map, beside: Map) -> Map:
    """
    Return what the configuration in the plan says, with the blocks that it leaves out because they are dynamic.
    """
    return Map.of({**{name: value for name, value in values.items() if _is_blocks(value)}, **dict(beside.items())})


def _through(value: Value, wiring: Wiring, span: Span) -> Value:
    """
    Return the value with a reason for what is known after apply only, and outputs of modules that could not be read replaced.
    """
    if value == LATE:
        return Unknown(LATE.why, span)
    if isinstance(value, Ref) and is_module(value.address):
        found = output_of(wiring, value)
        return replace(found, span=span) if isinstance(found, Unknown) else found
    if isinstance(value, Unknown):
        return _unknown(value, wiring, span)
    if isinstance(value, Seq):
        return Seq(tuple(_through(item, wiring, span) for item in value.items), value.kind)
    if isinstance(value, Map):
        return Map(tuple((key, _through(item, wiring, span)) for key, item in value.items()), value.kind)
    return value


def _unknown(value: Unknown, wiring: Wiring, span: Span) -> Unknown:
    among = tuple(_through(item, wiring, span) for item in value.among)
    element = None if value.element is None else _through(value.element, wiring, span)
    return replace(value, among=among, element=element, span=value.span or span)
