"""
`Fn::ForEach`: the same entries once for each item of a collection.

The idea: a loop is written out before anything in it is evaluated, so that nothing else needs to know about loops. What it
makes keeps its place in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from sglint.evaluate.cloudformation.stack import MAX_ROUNDS, Stack
from sglint.evaluate.cloudformation.text import known_text
from sglint.evaluate.terraform.error import EvaluationError
from sglint.source import Span
from sglint.template import Entry, Intrinsic, List, Mapping, Node, Scalar
from sglint.value import Seq, Unknown, Value

Evaluate: TypeAlias = Callable[[Stack, Node], Value]
PREFIX = "Fn::ForEach::"
_LONG = "make the loops shorter, or split the template"
_HINT = "give the collection's value with --parameter"


def expand(stack: Stack, mapping: Mapping, evaluate: Evaluate) -> Iterator[Entry]:
    """
    Yield the entries of a mapping with its loops written out; what a loop hides that cannot be is a Problem.
    """
    for entry in mapping:
        if not entry.key.startswith(PREFIX):
            yield entry
            continue
        try:
            yield from _loop(stack, entry, evaluate)
        except EvaluationError as error:
            name = entry.key.removeprefix(PREFIX)
            hint = _LONG if stack.run.rounds > MAX_ROUNDS else _HINT
            stack.run.problem(f"loop {name} is not written out: {error.message}", error.span or entry.span, hint)


def _loop(stack: Stack, entry: Entry, evaluate: Evaluate) -> Iterator[Entry]:
    items = entry.value.items if isinstance(entry.value, List) else ()
    if len(items) != 3 or not isinstance(items[0], Scalar) or not isinstance(items[2], Mapping):
        raise EvaluationError("Fn::ForEach takes a name, a collection and a map", entry.value.span)
    variable, body = items[0].text, items[2]
    for text in _texts(stack, items[1], evaluate):
        stack.run.turn()
        written = _mapping(stack, body, _Words(variable, text, re.compile(rf"[$&]\{{{re.escape(variable)}\}}")))
        yield from expand(stack, written, evaluate)


def _texts(stack: Stack, node: Node, evaluate: Evaluate) -> list[str]:
    value = evaluate(stack, node)
    if isinstance(value, Unknown):
        raise EvaluationError(f"its collection is not known, because {value.why}", node.span)
    items = [known_text(item) for item in value.items] if isinstance(value, Seq) else [None]
    texts = [text for text in items if text is not None]
    if len(texts) < len(items):
        raise EvaluationError("its collection is not a list of known texts", node.span)
    return list(dict.fromkeys(texts))


class _Words:
    """
    What one round of a loop puts in place of its variable.
    """

    __slots__ = ("name", "pattern", "text")

    def __init__(self, name: str, text: str, pattern: re.Pattern[str]) -> None:
        self.name, self.text, self.pattern = name, text, pattern

    def put(self, text: str) -> str:
        """
        Return the text with the variable replaced; after `&` only its letters and digits stand.
        """
        if self.name not in text:
            return text
        return self.pattern.sub(lambda match: self._word(match.group()), text)

    def _word(self, written: str) -> str:
        return self.text if written.startswith("$") else re.sub(r"[^A-Za-z0-9]", "", self.text)


def _node(stack: Stack, node: Node, words: _Words) -> Node:
    stack.run.spend()
    if isinstance(node, Scalar):
        if not isinstance(node.value, str):
            return node
        text = words.put(node.value)
        return node if text == node.value else Scalar(text, text, node.span)
    if isinstance(node, List):
        return List(tuple(_node(stack, item, words) for item in node.items), node.span)
    if isinstance(node, Mapping):
        return _mapping(stack, node, words)
    argument = node.argument
    if node.name == "Ref" and isinstance(argument, Scalar) and argument.text == words.name:
        return _literal(words.text, node.span)
    return Intrinsic(node.name, _node(stack, argument, words), node.span)


def _literal(text: str, span: Span) -> Scalar:
    return Scalar(text, text, span)


def _mapping(stack: Stack, node: Mapping, words: _Words) -> Mapping:
    stack.run.spend(len(node.entries))
    entries = (Entry(words.put(entry.key), _node(stack, entry.value, words), entry.span) for entry in node)
    return Mapping(tuple(entries), node.span)
