"""
The tree that tree-sitter makes of an expression's skeleton, as the types of `syntax`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import InvalidOperation
from functools import cache

from tree_sitter import Language, Node, Parser

from sglint.parse.json import exact
from sglint.parse.skeleton import PREFIX, Skeleton, end_of, offset, squeezed
from sglint.parse.text import DEPTH, Failure, Text, shown
from sglint.syntax import (
    Binary,
    Call,
    Conditional,
    Expr,
    ForObject,
    ForTuple,
    GetAttr,
    Index,
    Literal,
    ObjectExpr,
    Splat,
    SplatItem,
    TupleExpr,
    Unary,
    Variable,
)

_SIMPLE = re.compile(r"\s*(?:([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)|([0-9]+(?:\.[0-9]+)?))\s*\Z")
_STRING = re.compile(r'\s*"_*"\s*\Z')
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_OPERATORS = frozenset({"*", "/", "%", "+", "-", "<", "<=", ">", ">=", "==", "!=", "&&", "||"})


@cache
def _parser() -> Parser:
    import tree_sitter_hcl

    return Parser(Language(tree_sitter_hcl.language()))


def translate(skeleton: Skeleton, depth: int, *, alone: bool) -> tuple[Expr, int, int | None]:
    """
    Return the expression, how many levels it has outside of its strings, and where a second argument starts on its line.

    With `alone` nothing may follow the expression.
    """
    simple = _simple(skeleton)
    if simple is not None:
        return simple, 1 if not isinstance(simple, GetAttr) else skeleton.plain.count(".") + 1, None
    skeleton.budget = DEPTH - depth
    root = _parser().parse(PREFIX + squeezed(skeleton).encode("ascii", "replace")).root_node
    body = root.children[0] if root.children else root
    if root.has_error or body.type != "body":
        raise _error(skeleton, root)
    first, *others = body.children
    value = first.children[-1]
    if others and alone:
        at = offset(skeleton, others[0].start_byte)
        raise Failure(f"unexpected {shown(skeleton.text, at)}", at, at + 1, "one expression is expected here", end_of(skeleton))
    expr = _expression(skeleton, value, 1)
    return expr, skeleton.deepest, offset(skeleton, others[0].start_byte) if others else None


def _simple(skeleton: Skeleton) -> Expr | None:
    """
    Return the expression when it is plain enough to need no grammar: a string, a name with attributes, a number.
    """
    plain = skeleton.plain
    if _STRING.match(plain):
        return skeleton.strings[skeleton.start + plain.index('"')].expr
    found = _SIMPLE.match(plain)
    if found is None or plain.count(".") >= DEPTH:
        return None
    content = skeleton.text.content
    if found[2] is not None:
        start, end = found.start(2) + skeleton.start, found.end(2) + skeleton.start
        return _number(skeleton, content[start:end], start, end)
    start, end = found.start(1) + skeleton.start, found.end(1) + skeleton.start
    return named(skeleton.text, content[start:end], start)


def named(text: Text, written: str, start: int) -> Expr | None:
    """
    Return a name with its attributes, or a constant; None for an attribute of a constant.
    """
    names, span = written.split("."), text.word
    at = start + len(names[0])
    if len(names) == 1 and names[0] in _CONSTANTS:
        return Literal(_CONSTANTS[names[0]], span(start, at))
    if names[0] in _CONSTANTS:
        return None
    expr: Expr = Variable(names[0], span(start, at))
    for name in names[1:]:
        at += len(name) + 1
        expr = GetAttr(expr, name, span(start, at))
    return expr


def _error(skeleton: Skeleton, root: Node) -> Failure:
    """
    Return what is wrong at the first place that does not fit the grammar.
    """
    node = root
    while True:
        inner = next((child for child in node.children if child.has_error or child.is_error or child.is_missing), None)
        if inner is None:
            break
        node = inner
    at = max(offset(skeleton, node.start_byte), skeleton.start)
    plain = skeleton.plain
    while at < end_of(skeleton) and plain[at - skeleton.start].isspace():
        at += 1
    if node.is_missing:
        message = f"expected {'a name' if node.type == 'identifier' else node.type} before {shown(skeleton.text, at)}"
    elif at >= end_of(skeleton):
        message = f"the expression is not complete before {shown(skeleton.text, at)}"
    else:
        message = f"unexpected {shown(skeleton.text, at)} in an expression"
    return Failure(message, at, min(at + 1, end_of(skeleton)), "see what stands before and after it", end_of(skeleton))


def _expression(skeleton: Skeleton, node: Node, level: int) -> Expr:
    children = node.children
    if node.type in ("expression", "operation"):
        if len(children) == 1 and children[0].type in _COMPOUND:
            return _compound(skeleton, children[0], level)
        return _term(skeleton, children, level)
    return _term(skeleton, [node], level)


def _enter(skeleton: Skeleton, node: Node, level: int) -> None:
    if level > skeleton.budget:
        at = offset(skeleton, node.start_byte)
        message = f"nested more than {DEPTH} levels"
        raise Failure(message, at, at + 1, "split it into several locals", end_of(skeleton))
    skeleton.deepest = max(skeleton.deepest, level)


def _compound(skeleton: Skeleton, node: Node, level: int) -> Expr:
    _enter(skeleton, node, level)
    children = [child for child in node.children if child.type != "comment"]
    kind = node.type
    if kind == "operation":
        return _compound(skeleton, children[0], level)
    span = skeleton.text.span(offset(skeleton, node.start_byte), offset(skeleton, node.end_byte))
    if kind == "conditional":
        return _conditional(skeleton, node, level)
    if kind == "unary_operation":
        return Unary(children[0].type, _side(skeleton, children[1:], level + 1), span)
    at = next(index for index, child in enumerate(children) if child.type in _OPERATORS)
    left = _side(skeleton, children[:at], level + 1)
    return Binary(children[at].type, left, _side(skeleton, children[at + 1 :], level + 1), span)


def _conditional(skeleton: Skeleton, node: Node, level: int) -> Expr:
    """
    Return `a ? b : c ? d : e` as Terraform groups it, `a ? b : (c ? d : e)`; the grammar groups it the other way.
    """
    branches: list[tuple[Expr, Expr]] = []
    while True:
        parts = [child for child in node.children if child.type != "comment"]
        yes, no = (_expression(skeleton, parts[index], level + 1) for index in (2, 4))
        branches.append((yes, no))
        first = parts[0].children
        if len(first) != 1 or first[0].type != "conditional":
            break
        node = first[0]
        _enter(skeleton, node, level + len(branches))
    test = _expression(skeleton, parts[0], level + 1)
    branches.reverse()
    tests = [test, *(no for _, no in branches[:-1])]
    result = branches[-1][1]
    for condition, (yes, _) in zip(reversed(tests), reversed(branches), strict=True):
        result = Conditional(condition, yes, result, condition.span.until(result.span))
    return result


_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)
_COMPOUND = frozenset({"operation", "conditional", "unary_operation", "binary_operation"})


def _side(skeleton: Skeleton, nodes: Sequence[Node], level: int) -> Expr:
    if len(nodes) == 1 and nodes[0].type in _COMPOUND:
        return _compound(skeleton, nodes[0], level)
    return _term(skeleton, nodes, level)


def _term(skeleton: Skeleton, nodes: Sequence[Node], level: int) -> Expr:
    """
    Return a primary expression with everything that is postfixed to it.
    """
    _enter(skeleton, nodes[0], level)
    start = offset(skeleton, nodes[0].start_byte)
    if nodes[0].type == "(":
        expr, rest = _expression(skeleton, nodes[1], level + 1), nodes[3:]
    else:
        expr, rest = _primary(skeleton, nodes[0], level), nodes[1:]
    if not rest:
        return expr
    steps: list[Node] = []
    for node in rest:
        steps.extend(_steps(node))
    number = nodes[0].type == "literal_value" and nodes[0].children[0].type == "numeric_lit"
    if number and steps[0].type == "legacy_index":
        raise Failure(
            f"unexpected {shown(skeleton.text, start)} with a second point", start, start + 1, resume=end_of(skeleton)
        )
    if len(steps) + level > skeleton.budget:
        _enter(skeleton, nodes[0], len(steps) + level)
    skeleton.deepest = max(skeleton.deepest, len(steps) + level)
    return _postfix(skeleton, expr, steps, start, level + 1)


def _steps(node: Node) -> list[Node]:
    """
    Return the postfix operators in `node` in the order written, splats before what they were given.
    """
    found: list[Node] = []
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if each.type in ("splat", "index", "attr_splat", "full_splat"):
            waiting.extend(reversed(each.children))
        elif each.type in ("get_attr", "new_index", "legacy_index", ".*", "[*]"):
            found.append(each)
    return found


def _postfix(skeleton: Skeleton, expr: Expr, steps: list[Node], start: int, level: int) -> Expr:
    """
    Apply the postfix operators: after `[*]` all of them belong to each element, after `.*` only attributes and `.0` do.
    """
    splats: list[tuple[Expr, int]] = []
    attributes_only: tuple[Expr, int] | None = None
    legacy = False
    for step in steps:
        end = offset(skeleton, step.end_byte)
        span = skeleton.text.span(start, end)
        if attributes_only is not None and step.type == ".*":
            raise Failure("unexpected .* inside of another .*", start, end, "write [*]", end_of(skeleton))
        if attributes_only is not None and step.type not in ("get_attr", "legacy_index"):
            expr = Splat(attributes_only[0], expr, skeleton.text.span(start, attributes_only[1]))
            attributes_only = None
        if step.type == "get_attr":
            name = step.children[-1]
            expr = GetAttr(expr, _written(skeleton, name), span)
        elif step.type == "legacy_index":
            expr = _legacy(skeleton, expr, step, start, again=legacy)
        elif step.type == "new_index":
            expr = Index(expr, _expression(skeleton, step.children[1], level), span)
        elif step.type == "[*]":
            splats.append((expr, end))
            expr = SplatItem(skeleton.text.span(offset(skeleton, step.start_byte), end))
        else:
            attributes_only = (expr, end)
            expr = SplatItem(skeleton.text.span(offset(skeleton, step.start_byte), end))
        legacy = step.type == "legacy_index"
        if attributes_only is not None:
            attributes_only = (attributes_only[0], end)
    last = offset(skeleton, steps[-1].end_byte)
    if attributes_only is not None:
        expr = Splat(attributes_only[0], expr, skeleton.text.span(start, attributes_only[1]))
    for source, _ in reversed(splats):
        expr = Splat(source, expr, skeleton.text.span(start, last))
    return expr


def _legacy(skeleton: Skeleton, expr: Expr, step: Node, start: int, *, again: bool) -> Expr:
    at, end = offset(skeleton, step.start_byte), offset(skeleton, step.end_byte)
    written = skeleton.text.content[at:end].lstrip(".").strip()
    if again or not (written.isascii() and written.isdigit()):
        hint = "write [0][1] for an element of an element"
        raise Failure(f"unexpected {written or '.'} after .", at, end, hint, end_of(skeleton))
    key = _number(skeleton, written, end - len(written), end)
    return Index(expr, key, skeleton.text.span(start, end))


def _number(skeleton: Skeleton, written: str, start: int, end: int) -> Literal:
    try:
        return Literal(exact(written), skeleton.text.span(start, end))
    except InvalidOperation:
        hint = "write a smaller exponent"
        raise Failure(f"{written[:20]}... is too large a number", start, end, hint, end_of(skeleton)) from None


def _written(skeleton: Skeleton, node: Node) -> str:
    return skeleton.text.content[offset(skeleton, node.start_byte) : offset(skeleton, node.end_byte)]


def _primary(skeleton: Skeleton, node: Node, level: int) -> Expr:
    kind = node.type
    start, end = offset(skeleton, node.start_byte), offset(skeleton, node.end_byte)
    if kind == "variable_expr":
        if "::" in _written(skeleton, node):
            raise Failure("expected ( after the name of a function", start, end, "call it", end_of(skeleton))
        return Variable(_written(skeleton, node), skeleton.text.span(start, end))
    if start in skeleton.strings:
        return skeleton.strings[start].expr
    span = skeleton.text.span(start, end)
    if kind == "literal_value":
        written = _written(skeleton, node)
        if written not in _CONSTANTS and not _NUMBER.fullmatch(written):
            raise Failure(f"{written[:60]} is no number", start, end, resume=end_of(skeleton))
        return Literal(_CONSTANTS[written], span) if written in _CONSTANTS else _number(skeleton, written, start, end)
    if kind in ("collection_value", "for_expr", "expression"):
        inner = node.children[0]
        if inner.type == "tuple":
            items = tuple(_expression(skeleton, item, level + 1) for item in inner.children if item.type == "expression")
            return TupleExpr(items, span)
        if inner.type == "object":
            return ObjectExpr(_items(skeleton, inner, level), span)
        if inner.type in ("for_tuple_expr", "for_object_expr"):
            return _for(skeleton, inner, level)
        return _term(skeleton, node.children, level)
    if kind == "function_call":
        return _call(skeleton, node, level)
    raise Failure(f"unexpected {shown(skeleton.text, start)} in an expression", start, end, resume=end_of(skeleton))


def _items(skeleton: Skeleton, node: Node, level: int) -> tuple[tuple[Expr, Expr], ...]:
    """
    Return the items of an object; two of them without a comma or line end between them are a problem that hides nothing.
    """
    items: list[tuple[Expr, Expr]] = []
    previous = ""
    for child in node.children:
        if child.type == "object_elem":
            if previous == "object_elem":
                at = offset(skeleton, child.start_byte)
                name = shown(skeleton.text, at)
                message = f"expected a comma or a new line before {name}"
                skeleton.text.problem(message, at, at + 1, "separate the items of an object", hides=False)
            key, value = (part for part in child.children if part.type == "expression")
            items.append((_key(skeleton, key, level + 1), _expression(skeleton, value, level + 1)))
        previous = child.type
    return tuple(items)


def _key(skeleton: Skeleton, node: Node, level: int) -> Expr:
    """
    Return the key of an item: a bare name stands for itself.
    """
    key = _expression(skeleton, node, level)
    if node.children[0].type == "(":
        return key
    if isinstance(key, Variable):
        return Literal(key.name, key.span)
    if isinstance(key, Literal) and (key.value is None or isinstance(key.value, bool)):
        return Literal({None: "null", True: "true", False: "false"}[key.value], key.span)
    return key


def _call(skeleton: Skeleton, node: Node, level: int) -> Expr:
    name = "".join(_written(skeleton, child) for child in node.children if child.type in ("identifier", "::"))
    arguments: list[Expr] = []
    expand = False
    for child in node.children:
        if child.type == "function_arguments":
            arguments = [_expression(skeleton, each, level + 1) for each in child.children if each.type == "expression"]
            expand = any(each.type == "ellipsis" for each in child.children)
    span = skeleton.text.span(offset(skeleton, node.start_byte), offset(skeleton, node.end_byte))
    return Call("".join(name.split()), tuple(arguments), expand, span)


def _for(skeleton: Skeleton, node: Node, level: int) -> Expr:
    span = skeleton.text.span(offset(skeleton, node.start_byte), offset(skeleton, node.end_byte))
    intro = next(child for child in node.children if child.type == "for_intro")
    names = [_written(skeleton, child) for child in intro.children if child.type == "identifier"]
    key, value = names if len(names) == 2 else ("", names[0])
    collection = next(child for child in intro.children if child.type == "expression")
    over = _expression(skeleton, collection, level + 1)
    results = [_expression(skeleton, child, level + 1) for child in node.children if child.type == "expression"]
    cond = next((child for child in node.children if child.type == "for_cond"), None)
    test = _expression(skeleton, cond.children[-1], level + 1) if cond is not None else None
    if node.type == "for_tuple_expr":
        return ForTuple(key, value, over, results[0], test, span)
    grouped = any(child.type == "ellipsis" for child in node.children)
    return ForObject(key, value, over, results[0], results[1], grouped, test, span)
