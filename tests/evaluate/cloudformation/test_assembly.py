"""
Cloud assemblies, as CDK writes them.
"""

from __future__ import annotations

import json

import pytest

from sglint.evaluate.cloudformation import Given, Parameters
from sglint.value import Ref, Symbol
from tests.evaluate.cloudformation.made import addresses, messages, one, roots, values

HASH = "fd2b4a3c"


def stack(file: str, **properties: str) -> dict[str, object]:
    return {
        "type": "aws:cloudformation:stack",
        "environment": "aws://123456789012/eu-west-1",
        "properties": {"templateFile": file, **properties},
    }


def template(resources: dict[str, object], outputs: dict[str, object] | None = None, **parameters: object) -> str:
    text = {"Resources": resources, "Outputs": outputs or {}, "Parameters": parameters}
    return json.dumps({key: section for key, section in text.items() if section}, indent=1)


NET = template(
    {
        "Vpc8378": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "SubnetA1": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {"VpcId": {"Ref": "Vpc8378"}, "AvailabilityZone": {"Fn::Select": [0, {"Fn::GetAZs": ""}]}},
        },
    },
    {"ExportsOutputRefSubnetA1": {"Value": {"Ref": "SubnetA1"}, "Export": {"Name": "Net:ExportsOutputRefSubnetA1"}}},
    BootstrapVersion={"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk-bootstrap/hnb659fds/version"},
)
INNER = template(
    {"I": {"Type": "AWS::EC2::Instance", "Properties": {"SubnetId": {"Ref": "refToSubnet"}}}},
    refToSubnet={"Type": "String"},
)


def url(last: str) -> dict[str, object]:
    parts = ["https://s3.", {"Ref": "AWS::Region"}, ".", {"Ref": "AWS::URLSuffix"}, f"/cdk-hnb659fds-assets/{last}"]
    return {"Fn::Join": ["", parts]}


def host(last: str, metadata: dict[str, str] | None = None) -> str:
    subnet = {"Fn::ImportValue": "Net:ExportsOutputRefSubnetA1"}
    nested = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": url(last), "Parameters": {"refToSubnet": subnet}},
        "Metadata": metadata or {},
    }
    own = {"Type": "AWS::EC2::Instance", "Properties": {"SubnetId": subnet, "P": {"Ref": "AWS::StackName"}}}
    return template({"InnerNestedStack": nested, "Own": own})


def assembly(metadata: dict[str, str] | None = None, last: str = f"{HASH}.json") -> dict[str, str]:
    artifacts = {
        "Net": stack("Net.template.json"),
        "Host": stack("Host.template.json", stackName="my-host"),
        "Host.assets": {"type": "cdk:asset-manifest", "properties": {"file": "Host.assets.json"}},
        "Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}},
    }
    files = {
        HASH: {
            "source": {"path": "HostInner.nested.template.json", "packaging": "file"},
            "destinations": {"current": {"objectKey": f"{HASH}.json"}},
        }
    }
    return {
        "cdk.out/manifest.json": json.dumps({"version": "36.0.0", "artifacts": artifacts}),
        "cdk.out/Host.assets.json": json.dumps({"version": "36.0.0", "files": files if metadata is None else {}}),
        "cdk.out/Net.template.json": NET,
        "cdk.out/Host.template.json": host(last, metadata),
        "cdk.out/HostInner.nested.template.json": INNER,
    }


@pytest.mark.parametrize("metadata", [None, {"aws:asset:path": "HostInner.nested.template.json"}])
def test_the_stacks_of_an_assembly_are_joined(metadata: dict[str, str] | None) -> None:
    found = roots(assembly(metadata))
    assert list(found) == ["cdk.out/Host.template.json", "cdk.out/Net.template.json"]
    host_ = found["cdk.out/Host.template.json"]
    assert messages(host_) == []
    assert addresses(host_) == ["InnerNestedStack.I", "Net:SubnetA1", "Net:Vpc8378", "Own"]
    assert values(host_, "Own")["SubnetId"] == Ref("Net:SubnetA1")
    assert values(host_, "InnerNestedStack.I")["SubnetId"] == Ref("Net:SubnetA1")
    assert one(host_, "InnerNestedStack.I").origin.span.path == "cdk.out/HostInner.nested.template.json"


def test_the_manifest_says_how_a_stack_is_called_and_where_it_is() -> None:
    found = roots(assembly())
    assert values(found["cdk.out/Host.template.json"], "Own")["P"] == "my-host"
    zone = Symbol((Ref("eu-west-1", "AvailabilityZones[0]"),))
    assert values(found["cdk.out/Net.template.json"], "SubnetA1")["AvailabilityZone"] == zone


def test_what_a_person_says_wins_over_the_manifest() -> None:
    given = Parameters({"AWS::Region": Given("us-east-1")}, stacks={"cdk.out/Host.template.json": "other"})
    found = roots(assembly(), given)
    assert values(found["cdk.out/Host.template.json"], "Own")["P"] == "other"
    zone = Symbol((Ref("us-east-1", "AvailabilityZones[0]"),))
    assert values(found["cdk.out/Net.template.json"], "SubnetA1")["AvailabilityZone"] == zone


def test_an_environment_that_cdk_does_not_know_is_unknown() -> None:
    files = assembly()
    unknown = files["cdk.out/manifest.json"].replace("aws://123456789012/eu-west-1", "aws://unknown-account/unknown-region")
    found = roots({**files, "cdk.out/manifest.json": unknown})
    zone = Symbol((Ref("AWS::Region", "AvailabilityZones[0]"),))
    assert values(found["cdk.out/Net.template.json"], "SubnetA1")["AvailabilityZone"] == zone


def test_a_nested_template_that_is_missing_says_what_is_hidden() -> None:
    files = assembly()
    del files["cdk.out/HostInner.nested.template.json"]
    found = roots(files)["cdk.out/Host.template.json"]
    (message,) = messages(found)
    assert message.endswith(f"/{HASH}.json of stack InnerNestedStack is not found, so its resources are not seen")


@pytest.mark.parametrize(
    "text", ["", "[]", '{"artifacts": []}', '{"artifacts": {"A": 1, "B": {"type": [], "properties": {}}}}', "{"]
)
def test_a_manifest_that_is_none_changes_nothing(text: str) -> None:
    found = roots({"manifest.json": text, "Net.template.json": NET})
    assert list(found) == ["Net.template.json"]
