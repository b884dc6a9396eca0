"""
An appliance must track the TCP connections that it forwards, and keeps idle ones for five days.

## What is wrong

The interface forwards traffic behind a transit gateway or Gateway Load Balancer. Some of its TCP flows are tracked and no
security group is a remedy: they go through a NAT gateway or something else that is tracked automatically, or the internet would
come in if the groups were open. No idle timeout is set, and the default of its instances is five days.

Interfaces for which Terraform or CloudFormation have no argument for timeouts are not told: aws_network_interface, and
aws_instance or AWS::EC2::Instance without a launch template. Nor are those of a Gateway Load Balancer's targets that only ever
send their own traffic through a NAT gateway.

## Why it matters

A connection whose end is never seen, because a peer crashed or the packets took another way, stays in the instance's table
until the timeout. In five days such entries add up. At the allowance of the instance, packets of new connections are dropped.
The default is 350 s on instances of Nitro v6, and 432000 s on all others. AWS advises less than 432000 s.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html

## How to fix it

Set the shortest timeout that works: as long as the appliance's own timeout, which usually is 60 to 90 minutes, or 60 s where
the two directions of a flow take different ways:

    network_interfaces {
      connection_tracking_specification {
        tcp_established_timeout = 3600
      }
    }

or, in a CloudFormation template,

    ConnectionTrackingSpecification:
      TcpEstablishedTimeout: 3600

## What it exposes

Nothing: a timeout lets nobody in. A connection that is idle for longer, without keepalives, breaks.

## When not to

When connections are idle for days and must go on. Write the default down then: a timeout that is written is not found.

## Examples

```hcl bad
resource "aws_vpc" "inspection" {
  cidr_block = "10.9.0.0/16"
}

resource "aws_subnet" "data" {
  vpc_id     = aws_vpc.inspection.id
  cidr_block = "10.9.1.0/24"
}

resource "aws_nat_gateway" "out" {
  subnet_id = "subnet-0123456789abcdef0"
}

resource "aws_route_table" "data" {
  vpc_id = aws_vpc.inspection.id

  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }

  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.out.id
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

resource "aws_launch_template" "firewall" {
  instance_type = "c6in.2xlarge"

  network_interfaces {
    device_index    = 0
    subnet_id       = aws_subnet.data.id
    security_groups = [aws_security_group.data.id]
  }
}

resource "aws_instance" "firewall" { # found
  subnet_id         = aws_subnet.data.id
  source_dest_check = false

  launch_template {
    id = aws_launch_template.firewall.id
  }
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
  Out:
    Type: AWS::EC2::NatGateway
    Properties:
      SubnetId: subnet-0123456789abcdef0
  Table:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Inspection
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
      NatGatewayId: !Ref Out
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
  Data: # found
    Type: AWS::EC2::NetworkInterface
    Properties:
      SubnetId: !Ref Subnet
      GroupSet: [!Ref Group]
      SourceDestCheck: false
  Firewall:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-0123456789abcdef0
      InstanceType: c6in.2xlarge
      NetworkInterfaces:
        - DeviceIndex: "0"
          NetworkInterfaceId: !Ref Data
```

```hcl good
resource "aws_vpc" "inspection" {
  cidr_block = "10.9.0.0/16"
}

resource "aws_subnet" "data" {
  vpc_id     = aws_vpc.inspection.id
  cidr_block = "10.9.1.0/24"
}

resource "aws_nat_gateway" "out" {
  subnet_id = "subnet-0123456789abcdef0"
}

resource "aws_route_table" "data" {
  vpc_id = aws_vpc.inspection.id

  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }

  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.out.id
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

resource "aws_launch_template" "firewall" {
  instance_type = "c6in.2xlarge"

  network_interfaces {
    device_index    = 0
    subnet_id       = aws_subnet.data.id
    security_groups = [aws_security_group.data.id]

    connection_tracking_specification {
      tcp_established_timeout = 3600
    }
  }
}

resource "aws_instance" "firewall" {
  subnet_id         = aws_subnet.data.id
  source_dest_check = false

  launch_template {
    id = aws_launch_template.firewall.id
  }
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
  Out:
    Type: AWS::EC2::NatGateway
    Properties:
      SubnetId: subnet-0123456789abcdef0
  Table:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Inspection
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
      NatGatewayId: !Ref Out
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
  Data:
    Type: AWS::EC2::NetworkInterface
    Properties:
      SubnetId: !Ref Subnet
      GroupSet: [!Ref Group]
      SourceDestCheck: false
      ConnectionTrackingSpecification:
        TcpEstablishedTimeout: 3600
  Firewall:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-0123456789abcdef0
      InstanceType: c6in.2xlarge
      NetworkInterfaces:
        - DeviceIndex: "0"
          NetworkInterfaceId: !Ref Data
```

```hcl maybe
variable "type" {
  type = string
}

resource "aws_vpc" "inspection" {
  cidr_block = "10.9.0.0/16"
}

resource "aws_subnet" "data" {
  vpc_id     = aws_vpc.inspection.id
  cidr_block = "10.9.1.0/24"
}

resource "aws_nat_gateway" "out" {
  subnet_id = "subnet-0123456789abcdef0"
}

resource "aws_route_table" "data" {
  vpc_id = aws_vpc.inspection.id

  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }

  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.out.id
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

resource "aws_launch_template" "firewall" {
  instance_type = var.type

  network_interfaces {
    device_index    = 0
    subnet_id       = aws_subnet.data.id
    security_groups = [aws_security_group.data.id]
  }
}

resource "aws_instance" "firewall" { # found
  subnet_id         = aws_subnet.data.id
  source_dest_check = false

  launch_template {
    id = aws_launch_template.firewall.id
  }
}
```

```yaml maybe
Parameters:
  Type:
    Type: String
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
  Out:
    Type: AWS::EC2::NatGateway
    Properties:
      SubnetId: subnet-0123456789abcdef0
  Table:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Inspection
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
      NatGatewayId: !Ref Out
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
  Data: # found
    Type: AWS::EC2::NetworkInterface
    Properties:
      SubnetId: !Ref Subnet
      GroupSet: [!Ref Group]
      SourceDestCheck: false
  Firewall:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-0123456789abcdef0
      InstanceType: !Ref Type
      NetworkInterfaces:
        - DeviceIndex: "0"
          NetworkInterfaceId: !Ref Data
```
"""

from collections.abc import Iterator

from sglint.rule import (
    Exposes,
    Found,
    Judged,
    Role,
    Severity,
    TargetKind,
    Verdict,
    join,
    keeps_for_days,
    labels,
    must_track,
    rule,
    targets_names,
)


def faces(verdict: Verdict) -> bool:
    """
    Return whether the flows have the internet for peers.
    """
    return verdict.via.kind is TargetKind.INTERNET_GATEWAY


@rule(severity=Severity.WARNING, since="0.1")
def check(net: Judged) -> Iterator[Found]:
    """
    Look at the appliances for which a timeout can be set and is not.
    """
    for judgement in net.interfaces(Role.FORWARDER):
        interface, kept = judgement.interface, keeps_for_days(judgement)
        flows = must_track(net, judgement) if kept.most else ()
        if flows and interface.settable is not None:
            routes = {hop.span for path in judgement.paths for hop in path.hops}
            through = join(sorted(set(targets_names(one.via for one in flows).values())))
            yield Found(
                interface,
                f"EC2 tracks this appliance's TCP flows through {through}, and keeps idle ones for five days",
                tuple(label for label in labels(judgement, flows) if label.span in routes),
                (
                    f"set a TCP established timeout in {interface.settable.address}, as long as the appliance's own",
                    "that usually is 60 to 90 minutes; 60 s where the two directions of a flow take different ways",
                    *(("to open its groups instead would let in the whole internet",) if any(map(faces, flows)) else ()),
                    Exposes("a timeout lets nobody in; connections that are idle for longer, without keepalives, break"),
                ),
                kept,
                flows,
                remedy=False,
            )
