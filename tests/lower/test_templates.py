"""
Whole templates, from their text to the network: what conditions, functions and stacks become in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from sglint.evaluate.cloudformation import Templates, evaluate_template, given
from sglint.lower import WORDS, lower
from sglint.model import Direction, Network, TargetKind
from sglint.source import Problem, discover
from sglint.value import Unknown
from tests.lower.build import only, rules, shown

BASE = """
    Parameters:
      Create: {Type: String, AllowedValues: ["yes", "no"]}
      Gateway: {Type: String}
    Conditions:
      Created: !Equals [!Ref Create, "yes"]
    Resources:
      Vpc:
        Type: AWS::EC2::VPC
        Properties: {CidrBlock: 10.0.0.0/16}
      A:
        Type: AWS::EC2::Subnet
        Properties:
          VpcId: !Ref Vpc
          CidrBlock: !Select [0, !Cidr [!GetAtt Vpc.CidrBlock, 4, 8]]
          AvailabilityZone: !Select [0, !GetAZs ""]
      Table:
        Type: AWS::EC2::RouteTable
        Properties: {VpcId: !Ref Vpc}
      Association:
        Type: AWS::EC2::SubnetRouteTableAssociation
        Properties: {SubnetId: !Ref A, RouteTableId: !Ref Table}
"""


def network(directory: Path, parameters: Mapping[str, str], *texts: str, **stacks: str) -> Network:
    """
    Return the network of the template that these texts are together, and of the templates of stacks beside it.
    """
    found, problems = told(directory, parameters, *texts, **stacks)
    assert problems == ()
    return found


def told(directory: Path, parameters: Mapping[str, str], *texts: str, **stacks: str) -> tuple[Network, tuple[Problem, ...]]:
    """
    Return the network, and what could not be read of it.
    """
    for name, text in {"main": "".join(map(dedent_resources, texts)), **stacks}.items():
        (directory / f"{name}.yaml").write_text(f"AWSTemplateFormatVersion: '2010-09-09'\n{dedent(text)}", "utf-8")
    discovery = discover([str(directory)], base=str(directory))
    root = evaluate_template(Templates.of(discovery), str(directory / "main.yaml"), given(parameters), WORDS)
    assert root.problems == ()
    return lower(root.path, root.resources)


def dedent_resources(text: str) -> str:
    """
    Return a part of a template at the left margin: sections as they are, resources below the last section.
    """
    text = dedent(text).strip("\n")
    whole = text.startswith(("Parameters:", "Resources:"))
    return text + "\n" if whole else "".join(f"  {line}\n" for line in text.splitlines())


def test_endpoint_picked_out_of_a_firewall(tmp_path: Path) -> None:
    more = """
        Firewall:
          Type: AWS::NetworkFirewall::Firewall
          Properties:
            FirewallName: f
            FirewallPolicyArn: arn:aws:network-firewall:eu-west-1:111122223333:firewall-policy/p
            VpcId: !Ref Vpc
            SubnetMappings: [{SubnetId: !Ref A}]
        Out:
          Type: AWS::EC2::Route
          Properties:
            RouteTableId: !Ref Table
            DestinationCidrBlock: 0.0.0.0/0
            VpcEndpointId: !Select [1, !Split [":", !Select [0, !GetAtt Firewall.EndpointIds]]]
    """
    (route,) = network(tmp_path, {}, BASE, more).routes
    assert [(one.kind, one.address) for one in route.targets] == [(TargetKind.NETWORK_FIREWALL, "Firewall")]


def test_gateway_that_is_a_parameter_is_one_all_the_same(tmp_path: Path) -> None:
    more = """
        Out:
          Type: AWS::EC2::Route
          Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 10.0.0.0/8, TransitGatewayId: !Ref Gateway}
    """
    (target,) = network(tmp_path, {}, BASE, more).routes[0].targets
    assert (target.kind, target.why and target.why.why) == (TargetKind.TRANSIT_GATEWAY, "parameter Gateway has no default")
    (target,) = network(tmp_path, {"Gateway": "tgw-1"}, BASE, more).routes[0].targets
    assert (target.kind, target.address) == (TargetKind.TRANSIT_GATEWAY, "tgw-1")


GUARDED = """
    Group:
      Type: AWS::EC2::SecurityGroup
      Condition: Created
      Properties:
        GroupDescription: x
        VpcId: !Ref Vpc
        SecurityGroupIngress:
          - {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}
    Rule:
      Type: AWS::EC2::SecurityGroupIngress
      Condition: Created
      Properties: {GroupId: !Ref Group, IpProtocol: "-1", CidrIp: 10.0.0.0/8}
    Host:
      Type: AWS::EC2::Instance
      Condition: Created
      Properties: {ImageId: ami-1, SubnetId: !Ref A, SecurityGroupIds: [!Ref Group]}
"""


def test_rules_of_a_group_hold_whenever_the_group_is_there(tmp_path: Path) -> None:
    found = network(tmp_path, {}, BASE, GUARDED)
    assert only(found, "Host").origin.maybe is not None
    assert [one.origin.maybe for one in rules(found, "Group")] == [None, None]


@pytest.mark.parametrize(("answer", "interfaces"), [("yes", ["Host"]), ("no", [])])
def test_condition_that_is_decided(tmp_path: Path, answer: str, interfaces: list[str]) -> None:
    found = network(tmp_path, {"Create": answer}, BASE, GUARDED)
    assert [one.address for one in found.interfaces if one.origin.maybe is None] == interfaces


def test_groups_that_depend_on_a_condition(tmp_path: Path) -> None:
    more = """
        One: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x, VpcId: !Ref Vpc}}
        Two: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x, VpcId: !Ref Vpc}}
        Eni:
          Type: AWS::EC2::NetworkInterface
          Properties: {SubnetId: !Ref A, GroupSet: !If [Created, [!Ref One, !Ref Two], [!Ref One]]}
    """
    first, second = only(network(tmp_path, {}, BASE, more), "Eni").groups
    assert first == "One"
    assert isinstance(second, Unknown)
    assert [one.address for one in second.refs] == ["Two"]


def test_no_value_is_a_value_that_is_not_written(tmp_path: Path) -> None:
    more = """
        Group:
          Type: AWS::EC2::SecurityGroup
          Properties:
            GroupDescription: x
            SecurityGroupEgress:
              !If [Created, !Ref "AWS::NoValue", [{IpProtocol: tcp, CidrIp: 10.0.0.0/8, FromPort: 1, ToPort: 2}]]
        Eni:
          Type: AWS::EC2::NetworkInterface
          Properties: {SubnetId: !Ref A, GroupSet: !If [Created, !Ref "AWS::NoValue", [!Ref Group]]}
    """
    created = network(tmp_path, {"Create": "yes"}, BASE, more)
    assert only(created, "Eni").groups == ("Vpc.DefaultSecurityGroup",)
    assert "ipv4 tcp 0.0.0.0/0 0-65535" in {
        box for one in rules(created, "Group", Direction.OUT) for box in shown(one.boxes.least)
    }
    refused = network(tmp_path, {"Create": "no"}, BASE, more)
    assert only(refused, "Eni").groups == ("Group",)
    assert [shown(one.boxes.least) for one in rules(refused, "Group", Direction.OUT)] == [["ipv4 tcp 10.0.0.0/8 1-2"]]


def test_subnet_of_a_nested_stack(tmp_path: Path) -> None:
    main = """
        Resources:
          Net:
            Type: AWS::CloudFormation::Stack
            Properties: {TemplateURL: net.yaml}
          Eni:
            Type: AWS::EC2::NetworkInterface
            Properties: {SubnetId: !GetAtt Net.Outputs.Subnet}
    """
    inner = """
        Resources:
          Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
          A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
        Outputs:
          Subnet: {Value: !GetAtt A.SubnetId}
    """
    found = network(tmp_path, {}, main, net=inner)
    assert only(found, "Eni").subnets == ("Net.A",)
    assert only(found, "Eni").groups == ("Net.Vpc.DefaultSecurityGroup",)


def test_what_cdk_empties_permits_nothing_over_ipv4(tmp_path: Path) -> None:
    more = """
        Restrict:
          Type: Custom::VpcRestrictDefaultSG
          %s
          Properties:
            ServiceToken: arn:aws:lambda:eu-west-1:123456789012:function:restrict
            DefaultSecurityGroupId: !GetAtt Vpc.DefaultSecurityGroup
    """
    group = "Vpc.DefaultSecurityGroup"
    sure = network(tmp_path, {}, BASE, more % "DeletionPolicy: Delete")
    assert (rules(sure, group, Direction.IN), rules(sure, group, Direction.OUT)) == ((), ())
    maybe = network(tmp_path, {}, BASE, more % "Condition: Created")
    for direction, peer in ((Direction.IN, f"GroupPeer(group='{group}')"), (Direction.OUT, "0.0.0.0/0")):
        (one,) = rules(maybe, group, direction)
        assert one.boxes.least == ()
        assert any(peer in box and "tcp" in box for box in shown(one.boxes.most))
        assert "Create" in one.boxes.because[0].why
    without = network(tmp_path, {"Create": "no"}, BASE, more % "Condition: Created")
    assert all(one.boxes.least for one in (*rules(without, group, Direction.IN), *rules(without, group, Direction.OUT)))


@pytest.mark.parametrize("kind", ["Custom::ApplianceMode", "AWS::CloudFormation::CustomResource"])
def test_a_function_that_gets_an_attachment_may_switch_on_appliance_mode(kind: str, tmp_path: Path) -> None:
    attached = """
        Attached: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {TransitGatewayId: tgw-1, VpcId: !Ref Vpc}}
    """
    function = f"""
        Mode: {{Type: '{kind}', Properties: {{ServiceToken: arn:aws:lambda:x, Given: [!Sub '${{Attached}}'], Mode: enable}}}}
    """
    (plain,) = network(tmp_path, {}, BASE, attached).attachments
    assert plain.appliance_mode is False
    (one,) = network(tmp_path, {}, BASE, attached, function).attachments
    assert isinstance(one.appliance_mode, Unknown)
    assert one.appliance_mode.why == "the function of Mode may switch on appliance mode"


def test_routes_that_a_function_sets_are_told_to_be_missing(tmp_path: Path) -> None:
    text = """
        Other: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
        Replace: {Type: 'Custom::Replace', Properties: {ServiceToken: arn:aws:lambda:x, Table: !Ref Table}}
    """
    _, (found,) = told(tmp_path, {}, BASE, text)
    assert found.message == "routes that the function of Replace sets in Table are not seen"
    assert found.hides
