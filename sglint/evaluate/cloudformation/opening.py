"""
The beginning of a stack: its parameters get their values, its loops are written out.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from sglint.evaluate.cloudformation.declared import pseudo, read_parameter, value_of
from sglint.evaluate.cloudformation.expressions import TRANSFORM, evaluate
from sglint.evaluate.cloudformation.foreach import expand
from sglint.evaluate.cloudformation.parameters import Given
from sglint.evaluate.cloudformation.references import PSEUDO
from sglint.evaluate.cloudformation.scenario import Undecided
from sglint.evaluate.cloudformation.serverless import with_defaults
from sglint.evaluate.cloudformation.stack import Run, Stack
from sglint.evaluate.cloudformation.template import Template
from sglint.evaluate.cloudformation.text import known_text
from sglint.evaluate.terraform.error import EvaluationError
from sglint.frozen import frozen
from sglint.source import Span
from sglint.template import Entry
from sglint.template import Mapping as MappingNode
from sglint.value import Unknown, Value


@frozen
class Place:
    """
    Where a stack stands: before its addresses, the stacks around it, and what decides whether it exists.
    """

    prefix: str = ""
    callers: tuple[Span, ...] = ()
    maybe: Unknown | None = None
    above: tuple[str, ...] = ()


def open_stack(run: Run, template: Template, given: Mapping[str, Given], around: dict[str, Value], place: Place) -> Stack:
    """
    Return the stack that the template makes with these values; `around` are the pseudo parameters that are known.
    """
    values = {name: pseudo(name, around) for name in PSEUDO}
    run.problems.update(dict.fromkeys(template.problems))
    for name, entry in template.parameters.items():
        declared, problems = read_parameter(entry)
        values[name], refusal = value_of(declared, given.get(name), defaults=run.parameters.defaults)
        run.problems.update(dict.fromkeys(problems if refusal is None else (*problems, refusal)))
    stack = Stack(run, template, values, place.prefix, place.callers, place.maybe, (*place.above, template.real))
    stack.conditions = _written(stack, template.conditions)
    stack.resources = _written(stack, template.resources)
    stack.outputs = _written(stack, template.outputs)
    if template.serverless:
        stack.resources = {name: with_defaults(entry, template.defaults) for name, entry in stack.resources.items()}
    return stack


def _written(stack: Stack, section: MappingNode) -> dict[str, Entry]:
    """Return the entries of a section with its loops written out."""
    found: dict[str, Entry] = {}
    try:
        for entry in expand(stack, section, evaluate):
            if entry.key == TRANSFORM:
                what = "what Fn::Transform puts here is not seen"
                stack.run.problem(what, entry.span, "write it into the template")
            else:
                found[entry.key] = entry
    except Undecided:
        message = "a loop whose collection a condition decides is not written out"
        stack.run.problem(message, section.span, "give the parameters that decide it with --parameter")
    except EvaluationError as error:
        stack.run.problem(error.message, error.span or section.span)
    return found


def open_root(run: Run, template: Template, name: str = "", prefix: str = "") -> Stack:
    """
    Return the stack that a root template makes; `name` is what the stack is called where that is known.
    """
    given = {name: Given(text) for name, text in deployed(run, template).items()} | run.parameters.of(template.path)
    around = {key: one.value for key, one in given.items() if key.startswith("AWS::")}
    around.update({key: text for key, text in (("AWS::StackName", stack_name(run, template, name)),) if text})
    return open_stack(run, template, given, around, Place(prefix))


def stack_name(run: Run, template: Template, name: str = "") -> str:
    """
    Return what the stack of a root template is called: as the configuration says, or `name`, empty when that is not known.
    """
    said = run.parameters.of(template.path).get("AWS::StackName")
    own = known_text(said.value) if said is not None else deployed(run, template).get("AWS::StackName")
    return run.parameters.stacks.get(template.path) or own or name


def deployed(run: Run, template: Template) -> dict[str, str]:
    """
    Return what a cloud assembly says that a template is deployed with, nothing when it is not in one.
    """
    assembly = run.templates.assembly(template.real)
    return {} if assembly is None else assembly.stacks.get(posixpath.basename(template.real), {})
