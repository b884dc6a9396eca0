"""
Each thing is said of an interface once.
"""

from __future__ import annotations

import re
from pathlib import Path

import sglint
from sglint.finding import Finding
from sglint.rule import find, load

PAGE = find(load(), "asymmetric-tracked").page
EXAMPLES = dict(re.findall(r"```hcl (bad|maybe)\n(.*?)```", PAGE, re.DOTALL))
MANAGED = """
resource "aws_security_group" "management" {
  vpc_id = aws_vpc.inspection.id
  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["10.0.0.0/8"]
  }
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
resource "aws_network_interface" "management" {
  subnet_id         = aws_network_interface.data.subnet_id
  security_groups   = [aws_security_group.management.id]
  source_dest_check = false
  attachment {
    instance     = aws_instance.firewall.id
    device_index = 1
  }
}
"""


def told(tmp_path: Path, text: str) -> list[Finding]:
    (tmp_path / "main.tf").write_text(text)
    return list(sglint.lint([tmp_path]).findings)


def test_what_an_appliance_sees_one_direction_of_is_not_told_again(tmp_path: Path) -> None:
    assert [one.rule for one in told(tmp_path, EXAMPLES["bad"])] == ["asymmetric-tracked"]


def test_a_management_interface_of_the_appliance_is_no_arm_of_it(tmp_path: Path) -> None:
    instance = """
resource "aws_instance" "firewall" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "c7g.large"
  primary_network_interface {
    network_interface_id = aws_network_interface.data.id
  }
}
"""
    text = EXAMPLES["bad"] + instance + MANAGED
    found = {(one.rule, one.subjects) for one in told(tmp_path, text)}
    assert found == {
        ("asymmetric-tracked", ("aws_network_interface.data",)),
        ("tracked-workload", ("aws_network_interface.management",)),
    }
    opened = text.replace("from_port   = 22\n    to_port     = 22", "from_port   = 0\n    to_port     = 65535")
    assert ("asymmetric-tracked", ("aws_network_interface.management",)) in {
        (one.rule, one.subjects) for one in told(tmp_path, opened)
    }


def test_what_may_be_one_sided_refers_to_what_surely_is_tracked(tmp_path: Path) -> None:
    found = {one.rule: one for one in told(tmp_path, EXAMPLES["maybe"])}
    assert (found["tracked-forwarder"].certain, found["asymmetric-tracked"].certain) == (True, False)
    assert found["asymmetric-tracked"].advice == ("what tracked-forwarder says here takes care of these flows, too",)


ENDPOINTS = """
resource "aws_vpc_endpoint" "ssm" {
  vpc_id             = aws_vpc.inspection.id
  vpc_endpoint_type  = "Interface"
  service_name       = "com.amazonaws.eu-west-1.ssm"
  subnet_ids         = [aws_subnet.appliance.id]
  security_group_ids = [aws_security_group.data.id]
}
"""


def endpoints(tmp_path: Path, text: str) -> list[Finding]:
    return [one for one in told(tmp_path, text) if one.rule == "tracked-workload"]


def test_what_no_group_helps_is_told_once_for_all_blocks_of_a_root(tmp_path: Path) -> None:
    names = ("ssm", "logs", "kms")
    text = EXAMPLES["bad"] + "".join(ENDPOINTS.replace("ssm", name) for name in names)
    (found,) = endpoints(tmp_path, text)
    assert found.subjects == tuple(sorted(f"aws_vpc_endpoint.{name}" for name in names))
    assert found.message.startswith("aws_vpc_endpoint.kms and 2 more: ")
    assert [label.text for label in found.labels if "the same" in label.text] == [
        "the same holds for aws_vpc_endpoint.logs",
        "the same holds for aws_vpc_endpoint.kms",
    ]


def test_a_comment_sets_aside_the_block_that_it_stands_at_and_no_other(tmp_path: Path) -> None:
    quiet = "\n# sglint: ignore[tracked-workload] few connections" + ENDPOINTS.replace("ssm", "logs")
    found = endpoints(tmp_path, EXAMPLES["bad"] + ENDPOINTS + quiet + ENDPOINTS.replace("ssm", "kms"))
    assert [(one.subjects, one.status.value) for one in found] == [
        (("aws_vpc_endpoint.kms", "aws_vpc_endpoint.ssm"), "open"),
        (("aws_vpc_endpoint.logs",), "ignored"),
    ]


def test_blocks_of_which_something_else_is_true_are_told_apart(tmp_path: Path) -> None:
    other = ENDPOINTS.replace("ssm", "logs").replace("aws_security_group.data", "aws_security_group.web")
    web = MANAGED.partition('resource "aws_network_interface"')[0].replace('"management"', '"web"')
    function = """
resource "aws_lambda_function" "load" {
  function_name = "load"
  role          = "arn:aws:iam::123456789012:role/load"
  vpc_config {
    subnet_ids         = [aws_subnet.appliance.id]
    security_group_ids = [aws_security_group.web.id]
  }
}
"""
    found = endpoints(tmp_path, EXAMPLES["bad"] + ENDPOINTS + web + other + function)
    assert [one.subjects for one in found] == [
        ("aws_vpc_endpoint.logs", "aws_vpc_endpoint.ssm"),
        ("aws_lambda_function.load",),
    ]
    assert all("; no security group changes that" in one.message for one in found)


def test_a_group_that_is_open_for_nothing_is_told_once_for_all_endpoints_that_have_it(tmp_path: Path) -> None:
    page = find(load(), "open-without-gain").page
    text = next(one for one in re.findall(r"```hcl bad\n(.*?)```", page, re.DOTALL) if "aws_vpc_endpoint" in one)
    block = text[text.index('resource "aws_vpc_endpoint"') :]
    found = told(tmp_path, text + block.replace('"app"', '"other"', 1))
    assert [(one.rule, one.subjects) for one in found] == [
        ("open-without-gain", ("aws_vpc_endpoint.app", "aws_vpc_endpoint.other"))
    ]
