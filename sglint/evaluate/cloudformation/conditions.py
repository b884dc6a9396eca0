"""
Conditions: whether they hold in a scenario, and which values of their variables are worth telling apart.

A variable is a parameter that has no value, or an expression of which too little is known, by its text. A comparison asks for
the variables that it depends on (`scenario.Undecided`); nothing is asked for that does not decide anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from sglint.evaluate.cloudformation.domain import domains, key_of, variables_in
from sglint.evaluate.cloudformation.scenario import Other, Token, Undecided
from sglint.evaluate.cloudformation.stack import Stack
from sglint.evaluate.cloudformation.text import Pieces, known_text
from sglint.evaluate.terraform.error import EvaluationError
from sglint.evaluate.terraform.unknown import is_identity
from sglint.source import Span
from sglint.template import Intrinsic, List, Mapping, Node, Scalar
from sglint.value import Map, Ref, Seq, Unknown, Value

Evaluate: TypeAlias = Callable[[Stack, Node], Value]


def truth(stack: Stack, name: str, span: Span, evaluate: Evaluate) -> bool | None:
    """
    Return whether the condition holds in the stack's scenario, None when that is open and scenarios are not told apart.

    Raises Undecided when it depends on a variable that has no value in the scenario.
    """
    scenario = stack.scenario
    if name in scenario.decided:
        holds, reads = scenario.decided[name]
        scenario.reads |= reads
        return holds
    if name in scenario.pending:
        raise scenario.pending[name]
    entry = stack.conditions.get(name)
    if entry is None:
        raise EvaluationError(f"the template has no condition {name}", span)
    before, scenario.reads = scenario.reads, set()
    try:
        with stack.once(f"condition {name}"):
            result = test(stack, entry.value, evaluate)
    except EvaluationError as error:
        raise EvaluationError(error.message, error.span or entry.span) from None
    except Undecided as undecided:
        scenario.pending[name] = undecided
        raise
    finally:
        reads = frozenset(scenario.reads)
        scenario.reads = before | reads
    if result is not None:
        scenario.decided[name] = (result, reads)
    return result


def test(stack: Stack, node: Node, evaluate: Evaluate) -> bool | None:
    """
    Return what a condition's expression comes to.
    """
    stack.run.spend()
    if isinstance(node, Mapping) and len(node.entries) == 1 and node.entries[0].key == "Condition":
        node = Intrinsic("Condition", node.entries[0].value, node.span)
    if not isinstance(node, Intrinsic):
        raise EvaluationError("a condition is Fn::And, Fn::Or, Fn::Not, Fn::Equals or Condition", node.span)
    argument = node.argument
    if node.name == "Condition":
        if not isinstance(argument, Scalar):
            raise EvaluationError("Condition takes the name of a condition", node.span)
        return truth(stack, argument.text, argument.span, evaluate)
    items = argument.items if isinstance(argument, List) else ()
    if node.name in ("Fn::And", "Fn::Or"):
        if not items:
            raise EvaluationError(f"{node.name} takes a list of conditions", node.span)
        return _several(stack, items, evaluate, decisive=node.name == "Fn::Or")
    if node.name == "Fn::Not":
        if len(items) != 1:
            raise EvaluationError("Fn::Not takes a list of one condition", node.span)
        result = test(stack, items[0], evaluate)
        return None if result is None else not result
    if node.name == "Fn::Equals":
        if len(items) != 2:
            raise EvaluationError("Fn::Equals takes a list of two values", node.span)
        return _equals(stack, items[0], items[1], evaluate)
    raise EvaluationError(f"{node.name} is no condition", node.span)


def _several(stack: Stack, items: tuple[Node, ...], evaluate: Evaluate, *, decisive: bool) -> bool | None:
    """Return what And or Or come to: one item that is `decisive` decides, also when others ask for variables."""
    pending: Undecided | None = None
    unsure = False
    for item in items:
        try:
            result = test(stack, item, evaluate)
        except Undecided as undecided:
            pending = pending or undecided
            continue
        if result is decisive:
            return decisive
        unsure = unsure or result is None
    if pending is not None:
        raise pending
    return None if unsure else not decisive


def _equals(stack: Stack, left: Node, right: Node, evaluate: Evaluate) -> bool | None:
    if stack.domains is None:
        stack.domains = {}
        stack.domains = domains(stack, evaluate)
    values = [_comparable(stack, node, evaluate) for node in (left, right)]
    texts = [known_text(value) for value in values]
    if texts[0] is not None and texts[1] is not None:
        return texts[0] == texts[1]
    if isinstance(values[0], (Ref, Pieces)) and type(values[0]) is type(values[1]) and values[0] == values[1]:
        return True
    if any(text == "" and _never_empty(value) for text, value in zip(texts, reversed(values), strict=True)):
        return False
    tokens = [
        text if text is not None else _token(stack, node, value, texts[1 - number])
        for number, (node, value, text) in enumerate(zip((left, right), values, texts, strict=True))
    ]
    if tokens[0] is None or tokens[1] is None:
        return None
    return _same(stack, (key_of(left), tokens[0]), (key_of(right), tokens[1]))


def _same(stack: Stack, one: tuple[str, Token], other: tuple[str, Token]) -> bool:
    """Return whether two values are the same; what their variables do not tell is a variable itself."""
    if isinstance(other[1], Other) and not isinstance(one[1], Other):
        one, other = other, one
    (key, token), (name, against) = one, other
    if not isinstance(token, Other):
        return token == against
    if isinstance(against, Other):
        if token.group == against.group:
            return token.number == against.number
    elif against in (stack.domains or {}).get(key, ()) or (token.among and against not in token.among):
        return False
    variable = f"{key} = {name if isinstance(against, Other) else against}"
    result = stack.scenario.read(variable)
    if result is None:
        raise Undecided(variable, (True, False))
    return result is True


def _comparable(stack: Stack, node: Node, evaluate: Evaluate) -> Value:
    value = evaluate(stack, node)
    if value is None or isinstance(value, (Seq, Map)):
        raise EvaluationError("Fn::Equals compares texts, and this is none", node.span)
    return value


def _never_empty(value: Value) -> bool:
    if isinstance(value, Pieces):
        return any(isinstance(part, str) or (isinstance(part, Ref) and is_identity(part)) for part in value.parts)
    return isinstance(value, Ref) and is_identity(value)


def _token(stack: Stack, node: Node, value: Value, against: str | None) -> Token | None:
    """Return the value of an unknown side of a comparison in this scenario, None when scenarios are not told apart."""
    if stack.independent:
        return None
    known = stack.domains or {}
    for name in sorted(variables_in(node)):
        if name in known and stack.scenario.read(name) is None:
            raise Undecided(name, known[name])
    key = key_of(node)
    token = stack.scenario.read(key)
    if token is None:
        raise Undecided(key, known.get(key) or tuple(_domain(key, value, against)))
    return token


def _domain(key: str, value: Value, against: str | None) -> Iterator[Token]:
    """Yield what an expression that is not among the known variables can be."""
    known = [known_text(item) for item in value.among] if isinstance(value, Unknown) else []
    if known and None not in known:
        yield from (text for text in known if text is not None)
        return
    if against is not None:
        yield against
    yield Other(key)


def because(stack: Stack, name: str, variables: frozenset[str]) -> Unknown:
    """
    Return why a condition that depends on these variables is not decided.
    """
    for variable in sorted(variables):
        value = stack.values.get(variable)
        if isinstance(value, Unknown):
            return Unknown(f"condition {name} is not decided: {value.why}" if name else value.why, value.span)
    entry = stack.conditions.get(name)
    shown = next((variable for variable in sorted(variables)), "")
    what = f"condition {name}" if name else "a condition"
    why = f"{what} is not decided: it depends on {shown}" if shown else f"{what} is not decided"
    return Unknown(why, None if entry is None else entry.span)
