"""
Everyone is let in or out, but the rule for the replies leaves out some ports, so the flows are tracked all the same.

## What is wrong

One rule opens the way to everyone, and the rule for the way back is open to everyone too, on a range such as 1-65535 or
1024-65535. Only a rule with every port, 0-65535, leaves flows untracked: the exposure is paid, the gain is missed.

These flows are told here and not under tracked-forwarder, tracked-resolver or tracked-workload. Ranges that add up to
every port are told under split-cidr.

## Why it matters

A TCP or UDP flow is untracked when one rule admits it from or to everyone, and one rule of the other direction admits the
replies to or from everyone on any port, 0-65535.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html

## How to fix it

Widen the rule for the replies to every port, or all protocols:

    egress {
      protocol    = "-1"
      from_port   = 0
      to_port     = 0
      cidr_blocks = ["0.0.0.0/0"]
    }

or, in a CloudFormation template,

    SecurityGroupEgress:
      - IpProtocol: -1
        CidrIp: 0.0.0.0/0

## What it exposes

The ports that the range left out. In the direction of a server that is the low ports, where services listen: every address
that can reach the interface through its VPC, the transit gateway, a peering or the internet reaches them. Filter with
network ACLs, which keep no state.

## When not to

When the range is deliberate: a group that keeps strangers off the low ports does its work, and the connections stay few.
Live tracked flows go on when the rule is widened; later, live untracked ones are cut at once when it is narrowed again.

## Examples

```hcl bad
resource "aws_vpc" "spoke" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_subnet" "web" {
  vpc_id     = aws_vpc.spoke.id
  cidr_block = "10.1.1.0/24"
}

resource "aws_route_table" "web" {
  vpc_id = aws_vpc.spoke.id

  route {
    cidr_block         = "0.0.0.0/0"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "web" {
  subnet_id      = aws_subnet.web.id
  route_table_id = aws_route_table.web.id
}

resource "aws_security_group" "web" {
  vpc_id = aws_vpc.spoke.id

  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }

  egress {
    protocol    = "tcp"
    from_port   = 1024
    to_port     = 65535
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "web" { # found
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "c7g.large"
  subnet_id              = aws_subnet.web.id
  vpc_security_group_ids = [aws_security_group.web.id]
}
```

```yaml bad
Resources:
  Spoke:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.1.0.0/16
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Spoke
      CidrBlock: 10.1.1.0/24
  Table:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Spoke
  Route:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref Table
      DestinationCidrBlock: 0.0.0.0/0
      TransitGatewayId: tgw-0123456789abcdef0
  TableAssociation:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref Subnet
      RouteTableId: !Ref Table
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      VpcId: !Ref Spoke
      SecurityGroupIngress:
        - IpProtocol: tcp
          FromPort: 443
          ToPort: 443
          CidrIp: 0.0.0.0/0
      SecurityGroupEgress:
        - IpProtocol: tcp
          FromPort: 1024
          ToPort: 65535
          CidrIp: 0.0.0.0/0
  Instance: # found
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-0123456789abcdef0
      InstanceType: c7g.large
      SubnetId: !Ref Subnet
      SecurityGroupIds: [!Ref Group]
```

```hcl good
resource "aws_vpc" "spoke" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_subnet" "web" {
  vpc_id     = aws_vpc.spoke.id
  cidr_block = "10.1.1.0/24"
}

resource "aws_route_table" "web" {
  vpc_id = aws_vpc.spoke.id

  route {
    cidr_block         = "0.0.0.0/0"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "web" {
  subnet_id      = aws_subnet.web.id
  route_table_id = aws_route_table.web.id
}

resource "aws_security_group" "web" {
  vpc_id = aws_vpc.spoke.id

  ingress {
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["0.0.0.0/0"]
  }

  egress {
    protocol    = "tcp"
    from_port   = 0
    to_port     = 65535
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "web" {
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "c7g.large"
  subnet_id              = aws_subnet.web.id
  vpc_security_group_ids = [aws_security_group.web.id]
}
```

```yaml good
Resources:
  Spoke:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.1.0.0/16
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Spoke
      CidrBlock: 10.1.1.0/24
  Table:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Spoke
  Route:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref Table
      DestinationCidrBlock: 0.0.0.0/0
      TransitGatewayId: tgw-0123456789abcdef0
  TableAssociation:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref Subnet
      RouteTableId: !Ref Table
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: web
      VpcId: !Ref Spoke
      SecurityGroupIngress:
        - IpProtocol: tcp
          FromPort: 443
          ToPort: 443
          CidrIp: 0.0.0.0/0
      SecurityGroupEgress:
        - IpProtocol: tcp
          FromPort: 0
          ToPort: 65535
          CidrIp: 0.0.0.0/0
  Instance:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-0123456789abcdef0
      InstanceType: c7g.large
      SubnetId: !Ref Subnet
      SecurityGroupIds: [!Ref Group]
```
"""

from collections.abc import Iterator

from sglint.rule import (
    Cause,
    Direction,
    Found,
    Judged,
    Judgement,
    Role,
    Severity,
    Verdict,
    holds,
    join,
    labels,
    remedy,
    rule,
    tracks,
)


@rule(severity=Severity.WARNING, since="0.1")
def check(net: Judged) -> Iterator[Found]:
    """
    Look at the interfaces whose flows lack nothing but some reply ports.
    """
    for judgement in net.interfaces(*Role):
        interface = judgement.interface
        flows = net.caused(judgement, Cause.REPLY_PORTS)
        if flows:
            yield Found(
                interface,
                f"{ranges(net, judgement, flows)}, not 0-65535, so {tracks(net, judgement, flows)}",
                labels(judgement, flows),
                remedy(net, judgement, flows),
                holds(judgement, flows),
                flows,
            )


def ranges(net: Judged, judgement: Judgement, flows: tuple[Verdict, ...]) -> str:
    """
    Return what the rules for the replies open, in words.
    """
    found: dict[str, dict[str, None]] = {}
    for verdict in flows:
        way = "in" if verdict.direction is Direction.OUT else "out"
        for ports in net.narrow_reply(judgement.interface, verdict):
            found.setdefault(way, {})[str(ports)] = None
    return "replies may go " + join(f"{way} on {join(ports)}" for way, ports in found.items())
