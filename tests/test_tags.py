"""
Tags describe and make nothing: what is wrong in them is unknown, and hides no part of the network.
"""

from __future__ import annotations

from pathlib import Path

from sglint.pipeline import Networks, judge
from sglint.request import Request

TERRAFORM = """
locals {
  broken = upper(local.nowhere)
}

module "appliance" {
  source = "./appliance"
  tags   = { owner = local.broken }
}

resource "aws_instance" "wrong" {
  tags = merge(local.nowhere, { role = "firewall" })
}

resource "aws_instance" "right" {
  tags = { role = "firewall" }
}

resource "aws_autoscaling_group" "several" {
  tag {
    key   = "role"
    value = "proxy"
  }
  tag {
    key   = "owner"
    value = file("no/such/file")
  }
}
"""

MODULE = """
variable "tags" {}

resource "aws_network_interface" "inside" {
  tags = merge(var.tags, { role = "firewall" })
}
"""

TEMPLATE = """
Resources:
  Instance:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-0123456789abcdef0
      Tags:
        - Key: owner
          Value: !Ref Nowhere
        - Key: team
          Value: !FindInMap [No, Such, Map]
        - Key: role
          Value: firewall
"""


def judged(folder: Path, name: str, text: str) -> Networks:
    """
    Return what is made of one file.
    """
    (folder / name).write_text(text, encoding="utf-8")
    return judge(Request((str(folder),), debug=True))


def roles(networks: Networks) -> dict[str, str | None]:
    """
    Return the tag `role` of each interface.
    """
    return {one.address: one.tag("role") for net in networks.judged for one in net.network.interfaces}


def test_an_error_in_tags_of_terraform_is_an_unknown_tag(tmp_path: Path) -> None:
    (tmp_path / "appliance").mkdir()
    (tmp_path / "appliance" / "main.tf").write_text(MODULE, encoding="utf-8")
    networks = judged(tmp_path, "main.tf", TERRAFORM)
    assert networks.problems == ()
    assert roles(networks) == {
        "aws_autoscaling_group.several": "proxy",
        "aws_instance.right": "firewall",
        "aws_instance.wrong": None,
        "module.appliance.aws_network_interface.inside": "firewall",
    }


def test_an_error_in_tags_of_a_template_is_an_unknown_tag(tmp_path: Path) -> None:
    networks = judged(tmp_path, "template.yaml", TEMPLATE)
    assert networks.problems == ()
    assert roles(networks) == {"Instance": "firewall"}


def test_what_the_network_needs_too_is_still_a_problem(tmp_path: Path) -> None:
    text = 'locals {\n  broken = upper(local.nowhere)\n}\n\nresource "aws_instance" "a" {\n  tags = { a = local.broken }\n'
    networks = judged(tmp_path, "main.tf", f"{text}  subnet_id = local.broken\n}}\n")
    assert [(problem.hides, problem.span.line if problem.span else 0) for problem in networks.problems] == [(True, 2)]
