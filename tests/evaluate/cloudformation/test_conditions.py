"""
Conditions: what they decide, what stays open, and what can hold together.
"""

from __future__ import annotations

import pytest

from sglint.evaluate.root import Root
from sglint.value import Map, Ref, Seq, Unknown, Value
from tests.evaluate.cloudformation.made import addresses, messages, one, root, values

HEAD = """
Parameters:
  Env: {Type: String, AllowedValues: [dev, test, prod]}
  Extra: {Type: String}
  Other: {Type: String}
  Ids: {Type: CommaDelimitedList}
  Known: {Type: String, Default: "true"}
  Count: {Type: Number, Default: 0}
"""


def under(conditions: str, resources: str, given: dict[str, str | tuple[str, ...]] | None = None) -> Root:
    return root(f"{HEAD}Conditions:\n{conditions}Resources:\n{resources}", given)


def chosen(conditions: str, expression: str, given: dict[str, str | tuple[str, ...]] | None = None) -> Value:
    found = under(conditions, f"  S: {{Type: AWS::EC2::Subnet, Properties: {{P: {expression}}}}}\n", given)
    assert messages(found) == []
    return values(found, "S").get("P")


def among(value: Value) -> tuple[Value, ...]:
    assert isinstance(value, Unknown)
    return value.among


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("!Equals [!Ref Known, true]", "this"),
        ("!Equals [!Ref Known, 'True']", "that"),
        ("!Equals [!Ref Count, 0]", "this"),
        ("!Equals [!Ref Count, '0.0']", "that"),
        ("!Not [!Equals [a, b]]", "this"),
        ("!And [!Equals [a, a], !Equals [a, b]]", "that"),
        ("!Or [!Equals [a, a], !Equals [!Ref Env, dev]]", "this"),
        ("!And [!Equals [a, b], !Equals [!Ref Env, dev]]", "that"),
        ("!Equals [!Sub '${Known}!', 'true!']", "this"),
        ("!Or [!Equals [!Ref Env, dev], !Not [!Equals [!Ref Env, dev]]]", "this"),
        ("!Equals [!Ref Env, staging]", "that"),
        ("!Equals [!Ref Extra, !Ref Extra]", "this"),
        ("!Equals [!Sub 'x${Extra}', '']", "that"),
    ],
)
def test_a_condition_chooses_one_side(condition: str, expected: str) -> None:
    assert chosen(f"  C: {condition}\n", "!If [C, this, that]") == expected


def test_a_condition_can_name_another_in_two_ways() -> None:
    conditions = "  A: !Equals [a, a]\n  B: !Condition A\n  C: !Not [{Condition: B}]\n"
    assert chosen(conditions, "!If [C, this, that]") == "that"


def test_an_open_condition_leaves_both_sides() -> None:
    found = chosen("  C: !Equals [!Ref Env, prod]\n", "!If [C, this, that]")
    assert among(found) == ("this", "that")
    assert isinstance(found, Unknown)
    assert found.why == "condition C is not decided: parameter Env has no default"


def test_both_sides_alike_are_known() -> None:
    assert chosen("  C: !Equals [!Ref Env, prod]\n", "!If [C, same, same]") == "same"


def test_what_a_condition_says_of_a_parameter_holds_on_its_side() -> None:
    found = chosen("  C: !Equals [!Ref Env, prod]\n", "!If [C, !Ref Env, fixed]")
    assert set(among(found)) == {"prod", "fixed"}


def test_sides_that_exclude_each_other_are_not_combined() -> None:
    conditions = "  P: !Equals [!Ref Env, prod]\n  D: !Equals [!Ref Env, dev]\n"
    found = chosen(conditions, "!Sub ['${A}${B}', {A: !If [P, p, x], B: !If [D, d, y]}]")
    assert set(among(found)) == {"py", "xd", "xy"}


def test_a_condition_inside_its_own_side_is_decided() -> None:
    assert set(among(chosen("  P: !Equals [!Ref Env, prod]\n", "!If [P, !If [P, a, b], !If [P, c, d]]"))) == {"a", "d"}


def test_equality_of_parameters_is_followed() -> None:
    conditions = "  A: !Equals [!Ref Extra, x]\n  B: !Equals [!Ref Other, x]\n  E: !Equals [!Ref Extra, !Ref Other]\n"
    found = chosen(conditions, "!Sub ['${A}${B}${E}', {A: !If [A, 1, 0], B: !If [B, 1, 0], E: !If [E, 1, 0]}]")
    assert set(among(found)) == {"111", "100", "010", "001", "000"}


def test_an_empty_list_is_compared_by_its_text() -> None:
    conditions = "  None: !Equals [!Join ['', !Ref Ids], '']\n  Some: !Not [!Condition None]\n"
    found = chosen(conditions, "!Sub ['${A}${B}', {A: !If [None, 1, 0], B: !If [Some, 1, 0]}]")
    assert set(among(found)) == {"10", "01"}
    assert chosen(conditions, "!If [None, this, that]", {"Ids": ""}) == "this"
    assert chosen(conditions, "!If [None, this, that]", {"Ids": ("a", "b")}) == "that"


def test_keys_of_a_mapping_decide_together() -> None:
    text = """
Mappings:
  M: {eu: {A: "1", B: x}, us: {A: "0", B: y}}
Conditions:
  A: !Equals [!FindInMap [M, !Ref AWS::Region, A], 1]
  B: !Equals [!FindInMap [M, !Ref AWS::Region, B], x]
Resources:
  S:
    Type: AWS::EC2::Subnet
    Properties: {P: !Sub ["${A}${B}", {A: !If [A, 1, 0], B: !If [B, 1, 0]}]}
"""
    assert set(among(values(root(text), "S")["P"])) == {"11", "00"}


def test_a_resource_whose_condition_is_false_is_not_there() -> None:
    resources = """
  A: {Type: AWS::EC2::Subnet, Condition: Yes_, Properties: {}}
  B: {Type: AWS::EC2::Subnet, Condition: No_, Properties: {P: !Ref Nothing}}
"""
    found = under("  Yes_: !Equals [a, a]\n  No_: !Equals [a, b]\n", resources)
    assert addresses(found) == ["A"]
    assert messages(found) == []
    assert one(found, "A").origin.maybe is None


def test_a_resource_whose_condition_is_open_may_be_there_with_what_then_holds() -> None:
    resources = "  A: {Type: AWS::EC2::Subnet, Condition: C, Properties: {P: !Ref Env, Q: !If [C, a, b], R: !If [D, a, b]}}\n"
    found = under("  C: !Equals [!Ref Env, prod]\n  D: !Equals [!Ref Env, dev]\n", resources)
    resource = one(found, "A")
    assert resource.origin.maybe is not None
    assert resource.origin.maybe.why == "condition C is not decided: parameter Env has no default"
    assert resource.values == Map.of({"P": "prod", "Q": "a", "R": "b"})


def test_a_given_parameter_decides() -> None:
    resources = "  A: {Type: AWS::EC2::Subnet, Condition: C, Properties: {}}\n"
    for env, there in (("prod", ["A"]), ("dev", [])):
        assert addresses(under("  C: !Equals [!Ref Env, prod]\n", resources, {"Env": env})) == there


def test_a_property_without_a_value_is_absent() -> None:
    resources = (
        "  A: {Type: AWS::EC2::Subnet, Properties: {P: !If [C, a, !Ref AWS::NoValue], Q: !If [C, !Ref AWS::NoValue, b]}}\n"
    )
    found = under("  C: !Equals [a, a]\n", resources)
    assert values(found, "A") == Map.of({"P": "a"})


def test_a_rule_that_may_be_missing_leaves_the_others_certain() -> None:
    resources = """
  A:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress:
        - {IpProtocol: tcp}
        - !If [C, {IpProtocol: udp}, !Ref AWS::NoValue]
        - !If [C, !Ref AWS::NoValue, {IpProtocol: icmp}]
"""
    found = values(under("  C: !Equals [!Ref Env, prod]\n", resources), "A")["SecurityGroupIngress"]
    assert isinstance(found, Seq)
    assert found[0] == Map.of({"IpProtocol": "tcp"})
    assert [item.element for item in found if isinstance(item, Unknown)] == [
        Map.of({"IpProtocol": "udp"}),
        Map.of({"IpProtocol": "icmp"}),
    ]


def test_a_subnet_that_may_be_missing_gives_two_lists() -> None:
    resources = """
  V: {Type: AWS::EC2::VPC}
  A: {Type: AWS::EC2::Subnet, Properties: {P: [!Ref V, !If [C, extra, !Ref AWS::NoValue]]}}
"""
    found = values(under("  C: !Equals [!Ref Env, prod]\n", resources), "A")["P"]
    assert set(among(found)) == {Seq((Ref("V"), "extra"), "list"), Seq((Ref("V"),), "list")}


def test_a_side_that_is_not_taken_has_no_errors() -> None:
    assert chosen("  C: !Equals [a, a]\n", "!If [C, a, !Ref Nothing]") == "a"


def test_a_combination_that_aws_refuses_cannot_hold() -> None:
    found = chosen("  C: !Equals [!Ref Extra, '']\n", "!Select [!If [C, 5, 0], [only]]")
    assert found == "only"


@pytest.mark.parametrize(
    ("conditions", "why"),
    [
        ("  C: !Not [!Condition C]\n", "condition C depends on itself"),
        ("  C: !Not [!Condition D]\n  D: !Not [!Condition C]\n", "condition C depends on itself"),
        ("  C: !Condition Nothing\n", "the template has no condition Nothing"),
        ("  C: yes\n", "a condition is Fn::And, Fn::Or, Fn::Not, Fn::Equals or Condition"),
        ("  C: !Equals [a]\n", "Fn::Equals takes a list of two values"),
        ("  C: !Equals [!Ref Ids, a]\n", None),
        ("  C: !Equals [[a], a]\n", "Fn::Equals compares texts, and this is none"),
        ("  C: !Not [!Equals [a, b], !Equals [a, b]]\n", "Fn::Not takes a list of one condition"),
        ("  C: !If [D, a, b]\n", "Fn::If is no condition"),
        ("  C: !Equals [!Ref Nothing, a]\n", "Nothing is neither a parameter nor a resource"),
    ],
)
def test_a_condition_that_aws_refuses_is_a_problem(conditions: str, why: str | None) -> None:
    found = under(conditions, "  A: {Type: AWS::EC2::Subnet, Condition: C, Properties: {P: !If [C, a, b]}}\n")
    assert messages(found) == ([] if why is None else [why])
    assert one(found, "A").origin.maybe is not None


def test_a_reference_to_what_is_not_made_is_a_problem() -> None:
    resources = "  A: {Type: AWS::EC2::VPC, Condition: C}\n  B: {Type: AWS::EC2::Subnet, Properties: {P: !Ref A}}\n"
    assert messages(under("  C: !Equals [a, b]\n", resources)) == ["A is not made, because its condition C is false"]


def test_many_open_conditions_are_taken_one_by_one() -> None:
    parameters = "".join(f"  P{number}: {{Type: String}}\n" for number in range(12))
    conditions = "".join(f"  C{number}: !Equals [!Ref P{number}, x]\n" for number in range(12))
    parts = ", ".join(f"!If [C{number}, a, b]" for number in range(12))
    items = ", ".join(f"!If [C{number}, a, !Ref AWS::NoValue]" for number in range(12))
    text = f"Parameters:\n{parameters}Conditions:\n{conditions}Resources:\n"
    text += f"  S:\n    Type: AWS::EC2::Subnet\n    Properties:\n      P: !Join ['', [{parts}]]\n      Q: [{items}]\n"
    text += "      R: !If [C1, same, same]\n      T: !If [C1, !If [C1, a, c], b]\n"
    found = root(text)
    assert isinstance(values(found, "S")["P"], Unknown)
    assert values(found, "S")["R"] == "same"
    assert set(among(values(found, "S")["T"])) == {"a", "b"}
    (problem,) = found.problems
    assert problem.message == "the conditions allow more than 256 combinations, and are taken as independent of each other"
    assert not problem.hides


def test_conditions_that_nobody_asks_for_cost_nothing() -> None:
    parameters = "".join(f"  P{number}: {{Type: String}}\n" for number in range(40))
    conditions = "".join(f"  C{number}: !Equals [!Ref P{number}, x]\n" for number in range(40))
    text = f"Parameters:\n{parameters}Conditions:\n{conditions}Resources:\n"
    text += "  S: {Type: AWS::EC2::Subnet, Condition: C3, Properties: {P: !If [C4, a, b]}}\n"
    found = root(text)
    assert messages(found) == []
    assert set(among(values(found, "S")["P"])) == {"a", "b"}
