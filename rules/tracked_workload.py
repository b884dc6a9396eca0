"""
An interface routed to a transit gateway or Gateway Load Balancer endpoint has security groups that make its flows tracked.

## What is wrong

EC2 keeps a table of the connections it tracks, one allowance for each instance. Flows through a transit gateway attachment
or a Gateway Load Balancer are no longer tracked automatically: the security groups of the interface decide. These groups
make EC2 track flows that could stay out of the table.

What lacks a single thing is told under the rule of that cause alone: no-egress-rule, split-cidr, reply-ports-narrow or
one-family-only.

## Why it matters

A TCP or UDP flow is untracked when one rule admits it from or to everyone (0.0.0.0/0 or ::/0), and one rule of the other
direction admits every port, 0-65535, to or from everyone. Anything narrower in either direction is tracked: a single
address, a range, a prefix list, a reference to a security group. When the allowance of an instance is used up, packets of
new connections are dropped. ICMP is always tracked, and each address family is judged on its own.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html

## How to fix it

Give one of the interface's groups the pair of rules that the finding names. The rules of all groups count together, so the
pair may stand in two groups. For connections that the interface opens:

    egress {
      protocol    = "-1"
      from_port   = 0
      to_port     = 0
      cidr_blocks = ["0.0.0.0/0"]
    }

    ingress {
      protocol    = "tcp"
      from_port   = 0
      to_port     = 65535
      cidr_blocks = ["0.0.0.0/0"]
    }

or, in a CloudFormation template,

    SecurityGroupEgress:
      - IpProtocol: -1
        CidrIp: 0.0.0.0/0
    SecurityGroupIngress:
      - IpProtocol: tcp
        FromPort: 0
        ToPort: 65535
        CidrIp: 0.0.0.0/0

A group of a CloudFormation template without any egress rule is open that way already, to 0.0.0.0/0 and ::/0.

## What it exposes

Security groups then no longer filter: every address that can reach the interface through its VPC, the transit gateway, a
peering or the internet reaches every port. Filter with network ACLs, which keep no state, or in the inspection behind the
route.

## When not to

Most workloads never come near their allowance. Leave a narrow group as it is when the instance holds few connections, when
the group is what protects it, or when the internet can reach the interface. Look at the counter
`conntrack_allowance_available` first. Live untracked flows are cut at once when the rule that admits them is removed or
changed later, where tracked ones go on. Interface endpoints, functions and everything behind a NAT gateway or
Network Firewall endpoint stay tracked whatever their groups say.

## Examples

Only an address range may connect, and no rule admits replies on every port:

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
          FromPort: 443
          ToPort: 443
          CidrIp: 10.0.0.0/8
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

The same instance with groups that are open both ways, and a network ACL to filter:

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

resource "aws_instance" "app" {
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "c7g.large"
  subnet_id              = aws_subnet.app.id
  vpc_security_group_ids = [aws_security_group.app.id]
}

resource "aws_network_acl" "app" {
  vpc_id     = aws_vpc.spoke.id
  subnet_ids = [aws_subnet.app.id]

  ingress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    from_port  = 0
    to_port    = 0
    cidr_block = "10.0.0.0/8"
  }
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

Nobody knows who may connect until the variable has a value:

```hcl maybe
variable "clients" {
  type = string
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
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = [var.clients]
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

```yaml maybe
Parameters:
  Clients:
    Type: String
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
        - IpProtocol: -1
          CidrIp: !Ref Clients
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
"""

from collections.abc import Iterator

from sglint.rule import Found, Judged, Judgement, Role, Severity, Verdict, behind, flows_name, holds, labels, remedy, rule


@rule(severity=Severity.NOTE, since="0.1")
def check(net: Judged) -> Iterator[Found]:
    """
    Look at the interfaces that neither forward nor resolve.
    """
    for judgement in net.interfaces(Role.WORKLOAD, Role.MANAGED):
        flows = net.tracked(judgement)
        if flows and judgement.interface.automatic:
            yield in_any_case(net, judgement, flows)
        elif flows:
            yield Found(
                judgement.interface,
                f"its security groups make EC2 track {flows_name(judgement, flows)}, {behind(net, judgement)}",
                labels(judgement, flows),
                (*remedy(net, judgement, flows), *no_appliance(judgement)),
                holds(judgement, flows),
                flows,
            )


def in_any_case(net: Judged, judgement: Judgement, flows: tuple[Verdict, ...]) -> Found:
    """
    Return that all of an interface is tracked, whatever its groups say: the same of each, so that a root is told once.
    """
    interface = judgement.interface
    return Found(
        interface,
        f"{interface.automatic} is tracked automatically, {behind(net, judgement)}; no security group changes that",
        labels(judgement, ()),
        ("leave its security groups narrow: opening them exposes it and gains nothing",),
        holds(judgement, flows),
        flows,
        remedy=False,
        alike=True,
    )


def no_appliance(judgement: Judgement) -> tuple[str, ...]:
    """
    Return why an interface that may forward is not taken for an appliance.
    """
    if judgement.interface.source_dest_check is not False:
        return ()
    return ("its source/destination check is off, but nothing in the text sends it what is not its own: no appliance",)
