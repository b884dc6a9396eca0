"""
Parameters: what their declarations make of the values that are given, and files of values.
"""

from __future__ import annotations

import pytest

from sglint.evaluate.cloudformation import Parameters, read_parameters
from sglint.source import Source
from sglint.value import Seq, Unknown, Value
from tests.evaluate.cloudformation.made import messages, root, roots, values


def declared(body: str, given: dict[str, str | tuple[str, ...]] | None = None, *, defaults: bool = True) -> Value:
    text = f"""
Parameters:
  X: {body}
Resources:
  S: {{Type: AWS::EC2::Subnet, Properties: {{P: !Ref X}}}}
"""
    found = root(text, given, defaults=defaults)
    assert messages(found) == []
    return values(found, "S").get("P")


@pytest.mark.parametrize(
    ("body", "given", "expected"),
    [
        ("{Type: String, Default: a}", {}, "a"),
        ("{Type: String, Default: a}", {"X": "b"}, "b"),
        ("{Type: Number, Default: 443}", {}, "443"),
        ("{Type: String, Default: true}", {}, "true"),
        ("{Type: CommaDelimitedList, Default: 'a, b ,c'}", {}, Seq(("a", "b", "c"), "list")),
        ("{Type: List<Number>, Default: '80,443'}", {}, Seq(("80", "443"), "list")),
        ("{Type: 'List<AWS::EC2::Subnet::Id>'}", {"X": ("subnet-1", "subnet-2")}, Seq(("subnet-1", "subnet-2"), "list")),
        ("{Type: 'AWS::EC2::Subnet::Id'}", {"X": "subnet-1"}, "subnet-1"),
        ("{Type: 'AWS::SSM::Parameter::Name', Default: /a/b}", {}, "/a/b"),
    ],
)
def test_a_parameter_has_the_value_that_is_given_or_its_default(body: str, given: dict[str, str], expected: Value) -> None:
    assert declared(body, dict(given)) == expected


@pytest.mark.parametrize(
    ("body", "why", "among"),
    [
        ("{Type: String}", "parameter X has no default", ()),
        ("{Type: String, AllowedValues: [a, 2]}", "parameter X has no default", ("a", "2")),
        ("{Type: Number, MinValue: 1, MaxValue: 3}", "parameter X has no default", ("1", "2", "3")),
        ("{Type: Number, MinValue: 1, MaxValue: 65535}", "parameter X has no default", ()),
        ("{Type: CommaDelimitedList, AllowedValues: [a, b]}", "parameter X has no default", ()),
        ("{Type: 'AWS::SSM::Parameter::Value<String>', AllowedValues: [/a, /b]}", "parameter X has no default", ()),
        ("{Type: String, NoEcho: true, Default: secret}", "parameter X has NoEcho", ()),
        (
            "{Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: /ami}",
            "parameter X is read from the SSM parameter /ami",
            (),
        ),
    ],
)
def test_a_parameter_without_a_value_is_unknown_within_its_limits(body: str, why: str, among: tuple[str, ...]) -> None:
    found = declared(body)
    assert isinstance(found, Unknown)
    assert (found.why, found.among) == (why, among)
    assert found.span is not None
    assert found.span.line == 4


def test_without_defaults_a_default_is_not_the_value() -> None:
    found = declared("{Type: String, Default: a, AllowedValues: [a, b]}", defaults=False)
    assert isinstance(found, Unknown)
    assert (found.why, found.among) == ("the default of parameter X is not used", ("a", "b"))


@pytest.mark.parametrize(
    ("body", "value", "why"),
    [
        ("{Type: String, AllowedValues: [a, b]}", "c", "parameter X must be one of 'a', 'b', not 'c'"),
        ("{Type: String, AllowedPattern: '[a-z]+'}", "A1", "parameter X must match [a-z]+, and 'A1' does not"),
        ("{Type: String, MinLength: 3}", "ab", "parameter X needs at least 3 characters, and 'ab' has 2"),
        ("{Type: String, MaxLength: 1}", "ab", "parameter X can have 1 characters, and 'ab' has 2"),
        ("{Type: Number, MinValue: 3}", "2", "parameter X must be at least 3, not 2"),
        ("{Type: Number, MaxValue: 3}", "4", "parameter X must be at most 3, not 4"),
        ("{Type: Number}", "many", "parameter X must be a number, not 'many'"),
        ("{Type: CommaDelimitedList, AllowedValues: [a, b]}", "a,c", "parameter X must be one of 'a', 'b', not 'c'"),
    ],
)
def test_a_value_that_aws_refuses_is_a_problem(body: str, value: str, why: str) -> None:
    text = f"Parameters:\n  X: {body}\nResources: {{}}\n"
    found = root(text, {"X": value})
    assert messages(found) == [why]


def test_the_words_of_the_template_say_what_is_wanted() -> None:
    text = "Parameters:\n  X: {Type: Number, MinValue: 3, ConstraintDescription: give me three}\nResources: {}\n"
    (problem,) = root(text, {"X": "1"}).problems
    assert problem.hint == "give me three"


def test_a_pattern_that_takes_for_ever_is_given_up() -> None:
    assert declared("{Type: String, AllowedPattern: '(a|aa)+b?c'}", {"X": "a" * 40}) == "a" * 40


def test_a_class_inside_a_class_of_a_pattern_is_part_of_it() -> None:
    body = r"{Type: String, AllowedPattern: '[a-z[\\].$-_]*'}"
    assert declared(body, {"X": "code.zip"}) == "code.zip"
    assert messages(root(f"Parameters:\n  X: {body}\nResources: {{}}\n", {"X": "a~b"}))


def test_a_template_has_values_of_its_own() -> None:
    text = """
    AWSTemplateFormatVersion: '2010-09-09'
    Parameters: {X: {Type: String}}
    Resources: {S: {Type: AWS::EC2::Subnet, Properties: {P: !Sub '${X} ${AWS::StackName}'}}}
    """
    mine, _ = read_parameters(Source("p.json", '{"X": "mine"}'))
    all_, _ = read_parameters(Source("p.json", '{"X": "all", "AWS::StackName": "s"}'))
    found = roots({"a.yaml": text, "b.yaml": text}, Parameters(all_, templates={"b.yaml": mine}, stacks={"b.yaml": "net"}))
    assert [values(found[path], "S")["P"] for path in ("a.yaml", "b.yaml")] == ["all s", "mine net"]


@pytest.mark.parametrize(
    "text",
    [
        '[{"ParameterKey": "A", "ParameterValue": "1"},\n {"ParameterKey": "B", "ParameterValue": "x,y"}]',
        '{"Parameters":\n {"A": "1", "B": "x,y"}, "Tags": {"T": "t"}, "StackPolicy": {"Statement": []}}',
        '{"A": 1,\n "B": ["x", "y"]}',
        '["A=1",\n "B=x,y"]',
        "- ParameterKey: A\n  ParameterValue: 1\n- {ParameterKey: B, ParameterValue: 'x,y'}",
        "# ours\n- A=1\n- B=x,y",
        "Parameters:\n  A: 1\n  B: [x, y]",
        "A: '1'\nB: x,y",
    ],
)
def test_every_shape_of_a_parameter_file_says_the_same(text: str) -> None:
    found, problems = read_parameters(Source("p", text))
    assert problems == ()
    assert {name: one.value for name, one in found.items()} == {"A": "1", "B": "x,y"}
    where = found["B"].span
    assert where is not None
    assert text.splitlines()[where.line - 1][where.column - 1 :].lstrip("\"'[").startswith(("x", "B=x"))


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        ('[{"ParameterKey": "A"}]', (1, 2), "parameter A has no ParameterValue"),
        ('[\n{"Key": "A"}]', (2, 1), "an item of the parameters has no ParameterKey"),
        ("- ParameterKey: A\n  UsePreviousValue: true", (1, 3), "the previous value of parameter A is not known here"),
        ("A: {B: C}", (1, 4), "the value of parameter A is neither a text nor a list of texts"),
        ("A:", (1, 3), "the value of parameter A is neither a text nor a list of texts"),
    ],
)
def test_what_is_wrong_in_a_parameter_file_has_its_place(text: str, where: tuple[int, int], why: str) -> None:
    _, (problem,) = read_parameters(Source("p", text))
    assert problem.span is not None
    assert (problem.message, (problem.span.line, problem.span.column)) == (why, where)


@pytest.mark.parametrize("text", ["", "[", "{", "[]]", "- - -", "text", '[{"a": '])
def test_a_broken_parameter_file_is_a_problem(text: str) -> None:
    found, problems = read_parameters(Source("p", text))
    assert not found
    assert problems
