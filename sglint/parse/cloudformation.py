"""
A CloudFormation template, written in YAML or JSON, as one tree.
"""

from __future__ import annotations

from sglint.parse import json
from sglint.parse.intrinsic import NODES, meaning, unique
from sglint.parse.json import Json, Object
from sglint.parse.text import Failure, Text
from sglint.source import Source
from sglint.template import Entry, List, Mapping, Node, Scalar, TemplateDocument


def parse(source: Source) -> TemplateDocument:
    """
    Return what the template says; JSON is known by its first sign, whatever the file is called.
    """
    content = source.text.removeprefix("\ufeff")
    text = Text(source.path, content)
    if not content.lstrip(" \t\r\n").startswith("{"):
        return _document(text, _yaml(text))
    body = _json(text)
    if any(problem.hides for problem in text.problems):
        flow = Text(source.path, content)
        braces = _yaml(flow)
        if not any(problem.hides for problem in flow.problems):
            return _document(flow, braces)
    return _document(text, body)


def _document(text: Text, body: Mapping | None) -> TemplateDocument:
    problems = sorted(text.problems, key=lambda problem: problem.order)
    return TemplateDocument(text.path, body, tuple(text.comments), tuple(problems))


def _yaml(text: Text) -> Mapping | None:
    from sglint.parse import yaml

    return yaml.read(text)


def _json(text: Text) -> Mapping | None:
    """
    Return the object that the text is; after an error, the sections and their entries that are complete.
    """
    root = json.read(text)
    if not isinstance(root, Object):
        return None
    if any(problem.hides for problem in text.problems):
        root = _complete(root)
    try:
        entries = _Converter(text).entries(root)
    except Failure as failure:
        text.problem(failure.message, failure.start, failure.end, failure.hint)
        return None
    return Mapping(entries, text.span(root.start, root.end))


def _complete(root: Object) -> Object:
    """
    Return the object without the last entry of its last section, in which the reading stopped.
    """
    members = root.members[:-1]
    for key, value in root.members[-1:]:
        if isinstance(value, Object):
            members += ((key, Object(value.members[:-1], value.start, value.end)),)
    return Object(members, root.start, root.end)


class _Converter:
    """
    Turns JSON values into the nodes of a template, and counts them.
    """

    def __init__(self, text: Text) -> None:
        self.text, self.content, self.nodes = text, text.content, 0

    def entries(self, node: Object) -> tuple[Entry, ...]:
        """
        Return the members of an object, of those with one key the last.
        """
        word, inner = self.text.word, self.node
        found = [Entry(str(key.value), inner(value), word(key.start, key.end)) for key, value in node.members]
        return unique(self.text, found)

    def node(self, node: Json) -> Node:
        """
        Return the node that a value is.
        """
        self.nodes += 1
        if self.nodes > NODES:
            raise Failure(f"more than {NODES} values", node.start, node.end, "split the template")
        start, end = node.start, node.end
        if isinstance(node, json.Scalar):
            text = node.value if isinstance(node.value, str) else self.content[start:end]
            return Scalar(node.value, text, self.text.word(start, end))
        span = self.text.span(start, end)
        if isinstance(node, Object):
            return meaning(Mapping(self.entries(node), span))
        return List(tuple(self.node(item) for item in node.items), span)
