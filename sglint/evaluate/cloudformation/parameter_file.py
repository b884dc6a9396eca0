"""
Files of parameters: the shapes that the AWS command line, CodePipeline and people use, as JSON or YAML.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sglint.evaluate.cloudformation.declared import scalar_text
from sglint.evaluate.cloudformation.parameters import Given, as_text
from sglint.parse import parse_cloudformation
from sglint.source import Problem, Source, Span
from sglint.template import Entry, List, Mapping, Node, Scalar

_SHAPES = 'write {"Name": "value"}, {"Parameters": {"Name": "value"}} or [{"ParameterKey": "Name", "ParameterValue": "value"}]'


def read_parameters(source: Source) -> tuple[dict[str, Given], tuple[Problem, ...]]:
    """
    Return the values that a file gives for parameters, and what is wrong in it.
    """
    lifted = _lifted(source)
    document = parse_cloudformation(lifted or source)
    lines = 0 if lifted is None else 1
    problems = [_up(problem, lines) for problem in document.problems]
    if document.body is None:
        if all("emplate" in problem.hint for problem in problems):
            problems = [Problem(f"{source.path} gives no parameters", Span(source.path, 1, 1, 1, 1), _SHAPES)]
        return {}, tuple(problems)
    found: dict[str, Given] = {}
    for item in _items(document.body):
        if isinstance(item, Problem):
            problems.append(_up(item, lines))
        else:
            found[item[0]] = replace(item[1], span=_higher(item[1].span, lines))
    return found, tuple(problems)


def _lifted(source: Source) -> Source | None:
    """Return a file whose top is a list as one whose top is a map; all its lines move down by one."""
    start = next((line.strip() for line in source.text.splitlines() if line.strip() and not line.lstrip().startswith("#")), "")
    if start.startswith("["):
        return Source(source.path, f'{{"Parameters":\n{source.text}}}')
    if start.startswith("- ") or start == "-":
        return Source(source.path, f"Parameters:\n{source.text}")
    return None


def _higher(span: Span | None, lines: int) -> Span | None:
    if span is None:
        return None
    return replace(span, line=max(span.line - lines, 1), end_line=max(span.end_line - lines, 1))


def _up(problem: Problem, lines: int) -> Problem:
    return replace(problem, span=_higher(problem.span, lines))


def _items(body: Mapping) -> Iterator[tuple[str, Given] | Problem]:
    inner = body.get("Parameters")
    if isinstance(inner, List):
        for item in inner.items:
            yield from _pair(item)
    elif isinstance(inner, Mapping):
        for entry in inner:
            yield _named(entry)
    else:
        for entry in body:
            yield _named(entry)


def _pair(node: Node) -> Iterator[tuple[str, Given] | Problem]:
    if isinstance(node, Scalar) and "=" in node.text:
        name, _, text = node.text.partition("=")
        yield name.strip(), Given(text, node.span)
        return
    key = node.get("ParameterKey") if isinstance(node, Mapping) else None
    if not isinstance(node, Mapping) or not isinstance(key, Scalar) or not key.text:
        yield Problem("an item of the parameters has no ParameterKey", node.span, _SHAPES)
        return
    value = node.get("ParameterValue")
    if value is not None:
        yield _value(key.text, value)
        return
    previous = node.get("UsePreviousValue")
    if isinstance(previous, Scalar) and previous.text.lower() == "true":
        yield Problem(f"the previous value of parameter {key.text} is not known here", node.span, "write it", hides=False)
    else:
        yield Problem(f"parameter {key.text} has no ParameterValue", node.span, _SHAPES)


def _named(entry: Entry) -> tuple[str, Given] | Problem:
    return _value(entry.key, entry.value)


def _value(name: str, node: Node) -> tuple[str, Given] | Problem:
    if isinstance(node, Scalar) and node.value is not None:
        return name, Given(scalar_text(node), node.span)
    if isinstance(node, List) and all(isinstance(item, Scalar) for item in node.items):
        texts = tuple(scalar_text(item) for item in node.items if isinstance(item, Scalar))
        return name, Given(as_text(texts), node.span)
    return Problem(f"the value of parameter {name} is neither a text nor a list of texts", node.span, _SHAPES)
