"""
Nested stacks: how their templates are found, what is handed down, and what comes back.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sglint.evaluate.cloudformation import Parameters, Templates, find_templates
from sglint.source import discover
from sglint.value import Map, Ref, Seq, Symbol, Unknown
from tests.evaluate.cloudformation.made import addresses, messages, one, root, roots, values

HEAD = "AWSTemplateFormatVersion: '2010-09-09'\n"
NETWORK = (
    HEAD
    + """
Parameters:
  Cidr: {Type: String, Default: 10.9.0.0/16}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Cidr}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, AvailabilityZone: !Select [0, !GetAZs ""]}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc}}
Outputs:
  Vpc: {Value: !Ref Vpc}
  Subnets: {Value: !Join [",", [!Ref A, !Ref B]]}
  Cidr: {Value: !GetAtt Vpc.CidrBlock}
  Zone: {Value: !GetAtt A.AvailabilityZone}
"""
)
HOST = (
    HEAD
    + """
Parameters:
  Vpc: {Type: AWS::EC2::VPC::Id}
  Subnets: {Type: List<AWS::EC2::Subnet::Id>}
Resources:
  Server: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Select [1, !Ref Subnets], P: !Ref Subnets, V: !Ref Vpc}}
"""
)


def parent(url: str, more: str = "") -> str:
    return HEAD + f"Resources:\n  Net: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {url}}}}}\n" + more


def test_outputs_of_one_stack_are_parameters_of_another() -> None:
    text = (
        HEAD
        + """
Resources:
  Net: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./parts/network.yaml, Parameters: {Cidr: 10.1.0.0/16}}}
  Host:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: parts/host.yaml
      Parameters:
        Vpc: !GetAtt Net.Outputs.Vpc
        Subnets: !GetAtt [Net, Outputs.Subnets]
  S: {Type: AWS::EC2::Subnet, Properties: {P: !GetAtt Net.Outputs.Cidr, Z: !Sub "${Net.Outputs.Zone}"}}
"""
    )
    found = roots({"main.yaml": text, "parts/network.yaml": NETWORK, "parts/host.yaml": HOST})
    assert list(found) == ["main.yaml"]
    root_ = found["main.yaml"]
    assert messages(root_) == []
    assert addresses(root_) == ["Host.Server", "Net.A", "Net.B", "Net.Vpc", "S"]
    assert values(root_, "Net.A")["VpcId"] == Ref("Net.Vpc")
    assert dict(values(root_, "Host.Server").items()) == {
        "SubnetId": Ref("Net.B"),
        "P": Seq((Ref("Net.A"), Ref("Net.B")), "list"),
        "V": Ref("Net.Vpc"),
    }
    zone = Ref("AWS::Region", "AvailabilityZones[0]")
    assert dict(values(root_, "S").items()) == {"P": "10.1.0.0/16", "Z": Symbol((zone,))}
    server = one(root_, "Host.Server").origin
    assert (server.span.path, server.root) == ("parts/host.yaml", "main.yaml")
    assert [(span.path, span.line) for span in server.callers] == [("main.yaml", 5)]
    assert [document.path for document in root_.documents] == ["main.yaml", "parts/host.yaml", "parts/network.yaml"]


def test_the_same_template_twice_makes_two_of_everything() -> None:
    text = (
        HEAD
        + """
Resources:
  One: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: network.yaml, Parameters: {Cidr: 10.1.0.0/16}}}
  Two: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: network.yaml, Parameters: {Cidr: 10.2.0.0/16}}}
"""
    )
    found = roots({"main.yaml": text, "network.yaml": NETWORK})["main.yaml"]
    assert [values(found, f"{name}.Vpc")["CidrBlock"] for name in ("One", "Two")] == ["10.1.0.0/16", "10.2.0.0/16"]


@pytest.mark.parametrize(
    "url",
    [
        "https://s3.amazonaws.com/bucket/prefix/network.yaml",
        "!Sub 'https://${Bucket}.s3.${AWS::Region}.${AWS::URLSuffix}/x/network.yaml'",
        "!Join ['/', [!Ref Bucket, network.yaml]]",
        "https://bucket/a/network.yaml?versionId=1",
        "../templates/network.yaml",
    ],
)
def test_a_template_is_found_by_its_path_or_by_its_file_name(url: str) -> None:
    text = parent(url) + "Parameters: {Bucket: {Type: String}}\n"
    found = roots({"stacks/main.yaml": text, "templates/network.yaml": NETWORK})
    assert list(found) == ["stacks/main.yaml"]
    assert addresses(found["stacks/main.yaml"]) == ["Net.A", "Net.B", "Net.Vpc"]


def test_of_two_templates_with_one_name_the_nearer_is_meant() -> None:
    url = "https://bucket/network.yaml"
    files = {"a/main.yaml": parent(url), "a/x/network.yaml": NETWORK, "b/x/network.yaml": NETWORK}
    found = roots(files)
    assert list(found) == ["a/main.yaml", "b/x/network.yaml"]
    assert one(found["a/main.yaml"], "Net.A").origin.span.path == "a/x/network.yaml"


@pytest.mark.parametrize("url", ["https://s3/bucket/x/web/service.yaml", "!Sub '${AWS::Region}/x/web/service.yaml'"])
def test_of_two_templates_with_one_name_the_folder_in_the_url_tells(url: str) -> None:
    found = roots({"main.yaml": parent(url), "x/web/service.yaml": NETWORK, "x/api/service.yaml": NETWORK})
    assert list(found) == ["main.yaml", "x/api/service.yaml"]
    assert one(found["main.yaml"], "Net.A").origin.span.path == "x/web/service.yaml"


def test_a_template_of_which_there_are_two_is_not_guessed() -> None:
    files = {"main.yaml": parent("https://bucket/network.yaml"), "a/network.yaml": NETWORK, "b/network.yaml": NETWORK}
    found = roots(files)
    assert list(found) == ["a/network.yaml", "b/network.yaml", "main.yaml"]
    (problem,) = found["main.yaml"].problems
    assert problem.message.startswith("the template https://bucket/network.yaml of stack Net is not found")
    found = roots(files, Parameters(nested={"network.yaml": "b/network.yaml"}))
    assert one(found["main.yaml"], "Net.A").origin.span.path == "b/network.yaml"


def test_a_template_that_is_not_there_is_a_problem_and_leaves_what_was_handed_to_it() -> None:
    text = (
        HEAD
        + """
Resources:
  Net: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: gone.yaml, Parameters: {Gateway: tgw-1}}}
  S: {Type: AWS::EC2::Instance, Properties: {SubnetId: !GetAtt Net.Outputs.Subnet}}
"""
    )
    found = roots({"main.yaml": text})["main.yaml"]
    (problem,) = found.problems
    assert problem.message == "the template gone.yaml of stack Net is not found, so its resources are not seen"
    assert problem.span is not None and problem.span.line == 4
    assert one(found, "Net").kind == "module"
    assert values(found, "Net") == Map.of({"Gateway": "tgw-1"})
    assert values(found, "S")["SubnetId"] == Ref("Net", "Outputs.Subnet")


def test_a_template_outside_of_the_scan_is_not_read() -> None:
    found = roots({"main.yaml": parent("../../../../../../etc/hostname")})["main.yaml"]
    assert len(found.problems) == 1


def test_templates_that_nest_each_other_are_problems() -> None:
    files = {"a.yaml": parent("b.yaml"), "b.yaml": parent("a.yaml"), "c.yaml": parent("c.yaml")}
    found = roots(files)
    assert list(found) == ["a.yaml", "b.yaml", "c.yaml"]
    assert messages(found["a.yaml"]) == ["stack Net nests a.yaml, which it is nested in itself, so its resources are not seen"]
    assert messages(found["c.yaml"]) == ["stack Net nests c.yaml, which it is nested in itself, so its resources are not seen"]


def test_stacks_that_wait_for_each_other_are_a_problem() -> None:
    text = (
        HEAD
        + """
Resources:
  A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: n.yaml, Parameters: {Cidr: !GetAtt B.Outputs.Cidr}}}
  B: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: n.yaml, Parameters: {Cidr: !GetAtt A.Outputs.Cidr}}}
"""
    )
    found = roots({"main.yaml": text, "n.yaml": NETWORK})["main.yaml"]
    assert any("depends on itself" in message for message in messages(found))


def test_a_nested_stack_whose_condition_is_open_may_be_there_with_all_in_it() -> None:
    text = (
        HEAD
        + """
Parameters: {Env: {Type: String}}
Conditions: {C: !Equals [!Ref Env, prod], No_: !Equals [a, b]}
Resources:
  Net: {Type: AWS::CloudFormation::Stack, Condition: C, Properties: {TemplateURL: n.yaml, Parameters: {Cidr: !Ref Env}}}
  Off: {Type: AWS::CloudFormation::Stack, Condition: No_, Properties: {TemplateURL: n.yaml}}
"""
    )
    found = roots({"main.yaml": text, "n.yaml": NETWORK})["main.yaml"]
    assert messages(found) == []
    assert addresses(found) == ["Net.A", "Net.B", "Net.Vpc"]
    assert one(found, "Net.A").origin.maybe is not None
    assert values(found, "Net.Vpc")["CidrBlock"] == "prod"


def test_what_is_handed_down_decides_inside() -> None:
    inner = (
        HEAD
        + """
Parameters: {Gateway: {Type: String, Default: ""}}
Conditions: {Has: !Not [!Equals [!Ref Gateway, ""]]}
Resources:
  S: {Type: AWS::EC2::Subnet, Condition: Has, Properties: {P: !Ref Gateway}}
"""
    )
    text = (
        HEAD
        + """
Parameters: {Env: {Type: String}}
Conditions: {C: !Equals [!Ref Env, prod]}
Resources:
  V: {Type: AWS::EC2::VPC}
  With: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: n.yaml, Parameters: {Gateway: !Ref V}}}
  Without: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: n.yaml}}
  Open: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: n.yaml, Parameters: {Gateway: !If [C, tgw-1, ""]}}}
"""
    )
    found = roots({"main.yaml": text, "n.yaml": inner})["main.yaml"]
    assert addresses(found) == ["Open.S", "V", "With.S"]
    assert one(found, "With.S").origin.maybe is None
    assert one(found, "Open.S").origin.maybe is not None
    assert values(found, "Open.S")["P"] == "tgw-1"


def test_an_output_that_is_not_there_is_a_problem() -> None:
    more = "  S: {Type: AWS::EC2::Subnet, Properties: {P: !GetAtt Net.Outputs.Nothing}}\n"
    found = roots({"main.yaml": parent("n.yaml", more), "n.yaml": NETWORK})["main.yaml"]
    assert messages(found) == ["n.yaml has no output Nothing"]
    assert isinstance(values(found, "S")["P"], Unknown)


def test_a_parameter_that_the_template_lacks_is_told() -> None:
    url = "n.yaml, Parameters: {Cdir: 10.0.0.0/8}"
    found = roots({"main.yaml": parent(url), "n.yaml": NETWORK})["main.yaml"]
    assert messages(found) == ["n.yaml has no parameter Cdir"]


def test_an_application_of_sam_is_a_nested_stack() -> None:
    text = (
        HEAD
        + """
Transform: AWS::Serverless-2016-10-31
Resources:
  App: {Type: AWS::Serverless::Application, Properties: {Location: ./n.yaml, Parameters: {Cidr: 10.3.0.0/16}}}
  Far: {Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: arn, SemanticVersion: 1.0.0}}}
  S: {Type: AWS::EC2::Instance, Properties: {P: !GetAtt App.Outputs.Vpc}}
"""
    )
    found = roots({"main.yaml": text, "n.yaml": NETWORK})
    assert list(found) == ["main.yaml"]
    assert values(found["main.yaml"], "App.Vpc")["CidrBlock"] == "10.3.0.0/16"
    assert values(found["main.yaml"], "S")["P"] == Ref("App.Vpc")
    assert messages(found["main.yaml"]) == ["the template of stack Far lies elsewhere, so its resources are not seen"]


def test_a_file_given_by_name_stands_for_the_root_that_nests_it(tmp_path: Path) -> None:
    files = {"main.yaml": parent("https://s3/parts/net.yaml"), "parts/net.yaml": NETWORK, "other.yaml": NETWORK}
    (tmp_path / "parts").mkdir()
    (tmp_path / ".git").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    for name, root_ in (("parts/net.yaml", "main.yaml"), ("main.yaml", "main.yaml"), ("other.yaml", "other.yaml")):
        discovery = discover([str(tmp_path / name)], base=str(tmp_path))
        library = Templates.of(discovery)
        assert [library.shown(path) for path in find_templates(library, discovery)] == [root_]


def test_a_stack_without_a_template_is_a_problem() -> None:
    found = root("Resources: {Net: {Type: AWS::CloudFormation::Stack}}\n")
    assert messages(found) == ["stack Net has no TemplateURL that is a text, so its resources are not seen"]


def test_stacks_inside_stacks_have_longer_addresses() -> None:
    files = {"main.yaml": parent("mid.yaml"), "mid.yaml": parent("n.yaml"), "n.yaml": NETWORK}
    found = roots(files)["main.yaml"]
    assert addresses(found) == ["Net.Net.A", "Net.Net.B", "Net.Net.Vpc"]
    assert [span.path for span in one(found, "Net.Net.A").origin.callers] == ["main.yaml", "mid.yaml"]
