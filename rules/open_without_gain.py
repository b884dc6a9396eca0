"""
An interface is opened both ways to everyone, and its flows are tracked all the same, because every path of it is.

## What is wrong

The security groups admit every port from and to everyone, as untracked flows need it. But all that the interface reaches
outside its VPC it reaches through a NAT gateway, an egress-only internet gateway or a Network Firewall endpoint, or the
interface itself is one of a kind that is always tracked, as an interface endpoint is. There the rules have no say.

It is told of interfaces that no route brings behind a transit gateway or Gateway Load Balancer endpoint; where one does, the
opening gains something. A rule for a few ports is not found: a service that all may use needs it. Nor is a group that
another interface has too, which gains by it; nor are functions, which only open connections and expose nothing by what their
groups let in.

## Why it matters

Flows through these gateways and endpoints are tracked automatically, whatever the security groups say. What the rules expose
is exposed for nothing. Flows within the VPC are the one exception: they are untracked while the groups are open.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html

## How to fix it

Let in only what must come in; `sglint fix --from` narrows the rules to those who may. Connections that the interface opens need
no ingress rule, because they are tracked:

    ingress {
      protocol    = "tcp"
      from_port   = 443
      to_port     = 443
      cidr_blocks = [aws_vpc.spoke.cidr_block]
    }

or, in a CloudFormation template,

    SecurityGroupIngress:
      - IpProtocol: tcp
        FromPort: 443
        ToPort: 443
        CidrIp: !GetAtt Spoke.CidrBlock

Or route what the interface talks to most through the transit gateway instead, where the opening has its gain.

## What it exposes

Nothing: the fix closes. As it is, everyone who can reach the interface, in its VPC or by its routes, reaches every port.

## When not to

When most of its flows stay within the VPC and are so many that they must be untracked, or when a route to a transit gateway
is about to be added. Live untracked flows, those within the VPC, are cut at once when the ingress rule is narrowed.

## Examples

All that leaves the VPC goes through a NAT gateway:

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
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = "nat-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "app" {
  subnet_id      = aws_subnet.app.id
  route_table_id = aws_route_table.app.id
}

resource "aws_security_group" "app" {
  vpc_id = aws_vpc.spoke.id

  ingress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
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
      NatGatewayId: nat-0123456789abcdef0
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
        - IpProtocol: -1
          CidrIp: 0.0.0.0/0
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

An interface endpoint, which is tracked wherever its routes lead:

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
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_vpc_endpoint" "app" { # found
  vpc_id             = aws_vpc.spoke.id
  vpc_endpoint_type  = "Interface"
  service_name       = "com.amazonaws.eu-west-1.ssm"
  subnet_ids         = [aws_subnet.app.id]
  security_group_ids = [aws_security_group.app.id]
}
```

Only the VPC is let in:

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
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = "nat-0123456789abcdef0"
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
    from_port   = 443
    to_port     = 443
    cidr_blocks = [aws_vpc.spoke.cidr_block]
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

Open both ways, with something to gain:

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
      NatGatewayId: nat-0123456789abcdef0
  Network:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref Table
      DestinationCidrBlock: 10.0.0.0/8
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
        - IpProtocol: -1
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
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = "nat-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "app" {
  subnet_id      = aws_subnet.app.id
  route_table_id = aws_route_table.app.id
}

resource "aws_security_group" "app" {
  vpc_id = aws_vpc.spoke.id

  ingress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
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
      NatGatewayId: nat-0123456789abcdef0
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
        - IpProtocol: -1
          CidrIp: 0.0.0.0/0
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
    Bounds,
    Direction,
    Found,
    Judged,
    Judgement,
    Severity,
    State,
    TargetKind,
    Verdict,
    join,
    labels,
    reach,
    rule,
    target_name,
    where,
)


@rule(severity=Severity.WARNING, since="0.1")
def check(net: Judged) -> Iterator[Found]:
    """
    Look at the interfaces that gain nothing anywhere, and yet are as open as can be.
    """
    gaining = {group for judgement in net.judgements if gains_anything(judgement) for group in judgement.interface.groups}
    for judgement in net.judgements:
        interface = judgement.interface
        flows = tuple(verdict for verdict in judgement.verdicts if is_open(net, judgement, verdict))
        if flows and gaining.isdisjoint(interface.groups) and nothing_gained(judgement, flows):
            maybe = interface.origin.maybe
            exposed = reach(net, judgement, flows)
            now = f"as it is, every address that can reach the interface is let in ({exposed})"
            yield Found(
                interface,
                f"its security groups open every port both ways to everyone for nothing: {stuck(judgement, flows)}",
                labels(judgement, flows),
                (f"narrow the ingress of {where(interface)} to those who must come in: {now}",),
                Bounds(least=True, most=True) if maybe is None else Bounds(least=False, most=True, because=(maybe,)),
                lacking=flows,
                alike=bool(interface.automatic),
            )


def gains_anything(judgement: Judgement) -> bool:
    """
    Return whether some flows that leave the VPC may be untracked.
    """
    away = (verdict for verdict in judgement.verdicts if verdict.via.kind is not TargetKind.LOCAL)
    return any(verdict.state.most is State.UNTRACKED for verdict in away)


def is_open(net: Judged, judgement: Judgement, verdict: Verdict) -> bool:
    """
    Return whether the groups surely open every port of the family and protocol both ways, of flows that leave the VPC.
    """
    interface = judgement.interface
    if not interface.grouped or interface.purpose is Direction.OUT or verdict.by_groups.least is not State.UNTRACKED:
        return False
    if verdict.via.kind is TargetKind.LOCAL and not interface.automatic:
        return False
    opened = net.opened(interface)
    return all(opened[direction, verdict.family, verdict.protocol].single(ALL_PORTS) for direction in Direction)


def nothing_gained(judgement: Judgement, flows: tuple[Verdict, ...]) -> bool:
    """
    Return whether the flows are tracked automatically wherever they go.
    """
    if judgement.interface.automatic:
        return True
    beside = any(verdict.service and verdict.state.most is State.UNTRACKED for verdict in judgement.verdicts)
    return not judgement.in_scope.most and not beside and all(verdict.automatic for verdict in flows)


def stuck(judgement: Judgement, flows: tuple[Verdict, ...]) -> str:
    """
    Return what is tracked automatically, in words.
    """
    if judgement.interface.automatic:
        return f"{judgement.interface.automatic} is tracked in any case"
    through = join(sorted({target_name(flow.via) for flow in flows}))
    return f"what leaves its VPC goes through {through}, and is tracked in any case"
