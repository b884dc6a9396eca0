"""
An appliance behind a transit gateway or Gateway Load Balancer has security groups that make the traffic it forwards tracked.

## What is wrong

The interface forwards traffic that is not its own: its source/destination check is off, or a Gateway Load Balancer sends
packets to it. Every connection of every network behind it passes here, and its security groups put each of them into the
instance's table of tracked connections.

What lacks a single thing is told under the rule of that cause alone: no-egress-rule, split-cidr, reply-ports-narrow or
one-family-only. What the appliance sees one direction of is told under asymmetric-tracked.

An interface whose source/destination check is off is not taken for an appliance where no route and no load balancer leads
to it, and it lets in nothing but named services, or has a public address and another interface of the instance carries the
traffic: a management interface, a web server. Then it is told under tracked-workload.

## Why it matters

The table has one allowance for each instance. An appliance is where it runs out first: at the limit, packets of new
connections are dropped, for everyone behind it. Flows through a transit gateway attachment or Gateway Load Balancer are
untracked when one rule admits them from or to everyone, and one rule of the other direction admits every port, 0-65535, to
or from everyone. What the appliance forwards it filters itself; what reaches the appliance itself is another matter, below.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html and, for the port of
the encapsulated packets, https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/target-groups.html

## How to fix it

Open the groups of the data interface both ways. For a target that only speaks GENEVE with the load balancer, UDP 6081 in
and every UDP port out is enough:

    ingress {
      protocol    = "udp"
      from_port   = 6081
      to_port     = 6081
      cidr_blocks = ["0.0.0.0/0"]
    }

    egress {
      protocol    = "udp"
      from_port   = 0
      to_port     = 65535
      cidr_blocks = ["0.0.0.0/0"]
    }

or, in a CloudFormation template,

    SecurityGroupIngress:
      - IpProtocol: udp
        FromPort: 6081
        ToPort: 6081
        CidrIp: 0.0.0.0/0
    SecurityGroupEgress:
      - IpProtocol: udp
        FromPort: 0
        ToPort: 65535
        CidrIp: 0.0.0.0/0

An appliance that also forwards natively needs TCP and UDP 0-65535 from and to 0.0.0.0/0, and from and to ::/0 where it
forwards IPv6. GENEVE always needs the IPv4 pair.

## What it exposes

Every address that can reach the interface reaches the appliance on every port that the rules open: what the transit
gateway routes to it, its own VPC, and the internet if its subnet leads there. Filter with network ACLs, which keep no
state, and keep the management interface in a group of its own.

## When not to

Leave the groups narrow when the appliance terminates what it receives (a VPN concentrator, a proxy with few clients), when
its data interface is also the one that people log in to, or when the internet reaches it and no network ACL stands in
front. Live untracked flows are cut at once when the rule that admits them is removed or changed later.

## Examples

```hcl bad
resource "aws_vpc" "inspection" {
  cidr_block = "10.9.0.0/16"
}

resource "aws_subnet" "data" {
  vpc_id     = aws_vpc.inspection.id
  cidr_block = "10.9.1.0/24"
}

resource "aws_route_table" "data" {
  vpc_id = aws_vpc.inspection.id

  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "data" {
  subnet_id      = aws_subnet.data.id
  route_table_id = aws_route_table.data.id
}

resource "aws_security_group" "data" {
  vpc_id = aws_vpc.inspection.id

  ingress {
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

resource "aws_network_interface" "data" { # found
  subnet_id         = aws_subnet.data.id
  security_groups   = [aws_security_group.data.id]
  source_dest_check = false
}
```

```yaml bad
Resources:
  Inspection:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.9.0.0/16
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.9.1.0/24
  Table:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Inspection
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
      GroupDescription: data
      VpcId: !Ref Inspection
      SecurityGroupIngress:
        - IpProtocol: -1
          CidrIp: 10.0.0.0/8
      SecurityGroupEgress:
        - IpProtocol: -1
          CidrIp: 0.0.0.0/0
  Data: # found
    Type: AWS::EC2::NetworkInterface
    Properties:
      SubnetId: !Ref Subnet
      GroupSet: [!Ref Group]
      SourceDestCheck: false
```

```hcl good
resource "aws_vpc" "inspection" {
  cidr_block = "10.9.0.0/16"
}

resource "aws_subnet" "data" {
  vpc_id     = aws_vpc.inspection.id
  cidr_block = "10.9.1.0/24"
}

resource "aws_route_table" "data" {
  vpc_id = aws_vpc.inspection.id

  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "data" {
  subnet_id      = aws_subnet.data.id
  route_table_id = aws_route_table.data.id
}

resource "aws_security_group" "data" {
  vpc_id = aws_vpc.inspection.id

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

resource "aws_network_interface" "data" {
  subnet_id         = aws_subnet.data.id
  security_groups   = [aws_security_group.data.id]
  source_dest_check = false
}
```

```yaml good
Resources:
  Inspection:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.9.0.0/16
  Subnet:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.9.1.0/24
  Table:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Inspection
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
      GroupDescription: data
      VpcId: !Ref Inspection
      SecurityGroupIngress:
        - IpProtocol: -1
          CidrIp: 0.0.0.0/0
      SecurityGroupEgress:
        - IpProtocol: -1
          CidrIp: 0.0.0.0/0
  Data:
    Type: AWS::EC2::NetworkInterface
    Properties:
      SubnetId: !Ref Subnet
      GroupSet: [!Ref Group]
      SourceDestCheck: false
```
"""

from collections.abc import Iterator

from sglint.rule import Found, Judged, Role, Severity, behind, beside, flows_name, holds, labels, one_way, remedy, rule


@rule(severity=Severity.WARNING, since="0.1")
def check(net: Judged) -> Iterator[Found]:
    """
    Look at the interfaces that forward what is not their own.
    """
    told = {one.judgement.interface.address: one for one in one_way(net)}
    for judgement in net.interfaces(Role.FORWARDER):
        flows = beside(net, judgement, net.tracked(judgement), told.get(judgement.interface.address))
        if flows:
            yield Found(
                judgement.interface,
                f"this appliance's security groups make EC2 track {flows_name(judgement, flows)}, {behind(net, judgement)}",
                labels(judgement, flows),
                remedy(net, judgement, flows),
                holds(judgement, flows),
                flows,
            )
