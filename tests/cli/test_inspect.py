"""
`sglint inspect --to` and `--from`: one flow, hop by hop.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import STACKS, Run, sglint

HERE = Path(__file__).parent / "expected"
EAST_WEST = STACKS / "east-west"
ORDERS = 'aws_network_interface.server["orders"]'
FLOWS = {
    "inspect-flow.txt": ("main.tf", "--interface", ORDERS, "--to", "10.2.1.9", "--port", "443"),
    "inspect-flow.json": (
        *("template.yaml", "--interface", "OrdersServer", "--from", "10.2.1.9"),
        *("--protocol", "udp", "--port", "53", "--format", "json"),
    ),
}
OPEN = """  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""
REST = """  ingress {
    rule_no    = 200
    action     = "allow"
    protocol   = "-1"
    from_port  = 0
    to_port    = 0
    cidr_block = "0.0.0.0/0"
  }
"""
GUARDED = (
    """
resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "a" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_subnet" "b" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.2.0/24"
}

resource "aws_network_acl" "b" {
  vpc_id     = aws_vpc.v.id
  subnet_ids = [aws_subnet.b.id]

  ingress {
    rule_no    = 100
    action     = "deny"
    protocol   = "tcp"
    from_port  = 443
    to_port    = 443
    cidr_block = "10.0.1.0/24"
  }

"""
    + REST
    + """
  egress {
    rule_no    = 100
    action     = "allow"
    protocol   = "tcp"
    from_port  = 32768
    to_port    = 60999
    cidr_block = "0.0.0.0/0"
  }
}

resource "aws_security_group" "g" {
  vpc_id = aws_vpc.v.id

  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["10.0.2.0/24"]
  }

"""
    + OPEN
    + """
resource "aws_network_interface" "i" {
  subnet_id       = aws_subnet.a.id
  security_groups = [aws_security_group.g.id]
}
"""
)


def flow(folder: Path, *arguments: str) -> Run:
    """
    Return what is said of a flow of the one interface in the folder.
    """
    (folder / "main.tf").write_text(GUARDED)
    return sglint("inspect", *arguments, cwd=folder)


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_is_told_hop_by_hop(name: str) -> None:
    run = sglint("inspect", *FLOWS[name], cwd=EAST_WEST)
    assert (run.code, run.out) == (0, (HERE / name).read_text())


def test_a_network_acl_in_front_of_the_peer_stops_what_its_first_rule_denies(tmp_path: Path) -> None:
    out = flow(tmp_path, "--to", "10.0.2.7", "--port", "443").out
    assert "opens tcp 443 to 10.0.2.7/32: tracked\n" in out
    assert "  it does not get there\n" in out
    assert "  tcp 443 from 10.0.1.0/24, into aws_subnet.b: stopped by aws_network_acl.b (main.tf:26:18)\n" in out


def test_replies_that_only_some_clients_get_are_said(tmp_path: Path) -> None:
    out = flow(tmp_path, "--to", "10.0.2.7", "--port", "80").out
    assert "only 32768-60999 let through by aws_network_acl.b" in out
    assert "    aws_network_acl.b lets through only some ports of 1024-65535\n" in out


def test_what_no_rule_admits_is_denied_and_what_one_admits_by_its_address_is_tracked(tmp_path: Path) -> None:
    asked = ("--from", "10.0.2.7", "--format", "json", "--port")
    denied = json.loads(flow(tmp_path, *asked, "23").out)
    assert denied["state"] == "denied"
    assert denied["reasons"][0]["text"] == "no inbound rule admits tcp 23 from 10.0.2.7/32 by address"
    assert json.loads(flow(tmp_path, *asked, "22").out)["state"] == "tracked"


EGRESS = (
    """
resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_internet_gateway" "i" {
  vpc_id = aws_vpc.v.id
}

resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_subnet" "public" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.2.0/24"
}

resource "aws_nat_gateway" "n" {
  subnet_id = aws_subnet.public.id
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.v.id

  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.n.id
  }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.v.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.i.id
  }
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.private.id
}

resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}

resource "aws_network_acl" "public" {
  vpc_id     = aws_vpc.v.id
  subnet_ids = [aws_subnet.public.id]

  ingress {
    rule_no    = 100
    action     = "ACTION"
    protocol   = "tcp"
    from_port  = 1024
    to_port    = 65535
    cidr_block = "198.51.100.0/24"
  }

"""
    + REST
    + """
  egress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    from_port  = 0
    to_port    = 0
    cidr_block = "0.0.0.0/0"
  }
}

resource "aws_security_group" "g" {
  vpc_id = aws_vpc.v.id

"""
    + OPEN
    + """
resource "aws_network_interface" "inside" {
  subnet_id       = aws_subnet.private.id
  security_groups = [aws_security_group.g.id]
}

resource "aws_network_interface" "outside" {
  subnet_id       = aws_subnet.public.id
  security_groups = [aws_security_group.g.id]
}
"""
)


def through_nat(folder: Path, action: str, *arguments: str) -> str:
    """
    Return what is said of a flow beside a NAT gateway, with the network ACL in front of it allowing or denying replies.
    """
    (folder / "main.tf").write_text(EGRESS.replace("ACTION", action))
    return sglint("inspect", "--port", "443", *arguments, cwd=folder).out


def test_replies_come_back_by_the_nat_gateway_and_past_the_network_acl_in_front_of_it(tmp_path: Path) -> None:
    asked = ("--interface", "aws_network_interface.inside", "--to", "198.51.100.7")
    out = through_nat(tmp_path, "allow", *asked)
    assert "  routes and network ACLs bring it there and its replies back\n" in out
    assert "aws_nat_gateway.n gives it back the address that it is for" in out.partition("back:")[2]
    denied = through_nat(tmp_path, "deny", *asked)
    assert "  it does not get there\n" in denied
    assert "tcp 1024-65535 from 198.51.100.7/32, into aws_subnet.public: stopped by aws_network_acl.public" in denied


def test_nobody_opens_connections_through_a_nat_gateway_from_outside(tmp_path: Path) -> None:
    out = through_nat(tmp_path, "allow", "--interface", "aws_network_interface.inside", "--from", "198.51.100.7")
    assert "  it does not get there\n" in out
    assert "aws_nat_gateway.n lets nothing in that it did not let out" in out


def test_without_a_public_address_nothing_gets_through_an_internet_gateway(tmp_path: Path) -> None:
    out = through_nat(tmp_path, "allow", "--interface", "aws_network_interface.outside", "--to", "198.51.100.7")
    assert "  it does not get there\n" in out
    assert "aws_network_interface.outside has no public address, so aws_internet_gateway.i lets nothing of it through" in out


def test_inside_a_subnet_no_network_acl_is_met(tmp_path: Path) -> None:
    assert "network ACL" not in flow(tmp_path, "--to", "10.0.1.9").out.partition("back:")[2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--to", "nowhere"), "nowhere is neither an address nor a CIDR, such as 10.1.2.3 or 10.1.0.0/16"),
        (("--to", "10.0.0.1", "--from", "10.0.0.2"), "--to and --from are two flows; ask for one at a time"),
        (("--to", "10.0.0.1", "--port", "99999"), "99999 is no port or range of ports, such as 443 or 1024-2048"),
        (("--to", "10.0.0.1", "--port", "9-1"), "9-1 is no port or range of ports, such as 443 or 1024-2048"),
        (("--to", "10.0.0.1", "--protocol", "icmp", "--port", "1"), "icmp has no ports; leave --port out"),
        (("--port", "1"), "--protocol and --port say more about --to or --from; give one of these"),
    ],
)
def test_what_is_asked_wrongly_is_said(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    run = flow(tmp_path, *arguments)
    assert (run.code, message in run.err) == (2, True)


def test_a_flow_is_of_one_interface() -> None:
    run = sglint("inspect", "main.tf", "--to", "10.0.0.1", cwd=EAST_WEST)
    assert (run.code, "there are 4; name one with --interface" in run.err) == (2, True)
