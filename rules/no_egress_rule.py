"""
No security group of an interface has a rule that lets anything out, so it can open nothing, and what comes in is tracked.

## What is wrong

The interface is one that opens connections, or answers very many: an appliance, a Resolver endpoint, an instance or a task.
Its groups have no egress rule at all, or only one for an address that no host has, such as 255.255.255.255/32. What it
opens is dropped. What comes in is tracked, because no rule admits the replies.

These flows are told here and not under tracked-forwarder, tracked-resolver or tracked-workload. Databases, load balancers
and other things that a service runs, which may only ever answer, stay there.

## Why it matters

AWS gives a new security group an egress rule for everything. Terraform removes it from every aws_security_group that it
makes: without an egress block or rule of its own the group lets nothing out. In CloudFormation a template that writes
SecurityGroupEgress, if only a dummy, does not get the default. Either is easily an oversight. A flow is untracked only when a
rule of the other direction admits its replies to or from everyone on any port, 0-65535; here there is none.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html,
https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/security_group.html.markdown and
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html

## How to fix it

Write the egress rule down:

    egress {
      protocol    = "-1"
      from_port   = 0
      to_port     = 0
      cidr_blocks = ["0.0.0.0/0"]
    }

In a CloudFormation template, leave SecurityGroupEgress out, or write

    SecurityGroupEgress:
      - IpProtocol: -1
        CidrIp: 0.0.0.0/0

Where the group also lets in less than everyone, the finding names the ingress rule that untracked flows need besides.

## What it exposes

The egress rule lets nobody in. It lets the interface open connections to every address that its routes lead to; whoever gets
hold of the instance can do so too.

## When not to

When the interface must open nothing and its connections are few: then the group does what it is for. When another
configuration adds the rules to this group, which cannot be seen from here.

## Examples

```hcl bad
resource "aws_vpc" "spoke" {
  cidr_block = "10.2.0.0/16"
}

resource "aws_subnet" "dns" {
  vpc_id     = aws_vpc.spoke.id
  cidr_block = "10.2.1.0/24"
}

resource "aws_route_table" "dns" {
  vpc_id = aws_vpc.spoke.id

  route {
    cidr_block         = "0.0.0.0/0"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "dns" {
  subnet_id      = aws_subnet.dns.id
  route_table_id = aws_route_table.dns.id
}

resource "aws_security_group" "dns" {
  vpc_id = aws_vpc.spoke.id

  ingress {
    protocol    = "udp"
    from_port   = 53
    to_port     = 53
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
  Spoke:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.2.0.0/16
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Spoke
      CidrBlock: 10.2.1.0/24
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
      GroupDescription: dns
      VpcId: !Ref Spoke
      SecurityGroupIngress:
        - IpProtocol: udp
          FromPort: 53
          ToPort: 53
          CidrIp: 0.0.0.0/0
      SecurityGroupEgress:
        - IpProtocol: -1
          CidrIp: 255.255.255.255/32
  Inbound: # found
    Type: AWS::Route53Resolver::ResolverEndpoint
    Properties:
      Direction: INBOUND
      SecurityGroupIds: [!Ref Group]
      IpAddresses:
        - SubnetId: !Ref Subnet
```

An appliance, and an outbound endpoint that cannot ask:

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
}

resource "aws_network_interface" "app" { # found
  subnet_id         = aws_subnet.app.id
  security_groups   = [aws_security_group.app.id]
  source_dest_check = false
}
```

```yaml bad
Resources:
  Spoke:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.2.0.0/16
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Spoke
      CidrBlock: 10.2.1.0/24
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
      GroupDescription: dns
      VpcId: !Ref Spoke
      SecurityGroupEgress:
        - IpProtocol: -1
          CidrIp: 255.255.255.255/32
  Outbound: # found
    Type: AWS::Route53Resolver::ResolverEndpoint
    Properties:
      Direction: OUTBOUND
      SecurityGroupIds: [!Ref Group]
      IpAddresses:
        - SubnetId: !Ref Subnet
```

The rule is written down:

```hcl good
resource "aws_vpc" "spoke" {
  cidr_block = "10.2.0.0/16"
}

resource "aws_subnet" "dns" {
  vpc_id     = aws_vpc.spoke.id
  cidr_block = "10.2.1.0/24"
}

resource "aws_route_table" "dns" {
  vpc_id = aws_vpc.spoke.id

  route {
    cidr_block         = "0.0.0.0/0"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "dns" {
  subnet_id      = aws_subnet.dns.id
  route_table_id = aws_route_table.dns.id
}

resource "aws_security_group" "dns" {
  vpc_id = aws_vpc.spoke.id

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
  Spoke:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.2.0.0/16
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Spoke
      CidrBlock: 10.2.1.0/24
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
      GroupDescription: dns
      VpcId: !Ref Spoke
      SecurityGroupIngress:
        - IpProtocol: udp
          FromPort: 53
          ToPort: 53
          CidrIp: 0.0.0.0/0
  Inbound:
    Type: AWS::Route53Resolver::ResolverEndpoint
    Properties:
      Direction: INBOUND
      SecurityGroupIds: [!Ref Group]
      IpAddresses:
        - SubnetId: !Ref Subnet
```

Nobody knows whether there is an endpoint until the variable has a value:

```hcl maybe
variable "wanted" {
  type = bool
}

resource "aws_vpc" "spoke" {
  cidr_block = "10.2.0.0/16"
}

resource "aws_subnet" "dns" {
  vpc_id     = aws_vpc.spoke.id
  cidr_block = "10.2.1.0/24"
}

resource "aws_route_table" "dns" {
  vpc_id = aws_vpc.spoke.id

  route {
    cidr_block         = "0.0.0.0/0"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "dns" {
  subnet_id      = aws_subnet.dns.id
  route_table_id = aws_route_table.dns.id
}

resource "aws_security_group" "dns" {
  vpc_id = aws_vpc.spoke.id

  ingress {
    protocol    = "udp"
    from_port   = 53
    to_port     = 53
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_route53_resolver_endpoint" "inbound" { # found
  count              = var.wanted ? 1 : 0
  direction          = "INBOUND"
  security_group_ids = [aws_security_group.dns.id]

  ip_address {
    subnet_id = aws_subnet.dns.id
  }
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
      CidrBlock: 10.2.0.0/16
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Spoke
      CidrBlock: 10.2.1.0/24
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
      GroupDescription: dns
      VpcId: !Ref Spoke
      SecurityGroupIngress:
        - IpProtocol: udp
          FromPort: 53
          ToPort: 53
          CidrIp: 0.0.0.0/0
      SecurityGroupEgress:
        - IpProtocol: -1
          CidrIp: 255.255.255.255/32
  Inbound: # found
    Type: AWS::Route53Resolver::ResolverEndpoint
    Condition: IsWanted
    Properties:
      Direction: INBOUND
      SecurityGroupIds: [!Ref Group]
      IpAddresses:
        - SubnetId: !Ref Subnet
```
"""

from collections.abc import Iterator
from dataclasses import replace

from sglint.rule import (
    Cause,
    Direction,
    Family,
    Found,
    Judged,
    Judgement,
    Ports,
    Role,
    Severity,
    Verdict,
    holds,
    join,
    labels,
    present,
    remedy,
    rule,
    tracks,
)

DNS = Ports(53, 53)


@rule(severity=Severity.WARNING, since="0.1")
def check(net: Judged) -> Iterator[Found]:
    """
    Look at the interfaces that let nothing out: what comes in, and what a Resolver endpoint was to ask.
    """
    for judgement in net.interfaces(*Role):
        arriving = [verdict for verdict in net.caused(judgement, Cause.NO_EGRESS) if verdict.direction is Direction.IN]
        asked = asking(net, judgement)
        opens = [] if judgement.interface.purpose is Direction.IN else ["it can open nothing"]
        says = join([*opens, tracks(net, judgement, arriving)] if arriving else opens)
        if arriving or asked:
            yield Found(
                judgement.interface,
                f"its security groups let nothing out, so {says}",
                labels(judgement, arriving or asked),
                remedy(net, judgement, arriving or asked),
                holds(judgement, arriving) if arriving else present(judgement),
                tuple(arriving),
                tuple(arriving or asked),
            )


def asking(net: Judged, judgement: Judgement) -> list[Verdict]:
    """
    Return the queries that an outbound Resolver endpoint cannot send; it is for IPv4 unless it says otherwise.
    """
    interface = judgement.interface
    if interface.purpose is not Direction.OUT or not net.shut(interface):
        return []
    flows = (*net.blocked(judgement), *net.caused(judgement, Cause.NO_EGRESS))
    return [replace(one, ports=DNS) for one in flows if one.direction is Direction.OUT and one.family is Family.IPV4]
