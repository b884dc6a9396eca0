"""
From a directory to the resources that Terraform would make of it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from sglint.evaluate.nesting import deep, reached, roots_among
from sglint.evaluate.root import Root, Wanted
from sglint.evaluate.terraform.body import evaluate_body
from sglint.evaluate.terraform.files import context
from sglint.evaluate.terraform.inputs import Inputs, given_values
from sglint.evaluate.terraform.instance import ModuleInstance
from sglint.evaluate.terraform.lookup import LOOKUPS, found_by, reach
from sglint.evaluate.terraform.mark import veiled
from sglint.evaluate.terraform.module import Library, Module, is_local, source_of
from sglint.evaluate.terraform.run import CALL_META, META, Given, Run, Thing
from sglint.evaluate.terraform.settled import Settled
from sglint.evaluate.terraform.states import Evaluation, State, States, states_read
from sglint.resource import DESCRIBES, Origin, Resource
from sglint.source import Discovery, Found, Problem, Source, discover, leads, list_files, read
from sglint.value import Map, Ref

_LOCAL_CALL = re.compile(r'source"?\s*[=:]\s*"\.')

MOST_ROUNDS = 4
"""How often a root is evaluated to find what its data sources find: some exist only because of what others find."""


def evaluate_root(
    library: Library,
    directory: str,
    inputs: Inputs,
    wanted: Wanted,
    named: Mapping[str, Source],
    settled: Settled | None = None,
    states: States | None = None,
) -> Root:
    """
    Return the resources of the wanted kinds that the root module in `directory` makes.

    Of a kind without paths among the `wanted` all attributes are evaluated, and errors there are none. `named` holds the text
    of each `--var-file`. Only what the wanted resources refer to is evaluated.
    `settled` is what a plan knows already, `states` the roots whose states it may read.
    """
    others = states or States(library, ())
    with others.reading((directory, inputs.workspace)), deep():
        found = _evaluate(library, directory, inputs, wanted, named, settled, others)
    if found is None:
        path = library.shown(directory)
        return Root(path, (), (Problem(f"{path} has no Terraform file that can be read"),), (), ())
    return found[0]


def _evaluate(
    library: Library,
    directory: str,
    inputs: Inputs,
    wanted: Wanted,
    named: Mapping[str, Source],
    settled: Settled | None,
    states: States,
) -> Evaluation | None:
    """
    Return the root, and its top module; None when no Terraform file can be read there.
    """
    module = library.load(directory)
    if module is None:
        return None

    def read_root(other: str, workspace: str | None) -> State | None:
        there = replace(inputs, workspace=workspace)
        read = partial(_evaluate, library, other, there, wanted, named, None, states)
        return states.read((other, workspace), read)

    path = library.shown(directory)
    given, problems = given_values(library, directory, module, inputs, named)
    if settled is not None:
        given.update((name, Given(value, None)) for name, value in settled.variables.items())
    where = context(library.tree, directory)
    start = partial(Run, library, directory, given, inputs.workspace, library.manifest(directory), where, settled)

    def look(run: Run, modules: Sequence[ModuleInstance]) -> Joined:
        read, beside = states_read(run, modules, states, read_root)
        return {**found_by(run, modules), **read}, beside

    run, top, resources, instances = _settle(start, look, module, wanted, path)
    for name in sorted(given):
        if name in module.variables:
            top.variable(name, module.variables[name].header)
    run.check()
    modules = {instance.module.directory: instance.module for instance in instances}
    for name in sorted(modules):
        problems.extend(modules[name].problems)
    problems.extend(run.problems)
    described = {**resources, **dict(_described(instances, wanted, resources))}
    root = Root(
        path,
        tuple(described[address] for address in sorted(described)),
        tuple(sorted(dict.fromkeys(problems), key=lambda problem: problem.order)),
        tuple(document for name in sorted(modules) for document in modules[name].documents),
        tuple(sorted(module.variables)),
        beside=tuple(run.beside[address] for address in sorted(run.beside)),
    )
    return root, top


Joined: TypeAlias = tuple[Mapping[str, Ref | Map], Mapping[str, Resource]]
"""What data sources find, and the resources of other roots that they lead to."""
Evaluated: TypeAlias = tuple[Run, ModuleInstance, Mapping[str, Resource], tuple[ModuleInstance, ...]]
"""The evaluation of a root, its top module, its resources by address, and all instances of its modules."""


def _settle(
    start: Callable[[Mapping[str, Ref | Map], Mapping[str, Resource]], Run],
    look: Callable[[Run, Sequence[ModuleInstance]], Joined],
    module: Module,
    wanted: Wanted,
    path: str,
) -> Evaluated:
    """
    Return the evaluation of a root in which its data sources find what they find.
    """
    first = _walk(start({}, {}), module, wanted, path)
    last = first
    for _ in range(MOST_ROUNDS):
        found, beside = look(last[0], last[3])
        if (found, beside) == (last[0].found, last[0].beside):
            return last
        last = _walk(start(found, beside), module, wanted, path)
    return first


def _walk(run: Run, module: Module, wanted: Wanted, path: str) -> Evaluated:
    """
    Return what comes out of a run.
    """
    top = ModuleInstance(run, module)
    run.reach = partial(reach, run, top)
    resources: dict[str, Resource] = {}
    instances: list[ModuleInstance] = []
    for instance in top.walk():
        instances.append(instance)
        resources.update((resource.address, resource) for resource in _resources(instance, wanted, path))
    return run, top, resources, tuple(instances)


def _resources(instance: ModuleInstance, wanted: Wanted, root: str) -> Iterator[Resource]:
    for mode, kind, name in sorted(instance.module.resources):
        full = f"{mode}.{kind}" if mode else kind
        if full in wanted:
            named = wanted[full] if isinstance(wanted, Mapping) else ()
            only = frozenset(named) - DESCRIBES or named
            quiet = isinstance(wanted, Mapping) and not only
            for thing in instance.instances(mode, kind, name):
                yield _identified(instance.run, _resource(thing, root, only, quiet=quiet))
    for thing in instance.hidden():
        yield _resource(thing, root)


def _resource(thing: Thing, root: str, only: Collection[str] = (), *, quiet: bool = False) -> Resource:
    evaluate = thing.owner.quietly if quiet or thing.maybe else thing.owner.safely
    body = evaluate_body(thing.block, thing.scope, evaluate, CALL_META if thing.kind == "module" else META, only)
    place, callers = thing.block.header, thing.owner.callers()
    origin = Origin(thing.address, place, thing.block.span, root, body.fields, callers, thing.maybe, thing.number)
    values = Map(tuple((name, veiled(value)) for name, value in body.values.items()))
    return Resource(thing.kind, values, origin)


def _described(
    instances: Iterable[ModuleInstance], wanted: Wanted, resources: Mapping[str, Resource]
) -> Iterator[tuple[str, Resource]]:
    """
    Yield the resources that have tags with them, by address.

    This comes last, when the problems are gathered: what nothing but tags refers to is no part of the network.
    """
    for instance in instances:
        for mode, kind, name in sorted(instance.module.resources):
            only = DESCRIBES.intersection(wanted.get(kind, ())) if isinstance(wanted, Mapping) and not mode else None
            for thing in instance.instances(mode, kind, name) if only else ():
                body = evaluate_body(thing.block, thing.scope, thing.owner.quietly, META, only or ())
                one = resources.get(thing.address)
                if one is not None and body.fields:
                    values = {**dict(one.values.items()), **{key: veiled(value) for key, value in body.values.items()}}
                    origin = replace(one.origin, fields=(*one.origin.fields, *body.fields))
                    yield thing.address, replace(one, values=Map.of(values), origin=origin)


def _identified(run: Run, resource: Resource) -> Resource:
    """
    Return a data source as one that asks by identity for the one thing that it surely finds.
    """
    found = run.found.get(resource.address)
    if not isinstance(found, Ref):
        return resource
    asked = LOOKUPS[resource.kind.removeprefix("data.")].identity
    return replace(resource, values=Map.of({**dict(resource.values.items()), asked: Ref(found.address, "id")}))


def calls_of(module: Module) -> tuple[str, ...]:
    """
    Return the directories that the module calls by a local path.
    """
    found = []
    for call in module.calls.values():
        source = source_of(call)
        if source is not None and is_local(source):
            found.append(posixpath.normpath(posixpath.join(module.directory, source)))
    return tuple(dict.fromkeys(found))


def find_roots(library: Library, discovery: Discovery) -> tuple[str, ...]:
    """
    Return the absolute directories of the root modules to look at: those that no other scanned directory calls as a module.

    A file given by name stands for every root of its work tree that its directory is a part of. Modules that call each other
    in a circle and that nobody else calls are all roots.
    """
    named = {_directory(found) for found in discovery.named if found.format != "cloudformation"}
    apart = {_directory(found) for found in discovery.files if found.format == "terraform"} - named
    found = set(_uncalled(library, apart))
    if named:
        tree = discovery.tree
        around = discover(tree.boundaries, base=tree.base, over=tree.overlay, left_out=discovery.left_out)
        every = {_directory(found) for found in around.files if found.format == "terraform"} | named
        calls = {directory: _calls(library, directory) for directory in sorted(every)}
        found.update(root for root in _uncalled(library, every) if reached([root], calls) & named)
    return tuple(sorted(found))


def _directory(found: Found) -> str:
    return posixpath.dirname(found.real)


def _uncalled(library: Library, directories: Collection[str]) -> list[str]:
    calls: dict[str, tuple[str, ...]] = {}
    todo = sorted(directories)
    while todo:
        directory = todo.pop()
        if directory not in calls:
            calls[directory] = _calls(library, directory)
            todo.extend(calls[directory])
    return roots_among(directories, calls)


def _calls(library: Library, directory: str) -> tuple[str, ...]:
    """
    Return the directories that the module in this one calls by a local path; files that call none are not parsed.
    """
    return leads(library.tree, ("calls", directory), partial(_called, library, directory))


def _called(library: Library, directory: str) -> tuple[str, ...]:
    for path in list_files(library.tree, directory):
        if path.endswith((".tf", ".tf.json")):
            source = read(library.tree, path)
            if isinstance(source, Source) and _LOCAL_CALL.search(source.text):
                module = library.load(directory)
                return calls_of(module) if module is not None else ()
    return ()
