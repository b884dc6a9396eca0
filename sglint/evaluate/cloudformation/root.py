"""
From a template to the resources that CloudFormation would make of it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from sglint.evaluate.cloudformation.body import Body, hidden
from sglint.evaluate.cloudformation.existence import existence
from sglint.evaluate.cloudformation.expressions import TRANSFORM
from sglint.evaluate.cloudformation.foreach import PREFIX
from sglint.evaluate.cloudformation.joining import apart, imported, is_shared, takes_part
from sglint.evaluate.cloudformation.nested import children, nested_paths, output
from sglint.evaluate.cloudformation.opening import open_root
from sglint.evaluate.cloudformation.parameters import Parameters
from sglint.evaluate.cloudformation.references import CUSTOM, MODULE, NESTED
from sglint.evaluate.cloudformation.scenario import Assignment
from sglint.evaluate.cloudformation.stack import Run, Stack
from sglint.evaluate.cloudformation.template import Template, Templates
from sglint.evaluate.cloudformation.worlds import worlds
from sglint.evaluate.nesting import deep, reached, roots_among
from sglint.evaluate.root import Root, Wanted
from sglint.resource import DESCRIBES, Origin, Resource
from sglint.source import Discovery, Problem, Span, digest, discover, found_by, in_order, leads
from sglint.template import Entry, Scalar, TemplateDocument
from sglint.template import Mapping as MappingNode
from sglint.value import Map, Unknown, Value

_NOTHING = Parameters()
_ANY: Assignment = {}


def evaluate_template(
    library: Templates, path: str, parameters: Parameters, wanted: Wanted, roots: Collection[str] = ()
) -> Root:
    """
    Return the resources of the wanted kinds that the template at the absolute `path` makes, with those that it nests.

    Of a kind without paths among the `wanted` all properties are evaluated, and errors there are none. Only what the wanted
    resources refer to is evaluated. `roots` are the absolute paths of the templates whose exports may be imported; what the
    network of those is made of is among the resources then, and their `origin.root` is the path of their own template.
    """
    template = library.load(path)
    if isinstance(template, Problem):
        return Root(library.shown(path), (), (template,), (), ())
    run = Run(library, parameters, template.path, output, imported, tuple(sorted(roots)))
    with deep():
        found = _evaluate(run, template, wanted)
        apart = worlds(open_root(replace(run, problems={}, opened={}, joined={}), template), frozenset(wanted) - {CUSTOM})
    documents = {one.path: one for one in found if isinstance(one, TemplateDocument)}
    return Root(
        template.path,
        _by_address(found),
        in_order(run.problems),
        tuple(documents[name] for name in sorted(documents)),
        tuple(sorted(template.parameters)),
        worlds=tuple(partial(_in_world, library, path, parameters, wanted, run.roots, world) for world in apart),
    )


def _evaluate(run: Run, template: Template, wanted: Wanted, world: Assignment = _ANY) -> list[Resource | TemplateDocument]:
    """Return the resources of a root template, and the documents that it is written in."""
    stack = run.opened[template.real, ""] = open_root(run, template)
    stack.world = world
    found = list(_walk(stack, wanted))
    seen: set[str] = set()
    while waiting := sorted(set(run.joined) - seen):
        for prefix in waiting:
            found.extend(_walk(run.joined[prefix], wanted, shared=True))
        seen.update(waiting)
    problems = dict(run.problems)
    for top in (stack, *(run.joined[prefix] for prefix in sorted(seen))):
        found.extend(_described(top, wanted, {one.address: one for one in found if isinstance(one, Resource)}))
    run.problems = problems
    return found


def _by_address(found: list[Resource | TemplateDocument]) -> tuple[Resource, ...]:
    resources = {one.address: one for one in found if isinstance(one, Resource)}
    return tuple(resources[address] for address in sorted(resources))


def _in_world(
    library: Templates, path: str, parameters: Parameters, wanted: Wanted, roots: tuple[str, ...], world: Assignment
) -> tuple[Resource, ...]:
    """Return the resources that a template makes in one of its worlds."""
    template = library.load(path)
    if isinstance(template, Problem):
        return ()
    with deep():
        return _by_address(_evaluate(Run(library, parameters, template.path, output, imported, roots), template, wanted, world))


def _walk(top: Stack, wanted: Wanted, *, shared: bool = False) -> Iterator[Resource | TemplateDocument]:
    """Yield the documents and resources of a stack and of all that it nests; of a shared one only what networks are made of."""
    root = top.template.path
    todo = [top]
    while todo:
        stack = todo.pop()
        yield stack.template.document
        for one in _resources(stack, wanted, root, shared=shared):
            if not shared or takes_part(one):
                yield one
        for entry, inner in children(stack):
            if isinstance(inner, Stack):
                todo.append(inner)
            else:
                unread = _unread(stack, entry, root)
                yield from () if unread is None else (unread,)


def _resources(stack: Stack, wanted: Wanted, root: str, *, shared: bool) -> Iterator[Resource]:
    for name in sorted(stack.resources):
        entry = stack.resources[name]
        kind = stack.kind(name)
        if not kind:
            stack.run.problem(f"{name} has no Type that is a text", entry.span, "every resource needs one")
        elif kind.endswith(MODULE):
            what = f"what {name} of type {kind} makes is not seen"
            stack.run.problem(what, entry.span, "write its resources into the template")
        if kind.startswith("Custom::") and kind not in wanted:
            kind = CUSTOM
        if kind in wanted and kind not in NESTED and (not shared or is_shared(kind)):
            named = wanted[kind] if isinstance(wanted, Mapping) else ()
            only = frozenset(named) - DESCRIBES or named
            found = _resource(stack, entry, kind, only, root, quiet=isinstance(wanted, Mapping) and not only)
            if found is not None:
                yield found


def _described(top: Stack, wanted: Wanted, resources: Mapping[str, Resource]) -> Iterator[Resource]:
    """
    Yield the resources that have tags with them.

    This comes last, and what is wrong is nobody's problem: what nothing but tags refers to is no part of the network.
    """
    kinds = dict.fromkeys(one.kind for one in resources.values())
    only = {kind: DESCRIBES.intersection(wanted.get(kind, ())) for kind in kinds} if isinstance(wanted, Mapping) else {}
    for found in _walk(top, {kind: names for kind, names in only.items() if names}):
        one = resources.get(found.address) if isinstance(found, Resource) else None
        if one is not None and isinstance(found, Resource) and one.kind == found.kind and found.values.items():
            values = {**dict(one.values.items()), **dict(found.values.items())}
            origin = replace(one.origin, fields=(*one.origin.fields, *found.origin.fields))
            yield replace(one, values=Map.of(values), origin=origin)


def _resource(
    stack: Stack, entry: Entry, kind: str, only: Collection[str], root: str, *, quiet: bool = False
) -> Resource | None:
    """Return a resource, None when its condition is false."""
    bases, maybe = existence(stack, entry.value)
    if not bases:
        return None
    node = stack.property(entry.key, "Properties")
    body = Body(stack, bases, quiet)
    values = body.value(node, only) if node is not None else Map()
    transform = entry.value.entry(TRANSFORM) if isinstance(entry.value, MappingNode) else None
    if transform is not None:
        hidden(body, transform)
    if not isinstance(values, Map):
        if not isinstance(values, Unknown) and not quiet and values is not None:
            stack.run.problem(f"the Properties of {entry.key} are no map", entry.span)
        values = Map()
    block = entry.span.until(entry.value.span)
    number = "" if maybe is None else stack.prefix + _together(entry)
    origin = Origin(stack.prefix + entry.key, entry.span, block, root, tuple(body.fields), stack.callers, maybe, number)
    return Resource(kind, values, origin)


def _together(entry: Entry) -> str:
    """Return what the resources of a stack have in common that exist together: the condition of the resource, or the stack."""
    condition = entry.value.get("Condition") if isinstance(entry.value, MappingNode) else None
    return f"condition {condition.text}" if isinstance(condition, Scalar) else "stack"


def _unread(stack: Stack, entry: Entry, root: str) -> Resource | None:
    """Return what stands for a stack that cannot be read: what is handed to it, None when it does not exist."""
    bases, maybe = existence(stack, entry.value)
    if not bases:
        return None
    properties = stack.property(entry.key, "Properties")
    handed = properties.get("Parameters") if isinstance(properties, MappingNode) else None
    values = Body(stack, bases, quiet=True).value(handed) if handed is not None else Map()
    origin = Origin(stack.prefix + entry.key, entry.span, entry.span.until(entry.value.span), root, (), stack.callers, maybe)
    return Resource("module", values if isinstance(values, Map) else Map(), origin)


def find_templates(library: Templates, discovery: Discovery, parameters: Parameters = _NOTHING) -> tuple[str, ...]:
    """
    Return the absolute paths of the templates to look at: those that no other scanned template nests.

    A file given by name stands for every root of its work tree that nests it, or for itself. Of a cloud assembly the roots are
    the stacks of its manifest. Templates that nest each other in a circle and that nobody else nests are all roots.
    """
    found_by(discovery.tree, "scanned", lambda _: digest(library.scanned))
    named = {found.real for found in discovery.named if found.format == "cloudformation"}
    apart = {found.real for found in discovery.files if found.format == "cloudformation"} - named
    roots = set(roots_among(apart, _nested_by(library, sorted(apart), parameters)))
    if named:
        tree = discovery.tree
        around = discover(tree.boundaries, base=tree.base, over=tree.overlay, left_out=discovery.left_out)
        every = {found.real for found in around.files if found.format == "cloudformation"} | named
        library.scanned = tuple(sorted({*library.scanned, *every}))
        found_by(discovery.tree, "scanned", lambda _: digest(library.scanned))
        nests = _nested_by(library, library.scanned, parameters)
        roots.update(root for root in roots_among(nests, nests) if reached([root], nests) & named)
    return tuple(sorted(path for path in roots if path in named or _is_stack(library, path)))


def _is_stack(library: Templates, path: str) -> bool:
    """Return whether a cloud assembly says that the template is a stack; outside of assemblies every root is one."""
    assembly = library.assembly(path)
    return assembly is None or posixpath.basename(path) in assembly.stacks


def _nested_by(library: Templates, paths: Iterable[str], parameters: Parameters) -> dict[str, tuple[str, ...]]:
    """Return the templates that each of those at these paths nests."""
    asked = digest(parameters).hex()
    return {path: leads(library.tree, ("nests", path, asked), partial(_nested, library, path, parameters)) for path in paths}


def _nested(library: Templates, path: str, parameters: Parameters) -> tuple[str, ...]:
    template = library.load(path)
    if isinstance(template, Problem) or not any(_nests(entry) for entry in template.resources):
        return ()
    run = Run(library, parameters, template.path, _nothing, apart)
    with deep():
        return tuple(sorted(set(nested_paths(open_root(run, template))) - {template.real}))


def _nests(entry: Entry) -> bool:
    """Return whether a resource, or one that a loop makes, may be a nested stack."""
    kind = entry.value.get("Type") if isinstance(entry.value, MappingNode) else None
    return entry.key.startswith(PREFIX) or (isinstance(kind, Scalar) and kind.text in NESTED)


def _nothing(stack: Stack, name: str, key: str, span: Span) -> Value:
    return Unknown(f"the stack {name} is not read yet", span)
