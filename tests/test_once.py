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
