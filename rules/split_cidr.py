"""
Everyone is let in or out, but by several rules that only add up to everyone, so the flows are taken to be tracked.

## What is wrong

The security groups admit every address and port that untracked flows need, but piece by piece: 0.0.0.0/1 and 128.0.0.0/1, a
prefix list whose entries add up to everyone, ports 0-32767 and 32768-65535. No single rule has 0.0.0.0/0 (or ::/0) with all
the ports.

These flows are told here and not under tracked-forwarder, tracked-resolver or tracked-workload.

## Why it matters

A TCP or UDP flow is untracked when one rule admits it from or to 0.0.0.0/0 or ::/0, and one rule of the other direction
admits the replies to or from 0.0.0.0/0 or ::/0 on any port, 0-65535. No AWS page says what EC2 makes of rules that add up to
that, or of a prefix list, so sglint takes such flows as tracked: the exposure is paid, the gain is not to be counted on.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html

## How to fix it

Join the rules into one:

    ingress {
      protocol    = "tcp"
      from_port   = 0
      to_port     = 65535
      cidr_blocks = ["0.0.0.0/0"]
    }

or, in a CloudFormation template,

    SecurityGroupIngress:
      - IpProtocol: tcp
        FromPort: 0
        ToPort: 65535
        CidrIp: 0.0.0.0/0

## What it exposes

Nothing: joined, the rules admit the same addresses and ports as they do apart. Nothing new can reach the interface, and it
can reach nothing new.

## When not to

When a policy or a scanner refuses the text 0.0.0.0/0 and the connections are few: but the halves are as open as the whole,
so ask for an exception or narrow the rules. Live tracked flows go on when the rules are joined. Add the joined rule before
the pieces are removed, so that no flow is without a rule in between.

## Examples

Two halves of the address space, which some tools write to get past a check for 0.0.0.0/0:

```hcl bad
resource "aws_vpc" "spoke" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_subnet" "app" {
  vpc_id     = aws_vpc.spoke.id
  cidr_block = "10.1.1.0/24"
}

resource "aws_route_table" "app" {
  vpc_id = aws_vpc.spoke.id

  route {
    cidr_block         = "0.0.0.0/0"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "app" {
  subnet_id      = aws_subnet.app.id
  route_table_id = aws_route_table.app.id
}

resource "aws_security_group" "app" {
  vpc_id = aws_vpc.spoke.id

  ingress {
    protocol    = "tcp"
    from_port   = 0
    to_port     = 65535
    cidr_blocks = ["0.0.0.0/1", "128.0.0.0/1"]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "app" { # found
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "c7g.large"
  subnet_id              = aws_subnet.app.id
  vpc_security_group_ids = [aws_security_group.app.id]
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
      GroupDescription: app
      VpcId: !Ref Spoke
      SecurityGroupIngress:
        - IpProtocol: tcp
          FromPort: 0
          ToPort: 65535
          CidrIp: 0.0.0.0/1
        - IpProtocol: tcp
          FromPort: 0
          ToPort: 65535
          CidrIp: 128.0.0.0/1
      SecurityGroupEgress:
        - IpProtocol: -1
          CidrIp: 0.0.0.0/0
  Instance: # found
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-0123456789abcdef0
      InstanceType: c7g.large
      SubnetId: !Ref Subnet
      SecurityGroupIds: [!Ref Group]
```

A prefix list that adds up to everyone:

```hcl bad
resource "aws_vpc" "spoke" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_subnet" "app" {
  vpc_id     = aws_vpc.spoke.id
  cidr_block = "10.1.1.0/24"
}

resource "aws_route_table" "app" {
  vpc_id = aws_vpc.spoke.id

  route {
    cidr_block         = "0.0.0.0/0"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "app" {
  subnet_id      = aws_subnet.app.id
  route_table_id = aws_route_table.app.id
}

resource "aws_ec2_managed_prefix_list" "everyone" {
  name           = "everyone"
  address_family = "IPv4"
  max_entries    = 2

  entry {
    cidr = "0.0.0.0/1"
  }

  entry {
    cidr = "128.0.0.0/1"
  }
}

resource "aws_security_group" "app" {
  vpc_id = aws_vpc.spoke.id

  ingress {
    protocol        = "tcp"
    from_port       = 0
    to_port         = 65535
    prefix_list_ids = [aws_ec2_managed_prefix_list.everyone.id]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "app" { # found
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "c7g.large"
  subnet_id              = aws_subnet.app.id
  vpc_security_group_ids = [aws_security_group.app.id]
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
  Everyone:
    Type: AWS::EC2::PrefixList
    Properties:
      PrefixListName: everyone
      AddressFamily: IPv4
      MaxEntries: 2
      Entries:
        - Cidr: 0.0.0.0/1
        - Cidr: 128.0.0.0/1
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: app
      VpcId: !Ref Spoke
      SecurityGroupIngress:
        - IpProtocol: tcp
          FromPort: 0
          ToPort: 65535
          SourcePrefixListId: !Ref Everyone
      SecurityGroupEgress:
        - IpProtocol: -1
          CidrIp: 0.0.0.0/0
  Instance: # found
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-0123456789abcdef0
      InstanceType: c7g.large
      SubnetId: !Ref Subnet
      SecurityGroupIds: [!Ref Group]
```

One rule with the same flows:

```hcl good
resource "aws_vpc" "spoke" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_subnet" "app" {
  vpc_id     = aws_vpc.spoke.id
  cidr_block = "10.1.1.0/24"
}

resource "aws_route_table" "app" {
  vpc_id = aws_vpc.spoke.id

  route {
    cidr_block         = "0.0.0.0/0"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "app" {
  subnet_id      = aws_subnet.app.id
  route_table_id = aws_route_table.app.id
}

resource "aws_security_group" "app" {
  vpc_id = aws_vpc.spoke.id

  ingress {
    protocol    = "tcp"
    from_port   = 0
    to_port     = 65535
    cidr_blocks = ["0.0.0.0/0"]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "app" {
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "c7g.large"
  subnet_id              = aws_subnet.app.id
  vpc_security_group_ids = [aws_security_group.app.id]
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
      GroupDescription: app
      VpcId: !Ref Spoke
      SecurityGroupIngress:
        - IpProtocol: tcp
          FromPort: 0
          ToPort: 65535
          CidrIp: 0.0.0.0/0
      SecurityGroupEgress:
        - IpProtocol: -1
          CidrIp: 0.0.0.0/0
  Instance:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-0123456789abcdef0
      InstanceType: c7g.large
      SubnetId: !Ref Subnet
      SecurityGroupIds: [!Ref Group]
```

Nobody knows whether there is an instance until the variable has a value:

```hcl maybe
variable "wanted" {
  type = bool
}

resource "aws_vpc" "spoke" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_subnet" "app" {
  vpc_id     = aws_vpc.spoke.id
  cidr_block = "10.1.1.0/24"
}

resource "aws_route_table" "app" {
  vpc_id = aws_vpc.spoke.id

  route {
    cidr_block         = "0.0.0.0/0"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "app" {
  subnet_id      = aws_subnet.app.id
  route_table_id = aws_route_table.app.id
}

resource "aws_security_group" "app" {
  vpc_id = aws_vpc.spoke.id

  ingress {
    protocol    = "tcp"
    from_port   = 0
    to_port     = 65535
    cidr_blocks = ["0.0.0.0/1", "128.0.0.0/1"]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "app" { # found
  count                  = var.wanted ? 1 : 0
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "c7g.large"
  subnet_id              = aws_subnet.app.id
  vpc_security_group_ids = [aws_security_group.app.id]
}
```

```yaml maybe
Parameters:
  Wanted:
    Type: String
Conditions:
  IsWanted: !Equals [!Ref Wanted, "yes"]
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
      GroupDescription: app
      VpcId: !Ref Spoke
      SecurityGroupIngress:
        - IpProtocol: tcp
          FromPort: 0
          ToPort: 65535
          CidrIp: 0.0.0.0/1
        - IpProtocol: tcp
          FromPort: 0
          ToPort: 65535
          CidrIp: 128.0.0.0/1
      SecurityGroupEgress:
        - IpProtocol: -1
          CidrIp: 0.0.0.0/0
  Instance: # found
    Type: AWS::EC2::Instance
    Condition: IsWanted
    Properties:
      ImageId: ami-0123456789abcdef0
      InstanceType: c7g.large
      SubnetId: !Ref Subnet
      SecurityGroupIds: [!Ref Group]
```
"""

from collections.abc import Iterator

from sglint.rule import (
    ALL_PORTS,
    OTHER_WAY,
    Cause,
    Direction,
    Found,
    Judged,
    Judgement,
    Role,
    Severity,
    Verdict,
    holds,
    labels,
    remedy,
    rule,
    tracks,
)


@rule(severity=Severity.WARNING, since="0.1")
def check(net: Judged) -> Iterator[Found]:
    """
    Look at the interfaces whose rules admit everyone when they are taken together, and only then.
    """
    for judgement in net.interfaces(*Role):
        flows = net.caused(judgement, Cause.SPLIT)
        if flows:
            alone = "by no single rule with 0.0.0.0/0 or ::/0 and all its ports"
            taken = f"so it is assumed that {tracks(net, judgement, flows)}"
            yield Found(
                judgement.interface,
                f"everyone is let {ways(net, judgement, flows)}, but {alone}, {taken}",
                labels(judgement, flows),
                remedy(net, judgement, flows),
                holds(judgement, flows),
                flows,
            )


def ways(net: Judged, judgement: Judgement, flows: tuple[Verdict, ...]) -> str:
    """
    Return the directions in which no single rule does it.
    """
    opened = net.opened(judgement.interface)
    split = {
        direction
        for flow in flows
        for direction, ports in ((flow.direction, flow.ports), (OTHER_WAY[flow.direction], ALL_PORTS))
        if not opened[direction, flow.family, flow.protocol].single(ports)
    }
    return " and ".join(direction.value for direction in Direction if direction in split)
