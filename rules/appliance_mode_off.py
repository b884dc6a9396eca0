"""
An inspection attachment in several zones without appliance mode sends the two directions of a flow to different appliances.

## What is wrong

A transit gateway brings traffic to appliances by this attachment: its subnets route to firewalls, one for each zone. The
attachment is not in appliance mode, so traffic stays in the zone that it comes from. A request from a sender in one zone is
inspected there; its reply comes from another zone, and is inspected in that one.

## Why it matters

The appliance that gets the reply has not seen the request, and drops it: connections between zones fail, and those within a
zone work, which looks like a fault of the network and not of its configuration. In appliance mode the transit gateway picks one
network interface of the attachment for a flow by a hash, and sends both directions there.

Sources: https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-appliance-scenario.html and, for the endpoints of Network
Firewall, https://docs.aws.amazon.com/network-firewall/latest/developerguide/vpc-config-tgw-multi-az.html

## How to fix it

Switch appliance mode on, for the attachment of the VPC with the appliances and for no other:

    appliance_mode_support = "enable"

or, in a CloudFormation template,

    Options:
      ApplianceModeSupport: enable

It is guaranteed only with exactly one transit gateway attached to that VPC.

## What it exposes

Nothing. Traffic crosses zones where it did not before, which AWS charges for, and existing flows may move when it is switched.

## When not to

Leave it off where everything that is inspected leaves the VPC by another way than the transit gateway, such as a NAT gateway in
each zone: its replies come back to the zone that it left by. Where the VPC has such a way out, and the route tables of the
transit gateway are not in the scan, this is found with `--maybe` only. An attachment of Network Firewall itself (without a VPC)
is always in appliance mode, and the attachments of VPCs without appliances need none.

## Examples

```hcl bad
resource "aws_ec2_transit_gateway" "core" {}

resource "aws_vpc" "inspection" {
  cidr_block = "10.100.0.0/16"
}

resource "aws_subnet" "attachment" {
  count      = 2
  vpc_id     = aws_vpc.inspection.id
  cidr_block = "10.100.${count.index}.0/24"
}

resource "aws_subnet" "endpoint" {
  count      = 2
  vpc_id     = aws_vpc.inspection.id
  cidr_block = "10.100.${10 + count.index}.0/24"
}

resource "aws_vpc_endpoint" "firewall" {
  count             = 2
  vpc_id            = aws_vpc.inspection.id
  service_name      = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
  vpc_endpoint_type = "GatewayLoadBalancer"
  subnet_ids        = [aws_subnet.endpoint[count.index].id]
}

resource "aws_route_table" "attachment" {
  count  = 2
  vpc_id = aws_vpc.inspection.id

  route {
    cidr_block      = "0.0.0.0/0"
    vpc_endpoint_id = aws_vpc_endpoint.firewall[count.index].id
  }
}

resource "aws_route_table_association" "attachment" {
  count          = 2
  subnet_id      = aws_subnet.attachment[count.index].id
  route_table_id = aws_route_table.attachment[count.index].id
}

resource "aws_route_table" "endpoint" {
  vpc_id = aws_vpc.inspection.id

  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = aws_ec2_transit_gateway.core.id
  }
}

resource "aws_route_table_association" "endpoint" {
  count          = 2
  subnet_id      = aws_subnet.endpoint[count.index].id
  route_table_id = aws_route_table.endpoint.id
}

resource "aws_ec2_transit_gateway_vpc_attachment" "inspection" { # found
  transit_gateway_id = aws_ec2_transit_gateway.core.id
  vpc_id             = aws_vpc.inspection.id
  subnet_ids         = aws_subnet.attachment[*].id
}
```

```yaml bad
Resources:
  Core:
    Type: AWS::EC2::TransitGateway
  Inspection:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.100.0.0/16
  AttachmentSubnet1:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.100.1.0/24
  EndpointSubnet1:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.100.11.0/24
  Firewall1:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Inspection
      ServiceName: com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0
      VpcEndpointType: GatewayLoadBalancer
      SubnetIds: [!Ref EndpointSubnet1]
  AttachmentTable1:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Inspection
  ToFirewall1:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref AttachmentTable1
      DestinationCidrBlock: 0.0.0.0/0
      VpcEndpointId: !Ref Firewall1
  AttachmentAssociation1:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref AttachmentSubnet1
      RouteTableId: !Ref AttachmentTable1
  EndpointAssociation1:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref EndpointSubnet1
      RouteTableId: !Ref EndpointTable
  AttachmentSubnet2:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.100.2.0/24
  EndpointSubnet2:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.100.12.0/24
  Firewall2:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Inspection
      ServiceName: com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0
      VpcEndpointType: GatewayLoadBalancer
      SubnetIds: [!Ref EndpointSubnet2]
  AttachmentTable2:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Inspection
  ToFirewall2:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref AttachmentTable2
      DestinationCidrBlock: 0.0.0.0/0
      VpcEndpointId: !Ref Firewall2
  AttachmentAssociation2:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref AttachmentSubnet2
      RouteTableId: !Ref AttachmentTable2
  EndpointAssociation2:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref EndpointSubnet2
      RouteTableId: !Ref EndpointTable
  EndpointTable:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Inspection
  Back:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref EndpointTable
      DestinationCidrBlock: 10.0.0.0/8
      TransitGatewayId: !Ref Core
  Attachment: # found
    Type: AWS::EC2::TransitGatewayVpcAttachment
    Properties:
      TransitGatewayId: !Ref Core
      VpcId: !Ref Inspection
      SubnetIds: [!Ref AttachmentSubnet1, !Ref AttachmentSubnet2]
```

```hcl maybe
resource "aws_ec2_transit_gateway" "core" {}

resource "aws_vpc" "inspection" {
  cidr_block = "10.100.0.0/16"
}

resource "aws_subnet" "attachment" {
  count      = 2
  vpc_id     = aws_vpc.inspection.id
  cidr_block = "10.100.${count.index}.0/24"
}

resource "aws_subnet" "endpoint" {
  count      = 2
  vpc_id     = aws_vpc.inspection.id
  cidr_block = "10.100.${10 + count.index}.0/24"
}

resource "aws_vpc_endpoint" "firewall" {
  count             = 2
  vpc_id            = aws_vpc.inspection.id
  service_name      = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
  vpc_endpoint_type = "GatewayLoadBalancer"
  subnet_ids        = [aws_subnet.endpoint[count.index].id]
}

resource "aws_route_table" "attachment" {
  count  = 2
  vpc_id = aws_vpc.inspection.id

  route {
    cidr_block      = "0.0.0.0/0"
    vpc_endpoint_id = aws_vpc_endpoint.firewall[count.index].id
  }
}

resource "aws_route_table_association" "attachment" {
  count          = 2
  subnet_id      = aws_subnet.attachment[count.index].id
  route_table_id = aws_route_table.attachment[count.index].id
}

resource "aws_route_table" "endpoint" {
  vpc_id = aws_vpc.inspection.id

  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = aws_ec2_transit_gateway.core.id
  }

  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = "nat-0123456789abcdef0"
  }
}

resource "aws_route_table_association" "endpoint" {
  count          = 2
  subnet_id      = aws_subnet.endpoint[count.index].id
  route_table_id = aws_route_table.endpoint.id
}

resource "aws_ec2_transit_gateway_vpc_attachment" "inspection" { # found
  transit_gateway_id = aws_ec2_transit_gateway.core.id
  vpc_id             = aws_vpc.inspection.id
  subnet_ids         = aws_subnet.attachment[*].id
}
```

```yaml maybe
Resources:
  Core:
    Type: AWS::EC2::TransitGateway
  Inspection:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.100.0.0/16
  AttachmentSubnet1:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.100.1.0/24
  EndpointSubnet1:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.100.11.0/24
  Firewall1:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Inspection
      ServiceName: com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0
      VpcEndpointType: GatewayLoadBalancer
      SubnetIds: [!Ref EndpointSubnet1]
  AttachmentTable1:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Inspection
  ToFirewall1:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref AttachmentTable1
      DestinationCidrBlock: 0.0.0.0/0
      VpcEndpointId: !Ref Firewall1
  AttachmentAssociation1:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref AttachmentSubnet1
      RouteTableId: !Ref AttachmentTable1
  EndpointAssociation1:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref EndpointSubnet1
      RouteTableId: !Ref EndpointTable
  AttachmentSubnet2:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.100.2.0/24
  EndpointSubnet2:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.100.12.0/24
  Firewall2:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Inspection
      ServiceName: com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0
      VpcEndpointType: GatewayLoadBalancer
      SubnetIds: [!Ref EndpointSubnet2]
  AttachmentTable2:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Inspection
  ToFirewall2:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref AttachmentTable2
      DestinationCidrBlock: 0.0.0.0/0
      VpcEndpointId: !Ref Firewall2
  AttachmentAssociation2:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref AttachmentSubnet2
      RouteTableId: !Ref AttachmentTable2
  EndpointAssociation2:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref EndpointSubnet2
      RouteTableId: !Ref EndpointTable
  EndpointTable:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Inspection
  Back:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref EndpointTable
      DestinationCidrBlock: 10.0.0.0/8
      TransitGatewayId: !Ref Core
  Out:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref EndpointTable
      DestinationCidrBlock: 0.0.0.0/0
      NatGatewayId: nat-0123456789abcdef0
  Attachment: # found
    Type: AWS::EC2::TransitGatewayVpcAttachment
    Properties:
      TransitGatewayId: !Ref Core
      VpcId: !Ref Inspection
      SubnetIds: [!Ref AttachmentSubnet1, !Ref AttachmentSubnet2]
```

```hcl good
resource "aws_ec2_transit_gateway" "core" {}

resource "aws_vpc" "inspection" {
  cidr_block = "10.100.0.0/16"
}

resource "aws_subnet" "attachment" {
  count      = 2
  vpc_id     = aws_vpc.inspection.id
  cidr_block = "10.100.${count.index}.0/24"
}

resource "aws_subnet" "endpoint" {
  count      = 2
  vpc_id     = aws_vpc.inspection.id
  cidr_block = "10.100.${10 + count.index}.0/24"
}

resource "aws_vpc_endpoint" "firewall" {
  count             = 2
  vpc_id            = aws_vpc.inspection.id
  service_name      = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
  vpc_endpoint_type = "GatewayLoadBalancer"
  subnet_ids        = [aws_subnet.endpoint[count.index].id]
}

resource "aws_route_table" "attachment" {
  count  = 2
  vpc_id = aws_vpc.inspection.id

  route {
    cidr_block      = "0.0.0.0/0"
    vpc_endpoint_id = aws_vpc_endpoint.firewall[count.index].id
  }
}

resource "aws_route_table_association" "attachment" {
  count          = 2
  subnet_id      = aws_subnet.attachment[count.index].id
  route_table_id = aws_route_table.attachment[count.index].id
}

resource "aws_route_table" "endpoint" {
  vpc_id = aws_vpc.inspection.id

  route {
    cidr_block         = "10.0.0.0/8"
    transit_gateway_id = aws_ec2_transit_gateway.core.id
  }
}

resource "aws_route_table_association" "endpoint" {
  count          = 2
  subnet_id      = aws_subnet.endpoint[count.index].id
  route_table_id = aws_route_table.endpoint.id
}

resource "aws_ec2_transit_gateway_vpc_attachment" "inspection" {
  transit_gateway_id     = aws_ec2_transit_gateway.core.id
  vpc_id                 = aws_vpc.inspection.id
  subnet_ids             = aws_subnet.attachment[*].id
  appliance_mode_support = "enable"
}
```

```yaml good
Resources:
  Core:
    Type: AWS::EC2::TransitGateway
  Inspection:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.100.0.0/16
  AttachmentSubnet1:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.100.1.0/24
  EndpointSubnet1:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.100.11.0/24
  Firewall1:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Inspection
      ServiceName: com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0
      VpcEndpointType: GatewayLoadBalancer
      SubnetIds: [!Ref EndpointSubnet1]
  AttachmentTable1:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Inspection
  ToFirewall1:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref AttachmentTable1
      DestinationCidrBlock: 0.0.0.0/0
      VpcEndpointId: !Ref Firewall1
  AttachmentAssociation1:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref AttachmentSubnet1
      RouteTableId: !Ref AttachmentTable1
  EndpointAssociation1:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref EndpointSubnet1
      RouteTableId: !Ref EndpointTable
  AttachmentSubnet2:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.100.2.0/24
  EndpointSubnet2:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Inspection
      CidrBlock: 10.100.12.0/24
  Firewall2:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Inspection
      ServiceName: com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0
      VpcEndpointType: GatewayLoadBalancer
      SubnetIds: [!Ref EndpointSubnet2]
  AttachmentTable2:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Inspection
  ToFirewall2:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref AttachmentTable2
      DestinationCidrBlock: 0.0.0.0/0
      VpcEndpointId: !Ref Firewall2
  AttachmentAssociation2:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref AttachmentSubnet2
      RouteTableId: !Ref AttachmentTable2
  EndpointAssociation2:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties:
      SubnetId: !Ref EndpointSubnet2
      RouteTableId: !Ref EndpointTable
  EndpointTable:
    Type: AWS::EC2::RouteTable
    Properties:
      VpcId: !Ref Inspection
  Back:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref EndpointTable
      DestinationCidrBlock: 10.0.0.0/8
      TransitGatewayId: !Ref Core
  Attachment:
    Type: AWS::EC2::TransitGatewayVpcAttachment
    Properties:
      TransitGatewayId: !Ref Core
      VpcId: !Ref Inspection
      SubnetIds: [!Ref AttachmentSubnet1, !Ref AttachmentSubnet2]
      Options:
        ApplianceModeSupport: enable
```
"""

from collections.abc import Iterator

from sglint.rule import Found, Judged, Label, Severity, block_name, join, rule, splits, targets_names


@rule(severity=Severity.WARNING, since="0.1")
def check(net: Judged) -> Iterator[Found]:
    """
    Look at the attachments whose subnets route to appliances of their own.
    """
    for one in splits(net):
        names = sorted(set(targets_names(target for _, target, _ in one.ways).values()))
        yield Found(
            one.attachment,
            f"without appliance mode the two directions of a flow between zones meet different appliances, by {join(names)}",
            tuple({hop.span: Label(hop.span, block_name(hop.text)) for _, _, hop in one.ways}.values()),
            (f"switch appliance mode on for {one.attachment.origin.address}",),
            one.split,
        )
