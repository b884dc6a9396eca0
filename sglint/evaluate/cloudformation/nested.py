"""
Nested stacks: the template that a resource nests, with the values that it hands down, and the outputs that come back.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from itertools import takewhile

from sglint.evaluate.cloudformation.body import Body
from sglint.evaluate.cloudformation.existence import existence
from sglint.evaluate.cloudformation.opening import Place, open_stack
from sglint.evaluate.cloudformation.parameters import Given
from sglint.evaluate.cloudformation.references import NESTED, PSEUDO
from sglint.evaluate.cloudformation.stack import MAX_STACKS, Stack
from sglint.evaluate.cloudformation.template import Template, Templates
from sglint.evaluate.cloudformation.text import known_text, shortened
from sglint.evaluate.terraform.error import EvaluationError
from sglint.source import Span, used
from sglint.template import Entry, Mapping, Node, Scalar
from sglint.value import Map, Ref, Unknown, Value

MAX_NESTED = 20
"""How deep stacks may nest one another."""
_HERE = frozenset(PSEUDO) - {"AWS::StackName", "AWS::StackId", "AWS::NotificationARNs"}


def child(stack: Stack, name: str) -> Stack | Unknown:
    """
    Return the stack that a resource nests, or why it cannot be read.
    """
    if name not in stack.children:
        entry = stack.resources[name]
        try:
            with stack.once(f"stack {name}"):
                stack.children[name] = _open(stack, entry)
        except EvaluationError as error:
            span = error.span or entry.span
            hint = _ROUND if error.message.endswith(_ITSELF) else _HINT
            stack.run.problem(f"{error.message}, so its resources are not seen", span, hint)
            stack.children[name] = Unknown(error.message, span)
    return stack.children[name]


_ITSELF = "which it is nested in itself"
_ROUND = "take one of the two out of the other"
_HINT = "give the path of its template in the configuration, or a TemplateURL that is a path"


def _open(stack: Stack, entry: Entry) -> Stack:
    if stack.run.stacks >= MAX_STACKS:
        raise EvaluationError(f"{stack.run.path} nests more than {MAX_STACKS} stacks", entry.span)
    body = entry.value if isinstance(entry.value, Mapping) else Mapping((), entry.span)
    properties = body.get("Properties")
    properties = properties if isinstance(properties, Mapping) else Mapping((), entry.span)
    bases, maybe = existence(stack, body)
    url = properties.get(NESTED[stack.kind(entry.key)])
    where = Body(stack, bases or [{}]).value(url) if url is not None else None
    template = _template(stack, entry.key, body, url, where)
    if template.real in stack.above:
        span = entry.span if url is None else url.span
        raise EvaluationError(f"stack {entry.key} nests {template.path}, {_ITSELF}", span)
    stack.run.stacks += 1
    if len(stack.above) >= MAX_NESTED:
        raise EvaluationError(f"stack {entry.key} is nested in more than {MAX_NESTED} others", entry.span)
    given = dict(stack.run.parameters.templates.get(template.path, {}))
    handed = properties.get("Parameters")
    for parameter in handed if isinstance(handed, Mapping) else ():
        value = Body(stack, bases or [{}], raw=True).value(parameter.value)
        if value is not None:
            given[parameter.key] = Given(value, parameter.value.span)
        if parameter.key not in template.parameters:
            message = f"{template.path} has no parameter {parameter.key}"
            stack.run.problem(message, parameter.span, "see how it is spelt", hides=False)
    around = {name: stack.values[name] for name in sorted(_HERE)}
    address = f"{stack.prefix}{entry.key}"
    around |= {"AWS::StackName": Ref(address, "AWS::StackName"), "AWS::StackId": Ref(address)}
    place = Place(f"{address}.", (*stack.callers, entry.span), maybe, stack.above)
    return open_stack(stack.run, template, given, around, place)


def _template(stack: Stack, name: str, body: Mapping, url: Node | None, where: Value) -> Template:
    span = None if url is None else url.span
    found = _found(stack, body, where)
    if found is not None:
        if found.document.body is None:
            raise EvaluationError(f"the template {found.path} of stack {name} cannot be read", span)
        return found
    shown = known_text(where)
    if isinstance(where, Unknown):
        raise EvaluationError(f"the template of stack {name} is not known, because {where.why}", span)
    if isinstance(where, Map):
        raise EvaluationError(f"the template of stack {name} lies elsewhere", span)
    if not shown:
        raise EvaluationError(f"stack {name} has no {NESTED[stack.kind(name)]} that is a text", span)
    raise EvaluationError(f"the template {shortened(shown)} of stack {name} is not found", span)


def _found(stack: Stack, body: Mapping, where: Value) -> Template | None:
    for path in _candidates(stack, body, where):
        found = stack.run.templates.load(path)
        if isinstance(found, Template):
            return found
    return None


def nested_paths(stack: Stack) -> Iterator[str]:
    """
    Yield the absolute paths of the templates that the resources of a stack nest.
    """
    for name in sorted(stack.resources):
        body = stack.resources[name].value
        if stack.kind(name) in NESTED and isinstance(body, Mapping):
            properties = body.get("Properties")
            url = properties.get(NESTED[stack.kind(name)]) if isinstance(properties, Mapping) else None
            found = _found(stack, body, Body(stack, quiet=True).value(url) if url is not None else None)
            if found is not None:
                yield found.real


def _candidates(stack: Stack, body: Mapping, where: Value) -> Iterator[str]:
    """Yield the absolute paths at which the template may be, best first."""
    templates, here = stack.run.templates, stack.template.real
    directory = posixpath.dirname(here)
    metadata = body.get("Metadata")
    asset = metadata.get("aws:asset:path") if isinstance(metadata, Mapping) else None
    if isinstance(asset, Scalar) and asset.text:
        yield posixpath.join(directory, asset.text)
    known = known_text(where)
    end = (where.ends if isinstance(where, Unknown) else "") if known is None else known
    configured = _configured(stack, end)
    if configured is not None:
        yield posixpath.join(templates.tree.base, configured)
    if known is not None and "://" not in known:
        yield posixpath.join(directory, known)
    path = end.partition("?")[0]
    assembly = templates.assembly(here)
    if assembly is not None and posixpath.basename(path) in assembly.assets:
        yield posixpath.join(directory, assembly.assets[posixpath.basename(path)])
    alike = _by_name(templates, here, path)
    if alike is not None:
        yield alike


def _configured(stack: Stack, url: str) -> str | None:
    nested = stack.run.parameters.nested
    if url in nested:
        return nested[url]
    ends = [key for key in nested if url.endswith(f"/{key.lstrip('/')}")]
    return nested[max(ends, key=len)] if ends else None


def _by_name(templates: Templates, here: str, url: str) -> str | None:
    """Return the one scanned template that has most of the URL's end in its path, the nearest one when there are several."""
    used(templates.tree, "scanned", templates.scanned)
    parts = url.split("/")
    found = [path for path in templates.scanned if parts[-1] and posixpath.basename(path) == parts[-1] and path != here]
    alike = {path: (_shared(parts[::-1], path.split("/")[::-1]), _shared(here.split("/"), path.split("/"))) for path in found}
    best = [path for path in found if alike[path] == max(alike.values())]
    return best[0] if len(best) == 1 else None


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many parts two sequences have in common from their beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def output(stack: Stack, name: str, key: str, span: Span) -> Value:
    """
    Return an output of the stack that a resource nests.
    """
    inner = child(stack, name)
    if isinstance(inner, Unknown):
        return unread(stack, name, key)
    entry = inner.outputs.get(key)
    if entry is None:
        raise EvaluationError(f"{inner.template.path} has no output {key}", span)
    if key not in inner.made:
        with inner.once(f"output {key} of {name}"):
            inner.made[key] = value_of_output(inner, entry)
    return inner.made[key]


def unread(stack: Stack, name: str, key: str) -> Value:
    """
    Return an output of a stack whose template cannot be read.
    """
    return Ref(stack.prefix + name, f"Outputs.{key}")


def value_of_output(stack: Stack, entry: Entry) -> Value:
    """
    Return what an output of the stack comes to.
    """
    node = entry.value.get("Value") if isinstance(entry.value, Mapping) else None
    if node is None:
        raise EvaluationError(f"output {entry.key} has no Value", entry.span)
    bases, _ = existence(stack, entry.value)
    if not bases:
        raise EvaluationError(f"output {entry.key} does not exist, because its condition is false", entry.span)
    return Body(stack, bases, raw=True).value(node)


def children(stack: Stack) -> Iterator[tuple[Entry, Stack | Unknown]]:
    """
    Yield the stacks that the resources of this one nest, with those resources.
    """
    for name in sorted(stack.resources):
        if stack.kind(name) in NESTED and existence(stack, stack.resources[name].value)[0]:
            yield stack.resources[name], child(stack, name)
