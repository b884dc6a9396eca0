"""
Intrinsic functions: what each comes to, and what AWS would refuse.
"""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from sglint.evaluate.cloudformation.cidr import cidr
from sglint.evaluate.cloudformation.functions import join, split_text
from sglint.value import Map, Ref, Seq, Symbol, Unknown, Value
from tests.evaluate.cloudformation.made import refusal, value

PARAMETERS = """
Parameters:
  Open: {Type: String}
  Few: {Type: String, AllowedValues: [a, b]}
  Name: {Type: String, Default: web}
  Ids: {Type: CommaDelimitedList, Default: "x, y ,z"}
  Subnets: {Type: List<AWS::EC2::Subnet::Id>}
"""
MAPPINGS = """
Parameters:
  Open: {Type: String}
  Stage: {Type: String, AllowedValues: [prod, dev]}
Mappings:
  Regions:
    eu-west-1: {Tgw: tgw-1, Zones: [a, b], Same: x}
    us-east-1: {Tgw: tgw-2, Zones: [c], Same: x}
  Stages:
    prod: {Size: big}
    dev: {Size: small}
    test: {Size: tiny}
"""


def sequence(*items: Value) -> Seq:
    return Seq(items, "list")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("!Ref V", Ref("V")),
        ("!GetAtt V.DefaultSecurityGroup", Ref("V", "DefaultSecurityGroup")),
        ("{'Fn::GetAtt': [V, CidrBlock]}", "10.0.0.0/16"),
        ("!GetAtt [V, !Ref Name]", Ref("V", "web")),
        ("!Ref Name", "web"),
        ("!Ref Ids", sequence("x", "y", "z")),
        ("!Sub '${Name}-${!Name}'", "web-${Name}"),
        ("!Sub ['${Name}-${Other}', {Other: !Select [1, !Ref Ids]}]", "web-y"),
        ("!Sub '${V}'", Ref("V")),
        ("!Sub '${V.DefaultSecurityGroup}'", Ref("V", "DefaultSecurityGroup")),
        ("!Join ['-', [a, 1, true, 0.50, !Ref Name]]", "a-1-true-0.50-web"),
        ("!Join ['-', [a, !Ref 'AWS::NoValue', b]]", "a-b"),
        ("!Join [',', !Ref Ids]", "x,y,z"),
        ("!Select [2, !Ref Ids]", "z"),
        ("!Select ['0', [!Ref V, b]]", Ref("V")),
        ("!Split ['|', 'a|b|']", sequence("a", "b", "")),
        ("!Split [',', !Join [',', [!Ref V, b]]]", sequence(Ref("V"), "b")),
        ("!Base64 text", "dGV4dA=="),
        ("{'Fn::Length': !Ref Ids}", 3),
        ("{'Fn::ToJsonString': {b: [1, x], a: true}}", '{"a":true,"b":[1,"x"]}'),
        ("!Cidr [10.0.0.0/16, 2, 8]", sequence("10.0.0.0/24", "10.0.1.0/24")),
        ("!Select [1, !Cidr [!GetAtt V.CidrBlock, '4', '12']]", "10.0.16.0/20"),
        ("!Cidr [10.0.0.0/16, 1]", sequence("10.0.0.0/24")),
        ("!Cidr ['2001:db8::/56', 2, 64]", sequence("2001:db8::/64", "2001:db8:0:1::/64")),
        ("!Select [0, !GetAZs '']", Symbol((Ref("AWS::Region", "AvailabilityZones[0]"),))),
        ("!Select [1, !GetAZs {Ref: 'AWS::Region'}]", Symbol((Ref("AWS::Region", "AvailabilityZones[1]"),))),
        ("!GetAZs us-east-1", Ref("us-east-1", "AvailabilityZones")),
        ("{'Ref': 'AWS::NoValue'}", None),
        ("[a, !Ref 'AWS::NoValue']", sequence("a")),
        ("{A: 1, B: !Ref 'AWS::NoValue'}", Map.of({"A": 1})),
    ],
)
def test_a_function_comes_to_what_aws_makes_of_it(expression: str, expected: Value) -> None:
    assert value(expression, PARAMETERS) == expected


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("!Ref Nothing", "7:15 Nothing is neither a parameter nor a resource"),
        ("!Ref 'AWS::Regoin'", "7:15 AWS::Regoin is no pseudo parameter"),
        ("!GetAtt Nothing.Arn", "7:10 Nothing is no resource, so it has no attribute Arn"),
        ("!GetAtt Name.Arn", "7:10 Name is no resource, so it has no attribute Arn"),
        ("!Sub 'a ${Nothing} b'", "7:15 Nothing is neither a parameter nor a resource"),
        ("!Sub 'a ${Ids} b'", "7:15 Fn::Sub: Ids is not a text"),
        ("!Select [3, !Ref Ids]", "7:10 Fn::Select: there is no item 3, the list has 3"),
        ("!Select [-1, !Ref Ids]", "7:10 Fn::Select: the index must be a number from 0, not '-1'"),
        ("!Select [0, !Ref Name]", "7:10 Fn::Select takes a list"),
        ("!Select [0]", "7:10 Fn::Select takes a list of 2 arguments"),
        ("!Join ['', !Ref Name]", "7:10 Fn::Join takes a list of texts"),
        ("!Split ['', a]", "7:10 Fn::Split takes a text to split at, and it cannot be empty"),
        ("!Cidr [10.0.0.0/16, 300, 4]", "7:10 Fn::Cidr: the count must be a number from 1 to 256, not '300'"),
        ("!Cidr [10.0.0.0/24, 3, 7]", "7:10 Fn::Cidr: 10.0.0.0/24 has no room for 3 blocks with 7 bits"),
        ("!Cidr [here, 3, 7]", "7:10 Fn::Cidr: 'here' is no CIDR block"),
        ("!If [Missing, a, b]", "7:15 the template has no condition Missing"),
        ("!Nonsense x", "7:10 Fn::Nonsense has no value here"),
        ("!Transform {Name: AWS::Include, Parameters: {Location: s3://b/k}}", "7:10 what AWS::Include puts here is not seen"),
    ],
)
def test_what_aws_refuses_is_said_at_its_place(expression: str, why: str) -> None:
    assert refusal(expression, PARAMETERS) == why


@pytest.mark.parametrize(
    ("expression", "reason", "ends"),
    [
        ("!Ref Open", "parameter Open has no default", ""),
        ("!Sub 'com.amazonaws.${AWS::Region}.s3'", "AWS::Region is known only at deployment", ".s3"),
        ("!Join ['.', [!Ref Open, !Ref Name, internal]]", "parameter Open has no default", ".web.internal"),
        ("!Select [0, !Ref Subnets]", "parameter Subnets has no default", ""),
        ("'{{resolve:ssm:/vpc/id}}'", "{{resolve:ssm:/vpc/id}} is read only at deployment", ""),
        ("!Sub 'x{{resolve:ssm:/${Name}}}y'", "{{resolve:ssm:/web}} is read only at deployment", ""),
        ("!ImportValue prod-VpcId", "it is imported from the export prod-VpcId", ""),
    ],
)
def test_what_is_not_known_says_why(expression: str, reason: str, ends: str) -> None:
    found = value(expression, PARAMETERS)
    assert isinstance(found, Unknown)
    assert (found.why, found.ends) == (reason, ends)


def test_a_function_of_few_values_has_few_values() -> None:
    found = value("!Sub '${Few}-${Name}'", PARAMETERS)
    assert isinstance(found, Unknown)
    assert found.among == ("a-web", "b-web")


def test_blocks_of_an_unknown_network_are_still_counted() -> None:
    found = value("{'Fn::Length': !Cidr [!Ref Open, 4, 8]}", PARAMETERS)
    assert found == 4


def test_an_identity_inside_a_longer_text_is_remembered() -> None:
    found = value("!Sub 'arn:${V}:x'", PARAMETERS)
    assert isinstance(found, Unknown)
    assert found.refs == (Ref("V"),)


def test_the_endpoint_of_a_firewall_is_told_from_its_zone() -> None:
    firewall = "!Select [1, !Split [':', !Select [0, !GetAtt F.EndpointIds]]]"
    sections = "Outputs: {}\n"
    found = value(firewall.replace("F.", "V."), sections)
    assert found == Ref("V", "EndpointIds[0]")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("!FindInMap [Regions, eu-west-1, Tgw]", "tgw-1"),
        ("!FindInMap [Regions, eu-west-1, Zones]", sequence("a", "b")),
        ("!FindInMap [Regions, !Ref 'AWS::Region', Same]", "x"),
        ("!FindInMap [Regions, mars, Tgw, {DefaultValue: none}]", "none"),
        ("!FindInMap [Nothing, mars, Tgw, {DefaultValue: !Ref V}]", Ref("V")),
    ],
)
def test_a_mapping_gives_its_value(expression: str, expected: Value) -> None:
    assert value(expression, MAPPINGS) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("!FindInMap [Regions, !Ref 'AWS::Region', Tgw]", ("tgw-1", "tgw-2")),
        ("!FindInMap [Stages, !Ref Stage, Size]", ("big", "small")),
        ("!FindInMap [Stages, !Ref Open, Size]", ("big", "small", "tiny")),
        ("!FindInMap [Stages, !Ref Open, Size, {DefaultValue: none}]", ("big", "small", "tiny", "none")),
    ],
)
def test_a_mapping_with_an_unknown_key_gives_all_that_it_can(expression: str, expected: tuple[Value, ...]) -> None:
    found = value(expression, MAPPINGS)
    assert isinstance(found, Unknown)
    assert found.among == expected


def test_a_key_that_a_mapping_lacks_is_refused() -> None:
    why = refusal("!FindInMap [Regions, mars, Tgw]", MAPPINGS)
    assert why == "7:10 Fn::FindInMap: mapping Regions has no mars with Tgw"


def test_a_given_region_decides_between_the_keys_of_a_mapping() -> None:
    found = value("!FindInMap [Regions, !Ref 'AWS::Region', Tgw]", MAPPINGS, {"AWS::Region": "us-east-1"})
    assert found == "tgw-2"


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("eu-west-1", "aws amazonaws.com"),
        ("cn-north-1", "aws-cn amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov amazonaws.com"),
    ],
)
def test_the_region_tells_the_partition(region: str, expected: str) -> None:
    assert value("!Sub '${AWS::Partition} ${AWS::URLSuffix}'", "", {"AWS::Region": region}) == expected


@examples(st.integers(0, 24), st.integers(1, 256), st.integers(1, 31), st.integers(0, 2**32 - 1))
def test_blocks_are_those_of_the_network_in_order(length: int, count: int, bits: int, address: int) -> None:
    network = ip_network((address >> (32 - length) << (32 - length) if length else 0, length))
    if 32 - bits < length or count > 2 ** (32 - bits - length):
        return
    found = cidr(str(network), count, bits)
    assert isinstance(found, Seq)
    blocks = [ip_network(item) for item in found if isinstance(item, str)]
    expected = network.subnets(new_prefix=32 - bits)
    assert blocks == [next(expected) for _ in range(count)]


TEXTS = st.lists(
    st.one_of(st.text("ab-", max_size=3), st.sampled_from([Ref("A"), Ref("B", "GroupId")])), min_size=1, max_size=5
)


@examples(TEXTS)
def test_what_is_joined_with_commas_splits_into_the_same(items: list[str | Ref]) -> None:
    text = join(",", Seq(tuple(items), "list"))
    if isinstance(text, Ref):
        assert items == [text]
        return
    assert split_text(",", text) == Seq(tuple(items), "list")
