"""
What is said without the values of parameters holds with every value of them, over generated templates.
"""

from __future__ import annotations

import json
from typing import TypeAlias

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sglint.evaluate.root import Root
from sglint.value import Map, Seq, Unknown, Value
from tests.evaluate.cloudformation.made import root

Json: TypeAlias = dict[str, object]
PARAMETERS: Json = {
    "Few": {"Type": "String", "AllowedValues": ["x", "y"]},
    "Open": {"Type": "String"},
    "Also": {"Type": "String"},
    "Many": {"Type": "CommaDelimitedList"},
}
MAPPING = {"x": {"k": "1", "l": ["a", "b"]}, "y": {"k": "2", "l": ["b"]}}
CONDITIONS = ("C", "D")
TEXTS = st.sampled_from(["x", "y", "", "a,b", "1"])
SCALARS = st.sampled_from(["Few", "Open", "Also"])
VALUES = st.fixed_dictionaries(
    {"Few": st.sampled_from(["x", "y"]), "Open": TEXTS, "Also": TEXTS, "Many": st.sampled_from(["", "a", "x,y", "a,b,x"])}
)


def ref(name: str) -> Json:
    return {"Ref": name}


def comparisons() -> st.SearchStrategy[Json]:
    some = st.one_of(TEXTS, SCALARS.map(ref), st.just({"Fn::Join": ["", ref("Many")]}))
    return st.tuples(some, some).map(lambda sides: {"Fn::Equals": list(sides)})


def conditions() -> st.SearchStrategy[Json]:
    second = st.one_of(comparisons(), st.just({"Fn::Not": [{"Condition": "C"}]}))
    either = st.tuples(st.sampled_from(["Fn::And", "Fn::Or"]), comparisons()).map(
        lambda of: {of[0]: [{"Condition": "C"}, of[1]]}
    )
    return st.fixed_dictionaries({"C": comparisons(), "D": st.one_of(second, either)})


def texts() -> st.SearchStrategy[object]:
    leaves: st.SearchStrategy[object] = st.one_of(
        TEXTS,
        SCALARS.map(ref),
        st.just({"Fn::Select": [0, ref("Many")]}),
        st.just({"Fn::FindInMap": ["M", ref("Few"), "k"]}),
        st.just({"Fn::Join": [",", ref("Many")]}),
    )
    return st.recursive(leaves, _larger, max_leaves=5)


def _larger(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    condition = st.sampled_from(CONDITIONS)
    choice = st.tuples(condition, inner, inner).map(lambda of: {"Fn::If": list(of)})
    joined = st.lists(inner, min_size=1, max_size=3).map(lambda items: {"Fn::Join": ["-", items]})
    named = st.tuples(inner, SCALARS).map(lambda of: {"Fn::Sub": [f"${{v}}/${{{of[1]}}}", {"v": of[0]}]})
    picked = inner.map(lambda text: {"Fn::Select": [0, {"Fn::Split": [",", text]}]})
    return st.one_of(choice, joined, named, picked)


def properties() -> st.SearchStrategy[object]:
    absent = st.sampled_from(CONDITIONS).map(lambda name: {"Fn::If": [name, "there", ref("AWS::NoValue")]})
    block = st.tuples(st.sampled_from(CONDITIONS), texts()).map(
        lambda of: {"Fn::If": [of[0], {"K": of[1]}, ref("AWS::NoValue")]}
    )
    many = st.lists(st.one_of(texts(), absent), max_size=3)
    blocks = st.lists(st.one_of(block, texts().map(lambda text: {"K": text})), max_size=3)
    listed = st.sampled_from([ref("Many"), {"Fn::FindInMap": ["M", ref("Few"), "l"]}])
    return st.one_of(texts(), absent, many, blocks, listed)


def evaluated(section: Json, value: object, condition: str | None, chosen: dict[str, str] | None) -> Root:
    resource: Json = {"Type": "AWS::EC2::Subnet", "Properties": {"P": value}}
    if condition is not None:
        resource["Condition"] = condition
    template: Json = {"Parameters": PARAMETERS, "Mappings": {"M": MAPPING}, "Conditions": section, "Resources": {"S": resource}}
    return root("".join(f"{key}: {json.dumps(part)}\n" for key, part in template.items()), dict(chosen or {}))


def covers(open_: Value, known: Value) -> bool:
    """
    Return whether the known value is one of those that the open one allows.
    """
    if isinstance(open_, Unknown):
        return not open_.among or any(covers(choice, known) for choice in open_.among)
    if isinstance(open_, Seq) and isinstance(known, Seq):
        return _covers_items(list(open_), list(known))
    if isinstance(open_, Map) and isinstance(known, Map):
        return all(covers(open_.get(key), known.get(key)) for key in {*open_, *known})
    return open_ == known


def _covers_items(open_: list[Value], known: list[Value]) -> bool:
    """Return whether the items fit in their order; a block that may be missing fits none, too."""
    if not open_:
        return not known
    first, rest = open_[0], open_[1:]
    if isinstance(first, Unknown) and first.element is not None:
        present = bool(known) and covers(first.element, known[0]) and _covers_items(rest, known[1:])
        return present or _covers_items(rest, known)
    return bool(known) and covers(first, known[0]) and _covers_items(rest, known[1:])


@settings(max_examples=300)
@given(conditions(), properties(), st.sampled_from([None, *CONDITIONS]), VALUES)
def test_what_is_said_without_values_holds_with_all_of_them(
    section: Json, value: object, condition: str | None, chosen: dict[str, str]
) -> None:
    known = evaluated(section, value, condition, chosen)
    assume(not known.problems)
    found = evaluated(section, value, condition, None)
    assume(not found.problems)
    if not known.resources:
        assert not found.resources or found.resources[0].origin.maybe is not None
        return
    assert known.resources[0].origin.maybe is None
    assert covers(found.resources[0].values, known.resources[0].values)


@settings(max_examples=150)
@given(conditions(), properties(), st.sampled_from([None, *CONDITIONS]), VALUES)
def test_with_all_values_given_everything_is_known(
    section: Json, value: object, condition: str | None, chosen: dict[str, str]
) -> None:
    found = evaluated(section, value, condition, chosen)
    assume(not found.problems)
    assert "Unknown" not in repr([resource.values for resource in found.resources])
