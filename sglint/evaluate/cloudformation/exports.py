"""
Exports: what the templates of one scan hand to one another by name.

An export's name mostly begins with the name of its stack, which no template says. The idea: names are compared piece by piece;
an import of `prod-VpcId` and an export `${AWS::StackName}-VpcId` say that the stack is called `prod`. Only where exactly one
export of the scan can be meant are the two joined.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

from sglint.evaluate.cloudformation.body import Body
from sglint.evaluate.cloudformation.domain import nodes
from sglint.evaluate.cloudformation.existence import existence
from sglint.evaluate.cloudformation.nested import children
from sglint.evaluate.cloudformation.stack import Stack
from sglint.evaluate.cloudformation.template import Export
from sglint.evaluate.cloudformation.text import Pieces, known_text
from sglint.evaluate.terraform.unknown import alternatives
from sglint.frozen import frozen
from sglint.template import Intrinsic, Mapping
from sglint.value import Ref, Value

At: TypeAlias = "tuple[str, tuple[str, ...]]"
"""The template of a root stack, and the names of the nested stacks that lead to the one that exports."""

_SOME = "(.+)"
_MOST_UNKNOWN = 3
_LONGEST = 500


@frozen
class Match:
    """
    An export that an import can mean, and the name of the stack that follows, empty when it is not known.
    """

    export: Export
    stack: str
    exact: bool


def exports(stack: Stack, within: tuple[str, ...] = ()) -> Iterator[Export]:
    """
    Yield the exports of a stack and of those that it nests.
    """
    for name in sorted(stack.outputs):
        body = stack.outputs[name].value
        export = body.get("Export") if isinstance(body, Mapping) else None
        node = export.get("Name") if isinstance(export, Mapping) else None
        if node is None:
            continue
        bases, _ = existence(stack, body)
        value = Body(stack, bases, quiet=True, raw=True).value(node) if bases else None
        for choice in alternatives(value):
            if isinstance(choice, str):
                own = stack.values["AWS::StackName"]
                yield Export(stack.above[0], within, stack.template.real, name, choice, own)
    for entry, inner in children(stack):
        if isinstance(inner, Stack):
            yield from exports(inner, (*within, entry.key))


def matches(name: Value, known: Sequence[Export], root: str) -> list[Match]:
    """
    Return the exports that an import of this name can mean; those of exactly this name go before all others.

    What AWS will call a nested stack is the same in both names only in the root template at the path `root`.
    """
    found = [match for export in known if (match := _match(name, export, root)) is not None]
    exact = [match for match in found if match.exact]
    return exact or found


def narrowed(name: Value, found: list[Match], others: Sequence[Value], able: Callable[[Value], Container[At]]) -> list[Match]:
    """
    Return those of the matches whose stack also exports what is imported from it by the `others`.

    `able` says which stacks export a name.
    """
    for other in others:
        if len(found) > 1 and _from_one_stack(name, other, found):
            stacks = able(other)
            found = [match for match in found if (match.export.path, match.export.within) in stacks] or found
    return found


def _from_one_stack(name: Value, other: Value, found: Sequence[Match]) -> bool:
    """Return whether two names begin with the name of the same stack."""
    if isinstance(name, Pieces) and isinstance(other, Pieces):
        return not isinstance(name.parts[0], str) and name.parts[0] == other.parts[0]
    text = known_text(other)
    return text is not None and any(match.stack and text.startswith(match.stack) for match in found)


def imports(stack: Stack) -> tuple[Value, ...]:
    """
    Return the names that the template of a stack imports, as far as they are known.
    """
    template = stack.template
    every = (node for section in (template.resources, template.outputs) for node in nodes(section))
    names = (node.argument for node in every if isinstance(node, Intrinsic) and node.name == "Fn::ImportValue")
    found = [Body(stack, quiet=True, raw=True).value(name) for name in names]
    return tuple(dict.fromkeys(value for value in found if isinstance(value, str)))


def _match(name: Value, export: Export, root: str) -> Match | None:
    if not isinstance(name, str) or len(name) > _LONGEST:
        return None
    wanted, offered = known_text(name), known_text(export.name)
    if wanted is not None and offered is not None:
        return Match(export, "", exact=True) if wanted == offered else None
    if isinstance(name, Pieces) and isinstance(export.name, Pieces):
        exact = export.path == root and name.parts == export.name.parts and all(type(part) in (str, Ref) for part in name.parts)
        return Match(export, "", exact=exact) if exact or _literals(name) == _literals(export.name) else None
    if wanted is not None and isinstance(export.name, Pieces):
        found = _pattern(export.name).fullmatch(wanted)
        return None if found is None else Match(export, _stack_name(export, found.groups()), exact=False)
    if offered is not None and isinstance(name, Pieces):
        return Match(export, "", exact=False) if _pattern(name).fullmatch(offered) else None
    return None


def _literals(pieces: Pieces) -> tuple[str | None, ...]:
    return tuple(part if isinstance(part, str) else None for part in pieces.parts)


def _pattern(pieces: Pieces) -> re.Pattern[str]:
    """Return what matches the name; one with many unknown parts matches nothing, for it would take for ever."""
    return _compiled(_literals(pieces))


@lru_cache(maxsize=4096)
def _compiled(literals: tuple[str | None, ...]) -> re.Pattern[str]:
    """Return the pattern of a name; each export of a scan is compared with each import."""
    if literals.count(None) > _MOST_UNKNOWN:
        return re.compile("(?!)")
    return re.compile("".join(_SOME if part is None else re.escape(part) for part in literals), re.DOTALL)


def _stack_name(export: Export, groups: Sequence[str]) -> str:
    """Return the name of the stack that the unknown parts of an export's name say, empty when they do not."""
    parts = [part for part in export.name.parts if not isinstance(part, str)] if isinstance(export.name, Pieces) else []
    names = {text for part, text in zip(parts, groups, strict=True) if part == export.stack}
    return names.pop() if len(names) == 1 and not export.within else ""


def name_of(value: Value) -> str:
    """
    Return the name of an export as a person would write it.
    """
    if isinstance(value, Pieces):
        return "".join(part if isinstance(part, str) else "${...}" for part in value.parts)
    return value if isinstance(value, str) else "with a name that is not known"
