"""
What a parameter's declaration makes of the value that is given for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from sglint.evaluate.cloudformation.parameters import Given
from sglint.evaluate.cloudformation.text import known_text, shortened, split, text_of
from sglint.frozen import frozen
from sglint.source import Problem, Span
from sglint.template import Entry, List, Mapping, Node, Scalar
from sglint.value import Ref, Seq, Unknown, Value

_SSM = "AWS::SSM::Parameter::Value<"
_FEW = 16
"""A range of so many whole numbers bounds an unknown parameter."""
_SECONDS = 0.5
"""How long an AllowedPattern may take."""


@frozen
class Declared:
    """
    A parameter: its type, the texts that it is limited to (none: no limit), and the place of its name.
    """

    name: str
    type: str
    allowed: tuple[str, ...]
    body: Mapping
    span: Span

    @property
    def many(self) -> bool:
        """
        Whether its value is a list.
        """
        return self.type.startswith("List<") or self.type == "CommaDelimitedList"

    def unknown(self, why: str) -> Unknown:
        """
        Return the value when it is not known.
        """
        return Unknown(why, self.span, () if self.many else self.allowed)


def read_parameter(entry: Entry) -> tuple[Declared, tuple[Problem, ...]]:
    """
    Return the declaration of a parameter, and what is wrong with it.
    """
    body = entry.value if isinstance(entry.value, Mapping) else Mapping((), entry.value.span)
    kind = body.get("Type")
    if not isinstance(kind, Scalar) or not kind.text:
        problem = Problem(f"parameter {entry.key} has no Type", entry.span, "every parameter needs one")
        return Declared(entry.key, "String", (), body, entry.span), (problem,)
    allowed = () if kind.text.startswith(_SSM) else tuple(_texts(body.get("AllowedValues")))
    if not allowed and kind.text == "Number":
        allowed = _range(_number(body, "MinValue"), _number(body, "MaxValue"))
    return Declared(entry.key, kind.text, allowed, body, entry.span), ()


def value_of(declared: Declared, given: Given | None, *, defaults: bool) -> tuple[Value, Problem | None]:
    """
    Return the value of a parameter, and why AWS would refuse what is given for it.
    """
    name = declared.name
    hidden = declared.body.get("NoEcho")
    if isinstance(hidden, Scalar) and hidden.text.lower() == "true":
        return declared.unknown(f"parameter {name} has NoEcho"), None
    default = declared.body.get("Default")
    if given is None and (default is None or not defaults):
        why = f"parameter {name} has no default" if default is None else f"the default of parameter {name} is not used"
        return declared.unknown(why), None
    value, span = (
        (given.value, given.span) if given is not None else (_text(default), None if default is None else default.span)
    )
    if declared.type.startswith(_SSM):
        shown = known_text(value)
        return declared.unknown(f"parameter {name} is read from the SSM parameter {shown or 'that is given for it'}"), None
    value = _typed(declared, value)
    texts = [known_text(item) for item in (value.items if isinstance(value, Seq) else (value,))]
    wrong = next((why for text in texts if text is not None for why in _refusals(declared, text)), None)
    if wrong is None:
        return value, None
    problem = Problem(wrong, span or declared.span, _text(declared.body.get("ConstraintDescription")) or "give another value")
    return declared.unknown(wrong), problem


def _typed(declared: Declared, value: Value) -> Value:
    """Return the value as the type has it: a list for a list's text, a text for everything else."""
    value = text_of(value)
    if not declared.many:
        if isinstance(value, Seq):
            return declared.unknown(f"parameter {declared.name} is no list, and a list is given for it")
        return _bounded(declared, value)
    if isinstance(value, str):
        value = split(",", value)
    if isinstance(value, Seq):
        return Seq(tuple(item.strip() if type(item) is str else item for item in value.items), "list")
    if isinstance(value, Unknown) and value.among:
        among = tuple(_typed(declared, item) for item in value.among)
        return Unknown(value.why, value.span, among, refs=value.refs)
    return value


def _bounded(declared: Declared, value: Value) -> Value:
    """Return an unknown value with what the declaration limits it to, if nothing else does."""
    if isinstance(value, Unknown) and not value.among and declared.allowed:
        return Unknown(value.why, value.span, declared.allowed, refs=value.refs)
    return value


def _refusals(declared: Declared, text: str) -> Iterator[str]:
    """Yield why AWS would refuse the text as the parameter's value, or as an item of it."""
    name = declared.name
    shown = shortened(text)
    listed = tuple(_texts(declared.body.get("AllowedValues")))
    if listed and text not in listed:
        yield f"parameter {name} must be one of {_listed(listed)}, not {shown!r}"
    if declared.type in ("Number", "List<Number>"):
        yield from _number_refusals(declared, text, shown)
    pattern = declared.body.get("AllowedPattern")
    if isinstance(pattern, Scalar) and not _matches(pattern.text, text):
        yield f"parameter {name} must match {pattern.text}, and {shown!r} does not"
    if declared.type == "String":
        least, most = _number(declared.body, "MinLength"), _number(declared.body, "MaxLength")
        if least is not None and len(text) < least:
            yield f"parameter {name} needs at least {least} characters, and {shown!r} has {len(text)}"
        if most is not None and len(text) > most:
            yield f"parameter {name} can have {most} characters, and {shown!r} has {len(text)}"


def _number_refusals(declared: Declared, text: str, shown: str) -> Iterator[str]:
    try:
        number = Decimal(text)
    except InvalidOperation:
        yield f"parameter {declared.name} must be a number, not {shown!r}"
        return
    least, most = _number(declared.body, "MinValue"), _number(declared.body, "MaxValue")
    if least is not None and not number >= least:
        yield f"parameter {declared.name} must be at least {least}, not {shown}"
    if most is not None and not number <= most:
        yield f"parameter {declared.name} must be at most {most}, not {shown}"


def _matches(pattern: str, text: str) -> bool:
    """
    Return whether the text matches; a pattern that Python does not understand, or that takes too long, matches all.

    AWS reads a class inside a class as one more part of it, and Python as the character `[`: what one of the two ways of
    reading lets through is not refused.
    """
    import regex

    try:
        return any(regex.fullmatch(pattern, text, how, timeout=_SECONDS) is not None for how in (regex.V0, regex.V1))
    except (regex.error, TimeoutError, RecursionError, OverflowError):
        return True


def _range(least: Decimal | None, most: Decimal | None) -> tuple[str, ...]:
    if least is None or most is None or least % 1 or most % 1 or not 0 <= most - least < _FEW:
        return ()
    return tuple(str(number) for number in range(int(least), int(most) + 1))


def _number(body: Mapping, key: str) -> Decimal | None:
    node = body.get(key)
    try:
        number = Decimal(node.text) if isinstance(node, Scalar) else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() and abs(number) < 10**18 else None


def _texts(node: Node | None) -> Iterator[str]:
    for item in node.items if isinstance(node, List) else ():
        if isinstance(item, Scalar):
            yield _text(item)


def _text(node: Node | None) -> str:
    """Return the text of a scalar as CloudFormation has it; the items of a list with commas between them."""
    if isinstance(node, List):
        return ",".join(_texts(node))
    if not isinstance(node, Scalar):
        return ""
    return scalar_text(node)


def scalar_text(node: Scalar) -> str:
    """
    Return what a scalar is as a text: a string's content, a number as written, `true` and `false`.
    """
    if isinstance(node.value, str):
        return node.value
    if isinstance(node.value, bool):
        return "true" if node.value else "false"
    return "" if node.value is None else node.text


def _listed(texts: Sequence[str]) -> str:
    shown = [repr(text) for text in texts[:8]]
    return ", ".join(shown) + (", ..." if len(texts) > 8 else "")


def pseudo(name: str, values: dict[str, Value]) -> Value:
    """
    Return a pseudo parameter, from these values or from what the region tells.
    """
    if name in values:
        value = values[name]
        return split(",", value) if name == "AWS::NotificationARNs" and isinstance(value, str) else value
    region = known_text(values.get("AWS::Region"))
    if region is not None and name in ("AWS::Partition", "AWS::URLSuffix"):
        derived = _by_region(region)[name == "AWS::URLSuffix"]
        if derived:
            return derived
    return Unknown(f"{name} is known only at deployment", refs=(Ref(name),) if name == "AWS::StackId" else ())


def _by_region(region: str) -> tuple[str, str]:
    """Return the partition and the suffix of URLs of a region, empty when they cannot be told from its name."""
    if region.startswith("cn-"):
        return "aws-cn", "amazonaws.com.cn"
    if region.startswith("us-gov-"):
        return "aws-us-gov", "amazonaws.com"
    area = region.partition("-")[0]
    return ("aws", "amazonaws.com") if len(area) == 2 and "-iso" not in region else ("", "")
