"""
A Route 53 Resolver endpoint behind a transit gateway has security groups that make its DNS queries tracked.

## What is wrong

The subnets of the endpoint are routed to a transit gateway or Gateway Load Balancer endpoint, so its security groups decide
whether queries are tracked, and they do track them.

What lacks a single thing is told under the rule of that cause alone: no-egress-rule, split-cidr, reply-ports-narrow or
one-family-only.

## Why it matters

An address of a Resolver endpoint answers up to 10,000 UDP queries a second. With connection tracking this can fall to
1,500, and an inbound endpoint suffers above 40,000 different client addresses and ports.

Sources: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html and
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/best-practices-resolver-endpoint-scaling.html

## How to fix it

An inbound endpoint lets in TCP and UDP 53 from everyone and lets out every port to everyone:

    ingress {
      protocol    = "udp"
      from_port   = 53
      to_port     = 53
      cidr_blocks = ["0.0.0.0/0"]
    }

    egress {
      protocol    = "-1"
      from_port   = 0
      to_port     = 0
      cidr_blocks = ["0.0.0.0/0"]
    }

or, in a CloudFormation template,

    SecurityGroupIngress:
      - IpProtocol: udp
        FromPort: 53
        ToPort: 53
        CidrIp: 0.0.0.0/0
    SecurityGroupEgress:
      - IpProtocol: -1
        CidrIp: 0.0.0.0/0

and the same for TCP. An outbound endpoint is the mirror image: egress TCP and UDP 53 to everyone (or the port of your
servers), ingress TCP and UDP 0-65535 from everyone. A dual-stack endpoint needs the pair for ::/0 too.

## What it exposes

Everyone who can reach an inbound endpoint through the VPC, the transit gateway or a peering may ask it. An outbound endpoint
answers nothing on the ports that its ingress rule opens, but scanners will report the rule. Filter with network ACLs, which
keep no state.

## When not to

Leave the groups narrow when the endpoint sees far less than 1,500 queries a second for each address, or when the group is
all that keeps strangers from asking. Queries that come through a Network Load Balancer or from functions are tracked
whatever the groups say.

## Examples

```hcl bad
resource "aws_vpc" "shared" {
  cidr_block = "10.2.0.0/16"
}

resource "aws_subnet" "dns" {
  vpc_id     = aws_vpc.shared.id
  cidr_block = "10.2.1.0/24"
}

resource "aws_route_table" "dns" {
  vpc_id = aws_vpc.shared.id

  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "dns" {
  subnet_id      = aws_subnet.dns.id
  route_table_id = aws_route_table.dns.id
}

resource "aws_security_group" "dns" {
  vpc_id = aws_vpc.shared.id

  ingress {
    protocol    = "udp"
    from_port   = 53
    to_port     = 53
    cidr_blocks = ["10.0.0.0/8"]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_route53_resolver_endpoint" "inbound" { # found
  direction          = "INBOUND"
  security_group_ids = [aws_security_group.dns.id]

  ip_address {
    subnet_id = aws_subnet.dns.id
  }
}
```

```yaml bad
Resources:
  Shared:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.2.0.0/16
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Shared
      CidrBlock: 10.2.1.0/24
  Table:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Shared
  Route:
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
      GroupDescription: dns
      VpcId: !Ref Shared
      SecurityGroupIngress:
        - IpProtocol: udp
          FromPort: 53
          ToPort: 53
          CidrIp: 10.0.0.0/8
      SecurityGroupEgress:
        - IpProtocol: -1
          CidrIp: 0.0.0.0/0
  Inbound: # found
    Type: AWS::Route53Resolver::ResolverEndpoint
    Properties:
      Direction: INBOUND
      SecurityGroupIds: [!Ref Group]
      IpAddresses:
        - SubnetId: !Ref Subnet
```

```hcl good
resource "aws_vpc" "shared" {
  cidr_block = "10.2.0.0/16"
}

resource "aws_subnet" "dns" {
  vpc_id     = aws_vpc.shared.id
  cidr_block = "10.2.1.0/24"
}

resource "aws_route_table" "dns" {
  vpc_id = aws_vpc.shared.id

  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "dns" {
  subnet_id      = aws_subnet.dns.id
  route_table_id = aws_route_table.dns.id
}

resource "aws_security_group" "dns" {
  vpc_id = aws_vpc.shared.id

  dynamic "ingress" {
    for_each = ["tcp", "udp"]

    content {
      protocol    = ingress.value
      from_port   = 53
      to_port     = 53
      cidr_blocks = ["0.0.0.0/0"]
    }
  }

  ingress { # for no DNS queries: an inbound endpoint is asked on port 53 alone
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["10.0.0.0/8"]
  }

  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_route53_resolver_endpoint" "inbound" {
  direction          = "INBOUND"
  security_group_ids = [aws_security_group.dns.id]

  ip_address {
    subnet_id = aws_subnet.dns.id
  }
}
```

```yaml good
Resources:
  Shared:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.2.0.0/16
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Shared
      CidrBlock: 10.2.1.0/24
  Table:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Shared
  Route:
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
      GroupDescription: dns
      VpcId: !Ref Shared
      SecurityGroupIngress:
        - IpProtocol: tcp
          FromPort: 53
          ToPort: 53
          CidrIp: 0.0.0.0/0
        - IpProtocol: udp
          FromPort: 53
          ToPort: 53
          CidrIp: 0.0.0.0/0
      SecurityGroupEgress:
        - IpProtocol: -1
          CidrIp: 0.0.0.0/0
  Inbound:
    Type: AWS::Route53Resolver::ResolverEndpoint
    Properties:
      Direction: INBOUND
      SecurityGroupIds: [!Ref Group]
      IpAddresses:
        - SubnetId: !Ref Subnet
```
"""

from collections.abc import Iterator

from sglint.rule import Direction, Found, Judged, Role, Severity, Verdict, behind, flows_name, holds, labels, remedy, rule

DNS_PORT = 53


@rule(severity=Severity.WARNING, since="0.1")
def check(net: Judged) -> Iterator[Found]:
    """
    Look at the Resolver endpoints, in the direction in which they ask or are asked.
    """
    for judgement in net.interfaces(Role.RESOLVER):
        flows = tuple(verdict for verdict in net.tracked(judgement) if asks(verdict))
        if flows:
            yield Found(
                judgement.interface,
                f"its security groups make EC2 track DNS queries ({flows_name(judgement, flows)}), {behind(net, judgement)}: "
                "1,500 instead of 10,000 queries/s per address",
                labels(judgement, flows),
                remedy(net, judgement, flows),
                holds(judgement, flows),
                flows,
            )


def asks(verdict: Verdict) -> bool:
    """
    Return whether there are DNS queries in a class of flows: an inbound endpoint is asked on one port alone.
    """
    return verdict.direction is Direction.OUT or verdict.ports.first <= DNS_PORT <= verdict.ports.last
