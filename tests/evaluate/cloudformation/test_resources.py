"""
Resources: addresses, places, loops, SAM, and what a transform hides.
"""

from __future__ import annotations

import pytest

from sglint.value import Map, Ref, Seq, Symbol, Unknown
from tests.evaluate.cloudformation.made import addresses, messages, one, root, values

LOOPS = """
Transform: AWS::LanguageExtensions
Parameters:
  Names: {Type: CommaDelimitedList, Default: "a,b"}
  Open: {Type: CommaDelimitedList}
"""


def test_a_value_has_its_place_and_the_resource_its_key() -> None:
    text = """\
Resources:
  S:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: d
      SecurityGroupIngress:
        - IpProtocol: tcp
          CidrIp: !If [C, 0.0.0.0/0, 10.0.0.0/8]
        - IpProtocol: udp
Conditions: {C: !Equals [a, a]}
"""
    found = one(root(text), "S")
    assert found.kind == "AWS::EC2::SecurityGroup"
    assert (found.origin.span.line, found.origin.span.column) == (3, 3)
    assert found.origin.block.end_line >= 10
    assert found.origin.root == "t.yaml"
    places = {path: (span.line, span.column) for path, span in found.origin.fields}
    assert places["GroupDescription"] == (6, 25)
    assert places["SecurityGroupIngress[0].CidrIp"] == (9, 19)
    assert places["SecurityGroupIngress[1].IpProtocol"] == (10, 23)


def test_only_wanted_kinds_are_looked_at() -> None:
    text = """
Resources:
  A: {Type: AWS::EC2::Subnet, Properties: {P: 1}}
  B: {Type: AWS::S3::Bucket, Properties: {P: !Ref Nothing}}
  C: {Type: 'Custom::Thing', Properties: {P: !GetAtt Nothing.X}}
"""
    found = root(text)
    assert addresses(found) == ["A"]
    assert messages(found) == []


def test_a_loop_makes_a_resource_for_each_item() -> None:
    text = (
        LOOPS
        + """
Resources:
  V: {Type: AWS::EC2::VPC}
  Fn::ForEach::Tables:
    - Name
    - !Ref Names
    - Table${Name}:
        Type: AWS::EC2::RouteTable
        Properties: {VpcId: !Ref V, P: !Sub "x-${Name}", Q: !Ref Name, Tags: [{Key: "${Name}"}]}
      Route${Name}:
        Type: AWS::EC2::Route
        Properties: {RouteTableId: !Ref "Table${Name}", P: !GetAtt ["Table${Name}", RouteTableId]}
"""
    )
    found = root(text)
    assert addresses(found) == ["Routea", "Routeb", "Tablea", "Tableb", "V"]
    tags = Seq((Map.of({"Key": "b"}),), "list")
    assert dict(values(found, "Tableb").items()) == {"VpcId": Ref("V"), "P": "x-b", "Q": "b", "Tags": tags}
    assert values(found, "Routea") == Map.of({"RouteTableId": Ref("Tablea"), "P": Ref("Tablea", "RouteTableId")})
    assert one(found, "Tablea").origin.span == one(found, "Tableb").origin.span


def test_loops_nest_and_leave_out_signs_after_an_ampersand() -> None:
    text = (
        LOOPS
        + """
Resources:
  Fn::ForEach::Outer:
    - X
    - [10.0, "20"]
    - Fn::ForEach::Inner:
        - Y
        - !Ref Names
        - T&{X}${Y}:
            Type: AWS::EC2::RouteTable
            Properties: {P: "${X}/${Y}"}
"""
    )
    found = root(text)
    assert {resource.address: resource.values["P"] for resource in found.resources} == {
        "T100a": "10.0/a",
        "T100b": "10.0/b",
        "T20a": "20/a",
        "T20b": "20/b",
    }


def test_a_loop_inside_properties_and_conditions() -> None:
    text = (
        LOOPS
        + """
Conditions:
  Fn::ForEach::Each:
    - Name
    - !Ref Names
    - Is${Name}: !Equals [!Ref "AWS::Region", "${Name}"]
Resources:
  S:
    Type: AWS::EC2::Subnet
    Condition: Isb
    Properties:
      P:
        Fn::ForEach::Keys: [K, [x, y], {"${K}1": "v-${K}"}]
"""
    )
    found = root(text, {"AWS::Region": "b"})
    assert values(found, "S")["P"] == Map.of({"x1": "v-x", "y1": "v-y"})


@pytest.mark.parametrize(
    ("collection", "why"),
    [
        ("!Ref Open", "loop L is not written out: its collection is not known, because parameter Open has no default"),
        ("!Ref Missing", "loop L is not written out: Missing is neither a parameter nor a resource"),
        ("text", "loop L is not written out: its collection is not a list of known texts"),
    ],
)
def test_a_loop_over_what_is_not_known_is_a_problem_with_its_place(collection: str, why: str) -> None:
    body = f"Resources:\n  Fn::ForEach::L: [N, {collection}, {{'T${{N}}': {{Type: 'AWS::EC2::RouteTable'}}}}]\n"
    found = root(LOOPS + body)
    assert messages(found) == [why]
    assert found.problems[0].hides
    assert found.problems[0].span is not None


def test_a_loop_of_a_million_ends_in_a_problem() -> None:
    items = ", ".join(str(number) for number in range(100))
    inner = "{'T${A}x${B}x${C}': {Type: 'AWS::EC2::RouteTable'}}"
    for name in "CBA":
        inner = f"{{'Fn::ForEach::L{name}': [{name}, [{items}], {inner}]}}"
    found = root(f"{LOOPS}Resources: {inner}\n")
    assert any("go round more than 5000 times" in message for message in messages(found))


def test_a_function_of_sam_has_what_the_globals_say() -> None:
    text = """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    VpcConfig:
      SecurityGroupIds: [sg-all]
      SubnetIds: [subnet-all]
Resources:
  A:
    Type: AWS::Serverless::Function
    Properties: {Handler: h}
  B:
    Type: AWS::Serverless::Function
    Properties: {VpcConfig: {SubnetIds: [subnet-own]}}
  C: {Type: AWS::Serverless::Function}
  D: {Type: AWS::EC2::Subnet, Properties: {P: !GetAtt ARole.Arn, Q: !Ref ServerlessRestApi}}
"""
    found = root(text)
    assert messages(found) == []
    every = Map.of({"SecurityGroupIds": Seq(("sg-all",), "list"), "SubnetIds": Seq(("subnet-all",), "list")})
    assert values(found, "A")["VpcConfig"] == every
    assert values(found, "C")["VpcConfig"] == every
    own = values(found, "B")["VpcConfig"]
    assert isinstance(own, Map)
    assert own["SubnetIds"] == Seq(("subnet-all", "subnet-own"), "list")
    assert own["SecurityGroupIds"] == Seq(("sg-all",), "list")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "Transform: [AWS::LanguageExtensions, Mine]\nResources: {}\n",
            "the macro Mine may change everything in this template, and what it does is not seen",
        ),
        (
            "Transform: {Name: 'AWS::Include', Parameters: {Location: s3://b/k}}\nResources: {}\n",
            "the macro AWS::Include may change everything in this template, and what it does is not seen",
        ),
        (
            "Resources:\n  Fn::Transform: {Name: AWS::Include}\n  A: {Type: AWS::EC2::Subnet}\n",
            "what Fn::Transform puts here is not seen",
        ),
        ("Resources:\n  Fn::Transform: {Name: AWS::Include}\n", "what Fn::Transform puts into Resources is not seen"),
        (
            "Resources:\n  A: {Type: AWS::EC2::Subnet, Properties: {'Fn::Transform': {Name: 'AWS::Include'}}}\n",
            "what AWS::Include puts here is not seen",
        ),
        (
            "Resources:\n  A: {Type: AWS::EC2::Subnet, 'Fn::Transform': {Name: 'AWS::Include'}, Properties: {P: 1}}\n",
            "what AWS::Include puts here is not seen",
        ),
        ("Fn::Transform: {Name: AWS::Include}\nResources: {}\n", "what Fn::Transform puts here is not seen"),
        ("Resources:\n  A: {Type: AWS::EC2::Subnet, Properties: [1]}\n", "the Properties of A are no map"),
        ("Resources:\n  A: {Properties: {P: 1}}\n", "A has no Type that is a text"),
        ("Resources:\n  A: {Type: My::Net::Work::MODULE}\n", "what A of type My::Net::Work::MODULE makes is not seen"),
        ("Resources: [1]\n", "Resources is not a mapping"),
        ("Parameters: {}\n", "the template has no Resources"),
    ],
)
def test_what_is_hidden_or_wrong_is_said(text: str, why: str) -> None:
    assert messages(root(text)) == [why]


def test_what_a_transform_stands_beside_is_still_read() -> None:
    text = "Resources:\n  A: {Type: AWS::EC2::Subnet, Properties: {P: 1, 'Fn::Transform': {Name: 'AWS::Include'}}}\n"
    found = root(text)
    assert values(found, "A") == Map.of({"P": 1})
    assert messages(found) == ["what AWS::Include puts here is not seen"]


def test_an_attribute_that_the_resource_sets_is_what_it_sets() -> None:
    text = """
Parameters: {Cidr: {Type: String}}
Resources:
  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !If [C, 10.0.0.0/16, !Ref Cidr]}}
  W: {Type: AWS::EC2::VPC, Properties: {Ipv4IpamPoolId: pool}}
  S: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref V, AvailabilityZone: !Select [0, !GetAZs ""]}}
  T: {Type: AWS::EC2::Subnet, Properties: {P: !GetAtt V.CidrBlock, Q: !GetAtt W.CidrBlock, R: !GetAtt S.VpcId}}
  U: {Type: AWS::EC2::Subnet, Properties: {P: !GetAtt S.AvailabilityZone, Q: !Sub "${S.AvailabilityZone}-x"}}
Conditions: {C: !Equals [!Ref AWS::Region, x]}
"""
    found = root(text, {"AWS::Region": "x"})
    assert dict(values(found, "T").items()) == {"P": "10.0.0.0/16", "Q": Ref("W", "CidrBlock"), "R": Ref("V")}
    zone = Ref("x", "AvailabilityZones[0]")
    assert values(found, "U") == Map.of({"P": Symbol((zone,)), "Q": Symbol((zone, "-x"))})


def test_attributes_that_lead_to_one_another_are_a_problem() -> None:
    text = """
Resources:
  A: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !GetAtt B.CidrBlock}}
  B: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !GetAtt A.CidrBlock}}
"""
    found = root(text)
    assert set(messages(found)) == {"A.CidrBlock depends on itself", "B.CidrBlock depends on itself"}
    assert isinstance(values(found, "A")["CidrBlock"], Unknown)


def test_texts_that_grow_without_end_are_a_problem() -> None:
    expression = "x" * 100
    for _ in range(20):
        expression = f"{{'Fn::Sub': ['${{a}}${{a}}', {{a: {expression}}}]}}"
    found = root(f"Resources:\n  A: {{Type: AWS::EC2::Subnet, Properties: {{P: {expression}}}}}\n")
    assert len(found.problems) == 1
