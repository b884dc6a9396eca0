"""
Exports and imports between the templates of one scan.
"""

from __future__ import annotations

import pytest

from sglint.evaluate.cloudformation import Given, Parameters
from sglint.value import Ref, Seq, Unknown
from tests.evaluate.cloudformation.made import addresses, messages, one, roots, values

HEAD = "AWSTemplateFormatVersion: '2010-09-09'\n"
NETWORK = (
    HEAD
    + """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc}}
  Bastion: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A}}
Outputs:
  Subnet: {Value: !Ref A, Export: {Name: !Sub "${AWS::StackName}-SubnetId"}}
  Subnets: {Value: !Join [",", [!Ref A, !Ref B]], Export: {Name: !Join ["-", [!Ref AWS::StackName, Subnets]]}}
  Cidr: {Value: !GetAtt Vpc.CidrBlock, Export: {Name: net-cidr}}
"""
)


def host(name: str, more: str = "") -> str:
    return HEAD + f"Resources:\n  S: {{Type: AWS::EC2::Instance, Properties: {{P: {name}}}}}\n" + more


def imported(
    name: str, more: str = "", parameters: Parameters | None = None, **files: str
) -> tuple[object, list[str], list[str]]:
    texts = {"net.yaml": NETWORK, "host.yaml": host(name, more), **{f"{key}.yaml": text for key, text in files.items()}}
    found = roots(texts, parameters)["host.yaml"]
    return values(found, "S")["P"], addresses(found), messages(found)


def test_an_import_of_a_whole_name_gives_the_value() -> None:
    value, there, problems = imported("!ImportValue net-cidr")
    assert value == "10.0.0.0/16"
    assert there == ["S"]
    assert problems == []


def test_an_import_says_what_the_other_stack_is_called() -> None:
    value, there, _ = imported("!ImportValue prod-SubnetId")
    assert value == Ref("prod:A")
    assert there == ["S", "prod:A", "prod:B", "prod:Vpc"]


def test_two_names_are_two_stacks_of_one_template() -> None:
    value, there, _ = imported("[!ImportValue prod-SubnetId, !ImportValue test-SubnetId]")
    assert value == Seq((Ref("prod:A"), Ref("test:A")), "list")
    assert [address for address in there if address.endswith(":Vpc")] == ["prod:Vpc", "test:Vpc"]


def test_the_network_of_the_other_stack_takes_part_and_its_interfaces_do_not() -> None:
    found = roots({"net.yaml": NETWORK, "host.yaml": host("!ImportValue prod-SubnetId")})
    assert values(found["host.yaml"], "prod:A")["VpcId"] == Ref("prod:Vpc")
    assert one(found["host.yaml"], "prod:A").origin.root == "net.yaml"
    assert one(found["host.yaml"], "S").origin.root == "host.yaml"
    assert "Bastion" in addresses(found["net.yaml"])
    assert not any("Bastion" in address for address in addresses(found["host.yaml"]))
    assert [document.path for document in found["host.yaml"].documents] == ["host.yaml", "net.yaml"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("!Select [1, !Split [',', !ImportValue prod-Subnets]]", Ref("prod:B")),
        ("!Split [',', !ImportValue {'Fn::Sub': '${Stack}-Subnets'}]", Seq((Ref("net:A"), Ref("net:B")), "list")),
        ("!ImportValue {'Fn::Sub': '${Stack}-SubnetId'}", Ref("net:A")),
        ("!ImportValue {'Fn::Sub': '${Open}-SubnetId'}", Ref("net.yaml:A")),
    ],
)
def test_the_name_may_come_from_a_parameter(name: str, expected: object) -> None:
    value, _, problems = imported(name, "Parameters: {Stack: {Type: String, Default: net}, Open: {Type: String}}\n")
    assert value == expected
    assert problems == []


def test_a_name_from_the_configuration_is_the_stacks_name() -> None:
    named = Parameters(stacks={"net.yaml": "core"})
    value, there, _ = imported("!ImportValue core-SubnetId", parameters=named)
    assert value == Ref("core:A")
    assert "core:Vpc" in there
    value, there, _ = imported("!ImportValue prod-SubnetId", parameters=named)
    assert isinstance(value, Unknown)
    assert there == ["S"]


def test_an_export_of_two_templates_is_not_guessed() -> None:
    value, there, _ = imported("!ImportValue prod-SubnetId", other=NETWORK)
    assert isinstance(value, Unknown)
    assert value.why == "it is imported from the export prod-SubnetId, which may be one of net.yaml, other.yaml"
    assert there == ["S"]


@pytest.mark.parametrize("stack", ["prod", "${Open}"])
def test_what_else_is_imported_from_a_stack_tells_two_templates_apart(stack: str) -> None:
    other = NETWORK.replace("  Subnets: {", "  Other: {").replace("Subnets]", "Other]")
    names = [f"!ImportValue {{'Fn::Sub': '{stack}-{name}'}}" for name in ("SubnetId", "Subnets")]
    value, _, problems = imported(f"[{', '.join(names)}]", "Parameters: {Open: {Type: String}}\n", other=other)
    label = "prod" if stack == "prod" else "net.yaml"
    assert isinstance(value, Seq)
    assert value[0] == Ref(f"{label}:A")
    assert problems == []


def test_the_name_of_a_stack_tells_two_templates_apart() -> None:
    named = Parameters(stacks={"net.yaml": "prod", "other.yaml": "test"})
    value, _, _ = imported("!ImportValue test-SubnetId", parameters=named, other=NETWORK)
    assert value == Ref("test:A")
    own = Parameters(templates={"net.yaml": {"AWS::StackName": Given("prod")}, "other.yaml": {"AWS::StackName": Given("x")}})
    assert imported("!ImportValue prod-SubnetId", parameters=own, other=NETWORK)[0] == Ref("prod:A")


def test_an_import_that_nobody_exports_names_the_export() -> None:
    value, _, problems = imported("!ImportValue elsewhere")
    assert isinstance(value, Unknown)
    assert value.why == "it is imported from the export elsewhere"
    assert problems == []
    value, _, _ = imported("!ImportValue {'Fn::Sub': '${X}-vpn'}", "Parameters: {X: {Type: String}}\n")
    assert isinstance(value, Unknown)
    assert value.why == "it is imported from the export ${...}-vpn"


def test_an_import_by_an_unknown_name_is_not_guessed() -> None:
    value, _, _ = imported("!ImportValue {Ref: X}", "Parameters: {X: {Type: String}}\n")
    assert isinstance(value, Unknown)
    assert value.why == "it is imported from the export with a name that is not known"


def test_imports_pass_through_a_third_stack() -> None:
    middle = (
        HEAD
        + """
Resources:
  G: {Type: AWS::EC2::SecurityGroup, Properties: {P: !ImportValue prod-SubnetId}}
Outputs:
  G: {Value: !Ref G, Export: {Name: group}}
"""
    )
    value, there, problems = imported("!ImportValue group", middle=middle)
    assert problems == []
    assert value == Ref("middle.yaml:G")
    assert there == ["S", "middle.yaml:G", "prod:A", "prod:B", "prod:Vpc"]


def test_stacks_that_import_from_each_other_end() -> None:
    text = """
Resources:
  S: {{Type: AWS::EC2::Subnet, Properties: {{P: !ImportValue {theirs}}}}}
Outputs:
  O: {{Value: !ImportValue {theirs}, Export: {{Name: {ours}}}}}
"""
    files = {"a.yaml": HEAD + text.format(ours="a", theirs="b"), "b.yaml": HEAD + text.format(ours="b", theirs="a")}
    found = roots(files)
    assert messages(found["a.yaml"]) != []
    assert isinstance(values(found["a.yaml"], "S")["P"], Unknown)


def test_a_template_does_not_import_from_itself() -> None:
    text = HEAD + "Resources:\n  S: {Type: AWS::EC2::Subnet, Properties: {P: !ImportValue x}}\n"
    text += "Outputs:\n  O: {Value: 1, Export: {Name: x}}\n"
    assert isinstance(values(roots({"a.yaml": text})["a.yaml"], "S")["P"], Unknown)


def test_a_nested_stack_exports_too() -> None:
    outer = HEAD + "Resources:\n  Net: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: net.yaml}}\n"
    found = roots({"net.yaml": NETWORK, "main.yaml": outer, "host.yaml": host("!ImportValue prod-SubnetId")})
    assert list(found) == ["host.yaml", "main.yaml"]
    assert values(found["host.yaml"], "S")["P"] == Ref("main.yaml:Net.A")
    assert "main.yaml:Net.Vpc" in addresses(found["host.yaml"])


def test_a_sibling_in_the_same_root_is_not_read_twice() -> None:
    outer = (
        HEAD
        + """
Resources:
  Net: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: net.yaml}}
  Host: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: host.yaml}}
"""
    )
    found = roots({"net.yaml": NETWORK, "main.yaml": outer, "host.yaml": host("!ImportValue net-cidr")})["main.yaml"]
    assert values(found, "Host.S")["P"] == "10.0.0.0/16"
    assert addresses(found) == ["Host.S", "Net.A", "Net.B", "Net.Bastion", "Net.Vpc"]


def test_the_name_of_a_nested_stack_tells_two_of_them_apart() -> None:
    outer = (
        HEAD
        + """
Resources:
  One: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: net.yaml}}
  Two: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: net.yaml}}
  Host: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: host.yaml, Parameters: {Of: !GetAtt Two.Outputs.Name}}}
"""
    )
    net = NETWORK + "  Name: {Value: !Ref AWS::StackName}\n"
    inner = host("!ImportValue {'Fn::Sub': '${Of}-SubnetId'}", "Parameters: {Of: {Type: String}}\n")
    found = roots({"net.yaml": net, "main.yaml": outer, "also.yaml": outer, "host.yaml": inner})
    assert values(found["main.yaml"], "Host.S")["P"] == Ref("Two.A")
    assert not any(":" in address for address in addresses(found["main.yaml"]))


def test_an_export_whose_condition_is_false_is_not_there() -> None:
    text = NETWORK.replace("Cidr: {", "Cidr: {Condition: Never, ") + "Conditions: {Never: !Equals [a, b]}\n"
    found = roots({"net.yaml": text, "host.yaml": host("!ImportValue net-cidr")})["host.yaml"]
    assert isinstance(values(found, "S")["P"], Unknown)


def test_interface_endpoints_of_the_other_stack_are_left_to_it() -> None:
    more = """
  E: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcEndpointType: Interface}}
  G: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcEndpointType: GatewayLoadBalancer}}
"""
    text = NETWORK.replace("Outputs:", more + "Outputs:")
    found = roots({"net.yaml": text, "host.yaml": host("!ImportValue prod-SubnetId")})
    assert [address for address in addresses(found["host.yaml"]) if address[-1] in "EG"] == ["prod:G"]
