"""
Templates that want to take for ever: a Problem each, in bounded time.
"""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evaluate.cloudformation.made import messages, root, roots

SECONDS = 20


def subnet(value: str) -> str:
    return f"Resources:\n  S: {{Type: AWS::EC2::Subnet, Properties: {{P: {value}}}}}\n"


def nest(start: str, step: str, times: int) -> str:
    for _ in range(times):
        start = step.replace("@", start)
    return start


def chain(times: int) -> str:
    steps = "".join(f"  C{number}: !Not [!Condition C{number + 1}]\n" for number in range(times))
    return f"Conditions:\n{steps}  C{times}: !Equals [a, b]\n"


def doubled(times: int) -> str:
    steps = "".join(f"  C{n}: !And [!Condition C{n + 1}, !Condition C{n + 1}]\n" for n in range(times))
    return f"Conditions:\n{steps}  C{times}: !Equals [!Ref X, b]\nParameters: {{X: {{Type: String}}}}\n"


@pytest.mark.parametrize(
    "text",
    [
        subnet(nest("a", "{'Fn::Join': ['', [@, @]]}", 12)),
        subnet(nest("a", "{'Fn::Join': [',', [@]]}", 90)),
        subnet(nest("[a]", "{'Fn::Select': [0, [@]]}", 60)),
        subnet("!If [C0, a, b]") + chain(400),
        subnet("!Split ['a', '" + "a" * 100_000 + "']"),
        subnet("!Cidr [10.0.0.0/8, 99999999999999999999999999, 8]"),
        subnet("!Select [99999999999999999999999, [a]]"),
        subnet("!Cidr ['::/0', 256, 128]"),
    ],
)
def test_what_grows_without_end_ends(text: str) -> None:
    started = time.process_time()
    root(text)
    assert time.process_time() - started < SECONDS


def test_conditions_that_name_each_other_twice_are_read_once() -> None:
    started = time.process_time()
    found = root(subnet("!If [C0, a, b]") + doubled(40))
    assert messages(found) == []
    assert time.process_time() - started < SECONDS


def test_parameters_that_are_all_compared_with_each_other_end() -> None:
    names = [f"P{number}" for number in range(40)]
    pairs = ", ".join(f"!Equals [!Ref {a}, !Ref {b}]" for a, b in pairwise(names))
    parameters = "".join(f"  {name}: {{Type: String}}\n" for name in names)
    started = time.process_time()
    found = root(f"Parameters:\n{parameters}Conditions:\n  C: !Or [{pairs}]\n" + subnet("!If [C, a, b]"))
    assert time.process_time() - started < SECONDS
    assert [problem.hides for problem in found.problems] == [False]


def test_stacks_that_double_at_every_level_end() -> None:
    body = "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n"
    for name in "AB":
        body += f"  {name}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: n@.yaml}}}}\n"
    files = {f"n{level}.yaml": body.replace("@", str(level + 1)) for level in range(18)}
    started = time.process_time()
    found = roots({**files, "n18.yaml": "AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n"})
    assert time.process_time() - started < SECONDS
    assert any("more than" in message for message in messages(found["n0.yaml"]))


def test_an_export_name_with_many_unknown_parts_ends() -> None:
    name = "!Sub '" + "${AWS::StackName}a" * 30 + "'"
    offer = f"AWSTemplateFormatVersion: '2010-09-09'\nResources: {{}}\nOutputs: {{O: {{Value: 1, Export: {{Name: {name}}}}}}}\n"
    ask = "AWSTemplateFormatVersion: '2010-09-09'\n" + subnet("!ImportValue " + "a" * 300 + "b")
    started = time.process_time()
    roots({"offer.yaml": offer, "ask.yaml": ask})
    assert time.process_time() - started < SECONDS


FUNCTIONS = "If Sub Join Select Split Cidr FindInMap GetAtt GetAZs Base64 ImportValue Length ToJsonString Equals And Not"
NODES = st.recursive(
    st.sampled_from(
        ["a", "''", "1", "true", "null", "!Ref P", "!Ref S", "!Ref 'AWS::Region'", "!Ref 'AWS::NoValue'", "C", "M", "!Ref L"]
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(st.sampled_from(["A", "B", "'Fn::ForEach::L'", "'Fn::Transform'"]), inner, max_size=2).map(
            lambda entries: "{" + ", ".join(f"{key}: {value}" for key, value in entries.items()) + "}"
        ),
        st.tuples(
            st.sampled_from(FUNCTIONS.split()),
            inner,
        ).map(lambda pair: f"{{'Fn::{pair[0]}': {pair[1]}}}"),
    ),
    max_leaves=12,
)


@given(NODES, NODES)
def test_whatever_is_written_there_is_an_answer(value: str, condition: str) -> None:
    text = (
        "Parameters: {P: {Type: String}, L: {Type: CommaDelimitedList}}\n"
        f"Mappings: {{M: {{a: {{a: {value}}}}}}}\nConditions: {{C: {condition}}}\n"
    )
    found = root(text + subnet(value) + f"Outputs: {{O: {{Value: {value}, Export: {{Name: {value}}}}}}}\n")
    assert len(found.resources) <= 1
