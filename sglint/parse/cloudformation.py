"""
A CloudFormation template, written in YAML or JSON, as one tree.
"""

from __future__ import annotations

from sglint.parse import json
from sglint.parse.intrinsic import NODES, meaning, unique
from sglint.parse.json import Json, Object
from sglint.parse.text import Text
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
    root = json.read(text, NODES)
    if not isinstance(root, Object):
        return None
    if any(problem.hides for problem in text.problems):
        root = _complete(root)
    return Mapping(_entries(text, root), text.span(root.start, root.end))


def _complete(root: Object) -> Object:
    """
    Return the object without the last entry of its last section, in which the reading stopped.
    """
    members = root.members[:-1]
    for key, value in root.members[-1:]:
        if isinstance(value, Object):
            members += ((key, Object(value.members[:-1], value.start, value.end)),)
    return Object(members, root.start, root.end)


def _entries(text: Text, node: Object) -> tuple[Entry, ...]:
    """
    Return the members of an object, of those with one key the last.
    """
    word = text.word
    found = [Entry(str(key.value), _node(text, value), word(key.start, key.end)) for key, value in node.members]
    return unique(text, found)


def _node(text: Text, node: Json) -> Node:
    """
    Return the node that a value is.
    """
    start, end = node.start, node.end
    if isinstance(node, json.Scalar):
        written = node.value if isinstance(node.value, str) else text.content[start:end]
        return Scalar(node.value, written, text.word(start, end))
    span = text.span(start, end)
    if isinstance(node, Object):
        return meaning(Mapping(_entries(text, node), span))
    return List(tuple(_node(text, item) for item in node.items), span)
