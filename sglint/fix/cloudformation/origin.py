"""
Where a value of CloudFormation comes from: the scalars and lists behind parameters, mappings, conditions and nested stacks.

As for Terraform, what is found here is a candidate; the proof says whether an edit there does what it should.
"""

from __future__ import annotations

from collections.abc import Iterator

from sglint.fix.text import Texts
from sglint.frozen import frozen
from sglint.resource import Origin
from sglint.source import Span
from sglint.template import Entry, Intrinsic, List, Mapping, Node, Scalar

DEEPEST = 20
"""Through how many references a value is followed."""

PARTS = ("Fn::If", "Fn::Select", "Fn::Split", "Fn::Join")
"""The functions whose value is among their arguments, but for the first."""


@frozen
class Use:
    """
    One use of a template: its path, and the resource that nests it with its own use; None for one that is deployed by itself.
    """

    path: str
    caller: Entry | None = None
    above: Use | None = None


@frozen
class Held:
    """
    A node, and the use of the template that it is in.
    """

    node: Node
    use: Use


@frozen
class Stacks:
    """
    The templates of a scan, and the files that give parameters their values; `given` are those given on the command line.
    """

    texts: Texts
    parameter_files: tuple[str, ...] = ()
    given: frozenset[str] = frozenset()

    def resource(self, origin: Origin) -> Entry | None:
        """
        Return the resource that something comes from.
        """
        return self.entry_at(origin.span)

    def entry_at(self, key: Span) -> Entry | None:
        """
        Return the resource whose key is at this place.
        """
        body = self.texts.template(key.path).body
        resources = None if body is None else body.get("Resources")
        found = (one for one in resources if one.span == key) if isinstance(resources, Mapping) else iter(())
        return next(found, None)

    def condition(self, origin: Origin) -> dict[str, str]:
        """
        Return the condition under which a resource is there, as something that refers to it has to have it too.
        """
        entry = self.resource(origin)
        named = entry.value.get("Condition") if entry is not None and isinstance(entry.value, Mapping) else None
        return {"Condition": named.text} if isinstance(named, Scalar) else {}

    def use(self, origin: Origin) -> Use:
        """
        Return the use of the template that a resource is in.
        """
        here = Use(origin.callers[0].path if origin.callers else origin.span.path)
        for number, caller in enumerate(origin.callers):
            following = origin.callers[number + 1].path if number + 1 < len(origin.callers) else origin.span.path
            here = Use(following, self.entry_at(caller), here)
        return here

    def sources(self, origin: Origin, path: str) -> tuple[Held, ...]:
        """
        Return the scalars, lists and mappings that a property of a resource comes from, the nearest first.
        """
        place = dict(origin.fields).get(path)
        resource = self.resource(origin)
        if place is None or resource is None:
            return ()
        start = next((one for one in nodes(resource.value) if one.span == place), None)
        if start is None:
            return ()
        return tuple({one.node.span: one for one in self.values(Held(start, self.use(origin)))}.values())

    def values(self, held: Held, depth: int = 0) -> Iterator[Held]:
        """
        Yield what a node comes from.
        """
        node = held.node
        if depth > DEEPEST:
            return
        if not isinstance(node, Intrinsic):
            yield held
            return
        for step in self.steps(node, held.use):
            yield from self.values(step, depth + 1)

    def steps(self, node: Intrinsic, use: Use) -> Iterator[Held]:
        """
        Yield what a function takes its value from.
        """
        argument = node.argument
        if node.name == "Ref" and isinstance(argument, Scalar):
            yield from self.parameter(argument.text, use)
        elif node.name == "Fn::FindInMap" and isinstance(argument, List):
            yield from self.mapped(argument, use)
        elif node.name in PARTS and isinstance(argument, List):
            yield from (Held(one, use) for one in argument.items[1:])

    def parameter(self, name: str, use: Use) -> Iterator[Held]:
        """
        Yield what gives a parameter its value: what the stack is nested with, a file of parameters, or else its default.
        """
        if use.caller is not None and use.above is not None:
            properties = use.caller.value.get("Properties") if isinstance(use.caller.value, Mapping) else None
            arguments = properties.get("Parameters") if isinstance(properties, Mapping) else None
            value = arguments.get(name) if isinstance(arguments, Mapping) else None
            if value is not None:
                yield Held(value, use.above)
                return
        elif name in self.given:
            return
        else:
            found = [one for path in self.parameter_files for one in self.in_file(path, name)]
            if found:
                yield Held(found[-1], use)
                return
        body = self.texts.template(use.path).body
        declared = None if body is None else body.get("Parameters")
        parameter = declared.get(name) if isinstance(declared, Mapping) else None
        default = parameter.get("Default") if isinstance(parameter, Mapping) else None
        if default is not None:
            yield Held(default, use)

    def in_file(self, path: str, name: str) -> Iterator[Node]:
        """
        Yield the value that a file of parameters gives, in the shape of a mapping.
        """
        body = self.texts.template(path).body
        inner = None if body is None else body.get("Parameters")
        value = (inner if isinstance(inner, Mapping) else body or Mapping((), Span(path, 1, 1, 1, 1))).get(name)
        if value is not None:
            yield value

    def mapped(self, argument: List, use: Use) -> Iterator[Held]:
        """
        Yield what a mapping of the template holds: under the keys that are written, or under every one.
        """
        body = self.texts.template(use.path).body
        found: list[Node] = [body.get("Mappings") or argument] if body is not None else []
        for key in argument.items[:3]:
            maps = [one for one in found if isinstance(one, Mapping)]
            named = key.text if isinstance(key, Scalar) else None
            found = [entry.value for one in maps for entry in one if named in (None, entry.key)]
        yield from (Held(one, use) for one in found)


def nodes(node: Node) -> Iterator[Node]:
    """
    Yield a node and all in it.
    """
    yield node
    if isinstance(node, Mapping):
        for entry in node:
            yield from nodes(entry.value)
    elif isinstance(node, List):
        for item in node.items:
            yield from nodes(item)
    elif isinstance(node, Intrinsic):
        yield from nodes(node.argument)
