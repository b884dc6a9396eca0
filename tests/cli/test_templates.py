"""
CloudFormation through the command line: the same network says the same in both languages, and what is given decides.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.command import STACKS, sglint

SPOKE = (STACKS / "spoke" / "template.yaml").read_text(encoding="utf-8")


def interfaces(path: Path, *options: str) -> Counter[str]:
    """
    Return what is said about each interface, without the names and places that differ between languages.
    """
    found = json.loads(sglint("inspect", path, "--format", "json", *options).out)["interfaces"]
    return Counter(json.dumps([one["role"], one["in_scope"], one["exists"], flows(one["flows"])]) for one in found)


def flows(found: list[dict[str, object]]) -> list[list[object]]:
    """
    Return the TCP and UDP flows of an interface without their reasons.
    """
    names = ("direction", "family", "protocol", "ports", "peer", "via", "state")
    told = [{**one, "peer": one["peer"] if "/" in str(one["peer"]) else "a group"} for one in found]
    return sorted([[str(one[name]) for name in names] for one in told if one["protocol"] in ("tcp", "udp")])


def flagged(path: Path) -> Counter[tuple[str, str, bool]]:
    """
    Return how many interfaces each rule finds.
    """
    found = json.loads(sglint("check", path, "--format", "json").out)["findings"]
    return Counter((one["rule"], one["severity"], one["certain"]) for one in found for _ in one["subjects"])


@pytest.mark.parametrize("stack", sorted(STACKS.iterdir()), ids=lambda path: path.name)
def test_a_network_says_the_same_in_both_languages(stack: Path) -> None:
    assert flagged(stack / "template.yaml") == flagged(stack / "main.tf")
    assert interfaces(stack / "template.yaml") == interfaces(stack / "main.tf")


def test_a_parameter_decides(tmp_path: Path) -> None:
    template = tmp_path / "t.yaml"
    template.write_text(
        SPOKE.replace("  Ami:\n", "  Peers:\n    Type: String\n    Default: 0.0.0.0/0\n  Ami:\n").replace(
            "ToPort: 443\n          CidrIp: 0.0.0.0/0", "ToPort: 443\n          CidrIp: !Ref Peers"
        )
    )
    (tmp_path / "narrow.json").write_text('{"Parameters": {"Peers": "203.0.113.0/24"}}')
    inbound = [["in", "ipv4", "tcp", "443", "0.0.0.0/0", "transit-gateway", "untracked"]]
    assert json.dumps(inbound)[1:-1] in str(interfaces(template))
    for option in (("--parameter", "Peers=203.0.113.0/24"), ("--parameter-file", str(tmp_path / "narrow.json"))):
        narrow = str(interfaces(template, *option))
        assert json.dumps(inbound)[1:-1] not in narrow
        assert '"203.0.113.0/24", "transit-gateway", "tracked"' in narrow
    assert '"443", "0.0.0.0/0", "transit-gateway", "unknown"' in str(interfaces(template, "--no-defaults"))


def test_a_malformed_parameter_is_an_error() -> None:
    run = sglint("check", STACKS / "spoke" / "template.yaml", "--parameter", "Ami")
    assert run.code == 2
    assert "--parameter Ami: write NAME=VALUE" in run.err
    run = sglint("check", STACKS / "spoke" / "template.yaml", "--parameter-file", "nowhere.json")
    assert run.code == 2
    assert "nowhere.json" in run.err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("Nope=1", "no template here declares the parameter Nope"),
        ("AWS::region=eu-west-1", "there is no pseudo parameter AWS::region"),
    ],
)
def test_a_parameter_that_there_is_not_is_said(given: str, said: str) -> None:
    run = sglint("check", STACKS / "spoke" / "template.yaml", "--parameter", given)
    assert said in run.out
    assert said not in sglint("check", STACKS / "spoke" / "template.yaml", "--parameter", "AWS::Region=eu-west-1").out


@pytest.mark.parametrize("text", ["", "Peers=10.0.0.0/8\n", "3"])
def test_a_file_without_parameters_is_said_to_be_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "p.txt").write_text(text)
    run = sglint("check", STACKS / "spoke" / "template.yaml", "--parameter-file", tmp_path / "p.txt")
    assert "p.txt gives no parameters" in run.out
    assert "ParameterKey" in run.out
    assert "AWSTemplateFormatVersion" not in run.out


def test_metadata_and_comments_set_findings_aside(tmp_path: Path) -> None:
    why = "    Metadata:\n      sglint:\n        ignore:\n          tracked-workload: few flows\n"
    text = SPOKE.replace("  Web1:\n", f"  Web1:\n{why}").replace(
        "  Web2:\n", "  # sglint: ignore[tracked-workload] two flows\n  Web2:\n"
    )
    (tmp_path / "t.yaml").write_text(text)
    found = json.loads(sglint("check", tmp_path, "--format", "json").out)["findings"]
    assert {one["subject"]: one["status"] for one in found} == {"Web1": "ignored", "Web2": "ignored", "Database": "open"}


def test_metadata_of_a_json_template_speaks_for_all_of_it(tmp_path: Path) -> None:
    ignore = {"tracked-workload": "a laboratory", "tracked-resolver": "none here", "tracked-forwarder": ""}
    page = {
        "Metadata": {"sglint": {"ignore": ignore}},
        "Resources": {
            "V": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
            "S": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "V"}, "CidrBlock": "10.0.0.0/24"}},
            "T": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "V"}}},
            "R": {
                "Type": "AWS::EC2::Route",
                "Properties": {
                    "RouteTableId": {"Ref": "T"},
                    "DestinationCidrBlock": "0.0.0.0/0",
                    "TransitGatewayId": "tgw-0123456789abcdef0",
                },
            },
            "A": {
                "Type": "AWS::EC2::SubnetRouteTableAssociation",
                "Properties": {"RouteTableId": {"Ref": "T"}, "SubnetId": {"Ref": "S"}},
            },
            "I": {"Type": "AWS::EC2::Instance", "Properties": {"SubnetId": {"Ref": "S"}}},
        },
    }
    (tmp_path / "t.json").write_text(json.dumps(page, indent=1))
    said = json.loads(sglint("check", tmp_path, "--format", "json").out)
    assert [(one["rule"], one["subject"], one["status"]) for one in said["findings"]] == [
        ("unused-ignore", "tracked-resolver", "open"),
        ("tracked-workload", "I", "ignored"),
    ]
    assert [one["message"] for one in said["problems"]] == ["this comment gives no reason and is not applied"]


def test_a_nested_stack_that_is_not_here_is_said(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(
        "Resources:\n  Child:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: child.yaml\n"
    )
    run = sglint("check", tmp_path)
    assert run.code == 2
    assert "Child" in run.out
    assert "child.yaml" in run.out


ROUTED = """
Parameters:
  Env: {Type: String, AllowedValues: [prod, dev]}
Conditions:
  Prod: !Equals [!Ref Env, prod]
  Dev: !Not [!Condition Prod]
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Associated: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Table, SubnetId: !Ref Subnet}}
  ToProd:
    Type: AWS::EC2::Route
    Condition: Prod
    Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, TransitGatewayId: tgw-0123456789abcdef0}
  ToDev:
    Type: AWS::EC2::Route
    Condition: Dev
    Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, TransitGatewayId: tgw-0123456789abcdef1}
  Narrow:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Vpc
      GroupDescription: narrow
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}]
  Open:
    Type: AWS::EC2::SecurityGroup
    Properties: {VpcId: !Ref Vpc, GroupDescription: open, SecurityGroupIngress: [{IpProtocol: -1, CidrIp: 0.0.0.0/0}]}
  Both: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Narrow]}}
  Half: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet, SecurityGroupIds: [!If [Dev, !Ref Narrow, !Ref Open]]}}
  Gone: {Type: AWS::EC2::Instance, Condition: Dev, Properties: {SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Narrow]}}
  None: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Open]}}
"""


def test_what_holds_on_both_sides_of_a_condition_is_certain(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(ROUTED)

    def found(*options: str) -> dict[str, bool]:
        findings = json.loads(sglint("check", tmp_path, "--maybe", "--format", "json", *options).out)["findings"]
        return {one["subject"]: one["certain"] for one in findings}

    assert found() == {"Both": True, "Half": False, "Gone": False}
    assert found("--parameter", "Env=prod") == {"Both": True}
    assert found("--parameter", "Env=dev") == {"Both": True, "Half": True, "Gone": True}
    assert (
        "4 interfaces: 3 behind a transit gateway or Gateway Load Balancer, 1 more that may be" in sglint("check", tmp_path).out
    )


STAGES = """
Parameters:
  Stage:
    Type: String
Conditions:
  Production: !Equals [!Ref Stage, production]
  Other: !Not [!Condition Production]
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.1.0.0/16
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Vpc
      CidrBlock: 10.1.1.0/24
  Table:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Vpc
  Wide:
    Type: AWS::EC2::Route
    Condition: Production
    Properties:
      RouteTableId: !Ref Table
      DestinationCidrBlock: 0.0.0.0/0
      {wide}
  Narrow:
    Type: AWS::EC2::Route
    Condition: Other
    Properties:
      RouteTableId: !Ref Table
      DestinationCidrBlock: 10.0.0.0/8
      {narrow}
  Association:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref Subnet
      RouteTableId: !Ref Table
  Interface:
    Type: AWS::EC2::NetworkInterface
    Properties:
      SubnetId: !Ref Subnet
"""
GATEWAY = "TransitGatewayId: tgw-0123456789abcdef0"
NAT = "NatGatewayId: nat-0123456789abcdef0"


@pytest.mark.parametrize(
    ("wide", "narrow", "expected", "counts"),
    [(GATEWAY, GATEWAY, True, (1, 0)), (GATEWAY, NAT, "maybe", (0, 1)), (NAT, NAT, False, (0, 0))],
)
def test_inspect_and_check_agree_on_what_holds_whichever_way_a_condition_goes(
    tmp_path: Path, wide: str, narrow: str, expected: bool | str, counts: tuple[int, int]
) -> None:
    (tmp_path / "stages.yaml").write_text(STAGES.format(wide=wide, narrow=narrow), encoding="utf-8")
    (one,) = json.loads(sglint("inspect", tmp_path, "--format", "json").out)["interfaces"]
    assert one["in_scope"] == expected
    conditions = [item["text"] for item in one["unknown"] if "condition" in item["text"]]
    assert bool(conditions) == (expected == "maybe")
    seen = json.loads(sglint("check", tmp_path, "--format", "json").out)["seen"]
    assert (seen["in_scope"], seen["maybe_in_scope"]) == counts
