"""
A dual-stack interface is opened both ways for one address family, and the flows of the other are tracked.

## What is wrong

The subnet has IPv4 and IPv6, and the routes of both lead to a transit gateway or Gateway Load Balancer endpoint. The security
groups leave flows of one family untracked, and admit the same kind of flows of the other by rules that make EC2 track them.
Often only the rules for 0.0.0.0/0 were written, and the other family got a default.

These flows are told here and not under tracked-forwarder, tracked-resolver or tracked-workload. A family of which the groups
admit nothing is not found: that is taken to be meant.

## Why it matters

Each address family is judged on its own: in AWS's example, without the outbound rule for IPv4 all flows over IPv4 are
tracked, and IPv6 is unaffected. Clients with both families tend to use IPv6, and it is those connections that fill the table.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html

## How to fix it

Give the other family the same pair of rules:

    ingress {
      protocol         = "tcp"
      from_port        = 0
      to_port          = 65535
      cidr_blocks      = ["0.0.0.0/0"]
      ipv6_cidr_blocks = ["::/0"]
    }

    egress {
      protocol         = "-1"
      from_port        = 0
      to_port          = 0
      cidr_blocks      = ["0.0.0.0/0"]
      ipv6_cidr_blocks = ["::/0"]
    }

or, in a CloudFormation template,

    SecurityGroupIngress:
      - IpProtocol: tcp
        FromPort: 0
        ToPort: 65535
        CidrIp: 0.0.0.0/0
      - IpProtocol: tcp
        FromPort: 0
        ToPort: 65535
        CidrIpv6: ::/0

## What it exposes

Every address of the other family that can reach the interface through its VPC, the transit gateway or a peering reaches the
ports that the rules open. IPv6 addresses are public: look at what the IPv6 routes lead to, and filter with network ACLs, which
need rules for both families too.

## When not to

When the other family carries few connections, or when its narrow rules are what keeps strangers out. Live untracked flows
are cut at once when the rule that admits them is removed or changed later.

## Examples

```hcl bad
resource "aws_vpc" "spoke" {
  cidr_block                       = "10.1.0.0/16"
  assign_generated_ipv6_cidr_block = true
}

resource "aws_subnet" "app" {
  vpc_id          = aws_vpc.spoke.id
  cidr_block      = "10.1.1.0/24"
  ipv6_cidr_block = cidrsubnet(aws_vpc.spoke.ipv6_cidr_block, 8, 1)
}

resource "aws_route_table" "app" {
  vpc_id = aws_vpc.spoke.id

  route {
    cidr_block         = "0.0.0.0/0"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }

  route {
    ipv6_cidr_block    = "::/0"
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
    protocol         = "tcp"
    from_port        = 0
    to_port          = 65535
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
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
  SpokeIpv6:
    Type: AWS::EC2::VPCCidrBlock
    Properties:
      VpcId: !Ref Spoke
      AmazonProvidedIpv6CidrBlock: true
  Subnet:
    Type: AWS::EC2::Subnet
    DependsOn: SpokeIpv6
    Properties:
      VpcId: !Ref Spoke
      CidrBlock: 10.1.1.0/24
      Ipv6CidrBlock: !Select [0, !Cidr [!Select [0, !GetAtt Spoke.Ipv6CidrBlocks], 1, 64]]
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
  Route6:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref Table
      DestinationIpv6CidrBlock: ::/0
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
        - IpProtocol: tcp
          FromPort: 0
          ToPort: 65535
          CidrIp: 0.0.0.0/0
        - IpProtocol: tcp
          FromPort: 0
          ToPort: 65535
          CidrIpv6: ::/0
  Instance: # found
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-0123456789abcdef0
      InstanceType: c7g.large
      SubnetId: !Ref Subnet
      SecurityGroupIds: [!Ref Group]
```

Both families have the pair:

```hcl good
resource "aws_vpc" "spoke" {
  cidr_block                       = "10.1.0.0/16"
  assign_generated_ipv6_cidr_block = true
}

resource "aws_subnet" "app" {
  vpc_id          = aws_vpc.spoke.id
  cidr_block      = "10.1.1.0/24"
  ipv6_cidr_block = cidrsubnet(aws_vpc.spoke.ipv6_cidr_block, 8, 1)
}

resource "aws_route_table" "app" {
  vpc_id = aws_vpc.spoke.id

  route {
    cidr_block         = "0.0.0.0/0"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }

  route {
    ipv6_cidr_block    = "::/0"
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
    protocol         = "tcp"
    from_port        = 0
    to_port          = 65535
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
  }

  egress {
    protocol         = "tcp"
    from_port        = 0
    to_port          = 65535
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
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
  SpokeIpv6:
    Type: AWS::EC2::VPCCidrBlock
    Properties:
      VpcId: !Ref Spoke
      AmazonProvidedIpv6CidrBlock: true
  Subnet:
    Type: AWS::EC2::Subnet
    DependsOn: SpokeIpv6
    Properties:
      VpcId: !Ref Spoke
      CidrBlock: 10.1.1.0/24
      Ipv6CidrBlock: !Select [0, !Cidr [!Select [0, !GetAtt Spoke.Ipv6CidrBlocks], 1, 64]]
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
  Route6:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref Table
      DestinationIpv6CidrBlock: ::/0
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
        - IpProtocol: tcp
          FromPort: 0
          ToPort: 65535
          CidrIpv6: ::/0
      SecurityGroupEgress:
        - IpProtocol: tcp
          FromPort: 0
          ToPort: 65535
          CidrIp: 0.0.0.0/0
        - IpProtocol: tcp
          FromPort: 0
          ToPort: 65535
          CidrIpv6: ::/0
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
  cidr_block                       = "10.1.0.0/16"
  assign_generated_ipv6_cidr_block = true
}

resource "aws_subnet" "app" {
  vpc_id          = aws_vpc.spoke.id
  cidr_block      = "10.1.1.0/24"
  ipv6_cidr_block = cidrsubnet(aws_vpc.spoke.ipv6_cidr_block, 8, 1)
}

resource "aws_route_table" "app" {
  vpc_id = aws_vpc.spoke.id

  route {
    cidr_block         = "0.0.0.0/0"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }

  route {
    ipv6_cidr_block    = "::/0"
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
    protocol         = "tcp"
    from_port        = 0
    to_port          = 65535
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
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
  SpokeIpv6:
    Type: AWS::EC2::VPCCidrBlock
    Properties:
      VpcId: !Ref Spoke
      AmazonProvidedIpv6CidrBlock: true
  Subnet:
    Type: AWS::EC2::Subnet
    DependsOn: SpokeIpv6
    Properties:
      VpcId: !Ref Spoke
      CidrBlock: 10.1.1.0/24
      Ipv6CidrBlock: !Select [0, !Cidr [!Select [0, !GetAtt Spoke.Ipv6CidrBlocks], 1, 64]]
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
  Route6:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref Table
      DestinationIpv6CidrBlock: ::/0
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
        - IpProtocol: tcp
          FromPort: 0
          ToPort: 65535
          CidrIp: 0.0.0.0/0
        - IpProtocol: tcp
          FromPort: 0
          ToPort: 65535
          CidrIpv6: ::/0
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

from sglint.rule import Cause, Found, Judged, Role, Severity, holds, labels, remedy, rule, tracks


@rule(severity=Severity.WARNING, since="0.1")
def check(net: Judged) -> Iterator[Found]:
    """
    Look at the interfaces whose flows of the other family are untracked.
    """
    for judgement in net.interfaces(*Role):
        flows = net.caused(judgement, Cause.ONE_FAMILY)
        if flows:
            yield Found(
                judgement.interface,
                f"its security groups open only one address family both ways, so {tracks(net, judgement, flows)}",
                labels(judgement, flows),
                remedy(net, judgement, flows),
                holds(judgement, flows),
                flows,
            )
