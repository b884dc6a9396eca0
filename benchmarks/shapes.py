"""
Root modules that are generated to be measured: networks, what is no part of them, and shapes that grow in one way each.
"""

from __future__ import annotations

from pathlib import Path

FILES = 20
ROOT = 20
"""
How many interfaces a root module of an estate has: ten files of two.
"""


def generate(directory: Path, files: int) -> int:
    """
    Write one root module of so many files, each a network with an open and a tracked forwarder; return the number of lines.
    """
    directory.mkdir(parents=True, exist_ok=True)
    lines = 0
    for number in range(files):
        text = NETWORK.replace("NUMBER", str(number))
        (directory / f"network_{number:03}.tf").write_text(text, encoding="utf-8")
        lines += text.count("\n")
    return lines


NETWORK = """
resource "aws_vpc" "vNUMBER" {
  cidr_block = cidrsubnet("10.0.0.0/8", 8, NUMBER)
}

resource "aws_subnet" "sNUMBER" {
  for_each   = { a = 0, b = 1, c = 2 }
  vpc_id     = aws_vpc.vNUMBER.id
  cidr_block = cidrsubnet(aws_vpc.vNUMBER.cidr_block, 8, each.value)
}

resource "aws_route_table" "tNUMBER" {
  vpc_id = aws_vpc.vNUMBER.id

  route {
    cidr_block         = "0.0.0.0/0"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "tNUMBER" {
  for_each       = aws_subnet.sNUMBER
  subnet_id      = each.value.id
  route_table_id = aws_route_table.tNUMBER.id
}

resource "aws_security_group" "gNUMBER" {
  for_each = { open = "0.0.0.0/0", narrow = "10.0.0.0/8" }
  name     = "${each.key}-NUMBER"
  vpc_id   = aws_vpc.vNUMBER.id

  dynamic "ingress" {
    for_each = toset(["tcp", "udp"])

    content {
      protocol    = ingress.value
      from_port   = 0
      to_port     = 65535
      cidr_blocks = [each.value]
    }
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "iNUMBER" {
  for_each               = aws_security_group.gNUMBER
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "c7i.large"
  subnet_id              = aws_subnet.sNUMBER["a"].id
  vpc_security_group_ids = [each.value.id]
  source_dest_check      = false
}
"""


OTHER = """
resource "aws_iam_role" "rNUMBER" {
  name               = "${local.prefix}-NUMBER"
  assume_role_policy = jsonencode({ Statement = [for name in local.services : { Principal = { Service = name } }] })
  tags               = merge(local.tags, { Name = format("role-%05d", NUMBER) })
}
"""
LOCALS = """
locals {
  prefix   = "growth"
  services = [for name in ["ec2", "lambda", "ecs"] : "${name}.amazonaws.com"]
  tags     = { for name in local.services : name => upper(name) }
}
"""


def generate_growth(directory: Path, resources: int) -> None:
    """
    Write one root module of so many resource blocks, six of them the network above; no file holds more than a thousand.
    """
    directory.mkdir(parents=True)
    (directory / "network.tf").write_text(NETWORK.replace("NUMBER", "0") + LOCALS, encoding="utf-8")
    for first in range(0, resources - 6, 1_000):
        numbers = range(first, min(first + 1_000, resources - 6))
        text = "".join(OTHER.replace("NUMBER", str(number)) for number in numbers)
        (directory / f"other_{first:05}.tf").write_text(text, encoding="utf-8")


def generate_estate(directory: Path, interfaces: int) -> None:
    """
    Write root modules of so many interfaces in all.
    """
    for number in range(interfaces // ROOT):
        generate(directory / f"root_{number:05}", ROOT // 2)


HUB = """
resource "aws_ec2_transit_gateway" "hub" {
}
"""
VPC = """
resource "aws_vpc" "vNUMBER" {
  cidr_block = cidrsubnet("10.0.0.0/8", 10, NUMBER)
}

resource "aws_subnet" "sNUMBER" {
  vpc_id     = aws_vpc.vNUMBER.id
  cidr_block = aws_vpc.vNUMBER.cidr_block
}

resource "aws_route_table" "tNUMBER" {
  vpc_id = aws_vpc.vNUMBER.id

  route {
    cidr_block         = "0.0.0.0/0"
    transit_gateway_id = aws_ec2_transit_gateway.hub.id
  }
}

resource "aws_route_table_association" "tNUMBER" {
  subnet_id      = aws_subnet.sNUMBER.id
  route_table_id = aws_route_table.tNUMBER.id
}
"""
GROUP = """
resource "aws_security_group" "gNUMBER" {
  vpc_id = aws_vpc.vPLACE.id

  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["10.0.0.0/8"]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""
INTERFACE = """
resource "aws_network_interface" "iNUMBER" {
  subnet_id         = aws_subnet.sPLACE.id
  security_groups   = [aws_security_group.gNUMBER.id]
  source_dest_check = false
}
"""
COUNTED = GROUP.replace("  vpc_id", "  count  = MANY\n  vpc_id") + INTERFACE.replace(".id]", "[count.index].id]").replace(
    "source_dest_check", "count             = MANY\n  source_dest_check"
)
ATTACHMENT = """
resource "aws_ec2_transit_gateway_vpc_attachment" "aNUMBER" {
  transit_gateway_id = aws_ec2_transit_gateway.hub.id
  vpc_id             = aws_vpc.vNUMBER.id
  subnet_ids         = [aws_subnet.sNUMBER.id]
}
"""


def one_block(many: int) -> str:
    """
    Return a root of so many interfaces that are instances of one block, each with an instance of another.
    """
    return filled(HUB + VPC + COUNTED, 0).replace("MANY", str(many))


def blocks(many: int) -> str:
    """
    Return a root of so many interfaces in one VPC, each a block with a security group of its own.
    """
    return HUB + filled(VPC, 0) + "".join(filled(GROUP + INTERFACE, number) for number in range(many))


def attachments(many: int) -> str:
    """
    Return a root of so many VPCs at one transit gateway, each with an interface.
    """
    return HUB + "".join(filled(VPC + ATTACHMENT + GROUP + INTERFACE, number, number) for number in range(many))


def filled(text: str, number: int, place: int = 0) -> str:
    """
    Return the text with its numbers.
    """
    return text.replace("NUMBER", str(number)).replace("PLACE", str(place))


SHAPES = {
    "interfaces of one block, each with a security group of another": (one_block, (800, 1_600, 3_200)),
    "interfaces and security groups, blocks of their own in one VPC": (blocks, (200, 400, 800)),
    "VPCs at one transit gateway, each with an attachment and an interface": (attachments, (100, 200, 400)),
}
"""
What grows, how it is written, and the sizes to measure.
"""
