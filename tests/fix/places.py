"""
Small work trees to fix: a forwarder behind a transit gateway, whose security group is for each test to write.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from sglint.fix import Fixed, fix, ranges
from sglint.request import Request
from sglint.rule import load

RULES = load()

NETWORK = """\
resource "aws_vpc" "hub" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "data" {
  vpc_id     = aws_vpc.hub.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_route_table" "data" {
  vpc_id = aws_vpc.hub.id

  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "data" {
  subnet_id      = aws_subnet.data.id
  route_table_id = aws_route_table.data.id
}
"""

FORWARDER = """
resource "aws_network_interface" "data" {
  subnet_id         = aws_subnet.data.id
  security_groups   = [%s]
  source_dest_check = false
}
"""

OPEN = """
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
"""

TEMPLATE = """\
Resources:
  Hub:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.0.0.0/16
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Hub
      CidrBlock: 10.0.1.0/24
  Table:
    Type: AWS::EC2::RouteTable
    Properties: {VpcId: !Ref Hub}
  Route:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref Table
      DestinationCidrBlock: 10.0.0.0/8
      TransitGatewayId: tgw-0123456789abcdef0
  Association:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref Subnet
      RouteTableId: !Ref Table
"""
"""The network as the start of a template."""


def forwarder(group: str = "aws_security_group.data.id") -> str:
    """
    Return a network with an interface that forwards, in this group.
    """
    return NETWORK + FORWARDER % group


@dataclass(frozen=True, slots=True)
class Place:
    """
    A git work tree with files.
    """

    top: Path

    def write(self, files: Mapping[str, str]) -> None:
        """
        Write the files, as they are to the byte.
        """
        for name, text in files.items():
            path = self.top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())

    def read(self, name: str) -> str:
        """
        Return the text of a file, to the byte.
        """
        return (self.top / name).read_bytes().decode()

    def fix(self, *select: str, allowed: tuple[str, ...] = (), **options: object) -> Fixed:
        """
        Return what `sglint fix --unsafe` makes of it, with --select for these rules, and make the change by `git apply`.

        `allowed` is what --from says.
        """
        request = Request(**{"paths": (".",), **options})  # type: ignore[arg-type] # options of a request, by name
        fixed = fix(request, RULES, select=select, unsafe=True, allowed=ranges(allowed))
        if fixed.diff:
            subprocess.run(["git", "apply"], cwd=self.top, input=fixed.diff.encode(), check=True)
        assert all(self.read(name) == text for name, text in fixed.overlay.items())
        return fixed


def place_in(top: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """
    Return a new work tree, in which everything is run.
    """
    subprocess.run(["git", "init", "-q"], cwd=top, check=True)
    monkeypatch.chdir(top)
    return Place(top)
