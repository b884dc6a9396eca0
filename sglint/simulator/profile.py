"""
Traffic profiles: YAML files that say what flows, bundled with sglint or written by its user.

Whatever is wrong with one ends in an error that names the line, the field, and what it should be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import yaml

from sglint.model import Direction, TargetKind
from sglint.simulator.bounds import ONE, ZERO, Range, exactly
from sglint.simulator.law import Deterministic, Distribution, Empirical, Exponential, Hyperexponential, Lognormal, Pareto
from sglint.simulator.node import Node, fail, guarded, one_of, root
from sglint.simulator.traffic import AT_ONCE, Constant, Daily, Exchange, FlowClass, Measured, Rate, Traffic
from sglint.source import SglintError
from sglint.space import Protocol

T = TypeVar("T")

LONGEST = 10_000_000
"""How many bytes a profile may have."""
_PROTOCOLS = (Protocol.TCP, Protocol.UDP, Protocol.OTHER)
_FIELDS = (
    "name protocol rate life gap packets packet_bytes exchange closed unanswered retries burstiness direction destination "
    "sources"
).split()


def bundled() -> tuple[str, ...]:
    """
    Return the names of the profiles that come with sglint.
    """
    names = (one.name for one in files("sglint.simulator").joinpath("profiles").iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def load(name: str) -> Traffic:
    """
    Return the bundled profile of that name, or the one in the file of that path.

    Raises SglintError when there is neither, or something is wrong with it.
    """
    if name in bundled():
        text = files("sglint.simulator").joinpath("profiles", f"{name}.yaml").read_text(encoding="utf-8")
        return parse(text, name)
    path = Path(name)
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST + 1)
        text = data.decode("utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not utf-8 text"
        raise SglintError(f"cannot read the profile {name}: {reason}; bundled are {', '.join(bundled())}") from None
    if len(data) > LONGEST:
        raise SglintError(f"the profile {name} has more than {LONGEST} bytes")
    return parse(text, name)


def parse(text: str, path: str) -> Traffic:
    """
    Return the traffic that the YAML text says; `path` is named in errors.
    """
    try:
        top = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SglintError(f"{path}:{line}: this is not valid yaml: {error.problem}") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise SglintError(f"{path}: this is not valid yaml: {str(error).splitlines()[0]}") from None
    if top is None:
        raise SglintError(f"{path}:1: the profile is empty")
    fields = root(top, path).fields("name", "says", "classes", needed=("name", "classes"))
    classes = tuple(_flow_class(one) for one in fields["classes"].items())
    says = fields["says"].text() if "says" in fields else ""
    return guarded(fields["classes"], lambda: Traffic(fields["name"].text(), says, classes))


def _flow_class(node: Node) -> FlowClass:
    fields = node.fields(*_FIELDS, needed=("name", "protocol", "rate"))

    def get(name: str, read: Callable[[Node], T], default: T) -> T:
        return read(fields[name]) if name in fields else default

    where = {kind.value: kind.value for kind in TargetKind}
    return guarded(
        node,
        lambda: FlowClass(
            fields["name"].text(),
            one_of(fields["protocol"], {one.value: one for one in _PROTOCOLS}),
            _rate(fields["rate"]),
            _distribution(fields["life"]) if "life" in fields else AT_ONCE,
            get("gap", _optional_distribution, None),
            get("packets", Node.number, 2.0),
            get("packet_bytes", Node.number, 353.0),
            get("exchange", lambda one: one_of(one, {kind.value: kind for kind in Exchange}), Exchange.ONE_WAY),
            get("closed", _range, ZERO),
            get("unanswered", Node.number, 0.0),
            get("retries", Node.numbers, ()),
            get("burstiness", _range, ONE),
            get("direction", lambda one: one_of(one, {way.value: way for way in Direction}), Direction.IN),
            get("destination", lambda one: one_of(one, where), TargetKind.TRANSIT_GATEWAY.value),
            get("sources", _sources, ()),
        ),
    )


def _sources(node: Node) -> tuple[tuple[str, str], ...]:
    return tuple((name, one.text()) for name, one in node.fields(*_FIELDS).items())


def _range(node: Node) -> Range:
    if not node.listed:
        return exactly(node.number())
    ends = node.numbers()
    if len(ends) != 2:
        fail(node, f"has {len(ends)} numbers; a range is its least and its most")
    return guarded(node, lambda: Range(*ends))


def _rate(node: Node) -> Rate:
    if not node.mapped:
        return guarded(node, lambda: Constant(node.number()))
    fields = node.fields("daily", "every", "values")
    if "daily" in fields and len(fields) == 1:
        return guarded(fields["daily"], lambda: Daily(fields["daily"].numbers()))
    if set(fields) == {"every", "values"}:
        return guarded(fields["values"], lambda: Measured(fields["every"].number(), fields["values"].numbers()))
    return fail(node, "is a number, or has daily, or has every and values")


_KINDS: Mapping[str, Callable[[Mapping[str, Node]], Distribution]] = MappingProxyType(
    {
        "deterministic": lambda given: Deterministic(given["value"].number()),
        "exponential": lambda given: Exponential(given["mean"].number()),
        "lognormal": lambda given: Lognormal(given["mean"].number(), given["sigma"].number()),
        "pareto": lambda given: Pareto(
            given["shape"].number(), given["least"].number(), given["most"].number() if "most" in given else None
        ),
        "hyperexponential": lambda given: Hyperexponential(given["means"].numbers(), given["weights"].numbers()),
        "empirical": lambda given: Empirical(given["values"].numbers(), given["weights"].numbers()),
    }
)
_ARGUMENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "deterministic": ("value",),
        "exponential": ("mean",),
        "lognormal": ("mean", "sigma"),
        "pareto": ("shape", "least"),
        "hyperexponential": ("means", "weights"),
        "empirical": ("values", "weights"),
    }
)


def _optional_distribution(node: Node) -> Distribution | None:
    return _distribution(node)


def _distribution(node: Node) -> Distribution:
    if not node.mapped:
        return guarded(node, lambda: Deterministic(node.number()))
    fields = node.fields(*_KINDS)
    if len(fields) != 1:
        fail(node, f"names {len(fields)} distributions; give one of {', '.join(_KINDS)}")
    ((kind, inside),) = fields.items()
    needed = _ARGUMENTS[kind]
    given = inside.fields(*needed, *(["most"] if kind == "pareto" else []), needed=needed)
    return guarded(inside, lambda: _KINDS[kind](given))
