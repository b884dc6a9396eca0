"""
Which conditions can hold together, over generated templates: the same as trying all values of the parameters, and, where
parameters are compared with texts only, the same as cfn-lint's solver says.
"""

from __future__ import annotations

import json
import re
from itertools import product
from typing import TypeAlias

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sglint.value import Unknown
from tests.evaluate.cloudformation.made import messages, root, values

Json: TypeAlias = dict[str, object]
NAMES = ("A", "B", "C", "D")
PARAMETERS: Json = {
    "Few": {"Type": "String", "AllowedValues": ["x", "y", "z"]},
    "Two": {"Type": "String", "AllowedValues": ["x", "w"]},
    "Open": {"Type": "String"},
    "Also": {"Type": "String"},
}
DOMAINS = {"Few": "xyz", "Two": "xw", "Open": "xyzwq12", "Also": "xyzwq12"}
TEXTS = st.sampled_from(["x", "y", "q"])
REFS = st.sampled_from(sorted(PARAMETERS)).map(lambda name: {"Ref": name})
EITHER: st.SearchStrategy[object] = st.one_of(TEXTS, REFS)
MAPPING = {"x": {"k": "x", "l": "q"}, "y": {"k": "y", "l": "q"}, "z": {"k": "x", "l": "y"}, "w": {"k": "w", "l": "w"}}


def function(names: st.SearchStrategy[str]) -> st.SearchStrategy[object]:
    """
    Return lookups by a parameter, and texts of two.
    """
    lookup = st.tuples(names, st.sampled_from("kl")).map(lambda of: {"Fn::FindInMap": ["M", {"Ref": of[0]}, of[1]]})
    text = st.lists(names, min_size=1, max_size=2).map(lambda of: {"Fn::Sub": "-".join(f"${{{name}}}" for name in of)})
    joined = st.lists(names, min_size=1, max_size=2).map(lambda of: {"Fn::Join": ["", [{"Ref": name} for name in of]]})
    return st.one_of(lookup, text, joined)


BOUNDED = function(st.sampled_from(["Few", "Two"]))
ANY = st.one_of(EITHER, function(st.sampled_from(sorted(PARAMETERS))))


def equals(other: st.SearchStrategy[object], one: st.SearchStrategy[object] = REFS) -> st.SearchStrategy[Json]:
    return st.tuples(one, other).map(lambda sides: {"Fn::Equals": list(sides)})


def conditions(known: tuple[str, ...], leaf: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    leaves = st.one_of(leaf, *([st.sampled_from(known).map(lambda name: {"Condition": name})] if known else []))
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            inner.map(lambda one: {"Fn::Not": [one]}),
            st.tuples(st.sampled_from(["Fn::And", "Fn::Or"]), st.lists(inner, min_size=2, max_size=3)).map(
                lambda pair: {pair[0]: pair[1]}
            ),
        ),
        max_leaves=4,
    )


@st.composite
def sections(draw: st.DrawFn, leaf: st.SearchStrategy[Json]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for name in NAMES[: draw(st.integers(1, len(NAMES)))]:
        found[name] = draw(conditions(tuple(found), leaf))
    return found


def ours(section: dict[str, Json]) -> set[tuple[bool, ...]]:
    """
    Return the combinations of conditions that can hold together, as a text that every combination makes its own.
    """
    letters = {name: {"Fn::If": [name, "1", "0"]} for name in section}
    combination = {"Fn::Sub": ["".join(f"${{{name}}}" for name in section), letters]}
    template = {
        "Parameters": PARAMETERS,
        "Mappings": {"M": MAPPING},
        "Conditions": section,
        "Resources": {"S": resource(combination)},
    }
    made = root(yaml(template))
    assume(not messages(made))  # too many combinations are not told apart
    value = values(made, "S")["P"]
    texts = value.among if isinstance(value, Unknown) else (value,)
    return {tuple(sign == "1" for sign in signs) for signs in texts if isinstance(signs, str)}


def resource(value: object) -> Json:
    return {"Type": "AWS::EC2::Subnet", "Properties": {"P": value}}


def yaml(template: Json) -> str:
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in template.items())


def theirs(section: dict[str, Json]) -> set[tuple[bool, ...]]:
    """
    Return the combinations that cfn-lint's solver can satisfy.
    """
    template = {"Parameters": PARAMETERS, "Conditions": section, "Resources": {"S": resource("x")}}
    oracle = pytest.importorskip("cfnlint.template", reason="needs cfn-lint")
    solver = oracle.Template("t.yaml", template, ["us-east-1"]).conditions
    found: set[tuple[bool, ...]] = set()
    for combination in product((True, False), repeat=len(section)):
        wanted = {name: {holds} for name, holds in zip(section, combination, strict=True)}
        if list(solver.build_scenarios(wanted)):
            found.add(combination)
    return found


def tried(section: dict[str, Json]) -> set[tuple[bool, ...]]:
    """
    Return the combinations that come of trying all values of the parameters.
    """
    return {
        tuple(holds(section, section[name], chosen) for name in section)
        for texts in product(*(DOMAINS[name] for name in PARAMETERS))
        if _accepted(section, chosen := dict(zip(PARAMETERS, texts, strict=True)))
    }


def _accepted(section: dict[str, Json], chosen: dict[str, str]) -> bool:
    """Return whether AWS would evaluate these conditions: a key that a mapping lacks is refused."""
    try:
        return all(holds(section, node, chosen) in (True, False) for node in section.values())
    except KeyError:
        return False


def holds(section: dict[str, Json], node: Json, chosen: dict[str, str]) -> bool:
    ((name, argument),) = node.items()
    if name == "Condition":
        return holds(section, section[str(argument)], chosen)
    assert isinstance(argument, list)
    if name == "Fn::Equals":
        left, right = (text(item, chosen) for item in argument)
        return left == right
    results = [holds(section, item, chosen) for item in argument]
    return {"Fn::Not": not results[0], "Fn::And": all(results), "Fn::Or": any(results)}[name]


def text(node: object, chosen: dict[str, str]) -> str:
    if isinstance(node, str):
        return node
    assert isinstance(node, dict)
    ((name, argument),) = node.items()
    if name == "Ref":
        return chosen[argument]
    if name == "Fn::FindInMap":
        return MAPPING[chosen[argument[1]["Ref"]]][argument[2]]
    if name == "Fn::Sub":
        return re.sub(r"\$\{(\w+)\}", lambda match: chosen[match[1]], argument)
    return "".join(text(item, chosen) for item in argument[1])


@settings(max_examples=100)
@given(sections(equals(EITHER)))
def test_the_combinations_that_can_hold_are_those_of_some_values(section: dict[str, Json]) -> None:
    assert ours(section) == tried(section)


@settings(max_examples=100)
@given(sections(equals(TEXTS, BOUNDED)))
def test_functions_of_parameters_with_few_values_are_followed(section: dict[str, Json]) -> None:
    assert ours(section) == tried(section)


@settings(max_examples=100)
@given(sections(equals(ANY, ANY)))
def test_no_combination_that_can_hold_is_missed(section: dict[str, Json]) -> None:
    assert ours(section) >= tried(section)


@settings(max_examples=40)
@given(sections(equals(TEXTS)))
def test_the_combinations_that_can_hold_are_those_of_cfn_lints_solver(section: dict[str, Json]) -> None:
    assert ours(section) == theirs(section)
