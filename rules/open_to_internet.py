"""
An interface was opened both ways to everyone so that its flows are untracked, and the internet can reach it.

## What is wrong

The security groups admit every TCP or UDP port from and to everyone, as untracked flows need it. The interface is behind a
transit gateway or Gateway Load Balancer, where that has its gain; but it has a public address as well, its route table leads
to an internet gateway, and no network ACL narrows who comes in. So the whole internet reaches every port of it.

A rule for some ports, 443 of a web server, is not found: such a service is meant for all. Nor is an interface that no route
brings behind a transit gateway or Gateway Load Balancer endpoint, the outer side of a firewall, where nothing is opened for
the sake of tracking. What a load balancer does not listen to is not open.

## Why it matters

Security groups that leave flows untracked do not filter them: a TCP or UDP flow is untracked when one rule admits it from or
to everyone, and one rule of the other direction admits every port, 0-65535, to or from everyone. What is left to filter are
the network ACLs, which keep no state, and the default network ACL of a VPC admits everything.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html and
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html

## How to fix it

Give the two sides an interface each: one behind the transit gateway or Gateway Load Balancer, without a public address in a
subnet without a route to the internet gateway, which may be open; and one with the public address, whose group names what it
serves. Where nothing has to stay untracked, `sglint fix --from` narrows the rules to those who may come in. Where there can be
only one interface, let a network ACL narrow who comes in before the group is opened. It needs rules for the answers, too:

    resource "aws_network_acl" "proxy" {
      vpc_id     = aws_vpc.edge.id
      subnet_ids = [aws_subnet.proxy.id]

      ingress {
        rule_no    = 100
        action     = "allow"
        protocol   = "-1"
        from_port  = 0
        to_port    = 0
        cidr_block = "10.0.0.0/8"
      }
    }

or, in a CloudFormation template,

    Inner:
      Type: AWS::EC2::NetworkAclEntry
      Properties:
        NetworkAclId: !Ref Acl
        RuleNumber: 100
        Protocol: -1
        RuleAction: allow
        CidrBlock: 10.0.0.0/8

## What it exposes

Nothing: the fix closes. As it is, every address of the internet reaches every port of the interface.

## When not to

When what runs behind the interface filters by itself and is meant to face the internet on every port, as a firewall with a
single interface does; better split its sides all the same. Live untracked flows are cut at once when a rule that admits them
is narrowed; a network ACL cuts tracked ones, too.

## Examples

```hcl bad
resource "aws_vpc" "edge" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_internet_gateway" "edge" {
  vpc_id = aws_vpc.edge.id
}

resource "aws_subnet" "proxy" {
  vpc_id     = aws_vpc.edge.id
  cidr_block = "10.1.1.0/24"
}

resource "aws_route_table" "proxy" {
  vpc_id = aws_vpc.edge.id

  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.edge.id
  }
}

resource "aws_route_table_association" "proxy" {
  subnet_id      = aws_subnet.proxy.id
  route_table_id = aws_route_table.proxy.id
}

resource "aws_security_group" "proxy" {
  vpc_id = aws_vpc.edge.id

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

resource "aws_instance" "proxy" { # found
  ami                         = "ami-0123456789abcdef0"
  instance_type               = "c7g.large"
  subnet_id                   = aws_subnet.proxy.id
  vpc_security_group_ids      = [aws_security_group.proxy.id]
  associate_public_ip_address = true
}
```

```yaml bad
Resources:
  Edge:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.1.0.0/16
  Gateway:
    Type: AWS::EC2::InternetGateway
  GatewayAttachment:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties:
      VpcId: !Ref Edge
      InternetGatewayId: !Ref Gateway
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Edge
      CidrBlock: 10.1.1.0/24
  Table:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Edge
  Inside:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref Table
      DestinationCidrBlock: 10.0.0.0/8
      TransitGatewayId: tgw-0123456789abcdef0
  Outside:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref Table
      DestinationCidrBlock: 0.0.0.0/0
      GatewayId: !Ref Gateway
  TableAssociation:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref Subnet
      RouteTableId: !Ref Table
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: proxy
      VpcId: !Ref Edge
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
      NetworkInterfaces:
        - DeviceIndex: "0"
          SubnetId: !Ref Subnet
          GroupSet: [!Ref Group]
          AssociatePublicIpAddress: true
```

The same instance behind a network ACL:

```hcl good
resource "aws_vpc" "edge" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_internet_gateway" "edge" {
  vpc_id = aws_vpc.edge.id
}

resource "aws_subnet" "proxy" {
  vpc_id     = aws_vpc.edge.id
  cidr_block = "10.1.1.0/24"
}

resource "aws_route_table" "proxy" {
  vpc_id = aws_vpc.edge.id

  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.edge.id
  }
}

resource "aws_route_table_association" "proxy" {
  subnet_id      = aws_subnet.proxy.id
  route_table_id = aws_route_table.proxy.id
}

resource "aws_security_group" "proxy" {
  vpc_id = aws_vpc.edge.id

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

resource "aws_instance" "proxy" {
  ami                         = "ami-0123456789abcdef0"
  instance_type               = "c7g.large"
  subnet_id                   = aws_subnet.proxy.id
  vpc_security_group_ids      = [aws_security_group.proxy.id]
  associate_public_ip_address = true
}

resource "aws_network_acl" "proxy" {
  vpc_id     = aws_vpc.edge.id
  subnet_ids = [aws_subnet.proxy.id]

  ingress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    from_port  = 0
    to_port    = 0
    cidr_block = "10.0.0.0/8"
  }

  ingress {
    rule_no    = 200
    action     = "allow"
    protocol   = "tcp"
    from_port  = 1024
    to_port    = 65535
    cidr_block = "0.0.0.0/0"
  }

  egress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    from_port  = 0
    to_port    = 0
    cidr_block = "0.0.0.0/0"
  }
}
```

```yaml good
Resources:
  Edge:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.1.0.0/16
  Gateway:
    Type: AWS::EC2::InternetGateway
  GatewayAttachment:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties:
      VpcId: !Ref Edge
      InternetGatewayId: !Ref Gateway
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Edge
      CidrBlock: 10.1.1.0/24
  Table:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Edge
  Inside:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref Table
      DestinationCidrBlock: 10.0.0.0/8
      TransitGatewayId: tgw-0123456789abcdef0
  Outside:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref Table
      DestinationCidrBlock: 0.0.0.0/0
      GatewayId: !Ref Gateway
  TableAssociation:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref Subnet
      RouteTableId: !Ref Table
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: proxy
      VpcId: !Ref Edge
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
      NetworkInterfaces:
        - DeviceIndex: "0"
          SubnetId: !Ref Subnet
          GroupSet: [!Ref Group]
          AssociatePublicIpAddress: true
  Acl:
    Type: AWS::EC2::NetworkAcl
    Properties:
      VpcId: !Ref Edge
  AclAssociation:
    Type: AWS::EC2::SubnetNetworkAclAssociation
    Properties:
      SubnetId: !Ref Subnet
      NetworkAclId: !Ref Acl
  Inner:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref Acl
      RuleNumber: 100
      Protocol: -1
      RuleAction: allow
      CidrBlock: 10.0.0.0/8
  Answers:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref Acl
      RuleNumber: 200
      Protocol: 6
      RuleAction: allow
      CidrBlock: 0.0.0.0/0
      PortRange:
        From: 1024
        To: 65535
  Leaving:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
      NetworkAclId: !Ref Acl
      Egress: true
      RuleNumber: 100
      Protocol: -1
      RuleAction: allow
      CidrBlock: 0.0.0.0/0
```

Without a public address the internet gateway leads nobody to it:

```hcl good
resource "aws_vpc" "edge" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_internet_gateway" "edge" {
  vpc_id = aws_vpc.edge.id
}

resource "aws_subnet" "proxy" {
  vpc_id     = aws_vpc.edge.id
  cidr_block = "10.1.1.0/24"
}

resource "aws_route_table" "proxy" {
  vpc_id = aws_vpc.edge.id

  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.edge.id
  }
}

resource "aws_route_table_association" "proxy" {
  subnet_id      = aws_subnet.proxy.id
  route_table_id = aws_route_table.proxy.id
}

resource "aws_security_group" "proxy" {
  vpc_id = aws_vpc.edge.id

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

resource "aws_instance" "proxy" {
  ami                         = "ami-0123456789abcdef0"
  instance_type               = "c7g.large"
  subnet_id                   = aws_subnet.proxy.id
  vpc_security_group_ids      = [aws_security_group.proxy.id]
  associate_public_ip_address = false
}
```

```yaml good
Resources:
  Edge:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.1.0.0/16
  Gateway:
    Type: AWS::EC2::InternetGateway
  GatewayAttachment:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties:
      VpcId: !Ref Edge
      InternetGatewayId: !Ref Gateway
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Edge
      CidrBlock: 10.1.1.0/24
  Table:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Edge
  Inside:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref Table
      DestinationCidrBlock: 10.0.0.0/8
      TransitGatewayId: tgw-0123456789abcdef0
  Outside:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref Table
      DestinationCidrBlock: 0.0.0.0/0
      GatewayId: !Ref Gateway
  TableAssociation:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref Subnet
      RouteTableId: !Ref Table
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: proxy
      VpcId: !Ref Edge
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
      NetworkInterfaces:
        - DeviceIndex: "0"
          SubnetId: !Ref Subnet
          GroupSet: [!Ref Group]
          AssociatePublicIpAddress: false
```

Whether it has a public address is not known until the variable has a value:

```hcl maybe
variable "public" {
  type = bool
}

resource "aws_vpc" "edge" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_internet_gateway" "edge" {
  vpc_id = aws_vpc.edge.id
}

resource "aws_subnet" "proxy" {
  vpc_id     = aws_vpc.edge.id
  cidr_block = "10.1.1.0/24"
}

resource "aws_route_table" "proxy" {
  vpc_id = aws_vpc.edge.id

  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.edge.id
  }
}

resource "aws_route_table_association" "proxy" {
  subnet_id      = aws_subnet.proxy.id
  route_table_id = aws_route_table.proxy.id
}

resource "aws_security_group" "proxy" {
  vpc_id = aws_vpc.edge.id

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

resource "aws_instance" "proxy" { # found
  ami                         = "ami-0123456789abcdef0"
  instance_type               = "c7g.large"
  subnet_id                   = aws_subnet.proxy.id
  vpc_security_group_ids      = [aws_security_group.proxy.id]
  associate_public_ip_address = var.public
}
```

```yaml maybe
Parameters:
  Public:
    Type: String
    AllowedValues: ["true", "false"]
Resources:
  Edge:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.1.0.0/16
  Gateway:
    Type: AWS::EC2::InternetGateway
  GatewayAttachment:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties:
      VpcId: !Ref Edge
      InternetGatewayId: !Ref Gateway
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Edge
      CidrBlock: 10.1.1.0/24
  Table:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Edge
  Inside:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref Table
      DestinationCidrBlock: 10.0.0.0/8
      TransitGatewayId: tgw-0123456789abcdef0
  Outside:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref Table
      DestinationCidrBlock: 0.0.0.0/0
      GatewayId: !Ref Gateway
  TableAssociation:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref Subnet
      RouteTableId: !Ref Table
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: proxy
      VpcId: !Ref Edge
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
      NetworkInterfaces:
        - DeviceIndex: "0"
          SubnetId: !Ref Subnet
          GroupSet: [!Ref Group]
          AssociatePublicIpAddress: !Ref Public
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
    Label,
    Role,
    Severity,
    State,
    Target,
    TargetKind,
    Verdict,
    join,
    labels,
    present,
    rule,
    target_name,
    where,
)


@rule(severity=Severity.ERROR, since="0.1")
def check(net: Judged) -> Iterator[Found]:
    """
    Look at the interfaces behind a transit gateway or Gateway Load Balancer that an internet gateway leads to as well.
    """
    for judgement in net.interfaces(*Role):
        flows = tuple(verdict for verdict in judgement.verdicts if is_open(net, judgement, verdict))
        internet = net.reached(judgement, flows).unfiltered if flows else Bounds(least=False, most=False)
        if internet.most:
            gateways = join(sorted({target_name(one) for flow in flows for one in gates(flow)}))
            apart = "; what must stay untracked gets an interface without a public address"
            yield Found(
                judgement.interface,
                "its security groups open every port both ways to everyone, and the whole internet can reach it through "
                f"{gateways}: no network ACL narrows that",
                (*labels(judgement, flows), *routes(judgement)),
                (
                    f"narrow {where(judgement.interface)} to what the internet may use{apart}",
                    "or let a network ACL narrow who comes in",
                ),
                holds(judgement, flows, internet),
            )


def is_open(net: Judged, judgement: Judgement, verdict: Verdict) -> bool:
    """
    Return whether these may be untracked flows from peers of an internet gateway on every port, all of which is open both ways.
    """
    if verdict.direction is not Direction.IN or verdict.ports != ALL_PORTS or verdict.state.most is not State.UNTRACKED:
        return False
    both = all(net.open_to_everyone(judgement.interface, verdict, direction, ALL_PORTS) for direction in Direction)
    return both and bool(gates(verdict))


def gates(verdict: Verdict) -> list[Target]:
    """
    Return the internet gateways that the flows may go through.
    """
    return [one for one in verdict.candidates if one.kind is TargetKind.INTERNET_GATEWAY]


def routes(judgement: Judgement) -> tuple[Label, ...]:
    """
    Return the places of the routes that lead to an internet gateway.
    """
    paths = (path for path in judgement.paths if any(one.kind is TargetKind.INTERNET_GATEWAY for one in path.targets))
    hops = (hop for path in paths for hop in path.hops if "internet gateway" in hop.text)
    return tuple(dict.fromkeys(Label(hop.span, hop.text) for hop in hops))


def holds(judgement: Judgement, flows: tuple[Verdict, ...], internet: Bounds[bool]) -> Bounds[bool]:
    """
    Return whether the interface exists, is in scope, is surely open, and is surely reached.
    """
    here = present(judgement)
    if here.least and internet.least and any(flow.state.least is State.UNTRACKED for flow in flows):
        return here
    because = (*here.because, *internet.because, *(unknown for flow in flows for unknown in flow.state.because))
    return Bounds(least=False, most=True, because=tuple(dict.fromkeys(because)))
